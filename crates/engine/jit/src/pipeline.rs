//! From a recording to a node: verify, optimise, verify, generate code, install, tell.

use std::rc::Rc;
use std::time::Instant;

use pv_codegen::{CodegenError, CompiledTrace, Compiler, Env, OptLevel};
use pv_events::{Attempt, Compiled, Event, ExitInfo, Pass, Position, Stage, Timings};
use pv_ir::{Const, EntryKind, SnapRef, Trace, TraceId, ValueDef};
use pv_machine::{Context, Direct, Language};
use pv_opt::{EntryFact, Facts, Optimized, Tree};
use pv_record::{Abort, Recorded, Stack};

use crate::config::Backend;
use crate::graph::{Asks, Node, Part, Trip};
use crate::inherit::entry_facts;
use crate::jit::{Jit, bump};
use crate::policy::{Plan, Take};

/// What a node is to be made of.
pub(crate) struct Draft<Code> {
    pub(crate) root: TraceId,
    pub(crate) from: Option<(TraceId, SnapRef)>,
    pub(crate) raw: Rc<Trace>,
    /// The tree that the recording is, if it is one, and its parts.
    pub(crate) tree: Option<Tree>,
    pub(crate) parts: Vec<Part<Code>>,
    pub(crate) stacks: Vec<Stack<Code>>,
    pub(crate) asks: Asks,
    pub(crate) trip: Trip,
    /// Number of bridges that lead back at which a tree is grown.
    pub(crate) grows_at: u32,
    pub(crate) keys: Vec<u64>,
    pub(crate) end: String,
    pub(crate) record_time: f64,
}

type Code<L> = <<L as Language>::Cx as Context>::Code;

impl<L: Language> Jit<L> {
    /// Makes and installs a node; `Err` when there is none, which has been told.
    pub(crate) fn compile(&self, cx: &L::Cx, plan: &Plan<L>, take: Take<L>) -> Result<TraceId, Abort> {
        let Take { recorded, end, place, microseconds, .. } = take;
        let result = recorded.map_err(|reason| (reason, String::new()));
        let made = result.and_then(|recorded| self.make(cx, plan, recorded, end, microseconds));
        match made {
            Ok(id) => Ok(id),
            Err((reason, detail)) => {
                let at = self.position(cx, place.code, place.pc, place.depth);
                self.aborted(self.attempt(cx, plan), reason, at, detail);
                Err(reason)
            }
        }
    }

    /// Nothing came of a recording.
    pub(crate) fn aborted(&self, attempt: Attempt, reason: Abort, at: Position, detail: String) {
        bump(&self.counts.aborts, 1);
        let (reason, sentence) = (reason.code().to_owned(), reason.sentence().to_owned());
        self.tell(|| Event::TraceAborted { attempt, reason, sentence, at, detail });
    }

    fn make(
        &self,
        cx: &L::Cx,
        plan: &Plan<L>,
        recorded: Recorded<Code<L>>,
        end: String,
        record_time: f64,
    ) -> Result<TraceId, (Abort, String)> {
        let Recorded { trace: raw, stacks, mut keys, requires, steps, open } = recorded;
        // Code that the trace tests is embedded in it; that of the frames known at its start is relied on all the same.
        keys.extend(plan.frames.iter().filter_map(|frame| cx.watch_code(frame.1)));
        // What changed first: the order of the keys is that of addresses.
        if let Some(&key) = self.gone.borrow().iter().find(|key| keys.contains(key)) {
            return Err((Abort::Changed, name_of_key(&raw, key)));
        }
        let told = self.told(plan);
        let draft = Draft {
            root: plan.root,
            from: plan.from,
            tree: None,
            trip: Trip { fingerprint: raw.fingerprint(), steps, cut: open },
            asks: Asks { requires, told },
            parts: Vec::new(),
            grows_at: self.config.tree_step.max(1),
            raw: Rc::new(raw),
            stacks,
            keys,
            end,
            record_time,
        };
        Ok(self.build(cx, self.attempt(cx, plan), draft)?.id)
    }

    /// Optimises a recording, compiles it and installs what came of it.
    pub(crate) fn build(
        &self,
        cx: &L::Cx,
        attempt: Attempt,
        draft: Draft<Code<L>>,
    ) -> Result<Rc<Node<Code<L>>>, (Abort, String)> {
        let Draft { root, from, raw, tree, stacks, asks, trip, parts, grows_at, keys, end, record_time } = draft;
        let mut stages = Vec::new();
        self.check(&raw)?;
        self.stage(&mut stages, "recorded", &raw);
        let mut timings = Timings { record: record_time, ..Timings::default() };
        let began = Instant::now();
        let optimized = self.optimize(cx, &asks.told, &raw, tree.as_ref(), &mut stages);
        timings.optimize = microseconds(began);
        if let (Some(_), Some(reason)) = (&tree, optimized.skipped) {
            return Err((Abort::Invalid, format!("the tree was left as it was: {reason:?}")));
        }
        let passes = if self.config.optimize { passes_of(&optimized) } else { Vec::new() };
        let Optimized { trace, origins, .. } = optimized;
        self.check(&trace)?;
        let began = Instant::now();
        let native = self.generate(cx, &trace)?;
        timings.codegen = microseconds(began);
        let (ops_recorded, ops_compiled) = (raw.len() as u32, trace.len() as u32);
        bump(&self.counts.ops_recorded, u64::from(ops_recorded));
        bump(&self.counts.ops_compiled, u64::from(ops_compiled));
        let bridge = trace.kind == EntryKind::Bridge;
        let seed = self.seed(&raw, root, parts, &stacks, tree.as_ref(), &origins);
        let mut node = Node::new(root, trace, native, stacks, asks, trip, self.config.hot_exit);
        (node.from, node.seed) = (from, seed);
        node.grows_at.set(grows_at);
        let node = self.graph.install(node, &keys);
        self.tell(|| {
            let native = node.native.as_ref();
            let compiled = Box::new(Compiled {
                attempt,
                end,
                steps: self.step_positions(cx, &node, &node.recorded.steps),
                stages,
                passes,
                ops_recorded,
                ops_compiled,
                exits: self.exit_infos(cx, &node),
                clif: native.and_then(CompiledTrace::clif).unwrap_or_default().to_owned(),
                assembly: native
                    .filter(|_| self.dumps.assembly)
                    .map(|native| native.disassembly(&node.trace))
                    .unwrap_or_default(),
                code_bytes: node.code_bytes(),
                timings,
            });
            if bridge { Event::BridgeCompiled(compiled) } else { Event::TraceCompiled(compiled) }
        });
        Ok(node)
    }

    /// What the parent of a bridge tells it. Shared bridges are entered from elsewhere too.
    fn told(&self, plan: &Plan<L>) -> Vec<(i32, EntryFact)> {
        let Some((parent, exit)) = plan.from.filter(|_| !plan.shared && self.config.optimize) else {
            return Vec::new();
        };
        self.facts_at(&self.graph.node(parent), exit)
    }

    /// What holds where a trace is left.
    pub(crate) fn facts_at(&self, node: &Node<Code<L>>, exit: SnapRef) -> Vec<(i32, EntryFact)> {
        entry_facts(&node.trace, &node.asks.told, exit, &|word| !Direct::<L::Cx>::is_counted(word))
    }

    fn optimize(
        &self,
        cx: &L::Cx,
        entry: &[(i32, EntryFact)],
        raw: &Trace,
        tree: Option<&Tree>,
        stages: &mut Vec<Stage>,
    ) -> Optimized {
        if !self.config.optimize {
            let origins = (0..raw.snapshots.len() as u32).map(SnapRef).collect();
            return Optimized { trace: raw.clone(), stats: pv_opt::Stats::default(), origins, skipped: None };
        }
        let words = [false, true].map(|truth| cx.bool_word(truth));
        let labels = words.map(|word| L::describe(cx, word).unwrap_or_else(|| "truth".to_owned()));
        let facts = Facts {
            entry,
            truth: words[0].is_object().then(|| [(words[0], &*labels[0]), (words[1], &*labels[1])]),
            immortal: Some(&|word| !Direct::<L::Cx>::is_counted(word)),
        };
        let mut dump = |name: &'static str, trace: &Trace| self.stage(stages, name, trace);
        match tree {
            Some(tree) => pv_opt::optimize_tree(tree, &facts, &self.optimizer, &mut dump),
            None => pv_opt::optimize_with(raw, &facts, &self.optimizer, &mut dump),
        }
    }

    fn generate(&self, cx: &L::Cx, trace: &Trace) -> Result<Option<CompiledTrace>, (Abort, String)> {
        if self.config.backend == Backend::Evaluator || self.config.chaos_guard != 0 {
            return Ok(None);
        }
        let refused = |error: CodegenError| (Abort::Codegen, error.to_string());
        let mut compiler = self.compiler.borrow_mut();
        let compiler = match &mut *compiler {
            Some(compiler) => compiler,
            none => none.insert(Compiler::new(self.codegen_config()).map_err(refused)?),
        };
        compiler.compile(trace, &Env::of(cx)).map(Some).map_err(refused)
    }

    fn codegen_config(&self) -> pv_codegen::Config {
        pv_codegen::Config {
            opt_level: if self.config.clif_opt { OptLevel::Speed } else { OptLevel::None },
            verify: self.config.verify,
            keep_clif: self.dumps.clif,
            perf_map: self.config.perf_map,
            ..pv_codegen::Config::default()
        }
    }

    fn check(&self, trace: &Trace) -> Result<(), (Abort, String)> {
        if !self.config.verify {
            return Ok(());
        }
        pv_ir::verify(trace).map_err(|error| (Abort::Invalid, format!("{error}\n{trace}")))
    }

    fn stage(&self, stages: &mut Vec<Stage>, name: &str, trace: &Trace) {
        if self.dumps.ir && self.observed() {
            stages.push(Stage { name: name.to_owned(), text: trace.to_string() });
        }
    }

    fn step_positions(&self, cx: &L::Cx, node: &Node<Code<L>>, steps: &[(i32, u32, u32)]) -> Vec<pv_events::Position> {
        if !self.dumps.positions {
            return Vec::new();
        }
        let place = |&(depth, stack, pc): &(i32, u32, u32)| self.position(cx, node.code(u64::from(stack)), pc, depth);
        steps.iter().map(place).collect()
    }

    fn exit_infos(&self, cx: &L::Cx, node: &Node<Code<L>>) -> Vec<ExitInfo> {
        if !self.dumps.positions {
            return Vec::new();
        }
        let info = |(exit, shot): (usize, &pv_ir::Snapshot)| ExitInfo {
            exit: exit as u32,
            kind: shot.kind.name().to_owned(),
            at: self.position(cx, node.code(shot.code), shot.pc, shot.depth),
        };
        node.trace.snapshots.iter().enumerate().map(info).collect()
    }
}

fn passes_of(optimized: &Optimized) -> Vec<Pass> {
    let pass = |(pass, changes): (pv_opt::Pass, u32)| Pass { name: pass.name().to_owned(), changes };
    optimized.stats.by_pass().map(pass).collect()
}

fn microseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e6
}

/// What a key stands for: the label of the object that is embedded under its address, or of that address; other assumptions have no
/// name.
pub(crate) fn name_of_key(trace: &Trace, key: u64) -> String {
    let embedded = trace.values.iter().find_map(|def| match def {
        ValueDef::Const(Const::Object(word, label)) if word.addr() as u64 == key => Some(label.to_string()),
        ValueDef::Const(Const::Addr(addr, label)) if *addr == key => Some(label.to_string()),
        _ => None,
    });
    embedded.unwrap_or_else(|| "an assumption of the language".to_owned())
}

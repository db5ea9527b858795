//! From a recording to a node: verify, optimise, verify, generate code, install, tell.

use std::time::Instant;

use pv_codegen::{CodegenError, CompiledTrace, Compiler, Env, OptLevel};
use pv_events::{Compiled, Event, ExitInfo, Pass, Stage, Timings};
use pv_ir::{Const, EntryKind, Trace, TraceId, ValueDef};
use pv_machine::{Context, Direct, Language};
use pv_opt::{EntryFact, Facts};
use pv_record::{Abort, Recorded};

use crate::config::Backend;
use crate::graph::{Asks, Node, Trip};
use crate::inherit::entry_facts;
use crate::jit::{Jit, bump};
use crate::policy::{Plan, Take};

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
                bump(&self.counts.aborts, 1);
                self.tell(|| Event::TraceAborted {
                    attempt: self.attempt(cx, plan),
                    reason: reason.code().to_owned(),
                    sentence: reason.sentence().to_owned(),
                    at: self.position(cx, place.code, place.pc, place.depth),
                    detail,
                });
                Err(reason)
            }
        }
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
        let mut stages = Vec::new();
        self.check(&raw)?;
        self.stage(&mut stages, "recorded", &raw);
        let mut timings = Timings { record: record_time, ..Timings::default() };
        let began = Instant::now();
        let told = self.told(plan);
        let (trace, passes) = self.optimize(cx, &told, &raw, &mut stages);
        timings.optimize = microseconds(began);
        self.check(&trace)?;
        let began = Instant::now();
        let native = self.generate(cx, &trace)?;
        timings.codegen = microseconds(began);
        let (ops_recorded, ops_compiled) = (raw.len() as u32, trace.len() as u32);
        bump(&self.counts.ops_recorded, u64::from(ops_recorded));
        bump(&self.counts.ops_compiled, u64::from(ops_compiled));
        let asks = Asks { requires, told };
        let trip = Trip { fingerprint: raw.fingerprint(), steps, cut: open };
        let node = Node::new(plan.root, trace, native, stacks, asks, trip, self.config.hot_exit);
        let node = self.graph.install(node, &keys);
        self.tell(|| {
            let native = node.native.as_ref();
            let compiled = Box::new(Compiled {
                attempt: self.attempt(cx, plan),
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
            if plan.kind == EntryKind::Bridge {
                Event::BridgeCompiled(compiled)
            } else {
                Event::TraceCompiled(compiled)
            }
        });
        Ok(node.id)
    }

    /// What the parent of a bridge tells it. Shared bridges are entered from elsewhere too.
    fn told(&self, plan: &Plan<L>) -> Vec<(i32, EntryFact)> {
        let Some((parent, exit)) = plan.from.filter(|_| !plan.shared && self.config.optimize) else {
            return Vec::new();
        };
        let parent = self.graph.node(parent);
        entry_facts(&parent.trace, &parent.asks.told, exit, &|word| !Direct::<L::Cx>::is_counted(word))
    }

    fn optimize(
        &self,
        cx: &L::Cx,
        entry: &[(i32, EntryFact)],
        raw: &Trace,
        stages: &mut Vec<Stage>,
    ) -> (Trace, Vec<Pass>) {
        if !self.config.optimize {
            return (raw.clone(), Vec::new());
        }
        let words = [false, true].map(|truth| cx.bool_word(truth));
        let labels = words.map(|word| L::describe(cx, word).unwrap_or_else(|| "truth".to_owned()));
        let facts = Facts {
            entry,
            truth: words[0].is_object().then(|| [(words[0], &*labels[0]), (words[1], &*labels[1])]),
            immortal: Some(&|word| !Direct::<L::Cx>::is_counted(word)),
        };
        let optimized =
            pv_opt::optimize_with(raw, &facts, &self.optimizer, &mut |name, trace| self.stage(stages, name, trace));
        let pass = |(pass, changes): (pv_opt::Pass, u32)| Pass { name: pass.name().to_owned(), changes };
        (optimized.trace, optimized.stats.by_pass().map(pass).collect())
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

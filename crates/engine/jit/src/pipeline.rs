//! From a recording to a node: verify, optimise, verify, generate code, install, tell.

use pv_events::{Compiled, Event, ExitInfo, Stage, Timings};
use pv_ir::{EntryKind, Trace, TraceId};
use pv_machine::{Context, Language};
use pv_record::{Abort, Recorded};

use crate::graph::Node;
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
        let Recorded { trace: raw, codes, keys, steps } = recorded;
        self.check(&raw)?;
        let mut stages = Vec::new();
        self.stage(&mut stages, "recorded", &raw);
        let ops_recorded = raw.len() as u32;
        let trace = raw;
        let ops_compiled = trace.len() as u32;
        bump(&self.counts.ops_recorded, u64::from(ops_recorded));
        bump(&self.counts.ops_compiled, u64::from(ops_compiled));
        let node = self.graph.install(Node::new(plan.root, trace, codes, self.config.hot_exit), &keys);
        self.tell(|| {
            let compiled = Box::new(Compiled {
                attempt: self.attempt(cx, plan),
                end,
                steps: self.step_positions(cx, &node, &steps),
                stages,
                passes: Vec::new(),
                ops_recorded,
                ops_compiled,
                exits: self.exit_infos(cx, &node),
                clif: String::new(),
                assembly: String::new(),
                code_bytes: 0,
                timings: Timings { record: record_time, ..Timings::default() },
            });
            if plan.kind == EntryKind::Bridge {
                Event::BridgeCompiled(compiled)
            } else {
                Event::TraceCompiled(compiled)
            }
        });
        Ok(node.id)
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
        let place = |&(depth, code, pc): &(i32, u32, u32)| self.position(cx, node.codes[code as usize], pc, depth);
        steps.iter().map(place).collect()
    }

    fn exit_infos(&self, cx: &L::Cx, node: &Node<Code<L>>) -> Vec<ExitInfo> {
        if !self.dumps.positions {
            return Vec::new();
        }
        let info = |(exit, shot): (usize, &pv_ir::Snapshot)| ExitInfo {
            exit: exit as u32,
            kind: shot.kind.name().to_owned(),
            at: self.position(cx, node.codes[shot.code as usize], shot.pc, shot.depth),
        };
        node.trace.snapshots.iter().enumerate().map(info).collect()
    }
}

//! Running traces, and what happens when they are left.

use std::rc::Rc;

use pv_ir::{Evaluator, SnapRef, TraceId};
use pv_machine::{Breaker, Context, Door, Language, TierAction};

use crate::config::Backend;
use crate::graph::Node;
use crate::jit::{Jit, bump};

/// How a run of one trace ended.
enum Left {
    /// Through this exit; the state is the interpreter's.
    Exit(SnapRef),
    /// Into another trace.
    Link(TraceId),
}

impl<L: Language> Jit<L> {
    /// Enters a trace at the state's frame and follows links and bridges until the interpreter has to go on.
    pub(crate) fn run(&self, cx: &L::Cx, first: TraceId) -> TierAction {
        let state = cx.state();
        let mut node = self.graph.node(first);
        bump(&node.entries, 1);
        bump(&self.counts.entries, 1);
        let nth = u64::from(self.config.chaos_poll);
        let disturb = nth != 0 && self.counts.entries.get().is_multiple_of(nth);
        if disturb {
            state.breaker.set(Breaker::INVALIDATED);
        }
        let action = loop {
            if node.invalid.get() {
                break TierAction::Resume;
            }
            match self.run_one(cx, &node) {
                Left::Link(next) => node = self.graph.node(next),
                Left::Exit(snapshot) => match node.exit(snapshot).bridge.get() {
                    Some(bridge) => node = self.graph.node(bridge),
                    None => break self.left(cx, &node, snapshot),
                },
            }
        };
        if disturb {
            state.breaker.clear(Breaker::INVALIDATED);
        }
        action
    }

    fn run_one(&self, cx: &L::Cx, node: &Node<<L::Cx as Context>::Code>) -> Left {
        match self.config.backend {
            Backend::Evaluator => {
                // SAFETY: the trace was recorded from this context and accepted by the verifier.
                let door = unsafe { Door::open(cx) };
                let evaluator = Evaluator::new(&node.trace, &door).with_invalidation(&node.invalid);
                match evaluator.run() {
                    Ok(outcome) => outcome.link.map_or(Left::Exit(outcome.snapshot), Left::Link),
                    Err(error) => panic!("trace {} cannot be evaluated: {error}", node.id),
                }
            }
        }
    }

    /// Counts an exit; a hot one is where a bridge is recorded from.
    fn left(&self, cx: &L::Cx, node: &Rc<Node<<L::Cx as Context>::Code>>, snapshot: SnapRef) -> TierAction {
        let exit = node.exit(snapshot);
        bump(&exit.taken, 1);
        if exit.taken.get() >= exit.hot_at.get() && !self.recording.get() {
            return self.record_bridge(cx, node, snapshot);
        }
        if node.raises(snapshot) { TierAction::ResumeRaising } else { TierAction::Resume }
    }
}

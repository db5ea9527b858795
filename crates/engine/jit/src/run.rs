//! Running traces, and what happens when they are left.

use std::rc::Rc;

use pv_codegen::Compiler;
use pv_events::Event;
use pv_ir::{Evaluator, SnapRef, TraceId};
use pv_machine::{Breaker, Context, Direct, Door, Language, TierAction};
use pv_word::Word;

use crate::graph::Node;
use crate::jit::{Jit, bump};

type NodeOf<L> = Rc<Node<<<L as Language>::Cx as Context>::Code>>;

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
                self.log_departure(cx, first, &node, None);
                break TierAction::Resume;
            }
            let (from, left) = self.run_one(cx, node);
            match left {
                Left::Link(next) => node = self.graph.node(self.graph.current(next)),
                Left::Exit(snapshot) => match from.exit(snapshot).bridge.get() {
                    Some(bridge) => node = self.graph.node(bridge),
                    None => {
                        self.log_departure(cx, first, &from, Some(snapshot));
                        break self.left(cx, &from, snapshot);
                    }
                },
            }
        };
        if disturb {
            state.breaker.clear(Breaker::INVALIDATED);
        }
        action
    }

    /// Runs from the start of `node` until an exit returns: that of which node, and how.
    fn run_one(&self, cx: &L::Cx, node: NodeOf<L>) -> (NodeOf<L>, Left) {
        if let Some(native) = &node.native {
            let trampoline = self.compiler.borrow().as_ref().map(Compiler::trampoline);
            let Some(trampoline) = trampoline else { unreachable!("compiled code without a compiler") };
            let state = cx.state();
            state.cx.set(std::ptr::from_ref(cx).cast());
            // SAFETY: recorded from this context and accepted by the verifier; the state stands at the trace's start, where its slots are
            // live; the graph keeps every node.
            let number = unsafe { trampoline.enter(state, native) };
            return match self.graph.exit_owner(number) {
                Some((from, _, Some(link))) => (from, Left::Link(link)),
                Some((from, snapshot, None)) => (from, Left::Exit(snapshot)),
                None => unreachable!("compiled code left through exit {number}, which nobody has"),
            };
        }
        // SAFETY: the trace was recorded from this context and accepted by the verifier.
        let door = unsafe { Door::open(cx) };
        let evaluator = Evaluator::new(&node.trace, &door)
            .with_invalidation(&node.invalid)
            .with_chaos(&self.counts.guards, self.config.chaos_guard.into());
        match evaluator.run() {
            Ok(outcome) => (node, outcome.link.map_or(Left::Exit(outcome.snapshot), Left::Link)),
            Err(error) => panic!("trace {} cannot be evaluated: {error}", node.id),
        }
    }

    /// Under `cross-check`, tells how the state stands that compiled code leaves to the interpreter.
    fn log_departure(&self, cx: &L::Cx, entered: TraceId, node: &NodeOf<L>, snapshot: Option<SnapRef>) {
        if !self.config.cross_check {
            return;
        }
        let state = cx.state();
        self.tell(|| Event::Left {
            entered: entered.0,
            trace: node.id.0,
            exit: snapshot.map(|snapshot| snapshot.index() as u32),
            pc: state.pc.get(),
            depth: state.depth.get(),
            slots: live_slots::<L>(cx),
        });
    }

    /// Counts an exit; a hot one is where a bridge is recorded from.
    fn left(&self, cx: &L::Cx, node: &NodeOf<L>, snapshot: SnapRef) -> TierAction {
        let exit = node.exit(snapshot);
        bump(&exit.taken, 1);
        if exit.taken.get() >= exit.hot_at.get() && !self.recording.get() {
            return self.at_hot_exit(cx, node, snapshot);
        }
        if node.raises(snapshot) { TierAction::ResumeRaising } else { TierAction::Resume }
    }
}

/// What the live slots of the current frame hold, as two runs of a program can be compared by it: number, contents without addresses,
/// and for counted objects the count.
fn live_slots<L: Language>(cx: &L::Cx) -> Vec<String> {
    let state = cx.state();
    // SAFETY: slots of the current frame, which are all that is read, lie on the register stack.
    let door = unsafe { Door::open(cx) };
    let at = |slot: i32| door.slot_get(state.base.get(), slot);
    let code = L::frame_code(cx, at(0));
    let shown = |slot: i32| format!("{slot}={}", contents::<L>(cx, at(slot)));
    L::live_slots(code, state.pc.get()).into_iter().map(|slot| shown(slot.0)).collect()
}

/// How many characters of an object's description are kept.
const DESCRIPTION: usize = 60;

fn contents<L: Language>(cx: &L::Cx, word: Word) -> String {
    let Some(description) = L::describe(cx, word) else { return format!("{word:?}") };
    let mut description: String = description.chars().take(DESCRIPTION).collect();
    if let Some(references) = Direct::<L::Cx>::references(word) {
        description.push_str(&format!("*{references}"));
    }
    description
}

//! The two traits by which engine and language meet without naming each other.

use std::cell::Cell;

use pv_word::Word;

use crate::context::Context;
use crate::desc::FieldInfo;
use crate::machine::{Machine, Slot};

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on at the machine's program counter.
    Next,
    /// The step was a back edge to the loop header with this index; the machine stands at the loop's first bytecode.
    /// Driver and recorder count and close loops here. The index is the language's own, for its counters.
    Header(u32),
    /// A frame was pushed; the machine stands at the entry of the callee.
    Entered,
    /// A frame was popped; the machine stands in the caller.
    Left,
    /// Something waits at this boundary (finalisers, signals, collection): serve it, then go on.
    Boundary,
    /// The driver's first frame has returned; its result lies where the language puts results.
    Done,
    /// An exception left the driver's first frame; it is pending in the context.
    Raised,
}

/// Where a program counter lies in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// File name as the program knows it.
    pub file: String,
    /// Qualified name of the function, or a name for the whole program.
    pub function: String,
    /// Line, from 1; 0 when unknown.
    pub line: u32,
    /// The bytecode at the position, disassembled.
    pub bytecode: String,
}

/// A language on the engine: its bytecodes' meaning, and what a recorder must know of its frames.
pub trait Language: Sized + 'static {
    /// The thread context.
    type Cx: Context;

    /// Executes exactly one bytecode: the one at `m.pc()` of `m.code()`.
    fn step<M: Machine<Cx = Self::Cx>>(m: &mut M) -> Flow;

    /// Goes on after an exit, and at the start of a bridge: as [`Language::step`], but the program counter may carry a continuation in
    /// its top 8 bits (see [`Machine::checkpoint`]), which this call finishes. Code is therefore limited to 2^24 words.
    fn resume<M: Machine<Cx = Self::Cx>>(m: &mut M) -> Flow {
        Self::step(m)
    }

    /// The bytecode at `m.pc()` has raised and the exception is pending: goes to its handler ([`Flow::Next`], perhaps after
    /// popping frames) or leaves the driver's first frame ([`Flow::Raised`]). Steps that raise end with it; drivers call it after
    /// [`TierAction::ResumeRaising`], and recordings of raising exits begin with it. By default nothing is ever caught.
    fn unwind<M: Machine<Cx = Self::Cx>>(m: &mut M) -> Flow {
        let _ = m;
        Flow::Raised
    }

    /// Tests, without effects, of what holds wherever a loop header has just been passed, as far as it can serve the loop's trace; `m` stands
    /// behind it. A recording that starts there makes them once, ahead of the loop. False: there are none, those made are dropped.
    fn at_header<M: Machine<Cx = Self::Cx>>(m: &mut M) -> bool {
        let _ = m;
        false
    }

    /// The code of a frame, from the contents of its slot 0 and, for languages with one frame, from the context.
    fn frame_code(cx: &Self::Cx, slot0: Word) -> <Self::Cx as Context>::Code;

    /// Slots of a frame of `code` that may be read again at `pc` before they are written, in ascending order.
    /// Temporaries and header slots in use are among them.
    fn live_slots(code: <Self::Cx as Context>::Code, pc: u32) -> Vec<Slot>;

    /// Slots of a frame of `code` that are known to be empty when it has just been pushed by a call.
    fn empty_at_entry(code: <Self::Cx as Context>::Code) -> std::ops::Range<i32> {
        let _ = code;
        0..0
    }

    /// Number of slots of a frame of `code`, its header included.
    fn frame_size(code: <Self::Cx as Context>::Code) -> u32;

    /// Position for logs and dumps.
    fn position(cx: &Self::Cx, code: <Self::Cx as Context>::Code, pc: u32) -> Position;

    /// A name for a constant in dumps that holds no address (`type Point`, `list.append`); `None` for plain immediates.
    fn describe(cx: &Self::Cx, word: Word) -> Option<String>;

    /// A name in dumps for an address that a cell of this field held, which is of storage `Ptr`. By default the field's.
    fn describe_address(field: &FieldInfo, addr: u64) -> String {
        let _ = addr;
        field.name.to_owned()
    }
}

/// Counts down the passes of one loop header or function entry. Lives beside the language's code, one each.
///
/// Invariant: only the tier decides when it fires next; the driver merely counts. A fresh counter fires at once, so
/// that code can be made without knowing any tier.
#[derive(Debug, Default)]
pub struct HotCounter {
    left: Cell<u32>,
    link: Cell<u32>,
}

impl HotCounter {
    /// Counts one pass. True when the tier is to be asked, and then on every pass until it sets the counter again.
    #[inline(always)]
    pub fn hit(&self) -> bool {
        let left = self.left.get();
        if left > 1 {
            self.left.set(left - 1);
            return false;
        }
        true
    }

    /// Asks again after `passes` more (1: on the next one).
    pub fn arm(&self, passes: u32) {
        self.left.set(passes);
    }

    /// Has no tier set this counter yet?
    pub fn is_fresh(&self) -> bool {
        self.left.get() == 0
    }

    /// A number for the tier's own use (the trace that stands here), 0 at first.
    pub fn link(&self) -> u32 {
        self.link.get()
    }

    /// Sets the tier's number.
    pub fn set_link(&self, link: u32) {
        self.link.set(link);
    }
}

/// What a driver does after asking the tier.
///
/// Drivers poll the breaker at [`Flow::Header`] *before* they count, so that a trace left by its poll is served.
/// In all cases but `Continue` the state's base, program counter and depth have moved: the driver reloads its
/// machine (`Direct::reload` with [`Language::frame_code`] of the new slot 0) before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierAction {
    /// Nothing happened: interpret on.
    Continue,
    /// Code ran, or a recording: go on with [`Language::resume`] at the state's program counter.
    Resume,
    /// As `Resume`, but an exception is pending and the bytecode at the program counter raised it: unwind from there,
    /// exactly as if its step had just found it.
    ResumeRaising,
    /// A recording executed one more step, which ended so: act as if the driver had executed it.
    Ended(Flow),
}

/// Who wants to know of changes to what traces assume. Languages keep one beside their heap.
pub trait Watcher {
    /// What [`Machine::assume`] was told under this key is no longer so, or the embedded object with this address as a key has
    /// died. To be called before the change can be seen by running code.
    fn changed(&self, key: u64);
}

/// The upper tier as a driver sees it. Generic over it, drivers run with no JIT at all.
///
/// Protocol. The driver calls one of these when [`HotCounter::hit`] says so, after `Direct::sync`: the state's base and program
/// counter are exact, no value is held outside slots, no exception is pending. The tier may run any number of bytecodes in any
/// frames above and below the current one, but never pops the driver's first frame without saying so
/// (`Ended(Flow::Done)` or `Ended(Flow::Raised)`). It may start nested drivers through helpers. It always arms the counter.
pub trait Tier<L: Language> {
    /// The counter of the loop header at the state's program counter fired.
    fn at_header(&self, cx: &L::Cx, code: <L::Cx as Context>::Code, header: u32, counter: &HotCounter) -> TierAction;
    /// The counter of a function entry fired; the frame has been pushed.
    fn at_entry(&self, cx: &L::Cx, code: <L::Cx as Context>::Code, counter: &HotCounter) -> TierAction;
}

/// No upper tier: a complete interpreter remains.
pub struct NoTier;

impl<L: Language> Tier<L> for NoTier {
    fn at_header(&self, _: &L::Cx, _: <L::Cx as Context>::Code, _: u32, counter: &HotCounter) -> TierAction {
        counter.arm(u32::MAX);
        TierAction::Continue
    }
    fn at_entry(&self, _: &L::Cx, _: <L::Cx as Context>::Code, counter: &HotCounter) -> TierAction {
        counter.arm(u32::MAX);
        TierAction::Continue
    }
}

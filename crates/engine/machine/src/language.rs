//! The two traits by which engine and language meet without naming each other.

use pv_word::Word;

use crate::context::Context;
use crate::machine::{Machine, Slot};

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on at the machine's program counter.
    Next,
    /// At the loop header with this index, which is still to be passed: the header's step has been executed.
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

    /// The code of a frame, from the contents of its slot 0 and, for languages with one frame, from the context.
    fn frame_code(cx: &Self::Cx, slot0: Word) -> <Self::Cx as Context>::Code;

    /// Slots of a frame of `code` that may be read again at `pc` before they are written, in ascending order.
    /// Temporaries and header slots in use are among them.
    fn live_slots(code: <Self::Cx as Context>::Code, pc: u32) -> Vec<Slot>;

    /// Number of slots of a frame of `code`, its header included.
    fn frame_size(code: <Self::Cx as Context>::Code) -> u32;

    /// Position for logs and dumps.
    fn position(cx: &Self::Cx, code: <Self::Cx as Context>::Code, pc: u32) -> Position;

    /// A name for a constant in dumps that holds no address (`shape Point`, `list.append`); `None` for plain immediates.
    fn describe(cx: &Self::Cx, word: Word) -> Option<String>;
}

/// What a driver does after asking the tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TierAction {
    /// Nothing happened: interpret on.
    Continue,
    /// Code ran, or a recording: the state's base and program counter say where to go on.
    Resume,
    /// As `Resume`, but an exception is pending and the bytecode at the program counter raised it.
    ResumeRaising,
}

/// The upper tier as a driver sees it. Generic over it, drivers run with no JIT at all.
pub trait Tier<L: Language> {
    /// A hot counter of the loop header at the state's program counter reached zero.
    fn at_header(&self, cx: &L::Cx, code: <L::Cx as Context>::Code, header: u32) -> TierAction;
    /// A hot counter of a function entry reached zero; the frame has been pushed.
    fn at_entry(&self, cx: &L::Cx, code: <L::Cx as Context>::Code) -> TierAction;
    /// How many times a counter is to be passed before it is hot.
    fn threshold(&self) -> u32;
}

/// No upper tier: a complete interpreter remains.
pub struct NoTier;

impl<L: Language> Tier<L> for NoTier {
    fn at_header(&self, _: &L::Cx, _: <L::Cx as Context>::Code, _: u32) -> TierAction {
        TierAction::Continue
    }
    fn at_entry(&self, _: &L::Cx, _: <L::Cx as Context>::Code) -> TierAction {
        TierAction::Continue
    }
    fn threshold(&self) -> u32 {
        u32::MAX
    }
}

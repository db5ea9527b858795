//! Trace IR: op table, builder, text form, verifier, evaluator.
//!
//! Role: the one form in which a recording travels from the recorder through the optimiser to the code generator.
//!
//! Terms:
//! - *trace*: blocks with parameters; block 0 takes none and is where the trace is entered, with the home slots as
//!   the frame's only source of values. A recording is one chain of blocks ending in the loop's back edge, an exit or a link;
//! - *value*: a constant, a block parameter or the result of an instruction, all named by [`ValueRef`];
//! - *home slot*: a slot of the interpreter's frame. Inside a trace values live in SSA form and home slots are stale;
//! - *snapshot*: how to rebuild the interpreter's state where the trace is left ([`Snapshot`]);
//! - *root base*: the frame base on entry; every slot number in a trace counts from it, inlined frames included.
//!
//! Invariants: `ops` is the only list of instructions; everything a pass may assume of one is a column there.
//! `verify` lists what a well-formed trace is. The crate follows no heap pointer except in the evaluator, through
//! the door that `pv_machine` offers.
#![forbid(unsafe_code)]

mod builder;
mod check;
mod dominance;
mod eval;
mod inst;
mod ops;
#[cfg(any(test, feature = "random"))]
pub mod random;
mod refs;
mod snapshot;
#[cfg(test)]
mod testing;
mod text;
mod trace;
mod verify;

pub use builder::{Builder, cell_type};
pub use check::{InstFault, helper_args, param_type};
pub use dominance::Dominators;
pub use eval::{EvalError, Evaluator, Outcome};
pub use inst::{Imm, Inst};
pub use ops::{ArgKind, Effect, ImmKind, Op, OpInfo, ResultKind, SnapshotUse};
pub use refs::{BlockRef, SnapRef, TraceId, ValueRef, VirtualRef};
pub use snapshot::{DelayedStore, Place, ResumeKind, SlotVal, Snapshot, VirtualDesc};
pub use text::{Descriptors, HEADER, ParseError, parse};
pub use trace::{Block, Const, EntryKind, Jump, Terminator, Trace, Type, ValueDef};
pub use verify::{VerifyError, verify};

#[cfg(test)]
mod tests;

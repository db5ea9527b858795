//! The machine `Recording`: executes each primitive and appends it to a trace.
//!
//! Role: the second instance of a language's one definition. Values are pairs of a concrete value, computed by an inner
//! [`pv_machine::Direct`], and a reference into the trace. State is real at all times: a recording can be dropped between
//! any two steps with nothing to undo, and an aborted one merely stops appending.
//!
//! Terms:
//! - *slot map*: for every slot touched, which value it would hold; slots count from the frame base at the start;
//! - *in flight*: owned values that a step has taken and not yet put or released;
//! - *before / after / raising*: the three points at which a snapshot resumes (see [`pv_ir::ResumeKind`]).
//!
//! ```text
//! entry block: load_slot …, guard_room          every slot that is read before it is written
//!      │ jump(values)
//! body block(params): ops and guards of the steps, one chain
//!      └ jump body (loop) | link (to another trace) | exit
//! ```
//!
//! Invariants:
//! - inside a trace the slot map *is* ownership: `take` moves, `put` drops the old value by an explicit `decref`; exits
//!   write dirty slots, so counts are exact there. Values known to need no count get no count ops;
//! - a test's snapshot is the slot map as of the step's start (or its last checkpoint); tests after the first effect abort the
//!   recording, since the language's definition would be executed twice;
//! - `incref`s are held back until the step's next effect, so that a test may follow `own`.
//!
//! `unsafe` stands in `heap` only, to forward proofs and the trait's two unsafe methods.
#![deny(unsafe_code)]

mod abort;
mod facts;
mod heap;
mod machine;
mod recording;
mod slots;
mod snapshots;

pub use abort::Abort;
pub use facts::Kinds;
pub use recording::{Hooks, Limits, Place, Recorded, Recording, Stack};

#[cfg(test)]
mod tests;

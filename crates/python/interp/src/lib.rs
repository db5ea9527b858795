//! The meaning of every bytecode, written once over `Machine`; frames, generators, drivers.
//!
//! Role: [`PythonLanguage`] implements `pv_machine::Language`: the same handlers interpret (on `Direct`) and record (on the
//! recorder's machine). [`install`] gives the runtime its way back into Python code.
//!
//! Terms: a *window* is a run of temporaries that becomes a callee's frame; *return information* and its *action* say what
//! a caller does with a result; a *continuation* is the second half of a bytecode that tests again after its first effect.
//! Invariants: a handler's tests come ahead of its effects, or after a checkpoint; its releases come last; a slot is
//! empty or owns its value. Mutable state is read through the machine only, except what promoted values lead to.
#![forbid(unsafe_code)]

mod bind;
mod continuation;
pub mod driver;
mod frame;
mod globals;
mod handlers;
mod helpers;
mod inspect;
mod install;
mod intrinsic;
mod language;
mod observe;
mod operands;
mod step;
mod support;
mod unwind;
mod view;

pub use install::{TierSource, hooks};
pub use language::PythonLanguage;

//! Traces to machine code, by Cranelift.
//!
//! ```text
//! Trace ──verify──▶ translate ──CLIF──▶ Cranelift ──bytes──▶ arena ──▶ CompiledTrace
//!                                                                       │ entry, exits with their slots
//!        driver ──Trampoline::enter(state)──▶ code ──exit slot──▶ stub: back to the driver
//!                                                    └──────────▶ bridge or linked trace, without the driver
//! ```
//!
//! Terms:
//! - *exit*: one way out of a trace: a snapshot used by guards or by a block's end. Guards that share a snapshot share an exit;
//! - *slot of an exit*: a private word of data that holds the code address to go on at: the stub's, until a bridge or another trace is attached.
//!
//! How code runs: one trace is one function in the `Tail` calling convention that is given the address of the thread's
//! `State`; loops are inside it. An exit's cold block does what its snapshot says (see `pv_ir::Snapshot`) and tail-calls through its
//! slot, with the address of its record. A bridge ignores that and starts like any trace, from home slots; the stub notes the record's
//! exit number and program counter in the state and returns.
//!
//! Invariants: values go from trace to trace through memory only; code pages are never writable and executable at once; one memory
//! location is accessed under one alias region (or none) in a function; the breaker is loaded atomically at polls, so that no load is
//! taken for an earlier one. Nothing here unwinds through compiled code: helpers must not panic.

mod arena;
mod compiled;
mod compiler;
mod env;
mod error;
mod gdb;
mod perf;
mod trampoline;
mod translate;

pub use arena::{Arena, CodeBlock};
pub use compiled::{CompiledTrace, ExitInfo};
pub use compiler::{Compiler, Config, OptLevel};
pub use env::Env;
pub use error::CodegenError;
pub use trampoline::Trampoline;

#[cfg(test)]
mod tests;

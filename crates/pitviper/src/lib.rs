//! Embedding façade: wires the engine's JIT into the Python wing; the public API.
//!
//! Role: [`Interpreter`] is a Python with its library, on the interpreter alone or with the JIT. The only crate that knows
//! both wings; the command line stands on it.
//!
//! Invariant: one interpreter at a time runs on an operating-system thread.
#![forbid(unsafe_code)]

mod flags;
mod interpreter;
mod repl;
mod tier;

pub use flags::{Flags, HashSeed};
pub use interpreter::{INTERRUPTED, Interpreter, Observer, Options, Program};
pub use pv_jit::{Config, ConfigError, Dumps, Jit};
pub use pv_machine::NoTier;
pub use pv_machine::interrupt::end_process as end_by_interrupt;
pub use pv_object::Leak;
pub use repl::{Line, Lines};

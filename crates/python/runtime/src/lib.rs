//! Built-in types, protocols, exceptions, import: the Python runtime without an interpreter.
//!
//! Role: everything Python's objects do, over the layouts of `pv-object`. The interpreter calls the functions of
//! [`protocol`], [`attr`], [`class`], [`import`] from its slow paths, and installs [`vm::Hooks`] so that native code can
//! call back. Built-in types live in [`types`], a room each; native functions are table rows ([`native`]).
//!
//! Terms: [`Vm`] is what all threads share; [`Thread`] is a thread's state, and holding `&Thread` is holding the
//! interpreter lock; [`Raised`] proves that an exception is pending in the thread.
//! Invariants: no `unsafe`; no Rust reference into an object's contents is held across a call that may run Python; native
//! recursion goes through [`Thread::nested`].
#![forbid(unsafe_code)]

pub mod algorithm;
pub mod attr;
pub mod builtins;
pub mod class;
pub mod code;
pub mod collect;
pub mod compile;
pub mod descriptors;
pub mod error;
mod finalize;
pub mod format;
pub mod frames;
pub mod import;
pub mod names;
pub mod native;
pub mod observe;
pub mod prelude;
pub mod protocol;
pub mod shutdown;
pub mod slots;
mod syntax;
pub mod sys;
pub mod text;
pub mod thread;
pub mod types;
pub mod unicode;
pub mod vm;
pub mod warn;

pub use error::{Exc, PyResult, Raised};
pub use native::{Args, GetSetDef, Imp, NativeDef};
pub use pv_machine::Effects;
pub use slots::Slots;
pub use thread::Thread;
pub use types::TypeTable;
pub use vm::{NativeModule, Vm};

#[cfg(test)]
mod tests;

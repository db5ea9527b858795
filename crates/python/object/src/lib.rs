//! Heap, counts, shapes, types and the built-in layouts: the home of heap `unsafe`.
//!
//! Role: the only crate of the Python wing with `unsafe`; its interface is safe. [`Obj`] owns a reference; `obj.downcast::<List>()`
//! gives a typed view, whose methods use cells and hand values out by copy; [`known`] makes proofs of layout over any machine.
//!
//! Terms: a [`Kind`] is a layout in memory; a [`Shape`] names the type of an object and the order of its attributes; a
//! [`Type`] is a class.
//! To add a layout:
//! 1. write the struct in `layouts`, `repr(C)`, header first, with [`Held`] for what it owns, and its constructors;
//! 2. implement [`Layout`]: `held_layout!` where everything owned is in fields; by hand where there is an inline tail (then `extent`,
//!    `visit` and `Drop` know its length);
//! 3. give it a row in the table of `kind`: its built-in type is made with the heap;
//! 4. add descriptors in [`desc`] for the fields that bytecodes touch, and a constructor in [`known`] if traces should make it;
//! 5. add a row to the table in `tests/ownership.rs`.
//!
//! Invariants: nothing in this crate runs Python. Dropping the last reference frees at once or queues a finaliser
//! ([`Heap::take_finalizers`]). One heap serves a thread at a time ([`Heap::enter`]).

pub mod bigint;
mod collect;
pub mod context;
pub mod desc;
pub mod hash;
pub mod header;
pub mod heap;
pub mod kind;
pub mod known;
pub mod layouts;
mod leaks;
mod nursery;
pub mod obj;
mod pool;
pub mod quick;
pub mod shape;
pub mod strings;
mod table;
pub mod trusted;
pub mod types;
mod weak;

pub use bigint::BigInt;
pub use collect::{Garbage, PERMANENT};
pub use context::ThreadContext;
pub use header::{Flags, Header};
pub use heap::Heap;
pub use kind::{Kind, Layout, Visitor};
pub use layouts::*;
pub use leaks::Leak;
pub use obj::{Held, Obj, Of, release, take_window, to_obj, view_window};
pub use quick::{equal_numbers, identity, is_same, quick_eq, quick_hash};
pub use shape::{Form, Instance, Shape, ShapeRef, Spill, set_class_of_extended};
pub use strings::{Finder, StrBuilder, Text};
pub use types::{CallPlan, DefinedBy, Type, TypeError, TypeFlags, TypeSpec, override_bit, summary_bit};

/// The engine's machine, for [`thread_context!`].
pub use pv_machine as machine;
/// The engine's words, for [`thread_context!`].
pub use pv_word as machine_word;

#[cfg(test)]
mod tests;

//! The abstract machine on which a language is written once and run three ways.
//!
//! Role: [`Machine`] is the small set of primitive operations an interpreter is made of. A language writes
//! the meaning of its bytecodes once, generic over it (the idea of RPython's meta-tracing, Bolz et al. 2009,
//! with Rust generics for a translation toolchain). [`Direct`] performs each operation; the recorder's machine
//! performs it and appends it to a trace; a trace is compiled, or stepped through by an evaluator.
//!
//! Terms:
//! - *slot*: a tagged word of the current frame, addressed relative to the frame's base;
//! - *descriptor*: a static fact about memory or a helper ([`Field`], [`Array`], [`Helper`]); all that the
//!   optimiser ever knows of a language's heap;
//! - *step*: the execution of one bytecode by [`Language::step`];
//! - *test*: a primitive whose `bool` result steers the step; in a recording it becomes a guard.
//!
//! Invariants: a machine's values are opaque, and [`Machine::promote`] is the only way from one to a plain Rust
//! value; tests that resume *before* the bytecode come ahead of the step's first effect; a step
//! reads mutable state through the machine only.

mod context;
mod desc;
mod direct;
mod door;
mod flat;
pub mod interrupt;
mod language;
mod machine;
mod owned;
mod state;
#[cfg(feature = "toy")]
pub mod toy;

pub use context::{Bytes, Context, Counted};
pub use desc::{
    AliasClass, AliasSet, Array, ArrayData, ArrayInfo, CodeAddr, Effects, Field, FieldInfo, Helper, HelperInfo,
    Mutability, Param, Release, Repr, Target, Window,
};
pub use direct::{
    Direct, RawHeap, compare_floats, compare_ints, float_op, floor_div_mod, rare, raw_op, refusal, tagged_op, unlikely,
};
pub use door::Door;
pub use flat::Flat;
pub use language::{Flow, HotCounter, Language, NoTier, Position, Tier, TierAction, Watcher};
pub use machine::{BoolOp, Cmp, FloatOp, IntOp, Machine, Slot, Typed};
pub use owned::Own;
pub use state::{Breaker, RegisterStack, State};

#[cfg(test)]
mod tests;

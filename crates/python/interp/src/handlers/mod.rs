//! Handlers: one function per opcode or family, one module per theme.

pub mod ahead;
pub mod arith;
pub mod array;
pub mod attrs;
pub mod build;
pub mod calls;
pub mod compare;
pub mod consume;
pub mod containers;
pub mod delegation;
pub mod exceptions;
mod feeding;
pub mod generators;
pub mod intrinsics;
pub mod items;
pub mod iterate;
pub mod loops;
pub mod names;
pub mod operators;
pub mod rare;
pub mod returns;
pub mod spreading;

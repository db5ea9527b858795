//! What bytecodes need of built-in types beyond the runtime's protocols: one module per family.

pub mod classes;
pub mod containers;
pub mod exceptions;
pub mod imports;
pub mod operators;
pub mod slices;

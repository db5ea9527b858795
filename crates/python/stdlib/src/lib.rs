//! Native modules and the embedded library.
//!
//! Role: a room per native module, each with its table of functions and types, and the Python part of the standard library
//! as a [`library`] inside the executable. Algorithms that need no Python objects stand apart in [`algorithm`].
//! Invariant: nothing here runs or allocates before a module is imported.
#![forbid(unsafe_code)]

pub mod algorithm;
pub mod library;

//! The JIT on a language of a few lines, with calls, counted objects, exceptions and branches that depend on data.
//!
//! Every program runs on the interpreter first; then under many settings and both backends, which must leave the same
//! slots, objects and counts behind.

mod config;
mod language;
mod programs;

//! Formatting: the mini-language of `format`, `str.format`, the `%` operator; numbers as text and back.

pub mod float;
pub mod number;
pub mod parse;
pub(crate) mod percent;
pub(crate) mod render;
pub mod spec;
pub(crate) mod template;

pub use spec::{Align, Sign, Spec};

#[cfg(test)]
mod tests;

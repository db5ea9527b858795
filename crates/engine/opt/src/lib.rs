//! The emission door and the optimisation passes.
#![forbid(unsafe_code)]

mod range;

pub use range::{Range, negate};

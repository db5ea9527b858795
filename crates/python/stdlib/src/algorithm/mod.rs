//! Algorithms on plain Rust values.

pub mod digests;
pub mod gamma;
pub mod half;
pub mod inverse_hyperbolic;
pub mod mersenne;
pub mod norm;
pub mod sums;

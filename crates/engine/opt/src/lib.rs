//! The emission door and the optimisation passes.
#![forbid(unsafe_code)]

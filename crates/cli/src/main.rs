//! The command `pitviper`.
#![forbid(unsafe_code)]

fn main() {}

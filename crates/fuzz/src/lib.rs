//! Random Python programs that end, and what to do when two interpreters disagree about one.
//!
//! Role: [`generate::program`] writes a program from a seed; [`run`] starts it on several ways of running Python and
//! compares; [`reduce`] makes a failing one small. The tests run a fixed handful, `cargo xtask fuzz` runs for as long as asked.
//!
//! What holds of every generated program: it ends after some ten thousand statements; its output depends on nothing but the
//! language (no addresses, no hashes, no clock, no order of sets); whatever it raises it catches and prints.
//!
//! Not to be relied on: that a seed gives the same program in two versions of this crate.
#![forbid(unsafe_code)]

pub mod campaign;
pub mod generate;
pub mod random;
pub mod reduce;
pub mod run;

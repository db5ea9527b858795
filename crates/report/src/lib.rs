//! Results of benchmark runs: their model, their file format, their statistics, their tables.
//!
//! Terms. A *program* is what is measured; an *interpreter* is what runs it; a *process* is one start
//! of an interpreter on a program and yields one [`Run`]. A run holds *warm-ups* (what the process did
//! before it was steady; the first of them is the *first run* of the program in a fresh process) and
//! *values* (seconds per iteration in the steady state). A *benchmark* is all runs of one program on one
//! interpreter; a [`Report`] is a set of benchmarks and of failures.
//!
//! Invariants.
//! - This crate runs no Python and knows no virtual machine: it reads and writes text and numbers.
//! - Every value and warm-up of a report that was read is finite and positive.
//! - The file format is pyperf's JSON, version 1.0; what pyperf has no word for (failures) stands under
//!   keys of our own that pyperf passes over.
//! - Statistics are closed formulas: the same report prints the same tables, byte for byte.
#![forbid(unsafe_code)]

mod compare;
mod error;
mod matrix;
mod model;
pub mod protocol;
mod read;
pub mod stats;
mod student;
mod table;
mod write;

pub use compare::{Comparison, Row, Selection};
pub use error::{CompareError, ReportError};
pub use matrix::{Matrix, Phase};
pub use model::{
    Benchmark, Failure, FailureKind, INTERPRETER_KEY, MEMORY_AFTER_KEY, MEMORY_BEFORE_KEY, MetaValue, Metadata,
    PROGRAM_KEY, Report, Run, Warmup,
};
pub use read::{read_file, read_text};
pub use table::{comparison_table, failure_list, format_bytes, format_seconds, matrix_tables, soak_table};
pub use write::{to_json, write_file};

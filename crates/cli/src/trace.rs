//! Tracing programs: the engine is not wired into the command yet, and the command says so.

use std::process::ExitCode;

use crate::args::TraceArgs;
use crate::refuse;

/// Refuses, and names what was asked for.
pub fn run(args: &TraceArgs) -> ExitCode {
    refuse(format_args!("tracing programs is not part of this build yet ({args:?})"))
}

//! Running programs: the engine is not wired into the command yet, and the command says so.

use std::process::ExitCode;

use crate::args::RunArgs;
use crate::refuse;

/// Refuses, and names what was asked for.
pub fn run(args: &RunArgs) -> ExitCode {
    refuse(format_args!("running programs is not part of this build yet ({args:?})"))
}

//! Running Brainfuck programs: the engine is not wired into the command yet, and the command says so.

use std::process::ExitCode;

use crate::args::BrainfuckArgs;
use crate::refuse;

/// Refuses, and names what was asked for.
pub fn run(args: &BrainfuckArgs) -> ExitCode {
    refuse(format_args!("running Brainfuck programs is not part of this build yet ({args:?})"))
}

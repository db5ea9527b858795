//! The command `pitviper`: it reads the command line and hands over to one module per subcommand.
//!
//! Exit status: 0 when all went well, 1 when what was run or measured failed, 2 when the command line
//! or a file that it names cannot be used.
#![forbid(unsafe_code)]

mod args;
mod bench;
mod brainfuck;
mod compare;
mod jit;
mod repl;
mod run;
mod trace;

use std::process::ExitCode;

use args::{Cli, Command};

/// Lists, dicts and sets keep their items in blocks of varying size, which programs make and drop all the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::from_command_line(std::env::args_os());
    match &cli.command {
        None => run::run(&cli.run),
        Some(Command::Trace(args)) => trace::run(args),
        Some(Command::Bench(args)) => bench::run(args),
        Some(Command::Compare(args)) => compare::run(args),
        Some(Command::Brainfuck(args)) => brainfuck::run(args),
    }
}

/// Says what is wrong and gives the exit status for a command that cannot be carried out.
fn refuse(message: impl std::fmt::Display) -> ExitCode {
    eprintln!("pitviper: {message}");
    ExitCode::from(2)
}

//! `pitviper brainfuck FILE`: the engine's first language.

use std::process::ExitCode;

use pitviper::{Config, Jit, NoTier};
use pv_brainfuck::{Brainfuck, Program};

use crate::args::BrainfuckArgs;
use crate::{jit, refuse};

/// Cells of the tape, as most implementations have it.
const CELLS: usize = 30_000;

/// Runs the program on standard input and output.
pub fn run(args: &BrainfuckArgs) -> ExitCode {
    let file = args.file.display();
    let source = match std::fs::read_to_string(&args.file) {
        Ok(source) => source,
        Err(error) => return refuse(format_args!("can't open file '{file}': {error}")),
    };
    let program = match Program::parse(&source) {
        Ok(program) => program,
        Err(error) => return refuse(format_args!("{file}: {error}")),
    };
    let output = std::io::BufWriter::new(std::io::stdout());
    let cx = pv_brainfuck::context(program, CELLS, std::io::stdin(), output);
    let outcome = match jit::config(&args.jit, Config::default()) {
        Ok(None) => pv_brainfuck::run(&cx, &NoTier),
        Ok(Some(config)) => match Jit::<Brainfuck>::new(config) {
            Ok(tier) => pv_brainfuck::run(&cx, &tier),
            Err(error) => return refuse(error),
        },
        Err(error) => return refuse(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pitviper: {file}: {error}");
            ExitCode::FAILURE
        }
    }
}

//! Runs a program: `bf FILE [--jit off | --jit KEY=VALUE]… [--log]`, input and output as usual.

use std::io;
use std::process::ExitCode;

use pv_brainfuck::{Error, Program, context, run};
use pv_events::{Detail, Event, render};
use pv_jit::{Config, Dumps, Jit};
use pv_machine::NoTier;

fn main() -> ExitCode {
    match start(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bf: {message}");
            ExitCode::FAILURE
        }
    }
}

fn start(mut args: impl Iterator<Item = String>) -> Result<(), String> {
    let path = args.next().ok_or("usage: bf FILE [--jit off | --jit KEY=VALUE]... [--log]")?;
    let source = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let program = Program::parse(&source).map_err(|error| format!("{path}: {error}"))?;
    let (mut config, mut interpret, mut log) = (Config::default(), false, false);
    while let Some(arg) = args.next() {
        match (arg.as_str(), args.next()) {
            ("--log", None) => log = true,
            ("--jit", Some(setting)) if setting == "off" => interpret = true,
            ("--jit", Some(setting)) => config.set(&setting).map_err(|error| error.to_string())?,
            _ => return Err(format!("{arg}: not understood")),
        }
    }
    let cx = context(program, 30_000, io::stdin(), io::stdout());
    let result = if interpret { run(&cx, &NoTier) } else { run_jit(&cx, config, log)? };
    result.map_err(|error: Error| error.to_string())
}

fn run_jit(cx: &pv_brainfuck::Cx, config: Config, log: bool) -> Result<Result<(), Error>, String> {
    let mut jit = Jit::new(config).map_err(|error| error.to_string())?;
    if log {
        let details = Detail { ir: true, exits: true, ..Detail::default() };
        jit.observe(Dumps { positions: true, ir: true, ..Dumps::default() }, move |event| {
            eprint!("{}", render(event, details));
        });
    }
    let result = run(cx, &jit);
    if log {
        eprint!("{}", render(&Event::Stats(jit.stats()), Detail::default()));
    }
    Ok(result)
}

//! `pitviper trace FILE`: runs a program and says what the JIT did.
//!
//! Everything shown comes from the event log. It goes to standard error or to a file, so that the program's output stays its own.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, LineWriter, Write};
use std::process::ExitCode;
use std::rc::Rc;

use pitviper::{Dumps, Flags, HashSeed, Interpreter, Options, Program};

use pv_events::{Detail, Event, Writer, render};

use crate::args::{JitOption, TraceArgs};
use crate::run::argv;
use crate::{jit, refuse};

/// Where events go.
type Output = Box<dyn Write>;

/// What is written of them, and where.
enum Sink {
    /// Text, with these details.
    Text(Output, Detail),
    /// JSON Lines.
    Json(Writer<Output>),
    /// Totals only.
    Totals(Output),
}

impl Sink {
    fn open(args: &TraceArgs) -> io::Result<Sink> {
        let output: Output = match &args.log {
            Some(file) => Box::new(LineWriter::new(File::create(file)?)),
            None => Box::new(io::stderr()),
        };
        Ok(match (args.json, args.stats) {
            (true, _) => Sink::Json(Writer::new(output)?),
            (false, true) => Sink::Totals(output),
            (false, false) => Sink::Text(output, Detail::ALL),
        })
    }

    fn take(&mut self, event: &Event) -> io::Result<()> {
        match (self, event) {
            (Sink::Text(output, detail), event) => output.write_all(render(event, *detail).as_bytes()),
            (Sink::Json(writer), event) => writer.event(event),
            (Sink::Totals(output), Event::Stats(_)) => output.write_all(render(event, Detail::default()).as_bytes()),
            (Sink::Totals(_), _) => Ok(()),
        }
    }
}

/// Runs the program with the JIT on and reports; the program's exit status.
pub fn run(args: &TraceArgs) -> ExitCode {
    let mut settings = vec![JitOption::On];
    settings.extend(args.jit.iter().cloned());
    let config = match jit::config(&settings, pitviper::Config::default()) {
        Ok(Some(config)) => config,
        Ok(None) => return refuse("there is nothing to trace with --jit off"),
        Err(error) => return refuse(error),
    };
    let sink = match Sink::open(args) {
        Ok(sink) => Rc::new(RefCell::new(sink)),
        Err(error) => return refuse(format_args!("the event log cannot be written: {error}")),
    };
    let failed = Rc::new(RefCell::new(None));
    let observer = {
        let (sink, failed) = (Rc::clone(&sink), Rc::clone(&failed));
        Box::new(move |event: &Event| {
            if let Err(error) = sink.borrow_mut().take(event) {
                failed.borrow_mut().get_or_insert(error);
            }
        })
    };
    // The same traces every time, unless somebody asks for other hashes.
    let hash_seed = match HashSeed::from_environment() {
        Ok(seed) => seed.unwrap_or_default(),
        Err(error) => return refuse(error),
    };
    let program = Program::File(args.program[0].clone().into());
    let options = Options {
        jit: Some(config),
        argv: argv(&program, &args.program[1..]),
        flags: Flags { hash_seed, ..Flags::default() },
        observer: Some((dumps(args), observer)),
        collect_always: false,
    };
    let interpreter = match Interpreter::new(options) {
        Ok(interpreter) => interpreter,
        Err(error) => return refuse(error),
    };
    let status = interpreter.run(&program);
    if let Some(stats) = interpreter.stats()
        && let Err(error) = sink.borrow_mut().take(&Event::Stats(stats))
    {
        failed.borrow_mut().get_or_insert(error);
    }
    if let Some(error) = failed.borrow().as_ref() {
        return refuse(format_args!("the event log cannot be written: {error}"));
    }
    ExitCode::from(status as u8)
}

fn dumps(args: &TraceArgs) -> Dumps {
    if args.stats { Dumps::default() } else { Dumps::ALL }
}

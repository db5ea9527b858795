//! Running programs, as `python` does.

use std::ffi::OsString;
use std::process::ExitCode;

use pitviper::{Flags, HashSeed, Interpreter, Options, Program};

use crate::args::RunArgs;
use crate::{jit, refuse, repl};

/// Exit status when `--check-refs` has found something, whatever the program's own is.
const LEAKED: u8 = 99;

/// Runs the program that the command line names; its exit status.
pub fn run(args: &RunArgs) -> ExitCode {
    let program = program(args);
    if let Program::File(file) = &program
        && let Err(error) = std::fs::File::open(file)
    {
        return refuse(format_args!("can't open file '{}': {error}", file.display()));
    }
    let config = match jit::config(&args.jit, pitviper::Config::default()) {
        Ok(config) => config,
        Err(error) => return refuse(error),
    };
    let flags = match flags(args) {
        Ok(flags) => flags,
        Err(error) => return refuse(error),
    };
    let options = Options {
        jit: config,
        argv: argv(&program, &args.arguments),
        flags,
        observer: None,
        collect_always: args.collect_always,
    };
    let interpreter = match Interpreter::new(options) {
        Ok(interpreter) => interpreter,
        Err(error) => return refuse(error),
    };
    interpreter.hear_interrupts();
    let status = match (&program, args.interactive || repl::at_terminal()) {
        (Program::Input, true) => repl::run(&interpreter, !args.python.quiet),
        (_, _) if args.interactive => {
            interpreter.execute(&program);
            repl::run(&interpreter, false)
        }
        _ => Ok(interpreter.execute(&program)),
    };
    let status = status.map(|status| interpreter.finish(status));
    if args.check_refs && !report_leaks(&interpreter.find_leaks()) {
        return ExitCode::from(LEAKED);
    }
    match status {
        Ok(pitviper::INTERRUPTED) => {
            pitviper::end_by_interrupt();
            ExitCode::from(pitviper::INTERRUPTED as u8)
        }
        Ok(status) => ExitCode::from(status as u8),
        Err(error) => refuse(format_args!("the standard input cannot be read: {error}")),
    }
}

/// Prints what is alive and should not be; true when nothing is.
fn report_leaks(leaks: &[pitviper::Leak]) -> bool {
    for leak in leaks {
        eprintln!("pitviper: alive at exit: {leak}");
    }
    if !leaks.is_empty() {
        eprintln!("pitviper: {} objects are alive at exit, or their counts are wrong", leaks.len());
    }
    leaks.is_empty()
}

/// What the command line and the environment say about the Python itself.
fn flags(args: &RunArgs) -> Result<Flags, String> {
    let given = &args.python;
    let option = |text: &String| match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.clone(), None),
    };
    let ignore_environment = given.ignore_environment || given.isolated;
    let named_seed = if ignore_environment || given.random_hashes { None } else { HashSeed::from_environment()? };
    let flags = Flags {
        bytes_warning: given.bytes_warning,
        hash_seed: named_seed.unwrap_or(HashSeed::Random),
        ignore_environment,
        interactive: args.interactive,
        isolated: given.isolated,
        no_site: given.no_site,
        no_user_site: given.no_user_site || given.isolated,
        optimize: given.optimize,
        quiet: given.quiet,
        safe_path: given.safe_path || given.isolated,
        unbuffered: given.unbuffered,
        verbose: given.verbose,
        warnings: given.warnings.clone(),
        options: given.extra.iter().map(option).collect(),
    };
    Ok(flags.with_environment())
}

fn program(args: &RunArgs) -> Program {
    let text = |word: &OsString| word.to_string_lossy().into_owned();
    match (&args.code, &args.module, &args.file) {
        (Some(code), _, _) => Program::Text(text(code)),
        (_, Some(module), _) => Program::Module(text(module)),
        (_, _, Some(file)) if file.as_os_str() != "-" => Program::File(file.clone()),
        _ => Program::Input,
    }
}

/// `sys.argv`: how the program was named, then its own arguments.
pub fn argv(program: &Program, arguments: &[OsString]) -> Vec<String> {
    let name = match program {
        Program::Text(_) => "-c".to_owned(),
        Program::Module(_) => "-m".to_owned(),
        Program::File(file) => file.display().to_string(),
        Program::Input => "-".to_owned(),
    };
    let arguments = arguments.iter().map(|word| word.to_string_lossy().into_owned());
    std::iter::once(name).chain(arguments).collect()
}

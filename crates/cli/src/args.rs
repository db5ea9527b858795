//! The command line.
//!
//! `pitviper FILE ARGS…` has to behave as `python FILE ARGS…` does: whatever follows the program (a
//! file, `-`, `-c CODE` or `-m MODULE`) belongs to the program, options included. The command line is
//! therefore cut in two before clap sees it, and clap parses only the first part.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgAction, Args, CommandFactory as _, Parser, Subcommand};

use crate::bench::BenchArgs;
use crate::compare::CompareArgs;

/// Runs Python programs, traces them, measures them.
#[derive(Debug, Parser)]
#[command(name = "pitviper", version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do other than run a program.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The program to run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a program and dump its traces
    Trace(TraceArgs),
    /// Measure benchmark programs on several interpreters and print a speedup report
    Bench(BenchArgs),
    /// Show two reports side by side
    Compare(CompareArgs),
    /// Run a Brainfuck program
    Brainfuck(BrainfuckArgs),
}

/// Which program to run, and how.
#[derive(Debug, Default, Args)]
pub struct RunArgs {
    /// Run this text; what follows are its arguments
    #[arg(short = 'c', value_name = "CODE", conflicts_with_all = ["module", "file"])]
    pub code: Option<OsString>,
    /// Run this module; what follows are its arguments
    #[arg(short = 'm', value_name = "MODULE", conflicts_with = "file")]
    pub module: Option<OsString>,
    /// Read statements from the standard input after the program has run, or in place of one
    #[arg(short = 'i')]
    pub interactive: bool,
    /// Turn the JIT on or off, or set one of its tunables
    #[arg(long, value_name = "on|off|KEY=VALUE")]
    pub jit: Vec<JitOption>,
    /// The options that every Python has.
    #[command(flatten)]
    pub python: PythonArgs,
    /// Search for cyclic garbage at every poll that follows an allocation: slow, for tests
    #[arg(long)]
    pub collect_always: bool,
    /// Print every object that is alive after the end and should not be, and fail if there is one
    #[arg(long)]
    pub check_refs: bool,
    /// Run this file, or the standard input for `-`; what follows are its arguments
    pub file: Option<PathBuf>,
    /// The program's own arguments.
    #[arg(skip)]
    pub arguments: Vec<OsString>,
}

/// The options that every Python has. All show in `sys.flags`; those without an effect here say so.
#[derive(Debug, Default, Args)]
pub struct PythonArgs {
    /// Warn when bytes are compared with strings: shows in sys.flags only
    #[arg(short = 'b', action = ArgAction::Count)]
    pub bytes_warning: u8,
    /// Write no bytecode files: none are ever written
    #[arg(short = 'B')]
    pub no_bytecode: bool,
    /// Ignore the environment variables PYTHON…
    #[arg(short = 'E')]
    pub ignore_environment: bool,
    /// Isolated: as -E -P -s
    #[arg(short = 'I')]
    pub isolated: bool,
    /// Drop assert statements; given twice, documentation strings too
    #[arg(short = 'O', action = ArgAction::Count)]
    pub optimize: u8,
    /// Hash text and bytes with a random seed, whatever PYTHONHASHSEED says
    #[arg(short = 'R')]
    pub random_hashes: bool,
    /// Do not put the program's folder in sys.path
    #[arg(short = 'P')]
    pub safe_path: bool,
    /// Print no version in interactive mode
    #[arg(short = 'q')]
    pub quiet: bool,
    /// Add no folder of the user's: none is ever added
    #[arg(short = 's')]
    pub no_user_site: bool,
    /// Do not import the module site: it never is
    #[arg(short = 'S')]
    pub no_site: bool,
    /// Write standard output and error at once
    #[arg(short = 'u')]
    pub unbuffered: bool,
    /// Tell of every import: shows in sys.flags only
    #[arg(short = 'v', action = ArgAction::Count)]
    pub verbose: u8,
    /// Control warnings: action:message:category:module:line
    #[arg(short = 'W', value_name = "FILTER", allow_hyphen_values = true)]
    pub warnings: Vec<String>,
    /// Set an option of the implementation
    #[arg(short = 'X', value_name = "OPTION")]
    pub extra: Vec<String>,
}

/// What to trace, and what to show of it.
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// Print the event log as JSON Lines
    #[arg(long)]
    pub json: bool,
    /// Print totals instead of traces
    #[arg(long)]
    pub stats: bool,
    /// Write to this file instead of the standard error
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Set one of the JIT's tunables
    #[arg(long, value_name = "KEY=VALUE")]
    pub jit: Vec<JitOption>,
    /// The file to run and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "FILE")]
    pub program: Vec<OsString>,
}

/// Which Brainfuck program to run, and how.
#[derive(Debug, Args)]
pub struct BrainfuckArgs {
    /// Turn the JIT on or off, or set one of its tunables
    #[arg(long, value_name = "on|off|KEY=VALUE")]
    pub jit: Vec<JitOption>,
    /// The program
    pub file: PathBuf,
}

/// One `--jit` option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JitOption {
    /// Record and compile hot code.
    On,
    /// Interpret everything.
    Off,
    /// Set a tunable.
    Set {
        /// The tunable's name.
        key: String,
        /// Its value.
        value: String,
    },
}

impl FromStr for JitOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.split_once('=')) {
            ("on", _) => Ok(Self::On),
            ("off", _) => Ok(Self::Off),
            (_, Some((key, value))) if !key.is_empty() => {
                Ok(Self::Set { key: key.to_owned(), value: value.to_owned() })
            }
            _ => Err("expected `on`, `off` or KEY=VALUE".to_owned()),
        }
    }
}

impl Cli {
    /// Parses a whole command line; on a fault it says so and ends the process, as clap does.
    pub fn from_command_line(words: impl IntoIterator<Item = OsString>) -> Self {
        let (ours, program) = split(words.into_iter().collect());
        let mut cli = Self::parse_from(ours);
        cli.run.arguments = program;
        cli
    }
}

/// Cuts the command line after the program. A line with a subcommand is all ours.
fn split(words: Vec<OsString>) -> (Vec<OsString>, Vec<OsString>) {
    let end = end_of_ours(&words).min(words.len());
    let mut ours = words;
    let program = ours.split_off(end);
    (ours, program)
}

/// How many of the words are Pitviper's own.
fn end_of_ours(words: &[OsString]) -> usize {
    let mut at = 1;
    while let Some(word) = words.get(at) {
        match word.to_str() {
            Some("--jit") => at += 2,
            Some("--") => return at + 2,
            Some(option) if option.starts_with("--") => at += 1,
            Some(option) if option.len() > 1 && option.starts_with('-') => {
                let (program, words) = cluster(&option[1..]);
                if program {
                    return at + words;
                }
                at += words;
            }
            _ if is_subcommand(word) => return words.len(),
            _ => return at + 1,
        }
    }
    at
}

/// Of short options written together: whether one of them names the program, and how many words they take.
fn cluster(letters: &str) -> (bool, usize) {
    match letters.find(['c', 'm', 'W', 'X']) {
        None => (false, 1),
        Some(at) => (letters[at..].starts_with(['c', 'm']), if at + 1 == letters.len() { 2 } else { 1 }),
    }
}

fn is_subcommand(word: &OsStr) -> bool {
    word == "help" || Cli::command().get_subcommands().any(|command| command.get_name() == word)
}

#[cfg(test)]
mod tests;

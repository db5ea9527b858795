//! `pitviper bench`: programs × interpreters, interleaved.
//!
//! Every process runs one program on one interpreter and prints its figures line by line (see
//! [`pv_report::protocol`]). Rounds go over all programs, and for each over all interpreters, so that a
//! slow phase of the machine hits all of them alike. What was measured is kept whatever happens after.

mod chaos;
mod host;
mod interpreters;
mod process;
mod programs;
mod session;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use pv_report::{Report, failure_list, matrix_tables, soak_table};

use crate::args::JitOption;
use crate::refuse;
use session::Session;

/// What to measure, on what, how thoroughly.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Which programs
    #[arg(long, value_enum, default_value_t = Suite::Own)]
    pub suite: Suite,
    /// Only these programs
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub only: Vec<String>,
    /// The directory `benches` of Pitviper's sources [default: searched for upwards from the current
    /// directory and from the executable]
    #[arg(long, value_name = "DIR")]
    pub benches: Option<PathBuf>,
    /// Where the package pyperformance is installed [default: asked of the interpreters on the PATH]
    #[arg(long, value_name = "DIR")]
    pub pyperformance: Option<PathBuf>,
    /// Another directory in which the programs find modules
    #[arg(long, value_name = "DIR")]
    pub pythonpath: Vec<PathBuf>,
    /// Measure another interpreter too; the command is split at blanks
    #[arg(long, value_name = "NAME=COMMAND")]
    pub python: Vec<String>,
    /// Only these interpreters, the baseline among them
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub interpreters: Vec<String>,
    /// The interpreter that the others are compared with [default: python3, or else the first]
    #[arg(long, value_name = "NAME")]
    pub baseline: Option<String>,
    /// Options of the interpreter `jit-on`
    #[arg(long, value_name = "KEY=VALUE")]
    pub jit: Vec<JitOption>,
    /// Processes for each program and interpreter
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub processes: u32,
    /// Steady values for each process
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub values: u32,
    /// Runs before the steady state, at least
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub warmups: u32,
    /// Seconds before the steady state, at least
    #[arg(long, value_name = "SECONDS", default_value_t = 0.3)]
    pub warmup_time: f64,
    /// Seconds that one value takes, at least
    #[arg(long, value_name = "SECONDS", default_value_t = 0.05)]
    pub min_time: f64,
    /// How often the body runs for one value [default: as often as --min-time asks]
    #[arg(long, value_name = "N")]
    pub loops: Option<u32>,
    /// Seconds after which a process is ended
    #[arg(long, value_name = "SECONDS", default_value_t = 300.0)]
    pub timeout: f64,
    /// Run each program once on each interpreter, and only compare what they compute
    #[arg(long, conflicts_with_all = ["processes", "values", "warmups", "warmup_time", "min_time"])]
    pub check: bool,
    /// Check our own executable only: the JIT under every setting meant to find its faults, against the interpreter alone
    #[arg(long, requires = "check", conflicts_with_all = ["jit", "python", "baseline"])]
    pub chaos: bool,
    /// Repeat each program for so long in one process, and fail if its memory goes on growing
    #[arg(long, value_name = "SECONDS", conflicts_with_all = ["check", "processes", "warmup_time"])]
    pub soak: Option<f64>,
    /// Write the report to this file, in pyperf's JSON format
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// A set of programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// The programs in benches/suite
    Own,
    /// The programs of the installed package pyperformance
    Pyperformance,
    /// Nothing but the start of the interpreter: `-c pass`, from outside
    Startup,
}

/// How thoroughly to measure.
#[derive(Clone, Debug)]
struct Plan {
    processes: u32,
    values: u32,
    warmups: u32,
    warmup_time: f64,
    min_time: f64,
    loops: u32,
    timeout: Duration,
    /// Whether memory must not grow.
    soak: bool,
}

impl Plan {
    fn new(args: &BenchArgs) -> Result<Self, String> {
        let timeout = seconds("--timeout", args.timeout)?;
        if args.processes == 0 || args.values == 0 {
            return Err("--processes and --values must be at least 1".into());
        }
        let loops = args.loops.unwrap_or(0);
        let soak = args.soak.is_some();
        let BenchArgs { processes, values, warmups, min_time, .. } = *args;
        let warmup_time = args.soak.unwrap_or(args.warmup_time);
        let warmup = seconds("--warmup-time or --soak", warmup_time)?;
        seconds("--min-time", min_time)?;
        let plan = Self { processes, values, warmups, warmup_time, min_time, loops, timeout, soak };
        Ok(if args.check {
            Self { processes: 1, values: 1, warmups: 0, warmup_time: 0.0, min_time: 0.0, ..plan }
        } else if soak {
            Self { processes: 1, values: 1, timeout: timeout.saturating_add(warmup), ..plan }
        } else {
            plan
        })
    }

    /// The settings of `benches/suite/measuring.py`.
    fn settings(&self) -> [(&'static str, String); 5] {
        [
            ("PITVIPER_BENCH_VALUES", self.values.to_string()),
            ("PITVIPER_BENCH_WARMUPS", self.warmups.to_string()),
            ("PITVIPER_BENCH_LOOPS", self.loops.to_string()),
            ("PITVIPER_BENCH_MIN_TIME", self.min_time.to_string()),
            ("PITVIPER_BENCH_WARMUP_TIME", self.warmup_time.to_string()),
        ]
    }
}

fn seconds(option: &str, seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds).map_err(|error| format!("{option} {seconds}: {error}"))
}

/// Measures, prints the report, and fails if anything that was measured failed.
pub fn run(args: &BenchArgs) -> ExitCode {
    if cfg!(debug_assertions) {
        eprintln!("pitviper: this is a debug build: the figures of jit-off and jit-on mean nothing");
    }
    let report = match measure(args) {
        Ok(report) => report,
        Err(message) => return refuse(message),
    };
    if let Some(baseline) = baseline(args, &report) {
        print_report(args, &report, &baseline);
    }
    eprint!("{}", failure_list(&report));
    if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn measure(args: &BenchArgs) -> Result<Report, String> {
    let plan = Plan::new(args)?;
    let programs = programs::find(args)?;
    let interpreters = interpreters::find(args)?;
    Session::new(plan, programs, interpreters, args.output.as_deref()).run()
}

fn print_report(args: &BenchArgs, report: &Report, baseline: &str) {
    if args.check {
        let (programs, interpreters) = (report.programs().len(), report.interpreters().len());
        println!("{programs} programs ran on {interpreters} interpreters.");
    } else if args.soak.is_some() {
        print!("{}", soak_table(report));
    } else {
        print!("{}", matrix_tables(report, baseline));
    }
}

/// `None` when nothing was measured.
fn baseline(args: &BenchArgs, report: &Report) -> Option<String> {
    let measured = report.interpreters();
    let wanted = args.baseline.as_deref().unwrap_or("python3");
    let found = measured.iter().find(|name| **name == wanted).or(measured.first());
    found.map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests;

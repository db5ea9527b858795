//! The result model: reports, benchmarks, runs, metadata, failures.
//!
//! The model follows pyperf's: metadata is a flat map from names to texts and numbers. Metadata that a
//! file states once for all its benchmarks is pushed down into each of them when it is read.

use std::collections::BTreeMap;

/// Metadata key under which a benchmark names its program.
pub const PROGRAM_KEY: &str = "pitviper_program";
/// Metadata key under which a benchmark names its interpreter.
pub const INTERPRETER_KEY: &str = "pitviper_interpreter";

/// Metadata key of a run: the mean resident memory in the third quarter of its time, in bytes.
pub const MEMORY_BEFORE_KEY: &str = "pitviper_rss_third_quarter";
/// Metadata key of a run: the mean resident memory in the last quarter of its time, in bytes.
pub const MEMORY_AFTER_KEY: &str = "pitviper_rss_last_quarter";

/// Names and values that describe a benchmark or a run.
pub type Metadata = BTreeMap<String, MetaValue>;

/// A metadata value: pyperf allows texts and numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum MetaValue {
    /// A text of one line.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Any other finite number.
    Float(f64),
}

impl From<&str> for MetaValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for MetaValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for MetaValue {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for MetaValue {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl MetaValue {
    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Int(_) | Self::Float(_) => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Text(_) => None,
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
        }
    }
}

/// One measurement before the steady state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmup {
    /// How many times the body ran.
    pub loops: u64,
    /// Seconds per iteration.
    pub value: f64,
}

/// What one process measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// Measurements before the steady state, in order.
    pub warmups: Vec<Warmup>,
    /// Seconds per iteration in the steady state, in order; empty for a calibration process.
    pub values: Vec<f64>,
    /// What holds for this process only, such as its peak memory.
    pub metadata: Metadata,
}

/// All runs of one program on one interpreter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Benchmark {
    /// Name, unit, program, interpreter and whatever else describes the benchmark.
    pub metadata: Metadata,
    /// One entry per process.
    pub runs: Vec<Run>,
}

impl Benchmark {
    /// An empty benchmark of `program` on `interpreter`.
    pub fn new(program: &str, interpreter: &str) -> Self {
        let mut metadata = Metadata::new();
        metadata.insert("name".into(), format!("{program}@{interpreter}").into());
        metadata.insert("unit".into(), "second".into());
        metadata.insert(PROGRAM_KEY.into(), program.into());
        metadata.insert(INTERPRETER_KEY.into(), interpreter.into());
        Self { metadata, runs: Vec::new() }
    }

    /// The benchmark's name, unique in its report.
    pub fn name(&self) -> &str {
        self.text("name").unwrap_or("")
    }

    /// The program's name; a report that pyperf wrote has only the benchmark's.
    pub fn program(&self) -> &str {
        self.text(PROGRAM_KEY).unwrap_or_else(|| self.name())
    }

    /// The interpreter's name; empty in a report that pyperf wrote.
    pub fn interpreter(&self) -> &str {
        self.text(INTERPRETER_KEY).unwrap_or("")
    }

    /// Whether at least one steady value was measured.
    pub fn has_values(&self) -> bool {
        self.runs.iter().any(|run| !run.values.is_empty())
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.metadata.get(key)?.as_text()
    }
}

/// Why a program has no, or not all, of its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The interpreter could not be started.
    Start,
    /// The process ended with a non-zero status or by a signal.
    Exit,
    /// The process was still running at the time limit.
    Timeout,
    /// The process printed another result than the other interpreters.
    Result,
    /// The process's memory went on growing although it only repeated itself.
    Memory,
    /// The process ended well but did not keep to the measuring protocol.
    Protocol,
}

impl FailureKind {
    /// Every kind with its name in files.
    pub const ALL: [(FailureKind, &'static str); 6] = [
        (Self::Start, "start"),
        (Self::Exit, "exit"),
        (Self::Timeout, "timeout"),
        (Self::Result, "result"),
        (Self::Memory, "memory"),
        (Self::Protocol, "protocol"),
    ];

    /// The kind's name in files.
    pub fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(kind, _)| *kind == self);
        known.map_or("", |(_, name)| name)
    }
}

/// A program that failed on an interpreter.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The program's name.
    pub program: String,
    /// The interpreter's name.
    pub interpreter: String,
    /// The kind of failure.
    pub kind: FailureKind,
    /// One sentence: what happened.
    pub cause: String,
    /// The last lines that the process wrote to its standard error.
    pub stderr: String,
}

/// A set of benchmarks and of failures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The benchmarks, in the order in which they were run.
    pub benchmarks: Vec<Benchmark>,
    /// What failed.
    pub failures: Vec<Failure>,
}

impl Report {
    /// The benchmark of `program` on `interpreter`, made if it is missing.
    pub fn entry(&mut self, program: &str, interpreter: &str) -> &mut Benchmark {
        let found = self.position(program, interpreter);
        let index = found.unwrap_or_else(|| {
            self.benchmarks.push(Benchmark::new(program, interpreter));
            self.benchmarks.len() - 1
        });
        &mut self.benchmarks[index]
    }

    /// The benchmark of `program` on `interpreter`.
    pub fn find(&self, program: &str, interpreter: &str) -> Option<&Benchmark> {
        self.position(program, interpreter).map(|index| &self.benchmarks[index])
    }

    /// The programs, each once, in order of first appearance.
    pub fn programs(&self) -> Vec<&str> {
        distinct(self.benchmarks.iter().map(Benchmark::program))
    }

    /// The interpreters, each once, in order of first appearance.
    pub fn interpreters(&self) -> Vec<&str> {
        distinct(self.benchmarks.iter().map(Benchmark::interpreter))
    }

    fn position(&self, program: &str, interpreter: &str) -> Option<usize> {
        self.benchmarks.iter().position(|b| b.program() == program && b.interpreter() == interpreter)
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

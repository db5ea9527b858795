//! Programs by interpreters: the figures of one report against one of its interpreters.

use crate::model::{Benchmark, Report};
use crate::stats::{Estimate, LogMean};

/// Which part of a process is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The first run of the program in a fresh process.
    FirstRun,
    /// What comes after the warm-up.
    Steady,
}

impl Phase {
    fn measure(self, benchmark: &Benchmark) -> Option<LogMean> {
        match self {
            Self::FirstRun => LogMean::of_first_runs(benchmark),
            Self::Steady => LogMean::of_steady_state(benchmark),
        }
    }
}

/// One program in a [`Matrix`].
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixRow {
    /// The program.
    pub program: String,
    /// Seconds on the baseline.
    pub baseline: Option<Estimate>,
    /// For each other interpreter, its speed relative to the baseline (above 1 is faster).
    pub speedups: Vec<Option<Estimate>>,
}

/// The speed of all interpreters of a report relative to one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// The interpreter that the others are compared with.
    pub baseline: String,
    /// The other interpreters.
    pub others: Vec<String>,
    /// One row per program.
    pub rows: Vec<MatrixRow>,
    /// For each other interpreter, the geometric mean of its column and how many programs are in it.
    pub geometric_means: Vec<Option<(Estimate, usize)>>,
}

impl Matrix {
    /// The matrix of `report` in `phase` against `baseline`.
    pub fn new(report: &Report, baseline: &str, phase: Phase) -> Self {
        let interpreters = report.interpreters();
        let others: Vec<&str> = interpreters.into_iter().filter(|name| *name != baseline).collect();
        let measure = |program: &str, interpreter: &str| {
            report.find(program, interpreter).and_then(|benchmark| phase.measure(benchmark))
        };
        let mut columns = vec![Vec::new(); others.len()];
        let mut rows = Vec::new();
        for program in report.programs() {
            let reference = measure(program, baseline);
            let mut speedups = Vec::new();
            for (other, column) in others.iter().zip(&mut columns) {
                let ratio = reference.zip(measure(program, other)).map(|(r, o)| r.over(&o));
                column.extend(ratio);
                speedups.push(ratio.map(|ratio| ratio.estimate()));
            }
            let baseline = reference.map(|mean| mean.estimate());
            rows.push(MatrixRow { program: program.to_owned(), baseline, speedups });
        }
        let geometric_means =
            columns.iter().map(|column| Some((LogMean::average(column)?.estimate(), column.len()))).collect();
        Self {
            baseline: baseline.to_owned(),
            others: others.into_iter().map(str::to_owned).collect(),
            rows,
            geometric_means,
        }
    }
}

#[cfg(test)]
mod tests;

//! Two reports side by side.
//!
//! Benchmarks are matched by name. Where an interpreter is selected on a side, or where no name is
//! shared and each report knows a single interpreter, they are matched by program instead: so a report
//! of pyperf's own can stand beside one of ours.

use crate::error::CompareError;
use crate::model::{Benchmark, Report};
use crate::stats::{Estimate, LogMean};

/// Which interpreter's benchmarks of each report to compare; `None` takes all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The interpreter of the first report.
    pub first: Option<String>,
    /// The interpreter of the second report.
    pub second: Option<String>,
}

/// One benchmark in both reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What the two have in common: the benchmark's or the program's name.
    pub name: String,
    /// Seconds in the first report.
    pub first: Estimate,
    /// Seconds in the second report.
    pub second: Estimate,
    /// First over second: above 1 the second is faster.
    pub ratio: Estimate,
}

/// The comparison of two reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The benchmarks that both reports have.
    pub rows: Vec<Row>,
    /// The geometric mean of the ratios.
    pub geometric_mean: Estimate,
    /// Measured in the first report only.
    pub only_first: Vec<String>,
    /// Measured in the second report only.
    pub only_second: Vec<String>,
}

impl Comparison {
    /// Compares the steady states of two reports.
    pub fn new(first: &Report, second: &Report, selection: &Selection) -> Result<Self, CompareError> {
        let left = side(first, selection.first.as_deref(), "first")?;
        let right = side(second, selection.second.as_deref(), "second")?;
        if selection.first.is_none() && selection.second.is_none() {
            if let Some(comparison) = match_by(&left, &right, Benchmark::name) {
                return Ok(comparison);
            }
            if first.interpreters().len() > 1 || second.interpreters().len() > 1 {
                return Err(unrelated(&left, &right));
            }
        }
        match_by(&left, &right, Benchmark::program).ok_or_else(|| unrelated(&left, &right))
    }
}

fn side<'a>(report: &'a Report, wanted: Option<&str>, side: &'static str) -> Result<Vec<&'a Benchmark>, CompareError> {
    let interpreters = report.interpreters();
    if let Some(wanted) = wanted
        && !interpreters.contains(&wanted)
    {
        return Err(CompareError::NoInterpreter {
            side,
            wanted: wanted.to_owned(),
            present: interpreters.iter().map(|name| (*name).to_owned()).collect(),
        });
    }
    let selected =
        report.benchmarks.iter().filter(|benchmark| wanted.is_none_or(|wanted| benchmark.interpreter() == wanted));
    Ok(selected.filter(|benchmark| benchmark.has_values()).collect())
}

type Key = fn(&Benchmark) -> &str;

/// `None` when nothing matches.
fn match_by(left: &[&Benchmark], right: &[&Benchmark], key: Key) -> Option<Comparison> {
    let mut rows = Vec::new();
    let mut ratios = Vec::new();
    for benchmark in left {
        let other = right.iter().find(|other| key(other) == key(benchmark));
        let Some(other) = other else { continue };
        let first = LogMean::of_steady_state(benchmark)?;
        let second = LogMean::of_steady_state(other)?;
        let ratio = first.over(&second);
        rows.push(Row {
            name: key(benchmark).to_owned(),
            first: first.estimate(),
            second: second.estimate(),
            ratio: ratio.estimate(),
        });
        ratios.push(ratio);
    }
    Some(Comparison {
        rows,
        geometric_mean: LogMean::average(&ratios)?.estimate(),
        only_first: missing(left, right, key),
        only_second: missing(right, left, key),
    })
}

fn missing(present: &[&Benchmark], other: &[&Benchmark], key: Key) -> Vec<String> {
    let lone = present.iter().filter(|b| !other.iter().any(|o| key(o) == key(b)));
    lone.map(|benchmark| key(benchmark).to_owned()).collect()
}

fn unrelated(left: &[&Benchmark], right: &[&Benchmark]) -> CompareError {
    let names = |side: &[&Benchmark]| side.iter().map(|b| b.name().to_owned()).collect();
    CompareError::Unrelated { first: names(left), second: names(right) }
}

#[cfg(test)]
mod tests;

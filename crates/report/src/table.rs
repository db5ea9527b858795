//! Tables in plain text.
//!
//! Speeds are ratios of times, above 1 where the interpreter is faster than what it is compared with;
//! the interval is the 95% one of [`crate::stats`].

use comfy_table::{Cell, CellAlignment, Table, presets};

use crate::compare::Comparison;
use crate::matrix::{Matrix, Phase};
use crate::model::{MEMORY_AFTER_KEY, MEMORY_BEFORE_KEY, Report, Run};
use crate::stats::{Estimate, median};

/// Seconds with a fitting unit and three significant digits.
pub fn format_seconds(seconds: f64) -> String {
    let (scaled, unit) = match seconds {
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s if s >= 1e-6 => (s * 1e6, "µs"),
        s => (s * 1e9, "ns"),
    };
    format!("{} {unit}", significant(scaled))
}

/// Bytes in MB with three significant digits.
pub fn format_bytes(bytes: f64) -> String {
    format!("{} MB", significant(bytes / 1e6))
}

fn significant(number: f64) -> String {
    match number {
        n if n >= 99.95 => format!("{n:.0}"),
        n if n >= 9.995 => format!("{n:.1}"),
        n => format!("{n:.2}"),
    }
}

/// A speed such as `12.3 ±4%`, the half width being that of the interval's upper end. An interval that
/// reaches the double says only that too little was measured.
fn speed(estimate: &Estimate) -> String {
    let value = significant(estimate.value);
    let percent = |high: f64| (high / estimate.value - 1.0) * 100.0;
    match estimate.interval {
        None => value,
        Some((_, high)) if percent(high) > 99.0 => format!("{value} ±>99%"),
        Some((_, high)) => format!("{value} ±{:.0}%", percent(high)),
    }
}

fn speed_with_ends(estimate: &Estimate) -> String {
    let value = significant(estimate.value);
    match estimate.interval {
        None => value,
        Some((low, high)) => format!("{value} [{}, {}]", significant(low), significant(high)),
    }
}

/// The three tables of a report: steady state, first run, peak memory.
pub fn matrix_tables(report: &Report, baseline: &str) -> String {
    let mut text = String::new();
    let steady = Matrix::new(report, baseline, Phase::Steady);
    let first = Matrix::new(report, baseline, Phase::FirstRun);
    section(&mut text, "Steady state", &matrix_table(&steady));
    section(&mut text, "First run in a fresh process (warm-up included)", &matrix_table(&first));
    if let Some(table) = memory_table(report) {
        section(&mut text, "Peak memory of a process (median)", &table);
    }
    text.push_str(&legend(&steady));
    text
}

fn section(text: &mut String, title: &str, table: &Table) {
    text.push_str(&format!("{title}\n{}\n\n", table.trim_fmt()));
}

fn legend(matrix: &Matrix) -> String {
    if matrix.others.is_empty() {
        return String::new();
    }
    format!("Figures are speeds relative to {}: 2.00 is twice as fast. ± is the 95% interval.\n", matrix.baseline)
}

fn matrix_table(matrix: &Matrix) -> Table {
    let mut header = vec!["program".to_owned(), format!("{} (time)", matrix.baseline)];
    header.extend(matrix.others.iter().cloned());
    let mut table = plain_table(header);
    for row in &matrix.rows {
        let time = row.baseline.map_or("-".into(), |time| format_seconds(time.value));
        let mut cells = vec![row.program.clone(), time];
        let speeds = row.speedups.iter();
        cells.extend(speeds.map(|cell| cell.as_ref().map_or("-".into(), speed)));
        add_row(&mut table, cells);
    }
    if matrix.geometric_means.iter().any(Option::is_some) {
        let mut cells = vec!["geometric mean".to_owned(), String::new()];
        cells.extend(matrix.geometric_means.iter().map(|mean| match mean {
            None => "-".into(),
            Some((mean, count)) if *count == matrix.rows.len() => speed(mean),
            Some((mean, count)) => format!("{} ({count} of {})", speed(mean), matrix.rows.len()),
        }));
        add_row(&mut table, cells);
    }
    table
}

/// `None` when no run says how much memory it took.
fn memory_table(report: &Report) -> Option<Table> {
    interpreter_table(report, |runs| median_of(runs, "mem_max_rss").map(format_bytes))
}

/// Memory in the third and in the last quarter of each process; empty when it was not watched.
pub fn soak_table(report: &Report) -> String {
    let table = interpreter_table(report, |runs| {
        let before = median_of(runs, MEMORY_BEFORE_KEY)?;
        let after = median_of(runs, MEMORY_AFTER_KEY)?;
        Some(format!("{} → {}", format_bytes(before), format_bytes(after)))
    });
    let mut text = String::new();
    if let Some(table) = table {
        section(&mut text, "Memory in the third and in the last quarter of a process", &table);
    }
    text
}

/// A table of programs by interpreters; `None` when all its cells are empty.
fn interpreter_table(report: &Report, cell: impl Fn(&[Run]) -> Option<String>) -> Option<Table> {
    let interpreters = report.interpreters();
    let mut header = vec!["program".to_owned()];
    header.extend(interpreters.iter().map(|name| (*name).to_owned()));
    let mut table = plain_table(header);
    let mut found = false;
    for program in report.programs() {
        let mut cells = vec![program.to_owned()];
        for interpreter in &interpreters {
            let text = report.find(program, interpreter).and_then(|benchmark| cell(&benchmark.runs));
            found |= text.is_some();
            cells.push(text.unwrap_or_else(|| "-".into()));
        }
        add_row(&mut table, cells);
    }
    found.then_some(table)
}

/// The median over the runs that have this metadata.
fn median_of(runs: &[Run], key: &str) -> Option<f64> {
    let figures: Vec<f64> = runs.iter().filter_map(|run| run.metadata.get(key)?.as_number()).collect();
    median(&figures)
}

/// Two reports side by side.
pub fn comparison_table(comparison: &Comparison, first: &str, second: &str) -> String {
    let header = ["benchmark", first, second, "second is faster by", "verdict"];
    let mut table = plain_table(header.map(str::to_owned).to_vec());
    for row in &comparison.rows {
        add_row(
            &mut table,
            vec![
                row.name.clone(),
                format_seconds(row.first.value),
                format_seconds(row.second.value),
                speed_with_ends(&row.ratio),
                verdict(&row.ratio).to_owned(),
            ],
        );
    }
    let mean = &comparison.geometric_mean;
    let cells = ["geometric mean", "", "", &speed_with_ends(mean), verdict(mean)];
    add_row(&mut table, cells.map(str::to_owned).to_vec());
    let mut text = format!("{}\n", table.trim_fmt());
    only(&mut text, first, &comparison.only_first);
    only(&mut text, second, &comparison.only_second);
    text
}

fn only(text: &mut String, report: &str, names: &[String]) {
    if !names.is_empty() {
        text.push_str(&format!("Only in {report}: {}\n", names.join(", ")));
    }
}

fn verdict(ratio: &Estimate) -> &'static str {
    if ratio.surely_above(1.0) {
        "faster"
    } else if ratio.surely_below(1.0) {
        "slower"
    } else {
        "not told apart"
    }
}

/// One paragraph per failure; empty for none.
pub fn failure_list(report: &Report) -> String {
    let mut text = String::new();
    for failure in &report.failures {
        let (program, interpreter) = (&failure.program, &failure.interpreter);
        text.push_str(&format!("FAILED {program} on {interpreter}: {}\n", failure.cause));
        for line in failure.stderr.lines() {
            text.push_str(&format!("    | {line}\n"));
        }
    }
    text
}

fn plain_table(header: Vec<String>) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(header);
    table
}

fn add_row(table: &mut Table, cells: Vec<String>) {
    let aligned = cells.into_iter().enumerate().map(|(index, text)| {
        let alignment = if index == 0 { CellAlignment::Left } else { CellAlignment::Right };
        Cell::new(text).set_alignment(alignment)
    });
    table.add_row(aligned.collect::<Vec<_>>());
}

#[cfg(test)]
mod tests;

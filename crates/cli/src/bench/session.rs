//! A session: rounds over programs and interpreters, results gathered and checked against each other.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use indicatif::{ProgressBar, ProgressStyle};
use pv_report::protocol::Measurement;
use pv_report::{
    Failure, FailureKind, MEMORY_AFTER_KEY, MEMORY_BEFORE_KEY, Metadata, Report, Run, Warmup, format_bytes, write_file,
};

use super::interpreters::Interpreter;
use super::process::{self, Outcome};
use super::programs::{Body, Program};
use super::{Plan, host};

/// All that is needed to carry a plan out.
pub struct Session<'a> {
    plan: Plan,
    programs: Vec<Program>,
    interpreters: Vec<Interpreter>,
    output: Option<&'a Path>,
    report: Report,
    /// What describes each interpreter and the machine.
    descriptions: BTreeMap<String, Metadata>,
    /// For each benchmark, and for the other output of each program: who printed it first, and what.
    results: BTreeMap<String, (String, String)>,
}

impl<'a> Session<'a> {
    /// A session that writes its report to `output` as it grows.
    pub fn new(plan: Plan, programs: Vec<Program>, interpreters: Vec<Interpreter>, output: Option<&'a Path>) -> Self {
        let descriptions = interpreters.iter().map(|one| (one.name.clone(), describe(one))).collect();
        let (report, results) = (Report::default(), BTreeMap::new());
        Self { plan, programs, interpreters, output, report, descriptions, results }
    }

    /// Runs all rounds. Failures of programs are in the report; an error means that the report itself
    /// cannot be written.
    pub fn run(mut self) -> Result<Report, String> {
        self.check_output()?;
        let bar = self.progress_bar();
        for round in 0..self.plan.processes {
            for program in self.programs.clone() {
                for interpreter in self.order(round) {
                    bar.set_message(format!("{} on {}", program.name, interpreter.name));
                    if !self.has_failed(&program, &interpreter) {
                        let outcome = self.start(&program, &interpreter);
                        self.take(&program, &interpreter, outcome);
                    }
                    bar.inc(1);
                }
                self.save()?;
            }
        }
        bar.finish_and_clear();
        Ok(self.report)
    }

    /// On a terminal only; hidden otherwise.
    fn progress_bar(&self) -> ProgressBar {
        let starts = self.programs.len() * self.interpreters.len();
        let bar = ProgressBar::new(starts as u64 * u64::from(self.plan.processes));
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta:>4} left, {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    }

    /// The interpreters, starting with another one in each round; the baseline starts the first, so
    /// that its results are the ones that others are held against.
    fn order(&self, round: u32) -> Vec<Interpreter> {
        let mut order = self.interpreters.clone();
        let first = round as usize % order.len().max(1);
        order.rotate_left(first);
        order
    }

    fn has_failed(&self, program: &Program, interpreter: &Interpreter) -> bool {
        let failures = &self.report.failures;
        failures.iter().any(|f| f.program == program.name && f.interpreter == interpreter.name)
    }

    fn start(&self, program: &Program, interpreter: &Interpreter) -> Outcome {
        let mut command = Command::new(&interpreter.executable);
        command.args(&interpreter.arguments).env("PYTHONDONTWRITEBYTECODE", "1");
        if self.plan.soak {
            // With huge pages the resident size of our processes moves by two megabytes when the system joins pages, not when they allocate.
            command.env("MIMALLOC_ALLOW_THP", "0");
        }
        match &program.body {
            Body::Code(code) => {
                command.args(["-c", code]);
                self.time_starts(&program.name, &mut command)
            }
            Body::File { file, python_path, settings_on_command_line } => {
                command.arg(file);
                if let Some(path) = python_path {
                    command.env("PYTHONPATH", path);
                }
                self.pass_settings(&mut command, *settings_on_command_line);
                process::run(&mut command, self.plan.timeout)
            }
        }
    }

    fn pass_settings(&self, command: &mut Command, on_command_line: bool) {
        for (name, value) in self.plan.settings() {
            if on_command_line {
                command.arg(format!("{name}={value}"));
            } else {
                command.env(name, value);
            }
        }
    }

    /// Starts the command once for the first run and once for each value, and measures it from outside.
    fn time_starts(&self, name: &str, command: &mut Command) -> Outcome {
        let mut first = process::run(command, self.plan.timeout);
        let warmups = vec![Warmup { loops: 1, value: first.duration.as_secs_f64() }];
        let mut run = Run { warmups, ..Run::default() };
        for _ in 0..self.plan.values {
            let next = process::run(command, self.plan.timeout);
            if next.failure.is_some() {
                return next;
            }
            run.values.push(next.duration.as_secs_f64());
        }
        let complete = first.failure.is_none();
        first.collected.measurements.push(Measurement { benchmark: name.to_owned(), run, result: None, complete });
        first
    }

    /// Keeps what was measured, then looks for faults; the first fault is the one that is reported.
    fn take(&mut self, program: &Program, interpreter: &Interpreter, outcome: Outcome) {
        self.keep(interpreter, &outcome);
        let failure = outcome
            .failure
            .clone()
            .or_else(|| protocol_fault(&outcome))
            .or_else(|| self.other_result(program, interpreter, &outcome))
            .or_else(|| self.growth(&outcome));
        if let Some((kind, cause)) = failure {
            self.report.failures.push(Failure {
                program: program.name.clone(),
                interpreter: interpreter.name.clone(),
                kind,
                cause,
                stderr: outcome.stderr,
            });
        }
    }

    fn keep(&mut self, interpreter: &Interpreter, outcome: &Outcome) {
        for measurement in &outcome.collected.measurements {
            let mut run = measurement.run.clone();
            if run.values.is_empty() && run.warmups.is_empty() {
                continue;
            }
            run.metadata = self.run_metadata(outcome);
            let entry = self.report.entry(&measurement.benchmark, &interpreter.name);
            entry.metadata.extend(self.descriptions.get(&interpreter.name).cloned().unwrap_or_default());
            entry.runs.push(run);
        }
    }

    fn run_metadata(&self, outcome: &Outcome) -> Metadata {
        let mut metadata = host::moment(outcome.start);
        metadata.insert("duration".into(), outcome.duration.as_secs_f64().into());
        if let Some(bytes) = outcome.peak_memory {
            metadata.insert("mem_max_rss".into(), bytes.into());
        }
        if let Some((before, after)) = self.soaked(outcome) {
            metadata.insert(MEMORY_BEFORE_KEY.into(), before.into());
            metadata.insert(MEMORY_AFTER_KEY.into(), after.into());
        }
        metadata
    }

    /// A result that differs from the one that another interpreter, or an earlier process, printed.
    fn other_result(
        &mut self,
        program: &Program,
        interpreter: &Interpreter,
        outcome: &Outcome,
    ) -> Option<(FailureKind, String)> {
        let results = outcome.collected.measurements.iter().filter_map(result_of);
        let mut printed: Vec<(String, &str)> =
            results.map(|(name, text)| (format!("the result of {name}"), text)).collect();
        let output = format!("the output of {}", program.name);
        printed.push((output, &outcome.collected.output));
        for (what, text) in printed {
            let own = || (interpreter.name.clone(), text.to_owned());
            let (who, first) = self.results.entry(what.clone()).or_insert_with(own);
            if first != text {
                let cause = format!("{what} is {text:?}, but {who} printed {first:?}");
                return Some((FailureKind::Result, cause));
            }
        }
        None
    }

    /// In a soak: the memory in the third and in the last quarter.
    fn soaked(&self, outcome: &Outcome) -> Option<(i64, i64)> {
        outcome.late_memory().filter(|_| self.plan.soak)
    }

    /// In a soak: memory that went on growing in the second half.
    fn growth(&self, outcome: &Outcome) -> Option<(FailureKind, String)> {
        let (before, after) = self.soaked(outcome)?;
        let (shown_before, shown_after) = (format_bytes(before as f64), format_bytes(after as f64));
        let cause = format!("its memory grew from {shown_before} in the third quarter to {shown_after} in the last");
        grew(before, after).then_some((FailureKind::Memory, cause))
    }

    /// A place that cannot be written to is to be known before hours of measuring.
    fn check_output(&self) -> Result<(), String> {
        let Some(file) = self.output else { return Ok(()) };
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        let directory = parent.unwrap_or(Path::new("."));
        if file.file_name().is_some() && directory.is_dir() && !file.is_dir() {
            Ok(())
        } else {
            Err(format!("--output {}: no file can be written there", file.display()))
        }
    }

    fn save(&self) -> Result<(), String> {
        match self.output {
            Some(file) => write_file(&self.report, file).map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }
}

fn describe(interpreter: &Interpreter) -> Metadata {
    let mut metadata = host::machine();
    metadata.insert("pitviper_command".into(), interpreter.command().into());
    metadata.extend(interpreter.version().map(|version| ("python_version".to_owned(), version.into())));
    metadata
}

/// Growth by more than a megabyte and by more than 2%: what an allocator's own ups and downs stay below.
fn grew(before: i64, after: i64) -> bool {
    after > before + (before / 50).max(1 << 20)
}

fn result_of(measurement: &Measurement) -> Option<(&str, &str)> {
    Some((&measurement.benchmark, measurement.result.as_deref()?))
}

/// What is wrong with the output of a process that ended well.
fn protocol_fault(outcome: &Outcome) -> Option<(FailureKind, String)> {
    let collected = &outcome.collected;
    let incomplete = collected.measurements.iter().find(|m| !m.complete || m.run.values.is_empty());
    let cause = if let Some(fault) = collected.faults.first() {
        fault.clone()
    } else if collected.measurements.is_empty() {
        "it ended well but measured nothing".to_owned()
    } else {
        format!("it ended well but before `{}` was measured", incomplete?.benchmark)
    };
    Some((FailureKind::Protocol, cause))
}

#[cfg(test)]
mod tests;

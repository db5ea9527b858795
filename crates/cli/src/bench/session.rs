//! A session: rounds over programs and interpreters, results gathered and checked against each other.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use indicatif::{ProgressBar, ProgressStyle};
use pv_report::protocol::Measurement;
use pv_report::{Failure, FailureKind, Report, write_file};

use super::Plan;
use super::interpreters::Interpreter;
use super::process::{self, Outcome};
use super::programs::Program;

/// All that is needed to carry a plan out.
pub struct Session<'a> {
    plan: Plan,
    programs: Vec<Program>,
    interpreters: Vec<Interpreter>,
    output: Option<&'a Path>,
    report: Report,
    /// For each benchmark, and for the other output of each program: who printed it first, and what.
    results: BTreeMap<String, (String, String)>,
}

impl<'a> Session<'a> {
    /// A session that writes its report to `output` as it grows.
    pub fn new(plan: Plan, programs: Vec<Program>, interpreters: Vec<Interpreter>, output: Option<&'a Path>) -> Self {
        let (report, results) = (Report::default(), BTreeMap::new());
        Self { plan, programs, interpreters, output, report, results }
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
        command.args(&interpreter.arguments).arg(&program.file);
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        if let Some(path) = &program.python_path {
            command.env("PYTHONPATH", path);
        }
        for (name, value) in self.plan.settings() {
            if program.settings_on_command_line {
                command.arg(OsString::from(format!("{name}={value}")));
            } else {
                command.env(name, value);
            }
        }
        process::run(&mut command, self.plan.timeout)
    }

    /// Keeps what was measured, then looks for faults; the first fault is the one that is reported.
    fn take(&mut self, program: &Program, interpreter: &Interpreter, outcome: Outcome) {
        self.keep(interpreter, &outcome);
        let failure = outcome
            .failure
            .clone()
            .or_else(|| protocol_fault(&outcome))
            .or_else(|| self.other_result(program, interpreter, &outcome));
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
            run.metadata.insert("duration".into(), pv_report::MetaValue::Float(outcome.duration.as_secs_f64()));
            if let Some(bytes) = outcome.peak_memory {
                run.metadata.insert("mem_max_rss".into(), bytes.into());
            }
            let entry = self.report.entry(&measurement.benchmark, &interpreter.name);
            entry.metadata.insert("pitviper_command".into(), interpreter.command().into());
            entry.runs.push(run);
        }
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

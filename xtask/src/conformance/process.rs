//! One process for one module: starting it, ending it in time, and reading what it wrote.

use std::collections::BTreeMap;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

/// Address space that a process may use, in kilobytes: a test that takes all memory must not take the machine down.
const MEMORY: u32 = 8_000_000;

/// How processes are started.
#[derive(Clone)]
pub struct Setting {
    /// Pitviper.
    pub executable: PathBuf,
    /// Its options.
    pub options: Vec<String>,
    /// How long a module may take.
    pub timeout: Duration,
    /// Where files go.
    pub folder: PathBuf,
    /// The program that runs a module.
    pub driver: PathBuf,
}

impl Setting {
    /// The folder from which the package `test` is imported.
    pub fn library(&self) -> PathBuf {
        self.folder.join("lib")
    }
}

/// What became of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed.
    Failed,
    /// It does not apply here, it says.
    Skipped,
}

/// A line of what the driver writes.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event {
    Plan { tests: Vec<String> },
    Start { test: String },
    End { test: String, outcome: Outcome, detail: String },
    Done,
}

/// What became of a module.
#[derive(Debug, Default)]
pub struct ModuleRun {
    /// The module's name.
    pub module: String,
    /// Outcome and explanation of each method.
    pub methods: BTreeMap<String, (Outcome, String)>,
    /// Why the process did not come to its end: then all methods count as failed.
    pub death: Option<String>,
    /// How long it took.
    pub time: Duration,
}

impl ModuleRun {
    /// One line about it.
    pub fn summary(&self) -> String {
        let count = |wanted| self.methods.values().filter(|(outcome, _)| *outcome == wanted).count();
        let figures = format!(
            "{} passed, {} failed, {} skipped, {:.1} s",
            count(Outcome::Passed),
            count(Outcome::Failed),
            count(Outcome::Skipped),
            self.time.as_secs_f64()
        );
        match &self.death {
            None => format!("{}: {figures}", self.module),
            Some(death) => format!("{}: {death} ({figures})", self.module),
        }
    }
}

/// Runs a module.
pub fn run(setting: &Setting, module: &str, pattern: &str) -> Result<ModuleRun, String> {
    let results = setting.folder.join(format!("{module}.jsonl"));
    let output = setting.folder.join(format!("{module}.out"));
    let fault = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    std::fs::write(&results, "").map_err(|error| fault(&results, error))?;
    let log = std::fs::File::create(&output).map_err(|error| fault(&output, error))?;
    let second = log.try_clone().map_err(|error| fault(&output, error))?;
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -v {MEMORY}; ulimit -c 0; exec \"$@\"")).arg("sh").arg(&setting.executable);
    command.args(&setting.options);
    command.arg(&setting.driver).arg(module).arg(&results).arg(pattern);
    command.env("PYTHONPATH", setting.library()).current_dir(&setting.folder).process_group(0);
    command.stdin(Stdio::null()).stdout(log).stderr(second);
    let start = Instant::now();
    let mut child = command.spawn().map_err(|error| fault(&setting.executable, error))?;
    let status = wait(&mut child, setting.timeout).map_err(|error| fault(&setting.executable, error))?;
    let written = std::fs::read_to_string(&results).map_err(|error| fault(&results, error))?;
    let mut run = gather(module, &written)?;
    run.time = start.elapsed();
    run.death = run.death.map(|place| format!("{} {place}", describe(status)));
    Ok(run)
}

/// Waits for a process, and ends it and all that it started when its time is up; then there is no status.
fn wait(child: &mut Child, timeout: Duration) -> std::io::Result<Option<ExitStatus>> {
    let end = Instant::now() + timeout;
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if Instant::now() > end => break None,
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    // The group may be empty by now, which is no fault.
    let group = format!("-{}", child.id());
    Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status()?;
    if status.is_none() {
        child.wait()?;
    }
    Ok(status)
}

fn describe(status: Option<ExitStatus>) -> String {
    match status.map(|status| (status.signal(), status.code())) {
        None => "ran out of time".to_owned(),
        Some((Some(signal), _)) => format!("ended by signal {signal}"),
        Some((None, code)) => format!("ended with status {}", code.unwrap_or_default()),
    }
}

/// Makes sense of what the driver wrote.
fn gather(module: &str, written: &str) -> Result<ModuleRun, String> {
    let mut run = ModuleRun { module: module.to_owned(), ..ModuleRun::default() };
    let (mut planned, mut running, mut done) = (Vec::new(), None, false);
    for line in written.lines() {
        // The last line of a process that was ended may be cut off.
        let Ok(event) = serde_json::from_str(line) else { continue };
        match event {
            Event::Plan { tests } => planned = tests,
            Event::Start { test } => running = Some(test),
            Event::End { test, outcome, detail } => {
                running = None;
                run.methods.insert(test, (outcome, detail));
            }
            Event::Done => done = true,
        }
    }
    if !done {
        run.death = Some(match (running, planned.is_empty()) {
            (Some(test), _) => format!("in {test}"),
            (None, true) => "before its first test".to_owned(),
            (None, false) => "between tests".to_owned(),
        });
        for test in planned {
            run.methods.entry(test).or_insert((Outcome::Failed, "the process died before".to_owned()));
        }
    }
    Ok(run)
}

#[cfg(test)]
mod tests;

//! `cargo xtask conformance`: CPython's own tests on Pitviper, as a gate.
//!
//! The tests come from the CPython that `PITVIPER_REFERENCE` names; of its library only the package `test` is visible to the programs.
//! One process runs one test module and writes what became of each method ([`process`]). Two files say what is to come of it:
//! [`expected`] lists, with reasons and by hand, the methods that need not pass; [`document`] is a table of results with all
//! methods that fail so far, written by the command when it is asked to `--bless` them. The run fails if a method
//! fails that neither file names, or if an expected failure passes ([`verdict`]). Under `--stress` the modules run once more under every
//! setting that is to change nothing ([`stress`]), and whatever comes out differently is a fault.

mod document;
mod expected;
mod modules;
mod process;
mod stress;
mod verdict;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use document::Document;
use expected::Expected;
use process::ModuleRun;
use verdict::Verdict;

const USAGE: &str = "\
usage: cargo xtask conformance [OPTION]... [MODULE]...
  MODULE          a module of CPython's tests, with or without `test_` [all of the project's list]
  --sample        only the modules that continuous integration runs
  --bless         write the results to docs/conformance.md
  --match TEXT    only the methods whose names contain the text
  --show          print why methods failed
  --jit SETTING   hand a setting to Pitviper; may be repeated
  --stress        run each module under every setting that is to change nothing, and compare
  --jobs N        how many modules at a time [2]
  --timeout S     seconds for one module [300]
  --pitviper P    the executable [target/release/pitviper]
PITVIPER_REFERENCE names the CPython 3.14 whose package `test` is run.";

/// The list of methods that need not pass.
const EXPECTED: &str = "tests/conformance/expected_failures.txt";
/// The results so far.
const RESULTS: &str = "docs/conformance.md";

/// What to run, and how.
struct Plan {
    modules: Vec<String>,
    bless: bool,
    pattern: String,
    show: bool,
    stress: bool,
    jobs: usize,
    process: process::Setting,
}

/// Runs the command with the words that follow `conformance`.
pub fn run(root: &Path, words: &[String]) -> ExitCode {
    match parse(root, words).and_then(|plan| carry_out(root, &plan)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn parse(root: &Path, words: &[String]) -> Result<Plan, String> {
    let process = process::Setting {
        executable: root.join("target/release/pitviper"),
        options: Vec::new(),
        timeout: Duration::from_secs(300),
        folder: root.join("target/conformance"),
        driver: root.join("xtask/src/conformance/driver.py"),
    };
    let (modules, pattern) = (Vec::new(), String::new());
    let mut plan = Plan { modules, bless: false, pattern, show: false, stress: false, jobs: 2, process };
    let mut words = words.iter();
    let mut sample = false;
    while let Some(word) = words.next() {
        let mut value = || words.next().cloned().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--sample" => sample = true,
            "--bless" => plan.bless = true,
            "--show" => plan.show = true,
            "--match" => plan.pattern = value()?,
            "--jit" => plan.process.options.push(format!("--jit={}", value()?)),
            "--stress" => plan.stress = true,
            "--jobs" => plan.jobs = number(&value()?)?.max(1) as usize,
            "--timeout" => plan.process.timeout = Duration::from_secs(number(&value()?)?),
            "--pitviper" => plan.process.executable = PathBuf::from(value()?),
            option if option.starts_with("--") => return Err(format!("there is no option {option}")),
            name => plan.modules.push(format!("test_{}", name.trim_start_matches("test_"))),
        }
    }
    if plan.modules.is_empty() {
        plan.modules = modules::names(sample).collect();
    }
    if plan.bless && (!plan.pattern.is_empty() || plan.stress) {
        return Err("results of some methods only, or under stress, cannot be blessed".to_owned());
    }
    Ok(plan)
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

/// Runs the modules, tells what came of it, and says whether all is as the two files say.
fn carry_out(root: &Path, plan: &Plan) -> Result<bool, String> {
    let expected = Expected::parse(&read(&root.join(EXPECTED))?).map_err(|error| format!("{EXPECTED}:{error}"))?;
    let mut document = Document::parse(&std::fs::read_to_string(root.join(RESULTS)).unwrap_or_default());
    expose_tests(&plan.process)?;
    let runs = run_all(plan, &plan.process)?;
    if plan.stress {
        return stress::compare(plan, &runs);
    }
    let verdicts: BTreeMap<&str, Verdict> = runs
        .iter()
        .map(|run| (run.module.as_str(), Verdict::of(run, &expected, document.failing(&run.module))))
        .collect();
    print!("{}", verdict::table(&verdicts));
    if plan.show {
        print!("{}", verdict::details(&runs, &verdicts));
    }
    if plan.bless {
        verdicts.iter().for_each(|(module, verdict)| document.record(module, verdict));
        std::fs::write(root.join(RESULTS), document.to_string()).map_err(|error| format!("{RESULTS}: {error}"))?;
    }
    let faults = verdict::faults(&verdicts, plan.bless);
    print!("{faults}");
    Ok(faults.is_empty())
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Makes the reference's package `test`, and nothing else of its library, importable from a folder of ours.
fn expose_tests(setting: &process::Setting) -> Result<(), String> {
    let reference = std::env::var_os("PITVIPER_REFERENCE").ok_or("PITVIPER_REFERENCE is not set")?;
    let code = "import os, test; print(os.path.dirname(os.path.realpath(test.__file__)))";
    let asked = Command::new(&reference).args(["-c", code]).output();
    let asked = asked.map_err(|error| format!("{}: {error}", reference.to_string_lossy()))?;
    let found = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    if !asked.status.success() || found.is_empty() {
        return Err(format!("the reference has no package `test`: {}", String::from_utf8_lossy(&asked.stderr)));
    }
    let folder = setting.library();
    let link = folder.join("test");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    if std::fs::read_link(&link).is_ok_and(|target| target == Path::new(&found)) {
        return Ok(());
    }
    if link.is_symlink() {
        std::fs::remove_file(&link).map_err(|error| format!("{}: {error}", link.display()))?;
    }
    std::os::unix::fs::symlink(&found, &link).map_err(|error| format!("{}: {error}", link.display()))
}

/// Runs the modules, some at a time, and tells of each as it ends.
fn run_all(plan: &Plan, setting: &process::Setting) -> Result<Vec<ModuleRun>, String> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..plan.jobs {
            scope.spawn(|| {
                while let Some(module) = plan.modules.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let run = process::run(setting, module, &plan.pattern);
                    if let Ok(run) = &run {
                        eprintln!("{}", run.summary());
                    }
                    if let Ok(mut done) = done.lock() {
                        done.push(run);
                    }
                }
            });
        }
    });
    let done = done.into_inner().map_err(|_| "a thread of the runner panicked".to_owned())?;
    done.into_iter().collect()
}

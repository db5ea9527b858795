//! `cargo xtask fuzz`: random programs on many ways of running them, for as long as asked.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use pv_fuzz::campaign::{self, Failure, Plan, SETTINGS};

const USAGE: &str = "\
usage: cargo xtask fuzz [OPTION VALUE]...
  --seed N        the first seed [1]
  --count N       how many programs [as many as the minutes allow, or 100]
  --minutes M     when to stop
  --jobs N        how many at a time [2]
  --ways A,B      which settings [all]
  --reduce on|off make failing programs small [on]
  --pitviper P    the executable [target/release/pitviper]
  --folder D      where failing programs go [target/fuzz]
The reference is the Python that PITVIPER_REFERENCE names; without it the ways are compared with the interpreter alone.
--show SEED prints the program of a seed.";

/// Runs the command with the words that follow `fuzz`.
pub fn run(root: &Path, words: &[String]) -> ExitCode {
    match plan(root, words) {
        Ok(Some(plan)) => hunt(&plan),
        Ok(None) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// The plan that the words ask for; `None` if they only asked for something to be shown.
fn plan(root: &Path, words: &[String]) -> Result<Option<Plan>, String> {
    let mut plan = Plan {
        ways: Vec::new(),
        seed: 1,
        count: u64::MAX,
        duration: None,
        jobs: 2,
        folder: root.join("target/fuzz"),
        reduce: true,
    };
    let mut pitviper = root.join("target/release/pitviper");
    let mut names: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
    let mut words = words.iter().map(String::as_str);
    while let Some(option) = words.next() {
        let value = words.next().ok_or_else(|| format!("{option} needs a value"))?;
        match option {
            "--seed" => plan.seed = number(value)?,
            "--count" => plan.count = number(value)?,
            "--minutes" => plan.duration = Some(Duration::from_secs(60 * number(value)?)),
            "--jobs" => plan.jobs = number(value)? as usize,
            "--ways" => names = known_ways(value)?,
            "--reduce" => plan.reduce = value == "on",
            "--pitviper" => pitviper = PathBuf::from(value),
            "--folder" => plan.folder = PathBuf::from(value),
            "--show" => {
                print!("{}", pv_fuzz::generate::program(number(value)?));
                return Ok(None);
            }
            _ => return Err(format!("there is no option {option}")),
        }
    }
    if plan.count == u64::MAX && plan.duration.is_none() {
        plan.count = 100;
    }
    plan.ways = reference().into_iter().chain(campaign::ways(&pitviper, &names)).collect();
    Ok(Some(plan))
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

fn known_ways(text: &str) -> Result<Vec<&str>, String> {
    let names: Vec<&str> = text.split(',').collect();
    match names.iter().find(|name| !SETTINGS.iter().any(|(known, _)| known == *name)) {
        Some(name) => {
            let known: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
            Err(format!("there are no settings `{name}`, only {}", known.join(", ")))
        }
        None => Ok(names),
    }
}

fn reference() -> Option<pv_fuzz::run::Way> {
    let executable: Option<OsString> = std::env::var_os("PITVIPER_REFERENCE");
    if executable.is_none() {
        println!("PITVIPER_REFERENCE is not set: the settings are compared among themselves");
    }
    executable.map(|executable| campaign::reference(&executable.to_string_lossy()))
}

fn hunt(plan: &Plan) -> ExitCode {
    let tell = |failure: &Failure| {
        println!("seed {} on {}: {}\n  {}", failure.seed, failure.way, failure.difference, failure.file.display());
    };
    match campaign::carry_out(plan, &tell) {
        Ok((ran, failures)) => {
            println!("{ran} programs from seed {} on {} ways: {} failures", plan.seed, plan.ways.len(), failures.len());
            if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("the programs cannot be run: {error}");
            ExitCode::from(2)
        }
    }
}

//! Many programs, each on many ways, compared with the first way; what differs is made small and written down.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use crate::generate::program;
use crate::reduce::reduce;
use crate::run::{Ending, Outcome, Way, run};

/// The settings under which programs run, by name: `--jit` words of the command line.
pub const SETTINGS: &[(&str, &[&str])] = &[
    ("off", &["off"]),
    ("on", &["on"]),
    ("eager", &["hot-loop=2", "hot-exit=2", "tree-step=1"]),
    ("warm", &["hot-loop=11", "hot-exit=5"]),
    ("no-bridges", &["hot-loop=2", "max-bridges=0"]),
    ("entries", &["hot-loop=5", "hot-exit=3", "hot-entry=2"]),
    ("plain", &["hot-loop=2", "hot-exit=2", "tree-step=1", "optimize=off"]),
    ("evaluator", &["hot-loop=2", "hot-exit=2", "tree-step=1", "backend=evaluator"]),
    ("guards", &["hot-loop=2", "hot-exit=4", "chaos-guard=7"]),
    ("polls", &["hot-loop=2", "hot-exit=2", "tree-step=1", "chaos-poll=3"]),
];

/// The ways of the settings with these names.
pub fn ways(pitviper: &Path, names: &[&str]) -> Vec<Way> {
    let chosen = SETTINGS.iter().filter(|(name, _)| names.contains(name));
    chosen
        .map(|(name, settings)| {
            let mut command = vec![pitviper.display().to_string()];
            command.extend(settings.iter().flat_map(|setting| ["--jit".to_owned(), (*setting).to_owned()]));
            Way { name: (*name).to_owned(), command }
        })
        .collect()
}

/// The way of the reference interpreter.
pub fn reference(executable: &str) -> Way {
    Way { name: "reference".to_owned(), command: vec![executable.to_owned()] }
}

/// What to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The ways; the first one is right.
    pub ways: Vec<Way>,
    /// The first seed.
    pub seed: u64,
    /// How many programs.
    pub count: u64,
    /// When to start no more programs.
    pub duration: Option<Duration>,
    /// How many at a time.
    pub jobs: usize,
    /// Where programs are written; those that fail stay there.
    pub folder: PathBuf,
    /// Shall failing programs be made small?
    pub reduce: bool,
}

/// A program on which a way differs from the first one.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The program's seed.
    pub seed: u64,
    /// The way's name.
    pub way: String,
    /// In what they differ.
    pub difference: String,
    /// Where the program is, made small if that was asked for.
    pub file: PathBuf,
}

/// The longest that a program may take; it takes some milliseconds.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs a plan; `tell` hears of every failure as it is found. The number of programs that ran, and the failures.
pub fn carry_out(plan: &Plan, tell: &(dyn Fn(&Failure) + Sync)) -> io::Result<(u64, Vec<Failure>)> {
    fs::create_dir_all(&plan.folder)?;
    let (began, next, ran) = (Instant::now(), AtomicU64::new(0), AtomicU64::new(0));
    let failures = Mutex::new(Vec::new());
    let fault = Mutex::new(None);
    thread::scope(|scope| {
        for _ in 0..plan.jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= plan.count || plan.duration.is_some_and(|limit| began.elapsed() > limit) {
                        return;
                    }
                    match one(plan, plan.seed + at) {
                        Ok(found) => {
                            found.iter().for_each(tell);
                            lock(&failures).extend(found);
                        }
                        Err(error) => {
                            lock(&fault).get_or_insert(error);
                            return;
                        }
                    }
                    ran.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    match fault.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        Some(error) => Err(error),
        None => {
            let mut failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            failures.sort_by_key(|failure| failure.seed);
            Ok((ran.into_inner(), failures))
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// One program on all ways. The first failure of a kind is kept; another way that fails alike says nothing new.
fn one(plan: &Plan, seed: u64) -> io::Result<Vec<Failure>> {
    let file = plan.folder.join(format!("seed-{seed}.py"));
    fs::write(&file, program(seed))?;
    let expected = run(&plan.ways[0], &file, LIMIT)?;
    let mut failures: Vec<Failure> = Vec::new();
    for way in &plan.ways[1..] {
        let outcome = run(way, &file, LIMIT)?;
        if outcome.agrees(&expected) {
            continue;
        }
        let difference = difference(&expected, &outcome);
        if failures.iter().any(|failure| failure.difference == difference) {
            continue;
        }
        let file = if plan.reduce { smaller(plan, way, seed, &outcome)? } else { file.clone() };
        failures.push(Failure { seed, way: way.name.clone(), difference, file });
    }
    if failures.is_empty() {
        fs::remove_file(&file)?;
    }
    Ok(failures)
}

/// A small program on which the way differs from the first one in the same manner.
fn smaller(plan: &Plan, way: &Way, seed: u64, outcome: &Outcome) -> io::Result<PathBuf> {
    let file = plan.folder.join(format!("seed-{seed}-{}.py", way.name));
    let limit = Duration::from_secs(5);
    let mut fault = None;
    let mut differs = |text: &str| {
        let attempt = || -> io::Result<bool> {
            fs::write(&file, text)?;
            let expected = run(&plan.ways[0], &file, limit)?;
            if expected.ending == Ending::Late {
                return Ok(false);
            }
            let now = run(way, &file, limit)?;
            let alike = std::mem::discriminant(&now.ending) == std::mem::discriminant(&outcome.ending);
            Ok(alike && !now.agrees(&expected))
        };
        attempt().unwrap_or_else(|error| {
            fault = Some(error);
            false
        })
    };
    let source = program(seed);
    let small = if differs(&source) { reduce(&source, &mut differs) } else { source };
    if let Some(error) = fault {
        return Err(error);
    }
    fs::write(&file, small)?;
    Ok(file)
}

/// The first line in which two outcomes differ, or how they ended.
pub fn difference(expected: &Outcome, outcome: &Outcome) -> String {
    let (mut left, mut right) = (expected.printed.lines(), outcome.printed.lines());
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) if outcome.ending == expected.ending => {
                return format!("line {number}: expected {}, printed {}", shown(a), shown(b));
            }
            _ => break,
        }
    }
    format!("{:?}, expected {:?} {}", outcome.ending, expected.ending, gist(&outcome.complaint))
}

fn shown(line: Option<&str>) -> String {
    line.map_or_else(|| "nothing".to_owned(), |line| format!("`{}`", line.chars().take(120).collect::<String>()))
}

/// Of what went to standard error, the line below the place of a panic, or the last one.
fn gist(complaint: &str) -> String {
    let mut lines = complaint.lines();
    let panic = lines.by_ref().find(|line| line.contains("panicked at"));
    let panic = panic.map(|panic| format!("{panic} {}", lines.next().unwrap_or_default()));
    let gist = panic.or_else(|| complaint.lines().last().map(str::to_owned)).unwrap_or_default();
    gist.chars().take(200).collect()
}

//! Python programs and what they print: each file of `tests/programs` and `examples` with an `.out` beside it runs on the
//! interpreter alone, with the JIT, with the JIT at its most eager, and with collections of cyclic garbage at every poll that follows an
//! allocation, and must print exactly that. No run may leave an object alive that should be dead.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The ways every program runs: a name and the options.
const WAYS: &[(&str, &[&str])] = &[
    ("off", &["--jit=off"]),
    ("on", &["--jit=on"]),
    ("eager", &["--jit=hot-loop=2", "--jit=hot-exit=2", "--jit=tree-step=1"]),
    ("guards", &["--jit=hot-loop=2", "--jit=chaos-guard=5"]),
    ("collecting", &["--jit=off", "--collect-always"]),
    ("collecting eagerly", &["--jit=hot-loop=2", "--jit=hot-exit=2", "--jit=tree-step=1", "--collect-always"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Programs of a folder that have an expected output.
fn programs(folder: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "py") && path.with_extension("out").exists())
        .collect();
    found.sort();
    found
}

/// Standard output, then what a program that failed says on standard error.
fn run(program: &Path, options: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pitviper"));
    command.arg("--check-refs").args(options).env("PYTHONHASHSEED", "0");
    let folder = program.parent().expect("a program lies in a folder");
    command.arg(program.file_name().expect("a file")).current_dir(folder);
    let output = command.output().expect("the command starts");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        text.push_str(&format!("[{}]\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    text
}

/// The ways in which a program prints something else than it should.
fn failures_of(program: &Path) -> Vec<String> {
    let expected = std::fs::read_to_string(program.with_extension("out")).expect("a readable expectation");
    let printed = WAYS.iter().map(|(name, options)| (name, run(program, options)));
    let wrong = printed.filter(|(_, printed)| *printed != expected);
    wrong.map(|(name, printed)| format!("{} {name}:\n{}", program.display(), difference(&expected, &printed))).collect()
}

fn check(folder: &str) {
    let programs = programs(folder);
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(|| {
                while let Some(program) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    failures.lock().expect("no thread panics").extend(failures_of(program));
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no thread panics");
    assert!(
        failures.is_empty(),
        "{} of {} runs differ:\n{}",
        failures.len(),
        programs.len() * WAYS.len(),
        failures.join("\n")
    );
}

/// The first line in which two texts differ, with its number.
fn difference(expected: &str, printed: &str) -> String {
    let (mut left, mut right) = (expected.lines(), printed.lines());
    let mut number = 1;
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => number += 1,
            (a, b) => return format!("  line {number}: expected {a:?}\n  line {number}: printed  {b:?}"),
        }
    }
}

#[test]
fn test_programs_print_what_they_should() {
    check("tests/programs");
}

#[test]
fn examples_print_what_they_should() {
    check("examples");
}

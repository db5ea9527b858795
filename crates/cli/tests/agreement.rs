//! Backends agree on every trace that a program leads to, and two runs of a program are alike.
//!
//! Each program of `tests/programs` and `traces` runs compiled, evaluated by the reference evaluator, and compiled once more, with the
//! tunable `cross-check`. The three event logs must be the same but for timings and machine code: the same traces from the same
//! recordings, entered and left as often, by the same exits, with the same words and reference counts in the live slots.
//! That the interpreter alone prints the same is `programs.rs`'s business. Thousands of runs need a release build:
//! `cargo test --release -p pitviper-cli --test agreement`, which continuous integration does.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use pv_events::{Detail, Event, Reader, render};

/// Programs whose values differ from run to run: names of temporary files and the clock, and ids of objects (in the memos of
/// `copy.deepcopy` and of the pickler).
const VARYING: &[&str] = &["exception_fields.py", "lib_system.py", "pickled_iterators.py", "syntax_trees.py"];

/// The settings under which backends are compared.
const SETTINGS: &[&[&str]] = &[
    &["hot-loop=2", "hot-exit=2", "tree-step=1"],
    &["hot-loop=3", "hot-exit=2", "tree-step=1", "hot-entry=2", "chaos-poll=5"],
];

/// What a program printed, how it ended, and what the JIT did.
#[derive(PartialEq)]
struct Run {
    printed: String,
    events: Vec<Event>,
}

fn programs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["tests/programs", "traces"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("a readable folder");
        let paths = entries.map(|entry| entry.expect("a readable folder").path());
        found.extend(paths.filter(|path| path.extension().is_some_and(|ext| ext == "py")));
    }
    let varies = |path: &PathBuf| VARYING.iter().any(|name| path.ends_with(name));
    found.retain(|path| !varies(path));
    found.sort();
    found
}

fn run(program: &Path, settings: &[&str], backend: &str) -> Run {
    // Tests run side by side: each run has a log of its own.
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let number = RUNS.fetch_add(1, Ordering::Relaxed);
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("agreement-{number}.jsonl"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_pitviper"));
    command.args(["trace", "--json", "--log"]).arg(&log);
    for setting in settings.iter().chain(&["cross-check=on", backend]) {
        command.args(["--jit", setting]);
    }
    let folder = program.parent().expect("a program lies in a folder");
    command.arg(program.file_name().expect("a file")).current_dir(folder);
    let output = command.output().expect("the command starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let printed = format!("[{}]\n{}{}", output.status, text(&output.stdout), text(&output.stderr));
    let reader = Reader::new(BufReader::new(File::open(&log).expect("a log"))).expect("a log with a header");
    let events = reader.map(|event| event.expect("an event").without_backend()).collect();
    std::fs::remove_file(&log).expect("the log is there");
    Run { printed, events }
}

/// The first event in which two runs differ, or that they print different things.
fn difference(left: &Run, right: &Run) -> String {
    let at = left.events.iter().zip(&right.events).position(|(left, right)| left != right);
    let shown = |event: &Event| render(event, Detail { ir: true, steps: true, exits: true, ..Detail::default() });
    match at {
        Some(at) => {
            let (left, right) = (shown(&left.events[at]), shown(&right.events[at]));
            let lines = left.lines().zip(right.lines());
            let line = lines.clone().find(|(left, right)| left != right);
            format!("  event {at}: {}\n  {line:?}", left.lines().next().unwrap_or_default())
        }
        None if left.events.len() != right.events.len() => {
            format!("  {} events against {}", left.events.len(), right.events.len())
        }
        None => format!("  printed:\n{}\n  against:\n{}", left.printed, right.printed),
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes in a debug build; `cargo test --release` runs it")]
fn compiled_code_does_what_the_evaluator_does() {
    let mut failures = Vec::new();
    for program in programs() {
        for settings in SETTINGS {
            let compiled = run(&program, settings, "backend=compiled");
            let evaluated = run(&program, settings, "backend=evaluator");
            if compiled != evaluated {
                let difference = difference(&compiled, &evaluated);
                failures.push(format!("{} under {settings:?}:\n{difference}", program.display()));
            }
        }
    }
    assert!(failures.is_empty(), "{} runs differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes in a debug build; `cargo test --release` runs it")]
fn a_program_gives_the_same_traces_every_time() {
    let mut failures = Vec::new();
    for program in programs() {
        let settings = ["hot-loop=2", "hot-exit=2", "tree-step=1"];
        let (first, second) =
            (run(&program, &settings, "backend=compiled"), run(&program, &settings, "backend=compiled"));
        if first != second {
            failures.push(format!("{}:\n{}", program.display(), difference(&first, &second)));
        }
    }
    assert!(failures.is_empty(), "{} programs differ:\n{}", failures.len(), failures.join("\n"));
}

//! The same tests under settings that are to change nothing: whatever comes out differently is a bug of ours.

use std::collections::BTreeMap;

use super::process::{ModuleRun, Outcome};
use super::{Plan, run_all};

/// The settings: a name, and options of Pitviper.
const SETTINGS: &[(&str, &[&str])] = &[
    ("eager", &["--jit=hot-loop=1", "--jit=hot-exit=1", "--jit=hot-entry=1", "--jit=tree-step=1"]),
    ("failing guards", &["--jit=hot-loop=2", "--jit=hot-exit=2", "--jit=tree-step=1", "--jit=chaos-guard=7"]),
    ("collecting", &["--jit=hot-loop=2", "--jit=hot-exit=2", "--jit=tree-step=1", "--collect-always"]),
];

/// Methods whose outcome hangs on which allocation makes a collection due: the settings may move that.
const TIMED: &[(&str, &str)] = &[
    // Failures that are expected (tests/conformance/expected_failures.txt): traces that allocate less make them pass.
    ("test_gc", "GCTogglingTests.test_bug1055820c"),
    ("test_gc", "GCTogglingTests.test_bug1055820d"),
    // Wants cyclic garbage to be there still when the next statement looks.
    ("test_weakref", "ReferencesTestCase.test_callbacks_on_callback"),
];

/// How much longer than otherwise a module may take.
const PATIENCE: u32 = 6;

/// Runs the modules under every setting and tells what differs from the runs given; is there nothing?
pub fn compare(plan: &Plan, plain: &[ModuleRun]) -> Result<bool, String> {
    let plain: BTreeMap<&str, &ModuleRun> = plain.iter().map(|run| (run.module.as_str(), run)).collect();
    let mut differences = 0;
    for (name, options) in SETTINGS {
        eprintln!("== {name}: {}", options.join(" "));
        let mut setting = plan.process.clone();
        setting.options.extend(options.iter().map(|option| (*option).to_owned()));
        setting.timeout *= PATIENCE;
        let mut runs = run_all(plan, &setting)?;
        runs.sort_by(|a, b| a.module.cmp(&b.module));
        for (run, plain) in runs.iter().filter_map(|run| Some((run, plain.get(run.module.as_str())?))) {
            for line in differing(run, plain, plan.show) {
                println!("{name}: {} {line}", run.module);
                differences += 1;
            }
        }
    }
    println!("{differences} differences under {} settings", SETTINGS.len());
    Ok(differences == 0)
}

/// What came out differently, a line each; with `show`, also why.
fn differing(run: &ModuleRun, plain: &ModuleRun, show: bool) -> Vec<String> {
    let mut lines = Vec::new();
    if run.death != plain.death {
        let told = |death: &Option<String>| death.clone().unwrap_or_else(|| "came to its end".to_owned());
        lines.push(format!("{}, not: {}", told(&run.death), told(&plain.death)));
    }
    for (method, (outcome, _)) in &plain.methods {
        match run.methods.get(method) {
            Some((other, detail)) if other != outcome && !TIMED.contains(&(&run.module, method)) => {
                let why = if show { format!("\n{}", detail.trim_end()) } else { String::new() };
                lines.push(format!("{method} {}, not {}{why}", word(*other), word(*outcome)));
            }
            // Of a process that has died it has been told already.
            None if run.death.is_none() => lines.push(format!("{method} did not run")),
            _ => {}
        }
    }
    lines
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Skipped => "was skipped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(outcomes: &[(&str, Outcome)], death: Option<&str>) -> ModuleRun {
        let methods =
            outcomes.iter().map(|(name, outcome)| ((*name).to_owned(), (*outcome, "why".to_owned()))).collect();
        ModuleRun { module: "test_x".to_owned(), methods, death: death.map(str::to_owned), ..ModuleRun::default() }
    }

    #[test]
    fn equal_runs_differ_in_nothing() {
        let outcomes = [("a", Outcome::Passed), ("b", Outcome::Failed), ("c", Outcome::Skipped)];
        assert!(differing(&run(&outcomes, None), &run(&outcomes, None), true).is_empty());
        assert!(differing(&run(&outcomes, Some("died")), &run(&outcomes, Some("died")), true).is_empty());
    }

    #[test]
    fn every_difference_is_told() {
        let plain = run(&[("a", Outcome::Passed), ("b", Outcome::Failed), ("c", Outcome::Passed)], None);
        let other = run(&[("a", Outcome::Failed), ("b", Outcome::Passed)], None);
        let expected = ["a failed, not passed\nwhy", "b passed, not failed\nwhy", "c did not run"];
        assert_eq!(differing(&other, &plain, true), expected);
        assert_eq!(differing(&other, &plain, false)[0], "a failed, not passed");
    }

    #[test]
    fn methods_that_ask_when_a_collection_comes_may_differ() {
        let timed = |outcome| ModuleRun { module: TIMED[0].0.to_owned(), ..run(&[(TIMED[0].1, outcome)], None) };
        assert!(differing(&timed(Outcome::Passed), &timed(Outcome::Failed), true).is_empty());
    }

    #[test]
    fn a_death_is_told_once() {
        let plain = run(&[("a", Outcome::Passed), ("b", Outcome::Passed)], None);
        let other = run(&[("a", Outcome::Passed)], Some("ended by signal 11 in b"));
        assert_eq!(differing(&other, &plain, false), ["ended by signal 11 in b, not: came to its end"]);
    }
}

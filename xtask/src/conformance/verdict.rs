//! What a module's results mean: counted, and held against what was to be expected.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::expected::Expected;
use super::process::{ModuleRun, Outcome};

/// The name under which a module that died is listed as failing.
pub const WHOLE_MODULE: &str = "*";

/// A module's results.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Methods that passed.
    pub passed: usize,
    /// Methods that failed and are not expected to.
    pub failing: BTreeSet<String>,
    /// How many methods count as failed: all that count if the process died.
    pub failed: usize,
    /// Expected failures.
    pub expected: usize,
    /// Methods that do not apply.
    pub skipped: usize,
    /// Expected failures that passed.
    pub wrongly_expected: BTreeSet<String>,
    /// Failing methods of which it was not known.
    pub news: BTreeSet<String>,
    /// Methods that were known to fail and passed.
    pub mended: BTreeSet<String>,
    /// How the process died, if it did.
    pub death: Option<String>,
}

impl Verdict {
    /// Counts a module's methods; `known` are those that fail so far.
    pub fn of(run: &ModuleRun, expected: &Expected, known: Option<&BTreeSet<String>>) -> Self {
        let mut verdict = Self { death: run.death.clone(), ..Self::default() };
        for (name, (outcome, _)) in &run.methods {
            let covered = expected.covers(&run.module, name);
            match outcome {
                Outcome::Skipped => verdict.skipped += 1,
                Outcome::Passed if covered => drop(verdict.wrongly_expected.insert(name.clone())),
                Outcome::Failed if covered => verdict.expected += 1,
                Outcome::Passed => verdict.passed += 1,
                Outcome::Failed => drop(verdict.failing.insert(name.clone())),
            }
        }
        verdict.failed = verdict.failing.len();
        if run.death.is_some() {
            verdict.failed = (verdict.failed + verdict.passed).max(1);
            verdict.passed = 0;
            verdict.failing = BTreeSet::from([WHOLE_MODULE.to_owned()]);
        }
        if let Some(known) = known.filter(|known| !known.contains(WHOLE_MODULE)) {
            verdict.news = verdict.failing.difference(known).cloned().collect();
        }
        if let Some(known) = known {
            let passed =
                |name: &&String| run.methods.get(*name).is_some_and(|(outcome, _)| *outcome == Outcome::Passed);
            verdict.mended = known.iter().filter(passed).cloned().collect();
        }
        verdict
    }

    /// The share of methods that passed among those that count, in percent.
    pub fn share(&self) -> f64 {
        share(self.passed, self.passed + self.failed)
    }
}

/// In percent; all of nothing is 100.
pub fn share(passed: usize, of: usize) -> f64 {
    if of == 0 { 100.0 } else { 100.0 * passed as f64 / of as f64 }
}

/// The results for people.
pub fn table(verdicts: &BTreeMap<&str, Verdict>) -> String {
    let mut text = format!(
        "{:<26} {:>6} {:>6} {:>7} {:>8} {:>7}  crashed\n",
        "module", "passed", "failed", "share", "expected", "skipped"
    );
    let (mut passed, mut failed) = (0, 0);
    for (module, verdict) in verdicts {
        passed += verdict.passed;
        failed += verdict.failed;
        let _ = writeln!(
            text,
            "{module:<26} {:>6} {:>6} {:>6.1}% {:>8} {:>7}  {}",
            verdict.passed,
            verdict.failed,
            verdict.share(),
            verdict.expected,
            verdict.skipped,
            verdict.death.as_deref().unwrap_or("")
        );
    }
    let _ = writeln!(text, "{:<26} {passed:>6} {failed:>6} {:>6.1}%", "all", share(passed, passed + failed));
    text
}

/// Why methods failed.
pub fn details(runs: &[ModuleRun], verdicts: &BTreeMap<&str, Verdict>) -> String {
    let mut text = String::new();
    for run in runs {
        for (name, (_, detail)) in &run.methods {
            if verdicts.get(run.module.as_str()).is_some_and(|verdict| verdict.failing.contains(name)) {
                let _ = writeln!(text, "\n== {} {name}\n{}", run.module, detail.trim_end());
            }
        }
    }
    text
}

/// What is not as the files say, a line each; what is news but blessed is no fault.
pub fn faults(verdicts: &BTreeMap<&str, Verdict>, blessed: bool) -> String {
    let mut text = String::new();
    for (module, verdict) in verdicts {
        for name in &verdict.wrongly_expected {
            let _ = writeln!(text, "{module} {name} is listed as an expected failure, but passes");
        }
        for name in verdict.news.iter().filter(|_| !blessed) {
            let _ = writeln!(text, "{module} {name} fails, which it did not do before");
        }
    }
    text
}

#[cfg(test)]
mod tests;

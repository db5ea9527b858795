//! The document of results: a table for people, and the list of failing methods that later runs are held against.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::verdict::{self, Verdict};

const HEAD: &str = "\
# Conformance

What CPython 3.14's own tests say about Pitviper, module by module. Written by `cargo xtask conformance --bless`; not edited by hand.
A method that fails here and is not listed in
[expected_failures.txt](../tests/conformance/expected_failures.txt) is work to be done. A module whose process dies has all its
methods failed. Methods that skip themselves, as those about CPython's own insides do, are not counted in the share.

| module | passed | failed | share | expected failures | skipped |
|---|---|---|---|---|---|
";

const LIST: &str = "
## Methods that fail

A `*` stands for all methods: the process died.

```
";

/// The counts of a module: passed, failed, expected failures, skipped.
type Counts = [usize; 4];

/// The document's content.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Document {
    counts: BTreeMap<String, Counts>,
    failing: BTreeMap<String, BTreeSet<String>>,
}

impl Document {
    /// Reads what `Display` wrote.
    pub fn parse(text: &str) -> Self {
        let mut document = Self::default();
        for line in text.lines() {
            if let Some(row) = line.strip_prefix("| `test_") {
                let cells: Vec<&str> = row.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
                let cell = |index: usize| cells.get(index).and_then(|cell| cell.parse().ok()).unwrap_or_default();
                document.counts.insert(format!("test_{}", cells[0]), [cell(1), cell(2), cell(4), cell(5)]);
            } else if line.starts_with("test_")
                && let Some((module, method)) = line.split_once(' ')
            {
                document.failing.entry(module.to_owned()).or_default().insert(method.to_owned());
            }
        }
        document
    }

    /// The methods of a module that fail; `None` for a module that was never run.
    pub fn failing(&self, module: &str) -> Option<&BTreeSet<String>> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        self.counts.get(module).map(|_| self.failing.get(module).unwrap_or(&NONE))
    }

    /// Notes a module's results in place of earlier ones.
    pub fn record(&mut self, module: &str, verdict: &Verdict) {
        let counts = [verdict.passed, verdict.failed, verdict.expected, verdict.skipped];
        self.counts.insert(module.to_owned(), counts);
        self.failing.insert(module.to_owned(), verdict.failing.clone());
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEAD)?;
        let row = |f: &mut fmt::Formatter<'_>, name: &str, [passed, failed, expected, skipped]: Counts| {
            let share = verdict::share(passed, passed + failed);
            writeln!(f, "| {name} | {passed} | {failed} | {share:.1} % | {expected} | {skipped} |")
        };
        let mut total = [0; 4];
        for (module, counts) in &self.counts {
            row(f, &format!("`{module}`"), *counts)?;
            total.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        row(f, "all", total)?;
        f.write_str(LIST)?;
        for (module, methods) in &self.failing {
            methods.iter().try_for_each(|method| writeln!(f, "{module} {method}"))?;
        }
        f.write_str("```\n")
    }
}

#[cfg(test)]
mod tests;

//! `cargo xtask tidy`: the project's rules about its own text.
//!
//! | module | rule |
//! |---|---|
//! | [`arrows`] | crates depend on each other only as the table in ARCHITECTURE.md allows |
//! | [`sources`] | `unsafe` only where that document allows it and with its reason; module headers |
//! | [`documents`] | links and paths in documents lead somewhere |
//! | [`hygiene`] | tracked files are clean and hold no path of somebody's machine |
//! | [`lengths`] | long functions and files: a report, no fault |
//!
//! Every check takes the tracked files as a [`Tree`] and returns [`Fault`]s: pure functions, tested on
//! small trees made in the tests.

mod arrows;
mod documents;
mod hygiene;
mod lengths;
mod rust_text;
mod sources;
mod tables;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::{Command, ExitCode};

/// The document that holds the tables.
const ARCHITECTURE: &str = "ARCHITECTURE.md";

/// Something that is not as the rules ask.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, relative to the root.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub cause: String,
}

impl Fault {
    fn new(file: &str, line: usize, cause: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, cause: cause.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.cause)
    }
}

/// The tracked files by path; the text of those that are UTF-8.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads what git tracks, and what it would track, below `root`.
    fn read(root: &Path) -> Result<Self, String> {
        let mut git = Command::new("git");
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root);
        let listed = git.output().map_err(|error| format!("cannot run git: {error}"))?;
        if !listed.status.success() {
            return Err(String::from_utf8_lossy(&listed.stderr).into_owned());
        }
        let names = String::from_utf8_lossy(&listed.stdout).into_owned();
        let mut files = BTreeMap::new();
        for name in names.split('\0').filter(|name| !name.is_empty()) {
            // A file may be deleted and still be in the index.
            if let Ok(bytes) = std::fs::read(root.join(name)) {
                files.insert(name.to_owned(), String::from_utf8(bytes).ok());
            }
        }
        Ok(Self { files })
    }

    /// The text files whose path ends so, in order.
    fn ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let texts = self.files.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_deref()?)));
        texts.filter(move |(name, _)| name.ends_with(ending))
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.files.get(name)?.as_deref()
    }

    /// Whether there is such a file or a directory with files.
    fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let inside = format!("{path}/");
        path.is_empty()
            || self.files.contains_key(path)
            || self.files.range(inside.clone()..).next().is_some_and(|(name, _)| name.starts_with(&inside))
    }
}

/// Runs all checks, prints what they found, and fails if there is a fault.
pub fn run(root: &Path) -> ExitCode {
    let tree = match Tree::read(root) {
        Ok(tree) => tree,
        Err(message) => {
            eprintln!("tidy: {message}");
            return ExitCode::from(2);
        }
    };
    for note in lengths::report(&tree) {
        println!("note: {note}");
    }
    let faults = check(&tree);
    for fault in &faults {
        eprintln!("{fault}");
    }
    println!("tidy: {} files, {} faults", tree.files.len(), faults.len());
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

fn check(tree: &Tree) -> Vec<Fault> {
    let checks = [arrows::check, sources::check, documents::check, hygiene::check];
    let mut faults: Vec<Fault> = checks.iter().flat_map(|check| check(tree)).collect();
    faults.sort();
    faults
}

#[cfg(test)]
impl Tree {
    /// A tree made of these files.
    fn of(files: &[(&str, &str)]) -> Self {
        let texts = files.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned())));
        Self { files: texts.collect() }
    }
}

/// The faults as one text, a line each.
#[cfg(test)]
fn listed(faults: &[Fault]) -> String {
    faults.iter().map(|fault| format!("{fault}\n")).collect()
}

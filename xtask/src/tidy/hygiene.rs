//! Tracked files are clean: lines end as lines do, nothing is left over from tools, and nobody's machine
//! can be recognised.

use super::{Fault, Tree};

/// Starts of paths that exist on one machine only. They are written in pieces here, because this file
/// is checked as well.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/", "home/"), concat!("/", "root/"), concat!("/", "Users/"), concat!("/", "work/")];

/// Files and directories that tools leave behind.
const LEFT_OVER: [&str; 5] = ["__pycache__/", ".pyc", ".orig", ".rej", ".DS_Store"];

/// What a merge leaves in a file.
const CONFLICT: [&str; 2] = [concat!("<<<", "<<<< "), concat!(">>>", ">>>> ")];

/// Checks every tracked file.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (file, text) in &tree.files {
        if LEFT_OVER.iter().any(|part| file.contains(part)) {
            faults.push(Fault::new(file, 1, "the file is left over from a tool"));
        }
        if let Some(text) = text {
            faults.extend(check_text(file, text));
        }
    }
    faults
}

fn check_text(file: &str, text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let causes = line_faults(file, line);
        faults.extend(causes.into_iter().map(|cause| Fault::new(file, index + 1, cause)));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        let last = text.lines().count();
        faults.push(Fault::new(file, last, "the file does not end with a newline"));
    }
    faults
}

fn line_faults(file: &str, line: &str) -> Vec<String> {
    let mut causes = Vec::new();
    if let Some(path) = MACHINE_PATHS.iter().find(|path| line.contains(*path)) {
        causes.push(format!("the path of somebody's machine: {path}"));
    }
    if CONFLICT.iter().any(|mark| line.starts_with(mark)) {
        causes.push("the mark of a merge conflict".into());
    }
    if line.ends_with('\r') {
        causes.push("the line ends with a carriage return".into());
    } else if line.ends_with([' ', '\t']) && !file.contains("/golden/") && !file.ends_with(".bf") {
        causes.push("blanks at the end of the line".into());
    }
    causes
}

#[cfg(test)]
mod tests;

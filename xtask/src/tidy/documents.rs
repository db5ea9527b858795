//! Links and paths in Markdown documents lead somewhere.
//!
//! A relative link must name a tracked file or directory, and its anchor a heading there. A path in
//! backticks that starts with one of the project's directories must exist too: documents that name code
//! by path rot first.

use super::{Fault, Tree};

/// Directories whose paths are checked wherever they stand in backticks.
const DIRECTORIES: [&str; 7] = ["crates/", "benches/", "docs/", "xtask/", "paper/", "traces/", ".ci/"];

/// Checks every document.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (file, text) in tree.ending(".md") {
        for (line, prose) in prose_lines(text) {
            let links = links(prose).into_iter().filter_map(|link| link_fault(tree, file, link));
            let paths = paths(prose).into_iter().filter_map(|path| path_fault(tree, path));
            faults.extend(links.chain(paths).map(|cause| Fault::new(file, line, cause)));
        }
    }
    faults
}

/// The lines outside fenced code, numbered from 1.
fn prose_lines(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut prose = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            prose.push((index + 1, line));
        }
    }
    prose
}

/// The targets of `[text](target)`.
fn links(line: &str) -> Vec<&str> {
    let starts = line.match_indices("](").map(|(at, _)| &line[at + 2..]);
    starts.filter_map(|rest| rest.split_once(')').map(|(target, _)| target)).collect()
}

fn link_fault(tree: &Tree, file: &str, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() { Some(file.to_owned()) } else { resolve(file, path) };
    let Some(target) = target.filter(|target| tree.has(target)) else {
        return Some(format!("the link `{link}` leads nowhere"));
    };
    let lost = !anchor.is_empty() && !has_heading(tree.text(&target)?, anchor);
    lost.then(|| format!("the link `{link}`: there is no such heading in {target}"))
}

/// A path relative to the directory of `file`; `None` when it leaves the tree.
fn resolve(file: &str, path: &str) -> Option<String> {
    let mut steps: Vec<&str> = file.split('/').collect();
    steps.pop();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()?),
            name => steps.push(name),
        }
    }
    Some(steps.join("/"))
}

fn has_heading(text: &str, anchor: &str) -> bool {
    let headings = prose_lines(text).into_iter().filter_map(|(_, line)| line.strip_prefix('#'));
    headings.map(|line| slug(line.trim_start_matches('#'))).any(|slug| slug == anchor)
}

/// A heading's anchor, as code hosts make it.
fn slug(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

fn paths(line: &str) -> Vec<&str> {
    let spans = line.split('`').skip(1).step_by(2);
    spans.filter(|span| DIRECTORIES.iter().any(|directory| span.starts_with(directory))).collect()
}

fn path_fault(tree: &Tree, path: &str) -> Option<String> {
    // A pattern or a command is no path.
    let plain = !path.contains(|c: char| c.is_whitespace() || "*<>{}…".contains(c));
    (plain && !tree.has(path)).then(|| format!("there is no `{path}`"))
}

#[cfg(test)]
mod tests;

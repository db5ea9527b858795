//! Rules on source files.
//!
//! - Every Rust file but `tests.rs` opens with a module header (`//!`), every Python file with a
//!   documentation string.
//! - A crate that ARCHITECTURE.md does not list as holding `unsafe` forbids it at its root, and none of
//!   its files has the word.
//! - Elsewhere an `unsafe` block or implementation has a `// SAFETY:` comment above it or on its line,
//!   and a public unsafe function a section `# Safety` in its documentation.

use super::rust_text::{Line, cut, words};
use super::tables;
use super::{ARCHITECTURE, Fault, Tree};

/// The header of the table of crates with `unsafe`.
const HEADER: [&str; 2] = ["crate with `unsafe`", "what for"];
/// What the root of every other crate says.
const FORBID: &str = "#![forbid(unsafe_code)]";

/// Checks every Rust and Python file.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let allowed = match allowed(tree) {
        Ok(allowed) => allowed,
        Err(fault) => return vec![fault],
    };
    let mut faults = Vec::new();
    for (file, text) in tree.ending(".rs") {
        let may_be_unsafe = allowed.iter().any(|room| in_room(file, room));
        faults.extend(check_header(file, text));
        faults.extend(check_root(file, text, may_be_unsafe));
        faults.extend(check_unsafe(file, &cut(text), may_be_unsafe));
    }
    for (file, text) in tree.ending(".py") {
        if !text.starts_with("\"\"\"") {
            faults.push(Fault::new(file, 1, "the file has no documentation string"));
        }
    }
    faults
}

fn allowed(tree: &Tree) -> Result<Vec<String>, Fault> {
    let text = tree.text(ARCHITECTURE).unwrap_or("");
    let rows = tables::find(text, &HEADER)
        .ok_or_else(|| Fault::new(ARCHITECTURE, 1, format!("there is no table with the columns {HEADER:?}")))?;
    let first_cells = rows.iter().filter_map(|row| row.cells.first());
    Ok(first_cells.flat_map(|cell| tables::names(cell)).map(str::to_owned).collect())
}

fn in_room(file: &str, room: &str) -> bool {
    file.split_once("/src/")
        .or(file.split_once("/tests/"))
        .is_some_and(|(directory, _)| directory == room || directory.ends_with(&format!("/{room}")))
}

fn check_header(file: &str, text: &str) -> Option<Fault> {
    let exempt = file.ends_with("/tests.rs");
    let fault = || Fault::new(file, 1, "the file does not open with a module header (`//!`)");
    (!exempt && !text.starts_with("//!")).then(fault)
}

fn check_root(file: &str, text: &str, may_be_unsafe: bool) -> Option<Fault> {
    let is_root = file.ends_with("/src/lib.rs") || file.ends_with("/src/main.rs");
    let forbids = text.lines().any(|line| line == FORBID);
    let fault = || Fault::new(file, 1, format!("the crate's root does not say `{FORBID}`"));
    (is_root && !may_be_unsafe && !forbids).then(fault)
}

fn check_unsafe(file: &str, lines: &[Line], may_be_unsafe: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        for (at, _) in words(&line.code).filter(|(_, word)| *word == "unsafe") {
            let next = next_word(lines, index, at + "unsafe".len());
            if let Some(cause) = fault_of(lines, index, &line.code[..at], &next, may_be_unsafe) {
                faults.push(Fault::new(file, index + 1, cause));
            }
        }
    }
    faults
}

fn fault_of(lines: &[Line], index: usize, before: &str, next: &str, may_be_unsafe: bool) -> Option<String> {
    match next {
        _ if !may_be_unsafe => Some(format!("`unsafe` in a crate that {ARCHITECTURE} does not list as holding it")),
        "{" | "impl" if !explained(lines, index, "SAFETY:") => Some("`unsafe` without a `// SAFETY:` comment".into()),
        "fn" if before.trim_start().starts_with("pub") && !explained(lines, index, "# Safety") => {
            Some("a public unsafe function without a section `# Safety`".into())
        }
        _ => None,
    }
}

/// The word or sign that follows a place; an attribute such as `extern "C"` is passed over.
fn next_word(lines: &[Line], index: usize, offset: usize) -> String {
    let rest = std::iter::once(&lines[index].code[offset..]);
    let all = rest.chain(lines[index + 1..].iter().map(|line| line.code.as_str()));
    let tokens = all.flat_map(str::split_whitespace);
    let mut following = tokens.skip_while(|token| *token == "extern" || token.starts_with('"') || *token == "\"");
    let token = following.next().unwrap_or("");
    if token.starts_with('{') {
        return "{".into();
    }
    // The type of a function pointer, `fn(…)`, is one token and no definition.
    if token == "impl" || token.starts_with("impl<") { "impl".into() } else { token.into() }
}

/// Whether the comments on this line, or above the statement that it belongs to, hold the mark.
fn explained(lines: &[Line], index: usize, mark: &str) -> bool {
    let line = &lines[index];
    if line.comment.contains(mark) {
        return true;
    }
    for above in lines[..index].iter().rev() {
        if above.comment.contains(mark) {
            return true;
        }
        let code = above.code.trim();
        let is_attribute = code.starts_with("#[");
        let ends_a_statement = code.ends_with([';', '{', '}', ',']);
        if (code.is_empty() && above.comment.is_empty()) || (ends_a_statement && !is_attribute) {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests;

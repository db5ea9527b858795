//! A report of long functions and long files. It is for the reader's judgement and fails nothing.

use super::rust_text::{Line, cut, words};
use super::{Fault, Tree};

/// Files are aimed to stay below this.
const FILE_LINES: usize = 600;
/// Functions are aimed to stay below this.
const FUNCTION_LINES: usize = 60;

/// What is longer than aimed at, and how long the functions are over all.
pub fn report(tree: &Tree) -> Vec<String> {
    let mut notes = Vec::new();
    let mut lengths = Vec::new();
    for (file, text) in tree.ending(".rs") {
        let count = text.lines().count();
        if count > FILE_LINES {
            notes.push(Fault::new(file, 1, format!("the file has {count} lines")).to_string());
        }
        for function in functions(&cut(text)) {
            lengths.push(function.length);
            if function.length > FUNCTION_LINES {
                let cause = format!("the function `{}` has {} lines", function.name, function.length);
                notes.push(Fault::new(file, function.line, cause).to_string());
            }
        }
    }
    notes.extend(summary(lengths));
    notes
}

fn summary(mut lengths: Vec<usize>) -> Option<String> {
    lengths.sort_unstable();
    let longest = *lengths.last()?;
    let at = |share: usize| lengths[(lengths.len() - 1) * share / 100];
    let (median, p90) = (at(50), at(90));
    let count = lengths.len();
    Some(format!("{count} functions: median {median} lines, 90% up to {p90}, longest {longest}"))
}

#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    length: usize,
}

/// The functions with a body, found by their braces.
fn functions(lines: &[Line]) -> Vec<Function> {
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut after_fn = false;
        for (at, word) in words(&line.code) {
            if after_fn && let Some(length) = body_length(&lines[index..], at) {
                found.push(Function { name: word.to_owned(), line: index + 1, length });
            }
            after_fn = word == "fn";
        }
    }
    found
}

/// Lines up to the brace that closes the first one opened; `None` for a function without a body.
fn body_length(lines: &[Line], offset: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut brackets = 0usize;
    for (index, line) in lines.iter().enumerate() {
        let code = if index == 0 { &line.code[offset..] } else { &line.code };
        for sign in code.chars() {
            match sign {
                '{' => depth += 1,
                '}' if depth == 1 => return Some(index + 1),
                '}' => depth = depth.checked_sub(1)?,
                '[' | '(' => brackets += 1,
                ']' | ')' => brackets = brackets.checked_sub(1)?,
                // A semicolon also stands in an array type among the parameters.
                ';' if depth == 0 && brackets == 0 => return None,
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;

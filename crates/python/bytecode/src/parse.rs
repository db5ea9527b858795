//! The front: from source text to syntax tree, with CPython's errors.

use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{ParseOptions, parse_unchecked};

use crate::error::{SyntaxErr, SyntaxErrKind, Warning};
use crate::source::{LineIndex, Places};

mod brackets;
pub(crate) mod depth;
mod diagnose;
mod escapes;
mod flufl;
mod interpolations;
mod numbers;
mod targets;

/// What the source is, as the argument `mode` of `compile` has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// A module.
    Exec,
    /// One expression.
    Eval,
    /// One interactive statement.
    Single,
}

/// A parsed program.
#[derive(Debug)]
pub struct Ast {
    pub(crate) module: Mod,
    pub(crate) index: LineIndex,
    pub(crate) filename: String,
    pub(crate) mode: Mode,
    /// What the tokens give rise to.
    pub(crate) warnings: Vec<Warning>,
}

impl Ast {
    /// The syntax tree.
    pub fn module(&self) -> &Mod {
        &self.module
    }

    /// A tree that no source was parsed to.
    pub fn made(module: Mod, places: Places, mode: Mode, filename: &str) -> Ast {
        Ast { module, index: LineIndex::of_places(places), filename: filename.to_string(), mode, warnings: Vec::new() }
    }

    /// The source's lines.
    pub fn index(&self) -> &LineIndex {
        &self.index
    }
}

/// Parses a source.
pub fn parse(source: &str, mode: Mode, filename: &str) -> Result<Ast, SyntaxErr> {
    parse_spelt(source, mode, filename, false)
}

/// `respelt`: the source's `<>`, which one of the future imports asks for, have been written as `!=`.
fn parse_spelt(source: &str, mode: Mode, filename: &str, respelt: bool) -> Result<Ast, SyntaxErr> {
    if source.contains('\0') {
        let kind = SyntaxErrKind::Syntax;
        return Err(SyntaxErr::bare(kind, filename, "source code string cannot contain null bytes"));
    }
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let trimmed = if mode == Mode::Eval { source.trim_start_matches([' ', '\t']) } else { source };
    let ruff_mode = match mode {
        Mode::Exec | Mode::Single => ruff_python_parser::Mode::Module,
        Mode::Eval => ruff_python_parser::Mode::Expression,
    };
    let options = ParseOptions::from(ruff_mode).with_target_version(PythonVersion { major: 3, minor: 14 });
    let parsed = parse_unchecked(trimmed, options);
    let index = LineIndex::new(trimmed);
    if let Some(range) = depth::too_many_brackets(parsed.tokens()) {
        depth::discard(parsed.into_syntax());
        return Err(SyntaxErr::at(&index, filename, range, "too many nested parentheses"));
    }
    if depth::too_deep(parsed.syntax()) {
        depth::discard(parsed.into_syntax());
        let message = "maximum recursion depth exceeded during compilation";
        return Err(SyntaxErr::bare(SyntaxErrKind::Recursion, filename, message));
    }
    if !respelt && let Some(import) = flufl::import(parsed.tokens(), trimmed) {
        let text = flufl::respell(parsed.tokens(), trimmed, import)
            .map_err(|range| SyntaxErr::at(&index, filename, range, flufl::MESSAGE))?;
        return parse_spelt(&text, mode, filename, true);
    }
    if let Some(mut error) = diagnose::first_error(&parsed, &index, filename) {
        // A program read to its end ends with a line break, whether or not the source does.
        let last = index.line_text(error.line + 1).is_empty();
        if let Some(text) = error.text.as_mut().filter(|text| mode == Mode::Exec && last && !text.ends_with('\n')) {
            text.push('\n');
        }
        let before = |warning: &Warning| (warning.error.line, warning.error.col) < (error.line, error.col);
        let found = crate::compile::warnings::of_escapes(parsed.syntax(), &index, filename);
        error.warnings = found.into_iter().filter(before).collect();
        return Err(error);
    }
    if let Some((range, message)) = depth::too_many_strings(parsed.tokens()) {
        depth::discard(parsed.into_syntax());
        return Err(SyntaxErr::at(&index, filename, range, message));
    }
    let warnings = numbers::warnings(parsed.tokens(), &index, filename);
    Ok(Ast { module: parsed.into_syntax(), index, filename: filename.to_string(), mode, warnings })
}

#[cfg(test)]
mod tests;

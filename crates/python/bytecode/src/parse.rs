//! The front: from source text to syntax tree, with CPython's errors.

use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{ParseOptions, parse_unchecked};

use crate::error::{SyntaxErr, SyntaxErrKind, Warning};
use crate::source::{LineIndex, Places};

mod brackets;
pub(crate) mod depth;
mod diagnose;
mod escapes;
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
    if let Some(error) = diagnose::first_error(&parsed, &index, filename) {
        return Err(error);
    }
    let warnings = numbers::warnings(parsed.tokens(), &index, filename);
    Ok(Ast { module: parsed.into_syntax(), index, filename: filename.to_string(), mode, warnings })
}

#[cfg(test)]
mod tests;

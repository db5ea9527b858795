//! Compile-time errors and warnings as CPython words them.

use std::fmt;

use ruff_text_size::TextRange;

use crate::source::LineIndex;

/// Which exception class the error is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SyntaxErrKind {
    /// `SyntaxError`.
    Syntax,
    /// `IndentationError`.
    Indentation,
    /// `TabError`.
    Tab,
    /// `RecursionError`: nested too deeply.
    Recursion,
}

impl SyntaxErrKind {
    /// Name of the class.
    pub fn class_name(self) -> &'static str {
        match self {
            SyntaxErrKind::Syntax => "SyntaxError",
            SyntaxErrKind::Indentation => "IndentationError",
            SyntaxErrKind::Tab => "TabError",
            SyntaxErrKind::Recursion => "RecursionError",
        }
    }
}

/// A syntax error. Lines and columns count from 1, columns in code points; 0 where CPython has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxErr {
    /// The class.
    pub kind: SyntaxErrKind,
    /// `msg`.
    pub message: String,
    /// `filename`.
    pub filename: String,
    /// `lineno`.
    pub line: u32,
    /// `offset`.
    pub col: u32,
    /// `end_lineno`.
    pub end_line: u32,
    /// `end_offset`.
    pub end_col: u32,
    /// `text`: the source line, with its newline.
    pub text: Option<String>,
    /// Where the last statement of the module begins that ends on a line ahead of the error: its offset plus one, or 0 without one.
    pub behind: u32,
    /// Whether more input could make the source valid (for a prompt).
    pub incomplete: bool,
    /// Warnings to issue first: about literals before the place.
    pub warnings: Vec<Warning>,
}

impl fmt::Display for SyntaxErr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({}, line {})", self.kind.class_name(), self.message, self.filename, self.line)
    }
}

impl std::error::Error for SyntaxErr {}

impl SyntaxErr {
    /// An error at a range of the source.
    pub fn at(index: &LineIndex, filename: &str, range: TextRange, message: impl Into<String>) -> SyntaxErr {
        let (line, col) = index.line_and_char(range.start().to_u32());
        let (end_line, end_col) = index.line_and_char(range.end().to_u32());
        SyntaxErr {
            kind: SyntaxErrKind::Syntax,
            message: message.into(),
            filename: filename.to_string(),
            line,
            col: col + 1,
            end_line,
            end_col: end_col + 1,
            text: Some(index.line_text(line).to_string()),
            behind: 0,
            incomplete: false,
            warnings: Vec::new(),
        }
    }

    /// An error of which the line's text is not known: its columns count bytes.
    pub fn without_text(index: &LineIndex, filename: &str, range: TextRange, message: impl Into<String>) -> SyntaxErr {
        let (_, col) = index.line_and_col(range.start().to_u32());
        let (_, end_col) = index.line_and_col(range.end().to_u32());
        let known = SyntaxErr::at(index, filename, range, message);
        SyntaxErr { text: None, col: col + 1, end_col: end_col + 1, ..known }
    }

    /// An error with no place.
    pub fn bare(kind: SyntaxErrKind, filename: &str, message: impl Into<String>) -> SyntaxErr {
        SyntaxErr {
            kind,
            message: message.into(),
            filename: filename.to_string(),
            line: 0,
            col: 0,
            end_line: 0,
            end_col: 0,
            text: None,
            behind: 0,
            incomplete: false,
            warnings: Vec::new(),
        }
    }
}

/// A fault found below the door of the crate: a message and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub message: String,
    pub range: TextRange,
}

/// Result of compiler parts.
pub(crate) type Res<T = ()> = Result<T, Fault>;

/// Fails with a message at a range.
pub(crate) fn fault<T>(range: TextRange, message: impl Into<String>) -> Res<T> {
    Err(Fault { message: message.into(), range })
}

/// A `SyntaxWarning` for the runtime to issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The error that it is where the program wants such warnings to be errors.
    pub error: SyntaxErr,
    /// The warning's words where these are not the error's.
    pub text: Option<String>,
}

impl Warning {
    /// The words of the warning.
    pub fn text(&self) -> &str {
        self.text.as_ref().unwrap_or(&self.error.message)
    }
}

//! Why a trace could not be compiled.

use std::fmt;

/// Causes, told apart by who has to act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodegenError {
    /// The trace is not well formed: a bug in recorder or optimiser.
    Malformed(String),
    /// The trace is larger than code generation allows, or memory has run out: give this trace up.
    Limit(String),
    /// This host or build cannot compile it: interpret.
    Unsupported(String),
    /// Cranelift refused what was made for it: a bug of this crate.
    Backend(String),
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (cause, text) = match self {
            CodegenError::Malformed(text) => ("malformed trace", text),
            CodegenError::Limit(text) => ("limit", text),
            CodegenError::Unsupported(text) => ("unsupported", text),
            CodegenError::Backend(text) => ("code generator", text),
        };
        write!(f, "{cause}: {text}")
    }
}

impl std::error::Error for CodegenError {}

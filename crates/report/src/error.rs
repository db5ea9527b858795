//! What can be wrong with a report or with a comparison, and how it is said.
//!
//! Every message names the file, the place in it where there is one, and the cause.

use std::fmt;
use std::path::PathBuf;

/// A report could not be read or written.
#[derive(Debug)]
pub enum ReportError {
    /// The operating system refused.
    Io {
        /// The file.
        file: PathBuf,
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The text is no JSON.
    Syntax {
        /// The file.
        file: PathBuf,
        /// The parser's message, with line and column.
        source: serde_json::Error,
    },
    /// The JSON is no report.
    Shape {
        /// The file.
        file: PathBuf,
        /// The path of the offending value, such as `benchmarks[0].runs[2].values[1]`.
        place: String,
        /// What is wrong with it.
        cause: String,
    },
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { file, action, source } => {
                write!(f, "{}: cannot {action} the report: {source}", file.display())
            }
            Self::Syntax { file, source } => {
                write!(f, "{}: not a JSON document: {source}", file.display())
            }
            Self::Shape { file, place, cause } => {
                write!(f, "{}: at {place}: {cause}", file.display())
            }
        }
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Syntax { source, .. } => Some(source),
            Self::Shape { .. } => None,
        }
    }
}

/// Two reports could not be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompareError {
    /// The interpreter asked for is not in the report.
    NoInterpreter {
        /// Which report: `first` or `second`.
        side: &'static str,
        /// The interpreter asked for.
        wanted: String,
        /// The interpreters that the report has.
        present: Vec<String>,
    },
    /// No benchmark of one report has a counterpart in the other.
    Unrelated {
        /// The names in the first report.
        first: Vec<String>,
        /// The names in the second report.
        second: Vec<String>,
    },
}

impl fmt::Display for CompareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInterpreter { side, wanted, present } => {
                write!(f, "the {side} report has no interpreter `{wanted}`; it has {}", list(present))
            }
            Self::Unrelated { first, second } => write!(
                f,
                "the reports have no measured benchmark in common: the first has {}; the second has {}",
                list(first),
                list(second)
            ),
        }
    }
}

impl std::error::Error for CompareError {}

/// Up to six names, and how many more there are.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 6;
    if names.is_empty() {
        return "none".into();
    }
    let mut text = names[..names.len().min(SHOWN)].join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

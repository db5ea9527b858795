//! Writing and reading logs.

use std::fmt;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use crate::schema::Event;

/// Version of the schema.
pub const VERSION: u32 = 1;

/// The first line of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always `pitviper-events`.
    pub format: String,
    /// [`VERSION`] of the writer.
    pub version: u32,
}

impl Header {
    const FORMAT: &'static str = "pitviper-events";

    fn current() -> Header {
        Header { format: Self::FORMAT.to_owned(), version: VERSION }
    }
}

/// Writes a log.
pub struct Writer<W: Write> {
    to: W,
}

impl<W: Write> Writer<W> {
    /// Begins a log with its header.
    pub fn new(mut to: W) -> io::Result<Self> {
        write_line(&mut to, &Header::current())?;
        Ok(Writer { to })
    }

    /// Writes one event.
    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        write_line(&mut self.to, event)
    }

    /// Flushes and gives the destination back.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}

fn write_line<W: Write>(to: &mut W, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, value)?;
    to.write_all(b"\n")
}

/// Why a log could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// Reading failed.
    Io(io::Error),
    /// The first line is no header of ours.
    NotALog,
    /// The log is of a version this reader does not know.
    Version(u32),
    /// A line does not fit the schema.
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        error: serde_json::Error,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io(error) => write!(f, "the log could not be read: {error}"),
            ReadError::NotALog => f.write_str("this is not an event log: its first line is no header"),
            ReadError::Version(version) => write!(f, "the log has version {version}; this reader knows {VERSION}"),
            ReadError::Line { line, error } => write!(f, "line {line}: {error}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads a log, event by event.
pub struct Reader<R: BufRead> {
    lines: io::Lines<R>,
    line: usize,
}

impl<R: BufRead> Reader<R> {
    /// Reads and checks the header.
    pub fn new(from: R) -> Result<Self, ReadError> {
        let mut lines = from.lines();
        let first = lines.next().ok_or(ReadError::NotALog)?.map_err(ReadError::Io)?;
        let header: Header = serde_json::from_str(&first).map_err(|_| ReadError::NotALog)?;
        match header {
            Header { format, .. } if format != Header::FORMAT => Err(ReadError::NotALog),
            Header { version, .. } if version != VERSION => Err(ReadError::Version(version)),
            _ => Ok(Reader { lines, line: 1 }),
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.lines.next()?;
        self.line += 1;
        Some(
            line.map_err(ReadError::Io).and_then(|line| {
                serde_json::from_str(&line).map_err(|error| ReadError::Line { line: self.line, error })
            }),
        )
    }
}

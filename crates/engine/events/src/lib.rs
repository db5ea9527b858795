//! Versioned log of what the JIT did: schema, writer, reader, and the text form of `pitviper trace`.
//!
//! Role: the only door through which dumps, viewers, statistics and tests learn what happened. The JIT says facts; this
//! crate formats them. Form: JSON Lines; the first line is the [`Header`], every further one an [`Event`].
//!
//! Invariants: [`VERSION`] rises whenever a field changes its meaning or goes away (new fields may come within a version, readers
//! skip what they do not know); no event holds an address; wall-clock figures stand in fields of type [`Timings`] only, so that two
//! logs of one deterministic run agree once those are left out ([`Event::without_timings`]).
#![forbid(unsafe_code)]

mod log;
mod schema;
mod text;

pub use log::{Header, ReadError, Reader, VERSION, Writer};
pub use schema::{Attempt, Compiled, Event, ExitInfo, Pass, Position, Stage, Start, Stats, Timings, TraceStats};
pub use text::{Detail, render};

#[cfg(test)]
mod tests;

//! The upper tier: counters, recording policy, trace graph, resume, statistics.
//!
//! Role: [`Jit`] implements [`pv_machine::Tier`] for any [`pv_machine::Language`]. It decides when to record, where recordings end,
//! which exits get bridges, and when to give up; it knows no bytecode.
//!
//! Terms: a *site* is a loop header or function entry with its counter; a *node* is a compiled trace in the graph; an *exit* is a
//! snapshot of a node through which it can be left, numbered by the snapshot.
//!
//! ```text
//! start \ end   back edge   link to a header's trace   exit
//! header        yes         yes (an inner loop)        no: aborted
//! entry         no          yes                        yes, before the return
//! bridge        no          yes                        yes, before what leaves the driver's first frame
//! ```
//!
//! Invariants:
//! - no `RefCell` is borrowed while traces, helpers or the language's steps run: they may start nested drivers that come back here;
//! - decisions count passes and operations, never time: two runs of a deterministic program agree;
//! - exits of polls never get bridges: whatever waits is served by the driver.
mod config;
mod graph;
mod inherit;
mod jit;
mod pipeline;
mod policy;
mod run;
mod trees;

pub use config::{Backend, Config, ConfigError, Tunable};
pub use jit::{Dumps, Jit};
pub use pv_record::Abort;

#[cfg(test)]
mod tests;

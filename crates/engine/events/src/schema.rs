//! The events.

use serde::{Deserialize, Serialize};

/// A place in the source and in the bytecode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// File.
    pub file: String,
    /// Function.
    pub function: String,
    /// Line, from 1; 0 when unknown.
    pub line: u32,
    /// Program counter.
    pub pc: u32,
    /// The bytecode there, disassembled.
    pub bytecode: String,
    /// Calls inlined around it, counted from where the recording began.
    #[serde(default)]
    pub depth: i32,
}

/// Wall-clock figures, in microseconds. Left out of comparisons.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Recording, which executes the program too.
    #[serde(default)]
    pub record: f64,
    /// Optimising.
    #[serde(default)]
    pub optimize: f64,
    /// Generating code.
    #[serde(default)]
    pub codegen: f64,
}

/// Where a trace starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Start {
    /// A loop header.
    Header {
        /// The loop.
        at: Position,
    },
    /// A function's entry.
    Entry {
        /// The function.
        at: Position,
    },
    /// An exit of another trace.
    Bridge {
        /// Where it resumes.
        at: Position,
        /// The trace.
        trace: u32,
        /// The exit's number.
        exit: u32,
    },
}

impl Start {
    /// The place.
    pub fn at(&self) -> &Position {
        match self {
            Start::Header { at } | Start::Entry { at } | Start::Bridge { at, .. } => at,
        }
    }
}

/// The trace as text at one stage of its making.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// `recorded`, the name of a pass, or `optimized`.
    pub name: String,
    /// In the grammar of the trace IR.
    pub text: String,
}

/// What a pass achieved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// Its name in the manifest.
    pub name: String,
    /// Instructions it removed or replaced.
    pub changes: u32,
}

/// An exit of a compiled trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitInfo {
    /// Its number in the trace.
    pub exit: u32,
    /// `before`, `after` or `raising`.
    pub kind: String,
    /// Where the interpreter goes on.
    pub at: Position,
}

/// What a recording was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The trace's number.
    pub trace: u32,
    /// Where it starts.
    pub start: Start,
}

/// Figures of one trace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStats {
    /// The trace.
    pub trace: u32,
    /// Entries from the driver (not through links and bridges).
    pub entries: u64,
    /// Times it was left through each exit that returned to the driver, by exit number.
    pub exits: Vec<u64>,
    /// Bytes of machine code.
    pub code_bytes: u64,
    /// Bytes of everything kept beside it, estimated.
    pub metadata_bytes: u64,
}

/// Figures of the whole run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Recordings begun.
    pub recordings: u64,
    /// Of those, given up.
    pub aborts: u64,
    /// Loop and entry traces compiled.
    pub traces: u64,
    /// Bridges compiled.
    pub bridges: u64,
    /// Traces withdrawn because what they assumed has changed.
    pub invalidated: u64,
    /// Places given up for long.
    pub blacklisted: u64,
    /// Operations recorded, and left after optimising.
    pub ops_recorded: u64,
    /// See `ops_recorded`.
    pub ops_compiled: u64,
    /// Bytes of machine code.
    pub code_bytes: u64,
    /// Bytes kept beside it, estimated.
    pub metadata_bytes: u64,
    /// By trace.
    pub per_trace: Vec<TraceStats>,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A recording begins.
    TraceStarted(Attempt),
    /// A trace was compiled and linked in; bridges are [`Event::BridgeCompiled`].
    TraceCompiled(Box<Compiled>),
    /// A bridge was compiled and joined to its exit.
    BridgeCompiled(Box<Compiled>),
    /// A recording was given up.
    TraceAborted {
        /// What it was about.
        attempt: Attempt,
        /// Stable code of the reason.
        reason: String,
        /// The reason as a sentence.
        sentence: String,
        /// Where it was given up.
        at: Position,
        /// More, where the reason alone does not tell (a verifier's message).
        #[serde(default)]
        detail: String,
    },
    /// An exit was taken often enough for a bridge.
    ExitHot {
        /// The trace.
        trace: u32,
        /// The exit.
        exit: u32,
        /// Times taken.
        taken: u64,
    },
    /// A place will not be tried for a while.
    Blacklisted {
        /// The place.
        at: Position,
        /// Passes until it is tried again.
        expires: u32,
    },
    /// A trace was withdrawn.
    Invalidated {
        /// The trace.
        trace: u32,
        /// The object that is gone or has changed, by its label.
        what: String,
    },
    /// Compiled code was left for the interpreter. Told under `cross-check` only: one for every entry, so there are many.
    Left {
        /// The trace that was entered.
        entered: u32,
        /// The trace that was left, after links and bridges; the one that was about to be entered if that had been withdrawn.
        trace: u32,
        /// The exit; none if the trace had been withdrawn.
        exit: Option<u32>,
        /// Where the interpreter goes on.
        pc: u32,
        /// Depth of nested frames there.
        depth: u32,
        /// The live slots of the frame there: number and contents of each, without addresses.
        slots: Vec<String>,
    },
    /// Figures, at the end or on demand.
    Stats(Stats),
}

/// Everything about a compiled trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compiled {
    /// Its number and start.
    pub attempt: Attempt,
    /// Where its end leads: `loop`, `link tN` or `exit`.
    pub end: String,
    /// Every bytecode recorded, in order.
    pub steps: Vec<Position>,
    /// IR text, as far as dumps were asked for.
    pub stages: Vec<Stage>,
    /// What the passes did.
    pub passes: Vec<Pass>,
    /// Instructions recorded.
    pub ops_recorded: u32,
    /// Instructions compiled.
    pub ops_compiled: u32,
    /// The exits.
    pub exits: Vec<ExitInfo>,
    /// Cranelift's input, if asked for.
    #[serde(default)]
    pub clif: String,
    /// Machine code, disassembled, if asked for.
    #[serde(default)]
    pub assembly: String,
    /// Bytes of machine code.
    pub code_bytes: u64,
    /// How long it took.
    #[serde(default)]
    pub timings: Timings,
}

impl Event {
    /// The event with every wall-clock figure set to zero, for comparisons.
    pub fn without_timings(mut self) -> Event {
        if let Event::TraceCompiled(compiled) | Event::BridgeCompiled(compiled) = &mut self {
            compiled.timings = Timings::default();
        }
        self
    }

    /// The event without what depends on how traces are run: timings, and everything about machine code.
    pub fn without_backend(self) -> Event {
        let mut event = self.without_timings();
        match &mut event {
            Event::TraceCompiled(compiled) | Event::BridgeCompiled(compiled) => {
                compiled.clif.clear();
                compiled.assembly.clear();
                compiled.code_bytes = 0;
            }
            Event::Stats(stats) => {
                stats.code_bytes = 0;
                stats.per_trace.iter_mut().for_each(|trace| trace.code_bytes = 0);
            }
            _ => {}
        }
        event
    }
}

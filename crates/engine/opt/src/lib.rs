//! The optimiser: the emission door and the passes.
//!
//! Role: [`optimize`] turns a recording into an equivalent trace that does less. It is one walk: every recorded instruction
//! passes the *door*, which folds it, reuses an earlier result, answers it from known facts or from the heap cache, or appends it.
//! A loop is walked twice: the first iteration stays ahead of the loop, where it establishes types, shapes and lengths; the second
//! becomes the loop proper, with parameters for what changes. A last pass removes what nothing uses.
//!
//! ```text
//!   recording --door--> b0: first iteration --> b1: loop proper --sweep--> result
//!              facts, ranges, reuse, heap cache, counts, lazy boxes and objects
//! ```
//!
//! Terms: *facts* are what is known of a value ([`Facts`] may bring some along); a *pass* is a group of rules with a name in the
//! manifest ([`Pass`]), which [`OptConfig`] switches.
//!
//! Invariants: the result verifies and does what the recording does, up to the choice of exit where `trust_floats` is on; it
//! never leaves the trace where the recording would have gone on with the same values; heap pointers are never
//! followed. What languages promise for it stands in the headers of the door's parts.
#![forbid(unsafe_code)]

mod config;
mod door;
mod fact;
mod fold;
mod hash;
mod heap;
mod peel;
mod range;
mod sweep;
mod tree;

pub use config::{OptConfig, Pass, Stats, UnknownPass};
pub use fact::{EntryFact, Fact, Facts, Kinds};
pub use peel::NotAChain;
pub use range::{Range, negate};
pub use tree::{Part, Tree};

use pv_ir::{SnapRef, Trace, ValueDef};
use sweep::Sweep;

/// What came out.
#[derive(Clone, Debug)]
pub struct Optimized {
    /// The optimised trace.
    pub trace: Trace,
    /// What was done to it.
    pub stats: Stats,
    /// For each of its snapshots, the recording's that it stems from.
    pub origins: Vec<SnapRef>,
    /// Why it was left as it was, if it was.
    pub skipped: Option<NotAChain>,
}

/// Optimises a recording. A trace that is no chain of blocks is handed back unchanged.
pub fn optimize(raw: &Trace, facts: &Facts<'_>, config: &OptConfig) -> Optimized {
    optimize_with(raw, facts, config, &mut |_, _| {})
}

/// As [`optimize`]; `dump` sees the trace after each step, under the step's name.
pub fn optimize_with(
    raw: &Trace,
    facts: &Facts<'_>,
    config: &OptConfig,
    dump: &mut dyn FnMut(&'static str, &Trace),
) -> Optimized {
    optimize_door(door::Door::new(raw, config, facts), dump)
}

/// As [`optimize_with`], for a loop with branches.
pub fn optimize_tree(
    tree: &Tree,
    facts: &Facts<'_>,
    config: &OptConfig,
    dump: &mut dyn FnMut(&'static str, &Trace),
) -> Optimized {
    let mut door = door::Door::new(&tree.trace, config, facts);
    door.tree = Some(tree);
    optimize_door(door, dump)
}

fn optimize_door(mut door: door::Door<'_>, dump: &mut dyn FnMut(&'static str, &Trace)) -> Optimized {
    let (raw, config) = (door.raw, door.config);
    if let Err(reason) = peel::replay(&mut door) {
        let origins = (0..raw.snapshots.len() as u32).map(SnapRef).collect();
        return Optimized { trace: raw.clone(), stats: Stats::default(), origins, skipped: Some(reason) };
    }
    let mut stats = door.stats;
    if config.dump_door {
        dump("door", &sweep::sweep(&door.out, Sweep::Nothing).0);
    }
    let emitted = door.out.len();
    let (trace, kept) = sweep::sweep(&door.out, extent(config));
    let origins = kept.iter().map(|shot| door.origins[shot.index()]).collect();
    (trace.len()..emitted).for_each(|_| stats.hit(Pass::Sweep));
    dump(Pass::Sweep.name(), &trace);
    count(&mut stats, raw, &trace);
    Optimized { trace, stats, origins, skipped: None }
}

/// What the sweep may leave out.
fn extent(config: &OptConfig) -> Sweep {
    match (config.runs(Pass::Sweep), config.trust_floats && config.runs(Pass::Boxes)) {
        (false, _) => Sweep::Nothing,
        (true, false) => Sweep::Unused,
        (true, true) => Sweep::UnusedAndFits,
    }
}

fn count(stats: &mut Stats, raw: &Trace, trace: &Trace) {
    let guards = |trace: &Trace| {
        let listed = trace.blocks.iter().flat_map(|block| &block.insts);
        listed.filter(|value| matches!(trace.def(**value), ValueDef::Inst(inst) if inst.op.is_guard())).count()
    };
    (stats.ops_in, stats.ops_out) = (raw.len(), trace.len());
    (stats.guards_in, stats.guards_out) = (guards(raw), guards(trace));
    stats.loop_ops = trace.blocks.get(1).map_or(0, |block| block.insts.len());
}

#[cfg(test)]
mod tests;

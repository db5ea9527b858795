//! Snapshots: how to rebuild the interpreter's state where a trace is left.
//!
//! A snapshot is used in two ways.
//!
//! *Exit* (guards, `Terminator::Exit`, `Terminator::Link`). In this order: delayed stores and slots are written; then
//! `State.base` becomes root base + `base`, `State.pc` becomes `pc`, `State.depth` grows by `depth`. Slots that are not
//! listed keep what their homes hold. What a home slot held before is overwritten, not released: the counts of a trace are
//! its own explicit ops. Every written slot or field ends up owning its value: see [`SlotVal`]. Last, the counts in `drops` are given
//! up: those that the trace has kept longer than the program. Each is of an object that has others, so nothing dies.
//!
//! *Safepoint* (calls). The same writes happen before the call and the trace goes on after it. So that both stay the one
//! owner's bookkeeping, a safepoint lists only [`SlotVal::Value`] of type `word`, `int` or `bool`, no delayed stores and no drops: what
//! must be boxed, counted or materialised is made so by ops ahead of the call. `State.depth` is raised for the call only.

use std::sync::Arc;

use pv_machine::{ArrayInfo, Counted, FieldInfo};
use smallvec::SmallVec;

use crate::refs::{ValueRef, VirtualRef};

/// Where the interpreter goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResumeKind {
    /// Executes the bytecode at `pc`.
    Before,
    /// The bytecode has been executed; goes on at `pc`.
    After,
    /// The bytecode at `pc` has raised; the exception is pending in the context.
    Raising,
}

impl ResumeKind {
    /// Name in the text form.
    pub const fn name(self) -> &'static str {
        match self {
            ResumeKind::Before => "before",
            ResumeKind::After => "after",
            ResumeKind::Raising => "raising",
        }
    }
}

/// What is written to a slot or field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotVal {
    /// A value, with the count that the trace holds for it. Into a word: an `int` is tagged (it must be known to fit 62 bits), a
    /// `float` tagged or boxed, a `bool` becomes the language's word. Into a raw cell: the raw value.
    Value(ValueRef),
    /// A `word` for which one more count is taken on leaving.
    Acquire(ValueRef),
    /// An object to be made on leaving, once for all its mentions. Each mention in the snapshot (nested ones included)
    /// is one count: the first is the header's own, each further one adds one.
    Virtual(VirtualRef),
}

/// A cell of a heap object.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// A field.
    Field(&'static FieldInfo),
    /// Element `index` of an array with inline data.
    Elem(&'static ArrayInfo, u32),
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Place::Field(a), Place::Field(b)) => std::ptr::eq(a, b),
            (Place::Elem(a, i), Place::Elem(b, j)) => std::ptr::eq(a, b) && i == j,
            _ => false,
        }
    }
}

/// An object that a trace does not allocate; exits do.
///
/// Words that `fields` leaves out are filled with `Word::EMPTY`, as `new` does.
#[derive(Clone, Debug, PartialEq)]
pub struct VirtualDesc {
    /// Bytes, a multiple of 16.
    pub size: u32,
    /// Header word 0: the count in its low half, flags above.
    pub header: u64,
    /// Header word 1 (its raw bits; `int` or `word`).
    pub kind: ValueRef,
    /// Contents.
    pub fields: Vec<(Place, SlotVal)>,
}

impl VirtualDesc {
    /// Header word 0 of the object once made, with a count for each of its mentions (immortals have none to raise).
    pub fn header_with(&self, mentions: u32) -> u64 {
        let immortal = self.header as u32 & Counted::IMMORTAL != 0;
        self.header + if immortal { 0 } else { u64::from(mentions.saturating_sub(1)) }
    }
}

/// A store that the trace has put off until it is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DelayedStore {
    /// The object's word.
    pub object: ValueRef,
    /// Where in it.
    pub place: Place,
    /// What.
    pub value: SlotVal,
}

/// How to rebuild the interpreter's state.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Which of the three resume points.
    pub kind: ResumeKind,
    /// Program counter in the innermost frame.
    pub pc: u32,
    /// The innermost frame's base minus the root base, in slots.
    pub base: i32,
    /// Frames pushed since the trace was entered, less those popped.
    pub depth: i32,
    /// Opaque handle of the innermost frame's code, for whoever resumes.
    pub code: u64,
    /// The code's name in dumps.
    pub label: Arc<str>,
    /// Dirty slots, relative to the root base, ascending, none twice.
    pub slots: SmallVec<[(i32, SlotVal); 6]>,
    /// Delayed stores, in order.
    pub stores: Vec<DelayedStore>,
    /// Words of which a count is given up, once for each mention. It is never the last.
    pub drops: SmallVec<[ValueRef; 2]>,
}

impl Snapshot {
    /// A snapshot without dirty slots in the root frame.
    pub fn new(kind: ResumeKind, pc: u32, code: u64, label: impl Into<Arc<str>>) -> Self {
        Snapshot {
            kind,
            pc,
            base: 0,
            depth: 0,
            code,
            label: label.into(),
            slots: SmallVec::new(),
            stores: Vec::new(),
            drops: SmallVec::new(),
        }
    }
}

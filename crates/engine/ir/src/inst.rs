//! Instructions and their immediates.

use std::hash::{Hash, Hasher};

use pv_machine::{ArrayInfo, FieldInfo, HelperInfo};
use smallvec::SmallVec;

use crate::ops::Op;
use crate::refs::{SnapRef, ValueRef};

/// The part of an instruction that is not a value; its shape is fixed by the op's [`crate::ImmKind`].
#[derive(Clone, Copy, Debug)]
pub enum Imm {
    /// None.
    None,
    /// A slot relative to the root base.
    Slot(i32),
    /// Room for `slots` slots above the root base and `frames` more frames.
    Room {
        /// Slots that must fit.
        slots: i32,
        /// Frames that must fit below the depth limit.
        frames: u32,
    },
    /// A field.
    Field(&'static FieldInfo),
    /// An array.
    Array(&'static ArrayInfo),
    /// A new object: its size and first header word.
    New {
        /// Bytes, a multiple of 16.
        size: u32,
        /// Header word 0: the count in its low half, flags above.
        header: u64,
    },
    /// A helper.
    Helper(&'static HelperInfo),
    /// A helper with a window of `count` home slots from `first` (relative to the root base).
    Window {
        /// The helper.
        helper: &'static HelperInfo,
        /// First slot.
        first: i32,
        /// Number of slots.
        count: u32,
    },
}

/// Descriptors are compared by address, as the contract of `pv_machine` has it.
impl PartialEq for Imm {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Imm::None, Imm::None) => true,
            (Imm::Slot(a), Imm::Slot(b)) => a == b,
            (Imm::Room { slots: a, frames: m }, Imm::Room { slots: b, frames: n }) => (a, m) == (b, n),
            (Imm::Field(a), Imm::Field(b)) => std::ptr::eq(a, b),
            (Imm::Array(a), Imm::Array(b)) => std::ptr::eq(a, b),
            (Imm::New { size: a, header: m }, Imm::New { size: b, header: n }) => (a, m) == (b, n),
            (Imm::Helper(a), Imm::Helper(b)) => std::ptr::eq(a, b),
            (Imm::Window { helper: a, first: m, count: p }, Imm::Window { helper: b, first: n, count: q }) => {
                std::ptr::eq(a, b) && (m, p) == (n, q)
            }
            _ => false,
        }
    }
}

impl Imm {
    /// The helper called, if this names one.
    pub fn helper(&self) -> Option<&'static HelperInfo> {
        match *self {
            Imm::Helper(helper) | Imm::Window { helper, .. } => Some(helper),
            _ => None,
        }
    }
}

impl Eq for Imm {}

/// As they are compared: descriptors by address, so that a hash holds within one process.
impl Hash for Imm {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match *self {
            Imm::None => {}
            Imm::Slot(slot) => slot.hash(state),
            Imm::Room { slots, frames } => (slots, frames).hash(state),
            Imm::Field(field) => std::ptr::hash(field, state),
            Imm::Array(array) => std::ptr::hash(array, state),
            Imm::New { size, header } => (size, header).hash(state),
            Imm::Helper(helper) => std::ptr::hash(helper, state),
            Imm::Window { helper, first, count } => {
                std::ptr::hash(helper, state);
                (first, count).hash(state);
            }
        }
    }
}

/// One instruction. Its result, if any, is the value under whose [`ValueRef`] it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Inst {
    /// What it does.
    pub op: Op,
    /// Operands, in the order of the op table.
    pub args: SmallVec<[ValueRef; 3]>,
    /// The immediate.
    pub imm: Imm,
    /// Where a guard resumes, or the state a call must find in the home slots.
    pub snapshot: Option<SnapRef>,
}

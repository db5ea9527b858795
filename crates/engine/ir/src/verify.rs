//! The verifier: what a well-formed trace is.
//!
//! Checked, in this order of numbers:
//! 1. There is an entry block; it has no parameters and no jump leads to it. Every block has ended.
//! 2. Every parameter and every listed instruction is defined as such, and listed once.
//! 3. Every instruction fits its row of the op table, and so does its result's type.
//! 4. A use is dominated by its definition: operands, arguments, and everything that a snapshot mentions, virtual objects
//!    included, at each guard, call or end that uses the snapshot. Unreachable blocks are not looked at.
//! 5. A jump gives each parameter of its target an argument of its type; a branch's condition is a `bool`.
//! 6. Slots of a snapshot ascend. What is written to a cell suits it: into words go `word`, `int`, `float` and `bool`, counts taken and
//!    virtual objects; into integers `int`, into doubles `float`. Counts are dropped of words.
//! 7. Sizes of objects, virtual or not, are multiples of 16 from 16 up; the fields of virtuals lie within them, past the header.
//! 8. Safepoints list plain values of type `word`, `int` or `bool` only, no stores and no drops.
//! 9. A link leaves *before* a bytecode.
//! 10. `load_slot` stands in the entry block, ahead of every store, count, call and allocation.
//! 11. Elements are accessed through an `array_base` of the same array, where the base is an instruction; equal names of descriptors
//!     mean one descriptor: the part of "one alias class per location" that a trace shows.
//!
//! Not checked, because a trace does not show it: that guards which resume *before* come ahead of their step's first effect
//! (the recorder asserts it); that counts balance; that a `ptr` is not used across what moves or frees its object; that
//! values tagged without a guard fit 62 bits.

use std::collections::HashMap;
use std::fmt;

use pv_machine::Repr;

use crate::builder::cell_type;
use crate::dominance::Dominators;
use crate::inst::{Imm, Inst};
use crate::ops::{Effect, Op, SnapshotUse};
use crate::refs::{BlockRef, SnapRef, ValueRef, VirtualRef};
use crate::snapshot::{Place, ResumeKind, SlotVal, Snapshot};
use crate::trace::{Terminator, Trace, Type, ValueDef};

/// The first thing found wrong with a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// Where: a block, an instruction's line, or a snapshot.
    pub place: String,
    /// What, with the number of the rule.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for VerifyError {}

fn fault<T>(place: impl fmt::Display, message: impl Into<String>) -> Result<T, VerifyError> {
    Err(VerifyError { place: place.to_string(), message: message.into() })
}

/// Checks a trace against the rules above.
pub fn verify(trace: &Trace) -> Result<(), VerifyError> {
    structure(trace)?;
    let mut checker =
        Checker { trace, dominators: Dominators::new(trace), defined: definitions(trace)?, names: HashMap::new() };
    trace
        .snapshots
        .iter()
        .enumerate()
        .try_for_each(|(index, snapshot)| checker.snapshot(SnapRef(index as u32), snapshot))?;
    (0..trace.virtuals.len() as u32).try_for_each(|index| checker.virtual_object(VirtualRef(index)))?;
    trace.block_refs().try_for_each(|block| checker.block(block))
}

/// Rule 1, and that whatever is mentioned exists.
fn structure(trace: &Trace) -> Result<(), VerifyError> {
    if trace.blocks.first().is_none_or(|entry| !entry.params.is_empty()) {
        return fault(Trace::ENTRY, "rule 1: no entry block without parameters");
    }
    for name in trace.block_refs() {
        let Some(terminator) = &trace.block(name).terminator else {
            return fault(name, "rule 1: the block does not end");
        };
        for jump in terminator.jumps() {
            if jump.block == Trace::ENTRY || jump.block.index() >= trace.blocks.len() {
                return fault(name, format!("rule 1: a jump to {}", jump.block));
            }
            known_values(trace, name, &jump.args)?;
        }
        if terminator.snapshot().is_some_and(|snapshot| snapshot.index() >= trace.snapshots.len()) {
            return fault(name, "the snapshot does not exist");
        }
        known_values(trace, name, &trace.block(name).params)?;
        known_values(trace, name, &trace.block(name).insts)?;
    }
    Ok(())
}

fn known_values(trace: &Trace, place: BlockRef, values: &[ValueRef]) -> Result<(), VerifyError> {
    match values.iter().find(|value| value.index() >= trace.values.len()) {
        Some(value) => fault(place, format!("{value} does not exist")),
        None => Ok(()),
    }
}

/// A value's block and its position there; parameters come first. Rule 2.
fn definitions(trace: &Trace) -> Result<HashMap<ValueRef, (BlockRef, usize)>, VerifyError> {
    let mut defined = HashMap::new();
    for name in trace.block_refs() {
        let block = trace.block(name);
        for (index, &param) in block.params.iter().enumerate() {
            let expected = ValueDef::Param { block: name, index: index as u32 };
            if *trace.def(param) != expected || defined.insert(param, (name, 0)).is_some() {
                return fault(name, format!("rule 2: {param} is not this parameter"));
            }
        }
        for (index, &inst) in block.insts.iter().enumerate() {
            if trace.inst(inst).is_none() || defined.insert(inst, (name, index + 1)).is_some() {
                return fault(name, format!("rule 2: {inst} is no instruction of its own"));
            }
        }
    }
    Ok(defined)
}

struct Checker<'a> {
    trace: &'a Trace,
    dominators: Dominators,
    defined: HashMap<ValueRef, (BlockRef, usize)>,
    /// Addresses of descriptors by name.
    names: HashMap<&'static str, usize>,
}

impl Checker<'_> {
    fn block(&mut self, name: BlockRef) -> Result<(), VerifyError> {
        if !self.dominators.is_reachable(name) {
            return Ok(());
        }
        let mut pristine = name == Trace::ENTRY;
        for (index, &value) in self.trace.block(name).insts.iter().enumerate() {
            let Some(inst) = self.trace.inst(value) else { continue };
            self.inst(value, inst, (name, index + 1), pristine)?;
            pristine &= matches!(inst.op.info().effect, Effect::Pure | Effect::Frame | Effect::State | Effect::Load);
        }
        self.terminator(name)
    }

    fn inst(&mut self, value: ValueRef, inst: &Inst, at: (BlockRef, usize), pristine: bool) -> Result<(), VerifyError> {
        let line = self.trace.display_inst(value);
        if let Err(wrong) = self.trace.check_inst(inst) {
            return fault(inst.op.mnemonic(), format!("rule 3: {wrong}"));
        }
        if self.trace.result_type(inst) != self.trace.ty(value) {
            return fault(line, "rule 3: wrong result type");
        }
        self.uses(at, &inst.args, &line)?;
        if let Some(snapshot) = inst.snapshot {
            self.snapshot_use(at, snapshot, &line)?;
            if inst.op.info().snapshot == SnapshotUse::Safepoint && !self.is_safepoint(snapshot) {
                return fault(line, "rule 8: more than plain values in a safepoint");
            }
        }
        match inst.imm {
            Imm::New { size, .. } if !is_object_size(size) => return fault(line, "rule 7: bad size"),
            Imm::Slot(_) if !pristine => return fault(line, "rule 10: load_slot after an effect or past the entry"),
            _ => {}
        }
        if !self.same_array(inst) {
            return fault(line, "rule 11: the base is another array's");
        }
        self.descriptor_names(inst, &line)
    }

    fn same_array(&self, inst: &Inst) -> bool {
        let (Imm::Array(array), Some(base)) = (inst.imm, inst.args.first().and_then(|base| self.trace.inst(*base)))
        else {
            return true;
        };
        inst.op == Op::ArrayBase || base.op != Op::ArrayBase || base.imm == Imm::Array(array)
    }

    fn descriptor_names(&mut self, inst: &Inst, line: &dyn fmt::Display) -> Result<(), VerifyError> {
        let (name, addr) = match inst.imm {
            Imm::Field(field) => (field.name, std::ptr::from_ref(field) as usize),
            Imm::Array(array) => (array.name, std::ptr::from_ref(array) as usize),
            Imm::Helper(helper) | Imm::Window { helper, .. } => (helper.name, std::ptr::from_ref(helper) as usize),
            _ => return Ok(()),
        };
        if *self.names.entry(name).or_insert(addr) == addr {
            Ok(())
        } else {
            fault(line, format!("rule 11: two descriptors are called {name}"))
        }
    }

    fn terminator(&self, name: BlockRef) -> Result<(), VerifyError> {
        let block = self.trace.block(name);
        let at = (name, block.insts.len() + 1);
        let Some(terminator) = &block.terminator else { return Ok(()) };
        for jump in terminator.jumps() {
            self.uses(at, &jump.args, &name)?;
            let types = |values: &[ValueRef]| values.iter().map(|value| self.trace.ty(*value)).collect::<Vec<_>>();
            if types(&jump.args) != types(&self.trace.block(jump.block).params) {
                return fault(name, format!("rule 5: arguments do not suit {}", jump.block));
            }
        }
        match terminator {
            Terminator::Branch { cond, .. } => {
                self.uses(at, &[*cond], &name)?;
                if self.trace.ty(*cond) != Type::Bool {
                    return fault(name, "rule 5: the condition is not a bool");
                }
            }
            Terminator::Link { snapshot, .. } if self.trace.snapshot(*snapshot).kind != ResumeKind::Before => {
                return fault(name, "rule 9: a link does not leave before a bytecode");
            }
            _ => {}
        }
        terminator.snapshot().map_or(Ok(()), |snapshot| self.snapshot_use(at, snapshot, &name))
    }

    // -- Rule 4 ----------------------------------------------------------------------------------------------------

    fn uses(&self, at: (BlockRef, usize), values: &[ValueRef], place: &dyn fmt::Display) -> Result<(), VerifyError> {
        for &value in values {
            if value.index() >= self.trace.values.len() {
                return fault(place, format!("{value} does not exist"));
            }
            if self.trace.as_const(value).is_none() && !self.is_defined_at(value, at) {
                return fault(place, format!("rule 4: {value} is used where it is not defined"));
            }
        }
        Ok(())
    }

    fn is_defined_at(&self, value: ValueRef, (block, index): (BlockRef, usize)) -> bool {
        match self.defined.get(&value) {
            Some(&(home, position)) if home == block => position < index,
            Some(&(home, _)) => self.dominators.dominates(home, block),
            None => false,
        }
    }

    fn snapshot_use(&self, at: (BlockRef, usize), name: SnapRef, place: &dyn fmt::Display) -> Result<(), VerifyError> {
        if name.index() >= self.trace.snapshots.len() {
            return fault(place, format!("{name} does not exist"));
        }
        self.uses(at, &self.trace.snapshot_values(name), place)
    }

    // -- Snapshots -------------------------------------------------------------------------------------------------

    fn is_safepoint(&self, name: SnapRef) -> bool {
        let snapshot = self.trace.snapshot(name);
        let plain = |value: &SlotVal| match value {
            SlotVal::Value(value) => matches!(self.trace.ty(*value), Type::Word | Type::Int | Type::Bool),
            SlotVal::Acquire(_) | SlotVal::Virtual(_) => false,
        };
        snapshot.stores.is_empty() && snapshot.drops.is_empty() && snapshot.slots.iter().all(|(_, value)| plain(value))
    }

    fn snapshot(&self, name: SnapRef, snapshot: &Snapshot) -> Result<(), VerifyError> {
        if !snapshot.slots.is_sorted_by(|a, b| a.0 < b.0) {
            return fault(name, "rule 6: slots do not ascend");
        }
        snapshot.slots.iter().try_for_each(|(_, value)| self.written(name, value, Repr::Word))?;
        for store in &snapshot.stores {
            self.exists(name, store.object)?;
            if self.trace.ty(store.object) != Type::Word {
                return fault(name, "rule 6: a store to what is no word");
            }
            self.written(name, &store.value, store.place.repr())?;
        }
        for &value in &snapshot.drops {
            self.exists(name, value)?;
            if self.trace.ty(value) != Type::Word {
                return fault(name, "rule 6: a count of what is no word is dropped");
            }
        }
        Ok(())
    }

    fn virtual_object(&self, name: VirtualRef) -> Result<(), VerifyError> {
        let object = self.trace.virtual_desc(name);
        self.exists(name, object.kind)?;
        if !is_object_size(object.size) || !matches!(self.trace.ty(object.kind), Type::Int | Type::Word) {
            return fault(name, "rule 7: bad size or header");
        }
        for (place, value) in &object.fields {
            let inside = place.offset().is_some_and(|at| at >= 16 && at + place.repr().size() as u32 <= object.size);
            if !inside {
                return fault(name, format!("rule 7: {place} lies outside the object"));
            }
            self.written(name, value, place.repr())?;
        }
        Ok(())
    }

    fn exists(&self, place: impl fmt::Display, value: ValueRef) -> Result<(), VerifyError> {
        if value.index() < self.trace.values.len() { Ok(()) } else { fault(place, format!("{value} does not exist")) }
    }

    /// Rule 6 for one cell.
    fn written(&self, place: impl fmt::Display, value: &SlotVal, repr: Repr) -> Result<(), VerifyError> {
        let suits = match *value {
            SlotVal::Virtual(object) => object.index() < self.trace.virtuals.len() && repr == Repr::Word,
            SlotVal::Value(value) | SlotVal::Acquire(value) if value.index() >= self.trace.values.len() => false,
            SlotVal::Acquire(value) => self.trace.ty(value) == Type::Word && repr == Repr::Word,
            SlotVal::Value(value) if repr == Repr::Word => {
                matches!(self.trace.ty(value), Type::Word | Type::Int | Type::Float | Type::Bool)
            }
            SlotVal::Value(value) => self.trace.ty(value) == cell_type(repr),
        };
        if suits { Ok(()) } else { fault(place, format!("rule 6: {value:?} does not suit a cell of {repr:?}")) }
    }
}

fn is_object_size(size: u32) -> bool {
    size >= 16 && size.is_multiple_of(16)
}

impl Place {
    /// Storage of the cell.
    pub fn repr(&self) -> Repr {
        match self {
            Place::Field(field) => field.repr,
            Place::Elem(array, _) => array.elem,
        }
    }

    /// Bytes from the object's address; `None` for elements in a buffer.
    pub fn offset(&self) -> Option<u32> {
        match self {
            Place::Field(field) => Some(field.offset),
            Place::Elem(array, index) => match array.data {
                pv_machine::ArrayData::Inline(offset) => Some(offset + index * array.elem.size() as u32),
                pv_machine::ArrayData::Buffer(_) => None,
            },
        }
    }
}

impl Trace {
    /// The virtual objects a snapshot mentions, nested ones included, each with the number of its mentions.
    pub fn snapshot_virtuals(&self, name: SnapRef) -> Vec<(VirtualRef, u32)> {
        let snapshot = self.snapshot(name);
        let mut found: Vec<(VirtualRef, u32)> = Vec::new();
        let mut queue: Vec<SlotVal> = snapshot.slots.iter().map(|(_, value)| *value).collect();
        queue.extend(snapshot.stores.iter().map(|store| store.value));
        let mut next = 0;
        while let Some(value) = queue.get(next).copied() {
            next += 1;
            let SlotVal::Virtual(object) = value else { continue };
            match found.iter_mut().find(|(seen, _)| *seen == object) {
                Some((_, mentions)) => *mentions += 1,
                None => {
                    found.push((object, 1));
                    queue.extend(self.virtual_desc(object).fields.iter().map(|(_, value)| *value));
                }
            }
        }
        found
    }

    /// The values a snapshot mentions, those of virtual objects included.
    pub fn snapshot_values(&self, name: SnapRef) -> Vec<ValueRef> {
        let snapshot = self.snapshot(name);
        let mut written: Vec<SlotVal> = snapshot.slots.iter().map(|(_, value)| *value).collect();
        written.extend(snapshot.stores.iter().map(|store| store.value));
        let mut values: Vec<ValueRef> = snapshot.stores.iter().map(|store| store.object).collect();
        values.extend(&snapshot.drops);
        for (object, _) in self.snapshot_virtuals(name) {
            let object = self.virtual_desc(object);
            values.push(object.kind);
            written.extend(object.fields.iter().map(|(_, value)| *value));
        }
        values.extend(written.iter().filter_map(|value| match value {
            SlotVal::Value(value) | SlotVal::Acquire(value) => Some(*value),
            SlotVal::Virtual(_) => None,
        }));
        values
    }
}

#[cfg(test)]
mod tests;

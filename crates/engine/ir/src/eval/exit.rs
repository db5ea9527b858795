//! Leaving a trace: what `Snapshot` says, done.

use std::collections::HashMap;

use pv_machine::{Context, Repr};
use pv_word::{INT_SHIFT, Word};

use super::Evaluator;
use crate::refs::{SnapRef, ValueRef, VirtualRef};
use crate::snapshot::SlotVal;
use crate::trace::Type;

impl<Cx: Context> Evaluator<'_, Cx> {
    /// Performs an exit.
    pub(super) fn exit(&mut self, name: SnapRef) {
        let snapshot = self.trace.snapshot(name);
        let objects = self.materialise(name);
        for store in &snapshot.stores {
            let bits = self.cell_bits(store.value, store.place.repr(), &objects);
            let (addr, array) = (self.word(store.object), &store.place);
            let (addr, offset) = match *array {
                crate::Place::Elem(array, index) => {
                    (self.door.array_base(addr, array), i64::from(index) * array.elem.size() as i64)
                }
                crate::Place::Field(field) => (addr.addr() as u64, field.offset.into()),
            };
            self.door.write(addr, offset, store.place.repr(), bits);
        }
        self.write_slots(name, &objects);
        snapshot.drops.iter().for_each(|&value| self.door.release(self.word(value)));
        let state = self.door.state();
        state.base.set(self.base.wrapping_offset(snapshot.base as isize));
        state.pc.set(snapshot.pc);
        state.depth.set(state.depth.get().wrapping_add_signed(snapshot.depth));
    }

    /// Brings slots and state up to date for a call; answers by how much the depth was raised.
    pub(super) fn safepoint(&mut self, name: SnapRef) -> u32 {
        let snapshot = self.trace.snapshot(name);
        self.write_slots(name, &HashMap::new());
        let state = self.door.state();
        state.base.set(self.base.wrapping_offset(snapshot.base as isize));
        state.pc.set(snapshot.pc);
        state.depth.set(state.depth.get().wrapping_add_signed(snapshot.depth));
        snapshot.depth as u32
    }

    fn write_slots(&self, name: SnapRef, objects: &HashMap<VirtualRef, Word>) {
        for &(slot, value) in &self.trace.snapshot(name).slots {
            let bits = self.cell_bits(value, Repr::Word, objects);
            self.door.slot_set(self.base, slot, Word(bits));
        }
    }

    /// Allocates every virtual object of the snapshot, then fills them.
    fn materialise(&self, name: SnapRef) -> HashMap<VirtualRef, Word> {
        let virtuals = self.trace.snapshot_virtuals(name);
        let allocate = |&(name, mentions): &(VirtualRef, u32)| {
            let object = self.trace.virtual_desc(name);
            let header = [object.header_with(mentions), self.bits(object.kind)];
            (name, self.door.allocate(object.size as usize, header))
        };
        let objects: HashMap<VirtualRef, Word> = virtuals.iter().map(allocate).collect();
        for (name, _) in &virtuals {
            for (place, value) in &self.trace.virtual_desc(*name).fields {
                let bits = self.cell_bits(*value, place.repr(), &objects);
                let offset = i64::from(place.offset().unwrap_or(0));
                self.door.write(objects[name].addr() as u64, offset, place.repr(), bits);
            }
        }
        objects
    }

    /// The bits that go into a cell. Takes the count of an [`SlotVal::Acquire`].
    fn cell_bits(&self, value: SlotVal, repr: Repr, objects: &HashMap<VirtualRef, Word>) -> u64 {
        match value {
            SlotVal::Value(value) if repr == Repr::Word => self.boxed(value).0,
            SlotVal::Value(value) => self.bits(value),
            SlotVal::Acquire(value) => {
                self.door.retain(self.word(value));
                self.bits(value)
            }
            SlotVal::Virtual(object) => objects[&object].0,
        }
    }

    fn boxed(&self, value: ValueRef) -> Word {
        match self.trace.ty(value) {
            Type::Int => Word(self.bits(value) << INT_SHIFT),
            Type::Float => self.door.tag_float(self.float(value)),
            Type::Bool => self.door.bool_word(self.bits(value) != 0),
            Type::Word | Type::Ptr | Type::Unit => self.word(value),
        }
    }
}

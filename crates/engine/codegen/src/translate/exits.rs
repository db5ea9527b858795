//! Exits: cold blocks that do what a snapshot says.

use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, Value, types};
use pv_ir::{Place, SlotVal, SnapRef, Type, VirtualRef};
use pv_machine::{ArrayData, Repr};
use pv_word::{INT_SHIFT, PTR_TAG};

use super::{Region, Translated, Translator, malformed};
use crate::compiled::ExitRecord;
use crate::compiler::trace_signature;

impl Translator<'_> {
    /// Fills the cold block of every exit that something branches to.
    pub(super) fn fill_exits(&mut self) -> Translated<()> {
        for index in 0..self.input.exits.len() {
            if let Some(block) = self.exit_blocks[index] {
                self.b.switch_to_block(block);
                self.exit(index)?;
            }
        }
        for (frame, block) in std::mem::take(&mut self.tails) {
            self.b.switch_to_block(block);
            self.tail(frame, block);
        }
        Ok(())
    }

    fn exit(&mut self, index: usize) -> Translated<()> {
        let exit = &self.input.exits[index];
        let snapshot = self.input.trace.snapshot(exit.snapshot);
        let objects = self.materialise(exit.snapshot)?;
        for store in &snapshot.stores {
            let value = self.cell_value(store.value, store.place.repr(), &objects)?;
            let object = self.value(store.object)?;
            self.store_place(object, store.place, value);
        }
        // All values first: boxing calls, and slots stay as they are until nothing can look any more.
        let mut words = Vec::with_capacity(snapshot.slots.len());
        for &(slot, value) in &snapshot.slots {
            words.push((slot, self.slot_value(value, &objects)?));
        }
        for (slot, word) in words {
            self.store_slot(slot, word);
        }
        let record = self.iconst(self.input.data.record_addr(index) as i64);
        let tail = self.tail_block((snapshot.base, snapshot.depth));
        self.ins().jump(tail, &[BlockArg::Value(record)]);
        Ok(())
    }

    /// The block that all exits to the same frame end in; its parameter is the exit's record.
    fn tail_block(&mut self, frame: (i32, i32)) -> Block {
        if let Some((_, block)) = self.tails.iter().find(|(other, _)| *other == frame) {
            return *block;
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.b.append_block_param(block, types::I64);
        self.tails.push((frame, block));
        block
    }

    /// Moves the frame and goes on where the record says. Exit number and program counter are noted by the stub, since nobody
    /// else looks at them.
    fn tail(&mut self, (base, depth): (i32, i32), block: Block) {
        let record = self.b.block_params(block)[0];
        self.move_base(base, depth);
        let flags = self.flags(Region::Any);
        let target = self.ins().load(types::I64, flags, record, std::mem::offset_of!(ExitRecord, target) as i32);
        let signature = self.b.import_signature(trace_signature());
        let state = self.state;
        self.ins().return_call_indirect(signature, target, &[state, record]);
    }

    /// Allocates every virtual object of the snapshot, then fills them.
    fn materialise(&mut self, name: SnapRef) -> Translated<Vec<(VirtualRef, Value)>> {
        let virtuals = self.input.trace.snapshot_virtuals(name);
        let mut objects = Vec::with_capacity(virtuals.len());
        for &(name, mentions) in &virtuals {
            let object = self.input.trace.virtual_desc(name);
            let addr = self.call_alloc(object.size);
            let header = self.iconst(object.header_with(mentions) as i64);
            let kind = self.value(object.kind)?;
            self.initialise(addr, object.size, [header, kind], &[]);
            objects.push((name, self.iadd_const(addr, PTR_TAG as i64)));
        }
        for index in 0..objects.len() {
            let (name, word) = objects[index];
            for (place, value) in &self.input.trace.virtual_desc(name).fields {
                let value = self.cell_value(*value, place.repr(), &objects)?;
                self.store_place(word, *place, value);
            }
        }
        Ok(objects)
    }

    fn store_place(&mut self, object: Value, place: Place, value: Value) {
        let tag = PTR_TAG as i32;
        match place {
            Place::Field(field) => {
                let region = Region::Class(field.alias);
                self.store_cell(object, field.offset as i32 - tag, field.repr, region, value);
            }
            Place::Elem(array, index) => {
                let offset = index as i32 * array.elem.size() as i32;
                let region = Region::Class(array.alias);
                match &array.data {
                    ArrayData::Inline(first) => {
                        self.store_cell(object, *first as i32 + offset - tag, array.elem, region, value);
                    }
                    ArrayData::Buffer(field) => {
                        let flags = self.flags(Region::Class(field.alias));
                        let base = self.ins().load(types::I64, flags, object, field.offset as i32 - tag);
                        self.store_cell(base, offset, array.elem, region, value);
                    }
                }
            }
        }
    }

    /// What is written to a slot.
    pub(super) fn slot_value(&mut self, value: SlotVal, objects: &[(VirtualRef, Value)]) -> Translated<Value> {
        self.cell_value(value, Repr::Word, objects)
    }

    fn cell_value(&mut self, value: SlotVal, repr: Repr, objects: &[(VirtualRef, Value)]) -> Translated<Value> {
        match value {
            SlotVal::Virtual(object) => match objects.iter().find(|(name, _)| *name == object) {
                Some((_, word)) => Ok(*word),
                None => malformed(format!("{object} in a safepoint")),
            },
            SlotVal::Acquire(value) => {
                let word = self.value(value)?;
                self.count_up(word, false);
                Ok(word)
            }
            SlotVal::Value(name) => {
                let value = self.value(name)?;
                Ok(match self.input.trace.ty(name) {
                    Type::Int if repr == Repr::Word => self.shl_const(value, i64::from(INT_SHIFT)),
                    Type::Float if repr == Repr::Word => self.tag_float(value),
                    Type::Bool if repr == Repr::Word => {
                        let [no, yes] = self.input.env.truths.map(|word| self.iconst(word as i64));
                        self.ins().select(value, yes, no)
                    }
                    _ => value,
                })
            }
        }
    }
}

//! Exits: cold blocks that do what a snapshot says.
//!
//! What most snapshots of a trace say is the same: few slots change between one guard and the next. So exits share code. Each writes what
//! only it knows (virtual objects, delayed stores), then what has changed most recently, and jumps to where an earlier exit
//! goes on with the rest: the writes of all exits form a tree with the frame's move at its root. Code and compile time grow with the
//! changes of slots, not with guards times live slots.

use std::collections::HashMap;

use cranelift_codegen::ir::{Block, BlockArg, InstBuilder, SourceLoc, Value, types};
use pv_ir::{Place, SlotVal, SnapRef, Snapshot, Type, ValueRef, VirtualRef};
use pv_machine::{ArrayData, Repr};
use pv_word::{INT_SHIFT, PTR_TAG};

use super::{Region, Translated, Translator, malformed};
use crate::compiled::ExitRecord;
use crate::compiler::trace_signature;

/// A step of leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Write {
    /// A slot gets a value.
    Slot(i32, SlotVal),
    /// A count is given up that is not the last.
    Drop(ValueRef),
    /// The frame moves by base and depth.
    Frame(i32, i32),
}

struct WriteNode {
    write: Write,
    /// What comes after it; `None` behind the frame's move, which is last.
    next: Option<usize>,
    /// Exits and nodes that go on here.
    arrivals: u32,
    block: Option<Block>,
}

/// The shared writes of all exits.
#[derive(Default)]
struct WriteTree {
    nodes: Vec<WriteNode>,
    index: HashMap<(Option<usize>, Write), usize>,
    /// When a write was first met.
    ages: HashMap<Write, usize>,
    /// Nodes whose block is to be filled.
    waiting: Vec<(usize, Block)>,
}

impl WriteTree {
    /// The node at which an exit with this snapshot begins. Exits come in the order of the trace: what is oldest is written last.
    fn add(&mut self, snapshot: &Snapshot) -> usize {
        let slots = snapshot.slots.iter().filter(|(_, value)| !is_own(*value));
        let writes = slots.map(|&(slot, value)| Write::Slot(slot, value));
        let mut aged: Vec<(usize, Write)> = Vec::with_capacity(snapshot.slots.len() + snapshot.drops.len());
        for write in writes.chain(snapshot.drops.iter().map(|&value| Write::Drop(value))) {
            let next = self.ages.len();
            aged.push((*self.ages.entry(write).or_insert(next), write));
        }
        aged.sort_by_key(|&(age, _)| age);
        let mut node = self.node(None, Write::Frame(snapshot.base, snapshot.depth));
        for (_, write) in aged {
            node = self.node(Some(node), write);
        }
        self.nodes[node].arrivals += 1;
        node
    }

    fn node(&mut self, next: Option<usize>, write: Write) -> usize {
        if let Some(&node) = self.index.get(&(next, write)) {
            return node;
        }
        let node = self.nodes.len();
        self.nodes.push(WriteNode { write, next, arrivals: 0, block: None });
        self.index.insert((next, write), node);
        if let Some(next) = next {
            self.nodes[next].arrivals += 1;
        }
        node
    }
}

/// Is the value made for one exit alone?
fn is_own(value: SlotVal) -> bool {
    matches!(value, SlotVal::Virtual(_))
}

impl Translator<'_> {
    /// Fills the cold block of every exit that something branches to.
    pub(super) fn fill_exits(&mut self) -> Translated<()> {
        let used: Vec<usize> = (0..self.input.exits.len()).filter(|&index| self.exit_blocks[index].is_some()).collect();
        self.b.set_srcloc(SourceLoc::default());
        self.cold = true;
        let mut tree = WriteTree::default();
        let leaves: Vec<usize> = used.iter().map(|&index| tree.add(self.snapshot_of(index))).collect();
        for (&index, &leaf) in std::iter::zip(&used, &leaves) {
            if let Some(block) = self.exit_blocks[index] {
                self.b.switch_to_block(block);
                self.own_writes(index)?;
                let record = self.iconst(self.input.data.record_addr(index) as i64);
                self.write_up(&mut tree, leaf, record)?;
            }
        }
        while let Some((node, block)) = tree.waiting.pop() {
            self.b.switch_to_block(block);
            let record = self.b.block_params(block)[0];
            self.write(&tree.nodes[node].write)?;
            match tree.nodes[node].next {
                Some(next) => self.write_up(&mut tree, next, record)?,
                None => self.leave(record),
            }
        }
        Ok(())
    }

    fn snapshot_of(&self, exit: usize) -> &Snapshot {
        self.input.trace.snapshot(self.input.exits[exit].snapshot)
    }

    /// The writes that no other exit can share.
    fn own_writes(&mut self, index: usize) -> Translated<()> {
        let snapshot = self.input.trace.snapshot(self.input.exits[index].snapshot);
        let objects = self.materialise(self.input.exits[index].snapshot)?;
        for store in &snapshot.stores {
            let value = self.cell_value(store.value, store.place.repr(), &objects)?;
            let object = self.value(store.object)?;
            self.store_place(object, store.place, value);
        }
        for &(slot, value) in snapshot.slots.iter().filter(|(_, value)| is_own(*value)) {
            let word = self.slot_value(value, &objects)?;
            self.store_slot(slot, word);
        }
        Ok(())
    }

    /// Writes what `node` and those after it say, up to the first that others come to as well: that has a block of its own.
    fn write_up(&mut self, tree: &mut WriteTree, mut node: usize, record: Value) -> Translated<()> {
        loop {
            if tree.nodes[node].arrivals > 1 {
                let block = match tree.nodes[node].block {
                    Some(block) => block,
                    None => {
                        let block = self.new_block();
                        self.b.append_block_param(block, types::I64);
                        tree.nodes[node].block = Some(block);
                        tree.waiting.push((node, block));
                        block
                    }
                };
                self.ins().jump(block, &[BlockArg::Value(record)]);
                return Ok(());
            }
            self.write(&tree.nodes[node].write)?;
            match tree.nodes[node].next {
                Some(next) => node = next,
                None => {
                    self.leave(record);
                    return Ok(());
                }
            }
        }
    }

    fn write(&mut self, write: &Write) -> Translated<()> {
        match *write {
            Write::Slot(slot, value) => {
                let word = self.slot_value(value, &[])?;
                self.store_slot(slot, word);
            }
            Write::Drop(value) => {
                let word = self.value(value)?;
                self.count_off(word);
            }
            Write::Frame(base, depth) => self.move_base(base, depth),
        }
        Ok(())
    }

    /// Goes on where the record says. Exit number and program counter are noted by the stub, since nobody else looks at them.
    fn leave(&mut self, record: Value) {
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

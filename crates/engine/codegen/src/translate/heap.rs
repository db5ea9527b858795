//! Fields, arrays, allocation and counts.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{BlockArg, InstBuilder, Value, types};
use pv_ir::{Imm, Inst, Op, ValueRef};
use pv_machine::{AliasClass, ArrayData, Counted, Repr};
use pv_word::{INT_SHIFT, PTR_TAG, Word};

use super::{Region, Translated, Translator, malformed};

/// Offset of an object's byte `offset` from its word: the tag folds in.
fn untagged(offset: u32) -> i32 {
    offset as i32 - PTR_TAG as i32
}

/// Objects with more words than this are filled by a loop.
const UNROLLED: u32 = 32;

impl Translator<'_> {
    pub(super) fn heap_op(&mut self, inst: &Inst) -> Translated<Option<Value>> {
        let object = self.arg(inst, 0)?;
        match (inst.op, inst.imm) {
            (Op::LoadField, Imm::Field(field)) => {
                Ok(Some(self.load_cell(object, untagged(field.offset), field.repr, field.alias)))
            }
            (Op::StoreField, Imm::Field(field)) => {
                let value = self.arg(inst, 1)?;
                self.store_cell(object, untagged(field.offset), field.repr, Region::Class(field.alias), value);
                Ok(None)
            }
            (Op::ArrayBase, Imm::Array(array)) => Ok(Some(match &array.data {
                ArrayData::Inline(offset) => self.iadd_const(object, i64::from(untagged(*offset))),
                ArrayData::Buffer(field) => self.load_cell(object, untagged(field.offset), field.repr, field.alias),
            })),
            (Op::LoadElem | Op::LoadElemTagged, Imm::Array(array)) => {
                let addr = self.element(inst, object, array.elem)?;
                Ok(Some(self.load_cell(addr, 0, array.elem, array.alias)))
            }
            (Op::StoreElem | Op::StoreElemTagged, Imm::Array(array)) => {
                let addr = self.element(inst, object, array.elem)?;
                let value = self.arg(inst, 2)?;
                self.store_cell(addr, 0, array.elem, Region::Class(array.alias), value);
                Ok(None)
            }
            (Op::IncRef | Op::IncRefPtr, _) => {
                self.count_up(object, inst.op == Op::IncRefPtr);
                Ok(None)
            }
            (Op::DecRef | Op::DecRefPtr, _) => {
                let boundary = self.boundary.take();
                self.count_down(object, inst.op == Op::DecRefPtr, boundary)?;
                Ok(None)
            }
            (Op::Disown, _) => Ok(None),
            _ => malformed(format!("`{}` with a foreign immediate", inst.op.mnemonic())),
        }
    }

    /// Address of the element that operand 1 indexes.
    fn element(&mut self, inst: &Inst, base: Value, repr: Repr) -> Translated<Value> {
        let index = self.arg(inst, 1)?;
        let is_tagged = matches!(inst.op, Op::LoadElemTagged | Op::StoreElemTagged);
        let shift = repr.size().trailing_zeros() as i64 - if is_tagged { i64::from(INT_SHIFT) } else { 0 };
        let bytes = match shift {
            0 => index,
            1.. => self.shl_const(index, shift),
            _ => self.sshr_const(index, -shift),
        };
        Ok(self.ins().iadd(base, bytes))
    }

    fn load_cell(&mut self, addr: Value, offset: i32, repr: Repr, alias: AliasClass) -> Value {
        let flags = self.flags(Region::Class(alias));
        match repr {
            Repr::Word | Repr::I64 | Repr::Ptr => self.ins().load(types::I64, flags, addr, offset),
            Repr::F64 => self.ins().load(types::F64, flags, addr, offset),
            Repr::I32 => self.ins().sload32(flags, addr, offset),
            Repr::U32 => self.ins().uload32(flags, addr, offset),
            Repr::U16 => self.ins().uload16(types::I64, flags, addr, offset),
            Repr::U8 => self.ins().uload8(types::I64, flags, addr, offset),
        }
    }

    pub(super) fn store_cell(&mut self, addr: Value, offset: i32, repr: Repr, region: Region, value: Value) {
        let flags = self.flags(region);
        match repr {
            Repr::Word | Repr::I64 | Repr::Ptr | Repr::F64 => self.ins().store(flags, value, addr, offset),
            Repr::I32 | Repr::U32 => self.ins().istore32(flags, value, addr, offset),
            Repr::U16 => self.ins().istore16(flags, value, addr, offset),
            Repr::U8 => self.ins().istore8(flags, value, addr, offset),
        };
    }

    // -- Allocation --------------------------------------------------------------------------------------------

    /// Offsets of words in the new object `object` that the next instructions store, before anything can see the object:
    /// they need not be filled with [`Word::EMPTY`].
    pub(super) fn stored_next(&self, object: ValueRef, rest: &[ValueRef]) -> Vec<u32> {
        let mut stored = Vec::new();
        for inst in rest.iter().filter_map(|value| self.input.trace.inst(*value)) {
            match (inst.op, inst.imm) {
                (Op::StoreField, Imm::Field(field)) if inst.args.first() == Some(&object) => {
                    if field.repr.size() == 8 {
                        stored.push(field.offset);
                    }
                }
                _ if inst.op.info().effect == pv_ir::Effect::Pure && !inst.op.is_guard() => {}
                _ => break,
            }
        }
        stored
    }

    /// Pops the free list; an empty one is refilled, or passed by, in a cold block.
    pub(super) fn new_object(&mut self, inst: &Inst, initialised: &[u32]) -> Translated<Value> {
        let Imm::New { size, header } = inst.imm else { return malformed("`new` without a size") };
        let kind = self.arg(inst, 0)?;
        let addr = match (self.input.env.free_list)(size as usize) {
            Some(head) => self.pop(head, size),
            None => self.call_alloc(size),
        };
        let header = self.iconst(header as i64);
        self.initialise(addr, size, [header, kind], initialised);
        Ok(self.iadd_const(addr, PTR_TAG as i64))
    }

    fn pop(&mut self, head: usize, size: u32) -> Value {
        let (popping, refilling, join) = (self.new_block(), self.new_block(), self.new_block());
        self.b.set_cold_block(refilling);
        let addr = self.b.append_block_param(join, types::I64);
        let head = self.iconst(head as i64);
        let flags = self.flags(Region::FreeList);
        let block = self.ins().load(types::I64, flags, head, 0);
        self.ins().brif(block, popping, &[], refilling, &[]);
        self.b.switch_to_block(popping);
        let link = self.flags(Region::Any);
        let next = self.ins().load(types::I64, link, block, 0);
        self.ins().store(flags, next, head, 0);
        self.ins().jump(join, &[BlockArg::Value(block)]);
        self.b.switch_to_block(refilling);
        let fresh = self.call_alloc_quietly(size);
        self.ins().jump(join, &[BlockArg::Value(fresh)]);
        self.b.switch_to_block(join);
        addr
    }

    /// Stores header words and fills the rest with [`Word::EMPTY`]. Under no region: the words get theirs later.
    pub(super) fn initialise(&mut self, addr: Value, size: u32, header: [Value; 2], initialised: &[u32]) {
        let flags = self.flags(Region::Any);
        for (index, word) in header.into_iter().enumerate() {
            self.ins().store(flags, word, addr, index as i32 * 8);
        }
        if size / 8 > UNROLLED {
            return self.fill(addr, size);
        }
        let empty = self.iconst(Word::EMPTY.0 as i64);
        for offset in (16..size).step_by(8).filter(|offset| !initialised.contains(offset)) {
            self.ins().store(flags, empty, addr, offset as i32);
        }
    }

    fn fill(&mut self, addr: Value, size: u32) {
        let flags = self.flags(Region::Any);
        let (body, done) = (self.new_block(), self.new_block());
        let at = self.b.append_block_param(body, types::I64);
        let (first, end) = (self.iadd_const(addr, 16), self.iadd_const(addr, i64::from(size)));
        self.ins().jump(body, &[BlockArg::Value(first)]);
        self.b.switch_to_block(body);
        let empty = self.iconst(Word::EMPTY.0 as i64);
        self.ins().store(flags, empty, at, 0);
        let next = self.iadd_const(at, 8);
        let more = self.ins().icmp(IntCC::UnsignedLessThan, next, end);
        self.ins().brif(more, body, &[BlockArg::Value(next)], done, &[]);
        self.b.switch_to_block(done);
    }

    // -- Counts --------------------------------------------------------------------------------------------------

    /// Goes on in a new block, past `work`, if the word is an object; to `done` if not.
    fn only_objects(&mut self, word: Value, done: cranelift_codegen::ir::Block) {
        let (tagged, object) = (self.new_block(), self.new_block());
        let is_pointer = self.is_pointer(word);
        self.ins().brif(is_pointer, tagged, &[], done, &[]);
        self.b.switch_to_block(tagged);
        let present = self.icmp_const(IntCC::NotEqual, word, Word::EMPTY.0 as i64);
        self.ins().brif(present, object, &[], done, &[]);
        self.b.switch_to_block(object);
    }

    /// Loads an object's count and goes on in a new block if it moves; to `done` if the object is immortal.
    fn moving_count(&mut self, word: Value, done: cranelift_codegen::ir::Block) -> Value {
        let flags = self.flags(Region::Class(Counted::ALIAS));
        let count = self.ins().load(types::I32, flags, word, untagged(Counted::OFFSET));
        let zero = self.ins().iconst(types::I32, 0);
        let immortal = self.ins().icmp(IntCC::SignedLessThan, count, zero);
        let mortal = self.new_block();
        self.ins().brif(immortal, done, &[], mortal, &[]);
        self.b.switch_to_block(mortal);
        count
    }

    fn store_count(&mut self, word: Value, count: Value, change: i64) {
        let change = self.ins().iconst(types::I32, change);
        let count = self.ins().iadd(count, change);
        let flags = self.flags(Region::Class(Counted::ALIAS));
        self.ins().store(flags, count, word, untagged(Counted::OFFSET));
    }

    /// Takes a reference to the word.
    pub(super) fn count_up(&mut self, word: Value, is_object: bool) {
        let done = self.new_block();
        if !is_object {
            self.only_objects(word, done);
        }
        let count = self.moving_count(word, done);
        self.store_count(word, count, 1);
        self.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    /// Gives up a reference to the word's object, which has others.
    pub(super) fn count_off(&mut self, word: Value) {
        let done = self.new_block();
        self.only_objects(word, done);
        let count = self.moving_count(word, done);
        self.store_count(word, count, -1);
        self.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    /// Gives up a reference to the word. One test tells what is left alive from the rest: the last reference, and what is immortal, whose
    /// counts are negative. Where an object dies, finalisers may come to wait; a `boundary` that follows is tested there alone.
    fn count_down(&mut self, word: Value, is_object: bool, boundary: Option<&Inst>) -> Translated<()> {
        let (done, alive, rest, dead) = (self.new_block(), self.new_block(), self.new_block(), self.new_block());
        self.b.set_cold_block(rest);
        self.b.set_cold_block(dead);
        if !is_object {
            self.only_objects(word, done);
        }
        let flags = self.flags(Region::Class(Counted::ALIAS));
        let count = self.ins().load(types::I32, flags, word, untagged(Counted::OFFSET));
        let one = self.ins().iconst(types::I32, 1);
        let lives = self.ins().icmp(IntCC::SignedGreaterThan, count, one);
        self.ins().brif(lives, alive, &[], rest, &[]);
        self.b.switch_to_block(alive);
        self.store_count(word, count, -1);
        self.ins().jump(done, &[]);
        self.b.switch_to_block(rest);
        let one = self.ins().iconst(types::I32, 1);
        let last = self.ins().icmp(IntCC::Equal, count, one);
        self.ins().brif(last, dead, &[], done, &[]);
        self.b.switch_to_block(dead);
        self.store_count(word, count, -1);
        self.call_dealloc(word);
        if let Some(boundary) = boundary {
            let waiting = self.finalisers_wait();
            self.leave_if(waiting, boundary)?;
        }
        self.ins().jump(done, &[]);
        self.b.switch_to_block(done);
        Ok(())
    }
}

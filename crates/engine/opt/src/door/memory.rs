//! Loads and stores.

use pv_ir::{Const, Imm, Op, ValueRef};
use pv_machine::{ArrayData, ArrayInfo, FieldInfo, Mutability, Repr};
use smallvec::smallvec;

use super::compare::clobber;
use super::{Args, Door};
use crate::config::Pass;
use crate::fact::{Fact, Kinds};
use crate::heap::{Cell, Index, Kind};
use crate::range::Range;

/// No array is longer.
const LONGEST: i64 = 1 << 58;

impl Door<'_> {
    /// `load_field`.
    pub(crate) fn load_field(&mut self, object: ValueRef, field: &'static FieldInfo) -> ValueRef {
        let object = self.resolve(object);
        if self.is_virtual(object)
            && let Some(value) = self.virtual_load(object, Door::field(field))
        {
            return self.resolve(value);
        }
        if field.mutability == Mutability::Immutable
            && self.runs(Pass::Heap)
            && let Some(value) = self.header_field(object, field)
        {
            self.stats.hit(Pass::Heap);
            return value;
        }
        self.force(object);
        // The recording loads from objects only.
        self.refine_kinds(object, Kinds::OBJECT);
        let (cell, kind) = (Cell::field(object, field), Kind::of_field(field));
        let mut fact = Fact::of_cell(field.repr);
        if self.lengths.contains(field.name) {
            fact.range = fact.range.meet(Range::new(0, LONGEST)).unwrap_or(fact.range);
        }
        let value = self.load(cell, kind, fact, Op::LoadField, smallvec![object], Imm::Field(field));
        self.hold_field(value, object, field);
        value
    }

    fn load(&mut self, cell: Cell, kind: Kind, fact: Fact, op: Op, args: Args, imm: Imm) -> ValueRef {
        if self.runs(Pass::Heap)
            && let Some(value) = self.state.heap.load(cell)
        {
            self.stats.hit(Pass::Heap);
            return self.resolve(value);
        }
        let value = self.append(op, args, imm, None);
        self.set_fact(value, fact);
        self.state.heap.learn(cell, kind, value);
        value
    }

    /// `store_field`.
    pub(crate) fn store_field(
        &mut self,
        object: ValueRef,
        field: &'static FieldInfo,
        value: ValueRef,
    ) -> Option<ValueRef> {
        let (object, value) = (self.resolve(object), self.resolve(value));
        if self.is_virtual(object) && self.virtual_store(object, Door::field(field), value) {
            return None;
        }
        self.force(object);
        self.force(value);
        let (cell, kind) = (Cell::field(object, field), Kind::of_field(field));
        self.store(cell, kind, field.repr, value, Op::StoreField, smallvec![object, value], Imm::Field(field))
    }

    #[expect(clippy::too_many_arguments, reason = "one store in all its parts")]
    fn store(
        &mut self,
        cell: Cell,
        kind: Kind,
        repr: Repr,
        value: ValueRef,
        op: Op,
        args: Args,
        imm: Imm,
    ) -> Option<ValueRef> {
        let (held, fresh) = match self.state.heap.peek(cell) {
            Some((held, fresh)) => (Some(self.resolve(held)), fresh),
            None => (None, false),
        };
        if self.runs(Pass::Heap) && held == Some(value) {
            // The same word goes in that comes out, counts included.
            self.state.heap.load(cell);
            self.stats.hit(Pass::Heap);
            return None;
        }
        // What goes out is the trace's now; what hung on its being there is held no longer.
        if let Some(held) = held.filter(|&held| fresh && self.is_word(held) && self.out.as_const(held).is_none()) {
            self.receive(held);
        }
        if !self.filling && !held.is_some_and(|held| self.is_word(held) && self.is_uncounted(held)) {
            self.break_place(kind);
        }
        if repr == Repr::Word {
            self.give_away(value);
        }
        self.append(op, args, imm, None);
        clobber(self, cell, kind);
        match self.read_back(value, repr) {
            Some(value) => self.state.heap.learn(cell, kind, value),
            None => self.state.heap.forget_cell(cell),
        }
        self.state.heap.note_store(cell, kind);
        None
    }

    /// What a load gives after a store of `value`.
    fn read_back(&mut self, value: ValueRef, repr: Repr) -> Option<ValueRef> {
        if self.survives(value, repr) {
            return Some(value);
        }
        let range = Fact::of_cell(repr).range;
        if range.lo < 0 {
            return None;
        }
        let mask = self.constant(Const::Int(range.hi));
        Some(self.pure(Op::IAnd, &[value, mask], None))
    }

    /// `array_base`.
    pub(crate) fn array_base(&mut self, object: ValueRef, array: &'static ArrayInfo) -> ValueRef {
        let object = self.resolve(object);
        let inline = matches!(array.data, ArrayData::Inline(_));
        if inline && self.is_virtual(object) {
            return self.virtual_base(object, array);
        }
        self.force(object);
        let kind = match &array.data {
            ArrayData::Inline(_) => Kind { mutability: Mutability::Immutable, ..Kind::of_elem(array) },
            ArrayData::Buffer(field) => Kind::of_field(field),
        };
        let cell = Cell::elem(object, array, Index::Base);
        self.load(cell, kind, Fact::RAW, Op::ArrayBase, smallvec![object], Imm::Array(array))
    }

    /// `load_elem` and its twin for small-int words.
    pub(crate) fn load_elem(&mut self, base: ValueRef, array: &'static ArrayInfo, index: ValueRef) -> ValueRef {
        let (base, index) = (self.resolve(base), self.resolve(index));
        if let Some(value) = self.virtual_elem(base, array, index) {
            return self.resolve(value);
        }
        self.force(base);
        let (index, cell) = self.index(base, array, index);
        let op = if self.is_word(index) { Op::LoadElemTagged } else { Op::LoadElem };
        let (kind, fact) = (Kind::of_elem(array), Fact::of_cell(array.elem));
        let value = self.load(cell, kind, fact, op, smallvec![base, index], Imm::Array(array));
        self.hold_elem(value, cell, array);
        value
    }

    fn virtual_elem(&mut self, base: ValueRef, array: &'static ArrayInfo, index: ValueRef) -> Option<ValueRef> {
        let object = self.lazy_base(base)?;
        let place = self.element(array, index)?;
        self.virtual_load(object, place)
    }

    /// `store_elem` and its twin for small-int words.
    pub(crate) fn store_elem(
        &mut self,
        base: ValueRef,
        array: &'static ArrayInfo,
        index: ValueRef,
        value: ValueRef,
    ) -> Option<ValueRef> {
        let (base, index, value) = (self.resolve(base), self.resolve(index), self.resolve(value));
        let place = self.element(array, index);
        if let (Some(object), Some(place)) = (self.lazy_base(base), place)
            && self.virtual_store(object, place, value)
        {
            return None;
        }
        self.force(base);
        self.force(value);
        let (index, cell) = self.index(base, array, index);
        let op = if self.is_word(index) { Op::StoreElemTagged } else { Op::StoreElem };
        let (kind, repr) = (Kind::of_elem(array), array.elem);
        self.store(cell, kind, repr, value, op, smallvec![base, index, value], Imm::Array(array))
    }

    /// An element's index in its cheapest form, and the element's cell. Equal indices of both forms share the cell.
    fn index(&mut self, base: ValueRef, array: &'static ArrayInfo, index: ValueRef) -> (ValueRef, Cell) {
        let object = match self.def(base) {
            Some((Op::ArrayBase, args)) => self.resolve(args[0]),
            _ => base,
        };
        let index = match self.operand(index, Op::UntagInt) {
            Some(word) if self.runs(Pass::Tags) && self.kinds(word).within(Kinds::INT) => word,
            _ => index,
        };
        let place = match self.integer(index) {
            Some(constant) => Index::Const(constant),
            None => {
                let index = self.tagged_of(index).unwrap_or(index);
                let (source, constant) = self.offset(index).unwrap_or((index, 0));
                Index::Sum(self.operand(source, Op::UntagInt).unwrap_or(source), constant)
            }
        };
        (index, Cell::elem(object, array, place))
    }
}

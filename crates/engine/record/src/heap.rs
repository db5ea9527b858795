//! Heap primitives of `Recording`. The only `unsafe` of the crate: proofs and unsafe methods are handed on to `Direct`.

use pv_ir::{Imm, Op, ValueRef, cell_type};
use pv_machine::{Array, ArrayInfo, Context, Field, Machine, Mutability, Own, Typed};
use pv_word::Word;

use crate::machine::{Float, Int, Val};
use crate::recording::Recording;

/// The proof about the concrete half.
#[allow(unsafe_code)]
fn concrete<L>(object: Typed<Val, L>) -> Typed<Word, L> {
    // SAFETY: whoever made the proof vouched for the value, whose concrete half this is.
    unsafe { Typed::assume(object.value().word) }
}

impl<Cx: Context> Recording<'_, Cx> {
    fn object<L>(&self, object: Typed<Val, L>) -> ValueRef {
        self.facts.resolve(object.value().at)
    }

    fn emit_load<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>) -> ValueRef {
        let object = self.object(object);
        self.emit(Op::LoadField, &[object], Imm::Field(field.info), None)
    }

    fn emit_store<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>, value: ValueRef) {
        self.effect();
        let object = self.object(object);
        self.emit(Op::StoreField, &[object, value], Imm::Field(field.info), None);
    }

    fn emit_base(&mut self, object: ValueRef, array: &'static ArrayInfo) -> ValueRef {
        self.emit(Op::ArrayBase, &[object], Imm::Array(array), None)
    }

    fn emit_elem<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int) -> ValueRef {
        let object = self.object(object);
        let base = self.emit_base(object, array.info);
        self.emit(Op::LoadElem, &[base, index.at], Imm::Array(array.info), None)
    }

    fn emit_store_elem<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int, value: ValueRef) {
        self.effect();
        let object = self.object(object);
        let base = self.emit_base(object, array.info);
        self.emit(Op::StoreElem, &[base, index.at, value], Imm::Array(array.info), None);
    }

    /// Is the field's content a constant? That of a constant object whose field never changes is.
    fn is_fixed<L>(&self, object: Typed<Val, L>, field: &'static Field<L>) -> bool {
        self.aborted.is_none()
            && field.info.mutability == Mutability::Immutable
            && self.is_const(self.facts.resolve(object.value().at))
    }

    pub(crate) fn do_load<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>) -> Val {
        let word = self.direct.load(concrete(object), field);
        let at = if self.is_fixed(object, field) { self.constant_word(word) } else { self.emit_load(object, field) };
        Val { word, at }
    }

    pub(crate) fn do_load_int<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>) -> Int {
        let value = self.direct.load_int(concrete(object), field);
        let fixed = self.is_fixed(object, field);
        let at = if fixed { self.constant_int(field.info, value) } else { self.emit_load(object, field) };
        Int { value, at }
    }

    pub(crate) fn do_load_float<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>) -> Float {
        let value = self.direct.load_float(concrete(object), field);
        let at = if self.is_fixed(object, field) { self.b.float(value) } else { self.emit_load(object, field) };
        Float { value, at }
    }

    pub(crate) fn do_replace<L>(
        &mut self,
        object: Typed<Val, L>,
        field: &'static Field<L>,
        value: Own<Val>,
    ) -> Own<Val> {
        let value = self.land(value);
        let old = self.emit_load(object, field);
        self.emit_store(object, field, value.at);
        let word = self.direct.replace(concrete(object), field, Own::new(value.word)).into_inner();
        self.own_result(word, old)
    }

    #[allow(unsafe_code)]
    pub(crate) fn do_store_int<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>, value: Int) {
        let at = if self.is_const(value.at) { self.constant_int(field.info, value.value) } else { value.at };
        self.emit_store(object, field, at);
        // SAFETY: the caller of `store_int` vouched for the value, which is the concrete one.
        unsafe { self.direct.store_int(concrete(object), field, value.value) };
    }

    pub(crate) fn do_store_float<L>(&mut self, object: Typed<Val, L>, field: &'static Field<L>, value: Float) {
        self.emit_store(object, field, value.at);
        self.direct.store_float(concrete(object), field, value.value);
    }

    /// The recorded answer, and the length.
    pub(crate) fn do_in_bounds<L>(
        &mut self,
        object: Typed<Val, L>,
        array: &'static Array<L>,
        index: Int,
    ) -> (bool, ValueRef) {
        let at = self.object(object);
        debug_assert!(self.aborted.is_some() || cell_type(array.info.len.repr) == pv_ir::Type::Int);
        let len = self.emit(Op::LoadField, &[at], Imm::Field(array.info.len), None);
        (self.direct.in_bounds(concrete(object), array, index.value), len)
    }

    pub(crate) fn do_elem<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int) -> Val {
        let word = self.direct.elem(concrete(object), array, index.value);
        Val { word, at: self.emit_elem(object, array, index) }
    }

    pub(crate) fn do_elem_int<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int) -> Int {
        let value = self.direct.elem_int(concrete(object), array, index.value);
        Int { value, at: self.emit_elem(object, array, index) }
    }

    pub(crate) fn do_elem_float<L>(&mut self, object: Typed<Val, L>, array: &'static Array<L>, index: Int) -> Float {
        let value = self.direct.elem_float(concrete(object), array, index.value);
        Float { value, at: self.emit_elem(object, array, index) }
    }

    pub(crate) fn do_replace_elem<L>(
        &mut self,
        object: Typed<Val, L>,
        array: &'static Array<L>,
        index: Int,
        value: Own<Val>,
    ) -> Own<Val> {
        let value = self.land(value);
        let old = self.emit_elem(object, array, index);
        self.emit_store_elem(object, array, index, value.at);
        let word = self.direct.replace_elem(concrete(object), array, index.value, Own::new(value.word)).into_inner();
        self.own_result(word, old)
    }

    pub(crate) fn do_store_elem_int<L>(
        &mut self,
        object: Typed<Val, L>,
        array: &'static Array<L>,
        index: Int,
        value: Int,
    ) {
        self.emit_store_elem(object, array, index, value.at);
        self.direct.store_elem_int(concrete(object), array, index.value, value.value);
    }

    pub(crate) fn do_store_elem_float<L>(
        &mut self,
        object: Typed<Val, L>,
        array: &'static Array<L>,
        index: Int,
        value: Float,
    ) {
        self.emit_store_elem(object, array, index, value.at);
        self.direct.store_elem_float(concrete(object), array, index.value, value.value);
    }

    #[allow(unsafe_code)]
    pub(crate) fn do_allocate(&mut self, size: usize, header: [u64; 2]) -> Own<Val> {
        // SAFETY: the caller of `allocate` vouched for headers and size.
        let word = unsafe { self.direct.allocate(size, header) }.into_inner();
        self.effect();
        let mut at = ValueRef(0);
        if self.aborted.is_none() {
            let kind = self.b.addr(header[1], "kind");
            at = self.emit(Op::New, &[kind], Imm::New { size: size as u32, header: header[0] }, None);
            self.facts.narrow(at, crate::facts::Kinds::COUNTED);
        }
        self.own_result(word, at)
    }
}

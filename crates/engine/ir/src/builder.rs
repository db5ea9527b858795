//! The builder: appends checked instructions to a trace, block by block.
//!
//! Debug builds check operand count and types against the op table on the spot, so that a producer's mistake shows at the
//! producer; the verifier checks everything again at the end.

use std::sync::Arc;

use pv_machine::{ArrayInfo, FieldInfo, HelperInfo, Repr};
use pv_word::Word;
use smallvec::SmallVec;

use crate::inst::{Imm, Inst};
use crate::ops::{Op, ResultKind};
use crate::refs::{BlockRef, SnapRef, TraceId, ValueRef, VirtualRef};
use crate::snapshot::{Snapshot, VirtualDesc};
use crate::trace::{Const, EntryKind, Jump, Terminator, Trace, Type, ValueDef};

/// The type of a value loaded from, or stored into, a cell.
pub const fn cell_type(repr: Repr) -> Type {
    match repr {
        Repr::Word => Type::Word,
        Repr::F64 => Type::Float,
        Repr::I64 | Repr::I32 | Repr::U32 | Repr::U16 | Repr::U8 | Repr::Ptr => Type::Int,
    }
}

/// A trace under construction and the block to which it grows. Block 0 exists from the start.
#[derive(Debug)]
pub struct Builder {
    trace: Trace,
    current: BlockRef,
}

impl Builder {
    /// Starts a trace, standing at the end of its empty entry block.
    pub fn new(id: TraceId, kind: EntryKind, name: impl Into<String>) -> Self {
        let mut trace = Trace::new(id, kind, name);
        let current = trace.push_block(&[]);
        Builder { trace, current }
    }

    /// The trace so far.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// The trace so far, to be changed directly.
    pub fn trace_mut(&mut self) -> &mut Trace {
        &mut self.trace
    }

    /// Gives the trace away.
    pub fn finish(self) -> Trace {
        self.trace
    }

    // -- Blocks --------------------------------------------------------------------------------------------------

    /// Adds a block with parameters of these types, without moving to it.
    pub fn block(&mut self, params: &[Type]) -> BlockRef {
        self.trace.push_block(params)
    }

    /// The block that grows.
    pub fn current(&self) -> BlockRef {
        self.current
    }

    /// Goes on at the end of `block`.
    pub fn switch_to(&mut self, block: BlockRef) {
        self.current = block;
    }

    /// Parameter `index` of `block`.
    pub fn param(&self, block: BlockRef, index: usize) -> ValueRef {
        self.trace.block(block).params[index]
    }

    /// Ends the current block with a jump.
    pub fn jump(&mut self, block: BlockRef, args: &[ValueRef]) {
        self.terminate(Terminator::Jump(Jump::new(block, args)));
    }

    /// Ends the current block with a branch.
    pub fn branch(&mut self, cond: ValueRef, then: Jump, otherwise: Jump) {
        self.terminate(Terminator::Branch { cond, then, otherwise });
    }

    /// Ends the current block by leaving the trace.
    pub fn exit(&mut self, snapshot: SnapRef) {
        self.terminate(Terminator::Exit(snapshot));
    }

    /// Ends the current block by entering another trace.
    pub fn link(&mut self, trace: TraceId, snapshot: SnapRef) {
        self.terminate(Terminator::Link { trace, snapshot });
    }

    /// Ends the current block.
    pub fn terminate(&mut self, terminator: Terminator) {
        let block = &mut self.trace.blocks[self.current.index()];
        debug_assert!(block.terminator.is_none(), "{} ends twice", self.current);
        block.terminator = Some(terminator);
    }

    // -- Constants -----------------------------------------------------------------------------------------------

    /// An immediate word.
    pub fn word(&mut self, word: Word) -> ValueRef {
        debug_assert!(!word.is_object(), "objects need a label: use Builder::object");
        self.trace.constant(Const::Word(word))
    }

    /// A raw integer.
    pub fn int(&mut self, value: i64) -> ValueRef {
        self.trace.constant(Const::Int(value))
    }

    /// A double.
    pub fn float(&mut self, value: f64) -> ValueRef {
        self.trace.constant(Const::Float(value.to_bits()))
    }

    /// A truth value.
    pub fn bool(&mut self, value: bool) -> ValueRef {
        self.trace.constant(Const::Bool(value))
    }

    /// An object, under a label that stands for it in dumps.
    pub fn object(&mut self, word: Word, label: impl Into<Arc<str>>) -> ValueRef {
        self.trace.constant(Const::Object(word, label.into()))
    }

    /// A raw address or header word, under a label.
    pub fn addr(&mut self, bits: u64, label: impl Into<Arc<str>>) -> ValueRef {
        self.trace.constant(Const::Addr(bits, label.into()))
    }

    // -- Instructions --------------------------------------------------------------------------------------------

    /// Adds a snapshot.
    pub fn snapshot(&mut self, snapshot: Snapshot) -> SnapRef {
        self.trace.push_snapshot(snapshot)
    }

    /// Adds a virtual object.
    pub fn virtual_object(&mut self, object: VirtualDesc) -> VirtualRef {
        self.trace.push_virtual(object)
    }

    /// Appends an instruction: the general form of everything below.
    pub fn emit(&mut self, op: Op, args: &[ValueRef], imm: Imm, snapshot: Option<SnapRef>) -> ValueRef {
        self.push(Inst { op, args: SmallVec::from_slice(args), imm, snapshot })
    }

    /// Appends an instruction made elsewhere.
    pub fn push(&mut self, inst: Inst) -> ValueRef {
        debug_assert!(self.trace.blocks[self.current.index()].terminator.is_none(), "{} has ended", self.current);
        if let (true, Err(fault)) = (cfg!(debug_assertions), self.trace.check_inst(&inst)) {
            panic!("{}: {fault}", inst.op.mnemonic());
        }
        let ty = self.trace.result_type(&inst);
        let value = self.trace.push_value(ValueDef::Inst(inst), ty);
        self.trace.blocks[self.current.index()].insts.push(value);
        value
    }

    /// Appends an op without immediate or snapshot.
    pub fn op(&mut self, op: Op, args: &[ValueRef]) -> ValueRef {
        self.emit(op, args, Imm::None, None)
    }

    /// Appends a guard without immediate.
    pub fn guard(&mut self, op: Op, args: &[ValueRef], snapshot: SnapRef) -> ValueRef {
        self.emit(op, args, Imm::None, Some(snapshot))
    }

    /// `load_slot`.
    pub fn load_slot(&mut self, slot: i32) -> ValueRef {
        self.emit(Op::LoadSlot, &[], Imm::Slot(slot), None)
    }

    /// `guard_room`.
    pub fn guard_room(&mut self, slots: i32, frames: u32, snapshot: SnapRef) -> ValueRef {
        self.emit(Op::GuardRoom, &[], Imm::Room { slots, frames }, Some(snapshot))
    }

    /// `load_field`.
    pub fn load_field(&mut self, object: ValueRef, field: &'static FieldInfo) -> ValueRef {
        self.emit(Op::LoadField, &[object], Imm::Field(field), None)
    }

    /// `store_field`.
    pub fn store_field(&mut self, object: ValueRef, field: &'static FieldInfo, value: ValueRef) -> ValueRef {
        self.emit(Op::StoreField, &[object, value], Imm::Field(field), None)
    }

    /// `array_base`.
    pub fn array_base(&mut self, object: ValueRef, array: &'static ArrayInfo) -> ValueRef {
        self.emit(Op::ArrayBase, &[object], Imm::Array(array), None)
    }

    /// `load_elem`, or `load_elem_t` when the index is a word.
    pub fn load_elem(&mut self, base: ValueRef, array: &'static ArrayInfo, index: ValueRef) -> ValueRef {
        let op = if self.trace.ty(index) == Type::Word { Op::LoadElemTagged } else { Op::LoadElem };
        self.emit(op, &[base, index], Imm::Array(array), None)
    }

    /// `store_elem`, or `store_elem_t` when the index is a word.
    pub fn store_elem(
        &mut self,
        base: ValueRef,
        array: &'static ArrayInfo,
        index: ValueRef,
        value: ValueRef,
    ) -> ValueRef {
        let op = if self.trace.ty(index) == Type::Word { Op::StoreElemTagged } else { Op::StoreElem };
        self.emit(op, &[base, index, value], Imm::Array(array), None)
    }

    /// `new`; `kind` is header word 1.
    pub fn new_object(&mut self, size: u32, header: u64, kind: ValueRef) -> ValueRef {
        self.emit(Op::New, &[kind], Imm::New { size, header }, None)
    }

    /// Calls a helper; the op follows from its result.
    pub fn call(&mut self, helper: &'static HelperInfo, args: &[ValueRef], safepoint: Option<SnapRef>) -> ValueRef {
        self.emit(Op::call_of(helper), args, Imm::Helper(helper), safepoint)
    }

    /// Calls a helper with a window of home slots, which the safepoint brings up to date.
    pub fn call_window(
        &mut self,
        helper: &'static HelperInfo,
        args: &[ValueRef],
        first: i32,
        count: u32,
        safepoint: SnapRef,
    ) -> ValueRef {
        self.emit(Op::call_of(helper), args, Imm::Window { helper, first, count }, Some(safepoint))
    }
}

impl Trace {
    /// The type of an instruction's result. The instruction must fit the op table.
    pub fn result_type(&self, inst: &Inst) -> Type {
        match (inst.op.info().result, inst.imm) {
            (ResultKind::Is(ty), _) => ty,
            (ResultKind::Same, _) => self.ty(inst.args[inst.args.len() - 1]),
            (ResultKind::Cell, Imm::Field(field)) => cell_type(field.repr),
            (ResultKind::Cell, Imm::Array(array)) => cell_type(array.elem),
            (ResultKind::Cell, _) => Type::Unit,
        }
    }
}

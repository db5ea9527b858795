//! Calls of helpers.

use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, StackSlotData, StackSlotKind, Value, types};
use pv_ir::{Imm, Inst, SnapRef};
use pv_machine::{Param, State};
use pv_word::INT_SHIFT;

use crate::trampoline::quiet_signature;

use super::{Region, Translated, Translator, malformed};

fn clif_param(param: Param) -> cranelift_codegen::ir::Type {
    match param {
        Param::Float => types::F64,
        Param::Cx | Param::Word | Param::Int | Param::Window => types::I64,
    }
}

impl Translator<'_> {
    /// A call op, with its safepoint.
    pub(super) fn call_helper(&mut self, inst: &Inst) -> Translated<Value> {
        let (helper, window) = match inst.imm {
            Imm::Helper(helper) => (helper, None),
            Imm::Window { helper, first, count } => (helper, Some((first, count))),
            _ => return malformed("a call without a helper"),
        };
        let mut operands = inst.args.iter();
        let mut args = Vec::with_capacity(helper.params.len() + 1);
        for &param in helper.params {
            match (param, window) {
                (Param::Cx, _) => args.push(self.context()),
                (Param::Window, Some((first, count))) => {
                    args.push(self.iadd_const(self.base, i64::from(first) * 8));
                    args.push(self.iconst(i64::from(count)));
                }
                (Param::Window, None) => return malformed(format!("no window for {}", helper.name)),
                _ => match operands.next() {
                    Some(&operand) => args.push(self.value(operand)?),
                    None => return malformed(format!("too few operands for {}", helper.name)),
                },
            }
        }
        if let Some(snapshot) = inst.snapshot {
            self.safepoint(snapshot)?;
        }
        let result = self.call(helper.addr.0 as usize, helper.params, helper.result, &args);
        if let Some(depth) = inst.snapshot.map(|snapshot| self.input.trace.snapshot(snapshot).depth) {
            self.add_depth(depth.wrapping_neg());
        }
        Ok(result)
    }

    /// Brings home slots and thread state up to date.
    fn safepoint(&mut self, name: SnapRef) -> Translated<()> {
        let snapshot = self.input.trace.snapshot(name);
        for &(slot, value) in &snapshot.slots {
            let value = self.slot_value(value, &[])?;
            self.store_slot(slot, value);
        }
        self.move_base(snapshot.base, snapshot.depth);
        let pc = self.ins().iconst(types::I32, i64::from(snapshot.pc));
        self.store_state(pc, std::mem::offset_of!(State, pc));
        Ok(())
    }

    pub(super) fn store_slot(&mut self, slot: i32, word: Value) {
        let flags = self.flags(Region::Frame);
        let base = self.base;
        self.ins().store(flags, word, base, slot * 8);
    }

    /// Makes base and depth those of a snapshot.
    pub(super) fn move_base(&mut self, base: i32, depth: i32) {
        let base = if base == 0 { self.base } else { self.iadd_const(self.base, i64::from(base) * 8) };
        self.store_state(base, std::mem::offset_of!(State, base));
        self.add_depth(depth);
    }

    fn add_depth(&mut self, change: i32) {
        if change != 0 {
            let depth = self.load_state(types::I32, std::mem::offset_of!(State, depth));
            let change = self.ins().iconst(types::I32, i64::from(change as u32));
            let depth = self.ins().iadd(depth, change);
            self.store_state(depth, std::mem::offset_of!(State, depth));
        }
    }

    fn context(&mut self) -> Value {
        self.load_state(types::I64, std::mem::offset_of!(State, cx))
    }

    fn call(&mut self, addr: usize, params: &[Param], result: Param, args: &[Value]) -> Value {
        let mut signature = Signature::new(self.call_conv);
        for &param in params {
            signature.params.push(AbiParam::new(clif_param(param)));
            if param == Param::Window {
                signature.params.push(AbiParam::new(types::I64));
            }
        }
        signature.returns.push(AbiParam::new(clif_param(result)));
        let signature = self.b.import_signature(signature);
        let callee = self.iconst(addr as i64);
        let call = self.ins().call_indirect(signature, callee, args);
        self.b.inst_results(call)[0]
    }

    /// The box of a double, for cold blocks.
    pub(super) fn call_box_float(&mut self, value: Value) -> Value {
        let (through, helper) = (self.input.quiet.float, self.input.env.box_float);
        self.call_quietly(through, helper, value)
    }

    /// The address of a fresh block, for cold blocks.
    pub(super) fn call_alloc_quietly(&mut self, size: u32) -> Value {
        let size = self.iconst(i64::from(size) << INT_SHIFT);
        let (through, helper) = (self.input.quiet.int, self.input.env.alloc);
        self.call_quietly(through, helper, size)
    }

    fn call_quietly(&mut self, through: usize, helper: usize, argument: Value) -> Value {
        let slot = *self.result_slot.get_or_insert_with(|| {
            self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3))
        });
        let signature = quiet_signature(self.b.func.dfg.value_type(argument));
        let signature = self.b.import_signature(signature);
        let (cx, helper, callee) = (self.context(), self.iconst(helper as i64), self.iconst(through as i64));
        let result = self.ins().stack_addr(types::I64, slot, 0);
        self.ins().call_indirect(signature, callee, &[cx, helper, result, argument]);
        self.ins().stack_load(types::I64, types::I64, slot, 0)
    }

    pub(super) fn call_dealloc(&mut self, object: Value) {
        let cx = self.context();
        self.call(self.input.env.dealloc, &[Param::Cx, Param::Word], Param::Int, &[cx, object]);
    }

    /// The address of a fresh block.
    pub(super) fn call_alloc(&mut self, size: u32) -> Value {
        let (cx, size) = (self.context(), self.iconst(i64::from(size) << INT_SHIFT));
        self.call(self.input.env.alloc, &[Param::Cx, Param::Word], Param::Int, &[cx, size])
    }
}

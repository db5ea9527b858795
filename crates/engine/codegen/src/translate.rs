//! Trace to CLIF.
//!
//! Blocks become blocks, values become values; constants are made anew at each use. A guard ends a CLIF block: it branches to its
//! exit's cold block, which is filled once at the end, when every value is known.

mod calls;
mod exits;
mod floats;
mod heap;
mod ints;

use std::borrow::Cow;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::immediates::Ieee64;
use cranelift_codegen::ir::{
    AliasRegionData, Block, BlockArg, Function, InstBuilder, MemFlagsData, SourceLoc, StackSlot, Type as ClifType,
    Value, types,
};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FuncInstBuilder, FunctionBuilder, FunctionBuilderContext};
use pv_ir::{Const, Dominators, Effect, Imm, Inst, Jump, Op, SnapRef, Terminator, Trace, TraceId, Type, ValueRef};
use pv_machine::{AliasClass, State};

use crate::compiled::{ExitInfo, TraceData};
use crate::compiler::Quiet;
use crate::env::Env;
use crate::error::CodegenError;

/// What a translation needs.
pub(crate) struct Input<'a> {
    pub(crate) trace: &'a Trace,
    pub(crate) env: &'a Env<'a>,
    pub(crate) dominators: &'a Dominators,
    pub(crate) exits: &'a [ExitInfo],
    pub(crate) data: &'a TraceData,
    pub(crate) quiet: Quiet,
}

/// A disjoint part of memory in the generated code.
#[derive(Clone, Copy)]
enum Region {
    /// Anything; a store is a fence.
    Any,
    /// Home slots.
    Frame,
    /// The thread state.
    State,
    /// Heads of free lists.
    FreeList,
    /// A heap class of the language.
    Class(AliasClass),
}

/// Fills `function` with the code of a trace.
pub(crate) fn translate(
    function: &mut Function,
    frontend: &mut FunctionBuilderContext,
    isa: &dyn TargetIsa,
    input: Input<'_>,
) -> Result<(), CodegenError> {
    let mut builder = FunctionBuilder::new(function, frontend);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let state = builder.block_params(entry)[0];
    let mut translator = Translator {
        values: vec![None; input.trace.values.len()],
        blocks: vec![None; input.trace.blocks.len()],
        exit_blocks: vec![None; input.exits.len()],
        cold: false,
        fitting: Vec::new(),
        waiting: Vec::new(),
        at: ValueRef(0),
        checked: false,
        boundary: None,
        bounded: false,
        result_slot: None,
        call_conv: isa.default_call_conv(),
        state,
        base: state,
        input,
        b: builder,
    };
    translator.blocks[0] = Some(entry);
    translator.base = translator.load_state(types::I64, std::mem::offset_of!(State, base));
    translator.run()?;
    translator.b.seal_all_blocks();
    translator.b.finalize(isa.frontend_config());
    Ok(())
}

struct Translator<'a> {
    b: FunctionBuilder<'a>,
    input: Input<'a>,
    values: Vec<Option<Value>>,
    blocks: Vec<Option<Block>>,
    /// Cold blocks by exit, once something branches there.
    exit_blocks: Vec<Option<Block>>,
    /// Are exits being filled? Then every new block is cold.
    cold: bool,
    /// Doubles of the current block that a guard has found to have an immediate form.
    fitting: Vec<ValueRef>,
    /// Slots of the current block that are loaded where they are first used: most are used once, and later.
    waiting: Vec<(ValueRef, i32)>,
    /// The instruction being translated.
    at: ValueRef,
    /// Has no finaliser been queued in the current block since a `boundary`?
    checked: bool,
    /// The `boundary` that the release being translated tests.
    boundary: Option<&'a Inst>,
    /// Is the next `boundary` tested already?
    bounded: bool,
    /// Where quiet calls leave their result.
    result_slot: Option<StackSlot>,
    call_conv: CallConv,
    state: Value,
    base: Value,
}

type Translated<T> = Result<T, CodegenError>;

fn malformed<T>(what: impl Into<String>) -> Translated<T> {
    Err(CodegenError::Malformed(what.into()))
}

fn clif_type(ty: Type) -> ClifType {
    match ty {
        Type::Float => types::F64,
        Type::Bool | Type::Unit => types::I8,
        Type::Word | Type::Int | Type::Ptr => types::I64,
    }
}

impl<'a> Translator<'a> {
    fn run(&mut self) -> Translated<()> {
        let order = self.input.dominators.order();
        for &name in &order[1..] {
            let block = self.b.create_block();
            self.blocks[name.index()] = Some(block);
            for &param in &self.input.trace.block(name).params {
                let ty = clif_type(self.input.trace.ty(param));
                self.values[param.index()] = Some(self.b.append_block_param(block, ty));
            }
        }
        for &name in order {
            if let Some(block) = self.blocks[name.index()].filter(|_| name != Trace::ENTRY) {
                self.b.switch_to_block(block);
            }
            self.block(&self.input.trace.block(name).insts, self.input.trace.block(name).terminator.as_ref())?;
        }
        self.fill_exits()
    }

    fn block(&mut self, insts: &'a [ValueRef], end: Option<&'a Terminator>) -> Translated<()> {
        self.fitting.clear();
        (self.checked, self.bounded) = (false, false);
        for (index, &name) in insts.iter().enumerate() {
            let Some(inst) = self.input.trace.inst(name) else { return malformed(format!("{name} is no instruction")) };
            self.at = name;
            self.b.set_srcloc(SourceLoc::new(name.0));
            let result = match (inst.op, inst.imm) {
                (Op::LoadSlot, Imm::Slot(slot)) => {
                    self.waiting.push((name, slot));
                    None
                }
                (Op::New, _) => {
                    let initialised = self.stored_next(name, &insts[index + 1..]);
                    Some(self.new_object(inst, &initialised)?)
                }
                (Op::Boundary, _) if std::mem::take(&mut self.bounded) => None,
                _ => {
                    let next = insts.get(index + 1).and_then(|&next| self.input.trace.inst(next));
                    self.watch(inst, next);
                    self.inst(inst)?
                }
            };
            self.values[name.index()] = result;
        }
        self.load_waiting();
        self.b.set_srcloc(SourceLoc::default());
        match end {
            Some(Terminator::Jump(jump)) => {
                let (block, args) = self.target(jump)?;
                self.b.ins().jump(block, &args);
            }
            Some(Terminator::Branch { cond, then, otherwise }) => {
                let cond = self.value(*cond)?;
                let (then, then_args) = self.target(then)?;
                let (otherwise, otherwise_args) = self.target(otherwise)?;
                self.b.ins().brif(cond, then, &then_args, otherwise, &otherwise_args);
            }
            Some(Terminator::Exit(snapshot)) => self.jump_to_exit(*snapshot, None)?,
            Some(Terminator::Link { trace, snapshot }) => self.jump_to_exit(*snapshot, Some(*trace))?,
            None => return malformed("a block does not end"),
        }
        Ok(())
    }

    /// Ahead of an instruction other than `load_slot` and `new`: what calls may change is loaded, and a `boundary` behind a release is tested
    /// where the release has freed something, if nothing else can have queued a finaliser since the last one.
    fn watch(&mut self, inst: &Inst, next: Option<&'a Inst>) {
        match inst.op.info().effect {
            Effect::Call => {
                self.load_waiting();
                self.checked = false;
            }
            Effect::Release => {
                self.boundary = next.filter(|next| self.checked && next.op == Op::Boundary);
                // Ahead of the release: where it frees is no place that others come past.
                self.boundary.and_then(|boundary| boundary.snapshot).into_iter().for_each(|at| self.load_mentioned(at));
                self.bounded = self.boundary.is_some();
                self.checked = self.bounded;
            }
            _ if inst.op == Op::Boundary => self.checked = true,
            _ => {}
        }
    }

    // -- Home slots ----------------------------------------------------------------------------------------------

    /// Loads every slot that waits for its first use.
    fn load_waiting(&mut self) {
        for (name, slot) in std::mem::take(&mut self.waiting) {
            self.load_slot(name, slot);
        }
    }

    /// Loads a slot that waits for its first use, if it does.
    fn load_if_waiting(&mut self, name: ValueRef) {
        if let Some(at) = self.waiting.iter().position(|&(waiting, _)| waiting == name) {
            let (name, slot) = self.waiting.swap_remove(at);
            self.load_slot(name, slot);
        }
    }

    fn load_slot(&mut self, name: ValueRef, slot: i32) {
        self.b.set_srcloc(SourceLoc::new(name.0));
        let flags = self.flags(Region::Frame);
        self.values[name.index()] = Some(self.b.ins().load(types::I64, flags, self.base, slot * 8));
        self.b.set_srcloc(SourceLoc::new(self.at.0));
    }

    /// Loads what a snapshot mentions and what still waits for its first use.
    fn load_mentioned(&mut self, snapshot: SnapRef) {
        if !self.waiting.is_empty() {
            let trace = self.input.trace;
            let mentioned = trace.snapshot_values(snapshot);
            mentioned.into_iter().for_each(|name| self.load_if_waiting(name));
        }
    }

    fn jump_to_exit(&mut self, snapshot: SnapRef, link: Option<TraceId>) -> Translated<()> {
        let exit = self.exit_block(snapshot, link)?;
        self.b.ins().jump(exit, &[]);
        Ok(())
    }

    fn target(&mut self, jump: &Jump) -> Translated<(Block, Vec<BlockArg>)> {
        let args = jump.args.iter().map(|arg| self.value(*arg).map(BlockArg::Value)).collect::<Translated<_>>()?;
        match self.blocks.get(jump.block.index()) {
            Some(&Some(block)) => Ok((block, args)),
            _ => malformed(format!("a jump to {}", jump.block)),
        }
    }

    /// An instruction other than `new`; its result, if it has one.
    fn inst(&mut self, inst: &Inst) -> Translated<Option<Value>> {
        match inst.op.info().effect {
            Effect::Call => self.call_helper(inst).map(Some),
            Effect::Load | Effect::Store | Effect::Count | Effect::Release => self.heap_op(inst),
            Effect::Frame | Effect::State => self.other_op(inst),
            Effect::Pure | Effect::Alloc => self.pure_op(inst),
        }
    }

    fn pure_op(&mut self, inst: &Inst) -> Translated<Option<Value>> {
        if let Some(result) = self.int_op(inst)? {
            return Ok(Some(result));
        }
        match self.float_op(inst)? {
            Some(result) => Ok(Some(result)),
            None => self.other_op(inst),
        }
    }

    fn other_op(&mut self, inst: &Inst) -> Translated<Option<Value>> {
        match (inst.op, inst.imm) {
            (Op::GuardTrue, _) => self.guard_bool(inst, true),
            (Op::GuardFalse, _) => self.guard_bool(inst, false),
            (Op::GuardNotRaised, _) => {
                let word = self.arg(inst, 0)?;
                let raised = self.icmp_const(IntCC::Equal, word, pv_word::Word::EMPTY.0 as i64);
                self.leave_if(raised, inst)
            }
            (Op::GuardNotRaisedInt, _) => {
                let result = self.arg(inst, 0)?;
                let raised = self.icmp_const(IntCC::SignedLessThan, result, 0);
                self.leave_if(raised, inst)
            }
            (Op::GuardNotInvalidated, _) => {
                let addr = self.iconst(self.input.data.flag_addr() as i64);
                let flags = self.flags(Region::Any);
                let flag = self.b.ins().load(types::I64, flags, addr, 0);
                self.leave_if(flag, inst)
            }
            (Op::Poll, _) => {
                let offset = std::mem::offset_of!(State, breaker) as i64;
                let offset = self.iconst(offset);
                let addr = self.b.ins().iadd(self.state, offset);
                let flags = self.flags(Region::State);
                // Atomic, so that no poll is answered by an earlier one.
                let bits = self.b.ins().atomic_load(types::I32, flags, addr);
                self.leave_if(bits, inst)
            }
            (Op::Boundary, _) => {
                let waiting = self.finalisers_wait();
                self.leave_if(waiting, inst)
            }
            (Op::GuardRoom, Imm::Room { slots, frames }) => self.guard_room(inst, slots, frames),
            (Op::Select, _) => {
                let (cond, then, otherwise) = (self.arg(inst, 0)?, self.arg(inst, 1)?, self.arg(inst, 2)?);
                Ok(Some(self.b.ins().select(cond, then, otherwise)))
            }
            _ => malformed(format!("`{}` with a foreign immediate", inst.op.mnemonic())),
        }
    }

    fn finalisers_wait(&mut self) -> Value {
        let bits = self.load_state(types::I32, std::mem::offset_of!(State, breaker));
        let mask = self.b.ins().iconst(types::I32, i64::from(pv_machine::Breaker::FINALIZERS));
        self.b.ins().band(bits, mask)
    }

    fn guard_room(&mut self, inst: &Inst, slots: i32, frames: u32) -> Translated<Option<Value>> {
        let bytes = self.iconst(i64::from(slots) * 8);
        let top = self.b.ins().iadd(self.base, bytes);
        let limit = self.load_state(types::I64, std::mem::offset_of!(State, limit));
        let full = self.b.ins().icmp(IntCC::UnsignedGreaterThan, top, limit);
        self.leave_if(full, inst)?;
        let depth = self.load_state(types::I32, std::mem::offset_of!(State, depth));
        let room = self.input.env.depth_limit.saturating_sub(frames);
        let room = self.b.ins().iconst(types::I32, i64::from(room));
        let deep = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, depth, room);
        self.leave_if(deep, inst)
    }

    // -- Guards ------------------------------------------------------------------------------------------------

    fn guard_bool(&mut self, inst: &Inst, expected: bool) -> Translated<Option<Value>> {
        match inst.args.first() {
            Some(&operand) => self.guard_operand(inst, operand, expected),
            None => malformed("a guard without operand"),
        }
    }

    /// The double whose immediate form a condition tests.
    fn tested_double(&self, condition: ValueRef) -> Option<ValueRef> {
        let test = self.input.trace.inst(condition).filter(|test| test.op == Op::FloatFits)?;
        test.args.first().copied()
    }

    /// Looks through negations, and tests the parts of a conjunction one by one: a compare and its branch fuse.
    fn guard_operand(&mut self, inst: &Inst, operand: ValueRef, expected: bool) -> Translated<Option<Value>> {
        if let Some(made) = self.input.trace.inst(operand) {
            match (made.op, &made.args[..]) {
                (Op::Not, &[negated]) => return self.guard_operand(inst, negated, !expected),
                (Op::And, &[a, b]) if expected => {
                    self.guard_operand(inst, a, true)?;
                    return self.guard_operand(inst, b, true);
                }
                (Op::Or, &[a, b]) if !expected => {
                    self.guard_operand(inst, a, false)?;
                    return self.guard_operand(inst, b, false);
                }
                _ => {}
            }
        }
        let cond = self.value(operand)?;
        if let (true, Some(double)) = (expected, self.tested_double(operand)) {
            self.fitting.push(double);
        }
        if expected { self.leave_unless(cond, inst) } else { self.leave_if(cond, inst) }
    }

    /// Leaves through the instruction's snapshot if `cond` is not zero.
    fn leave_if(&mut self, cond: Value, inst: &Inst) -> Translated<Option<Value>> {
        let (exit, stay) = (self.guard_exit(inst)?, self.new_block());
        self.b.ins().brif(cond, exit, &[], stay, &[]);
        self.b.switch_to_block(stay);
        Ok(None)
    }

    /// Leaves through the instruction's snapshot if `cond` is zero.
    fn leave_unless(&mut self, cond: Value, inst: &Inst) -> Translated<Option<Value>> {
        let (exit, stay) = (self.guard_exit(inst)?, self.new_block());
        self.b.ins().brif(cond, stay, &[], exit, &[]);
        self.b.switch_to_block(stay);
        Ok(None)
    }

    fn guard_exit(&mut self, inst: &Inst) -> Translated<Block> {
        match inst.snapshot {
            Some(snapshot) => self.exit_block(snapshot, None),
            None => malformed(format!("`{}` without a snapshot", inst.op.mnemonic())),
        }
    }

    fn exit_block(&mut self, snapshot: SnapRef, link: Option<TraceId>) -> Translated<Block> {
        self.load_mentioned(snapshot);
        let found = self.input.exits.iter().position(|exit| exit.snapshot == snapshot && exit.link == link);
        let Some(index) = found else { return malformed(format!("{snapshot} is no exit")) };
        if let Some(block) = self.exit_blocks[index] {
            return Ok(block);
        }
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        self.exit_blocks[index] = Some(block);
        Ok(block)
    }

    // -- Values --------------------------------------------------------------------------------------------------

    fn value(&mut self, name: ValueRef) -> Translated<Value> {
        if let Some(constant) = self.input.trace.as_const(name) {
            return Ok(self.constant(constant));
        }
        self.load_if_waiting(name);
        match self.values[name.index()] {
            Some(value) => Ok(value),
            None => malformed(format!("{name} has no value")),
        }
    }

    fn arg(&mut self, inst: &Inst, index: usize) -> Translated<Value> {
        match inst.args.get(index) {
            Some(&value) => self.value(value),
            None => malformed(format!("`{}` without operand {index}", inst.op.mnemonic())),
        }
    }

    /// Operand `index` as a constant's bits.
    fn const_arg(&self, inst: &Inst, index: usize) -> Option<i64> {
        let constant = self.input.trace.as_const(*inst.args.get(index)?)?;
        Some(constant.bits() as i64)
    }

    fn constant(&mut self, constant: &Const) -> Value {
        match constant {
            Const::Float(bits) => self.b.ins().f64const(Ieee64::with_bits(*bits)),
            Const::Bool(value) => self.b.ins().iconst(types::I8, i64::from(*value)),
            other => self.iconst(other.bits() as i64),
        }
    }

    fn new_block(&mut self) -> Block {
        let block = self.b.create_block();
        if self.cold {
            self.b.set_cold_block(block);
        }
        block
    }

    fn ins(&mut self) -> FuncInstBuilder<'_, 'a> {
        self.b.ins()
    }

    fn iconst(&mut self, value: i64) -> Value {
        self.b.ins().iconst(types::I64, value)
    }

    fn icmp_const(&mut self, cond: IntCC, value: Value, constant: i64) -> Value {
        let constant = self.iconst(constant);
        self.b.ins().icmp(cond, value, constant)
    }

    fn band_const(&mut self, value: Value, mask: i64) -> Value {
        let mask = self.iconst(mask);
        self.b.ins().band(value, mask)
    }

    fn iadd_const(&mut self, value: Value, addend: i64) -> Value {
        let addend = self.iconst(addend);
        self.b.ins().iadd(value, addend)
    }

    fn shl_const(&mut self, value: Value, count: i64) -> Value {
        let count = self.iconst(count);
        self.b.ins().ishl(value, count)
    }

    fn sshr_const(&mut self, value: Value, count: i64) -> Value {
        let count = self.iconst(count);
        self.b.ins().sshr(value, count)
    }

    // -- Memory ----------------------------------------------------------------------------------------------------

    fn flags(&mut self, region: Region) -> MemFlagsData {
        let user_id = match region {
            Region::Any => return MemFlagsData::trusted(),
            Region::Frame => 0,
            Region::State => 1,
            Region::FreeList => 2,
            Region::Class(class) => 16 + u32::from(class.0),
        };
        let regions = &mut self.b.func.dfg.alias_regions;
        let region = regions.get(user_id).unwrap_or_else(|| {
            let description = match region {
                Region::Any => Cow::from("anything"),
                Region::Frame => Cow::from("home slots"),
                Region::State => Cow::from("thread state"),
                Region::FreeList => Cow::from("free lists"),
                Region::Class(class) => Cow::from(format!("class {}", class.0)),
            };
            regions.insert(AliasRegionData { user_id, description })
        });
        MemFlagsData::trusted().with_alias_region(Some(region))
    }

    fn load_state(&mut self, ty: ClifType, offset: usize) -> Value {
        let flags = self.flags(Region::State);
        self.b.ins().load(ty, flags, self.state, offset as i32)
    }

    fn store_state(&mut self, value: Value, offset: usize) {
        let flags = self.flags(Region::State);
        self.b.ins().store(flags, value, self.state, offset as i32);
    }
}

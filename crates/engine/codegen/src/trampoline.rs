//! The way into compiled code and the way back.

use cranelift_codegen::ir::{AbiParam, Function, InstBuilder, MemFlagsData, Signature, Type, UserFuncName, types};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use pv_machine::State;

use crate::compiled::{CompiledTrace, ExitRecord};
use crate::compiler::trace_signature;

/// A function that enters a trace from Rust; copies are alike.
#[derive(Clone, Copy)]
pub struct Trampoline {
    enter: extern "C" fn(*const State, usize),
}

impl Trampoline {
    /// The trampoline whose code stands at `addr`.
    ///
    /// # Safety
    /// `addr` is the address of the code of [`enter_function`] and stays executable.
    pub(crate) unsafe fn new(addr: usize) -> Self {
        // SAFETY: the code at `addr` has this signature, as the caller vouches.
        Trampoline { enter: unsafe { std::mem::transmute::<usize, extern "C" fn(*const State, usize)>(addr) } }
    }

    /// Runs a trace from the frame that `state.base` names until an exit returns; answers the exit's number, which may belong to
    /// a bridge or to a linked trace.
    ///
    /// # Safety
    /// The trace was compiled for the context that embeds `state`; it is entered where it starts, with the slots it loads
    /// initialised; it and everything attached to it, directly or not, stay alive.
    pub unsafe fn enter(&self, state: &State, trace: &CompiledTrace) -> u32 {
        (self.enter)(state, trace.entry());
        state.exit.get()
    }
}

/// `fn(state, entry)` in the system's convention: calls `entry(state)` in the traces' convention.
pub(crate) fn enter_function(isa: &OwnedTargetIsa, frontend: &mut FunctionBuilderContext) -> Function {
    let mut signature = Signature::new(isa.default_call_conv());
    signature.params.extend([AbiParam::new(types::I64); 2]);
    build(signature, isa, frontend, |b| {
        let callee = b.import_signature(trace_signature());
        let params = b.block_params(b.current_block().expect("inside the entry block")).to_vec();
        let no_exit = b.ins().iconst(types::I64, 0);
        b.ins().call_indirect(callee, params[1], &[params[0], no_exit]);
    })
}

/// Where exits lead that nothing hangs on: notes exit and program counter in the state and returns to whoever called the
/// trampoline.
pub(crate) fn stub_function(isa: &OwnedTargetIsa, frontend: &mut FunctionBuilderContext) -> Function {
    let noted = [
        (std::mem::offset_of!(ExitRecord, id), std::mem::offset_of!(State, exit)),
        (std::mem::offset_of!(ExitRecord, pc), std::mem::offset_of!(State, pc)),
    ];
    build(trace_signature(), isa, frontend, |b| {
        let params = b.block_params(b.current_block().expect("inside the entry block")).to_vec();
        for (from, to) in noted {
            let value = b.ins().load(types::I32, MemFlagsData::trusted(), params[1], from as i32);
            b.ins().store(MemFlagsData::trusted(), value, params[0], to as i32);
        }
    })
}

/// The signature of [`quiet_function`]: context, address of the helper, where to put the result, argument.
pub(crate) fn quiet_signature(argument: Type) -> Signature {
    let mut signature = Signature::new(CallConv::PreserveAll);
    signature.params.extend([AbiParam::new(types::I64); 3]);
    signature.params.push(AbiParam::new(argument));
    signature
}

/// Calls a helper on behalf of a cold block and leaves every register as it was, so that a call hardly ever made costs the
/// hot code around it neither registers nor a longer way in and out. The result goes through memory: that convention knows none.
pub(crate) fn quiet_function(isa: &OwnedTargetIsa, frontend: &mut FunctionBuilderContext, argument: Type) -> Function {
    let mut helper = Signature::new(isa.default_call_conv());
    helper.params.extend([AbiParam::new(types::I64), AbiParam::new(argument)]);
    helper.returns.push(AbiParam::new(types::I64));
    build(quiet_signature(argument), isa, frontend, |b| {
        let params = b.block_params(b.current_block().expect("inside the entry block")).to_vec();
        let helper = b.import_signature(helper);
        let call = b.ins().call_indirect(helper, params[1], &[params[0], params[3]]);
        let result = b.inst_results(call)[0];
        b.ins().store(MemFlagsData::trusted(), result, params[2], 0);
    })
}

fn build(
    signature: Signature,
    isa: &OwnedTargetIsa,
    frontend: &mut FunctionBuilderContext,
    body: impl FnOnce(&mut FunctionBuilder<'_>),
) -> Function {
    let mut function = Function::with_name_signature(UserFuncName::default(), signature);
    let mut builder = FunctionBuilder::new(&mut function, frontend);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    body(&mut builder);
    builder.ins().return_(&[]);
    builder.seal_all_blocks();
    builder.finalize(isa.frontend_config());
    function
}

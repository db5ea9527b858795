//! Generators and coroutines: suspending moves the frame's registers into the object, resuming copies them back.
//!
//! A running generator's frame owns the generator through its extra slot. The object keeps its function for ever; the frame's slot 0
//! holds a reference of its own. A suspended generator's program counter is that of the instruction that suspended it.

use pv_bytecode::Pc;
use pv_bytecode::op::Op;
use pv_machine::{Cmp, Direct, Flow, Machine, Own, Slot, Typed};
use pv_object::{CodeRef, Generator, GeneratorState, Obj, desc, known, trusted};
use pv_runtime::vm::Resumed;
use pv_runtime::{Thread, code};
use pv_word::Word;

use crate::frame::{Action, CALLEE, EXTRA, RETURN_INFO, ReturnInfo};
use crate::handlers::returns::Resumer;
use crate::handlers::{calls, returns};
use crate::helpers;
use crate::operands::{FRAME_HEADER, Ops, Python, boundary, done, owned, reg, slot, write};
use crate::{step, unwind};

/// `RETURN_GENERATOR`: moves the frame into a new generator and returns that.
pub fn make<M: Python>(m: &mut M, _: Ops) -> Flow {
    let to = returns::resumer(m);
    let callee = m.get(Slot(CALLEE));
    if m.cx().notes_origins() {
        m.call_int(&helpers::NOTE_ORIGIN, &[callee]);
    }
    let made = m.call(&helpers::NEW_GENERATOR, &[callee]);
    if m.raised(&made) {
        return unwind::raise(m, made);
    }
    let generator = trusted::generator(made.get());
    suspend(m, generator);
    known::set_generator_state(m, generator, GeneratorState::Created);
    unwind::clear(m, Slot(EXTRA));
    unwind::clear(m, Slot(CALLEE));
    returns::deliver(m, to, made)
}

/// Moves the registers into the generator and notes where it stands.
fn suspend<M: Python>(m: &mut M, generator: Typed<M::Val, Generator>) {
    for register in 0..m.code().nregs() {
        let value = m.take(slot(register));
        known::init_generator_slot(m, generator, register as usize, value);
    }
    let pc = m.pc();
    known::set_generator_pc(m, generator, pc);
    let guarded = m.code().has_handlers() && code::unit(&m.code()).handler(Pc(pc)).is_some();
    let state = if guarded { GeneratorState::Guarded } else { GeneratorState::Suspended };
    known::set_generator_state(m, generator, state);
}

/// `a = yield b`.
pub fn yield_value<M: Python>(m: &mut M, i: Ops) -> Flow {
    let to = returns::resumer(m);
    let value = if i.c() & 1 != 0 {
        let inner = m.get(slot(i.b()));
        let wrapped = m.call(&helpers::WRAP_ASYNC_YIELD, &[inner]);
        crate::operands::consume(m, i.b());
        wrapped
    } else {
        owned(m, i.b())
    };
    suspend_with(m, to, value)
}

/// Moves the frame back into its generator and hands `value` to the resumer.
fn suspend_with<M: Python>(m: &mut M, to: Resumer, value: Own<M::Val>) -> Flow {
    let own = m.take(Slot(EXTRA));
    let generator = trusted::generator(own.get());
    if m.code().has_handlers() {
        m.call_int(&helpers::GENERATOR_LEAVE, &[own.get()]);
    }
    suspend(m, generator);
    unwind::clear(m, Slot(CALLEE));
    let flow = yielded(m, to, value);
    m.release(own);
    flow
}

/// Hands a yielded value to the resumer.
fn yielded<M: Python>(m: &mut M, to: Resumer, value: Own<M::Val>) -> Flow {
    let info = to.info;
    if info.action != Action::ForNext {
        return returns::deliver(m, to, value);
    }
    returns::pop(m, to);
    write(m, info.dst, value);
    let body = info.pc.wrapping_add(m.code().word(info.pc - 1));
    m.set_pc(body);
    Flow::Left
}

/// A generator's frame returns `value`: it is finished.
pub fn finish<M: Python>(m: &mut M, to: Resumer, value: Own<M::Val>) -> Flow {
    let info = to.info;
    let own = m.take(Slot(EXTRA));
    let generator = trusted::generator(own.get());
    known::set_generator_state(m, generator, GeneratorState::Finished);
    if m.code().has_handlers() {
        m.call_int(&helpers::GENERATOR_LEAVE, &[own.get()]);
    }
    unwind::sweep(m);
    m.release(own);
    if info.action != Action::ForNext {
        return returns::deliver(m, to, value);
    }
    m.release(value);
    returns::pop(m, to);
    // The frame stood right above the iterator that FOR_NEXT kept.
    unwind::clear(m, Slot(info.delta as i32 - 1));
    match done(m, info.pc) {
        Flow::Next => Flow::Left,
        other => other,
    }
}

/// An exception leaves the current frame: if it is a generator's, that is finished, and StopIteration becomes RuntimeError.
pub fn abandon<M: Python>(m: &mut M) {
    if !m.code().is_generator() {
        return;
    }
    let own = m.take(Slot(EXTRA));
    m.call_int(&helpers::GENERATOR_RAISED, &[own.get()]);
    m.release(own);
}

/// Resumes a suspended generator for `FOR_NEXT`: its frame is pushed right above the iterator's register.
pub fn resume_for_next<M: Python>(m: &mut M, generator: Typed<M::Val, Generator>, i: Ops) -> Flow {
    let function = m.load(generator, &desc::GENERATOR_FUNCTION);
    let code = calls::code_of_callee(m, function);
    let at = m.load_int(generator, &desc::GENERATOR_PC);
    let at = m.promote_int(at) as u32;
    let base = FRAME_HEADER + i.b() + 1;
    if !calls::has_room(m, base, code) {
        return calls::too_deep(m);
    }
    let info = ReturnInfo { pc: i.next1(), delta: base, dst: i.a(), action: Action::ForNext };
    push(m, generator, function, code, info);
    let (op, suspended): (u8, Ops) = step::decode(code, at);
    let delegates = op == Op::YieldDelegate as u8;
    m.switch_frame(base as i32, code, if delegates { suspended.next1() } else { suspended.next0() });
    if delegates || op == Op::Yield as u8 {
        let none = m.cx().none_word();
        let none = m.word(none);
        write(m, suspended.a(), Own::new(none));
    }
    Flow::Entered
}

/// Lays a suspended generator's frame out at `info.delta`; the machine stays in the current frame. There is room.
fn push<M: Python>(m: &mut M, generator: Typed<M::Val, Generator>, function: M::Val, code: CodeRef, info: ReturnInfo) {
    let base = info.delta as i32;
    let callee = m.own(function);
    m.init(Slot(base + CALLEE), callee);
    let word = m.word(info.pack());
    m.init(Slot(base + RETURN_INFO), Own::new(word));
    let own = m.own(generator.value());
    m.init(Slot(base + EXTRA), own);
    known::set_generator_state(m, generator, GeneratorState::Running);
    for register in 0..code.nregs() {
        let value = known::take_generator_slot(m, generator, register as usize);
        m.init(Slot(base + (FRAME_HEADER + register) as i32), value);
    }
    if code.has_handlers() {
        m.call_int(&helpers::GENERATOR_ENTER, &[generator.value()]);
    }
}

/// Makes a suspended generator's frame the current one, standing at the instruction that suspended it.
pub fn restore(m: &mut Direct<'_, Thread>, object: &Obj, function: &Obj, code: CodeRef, info: ReturnInfo) {
    let at = object.expect::<Generator>().pc();
    push(m, trusted::generator(object.word()), function.word(), code, info);
    m.switch_frame(info.delta as i32, code, at);
}

/// Throws into a frame that stands at a `YIELD_DELEGATE`: the exception goes to the iterator delegated to.
pub fn throw_into(m: &mut Direct<'_, Thread>, i: Ops, exception: Obj) -> Flow {
    let iterator = Obj::retained(m.get(slot(i.b())));
    let generator = Obj::retained(m.get(Slot(EXTRA)));
    m.sync();
    match pv_runtime::types::generator::throw_delegate(m.context(), &generator, &iterator, exception) {
        Ok(Resumed::Yielded(value)) => {
            m.put(slot(i.a()), value.into_own());
            yield_delegate(m, i)
        }
        Ok(Resumed::Returned(value)) => {
            m.put(slot(i.a()), value.into_own());
            unwind::clear(m, slot(i.b()));
            let target = i.target(m.code());
            m.set_pc(target);
            Flow::Next
        }
        Err(_) => unwind::raise_empty(m),
    }
}

/// Sends a to iterator b: a = what it yields, or, when it returns, a = the result and on to x without b.
pub fn send<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (value, iterator) = (reg(m, i.a()), reg(m, i.b()));
    let result = m.call(&helpers::SEND, &[iterator, value]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    write(m, i.a(), result);
    // The helper noted whether the iterator returned; only then is it released.
    let unused = m.word(Word::ZERO);
    let returned = m.call_int(&helpers::SEND_RETURNED, &[unused]);
    let one = m.int(1);
    let returned = m.cmp_ints(Cmp::Eq, returned, one);
    let held = m.take(slot(i.b())).into_inner();
    let empty = m.word(Word::EMPTY);
    let kept = m.select(returned, empty, held);
    let dropped = m.select(returned, held, empty);
    m.init(slot(i.b()), Own::new(kept));
    m.release(Own::new(dropped));
    let (target, fall) = (i.target(m.code()), i.next1());
    m.branch(returned, target, fall);
    boundary(m)
}

/// Suspends on behalf of iterator b with value a.
pub fn yield_delegate<M: Python>(m: &mut M, i: Ops) -> Flow {
    let to = returns::resumer(m);
    let value = m.take(slot(i.a()));
    suspend_with(m, to, value)
}

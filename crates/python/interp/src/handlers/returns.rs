//! Returning: sweeping the frame and doing with the result what the return information says.

use pv_machine::{Flow, Own, Slot};

use crate::frame::{Action, CALLEE, RETURN_INFO, ReturnInfo};
use crate::handlers::{calls, generators, operators};
use crate::operands::{FRAME_HEADER, Ops, Python, constant, done, none, slot, write};
use crate::unwind;

/// `return a`. A function's result that is stored is delivered here, anything else out of line.
#[inline(always)]
pub fn register<M: Python>(m: &mut M, i: Ops) -> Flow {
    let info = m.get(Slot(RETURN_INFO));
    let info = ReturnInfo::unpack(m.promote(info));
    if info.action != Action::Store || m.code().is_generator() {
        return m.apart(move |m| register_elsewhere(m, i, info));
    }
    let value = m.take(slot(i.a()));
    store(m, info, value)
}

#[inline(never)]
fn register_elsewhere<M: Python>(m: &mut M, i: Ops, info: ReturnInfo) -> Flow {
    if info.action == Action::Init {
        let (value, none) = (m.get(slot(i.a())), none(m));
        if !m.is(value, none) {
            return calls::wrong_init_result(m, value);
        }
    } else if info.action.inspects() {
        let value = m.get(slot(i.a()));
        if let Some(answer) = operators::inspect(m, info, value) {
            let value = m.take(slot(i.a()));
            m.release(value);
            return operators::conclude(m, info, answer);
        }
    }
    let value = m.take(slot(i.a()));
    leave(m, info, value)
}

/// `return constant d`.
#[inline(always)]
pub fn constant_value<M: Python>(m: &mut M, i: Ops) -> Flow {
    let info = m.get(Slot(RETURN_INFO));
    let info = ReturnInfo::unpack(m.promote(info));
    if info.action != Action::Store || m.code().is_generator() {
        return m.apart(move |m| constant_elsewhere(m, i, info));
    }
    let value = constant(m, i.d());
    let value = m.own(value);
    store(m, info, value)
}

#[inline(never)]
fn constant_elsewhere<M: Python>(m: &mut M, i: Ops, info: ReturnInfo) -> Flow {
    let value = constant(m, i.d());
    if info.action == Action::Init {
        let none = none(m);
        if !m.is(value, none) {
            return calls::wrong_init_result(m, value);
        }
    } else if info.action.inspects()
        && let Some(answer) = operators::inspect(m, info, value)
    {
        return operators::conclude(m, info, answer);
    }
    let value = m.own(value);
    leave(m, info, value)
}

/// Pops the frame of a function and stores its result.
#[inline(always)]
fn store<M: Python>(m: &mut M, info: ReturnInfo, value: Own<M::Val>) -> Flow {
    unwind::sweep_returning(m);
    pop(m, info);
    write(m, info.dst, value);
    match done(m, info.pc) {
        Flow::Next => Flow::Left,
        other => other,
    }
}

/// Pops the frame and hands `value` over. A generator's return ends it.
fn leave<M: Python>(m: &mut M, info: ReturnInfo, value: Own<M::Val>) -> Flow {
    if m.code().is_generator() {
        return generators::finish(m, info, value);
    }
    unwind::sweep_returning(m);
    deliver(m, info, value)
}

/// Delivers a result to whoever waits for it; the current frame is swept already.
pub fn deliver<M: Python>(m: &mut M, info: ReturnInfo, value: Own<M::Val>) -> Flow {
    if info.action == Action::Exit {
        m.init(Slot(CALLEE), value);
        return Flow::Done;
    }
    pop(m, info);
    match info.action {
        Action::Init => {
            m.release(value);
            let instance = m.take(Slot(info.delta as i32 - 1));
            write(m, info.dst, instance);
        }
        Action::Discard => m.release(value),
        Action::Operator => operators::store(m, info, value),
        Action::Test => return operators::branch(m, info, value),
        _ => write(m, info.dst, value),
    }
    match done(m, info.pc) {
        Flow::Next => Flow::Left,
        other => other,
    }
}

/// Makes the caller the current frame. Its code is that of the function in its slot 0.
#[inline(always)]
pub fn pop<M: Python>(m: &mut M, info: ReturnInfo) {
    let delta = -(info.delta as i32);
    let code = match m.known_frame(delta) {
        Some(code) => code,
        None => {
            let caller = m.get(Slot(delta));
            calls::code_of_callee(m, caller)
        }
    };
    m.switch_frame(delta, code, info.pc);
}

/// Releases the instance that waits below an `__init__` frame that raised.
pub fn drop_instance<M: Python>(m: &mut M, info: ReturnInfo) {
    debug_assert!(info.delta > FRAME_HEADER);
    unwind::clear(m, Slot(info.delta as i32 - 1));
}

//! Returning: sweeping the frame and doing with the result what the return information says.

use pv_machine::{Flow, Own, Slot};
use pv_object::CodeRef;
use pv_word::Word;

use crate::frame::{Action, CALLEE, RETURN_INFO, ReturnInfo};
use crate::handlers::{calls, delegation, generators, operators};
use crate::helpers;
use crate::operands::{FRAME_HEADER, Ops, Python, boundary, constant, done, none, slot, write};
use crate::unwind;

/// `return a`. A function's result that is stored is delivered here, anything else out of line.
#[inline(always)]
pub fn register<M: Python>(m: &mut M, i: Ops) -> Flow {
    let to = resumer(m);
    if !to.info.is_plain_store() || m.code().is_generator() {
        return m.apart(move |m| register_elsewhere(m, i, to));
    }
    let value = m.take(slot(i.a()));
    store(m, to, value)
}

#[inline(never)]
fn register_elsewhere<M: Python>(m: &mut M, i: Ops, to: Resumer) -> Flow {
    if let Some(first) = stands_in(m, to) {
        tell_end(m, to);
        return delegation::hand_back(m, first);
    }
    if to.info.action() == Action::Init {
        let (value, none) = (m.get(slot(i.a())), none(m));
        if !m.is(value, none) {
            return calls::wrong_init_result(m, value);
        }
    } else if to.info.action().inspects() {
        let value = m.get(slot(i.a()));
        if let Some(answer) = operators::inspect(m, to.info, value) {
            tell_end(m, to);
            let value = m.take(slot(i.a()));
            m.release(value);
            return operators::conclude(m, to, answer);
        }
    }
    tell_end(m, to);
    let value = m.take(slot(i.a()));
    leave(m, to, value)
}

/// The current frame ends: whoever has its object is told.
#[inline(always)]
pub fn tell_end<M: Python>(m: &mut M, to: Resumer) {
    if to.info.is_kept() {
        let unused = m.word(Word::ZERO);
        m.call_int(&helpers::FRAME_ENDS, &[unused]);
    }
}

/// `return constant d`.
#[inline(always)]
pub fn constant_value<M: Python>(m: &mut M, i: Ops) -> Flow {
    let to = resumer(m);
    if !to.info.is_plain_store() || m.code().is_generator() {
        return m.apart(move |m| constant_elsewhere(m, i, to));
    }
    let value = constant(m, i.d());
    let value = m.own(value);
    store(m, to, value)
}

#[inline(never)]
fn constant_elsewhere<M: Python>(m: &mut M, i: Ops, to: Resumer) -> Flow {
    if let Some(first) = stands_in(m, to) {
        tell_end(m, to);
        return delegation::hand_back(m, first);
    }
    let value = constant(m, i.d());
    if to.info.action() == Action::Init {
        let none = none(m);
        if !m.is(value, none) {
            return calls::wrong_init_result(m, value);
        }
    } else if to.info.action().inspects()
        && let Some(answer) = operators::inspect(m, to.info, value)
    {
        tell_end(m, to);
        return operators::conclude(m, to, answer);
    }
    tell_end(m, to);
    let value = m.own(value);
    leave(m, to, value)
}

/// The first generator of a chain, where the current frame is one of a generator at the chain's end.
fn stands_in<M: Python>(m: &mut M, to: Resumer) -> Option<M::Val> {
    if m.code().is_generator() { delegation::stands_in(m, to.info) } else { None }
}

/// Who waits for the current frame's result.
#[derive(Clone, Copy)]
pub struct Resumer {
    /// What is done with the result.
    pub info: ReturnInfo,
    /// The waiting frame's code, where that had to be tested ahead of the first effect.
    code: Option<CodeRef>,
}

/// Finds out who waits for the current frame's result: to be asked ahead of a step's first effect, since a recording may have to
/// test which frame lies below.
#[inline(always)]
pub fn resumer<M: Python>(m: &mut M) -> Resumer {
    let info = m.get(Slot(RETURN_INFO));
    let info = ReturnInfo::unpack(m.promote(info));
    let known = M::INTERPRETING || info.action() == Action::Exit;
    Resumer { info, code: if known { None } else { Some(caller_code(m, info)) } }
}

/// The code of the function in slot 0 of the caller's frame.
#[inline(always)]
fn caller_code<M: Python>(m: &mut M, info: ReturnInfo) -> CodeRef {
    let delta = -(info.delta as i32);
    match m.known_frame(delta) {
        Some(code) => code,
        None => {
            let caller = m.get(Slot(delta));
            calls::code_of_callee(m, caller)
        }
    }
}

/// Pops the frame of a function and stores its result.
#[inline(always)]
fn store<M: Python>(m: &mut M, to: Resumer, value: Own<M::Val>) -> Flow {
    unwind::sweep_returning(m);
    pop(m, to);
    write(m, to.info.dst, value);
    match done(m, to.info.pc) {
        Flow::Next => Flow::Left,
        other => other,
    }
}

/// Pops the frame and hands `value` over. A generator's return ends it.
fn leave<M: Python>(m: &mut M, to: Resumer, value: Own<M::Val>) -> Flow {
    if m.code().is_generator() {
        return generators::finish(m, to, value);
    }
    unwind::sweep_returning(m);
    deliver(m, to, value)
}

/// Delivers a result to whoever waits for it; the current frame is swept already.
pub fn deliver<M: Python>(m: &mut M, to: Resumer, value: Own<M::Val>) -> Flow {
    let info = to.info;
    if info.action() == Action::Exit {
        m.init(Slot(CALLEE), value);
        return Flow::Done;
    }
    pop(m, to);
    match info.action() {
        Action::Init => {
            m.release(value);
            let instance = m.take(Slot(info.delta as i32 - 1));
            write(m, info.dst, instance);
        }
        Action::Discard => m.release(value),
        Action::Operator => operators::store(m, info, value),
        Action::Test => return operators::branch(m, info, value),
        Action::Item => {
            write(m, info.dst, value);
            generators::jump_beside(m, info);
            return left(boundary(m));
        }
        _ => write(m, info.dst, value),
    }
    left(done(m, info.pc))
}

/// How a step ends that has popped a frame.
pub fn left(flow: Flow) -> Flow {
    if flow == Flow::Next { Flow::Left } else { flow }
}

/// Makes the waiting frame the current one.
#[inline(always)]
pub fn pop<M: Python>(m: &mut M, to: Resumer) {
    let code = match to.code {
        Some(code) => code,
        None => caller_code(m, to.info),
    };
    m.switch_frame(-(to.info.delta as i32), code, to.info.pc);
}

/// Releases the instance that waits below an `__init__` frame that raised.
pub fn drop_instance<M: Python>(m: &mut M, info: ReturnInfo) {
    debug_assert!(info.delta > FRAME_HEADER);
    unwind::clear(m, Slot(info.delta as i32 - 1));
}

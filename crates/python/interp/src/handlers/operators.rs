//! Operators and comparisons on instances of Python classes: the special method's frame is pushed, so that it is interpreted, and
//! traced, like any other call.
//!
//! The operands stay in their registers until the method has returned, since `NotImplemented` goes on to the reflected operation. A
//! return looks at its result before its first effect ([`inspect`]), so that a trace may leave there.

use pv_bytecode::op::{Compare, OPS, Op};
use pv_machine::{Cmp, Flow, Own, Slot};
use pv_object::{CodeRef, Kind, Obj, known};
use pv_word::Word;

use crate::frame::{Action, CALLEE, ReturnInfo};
use crate::handlers::returns::Resumer;
use crate::handlers::{calls, compare, returns};
use crate::helpers;
use crate::operands::{FRAME_HEADER, Ops, Python, constant, consume, done, frame_size, owned, reg, write};
use crate::support::operators::{self, Operation};
use crate::{step, unwind, view};

/// Is the value an instance of a Python class that extends no built-in type?
fn is_instance<M: Python>(m: &mut M, value: M::Val) -> bool {
    matches!(view::kind(m, value), Some((Kind::Instance, _)))
}

/// Pushes the frame of the method that decides `x operation y` first, where that is a Python function.
pub fn push<M: Python>(
    m: &mut M,
    i: Ops,
    operation: Operation,
    x: M::Val,
    y: M::Val,
    info: ReturnInfo,
) -> Option<Flow> {
    if i.is_wide() {
        return None;
    }
    if is_instance(m, x) {
        let (left, right) = (known::shape_of_value(m, x), known::shape_of_value(m, y));
        let method = operators::left(m.cx(), operation, left, right)?;
        return enter(m, method, [x, y], info);
    }
    if view::is_number(m, x) && is_instance(m, y) {
        let right = known::shape_of_value(m, y);
        let method = operators::reflected(m.cx(), operation, right)?;
        return enter(m, method, [y, x], info);
    }
    None
}

fn enter<M: Python>(m: &mut M, method: Word, args: [M::Val; 2], info: ReturnInfo) -> Option<Flow> {
    let args = args.map(|arg| m.own(arg));
    match place(m, method, args, info) {
        Ok(flow) => Some(flow),
        Err(args) => {
            args.into_iter().for_each(|arg| m.release(arg));
            None
        }
    }
}

/// Lays out and enters a frame above the registers; gives the arguments back if the function wants others.
fn place<M: Python, const N: usize>(
    m: &mut M,
    method: Word,
    args: [Own<M::Val>; N],
    info: ReturnInfo,
) -> Result<Flow, [Own<M::Val>; N]> {
    let code = CodeRef::of_function(Obj::of(&method));
    let base = frame_size(m.code());
    if !code.is_simple() || code.argcount() != N as u32 || !calls::has_room(m, base, code) {
        return Err(args);
    }
    let function = m.word(method);
    let function = m.own(function);
    m.init(Slot(base as i32 + CALLEE), function);
    for (index, arg) in args.into_iter().enumerate() {
        m.init(Slot((base + FRAME_HEADER) as i32 + index as i32), arg);
    }
    Ok(calls::enter(m, code, info.at(base), N as u32))
}

/// The container's `__getitem__`, where it is a Python function.
pub fn get_item<M: Python>(m: &mut M, i: Ops, container: M::Val, is_constant: bool) -> Option<Flow> {
    if !is_instance(m, container) {
        return None;
    }
    let shape = known::shape_of_value(m, container);
    let method = operators::function(m.cx(), shape, &m.cx().names().__getitem__)?;
    if !fits(m, method, 2) {
        return None;
    }
    let container = owned(m, i.b());
    let index = if is_constant {
        let index = constant(m, i.c());
        m.own(index)
    } else {
        owned(m, i.c())
    };
    let info = ReturnInfo::new(i.next0(), 0, i.a(), Action::Store);
    place(m, method, [container, index], info).ok()
}

/// The container's `__setitem__`, where it is a Python function.
pub fn set_item<M: Python>(m: &mut M, i: Ops, container: M::Val) -> Option<Flow> {
    if !is_instance(m, container) {
        return None;
    }
    let shape = known::shape_of_value(m, container);
    let method = operators::function(m.cx(), shape, &m.cx().names().__setitem__)?;
    if !fits(m, method, 3) {
        return None;
    }
    let args = [i.a(), i.b(), i.c()].map(|register| owned(m, register));
    let info = ReturnInfo::new(i.next0(), 0, 0, Action::Discard);
    place(m, method, args, info).ok()
}

/// Would [`place`] take `count` arguments?
fn fits<M: Python>(m: &mut M, method: Word, count: u32) -> bool {
    let code = CodeRef::of_function(Obj::of(&method));
    let base = frame_size(m.code());
    code.is_simple() && code.argcount() == count && calls::has_room(m, base, code)
}

// -- Returning ----------------------------------------------------------------------------------------------------

/// What a result means for the operation that waits for it.
#[derive(Clone, Copy)]
pub enum Answer {
    /// `NotImplemented`.
    Refused,
    /// The truth that a jump asked for.
    Truth(bool),
}

/// Looks at the result of the current frame. `None`: it is to be delivered.
#[inline(never)]
pub fn inspect<M: Python>(m: &mut M, info: ReturnInfo, result: M::Val) -> Option<Answer> {
    let (refused, yes, no) = (m.cx().not_implemented_word(), m.cx().true_word(), m.cx().false_word());
    if info.action() == Action::Test {
        if m.is(result, yes) {
            return Some(Answer::Truth(true));
        }
        if m.is(result, no) {
            return Some(Answer::Truth(false));
        }
    }
    m.is(result, refused).then_some(Answer::Refused)
}

/// Pops the current frame and goes on with the operation in the caller.
pub fn conclude<M: Python>(m: &mut M, to: Resumer, answer: Answer) -> Flow {
    let info = to.info;
    unwind::sweep_returning(m);
    returns::pop(m, to);
    match answer {
        Answer::Refused => refused(m, info),
        Answer::Truth(truth) => {
            let (_, i) = waiting(m, info);
            release_operands(m, info, i);
            let target = if truth == compare::sense(i) { i.target(m.code()) } else { info.pc };
            left(done(m, target))
        }
    }
}

/// Stores the result of an operator whose frame has been popped.
pub fn store<M: Python>(m: &mut M, info: ReturnInfo, value: Own<M::Val>) {
    let (_, i) = waiting(m, info);
    release_operands(m, info, i);
    write(m, info.dst, value);
}

/// Jumps on the result of a comparison whose frame has been popped.
pub fn branch<M: Python>(m: &mut M, info: ReturnInfo, value: Own<M::Val>) -> Flow {
    m.set_pc(info.pc - 1);
    let raw = m.call_int(&helpers::TRUTH, &[value.get()]);
    m.release(value);
    if m.raised_int(raw) {
        return unwind::raise_empty(m);
    }
    let one = m.int(1);
    let truth = m.cmp_ints(Cmp::Eq, raw, one);
    let (_, i) = waiting(m, info);
    release_operands(m, info, i);
    left(compare::branch_on(m, i, truth))
}

/// The rest of the operation after the first method has declined.
fn refused<M: Python>(m: &mut M, info: ReturnInfo) -> Flow {
    m.set_pc(info.pc - 1);
    let (op, i) = waiting(m, info);
    let (x, y) = operands(m, info, i);
    let helper = match op.binary() {
        Some((op, true, _)) => &helpers::IN_PLACE_REST[op as usize],
        Some((op, false, _)) => &helpers::BINARY_REST[op as usize],
        None => &helpers::COMPARE_REST[comparison(op, info) as usize],
    };
    let result = m.call(helper, &[x, y]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    if info.action() == Action::Test {
        return branch(m, info, result);
    }
    release_operands(m, info, i);
    write(m, info.dst, result);
    left(done(m, info.pc))
}

/// The instruction that waits for the result: it ends where the return information says.
fn waiting<M: Python>(m: &mut M, info: ReturnInfo) -> (Op, Ops) {
    let words = if info.action() == Action::Test { 2 } else { 1 };
    let (byte, i) = step::decode(m.code(), info.pc - words);
    (OPS[byte as usize].op, i)
}

fn comparison(op: Op, info: ReturnInfo) -> Compare {
    let first = if info.action() == Action::Test { Op::JumpEq } else { Op::Eq };
    Compare::from_index(op as u32 - first as u32).expect("only operators and comparisons wait")
}

/// Is the right operand a constant?
fn has_constant<M: Python>(m: &mut M, info: ReturnInfo, i: Ops) -> bool {
    if info.action() == Action::Test {
        return compare::is_constant(i);
    }
    let (op, _) = waiting(m, info);
    op.binary().is_some_and(|(_, _, is_constant)| is_constant)
}

/// The registers of the operands.
fn registers(info: ReturnInfo, i: Ops) -> (u32, u32) {
    if info.action() == Action::Test { (i.a(), i.b()) } else { (i.b(), i.c()) }
}

fn operands<M: Python>(m: &mut M, info: ReturnInfo, i: Ops) -> (M::Val, M::Val) {
    let (left, right) = registers(info, i);
    let is_constant = has_constant(m, info, i);
    (reg(m, left), if is_constant { constant(m, right) } else { reg(m, right) })
}

fn release_operands<M: Python>(m: &mut M, info: ReturnInfo, i: Ops) {
    let (left, right) = registers(info, i);
    consume(m, left);
    if !has_constant(m, info, i) {
        consume(m, right);
    }
}

/// An instruction that has popped a frame.
fn left(flow: Flow) -> Flow {
    if flow == Flow::Next { Flow::Left } else { flow }
}

//! Operators: binary, in-place and unary.
//!
//! Small ints and floats are computed here; everything else goes to one helper per operator, chosen by what the
//! operands are known to be, so that a trace knows the effects: pure on numbers and strings, anything on the rest.

use pv_bytecode::op::BinaryOp;
use pv_machine::{Cmp, FloatOp, Flow, Helper, IntOp, Own};
use pv_object::Kind;
use pv_runtime::Thread;
use pv_word::Word;

use crate::frame::{Action, ReturnInfo};
use crate::handlers::operators;
use crate::helpers;
use crate::operands::{Ops, Python, constant, consume, done, is_temp, reg, slot, write};
use crate::support::operators::Operation;
use crate::{unwind, view};

/// Where the right operand comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Register c.
    Register,
    /// Constant c.
    Constant,
}

/// `a = b op c`, in place or not.
#[inline(always)]
pub fn binary<M: Python>(m: &mut M, i: Ops, op: BinaryOp, right: Right, in_place: bool) -> Flow {
    let x = reg(m, i.b());
    let y = if right == Right::Constant { constant(m, i.c()) } else { reg(m, i.c()) };
    let fast = if m.both_ints(x, y) {
        if op == BinaryOp::Pow { int_power(m, x, y, right).map(Own::new) } else { ints(m, op, x, y).map(Own::new) }
    } else {
        None
    };
    let fast = match fast {
        None => floats(m, op, x, y),
        found => found,
    };
    match fast {
        Some(value) => {
            // Numbers need no release: a temporary keeps a stale immediate, which nothing reads.
            write(m, i.a(), value);
            done(m, i.next0())
        }
        None => m.apart(move |m| slow(m, i, op, right, in_place)),
    }
}

/// The operation on two small ints, where its result is one.
#[inline(always)]
fn ints<M: Python>(m: &mut M, op: BinaryOp, x: M::Val, y: M::Val) -> Option<M::Val> {
    let op = match op {
        BinaryOp::Add => IntOp::Add,
        BinaryOp::Sub => IntOp::Sub,
        BinaryOp::Mul => IntOp::Mul,
        BinaryOp::FloorDiv => IntOp::FloorDiv,
        BinaryOp::Mod => IntOp::Mod,
        BinaryOp::LShift => IntOp::Shl,
        BinaryOp::RShift => IntOp::Shr,
        BinaryOp::And => IntOp::And,
        BinaryOp::Or => IntOp::Or,
        BinaryOp::Xor => IntOp::Xor,
        BinaryOp::MatMul | BinaryOp::TrueDiv | BinaryOp::Pow => return None,
    };
    m.tagged(op, x, y)
}

/// Largest constant exponent that becomes multiplications.
const UNROLLED_POWER: i64 = 4;

/// `x ** y` of small ints for a small constant exponent.
#[inline(always)]
fn int_power<M: Python>(m: &mut M, x: M::Val, y: M::Val, right: Right) -> Option<M::Val> {
    if right != Right::Constant {
        return None;
    }
    let exponent = m.promote(y).as_i64().filter(|exponent| (1..=UNROLLED_POWER).contains(exponent))?;
    (1..exponent).try_fold(x, |product, _| m.tagged(IntOp::Mul, product, x))
}

/// The operation on two immediate floats, or a float and a small int (or two ints for true division).
#[inline(always)]
fn floats<M: Python>(m: &mut M, op: BinaryOp, x: M::Val, y: M::Val) -> Option<Own<M::Val>> {
    match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::TrueDiv | BinaryOp::Pow => {}
        _ => return None,
    }
    let (a, b) = float_pair(m, op, x, y)?;
    let value = match op {
        BinaryOp::Add => m.float_op(FloatOp::Add, a, b),
        BinaryOp::Sub => m.float_op(FloatOp::Sub, a, b),
        BinaryOp::Mul => m.float_op(FloatOp::Mul, a, b),
        BinaryOp::TrueDiv => {
            let zero = m.float(0.0);
            let by_zero = m.cmp_floats(Cmp::Eq, b, zero);
            if m.test(by_zero) {
                return None;
            }
            m.float_op(FloatOp::Div, a, b)
        }
        _ => {
            let whole = m.is_int(y);
            return power(m, a, b, whole);
        }
    };
    Some(m.tag_float(value))
}

/// Both operands as doubles, when at least one is an immediate float (or, for `/`, both are small enough ints).
#[inline(always)]
fn float_pair<M: Python>(m: &mut M, op: BinaryOp, x: M::Val, y: M::Val) -> Option<(M::Float, M::Float)> {
    if m.is_float(x) {
        let a = m.untag_float(x);
        if m.is_float(y) {
            let b = m.untag_float(y);
            return Some((a, b));
        }
        return Some((a, small_as_float(m, y)?));
    }
    if m.is_float(y) {
        let b = m.untag_float(y);
        return Some((small_as_float(m, x)?, b));
    }
    if op == BinaryOp::TrueDiv {
        return Some((small_as_float(m, x)?, small_as_float(m, y)?));
    }
    None
}

/// A small int as a double, when the conversion is exact.
#[inline(always)]
pub fn small_as_float<M: Python>(m: &mut M, value: M::Val) -> Option<M::Float> {
    if !m.is_int(value) {
        return None;
    }
    let raw = m.untag_int(value);
    let (offset, limit) = (m.int(1 << 53), m.int(1 << 54));
    let shifted = m.int_op(IntOp::Add, raw, offset);
    let exact = m.cmp_ints(Cmp::Ult, shifted, limit);
    if m.test(exact) { Some(m.int_to_float(raw)) } else { None }
}

/// `a ** b` for a finite result, and a positive base or a whole exponent that is not negative: other results may be complex, or no
/// number at all.
#[inline(always)]
fn power<M: Python>(m: &mut M, a: M::Float, b: M::Float, whole: bool) -> Option<Own<M::Val>> {
    let (zero, infinity) = (m.float(0.0), m.float(f64::INFINITY));
    let real = if whole { m.cmp_floats(Cmp::Ge, b, zero) } else { m.cmp_floats(Cmp::Gt, a, zero) };
    if !m.test(real) {
        return None;
    }
    let value = m.call_float(&helpers::FLOAT_POW, &[a, b]);
    let size = m.float_op(FloatOp::Abs, value, value);
    let finite = m.cmp_floats(Cmp::Lt, size, infinity);
    if m.test(finite) { Some(m.tag_float(value)) } else { None }
}

/// What two operands are known to be, as far as effects differ.
enum Family {
    Numbers,
    Strings,
    /// Two lists, or two tuples.
    Sequences,
    Any,
}

fn family<M: Python>(m: &mut M, x: M::Val, y: M::Val) -> Family {
    if view::is_number(m, x) {
        if view::is_number(m, y) { Family::Numbers } else { Family::Any }
    } else {
        match (view::exact_kind(m, x), view::exact_kind(m, y)) {
            (Some(Kind::Str), Some(Kind::Str)) => Family::Strings,
            (Some(Kind::List), Some(Kind::List)) | (Some(Kind::Tuple), Some(Kind::Tuple)) => Family::Sequences,
            _ => Family::Any,
        }
    }
}

#[cold]
#[inline(never)]
fn slow<M: Python>(m: &mut M, i: Ops, op: BinaryOp, right: Right, in_place: bool) -> Flow {
    let x = reg(m, i.b());
    let y = if right == Right::Constant { constant(m, i.c()) } else { reg(m, i.c()) };
    let family = family(m, x, y);
    if matches!(family, Family::Any) {
        let info = ReturnInfo::new(i.next0(), 0, i.a(), Action::Operator);
        if let Some(flow) = operators::push(m, i, Operation::Binary(op, in_place), x, y, info) {
            return flow;
        }
    }
    let helper: &'static Helper<Thread> = match family {
        Family::Numbers => &helpers::NUMBER[op as usize],
        Family::Strings if op == BinaryOp::Add => return concat(m, i, right, in_place),
        Family::Sequences if op == BinaryOp::Add && !in_place => &helpers::SEQUENCE_CONCAT,
        _ if in_place => &helpers::IN_PLACE[op as usize],
        _ => &helpers::BINARY[op as usize],
    };
    let result = m.call(helper, &[x, y]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    consume(m, i.b());
    if right == Right::Register {
        consume(m, i.c());
    }
    write(m, i.a(), result);
    done(m, i.next0())
}

/// String concatenation. `s += t` hands the only reference to the left operand over, so that it grows in place.
fn concat<M: Python>(m: &mut M, i: Ops, right: Right, in_place: bool) -> Flow {
    let y = if right == Right::Constant { constant(m, i.c()) } else { reg(m, i.c()) };
    let left_is_dead = is_temp(m, i.b()) || (in_place && i.a() == i.b());
    let left = if left_is_dead {
        m.take(slot(i.b()))
    } else {
        let value = reg(m, i.b());
        m.own(value)
    };
    let result = m.call(&helpers::STR_CONCAT, &[left.get(), y]);
    // The helper consumed the left operand: into the result, or by releasing it.
    m.forget(left);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    if right == Right::Register {
        consume(m, i.c());
    }
    write(m, i.a(), result);
    done(m, i.next0())
}

/// `a = -b`.
#[inline(always)]
pub fn negate<M: Python>(m: &mut M, i: Ops) -> Flow {
    let x = reg(m, i.b());
    if m.is_int(x) {
        let zero = m.word(Word::ZERO);
        if let Some(value) = m.tagged(IntOp::Sub, zero, x) {
            write(m, i.a(), Own::new(value));
            return done(m, i.next0());
        }
    } else if m.is_float(x) {
        let raw = m.untag_float(x);
        let value = m.float_op(FloatOp::Neg, raw, raw);
        let value = m.tag_float(value);
        write(m, i.a(), value);
        return done(m, i.next0());
    }
    m.apart(move |m| unary(m, i, &helpers::NEGATE))
}

/// `a = ~b`.
#[inline(always)]
pub fn invert<M: Python>(m: &mut M, i: Ops) -> Flow {
    let x = reg(m, i.b());
    if m.is_int(x) {
        let ones = m.word(Word::small(-1));
        if let Some(value) = m.tagged(IntOp::Xor, x, ones) {
            write(m, i.a(), Own::new(value));
            return done(m, i.next0());
        }
    }
    m.apart(move |m| unary(m, i, &helpers::INVERT))
}

/// `a = +b`.
pub fn positive<M: Python>(m: &mut M, i: Ops) -> Flow {
    unary(m, i, &helpers::POSITIVE)
}

/// `a = helper(b)`: the general shape of an instruction with one operand and a result.
pub fn unary<M: Python>(m: &mut M, i: Ops, helper: &'static Helper<Thread>) -> Flow {
    let x = reg(m, i.b());
    let result = m.call(helper, &[x]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    consume(m, i.b());
    write(m, i.a(), result);
    done(m, i.next0())
}

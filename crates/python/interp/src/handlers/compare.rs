//! Comparisons as values, and compare-and-jump.

use pv_bytecode::op::Compare;
use pv_machine::{Cmp, Context, Flow, Helper, Own};
use pv_object::{Kind, known, override_bit};
use pv_runtime::Thread;
use pv_word::Word;

use crate::continuation::Continuation;
use crate::frame::{Action, ReturnInfo};
use crate::handlers::operators;
use crate::helpers;
use crate::operands::{Ops, Python, boundary, constant, consume, done, reg, scratch, write, write_plain};
use crate::support::operators::Operation;
use crate::{unwind, view};

/// Bit 1 of a `Test` operand: the truth on which to jump.
const SENSE: u32 = 1;
/// Bit 2 of a `Test` operand: operand b is a constant's index.
const CONSTANT: u32 = 2;

/// The truth on which a comparison jumps.
#[inline(always)]
pub fn sense(i: Ops) -> bool {
    i.c() & SENSE != 0
}

/// Is operand b of a comparison that jumps a constant?
#[inline(always)]
pub fn is_constant(i: Ops) -> bool {
    i.c() & CONSTANT != 0
}

#[inline(always)]
fn cmp_of(op: Compare) -> Cmp {
    match op {
        Compare::Eq => Cmp::Eq,
        Compare::Ne => Cmp::Ne,
        Compare::Lt => Cmp::Lt,
        Compare::Le => Cmp::Le,
        Compare::Gt => Cmp::Gt,
        Compare::Ge => Cmp::Ge,
    }
}

/// The comparison of two numbers that are immediates of one kind (or a float and an exactly convertible int).
#[inline(always)]
fn immediates<M: Python>(m: &mut M, op: Compare, x: M::Val, y: M::Val) -> Option<M::Bool> {
    if m.both_ints(x, y) {
        return Some(m.cmp_words(cmp_of(op), x, y));
    }
    let a = double(m, x)?;
    let b = double(m, y)?;
    Some(m.cmp_floats(cmp_of(op), a, b))
}

/// An immediate number as a double; ints only where the conversion is exact.
#[inline(always)]
fn double<M: Python>(m: &mut M, value: M::Val) -> Option<M::Float> {
    if m.is_float(value) {
        return Some(m.untag_float(value));
    }
    super::arith::small_as_float(m, value)
}

/// What decides a comparison without running Python code.
enum Verdict<B> {
    /// The answer.
    Known(B),
    /// A helper that cannot run Python, giving 0 or 1.
    Pure(&'static Helper<Thread>),
    /// Anything may happen.
    Open,
}

fn verdict<M: Python>(m: &mut M, op: Compare, x: M::Val, y: M::Val) -> Verdict<M::Bool> {
    if view::is_str(m, x) && view::is_str(m, y) {
        return Verdict::Pure(&helpers::STR_COMPARE[op as usize]);
    }
    let ordered = matches!(op, Compare::Eq | Compare::Ne) || !(view::is_complex(m, x) || view::is_complex(m, y));
    if ordered && view::is_number(m, x) && view::is_number(m, y) {
        return Verdict::Pure(&helpers::NUMBER_COMPARE[op as usize]);
    }
    if matches!(op, Compare::Eq | Compare::Ne) && view::compares_by_identity(m, x) && view::compares_by_identity(m, y) {
        return Verdict::Known(m.cmp_words(cmp_of(op), x, y));
    }
    match decided(m, op, x, y) {
        Some(truth) => Verdict::Known(truth),
        None => Verdict::Open,
    }
}

/// The comparison of two exact sets, tuples or lists, where it can be told without Python.
fn decided<M: Python>(m: &mut M, op: Compare, x: M::Val, y: M::Val) -> Option<M::Bool> {
    let kinds = (view::exact_kind(m, x)?, view::exact_kind(m, y)?);
    let (raw, yes) = match kinds {
        (Kind::Set | Kind::FrozenSet, Kind::Set | Kind::FrozenSet) => {
            let number = m.word(Word::small(op as i32));
            (m.call_int(&helpers::SET_COMPARE, &[x, y, number]), Cmp::Eq)
        }
        (Kind::Tuple, Kind::Tuple) | (Kind::List, Kind::List) if matches!(op, Compare::Eq | Compare::Ne) => {
            (m.call_int(&helpers::SEQUENCE_EQUAL, &[x, y]), cmp_of(op))
        }
        _ => return None,
    };
    if m.int_is(raw, helpers::UNDECIDED) {
        return None;
    }
    let one = m.int(1);
    Some(m.cmp_ints(yes, raw, one))
}

/// `a = b op c`.
#[inline(always)]
pub fn value<M: Python>(m: &mut M, i: Ops, op: Compare) -> Flow {
    let (x, y) = (reg(m, i.b()), reg(m, i.c()));
    match immediates(m, op, x, y) {
        Some(truth) => {
            let word = m.bool_word(truth);
            write_plain(m, i.a(), word);
            done(m, i.next0())
        }
        None => m.apart(move |m| value_slow(m, i, op)),
    }
}

#[cold]
#[inline(never)]
fn value_slow<M: Python>(m: &mut M, i: Ops, op: Compare) -> Flow {
    let (x, y) = (reg(m, i.b()), reg(m, i.c()));
    let result = match verdict(m, op, x, y) {
        Verdict::Known(truth) => Own::new(m.bool_word(truth)),
        Verdict::Pure(helper) => {
            let raw = m.call_int(helper, &[x, y]);
            let one = m.int(1);
            let truth = m.cmp_ints(Cmp::Eq, raw, one);
            Own::new(m.bool_word(truth))
        }
        Verdict::Open => {
            let info = ReturnInfo::new(i.next0(), 0, i.a(), Action::Operator);
            if let Some(flow) = operators::push(m, i, Operation::Compare(op), x, y, info) {
                return flow;
            }
            let result = m.call(&helpers::COMPARE[op as usize], &[x, y]);
            if m.raised(&result) {
                return unwind::raise(m, result);
            }
            result
        }
    };
    consume(m, i.b());
    consume(m, i.c());
    write(m, i.a(), result);
    done(m, i.next0())
}

/// Goes to x when the truth of `a op b` is the one that flag 1 of c names.
#[inline(always)]
pub fn jump<M: Python>(m: &mut M, i: Ops, op: Compare) -> Flow {
    let x = reg(m, i.a());
    let y = if i.c() & CONSTANT != 0 { constant(m, i.b()) } else { reg(m, i.b()) };
    match immediates(m, op, x, y) {
        Some(truth) => {
            let taken = m.test(truth) == (i.c() & SENSE != 0);
            let target = if taken { i.target(m.code()) } else { i.next1() };
            m.set_pc(target);
            Flow::Next
        }
        None => m.apart(move |m| jump_slow(m, i, op)),
    }
}

#[cold]
#[inline(never)]
fn jump_slow<M: Python>(m: &mut M, i: Ops, op: Compare) -> Flow {
    let x = reg(m, i.a());
    let is_constant = i.c() & CONSTANT != 0;
    let y = if is_constant { constant(m, i.b()) } else { reg(m, i.b()) };
    let truth = match verdict(m, op, x, y) {
        Verdict::Known(truth) => truth,
        Verdict::Pure(helper) => {
            let raw = m.call_int(helper, &[x, y]);
            let one = m.int(1);
            m.cmp_ints(Cmp::Eq, raw, one)
        }
        Verdict::Open => {
            let info = ReturnInfo::new(i.next1(), 0, 0, Action::Test);
            if let Some(flow) = operators::push(m, i, Operation::Compare(op), x, y, info) {
                return flow;
            }
            let raw = m.call_int(&helpers::COMPARE_TRUTH[op as usize], &[x, y]);
            if m.raised_int(raw) {
                return unwind::raise_empty(m);
            }
            let one = m.int(1);
            m.cmp_ints(Cmp::Eq, raw, one)
        }
    };
    consume(m, i.a());
    if !is_constant {
        consume(m, i.b());
    }
    branch_on(m, i, truth)
}

/// Ends a jump: to x when `truth` is what flag 1 of c names.
#[inline(always)]
pub fn branch_on<M: Python>(m: &mut M, i: Ops, truth: M::Bool) -> Flow {
    let (target, fall) = (i.target(m.code()), i.next1());
    let (then, otherwise) = if i.c() & SENSE != 0 { (target, fall) } else { (fall, target) };
    m.branch(truth, then, otherwise);
    boundary(m)
}

/// Identity as the language defines it: bits for immediates and objects, value for boxed numbers.
#[inline(always)]
fn identical<M: Python>(m: &mut M, x: M::Val, y: M::Val) -> M::Bool {
    if view::is_boxed_number(m, x) && view::is_boxed_number(m, y) {
        let raw = m.call_int(&helpers::SAME_BOX, &[x, y]);
        let one = m.int(1);
        return m.cmp_ints(Cmp::Eq, raw, one);
    }
    m.cmp_words(Cmp::Eq, x, y)
}

/// `a = b is c`, or its negation.
#[inline(always)]
pub fn is<M: Python>(m: &mut M, i: Ops, negate: bool) -> Flow {
    let (x, y) = (reg(m, i.b()), reg(m, i.c()));
    let mut truth = identical(m, x, y);
    if negate {
        truth = m.not(truth);
    }
    let word = m.bool_word(truth);
    consume(m, i.b());
    consume(m, i.c());
    write_plain(m, i.a(), word);
    done(m, i.next0())
}

/// Goes to x when the truth of `a is b` is the one that flag 1 of c names.
#[inline(always)]
pub fn jump_is<M: Python>(m: &mut M, i: Ops) -> Flow {
    let x = reg(m, i.a());
    let is_constant = i.c() & CONSTANT != 0;
    let y = if is_constant { constant(m, i.b()) } else { reg(m, i.b()) };
    let truth = identical(m, x, y);
    consume(m, i.a());
    if !is_constant {
        consume(m, i.b());
    }
    branch_on(m, i, truth)
}

/// `item in container`; `None`: an exception is pending.
fn is_member<M: Python>(m: &mut M, container: M::Val, item: M::Val) -> Option<M::Bool> {
    if let Some(truth) = is_plain_member(m, container, item) {
        return Some(truth);
    }
    let raw = m.call_int(&helpers::CONTAINS, &[container, item]);
    if m.raised_int(raw) {
        return None;
    }
    let one = m.int(1);
    Some(m.cmp_ints(Cmp::Eq, raw, one))
}

/// `item in container` for built-in containers, where that can be told without Python.
fn is_plain_member<M: Python>(m: &mut M, container: M::Val, item: M::Val) -> Option<M::Bool> {
    let helper = match known::plain_kind(m, container, const { override_bit("__contains__") })? {
        Kind::Dict => &helpers::DICT_FIND,
        Kind::Set | Kind::FrozenSet => &helpers::SET_FIND,
        Kind::List => &helpers::LIST_FIND,
        Kind::Tuple => &helpers::TUPLE_FIND,
        Kind::Str if view::is_str(m, item) => {
            let (raw, one) = (m.call_int(&helpers::STR_CONTAINS, &[container, item]), m.int(1));
            return Some(m.cmp_ints(Cmp::Eq, raw, one));
        }
        _ => return None,
    };
    let place = m.call_int(helper, &[container, item]);
    if m.int_is(place, helpers::UNDECIDED) {
        return None;
    }
    let zero = m.int(0);
    Some(m.cmp_ints(Cmp::Ge, place, zero))
}

/// `a = b in c`, or its negation.
pub fn contains<M: Python>(m: &mut M, i: Ops, negate: bool) -> Flow {
    let (item, container) = (reg(m, i.b()), reg(m, i.c()));
    let Some(mut truth) = is_member(m, container, item) else { return unwind::raise_empty(m) };
    if negate {
        truth = m.not(truth);
    }
    let word = m.bool_word(truth);
    consume(m, i.b());
    consume(m, i.c());
    write_plain(m, i.a(), word);
    done(m, i.next0())
}

/// Goes to x when the truth of `a in b` is the one that flag 1 of c names.
pub fn jump_in<M: Python>(m: &mut M, i: Ops) -> Flow {
    let is_constant = i.c() & CONSTANT != 0;
    let item = reg(m, i.a());
    let container = if is_constant { constant(m, i.b()) } else { reg(m, i.b()) };
    let Some(truth) = is_member(m, container, item) else { return unwind::raise_empty(m) };
    consume(m, i.a());
    if !is_constant {
        consume(m, i.b());
    }
    branch_on(m, i, truth)
}

/// How a truth test was answered.
enum Truth<B> {
    /// Without effects: the answer may steer the step at once.
    Plain(bool),
    /// By a helper.
    Called(B),
    /// By a helper that raised.
    Raised,
}

/// The truth of a value: constants and numbers here, sized built-ins by length, the rest by helper.
#[inline(always)]
fn truth_of<M: Python>(m: &mut M, value: M::Val) -> Truth<M::Bool> {
    let (yes, no) = (m.cx().true_word(), m.cx().false_word());
    if m.is_int(value) {
        return Truth::Plain(!m.is(value, Word::ZERO));
    }
    if m.is(value, yes) {
        return Truth::Plain(true);
    }
    if m.is(value, no) {
        return Truth::Plain(false);
    }
    m.apart(move |m| truth_slow(m, value))
}

#[inline(never)]
fn truth_slow<M: Python>(m: &mut M, value: M::Val) -> Truth<M::Bool> {
    let none = m.cx().none_word();
    if m.is(value, none) {
        return Truth::Plain(false);
    }
    if m.is_float(value) {
        let (raw, zero) = (m.untag_float(value), m.float(0.0));
        let truth = m.cmp_floats(Cmp::Ne, raw, zero);
        return Truth::Plain(m.test(truth));
    }
    if let Some(len) = known::builtin_len(m, value, const { override_bit("__bool__") | override_bit("__len__") }) {
        return Truth::Plain(!m.int_is(len, 0));
    }
    if view::is_always_true(m, value) {
        return Truth::Plain(true);
    }
    let raw = m.call_int(&helpers::TRUTH, &[value]);
    if m.raised_int(raw) {
        return Truth::Raised;
    }
    let one = m.int(1);
    Truth::Called(m.cmp_ints(Cmp::Eq, raw, one))
}

/// Goes to x when the truth of a equals `sense`.
#[inline(always)]
pub fn jump_if<M: Python>(m: &mut M, i: Ops, sense: bool) -> Flow {
    let value = reg(m, i.a());
    let (target, fall) = (i.target(m.code()), i.next1());
    match truth_of(m, value) {
        Truth::Plain(truth) => {
            consume(m, i.a());
            done(m, if truth == sense { target } else { fall })
        }
        Truth::Called(truth) => {
            consume(m, i.a());
            let (then, otherwise) = if sense { (target, fall) } else { (fall, target) };
            m.branch(truth, then, otherwise);
            boundary(m)
        }
        Truth::Raised => m.apart(unwind::raise_empty),
    }
}

/// Goes to x, keeping a, when its truth equals `sense`; else releases it.
#[inline(always)]
pub fn jump_or_drop<M: Python>(m: &mut M, i: Ops, sense: bool) -> Flow {
    let value = reg(m, i.a());
    let (target, fall) = (i.target(m.code()), i.next1());
    match truth_of(m, value) {
        Truth::Plain(truth) if truth == sense => {
            m.set_pc(target);
            Flow::Next
        }
        Truth::Plain(_) => {
            consume(m, i.a());
            done(m, fall)
        }
        Truth::Called(truth) => {
            // The two ways own different things, so the answer is committed and tested afresh.
            let word = m.bool_word(truth);
            m.init(scratch(m), Own::new(word));
            m.checkpoint(Continuation::OrDrop as u8);
            m.apart(move |m| finish_or_drop(m, i, sense))
        }
        Truth::Raised => m.apart(unwind::raise_empty),
    }
}

/// The second half of [`jump_or_drop`]: the scratch slot holds the truth.
pub fn finish_or_drop<M: Python>(m: &mut M, i: Ops, sense: bool) -> Flow {
    let truth = m.take(scratch(m)).into_inner();
    let yes = m.cx().true_word();
    if m.is(truth, yes) == sense {
        m.set_pc(i.target(m.code()));
        return Flow::Next;
    }
    consume(m, i.a());
    done(m, i.next1())
}

/// `a = not b`.
#[inline(always)]
pub fn not<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    let word = match truth_of(m, value) {
        Truth::Plain(truth) => {
            let word = m.cx().bool_word(!truth);
            m.word(word)
        }
        Truth::Called(truth) => {
            let negated = m.not(truth);
            m.bool_word(negated)
        }
        Truth::Raised => return m.apart(unwind::raise_empty),
    };
    consume(m, i.b());
    write_plain(m, i.a(), word);
    done(m, i.next0())
}

/// Goes to x when a is None (or is not).
#[inline(always)]
pub fn jump_if_none<M: Python>(m: &mut M, i: Ops, sense: bool) -> Flow {
    let (value, none) = (reg(m, i.a()), m.cx().none_word());
    let is_none = m.is(value, none);
    consume(m, i.a());
    let target = i.target(m.code());
    done(m, if is_none == sense { target } else { i.next1() })
}

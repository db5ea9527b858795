//! Native functions that bytecodes compute in place, because programs spend time in them and traces should see through them.
//!
//! A row of the table names a native by its definition; the body is written over the machine like any handler. A call
//! whose arguments do not fit falls back to the native itself.

use pv_machine::{Cmp, FloatOp, Flow, Helper, IntOp, Own};
use pv_object::{Kind, NativeFunction, Obj, Type, known, override_bit, summary_bit, trusted};
use pv_runtime::Thread;
use pv_runtime::native::NativeExt;
use pv_runtime::prelude::Loop;
use pv_word::Word;

use crate::handlers::calls::{self, Site};
use crate::handlers::{arith, consume, containers, generators};
use crate::helpers;
use crate::operands::Python;
use crate::{unwind, view};

/// What is computed in place.
#[derive(Clone, Copy)]
enum Intrinsic {
    Len,
    ListAppend,
    ListCopy,
    ListIndex,
    ListInsert,
    ListPop,
    ListRemove,
    DictGet,
    SetAdd,
    SetDiscard,
    Abs,
    Extreme(Cmp),
    IsInstance,
    Ord,
    Chr,
    Sqrt,
    Fabs,
    /// A pure function of a double that is undefined, or overflows, exactly where its result is not finite.
    Real(&'static Helper<Thread>),
    Whole(Rounding),
    /// A method of strings that runs no Python on strings and small ints: a call with smaller effects.
    OfStr,
    /// `object.__init__(x)`, which does nothing.
    ObjectInit,
    /// `next(generator)`.
    Next,
    /// `generator.send(value)`.
    Send,
    /// `list.sort(list, key=key)`.
    Sort,
    /// A loop of the prelude, where the last argument is a generator.
    Loop(Loop),
}

/// How a float becomes an int.
#[derive(Clone, Copy)]
enum Rounding {
    Down,
    Up,
    ToZero,
}

/// Rows: the native by its qualified name, and what it is.
static TABLE: [(&str, Intrinsic); 64] = [
    ("len", Intrinsic::Len),
    ("list.append", Intrinsic::ListAppend),
    ("list.copy", Intrinsic::ListCopy),
    ("list.index", Intrinsic::ListIndex),
    ("list.insert", Intrinsic::ListInsert),
    ("list.pop", Intrinsic::ListPop),
    ("list.remove", Intrinsic::ListRemove),
    ("dict.get", Intrinsic::DictGet),
    ("set.add", Intrinsic::SetAdd),
    ("set.discard", Intrinsic::SetDiscard),
    ("set.remove", Intrinsic::SetDiscard),
    ("abs", Intrinsic::Abs),
    ("max", Intrinsic::Extreme(Cmp::Gt)),
    ("min", Intrinsic::Extreme(Cmp::Lt)),
    ("isinstance", Intrinsic::IsInstance),
    ("ord", Intrinsic::Ord),
    ("chr", Intrinsic::Chr),
    ("math.acos", Intrinsic::Real(&helpers::FLOAT_ACOS)),
    ("math.asin", Intrinsic::Real(&helpers::FLOAT_ASIN)),
    ("math.atan", Intrinsic::Real(&helpers::FLOAT_ATAN)),
    ("math.ceil", Intrinsic::Whole(Rounding::Up)),
    ("math.cos", Intrinsic::Real(&helpers::FLOAT_COS)),
    ("math.exp", Intrinsic::Real(&helpers::FLOAT_EXP)),
    ("math.fabs", Intrinsic::Fabs),
    ("math.floor", Intrinsic::Whole(Rounding::Down)),
    ("math.log", Intrinsic::Real(&helpers::FLOAT_LOG)),
    ("math.log10", Intrinsic::Real(&helpers::FLOAT_LOG10)),
    ("math.log2", Intrinsic::Real(&helpers::FLOAT_LOG2)),
    ("math.sin", Intrinsic::Real(&helpers::FLOAT_SIN)),
    ("math.sqrt", Intrinsic::Sqrt),
    ("math.tan", Intrinsic::Real(&helpers::FLOAT_TAN)),
    ("math.trunc", Intrinsic::Whole(Rounding::ToZero)),
    ("object.__init__", Intrinsic::ObjectInit),
    ("str.count", Intrinsic::OfStr),
    ("str.endswith", Intrinsic::OfStr),
    ("str.find", Intrinsic::OfStr),
    ("str.index", Intrinsic::OfStr),
    ("str.isalnum", Intrinsic::OfStr),
    ("str.isalpha", Intrinsic::OfStr),
    ("str.isdigit", Intrinsic::OfStr),
    ("str.islower", Intrinsic::OfStr),
    ("str.isspace", Intrinsic::OfStr),
    ("str.isupper", Intrinsic::OfStr),
    ("str.lower", Intrinsic::OfStr),
    ("str.lstrip", Intrinsic::OfStr),
    ("str.partition", Intrinsic::OfStr),
    ("str.replace", Intrinsic::OfStr),
    ("str.rfind", Intrinsic::OfStr),
    ("str.rstrip", Intrinsic::OfStr),
    ("str.split", Intrinsic::OfStr),
    ("str.splitlines", Intrinsic::OfStr),
    ("str.startswith", Intrinsic::OfStr),
    ("str.strip", Intrinsic::OfStr),
    ("str.upper", Intrinsic::OfStr),
    ("generator.__next__", Intrinsic::Next),
    ("generator.send", Intrinsic::Send),
    ("next", Intrinsic::Next),
    ("list.sort", Intrinsic::Sort),
    ("all", Intrinsic::Loop(Loop::All)),
    ("any", Intrinsic::Loop(Loop::Any)),
    ("list.extend", Intrinsic::Loop(Loop::Extend)),
    ("sorted", Intrinsic::Loop(Loop::Sorted)),
    ("str.join", Intrinsic::Loop(Loop::Join)),
    ("sum", Intrinsic::Loop(Loop::Sum)),
];

/// Mark of a native without a row; row r has the mark `NO_ROW + 1 + r`.
const NO_ROW: u8 = 1;

/// The mark of a native that has none yet.
#[cold]
#[inline(never)]
fn find(native: &NativeFunction) -> u8 {
    let name = native.qualified();
    TABLE.iter().position(|row| row.0 == name).map_or(NO_ROW, |row| NO_ROW + 1 + row as u8)
}

/// The intrinsic that a native is, its receiver unbound. The answer is marked on the row's natives at the first question.
#[inline(always)]
fn intrinsic_of(native: &NativeFunction) -> Option<Intrinsic> {
    if !native.receiver.is_empty() {
        return None;
    }
    let mark = native.mark();
    if mark.get() == 0 {
        mark.set(find(native));
    }
    if mark.get() == NO_ROW { None } else { Some(TABLE[usize::from(mark.get() - NO_ROW - 1)].1) }
}

/// Computes the call of the native `identity` in place; `None` when it is none of these, or its arguments do not fit.
#[inline(always)]
pub fn call<M: Python>(m: &mut M, identity: Word, site: Site) -> Option<Flow> {
    let native = Obj::of(&identity).expect::<NativeFunction>();
    match (intrinsic_of(native)?, site.count) {
        (Intrinsic::Len, 1) => len(m, site),
        (Intrinsic::ListAppend, 2) => append(m, site),
        (Intrinsic::ListPop, 1) => containers::pop(m, site),
        (Intrinsic::ListPop, 2) => containers::pop_at(m, site),
        (Intrinsic::ListCopy, 1) => containers::copy(m, site),
        (Intrinsic::ListIndex, 2) => containers::index(m, site),
        (Intrinsic::ListInsert, 3) => containers::insert(m, site),
        (Intrinsic::ListRemove, 2) => containers::remove(m, site),
        (Intrinsic::DictGet, 2 | 3) => containers::get(m, site),
        (Intrinsic::SetAdd, 2) => containers::add(m, site),
        (Intrinsic::SetDiscard, 2) => containers::discard(m, site),
        (Intrinsic::ObjectInit, 1) => Some(containers::finish_none(m, site)),
        (Intrinsic::OfStr, 1..=3) => of_str(m, identity, site),
        (Intrinsic::Extreme(cmp), 2..=4) => extreme(m, site, cmp),
        (Intrinsic::Extreme(Cmp::Gt), 1) => consume::enter(m, Loop::Max, site),
        (Intrinsic::Extreme(_), 1) => consume::enter(m, Loop::Min, site),
        (Intrinsic::Next, 1) => {
            let iterator = m.get(site.arg(0));
            consume::exact_generator(m, iterator)?;
            generators::resume_call(m, site, None)
        }
        (Intrinsic::Send, 2) => {
            let receiver = m.get(site.arg(0));
            match view::kind(m, receiver) {
                Some((Kind::Generator, _)) => generators::resume_call(m, site, Some(site.arg(1))),
                _ => None,
            }
        }
        (Intrinsic::Loop(which), _) => consume::enter(m, which, site),
        (Intrinsic::IsInstance, 2) => is_instance(m, site),
        (intrinsic, 1) => unary(m, intrinsic, site),
        _ => None,
    }
}

/// The loop that the native `identity` is when it is called with one argument and the keyword `key`.
pub fn loop_by_key(identity: Word) -> Option<Loop> {
    match intrinsic_of(Obj::of(&identity).expect::<NativeFunction>())? {
        Intrinsic::Extreme(Cmp::Gt) => Some(Loop::MaxBy),
        Intrinsic::Extreme(_) => Some(Loop::MinBy),
        Intrinsic::Sort => Some(Loop::SortBy),
        Intrinsic::Loop(Loop::Sorted) => Some(Loop::SortedBy),
        _ => None,
    }
}

/// The functions of one argument whose result depends on its value alone.
#[inline(never)]
fn unary<M: Python>(m: &mut M, intrinsic: Intrinsic, site: Site) -> Option<Flow> {
    let value = m.get(site.arg(0));
    let result = match intrinsic {
        Intrinsic::Abs => abs(m, value)?,
        Intrinsic::Ord => ord(m, value)?,
        Intrinsic::Chr => chr(m, value)?,
        Intrinsic::Whole(rounding) => whole(m, value, rounding)?,
        Intrinsic::Sqrt => real(m, value, |m, x| m.float_op(FloatOp::Sqrt, x, x))?,
        Intrinsic::Fabs => real(m, value, |m, x| m.float_op(FloatOp::Abs, x, x))?,
        Intrinsic::Real(helper) => real(m, value, |m, x| m.call_float(helper, &[x]))?,
        _ => return None,
    };
    Some(calls::finish(m, site, result))
}

/// Makes the objects of some built-in classes in place; `type(x)`; collections of the items of an iterator that runs Python.
pub fn class<M: Python>(m: &mut M, class: Word, site: Site) -> Option<Flow> {
    let is = |m: &M, kind| m.cx().vm().type_of_kind(kind).word() == class;
    if is(m, Kind::Range) {
        return containers::range(m, site);
    }
    if is(m, Kind::Enumerate) {
        return containers::enumerate(m, site);
    }
    if is(m, Kind::Zip) {
        return containers::zip(m, site);
    }
    if site.count != 1 {
        return None;
    }
    let value = m.get(site.arg(0));
    let result = if is(m, Kind::Int) {
        whole(m, value, Rounding::ToZero)?
    } else if is(m, Kind::Float) {
        if m.is_float(value) {
            Own::new(value)
        } else {
            let value = arith::small_as_float(m, value)?;
            m.tag_float(value)
        }
    } else if is(m, Kind::Type) {
        let class = known::shape_of_value(m, value).type_obj().word();
        let class = m.word(class);
        m.own(class)
    } else if is(m, Kind::Reversed) {
        reversed_range(m, value)?
    } else {
        if is(m, Kind::Tuple) && view::exact_kind(m, value) == Some(Kind::List) {
            let tuple = m.call(&helpers::LIST_TO_TUPLE, &[value]);
            return Some(calls::finish(m, site, tuple));
        }
        let made = [(Kind::Tuple, Loop::Tuple), (Kind::List, Loop::List), (Kind::Set, Loop::Set)];
        let made = made.into_iter().chain([(Kind::FrozenSet, Loop::FrozenSet)]);
        let (_, which) = made.into_iter().find(|(kind, _)| is(m, *kind))?;
        return consume::enter(m, which, site);
    };
    Some(calls::finish(m, site, result))
}

/// `reversed(range)` of small ints.
fn reversed_range<M: Python>(m: &mut M, value: M::Val) -> Option<Own<M::Val>> {
    if view::exact_kind(m, value) != Some(Kind::Range) {
        return None;
    }
    let [start, step, len] = view::small_range(m, trusted::by_shape(value))?;
    let (zero, one) = (m.int(0), m.int(1));
    let last = m.int_op(IntOp::Sub, len, one);
    let distance = m.int_op(IntOp::Mul, last, step);
    let last = m.int_op(IntOp::Add, start, distance);
    let back = m.int_op(IntOp::Sub, zero, step);
    Some(known::new_range_iter(m, last, back, len))
}

/// `abs(x)` of a small int or an immediate float.
fn abs<M: Python>(m: &mut M, value: M::Val) -> Option<Own<M::Val>> {
    if m.is_int(value) {
        let zero = m.word(Word::ZERO);
        let negative = m.cmp_words(Cmp::Lt, value, zero);
        let negated = m.tagged(IntOp::Sub, zero, value)?;
        return Some(Own::new(m.select(negative, negated, value)));
    }
    if !m.is_float(value) {
        return None;
    }
    let value = m.untag_float(value);
    let result = m.float_op(FloatOp::Abs, value, value);
    Some(m.tag_float(result))
}

/// `ord(s)` of an exact string of one character.
fn ord<M: Python>(m: &mut M, value: M::Val) -> Option<Own<M::Val>> {
    if view::exact_kind(m, value) != Some(Kind::Str) {
        return None;
    }
    let len = known::builtin_len(m, value, const { override_bit("__len__") })?;
    if !m.int_is(len, 1) {
        return None;
    }
    let point = m.call_int(&helpers::ORD, &[value]);
    m.tag_int(point).map(Own::new)
}

/// `chr(x)` of a small int in range.
fn chr<M: Python>(m: &mut M, value: M::Val) -> Option<Own<M::Val>> {
    if !m.is_int(value) {
        return None;
    }
    let (raw, limit) = (m.untag_int(value), m.int(0x11_0000));
    let in_range = m.cmp_ints(Cmp::Ult, raw, limit);
    if !m.test(in_range) {
        return None;
    }
    Some(m.call(&helpers::CHR, &[value]))
}

/// A small int or immediate float as a double.
fn as_double<M: Python>(m: &mut M, value: M::Val) -> Option<M::Float> {
    if m.is_float(value) { Some(m.untag_float(value)) } else { arith::small_as_float(m, value) }
}

/// `f(x)` where that is finite; the native knows what else it means.
fn real<M: Python>(m: &mut M, value: M::Val, f: impl FnOnce(&mut M, M::Float) -> M::Float) -> Option<Own<M::Val>> {
    let value = as_double(m, value)?;
    let result = f(m, value);
    if !smaller(m, result, f64::INFINITY) {
        return None;
    }
    Some(m.tag_float(result))
}

/// `|x| < limit`? Not for nan.
fn smaller<M: Python>(m: &mut M, x: M::Float, limit: f64) -> bool {
    let limit = m.float(limit);
    let size = m.float_op(FloatOp::Abs, x, x);
    let smaller = m.cmp_floats(Cmp::Lt, size, limit);
    m.test(smaller)
}

/// The int next to a small int or an immediate float that is not too large.
fn whole<M: Python>(m: &mut M, value: M::Val, rounding: Rounding) -> Option<Own<M::Val>> {
    const LIMIT: f64 = (1_u64 << 60) as f64;
    if m.is_int(value) {
        return Some(Own::new(value));
    }
    if !m.is_float(value) {
        return None;
    }
    let value = m.untag_float(value);
    if !smaller(m, value, LIMIT) {
        return None;
    }
    let result = match rounding {
        Rounding::ToZero => m.float_to_int(value),
        Rounding::Down => {
            let floor = m.float_op(FloatOp::Floor, value, value);
            m.float_to_int(floor)
        }
        Rounding::Up => {
            let negated = m.float_op(FloatOp::Neg, value, value);
            let floor = m.float_op(FloatOp::Floor, negated, negated);
            let (zero, floor) = (m.int(0), m.float_to_int(floor));
            m.int_op(IntOp::Sub, zero, floor)
        }
    };
    m.tag_int(result).map(Own::new)
}

/// `min` or `max` of small ints, or of immediate floats: a later one wins where it is beyond the best so far.
#[inline(never)]
fn extreme<M: Python>(m: &mut M, site: Site, cmp: Cmp) -> Option<Flow> {
    let mut best = m.get(site.arg(0));
    for index in 1..site.count {
        let next = m.get(site.arg(index));
        let beyond = if m.both_ints(best, next) {
            m.cmp_words(cmp, next, best)
        } else if m.is_float(best) && m.is_float(next) {
            let (x, y) = (m.untag_float(best), m.untag_float(next));
            m.cmp_floats(cmp, y, x)
        } else {
            return None;
        };
        best = m.select(beyond, next, best);
    }
    Some(calls::finish(m, site, Own::new(best)))
}

/// `isinstance(x, class)` for a class whose metaclass is `type`: decided by x's shape. A negative answer needs a `__class__` that
/// tells no lies.
#[inline(never)]
fn is_instance<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let (value, class) = (m.get(site.arg(0)), m.get(site.arg(1)));
    if view::exact_kind(m, class) != Some(Kind::Type) {
        return None;
    }
    let class = m.promote(class);
    let class = Obj::of(&class).expect::<Type>();
    let ty = known::shape_of_value(m, value).ty();
    let answer = if ty.is_subtype(class) {
        m.cx().true_word()
    } else if is_honest(ty) {
        m.cx().false_word()
    } else {
        return None;
    };
    let answer = m.word(answer);
    Some(calls::finish(m, site, Own::new(answer)))
}

/// Is the `__class__` of the type's instances the type itself?
fn is_honest(ty: &Type) -> bool {
    const LIARS: u32 = summary_bit("__class__") | summary_bit("__getattribute__");
    match ty.instance_kind() {
        Kind::Instance | Kind::Int | Kind::Float | Kind::Str | Kind::Tuple | Kind::List | Kind::Dict | Kind::None => {
            ty.summary() & LIARS == 0
        }
        _ => false,
    }
}

/// A method of an exact string on further strings and small ints.
#[inline(never)]
fn of_str<M: Python>(m: &mut M, identity: Word, site: Site) -> Option<Flow> {
    if M::INTERPRETING {
        return None;
    }
    let callee = m.word(identity);
    let mut operands = [callee; 4];
    for index in 0..site.count {
        let value = m.get(site.arg(index));
        if !(index > 0 && m.is_int(value)) && view::exact_kind(m, value) != Some(Kind::Str) {
            return None;
        }
        operands[index as usize + 1] = value;
    }
    let count = site.count as usize;
    let result = m.call(helpers::READING[count - 1], &operands[..=count]);
    if m.raised(&result) {
        return Some(unwind::raise(m, result));
    }
    Some(calls::finish(m, site, result))
}

/// `len(x)` of an exact built-in container.
fn len<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let container = m.get(site.arg(0));
    let len = known::builtin_len(m, container, const { override_bit("__len__") })?;
    let value = m.tag_int(len)?;
    Some(calls::finish(m, site, Own::new(value)))
}

/// `list.append(list, x)`.
fn append<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let list = containers::list(m, site)?.value();
    let value = m.take(site.arg(1));
    super::build::append(m, list, value);
    let none = m.cx().none_word();
    let none = m.word(none);
    Some(calls::finish(m, site, Own::new(none)))
}

//! `range`.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{BigInt, LongRangeIter, Obj, Range, RangeIter, Slice, Tuple};

use super::TypeTable;
use super::list::check_index;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

fn parts(range: &Obj) -> (Obj, Obj, Obj, Obj) {
    let view = range.expect::<Range>();
    (view.start(), view.stop(), view.step(), view.len())
}

/// An index as an exact int.
fn bound(cx: &Thread, value: &Obj) -> PyResult {
    let index = protocol::to_index(cx, value)?;
    match index.as_i64() {
        Some(small) => Ok(Obj::int(small)),
        None => Ok(index.as_bigint().map_or(index, Obj::big)),
    }
}

/// A range from, to before, by.
pub(crate) fn create(cx: &Thread, start: Obj, stop: Obj, step: Obj) -> PyResult {
    if let (Some(from), Some(to), Some(by)) = (start.word().as_i64(), stop.word().as_i64(), step.word().as_i64()) {
        if by == 0 {
            return Err(cx.value_error("range() arg 3 must not be zero"));
        }
        return Ok(Range::of(from, to, by));
    }
    let (Some(from), Some(to), Some(by)) = (start.as_bigint(), stop.as_bigint(), step.as_bigint()) else {
        return Err(cx.system_error("the bounds of a range are ints"));
    };
    let len = count(&from, &to, &by);
    Ok(Range::create(start, stop, step, Obj::big(len)))
}

/// Number of elements.
fn count(start: &BigInt, stop: &BigInt, step: &BigInt) -> BigInt {
    let zero = BigInt::from(0_i64);
    let one = BigInt::from(1_i64);
    let (distance, step) = match step.is_negative() {
        true => (start - stop, &zero - step),
        false => (stop - start, step.clone()),
    };
    if distance.is_negative() || distance.is_zero() {
        return zero;
    }
    match (&distance - &one).div_mod(&step) {
        Some((quotient, _)) => &quotient + &one,
        None => zero,
    }
}

fn new(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("range() takes no keyword arguments"));
    }
    let (start, stop, step) = match args.values() {
        [stop] => (Obj::small(0), bound(cx, stop)?, Obj::small(1)),
        [start, stop] => (bound(cx, start)?, bound(cx, stop)?, Obj::small(1)),
        [start, stop, step] => (bound(cx, start)?, bound(cx, stop)?, bound(cx, step)?),
        [] => return Err(cx.type_error("range expected at least 1 argument, got 0")),
        more => return Err(cx.type_error(format_args!("range expected at most 3 arguments, got {}", more.len()))),
    };
    if step.as_i64() == Some(0) {
        return Err(cx.value_error("range() arg 3 must not be zero"));
    }
    create(cx, start, stop, step)
}

fn repr(cx: &Thread, range: &Obj) -> PyResult {
    let (start, stop, step, _) = parts(range);
    let shown = |value: &Obj| PyResult::Ok(text::to_string(&protocol::repr(cx, value)?));
    Ok(text::new(&match step.as_i64() {
        Some(1) => format!("range({}, {})", shown(&start)?, shown(&stop)?),
        _ => format!("range({}, {}, {})", shown(&start)?, shown(&stop)?, shown(&step)?),
    }))
}

fn iterator(cx: &Thread, start: Obj, step: Obj, len: Obj) -> PyResult {
    if let (Some(from), Some(by), Some(count)) = (start.word().as_i64(), step.word().as_i64(), len.word().as_i64()) {
        let last = i128::from(from) + i128::from(by) * i128::from(count.max(1) - 1);
        if last.unsigned_abs() < 1 << 61 {
            return Ok(RangeIter::create(from, by, count));
        }
    }
    let _ = cx;
    Ok(LongRangeIter::create(start, step, len))
}

fn iter(cx: &Thread, range: &Obj) -> PyResult {
    if let Some((start, step, len)) = range.expect::<Range>().small() {
        return Ok(RangeIter::create(start, step, len));
    }
    let (start, _, step, len) = parts(range);
    iterator(cx, start, step, len)
}

fn reversed(cx: &Thread, range: &Obj) -> PyResult {
    let (start, _, step, len) = parts(range);
    let (Some(from), Some(by), Some(count)) = (start.as_bigint(), step.as_bigint(), len.as_bigint()) else {
        return Err(cx.system_error("the bounds of a range are ints"));
    };
    let last = &from + &(&(&count - &BigInt::from(1_i64)) * &by);
    iterator(cx, Obj::big(last), Obj::big(&BigInt::from(0_i64) - &by), len)
}

fn len(cx: &Thread, range: &Obj) -> PyResult<usize> {
    let len = range.expect::<Range>().len();
    let small = len.as_i64().and_then(|len| usize::try_from(len).ok());
    small.ok_or_else(|| cx.overflow_error("Python int too large to convert to C ssize_t"))
}

fn truth(_: &Thread, range: &Obj) -> PyResult<bool> {
    Ok(range.expect::<Range>().len().as_i64() != Some(0))
}

/// The element at an index that is known to be in range.
fn element(range: &Obj, index: &BigInt) -> Obj {
    let (start, _, step, _) = parts(range);
    match (start.as_bigint(), step.as_bigint()) {
        (Some(start), Some(step)) => Obj::big(&start + &(index * &step)),
        _ => start,
    }
}

fn get_item(cx: &Thread, range: &Obj, key: &Obj) -> PyResult {
    if let Some(slice) = key.downcast::<Slice>() {
        return get_slice(cx, range, slice);
    }
    check_index(cx, "range", key)?;
    let index = protocol::to_index(cx, key)?;
    if let (Some((start, step, len)), Some(index)) = (range.expect::<Range>().small(), index.as_i64()) {
        let place = if index < 0 { index + len } else { index };
        return match (0..len).contains(&place) {
            true => Ok(Obj::int(start + place * step)),
            false => Err(cx.index_error("range object index out of range")),
        };
    }
    let (Some(index), Some(len)) = (index.as_bigint(), range.expect::<Range>().len().as_bigint()) else {
        return Err(cx.system_error("an index is an int"));
    };
    let place = if index.is_negative() { &index + &len } else { index };
    if place.is_negative() || place >= len {
        return Err(cx.index_error("range object index out of range"));
    }
    Ok(element(range, &place))
}

fn get_slice(cx: &Thread, range: &Obj, slice: &Slice) -> PyResult {
    let len = super::int::with_big(&range.expect::<Range>().len(), BigInt::clone);
    let [start, stop, by] = super::slice::exact_bounds(cx, slice, &len)?;
    let step = protocol::binary_op(cx, BinaryOp::Mul, &range.expect::<Range>().step(), &Obj::big(by))?;
    create(cx, element(range, &start), element(range, &stop), step)
}

/// Where the value stands in the range, for exact ints.
fn place_of(range: &Obj, value: &Obj) -> Option<BigInt> {
    let (start, _, step, len) = parts(range);
    let (value, start, step, len) = (value.as_bigint()?, start.as_bigint()?, step.as_bigint()?, len.as_bigint()?);
    let (place, rest) = (&value - &start).div_mod(&step)?;
    (rest.is_zero() && !place.is_negative() && place < len).then_some(place)
}

fn plain_int(value: &Obj) -> bool {
    value.is_int() && value.is_exact()
}

fn contains(cx: &Thread, range: &Obj, value: &Obj) -> PyResult<bool> {
    if plain_int(value) {
        return Ok(place_of(range, value).is_some());
    }
    let iterator = iter(cx, range)?;
    while let Some(each) = protocol::iter_next(cx, &iterator)? {
        if protocol::values_equal(cx, &each, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn count_method(cx: &Thread, range: &Obj, value: &Obj) -> PyResult {
    if plain_int(value) {
        return Ok(Obj::small(i32::from(place_of(range, value).is_some())));
    }
    let mut found = 0;
    for each in protocol::collect(cx, range)? {
        found += usize::from(protocol::values_equal(cx, &each, value)?);
    }
    Ok(Obj::usize(found))
}

fn index(cx: &Thread, range: &Obj, value: &Obj) -> PyResult {
    if plain_int(value) {
        if let Some(place) = place_of(range, value) {
            return Ok(Obj::big(place));
        }
        let shown = text::to_string(&protocol::repr(cx, value)?);
        return Err(cx.value_error(format_args!("{shown} is not in range")));
    }
    let iterator = iter(cx, range)?;
    let mut place = 0;
    while let Some(each) = protocol::iter_next(cx, &iterator)? {
        if protocol::values_equal(cx, &each, value)? {
            return Ok(Obj::usize(place));
        }
        place += 1;
    }
    Err(cx.value_error("sequence.index(x): x not in sequence"))
}

/// What two equal ranges share: length, and start and step as far as they matter.
fn identity(range: &Obj) -> Obj {
    let (start, _, step, len) = parts(range);
    let none = Obj::none;
    Tuple::create(match len.as_i64() {
        Some(0) => vec![len, none(), none()],
        Some(1) => vec![len, start, none()],
        _ => vec![len, start, step],
    })
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if b.downcast::<Range>().is_none() || !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Obj::not_implemented());
    }
    protocol::rich_compare(cx, op, &identity(a), &identity(b))
}

fn hash(cx: &Thread, range: &Obj) -> PyResult<i64> {
    protocol::hash(cx, &identity(range))
}

fn start(_: &Thread, range: &Obj) -> PyResult {
    Ok(parts(range).0)
}
fn stop(_: &Thread, range: &Obj) -> PyResult {
    Ok(parts(range).1)
}
fn step(_: &Thread, range: &Obj) -> PyResult {
    Ok(parts(range).2)
}

fn reduce(cx: &Thread, range: &Obj) -> PyResult {
    let (start, stop, step, _) = parts(range);
    Ok(Tuple::pair(cx.type_of(range).clone(), Tuple::create(vec![start, stop, step])))
}

crate::natives! { static METHODS:
    "count" "(self, value, /)" F2(count_method) "rangeobject.count(value) -> integer -- return number of occurrences of value";
    "index" "(self, value, /)" F2(index) "rangeobject.index(value) -> integer -- return index of value.";
    "__reversed__" "(self, /)" F1(reversed) "Return a reverse iterator.";
    "__reduce__" "(self, /)" F1(reduce) "";
}

crate::getsets! { static GETSETS:
    "start" start as member => "";
    "stop" stop as member => "";
    "step" step as member => "";
}

/// `range`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        truth: Some(truth),
        len: Some(len),
        iter: Some(iter),
        contains: Some(contains),
        get_item: Some(get_item),
        ..Slots::NONE
    },
    doc: "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.",
    ..TypeTable::NONE
};

//! `slice`, and slicing with two bounds.

use pv_bytecode::op::Compare;
use pv_object::{BigInt, Bytes, List, Obj, Slice, Str, Tuple};

use super::TypeTable;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

fn parts(slice: &Obj) -> [Obj; 3] {
    let view = slice.expect::<Slice>();
    [view.start(), view.stop(), view.step()]
}

/// A slice object of two or three values.
pub fn build(parts: Vec<Obj>) -> Obj {
    let mut parts = parts.into_iter();
    let mut next = || parts.next().unwrap_or_else(Obj::none);
    Slice::create(next(), next(), next())
}

/// A bound that is absent or a small int, placed within `len`.
fn quick_bound(value: &Obj, default: usize, len: usize) -> Option<usize> {
    if value.is_none() {
        return Some(default);
    }
    let value = value.word().as_i64()?;
    let len = len as i64;
    Some(if value < 0 { (value + len).max(0) } else { value.min(len) } as usize)
}

/// `container[start:stop]`.
pub fn get(cx: &Thread, container: &Obj, start: &Obj, stop: &Obj) -> PyResult {
    if container.is_exact()
        && let Some(len) = quick_len(container)
        && let (Some(start), Some(stop)) = (quick_bound(start, 0, len), quick_bound(stop, len, len))
    {
        return Ok(quick_get(container, start, stop.max(start)));
    }
    let slice = Slice::create(start.clone(), stop.clone(), Obj::none());
    protocol::get_item(cx, container, &slice)
}

fn quick_len(container: &Obj) -> Option<usize> {
    if let Some(list) = container.downcast::<List>() {
        return Some(list.len());
    }
    if let Some(string) = container.downcast::<Str>() {
        return Some(string.len());
    }
    if let Some(tuple) = container.downcast::<Tuple>() {
        return Some(tuple.len());
    }
    container.downcast::<Bytes>().map(|bytes| bytes.data().len())
}

fn quick_get(container: &Obj, start: usize, stop: usize) -> Obj {
    if let Some(list) = container.downcast::<List>() {
        return List::create(list.slice(start, stop));
    }
    if let Some(string) = container.downcast::<Str>() {
        return string.slice(start, stop);
    }
    if let Some(tuple) = container.downcast::<Tuple>() {
        let whole = start == 0 && stop == tuple.len();
        return if whole { container.clone() } else { Tuple::create(tuple.items()[start..stop].to_vec()) };
    }
    Bytes::create(&container.expect::<Bytes>().data()[start..stop])
}

/// `container[start:stop] = value`.
pub fn set(cx: &Thread, container: &Obj, start: &Obj, stop: &Obj, value: &Obj) -> PyResult<()> {
    let slice = Slice::create(start.clone(), stop.clone(), Obj::none());
    protocol::set_item(cx, container, &slice, value)
}

fn new(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("slice() takes no keyword arguments"));
    }
    let none = Obj::none;
    match args.values() {
        [stop] => Ok(Slice::create(none(), stop.clone(), none())),
        [start, stop] => Ok(Slice::create(start.clone(), stop.clone(), none())),
        [start, stop, step] => Ok(Slice::create(start.clone(), stop.clone(), step.clone())),
        [] => Err(cx.type_error("slice expected at least 1 argument, got 0")),
        more => Err(cx.type_error(format_args!("slice expected at most 3 arguments, got {}", more.len()))),
    }
}

fn repr(cx: &Thread, slice: &Obj) -> PyResult {
    let mut shown = Vec::new();
    for part in parts(slice) {
        shown.push(text::to_string(&protocol::repr(cx, &part)?));
    }
    Ok(text::new(&format!("slice({})", shown.join(", "))))
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if b.downcast::<Slice>().is_none() {
        return Ok(Obj::not_implemented());
    }
    let (left, right) = (Tuple::create(parts(a).to_vec()), Tuple::create(parts(b).to_vec()));
    protocol::rich_compare(cx, op, &left, &right)
}

fn hash(cx: &Thread, slice: &Obj) -> PyResult<i64> {
    protocol::hash(cx, &Tuple::create(parts(slice).to_vec()))
}

fn indices(cx: &Thread, slice: &Obj, len: &Obj) -> PyResult {
    let len = whole(&protocol::to_index(cx, len)?);
    if len.is_negative() {
        return Err(cx.value_error("length should not be negative"));
    }
    Ok(Tuple::create(exact_bounds(cx, slice.expect(), &len)?.map(Obj::big).to_vec()))
}

/// Start, stop and step of a slice of `len` items, in numbers of any size.
pub(crate) fn exact_bounds(cx: &Thread, slice: &Slice, len: &BigInt) -> PyResult<[BigInt; 3]> {
    let part = |value: Obj| match value.is_none() {
        true => Ok(None),
        false => protocol::slice_part(cx, &value).map(|value| Some(whole(&value))),
    };
    let step = part(slice.step())?.unwrap_or_else(|| BigInt::from(1_i64));
    if step.is_zero() {
        return Err(cx.value_error("slice step cannot be zero"));
    }
    let (zero, minus_one) = (BigInt::from(0_i64), BigInt::from(-1_i64));
    let (low, high) = if step.is_negative() { (minus_one.clone(), len + &minus_one) } else { (zero, len.clone()) };
    let clamp =
        |value: BigInt| if value.is_negative() { (&value + len).max(low.clone()) } else { value.min(high.clone()) };
    let (first, last) = if step.is_negative() { (&high, &low) } else { (&low, &high) };
    let start = part(slice.start())?.map_or_else(|| first.clone(), clamp);
    let stop = part(slice.stop())?.map_or_else(|| last.clone(), clamp);
    Ok([start, stop, step])
}

/// An int as a number of any size.
fn whole(value: &Obj) -> BigInt {
    super::int::with_big(value, BigInt::clone)
}

fn start(_: &Thread, slice: &Obj) -> PyResult {
    Ok(slice.expect::<Slice>().start())
}
fn stop(_: &Thread, slice: &Obj) -> PyResult {
    Ok(slice.expect::<Slice>().stop())
}
fn step(_: &Thread, slice: &Obj) -> PyResult {
    Ok(slice.expect::<Slice>().step())
}

fn reduce(cx: &Thread, slice: &Obj) -> PyResult {
    Ok(Tuple::pair(cx.type_of(slice).clone(), Tuple::create(parts(slice).to_vec())))
}

crate::natives! { static METHODS:
    "indices" "(self, object, /)" F2(indices) "S.indices(len) -> (start, stop, stride)";
    "__reduce__" "(self, /)" F1(reduce) "Return state information for pickling.";
}

crate::getsets! { static GETSETS:
    "start" start as member => "";
    "stop" stop as member => "";
    "step" step as member => "";
}

/// `slice`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), repr: Some(repr), hash: Some(hash), compare: Some(compare), ..Slots::NONE },
    doc: "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.",
    ..TypeTable::NONE
};

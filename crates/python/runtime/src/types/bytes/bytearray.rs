//! What only bytearrays can do.

use pv_bytecode::op::BinaryOp;
use pv_object::{ByteArray, Bytes, Obj, Slice, Str, Tuple};

use super::{byte, shown, with_data};
use crate::error::{Exc, PyResult};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::list::repeat_count;
use crate::types::object::state_of;
use crate::types::str::repr as show;

pub(super) const RANGE: &str = "byte must be in range(0, 256)";

fn view(object: &Obj) -> &ByteArray {
    object.expect::<ByteArray>()
}

/// BufferError while a view of the bytes exists.
pub(super) fn check_resizable(cx: &Thread, object: &Obj) -> PyResult<()> {
    if view(object).exports() == 0 {
        return Ok(());
    }
    Err(cx.raise_message(Exc::BufferError, "Existing exports of data: object cannot be re-sized"))
}

/// Changes the bytes in a way that may change their number.
fn change<R>(cx: &Thread, object: &Obj, f: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
    check_resizable(cx, object)?;
    Ok(view(object).with_mut(f))
}

pub(super) fn repr(cx: &Thread, object: &Obj) -> PyResult {
    let shown = with_data(object, show::bytes);
    // Single quotes are escaped even where the outer quotes are double.
    let shown = if shown.starts_with("b\"") { shown.replace('\'', "\\'") } else { shown };
    Ok(text::new(&format!("{}({shown})", cx.type_name(object))))
}

pub(super) fn append(cx: &Thread, object: &Obj, item: &Obj) -> PyResult {
    let item = byte(cx, item, RANGE)?;
    change(cx, object, |data| data.push(item)).map(|()| Obj::none())
}

pub(super) fn clear(cx: &Thread, object: &Obj) -> PyResult {
    change(cx, object, Vec::clear).map(|()| Obj::none())
}

pub(super) fn copy(_: &Thread, object: &Obj) -> PyResult {
    Ok(ByteArray::create(with_data(object, <[u8]>::to_vec)))
}

/// The bytes that `extend` adds.
fn extension(cx: &Thread, source: &Obj) -> PyResult<Vec<u8>> {
    if let Some(data) = shown(cx, source)? {
        return Ok(data);
    }
    if source.downcast::<Str>().is_some() {
        return Err(cx.type_error("expected iterable of integers; got: 'str'"));
    }
    let iterator = match protocol::get_iter(cx, source) {
        Ok(iterator) => iterator,
        Err(raised) => {
            drop(cx.catch(raised, Exc::TypeError)?);
            let found = cx.type_name(source);
            return Err(cx.type_error(format_args!("can't extend bytearray with {found}")));
        }
    };
    let mut data = Vec::new();
    while let Some(item) = protocol::iter_next(cx, &iterator)? {
        data.push(byte(cx, &item, RANGE)?);
    }
    Ok(data)
}

pub(super) fn extend(cx: &Thread, object: &Obj, source: &Obj) -> PyResult {
    // What is added goes to where the end was when the call began, even if the source makes the bytearray grow.
    let end = with_data(object, <[u8]>::len);
    let more = extension(cx, source)?;
    change(cx, object, |data| drop(data.splice(end.min(data.len())..end.min(data.len()), more)))?;
    Ok(Obj::none())
}

pub(super) fn insert(cx: &Thread, object: &Obj, index: &Obj, item: &Obj) -> PyResult {
    let index = protocol::to_isize(cx, index)?;
    let item = byte(cx, item, RANGE)?;
    change(cx, object, |data| {
        let len = data.len() as i64;
        let place = if index < 0 { (index.saturating_add(len)).max(0) } else { index.min(len) };
        data.insert(place as usize, item);
    })
    .map(|()| Obj::none())
}

pub(super) fn pop(cx: &Thread, object: &Obj, index: Option<&Obj>) -> PyResult {
    let index = index.map_or(Ok(-1), |index| protocol::to_isize(cx, index))?;
    let len = with_data(object, <[u8]>::len);
    if len == 0 {
        return Err(cx.index_error("pop from empty bytearray"));
    }
    let place = if index < 0 { index.saturating_add(len as i64) } else { index };
    match usize::try_from(place) {
        Ok(place) if place < len => {
            change(cx, object, |data| data.remove(place)).map(|byte| Obj::small(i32::from(byte)))
        }
        _ => Err(cx.index_error("pop index out of range")),
    }
}

pub(super) fn remove(cx: &Thread, object: &Obj, value: &Obj) -> PyResult {
    let value = byte(cx, value, RANGE)?;
    match with_data(object, |data| data.iter().position(|each| *each == value)) {
        Some(place) => change(cx, object, |data| data.remove(place)).map(|_| Obj::none()),
        None => Err(cx.value_error("value not found in bytearray")),
    }
}

pub(super) fn resize(cx: &Thread, object: &Obj, size: &Obj) -> PyResult {
    let size = protocol::to_isize(cx, size)?;
    match usize::try_from(size) {
        Ok(size) if size == with_data(object, <[u8]>::len) => Ok(Obj::none()),
        Ok(size) => {
            cx.room_for(size)?;
            change(cx, object, |data| data.resize(size, 0)).map(|()| Obj::none())
        }
        Err(_) => Err(cx.value_error(format_args!("Can only resize to positive sizes, got {size}"))),
    }
}

pub(super) fn reverse(_: &Thread, object: &Obj) -> PyResult {
    view(object).with_mut(|data| data.reverse());
    Ok(Obj::none())
}

/// A call that makes the bytearray again: with a string in Latin-1 for the protocols that know no bytes.
fn reduced(cx: &Thread, object: &Obj, bytes: bool) -> PyResult {
    let state = state_of(cx, object)?;
    let args = with_data(object, |data| match (data.is_empty(), bytes) {
        (true, _) => Vec::new(),
        (false, true) => vec![Bytes::create(data)],
        (false, false) => {
            let points: String = data.iter().map(|byte| char::from(*byte)).collect();
            vec![text::new(&points), text::intern("latin-1")]
        }
    });
    Ok(Tuple::create(vec![cx.type_of(object).clone(), Tuple::create(args), state]))
}

pub(super) fn reduce(cx: &Thread, object: &Obj) -> PyResult {
    reduced(cx, object, false)
}

pub(super) fn reduce_ex(cx: &Thread, object: &Obj, version: Option<&Obj>) -> PyResult {
    let version = version.map_or(Ok(0), |version| protocol::to_isize(cx, version))?;
    reduced(cx, object, version >= 3)
}

pub(super) fn set_item(cx: &Thread, object: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if let Some(slice) = key.downcast::<Slice>() {
        return set_slice(cx, object, slice, value);
    }
    if !key.is_int() && cx.lookup_special(key, &cx.names().__index__).is_none() {
        let found = cx.type_name(key);
        return Err(cx.type_error(format_args!("bytearray indices must be integers or slices, not {found}")));
    }
    let message = "bytearray index out of range";
    let place = protocol::normalize_index(cx, key, with_data(object, <[u8]>::len), message)?;
    let Some(value) = value else { return change(cx, object, |data| data.remove(place)).map(drop) };
    let value = byte(cx, value, RANGE)?;
    // Reading the value may have run code that shrank the array.
    match view(object).with_mut(|data| data.get_mut(place).map(|slot| *slot = value)) {
        Some(()) => Ok(()),
        None => Err(cx.index_error(message)),
    }
}

fn slice_value(cx: &Thread, value: &Obj) -> PyResult<Vec<u8>> {
    let wrong = value.is_int() || value.downcast::<Str>().is_some();
    if let Some(data) = shown(cx, value)? {
        return Ok(data);
    }
    let iterable = cx.lookup_special(value, &cx.names().__iter__).is_some();
    if wrong || !iterable {
        return Err(cx.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
    }
    super::from_object(cx, value, RANGE)
}

fn set_slice(cx: &Thread, object: &Obj, slice: &Slice, value: Option<&Obj>) -> PyResult<()> {
    let value = value.map_or(Ok(Vec::new()), |value| slice_value(cx, value))?;
    let (start, step, count) = protocol::slice_bounds(cx, slice, with_data(object, <[u8]>::len))?;
    if step == 1 {
        let start = start as usize;
        if value.len() == count {
            view(object).with_mut(|data| data[start..start + count].copy_from_slice(&value));
            return Ok(());
        }
        return change(cx, object, |data| drop(data.splice(start..start + count, value)));
    }
    let places = (0..count as i64).map(|i| (start + i * step) as usize);
    if value.is_empty() {
        let gone: Vec<usize> = places.collect();
        return change(cx, object, |data| {
            let mut place = 0;
            data.retain(|_| {
                place += 1;
                !gone.contains(&(place - 1))
            });
        });
    }
    if value.len() != count {
        let given = value.len();
        return Err(
            cx.value_error(format_args!("attempt to assign bytes of size {given} to extended slice of size {count}"))
        );
    }
    view(object).with_mut(|data| places.zip(value).for_each(|(place, byte)| data[place] = byte));
    Ok(())
}

pub(super) fn inplace(cx: &Thread, op: BinaryOp, object: &Obj, other: &Obj) -> PyResult {
    if op == BinaryOp::Mul {
        if !other.is_int() && cx.lookup_special(other, &cx.names().__index__).is_none() {
            return Ok(Obj::not_implemented());
        }
        let count = repeat_count(cx, other, with_data(object, <[u8]>::len))?;
        change(cx, object, |data| *data = data.repeat(count))?;
        return Ok(object.clone());
    }
    let Some(more) = shown(cx, other)? else {
        let (left, found) = (cx.type_name(object), cx.type_name(other));
        return Err(cx.type_error(format_args!("can't concat {found} to {left}")));
    };
    change(cx, object, |data| data.extend_from_slice(&more))?;
    Ok(object.clone())
}

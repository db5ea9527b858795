//! Items, membership, length.

use pv_object::{Kind, Obj, Slice, Type};

use super::call::{call_special, call1};
use super::{get_iter, iter_next, to_index, values_equal};
use crate::attr;
use crate::error::{Exc, PyResult};
use crate::slots;
use crate::thread::Thread;

/// `len(value)`.
pub fn len(cx: &Thread, value: &Obj) -> PyResult<usize> {
    if let Some(f) = slots::exact(value).and_then(|s| s.len) {
        return f(cx, value);
    }
    let Some(method) = cx.lookup_special(value, &cx.names().__len__) else {
        return Err(cx.type_error(format_args!("object of type '{}' has no len()", cx.type_name(value))));
    };
    let result = call_special(cx, &method, value, &[])?;
    let index = to_index(cx, &result)?;
    match index.as_i64() {
        Some(length) => usize::try_from(length).map_err(|_| cx.value_error("__len__() should return >= 0")),
        None if crate::types::int::is_negative(&index) => Err(cx.value_error("__len__() should return >= 0")),
        None => Err(cx.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

/// The length, or `__length_hint__`, or 0.
pub fn length_hint(cx: &Thread, value: &Obj) -> PyResult<usize> {
    let has_len =
        slots::exact(value).is_some_and(|s| s.len.is_some()) || cx.lookup_special(value, &cx.names().__len__).is_some();
    if has_len {
        return Ok(cx.absorb(len(cx, value), Exc::TypeError)?.unwrap_or(0));
    }
    let Some(method) = cx.lookup_special(value, &cx.names().__length_hint__) else { return Ok(0) };
    let Some(result) = cx.absorb(call_special(cx, &method, value, &[]), Exc::TypeError)? else { return Ok(0) };
    if result.is_not_implemented() {
        return Ok(0);
    }
    match result.as_i64() {
        Some(hint) if result.is_int() => {
            usize::try_from(hint).map_err(|_| cx.value_error("__length_hint__() should return >= 0"))
        }
        _ => {
            let found = cx.type_name(&result);
            Err(cx.type_error(format_args!("__length_hint__ must be an integer, not {found}")))
        }
    }
}

/// `container[key]`.
pub fn get_item(cx: &Thread, container: &Obj, key: &Obj) -> PyResult {
    if let Some(f) = slots::exact(container).and_then(|s| s.get_item) {
        return f(cx, container, key);
    }
    if let Some(method) = cx.lookup_special(container, &cx.names().__getitem__) {
        return call_special(cx, &method, container, std::slice::from_ref(key));
    }
    if let Some(class) = container.downcast::<Type>() {
        if let Some(method) = attr::get_optional(cx, container, &cx.names().__class_getitem__)? {
            return call1(cx, &method, key);
        }
        if container.same(cx.vm().type_of_kind(Kind::Type)) {
            return crate::types::generic_alias(cx, container, key);
        }
        return Err(cx.type_error(format_args!("type '{}' is not subscriptable", class.name_string())));
    }
    Err(cx.type_error(format_args!("'{}' object is not subscriptable", cx.type_name(container))))
}

/// `container[key] = value`.
pub fn set_item(cx: &Thread, container: &Obj, key: &Obj, value: &Obj) -> PyResult<()> {
    if let Some(f) = slots::exact(container).and_then(|s| s.set_item) {
        return f(cx, container, key, Some(value));
    }
    match cx.lookup_special(container, &cx.names().__setitem__) {
        Some(method) => call_special(cx, &method, container, &[key.clone(), value.clone()]).map(drop),
        None => {
            let found = cx.type_name(container);
            Err(cx.type_error(format_args!("'{found}' object does not support item assignment")))
        }
    }
}

/// `del container[key]`.
pub fn del_item(cx: &Thread, container: &Obj, key: &Obj) -> PyResult<()> {
    if let Some(f) = slots::exact(container).and_then(|s| s.set_item) {
        return f(cx, container, key, None);
    }
    match cx.lookup_special(container, &cx.names().__delitem__) {
        Some(method) => call_special(cx, &method, container, std::slice::from_ref(key)).map(drop),
        None => {
            let found = cx.type_name(container);
            Err(cx.type_error(format_args!("'{found}' object doesn't support item deletion")))
        }
    }
}

/// `item in container`.
pub fn contains(cx: &Thread, container: &Obj, item: &Obj) -> PyResult<bool> {
    if let Some(f) = slots::exact(container).and_then(|s| s.contains) {
        return f(cx, container, item);
    }
    if let Some(method) = cx.lookup_special(container, &cx.names().__contains__) {
        if method.is_none() {
            let found = cx.type_name(container);
            return Err(cx.type_error(format_args!("'{found}' object is not a container")));
        }
        let result = call_special(cx, &method, container, std::slice::from_ref(item))?;
        return super::truth(cx, &result);
    }
    let iterator = match get_iter(cx, container) {
        Ok(iterator) => iterator,
        Err(raised) => {
            drop(cx.catch(raised, Exc::TypeError)?);
            let found = cx.type_name(container);
            return Err(cx.type_error(format_args!("argument of type '{found}' is not a container or iterable")));
        }
    };
    while let Some(value) = iter_next(cx, &iterator)? {
        if values_equal(cx, &value, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// An index into `len` items, counted from the end when negative; IndexError with `message` when it is out of range.
pub fn normalize_index(cx: &Thread, index: &Obj, len: usize, message: &str) -> PyResult<usize> {
    let number = match index.word().as_i64() {
        Some(number) => number,
        None => to_index(cx, index)?.as_i64().ok_or_else(|| {
            let found = cx.type_name(index);
            cx.index_error(format_args!("cannot fit '{found}' into an index-sized integer"))
        })?,
    };
    let place = if number < 0 { number + len as i64 } else { number };
    match usize::try_from(place) {
        Ok(place) if place < len => Ok(place),
        _ => Err(cx.index_error(message)),
    }
}

/// Where a slice of `len` items starts, how far it steps and how many it takes.
pub fn slice_bounds(cx: &Thread, slice: &Slice, len: usize) -> PyResult<(i64, i64, usize)> {
    let step = match bound(cx, &slice.step())? {
        None => 1,
        Some(0) => return Err(cx.value_error("slice step cannot be zero")),
        Some(step) => step.max(-i64::MAX),
    };
    let len = len as i64;
    let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clamp = |value: i64| if value < 0 { (value + len).max(low) } else { value.min(high) };
    let start = bound(cx, &slice.start())?.map_or(if step < 0 { high } else { low }, clamp);
    let stop = bound(cx, &slice.stop())?.map_or(if step < 0 { low } else { high }, clamp);
    let count = match step > 0 {
        true if start < stop => (stop - start - 1) / step + 1,
        false if stop < start => (start - stop - 1) / -step + 1,
        _ => 0,
    };
    Ok((start, step, count as usize))
}

/// A slice's part that is not None, as an int.
pub(crate) fn slice_part(cx: &Thread, value: &Obj) -> PyResult {
    if !value.is_int() && cx.lookup_special(value, &cx.names().__index__).is_none() {
        return Err(cx.type_error("slice indices must be integers or None or have an __index__ method"));
    }
    to_index(cx, value)
}

/// A slice's part as a number, cut to 64 bits.
fn bound(cx: &Thread, value: &Obj) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    if let Some(number) = value.word().as_i64() {
        return Ok(Some(number));
    }
    let index = slice_part(cx, value)?;
    let cut = if crate::types::int::is_negative(&index) { i64::MIN / 2 } else { i64::MAX / 2 };
    Ok(Some(index.as_i64().map_or(cut, |v| v.clamp(i64::MIN / 2, i64::MAX / 2))))
}

/// Does the object have items by position, as far as its type tells: `__getitem__`, and no dict?
pub(crate) fn is_sequence(cx: &Thread, value: &Obj) -> bool {
    value.kind() != Kind::Dict && cx.lookup_special(value, &cx.names().__getitem__).is_some()
}

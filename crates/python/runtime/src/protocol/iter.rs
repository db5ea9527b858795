//! Iteration and unpacking.

use std::ops::ControlFlow;

use pv_object::{Kind, List, Obj, SeqIter, Tuple};

use super::call::call_special;
use crate::attr;
use crate::error::{Exc, PyResult};
use crate::slots;
use crate::thread::Thread;

/// `iter(value)`.
pub fn get_iter(cx: &Thread, value: &Obj) -> PyResult {
    if let Some(f) = slots::exact(value).and_then(|s| s.iter) {
        return f(cx, value);
    }
    if let Some(method) = cx.lookup_special(value, &cx.names().__iter__) {
        if method.is_none() {
            return Err(not_iterable(cx, value));
        }
        let iterator = call_special(cx, &method, value, &[])?;
        if is_iterator(cx, &iterator) {
            return Ok(iterator);
        }
        let found = cx.type_name(&iterator);
        return Err(cx.type_error(format_args!("iter() returned non-iterator of type '{found}'")));
    }
    if cx.lookup_special(value, &cx.names().__getitem__).is_some() {
        return Ok(SeqIter::create(value.clone()));
    }
    Err(not_iterable(cx, value))
}

#[cold]
fn not_iterable(cx: &Thread, value: &Obj) -> crate::Raised {
    cx.type_error(format_args!("'{}' object is not iterable", cx.type_name(value)))
}

/// Can it be asked for a next item?
pub(crate) fn is_iterator(cx: &Thread, value: &Obj) -> bool {
    slots::exact(value).is_some_and(|s| s.next.is_some()) || cx.lookup_special(value, &cx.names().__next__).is_some()
}

/// The next item; `None` at the end.
#[inline]
pub fn iter_next(cx: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    if let Some(f) = slots::exact(iterator).and_then(|s| s.next) {
        return cx.on_stack("", || f(cx, iterator));
    }
    let Some(method) = cx.lookup_special(iterator, &cx.names().__next__) else {
        return Err(cx.type_error(format_args!("'{}' object is not an iterator", cx.type_name(iterator))));
    };
    cx.absorb(call_special(cx, &method, iterator, &[]), Exc::StopIteration)
}

/// As [`iter_next`], with the value of the StopIteration that ends it: what `yield from` gives.
pub fn iter_step(cx: &Thread, iterator: &Obj) -> PyResult<Result<Obj, Obj>> {
    if slots::exact(iterator).is_some_and(|slots| slots.next.is_some()) {
        return Ok(iter_next(cx, iterator)?.ok_or_else(Obj::none));
    }
    let Some(method) = cx.lookup_special(iterator, &cx.names().__next__) else {
        return Err(cx.type_error(format_args!("'{}' object is not an iterator", cx.type_name(iterator))));
    };
    match call_special(cx, &method, iterator, &[]) {
        Ok(item) => Ok(Ok(item)),
        Err(raised) => {
            let stop = cx.catch(raised, Exc::StopIteration)?;
            Ok(Err(attr::get_str(cx, &stop, "value")?))
        }
    }
}

/// Calls `f` with each item until it breaks.
pub fn for_each(cx: &Thread, iterable: &Obj, mut f: impl FnMut(Obj) -> PyResult<ControlFlow<()>>) -> PyResult<()> {
    if let Some(list) = iterable.exact::<List>() {
        let mut index = 0;
        while let Some(item) = list.get(index) {
            if f(item)?.is_break() {
                break;
            }
            index += 1;
        }
        return Ok(());
    }
    if let Some(tuple) = iterable.exact::<Tuple>() {
        for item in tuple.items() {
            if f(item.clone())?.is_break() {
                break;
            }
        }
        return Ok(());
    }
    let iterator = get_iter(cx, iterable)?;
    while let Some(item) = iter_next(cx, &iterator)? {
        if f(item)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// All items.
pub fn collect(cx: &Thread, iterable: &Obj) -> PyResult<Vec<Obj>> {
    if let Some(list) = iterable.exact::<List>() {
        return Ok(list.to_vec());
    }
    if let Some(tuple) = iterable.exact::<Tuple>() {
        return Ok(tuple.items().to_vec());
    }
    let iterator = get_iter(cx, iterable)?;
    let hint = super::length_hint(cx, iterable)?;
    cx.room_for(hint.saturating_mul(8))?;
    let mut items = Vec::with_capacity(hint.min(1 << 20));
    while let Some(item) = iter_next(cx, &iterator)? {
        items.push(item);
    }
    Ok(items)
}

/// Exactly `count` items, as assignment to a tuple of targets wants them.
pub fn unpack(cx: &Thread, value: &Obj, count: usize) -> PyResult<Vec<Obj>> {
    if let Some(tuple) = value.exact::<Tuple>()
        && tuple.len() == count
    {
        return Ok(tuple.items().to_vec());
    }
    if let Some(list) = value.exact::<List>()
        && list.len() == count
    {
        return Ok(list.to_vec());
    }
    let iterator = unpack_iter(cx, value)?;
    let mut items = Vec::with_capacity(count);
    while items.len() < count {
        match iter_next(cx, &iterator)? {
            Some(item) => items.push(item),
            None => {
                let got = items.len();
                return Err(cx.value_error(format_args!("not enough values to unpack (expected {count}, got {got})")));
            }
        }
    }
    if iter_next(cx, &iterator)?.is_none() {
        return Ok(items);
    }
    let known = value.is_exact() && matches!(value.kind(), Kind::List | Kind::Tuple | Kind::Dict);
    if known {
        let got = super::len(cx, value)?;
        return Err(cx.value_error(format_args!("too many values to unpack (expected {count}, got {got})")));
    }
    Err(cx.value_error(format_args!("too many values to unpack (expected {count})")))
}

/// `before` items, a list of the rest but `after`, `after` items.
pub fn unpack_star(cx: &Thread, value: &Obj, before: usize, after: usize) -> PyResult<Vec<Obj>> {
    let iterator = unpack_iter(cx, value)?;
    let mut items = Vec::new();
    while let Some(item) = iter_next(cx, &iterator)? {
        items.push(item);
    }
    let (got, least) = (items.len(), before + after);
    if got < least {
        return Err(cx.value_error(format_args!("not enough values to unpack (expected at least {least}, got {got})")));
    }
    let tail = items.split_off(got - after);
    let rest = items.split_off(before);
    items.push(List::create(rest));
    items.extend(tail);
    Ok(items)
}

fn unpack_iter(cx: &Thread, value: &Obj) -> PyResult {
    let iterable = slots::exact(value).is_some_and(|s| s.iter.is_some())
        || cx.lookup_special(value, &cx.names().__iter__).is_some()
        || cx.lookup_special(value, &cx.names().__getitem__).is_some();
    if !iterable {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("cannot unpack non-iterable {found} object")));
    }
    get_iter(cx, value)
}

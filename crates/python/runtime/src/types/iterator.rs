//! The built-in iterators.

use std::cell::Cell;

use pv_object::{
    ByteArray, Bytes, CallIter, Dict, DictIter, Held, List, ListIter, LongRangeIter, Obj, RangeIter, Reversed, SeqIter,
    SetIter, Str, StrIter, Tuple, TupleIter, ViewKind,
};

use super::TypeTable;
use crate::error::{Exc, PyResult};
use crate::protocol;
use crate::slots::Slots;
use crate::thread::Thread;

/// An iterator is its own iterator.
pub(crate) fn itself(_: &Thread, iterator: &Obj) -> PyResult {
    Ok(iterator.clone())
}

/// Steps an iterator over something indexed: the item, or the end, which lets the source go.
fn step(source: &Held, index: &Cell<i64>, item: impl FnOnce(&Obj, usize) -> Option<Obj>) -> Option<Obj> {
    let object = source.get()?;
    let found = usize::try_from(index.get()).ok().and_then(|at| item(&object, at));
    match found {
        Some(_) => index.set(index.get() + 1),
        None => drop(source.take()),
    }
    found
}

fn list_next(_: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    let view = iterator.expect::<ListIter>();
    Ok(step(&view.source, &view.index, |source, at| source.expect::<List>().get(at)))
}

fn tuple_next(_: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    let view = iterator.expect::<TupleIter>();
    Ok(step(&view.source, &view.index, |source, at| source.expect::<Tuple>().get(at)))
}

fn str_next(_: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    let view = iterator.expect::<StrIter>();
    Ok(step(&view.source, &view.index, |source, at| source.expect::<Str>().char_at(at)))
}

fn bytes_next(_: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    let view = iterator.expect::<pv_object::BytesIter>();
    Ok(step(&view.source, &view.index, |source, at| {
        let byte = match source.downcast::<Bytes>() {
            Some(bytes) => bytes.data().get(at).copied(),
            None => source.expect::<ByteArray>().with(|data| data.get(at).copied()),
        };
        byte.map(|byte| Obj::small(i32::from(byte)))
    }))
}

fn seq_next(cx: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    let view = iterator.expect::<SeqIter>();
    let Some(source) = view.source.get() else { return Ok(None) };
    let index = view.index.get();
    view.index.set(index + 1);
    match protocol::get_item(cx, &source, &Obj::int(index)) {
        Ok(item) => Ok(Some(item)),
        Err(raised) => {
            let pending = cx.pending().unwrap_or_else(Obj::none);
            if !cx.is_exception(&pending, Exc::IndexError) && !cx.is_exception(&pending, Exc::StopIteration) {
                return Err(raised);
            }
            cx.discard(raised);
            drop(view.source.take());
            Ok(None)
        }
    }
}

fn call_next(cx: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    let view = iterator.expect::<CallIter>();
    let Some(callable) = view.callable.get() else { return Ok(None) };
    let Some(value) = cx.absorb(protocol::call0(cx, &callable), Exc::StopIteration)? else {
        drop(view.callable.take());
        return Ok(None);
    };
    let Some(sentinel) = view.sentinel.get() else { return Ok(None) };
    if protocol::values_equal(cx, &sentinel, &value)? {
        drop(view.callable.take());
        drop(view.sentinel.take());
        return Ok(None);
    }
    Ok(Some(value))
}

fn range_next(_: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    Ok(iterator.expect::<RangeIter>().advance().map(Obj::int))
}

fn long_range_next(cx: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    use pv_bytecode::op::BinaryOp;
    let view = iterator.expect::<LongRangeIter>();
    let (Some(next), Some(step), Some(left)) = (view.next.get(), view.step.get(), view.left.get()) else {
        return Ok(None);
    };
    if !protocol::truth(cx, &left)? {
        return Ok(None);
    }
    view.next.set(protocol::binary_op(cx, BinaryOp::Add, &next, &step)?);
    view.left.set(protocol::binary_op(cx, BinaryOp::Sub, &left, &Obj::small(1))?);
    Ok(Some(next))
}

fn dict_next(cx: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    let view = iterator.expect::<DictIter>();
    let Some(source) = view.dict.get() else { return Ok(None) };
    let dict = source.expect::<Dict>();
    if view.len.get() != dict.len() as i64 {
        view.len.set(-1);
        return Err(cx.runtime_error("dictionary changed size during iteration"));
    }
    let at = usize::try_from(view.index.get()).unwrap_or(0);
    let found = match view.is_reversed() {
        true if at > dict.entry_count() => None,
        true => dict.previous_entry(at),
        false => dict.next_entry(at),
    };
    let Some((entry, key, value)) = found else {
        drop(view.dict.take());
        return Ok(None);
    };
    if view.left.get() == 0 {
        drop(view.dict.take());
        return Err(cx.runtime_error("dictionary keys changed during iteration"));
    }
    view.left.set(view.left.get() - 1);
    view.index.set(if view.is_reversed() { entry as i64 } else { entry as i64 + 1 });
    Ok(Some(match view.shows() {
        ViewKind::Keys => key,
        ViewKind::Values => value,
        ViewKind::Items => Tuple::pair(key, value),
    }))
}

fn set_next(cx: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    let view = iterator.expect::<SetIter>();
    let Some(source) = view.set.get() else { return Ok(None) };
    let Some(table) = source.set_table() else { return Ok(None) };
    if view.len.get() != table.len() as i64 {
        view.len.set(-1);
        return Err(cx.runtime_error("Set changed size during iteration"));
    }
    let Some((entry, element, _)) = table.next_entry(usize::try_from(view.index.get()).unwrap_or(0)) else {
        drop(view.set.take());
        return Ok(None);
    };
    view.index.set(entry as i64 + 1);
    view.left.set(view.left.get() - 1);
    Ok(Some(element))
}

fn reversed_next(cx: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    let view = iterator.expect::<Reversed>();
    let Some(source) = view.source.get() else { return Ok(None) };
    let index = view.index.get();
    let item = match usize::try_from(index) {
        Err(_) => None,
        Ok(at) => match (source.exact::<List>(), source.exact::<Tuple>()) {
            (Some(list), _) => list.get(at),
            (_, Some(tuple)) => tuple.get(at),
            _ => cx.absorb(protocol::get_item(cx, &source, &Obj::int(index)), Exc::IndexError)?,
        },
    };
    view.index.set(index - 1);
    if item.is_none() {
        view.index.set(-1);
        drop(view.source.take());
    }
    Ok(item)
}

/// How many items are left, where that is known.
fn length_hint(cx: &Thread, iterator: &Obj) -> PyResult {
    let left = |source: &Held, index: &Cell<i64>| match source.get() {
        Some(source) => Ok(protocol::len(cx, &source)? as i64 - index.get()),
        None => Ok(0),
    };
    let hint = if let Some(view) = iterator.downcast::<ListIter>() {
        left(&view.source, &view.index)?
    } else if let Some(view) = iterator.downcast::<TupleIter>() {
        left(&view.source, &view.index)?
    } else if let Some(view) = iterator.downcast::<StrIter>() {
        left(&view.source, &view.index)?
    } else if let Some(view) = iterator.downcast::<RangeIter>() {
        view.left.get()
    } else if let Some(view) = iterator.downcast::<DictIter>() {
        let unchanged = view.dict.get().is_some_and(|dict| dict.expect::<Dict>().len() as i64 == view.len.get());
        if unchanged { view.left.get() } else { 0 }
    } else if let Some(view) = iterator.downcast::<SetIter>() {
        let table_len = |set: Obj| set.set_table().map_or(0, |table| table.len() as i64);
        let unchanged = view.set.get().is_some_and(|set| table_len(set) == view.len.get());
        if unchanged { view.left.get() } else { 0 }
    } else if let Some(view) = iterator.downcast::<Reversed>() {
        let position = view.index.get() + 1;
        match view.source.get() {
            Some(source) if protocol::len(cx, &source)? as i64 >= position => position,
            _ => 0,
        }
    } else {
        return Ok(Obj::not_implemented());
    };
    Ok(Obj::int(hint.max(0)))
}

crate::natives! { static METHODS:
    "__length_hint__" "(self, /)" F1(length_hint) "Private method returning an estimate of len(list(it)).";
    "__reduce__" "(self, /)" F1(super::iterator_state::reduce) "Return state information for pickling.";
}

crate::natives! { static INDEXED_METHODS:
    "__length_hint__" "(self, /)" F1(length_hint) "Private method returning an estimate of len(list(it)).";
    "__reduce__" "(self, /)" F1(super::iterator_state::reduce) "Return state information for pickling.";
    "__setstate__" "(self, object, /)" F2(super::iterator_state::set_state) "Set state information for unpickling.";
}

crate::natives! { static CALL_METHODS:
    "__reduce__" "(self, /)" F1(super::iterator_state::reduce) "Return state information for pickling.";
}

type Next = fn(&Thread, &Obj) -> PyResult<Option<Obj>>;

const fn table(next: Next, methods: &'static [crate::NativeDef]) -> TypeTable {
    let slots = Slots { iter: Some(itself), next: Some(next), ..Slots::NONE };
    TypeTable { methods, class_methods: &[], static_methods: &[], getsets: &[], slots, doc: "" }
}

pub(crate) static SEQ: TypeTable = table(seq_next, INDEXED_METHODS);
pub(crate) static CALL: TypeTable = table(call_next, CALL_METHODS);
pub(crate) static LIST: TypeTable = table(list_next, INDEXED_METHODS);
pub(crate) static TUPLE: TypeTable = table(tuple_next, INDEXED_METHODS);
pub(crate) static STR: TypeTable = table(str_next, INDEXED_METHODS);
pub(crate) static BYTES: TypeTable = table(bytes_next, INDEXED_METHODS);
pub(crate) static RANGE: TypeTable = table(range_next, INDEXED_METHODS);
pub(crate) static LONG_RANGE: TypeTable = table(long_range_next, INDEXED_METHODS);
pub(crate) static DICT: TypeTable = table(dict_next, METHODS);
pub(crate) static SET: TypeTable = table(set_next, METHODS);
pub(crate) static REVERSED: TypeTable = TypeTable {
    methods: INDEXED_METHODS,
    slots: Slots {
        new: Some(super::enumerate::reversed_new),
        iter: Some(itself),
        next: Some(reversed_next),
        ..Slots::NONE
    },
    doc: "Return a reverse iterator over the values of the given sequence.",
    ..TypeTable::NONE
};

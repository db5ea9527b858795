//! Iterators as calls that make them again (`__reduce__`), and taking up a place (`__setstate__`).

use std::cell::Cell;

use pv_bytecode::op::BinaryOp;
use pv_object::{
    CallIter, Dict, DictIter, Enumerate, Filter, Held, Kind, List, ListIter, LongRangeIter, Map, Obj, RangeIter,
    Reversed, SeqIter, SetIter, StrIter, Tuple, TupleIter, ViewKind, Zip,
};

use crate::error::PyResult;
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::dict;

/// A built-in function or class, as a program finds it now.
fn builtin(cx: &Thread, name: &str) -> PyResult {
    let found = match cx.vm().namespaces(cx) {
        Some((globals, _)) => crate::builtins::find_builtin(cx, &globals, &text::intern(name))?,
        None => dict::get(cx, &cx.vm().builtins, &text::intern(name))?,
    };
    found.ok_or_else(|| cx.raise_args(crate::Exc::AttributeError, vec![text::new(name)]))
}

/// `iter(source)`, and the index to go on from.
fn indexed(cx: &Thread, source: &Held, index: &Cell<i64>, empty: Obj) -> PyResult {
    let iter = builtin(cx, "iter")?;
    Ok(Tuple::create(match source.get() {
        Some(source) => vec![iter, Tuple::create(vec![source]), Obj::int(index.get())],
        None => vec![iter, Tuple::create(vec![empty])],
    }))
}

/// `iter([items…])`.
fn of_items(cx: &Thread, items: Vec<Obj>) -> PyResult {
    Ok(Tuple::pair(builtin(cx, "iter")?, Tuple::create(vec![List::create(items)])))
}

/// `__reduce__` of the iterators over built-in collections.
pub(super) fn reduce(cx: &Thread, iterator: &Obj) -> PyResult {
    let empty = super::empty_tuple;
    if let Some(view) = iterator.downcast::<ListIter>() {
        indexed(cx, &view.source, &view.index, List::create(Vec::new()))
    } else if let Some(view) = iterator.downcast::<TupleIter>() {
        indexed(cx, &view.source, &view.index, empty())
    } else if let Some(view) = iterator.downcast::<StrIter>() {
        indexed(cx, &view.source, &view.index, text::intern(""))
    } else if let Some(view) = iterator.downcast::<pv_object::BytesIter>() {
        indexed(cx, &view.source, &view.index, empty())
    } else if let Some(view) = iterator.downcast::<SeqIter>() {
        indexed(cx, &view.source, &view.index, empty())
    } else if let Some(view) = iterator.downcast::<CallIter>() {
        // Looking the function up may run Python, which may end this iterator.
        let iter = builtin(cx, "iter")?;
        let parts = match (view.callable.get(), view.sentinel.get()) {
            (Some(callable), Some(sentinel)) => Tuple::pair(callable, sentinel),
            _ => Tuple::create(vec![empty()]),
        };
        Ok(Tuple::pair(iter, parts))
    } else if let Some(view) = iterator.downcast::<RangeIter>() {
        let (next, step, left) = (view.next.get(), view.step.get(), view.left.get().max(0));
        of_range(cx, &Obj::int(next), &Obj::int(step), &Obj::int(left))
    } else if let Some(view) = iterator.downcast::<LongRangeIter>() {
        let part = |held: &Held| held.get().unwrap_or_else(|| Obj::small(0));
        of_range(cx, &part(&view.next), &part(&view.step), &part(&view.left))
    } else if let Some(view) = iterator.downcast::<DictIter>() {
        let rest = dict_rest(cx, view)?;
        of_items(cx, rest)
    } else if let Some(view) = iterator.downcast::<SetIter>() {
        let rest = set_rest(cx, view)?;
        of_items(cx, rest)
    } else if let Some(view) = iterator.downcast::<Reversed>() {
        of_reversed(cx, iterator, view)
    } else {
        Err(cx.type_error(format_args!("cannot pickle '{}' object", cx.type_name(iterator))))
    }
}

/// The iterator over what is left of a range; its state is None.
fn of_range(cx: &Thread, next: &Obj, step: &Obj, left: &Obj) -> PyResult {
    let span = protocol::binary_op(cx, BinaryOp::Mul, step, left)?;
    let stop = protocol::binary_op(cx, BinaryOp::Add, next, &span)?;
    let arguments = [next.clone(), stop, step.clone()];
    let range = protocol::call(cx, cx.vm().type_of_kind(Kind::Range), &crate::Args::new(&arguments))?;
    Ok(Tuple::create(vec![builtin(cx, "iter")?, Tuple::create(vec![range]), Obj::none()]))
}

fn of_reversed(cx: &Thread, iterator: &Obj, view: &Reversed) -> PyResult {
    let generic = cx.type_of(iterator).same(cx.vm().type_of_kind(Kind::Reversed));
    let (function, empty) = match generic || !iterator.is_exact() {
        true => (cx.type_of(iterator).clone(), super::empty_tuple()),
        false => (builtin(cx, "reversed")?, List::create(Vec::new())),
    };
    Ok(Tuple::create(match view.source.get() {
        Some(source) => vec![function, Tuple::create(vec![source]), Obj::int(view.index.get())],
        None => vec![function, Tuple::create(vec![empty])],
    }))
}

/// What a dict's iterator has not given yet.
fn dict_rest(cx: &Thread, view: &DictIter) -> PyResult<Vec<Obj>> {
    let Some(source) = view.dict.get() else { return Ok(Vec::new()) };
    let mut rest = Vec::new();
    let dict = source.expect::<Dict>();
    if view.len.get() != dict.len() as i64 {
        return Err(cx.runtime_error("dictionary changed size during iteration"));
    }
    let mut at = usize::try_from(view.index.get()).unwrap_or(0);
    while let Some((entry, key, value)) = if view.is_reversed() { dict.previous_entry(at) } else { dict.next_entry(at) }
    {
        at = if view.is_reversed() { entry } else { entry + 1 };
        rest.push(match view.shows() {
            ViewKind::Keys => key,
            ViewKind::Values => value,
            ViewKind::Items => Tuple::pair(key, value),
        });
    }
    Ok(rest)
}

/// What a set's iterator has not given yet.
fn set_rest(cx: &Thread, view: &SetIter) -> PyResult<Vec<Obj>> {
    let Some(source) = view.set.get() else { return Ok(Vec::new()) };
    let Some(table) = source.set_table() else { return Ok(Vec::new()) };
    let mut rest = Vec::new();
    if view.len.get() != table.len() as i64 {
        return Err(cx.runtime_error("Set changed size during iteration"));
    }
    let mut at = usize::try_from(view.index.get()).unwrap_or(0);
    while let Some((entry, element, _)) = table.next_entry(at) {
        at = entry + 1;
        rest.push(element);
    }
    Ok(rest)
}

/// `__setstate__` of iterators with an index.
pub(super) fn set_state(cx: &Thread, iterator: &Obj, state: &Obj) -> PyResult {
    if let Some(view) = iterator.downcast::<RangeIter>() {
        let passed = protocol::to_isize(cx, state)?.clamp(0, view.left.get().max(0));
        view.next.set(view.next.get() + passed * view.step.get());
        view.left.set(view.left.get() - passed);
        return Ok(Obj::none());
    }
    if let Some(view) = iterator.downcast::<LongRangeIter>() {
        return pass_long(cx, view, state);
    }
    let index = protocol::to_isize(cx, state)?;
    let set = |source: &Held, place: &Cell<i64>| -> PyResult<()> {
        if let Some(source) = source.get() {
            let most = if iterator.kind() == Kind::SeqIter { i64::MAX } else { protocol::len(cx, &source)? as i64 };
            place.set(index.clamp(0, most));
        }
        Ok(())
    };
    if let Some(view) = iterator.downcast::<ListIter>() {
        set(&view.source, &view.index)?;
    } else if let Some(view) = iterator.downcast::<TupleIter>() {
        set(&view.source, &view.index)?;
    } else if let Some(view) = iterator.downcast::<StrIter>() {
        set(&view.source, &view.index)?;
    } else if let Some(view) = iterator.downcast::<pv_object::BytesIter>() {
        set(&view.source, &view.index)?;
    } else if let Some(view) = iterator.downcast::<SeqIter>() {
        set(&view.source, &view.index)?;
    } else if let Some(view) = iterator.downcast::<Reversed>()
        && let Some(source) = view.source.get()
    {
        view.index.set(index.clamp(-1, protocol::len(cx, &source)? as i64 - 1));
    }
    Ok(Obj::none())
}

/// Passes over some elements of a long range.
fn pass_long(cx: &Thread, view: &LongRangeIter, state: &Obj) -> PyResult {
    use pv_bytecode::op::Compare;
    if !state.is_int() || !state.is_exact() {
        let found = super::type_type::short_name(cx, cx.type_of(state).expect());
        return Err(cx.type_error(format_args!("state must be an int, not {found}")));
    }
    let part = |held: &Held| held.get().unwrap_or_else(|| Obj::small(0));
    let (next, step, left) = (part(&view.next), part(&view.step), part(&view.left));
    let mut passed = state.clone();
    if protocol::compare_bool(cx, Compare::Lt, &passed, &Obj::small(0))? {
        passed = Obj::small(0);
    }
    if protocol::compare_bool(cx, Compare::Gt, &passed, &left)? {
        passed = left.clone();
    }
    let span = protocol::binary_op(cx, BinaryOp::Mul, &passed, &step)?;
    view.next.set(protocol::binary_op(cx, BinaryOp::Add, &next, &span)?);
    view.left.set(protocol::binary_op(cx, BinaryOp::Sub, &left, &passed)?);
    Ok(Obj::none())
}

/// `__reduce__` of `enumerate`, `zip`, `map` and `filter`.
pub(super) fn reduce_adaptor(cx: &Thread, iterator: &Obj) -> PyResult {
    let part = |held: &Held| held.get().unwrap_or_else(Obj::none);
    let parts = |first: Option<Obj>, iterators: &Held| {
        let rest = iterators.get().map_or_else(Vec::new, |iterators| iterators.expect::<Tuple>().items().to_vec());
        first.into_iter().chain(rest).collect::<Vec<_>>()
    };
    let (arguments, strict) = if let Some(view) = iterator.downcast::<Enumerate>() {
        (vec![part(&view.iterator), part(&view.count)], false)
    } else if let Some(view) = iterator.downcast::<Zip>() {
        (parts(None, &view.iterators), view.strict.get())
    } else if let Some(view) = iterator.downcast::<Map>() {
        (parts(Some(part(&view.function)), &view.iterators), view.strict.get())
    } else if let Some(view) = iterator.downcast::<Filter>() {
        (vec![part(&view.function), part(&view.iterator)], false)
    } else {
        return Err(cx.type_error(format_args!("cannot pickle '{}' object", cx.type_name(iterator))));
    };
    let mut call = vec![cx.type_of(iterator).clone(), Tuple::create(arguments)];
    call.extend(strict.then(|| Obj::bool(true)));
    Ok(Tuple::create(call))
}

/// `__setstate__` of `zip` and `map`: are all iterators to be of one length?
pub(super) fn set_strict(cx: &Thread, iterator: &Obj, state: &Obj) -> PyResult {
    let strict = protocol::truth(cx, state)?;
    if let Some(view) = iterator.downcast::<Zip>() {
        view.strict.set(strict);
    } else if let Some(view) = iterator.downcast::<Map>() {
        view.strict.set(strict);
    }
    Ok(Obj::none())
}

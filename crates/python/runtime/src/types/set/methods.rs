//! Methods of sets.

use pv_bytecode::op::BinaryOp;
use pv_object::{Kind, List, Obj, Set, Tuple};

use super::{add, add_hashed, combine, contains, copy_of, empty_like, find, is_subset, position, table, update};
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::text;
use crate::thread::Thread;

/// Any iterable as a set.
fn as_set(cx: &Thread, iterable: &Obj) -> PyResult {
    if iterable.set_table().is_some() {
        return Ok(iterable.clone());
    }
    let set = Set::create();
    update(cx, &set, iterable)?;
    Ok(set)
}

fn add_method(cx: &Thread, set: &Obj, element: &Obj) -> PyResult {
    add(cx, set, element).map(|()| Obj::none())
}

fn discard(cx: &Thread, set: &Obj, element: &Obj) -> PyResult {
    if let Some(entry) = position(cx, set, element)? {
        drop(table(set).remove_at(entry));
    }
    Ok(Obj::none())
}

fn remove(cx: &Thread, set: &Obj, element: &Obj) -> PyResult {
    match position(cx, set, element)? {
        Some(entry) => {
            drop(table(set).remove_at(entry));
            Ok(Obj::none())
        }
        None => Err(cx.key_error(element.clone())),
    }
}

fn pop(cx: &Thread, set: &Obj) -> PyResult {
    let popped = table(set).next_entry(0).and_then(|(entry, ..)| table(set).remove_at(entry));
    popped.ok_or_else(|| cx.key_error(text::new("pop from an empty set")))
}

fn clear(_: &Thread, set: &Obj) -> PyResult {
    table(set).remove_all();
    Ok(Obj::none())
}

fn copy(_: &Thread, set: &Obj) -> PyResult {
    if set.kind() == Kind::FrozenSet && set.is_exact() {
        return Ok(set.clone());
    }
    Ok(copy_of(set))
}

/// Folds an operator over the arguments.
fn fold(cx: &Thread, op: BinaryOp, args: &Args<'_>) -> PyResult {
    let mut result = copy_of(&args.values()[0]);
    for other in args.rest().positional() {
        result = combine_in_order(cx, op, &result, other)?;
    }
    Ok(result)
}

/// As [`combine`], keeping the left operand's order for intersections with plain iterables.
fn combine_in_order(cx: &Thread, op: BinaryOp, left: &Obj, other: &Obj) -> PyResult {
    let other = as_set(cx, other)?;
    combine(cx, op, left, &other)
}

fn fold_into(cx: &Thread, op: BinaryOp, args: &Args<'_>) -> PyResult {
    let result = fold(cx, op, args)?;
    table(&args.values()[0]).take_from(table(&result));
    Ok(Obj::none())
}

fn union(cx: &Thread, args: &Args<'_>) -> PyResult {
    let result = copy_of(&args.values()[0]);
    for other in args.rest().positional() {
        update(cx, &result, other)?;
    }
    Ok(result)
}

fn update_method(cx: &Thread, args: &Args<'_>) -> PyResult {
    for other in args.rest().positional() {
        update(cx, &args.values()[0], other)?;
    }
    Ok(Obj::none())
}

fn intersection(cx: &Thread, args: &Args<'_>) -> PyResult {
    fold(cx, BinaryOp::And, args)
}

fn intersection_update(cx: &Thread, args: &Args<'_>) -> PyResult {
    fold_into(cx, BinaryOp::And, args)
}

fn difference(cx: &Thread, args: &Args<'_>) -> PyResult {
    fold(cx, BinaryOp::Sub, args)
}

fn difference_update(cx: &Thread, args: &Args<'_>) -> PyResult {
    fold_into(cx, BinaryOp::Sub, args)
}

fn symmetric_difference(cx: &Thread, set: &Obj, other: &Obj) -> PyResult {
    let other = as_set(cx, other)?;
    let result = empty_like(set);
    for (element, hash) in table(set).items() {
        if find(cx, table(&other), &element, hash)?.is_none() {
            add_hashed(cx, table(&result), &element, hash)?;
        }
    }
    for (element, hash) in table(&other).items() {
        if find(cx, table(set), &element, hash)?.is_none() {
            add_hashed(cx, table(&result), &element, hash)?;
        }
    }
    Ok(result)
}

fn symmetric_difference_update(cx: &Thread, set: &Obj, other: &Obj) -> PyResult {
    let result = symmetric_difference(cx, set, other)?;
    table(set).take_from(table(&result));
    Ok(Obj::none())
}

fn is_disjoint(cx: &Thread, set: &Obj, other: &Obj) -> PyResult {
    let mut disjoint = true;
    protocol::for_each(cx, other, |element| {
        disjoint = !contains(cx, set, &element)?;
        Ok(if disjoint { std::ops::ControlFlow::Continue(()) } else { std::ops::ControlFlow::Break(()) })
    })?;
    Ok(Obj::bool(disjoint))
}

fn is_subset_method(cx: &Thread, set: &Obj, other: &Obj) -> PyResult {
    let other = as_set(cx, other)?;
    is_subset(cx, table(set), table(&other)).map(Obj::bool)
}

fn is_superset(cx: &Thread, set: &Obj, other: &Obj) -> PyResult {
    let other = as_set(cx, other)?;
    is_subset(cx, table(&other), table(set)).map(Obj::bool)
}

fn contains_method(cx: &Thread, set: &Obj, element: &Obj) -> PyResult {
    contains(cx, set, element).map(Obj::bool)
}

fn reduce(cx: &Thread, set: &Obj) -> PyResult {
    let elements = table(set).items().into_iter().map(|(element, _)| element).collect();
    let args = Tuple::create(vec![List::create(elements)]);
    Ok(Tuple::create(vec![cx.type_of(set).clone(), args, crate::types::object::state_of(cx, set)?]))
}

macro_rules! methods {
    ($name:ident: $($more:tt)*) => {
        crate::natives! { pub(super) static $name:
            "__contains__" "(self, object, /)" F2(contains_method) "x.__contains__(y) <==> y in x.";
            "__reduce__" "(self, /)" F1(reduce) "Return state information for pickling.";
            "copy" "(self, /)" F1(copy) "Return a shallow copy of a set.";
            "difference" "(self, /, *others)" Raw(difference) "Return a new set with elements in the set that are not in the others.";
            "intersection" "(self, /, *others)" Raw(intersection) "Return a new set with elements common to the set and all others.";
            "isdisjoint" "(self, other, /)" F2(is_disjoint) "Return True if two sets have a null intersection.";
            "issubset" "(self, other, /)" F2(is_subset_method) "Report whether another set contains this set.";
            "issuperset" "(self, other, /)" F2(is_superset) "Report whether this set contains another set.";
            "symmetric_difference" "(self, other, /)" F2(symmetric_difference) "Return a new set with elements in either the set or other but not both.";
            "union" "(self, /, *others)" Raw(union) "Return a new set with elements from the set and all others.";
            $($more)*
        }
    };
}

methods! { FROZEN: }

methods! { SET:
    "add" "(self, object, /)" F2(add_method) "Add an element to a set.";
    "clear" "(self, /)" F1(clear) "Remove all elements from this set.";
    "difference_update" "(self, /, *others)" Raw(difference_update) "Update the set, removing elements found in others.";
    "discard" "(self, object, /)" F2(discard) "Remove an element from a set if it is a member.";
    "intersection_update" "(self, /, *others)" Raw(intersection_update) "Update the set, keeping only elements found in it and all others.";
    "pop" "(self, /)" F1(pop) "Remove and return an arbitrary set element.";
    "remove" "(self, object, /)" F2(remove) "Remove an element from a set; it must be a member.";
    "symmetric_difference_update" "(self, other, /)" F2(symmetric_difference_update) "Update the set, keeping only elements found in either set, but not in both.";
    "update" "(self, /, *others)" Raw(update_method) "Update the set, adding elements from all others.";
}

crate::natives! { pub(super) static CLASS_METHODS:
    "__class_getitem__" "(self, object, /)" F2(crate::types::class_getitem) "See PEP 585";
}

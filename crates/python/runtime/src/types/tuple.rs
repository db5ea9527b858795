//! `tuple`.

use pv_bytecode::op::Compare;
use pv_object::{Obj, Slice, Tuple, TupleIter, Type};

use super::TypeTable;
use super::list::{check_index, compare_items, repeat_count, search_bound};
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol::{self, collect, normalize_index, slice_bounds, values_equal};
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

fn items(tuple: &Obj) -> &[Obj] {
    tuple.expect::<Tuple>().items()
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let exact = class.same(cx.vm().type_of_kind(pv_object::Kind::Tuple));
    if args.has_keywords() && !super::args::replaces(cx, class, pv_object::Kind::Tuple, &cx.names().__init__) {
        return Err(cx.type_error("tuple() takes no keyword arguments"));
    }
    let items = match args.positional() {
        [] => Vec::new(),
        [iterable] if exact && iterable.exact::<Tuple>().is_some() => return Ok(iterable.clone()),
        [iterable] => collect(cx, iterable)?,
        more => return Err(cx.type_error(format_args!("tuple expected at most 1 argument, got {}", more.len()))),
    };
    Ok(if exact { Tuple::create(items) } else { Tuple::with_shape(items, class.expect::<Type>().root_shape()) })
}

fn repr(cx: &Thread, tuple: &Obj) -> PyResult {
    if items(tuple).is_empty() {
        return Ok(text::new("()"));
    }
    cx.guard_repr(tuple, "(...)", || {
        let mut out = pv_object::StrBuilder::new();
        out.push_str("(");
        for (index, item) in items(tuple).iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            out.push_obj(protocol::repr(cx, item)?.expect());
        }
        out.push_str(if items(tuple).len() == 1 { ",)" } else { ")" });
        Ok(out.finish())
    })
}

fn hash(cx: &Thread, tuple: &Obj) -> PyResult<i64> {
    cx.on_stack(" while hashing a tuple", || {
        let hashes = items(tuple).iter().map(|item| protocol::hash(cx, item)).collect::<PyResult<Vec<_>>>()?;
        Ok(pv_object::hash::tuple(hashes.into_iter()))
    })
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.downcast::<Tuple>(), b.downcast::<Tuple>()) else {
        return Ok(Obj::not_implemented());
    };
    cx.nested(" in comparison", || {
        let equality = matches!(op, Compare::Eq | Compare::Ne);
        if equality && left.len() != right.len() {
            return Ok(Obj::bool(op == Compare::Ne));
        }
        compare_items(cx, op, || (left.len(), right.len()), |index| Some((left.get(index)?, right.get(index)?)))
    })
}

fn len(_: &Thread, tuple: &Obj) -> PyResult<usize> {
    Ok(items(tuple).len())
}

fn iter(_: &Thread, tuple: &Obj) -> PyResult {
    Ok(TupleIter::create(tuple.clone()))
}

fn contains(cx: &Thread, tuple: &Obj, item: &Obj) -> PyResult<bool> {
    for each in items(tuple) {
        if values_equal(cx, each, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn get_item(cx: &Thread, tuple: &Obj, key: &Obj) -> PyResult {
    if let Some(slice) = key.downcast::<Slice>() {
        let (start, step, count) = slice_bounds(cx, slice, items(tuple).len())?;
        if step == 1 && count == items(tuple).len() && tuple.is_exact() {
            return Ok(tuple.clone());
        }
        let picked = (0..count as i64).filter_map(|i| items(tuple).get((start + i * step) as usize).cloned());
        return Ok(Tuple::create(picked.collect()));
    }
    check_index(cx, "tuple", key)?;
    let place = normalize_index(cx, key, items(tuple).len(), "tuple index out of range")?;
    Ok(items(tuple)[place].clone())
}

fn concat(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    let Some(other) = b.downcast::<Tuple>() else {
        let found = cx.type_name(b);
        return Err(cx.type_error(format_args!("can only concatenate tuple (not \"{found}\") to tuple")));
    };
    if other.is_empty() && a.is_exact() {
        return Ok(a.clone());
    }
    if items(a).is_empty() && b.is_exact() {
        return Ok(b.clone());
    }
    Ok(Tuple::create([items(a), other.items()].concat()))
}

fn repeat(cx: &Thread, tuple: &Obj, count: &Obj) -> PyResult {
    let count = repeat_count(cx, count, 8 * items(tuple).len())?;
    if count == 1 && tuple.is_exact() {
        return Ok(tuple.clone());
    }
    Ok(Tuple::create((0..count).flat_map(|_| items(tuple).iter().cloned()).collect()))
}

fn count(cx: &Thread, tuple: &Obj, item: &Obj) -> PyResult {
    let mut count = 0;
    for each in items(tuple) {
        count += usize::from(values_equal(cx, each, item)?);
    }
    Ok(Obj::usize(count))
}

fn index(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(tuple), Some(item), start, stop] = args else { return Err(cx.system_error("tuple.index")) };
    let len = items(tuple).len();
    let start = search_bound(cx, start.as_ref(), 0, len)?;
    let stop = search_bound(cx, stop.as_ref(), len, len)?;
    for (place, each) in items(tuple).iter().enumerate().take(stop).skip(start) {
        if values_equal(cx, each, item)? {
            return Ok(Obj::usize(place));
        }
    }
    Err(cx.value_error("tuple.index(x): x not in tuple"))
}

fn get_new_args(_: &Thread, tuple: &Obj) -> PyResult {
    Ok(Tuple::create(vec![Tuple::create(items(tuple).to_vec())]))
}

crate::natives! { static METHODS:
    "count" "(self, value, /)" F2(count) "Return number of occurrences of value.";
    "index" "(self, value, start=0, stop=9223372036854775807, /)" Bound(index) "Return first index of value.";
    "__getnewargs__" "(self, /)" F1(get_new_args) "";
}

crate::natives! { static CLASS_METHODS:
    "__class_getitem__" "(self, object, /)" F2(super::class_getitem) "See PEP 585";
}

/// `tuple`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        len: Some(len),
        iter: Some(iter),
        contains: Some(contains),
        get_item: Some(get_item),
        concat: Some(concat),
        repeat: Some(repeat),
        ..Slots::NONE
    },
    doc: "Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.",
    ..TypeTable::NONE
};

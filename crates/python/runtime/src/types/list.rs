//! `list`: the type to copy when adding another.

use pv_bytecode::op::Compare;
use pv_object::{List, ListIter, Obj, Reversed, Slice, Tuple, Type};

use super::TypeTable;
use crate::algorithm::sort::sort_order;
use crate::error::{PyResult, Raised};
use crate::native::Args;
use crate::protocol::{self, collect, normalize_index, slice_bounds, to_index, to_isize, truth, values_equal};
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

fn view(list: &Obj) -> &List {
    list.expect::<List>()
}

/// Releases items from the last to the first, as CPython does, which finalisers show.
fn release_items(items: Vec<Obj>) {
    items.into_iter().rev().for_each(drop);
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(List::with_shape(Vec::new(), class.expect::<Type>().root_shape()))
}

fn init(cx: &Thread, list: &Obj, args: &Args<'_>) -> PyResult<()> {
    if args.has_keywords() && !super::args::replaces(cx, cx.type_of(list), pv_object::Kind::List, &cx.names().__new__) {
        return Err(cx.type_error("list() takes no keyword arguments"));
    }
    let items = match args.positional() {
        [] => Vec::new(),
        [iterable] => collect(cx, iterable)?,
        more => return Err(cx.type_error(format_args!("list expected at most 1 argument, got {}", more.len()))),
    };
    release_items(view(list).take_all());
    view(list).extend(items);
    Ok(())
}

fn repr(cx: &Thread, list: &Obj) -> PyResult {
    if view(list).is_empty() {
        return Ok(text::new("[]"));
    }
    cx.guard_repr(list, "[...]", || {
        let mut out = pv_object::StrBuilder::new();
        out.push_str("[");
        let mut index = 0;
        while let Some(item) = view(list).get(index) {
            if index > 0 {
                out.push_str(", ");
            }
            out.push_obj(protocol::repr(cx, &item)?.expect());
            index += 1;
        }
        out.push_str("]");
        Ok(out.finish())
    })
}

/// Compares two sequences item by item, given by length and access.
pub(crate) fn compare_items(
    cx: &Thread,
    op: Compare,
    len: impl Fn() -> (usize, usize),
    get: impl Fn(usize) -> Option<(Obj, Obj)>,
) -> PyResult {
    let (left, right) = len();
    if left != right && matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Obj::bool(op == Compare::Ne));
    }
    let mut index = 0;
    while let Some((a, b)) = get(index) {
        if !values_equal(cx, &a, &b)? {
            let (left, right) = len();
            if index >= left.min(right) {
                break;
            }
            return match op {
                Compare::Eq => Ok(Obj::bool(false)),
                Compare::Ne => Ok(Obj::bool(true)),
                _ => protocol::rich_compare(cx, op, &a, &b),
            };
        }
        index += 1;
    }
    let (left, right) = len();
    Ok(Obj::bool(match op {
        Compare::Eq => left == right,
        Compare::Ne => left != right,
        Compare::Lt => left < right,
        Compare::Le => left <= right,
        Compare::Gt => left > right,
        Compare::Ge => left >= right,
    }))
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.downcast::<List>(), b.downcast::<List>()) else {
        return Ok(Obj::not_implemented());
    };
    cx.nested(" in comparison", || {
        compare_items(cx, op, || (left.len(), right.len()), |index| Some((left.get(index)?, right.get(index)?)))
    })
}

fn len(_: &Thread, list: &Obj) -> PyResult<usize> {
    Ok(view(list).len())
}

fn iter(_: &Thread, list: &Obj) -> PyResult {
    Ok(ListIter::create(list.clone()))
}

fn contains(cx: &Thread, list: &Obj, item: &Obj) -> PyResult<bool> {
    let mut index = 0;
    while let Some(each) = view(list).get(index) {
        if values_equal(cx, &each, item)? {
            return Ok(true);
        }
        index += 1;
    }
    Ok(false)
}

fn concat(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    let Some(other) = b.downcast::<List>() else {
        let found = cx.type_name(b);
        return Err(cx.type_error(format_args!("can only concatenate list (not \"{found}\") to list")));
    };
    let mut items = view(a).to_vec();
    items.extend(other.to_vec());
    Ok(List::create(items))
}

/// The count of a repetition of so many bytes.
pub(crate) fn repeat_count(cx: &Thread, count: &Obj, size: usize) -> PyResult<usize> {
    let index = to_index(cx, count)?;
    let count = match index.as_i64() {
        Some(count) => usize::try_from(count).unwrap_or(0),
        None => {
            let found = cx.type_name(count);
            return Err(cx.overflow_error(format_args!("cannot fit '{found}' into an index-sized integer")));
        }
    };
    cx.room_for(count.saturating_mul(size))?;
    Ok(count)
}

fn repeat(cx: &Thread, list: &Obj, count: &Obj) -> PyResult {
    let items = view(list).to_vec();
    let count = repeat_count(cx, count, 8 * items.len())?;
    let mut out = Vec::with_capacity(items.len() * count);
    (0..count).for_each(|_| out.extend_from_slice(&items));
    Ok(List::create(out))
}

fn inplace(cx: &Thread, op: pv_bytecode::op::BinaryOp, list: &Obj, other: &Obj) -> PyResult {
    match op {
        pv_bytecode::op::BinaryOp::Add => {
            extend(cx, list, other)?;
            Ok(list.clone())
        }
        _ if other.is_int() || cx.lookup_special(other, &cx.names().__index__).is_some() => {
            let repeated = repeat(cx, list, other)?;
            let old = view(list).splice(0, view(list).len(), view(&repeated).take_all());
            drop(old);
            Ok(list.clone())
        }
        _ => Ok(Obj::not_implemented()),
    }
}

fn get_item(cx: &Thread, list: &Obj, key: &Obj) -> PyResult {
    if let Some(index) = key.word().as_i64() {
        let place = if index < 0 { index + view(list).len() as i64 } else { index };
        let item = usize::try_from(place).ok().and_then(|place| view(list).get(place));
        return item.ok_or_else(|| cx.index_error("list index out of range"));
    }
    if let Some(slice) = key.downcast::<Slice>() {
        return part(cx, list, slice);
    }
    check_index(cx, "list", key)?;
    let place = normalize_index(cx, key, view(list).len(), "list index out of range")?;
    view(list).get(place).ok_or_else(|| cx.index_error("list index out of range"))
}

/// A subscript must be an integer or a slice.
pub(crate) fn check_index(cx: &Thread, what: &str, key: &Obj) -> PyResult<()> {
    if key.is_int() || cx.lookup_special(key, &cx.names().__index__).is_some() {
        return Ok(());
    }
    let found = cx.type_name(key);
    Err(cx.type_error(format_args!("{what} indices must be integers or slices, not {found}")))
}

fn part(cx: &Thread, list: &Obj, slice: &Slice) -> PyResult {
    let (start, step, count) = slice_bounds(cx, slice, view(list).len())?;
    if step == 1 {
        let start = start as usize;
        return Ok(view(list).part(start, start + count));
    }
    let picked = List::create(Vec::new());
    view(&picked).reserve(count);
    view(&picked).extend((0..count as i64).filter_map(|i| view(list).get((start + i * step) as usize)));
    Ok(picked)
}

fn set_item(cx: &Thread, list: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if let Some(slice) = key.downcast::<Slice>() {
        return set_slice(cx, list, slice, value);
    }
    check_index(cx, "list", key)?;
    let message = "list assignment index out of range";
    let place = normalize_index(cx, key, view(list).len(), message)?;
    let done = match value {
        Some(value) => view(list).set(place, value.clone()).is_ok(),
        None => view(list).remove(place).is_some(),
    };
    if done { Ok(()) } else { Err(cx.index_error(message)) }
}

fn set_slice(cx: &Thread, list: &Obj, slice: &Slice, value: Option<&Obj>) -> PyResult<()> {
    let items = match value {
        None => Vec::new(),
        Some(value) => match protocol::get_iter(cx, value) {
            Ok(iterator) => collect(cx, if value.is_exact() { value } else { &iterator })?,
            Err(raised) => {
                drop(cx.catch(raised, crate::Exc::TypeError)?);
                return Err(cx.type_error("must assign iterable to extended slice"));
            }
        },
    };
    let (start, step, count) = slice_bounds(cx, slice, view(list).len())?;
    if step == 1 {
        let start = start as usize;
        release_items(view(list).splice(start, start + count, items));
        return Ok(());
    }
    if value.is_some() {
        if items.len() != count {
            let given = items.len();
            return Err(cx.value_error(format_args!(
                "attempt to assign sequence of size {given} to extended slice of size {count}"
            )));
        }
        let old: Vec<_> = items
            .into_iter()
            .enumerate()
            .map(|(i, item)| view(list).set((start + i as i64 * step) as usize, item))
            .collect();
        drop(old);
        return Ok(());
    }
    let mut places: Vec<usize> = (0..count as i64).map(|i| (start + i * step) as usize).collect();
    places.sort_unstable();
    let removed: Vec<_> = places.into_iter().rev().map(|place| view(list).remove(place)).collect();
    drop(removed);
    Ok(())
}

fn append(_: &Thread, list: &Obj, item: &Obj) -> PyResult {
    view(list).push(item.clone());
    Ok(Obj::none())
}

/// Appends all items of an iterable.
pub fn extend(cx: &Thread, list: &Obj, iterable: &Obj) -> PyResult<()> {
    if iterable.exact::<List>().is_some() || iterable.exact::<Tuple>().is_some() {
        view(list).extend(collect(cx, iterable)?);
        return Ok(());
    }
    protocol::for_each(cx, iterable, |item| {
        view(list).push(item);
        Ok(std::ops::ControlFlow::Continue(()))
    })
}

fn is_iterable(cx: &Thread, value: &Obj) -> bool {
    crate::slots::exact(value).is_some_and(|slots| slots.iter.is_some())
        || cx.lookup_special(value, &cx.names().__iter__).is_some()
        || cx.lookup_special(value, &cx.names().__getitem__).is_some()
}

/// LIST_EXTEND: `*value` in a display or among several in a call.
pub fn extend_display(cx: &Thread, list: &Obj, value: &Obj) -> PyResult<()> {
    if !is_iterable(cx, value) {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("Value after * must be an iterable, not {found}")));
    }
    extend(cx, list, value)
}

/// `callee(*value)`.
pub(crate) fn extend_call(cx: &Thread, list: &Obj, value: &Obj, callee: &Obj) -> PyResult<()> {
    if !is_iterable(cx, value) {
        let (name, found) = (super::dict::callee_name(cx, callee)?, cx.type_name(value));
        return Err(cx.type_error(format_args!("{name} argument after * must be an iterable, not {found}")));
    }
    extend(cx, list, value)
}

fn extend_method(cx: &Thread, list: &Obj, iterable: &Obj) -> PyResult {
    extend(cx, list, iterable).map(|()| Obj::none())
}

fn insert(cx: &Thread, list: &Obj, index: &Obj, item: &Obj) -> PyResult {
    let index = to_isize(cx, index)?;
    let len = view(list).len() as i64;
    let place = if index < 0 { (index + len).max(0) } else { index.min(len) };
    view(list).insert(place as usize, item.clone());
    Ok(Obj::none())
}

fn pop(cx: &Thread, list: &Obj, index: Option<&Obj>) -> PyResult {
    let len = view(list).len();
    if len == 0 {
        return Err(cx.index_error("pop from empty list"));
    }
    let popped = match index {
        None => view(list).pop(),
        Some(index) => {
            to_index(cx, index)?;
            view(list).remove(normalize_index(cx, index, len, "pop index out of range")?)
        }
    };
    popped.ok_or_else(|| cx.index_error("pop index out of range"))
}

fn remove(cx: &Thread, list: &Obj, item: &Obj) -> PyResult {
    let mut index = 0;
    while let Some(each) = view(list).get(index) {
        if values_equal(cx, &each, item)? {
            drop(view(list).remove(index));
            return Ok(Obj::none());
        }
        index += 1;
    }
    Err(cx.value_error("list.remove(x): x not in list"))
}

fn clear(_: &Thread, list: &Obj) -> PyResult {
    release_items(view(list).take_all());
    Ok(Obj::none())
}

fn copy(_: &Thread, list: &Obj) -> PyResult {
    Ok(List::create(view(list).to_vec()))
}

fn count(cx: &Thread, list: &Obj, item: &Obj) -> PyResult {
    let (mut index, mut count) = (0, 0);
    while let Some(each) = view(list).get(index) {
        count += usize::from(values_equal(cx, &each, item)?);
        index += 1;
    }
    Ok(Obj::usize(count))
}

/// A bound of a search, counted from the end when negative and cut to the length.
pub(crate) fn search_bound(cx: &Thread, bound: Option<&Obj>, default: usize, len: usize) -> PyResult<usize> {
    let Some(bound) = bound else { return Ok(default) };
    if !bound.is_int() && cx.lookup_special(bound, &cx.names().__index__).is_none() {
        return Err(cx.type_error("slice indices must be integers or have an __index__ method"));
    }
    let index = to_index(cx, bound)?;
    let cut = if super::int::is_negative(&index) { i64::MIN / 2 } else { i64::MAX / 2 };
    let index = index.as_i64().unwrap_or(cut);
    Ok(if index < 0 { (index + len as i64).max(0) as usize } else { (index as u64).min(len as u64) as usize })
}

fn index(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(list), Some(item), start, stop] = args else { return Err(cx.system_error("list.index")) };
    let len = view(list).len();
    let mut place = search_bound(cx, start.as_ref(), 0, len)?;
    let stop = search_bound(cx, stop.as_ref(), usize::MAX, len)?;
    while place < stop
        && let Some(each) = view(list).get(place)
    {
        if values_equal(cx, &each, item)? {
            return Ok(Obj::usize(place));
        }
        place += 1;
    }
    Err(cx.value_error("list.index(x): x not in list"))
}

fn reverse(_: &Thread, list: &Obj) -> PyResult {
    view(list).reverse();
    Ok(Obj::none())
}

fn reversed(cx: &Thread, list: &Obj) -> PyResult {
    let shape = cx.vm().extra_shape("list_reverseiterator");
    Ok(Reversed::create(list.clone(), view(list).len() as i64, shape))
}

fn sizeof(_: &Thread, list: &Obj) -> PyResult {
    Ok(Obj::usize(40 + 8 * view(list).capacity()))
}

/// `list.sort`: the list is empty while keys and comparisons run.
pub fn sort(cx: &Thread, list: &Obj, key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    let mut items = view(list).lend_all();
    let result = sort_items(cx, &mut items, key, reverse);
    if key.is_some() {
        // Keys may have finalisers, which belong to the sorting.
        cx.run_finalizers();
    }
    let meddled = view(list).restore(items);
    result?;
    if meddled { Err(modified(cx)) } else { Ok(()) }
}

/// The error for a list that was changed while it was sorted.
pub(crate) fn modified(cx: &Thread) -> Raised {
    cx.value_error("list modified during sort")
}

/// Sorts items; whatever happens, they are a permutation afterwards.
pub fn sort_items(cx: &Thread, items: &mut Vec<Obj>, key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    let keys = match key {
        None => None,
        Some(key) => {
            let mut keys = Vec::with_capacity(items.len());
            for item in items.iter() {
                keys.push(protocol::call1(cx, key, item)?);
            }
            Some(keys)
        }
    };
    sort_by_keys(cx, items, keys, reverse)
}

/// Sorts items by keys that have been computed, or by themselves.
pub(crate) fn sort_by_keys(cx: &Thread, items: &mut Vec<Obj>, keys: Option<Vec<Obj>>, reverse: bool) -> PyResult<()> {
    if reverse {
        items.reverse();
    }
    let keys = match keys {
        Some(mut keys) => {
            if reverse {
                keys.reverse();
            }
            keys
        }
        None => items.clone(),
    };
    let (order, result) = order_of(cx, &keys);
    let mut old: Vec<Option<Obj>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.iter().filter_map(|place| old[*place as usize].take()));
    if reverse {
        items.reverse();
    }
    result
}

/// The order of the keys: directly where all are small ints, floats or strings, else by `<`.
fn order_of(cx: &Thread, keys: &[Obj]) -> (Vec<u32>, PyResult<()>) {
    if let Some(ints) = keys.iter().map(|key| key.word().as_i64()).collect::<Option<Vec<i64>>>() {
        return sort_order(keys.len(), |a, b| Ok(ints[a as usize] < ints[b as usize]));
    }
    if let Some(floats) = keys.iter().map(|key| key.word().as_f64()).collect::<Option<Vec<f64>>>() {
        return sort_order(keys.len(), |a, b| Ok(floats[a as usize] < floats[b as usize]));
    }
    sort_order(keys.len(), |a, b| {
        let less = protocol::rich_compare(cx, Compare::Lt, &keys[a as usize], &keys[b as usize])?;
        truth(cx, &less)
    })
}

fn sort_method(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(list), key, reverse] = args else { return Err(cx.system_error("list.sort")) };
    let key = key.as_ref().filter(|key| !key.is_none());
    let reverse = match reverse {
        Some(reverse) => truth(cx, reverse)?,
        None => false,
    };
    sort(cx, list, key, reverse).map(|()| Obj::none())
}

crate::natives! { static METHODS:
    "append" "(self, object, /)" F2(append) "Append object to the end of the list.";
    "clear" "(self, /)" F1(clear) "Remove all items from list.";
    "copy" "(self, /)" F1(copy) "Return a shallow copy of the list.";
    "count" "(self, value, /)" F2(count) "Return number of occurrences of value.";
    "extend" "(self, iterable, /)" F2(extend_method) "Extend list by appending elements from the iterable.";
    "index" "(self, value, start=0, stop=9223372036854775807, /)" Bound(index) "Return first index of value.";
    "insert" "(self, index, object, /)" F3(insert) "Insert object before index.";
    "pop" "(self, index=-1, /)" O2(pop) "Remove and return item at index (default last).";
    "remove" "(self, value, /)" F2(remove) "Remove first occurrence of value.";
    "reverse" "(self, /)" F1(reverse) "Reverse *IN PLACE*.";
    "sort" "(self, /, *, key=None, reverse=False)" Bound(sort_method) "Sort the list in ascending order and return None.";
    "__reversed__" "(self, /)" F1(reversed) "Return a reverse iterator over the list.";
    "__sizeof__" "(self, /)" F1(sizeof) "Return the size of the list in memory, in bytes.";
}

crate::natives! { static CLASS_METHODS:
    "__class_getitem__" "(self, object, /)" F2(super::class_getitem) "See PEP 585";
}

/// `list`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        unhashable: true,
        compare: Some(compare),
        len: Some(len),
        iter: Some(iter),
        contains: Some(contains),
        get_item: Some(get_item),
        set_item: Some(set_item),
        concat: Some(concat),
        repeat: Some(repeat),
        inplace: Some((inplace, &[pv_bytecode::op::BinaryOp::Add, pv_bytecode::op::BinaryOp::Mul])),
        ..Slots::NONE
    },
    doc: "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    ..TypeTable::NONE
};

//! The type `dict`.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Dict, DictIter, Kind, Obj, Tuple, Type, ViewKind};

use super::{entry_hash, find, get, key_hash, remove, set, set_hashed, update};
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol::{self, values_equal};
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::types::{TypeTable, dict_views};

fn view(dict: &Obj) -> &Dict {
    dict.expect::<Dict>()
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(Dict::with_shape(class.expect::<Type>().root_shape()))
}

fn init(cx: &Thread, dict: &Obj, args: &Args<'_>) -> PyResult<()> {
    fill(cx, "dict", dict, args)
}

fn fill(cx: &Thread, name: &str, dict: &Obj, args: &Args<'_>) -> PyResult<()> {
    match args.positional() {
        [] => {}
        [other] => update(cx, dict, other)?,
        more => return Err(cx.type_error(format_args!("{name} expected at most 1 argument, got {}", more.len()))),
    }
    for (name, value) in args.keywords() {
        set(cx, dict, name, value.clone())?;
    }
    Ok(())
}

fn repr(cx: &Thread, dict: &Obj) -> PyResult {
    if view(dict).is_empty() {
        return Ok(text::new("{}"));
    }
    cx.guard_repr(dict, "{...}", || {
        let mut out = pv_object::StrBuilder::new();
        out.push_str("{");
        let mut at = 0;
        while let Some((entry, key, value)) = view(dict).next_entry(at) {
            if at > 0 {
                out.push_str(", ");
            }
            out.push_obj(protocol::repr(cx, &key)?.expect());
            out.push_str(": ");
            out.push_obj(protocol::repr(cx, &value)?.expect());
            at = entry + 1;
        }
        out.push_str("}");
        Ok(out.finish())
    })
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.downcast::<Dict>(), b.downcast::<Dict>()) else {
        return Ok(Obj::not_implemented());
    };
    if !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Obj::not_implemented());
    }
    let equal = cx.nested(" in comparison", || dicts_equal(cx, left, right))?;
    Ok(Obj::bool(equal == (op == Compare::Eq)))
}

fn dicts_equal(cx: &Thread, left: &Dict, right: &Dict) -> PyResult<bool> {
    if left.len() != right.len() {
        return Ok(false);
    }
    let mut at = 0;
    while let Some((entry, key, value)) = left.next_entry(at) {
        let hash = entry_hash(cx, left, entry, &key)?;
        let Some(found) = find(cx, right, &key, hash)? else { return Ok(false) };
        let Some(other) = right.value_at(found) else { return Ok(false) };
        if !values_equal(cx, &value, &other)? {
            return Ok(false);
        }
        at = entry + 1;
    }
    Ok(true)
}

fn len(_: &Thread, dict: &Obj) -> PyResult<usize> {
    Ok(view(dict).len())
}

fn iter(cx: &Thread, dict: &Obj) -> PyResult {
    Ok(DictIter::create(dict.clone(), ViewKind::Keys, false, cx.vm().heap.shape_of(Kind::DictIter)))
}

fn reversed(cx: &Thread, dict: &Obj) -> PyResult {
    Ok(DictIter::create(dict.clone(), ViewKind::Keys, true, cx.vm().extra_shape("dict_reversekeyiterator")))
}

fn contains(cx: &Thread, dict: &Obj, key: &Obj) -> PyResult<bool> {
    let hash = key_hash(cx, key)?;
    Ok(find(cx, view(dict), key, hash)?.is_some())
}

fn contains_method(cx: &Thread, dict: &Obj, key: &Obj) -> PyResult {
    contains(cx, dict, key).map(Obj::bool)
}

fn get_item(cx: &Thread, dict: &Obj, key: &Obj) -> PyResult {
    if let Some(value) = get(cx, dict, key)? {
        return Ok(value);
    }
    if !dict.is_exact()
        && let Some(method) = cx.lookup_special(dict, &cx.names().__missing__)
    {
        return protocol::call_special(cx, &method, dict, std::slice::from_ref(key));
    }
    Err(cx.key_error(key.clone()))
}

fn set_item(cx: &Thread, dict: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(value) => set(cx, dict, key, value.clone()),
        None => match remove(cx, dict, key)? {
            Some(_) => Ok(()),
            None => Err(cx.key_error(key.clone())),
        },
    }
}

fn get_method(cx: &Thread, dict: &Obj, key: &Obj, default: Option<&Obj>) -> PyResult {
    Ok(get(cx, dict, key)?.unwrap_or_else(|| default.cloned().unwrap_or_else(Obj::none)))
}

fn set_default(cx: &Thread, dict: &Obj, key: &Obj, default: Option<&Obj>) -> PyResult {
    let hash = key_hash(cx, key)?;
    if let Some(value) = find(cx, view(dict), key, hash)?.and_then(|entry| view(dict).value_at(entry)) {
        return Ok(value);
    }
    let value = default.cloned().unwrap_or_else(Obj::none);
    view(dict).insert_absent(key.clone(), hash, value.clone());
    Ok(value)
}

fn pop(cx: &Thread, dict: &Obj, key: &Obj, default: Option<&Obj>) -> PyResult {
    match (remove(cx, dict, key)?, default) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(cx.key_error(key.clone())),
    }
}

fn pop_item(cx: &Thread, dict: &Obj) -> PyResult {
    match view(dict).pop_last() {
        Some((key, value)) => Ok(Tuple::pair(key, value)),
        None => Err(cx.key_error(text::new("popitem(): dictionary is empty"))),
    }
}

fn clear(_: &Thread, dict: &Obj) -> PyResult {
    view(dict).remove_all();
    Ok(Obj::none())
}

fn copy(_: &Thread, dict: &Obj) -> PyResult {
    Ok(view(dict).copy())
}

fn update_method(cx: &Thread, args: &Args<'_>) -> PyResult {
    fill(cx, "update", &args.values()[0], &args.rest()).map(|()| Obj::none())
}

fn keys(cx: &Thread, dict: &Obj) -> PyResult {
    Ok(dict_views::create(cx, dict, ViewKind::Keys))
}

fn values(cx: &Thread, dict: &Obj) -> PyResult {
    Ok(dict_views::create(cx, dict, ViewKind::Values))
}

fn items(cx: &Thread, dict: &Obj) -> PyResult {
    Ok(dict_views::create(cx, dict, ViewKind::Items))
}

fn from_keys(cx: &Thread, class: &Obj, iterable: &Obj, value: Option<&Obj>) -> PyResult {
    let value = value.cloned().unwrap_or_else(Obj::none);
    let dict = protocol::call0(cx, class)?;
    if let (Some(own), Some(keys)) = (dict.exact::<Dict>(), iterable.set_table()) {
        // The elements are not asked for their hashes again.
        for (key, hash) in keys.items() {
            set_hashed(cx, own, &key, hash, value.clone())?;
        }
        return Ok(dict);
    }
    protocol::for_each(cx, iterable, |key| {
        protocol::set_item(cx, &dict, &key, &value)?;
        Ok(std::ops::ControlFlow::Continue(()))
    })?;
    Ok(dict)
}

fn binary(cx: &Thread, _: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    if a.downcast::<Dict>().is_none() || b.downcast::<Dict>().is_none() {
        return Ok(Obj::not_implemented());
    }
    let merged = view(a).copy();
    update(cx, &merged, b)?;
    Ok(merged)
}

fn inplace(cx: &Thread, _: BinaryOp, dict: &Obj, other: &Obj) -> PyResult {
    update(cx, dict, other)?;
    Ok(dict.clone())
}

crate::natives! { static METHODS:
    "__contains__" "(self, key, /)" F2(contains_method) "True if the dictionary has the specified key, else False.";
    "__getitem__" "(self, key, /)" F2(get_item) "Return self[key].";
    "__reversed__" "(self, /)" F1(reversed) "Return a reverse iterator over the dict keys.";
    "clear" "(self, /)" F1(clear) "Remove all items from the dict.";
    "copy" "(self, /)" F1(copy) "Return a shallow copy of the dict.";
    "get" "(self, key, default=None, /)" O3(get_method) "Return the value for key if key is in the dictionary, else default.";
    "items" "(self, /)" F1(items) "Return a set-like object providing a view on the dict's items.";
    "keys" "(self, /)" F1(keys) "Return a set-like object providing a view on the dict's keys.";
    "pop" "(self, key, default=<unrepresentable>, /)" O3(pop) "Remove specified key and return the corresponding value.";
    "popitem" "(self, /)" F1(pop_item) "Remove and return a (key, value) pair as a 2-tuple.";
    "setdefault" "(self, key, default=None, /)" O3(set_default) "Insert key with a value of default if key is not in the dictionary.";
    "update" "(self, /, *args, **kwargs)" Raw(update_method) "Update the dict from a mapping, an iterable of pairs, and keywords.";
    "values" "(self, /)" F1(values) "Return an object providing a view on the dict's values.";
}

crate::natives! { static CLASS_METHODS:
    "fromkeys" "(self, iterable, value=None, /)" O3(from_keys) "Create a new dictionary with keys from iterable and values set to value.";
    "__class_getitem__" "(self, object, /)" F2(crate::types::class_getitem) "See PEP 585";
}

/// `dict`.
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
        binary: Some((binary, &[BinaryOp::Or])),
        inplace: Some((inplace, &[BinaryOp::Or])),
        ..Slots::NONE
    },
    doc: "dict() -> new empty dictionary\ndict(mapping) -> new dictionary initialized from a mapping object's\n    (key, value) pairs",
    ..TypeTable::NONE
};

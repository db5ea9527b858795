//! Views of dicts, and read-only mapping proxies.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Dict, DictIter, DictView, Kind, MappingProxy, Obj, Set, Tuple, ViewKind};

use super::{TypeTable, dict, set};
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol::{self, values_equal};
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// A view of a dict.
pub(crate) fn create(cx: &Thread, dict: &Obj, shows: ViewKind) -> Obj {
    let shape = match shows {
        ViewKind::Keys => cx.vm().heap.shape_of(Kind::DictView),
        ViewKind::Values => cx.vm().extra_shape("dict_values"),
        ViewKind::Items => cx.vm().extra_shape("dict_items"),
    };
    DictView::create(dict.clone(), shows, shape)
}

fn parts(view: &Obj) -> (Obj, ViewKind) {
    let view = view.expect::<DictView>();
    (view.dict(), view.shows())
}

fn iterator(cx: &Thread, view: &Obj, reversed: bool) -> Obj {
    let (dict, shows) = parts(view);
    let shape = match (shows, reversed) {
        (ViewKind::Keys, false) => cx.vm().heap.shape_of(Kind::DictIter),
        (ViewKind::Values, false) => cx.vm().extra_shape("dict_valueiterator"),
        (ViewKind::Items, false) => cx.vm().extra_shape("dict_itemiterator"),
        (ViewKind::Keys, true) => cx.vm().extra_shape("dict_reversekeyiterator"),
        (ViewKind::Values, true) => cx.vm().extra_shape("dict_reversevalueiterator"),
        (ViewKind::Items, true) => cx.vm().extra_shape("dict_reverseitemiterator"),
    };
    DictIter::create(dict, shows, reversed, shape)
}

fn iter(cx: &Thread, view: &Obj) -> PyResult {
    Ok(iterator(cx, view, false))
}

fn reversed(cx: &Thread, view: &Obj) -> PyResult {
    Ok(iterator(cx, view, true))
}

fn len(_: &Thread, view: &Obj) -> PyResult<usize> {
    Ok(parts(view).0.expect::<Dict>().len())
}

fn contains(cx: &Thread, view: &Obj, item: &Obj) -> PyResult<bool> {
    let (dict, shows) = parts(view);
    match shows {
        ViewKind::Keys => Ok(dict::get(cx, &dict, item)?.is_some()),
        ViewKind::Items => match item.downcast::<Tuple>().map(Tuple::items) {
            Some([key, value]) => match dict::get(cx, &dict, key)? {
                Some(found) => values_equal(cx, &found, value),
                None => Ok(false),
            },
            _ => Ok(false),
        },
        ViewKind::Values => {
            for value in dict.expect::<Dict>().values() {
                if values_equal(cx, &value, item)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
    }
}

fn repr(cx: &Thread, view: &Obj) -> PyResult {
    let name = cx.type_name(view);
    cx.guard_repr(view, "...", || {
        let items = pv_object::List::create(protocol::collect(cx, view)?);
        Ok(text::new(&format!("{name}({})", text::to_string(&protocol::repr(cx, &items)?))))
    })
}

fn set_like(obj: &Obj) -> bool {
    obj.set_table().is_some() || obj.downcast::<DictView>().is_some_and(|view| view.shows() != ViewKind::Values)
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if !set_like(a) || !set_like(b) {
        return Ok(Obj::not_implemented());
    }
    let (left, right) = (protocol::len(cx, a)?, protocol::len(cx, b)?);
    let subset = |small: &Obj, large: &Obj| {
        for item in protocol::collect(cx, small)? {
            if !protocol::contains(cx, large, &item)? {
                return Ok(false);
            }
        }
        PyResult::Ok(true)
    };
    Ok(Obj::bool(match op {
        Compare::Eq => left == right && subset(a, b)?,
        Compare::Ne => !(left == right && subset(a, b)?),
        Compare::Lt => left < right && subset(a, b)?,
        Compare::Le => left <= right && subset(a, b)?,
        Compare::Gt => left > right && subset(b, a)?,
        Compare::Ge => left >= right && subset(b, a)?,
    }))
}

fn binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let view = |obj: &Obj| obj.downcast::<DictView>().is_some_and(|view| view.shows() != ViewKind::Values);
    if !view(a) && !view(b) {
        return Ok(Obj::not_implemented());
    }
    let left = Set::create();
    set::update(cx, &left, a)?;
    let right = Set::create();
    set::update(cx, &right, b)?;
    set::combine(cx, op, &left, &right)
}

fn is_disjoint(cx: &Thread, view: &Obj, other: &Obj) -> PyResult {
    for item in protocol::collect(cx, other)? {
        if contains(cx, view, &item)? {
            return Ok(Obj::bool(false));
        }
    }
    Ok(Obj::bool(true))
}

fn mapping(_: &Thread, view: &Obj) -> PyResult {
    Ok(MappingProxy::create(parts(view).0))
}

crate::natives! { static METHODS:
    "isdisjoint" "(self, other, /)" F2(is_disjoint) "Return True if the view and the given iterable have a null intersection.";
    "__reversed__" "(self, /)" F1(reversed) "Return a reverse iterator over the view.";
}

crate::getsets! { static GETSETS:
    "mapping" mapping => "dictionary that this view refers to";
}

/// `dict_keys` and its likes.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots {
        repr: Some(repr),
        iter: Some(iter),
        len: Some(len),
        contains: Some(contains),
        compare: Some(compare),
        binary: Some((binary, &[BinaryOp::And, BinaryOp::Or, BinaryOp::Xor, BinaryOp::Sub])),
        ..Slots::NONE
    },
    ..TypeTable::NONE
};

fn proxied(proxy: &Obj) -> Obj {
    proxy.expect::<MappingProxy>().mapping().unwrap_or_else(Obj::none)
}

fn proxy_new(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    match args.positional() {
        [mapping]
            if cx.lookup_special(mapping, &cx.names().__getitem__).is_some()
                && !matches!(mapping.kind(), Kind::List | Kind::Tuple) =>
        {
            Ok(MappingProxy::create(mapping.clone()))
        }
        [other] => {
            let found = cx.type_name(other);
            Err(cx.type_error(format_args!("mappingproxy() argument must be a mapping, not {found}")))
        }
        more => Err(cx.type_error(format_args!("mappingproxy expected 1 argument, got {}", more.len()))),
    }
}

fn proxy_repr(cx: &Thread, proxy: &Obj) -> PyResult {
    let shown = text::to_string(&protocol::repr(cx, &proxied(proxy))?);
    Ok(text::new(&format!("mappingproxy({shown})")))
}
fn proxy_str(cx: &Thread, proxy: &Obj) -> PyResult {
    protocol::str(cx, &proxied(proxy))
}
fn proxy_iter(cx: &Thread, proxy: &Obj) -> PyResult {
    protocol::get_iter(cx, &proxied(proxy))
}
fn proxy_len(cx: &Thread, proxy: &Obj) -> PyResult<usize> {
    protocol::len(cx, &proxied(proxy))
}
fn proxy_get_item(cx: &Thread, proxy: &Obj, key: &Obj) -> PyResult {
    protocol::get_item(cx, &proxied(proxy), key)
}
fn proxy_contains(cx: &Thread, proxy: &Obj, key: &Obj) -> PyResult<bool> {
    protocol::contains(cx, &proxied(proxy), key)
}
fn proxy_compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    match a.downcast::<MappingProxy>() {
        Some(_) => protocol::rich_compare(cx, op, &proxied(a), b),
        None => Ok(Obj::not_implemented()),
    }
}
fn proxy_binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let unwrap = |obj: &Obj| obj.downcast::<MappingProxy>().map_or_else(|| obj.clone(), |_| proxied(obj));
    protocol::binary_op(cx, op, &unwrap(a), &unwrap(b))
}
fn proxy_hash(cx: &Thread, proxy: &Obj) -> PyResult<i64> {
    protocol::hash(cx, &proxied(proxy))
}
fn proxy_reversed(cx: &Thread, proxy: &Obj) -> PyResult {
    let mapping = proxied(proxy);
    match cx.lookup_special(&mapping, &text::intern("__reversed__")) {
        Some(method) => protocol::call_special(cx, &method, &mapping, &[]),
        None => protocol::call1(cx, cx.vm().type_of_kind(Kind::Reversed), &mapping),
    }
}
fn proxy_in_place(cx: &Thread, _: BinaryOp, _: &Obj, _: &Obj) -> PyResult {
    Err(cx.type_error("'|=' is not supported by mappingproxy; use '|' instead"))
}
fn proxy_get(cx: &Thread, proxy: &Obj, key: &Obj, default: Option<&Obj>) -> PyResult {
    let default = default.cloned().unwrap_or_else(Obj::none);
    protocol::call_method(cx, &proxied(proxy), "get", &[key.clone(), default])
}
fn proxy_keys(cx: &Thread, proxy: &Obj) -> PyResult {
    protocol::call_method0(cx, &proxied(proxy), "keys")
}
fn proxy_values(cx: &Thread, proxy: &Obj) -> PyResult {
    protocol::call_method0(cx, &proxied(proxy), "values")
}
fn proxy_items(cx: &Thread, proxy: &Obj) -> PyResult {
    protocol::call_method0(cx, &proxied(proxy), "items")
}
fn proxy_copy(cx: &Thread, proxy: &Obj) -> PyResult {
    protocol::call_method0(cx, &proxied(proxy), "copy")
}

crate::natives! { static PROXY_METHODS:
    "get" "(self, key, default=None, /)" O3(proxy_get) "Return the value for key if key is in the mapping, else default.";
    "keys" "(self)" F1(proxy_keys) "a set-like object providing a view on D's keys";
    "values" "(self)" F1(proxy_values) "an object providing a view on D's values";
    "items" "(self)" F1(proxy_items) "a set-like object providing a view on D's items";
    "copy" "(self)" F1(proxy_copy) "a shallow copy of D";
    "__reversed__" "(self, /)" F1(proxy_reversed) "D.__reversed__() -> reverse iterator";
}

crate::natives! { static PROXY_CLASS_METHODS:
    "__class_getitem__" "(self, object, /)" F2(super::class_getitem) "See PEP 585";
}

/// `mappingproxy`.
pub(crate) static PROXY: TypeTable = TypeTable {
    methods: PROXY_METHODS,
    class_methods: PROXY_CLASS_METHODS,
    slots: Slots {
        new: Some(proxy_new),
        repr: Some(proxy_repr),
        str: Some(proxy_str),
        iter: Some(proxy_iter),
        len: Some(proxy_len),
        get_item: Some(proxy_get_item),
        contains: Some(proxy_contains),
        compare: Some(proxy_compare),
        hash: Some(proxy_hash),
        binary: Some((proxy_binary, &[BinaryOp::Or])),
        inplace: Some((proxy_in_place, &[BinaryOp::Or])),
        ..Slots::NONE
    },
    doc: "Read-only proxy of a mapping.",
    ..TypeTable::NONE
};

//! `FrameLocalsProxy`: the variables of a frame as a mapping that writes through (PEP 667).
//!
//! The variables that are bound come first, in the order of the code's names; then what was added under other names, which the frame object
//! keeps in a dict. Variables cannot be removed.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Frame, Kind, List, Native, Obj, Payload, Str, Tuple, Visitor};

use super::frame::{self, Variable};
use super::{TypeTable, dict};
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

struct Proxy(Obj);

impl Payload for Proxy {
    fn visit(&self, visitor: Visitor<'_>) {
        visitor(&self.0);
    }
}

/// The proxy of a frame's variables.
pub(crate) fn create(cx: &Thread, frame: &Obj) -> Obj {
    Native::create(Box::new(Proxy(frame.clone())), cx.vm().extra_shape("FrameLocalsProxy"))
}

fn frame_of(proxy: &Obj) -> Obj {
    proxy.native::<Proxy>().map_or_else(Obj::none, |proxy| proxy.0.clone())
}

/// The frame's dict for other names than its variables'.
fn extra(frame: &Obj) -> Option<Obj> {
    frame.expect::<Frame>().locals.get()
}

fn find(frame: &Obj, key: &Obj) -> Option<Variable> {
    let name = key.downcast::<Str>()?.to_string_lossy();
    frame::variables(frame).into_iter().find(|(each, _)| text::eq(each, &name)).map(|(_, variable)| variable)
}

fn items_of(cx: &Thread, proxy: &Obj) -> Vec<(Obj, Obj)> {
    let frame = frame_of(proxy);
    let bound = |(name, variable)| Some((name, frame::read(cx, &frame, variable)?));
    let mut items: Vec<(Obj, Obj)> = frame::variables(&frame).into_iter().filter_map(bound).collect();
    items.extend(extra(&frame).into_iter().flat_map(|extra| dict::items(&extra)));
    items
}

fn as_dict(cx: &Thread, proxy: &Obj) -> PyResult {
    let copy = dict::new();
    for (name, value) in items_of(cx, proxy) {
        dict::set(cx, &copy, &name, value)?;
    }
    Ok(copy)
}

fn lookup(cx: &Thread, proxy: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
    let frame = frame_of(proxy);
    match (find(&frame, key), extra(&frame)) {
        (Some(variable), _) => Ok(frame::read(cx, &frame, variable)),
        (None, Some(extra)) => cx.absorb(protocol::get_item(cx, &extra, key), crate::Exc::KeyError),
        (None, None) => protocol::hash(cx, key).map(|_| None),
    }
}

fn get_item(cx: &Thread, proxy: &Obj, key: &Obj) -> PyResult {
    match lookup(cx, proxy, key)? {
        Some(value) => Ok(value),
        None => {
            let shown = text::to_string(&protocol::repr(cx, key)?);
            let message = format!("local variable '{shown}' is not defined");
            Err(cx.raise_args(crate::Exc::KeyError, vec![text::new(&message)]))
        }
    }
}

fn set_item(cx: &Thread, proxy: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let frame = frame_of(proxy);
    match (find(&frame, key), value) {
        (Some(variable), Some(value)) => frame::write(cx, &frame, variable, value.clone()),
        (Some(_), None) => return Err(cx.value_error("cannot remove local variables from FrameLocalsProxy")),
        (None, Some(value)) => {
            let place = &frame.expect::<Frame>().locals;
            if place.is_empty() {
                place.set(dict::new());
            }
            let extra = place.get().unwrap_or_else(dict::new);
            return dict::set(cx, &extra, key, value.clone());
        }
        (None, None) => match extra(&frame) {
            Some(extra) => return protocol::del_item(cx, &extra, key),
            None => return Err(cx.raise_args(crate::Exc::KeyError, vec![key.clone()])),
        },
    }
    Ok(())
}

fn contains(cx: &Thread, proxy: &Obj, key: &Obj) -> PyResult<bool> {
    lookup(cx, proxy, key).map(|value| value.is_some())
}

fn len(cx: &Thread, proxy: &Obj) -> PyResult<usize> {
    Ok(items_of(cx, proxy).len())
}

fn keys(cx: &Thread, proxy: &Obj) -> PyResult {
    Ok(List::create(items_of(cx, proxy).into_iter().map(|(name, _)| name).collect()))
}

fn values(cx: &Thread, proxy: &Obj) -> PyResult {
    Ok(List::create(items_of(cx, proxy).into_iter().map(|(_, value)| value).collect()))
}

fn items(cx: &Thread, proxy: &Obj) -> PyResult {
    Ok(List::create(items_of(cx, proxy).into_iter().map(|(name, value)| Tuple::pair(name, value)).collect()))
}

fn iter(cx: &Thread, proxy: &Obj) -> PyResult {
    protocol::get_iter(cx, &keys(cx, proxy)?)
}

fn reversed(cx: &Thread, proxy: &Obj) -> PyResult {
    let names = items_of(cx, proxy).into_iter().map(|(name, _)| name).rev().collect();
    protocol::get_iter(cx, &List::create(names))
}

fn repr(cx: &Thread, proxy: &Obj) -> PyResult {
    cx.guard_repr(proxy, "{...}", || protocol::repr(cx, &as_dict(cx, proxy)?))
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if a.native::<Proxy>().is_none() || !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Obj::not_implemented());
    }
    match b.native::<Proxy>() {
        Some(other) => Ok(Obj::bool(frame_of(a).same(&other.0) == (op == Compare::Eq))),
        None if b.kind() == Kind::Dict => protocol::rich_compare(cx, op, &as_dict(cx, a)?, b),
        None => Ok(Obj::not_implemented()),
    }
}

fn merged(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let plain = |obj: &Obj| match obj.native::<Proxy>() {
        Some(_) => as_dict(cx, obj),
        None => Ok(obj.clone()),
    };
    protocol::binary_op(cx, op, &plain(a)?, &plain(b)?)
}

fn merge(cx: &Thread, _: BinaryOp, proxy: &Obj, other: &Obj) -> PyResult {
    update(cx, proxy, other)?;
    Ok(proxy.clone())
}

fn update(cx: &Thread, proxy: &Obj, other: &Obj) -> PyResult {
    let source = match other.native::<Proxy>() {
        Some(_) => as_dict(cx, other)?,
        None => protocol::call1(cx, cx.vm().type_of_kind(Kind::Dict), other)?,
    };
    for (name, value) in dict::items(&source) {
        set_item(cx, proxy, &name, Some(&value))?;
    }
    Ok(Obj::none())
}

fn get(cx: &Thread, proxy: &Obj, key: &Obj, default: Option<&Obj>) -> PyResult {
    Ok(lookup(cx, proxy, key)?.or_else(|| default.cloned()).unwrap_or_else(Obj::none))
}

fn set_default(cx: &Thread, proxy: &Obj, key: &Obj, default: Option<&Obj>) -> PyResult {
    if let Some(value) = lookup(cx, proxy, key)? {
        return Ok(value);
    }
    let value = default.cloned().unwrap_or_else(Obj::none);
    set_item(cx, proxy, key, Some(&value))?;
    Ok(value)
}

fn pop(cx: &Thread, proxy: &Obj, key: &Obj, default: Option<&Obj>) -> PyResult {
    if find(&frame_of(proxy), key).is_some() {
        return Err(cx.value_error("cannot remove local variables from FrameLocalsProxy"));
    }
    match (lookup(cx, proxy, key)?, default) {
        (Some(value), _) => {
            set_item(cx, proxy, key, None)?;
            Ok(value)
        }
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(cx.raise_args(crate::Exc::KeyError, vec![key.clone()])),
    }
}

fn new(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    match args.values() {
        [frame] if frame.downcast::<Frame>().is_some() => Ok(create(cx, frame)),
        [other] => {
            let found = cx.type_name(other);
            Err(cx.type_error(format_args!("expect frame, not {found}")))
        }
        more => Err(cx.type_error(format_args!("FrameLocalsProxy expected 1 argument, got {}", more.len()))),
    }
}

fn copy(cx: &Thread, proxy: &Obj) -> PyResult {
    as_dict(cx, proxy)
}

crate::natives! { static METHODS:
    "__reversed__" "(self, /)" F1(reversed) "An iterator over the names, from the last one.";
    "copy" "(self, /)" F1(copy) "A dict of the variables as they are now.";
    "keys" "(self, /)" F1(keys) "The names of the variables that have a value.";
    "values" "(self, /)" F1(values) "Their values.";
    "items" "(self, /)" F1(items) "Their names and values.";
    "update" "(self, other, /)" F2(update) "Sets the variables that a mapping names.";
    "get" "(self, key, default=None, /)" O3(get) "The value of a variable, or the default.";
    "setdefault" "(self, key, default=None, /)" O3(set_default) "The value of a variable, set if it has none.";
    "pop" "(self, key, default=None, /)" O3(pop) "Removes what is no variable of the code.";
}

/// `FrameLocalsProxy`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        iter: Some(iter),
        len: Some(len),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(contains),
        compare: Some(compare),
        binary: Some((merged, &[BinaryOp::Or])),
        inplace: Some((merge, &[BinaryOp::Or])),
        unhashable: true,
        ..Slots::NONE
    },
    doc: "The variables of a frame.",
    ..TypeTable::NONE
};

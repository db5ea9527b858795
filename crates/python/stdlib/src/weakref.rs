//! `_weakref`: weak references (the type is one of the built-in ones) and proxies.
//!
//! A *proxy* owns a weak reference and passes every operation on to its object while that lives.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Dict, Heap, Kind, List, Obj, Payload, Type, WeakRef};
use pv_runtime::types::{dict, weakref};
use pv_runtime::{Args, Exc, PyResult, Slots, Thread, TypeTable, attr, natives, protocol, text};

use crate::support::{class, constant, create, functions, module_item};

fn count(_: &Thread, target: &Obj) -> PyResult {
    Ok(Obj::usize(weakref::references(target).len()))
}

fn references(_: &Thread, target: &Obj) -> PyResult {
    Ok(List::create(weakref::references(target)))
}

/// Removes an entry whose value is a dead reference; one that has been replaced meanwhile stays.
fn remove_dead(cx: &Thread, mapping: &Obj, key: &Obj) -> PyResult {
    if mapping.downcast::<Dict>().is_none() {
        let found = cx.type_name(mapping);
        return Err(cx.type_error(format_args!("_remove_dead_weakref() argument 1 must be dict, not {found}")));
    }
    let dead = |value: &Obj| value.downcast::<WeakRef>().is_some_and(|value| value.target().is_none());
    if dict::get(cx, mapping, key)?.as_ref().is_some_and(dead) {
        dict::remove(cx, mapping, key)?;
    }
    Ok(Obj::none())
}

fn proxy(cx: &Thread, target: &Obj, callback: Option<&Obj>) -> PyResult {
    let shape_of = Heap::current().shape_of(Kind::WeakRef);
    weakref::check_referable(cx, target)?;
    let callback = callback.filter(|callback| !callback.is_none()).cloned();
    let reference = WeakRef::create(target, callback, shape_of);
    let callable = cx.lookup_special(target, &text::intern("__call__")).is_some();
    let name = if callable { "CallableProxyType" } else { "ProxyType" };
    Ok(create(&module_item(cx, "_weakref", name)?, Proxy(reference)))
}

natives! { static FUNCTIONS:
    "getweakrefcount" "(object, /)" F1(count) "Return the number of weak references to 'object'.";
    "getweakrefs" "(object, /)" F1(references) "Return a list of all weak reference objects pointing to 'object'.";
    "proxy" "(object, callback=None, /)" O2(proxy) "Create a proxy object that weakly references 'object'.";
    "_remove_dead_weakref" "(dct, key, /)" F2(remove_dead) "Atomically remove key from dict if it points to a dead weakref.";
}

struct Proxy(Obj);

impl Payload for Proxy {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.0);
    }
}

/// What an operand stands for: a proxy's object, anything else itself.
fn target(cx: &Thread, operand: &Obj) -> PyResult {
    match operand.native::<Proxy>() {
        None => Ok(operand.clone()),
        Some(proxy) => match proxy.0.expect::<WeakRef>().target() {
            Some(target) => Ok(target),
            None => Err(cx.raise_message(Exc::ReferenceError, "weakly-referenced object no longer exists")),
        },
    }
}

fn get_attr(cx: &Thread, this: &Obj, name: &Obj) -> PyResult {
    attr::get(cx, &target(cx, this)?, name)
}

fn set_attr(cx: &Thread, this: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let target = target(cx, this)?;
    match value {
        Some(value) => attr::set(cx, &target, name, value),
        None => attr::delete(cx, &target, name),
    }
}

fn call(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult {
    protocol::call(cx, &target(cx, this)?, args)
}

fn str(cx: &Thread, this: &Obj) -> PyResult {
    protocol::str(cx, &target(cx, this)?)
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let at = pv_runtime::builtins::identity(this);
    let Ok(Some(object)) = cx.absorb(target(cx, this), Exc::ReferenceError) else {
        return Ok(text::new(&format!("<weakproxy at {at:#x}; dead>")));
    };
    let (name, place) = (cx.type_name(&object), pv_runtime::builtins::identity(&object));
    Ok(text::new(&format!("<weakproxy at {at:#x}; to '{name}' at {place:#x}>")))
}

fn binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    protocol::binary_op(cx, op, &target(cx, a)?, &target(cx, b)?)
}

fn inplace(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    protocol::inplace_op(cx, op, &target(cx, a)?, &target(cx, b)?)
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    protocol::rich_compare(cx, op, &target(cx, a)?, &target(cx, b)?)
}

fn truth(cx: &Thread, this: &Obj) -> PyResult<bool> {
    protocol::truth(cx, &target(cx, this)?)
}

fn len(cx: &Thread, this: &Obj) -> PyResult<usize> {
    protocol::len(cx, &target(cx, this)?)
}

fn get_item(cx: &Thread, this: &Obj, key: &Obj) -> PyResult {
    protocol::get_item(cx, &target(cx, this)?, key)
}

fn set_item(cx: &Thread, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let target = target(cx, this)?;
    match value {
        Some(value) => protocol::set_item(cx, &target, key, value),
        None => protocol::del_item(cx, &target, key),
    }
}

fn contains(cx: &Thread, this: &Obj, item: &Obj) -> PyResult<bool> {
    protocol::contains(cx, &target(cx, this)?, item)
}

fn iter(cx: &Thread, this: &Obj) -> PyResult {
    protocol::get_iter(cx, &target(cx, this)?)
}

fn next(cx: &Thread, this: &Obj) -> PyResult<Option<Obj>> {
    protocol::iter_next(cx, &target(cx, this)?)
}

fn index(cx: &Thread, this: &Obj) -> PyResult {
    protocol::to_index(cx, &target(cx, this)?)
}

const PROXY_SLOTS: Slots = Slots {
    repr: Some(repr),
    str: Some(str),
    unhashable: true,
    get_attr: Some(get_attr),
    set_attr: Some(set_attr),
    iter: Some(iter),
    next: Some(next),
    compare: Some(compare),
    binary: Some((binary, BinaryOp::ALL)),
    inplace: Some((inplace, BinaryOp::ALL)),
    truth: Some(truth),
    index: Some(index),
    len: Some(len),
    get_item: Some(get_item),
    set_item: Some(set_item),
    contains: Some(contains),
    ..Slots::NONE
};

static PROXY: TypeTable = TypeTable { slots: PROXY_SLOTS, ..TypeTable::NONE };
static CALLABLE: TypeTable = TypeTable { slots: Slots { call: Some(call), ..PROXY_SLOTS }, ..TypeTable::NONE };

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_weakref", FUNCTIONS);
    let reference = cx.vm().type_of_kind(Kind::WeakRef);
    reference.expect::<Type>().set_attr(&text::intern("__module__"), text::intern("weakref"));
    constant(namespace, "ref", reference.clone());
    constant(namespace, "ReferenceType", reference.clone());
    class(cx, namespace, "weakref", "ProxyType", &PROXY);
    class(cx, namespace, "weakref", "CallableProxyType", &CALLABLE);
    Ok(())
}

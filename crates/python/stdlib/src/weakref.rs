//! `_weakref`: the names that the library imports. Making a weak reference raises a clear error.

use pv_object::Obj;
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, natives};

use crate::support::{class, constant, functions};

fn unsupported(cx: &Thread, _: &Obj, _: &Args<'_>) -> PyResult {
    Err(cx.not_implemented("weak references are not supported yet"))
}

fn proxy(cx: &Thread, _: &Args<'_>) -> PyResult {
    Err(cx.not_implemented("weak references are not supported yet"))
}

fn count(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::small(0))
}

fn references(_: &Thread, _: &Obj) -> PyResult {
    Ok(pv_object::List::create(Vec::new()))
}

natives! { static FUNCTIONS:
    "getweakrefcount" "(object, /)" F1(count) "The number of weak references.";
    "getweakrefs" "(object, /)" F1(references) "The weak references to an object.";
    "proxy" "" Raw(proxy) "Makes a weak proxy (not supported yet).";
}

static REFERENCE: TypeTable =
    TypeTable { slots: Slots { new: Some(unsupported), ..Slots::NONE }, doc: "Not supported yet.", ..TypeTable::NONE };

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_weakref", FUNCTIONS);
    let reference = class(cx, namespace, "weakref", "ReferenceType", &REFERENCE);
    constant(namespace, "ref", reference);
    class(cx, namespace, "weakref", "ProxyType", &REFERENCE);
    class(cx, namespace, "weakref", "CallableProxyType", &REFERENCE);
    Ok(())
}

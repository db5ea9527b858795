//! `__annotations__` and `__annotate__` of classes, functions and modules.
//!
//! Annotations are computed when they are first asked for, by the annotate function, and kept. Classes keep theirs in their namespace, as
//! `__annotations_cache__`, and the function as `__annotate_func__`; what the class body itself calls `__annotations__` or `__annotate__`
//! comes first. Whoever replaces annotations drops the function, and the other way round.

use pv_object::{Dict, Function, Obj, Type, TypeFlags};

use super::descriptor;
use super::module::namespace;
use super::type_type::mutable;
use crate::attr;
use crate::error::{Exc, PyResult, Raised};
use crate::protocol;
use crate::text;
use crate::thread::Thread;

/// What an annotate function, or none, gives as values.
fn evaluate(cx: &Thread, annotate: Option<Obj>) -> PyResult {
    let Some(annotate) = annotate.filter(|annotate| protocol::is_callable(cx, annotate)) else {
        return Ok(Dict::create());
    };
    let annotations = protocol::call1(cx, &annotate, &Obj::small(1))?;
    if annotations.downcast::<Dict>().is_none() {
        let found = cx.type_name(&annotations);
        return Err(cx.type_error(format_args!("__annotate__ returned non-dict of type '{found}'")));
    }
    Ok(annotations)
}

/// The value to store as `__annotate__`: a callable or None.
fn checked<'a>(cx: &Thread, value: Option<&'a Obj>, deleted: &str) -> PyResult<&'a Obj> {
    let Some(value) = value else { return Err(cx.type_error(deleted)) };
    if value.is_none() || protocol::is_callable(cx, value) {
        return Ok(value);
    }
    Err(cx.type_error("__annotate__ must be callable or None"))
}

const CANNOT_DELETE: &str = "cannot delete __annotate__ attribute";

fn missing_annotations(cx: &Thread) -> Raised {
    cx.raise_message(Exc::AttributeError, "__annotations__")
}

// Classes.

fn cache_name() -> Obj {
    text::intern("__annotations_cache__")
}

fn annotate_func_name() -> Obj {
    text::intern("__annotate_func__")
}

/// An attribute of the class's own, bound to the class if it is a descriptor.
fn bound_own(cx: &Thread, class: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let Some(own) = class.expect::<Type>().own_attr(name) else { return Ok(None) };
    descriptor::get(cx, &own, None, class).map(Some)
}

/// What a Python class has under a name, or under the one that is used where nobody has set that.
fn own_of_class(cx: &Thread, class: &Obj, name: &Obj, otherwise: &Obj) -> PyResult<Option<Obj>> {
    if !class.expect::<Type>().has(TypeFlags::HEAP) {
        return Err(attr::missing(cx, class, name));
    }
    match bound_own(cx, class, name)? {
        None => bound_own(cx, class, otherwise),
        found => Ok(found),
    }
}

pub(super) fn of_class(cx: &Thread, class: &Obj) -> PyResult {
    if let Some(annotations) = own_of_class(cx, class, &cx.names().__annotations__, &cache_name())? {
        return Ok(annotations);
    }
    let annotate = attr::get(cx, class, &cx.names().__annotate__)?;
    let annotations = evaluate(cx, Some(annotate))?;
    class.expect::<Type>().set_attr(&cache_name(), annotations.clone());
    Ok(annotations)
}

pub(super) fn set_of_class(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let names = cx.names();
    let ty = mutable(cx, class, "__annotations__")?;
    let explicit = ty.own_attr(&names.__annotations__).is_some();
    let place = if explicit { names.__annotations__.clone() } else { cache_name() };
    match value {
        Some(value) => ty.set_attr(&place, value.clone()),
        None if ty.own_attr(&place).is_none() => return Err(missing_annotations(cx)),
        None => drop(ty.delete_attr(&place)),
    }
    drop(ty.delete_attr(&annotate_func_name()));
    drop(ty.delete_attr(&names.__annotate__));
    Ok(())
}

pub(super) fn annotate_of_class(cx: &Thread, class: &Obj) -> PyResult {
    if let Some(annotate) = own_of_class(cx, class, &cx.names().__annotate__, &annotate_func_name())? {
        return Ok(annotate);
    }
    class.expect::<Type>().set_attr(&annotate_func_name(), Obj::none());
    Ok(Obj::none())
}

pub(super) fn set_annotate_of_class(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if value.is_none() {
        return Err(cx.type_error(CANNOT_DELETE));
    }
    let ty = mutable(cx, class, "__annotate__")?;
    let value = checked(cx, value, CANNOT_DELETE)?;
    ty.set_attr(&annotate_func_name(), value.clone());
    if !value.is_none() {
        drop(ty.delete_attr(&cache_name()));
    }
    Ok(())
}

// Functions.

pub(super) fn of_function(cx: &Thread, function: &Obj) -> PyResult {
    let place = function.expect::<Function>();
    if let Some(annotations) = place.annotations.get() {
        return Ok(annotations);
    }
    let annotations = evaluate(cx, place.annotate.get())?;
    place.annotations.set(annotations.clone());
    Ok(annotations)
}

pub(super) fn set_of_function(cx: &Thread, function: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let value = value.filter(|value| !value.is_none());
    if value.is_some_and(|value| value.downcast::<Dict>().is_none()) {
        return Err(cx.type_error("__annotations__ must be set to a dict object"));
    }
    let place = function.expect::<Function>();
    drop(place.annotations.replace(value.cloned()));
    drop(place.annotate.take());
    Ok(())
}

pub(super) fn annotate_of_function(_: &Thread, function: &Obj) -> PyResult {
    Ok(function.expect::<Function>().annotate.get().unwrap_or_else(Obj::none))
}

pub(super) fn set_annotate_of_function(cx: &Thread, function: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let value = checked(cx, value, "__annotate__ cannot be deleted")?;
    let place = function.expect::<Function>();
    drop(place.annotate.replace(Some(value.clone()).filter(|value| !value.is_none())));
    if !value.is_none() {
        drop(place.annotations.take());
    }
    Ok(())
}

// Modules.

/// Is the module's own code still running? What it annotates later is not there yet, so nothing is kept.
fn is_initializing(cx: &Thread, dict: &Dict) -> PyResult<bool> {
    match dict.get_str(&cx.names().__spec__).filter(|spec| !spec.is_none()) {
        Some(spec) => match attr::get_optional(cx, &spec, &text::intern("_initializing"))? {
            Some(flag) => protocol::truth(cx, &flag),
            None => Ok(false),
        },
        None => Ok(false),
    }
}

pub(super) fn of_module(cx: &Thread, module: &Obj) -> PyResult {
    let dict = namespace(module);
    let (dict, names) = (dict.expect::<Dict>(), cx.names());
    if let Some(annotations) = dict.get_str(&names.__annotations__) {
        return Ok(annotations);
    }
    let annotations = evaluate(cx, dict.get_str(&names.__annotate__))?;
    if !is_initializing(cx, dict)? {
        dict.set_str(&names.__annotations__, annotations.clone());
    }
    Ok(annotations)
}

pub(super) fn set_of_module(cx: &Thread, module: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let dict = namespace(module);
    let (dict, names) = (dict.expect::<Dict>(), cx.names());
    match value {
        Some(value) => dict.set_str(&names.__annotations__, value.clone()),
        None if dict.delete_str(&names.__annotations__).is_none() => return Err(missing_annotations(cx)),
        None => {}
    }
    drop(dict.delete_str(&names.__annotate__));
    Ok(())
}

pub(super) fn annotate_of_module(cx: &Thread, module: &Obj) -> PyResult {
    let dict = namespace(module);
    let (dict, name) = (dict.expect::<Dict>(), &cx.names().__annotate__);
    Ok(dict.get_str(name).unwrap_or_else(|| {
        dict.set_str(name, Obj::none());
        Obj::none()
    }))
}

pub(super) fn set_annotate_of_module(cx: &Thread, module: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let value = checked(cx, value, CANNOT_DELETE)?;
    let dict = namespace(module);
    let (dict, names) = (dict.expect::<Dict>(), cx.names());
    dict.set_str(&names.__annotate__, value.clone());
    if !value.is_none() {
        drop(dict.delete_str(&names.__annotations__));
    }
    Ok(())
}

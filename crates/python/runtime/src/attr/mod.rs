//! Attribute access: reading, writing, deleting, binding, and plans for inline caches.
//!
//! Reading goes: a Python `__getattribute__` if the type has one; else data descriptors of the type, the object's own
//! attributes, other attributes of the type (bound by `__get__`); then `__getattr__`. Classes, modules and `super`
//! objects have rules of their own.
//! Names are strings; they are interned here when they are not yet.

mod plan;
mod set;

use pv_object::{
    BoundMethod, ClassMethod, Dict, Exception, Flags, Function, Heap, Instance, Kind, Module, NativeFunction, Obj,
    StaticMethod, Str, Type,
};

use crate::error::{Exc, PyResult, Raised};
use crate::native::NativeExt;
use crate::protocol::{call_special, call1};
use crate::slots;
use crate::text;
use crate::thread::Thread;
use crate::types::{descriptor, exception, super_type};
pub(crate) use plan::PlanCache;
pub(crate) use plan::{has_native_getter, renew_all_plans};
pub use plan::{is_bare, plan_load, plan_load_class, plan_load_module, plan_store, planned_load, planned_store};
pub use set::{delete, set};
pub(crate) use set::{replace_dict, store, writable_dict};

/// Bit of [`Type::summary`]: a Python `__getattribute__`.
pub(crate) const GETATTRIBUTE: u32 = 1;
/// Bit of [`Type::summary`]: a Python `__getattr__`.
pub(crate) const GETATTR: u32 = 2;
/// Bits of [`Type::summary`]: a Python `__setattr__` and `__delattr__`.
pub(crate) const SETATTR: u32 = 4;
pub(crate) const DELATTR: u32 = 8;

/// `obj.name`.
pub fn get(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult {
    let name = &interned(cx, name)?;
    match find(cx, obj, name) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(missing(cx, obj, name)),
        Err(raised) => Err(with_context(cx, raised, obj, name)),
    }
}

/// An AttributeError that Python code raised for an attribute, and that knows none, learns which one it is.
#[cold]
fn with_context(cx: &Thread, raised: Raised, obj: &Obj, name: &Obj) -> Raised {
    if let Some(exception) = cx.pending().filter(|exception| cx.is_exception(exception, Exc::AttributeError)) {
        let known = |field| exception::field(&exception, field).is_some_and(|value| !value.is_none());
        if !known("name") && !known("obj") {
            exception::set_field(&exception, "name", name.clone());
            exception::set_field(&exception, "obj", obj.clone());
        }
    }
    raised
}

/// `obj.name` with a Rust name.
pub fn get_str(cx: &Thread, obj: &Obj, name: &str) -> PyResult {
    get(cx, obj, &text::intern(name))
}

/// `getattr(obj, name, None)`: an AttributeError means `None`.
pub fn get_optional(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let name = &interned(cx, name)?;
    Ok(cx.absorb(find(cx, obj, name), Exc::AttributeError)?.flatten())
}

/// Finds what `obj.name` is for a call: the value, and whether it is a function that wants `obj` as its first argument.
pub fn load_method(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult<Option<(Obj, bool)>> {
    let name = &interned(cx, name)?;
    let ty = obj.shape().ty();
    let own_rules = matches!(obj.kind(), Kind::Type | Kind::Module | Kind::Super) || has_native_getter(ty);
    let plain = ty.summary() & GETATTRIBUTE == 0 && !own_rules;
    if plain
        && let Some(value) = cx.lookup_type(ty, name)
        && is_method(&value)
        && own(obj, name).is_none()
    {
        return Ok(Some((value, true)));
    }
    Ok(find(cx, obj, name)?.map(|value| (value, false)))
}

/// A function whose `__get__` just adds the receiver?
fn is_method(value: &Obj) -> bool {
    match value.heap_kind() {
        Some(Kind::Function) => true,
        Some(Kind::NativeFunction) => value.expect::<NativeFunction>().is_method(),
        _ => false,
    }
}

/// A name as an interned string.
pub(crate) fn interned(cx: &Thread, name: &Obj) -> PyResult {
    match name.header() {
        Some(header) if header.kind() == Kind::Str && header.flags() & Flags::INTERNED != 0 => Ok(name.clone()),
        Some(header) if header.kind() == Kind::Str && header.is_exact() => Ok(Heap::current().intern_obj(name.clone())),
        Some(header) if header.kind() == Kind::Str => {
            Ok(Heap::current().intern_obj(Obj::text(name.expect::<Str>().text())))
        }
        _ => {
            let found = cx.type_name(name);
            Err(cx.type_error(format_args!("attribute name must be string, not '{found}'")))
        }
    }
}

/// `obj.name`; `None` where nothing has it (a Python hook may raise AttributeError all the same).
pub(crate) fn find(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let ty = obj.shape().ty();
    let summary = ty.summary();
    if summary & (GETATTRIBUTE | GETATTR) == 0 {
        return find_plain(cx, obj, ty, name);
    }
    let found = if summary & GETATTRIBUTE != 0 {
        let method = cx.lookup_type(ty, &cx.names().__getattribute__);
        let method = method.ok_or_else(|| cx.system_error("__getattribute__ has vanished"))?;
        match call_special(cx, &method, obj, std::slice::from_ref(name)) {
            Ok(value) => Some(value),
            Err(raised) if summary & GETATTR == 0 => return Err(raised),
            Err(raised) => {
                drop(cx.catch(raised, Exc::AttributeError)?);
                None
            }
        }
    } else {
        cx.absorb(find_plain(cx, obj, ty, name), Exc::AttributeError)?.flatten()
    };
    if found.is_some() {
        return Ok(found);
    }
    match cx.lookup_type(ty, &cx.names().__getattr__) {
        Some(method) => call_special(cx, &method, obj, std::slice::from_ref(name)).map(Some),
        None => Ok(None),
    }
}

/// As [`find`], without the type's Python hooks: what `object.__getattribute__` and its likes do.
pub(crate) fn find_plain(cx: &Thread, obj: &Obj, ty: &Type, name: &Obj) -> PyResult<Option<Obj>> {
    match obj.kind() {
        Kind::Type => find_in_class(cx, obj, ty, name),
        Kind::Module => find_in_module(cx, obj, ty, name),
        Kind::Super => super_type::find(cx, obj, name),
        Kind::BoundMethod => match find_generic(cx, obj, ty, name)? {
            Some(value) => Ok(Some(value)),
            None => match obj.expect::<BoundMethod>().function.get() {
                Some(function) => find(cx, &function, name),
                None => Ok(None),
            },
        },
        Kind::StaticMethod | Kind::ClassMethod => crate::types::method::find_wrapped(cx, obj, name),
        Kind::Native if has_native_getter(ty) => match slots::exact(obj).and_then(|slots| slots.get_attr) {
            Some(get) => get(cx, obj, name).map(Some),
            None => find_generic(cx, obj, ty, name),
        },
        _ => find_generic(cx, obj, ty, name),
    }
}

/// The rules for ordinary objects.
pub(crate) fn find_generic(cx: &Thread, obj: &Obj, ty: &Type, name: &Obj) -> PyResult<Option<Obj>> {
    let found = cx.lookup_type(ty, name);
    if let Some(found) = &found
        && descriptor::rules_reading(cx, found)
    {
        return descriptor::get(cx, found, Some(obj), cx.type_of(obj)).map(Some);
    }
    if let Some(value) = own(obj, name) {
        return Ok(Some(value));
    }
    match found {
        Some(found) => descriptor::get(cx, &found, Some(obj), cx.type_of(obj)).map(Some),
        None => Ok(None),
    }
}

/// An attribute in the object itself: slot or dict.
pub(crate) fn own(obj: &Obj, name: &Obj) -> Option<Obj> {
    match obj.heap_kind()? {
        Kind::Instance => obj.expect::<Instance>().attr(name),
        _ => own_dict(obj)?.expect::<Dict>().get_str(name),
    }
}

/// The dict with an object's own attributes, where it has one already. Not for instances.
pub(crate) fn own_dict(obj: &Obj) -> Option<Obj> {
    match obj.heap_kind()? {
        Kind::Module => Some(obj.expect::<Module>().dict()),
        Kind::Function => obj.expect::<Function>().dict.get(),
        Kind::Exception => obj.expect::<Exception>().dict_obj(),
        Kind::Type => Some(obj.expect::<Type>().dict()),
        Kind::StaticMethod => obj.expect::<StaticMethod>().dict.get(),
        Kind::ClassMethod => obj.expect::<ClassMethod>().dict.get(),
        _ => Heap::attrs_of(obj)?.get(),
    }
}

/// The rules for classes: data descriptors of the metaclass, then the class's own resolution order, then the metaclass.
fn find_in_class(cx: &Thread, obj: &Obj, metatype: &Type, name: &Obj) -> PyResult<Option<Obj>> {
    let meta = cx.lookup_type(metatype, name);
    if let Some(meta) = &meta
        && descriptor::rules_reading(cx, meta)
    {
        return descriptor::get(cx, meta, Some(obj), cx.type_of(obj)).map(Some);
    }
    let class = obj.expect::<Type>();
    if let Some(found) = cx.lookup_type(class, name) {
        return descriptor::get(cx, &found, None, obj).map(Some);
    }
    match meta {
        Some(meta) => descriptor::get(cx, &meta, Some(obj), cx.type_of(obj)).map(Some),
        None => Ok(None),
    }
}

fn find_in_module(cx: &Thread, obj: &Obj, ty: &Type, name: &Obj) -> PyResult<Option<Obj>> {
    if let Some(value) = find_generic(cx, obj, ty, name)? {
        return Ok(Some(value));
    }
    let dict = obj.expect::<Module>().dict();
    match dict.expect::<Dict>().get_str(&cx.names().__getattr__) {
        Some(hook) => call1(cx, &hook, name).map(Some),
        None => Ok(None),
    }
}

/// Binds an attribute of the receiver's type to the receiver.
pub fn bind(cx: &Thread, value: &Obj, receiver: &Obj) -> PyResult {
    descriptor::get(cx, value, Some(receiver), receiver.shape().type_obj())
}

/// A function bound to its first argument.
pub(crate) fn bound_method(function: &Obj, receiver: &Obj) -> Obj {
    BoundMethod::create(function.clone(), receiver.clone())
}

/// Raises the AttributeError of a failed `obj.name`.
#[cold]
pub fn missing(cx: &Thread, obj: &Obj, name: &Obj) -> Raised {
    let shown = text::to_string(name);
    let message = match obj.kind() {
        Kind::Type => format!("type object '{}' has no attribute '{shown}'", obj.expect::<Type>().name_string()),
        Kind::Module => module_message(cx, obj, &shown),
        Kind::Super => format!("'super' object has no attribute '{shown}'"),
        _ => format!("'{}' object has no attribute '{shown}'", cx.type_name(obj)),
    };
    raise_with(cx, &message, obj, name)
}

fn module_message(cx: &Thread, module: &Obj, shown: &str) -> String {
    let dict = module.expect::<Module>().dict();
    match dict.expect::<Dict>().get_str(&cx.names().__name__).filter(|name| name.downcast::<Str>().is_some()) {
        Some(name) => format!("module '{}' has no attribute '{shown}'", text::to_string(&name)),
        None => format!("module has no attribute '{shown}'"),
    }
}

/// Raises an AttributeError that knows its object and name.
pub(crate) fn raise_with(cx: &Thread, message: &str, obj: &Obj, name: &Obj) -> Raised {
    let exception = cx.new_exception(Exc::AttributeError, vec![text::new(message)]);
    crate::types::exception::set_field(&exception, "name", name.clone());
    crate::types::exception::set_field(&exception, "obj", obj.clone());
    cx.raise(exception)
}

//! Writing and deleting attributes.

use pv_object::{
    ClassMethod, Dict, Exception, Form, Function, Heap, Instance, Kind, Obj, StaticMethod, Type, TypeFlags,
};

use super::{DELATTR, SETATTR, interned, own_dict, raise_with};
use crate::error::{PyResult, Raised};
use crate::protocol::call_special;
use crate::slots;
use crate::text;
use crate::thread::Thread;
use crate::types::descriptor;

/// `obj.name = value`.
pub fn set(cx: &Thread, obj: &Obj, name: &Obj, value: &Obj) -> PyResult<()> {
    let name = &interned(cx, name)?;
    let ty = obj.shape().ty();
    if ty.summary() & SETATTR != 0
        && let Some(method) = cx.lookup_type(ty, &cx.names().__setattr__)
    {
        return call_special(cx, &method, obj, &[name.clone(), value.clone()]).map(drop);
    }
    match native_setter(obj) {
        Some(set) => set(cx, obj, name, Some(value)),
        None => store(cx, obj, name, Some(value)),
    }
}

/// How a type of a native module sets attributes, where it has a way of its own.
fn native_setter(obj: &Obj) -> Option<slots::SetItem> {
    if obj.kind() == Kind::Native { slots::exact(obj)?.set_attr } else { None }
}

/// `del obj.name`.
pub fn delete(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult<()> {
    let name = &interned(cx, name)?;
    let ty = obj.shape().ty();
    if ty.summary() & DELATTR != 0
        && let Some(method) = cx.lookup_type(ty, &cx.names().__delattr__)
    {
        return call_special(cx, &method, obj, std::slice::from_ref(name)).map(drop);
    }
    match native_setter(obj) {
        Some(set) => set(cx, obj, name, None),
        None => store(cx, obj, name, None),
    }
}

/// Writes or deletes without the type's Python hooks: what `object.__setattr__` and its likes do. `name` is interned.
pub(crate) fn store(cx: &Thread, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    if obj.kind() == Kind::Type {
        check_mutable(cx, obj.expect::<Type>(), name)?;
    }
    let found = cx.lookup_type(obj.shape().ty(), name);
    if let Some(found) = &found
        && descriptor::is_data(cx, found)
    {
        return descriptor::set(cx, found, obj, value);
    }
    let stored = match value {
        Some(value) => store_own(obj, name, value),
        None => delete_own(obj, name),
    };
    if stored { Ok(()) } else { Err(refused(cx, obj, name, value, found.as_ref())) }
}

fn check_mutable(cx: &Thread, class: &Type, name: &Obj) -> PyResult<()> {
    if !class.has(TypeFlags::IMMUTABLE) {
        return Ok(());
    }
    let (name, class) = (text::to_string(name), class.name_string());
    Err(cx.type_error(format_args!("cannot set '{name}' attribute of immutable type '{class}'")))
}

fn store_own(obj: &Obj, name: &Obj, value: &Obj) -> bool {
    match obj.heap_kind() {
        Some(Kind::Instance) => obj.expect::<Instance>().set_attr(name, value.clone()),
        Some(Kind::Type) => {
            obj.expect::<Type>().set_attr(name, value.clone());
            true
        }
        _ => match writable_dict(obj).filter(|_| may_have_attributes(obj)) {
            Some(dict) => {
                dict.expect::<Dict>().set_str(name, value.clone());
                true
            }
            None => false,
        },
    }
}

/// Not an instance of a subclass of a built-in type that names its slots?
fn may_have_attributes(obj: &Obj) -> bool {
    let own_dict =
        matches!(obj.kind(), Kind::Function | Kind::Exception | Kind::Module | Kind::StaticMethod | Kind::ClassMethod);
    own_dict || obj.shape().ty().has(TypeFlags::HAS_DICT)
}

/// The dict with an object's own attributes, made if need be; `None` where it can have none.
pub(crate) fn writable_dict(obj: &Obj) -> Option<Obj> {
    if let Some(dict) = own_dict(obj) {
        return Some(dict);
    }
    let dict = Dict::create();
    match obj.heap_kind()? {
        Kind::Function => obj.expect::<Function>().dict.set(dict.clone()),
        Kind::Exception => obj.expect::<Exception>().set_dict(dict.clone()),
        Kind::StaticMethod => obj.expect::<StaticMethod>().dict.set(dict.clone()),
        Kind::ClassMethod => obj.expect::<ClassMethod>().dict.set(dict.clone()),
        _ => Heap::attrs_of(obj)?.set(dict.clone()),
    }
    Some(dict)
}

/// Replaces the dict with an object's own attributes. Not for instances.
pub(crate) fn replace_dict(obj: &Obj, dict: Obj) {
    match obj.heap_kind() {
        Some(Kind::Function) => obj.expect::<Function>().dict.set(dict),
        Some(Kind::Exception) => obj.expect::<Exception>().set_dict(dict),
        Some(Kind::StaticMethod) => obj.expect::<StaticMethod>().dict.set(dict),
        Some(Kind::ClassMethod) => obj.expect::<ClassMethod>().dict.set(dict),
        _ => {
            if let Some(attrs) = Heap::attrs_of(obj) {
                attrs.set(dict);
            }
        }
    }
}

fn delete_own(obj: &Obj, name: &Obj) -> bool {
    match obj.heap_kind() {
        Some(Kind::Instance) => obj.expect::<Instance>().delete_attr(name).is_some(),
        Some(Kind::Type) => obj.expect::<Type>().delete_attr(name).is_some(),
        _ => own_dict(obj).is_some_and(|dict| dict.expect::<Dict>().delete_str(name).is_some()),
    }
}

/// The AttributeError of a failed write or deletion.
#[cold]
fn refused(cx: &Thread, obj: &Obj, name: &Obj, value: Option<&Obj>, found: Option<&Obj>) -> Raised {
    let has_dict = match obj.downcast::<Instance>() {
        Some(instance) => instance.shape().form() != Form::Sealed,
        None => obj.kind() == Kind::Type || (may_have_attributes(obj) && writable_dict(obj).is_some()),
    };
    if has_dict && value.is_none() {
        return super::missing(cx, obj, name);
    }
    let (ty, shown) = (cx.type_name(obj), text::to_string(name));
    let message = match found {
        Some(_) => format!("'{ty}' object attribute '{shown}' is read-only"),
        None if value.is_none() => format!("'{ty}' object has no attribute '{shown}'"),
        None => format!("'{ty}' object has no attribute '{shown}' and no __dict__ for setting new attributes"),
    };
    raise_with(cx, &message, obj, name)
}

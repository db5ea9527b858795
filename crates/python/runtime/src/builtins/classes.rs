//! Classes: `isinstance`, `__build_class__`, attribute functions.

use pv_object::{Obj, Str};

use crate::attr;
use crate::class;
use crate::error::{Exc, PyResult};
use crate::native::Args;
use crate::protocol;
use crate::thread::Thread;

/// `X | Y` of classes: a `typing.Union`, which the library's Python part makes.
pub(crate) fn make_union(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    let typing = crate::import::import_module(cx, "_typing")?;
    protocol::call_method(cx, &typing, "_union", &[a.clone(), b.clone()])
}

fn is_instance(cx: &Thread, obj: &Obj, class: &Obj) -> PyResult {
    protocol::is_instance(cx, obj, class).map(Obj::bool)
}

fn is_subclass(cx: &Thread, class: &Obj, other: &Obj) -> PyResult {
    protocol::is_subclass(cx, class, other).map(Obj::bool)
}

fn build_class(cx: &Thread, args: &Args<'_>) -> PyResult {
    class::build_class(cx, args)
}

fn check_name(cx: &Thread, name: &Obj) -> PyResult<()> {
    match name.downcast::<Str>() {
        Some(_) => Ok(()),
        None => {
            let found = cx.type_name(name);
            Err(cx.type_error(format_args!("attribute name must be string, not '{found}'")))
        }
    }
}

fn get_attr(cx: &Thread, obj: &Obj, name: &Obj, default: Option<&Obj>) -> PyResult {
    check_name(cx, name)?;
    match default {
        None => attr::get(cx, obj, name),
        Some(default) => Ok(attr::get_optional(cx, obj, name)?.unwrap_or_else(|| default.clone())),
    }
}

fn has_attr(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult {
    check_name(cx, name)?;
    Ok(Obj::bool(cx.absorb(attr::get_optional(cx, obj, name), Exc::AttributeError)?.flatten().is_some()))
}

fn set_attr(cx: &Thread, obj: &Obj, name: &Obj, value: &Obj) -> PyResult {
    check_name(cx, name)?;
    attr::set(cx, obj, name, value).map(|()| Obj::none())
}

fn del_attr(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult {
    check_name(cx, name)?;
    attr::delete(cx, obj, name).map(|()| Obj::none())
}

crate::natives! { pub(super) static FUNCTIONS:
    "__build_class__" "" Raw(build_class) "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class";
    "delattr" "(obj, name, /)" F2(del_attr) "Deletes the named attribute from the given object.";
    "getattr" "(object, name, default=<unrepresentable>, /)" O3(get_attr) "Get a named attribute from an object.";
    "hasattr" "(obj, name, /)" F2(has_attr) "Return whether the object has an attribute with the given name.";
    "isinstance" "(obj, class_or_tuple, /)" F2(is_instance) "Return whether an object is an instance of a class or of a subclass thereof.";
    "issubclass" "(cls, class_or_tuple, /)" F2(is_subclass) "Return whether 'cls' is derived from another class or is the same class.";
    "setattr" "(obj, name, value, /)" F3(set_attr) "Sets the named attribute on the given object to the specified value.";
}

//! `isinstance` and `issubclass`.

use pv_object::{Kind, Obj, Tuple, Type};

use super::call::call_special;
use super::truth;
use crate::attr;
use crate::error::PyResult;
use crate::thread::Thread;

/// `isinstance(value, class)`.
pub fn is_instance(cx: &Thread, value: &Obj, class: &Obj) -> PyResult<bool> {
    if value.shape().type_obj().same(class) {
        return Ok(true);
    }
    if let Some(classes) = class.downcast::<Tuple>() {
        return any(cx, classes, |class| is_instance(cx, value, class));
    }
    if let Some(answer) = ask(cx, class, &cx.names().__instancecheck__, value)? {
        return Ok(answer);
    }
    plain_is_instance(cx, value, class)
}

/// `issubclass(class, other)`.
pub fn is_subclass(cx: &Thread, class: &Obj, other: &Obj) -> PyResult<bool> {
    if let Some(others) = other.downcast::<Tuple>() {
        return any(cx, others, |other| is_subclass(cx, class, other));
    }
    if let Some(answer) = ask(cx, other, &cx.names().__subclasscheck__, class)? {
        return Ok(answer);
    }
    plain_is_subclass(cx, class, other)
}

fn any(cx: &Thread, classes: &Tuple, mut check: impl FnMut(&Obj) -> PyResult<bool>) -> PyResult<bool> {
    cx.nested(" in __instancecheck__", || {
        for class in classes.items() {
            if check(class)? {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

/// A metaclass's own answer; `None` where `type` would answer.
fn ask(cx: &Thread, class: &Obj, name: &Obj, value: &Obj) -> PyResult<Option<bool>> {
    if class.shape().type_obj().same(cx.vm().type_of_kind(Kind::Type)) {
        return Ok(None);
    }
    let Some(method) = cx.lookup_special(class, name) else { return Ok(None) };
    let result = cx.nested("", || call_special(cx, &method, class, std::slice::from_ref(value)))?;
    truth(cx, &result).map(Some)
}

/// `type.__instancecheck__`.
pub(crate) fn plain_is_instance(cx: &Thread, value: &Obj, class: &Obj) -> PyResult<bool> {
    let Some(ty) = class.downcast::<Type>() else {
        let text = "isinstance() arg 2 must be a type, a tuple of types, or a union";
        let Some(bases) = abstract_bases(cx, class)? else { return Err(cx.type_error(text)) };
        drop(bases);
        return match attr::get_optional(cx, value, &cx.names().__class__)? {
            Some(claimed) => abstract_is_subclass(cx, &claimed, class),
            None => Ok(false),
        };
    };
    if value.shape().ty().is_subtype(ty) {
        return Ok(true);
    }
    // An object may claim a class of its own by `__class__`.
    if !crate::protocol::defines(cx, value.shape().ty(), &cx.names().__class__)
        && value.shape().ty().summary() & const { pv_object::summary_bit("__getattribute__") } == 0
        && !attr::has_native_getter(value.shape().ty())
    {
        return Ok(false);
    }
    let claimed = attr::get_optional(cx, value, &cx.names().__class__)?;
    Ok(claimed.is_some_and(|c| c.downcast::<Type>().is_some_and(|c| c.is_subtype(ty))))
}

/// `type.__subclasscheck__`.
pub(crate) fn plain_is_subclass(cx: &Thread, class: &Obj, other: &Obj) -> PyResult<bool> {
    if let (Some(class), Some(other)) = (class.downcast::<Type>(), other.downcast::<Type>()) {
        return Ok(class.is_subtype(other));
    }
    if class.downcast::<Type>().is_none() && abstract_bases(cx, class)?.is_none() {
        return Err(cx.type_error("issubclass() arg 1 must be a class"));
    }
    if other.downcast::<Type>().is_none() && abstract_bases(cx, other)?.is_none() {
        return Err(cx.type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union"));
    }
    abstract_is_subclass(cx, class, other)
}

/// The tuple `__bases__` of something that is no type.
fn abstract_bases(cx: &Thread, class: &Obj) -> PyResult<Option<Obj>> {
    let bases = attr::get_optional(cx, class, &cx.names().__bases__)?;
    Ok(bases.filter(|b| b.downcast::<Tuple>().is_some()))
}

fn abstract_is_subclass(cx: &Thread, class: &Obj, other: &Obj) -> PyResult<bool> {
    if class.same(other) {
        return Ok(true);
    }
    let Some(bases) = abstract_bases(cx, class)? else { return Ok(false) };
    cx.nested(" in __issubclass__", || {
        for base in bases.expect::<Tuple>().items() {
            if abstract_is_subclass(cx, base, other)? {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

//! `super(…).name` as one operation.

use pv_object::{Kind, NativeFunction, Obj, Type};

use super::super_type;
use crate::attr;
use crate::error::PyResult;
use crate::native::NativeExt;
use crate::protocol;
use crate::thread::Thread;

/// `callee(class, receiver).name`, where the program may have rebound `super`. With `unbound`, a function that wants the receiver is
/// answered as it is, and [`Thread::super_found_method`] says so.
pub fn load(cx: &Thread, callee: &Obj, class: &Obj, receiver: &Obj, name: &Obj, unbound: bool) -> PyResult {
    cx.super_found_method.set(false);
    let builtin = callee.same(cx.vm().type_of_kind(Kind::Super)) && class.downcast::<Type>().is_some();
    if !builtin {
        let object = protocol::call2(cx, callee, class, receiver)?;
        return attr::get(cx, &object, name);
    }
    let receiver_class = super_type::receiver_class(cx, class, receiver)?;
    if name.same(&cx.names().__class__) {
        return Ok(callee.clone());
    }
    let Some(value) = super_type::lookup_raw(class, &receiver_class, name) else {
        let object = protocol::call2(cx, callee, class, receiver)?;
        return attr::get(cx, &object, name);
    };
    let method = match value.heap_kind() {
        Some(Kind::Function) => true,
        Some(Kind::NativeFunction) => value.expect::<NativeFunction>().is_method(),
        _ => false,
    };
    if unbound && method && !receiver.same(&receiver_class) {
        cx.super_found_method.set(true);
        return Ok(value);
    }
    let instance = if receiver.same(&receiver_class) { None } else { Some(receiver) };
    super::descriptor::get(cx, &value, instance, &receiver_class)
}

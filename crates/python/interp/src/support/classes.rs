//! Calling classes, special methods, `super`.

use pv_object::{CallPlan, Flags, Function, Kind, NativeFunction, Obj, ShapeRef, Type, TypeFlags};
use pv_runtime::native::NativeExt;
use pv_runtime::slots::SlotImp;
use pv_runtime::types::{special, super_type};
use pv_runtime::{Imp, PyResult, Thread, attr};
use pv_word::Word;

/// How to call a class, found out once until the class changes.
#[inline]
pub fn call_plan(cx: &Thread, class: Word) -> CallPlan {
    let ty = Obj::of(&class).expect::<Type>();
    match ty.call_plan() {
        Some(plan) => plan,
        None => {
            let plan = make_call_plan(cx, Obj::of(&class), ty);
            ty.set_call_plan(plan);
            plan
        }
    }
}

fn make_call_plan(cx: &Thread, class: &Obj, ty: &Type) -> CallPlan {
    let plain_metaclass = cx.lookup_special(class, &cx.names().__call__).is_some_and(|call| is_native(&call));
    let plain_new = cx.lookup_type(ty, &cx.names().__new__).is_some_and(|new| is_native(&new));
    let plain = plain_metaclass && plain_new && ty.instance_kind() == Kind::Instance && ty.has(TypeFlags::HEAP);
    let shape = ty.root_shape();
    if !plain || ty.has(TypeFlags::ABSTRACT) || shape.initial_flags() & Flags::FINALIZER != 0 {
        return CallPlan::Generic;
    }
    match cx.lookup_type(ty, &cx.names().__init__) {
        Some(init) if init.downcast::<Function>().is_some() => CallPlan::Instance { shape, init: Some(init.word()) },
        Some(init) if is_native(&init) => CallPlan::Instance { shape, init: None },
        _ => CallPlan::Generic,
    }
}

/// A special method that comes from a slot of `object` or `type`?
fn is_native(method: &Obj) -> bool {
    let Some(native) = method.downcast::<NativeFunction>() else { return false };
    matches!(native.def().imp, Imp::Slot(SlotImp::New(_) | SlotImp::Init(_) | SlotImp::Call(_)))
}

/// The special method `name` of x's type, as a function that takes x; TypeError with the texts of `with`.
pub fn load_special(cx: &Thread, x: &Obj, name: &'static str) -> PyResult {
    let interned = pv_runtime::text::intern(name);
    let Some(found) = cx.lookup_special(x, &interned) else { return Err(missing_special(cx, x, name)) };
    match found.heap_kind() {
        Some(Kind::Function) => Ok(found),
        Some(Kind::NativeFunction) if found.expect::<NativeFunction>().is_method() => Ok(found),
        _ => {
            // Anything else binds itself; a function that ignores the receiver it is then given stands in.
            let bound = attr::bind(cx, &found, x)?;
            Ok(special::ignoring_receiver(cx, bound))
        }
    }
}

fn missing_special(cx: &Thread, x: &Obj, name: &str) -> pv_runtime::Raised {
    let ty = cx.type_name(x);
    let is_async = name.starts_with("__a");
    let (kind, other_kind, other, statement) = match is_async {
        false => ("context manager", "asynchronous context manager", "__aenter__", "async with"),
        true => ("asynchronous context manager", "context manager", "__enter__", "with"),
    };
    let hint = match cx.lookup_special(x, &pv_runtime::text::intern(other)) {
        Some(_) => format!(" but it supports the {other_kind} protocol. Did you mean to use '{statement}'?"),
        None => String::new(),
    };
    cx.type_error(format_args!("'{ty}' object does not support the {kind} protocol (missed {name} method){hint}"))
}

/// `super(…).name` for the window `super`, class, instance.
pub fn load_super(cx: &Thread, window: &[Obj], name: &Obj, explicit: bool) -> PyResult {
    let (callee, class, receiver) = (&window[0], &window[1], &window[2]);
    if !callee.same(cx.vm().type_of_kind(Kind::Super)) || class.kind() != Kind::Type {
        let object = match explicit {
            true => pv_runtime::protocol::call2(cx, callee, class, receiver)?,
            false => pv_runtime::protocol::call0(cx, callee)?,
        };
        return attr::get(cx, &object, name);
    }
    let receiver_class = super_type::receiver_class(cx, class, receiver)?;
    match super_type::lookup(cx, class, receiver, &receiver_class, name)? {
        Some(found) => Ok(found),
        None => {
            let object = pv_runtime::protocol::call2(cx, callee, class, receiver)?;
            attr::get(cx, &object, name)
        }
    }
}

/// The function, Python's or native, that `super(class, receiver).name` finds for a receiver of this shape, and that wants the receiver as
/// its first argument; it stays while the shape's token does.
pub fn super_function(class: Word, receiver: ShapeRef, name: Word) -> Option<Word> {
    let found = super_type::lookup_raw(Obj::of(&class), receiver.type_obj(), Obj::of(&name))?;
    let is_method = match found.heap_kind()? {
        Kind::Function => true,
        Kind::NativeFunction => found.expect::<NativeFunction>().is_method(),
        _ => false,
    };
    is_method.then(|| found.word())
}

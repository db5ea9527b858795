//! `super`.

use pv_object::{Obj, Super, Tuple, Type};

use super::TypeTable;
use crate::attr;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// An attribute through a `super` object: from the classes behind `__thisclass__` in the receiver's order.
pub(crate) fn find(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let view = obj.expect::<Super>();
    let skip = name.same(&cx.names().__class__);
    if !skip && let (Some(class), Some(receiver_class)) = (view.class.get(), view.receiver_class.get()) {
        let receiver = view.receiver.get().unwrap_or_else(Obj::none);
        if let Some(value) = lookup(cx, &class, &receiver, &receiver_class, name)? {
            return Ok(Some(value));
        }
    }
    attr::find_generic(cx, obj, obj.shape().ty(), name)
}

/// `super(class, receiver).name`, where `receiver_class` is the class whose order counts.
pub fn lookup(cx: &Thread, class: &Obj, receiver: &Obj, receiver_class: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let Some(value) = lookup_raw(class, receiver_class, name) else { return Ok(None) };
    let instance = if receiver.same(receiver_class) { None } else { Some(receiver) };
    super::descriptor::get(cx, &value, instance, receiver_class).map(Some)
}

/// The same without binding.
pub fn lookup_raw(class: &Obj, receiver_class: &Obj, name: &Obj) -> Option<Obj> {
    let mro = receiver_class.expect::<Type>().mro();
    let items = mro.expect::<Tuple>().items();
    let after = items.iter().position(|each| each.same(class))? + 1;
    items[after..].iter().find_map(|each| each.downcast::<Type>()?.own_attr(name))
}

/// The class whose order counts for `super(class, receiver)`: the receiver itself if it is a subclass, else its class.
pub fn receiver_class(cx: &Thread, class: &Obj, receiver: &Obj) -> PyResult {
    let ty = class.expect::<Type>();
    if receiver.downcast::<Type>().is_some_and(|receiver| receiver.is_subtype(ty)) {
        return Ok(receiver.clone());
    }
    if receiver.shape().ty().is_subtype(ty) {
        return Ok(cx.type_of(receiver).clone());
    }
    if let Some(claimed) = attr::get_optional(cx, receiver, &cx.names().__class__)?
        && claimed.downcast::<Type>().is_some_and(|claimed| claimed.is_subtype(ty))
    {
        return Ok(claimed);
    }
    let (what, name) = match receiver.downcast::<Type>() {
        Some(receiver) => ("type", receiver.name_string()),
        None => ("instance of", cx.type_name(receiver)),
    };
    let class = ty.name_string();
    Err(cx.type_error(format_args!(
        "super(type, obj): obj ({what} {name}) is not an instance or subtype of type ({class})."
    )))
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(Super::create(None, None, None, class.expect::<Type>().root_shape()))
}

fn init(cx: &Thread, obj: &Obj, args: &Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return Err(cx.type_error("super() takes no keyword arguments"));
    }
    let (class, receiver) = match args.values() {
        [] => {
            let (class, receiver) = (cx.vm().hooks().super_arguments)(cx)?;
            (class, Some(receiver))
        }
        [class] => (class.clone(), None),
        [class, receiver] => (class.clone(), Some(receiver.clone()).filter(|receiver| !receiver.is_none())),
        more => {
            let given = more.len();
            return Err(cx.type_error(format_args!("super() expected at most 2 arguments, got {given}")));
        }
    };
    if class.downcast::<Type>().is_none() {
        let found = cx.type_name(&class);
        return Err(cx.type_error(format_args!("super() argument 1 must be a type, not {found}")));
    }
    let view = obj.expect::<Super>();
    if let Some(receiver) = &receiver {
        view.receiver_class.set(receiver_class(cx, &class, receiver)?);
    }
    view.class.set(class);
    drop(view.receiver.replace(receiver));
    Ok(())
}

fn repr(_: &Thread, obj: &Obj) -> PyResult {
    let view = obj.expect::<Super>();
    let class = view.class.get().map_or_else(|| "NULL".to_owned(), |class| class.expect::<Type>().name_string());
    let receiver = match view.receiver_class.get() {
        Some(class) => format!("<{} object>", class.expect::<Type>().name_string()),
        None => "NULL".to_owned(),
    };
    Ok(text::new(&format!("<super: <class '{class}'>, {receiver}>")))
}

fn get_attribute(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult {
    let name = &attr::interned(cx, name)?;
    match find(cx, obj, name)? {
        Some(value) => Ok(value),
        None => Err(attr::missing(cx, obj, name)),
    }
}

fn descr_get(cx: &Thread, obj: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    bind(cx, obj, instance)
}

/// A `super` object without a receiver as an attribute: one that has it, when read from an instance.
pub(crate) fn bind(cx: &Thread, obj: &Obj, instance: Option<&Obj>) -> PyResult {
    let view = obj.expect::<Super>();
    match (instance, view.class.get()) {
        (Some(instance), Some(class)) if view.receiver.is_empty() => {
            protocol::call2(cx, cx.type_of(obj), &class, instance)
        }
        _ => Ok(obj.clone()),
    }
}

fn this_class(_: &Thread, obj: &Obj) -> PyResult {
    Ok(obj.expect::<Super>().class.get().unwrap_or_else(Obj::none))
}
fn this_self(_: &Thread, obj: &Obj) -> PyResult {
    Ok(obj.expect::<Super>().receiver.get().unwrap_or_else(Obj::none))
}
fn self_class(_: &Thread, obj: &Obj) -> PyResult {
    Ok(obj.expect::<Super>().receiver_class.get().unwrap_or_else(Obj::none))
}

crate::getsets! { static GETSETS:
    "__thisclass__" this_class as member => "the class invoking super()";
    "__self__" this_self as member => "the instance invoking super(); may be None";
    "__self_class__" self_class as member => "the type of the instance invoking super(); may be None";
}

/// `super`.
pub(crate) static TABLE: TypeTable = TypeTable {
    getsets: GETSETS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        get_attr: Some(get_attribute),
        descr_get: Some(descr_get),
        ..Slots::NONE
    },
    doc: "super() -> same as super(__class__, <first argument>)",
    ..TypeTable::NONE
};

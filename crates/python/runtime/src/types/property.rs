//! `property`.

use pv_object::{Kind, Obj, Property, Type};

use super::TypeTable;
use crate::attr;
use crate::error::{Exc, PyResult, Raised};
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// Reads a property of an instance.
pub(crate) fn get(cx: &Thread, property: &Obj, instance: &Obj) -> PyResult {
    match property.expect::<Property>().getter.get() {
        Some(getter) => protocol::call1(cx, &getter, instance),
        None => Err(lacks(cx, property, instance, "getter")),
    }
}

/// Writes (or deletes) a property of an instance.
pub(crate) fn set(cx: &Thread, property: &Obj, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let view = property.expect::<Property>();
    match (value, view.setter.get(), view.deleter.get()) {
        (Some(value), Some(setter), _) => protocol::call2(cx, &setter, instance, value).map(drop),
        (None, _, Some(deleter)) => protocol::call1(cx, &deleter, instance).map(drop),
        (Some(_), None, _) => Err(lacks(cx, property, instance, "setter")),
        (None, _, None) => Err(lacks(cx, property, instance, "deleter")),
    }
}

#[cold]
fn lacks(cx: &Thread, property: &Obj, instance: &Obj, what: &str) -> Raised {
    let owner = text::to_string(&instance.shape().ty().qualname());
    match name_of(cx, property) {
        Err(raised) => raised,
        Ok(Some(name)) => {
            let shown = match protocol::repr(cx, &name) {
                Ok(shown) => text::to_string(&shown),
                Err(raised) => return raised,
            };
            cx.attribute_error(format_args!("property {shown} of '{owner}' object has no {what}"))
        }
        Ok(None) => cx.attribute_error(format_args!("property of '{owner}' object has no {what}")),
    }
}

/// The name that was set, or the getter's.
fn name_of(cx: &Thread, property: &Obj) -> PyResult<Option<Obj>> {
    let view = property.expect::<Property>();
    match (view.name.get(), view.getter.get()) {
        (Some(name), _) => Ok(Some(name)),
        (None, Some(getter)) => attr::get_optional(cx, &getter, &cx.names().__name__),
        (None, None) => Ok(None),
    }
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(Property::create(class.expect::<Type>().root_shape()))
}

fn init(cx: &Thread, property: &Obj, args: &Args<'_>) -> PyResult<()> {
    let names = ["fget", "fset", "fdel", "doc"];
    if args.values().len() > 4 {
        let given = args.values().len();
        return Err(cx.type_error(format_args!("property() takes at most 4 arguments ({given} given)")));
    }
    let view = property.expect::<Property>();
    let places = [&view.getter, &view.setter, &view.deleter, &view.doc];
    let is_first = view.getter.is_empty();
    for (index, (name, place)) in names.iter().zip(places).enumerate() {
        let value = args.positional().get(index).or_else(|| args.keyword(name)).filter(|value| !value.is_none());
        drop(place.replace(value.cloned()));
    }
    if !is_first {
        attr::renew_all_plans(cx);
    }
    if let Some((name, _)) = args.keywords().find(|(name, _)| !names.iter().any(|known| text::eq(name, known))) {
        let shown = text::to_string(name);
        return Err(cx.type_error(format_args!("property() got an unexpected keyword argument '{shown}'")));
    }
    document(cx, property)
}

/// Takes the getter's documentation where none is given. A subclass's instance has it as an attribute of its own, because the
/// class's documentation would hide it; where there is no place for one, it is dropped if it is not the getter's.
fn document(cx: &Thread, property: &Obj) -> PyResult<()> {
    let view = property.expect::<Property>();
    view.getter_doc.set(false);
    if view.doc.is_empty()
        && let Some(getter) = view.getter.get()
        && let Some(doc) = attr::get_optional(cx, &getter, &cx.names().__doc__)?
        && !doc.is_none()
    {
        view.doc.set(doc);
        view.getter_doc.set(true);
    }
    if cx.type_of(property).same(cx.vm().type_of_kind(Kind::Property)) {
        return Ok(());
    }
    let doc = view.doc.take().unwrap_or_else(Obj::none);
    let kept = attr::set(cx, property, &cx.names().__doc__, &doc);
    if view.getter_doc.get() { kept } else { cx.absorb(kept, Exc::AttributeError).map(drop) }
}

/// A copy with one function replaced.
fn with(cx: &Thread, property: &Obj, index: usize, function: &Obj) -> PyResult {
    let view = property.expect::<Property>();
    let mut parts = [view.getter.get(), view.setter.get(), view.deleter.get()];
    parts[index] = Some(function.clone());
    let mut values: Vec<Obj> = parts.into_iter().map(|part| part.unwrap_or_else(Obj::none)).collect();
    let from_getter = view.getter_doc.get() && !values[0].is_none();
    values.push(view.doc.get().filter(|_| !from_getter).unwrap_or_else(Obj::none));
    let copy = protocol::call(cx, cx.type_of(property), &Args::new(&values))?;
    if let (Some(copy), Some(name)) = (copy.downcast::<Property>(), view.name.get()) {
        copy.name.set(name);
    }
    Ok(copy)
}

fn getter(cx: &Thread, property: &Obj, function: &Obj) -> PyResult {
    with(cx, property, 0, function)
}

fn setter(cx: &Thread, property: &Obj, function: &Obj) -> PyResult {
    with(cx, property, 1, function)
}

fn deleter(cx: &Thread, property: &Obj, function: &Obj) -> PyResult {
    with(cx, property, 2, function)
}

fn set_name(cx: &Thread, args: &Args<'_>) -> PyResult {
    let [property, _, name] = args.positional() else {
        let given = args.values().len() - 1;
        return Err(cx.type_error(format_args!("__set_name__() takes 2 positional arguments but {given} were given")));
    };
    property.expect::<Property>().name.set(name.clone());
    Ok(Obj::none())
}

fn fget(_: &Thread, property: &Obj) -> PyResult {
    Ok(property.expect::<Property>().getter.get().unwrap_or_else(Obj::none))
}
fn fset(_: &Thread, property: &Obj) -> PyResult {
    Ok(property.expect::<Property>().setter.get().unwrap_or_else(Obj::none))
}
fn fdel(_: &Thread, property: &Obj) -> PyResult {
    Ok(property.expect::<Property>().deleter.get().unwrap_or_else(Obj::none))
}
fn doc(_: &Thread, property: &Obj) -> PyResult {
    Ok(property.expect::<Property>().doc.get().unwrap_or_else(Obj::none))
}
fn set_doc(_: &Thread, property: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(property.expect::<Property>().doc.replace(value.cloned()));
    Ok(())
}
fn name(cx: &Thread, property: &Obj) -> PyResult {
    name_of(cx, property)?.ok_or_else(|| attr::missing(cx, property, &cx.names().__name__))
}
fn set_own_name(_: &Thread, property: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(property.expect::<Property>().name.replace(value.cloned()));
    Ok(())
}

fn is_abstract(cx: &Thread, property: &Obj) -> PyResult {
    let view = property.expect::<Property>();
    let name = text::intern("__isabstractmethod__");
    for part in [view.getter.get(), view.setter.get(), view.deleter.get()].into_iter().flatten() {
        if let Some(value) = attr::get_optional(cx, &part, &name)?
            && protocol::truth(cx, &value)?
        {
            return Ok(Obj::bool(true));
        }
    }
    Ok(Obj::bool(false))
}

crate::natives! { static METHODS:
    "getter" "(self, object, /)" F2(getter) "Descriptor to obtain a copy of the property with a different getter.";
    "setter" "(self, object, /)" F2(setter) "Descriptor to obtain a copy of the property with a different setter.";
    "deleter" "(self, object, /)" F2(deleter) "Descriptor to obtain a copy of the property with a different deleter.";
    "__set_name__" "" Raw(set_name) "Tells the property its name.";
}

crate::getsets! { static GETSETS:
    "fget" fget as member => "";
    "fset" fset as member => "";
    "fdel" fdel as member => "";
    "__doc__" doc, set set_doc => "";
    "__name__" name, set set_own_name => "";
    "__isabstractmethod__" is_abstract => "";
}

fn descr_get(cx: &Thread, property: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    match instance {
        Some(instance) => get(cx, property, instance),
        None => Ok(property.clone()),
    }
}

/// `property`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), init: Some(init), descr_get: Some(descr_get), descr_set: Some(set), ..Slots::NONE },
    doc: "Property attribute.",
    ..TypeTable::NONE
};

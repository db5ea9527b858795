//! Descriptors: binding, and the descriptors of built-in attributes and `__slots__`.

use pv_object::{ClassMethod, GetSet, Instance, Kind, Member, NativeFunction, Obj, Payload, StaticMethod, Type};

use super::TypeTable;
use crate::attr;
use crate::error::PyResult;
use crate::native::{Flavor, GetSetDef, NativeExt, bind_native};
use crate::protocol::call_special;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// What a [`GetSet`] does.
#[derive(Clone, Copy)]
pub enum GetSetPayload {
    /// A table's row.
    Def(&'static GetSetDef),
    /// A field that an exception class adds.
    Field(&'static str),
    /// An item of a named tuple.
    Item(usize),
}

impl Payload for GetSetPayload {}

impl GetSetPayload {
    /// Is the descriptor one of a field?
    pub(crate) fn is_member(&self) -> bool {
        match self {
            GetSetPayload::Def(def) => def.member,
            GetSetPayload::Field(_) | GetSetPayload::Item(_) => true,
        }
    }
}

/// Is the object a data descriptor that has `__get__` as well, so that it is what reading the attribute goes by?
pub(crate) fn rules_reading(cx: &Thread, value: &Obj) -> bool {
    is_data(cx, value) && has_get(cx, value)
}

/// Has the object `__get__`?
pub(crate) fn has_get(cx: &Thread, value: &Obj) -> bool {
    match value.heap_kind() {
        None => false,
        Some(
            Kind::Function | Kind::Property | Kind::StaticMethod | Kind::ClassMethod | Kind::Member | Kind::GetSet,
        ) => true,
        Some(Kind::NativeFunction) => value.expect::<NativeFunction>().flavor() != Flavor::Function,
        _ => cx.lookup_special(value, &cx.names().__get__).is_some(),
    }
}

/// Has the object `__set__` or `__delete__`?
pub(crate) fn is_data(cx: &Thread, value: &Obj) -> bool {
    match value.heap_kind() {
        None | Some(Kind::Function | Kind::NativeFunction | Kind::StaticMethod | Kind::ClassMethod) => false,
        Some(Kind::Property | Kind::Member | Kind::GetSet) => true,
        Some(_) if value.is_exact() && !crate::slots::is_modules(value.kind()) => false,
        Some(_) => {
            cx.lookup_special(value, &cx.names().__set__).is_some()
                || cx.lookup_special(value, &cx.names().__delete__).is_some()
        }
    }
}

/// What reading the class attribute `value` gives: from `instance`, or from the class `owner` itself. A program that calls `__get__`
/// may hand over an owner that is no class.
pub(crate) fn get(cx: &Thread, value: &Obj, instance: Option<&Obj>, owner: &Obj) -> PyResult {
    match (value.heap_kind(), instance) {
        (None, _) => Ok(value.clone()),
        (Some(Kind::Function), Some(instance)) => Ok(attr::bound_method(value, instance)),
        (Some(Kind::Function), None) => Ok(value.clone()),
        (Some(Kind::NativeFunction), _) => Ok(bind_builtin(cx, value, instance, owner)),
        (Some(Kind::StaticMethod), _) => Ok(value.expect::<StaticMethod>().function.get().unwrap_or_else(Obj::none)),
        (Some(Kind::ClassMethod), _) => bind_class_method(cx, value, owner),
        (Some(Kind::Property), Some(instance)) if value.is_exact() => super::property::get(cx, value, instance),
        (Some(Kind::Member), Some(instance)) => get_member(cx, value.expect::<Member>(), instance),
        (Some(Kind::GetSet), Some(instance)) => get_computed(cx, value.expect::<GetSet>(), instance),
        (Some(Kind::Property | Kind::Member | Kind::GetSet), None) if value.is_exact() => Ok(value.clone()),
        (Some(Kind::Super), instance) if value.is_exact() => super::super_type::bind(cx, value, instance),
        (Some(_), _) if value.is_exact() && !crate::slots::is_modules(value.kind()) => Ok(value.clone()),
        _ => match cx.lookup_special(value, &cx.names().__get__) {
            Some(method) => {
                let instance = instance.cloned().unwrap_or_else(Obj::none);
                call_special(cx, &method, value, &[instance, owner.clone()])
            }
            None => Ok(value.clone()),
        },
    }
}

fn bind_builtin(cx: &Thread, value: &Obj, instance: Option<&Obj>, owner: &Obj) -> Obj {
    let native = value.expect::<NativeFunction>();
    if !native.receiver.is_empty() {
        return value.clone();
    }
    match (native.flavor(), instance) {
        (Flavor::ClassMethod, _) => bind_native(cx, value, owner.clone()),
        (Flavor::Method | Flavor::SlotWrapper, Some(instance)) => bind_native(cx, value, instance.clone()),
        _ => value.clone(),
    }
}

fn bind_class_method(cx: &Thread, value: &Obj, owner: &Obj) -> PyResult {
    let function = value.expect::<ClassMethod>().function.get().unwrap_or_else(Obj::none);
    match function.heap_kind() {
        Some(Kind::Property | Kind::ClassMethod) => get(cx, &function, Some(owner), cx.type_of(owner)),
        _ => Ok(attr::bound_method(&function, owner)),
    }
}

/// Writes (or deletes, `None`) through a data descriptor.
pub(crate) fn set(cx: &Thread, descriptor: &Obj, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match descriptor.heap_kind() {
        Some(Kind::Property) if descriptor.is_exact() => super::property::set(cx, descriptor, instance, value),
        Some(Kind::Member) => set_member(cx, descriptor.expect::<Member>(), instance, value),
        Some(Kind::GetSet) => set_computed(cx, descriptor.expect::<GetSet>(), instance, value),
        _ => {
            let (name, missing) = match value {
                Some(_) => (&cx.names().__set__, "__set__"),
                None => (&cx.names().__delete__, "__delete__"),
            };
            let Some(method) = cx.lookup_special(descriptor, name) else {
                return Err(cx.attribute_error(missing));
            };
            let mut args = vec![instance.clone()];
            args.extend(value.cloned());
            call_special(cx, &method, descriptor, &args).map(drop)
        }
    }
}

fn check_owner(cx: &Thread, owner: Option<Obj>, name: Option<Obj>, instance: &Obj) -> PyResult<()> {
    let Some(owner) = owner else { return Ok(()) };
    let owner = owner.expect::<Type>();
    if instance.shape().ty().is_subtype(owner) {
        return Ok(());
    }
    let name = name.map_or_else(String::new, |name| text::to_string(&name));
    let (owner, found) = (owner.name_string(), cx.type_name(instance));
    Err(cx.type_error(format_args!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{found}' object")))
}

fn get_member(cx: &Thread, member: &Member, instance: &Obj) -> PyResult {
    check_owner(cx, member.owner.get(), member.name.get(), instance)?;
    if let Some(payload) = member.computed() {
        return compute(cx, *payload, instance);
    }
    let name = member.name.get().unwrap_or_else(Obj::none);
    let found = match instance.downcast::<Instance>() {
        Some(view) => view.slot(member.slot()),
        None => attr::own(instance, &name),
    };
    found.ok_or_else(|| {
        let class = super::type_type::full_name(cx, instance.shape().ty());
        let (class, shown) = (class.strip_prefix("__main__.").unwrap_or(&class), text::to_string(&name));
        attr::raise_with(cx, &format!("'{class}' object has no attribute '{shown}'"), instance, &name)
    })
}

fn set_member(cx: &Thread, member: &Member, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    check_owner(cx, member.owner.get(), member.name.get(), instance)?;
    if let Some(payload) = member.computed() {
        return set_by(cx, *payload, member.owner.get(), instance, value);
    }
    let name = member.name.get().unwrap_or_else(Obj::none);
    let old = match instance.downcast::<Instance>() {
        Some(view) => view.set_slot(member.slot(), value.cloned()),
        None => set_in_dict(instance, &name, value),
    };
    if old.is_none() && value.is_none() {
        return Err(attr::raise_with(cx, &text::to_string(&name), instance, &name));
    }
    Ok(())
}

/// Slots of subclasses of built-in types lie in the object's dict. Answers the old value.
fn set_in_dict(instance: &Obj, name: &Obj, value: Option<&Obj>) -> Option<Obj> {
    let dict = attr::writable_dict(instance)?;
    let dict = dict.expect::<pv_object::Dict>();
    let old = dict.delete_str(name);
    if let Some(value) = value {
        dict.set_str(name, value.clone());
    }
    old
}

fn payload(descriptor: &GetSet) -> GetSetPayload {
    match descriptor.payload::<GetSetPayload>() {
        Some(payload) => *payload,
        None => unreachable!("built-in attributes are made by `fill` only"),
    }
}

fn get_computed(cx: &Thread, descriptor: &GetSet, instance: &Obj) -> PyResult {
    check_owner(cx, descriptor.owner.get(), descriptor.name.get(), instance)?;
    compute(cx, payload(descriptor), instance)
}

fn compute(cx: &Thread, payload: GetSetPayload, instance: &Obj) -> PyResult {
    match payload {
        GetSetPayload::Def(def) => (def.get)(cx, instance),
        GetSetPayload::Field(name) => Ok(super::exception::read_field(cx, instance, name)),
        GetSetPayload::Item(index) => {
            Ok(instance.downcast::<pv_object::Tuple>().and_then(|t| t.get(index)).unwrap_or_else(Obj::none))
        }
    }
}

fn set_computed(cx: &Thread, descriptor: &GetSet, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    check_owner(cx, descriptor.owner.get(), descriptor.name.get(), instance)?;
    set_by(cx, payload(descriptor), descriptor.owner.get(), instance, value)
}

fn set_by(
    cx: &Thread,
    payload: GetSetPayload,
    owner: Option<Obj>,
    instance: &Obj,
    value: Option<&Obj>,
) -> PyResult<()> {
    match payload {
        GetSetPayload::Field(name) => super::exception::write_field(cx, instance, name, value),
        GetSetPayload::Item(_) => Err(cx.attribute_error("readonly attribute")),
        GetSetPayload::Def(def) => match def.set {
            Some(set) => set(cx, instance, value),
            None if def.member => Err(cx.attribute_error("readonly attribute")),
            None => {
                let owner = owner.map_or_else(String::new, |o| o.expect::<Type>().name_string());
                Err(cx.attribute_error(format_args!("attribute '{}' of '{owner}' objects is not writable", def.name)))
            }
        },
    }
}

fn descr_get(cx: &Thread, descriptor: &Obj, instance: Option<&Obj>, owner: Option<&Obj>) -> PyResult {
    let Some(class) = owner.or_else(|| instance.map(|instance| cx.type_of(instance))) else {
        return Err(cx.type_error("__get__(None, None) is invalid"));
    };
    get(cx, descriptor, instance, class)
}

fn descr_set(cx: &Thread, descriptor: &Obj, instance: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set(cx, descriptor, instance, value)
}

/// `__get__` of any built-in descriptor.
pub(crate) const GET: fn(&Thread, &Obj, Option<&Obj>, Option<&Obj>) -> PyResult = descr_get;

fn parts(descriptor: &Obj) -> (Option<Obj>, Option<Obj>) {
    match descriptor.downcast::<Member>() {
        Some(member) => (member.owner.get(), member.name.get()),
        None => {
            let getset = descriptor.expect::<GetSet>();
            (getset.owner.get(), getset.name.get())
        }
    }
}

fn repr(_: &Thread, descriptor: &Obj) -> PyResult {
    let (owner, name) = parts(descriptor);
    let owner = owner.map_or_else(String::new, |owner| owner.expect::<Type>().name_string());
    let name = name.map_or_else(String::new, |name| text::to_string(&name));
    let what = if descriptor.kind() == Kind::Member { "member" } else { "attribute" };
    Ok(text::new(&format!("<{what} '{name}' of '{owner}' objects>")))
}

fn name(_: &Thread, descriptor: &Obj) -> PyResult {
    Ok(parts(descriptor).1.unwrap_or_else(Obj::none))
}

fn objclass(_: &Thread, descriptor: &Obj) -> PyResult {
    Ok(parts(descriptor).0.unwrap_or_else(Obj::none))
}

fn qualname(_: &Thread, descriptor: &Obj) -> PyResult {
    let (owner, name) = parts(descriptor);
    let owner = owner.map_or_else(String::new, |o| text::to_string(&o.expect::<Type>().qualname()));
    let name = name.map_or_else(String::new, |name| text::to_string(&name));
    Ok(text::new(&format!("{owner}.{name}")))
}

fn doc(_: &Thread, descriptor: &Obj) -> PyResult {
    let payload = match descriptor.downcast::<Member>() {
        Some(member) => member.computed().copied(),
        None => Some(payload(descriptor.expect())),
    };
    match payload {
        Some(GetSetPayload::Def(def)) if !def.doc.is_empty() => Ok(text::new(def.doc)),
        _ => Ok(Obj::none()),
    }
}

crate::getsets! { static GETSETS:
    "__name__" name => "The attribute's name.";
    "__qualname__" qualname => "The attribute's qualified name.";
    "__objclass__" objclass => "The class that has the attribute.";
    "__doc__" doc => "What the attribute is.";
}

/// Descriptors of `__slots__`.
pub(crate) static MEMBER: TypeTable = TypeTable {
    getsets: GETSETS,
    slots: Slots { repr: Some(repr), descr_get: Some(descr_get), descr_set: Some(descr_set), ..Slots::NONE },
    ..TypeTable::NONE
};

/// Descriptors of built-in attributes.
pub(crate) static GETSET: TypeTable = TypeTable {
    getsets: GETSETS,
    slots: Slots { repr: Some(repr), descr_get: Some(descr_get), descr_set: Some(descr_set), ..Slots::NONE },
    ..TypeTable::NONE
};

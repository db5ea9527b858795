//! `object`.

mod reduce;

pub(crate) use reduce::state_of;

use pv_bytecode::op::Compare;
use pv_object::{Form, Instance, Kind, Obj, Type, TypeFlags};

use super::TypeTable;
use super::descriptor::GetSetPayload;
use crate::attr;
use crate::class;
use crate::error::PyResult;
use crate::native::GetSetDef;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// `<module.Class object at 0x…>`.
pub fn repr(cx: &Thread, obj: &Obj) -> PyResult {
    let name = super::type_type::full_name(cx, obj.shape().ty());
    Ok(text::new(&format!("<{name} object at {:#x}>", crate::builtins::identity(obj))))
}

fn str(cx: &Thread, obj: &Obj) -> PyResult {
    protocol::repr(cx, obj)
}

fn hash(_: &Thread, obj: &Obj) -> PyResult<i64> {
    Ok(pv_object::hash::address(obj.word().addr()))
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    match op {
        Compare::Eq if protocol::identical(a, b) => Ok(Obj::bool(true)),
        Compare::Ne => {
            // The opposite of `__eq__`, unless that has no answer.
            let Some(method) = cx.lookup_special(a, &cx.names().__eq__) else { return Ok(Obj::not_implemented()) };
            let equal = protocol::call_special(cx, &method, a, std::slice::from_ref(b))?;
            match equal.is_not_implemented() {
                true => Ok(equal),
                false => Ok(Obj::bool(!protocol::truth(cx, &equal)?)),
            }
        }
        _ => Ok(Obj::not_implemented()),
    }
}

fn get_attribute(cx: &Thread, obj: &Obj, name: &Obj) -> PyResult {
    let name = &attr::interned(cx, name)?;
    match attr::find_generic(cx, obj, obj.shape().ty(), name)? {
        Some(value) => Ok(value),
        None => Err(attr::missing(cx, obj, name)),
    }
}

fn set_attribute(cx: &Thread, obj: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let name = &attr::interned(cx, name)?;
    if obj.kind() == Kind::Type {
        return Err(cx.type_error("can't apply this __setattr__ to type object"));
    }
    attr::store(cx, obj, name, value)
}

fn format(cx: &Thread, obj: &Obj, spec: &Obj) -> PyResult {
    if spec.downcast::<pv_object::Str>().is_none() {
        let found = cx.type_name(spec);
        return Err(cx.type_error(format_args!("__format__() argument must be str, not {found}")));
    }
    if !protocol::truth(cx, spec)? {
        return protocol::str(cx, obj);
    }
    let found = cx.type_name(obj);
    Err(cx.type_error(format_args!("unsupported format string passed to {found}.__format__")))
}

fn init_subclass(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::none())
}

fn subclass_hook(_: &Thread, _: &Obj, _: &Obj) -> PyResult {
    Ok(Obj::not_implemented())
}

fn sizeof(_: &Thread, obj: &Obj) -> PyResult {
    Ok(Obj::usize(crate::sys::size_of(obj)))
}

fn dir(cx: &Thread, obj: &Obj) -> PyResult {
    crate::builtins::object_dir(cx, obj)
}

fn get_class(cx: &Thread, obj: &Obj) -> PyResult {
    Ok(cx.type_of(obj).clone())
}

fn set_class(cx: &Thread, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let Some(class) = value else { return Err(cx.type_error("can't delete __class__ attribute")) };
    let Some(ty) = class.downcast::<Type>() else {
        let found = cx.type_name(class);
        return Err(cx.type_error(format_args!("__class__ must be set to a class, not '{found}' object")));
    };
    let old = cx.type_of(obj).expect::<Type>();
    let both = |fits: fn(&Type) -> bool| fits(old) && fits(ty);
    if !both(|class| class.has(TypeFlags::HEAP)) && !both(|class| class.instance_kind() == Kind::Module) {
        return Err(cx.type_error("__class__ assignment only supported for mutable types or ModuleType subclasses"));
    }
    let changed = class::bases::same_layout(old, ty)
        && match (obj.downcast::<Instance>(), obj.downcast::<pv_object::Module>()) {
            (Some(instance), _) => instance.set_class(ty),
            (None, Some(module)) => {
                module.set_class(ty);
                true
            }
            (None, None) => obj.kind() != Kind::Type && pv_object::set_class_of_extended(obj, ty),
        };
    if changed {
        return Ok(());
    }
    let (old, new) = (old.name_string(), ty.name_string());
    Err(cx.type_error(format_args!("__class__ assignment: '{new}' object layout differs from '{old}'")))
}

fn get_dict(cx: &Thread, obj: &Obj) -> PyResult {
    if let Some(class) = obj.downcast::<Type>() {
        return Ok(pv_object::MappingProxy::create(class.dict()));
    }
    let dict = match obj.downcast::<Instance>() {
        Some(instance) if instance.shape().form() == Form::Sealed => None,
        Some(instance) => Some(instance.dict()),
        None => attr::writable_dict(obj),
    };
    dict.ok_or_else(|| attr::missing(cx, obj, &cx.names().__dict__))
}

fn set_dict(cx: &Thread, obj: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match obj.kind() {
        Kind::Type => return Err(cx.attribute_error("attribute '__dict__' of 'type' objects is not writable")),
        Kind::Module => return Err(cx.attribute_error("readonly attribute")),
        Kind::Exception if value.is_none() => return Err(cx.type_error("__dict__ may not be deleted")),
        _ => {}
    }
    let fresh = pv_object::Dict::create();
    let dict = value.unwrap_or(&fresh);
    if dict.kind() != Kind::Dict {
        let found = cx.type_name(dict);
        return Err(cx.type_error(format_args!("__dict__ must be set to a dictionary, not a '{found}'")));
    }
    match obj.downcast::<Instance>() {
        Some(instance) if instance.shape().form() != Form::Sealed => instance.set_dict(dict.clone()),
        Some(_) => return Err(attr::missing(cx, obj, &cx.names().__dict__)),
        None => attr::replace_dict(obj, dict.clone()),
    }
    Ok(())
}

static DICT: GetSetDef = GetSetDef {
    name: "__dict__",
    get: get_dict,
    set: Some(set_dict),
    doc: "dictionary for instance variables",
    member: false,
};

/// The descriptor `__dict__` of a class whose instances have one.
pub(crate) fn dict_descriptor(class: &Obj) -> Obj {
    let payload = std::rc::Rc::new(GetSetPayload::Def(&DICT));
    pv_object::GetSet::create(Some(class.clone()), text::intern("__dict__"), payload)
}

crate::natives! { static METHODS:
    "__format__" "(self, format_spec, /)" F2(format) "Formats the object; only an empty specification is known.";
    "__sizeof__" "(self, /)" F1(sizeof) "Size of the object in memory, in bytes.";
    "__dir__" "(self, /)" F1(dir) "Names of the object's attributes.";
    "__getstate__" "(self, /)" F1(reduce::get_state) "Helper for pickle.";
    "__reduce__" "(self, /)" F1(reduce::reduce) "Helper for pickle.";
    "__reduce_ex__" "(self, protocol, /)" F2(reduce::reduce_ex) "Helper for pickle.";
}

crate::natives! { static CLASS_METHODS:
    "__init_subclass__" "(self)" F1(init_subclass) "Called when a class is subclassed; does nothing.";
    "__subclasshook__" "(self, object, /)" F2(subclass_hook) "Customises issubclass(); has no answer.";
}

crate::getsets! { static GETSETS:
    "__class__" get_class, set set_class => "the object's class";
}

pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
    slots: Slots {
        new: Some(class::object_new),
        init: Some(class::object_init),
        repr: Some(repr),
        str: Some(str),
        hash: Some(hash),
        compare: Some(compare),
        get_attr: Some(get_attribute),
        set_attr: Some(set_attribute),
        ..Slots::NONE
    },
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    ..TypeTable::NONE
};

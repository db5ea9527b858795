//! Bound methods, native functions, static and class methods.

use pv_bytecode::op::Compare;
use pv_object::{BoundMethod, ClassMethod, Dict, Function, Kind, NativeFunction, Obj, StaticMethod, Tuple, Type};

use super::TypeTable;
use crate::attr;
use crate::error::PyResult;
use crate::native::{Args, Flavor, NativeExt};
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

fn parts(method: &Obj) -> (Obj, Obj) {
    let view = method.expect::<BoundMethod>();
    (view.function.get().unwrap_or_else(Obj::none), view.receiver.get().unwrap_or_else(Obj::none))
}

fn bound_new(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    let [function, receiver] = args.positional() else {
        let given = args.positional().len();
        return Err(cx.type_error(format_args!("method expected 2 arguments, got {given}")));
    };
    if receiver.is_none() {
        return Err(cx.type_error("instance must not be None"));
    }
    Ok(BoundMethod::create(function.clone(), receiver.clone()))
}

fn bound_repr(cx: &Thread, method: &Obj) -> PyResult {
    let (function, receiver) = parts(method);
    let names = cx.names();
    let name = match attr::get_optional(cx, &function, &names.__qualname__)? {
        Some(name) => Some(name),
        None => attr::get_optional(cx, &function, &names.__name__)?,
    };
    let name =
        name.filter(|name| name.kind() == Kind::Str).map_or_else(|| "?".to_owned(), |name| text::to_string(&name));
    let shown = text::to_string(&protocol::repr(cx, &receiver)?);
    Ok(text::new(&format!("<bound method {name} of {shown}>")))
}

fn bound_call(cx: &Thread, method: &Obj, args: &Args<'_>) -> PyResult {
    protocol::call(cx, method, args)
}

/// A bound method stays what it is.
fn bound_get(_: &Thread, method: &Obj, _: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    Ok(method.clone())
}

fn bound_hash(cx: &Thread, method: &Obj) -> PyResult<i64> {
    let (function, receiver) = parts(method);
    let receiver = protocol::identity_hash(&receiver);
    Ok(pv_object::hash::settle(receiver ^ protocol::hash(cx, &function)?))
}

fn bound_compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if b.downcast::<BoundMethod>().is_none() || !matches!(op, Compare::Eq | Compare::Ne) {
        return Ok(Obj::not_implemented());
    }
    let (left, right) = (parts(a), parts(b));
    let equal = protocol::identical(&left.1, &right.1) && protocol::values_equal(cx, &left.0, &right.0)?;
    Ok(Obj::bool(equal == (op == Compare::Eq)))
}

fn bound_function(_: &Thread, method: &Obj) -> PyResult {
    Ok(parts(method).0)
}

fn bound_self(_: &Thread, method: &Obj) -> PyResult {
    Ok(parts(method).1)
}

crate::getsets! { static BOUND_GETSETS:
    "__func__" bound_function as member => "the function (or other callable) implementing a method";
    "__self__" bound_self as member => "the instance to which a method is bound";
}

fn bound_reduce(cx: &Thread, method: &Obj) -> PyResult {
    let (function, receiver) = parts(method);
    let name = attr::get(cx, &function, &cx.names().__name__)?;
    by_name(cx, receiver, name)
}

/// `getattr(owner, name)`, as a call that makes a method again.
fn by_name(cx: &Thread, owner: Obj, name: Obj) -> PyResult {
    match super::dict::get_str(&cx.vm().builtins, &text::intern("getattr")) {
        Some(getattr) => Ok(Tuple::pair(getattr, Tuple::pair(owner, name))),
        None => Err(cx.raise_args(crate::Exc::AttributeError, vec![text::new("getattr")])),
    }
}

crate::natives! { static BOUND_METHODS:
    "__reduce__" "(self, /)" F1(bound_reduce) "Helper for pickle.";
}

/// Bound methods.
pub(crate) static BOUND: TypeTable = TypeTable {
    methods: BOUND_METHODS,
    getsets: BOUND_GETSETS,
    slots: Slots {
        new: Some(bound_new),
        call: Some(bound_call),
        repr: Some(bound_repr),
        hash: Some(bound_hash),
        compare: Some(bound_compare),
        descr_get: Some(bound_get),
        ..Slots::NONE
    },
    doc: "Create a bound instance method object.",
    ..TypeTable::NONE
};

fn native_call(cx: &Thread, native: &Obj, args: &Args<'_>) -> PyResult {
    native.expect::<NativeFunction>().call(cx, args)
}

fn owner_name(native: &NativeFunction) -> String {
    match native.owner.get() {
        Some(owner) if owner.kind() == Kind::Type => owner.expect::<Type>().name_string(),
        _ => String::new(),
    }
}

fn native_repr(cx: &Thread, native: &Obj) -> PyResult {
    let view = native.expect::<NativeFunction>();
    let (name, owner) = (view.def().name, owner_name(view));
    Ok(text::new(&match (view.receiver.get(), view.flavor()) {
        (Some(receiver), flavor) => {
            let (ty, place) = (cx.type_name(&receiver), crate::builtins::identity(&receiver));
            match flavor {
                Flavor::SlotWrapper => format!("<method-wrapper '{name}' of {ty} object at {place:#x}>"),
                _ => format!("<built-in method {name} of {ty} object at {place:#x}>"),
            }
        }
        (None, Flavor::Function) => format!("<built-in function {name}>"),
        (None, Flavor::Method) => format!("<method '{name}' of '{owner}' objects>"),
        (None, Flavor::SlotWrapper) => format!("<slot wrapper '{name}' of '{owner}' objects>"),
        (None, Flavor::ClassMethod) => format!("<method '{name}' of '{owner}' objects>"),
    }))
}

fn native_hash(_: &Thread, native: &Obj) -> PyResult<i64> {
    let view = native.expect::<NativeFunction>();
    let receiver = view.receiver.get().map_or(0, |receiver| protocol::identity_hash(&receiver));
    let def = std::ptr::from_ref(view.def()) as usize;
    Ok(pv_object::hash::settle(receiver ^ pv_object::hash::address(def)))
}

fn native_compare(_: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.downcast::<NativeFunction>(), b.downcast::<NativeFunction>()) else {
        return Ok(Obj::not_implemented());
    };
    let receivers = match (left.receiver.get(), right.receiver.get()) {
        (Some(left), Some(right)) => protocol::identical(&left, &right),
        (left, right) => left.is_none() && right.is_none(),
    };
    let equal = std::ptr::eq(left.def(), right.def()) && receivers;
    Ok(match op {
        Compare::Eq => Obj::bool(equal),
        Compare::Ne => Obj::bool(!equal),
        _ => Obj::not_implemented(),
    })
}

fn native_name(_: &Thread, native: &Obj) -> PyResult {
    Ok(native.expect::<NativeFunction>().name.get().unwrap_or_else(Obj::none))
}

fn native_qualname(_: &Thread, native: &Obj) -> PyResult {
    Ok(text::new(&native.expect::<NativeFunction>().qualname()))
}

fn native_doc(_: &Thread, native: &Obj) -> PyResult {
    let doc = native.expect::<NativeFunction>().def().doc;
    Ok(if doc.is_empty() { Obj::none() } else { text::new(doc) })
}

fn native_text_signature(_: &Thread, native: &Obj) -> PyResult {
    let native = native.expect::<NativeFunction>();
    Ok(if native.def().signature.is_empty() { Obj::none() } else { text::new(&native.signature().text()) })
}

fn native_self(cx: &Thread, native: &Obj) -> PyResult {
    let view = native.expect::<NativeFunction>();
    if let Some(receiver) = view.receiver.get() {
        return Ok(receiver);
    }
    match (view.flavor(), view.owner.get()) {
        (Flavor::Function, Some(module)) if module.kind() == Kind::Str => {
            Ok(super::dict::get_str(&cx.vm().modules, &module).unwrap_or_else(Obj::none))
        }
        (Flavor::Function, _) => Ok(Obj::none()),
        _ => Err(attr::missing(cx, native, &cx.names().__self__)),
    }
}

fn native_module(cx: &Thread, native: &Obj) -> PyResult {
    match native.expect::<NativeFunction>().owner.get() {
        Some(module) if module.kind() == Kind::Str => Ok(module),
        _ if native.expect::<NativeFunction>().is_method() => Err(attr::missing(cx, native, &cx.names().__module__)),
        _ => Ok(Obj::none()),
    }
}

fn native_objclass(cx: &Thread, native: &Obj) -> PyResult {
    match native.expect::<NativeFunction>().owner.get() {
        Some(owner) if owner.kind() == Kind::Type => Ok(owner),
        _ => Err(attr::missing(cx, native, &cx.names().__objclass__)),
    }
}

crate::getsets! { static NATIVE_GETSETS:
    "__name__" native_name => "";
    "__qualname__" native_qualname => "";
    "__doc__" native_doc => "";
    "__text_signature__" native_text_signature => "";
    "__self__" native_self => "";
    "__module__" native_module => "";
    "__objclass__" native_objclass => "";
}

/// A function of a module is found again by its name, a method by its owner's or receiver's.
fn native_reduce(cx: &Thread, native: &Obj) -> PyResult {
    let view = native.expect::<NativeFunction>();
    let name = native_name(cx, native)?;
    match (view.receiver.get(), view.flavor(), view.owner.get()) {
        (Some(receiver), _, _) => by_name(cx, receiver, name),
        (None, Flavor::Function, _) => Ok(name),
        (None, _, Some(owner)) if owner.kind() == Kind::Type => by_name(cx, owner, name),
        _ => Ok(name),
    }
}

crate::natives! { static NATIVE_METHODS:
    "__reduce__" "(self, /)" F1(native_reduce) "Helper for pickle.";
}

/// Native functions of every flavour.
pub(crate) static NATIVE: TypeTable = TypeTable {
    methods: NATIVE_METHODS,
    getsets: NATIVE_GETSETS,
    slots: Slots {
        call: Some(native_call),
        repr: Some(native_repr),
        hash: Some(native_hash),
        compare: Some(native_compare),
        descr_get: Some(super::descriptor::GET),
        ..Slots::NONE
    },
    ..TypeTable::NONE
};

/// The function in a static or class method.
fn wrapped(method: &Obj) -> Obj {
    let function = match method.downcast::<StaticMethod>() {
        Some(method) => method.function.get(),
        None => method.expect::<ClassMethod>().function.get(),
    };
    function.unwrap_or_else(Obj::none)
}

fn static_new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(StaticMethod::create(Obj::none(), class.expect::<Type>().root_shape()))
}

fn class_new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(ClassMethod::create(Obj::none(), class.expect::<Type>().root_shape()))
}

fn static_init(cx: &Thread, method: &Obj, args: &Args<'_>) -> PyResult<()> {
    wrap(cx, "staticmethod", method, args)
}

fn class_init(cx: &Thread, method: &Obj, args: &Args<'_>) -> PyResult<()> {
    wrap(cx, "classmethod", method, args)
}

/// Puts a callable into the wrapper, which takes over what tells of it.
fn wrap(cx: &Thread, what: &str, method: &Obj, args: &Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return Err(cx.type_error(format_args!("{what}() takes no keyword arguments")));
    }
    let [function] = args.positional() else {
        let given = args.positional().len();
        return Err(cx.type_error(format_args!("{what} expected 1 argument, got {given}")));
    };
    let is_first = wrapped(method).is_none();
    match method.downcast::<StaticMethod>() {
        Some(method) => method.function.set(function.clone()),
        None => method.expect::<ClassMethod>().function.set(function.clone()),
    }
    if !is_first {
        attr::renew_all_plans(cx);
    }
    let dict = own_dict(method);
    for name in ["__module__", "__name__", "__qualname__", "__doc__"] {
        let name = text::intern(name);
        if let Some(value) = attr::get_optional(cx, function, &name)? {
            super::dict::set_str(&dict, &name, value);
        }
    }
    Ok(())
}

/// The wrapper's `__dict__`, made now if need be.
fn own_dict(method: &Obj) -> Obj {
    let place = match method.downcast::<StaticMethod>() {
        Some(method) => &method.dict,
        None => &method.expect::<ClassMethod>().dict,
    };
    if place.is_empty() {
        place.set(super::dict::new());
    }
    place.get().unwrap_or_else(super::dict::new)
}

fn static_call(cx: &Thread, method: &Obj, args: &Args<'_>) -> PyResult {
    protocol::call(cx, &wrapped(method), args)
}

fn wrapper_repr(cx: &Thread, method: &Obj) -> PyResult {
    let name = if method.kind() == Kind::StaticMethod { "staticmethod" } else { "classmethod" };
    let shown = protocol::repr(cx, &wrapped(method))?;
    Ok(text::new(&format!("<{name}({})>", text::to_string(&shown))))
}

fn wrapper_function(_: &Thread, method: &Obj) -> PyResult {
    Ok(wrapped(method))
}

fn wrapper_abstract(cx: &Thread, method: &Obj) -> PyResult {
    let name = text::intern("__isabstractmethod__");
    match attr::get_optional(cx, &wrapped(method), &name)? {
        Some(value) => Ok(Obj::bool(protocol::truth(cx, &value)?)),
        None => Ok(Obj::bool(false)),
    }
}

/// An attribute of a wrapper, which shows some of its function's.
pub(crate) fn find_wrapped(cx: &Thread, method: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    // The function's documentation hides that of the class.
    let documented = text::eq(name, "__doc__") && wrapped(method).downcast::<Function>().is_some();
    let own = attr::own_dict(method).and_then(|dict| super::dict::get_str(&dict, name));
    if documented && own.is_none() {
        return attr::find(cx, &wrapped(method), name);
    }
    if let Some(value) = attr::find_generic(cx, method, method.shape().ty(), name)? {
        return Ok(Some(value));
    }
    // One that a class statement made has not copied what tells of its function.
    let shown = ["__name__", "__qualname__", "__doc__", "__module__"];
    match shown.iter().any(|each| text::eq(name, each)) && wrapped(method).downcast::<Function>().is_some() {
        true => attr::find(cx, &wrapped(method), name),
        false => Ok(None),
    }
}

fn wrapper_dict(_: &Thread, method: &Obj) -> PyResult {
    Ok(own_dict(method))
}

/// What the wrapper has of this name, taken over from its function when it is first asked for.
fn wrapper_attribute(cx: &Thread, method: &Obj, name: &Obj) -> PyResult {
    let dict = own_dict(method);
    if let Some(value) = super::dict::get_str(&dict, name) {
        return Ok(value);
    }
    let value = attr::get(cx, &wrapped(method), name)?;
    super::dict::set_str(&dict, name, value.clone());
    Ok(value)
}

fn set_wrapper_attribute(cx: &Thread, method: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let dict = own_dict(method);
    match value {
        Some(value) => super::dict::set_str(&dict, name, value.clone()),
        None if dict.expect::<Dict>().delete_str(name).is_none() => return Err(attr::missing(cx, method, name)),
        None => {}
    }
    Ok(())
}

fn wrapper_annotations(cx: &Thread, method: &Obj) -> PyResult {
    wrapper_attribute(cx, method, &cx.names().__annotations__)
}

fn set_wrapper_annotations(cx: &Thread, method: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_wrapper_attribute(cx, method, &cx.names().__annotations__, value)
}

fn wrapper_annotate(cx: &Thread, method: &Obj) -> PyResult {
    wrapper_attribute(cx, method, &cx.names().__annotate__)
}

fn set_wrapper_annotate(cx: &Thread, method: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_wrapper_attribute(cx, method, &cx.names().__annotate__, value)
}

crate::getsets! { static WRAPPER_GETSETS:
    "__func__" wrapper_function as member => "";
    "__wrapped__" wrapper_function as member => "";
    "__isabstractmethod__" wrapper_abstract => "";
    "__dict__" wrapper_dict => "";
    "__annotations__" wrapper_annotations, set set_wrapper_annotations => "";
    "__annotate__" wrapper_annotate, set set_wrapper_annotate => "";
}

/// `staticmethod`.
pub(crate) static STATIC: TypeTable = TypeTable {
    getsets: WRAPPER_GETSETS,
    slots: Slots {
        new: Some(static_new),
        init: Some(static_init),
        call: Some(static_call),
        repr: Some(wrapper_repr),
        descr_get: Some(super::descriptor::GET),
        ..Slots::NONE
    },
    doc: "Convert a function to be a static method.",
    ..TypeTable::NONE
};

/// `classmethod`.
pub(crate) static CLASS: TypeTable = TypeTable {
    getsets: WRAPPER_GETSETS,
    slots: Slots {
        new: Some(class_new),
        init: Some(class_init),
        repr: Some(wrapper_repr),
        descr_get: Some(super::descriptor::GET),
        ..Slots::NONE
    },
    doc: "Convert a function to be a class method.",
    ..TypeTable::NONE
};

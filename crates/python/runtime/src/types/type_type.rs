//! `type`.

use pv_object::{Dict, Kind, MappingProxy, Obj, Str, Tuple, Type, TypeFlags};

use super::{TypeTable, annotations};
use crate::attr;
use crate::class;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// `module.Qualname`, without the module for built-ins.
pub fn full_name(cx: &Thread, ty: &Type) -> String {
    let qualname = text::to_string(&ty.qualname());
    match module_of(cx, ty) {
        Some(module) if module != "builtins" => format!("{module}.{qualname}"),
        _ => qualname,
    }
}

/// As [`full_name`], without the module for classes of the program itself too: how many error texts name a type.
pub(crate) fn short_name(cx: &Thread, ty: &Type) -> String {
    let name = full_name(cx, ty);
    name.strip_prefix("__main__.").map_or(name.clone(), str::to_owned)
}

/// The text of `__module__`.
pub(crate) fn module_of(cx: &Thread, ty: &Type) -> Option<String> {
    if !ty.has(TypeFlags::HEAP) {
        let own = ty.own_attr(&cx.names().__module__)?;
        return own.downcast::<Str>().map(Str::to_string_lossy);
    }
    ty.own_attr(&cx.names().__module__)?.downcast::<Str>().map(Str::to_string_lossy)
}

fn repr(cx: &Thread, class: &Obj) -> PyResult {
    Ok(text::new(&format!("<class '{}'>", full_name(cx, class.expect::<Type>()))))
}

fn call(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    class::call_class(cx, class, args)
}

fn init(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult<()> {
    match args.positional().len() {
        1 | 3 => Ok(()),
        _ => Err(cx.type_error("type.__init__() takes 1 or 3 arguments")),
    }
}

fn new(cx: &Thread, metatype: &Obj, args: &Args<'_>) -> PyResult {
    match args.positional().len() {
        1 if metatype.same(cx.vm().type_of_kind(Kind::Type)) && !args.has_keywords() => {
            Ok(cx.type_of(&args.values()[0]).clone())
        }
        3 => class::type_new(cx, metatype, args),
        _ if !metatype.same(cx.vm().type_of_kind(Kind::Type)) => class::type_new(cx, metatype, args),
        _ => Err(cx.type_error("type() takes 1 or 3 arguments")),
    }
}

fn get_attribute(cx: &Thread, class: &Obj, name: &Obj) -> PyResult {
    let name = &attr::interned(cx, name)?;
    match attr::find_plain(cx, class, class.shape().ty(), name)? {
        Some(value) => Ok(value),
        None => Err(attr::missing(cx, class, name)),
    }
}

fn set_attribute(cx: &Thread, class: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let name = &attr::interned(cx, name)?;
    attr::store(cx, class, name, value)
}

fn union(cx: &Thread, _: pv_bytecode::op::BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    crate::builtins::make_union(cx, a, b)
}

fn mro(_: &Thread, class: &Obj) -> PyResult {
    match class.expect::<Type>().compute_mro() {
        Ok(order) => Ok(pv_object::List::create(order)),
        Err(_) => Ok(pv_object::List::create(class.expect::<Type>().mro().expect::<Tuple>().items().to_vec())),
    }
}

fn subclasses(_: &Thread, class: &Obj) -> PyResult {
    let derives =
        |sub: &Obj| sub.expect::<Type>().bases().expect::<Tuple>().items().iter().any(|base| base.same(class));
    Ok(pv_object::List::create(class.expect::<Type>().subclasses().into_iter().filter(derives).collect()))
}

fn instance_check(cx: &Thread, class: &Obj, value: &Obj) -> PyResult {
    protocol::plain_is_instance(cx, value, class).map(Obj::bool)
}

fn subclass_check(cx: &Thread, class: &Obj, other: &Obj) -> PyResult {
    protocol::plain_is_subclass(cx, other, class).map(Obj::bool)
}

fn dir(cx: &Thread, class: &Obj) -> PyResult {
    crate::builtins::class_dir(cx, class)
}

fn prepare(_: &Thread, _: &crate::native::Args<'_>) -> PyResult {
    Ok(Dict::create())
}

fn get_name(_: &Thread, class: &Obj) -> PyResult {
    Ok(class.expect::<Type>().name())
}

fn set_name(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = mutable(cx, class, "__name__")?;
    match value {
        Some(name) if name.kind() == Kind::Str => {
            class::check_name(cx, name)?;
            ty.set_name(name.clone());
            Ok(())
        }
        Some(other) => {
            let (class, found) = (ty.name_string(), cx.type_name(other));
            Err(cx.type_error(format_args!("can only assign string to {class}.__name__, not '{found}'")))
        }
        None => Err(cx.type_error(format_args!("cannot delete '__name__' attribute of type '{}'", ty.name_string()))),
    }
}

pub(super) fn mutable<'a>(cx: &Thread, class: &'a Obj, name: &str) -> PyResult<&'a Type> {
    let ty = class.expect::<Type>();
    if ty.has(TypeFlags::HEAP) {
        return Ok(ty);
    }
    let class = ty.name_string();
    Err(cx.type_error(format_args!("cannot set '{name}' attribute of immutable type '{class}'")))
}

fn get_qualname(_: &Thread, class: &Obj) -> PyResult {
    Ok(class.expect::<Type>().qualname())
}

fn set_qualname(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = mutable(cx, class, "__qualname__")?;
    match value {
        Some(name) if name.kind() == Kind::Str => {
            ty.set_qualname(name.clone());
            Ok(())
        }
        _ => Err(cx.type_error(format_args!("can only assign string to {}.__qualname__", ty.name_string()))),
    }
}

fn get_module(cx: &Thread, class: &Obj) -> PyResult {
    let ty = class.expect::<Type>();
    match ty.own_attr(&cx.names().__module__) {
        Some(module) => Ok(module),
        None if ty.has(TypeFlags::HEAP) => Err(attr::missing(cx, class, &cx.names().__module__)),
        None => Ok(text::intern("builtins")),
    }
}

fn set_module(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = mutable(cx, class, "__module__")?;
    match value {
        Some(value) => {
            // The class is no longer where that line is.
            drop(ty.delete_attr(&text::intern("__firstlineno__")));
            ty.set_attr(&cx.names().__module__, value.clone());
        }
        None => drop(ty.delete_attr(&cx.names().__module__)),
    }
    Ok(())
}

fn get_doc(cx: &Thread, class: &Obj) -> PyResult {
    let ty = class.expect::<Type>();
    match ty.own_attr(&cx.names().__doc__) {
        Some(doc) => crate::types::descriptor::get(cx, &doc, None, class),
        None => Ok(Obj::none()),
    }
}

fn set_doc(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = mutable(cx, class, "__doc__")?;
    let Some(value) = value else {
        let name = ty.name_string();
        return Err(cx.type_error(format_args!("cannot delete '__doc__' attribute of immutable type '{name}'")));
    };
    ty.set_attr(&cx.names().__doc__, value.clone());
    Ok(())
}

fn get_bases(_: &Thread, class: &Obj) -> PyResult {
    Ok(class.expect::<Type>().bases())
}

fn set_bases(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = mutable(cx, class, "__bases__")?;
    let name = ty.name_string();
    let Some(value) = value else {
        return Err(cx.type_error(format_args!("cannot delete '__bases__' attribute of immutable type '{name}'")));
    };
    let Some(bases) = value.downcast::<Tuple>() else {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("can only assign tuple to {name}.__bases__, not {found}")));
    };
    if bases.is_empty() {
        return Err(cx.type_error(format_args!("can only assign non-empty tuple to {name}.__bases__, not ()")));
    }
    if let Some(stranger) = bases.items().iter().find(|base| base.downcast::<Type>().is_none()) {
        let found = cx.type_name(stranger);
        return Err(cx.type_error(format_args!("{name}.__bases__ must be tuple of classes, not '{found}'")));
    }
    class::bases::assign(cx, class, value)
}

fn get_base(_: &Thread, class: &Obj) -> PyResult {
    Ok(class.expect::<Type>().base().unwrap_or_else(Obj::none))
}

fn get_mro(_: &Thread, class: &Obj) -> PyResult {
    let ty = class.expect::<Type>();
    Ok(if ty.has(TypeFlags::UNORDERED) { Obj::none() } else { ty.mro() })
}

fn get_dict(_: &Thread, class: &Obj) -> PyResult {
    Ok(MappingProxy::create(class.expect::<Type>().dict()))
}

fn get_abstract(cx: &Thread, class: &Obj) -> PyResult {
    let name = &cx.names().__abstractmethods__;
    let own = class.expect::<Type>().own_attr(name);
    match own.filter(|_| !class.same(cx.vm().type_of_kind(Kind::Type))) {
        Some(methods) => Ok(methods),
        None => Err(attr::missing(cx, class, name)),
    }
}

fn set_abstract(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = mutable(cx, class, "__abstractmethods__")?;
    let name = &cx.names().__abstractmethods__;
    match value {
        Some(value) => {
            ty.set_flags(TypeFlags::ABSTRACT, protocol::truth(cx, value)?);
            ty.set_attr(name, value.clone());
        }
        None => {
            if ty.delete_attr(name).is_none() {
                return Err(cx.attribute_error("__abstractmethods__"));
            }
            ty.set_flags(TypeFlags::ABSTRACT, false);
        }
    }
    Ok(())
}

fn get_type_params(cx: &Thread, class: &Obj) -> PyResult {
    let ty = class.expect::<Type>();
    // What a built-in class has under this name is this descriptor.
    let own = if ty.has(TypeFlags::HEAP) { ty.own_attr(&cx.names().__type_params__) } else { None };
    Ok(own.unwrap_or_else(super::empty_tuple))
}

fn set_type_params(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let ty = mutable(cx, class, "__type_params__")?;
    let Some(value) = value else {
        let name = ty.name_string();
        return Err(cx.type_error(format_args!("cannot delete '__type_params__' attribute of type '{name}'")));
    };
    ty.set_attr(&cx.names().__type_params__, value.clone());
    Ok(())
}

fn get_flags(_: &Thread, class: &Obj) -> PyResult {
    let ty = class.expect::<Type>();
    let bits = [(TypeFlags::IMMUTABLE, 8), (TypeFlags::HEAP, 9), (TypeFlags::BASE, 10), (TypeFlags::ABSTRACT, 20)];
    let bits = bits.iter().filter(|(flag, _)| ty.has(*flag)).fold(0_i64, |flags, (_, bit)| flags | 1 << bit);
    Ok(Obj::int(bits))
}

fn get_basicsize(_: &Thread, class: &Obj) -> PyResult {
    Ok(Obj::usize(16 + 8 * class.expect::<Type>().slot_count()))
}

/// Bytes per item, of classes whose instances differ in size.
fn get_itemsize(_: &Thread, class: &Obj) -> PyResult {
    Ok(Obj::small(match class.expect::<Type>().instance_kind() {
        Kind::Tuple => 8,
        Kind::Int | Kind::Bool => 4,
        Kind::Bytes => 1,
        _ => 0,
    }))
}

fn get_zero(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::small(0))
}

fn get_text_signature(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::none())
}

crate::natives! { static METHODS:
    "mro" "(self)" F1(mro) "The method resolution order, computed anew.";
    "__subclasses__" "(self)" F1(subclasses) "The immediate subclasses.";
    "__instancecheck__" "(self, instance, /)" F2(instance_check) "Is the object an instance?";
    "__subclasscheck__" "(self, subclass, /)" F2(subclass_check) "Is the class a subclass?";
    "__dir__" "(self)" F1(dir) "Names of the class's attributes.";
}

crate::natives! { static CLASS_METHODS:
    "__prepare__" "(self, /, *args, **kwargs)" Raw(prepare) "A dict for the class body's namespace.";
}

crate::getsets! { static GETSETS:
    "__name__" get_name, set set_name => "";
    "__qualname__" get_qualname, set set_qualname => "";
    "__module__" get_module, set set_module => "";
    "__doc__" get_doc, set set_doc => "";
    "__bases__" get_bases, set set_bases => "";
    "__base__" get_base as member => "";
    "__mro__" get_mro => "";
    "__dict__" get_dict => "";
    "__abstractmethods__" get_abstract, set set_abstract => "";
    "__annotations__" annotations::of_class, set annotations::set_of_class => "";
    "__annotate__" annotations::annotate_of_class, set annotations::set_annotate_of_class => "";
    "__type_params__" get_type_params, set set_type_params => "";
    "__flags__" get_flags as member => "";
    "__basicsize__" get_basicsize as member => "";
    "__itemsize__" get_itemsize as member => "";
    "__dictoffset__" get_zero as member => "";
    "__weakrefoffset__" get_zero as member => "";
    "__text_signature__" get_text_signature => "";
}

pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        call: Some(call),
        repr: Some(repr),
        get_attr: Some(get_attribute),
        set_attr: Some(set_attribute),
        binary: Some((union, &[pv_bytecode::op::BinaryOp::Or])),
        ..Slots::NONE
    },
    doc: "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    ..TypeTable::NONE
};

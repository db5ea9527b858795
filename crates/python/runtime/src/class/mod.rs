//! Classes: calling them, making them, and the class statement.

pub(crate) mod bases;
mod build;
mod create;

use pv_object::{Instance, Kind, NativeFunction, Obj, Tuple, Type, TypeFlags};

use crate::attr;
use crate::error::PyResult;
use crate::native::{Args, Imp, NativeExt};
use crate::protocol::{call, call_special};
use crate::slots::{SlotImp, WithArgs};
use crate::text;
use crate::thread::Thread;
pub use build::{build_class, most_derived_metaclass};
pub(crate) use create::check_name;
pub use create::type_new;

/// `class(*args)`: `__new__`, then `__init__` when that gave an instance of the class.
pub fn call_class(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if class.same(cx.vm().type_of_kind(Kind::Type)) && args.values().len() == 1 && !args.has_keywords() {
        return Ok(cx.type_of(&args.values()[0]).clone());
    }
    let ty = class.expect::<Type>();
    let new = match cx.lookup_type(ty, &cx.names().__new__) {
        Some(new) => new,
        None => return Err(cx.type_error(format_args!("cannot create '{}' instances", ty.name_string()))),
    };
    let object = match slot_of(&new) {
        Some(SlotImp::New(_)) => native_new(ty, &new)(cx, class, args)?,
        _ => {
            let new = crate::types::descriptor::get(cx, &new, None, class)?;
            let values = args.prepend(class.clone());
            call(cx, &new, &Args::with_names(&values, args.names()))?
        }
    };
    if !object.shape().ty().is_subtype(ty) {
        return Ok(object);
    }
    init(cx, &object, args)?;
    Ok(object)
}

/// The allocating function for a class whose `__new__` is this built-in one. One that the class borrowed from elsewhere would make an
/// object of another layout, so the layout's own takes its place.
fn native_new(ty: &Type, new: &Obj) -> WithArgs {
    let owner = new.expect::<NativeFunction>().receiver.get().expect("a built-in `__new__` knows its class");
    let fits = |owner: &Type| ty.is_subtype(owner) && ty.instance_kind() == owner.instance_kind();
    match slot_of(new) {
        Some(SlotImp::New(f)) if fits(owner.expect()) => f,
        _ => crate::slots::of_kind(ty.instance_kind()).new.unwrap_or(object_new),
    }
}

/// Runs the object's `__init__`.
fn init(cx: &Thread, object: &Obj, args: &Args<'_>) -> PyResult<()> {
    let Some(method) = cx.lookup_special(object, &cx.names().__init__) else { return Ok(()) };
    let result = match slot_of(&method) {
        Some(SlotImp::Init(f)) => return f(cx, object, args),
        _ if args.has_keywords() => {
            let bound = attr::bind(cx, &method, object)?;
            call(cx, &bound, args)?
        }
        _ => call_special(cx, &method, object, args.values())?,
    };
    if result.is_none() {
        return Ok(());
    }
    Err(cx.type_error(format_args!("__init__() should return None, not '{}'", cx.type_name(&result))))
}

/// The slot behind a native special method.
pub(crate) fn slot_of(method: &Obj) -> Option<SlotImp> {
    match method.downcast::<NativeFunction>()?.def().imp {
        Imp::Slot(slot) => Some(slot),
        _ => None,
    }
}

/// `owner.__new__(class, …)` called from Python: the class must fit the owner's layout.
pub(crate) fn checked_new(cx: &Thread, f: WithArgs, owner: &Obj, args: &Args<'_>) -> PyResult {
    let owner_type = owner.expect::<Type>();
    let name = owner_type.name_string();
    let Some(class) = args.positional().first() else {
        return Err(cx.type_error(format_args!("{name}.__new__(): not enough arguments")));
    };
    let Some(ty) = class.downcast::<Type>() else {
        let found = cx.type_name(class);
        return Err(cx.type_error(format_args!("{name}.__new__(X): X is not a type object ({found})")));
    };
    let given = ty.name_string();
    if !ty.is_subtype(owner_type) {
        return Err(cx.type_error(format_args!("{name}.__new__({given}): {given} is not a subtype of {name}")));
    }
    if ty.instance_kind() != owner_type.instance_kind() {
        let safe = builtin_base(class);
        return Err(cx.type_error(format_args!("{name}.__new__({given}) is not safe, use {safe}.__new__()")));
    }
    f(cx, class, &args.rest())
}

/// Name of the nearest built-in class among a class and its chain of bases.
fn builtin_base(class: &Obj) -> String {
    let mut class = class.clone();
    while class.expect::<Type>().has(TypeFlags::HEAP)
        && let Some(base) = class.expect::<Type>().base()
    {
        class = base;
    }
    class.expect::<Type>().name_string()
}

/// Does the class use another `name` than `object` does?
fn overrides(cx: &Thread, ty: &Type, name: &Obj) -> bool {
    crate::protocol::defines(cx, ty, name)
}

/// TypeError for a built-in class whose instances are made by native code only.
fn no_instances(cx: &Thread, ty: &Type) -> crate::Raised {
    let module =
        ty.own_attr(&cx.names().__module__).filter(|module| !ty.has(TypeFlags::HEAP) && module.kind() == Kind::Str);
    let module = module.map_or_else(String::new, |module| format!("{}.", crate::text::to_string(&module)));
    cx.type_error(format_args!("cannot create '{module}{}' instances", ty.name_string()))
}

/// `object.__new__`.
pub(crate) fn object_new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let ty = class.expect::<Type>();
    if ty.instance_kind() != Kind::Instance {
        return Err(no_instances(cx, ty));
    }
    if !args.values().is_empty() {
        if overrides(cx, ty, &cx.names().__new__) {
            return Err(cx.type_error("object.__new__() takes exactly one argument (the type to instantiate)"));
        }
        if !overrides(cx, ty, &cx.names().__init__) {
            return Err(cx.type_error(format_args!("{}() takes no arguments", ty.name_string())));
        }
    }
    check_concrete(cx, class)?;
    Ok(Instance::create(ty.root_shape()))
}

/// `object.__init__`.
pub(crate) fn object_init(cx: &Thread, object: &Obj, args: &Args<'_>) -> PyResult<()> {
    if args.values().is_empty() {
        return Ok(());
    }
    let ty = object.shape().ty();
    if overrides(cx, ty, &cx.names().__init__) {
        return Err(cx.type_error("object.__init__() takes exactly one argument (the instance to initialize)"));
    }
    if !overrides(cx, ty, &cx.names().__new__) {
        let class = ty.name_string();
        let message = format_args!("{class}.__init__() takes exactly one argument (the instance to initialize)");
        return Err(cx.type_error(message));
    }
    Ok(())
}

/// Refuses classes with abstract methods.
pub(crate) fn check_concrete(cx: &Thread, class: &Obj) -> PyResult<()> {
    let ty = class.expect::<Type>();
    if !ty.has(TypeFlags::ABSTRACT) {
        return Ok(());
    }
    let methods = attr::get(cx, class, &cx.names().__abstractmethods__)?;
    let mut names: Vec<String> = Vec::new();
    for name in crate::protocol::collect(cx, &methods)? {
        names.push(format!("'{}'", text::to_string(&crate::protocol::str(cx, &name)?)));
    }
    names.sort();
    let (class, plural, names) = (ty.name_string(), if names.len() == 1 { "" } else { "s" }, names.join(", "));
    Err(cx.type_error(format_args!(
        "Can't instantiate abstract class {class} without an implementation for abstract method{plural} {names}"
    )))
}

/// `super(class, class).name`, skipping the class itself: for hooks that a class inherits.
pub(crate) fn inherited(class: &Type, name: &Obj) -> Option<Obj> {
    let mro = class.mro();
    mro.expect::<Tuple>().items()[1..].iter().find_map(|base| base.downcast::<Type>()?.own_attr(name))
}

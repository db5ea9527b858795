//! `weakref.ref`, and which objects can be referred to weakly.
//!
//! Proxies have the same layout, and types of their own in the standard library. The heap's side table clears a reference when
//! its object dies, before anything else happens; its callback, if it has one, runs at the next bytecode boundary.

use pv_bytecode::op::Compare;
use pv_object::{GetSet, Heap, Kind, Obj, Str, Type, TypeFlags, WeakRef};

use super::TypeTable;
use super::descriptor::GetSetPayload;
use crate::error::PyResult;
use crate::native::{Args, GetSetDef};
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::vm::Vm;

/// Kinds whose built-in types allow weak references.
const KINDS: [Kind; 9] = [
    Kind::Function,
    Kind::NativeFunction,
    Kind::BoundMethod,
    Kind::Code,
    Kind::Type,
    Kind::Set,
    Kind::FrozenSet,
    Kind::Generator,
    Kind::Module,
];

/// Marks the built-in types that allow weak references.
pub(crate) fn mark_types(vm: &Vm) {
    KINDS.iter().for_each(|kind| allow(vm.type_of_kind(*kind)));
    ["coroutine", "async_generator"].iter().for_each(|name| allow(&vm.extra_type(name)));
}

/// Lets the instances of a class be referred to weakly.
pub fn allow(class: &Obj) {
    class.expect::<Type>().set_flags(TypeFlags::WEAKREF, true);
}

/// TypeError for objects that cannot be referred to weakly.
pub fn check(cx: &Thread, target: &Obj) -> PyResult<()> {
    let ty = target.shape().ty();
    if ty.has(TypeFlags::WEAKREF) {
        return Ok(());
    }
    let mut name = ty.name_string();
    if !ty.has(TypeFlags::HEAP)
        && let Some(module) = ty.own_attr(&cx.names().__module__).filter(|module| module.kind() == Kind::Str)
    {
        name = format!("{}.{name}", text::to_string(&module));
    }
    Err(cx.type_error(format_args!("cannot create weak reference to '{name}' object")))
}

/// The weak references to an object: the plain one, the plain proxy, then those with a callback or of a subclass, youngest
/// first.
pub fn references(target: &Obj) -> Vec<Obj> {
    let mut all = Heap::current().weakrefs_of(target);
    all.reverse();
    let plain = Heap::current().shape_of(Kind::WeakRef);
    all.sort_by_key(|weak| {
        let view = weak.expect::<WeakRef>();
        match (view.had_callback(), std::ptr::eq(weak.shape(), plain)) {
            (false, true) => 0,
            (false, false) if !weak.shape().ty().is_subtype(plain.ty()) => 1,
            _ => 2,
        }
    });
    all
}

/// A weak reference of the type `class`; without a callback, the one that is there already where the type is not a
/// subclass (`shared`).
pub fn create(cx: &Thread, class: &Obj, target: &Obj, callback: Option<&Obj>, shared: bool) -> PyResult {
    check(cx, target)?;
    let callback = callback.filter(|callback| !callback.is_none()).cloned();
    let shape = class.expect::<Type>().root_shape();
    if shared && callback.is_none() {
        let same = |weak: &Obj| weak.shape().ty().root_shape().token() == shape.token();
        let plain = |weak: &Obj| same(weak) && !weak.expect::<WeakRef>().had_callback();
        if let Some(known) = Heap::current().weakrefs_of(target).into_iter().find(plain) {
            return Ok(known);
        }
    }
    Ok(WeakRef::create(target, callback, shape))
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let exact = class.same(cx.vm().type_of_kind(Kind::WeakRef));
    if exact && args.has_keywords() {
        return Err(cx.type_error("ref() takes no keyword arguments"));
    }
    match args.positional() {
        [target] => create(cx, class, target, None, exact),
        [target, callback] => create(cx, class, target, Some(callback), exact),
        [] => Err(cx.type_error("__new__ expected at least 1 argument, got 0")),
        more => Err(cx.type_error(format_args!("__new__ expected at most 2 arguments, got {}", more.len()))),
    }
}

fn init(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult<()> {
    match args.positional().len() {
        1 | 2 => Ok(()),
        0 => Err(cx.type_error("__init__ expected at least 1 argument, got 0")),
        more => Err(cx.type_error(format_args!("__init__ expected at most 2 arguments, got {more}"))),
    }
}

fn call(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("weakref() takes no keyword arguments"));
    }
    if !args.values().is_empty() {
        let given = args.values().len();
        return Err(cx.type_error(format_args!("weakref expected 0 arguments, got {given}")));
    }
    Ok(this.expect::<WeakRef>().target().unwrap_or_else(Obj::none))
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let place = crate::builtins::identity(this);
    let Some(target) = this.expect::<WeakRef>().target() else {
        return Ok(text::new(&format!("<weakref at {place:#x}; dead>")));
    };
    // The instance's own attributes do not count.
    let name = match cx.lookup_special(&target, &cx.names().__name__) {
        Some(found) => Some(super::descriptor::get(cx, &found, Some(&target), target.shape().type_obj())?),
        None => None,
    };
    let (class, address) = (shown_class(cx, &target), crate::builtins::identity(&target));
    let name = name.filter(|name| name.downcast::<Str>().is_some());
    let name = name.map_or_else(String::new, |name| format!(" ({})", text::to_string(&name)));
    Ok(text::new(&format!("<weakref at {place:#x}; to '{class}' at {address:#x}{name}>")))
}

/// The full name of an object's class, without the main module's.
pub fn shown_class(cx: &Thread, obj: &Obj) -> String {
    let name = super::type_type::full_name(cx, obj.shape().ty());
    name.strip_prefix("__main__.").map_or_else(|| name.clone(), str::to_owned)
}

fn hash(cx: &Thread, this: &Obj) -> PyResult<i64> {
    let view = this.expect::<WeakRef>();
    if let Some(known) = view.hash().get() {
        return Ok(known);
    }
    let Some(target) = view.target() else { return Err(cx.type_error("weak object has gone away")) };
    let hash = protocol::hash(cx, &target)?;
    view.hash().set(Some(hash));
    Ok(hash)
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let class = cx.vm().type_of_kind(Kind::WeakRef).expect::<Type>();
    let reference = |obj: &Obj| obj.shape().ty().is_subtype(class);
    if !matches!(op, Compare::Eq | Compare::Ne) || !reference(a) || !reference(b) {
        return Ok(Obj::not_implemented());
    }
    match (a.expect::<WeakRef>().target(), b.expect::<WeakRef>().target()) {
        (Some(left), Some(right)) => protocol::rich_compare(cx, op, &left, &right),
        _ => Ok(Obj::bool(a.same(b) == (op == Compare::Eq))),
    }
}

fn callback(_: &Thread, this: &Obj) -> PyResult {
    Ok(this.expect::<WeakRef>().callback().unwrap_or_else(Obj::none))
}

fn first_reference(_: &Thread, target: &Obj) -> PyResult {
    Ok(references(target).into_iter().next().unwrap_or_else(Obj::none))
}

static DESCRIPTOR: GetSetDef = GetSetDef {
    name: "__weakref__",
    get: first_reference,
    set: None,
    doc: "list of weak references to the object",
    member: false,
};

/// The descriptor `__weakref__` of a class whose instances can be referred to weakly.
pub(crate) fn descriptor(class: &Obj) -> Obj {
    let payload = std::rc::Rc::new(GetSetPayload::Def(&DESCRIPTOR));
    GetSet::create(Some(class.clone()), text::intern("__weakref__"), payload)
}

crate::getsets! { static GETSETS:
    "__callback__" callback => "The callback, until it is called.";
}

crate::natives! { static CLASS_METHODS:
    "__class_getitem__" "(cls, object, /)" F2(crate::types::class_getitem) "See PEP 585";
}

/// `weakref.ref`.
pub(crate) static TABLE: TypeTable = TypeTable {
    getsets: GETSETS,
    class_methods: CLASS_METHODS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        call: Some(call),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        ..Slots::NONE
    },
    ..TypeTable::NONE
};

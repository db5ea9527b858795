//! `weakref.ref`: references that do not keep their object alive.
//!
//! The heap empties them when the object dies and queues those with a callback (see [`crate::finalize`]).

use pv_bytecode::op::Compare;
use pv_object::{Flags, Heap, Kind, Obj, Type, TypeFlags, WeakRef};

use super::TypeTable;
use crate::attr;
use crate::builtins::identity;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// Built-in types whose instances may be weakly referenced.
const REFERABLE: [Kind; 10] = [
    Kind::Set,
    Kind::FrozenSet,
    Kind::Function,
    Kind::Code,
    Kind::BoundMethod,
    Kind::NativeFunction,
    Kind::Module,
    Kind::Type,
    Kind::Generator,
    Kind::Native,
];

/// TypeError for objects that cannot be weakly referenced.
pub fn check_referable(cx: &Thread, target: &Obj) -> PyResult<()> {
    let (kind, ty) = (target.kind(), target.shape().ty());
    if target.header().is_some() && (ty.has(TypeFlags::WEAKREF) || REFERABLE.contains(&kind)) {
        return Ok(());
    }
    Err(cx.type_error(format_args!("cannot create weak reference to '{}' object", cx.type_name(target))))
}

/// The references to an object, oldest first.
pub fn references(target: &Obj) -> Vec<Obj> {
    match target.header() {
        Some(header) if header.flags() & Flags::WEAKLY_REFERENCED != 0 => Heap::current().weakrefs_of(target),
        _ => Vec::new(),
    }
}

/// A weak reference of the class `class`; one that exists already where they cannot be told apart.
pub fn create(cx: &Thread, class: &Obj, target: &Obj, callback: Option<&Obj>) -> PyResult {
    check_referable(cx, target)?;
    let callback = callback.filter(|callback| !callback.is_none());
    if callback.is_none() && class.same(cx.vm().type_of_kind(Kind::WeakRef)) {
        let plain = |one: &Obj| one.is_exact() && !one.expect::<WeakRef>().has_callback();
        if let Some(existing) = references(target).into_iter().find(plain) {
            return Ok(existing);
        }
    }
    Ok(WeakRef::create(target, callback.cloned(), class.expect::<Type>().root_shape()))
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() && class.same(cx.vm().type_of_kind(Kind::WeakRef)) {
        return Err(cx.type_error("ref() takes no keyword arguments"));
    }
    match args.positional() {
        [] => Err(cx.type_error("__new__ expected at least 1 argument, got 0")),
        [target] => create(cx, class, target, None),
        [target, callback] => create(cx, class, target, Some(callback)),
        more => Err(cx.type_error(format_args!("__new__ expected at most 2 arguments, got {}", more.len()))),
    }
}

fn init(_: &Thread, _: &Obj, _: &Args<'_>) -> PyResult<()> {
    Ok(())
}

fn call(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult {
    if !args.values().is_empty() {
        let given = args.values().len();
        return Err(cx.type_error(format_args!("weakref.__call__() takes 0 arguments ({given} given)")));
    }
    Ok(this.expect::<WeakRef>().target().unwrap_or_else(Obj::none))
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let at = identity(this);
    let Some(target) = this.expect::<WeakRef>().target() else {
        return Ok(text::new(&format!("<weakref at {at:#x}; dead>")));
    };
    let name = attr::get_optional(cx, &target, &cx.names().__name__)?;
    let name = name.filter(|name| name.kind() == Kind::Str).map(|name| format!(" ({})", text::to_string(&name)));
    let (class, place) = (cx.type_name(&target), identity(&target));
    Ok(text::new(&format!("<weakref at {at:#x}; to '{class}' at {place:#x}{}>", name.unwrap_or_default())))
}

fn hash(cx: &Thread, this: &Obj) -> PyResult<i64> {
    let view = this.expect::<WeakRef>();
    if let Some(known) = view.hash().get() {
        return Ok(known);
    }
    match view.target() {
        None => Err(cx.type_error("weak object has gone away")),
        Some(target) => {
            let hash = protocol::hash(cx, &target)?;
            view.hash().set(Some(hash));
            Ok(hash)
        }
    }
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.downcast::<WeakRef>(), b.downcast::<WeakRef>()) else {
        return Ok(Obj::not_implemented());
    };
    match (op, left.target(), right.target()) {
        (Compare::Eq | Compare::Ne, Some(left), Some(right)) => protocol::rich_compare(cx, op, &left, &right),
        (Compare::Eq, ..) => Ok(Obj::bool(a.same(b))),
        (Compare::Ne, ..) => Ok(Obj::bool(!a.same(b))),
        _ => Ok(Obj::not_implemented()),
    }
}

fn get_callback(_: &Thread, this: &Obj) -> PyResult {
    Ok(this.expect::<WeakRef>().callback().unwrap_or_else(Obj::none))
}

crate::natives! { static CLASS_METHODS:
    "__class_getitem__" "(self, item, /)" F2(super::class_getitem) "See PEP 585";
}

crate::getsets! { static GETSETS:
    "__callback__" get_callback => "";
}

pub(crate) static TABLE: TypeTable = TypeTable {
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
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

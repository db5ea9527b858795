//! `types.SimpleNamespace`: an object that is nothing but its attributes.

use pv_bytecode::op::Compare;
use pv_object::{Dict, Kind, Native, Obj, Payload, Str, Tuple, Type};

use super::{TypeTable, dict};
use crate::attr;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::vm::Vm;

/// What all such objects have in common: nothing but attributes.
struct Namespace;

impl Payload for Namespace {}

/// The class.
pub(crate) fn class(vm: &Vm) -> Obj {
    super::new_native_type_with_dict(vm, "types", "SimpleNamespace", &TABLE)
}

/// An instance of `class` with these attributes.
pub fn create(class: &Obj, attributes: &[(&str, Obj)]) -> Obj {
    let namespace = Native::create(Box::new(Namespace), class.expect::<Type>().root_shape());
    let own = own(&namespace);
    attributes.iter().for_each(|(name, value)| dict::set_str(&own, &text::intern(name), value.clone()));
    namespace
}

/// The attributes.
fn own(namespace: &Obj) -> Obj {
    attr::writable_dict(namespace).unwrap_or_else(Dict::create)
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, &[]))
}

fn init(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let own = own(this);
    match args.positional() {
        [] => {}
        [given] => {
            let copy = protocol::call1(cx, cx.vm().type_of_kind(Kind::Dict), given)?;
            for (name, value) in dict::items(&copy) {
                if name.downcast::<Str>().is_none() {
                    return Err(cx.type_error("keywords must be strings"));
                }
                dict::set_str(&own, &name, value);
            }
        }
        more => {
            let given = more.len();
            let class = cx.type_name(this);
            return Err(cx.type_error(format_args!("{class} expected at most 1 argument, got {given}")));
        }
    }
    args.keywords().for_each(|(name, value)| dict::set_str(&own, name, value.clone()));
    Ok(())
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let exact = this.shape().ty().name_string() == "SimpleNamespace";
    let name = if exact { "namespace".to_owned() } else { cx.type_name(this) };
    cx.guard_repr(this, &format!("{name}(...)"), || {
        let mut parts = Vec::new();
        for (key, value) in dict::items(&own(this)) {
            if key.downcast::<Str>().is_some_and(|key| !key.is_empty()) {
                parts.push(format!("{}={}", text::to_string(&key), text::to_string(&protocol::repr(cx, &value)?)));
            }
        }
        Ok(text::new(&format!("{name}({})", parts.join(", "))))
    })
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    match (a.native::<Namespace>(), b.native::<Namespace>()) {
        (Some(_), Some(_)) => protocol::rich_compare(cx, op, &own(a), &own(b)),
        _ => Ok(Obj::not_implemented()),
    }
}

fn reduce(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Tuple::create(vec![cx.type_of(this).clone(), super::empty_tuple(), own(this)]))
}

fn replace(cx: &Thread, args: &Args<'_>) -> PyResult {
    let [this] = args.positional() else {
        return Err(cx.type_error("__replace__() takes no positional arguments"));
    };
    let copy = protocol::call0(cx, cx.type_of(this))?;
    if copy.native::<Namespace>().is_none() {
        let class = super::type_type::full_name(cx, this.shape().ty());
        let found = super::type_type::full_name(cx, copy.shape().ty());
        return Err(
            cx.type_error(format_args!("expect types.SimpleNamespace type, but {class}() returned '{found}' object"))
        );
    }
    let fresh = own(&copy);
    dict::items(&own(this)).into_iter().for_each(|(name, value)| dict::set_str(&fresh, &name, value));
    args.keywords().for_each(|(name, value)| dict::set_str(&fresh, name, value.clone()));
    Ok(copy)
}

crate::natives! { static METHODS:
    "__reduce__" "(self, /)" F1(reduce) "Return state information for pickling.";
    "__replace__" "" Raw(replace) "Return a copy of the namespace object with new values for the specified attributes.";
}

static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        compare: Some(compare),
        unhashable: true,
        ..Slots::NONE
    },
    doc: "A simple attribute-based namespace.",
    ..TypeTable::NONE
};

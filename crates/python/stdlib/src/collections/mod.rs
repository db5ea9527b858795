//! `_collections`: `deque` ([`deque`]), the dicts with an extra ([`dicts`]), and help for `Counter` and `namedtuple`.

mod deque;
mod dicts;

use std::ops::ControlFlow;

use pv_bytecode::op::BinaryOp;
use pv_object::{Dict, Held, Obj, Payload, Tuple};
use pv_runtime::types::dict;
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, getsets, natives, protocol, text};

use crate::support::{class, create, functions, machine_int, state};

fn count_elements(cx: &Thread, mapping: &Obj, iterable: &Obj) -> PyResult {
    let plain =
        mapping.exact::<Dict>().is_some() || (mapping.downcast::<Dict>().is_some() && !overrides_items(cx, mapping));
    let one = Obj::small(1);
    protocol::for_each(cx, iterable, |item| {
        if plain {
            let count = match dict::get(cx, mapping, &item)? {
                Some(count) => protocol::binary_op(cx, BinaryOp::Add, &count, &one)?,
                None => one.clone(),
            };
            dict::set(cx, mapping, &item, count)?;
        } else {
            let count = protocol::call_method(cx, mapping, "get", &[item.clone(), Obj::small(0)])?;
            protocol::set_item(cx, mapping, &item, &protocol::binary_op(cx, BinaryOp::Add, &count, &one)?)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Obj::none())
}

/// Does a subclass of dict have a `get` or `__setitem__` of its own?
fn overrides_items(cx: &Thread, mapping: &Obj) -> bool {
    let base = cx.vm().type_of_kind(pv_object::Kind::Dict).expect::<pv_object::Type>();
    [text::intern("get"), cx.names().__setitem__.clone()].iter().any(|name| {
        match (cx.lookup_special(mapping, name), cx.lookup_type(base, name)) {
            (Some(own), Some(inherited)) => !own.same(&inherited),
            _ => true,
        }
    })
}

/// A field of a named tuple.
struct TupleGetter {
    index: usize,
    doc: Held,
}

impl TupleGetter {
    fn doc(&self) -> Obj {
        self.doc.get().unwrap_or_else(Obj::none)
    }
}

impl Payload for TupleGetter {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.doc.visit(visitor);
    }
}

fn new_getter(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let [index, doc] = args.values() else { return Err(cx.type_error("_tuplegetter expected 2 arguments")) };
    let index = usize::try_from(machine_int(cx, index)?).unwrap_or(0);
    Ok(create(class, TupleGetter { index, doc: Held::new(doc.clone()) }))
}

fn get_field(cx: &Thread, this: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let getter = state::<TupleGetter>(cx, this)?;
    let Some(instance) = instance.filter(|instance| !instance.is_none()) else { return Ok(this.clone()) };
    let Some(tuple) = instance.downcast::<Tuple>() else {
        let (index, found) = (getter.index, cx.type_name(instance));
        return Err(cx.type_error(format_args!(
            "descriptor for index '{index}' for tuple subclasses doesn't apply to '{found}' object"
        )));
    };
    tuple.get(getter.index).ok_or_else(|| cx.index_error("tuple index out of range"))
}

fn set_field(cx: &Thread, _: &Obj, _: &Obj, value: Option<&Obj>) -> PyResult<()> {
    Err(cx.attribute_error(if value.is_some() { "can't set attribute" } else { "can't delete attribute" }))
}

fn field_doc(cx: &Thread, this: &Obj) -> PyResult {
    Ok(state::<TupleGetter>(cx, this)?.doc())
}

fn set_field_doc(cx: &Thread, this: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(value) => state::<TupleGetter>(cx, this)?.doc.set(value.clone()),
        None => return Err(cx.type_error("cannot delete __doc__ attribute")),
    }
    Ok(())
}

fn getter_repr(cx: &Thread, this: &Obj) -> PyResult {
    let getter = state::<TupleGetter>(cx, this)?;
    let doc = text::to_string(&protocol::repr(cx, &getter.doc())?);
    Ok(text::new(&format!("_tuplegetter({}, {doc})", getter.index)))
}

fn getter_reduce(cx: &Thread, this: &Obj) -> PyResult {
    let getter = state::<TupleGetter>(cx, this)?;
    Ok(Tuple::pair(cx.type_of(this).clone(), Tuple::pair(Obj::usize(getter.index), getter.doc())))
}

getsets! { static GETTER_GETSETS:
    "__doc__" field_doc, set set_field_doc => "";
}

natives! { static GETTER_METHODS:
    "__reduce__" "(self, /)" F1(getter_reduce) "";
}

static TUPLE_GETTER: TypeTable = TypeTable {
    methods: GETTER_METHODS,
    getsets: GETTER_GETSETS,
    slots: Slots {
        new: Some(new_getter),
        repr: Some(getter_repr),
        descr_get: Some(get_field),
        descr_set: Some(set_field),
        ..Slots::NONE
    },
    ..TypeTable::NONE
};

natives! { static FUNCTIONS:
    "_count_elements" "(mapping, iterable, /)" F2(count_elements) "Counts items in a mapping.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_collections", FUNCTIONS);
    let deque = crate::support::weak_class(cx, namespace, "collections", "deque", &deque::DEQUE);
    deque.expect::<pv_object::Type>().set_flags(pv_object::TypeFlags::SEQUENCE, true);
    class(cx, namespace, "_collections", "_deque_iterator", &deque::ITERATOR);
    class(cx, namespace, "_collections", "_deque_reverse_iterator", &deque::REVERSE_ITERATOR);
    class(cx, namespace, "collections", "_tuplegetter", &TUPLE_GETTER);
    dicts::add(cx, namespace);
    Ok(())
}

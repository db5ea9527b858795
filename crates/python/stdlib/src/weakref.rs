//! `_weakref`: weak references, and proxies that stand for their target.
//!
//! A proxy has the layout of a weak reference; whatever is done with it is done with its target, while that lives.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Dict, Kind, List, Obj, Str, Type, TypeFlags, TypeSpec, WeakRef};
use pv_runtime::types::{dict, weakref};
use pv_runtime::{Args, Exc, PyResult, Slots, Thread, TypeTable, attr, natives, protocol, slots, text};

use crate::support::{constant, functions, module_item};

fn count(_: &Thread, target: &Obj) -> PyResult {
    Ok(Obj::usize(weakref::references(target).len()))
}

fn references(_: &Thread, target: &Obj) -> PyResult {
    Ok(List::create(weakref::references(target)))
}

fn remove_dead(cx: &Thread, entries: &Obj, key: &Obj) -> PyResult {
    if entries.downcast::<Dict>().is_none() {
        let found = cx.type_name(entries);
        return Err(cx.type_error(format_args!("_remove_dead_weakref() argument 1 must be dict, not {found}")));
    }
    if let Some(value) = dict::get(cx, entries, key)? {
        let Some(weak) = value.downcast::<WeakRef>() else { return Err(cx.type_error("not a weakref")) };
        if weak.target().is_none() {
            dict::remove(cx, entries, key)?;
        }
    }
    Ok(Obj::none())
}

fn is_callable(cx: &Thread, value: &Obj) -> bool {
    let known = matches!(value.kind(), Kind::Function | Kind::NativeFunction | Kind::BoundMethod | Kind::Type);
    known || cx.lookup_special(value, &cx.names().__call__).is_some()
}

fn proxy(cx: &Thread, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("_weakref.proxy() takes no keyword arguments"));
    }
    let (target, callback) = match args.positional() {
        [target] => (target, None),
        [target, callback] => (target, Some(callback)),
        [] => return Err(cx.type_error("proxy expected at least 1 argument, got 0")),
        more => return Err(cx.type_error(format_args!("proxy expected at most 2 arguments, got {}", more.len()))),
    };
    let name = if is_callable(cx, target) { "CallableProxyType" } else { "ProxyType" };
    weakref::create(cx, &module_item(cx, "_weakref", name)?, target, callback, true)
}

natives! { static FUNCTIONS:
    "_remove_dead_weakref" "(dct, key, /)" F2(remove_dead) "Atomically remove key from dict if it points to a dead weakref.";
    "getweakrefcount" "(object, /)" F1(count) "Return the number of weak references to 'object'.";
    "getweakrefs" "(object, /)" F1(references) "Return a list of all weak reference objects pointing to 'object'.";
    "proxy" "" Raw(proxy) "Create a proxy object that weakly references 'object'.";
}

/// What a proxy stands for.
fn target(cx: &Thread, proxy: &Obj) -> PyResult {
    proxy
        .expect::<WeakRef>()
        .target()
        .ok_or_else(|| cx.raise_message(Exc::ReferenceError, "weakly-referenced object no longer exists"))
}

/// An operand: what it stands for if it is a proxy, else itself.
fn operand(cx: &Thread, value: &Obj) -> PyResult {
    let is_proxy = value.downcast::<WeakRef>().is_some()
        && !value.shape().ty().is_subtype(cx.vm().type_of_kind(Kind::WeakRef).expect::<Type>());
    if is_proxy { target(cx, value) } else { Ok(value.clone()) }
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let place = pv_runtime::builtins::identity(this);
    Ok(text::new(&match this.expect::<WeakRef>().target() {
        Some(target) => {
            let (class, address) = (weakref::shown_class(cx, &target), pv_runtime::builtins::identity(&target));
            format!("<weakproxy at {place:#x}; to '{class}' at {address:#x}>")
        }
        None => format!("<weakproxy at {place:#x}; dead>"),
    }))
}

fn show(cx: &Thread, this: &Obj) -> PyResult {
    protocol::str(cx, &target(cx, this)?)
}

fn get_attr(cx: &Thread, this: &Obj, name: &Obj) -> PyResult {
    attr::get(cx, &target(cx, this)?, name)
}

fn set_attr(cx: &Thread, this: &Obj, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let target = target(cx, this)?;
    match value {
        Some(value) => attr::set(cx, &target, name, value),
        None => attr::delete(cx, &target, name),
    }
}

fn call(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult {
    protocol::call(cx, &target(cx, this)?, args)
}

fn iter(cx: &Thread, this: &Obj) -> PyResult {
    protocol::get_iter(cx, &target(cx, this)?)
}

fn next(cx: &Thread, this: &Obj) -> PyResult<Option<Obj>> {
    let target = target(cx, this)?;
    let iterates = slots::exact(&target).is_some_and(|slots| slots.next.is_some())
        || cx.lookup_special(&target, &cx.names().__next__).is_some();
    if !iterates {
        let found = cx.type_name(&target);
        return Err(cx.type_error(format_args!("Weakref proxy referenced a non-iterator '{found}' object")));
    }
    protocol::iter_next(cx, &target)
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    protocol::rich_compare(cx, op, &operand(cx, a)?, &operand(cx, b)?)
}

fn combine(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    protocol::binary_op(cx, op, &operand(cx, a)?, &operand(cx, b)?)
}

fn combine_in_place(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    protocol::inplace_op(cx, op, &operand(cx, a)?, &operand(cx, b)?)
}

fn negative(cx: &Thread, this: &Obj) -> PyResult {
    protocol::negative(cx, &target(cx, this)?)
}

fn positive(cx: &Thread, this: &Obj) -> PyResult {
    protocol::positive(cx, &target(cx, this)?)
}

fn absolute(cx: &Thread, this: &Obj) -> PyResult {
    protocol::absolute(cx, &target(cx, this)?)
}

fn invert(cx: &Thread, this: &Obj) -> PyResult {
    protocol::invert(cx, &target(cx, this)?)
}

fn truth(cx: &Thread, this: &Obj) -> PyResult<bool> {
    protocol::truth(cx, &target(cx, this)?)
}

/// Calls a built-in class with the target.
fn convert(cx: &Thread, this: &Obj, class: Kind) -> PyResult {
    protocol::call1(cx, cx.vm().type_of_kind(class), &target(cx, this)?)
}

fn int(cx: &Thread, this: &Obj) -> PyResult {
    convert(cx, this, Kind::Int)
}

fn float(cx: &Thread, this: &Obj) -> PyResult {
    convert(cx, this, Kind::Float)
}

fn bytes(cx: &Thread, this: &Obj) -> PyResult {
    protocol::call_method0(cx, &target(cx, this)?, "__bytes__")
}

fn reversed(cx: &Thread, this: &Obj) -> PyResult {
    protocol::call_method0(cx, &target(cx, this)?, "__reversed__")
}

fn divmod(cx: &Thread, this: &Obj, other: &Obj) -> PyResult {
    protocol::divmod(cx, &operand(cx, this)?, &operand(cx, other)?)
}

fn reflected_divmod(cx: &Thread, this: &Obj, other: &Obj) -> PyResult {
    divmod(cx, other, this)
}

fn index(cx: &Thread, this: &Obj) -> PyResult {
    protocol::to_index(cx, &target(cx, this)?)
}

fn len(cx: &Thread, this: &Obj) -> PyResult<usize> {
    protocol::len(cx, &target(cx, this)?)
}

fn get_item(cx: &Thread, this: &Obj, key: &Obj) -> PyResult {
    protocol::get_item(cx, &target(cx, this)?, &operand(cx, key)?)
}

fn set_item(cx: &Thread, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let target = target(cx, this)?;
    match value {
        Some(value) => protocol::set_item(cx, &target, key, value),
        None => protocol::del_item(cx, &target, key),
    }
}

fn contains(cx: &Thread, this: &Obj, item: &Obj) -> PyResult<bool> {
    protocol::contains(cx, &target(cx, this)?, item)
}

/// `pow` with two arguments or three.
fn power(cx: &Thread, this: &Obj, exponent: &Obj, modulus: Option<&Obj>) -> PyResult {
    let modulus = modulus.map_or_else(|| Ok(Obj::none()), |modulus| operand(cx, modulus))?;
    protocol::power_modulo(cx, &operand(cx, this)?, &operand(cx, exponent)?, &modulus)
}

natives! { static METHODS:
    "__bytes__" "(self, /)" F1(bytes) "The target's bytes.";
    "__divmod__" "(self, value, /)" F2(divmod) "Return divmod(self, value).";
    "__pow__" "(self, value, mod=None, /)" O3(power) "Return pow(self, value, mod).";
    "__rdivmod__" "(self, value, /)" F2(reflected_divmod) "Return divmod(value, self).";
    "__reversed__" "(self, /)" F1(reversed) "The target's items in reverse order.";
}

const OPERATORS: &[BinaryOp] = &[
    BinaryOp::Add,
    BinaryOp::Sub,
    BinaryOp::Mul,
    BinaryOp::MatMul,
    BinaryOp::TrueDiv,
    BinaryOp::FloorDiv,
    BinaryOp::Mod,
    BinaryOp::Pow,
    BinaryOp::LShift,
    BinaryOp::RShift,
    BinaryOp::And,
    BinaryOp::Or,
    BinaryOp::Xor,
];

const SLOTS: Slots = Slots {
    repr: Some(repr),
    str: Some(show),
    unhashable: true,
    get_attr: Some(get_attr),
    set_attr: Some(set_attr),
    iter: Some(iter),
    next: Some(next),
    compare: Some(compare),
    binary: Some((combine, OPERATORS)),
    inplace: Some((combine_in_place, OPERATORS)),
    neg: Some(negative),
    pos: Some(positive),
    abs: Some(absolute),
    invert: Some(invert),
    truth: Some(truth),
    int: Some(int),
    float: Some(float),
    index: Some(index),
    len: Some(len),
    get_item: Some(get_item),
    set_item: Some(set_item),
    contains: Some(contains),
    ..Slots::NONE
};

static PROXY: TypeTable = TypeTable { methods: METHODS, slots: SLOTS, ..TypeTable::NONE };
static CALLABLE_PROXY: TypeTable =
    TypeTable { methods: METHODS, slots: Slots { call: Some(call), ..SLOTS }, ..TypeTable::NONE };

/// A class of proxies.
fn class(cx: &Thread, name: &'static str, table: &'static TypeTable) -> PyResult {
    let object = cx.vm().type_of_kind(Kind::Instance).clone();
    let mut spec = TypeSpec::builtin(name, vec![object], Some(Kind::WeakRef));
    // Not exactly weak references: the special methods serve them.
    spec.flags = TypeFlags::HEAP;
    let Ok(class) = Type::create(spec) else { return Err(cx.system_error("the class of proxies cannot be made")) };
    class.expect::<Type>().set_attr(&cx.names().__module__, text::intern("weakref"));
    pv_runtime::types::fill_type(cx.vm(), &class, table);
    Ok(class)
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_weakref", FUNCTIONS);
    let reference = cx.vm().type_of_kind(Kind::WeakRef);
    let module = &cx.names().__module__;
    if reference.expect::<Type>().own_attr(module).is_none_or(|found| found.downcast::<Str>().is_none()) {
        reference.expect::<Type>().set_attr(module, text::intern("weakref"));
    }
    constant(namespace, "ref", reference.clone());
    constant(namespace, "ReferenceType", reference.clone());
    constant(namespace, "ProxyType", class(cx, "ProxyType", &PROXY)?);
    constant(namespace, "CallableProxyType", class(cx, "CallableProxyType", &CALLABLE_PROXY)?);
    Ok(())
}

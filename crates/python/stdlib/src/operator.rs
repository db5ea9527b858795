//! `_operator`: operators as functions. `methodcaller` comes from the library's Python part.

use std::ops::ControlFlow;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Bytes, Obj, Payload, Str, Tuple};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, natives, protocol, text};

use crate::support::{class, create, functions, state};

macro_rules! operators {
    ($($name:ident $inplace:ident $op:ident;)*) => {
        $(fn $name(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
            protocol::binary_op(cx, BinaryOp::$op, a, b)
        }
        fn $inplace(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
            protocol::inplace_op(cx, BinaryOp::$op, a, b)
        })*
    };
}

operators! {
    add iadd Add;
    and iand And;
    floordiv ifloordiv FloorDiv;
    lshift ilshift LShift;
    matmul imatmul MatMul;
    modulo imod Mod;
    mul imul Mul;
    or ior Or;
    pow ipow Pow;
    rshift irshift RShift;
    sub isub Sub;
    truediv itruediv TrueDiv;
    xor ixor Xor;
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => {
        $(fn $name(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
            protocol::rich_compare(cx, Compare::$op, a, b)
        })*
    };
}

comparisons! {
    eq Eq;
    ne Ne;
    lt Lt;
    le Le;
    gt Gt;
    ge Ge;
}

fn not(cx: &Thread, a: &Obj) -> PyResult {
    Ok(Obj::bool(!protocol::truth(cx, a)?))
}

fn truth(cx: &Thread, a: &Obj) -> PyResult {
    Ok(Obj::bool(protocol::truth(cx, a)?))
}

fn is(_: &Thread, a: &Obj, b: &Obj) -> PyResult {
    Ok(Obj::bool(protocol::identical(a, b)))
}

fn is_not(_: &Thread, a: &Obj, b: &Obj) -> PyResult {
    Ok(Obj::bool(!protocol::identical(a, b)))
}

fn is_none(_: &Thread, a: &Obj) -> PyResult {
    Ok(Obj::bool(a.is_none()))
}

fn is_not_none(_: &Thread, a: &Obj) -> PyResult {
    Ok(Obj::bool(!a.is_none()))
}

fn contains(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    Ok(Obj::bool(protocol::contains(cx, a, b)?))
}

fn set_item(cx: &Thread, a: &Obj, b: &Obj, c: &Obj) -> PyResult {
    protocol::set_item(cx, a, b, c).map(|()| Obj::none())
}

fn del_item(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    protocol::del_item(cx, a, b).map(|()| Obj::none())
}

/// Both sides of a concatenation must be sequences.
fn check_sequence(cx: &Thread, a: &Obj) -> PyResult<()> {
    let number = a.is_int() || a.as_float().is_some();
    match !number && cx.lookup_special(a, &cx.names().__getitem__).is_some() {
        true => Ok(()),
        false => Err(cx.type_error(format_args!("'{}' object can't be concatenated", cx.type_name(a)))),
    }
}

fn concat(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    check_sequence(cx, a)?;
    add(cx, a, b)
}

fn iconcat(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    check_sequence(cx, a)?;
    iadd(cx, a, b)
}

fn count_of(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    let mut count = 0;
    protocol::for_each(cx, a, |item| {
        count += i64::from(protocol::values_equal(cx, &item, b)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Obj::int(count))
}

fn index_of(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    let (mut index, mut found) = (0, false);
    protocol::for_each(cx, a, |item| {
        if protocol::values_equal(cx, &item, b)? {
            found = true;
            return Ok(ControlFlow::Break(()));
        }
        index += 1;
        Ok(ControlFlow::Continue(()))
    })?;
    if found { Ok(Obj::int(index)) } else { Err(cx.value_error("sequence.index(x): x not in sequence")) }
}

fn length_hint(cx: &Thread, obj: &Obj, default: Option<&Obj>) -> PyResult {
    let default = match default {
        Some(default) => protocol::to_index(cx, default)?,
        None => Obj::small(0),
    };
    let names = cx.names();
    let known = [&names.__len__, &names.__length_hint__].iter().any(|name| cx.lookup_special(obj, name).is_some());
    if known { Ok(Obj::usize(protocol::length_hint(cx, obj)?)) } else { Ok(default) }
}

fn call(cx: &Thread, args: &Args<'_>) -> PyResult {
    match args.positional().first() {
        Some(callee) => protocol::call(cx, callee, &args.rest()),
        None => Err(cx.type_error("call expected at least 1 argument, got 0")),
    }
}

/// Equal, in a time that depends on the lengths only.
fn compare_digest(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    let bytes = |value: &Obj| {
        let text = value.downcast::<Str>().and_then(|text| text.as_ascii().map(|text| text.as_bytes().to_vec()));
        text.or_else(|| value.downcast::<Bytes>().map(|bytes| bytes.data().to_vec()))
    };
    let (Some(left), Some(right)) = (bytes(a), bytes(b)) else {
        let (a, b) = (cx.type_name(a), cx.type_name(b));
        return Err(
            cx.type_error(format_args!("unsupported operand types(s) or combination of types: '{a}' and '{b}'"))
        );
    };
    let differing = left.iter().zip(&right).fold(0, |all, (x, y)| all | (x ^ y));
    Ok(Obj::bool(differing == 0 && left.len() == right.len()))
}

struct ItemGetter(Vec<Obj>);

impl Payload for ItemGetter {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.0.iter().for_each(visitor);
    }
}

fn new_item_getter(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("itemgetter() takes no keyword arguments"));
    }
    match args.positional() {
        [] => Err(cx.type_error("itemgetter expected 1 argument, got 0")),
        items => Ok(create(class, ItemGetter(items.to_vec()))),
    }
}

fn item_getter_call(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult {
    let [object] = args.values() else {
        return Err(cx.type_error(format_args!("itemgetter expected 1 argument, got {}", args.values().len())));
    };
    let items = &state::<ItemGetter>(cx, this)?.0;
    if let [item] = &items[..] {
        return protocol::get_item(cx, object, item);
    }
    items.iter().map(|item| protocol::get_item(cx, object, item)).collect::<PyResult<Vec<Obj>>>().map(Tuple::create)
}

fn item_getter_repr(cx: &Thread, this: &Obj) -> PyResult {
    cx.guard_repr(this, "...", || {
        let shown = state::<ItemGetter>(cx, this)?.0.iter().map(|item| Ok(text::to_string(&protocol::repr(cx, item)?)));
        let shown = shown.collect::<PyResult<Vec<String>>>()?.join(", ");
        Ok(text::new(&format!("operator.itemgetter({shown})")))
    })
}

fn item_getter_reduce(cx: &Thread, this: &Obj) -> PyResult {
    let items = state::<ItemGetter>(cx, this)?.0.clone();
    Ok(Tuple::pair(cx.type_of(this).clone(), Tuple::create(items)))
}

natives! { static ITEM_GETTER_METHODS:
    "__reduce__" "(self, /)" F1(item_getter_reduce) "Return state information for pickling";
}

static ITEM_GETTER: TypeTable = TypeTable {
    methods: ITEM_GETTER_METHODS,
    slots: Slots {
        new: Some(new_item_getter),
        call: Some(item_getter_call),
        repr: Some(item_getter_repr),
        ..Slots::NONE
    },
    doc: "A function that gets one item, or a tuple of items.",
    ..TypeTable::NONE
};

struct AttrGetter(Vec<Obj>);

impl Payload for AttrGetter {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.0.iter().for_each(visitor);
    }
}

fn new_attr_getter(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("attrgetter() takes no keyword arguments"));
    }
    if args.positional().is_empty() {
        return Err(cx.type_error("attrgetter expected 1 argument, got 0"));
    }
    if args.positional().iter().any(|name| name.downcast::<Str>().is_none()) {
        return Err(cx.type_error("attribute name must be a string"));
    }
    Ok(create(class, AttrGetter(args.positional().to_vec())))
}

fn dotted(cx: &Thread, object: &Obj, name: &Obj) -> PyResult {
    let mut value = object.clone();
    for part in text::to_string(name).split('.') {
        value = pv_runtime::attr::get_str(cx, &value, part)?;
    }
    Ok(value)
}

fn attr_getter_call(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult {
    let [object] = args.values() else {
        return Err(cx.type_error(format_args!("attrgetter expected 1 argument, got {}", args.values().len())));
    };
    let names = &state::<AttrGetter>(cx, this)?.0;
    if let [name] = &names[..] {
        return dotted(cx, object, name);
    }
    names.iter().map(|name| dotted(cx, object, name)).collect::<PyResult<Vec<Obj>>>().map(Tuple::create)
}

fn attr_getter_repr(cx: &Thread, this: &Obj) -> PyResult {
    let shown = state::<AttrGetter>(cx, this)?.0.iter().map(|name| Ok(text::to_string(&protocol::repr(cx, name)?)));
    let shown = shown.collect::<PyResult<Vec<String>>>()?.join(", ");
    Ok(text::new(&format!("operator.attrgetter({shown})")))
}

static ATTR_GETTER: TypeTable = TypeTable {
    slots: Slots {
        new: Some(new_attr_getter),
        call: Some(attr_getter_call),
        repr: Some(attr_getter_repr),
        ..Slots::NONE
    },
    doc: "A function that gets one attribute, or a tuple of attributes; names may be dotted.",
    ..TypeTable::NONE
};

natives! { static FUNCTIONS:
    "_compare_digest" "(a, b, /)" F2(compare_digest) "Equal, in a time that does not tell where they differ?";
    "abs" "(a, /)" F1(protocol::absolute) "Same as abs(a).";
    "add" "(a, b, /)" F2(add) "Same as a + b.";
    "and_" "(a, b, /)" F2(and) "Same as a & b.";
    "call" "" Raw(call) "Same as obj(*args, **kwargs).";
    "concat" "(a, b, /)" F2(concat) "Same as a + b, for a and b sequences.";
    "contains" "(a, b, /)" F2(contains) "Same as b in a (note reversed operands).";
    "countOf" "(a, b, /)" F2(count_of) "How many items of a equal b.";
    "delitem" "(a, b, /)" F2(del_item) "Same as del a[b].";
    "eq" "(a, b, /)" F2(eq) "Same as a == b.";
    "floordiv" "(a, b, /)" F2(floordiv) "Same as a // b.";
    "ge" "(a, b, /)" F2(ge) "Same as a >= b.";
    "getitem" "(a, b, /)" F2(protocol::get_item) "Same as a[b].";
    "gt" "(a, b, /)" F2(gt) "Same as a > b.";
    "iadd" "(a, b, /)" F2(iadd) "Same as a += b.";
    "iand" "(a, b, /)" F2(iand) "Same as a &= b.";
    "iconcat" "(a, b, /)" F2(iconcat) "Same as a += b, for a and b sequences.";
    "ifloordiv" "(a, b, /)" F2(ifloordiv) "Same as a //= b.";
    "ilshift" "(a, b, /)" F2(ilshift) "Same as a <<= b.";
    "imatmul" "(a, b, /)" F2(imatmul) "Same as a @= b.";
    "imod" "(a, b, /)" F2(imod) "Same as a %= b.";
    "imul" "(a, b, /)" F2(imul) "Same as a *= b.";
    "index" "(a, /)" F1(protocol::to_index) "Same as a.__index__()";
    "indexOf" "(a, b, /)" F2(index_of) "The place of the first item of a that equals b.";
    "inv" "(a, /)" F1(protocol::invert) "Same as ~a.";
    "invert" "(a, /)" F1(protocol::invert) "Same as ~a.";
    "ior" "(a, b, /)" F2(ior) "Same as a |= b.";
    "ipow" "(a, b, /)" F2(ipow) "Same as a **= b.";
    "irshift" "(a, b, /)" F2(irshift) "Same as a >>= b.";
    "is_" "(a, b, /)" F2(is) "Same as a is b.";
    "is_none" "(a, /)" F1(is_none) "Same as a is None.";
    "is_not" "(a, b, /)" F2(is_not) "Same as a is not b.";
    "is_not_none" "(a, /)" F1(is_not_none) "Same as a is not None.";
    "isub" "(a, b, /)" F2(isub) "Same as a -= b.";
    "itruediv" "(a, b, /)" F2(itruediv) "Same as a /= b.";
    "ixor" "(a, b, /)" F2(ixor) "Same as a ^= b.";
    "le" "(a, b, /)" F2(le) "Same as a <= b.";
    "length_hint" "(obj, default=0, /)" O2(length_hint) "An estimate of the number of items.";
    "lshift" "(a, b, /)" F2(lshift) "Same as a << b.";
    "lt" "(a, b, /)" F2(lt) "Same as a < b.";
    "matmul" "(a, b, /)" F2(matmul) "Same as a @ b.";
    "mod" "(a, b, /)" F2(modulo) "Same as a % b.";
    "mul" "(a, b, /)" F2(mul) "Same as a * b.";
    "ne" "(a, b, /)" F2(ne) "Same as a != b.";
    "neg" "(a, /)" F1(protocol::negative) "Same as -a.";
    "not_" "(a, /)" F1(not) "Same as not a.";
    "or_" "(a, b, /)" F2(or) "Same as a | b.";
    "pos" "(a, /)" F1(protocol::positive) "Same as +a.";
    "pow" "(a, b, /)" F2(pow) "Same as a ** b.";
    "rshift" "(a, b, /)" F2(rshift) "Same as a >> b.";
    "setitem" "(a, b, c, /)" F3(set_item) "Same as a[b] = c.";
    "sub" "(a, b, /)" F2(sub) "Same as a - b.";
    "truediv" "(a, b, /)" F2(truediv) "Same as a / b.";
    "truth" "(a, /)" F1(truth) "Is a true?";
    "xor" "(a, b, /)" F2(xor) "Same as a ^ b.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_operator", FUNCTIONS);
    class(cx, namespace, "operator", "itemgetter", &ITEM_GETTER);
    class(cx, namespace, "operator", "attrgetter", &ATTR_GETTER);
    Ok(())
}

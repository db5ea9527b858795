//! `int` and `bool`.
//!
//! Invariant: small operands are computed on machine integers; big ones borrow the values in their boxes. Nothing but the
//! result is allocated.

mod arith;
mod convert;
mod methods;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{BigInt, BoxedInt, Kind, Obj, Type};

use super::TypeTable;
use crate::error::{PyResult, Raised};
use crate::native::Args;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

pub use arith::float_quotient;
pub(crate) use arith::power_modulo;
use convert::from_text;
pub use convert::{from_object, to_f64};
pub(crate) use convert::{number_text, to_text};

/// Below zero?
pub fn is_negative(value: &Obj) -> bool {
    match value.as_i64() {
        Some(value) => value < 0,
        None => value.downcast::<BoxedInt>().is_some_and(|boxed| boxed.value().is_negative()),
    }
}

/// The hash of an int.
pub fn hash(value: &Obj) -> i64 {
    match value.as_i64() {
        Some(value) => pv_object::hash::int(value),
        None => with_big(value, BigInt::hash),
    }
}

/// The int object of a length.
pub fn from_usize(value: usize) -> Obj {
    Obj::usize(value)
}

/// Calls `f` with the value of an int, without copying a boxed one.
pub fn with_big<R>(value: &Obj, f: impl FnOnce(&BigInt) -> R) -> R {
    match value.downcast::<BoxedInt>() {
        Some(boxed) => f(boxed.value()),
        None => f(&BigInt::from(value.as_i64().unwrap_or(0))),
    }
}

/// The same value as an exact int.
pub fn exact(value: &Obj) -> Obj {
    match value.as_i64() {
        Some(small) => Obj::int(small),
        None if value.is_exact() => value.clone(),
        None => with_big(value, |big| Obj::big(big.clone())),
    }
}

/// An int of the given class with the value of an exact one.
fn of_class(class: &Obj, value: Obj) -> Obj {
    if super::args::is_builtin(class, Kind::Int) {
        return value;
    }
    with_big(&value, |big| BoxedInt::create(big.clone(), class.expect::<Type>().root_shape()))
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let value = match (args.positional(), args.has_keywords()) {
        ([], false) => Obj::small(0),
        ([value], false) => from_object(cx, value)?,
        ([_, _, _, ..], _) => super::args::positional(cx, "int", 2, args).map(|_| Obj::small(0))?,
        _ => {
            let [value, base] = super::args::bind(cx, "int", "(x=0, /, base=10)", args)?;
            with_base(cx, value.as_ref(), base.as_ref())?
        }
    };
    Ok(of_class(class, value))
}

fn with_base(cx: &Thread, value: Option<&Obj>, base: Option<&Obj>) -> PyResult {
    match (value, base) {
        (None, None) => Ok(Obj::small(0)),
        (None, Some(_)) => Err(cx.type_error("int() missing string argument")),
        (Some(value), None) => from_object(cx, value),
        (Some(value), Some(base)) => {
            // A base too large for a machine integer is none either.
            let base = crate::protocol::to_index(cx, base)?.as_i64().unwrap_or(-1);
            if base != 0 && !(2..=36).contains(&base) {
                return Err(cx.value_error("int() base must be >= 2 and <= 36, or 0"));
            }
            if !matches!(value.kind(), Kind::Str | Kind::Bytes | Kind::ByteArray) {
                return Err(cx.type_error("int() can't convert non-string with explicit base"));
            }
            from_text(cx, value, base as u32)
        }
    }
}

fn repr(cx: &Thread, value: &Obj) -> PyResult {
    to_text(cx, value).map(|shown| text::new(&shown))
}

fn hash_slot(_: &Thread, value: &Obj) -> PyResult<i64> {
    Ok(hash(value))
}

fn compare(_: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if !a.is_int() || !b.is_int() {
        return Ok(Obj::not_implemented());
    }
    let order = match (a.as_i64(), b.as_i64()) {
        (Some(x), Some(y)) => x.cmp(&y),
        _ => with_big(a, |x| with_big(b, |y| x.cmp(y))),
    };
    Ok(Obj::bool(holds(op, order)))
}

/// Does the comparison hold for operands in this order?
pub(crate) fn holds(op: Compare, order: std::cmp::Ordering) -> bool {
    match op {
        Compare::Eq => order.is_eq(),
        Compare::Ne => order.is_ne(),
        Compare::Lt => order.is_lt(),
        Compare::Le => order.is_le(),
        Compare::Gt => order.is_gt(),
        Compare::Ge => order.is_ge(),
    }
}

fn negative(_: &Thread, value: &Obj) -> PyResult {
    Ok(match value.as_i64().and_then(i64::checked_neg) {
        Some(small) => Obj::int(small),
        None => with_big(value, |big| Obj::big(-big)),
    })
}

fn positive(_: &Thread, value: &Obj) -> PyResult {
    Ok(exact(value))
}

fn absolute(cx: &Thread, value: &Obj) -> PyResult {
    if is_negative(value) { negative(cx, value) } else { positive(cx, value) }
}

fn bool_invert(cx: &Thread, value: &Obj) -> PyResult {
    let message = "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise \
                   inversion of the underlying int object and is usually not what you expect from negating a bool. Use the \
                   'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying \
                   int.";
    crate::warn::warn(cx, crate::error::Exc::DeprecationWarning, message)?;
    invert(cx, value)
}

fn invert(_: &Thread, value: &Obj) -> PyResult {
    Ok(match value.as_i64() {
        Some(small) => Obj::int(!small),
        None => with_big(value, |big| Obj::big(!big)),
    })
}

fn truth(_: &Thread, value: &Obj) -> PyResult<bool> {
    Ok(value.as_i64() != Some(0))
}

fn float(cx: &Thread, value: &Obj) -> PyResult {
    to_f64(cx, value).map(Obj::float)
}

const OPERATORS: &[BinaryOp] = &[
    BinaryOp::Add,
    BinaryOp::Sub,
    BinaryOp::Mul,
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

/// `int`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    getsets: methods::GETSETS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(hash_slot),
        compare: Some(compare),
        binary: Some((arith::binary, OPERATORS)),
        neg: Some(negative),
        pos: Some(positive),
        abs: Some(absolute),
        invert: Some(invert),
        truth: Some(truth),
        int: Some(positive),
        float: Some(float),
        index: Some(positive),
        ..Slots::NONE
    },
    doc: "int([x]) -> integer\nint(x, base=10) -> integer\n\nConverts a number or text to an integer; 0 without arguments.",
    ..TypeTable::NONE
};

// -- bool ---------------------------------------------------------------------------------------------------------

fn bool_new(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    match super::args::positional(cx, "bool", 1, args)? {
        [value] => crate::protocol::truth(cx, value).map(Obj::bool),
        _ => Ok(Obj::bool(false)),
    }
}

fn bool_repr(_: &Thread, value: &Obj) -> PyResult {
    Ok(text::intern(if value.is_true() { "True" } else { "False" }))
}

/// Bitwise operators of two bools give a bool; of a bool and an int, an int.
fn bool_bits(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let (Some(x), Some(y)) = (a.as_bool(), b.as_bool()) else { return arith::binary(cx, op, a, b) };
    Ok(match op {
        BinaryOp::And => Obj::bool(x & y),
        BinaryOp::Or => Obj::bool(x | y),
        BinaryOp::Xor => Obj::bool(x ^ y),
        _ => return arith::binary(cx, op, a, b),
    })
}

fn bool_truth(_: &Thread, value: &Obj) -> PyResult<bool> {
    Ok(value.is_true())
}

/// `bool`: what it does not have here it has from int, but exact bools are served by this table alone, so the operators
/// are all listed.
pub(crate) static BOOL: TypeTable = TypeTable {
    slots: Slots {
        new: Some(bool_new),
        repr: Some(bool_repr),
        hash: Some(hash_slot),
        compare: Some(compare),
        binary: Some((bool_bits, OPERATORS)),
        neg: Some(negative),
        pos: Some(positive),
        abs: Some(absolute),
        invert: Some(bool_invert),
        truth: Some(bool_truth),
        int: Some(positive),
        float: Some(float),
        index: Some(positive),
        ..Slots::NONE
    },
    doc: "bool(object=False, /)\n--\n\nTrue when the argument is true, False otherwise.",
    ..TypeTable::NONE
};

/// The error of a division by zero.
#[cold]
pub(crate) fn division_by_zero(cx: &Thread) -> Raised {
    cx.zero_division("division by zero")
}

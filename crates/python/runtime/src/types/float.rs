//! `float`.

mod arith;
mod methods;

use pv_bytecode::op::Compare;
use pv_object::{BigInt, BoxedFloat, BoxedInt, Bytes, Kind, Obj, Type};

use super::TypeTable;
use super::int::holds;
use crate::error::PyResult;
use crate::format::{float as digits, parse};
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

pub(crate) use arith::power;
pub use arith::{floor_divide, remainder};
pub use methods::round_digits;

/// The value of an exact or derived float.
#[inline]
pub(crate) fn value(object: &Obj) -> f64 {
    object.as_float().unwrap_or(f64::NAN)
}

/// `float(object)` as a number: floats, `__float__`, `__index__`. Text is not read.
pub fn to_f64(cx: &Thread, object: &Obj) -> PyResult<f64> {
    match try_f64(cx, object)? {
        Some(value) => Ok(value),
        None => Err(cx.type_error(format_args!("must be real number, not {}", cx.type_name(object)))),
    }
}

/// As [`to_f64`]; `None` for objects that are no real numbers.
pub fn try_f64(cx: &Thread, object: &Obj) -> PyResult<Option<f64>> {
    if object.is_exact() {
        if let Some(value) = object.as_float() {
            return Ok(Some(value));
        }
        if object.is_int() {
            return super::int::to_f64(cx, object).map(Some);
        }
    }
    if let Some(method) = cx.lookup_special(object, &cx.names().__float__) {
        let result = protocol::call_special(cx, &method, object, &[])?;
        let (class, found) = (cx.type_name(object), cx.type_name(&result));
        if let Some(value) = result.as_float() {
            if !result.is_exact() {
                protocol::warn_of_subclass(cx, &format!("{class}.__float__"), "float", &found)?;
            }
            return Ok(Some(value));
        }
        return Err(cx.type_error(format_args!("{class}.__float__ returned non-float (type {found})")));
    }
    if let Some(value) = object.as_float() {
        return Ok(Some(value));
    }
    if cx.lookup_special(object, &cx.names().__index__).is_some() {
        let index = protocol::to_index(cx, object)?;
        return super::int::to_f64(cx, &index).map(Some);
    }
    Ok(None)
}

/// The integer part, as an int.
pub fn truncate(cx: &Thread, value: f64) -> PyResult {
    const SAFE: f64 = 9.0e18;
    if value.abs() < SAFE {
        return Ok(Obj::int(value as i64));
    }
    match BigInt::from_f64(value) {
        Some(whole) => Ok(Obj::big(whole)),
        None if value.is_nan() => Err(cx.value_error("cannot convert float NaN to integer")),
        None => Err(cx.overflow_error("cannot convert float infinity to integer")),
    }
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let exact = super::args::is_builtin(class, Kind::Float);
    if args.has_keywords() && super::args::replaces(cx, class, Kind::Float, &cx.names().__init__) {
        return new(cx, class, &Args::new(args.positional()));
    }
    let value = match super::args::positional(cx, "float", 1, args)? {
        [object] => from_object(cx, object)?,
        _ => 0.0,
    };
    Ok(if exact { Obj::float(value) } else { BoxedFloat::create(value, class.expect::<Type>().root_shape()) })
}

fn from_object(cx: &Thread, object: &Obj) -> PyResult<f64> {
    if matches!(object.kind(), Kind::Str | Kind::Bytes | Kind::ByteArray)
        && (object.is_exact() || cx.lookup_special(object, &cx.names().__float__).is_none())
    {
        return from_text(cx, object);
    }
    if let Some(value) = try_f64(cx, object)? {
        return Ok(value);
    }
    match super::bytes::shown(cx, object)? {
        Some(data) => from_text(cx, &Bytes::create(&data)),
        None => {
            let found = cx.type_name(object);
            Err(cx.type_error(format_args!("float() argument must be a string or a real number, not '{found}'")))
        }
    }
}

fn from_text(cx: &Thread, object: &Obj) -> PyResult<f64> {
    match parse::float(&super::int::number_text(object)) {
        Some(value) => Ok(value),
        None => {
            let shown = protocol::repr(cx, object)?;
            Err(cx.value_error(format_args!("could not convert string to float: {}", text::to_string(&shown))))
        }
    }
}

fn repr(_: &Thread, object: &Obj) -> PyResult {
    Ok(text::new(&digits::repr(value(object))))
}

fn hash(_: &Thread, object: &Obj) -> PyResult<i64> {
    let address = || pv_object::hash::address(object.word().addr());
    Ok(pv_object::hash::float(value(object)).unwrap_or_else(address))
}

/// `a op b` for floats and ints, at least one of them a float.
pub(crate) fn compare(_: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let order = match (a.as_float(), b.as_float()) {
        (Some(x), Some(y)) => x.partial_cmp(&y),
        (Some(x), None) if b.is_int() => compare_int(b, x).map(std::cmp::Ordering::reverse),
        (None, Some(y)) if a.is_int() => compare_int(a, y),
        _ => return Ok(Obj::not_implemented()),
    };
    Ok(Obj::bool(order.map_or(op == Compare::Ne, |order| holds(op, order))))
}

/// Compares an int with a float, exactly; `None` for nan.
fn compare_int(int: &Obj, float: f64) -> Option<std::cmp::Ordering> {
    const EXACT: u64 = 1 << 53;
    match (int.as_i64(), int.downcast::<BoxedInt>()) {
        (Some(small), _) if small.unsigned_abs() <= EXACT => (small as f64).partial_cmp(&float),
        (_, Some(boxed)) => boxed.value().compare_f64(float),
        (Some(small), None) => BigInt::from(small).compare_f64(float),
        (None, None) => None,
    }
}

fn negative(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::float(-value(object)))
}

fn positive(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::float(value(object)))
}

fn absolute(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::float(value(object).abs()))
}

fn truth(_: &Thread, object: &Obj) -> PyResult<bool> {
    Ok(value(object) != 0.0)
}

fn int(cx: &Thread, object: &Obj) -> PyResult {
    truncate(cx, value(object))
}

/// `float`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    getsets: methods::GETSETS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        binary: Some((arith::binary, arith::OPERATORS)),
        neg: Some(negative),
        pos: Some(positive),
        abs: Some(absolute),
        truth: Some(truth),
        int: Some(int),
        float: Some(positive),
        ..Slots::NONE
    },
    doc: "float(x=0, /)\n--\n\nConvert a string or number to a floating-point number, if possible.",
    ..TypeTable::NONE
};

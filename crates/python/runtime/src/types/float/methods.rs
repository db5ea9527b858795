//! Methods and attributes of floats.

use pv_object::{BigInt, Obj, Str, Tuple};

use super::{arith, truncate, value};
use crate::error::PyResult;
use crate::format::{float as digits, parse, render};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::int::division_by_zero;

fn same(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::float(value(object)))
}

fn zero(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::float(0.0))
}

fn is_integer(_: &Thread, object: &Obj) -> PyResult {
    let value = value(object);
    Ok(Obj::bool(value.is_finite() && value.fract() == 0.0))
}

fn hex(_: &Thread, object: &Obj) -> PyResult {
    Ok(text::new(&digits::hex(value(object))))
}

fn from_hex(cx: &Thread, class: &Obj, source: &Obj) -> PyResult {
    if source.downcast::<pv_object::Str>().is_none() {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    let value = parse::float_hex(text::to_string(source).trim_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']));
    let value = value.map(Obj::float).map_err(|error| match error {
        parse::HexError::Invalid => cx.value_error("invalid hexadecimal floating-point string"),
        parse::HexError::TooLarge => cx.overflow_error("hexadecimal value too large to represent as a float"),
    })?;
    of_class(cx, class, value)
}

fn of_class(cx: &Thread, class: &Obj, value: Obj) -> PyResult {
    if crate::types::args::is_builtin(class, pv_object::Kind::Float) {
        return Ok(value);
    }
    protocol::call1(cx, class, &value)
}

fn from_number(cx: &Thread, class: &Obj, number: &Obj) -> PyResult {
    let value = super::to_f64(cx, number)?;
    of_class(cx, class, Obj::float(value))
}

fn as_integer_ratio(cx: &Thread, object: &Obj) -> PyResult {
    let value = value(object);
    if value.is_nan() {
        return Err(cx.value_error("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(cx.overflow_error("cannot convert Infinity to integer ratio"));
    }
    let (mut mantissa, mut exponent) = pv_object::hash::split(value);
    while mantissa != mantissa.floor() {
        mantissa *= 2.0;
        exponent -= 1;
    }
    let top = BigInt::from(mantissa as i64);
    let power = BigInt::ONE.shl(exponent.unsigned_abs() as usize);
    Ok(match exponent {
        0.. => Tuple::pair(Obj::big(&top * &power), Obj::small(1)),
        _ => Tuple::pair(Obj::big(top), Obj::big(power)),
    })
}

fn trunc(cx: &Thread, object: &Obj) -> PyResult {
    truncate(cx, value(object))
}

fn floor(cx: &Thread, object: &Obj) -> PyResult {
    truncate(cx, value(object).floor())
}

fn ceil(cx: &Thread, object: &Obj) -> PyResult {
    truncate(cx, value(object).ceil())
}

fn round(cx: &Thread, object: &Obj, places: Option<&Obj>) -> PyResult {
    let value = value(object);
    match places {
        Some(places) if !places.is_none() => {
            let places = protocol::to_index(cx, places)?;
            let cut = if crate::types::int::is_negative(&places) { i64::MIN } else { i64::MAX };
            match round_digits(value, places.as_i64().unwrap_or(cut)) {
                Some(value) => Ok(Obj::float(value)),
                None => Err(cx.overflow_error("rounded value too large to represent")),
            }
        }
        _ => truncate(cx, value.round_ties_even()),
    }
}

/// The value rounded to a number of decimal places, halves to even by the exact value; `None` when that overflows.
pub fn round_digits(value: f64, places: i64) -> Option<f64> {
    if !value.is_finite() || places > 323 {
        return Some(value);
    }
    if places < -308 {
        return Some(0.0_f64.copysign(value));
    }
    if places >= 0 {
        return format!("{value:.*}", places as usize).parse().ok().filter(|v: &f64| v.is_finite());
    }
    // To the left of the point: the exact integer part, rounded by its digits.
    let exponent = format!("{value:e}").split_once('e').and_then(|(_, e)| e.parse::<i64>().ok()).unwrap_or(0);
    let shown = exponent + places;
    if shown < -1 {
        return Some(0.0_f64.copysign(value));
    }
    if shown == -1 {
        let unit: f64 = format!("1e{}", -places).parse().ok()?;
        return Some(if value.abs() * 2.0 > unit { unit.copysign(value) } else { 0.0_f64.copysign(value) });
    }
    format!("{value:.*e}", shown as usize).parse().ok().filter(|v: &f64| v.is_finite())
}

fn getnewargs(_: &Thread, object: &Obj) -> PyResult {
    Ok(Tuple::create(vec![Obj::float(value(object))]))
}

fn format(cx: &Thread, object: &Obj, spec: &Obj) -> PyResult {
    render::float(cx, object, spec)
}

fn pair(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    let (Some(x), Some(y)) = (arith::operand(cx, a)?, arith::operand(cx, b)?) else {
        return Ok(Obj::not_implemented());
    };
    if y == 0.0 {
        return Err(division_by_zero(cx));
    }
    Ok(Tuple::pair(Obj::float(arith::floor_divide(x, y)), Obj::float(arith::remainder(x, y))))
}

fn divmod(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    pair(cx, a, b)
}

fn rdivmod(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    pair(cx, b, a)
}

fn get_format(cx: &Thread, _: &Obj, kind: &Obj) -> PyResult {
    if text::eq(kind, "double") || text::eq(kind, "float") {
        return Ok(text::new("IEEE, little-endian"));
    }
    if kind.downcast::<Str>().is_none() {
        let found = cx.type_name(kind);
        return Err(cx.type_error(format_args!("__getformat__() argument must be str, not {found}")));
    }
    Err(cx.value_error("__getformat__() argument 1 must be 'double' or 'float'"))
}

crate::natives! { pub(super) static METHODS:
    "conjugate" "(self, /)" F1(same) "The number itself, as its own complex conjugate.";
    "is_integer" "(self, /)" F1(is_integer) "Is the number whole?";
    "hex" "(self, /)" F1(hex) "The number in hexadecimal notation.";
    "as_integer_ratio" "(self, /)" F1(as_integer_ratio) "The pair of ints whose ratio is exactly the number.";
    "__trunc__" "(self, /)" F1(trunc) "The integer part.";
    "__floor__" "(self, /)" F1(floor) "The greatest int not above the number.";
    "__ceil__" "(self, /)" F1(ceil) "The least int not below the number.";
    "__round__" "(self, ndigits=None, /)" O2(round) "Rounds to decimal places, halves to even.";
    "__getnewargs__" "(self, /)" F1(getnewargs) "Arguments that make the same number.";
    "__format__" "(self, format_spec, /)" F2(format) "Formats the number by a specification.";
    "__divmod__" "(self, value, /)" F2(divmod) "The pair (self // value, self % value).";
    "__rdivmod__" "(self, value, /)" F2(rdivmod) "The pair (value // self, value % self).";
}

crate::natives! { pub(super) static CLASS_METHODS:
    "fromhex" "(cls, string, /)" F2(from_hex) "The number that hexadecimal notation spells.";
    "from_number" "(cls, number, /)" F2(from_number) "The float of a real number.";
    "__getformat__" "(cls, typestr, /)" F2(get_format) "How floats lie in memory.";
}

crate::getsets! { pub(super) static GETSETS:
    "real" same => "the real part of a complex number";
    "imag" zero => "the imaginary part of a complex number";
}

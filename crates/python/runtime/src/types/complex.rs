//! `complex`.

mod arith;

use pv_bytecode::op::Compare;
use pv_object::{Complex, Kind, Obj, Tuple, Type};

use super::TypeTable;
use crate::error::{Exc, PyResult};
use crate::format::float::{Style, format as digits};
use crate::format::{parse, render};
use crate::native::Args;
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

pub(crate) use arith::raise;

/// Real and imaginary part.
pub(crate) type Pair = (f64, f64);

fn pair(object: &Obj) -> Pair {
    let value = object.expect::<Complex>();
    (value.real(), value.imag())
}

fn make((real, imag): Pair) -> Obj {
    Complex::create(real, imag)
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let (real, imag) = match (args.positional(), args.has_keywords()) {
        ([], false) => (0.0, 0.0),
        ([value], false) => from_one(cx, value)?,
        _ => {
            let [real, imag] = super::args::bind(cx, "complex", "(real=0, imag=0)", args)?;
            from_parts(cx, real.as_ref(), imag.as_ref())?
        }
    };
    Ok(Complex::with_shape(real, imag, class.expect::<Type>().root_shape()))
}

/// `real + imag * 1j`, where a part that is complex itself contributes to both; a part that is real has no imaginary zero to add.
fn from_parts(cx: &Thread, real: Option<&Obj>, imag: Option<&Obj>) -> PyResult<Pair> {
    let real = real.map_or(Ok((0.0, None)), |real| part(cx, real, "real"))?;
    let imag = imag.map_or(Ok((0.0, None)), |imag| part(cx, imag, "imag"))?;
    let whole = imag.1.map_or(real.0, |turned| real.0 - turned);
    Ok((whole, real.1.map_or(imag.0, |own| own + imag.0)))
}

/// One of two arguments: a real number, or (deprecated) a complex one with its imaginary part.
fn part(cx: &Thread, value: &Obj, name: &str) -> PyResult<(f64, Option<f64>)> {
    let found = cx.type_name(value);
    let message = format!("complex() argument '{name}' must be a real number, not {found}");
    let made = if name == "real" && value.exact::<Complex>().is_none() { from_method(cx, value)? } else { None };
    if let Some((real, imag)) = made.or_else(|| value.downcast::<Complex>().map(|_| pair(value))) {
        let names = cx.names();
        if ![&names.__float__, &names.__index__].iter().any(|name| cx.lookup_special(value, name).is_some()) {
            crate::warn::warn(cx, Exc::DeprecationWarning, &message)?;
        }
        return Ok((real, Some(imag)));
    }
    match super::float::try_f64(cx, value)? {
        Some(value) => Ok((value, None)),
        None => Err(cx.type_error(message)),
    }
}

/// What `__complex__` gives.
fn from_method(cx: &Thread, value: &Obj) -> PyResult<Option<Pair>> {
    let Some(method) = cx.lookup_special(value, &cx.names().__complex__) else { return Ok(None) };
    let result = protocol::call_special(cx, &method, value, &[])?;
    let found = cx.type_name(&result);
    if result.downcast::<Complex>().is_none() {
        return Err(cx.type_error(format_args!("__complex__ returned non-complex (type {found})")));
    }
    if !result.is_exact() {
        protocol::warn_of_subclass(cx, "__complex__", "complex", &found)?;
    }
    Ok(Some(pair(&result)))
}

fn from_one(cx: &Thread, value: &Obj) -> PyResult<Pair> {
    if value.kind() == Kind::Str {
        let text = super::int::number_text(value);
        return parse::complex(&text).ok_or_else(|| cx.value_error("complex() arg is a malformed string"));
    }
    if value.exact::<Complex>().is_some() {
        return Ok(pair(value));
    }
    if let Some(value) = from_method(cx, value)? {
        return Ok(value);
    }
    if value.downcast::<Complex>().is_some() {
        return Ok(pair(value));
    }
    match super::float::try_f64(cx, value)? {
        Some(value) => Ok((value, 0.0)),
        None => {
            let found = cx.type_name(value);
            Err(cx.type_error(format_args!("complex() argument must be a string or a number, not {found}")))
        }
    }
}

/// The text that `repr` gives.
pub(crate) fn show((real, imag): Pair) -> String {
    let imaginary = digits(imag, Style::Shortest, 0, false);
    if real == 0.0 && real.is_sign_positive() {
        return format!("{imaginary}j");
    }
    let sign = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imaginary}j)", digits(real, Style::Shortest, 0, false))
}

fn repr(_: &Thread, object: &Obj) -> PyResult {
    Ok(text::new(&show(pair(object))))
}

fn hash(_: &Thread, object: &Obj) -> PyResult<i64> {
    let address = || pv_object::hash::address(object.word().addr());
    let part = |part: f64| pv_object::hash::float(part).unwrap_or_else(address);
    let (real, imag) = pair(object);
    Ok(pv_object::hash::complex(part(real), part(imag)))
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let equal = match (a.downcast::<Complex>(), b.downcast::<Complex>()) {
        _ if !matches!(op, Compare::Eq | Compare::Ne) => return Ok(Obj::not_implemented()),
        (Some(x), Some(y)) => x.real() == y.real() && x.imag() == y.imag(),
        (Some(x), None) => return compare_real(cx, op, x, b),
        (None, Some(y)) => return compare_real(cx, op, y, a),
        (None, None) => return Ok(Obj::not_implemented()),
    };
    Ok(Obj::bool(equal == (op == Compare::Eq)))
}

/// A complex number equals a real one when its imaginary part is zero and the real parts are equal, exactly.
fn compare_real(cx: &Thread, op: Compare, value: &Complex, real: &Obj) -> PyResult {
    if !real.is_int() && real.as_float().is_none() {
        return Ok(Obj::not_implemented());
    }
    if value.imag() != 0.0 {
        return Ok(Obj::bool(op == Compare::Ne));
    }
    super::float::compare(cx, op, &Obj::float(value.real()), real)
}

fn negative(_: &Thread, object: &Obj) -> PyResult {
    let (real, imag) = pair(object);
    Ok(make((-real, -imag)))
}

fn positive(_: &Thread, object: &Obj) -> PyResult {
    Ok(make(pair(object)))
}

fn absolute(cx: &Thread, object: &Obj) -> PyResult {
    let (real, imag) = pair(object);
    let value = real.hypot(imag);
    if value.is_infinite() && real.is_finite() && imag.is_finite() {
        return Err(cx.overflow_error("absolute value too large"));
    }
    Ok(Obj::float(value))
}

fn truth(_: &Thread, object: &Obj) -> PyResult<bool> {
    Ok(pair(object) != (0.0, 0.0))
}

fn conjugate(_: &Thread, object: &Obj) -> PyResult {
    let (real, imag) = pair(object);
    Ok(make((real, -imag)))
}

fn real(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::float(pair(object).0))
}

fn imag(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::float(pair(object).1))
}

fn getnewargs(_: &Thread, object: &Obj) -> PyResult {
    let (real, imag) = pair(object);
    Ok(Tuple::pair(Obj::float(real), Obj::float(imag)))
}

fn format(cx: &Thread, object: &Obj, spec: &Obj) -> PyResult {
    render::complex(cx, object, spec)
}

fn from_number(cx: &Thread, class: &Obj, number: &Obj) -> PyResult {
    if number.kind() == Kind::Str {
        return Err(cx.type_error("must be real number, not str"));
    }
    let (real, imag) = from_one(cx, number)?;
    Ok(Complex::with_shape(real, imag, class.expect::<Type>().root_shape()))
}

crate::natives! { static METHODS:
    "conjugate" "(self, /)" F1(conjugate) "The complex conjugate.";
    "__complex__" "(self, /)" F1(positive) "The number as an exact complex.";
    "__getnewargs__" "(self, /)" F1(getnewargs) "Arguments that make the same number.";
    "__format__" "(self, format_spec, /)" F2(format) "Formats the number by a specification.";
}

crate::natives! { static CLASS_METHODS:
    "from_number" "(cls, number, /)" F2(from_number) "The complex of a number.";
}

crate::getsets! { static GETSETS:
    "real" real as member => "the real part of a complex number";
    "imag" imag as member => "the imaginary part of a complex number";
}

/// `complex`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
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
        ..Slots::NONE
    },
    doc: "complex(real=0, imag=0)\n--\n\nCreate a complex number from a string or numbers.",
    ..TypeTable::NONE
};

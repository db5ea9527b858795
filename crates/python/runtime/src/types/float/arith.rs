//! Operators of floats.

use pv_bytecode::op::BinaryOp;
use pv_object::{Complex, Obj};

use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::int::{self, division_by_zero};

pub(super) const OPERATORS: &[BinaryOp] =
    &[BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::TrueDiv, BinaryOp::FloorDiv, BinaryOp::Mod, BinaryOp::Pow];

/// A real operand; `None` for objects that are neither floats nor ints.
#[inline]
pub(super) fn operand(cx: &Thread, object: &Obj) -> PyResult<Option<f64>> {
    if let Some(value) = object.as_float() {
        return Ok(Some(value));
    }
    if object.is_int() { int::to_f64(cx, object).map(Some) } else { Ok(None) }
}

/// `a op b`; `NotImplemented` unless both are floats or ints.
pub(super) fn binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let (Some(x), Some(y)) = (operand(cx, a)?, operand(cx, b)?) else { return Ok(Obj::not_implemented()) };
    let value = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Sub => x - y,
        BinaryOp::Mul => x * y,
        BinaryOp::TrueDiv | BinaryOp::FloorDiv | BinaryOp::Mod if y == 0.0 => return Err(division_by_zero(cx)),
        BinaryOp::TrueDiv => x / y,
        BinaryOp::FloorDiv => floor_divide(x, y),
        BinaryOp::Mod => remainder(x, y),
        BinaryOp::Pow => return power(cx, x, y),
        _ => return Ok(Obj::not_implemented()),
    };
    Ok(Obj::float(value))
}

/// `x % y` with the divisor's sign; the divisor is not zero.
pub fn remainder(x: f64, y: f64) -> f64 {
    let rest = x % y;
    if rest == 0.0 {
        return 0.0_f64.copysign(y);
    }
    if (rest < 0.0) != (y < 0.0) { rest + y } else { rest }
}

/// `x // y`; the divisor is not zero.
pub fn floor_divide(x: f64, y: f64) -> f64 {
    let rest = x % y;
    let mut quotient = (x - rest) / y;
    if rest != 0.0 && (rest < 0.0) != (y < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return 0.0_f64.copysign(x / y);
    }
    let floor = quotient.floor();
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

/// `x ** y`: complex for a negative base with a broken exponent.
pub(crate) fn power(cx: &Thread, x: f64, y: f64) -> PyResult {
    if x == 0.0 && y < 0.0 && y.is_finite() {
        return Err(cx.zero_division("zero to a negative power"));
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y != y.floor() {
        let (real, imag) = crate::types::complex::raise((x, 0.0), (y, 0.0));
        return Ok(Complex::create(real, imag));
    }
    let value = x.powf(y);
    if value.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(range_error(cx));
    }
    Ok(Obj::float(value))
}

/// The OverflowError of a result beyond the largest float.
#[cold]
pub(crate) fn range_error(cx: &Thread) -> crate::Raised {
    let args = vec![Obj::small(34), crate::text::new("Numerical result out of range")];
    cx.raise_args(crate::Exc::OverflowError, args)
}

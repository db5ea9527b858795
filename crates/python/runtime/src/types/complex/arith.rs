//! Operators of complex numbers. A real operand stays real: it has no imaginary zero that could change signs.

use pv_bytecode::op::BinaryOp;
use pv_object::{Complex, Obj};

use super::{Pair, make, pair};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::int::{self, division_by_zero};

pub(super) const OPERATORS: &[BinaryOp] =
    &[BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::TrueDiv, BinaryOp::Pow];

enum Operand {
    Real(f64),
    Complex(Pair),
}

impl Operand {
    fn pair(&self) -> Pair {
        match self {
            Operand::Real(value) => (*value, 0.0),
            Operand::Complex(pair) => *pair,
        }
    }
}

fn operand(cx: &Thread, object: &Obj) -> PyResult<Option<Operand>> {
    if object.downcast::<Complex>().is_some() {
        return Ok(Some(Operand::Complex(pair(object))));
    }
    if let Some(value) = object.as_float() {
        return Ok(Some(Operand::Real(value)));
    }
    if object.is_int() { int::to_f64(cx, object).map(|value| Some(Operand::Real(value))) } else { Ok(None) }
}

/// `a op b`; `NotImplemented` unless both are numbers.
pub(super) fn binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let (Some(x), Some(y)) = (operand(cx, a)?, operand(cx, b)?) else { return Ok(Obj::not_implemented()) };
    let value = match op {
        BinaryOp::Add => add(&x, &y),
        BinaryOp::Sub => subtract(&x, &y),
        BinaryOp::Mul => multiply(&x, &y),
        BinaryOp::TrueDiv => divide(&x, &y).ok_or_else(|| division_by_zero(cx))?,
        BinaryOp::Pow => return power(cx, x.pair(), y.pair()),
        _ => return Ok(Obj::not_implemented()),
    };
    Ok(make(value))
}

fn add(x: &Operand, y: &Operand) -> Pair {
    match (x, y) {
        (Operand::Complex(a), Operand::Complex(b)) => (a.0 + b.0, a.1 + b.1),
        (Operand::Complex(a), Operand::Real(b)) | (Operand::Real(b), Operand::Complex(a)) => (a.0 + b, a.1),
        (Operand::Real(a), Operand::Real(b)) => (a + b, 0.0),
    }
}

fn subtract(x: &Operand, y: &Operand) -> Pair {
    match (x, y) {
        (Operand::Complex(a), Operand::Complex(b)) => (a.0 - b.0, a.1 - b.1),
        (Operand::Complex(a), Operand::Real(b)) => (a.0 - b, a.1),
        (Operand::Real(a), Operand::Complex(b)) => (a - b.0, -b.1),
        (Operand::Real(a), Operand::Real(b)) => (a - b, 0.0),
    }
}

fn multiply(x: &Operand, y: &Operand) -> Pair {
    match (x, y) {
        (Operand::Complex(a), Operand::Complex(b)) => product(*a, *b),
        (Operand::Complex(a), Operand::Real(b)) | (Operand::Real(b), Operand::Complex(a)) => (a.0 * b, a.1 * b),
        (Operand::Real(a), Operand::Real(b)) => (a * b, 0.0),
    }
}

/// The product; where it came out as nan although a factor is infinite, the infinity that the factors' directions give.
fn product(a: Pair, b: Pair) -> Pair {
    let plain = (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0);
    if !(plain.0.is_nan() && plain.1.is_nan()) {
        return plain;
    }
    let infinite = |p: Pair| p.0.is_infinite() || p.1.is_infinite();
    let settle = |part: f64| if part.is_nan() { 0.0_f64.copysign(part) } else { part };
    let settled = |p: Pair| (settle(p.0), settle(p.1));
    let overflowed = [a.0 * b.0, a.1 * b.1, a.0 * b.1, a.1 * b.0].iter().any(|part| part.is_infinite());
    let (x, y) = match (infinite(a), infinite(b)) {
        (true, true) => (direction(a), direction(b)),
        (true, false) => (direction(a), settled(b)),
        (false, true) => (settled(a), direction(b)),
        (false, false) if overflowed => (settled(a), settled(b)),
        (false, false) => return plain,
    };
    (f64::INFINITY * (x.0 * y.0 - x.1 * y.1), f64::INFINITY * (x.0 * y.1 + x.1 * y.0))
}

/// The quotient; `None` for divisor zero.
fn divide(x: &Operand, y: &Operand) -> Option<Pair> {
    match (x, y) {
        (_, Operand::Real(0.0)) => None,
        (Operand::Complex(a), Operand::Real(b)) => Some((a.0 / b, a.1 / b)),
        (Operand::Real(a), Operand::Complex(b)) => real_quotient(*a, *b),
        (a, b) => quotient(a.pair(), b.pair()),
    }
}

/// As [`quotient`], for a dividend without an imaginary part.
fn real_quotient(a: f64, b: Pair) -> Option<Pair> {
    let (real, imag) = (b.0.abs(), b.1.abs());
    let plain = if real >= imag {
        if real == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let scale = b.0 + b.1 * ratio;
        (a / scale, -a * ratio / scale)
    } else if imag >= real {
        let ratio = b.0 / b.1;
        let scale = b.0 * ratio + b.1;
        (a * ratio / scale, -a / scale)
    } else {
        (f64::NAN, f64::NAN)
    };
    let vanishes = a.is_finite() && (real.is_infinite() || imag.is_infinite());
    if !(plain.0.is_nan() && plain.1.is_nan() && vanishes) {
        return Some(plain);
    }
    let towards = direction(b);
    Some((0.0 * (a * towards.0), 0.0 * (-a * towards.1)))
}

/// Scales by the larger part of the divisor, so that nothing overflows on the way.
fn quotient(a: Pair, b: Pair) -> Option<Pair> {
    let (real, imag) = (b.0.abs(), b.1.abs());
    if real >= imag {
        if real == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let scale = b.0 + b.1 * ratio;
        return Some(recovered(((a.0 + a.1 * ratio) / scale, (a.1 - a.0 * ratio) / scale), a, b));
    }
    if imag >= real {
        let ratio = b.0 / b.1;
        let scale = b.0 * ratio + b.1;
        return Some(recovered(((a.0 * ratio + a.1) / scale, (a.1 * ratio - a.0) / scale), a, b));
    }
    Some(recovered((f64::NAN, f64::NAN), a, b))
}

/// The quotient of `a` and `b`, or where it came out as nan, the infinity or zero that the operands' directions give.
fn recovered(plain: Pair, a: Pair, b: Pair) -> Pair {
    let infinite = |p: Pair| p.0.is_infinite() || p.1.is_infinite();
    let finite = |p: Pair| p.0.is_finite() && p.1.is_finite();
    if !(plain.0.is_nan() && plain.1.is_nan()) {
        return plain;
    }
    let (scale, a, b) = match () {
        () if infinite(a) && finite(b) => (f64::INFINITY, direction(a), b),
        () if infinite(b) && finite(a) => (0.0, a, direction(b)),
        () => return plain,
    };
    (scale * (a.0 * b.0 + a.1 * b.1), scale * (a.1 * b.0 - a.0 * b.1))
}

/// One for an infinite part, zero for a finite one, with its sign.
fn direction(p: Pair) -> Pair {
    let of = |part: f64| if part.is_infinite() { 1.0_f64 } else { 0.0 }.copysign(part);
    (of(p.0), of(p.1))
}

fn power(cx: &Thread, a: Pair, b: Pair) -> PyResult {
    const SMALL: f64 = 100.0;
    if a == (0.0, 0.0) && (b.1 != 0.0 || b.0 < 0.0) {
        return Err(cx.zero_division("zero to a negative or complex power"));
    }
    let whole = b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= SMALL;
    let value = if whole { whole_power(a, b.0 as i32) } else { raise(a, b) };
    if value.0.is_infinite() || value.1.is_infinite() {
        return Err(cx.overflow_error("complex exponentiation"));
    }
    Ok(make(value))
}

fn whole_power(a: Pair, exponent: i32) -> Pair {
    let (mut result, mut power, mut rest) = ((1.0, 0.0), a, exponent.unsigned_abs());
    while rest > 0 {
        if rest & 1 == 1 {
            result = product(result, power);
        }
        power = product(power, power);
        rest >>= 1;
    }
    if exponent < 0 { quotient((1.0, 0.0), result).unwrap_or((f64::NAN, f64::NAN)) } else { result }
}

/// `a ** b` in polar form; the base is not zero, or the exponent is real and not negative.
pub(crate) fn raise(a: Pair, b: Pair) -> Pair {
    if b == (0.0, 0.0) {
        return (1.0, 0.0);
    }
    if a == (0.0, 0.0) {
        return (0.0, 0.0);
    }
    let (size, angle) = (a.0.hypot(a.1), a.1.atan2(a.0));
    let (mut length, mut phase) = (size.powf(b.0), angle * b.0);
    if b.1 != 0.0 {
        length *= (-angle * b.1).exp();
        phase += b.1 * size.ln();
    }
    (length * phase.cos(), length * phase.sin())
}

//! Operators of ints.

use pv_bytecode::op::BinaryOp;
use pv_object::{BigInt, Obj};

use super::{division_by_zero, is_negative, with_big};
use crate::error::PyResult;
use crate::thread::Thread;

/// Shifts to the left by more bits than this are refused.
const SHIFT_LIMIT: i64 = 1 << 40;

/// `a op b`; `NotImplemented` unless both are ints.
pub(super) fn binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    if let (Some(x), Some(y)) = (a.word().as_i64(), b.word().as_i64()) {
        return small(cx, op, x, y);
    }
    if !a.is_int() || !b.is_int() {
        return Ok(Obj::not_implemented());
    }
    match (a.as_i64(), b.as_i64()) {
        (Some(x), Some(y)) => small(cx, op, x, y),
        _ => big(cx, op, a, b),
    }
}

fn wide(value: i128) -> Obj {
    match i64::try_from(value) {
        Ok(value) => Obj::int(value),
        Err(_) => Obj::big(BigInt::from(value)),
    }
}

/// On machine integers.
fn small(cx: &Thread, op: BinaryOp, x: i64, y: i64) -> PyResult {
    Ok(match op {
        BinaryOp::Add => wide(i128::from(x) + i128::from(y)),
        BinaryOp::Sub => wide(i128::from(x) - i128::from(y)),
        BinaryOp::Mul => wide(i128::from(x) * i128::from(y)),
        BinaryOp::And => Obj::int(x & y),
        BinaryOp::Or => Obj::int(x | y),
        BinaryOp::Xor => Obj::int(x ^ y),
        BinaryOp::FloorDiv | BinaryOp::Mod | BinaryOp::TrueDiv if y == 0 => return Err(division_by_zero(cx)),
        BinaryOp::FloorDiv => wide(floor_div(x, y)),
        BinaryOp::Mod => Obj::int(floor_mod(x, y)),
        BinaryOp::TrueDiv => return small_quotient(cx, x, y),
        BinaryOp::Pow => return power(cx, &Obj::int(x), &Obj::int(y)),
        BinaryOp::LShift | BinaryOp::RShift if y < 0 => return Err(cx.value_error("negative shift count")),
        BinaryOp::LShift => return shift_left(cx, x, y),
        BinaryOp::RShift => Obj::int(x >> y.min(63)),
        BinaryOp::MatMul => Obj::not_implemented(),
    })
}

/// The quotient, rounded down; the divisor is not zero.
fn floor_div(x: i64, y: i64) -> i128 {
    let (x, y) = (i128::from(x), i128::from(y));
    let quotient = x / y;
    if x % y != 0 && (x < 0) != (y < 0) { quotient - 1 } else { quotient }
}

/// The remainder, with the divisor's sign; the divisor is not zero.
fn floor_mod(x: i64, y: i64) -> i64 {
    let remainder = x.wrapping_rem(y);
    if remainder != 0 && (remainder < 0) != (y < 0) { remainder + y } else { remainder }
}

fn small_quotient(cx: &Thread, x: i64, y: i64) -> PyResult {
    const EXACT: u64 = 1 << 53;
    if x.unsigned_abs() <= EXACT && y.unsigned_abs() <= EXACT {
        return Ok(Obj::float(x as f64 / y as f64));
    }
    float_quotient(cx, &BigInt::from(x), &BigInt::from(y)).map(Obj::float)
}

/// The quotient as a float.
pub fn float_quotient(cx: &Thread, x: &BigInt, y: &BigInt) -> PyResult<f64> {
    if y.is_zero() {
        return Err(division_by_zero(cx));
    }
    x.true_div(y).ok_or_else(|| cx.overflow_error("integer division result too large for a float"))
}

fn shift_left(cx: &Thread, x: i64, y: i64) -> PyResult {
    if x == 0 {
        return Ok(Obj::small(0));
    }
    if y < 64 {
        return Ok(wide(i128::from(x) << y));
    }
    if y > SHIFT_LIMIT {
        return Err(cx.raise_args(crate::Exc::MemoryError, Vec::new()));
    }
    Ok(Obj::big(BigInt::from(x).shl(y as usize)))
}

/// At least one operand is past 64 bits.
fn big(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    match op {
        BinaryOp::LShift | BinaryOp::RShift => return shift(cx, op, a, b),
        BinaryOp::Pow => return power(cx, a, b),
        _ => {}
    }
    with_big(a, |x| {
        with_big(b, |y| {
            Ok(match op {
                BinaryOp::Add => Obj::big(x + y),
                BinaryOp::Sub => Obj::big(x - y),
                BinaryOp::Mul => Obj::big(x * y),
                BinaryOp::And => Obj::big(x & y),
                BinaryOp::Or => Obj::big(x | y),
                BinaryOp::Xor => Obj::big(x ^ y),
                BinaryOp::TrueDiv => return float_quotient(cx, x, y).map(Obj::float),
                BinaryOp::FloorDiv => Obj::big(x.div_mod(y).ok_or_else(|| division_by_zero(cx))?.0),
                BinaryOp::Mod => Obj::big(x.div_mod(y).ok_or_else(|| division_by_zero(cx))?.1),
                _ => Obj::not_implemented(),
            })
        })
    })
}

fn shift(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    if is_negative(b) {
        return Err(cx.value_error("negative shift count"));
    }
    let right = op == BinaryOp::RShift;
    match b.as_i64() {
        Some(count) if right => Ok(with_big(a, |x| Obj::big(x.shr(count as usize)))),
        Some(count) if count <= SHIFT_LIMIT => Ok(with_big(a, |x| Obj::big(x.shl(count as usize)))),
        None if right => Ok(Obj::small(if is_negative(a) { -1 } else { 0 })),
        None if a.as_i64() == Some(0) => Ok(Obj::small(0)),
        None => Err(cx.overflow_error("too many digits in integer")),
        Some(_) => Err(cx.raise_args(crate::Exc::MemoryError, Vec::new())),
    }
}

fn power(cx: &Thread, base: &Obj, exponent: &Obj) -> PyResult {
    if is_negative(exponent) {
        let (x, y) = (super::to_f64(cx, base)?, super::to_f64(cx, exponent)?);
        return crate::types::float::power(cx, x, y);
    }
    match (base.as_i64(), exponent.as_i64()) {
        (_, Some(0)) => Ok(Obj::small(1)),
        (Some(value @ (0 | 1)), _) => Ok(Obj::int(value)),
        (Some(-1), _) => Ok(Obj::small(with_big(exponent, |e| if e.is_odd() { -1 } else { 1 }))),
        (Some(x), Some(y)) => match u32::try_from(y).ok().and_then(|y| x.checked_pow(y)) {
            Some(value) => Ok(Obj::int(value)),
            None => big_power(cx, base, y),
        },
        (None, Some(y)) => big_power(cx, base, y),
        (_, None) => Err(cx.raise_args(crate::Exc::MemoryError, Vec::new())),
    }
}

fn big_power(cx: &Thread, base: &Obj, exponent: i64) -> PyResult {
    with_big(base, |x| {
        let bits = (x.bit_length() as i64).saturating_mul(exponent);
        if bits > SHIFT_LIMIT {
            return Err(cx.raise_args(crate::Exc::MemoryError, Vec::new()));
        }
        Ok(Obj::big(x.pow(exponent as usize)))
    })
}

/// `pow(base, exponent, modulus)` of ints.
pub(crate) fn power_modulo(cx: &Thread, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult {
    if modulus.as_i64() == Some(0) {
        return Err(cx.value_error("pow() 3rd argument cannot be 0"));
    }
    if let (Some(x), Some(y @ 0..), Some(m @ 1..=0xffff_ffff)) = (base.as_i64(), exponent.as_i64(), modulus.as_i64()) {
        return Ok(Obj::int(small_power_modulo(x.rem_euclid(m) as u64, y as u64, m as u64)));
    }
    let power = with_big(base, |x| with_big(exponent, |y| with_big(modulus, |m| x.pow_mod(y, m))));
    power.map(Obj::big).ok_or_else(|| cx.value_error("base is not invertible for the given modulus"))
}

/// All below 2^32, so that products fit.
fn small_power_modulo(mut base: u64, mut exponent: u64, modulus: u64) -> i64 {
    let mut power = 1 % modulus;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power * base % modulus;
        }
        base = base * base % modulus;
        exponent >>= 1;
    }
    power as i64
}

/// Quotient and remainder as a pair.
pub(super) fn divmod(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    if let (Some(x), Some(y)) = (a.as_i64(), b.as_i64()) {
        if y == 0 {
            return Err(division_by_zero(cx));
        }
        return Ok(pv_object::Tuple::pair(wide(floor_div(x, y)), Obj::int(floor_mod(x, y))));
    }
    let pair = with_big(a, |x| with_big(b, |y| x.div_mod(y)));
    let (quotient, remainder) = pair.ok_or_else(|| division_by_zero(cx))?;
    Ok(pv_object::Tuple::pair(Obj::big(quotient), Obj::big(remainder)))
}

//! Between integers of any size and doubles.

use std::cmp::Ordering;

use dashu_int::IBig;
use dashu_int::ops::DivRem;

use crate::bigint::BigInt;
use crate::hash;

impl BigInt {
    /// The nearest double, ties to even; `None` when it is out of range.
    pub fn to_f64(&self) -> Option<f64> {
        let value = self.0.to_f64().value();
        value.is_finite().then_some(value)
    }

    /// The integer part of a double; `None` for infinities and nan.
    pub fn from_f64(value: f64) -> Option<BigInt> {
        if !value.is_finite() {
            return None;
        }
        let (mantissa, exponent) = hash::split(value.trunc());
        let scaled = (mantissa * 9_007_199_254_740_992.0) as i64;
        Some(match exponent - 53 {
            shift @ 0.. => BigInt(IBig::from(scaled) << shift as usize),
            shift => BigInt(IBig::from(scaled / (1_i64 << shift.unsigned_abs().min(62)))),
        })
    }

    /// Equal to a double, exactly?
    pub fn equals_f64(&self, value: f64) -> bool {
        self.compare_f64(value) == Some(Ordering::Equal)
    }

    /// Compares with a double, exactly; `None` for nan.
    pub fn compare_f64(&self, value: f64) -> Option<Ordering> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(if value > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        let floor = value.floor();
        let whole = BigInt::from_f64(floor)?;
        Some(self.cmp(&whole).then(if floor < value { Ordering::Less } else { Ordering::Equal }))
    }

    /// The quotient as the nearest double, ties to even; `None` for divisor zero or when it is out of range.
    pub fn true_div(&self, divisor: &BigInt) -> Option<f64> {
        if divisor.is_zero() {
            return None;
        }
        let (top, bottom) = (self.abs().0, divisor.abs().0);
        // The quotient gets 66 or 67 bits, more than rounding looks at, but none below half of the least double.
        let shift = (divisor.bit_length() as i64 - self.bit_length() as i64 + 66).min(1076);
        let (quotient, rest) = match shift {
            0.. => (top << shift as usize).div_rem(bottom),
            _ => top.div_rem(bottom << shift.unsigned_abs() as usize),
        };
        let bits = u128::try_from(quotient).ok()?;
        let value = scale(bits << 1 | u128::from(!rest.is_zero()), -shift - 1)?;
        Some(if self.is_negative() != divisor.is_negative() { -value } else { value })
    }
}

/// `bits * 2^exponent` rounded to the nearest double, ties to even; `None` out of range.
fn scale(bits: u128, exponent: i64) -> Option<f64> {
    if bits == 0 {
        return Some(0.0);
    }
    let length = i64::from(u128::BITS - bits.leading_zeros());
    let excess = (length - 53).max(-1074 - exponent).max(0);
    if excess >= 128 {
        return Some(0.0);
    }
    let (mut kept, cut) = (bits >> excess, bits & ((1 << excess) - 1));
    let half = if excess == 0 { 1 } else { 1 << (excess - 1) };
    if cut > half || cut == half && kept & 1 == 1 {
        kept += 1;
    }
    let value = times_power(kept as f64, exponent + excess);
    value.is_finite().then_some(value)
}

/// `value * 2^exponent`, exactly where the result is a double.
fn times_power(value: f64, exponent: i64) -> f64 {
    let exponent = exponent.clamp(-2000, 2000) as i32;
    let half = exponent / 2;
    let power = |exponent: i32| f64::from_bits(((exponent + 1023) as u64) << 52);
    value * power(half) * power(exponent - half)
}

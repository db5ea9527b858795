//! Integers of any size: the one place that knows the crate behind them.

use std::cmp::Ordering;
use std::fmt;

use dashu_int::IBig;

use crate::hash::{self, MODULUS};

/// An integer of any size.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BigInt(IBig);

impl From<i64> for BigInt {
    fn from(value: i64) -> Self {
        BigInt(IBig::from(value))
    }
}

impl From<u64> for BigInt {
    fn from(value: u64) -> Self {
        BigInt(IBig::from(value))
    }
}

impl From<i128> for BigInt {
    fn from(value: i128) -> Self {
        BigInt(IBig::from(value))
    }
}

impl fmt::Display for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for BigInt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl BigInt {
    /// The value, if it fits.
    pub fn to_i64(&self) -> Option<i64> {
        i64::try_from(&self.0).ok()
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

    /// The integer part of a finite double.
    pub fn from_f64(value: f64) -> Option<BigInt> {
        if !value.is_finite() {
            return None;
        }
        let (mantissa, exponent) = hash::split(value.trunc());
        let scaled = (mantissa * 9_007_199_254_740_992.0) as i64;
        let shift = exponent - 53;
        let value = IBig::from(scaled);
        Some(BigInt(if shift >= 0 {
            value << shift as usize
        } else {
            IBig::from(scaled / (1_i64 << (-shift).min(62)))
        }))
    }

    /// The hash: the value modulo 2^61 - 1, with the value's sign.
    pub fn hash(&self) -> i64 {
        let modulus = IBig::from(MODULUS);
        let rest = i64::try_from(&(&self.0 % &modulus)).unwrap_or(0);
        hash::settle(rest)
    }
}

//! Integers of any size, as Python has them: the one place that knows the crate behind them.
//!
//! Division and shifts round towards negative infinity; bit operations see infinite two's complement; conversion to a double
//! rounds to nearest, ties to even.

mod float;

use std::fmt;
use std::ops::{Add, BitAnd, BitOr, BitXor, Mul, Neg, Not, Sub};

use dashu_int::ops::{BitTest, DivRem, Gcd, SquareRoot, UnsignedAbs};
use dashu_int::{IBig, Sign, UBig, fast_div::ConstDivisor, modular::IntoRing};

use crate::hash::{self, MODULUS};

/// An integer of any size.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BigInt(IBig);

macro_rules! from_primitives {
    ($($primitive:ty)*) => {
        $(impl From<$primitive> for BigInt {
            fn from(value: $primitive) -> Self {
                BigInt(IBig::from(value))
            }
        })*
    };
}
from_primitives!(i32 i64 i128 u32 u64 u128 usize);

macro_rules! operators {
    ($($operator:ident $method:ident),*) => {
        $(impl $operator for &BigInt {
            type Output = BigInt;
            fn $method(self, other: &BigInt) -> BigInt {
                BigInt((&self.0).$method(&other.0))
            }
        })*
    };
}
operators!(Add add, Sub sub, BitAnd bitand, BitOr bitor, BitXor bitxor);

impl Mul for &BigInt {
    type Output = BigInt;
    fn mul(self, other: &BigInt) -> BigInt {
        if std::ptr::eq(self, other) {
            return BigInt(self.0.sqr().into());
        }
        BigInt(&self.0 * &other.0)
    }
}

impl Neg for &BigInt {
    type Output = BigInt;
    fn neg(self) -> BigInt {
        BigInt(-&self.0)
    }
}

impl Not for &BigInt {
    type Output = BigInt;
    fn not(self) -> BigInt {
        BigInt(!&self.0)
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
    /// Zero.
    pub const ZERO: BigInt = BigInt(IBig::ZERO);
    /// One.
    pub const ONE: BigInt = BigInt(IBig::ONE);

    /// The value, if it fits.
    pub fn to_i64(&self) -> Option<i64> {
        i64::try_from(&self.0).ok()
    }

    /// The value, if it fits.
    pub fn to_u64(&self) -> Option<u64> {
        u64::try_from(&self.0).ok()
    }

    /// The value, if it fits.
    pub fn to_i128(&self) -> Option<i128> {
        i128::try_from(&self.0).ok()
    }

    /// The value, if it fits.
    pub fn to_usize(&self) -> Option<usize> {
        usize::try_from(&self.0).ok()
    }

    /// The value modulo 2^64.
    pub fn low_u64(&self) -> u64 {
        let low = (&self.0) & IBig::from(u64::MAX);
        u64::try_from(low).unwrap_or(0)
    }

    /// Zero?
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Below zero?
    pub fn is_negative(&self) -> bool {
        self.0.sign() == Sign::Negative
    }

    /// Odd?
    pub fn is_odd(&self) -> bool {
        self.0.bit(0)
    }

    /// Absolute value.
    pub fn abs(&self) -> BigInt {
        if self.is_negative() { -self } else { self.clone() }
    }

    fn magnitude(&self) -> UBig {
        (&self.0).unsigned_abs()
    }

    /// Number of bits of the absolute value.
    pub fn bit_length(&self) -> usize {
        self.0.bit_len()
    }

    /// Number of ones in the absolute value.
    pub fn bit_count(&self) -> usize {
        self.magnitude().count_ones()
    }

    /// Number of zero bits below the lowest one; `None` for zero.
    pub fn trailing_zeros(&self) -> Option<usize> {
        self.0.trailing_zeros()
    }

    /// Quotient and remainder, rounded towards negative infinity; `None` for divisor zero.
    pub fn div_mod(&self, divisor: &BigInt) -> Option<(BigInt, BigInt)> {
        if divisor.is_zero() {
            return None;
        }
        let (quotient, remainder) = (&self.0).div_rem(&divisor.0);
        let inexact = !remainder.is_zero() && remainder.sign() != divisor.0.sign();
        Some(if inexact {
            (BigInt(quotient - IBig::ONE), BigInt(remainder + &divisor.0))
        } else {
            (BigInt(quotient), BigInt(remainder))
        })
    }

    /// `self << count`.
    pub fn shl(&self, count: usize) -> BigInt {
        BigInt(&self.0 << count)
    }

    /// `self >> count`, towards negative infinity.
    pub fn shr(&self, count: usize) -> BigInt {
        BigInt(&self.0 >> count)
    }

    /// `self ** exponent`.
    pub fn pow(&self, exponent: usize) -> BigInt {
        BigInt(self.0.pow(exponent))
    }

    /// `pow(self, exponent, modulus)` with the modulus's sign; `None` for modulus zero, or a negative exponent of what has no
    /// inverse.
    pub fn pow_mod(&self, exponent: &BigInt, modulus: &BigInt) -> Option<BigInt> {
        if modulus.is_zero() {
            return None;
        }
        let size = modulus.magnitude();
        if size == UBig::ONE {
            return Some(BigInt::ZERO);
        }
        let ring = ConstDivisor::new(size);
        let base = self.0.clone().into_ring(&ring);
        let base = if exponent.is_negative() { base.inv()? } else { base };
        let result = BigInt(base.pow(&exponent.magnitude()).residue().into());
        result.div_mod(modulus).map(|(_, remainder)| remainder)
    }

    /// Greatest common divisor of the absolute values.
    pub fn gcd(&self, other: &BigInt) -> BigInt {
        match (self.is_zero(), other.is_zero()) {
            (true, _) => other.abs(),
            (_, true) => self.abs(),
            _ => BigInt((&self.0).gcd(&other.0).into()),
        }
    }

    /// The largest integer whose square is not above this one, which is not negative.
    pub fn sqrt(&self) -> BigInt {
        BigInt(self.magnitude().sqrt().into())
    }

    /// Reads digits of a radix from 2 to 36, with an optional sign and nothing else.
    pub fn parse(digits: &str, radix: u32) -> Option<BigInt> {
        let body = digits.strip_prefix(['+', '-']).unwrap_or(digits);
        if body.is_empty() || !body.chars().all(|c| c.is_digit(radix)) {
            return None;
        }
        let value = UBig::from_str_radix(body, radix).ok()?;
        let sign = if digits.starts_with('-') { Sign::Negative } else { Sign::Positive };
        Some(BigInt(IBig::from_parts(sign, value)))
    }

    /// The digits in a radix from 2 to 36, in lower case, with a sign below zero.
    pub fn to_radix(&self, radix: u32) -> String {
        match radix {
            2 => format!("{:b}", self.0),
            8 => format!("{:o}", self.0),
            16 => format!("{:x}", self.0),
            _ => self.0.in_radix(radix as u8).to_string(),
        }
    }

    /// Two's complement of the value, lowest byte first, in as few bytes as hold it with its sign.
    pub fn to_le_bytes(&self) -> Vec<u8> {
        self.0.to_le_bytes().into_vec()
    }

    /// The value of bytes in two's complement, lowest byte first.
    pub fn from_le_bytes(bytes: &[u8], signed: bool) -> BigInt {
        if signed { BigInt(IBig::from_le_bytes(bytes)) } else { BigInt(UBig::from_le_bytes(bytes).into()) }
    }

    /// The hash: the value modulo 2^61 - 1, with the value's sign.
    pub fn hash(&self) -> i64 {
        let rest = i64::try_from(&self.0 % IBig::from(MODULUS)).unwrap_or(0);
        hash::settle(rest)
    }
}

#[cfg(test)]
mod tests;

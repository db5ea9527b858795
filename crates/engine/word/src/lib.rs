//! The 64-bit self-tagged value format.
//!
//! Role: one machine word that is a small integer, a float or a pointer to a heap object, told apart by
//! its two lowest bits (after Melançon, Feeley, Serrano: "Float Self-Tagging", OOPSLA 2025).
//!
//! | low bits | meaning |
//! |---|---|
//! | `00` | small int, 62 bits, stored as `i << 2` |
//! | `01` | pointer to a heap object, stored as `p \| 1` |
//! | `1x` | float, stored as `rotate_left(bits, 4) + 3` |
//!
//! Invariants: every `u64` is exactly one of the three; [`Word::EMPTY`] (pointer tag, null address) is
//! no value at all: an unbound slot, an absent key, a pending exception. Floats whose exponent lies
//! outside the self-tagged ranges have no immediate form and live in boxes ([`Word::from_f64`] says so).
#![forbid(unsafe_code)]

use std::fmt;

/// Smallest integer that has an immediate form: -2^61.
pub const INT_MIN: i64 = -(1 << 61);
/// Largest integer that has an immediate form: 2^61 - 1.
pub const INT_MAX: i64 = (1 << 61) - 1;
/// Number of tag bits below a small integer's payload.
pub const INT_SHIFT: u32 = 2;
/// Bits that are both zero in a small integer.
pub const INT_MASK: u64 = 3;
/// Bit that is set in every immediate float and in no other word.
pub const FLOAT_BIT: u64 = 2;
/// Tag of a pointer: subtract it, or fold it into a field's offset.
pub const PTR_TAG: u64 = 1;
/// Left rotation that brings a double's sign and top exponent bits to the bottom of the word.
pub const FLOAT_ROTATE: u32 = 4;
/// Added after rotation so that the common exponents carry [`FLOAT_BIT`].
pub const FLOAT_BIAS: u64 = 3;

/// A tagged value. Copying it copies bits, never ownership: counts are the business of whoever holds it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Word(pub u64);

impl Word {
    /// No value: unbound local, deleted slot, absent key, exception pending.
    pub const EMPTY: Word = Word(PTR_TAG);
    /// The small integer 0.
    pub const ZERO: Word = Word(0);

    /// The immediate form of `i`, or `None` outside 62 bits.
    #[inline(always)]
    pub const fn from_i64(i: i64) -> Option<Word> {
        if i >= INT_MIN && i <= INT_MAX { Some(Word((i << INT_SHIFT) as u64)) } else { None }
    }

    /// The immediate form of an integer known to fit (32 bits always do).
    #[inline(always)]
    pub const fn small(i: i32) -> Word {
        Word(((i as i64) << INT_SHIFT) as u64)
    }

    /// The immediate form of `f`, or `None` where only a box can hold it.
    #[inline(always)]
    pub const fn from_f64(f: f64) -> Option<Word> {
        let word = f.to_bits().rotate_left(FLOAT_ROTATE).wrapping_add(FLOAT_BIAS);
        if word & FLOAT_BIT != 0 { Some(Word(word)) } else { None }
    }

    /// The tagged form of a heap address. The address must be even (objects are 16-byte aligned).
    #[inline(always)]
    pub const fn from_addr(addr: usize) -> Word {
        Word(addr as u64 | PTR_TAG)
    }

    /// Is this a small integer?
    #[inline(always)]
    pub const fn is_int(self) -> bool {
        self.0 & INT_MASK == 0
    }

    /// Are both small integers? One test for the pair.
    #[inline(always)]
    pub const fn both_int(a: Word, b: Word) -> bool {
        (a.0 | b.0) & INT_MASK == 0
    }

    /// Is this an immediate float?
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        self.0 & FLOAT_BIT != 0
    }

    /// Is this a pointer (or [`Word::EMPTY`])?
    #[inline(always)]
    pub const fn is_ptr(self) -> bool {
        self.0 & INT_MASK == PTR_TAG
    }

    /// Is this [`Word::EMPTY`]?
    #[inline(always)]
    pub const fn is_empty(self) -> bool {
        self.0 == PTR_TAG
    }

    /// Is this a pointer to an object, and not [`Word::EMPTY`]?
    #[inline(always)]
    pub const fn is_object(self) -> bool {
        self.is_ptr() && !self.is_empty()
    }

    /// The integer, when this is one.
    #[inline(always)]
    pub const fn as_i64(self) -> Option<i64> {
        if self.is_int() { Some(self.untag_int()) } else { None }
    }

    /// The float, when this is an immediate one.
    #[inline(always)]
    pub const fn as_f64(self) -> Option<f64> {
        if self.is_float() { Some(self.untag_float()) } else { None }
    }

    /// The integer's payload; meaningless unless [`Word::is_int`].
    #[inline(always)]
    pub const fn untag_int(self) -> i64 {
        (self.0 as i64) >> INT_SHIFT
    }

    /// The float's value; meaningless unless [`Word::is_float`].
    #[inline(always)]
    pub const fn untag_float(self) -> f64 {
        f64::from_bits(self.0.wrapping_sub(FLOAT_BIAS).rotate_right(FLOAT_ROTATE))
    }

    /// The address; meaningless unless [`Word::is_object`].
    #[inline(always)]
    pub const fn addr(self) -> usize {
        (self.0 & !PTR_TAG) as usize
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            f.write_str("empty")
        } else if self.is_int() {
            write!(f, "{}", self.untag_int())
        } else if self.is_float() {
            write!(f, "{:?}f", self.untag_float())
        } else {
            write!(f, "@{:x}", self.addr())
        }
    }
}

#[cfg(test)]
mod tests;

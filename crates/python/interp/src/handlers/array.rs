//! Items of `array.array`: loads and stores of machine numbers, which traces see through.
//!
//! What does not fit (an index out of range, a value of another type or size) is left to the library, which raises or converts.

use pv_machine::{Cmp, IntOp, Own, Typed};
use pv_object::known::{self, ArrayItems};
use pv_object::{Array, desc};

use crate::handlers::{arith, items};
use crate::operands::Python;

/// The item at a small int.
pub fn get<M: Python>(m: &mut M, array: Typed<M::Val, Array>, index: M::Val) -> Option<Own<M::Val>> {
    let len = m.load_int(array, &desc::ARRAY_LEN);
    let items = known::array_items(m, array)?;
    let at = items::wrap(m, index, len);
    /// The integer at `at` of items with this descriptor.
    macro_rules! int {
        ($items:expr, $array:ident) => {{
            if !m.in_bounds($items, &desc::$array, at) {
                return None;
            }
            m.elem_int($items, &desc::$array, at)
        }};
    }
    let number = match items {
        ArrayItems::Doubles(doubles) => {
            if !m.in_bounds(doubles, &desc::ARRAY_DOUBLES, at) {
                return None;
            }
            let number = m.elem_float(doubles, &desc::ARRAY_DOUBLES, at);
            return Some(m.tag_float(number));
        }
        ArrayItems::Bytes(bytes, signed) => {
            let number = int!(bytes, ARRAY_BYTES);
            if signed { extend(m, number, 8) } else { number }
        }
        ArrayItems::Shorts(shorts, signed) => {
            let number = int!(shorts, ARRAY_SHORTS);
            if signed { extend(m, number, 16) } else { number }
        }
        ArrayItems::Ints(ints) => int!(ints, ARRAY_INTS),
        ArrayItems::Unsigned(ints) => int!(ints, ARRAY_UNSIGNED),
        ArrayItems::Longs(longs) => int!(longs, ARRAY_LONGS),
    };
    m.tag_int(number).map(Own::new)
}

/// The number with a sign whose low bits these are.
fn extend<M: Python>(m: &mut M, number: M::Int, bits: i64) -> M::Int {
    let sign = m.int(1 << (bits - 1));
    let flipped = m.int_op(IntOp::Xor, number, sign);
    m.int_op(IntOp::Sub, flipped, sign)
}

/// Stores a number at a small int; `None` before any effect where that is not a plain store.
pub fn set<M: Python>(m: &mut M, array: Typed<M::Val, Array>, index: M::Val, value: M::Val) -> Option<()> {
    let len = m.load_int(array, &desc::ARRAY_LEN);
    let items = known::array_items(m, array)?;
    let at = items::wrap(m, index, len);
    /// Stores the value where it is a small int from `$least` on of this many bits.
    macro_rules! int {
        ($items:expr, $array:ident, $least:expr, $bits:expr) => {{
            let number = fitting(m, value, $least, $bits)?;
            if !m.in_bounds($items, &desc::$array, at) {
                return None;
            }
            m.store_elem_int($items, &desc::$array, at, number);
        }};
    }
    match items {
        ArrayItems::Doubles(doubles) => {
            let number = if m.is_float(value) { m.untag_float(value) } else { arith::small_as_float(m, value)? };
            if !m.in_bounds(doubles, &desc::ARRAY_DOUBLES, at) {
                return None;
            }
            m.store_elem_float(doubles, &desc::ARRAY_DOUBLES, at, number);
        }
        ArrayItems::Bytes(bytes, true) => int!(bytes, ARRAY_BYTES, i64::from(i8::MIN), 8),
        ArrayItems::Bytes(bytes, false) => int!(bytes, ARRAY_BYTES, 0, 8),
        ArrayItems::Shorts(shorts, true) => int!(shorts, ARRAY_SHORTS, i64::from(i16::MIN), 16),
        ArrayItems::Shorts(shorts, false) => int!(shorts, ARRAY_SHORTS, 0, 16),
        ArrayItems::Ints(ints) => int!(ints, ARRAY_INTS, i64::from(i32::MIN), 32),
        ArrayItems::Unsigned(ints) => int!(ints, ARRAY_UNSIGNED, 0, 32),
        ArrayItems::Longs(longs) => {
            if !m.is_int(value) || !m.in_bounds(longs, &desc::ARRAY_LONGS, at) {
                return None;
            }
            let number = m.untag_int(value);
            m.store_elem_int(longs, &desc::ARRAY_LONGS, at, number);
        }
    }
    Some(())
}

/// A small int of the range of `1 << bits` numbers from `least` on, as it is loaded again: cut to its bits where these have no sign.
fn fitting<M: Python>(m: &mut M, value: M::Val, least: i64, bits: i64) -> Option<M::Int> {
    if !m.is_int(value) {
        return None;
    }
    let number = m.untag_int(value);
    let (least_number, count) = (m.int(least), m.int(1 << bits));
    let distance = m.int_op(IntOp::Sub, number, least_number);
    let fits = m.cmp_ints(Cmp::Ult, distance, count);
    if !m.test(fits) {
        return None;
    }
    if least == 0 || bits == 32 {
        return Some(number);
    }
    let mask = m.int((1 << bits) - 1);
    Some(m.int_op(IntOp::And, number, mask))
}

//! Round trips of the word format and the borders of its immediate ranges.

use super::*;

/// A small xorshift generator: reproducible bit patterns without a dependency.
fn patterns(count: usize) -> impl Iterator<Item = u64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..count).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    })
}

#[test]
fn ints_round_trip_and_overflow_at_62_bits() {
    for i in [0, 1, -1, 42, INT_MIN, INT_MAX] {
        assert_eq!(Word::from_i64(i).unwrap().as_i64(), Some(i));
    }
    assert_eq!(Word::from_i64(INT_MAX + 1), None);
    assert_eq!(Word::from_i64(INT_MIN - 1), None);
}

#[test]
fn float_bit_patterns_round_trip_or_refuse() {
    let mut immediate = 0;
    for bits in patterns(400_000) {
        if let Some(word) = Word::from_f64(f64::from_bits(bits)) {
            assert_eq!(word.untag_float().to_bits(), bits);
            assert!(word.is_float() && !word.is_int() && !word.is_ptr());
            immediate += 1;
        }
    }
    // Four of the eight leading exponent patterns are immediate.
    assert!((190_000..210_000).contains(&immediate), "{immediate}");
}

#[test]
fn everyday_floats_are_immediate_and_1e78_is_not() {
    for f in [0.0, -0.0, 1.0, -1.5, 1e-70, 1e76, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        assert!(Word::from_f64(f).is_some(), "{f}");
    }
    assert!(Word::from_f64(1e78).is_none());
    assert!(Word::from_f64(1e-80).is_none());
}

#[test]
fn every_word_has_exactly_one_kind() {
    for bits in patterns(10_000) {
        let word = Word(bits);
        let kinds = [word.is_int(), word.is_float(), word.is_ptr()];
        assert_eq!(kinds.iter().filter(|k| **k).count(), 1);
    }
    assert!(Word::EMPTY.is_ptr() && !Word::EMPTY.is_object());
}

//! Arithmetic of the tagged format at its borders.

use pv_word::{INT_MAX, INT_MIN, Word};

use crate::IntOp;
use crate::direct::{floor_div_mod, tagged_op};

fn apply(op: IntOp, a: i64, b: i64) -> Option<i64> {
    let (a, b) = (Word::from_i64(a).unwrap(), Word::from_i64(b).unwrap());
    tagged_op(op, a, b).map(|word| word.as_i64().expect("a small int"))
}

#[test]
fn tagged_arithmetic_refuses_exactly_what_has_no_immediate_form() {
    assert_eq!(apply(IntOp::Add, INT_MAX, 0), Some(INT_MAX));
    assert_eq!(apply(IntOp::Add, INT_MAX, 1), None);
    assert_eq!(apply(IntOp::Sub, INT_MIN, 1), None);
    assert_eq!(apply(IntOp::Mul, 1 << 30, 1 << 30), Some(1 << 60));
    assert_eq!(apply(IntOp::Mul, 1 << 31, 1 << 30), None);
    assert_eq!(apply(IntOp::Mul, -1, INT_MIN), None);
    assert_eq!(apply(IntOp::Shl, 1, 60), Some(1 << 60));
    assert_eq!(apply(IntOp::Shl, 1, 61), None);
    assert_eq!(apply(IntOp::Shl, 1, -1), None);
    assert_eq!(apply(IntOp::Shr, -1, 200), Some(-1));
    assert_eq!(apply(IntOp::FloorDiv, INT_MIN, -1), None);
    assert_eq!(apply(IntOp::Mod, 5, 0), None);
}

#[test]
fn division_rounds_towards_negative_infinity() {
    for (a, b, expected) in [(7, 2, (3, 1)), (-7, 2, (-4, 1)), (7, -2, (-4, -1)), (-7, -2, (3, -1))] {
        assert_eq!(floor_div_mod(a, b), expected, "{a} by {b}");
    }
}

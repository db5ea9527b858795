//! Soundness of ranges, checked exhaustively on small intervals and at the ends of `i64`.

use super::*;

fn small() -> Vec<Range> {
    let ends = [-5, -4, -1, 0, 1, 2, 3, 6];
    ends.iter().flat_map(|&lo| ends.iter().filter(move |&&hi| lo <= hi).map(move |&hi| Range::new(lo, hi))).collect()
}

fn concrete(op: IntOp, x: i64, y: i64) -> Option<i64> {
    match op {
        IntOp::Add => x.checked_add(y),
        IntOp::Sub => x.checked_sub(y),
        IntOp::Mul => x.checked_mul(y),
        IntOp::And => Some(x & y),
        IntOp::Or => Some(x | y),
        IntOp::Xor => Some(x ^ y),
        IntOp::Shl => (0..60).contains(&y).then(|| x << y),
        IntOp::Shr => (y >= 0).then(|| x >> y.min(63)),
        IntOp::FloorDiv => (y > 0).then(|| x.div_euclid(y)),
        IntOp::Mod => (y > 0).then(|| x.rem_euclid(y)),
    }
}

const OPS: [IntOp; 10] = [
    IntOp::Add,
    IntOp::Sub,
    IntOp::Mul,
    IntOp::And,
    IntOp::Or,
    IntOp::Xor,
    IntOp::Shl,
    IntOp::Shr,
    IntOp::FloorDiv,
    IntOp::Mod,
];
const CMPS: [Cmp; 7] = [Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge, Cmp::Ult];

fn holds(cmp: Cmp, x: i64, y: i64) -> bool {
    match cmp {
        Cmp::Eq => x == y,
        Cmp::Ne => x != y,
        Cmp::Lt => x < y,
        Cmp::Le => x <= y,
        Cmp::Gt => x > y,
        Cmp::Ge => x >= y,
        Cmp::Ult => (x as u64) < y as u64,
    }
}

fn members(range: Range) -> impl Iterator<Item = i64> {
    range.lo..=range.hi
}

#[test]
fn transfer_functions_contain_every_result() {
    for op in OPS {
        for a in small() {
            for b in small() {
                let Some(result) = Range::apply(op, a, b) else { continue };
                for (x, y) in members(a).flat_map(|x| members(b).map(move |y| (x, y))) {
                    let value = concrete(op, x, y).expect("a known range implies a defined operation");
                    assert!(result.contains(value), "{op:?} {a:?} {b:?}: {x} {y} gives {value}, not in {result:?}");
                }
            }
        }
    }
}

#[test]
fn decided_comparisons_hold_for_every_pair() {
    for cmp in CMPS {
        for a in small() {
            for b in small() {
                let decided = Range::compare(cmp, a, b);
                let refined = Range::assume(cmp, a, b);
                for (x, y) in members(a).flat_map(|x| members(b).map(move |y| (x, y))) {
                    let truth = holds(cmp, x, y);
                    assert!(decided.is_none_or(|known| known == truth), "{cmp:?} {a:?} {b:?}: {x} {y}");
                    if truth {
                        let (left, right) = refined.expect("a comparison that can be true is not refused");
                        assert!(left.contains(x) && right.contains(y), "{cmp:?} {a:?} {b:?}: {x} {y}");
                    }
                }
            }
        }
    }
}

#[test]
fn results_outside_i64_are_unknown() {
    assert_eq!(Range::apply(IntOp::Add, Range::RAW, Range::of(1)), None);
    assert_eq!(Range::apply(IntOp::Mul, Range::RAW, Range::of(-1)), None);
    assert_eq!(Range::apply(IntOp::Add, Range::TAGGED, Range::TAGGED), Some(Range::new(2 * INT_MIN, 2 * INT_MAX)));
    assert_eq!(Range::apply(IntOp::Or, Range::RAW, Range::of(1)), None);
    assert!(Range::apply(IntOp::And, Range::RAW, Range::RAW).expect("and never leaves").includes(Range::RAW));
}

#[test]
fn widening_reaches_a_fixed_point_and_only_grows() {
    for range in small().into_iter().chain([Range::new(0, 70_000), Range::new(-1, INT_MAX)]) {
        let wide = range.widen(Range::TAGGED);
        assert!(wide.includes(range));
        assert_eq!(wide.widen(Range::TAGGED), wide);
    }
}

#[test]
fn negation_is_the_complement() {
    for cmp in CMPS {
        let Some(negated) = negate(cmp) else { continue };
        for (x, y) in [(0, 0), (1, 2), (2, 1), (-1, 1)] {
            assert_ne!(holds(cmp, x, y), holds(negated, x, y));
        }
    }
}

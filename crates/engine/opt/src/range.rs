//! Integer ranges: which values an integer may have.
//!
//! Role: the abstract domain behind overflow and bounds-check removal. A [`Range`] is a closed interval of
//! mathematical integers within `i64`; for a tagged word it speaks of the payload, so it lies within 62 bits there.
//!
//! Invariants: `lo <= hi` always (contradictory facts are refused by [`Range::meet`], which then returns `None`);
//! every transfer function contains every possible result of the concrete operation (checked exhaustively on small
//! intervals by the tests).

use pv_machine::{Cmp, IntOp};
use pv_word::{INT_MAX, INT_MIN};

/// A closed, non-empty interval of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Smallest possible value.
    pub lo: i64,
    /// Largest possible value.
    pub hi: i64,
}

impl Range {
    /// Every raw integer.
    pub const RAW: Range = Range { lo: i64::MIN, hi: i64::MAX };
    /// Every integer that has a tagged form.
    pub const TAGGED: Range = Range { lo: INT_MIN, hi: INT_MAX };

    /// The interval of one value.
    pub const fn of(value: i64) -> Range {
        Range { lo: value, hi: value }
    }

    /// The interval from `lo` to `hi`, which must not be empty.
    pub const fn new(lo: i64, hi: i64) -> Range {
        debug_assert!(lo <= hi);
        Range { lo, hi }
    }

    /// The only member, when there is just one.
    pub fn single(self) -> Option<i64> {
        (self.lo == self.hi).then_some(self.lo)
    }

    /// Is every member of `other` a member?
    pub fn includes(self, other: Range) -> bool {
        self.lo <= other.lo && other.hi <= self.hi
    }

    /// Is `value` a member?
    pub fn contains(self, value: i64) -> bool {
        self.lo <= value && value <= self.hi
    }

    /// The smallest interval around both.
    pub fn join(self, other: Range) -> Range {
        Range { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// The common members, unless there are none.
    pub fn meet(self, other: Range) -> Option<Range> {
        let (lo, hi) = (self.lo.max(other.lo), self.hi.min(other.hi));
        (lo <= hi).then_some(Range { lo, hi })
    }

    /// Loosens both ends to the next landmark, so that a loop-carried value's range settles in few steps.
    pub fn widen(self, limit: Range) -> Range {
        const LANDMARKS: [i64; 6] = [0, 0xff, 0xffff, i32::MAX as i64, u32::MAX as i64, 0x1f_ffff_ffff_ffff];
        let lo = if self.lo >= 0 { 0 } else { limit.lo };
        let hi = LANDMARKS.into_iter().find(|&mark| self.hi <= mark).unwrap_or(limit.hi);
        Range { lo, hi: hi.min(limit.hi) }
    }

    fn wide(lo: i128, hi: i128) -> Option<Range> {
        Some(Range { lo: i64::try_from(lo).ok()?, hi: i64::try_from(hi).ok()? })
    }

    fn corners(self, other: Range, op: impl Fn(i128, i128) -> i128) -> Option<Range> {
        let [a, b, c, d] = [self.lo, self.hi, other.lo, other.hi].map(i128::from);
        let all = [op(a, c), op(a, d), op(b, c), op(b, d)];
        Range::wide(all.into_iter().min()?, all.into_iter().max()?)
    }

    /// The exact results of `op` on mathematical integers; `None` when they may leave `i64`, or nothing is known.
    pub fn apply(op: IntOp, a: Range, b: Range) -> Option<Range> {
        match op {
            IntOp::Add => a.corners(b, |x, y| x + y),
            IntOp::Sub => a.corners(b, |x, y| x - y),
            IntOp::Mul => a.corners(b, |x, y| x * y),
            IntOp::And => Some(a.and(b)),
            IntOp::Or | IntOp::Xor => a.or_xor(b),
            IntOp::Shl => Range::new(0, 62).includes(b).then(|| a.corners(b, |x, y| x << y))?,
            IntOp::Shr => (b.lo >= 0).then(|| a.corners(b, |x, y| x >> y.min(63)))?,
            IntOp::FloorDiv => (b.lo > 0).then(|| a.corners(b, i128::div_euclid))?,
            IntOp::Mod => (b.lo > 0).then(|| a.modulo(b)),
        }
    }

    fn and(self, other: Range) -> Range {
        match (self.lo >= 0, other.lo >= 0) {
            (true, true) => Range::new(0, self.hi.min(other.hi)),
            (true, false) => Range::new(0, self.hi),
            (false, true) => Range::new(0, other.hi),
            (false, false) => {
                let bits = self.magnitude_bits().max(other.magnitude_bits());
                let lo = if bits >= 63 { i64::MIN } else { -(1 << bits) };
                Range::new(lo, self.hi.max(other.hi).max(-1))
            }
        }
    }

    /// Bits needed for every member, sign not counted.
    fn magnitude_bits(self) -> u32 {
        let of = |value: i64| 64 - (if value < 0 { !value } else { value }).leading_zeros();
        of(self.lo).max(of(self.hi))
    }

    fn or_xor(self, other: Range) -> Option<Range> {
        let bits = self.magnitude_bits().max(other.magnitude_bits());
        if bits >= 63 {
            return None;
        }
        let top = (1_i64 << bits) - 1;
        let negative = self.lo < 0 || other.lo < 0;
        Some(Range::new(if negative { -top - 1 } else { 0 }, top))
    }

    fn modulo(self, divisor: Range) -> Range {
        if self.lo >= 0 && self.hi < divisor.lo {
            return self;
        }
        Range::new(0, if self.lo >= 0 { self.hi.min(divisor.hi - 1) } else { divisor.hi - 1 })
    }

    /// Decides a comparison, when the intervals do.
    pub fn compare(cmp: Cmp, a: Range, b: Range) -> Option<bool> {
        match cmp {
            Cmp::Lt => Range::less(a, b),
            Cmp::Ge => Range::less(a, b).map(|less| !less),
            Cmp::Gt => Range::less(b, a),
            Cmp::Le => Range::less(b, a).map(|less| !less),
            Cmp::Eq => Range::equal(a, b),
            Cmp::Ne => Range::equal(a, b).map(|equal| !equal),
            Cmp::Ult => match (a.lo >= 0, b.lo >= 0) {
                (true, true) => Range::less(a, b),
                (true, false) if b.hi < 0 => Some(true),
                (false, true) if a.hi < 0 => Some(false),
                _ => None,
            },
        }
    }

    fn less(a: Range, b: Range) -> Option<bool> {
        if a.hi < b.lo {
            Some(true)
        } else if a.lo >= b.hi {
            Some(false)
        } else {
            None
        }
    }

    fn equal(a: Range, b: Range) -> Option<bool> {
        if a.meet(b).is_none() {
            return Some(false);
        }
        (a.single().is_some() && a == b).then_some(true)
    }

    /// What `a cmp b` being true says of both operands; `None` when it cannot be true.
    pub fn assume(cmp: Cmp, a: Range, b: Range) -> Option<(Range, Range)> {
        match cmp {
            Cmp::Lt => {
                let (below, above) = (b.hi.checked_sub(1)?, a.lo.checked_add(1)?);
                Some((a.meet(Range { lo: i64::MIN, hi: below })?, b.meet(Range { lo: above, hi: i64::MAX })?))
            }
            Cmp::Le => Some((a.meet(Range { lo: i64::MIN, hi: b.hi })?, b.meet(Range { lo: a.lo, hi: i64::MAX })?)),
            Cmp::Gt => Range::assume(Cmp::Lt, b, a).map(|(b, a)| (a, b)),
            Cmp::Ge => Range::assume(Cmp::Le, b, a).map(|(b, a)| (a, b)),
            Cmp::Eq => a.meet(b).map(|both| (both, both)),
            Cmp::Ne => Some((a.without(b), b.without(a))),
            Cmp::Ult if b.lo >= 0 => Range::assume(Cmp::Lt, a.meet(Range { lo: 0, hi: i64::MAX })?, b),
            Cmp::Ult => Some((a, b)),
        }
    }

    /// Drops an end that equals the only member of `other`.
    fn without(self, other: Range) -> Range {
        match other.single() {
            Some(value) if self.lo < self.hi && self.lo == value => Range { lo: value + 1, ..self },
            Some(value) if self.lo < self.hi && self.hi == value => Range { hi: value - 1, ..self },
            _ => self,
        }
    }
}

/// The comparison that is true exactly when `cmp` is false (integers only; `Ult` has none).
pub fn negate(cmp: Cmp) -> Option<Cmp> {
    Some(match cmp {
        Cmp::Eq => Cmp::Ne,
        Cmp::Ne => Cmp::Eq,
        Cmp::Lt => Cmp::Ge,
        Cmp::Le => Cmp::Gt,
        Cmp::Gt => Cmp::Le,
        Cmp::Ge => Cmp::Lt,
        Cmp::Ult => return None,
    })
}

#[cfg(test)]
mod tests;

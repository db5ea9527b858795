//! Guards.

use pv_ir::{Imm, Op, SnapRef, ValueRef};
use smallvec::smallvec;

use super::{Args, Door};
use crate::config::Pass;
use crate::fact::Kinds;
use crate::range::Range;

impl Door<'_> {
    /// `guard_true` or `guard_false`.
    pub(crate) fn guard(&mut self, condition: ValueRef, truth: bool, snapshot: Option<SnapRef>) -> Option<ValueRef> {
        let (mut condition, mut truth) = (self.resolve(condition), truth);
        while let Some(inner) = self.operand(condition, Op::Not) {
            (condition, truth) = (inner, !truth);
        }
        let known = self.out.as_const(condition).map(|constant| constant.bits() != 0);
        let trusted = truth && self.state.known[condition.index()].soft && self.config.trust_floats;
        if self.runs(Pass::Guards) && (known == Some(truth) || trusted) {
            self.stats.hit(Pass::Guards);
            return None;
        }
        let op = if truth { Op::GuardTrue } else { Op::GuardFalse };
        self.append(op, smallvec![condition], Imm::None, snapshot);
        self.assume(condition, truth);
        None
    }

    /// Guards on a helper's result.
    pub(crate) fn guard_not_raised(&mut self, op: Op, value: ValueRef, snapshot: Option<SnapRef>) -> Option<ValueRef> {
        let value = self.resolve(value);
        let holds = match op {
            Op::GuardNotRaised => self.kinds(value).excludes(Kinds::EMPTY),
            _ => self.range(value).lo >= 0,
        };
        if holds && self.runs(Pass::Guards) {
            self.stats.hit(Pass::Guards);
            return None;
        }
        self.force(value);
        self.append(op, smallvec![value], Imm::None, snapshot);
        match op {
            Op::GuardNotRaised => self.refine_kinds(value, Kinds::ANY.without(Kinds::EMPTY)),
            _ => self.refine_range(value, Range::new(0, i64::MAX)),
        }
        None
    }

    /// Guards on the thread's state.
    pub(crate) fn guard_state(&mut self, op: Op, snapshot: Option<SnapRef>) -> Option<ValueRef> {
        let holds = match op {
            Op::GuardNotInvalidated => std::mem::replace(&mut self.state.valid, true),
            Op::Boundary => std::mem::replace(&mut self.state.quiet, true),
            _ => false,
        };
        if holds && self.runs(Pass::Guards) {
            self.stats.hit(Pass::Guards);
        } else {
            self.append(op, Args::new(), Imm::None, snapshot);
        }
        None
    }

    /// Room on the register stack, asked for once at the largest size met so far.
    pub(crate) fn guard_room(&mut self, slots: i32, frames: u32, snapshot: Option<SnapRef>) -> Option<ValueRef> {
        let (known_slots, known_frames) = self.state.room;
        if self.runs(Pass::Guards) && slots <= known_slots && frames <= known_frames {
            self.stats.hit(Pass::Guards);
            return None;
        }
        self.append(Op::GuardRoom, Args::new(), Imm::Room { slots, frames }, snapshot);
        self.state.room = (slots.max(known_slots), frames.max(known_frames));
        None
    }
}

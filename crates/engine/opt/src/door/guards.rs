//! Guards.

use pv_ir::{Imm, Op, SnapRef, ValueDef, ValueRef};
use pv_word::Word;
use smallvec::smallvec;

use super::{Args, Door};
use crate::config::Pass;
use crate::fact::Kinds;
use crate::range::Range;

/// A test in the block that grows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Test {
    guard: ValueRef,
    /// The recording's snapshot through which it leaves.
    raw: SnapRef,
    told: Option<Told>,
}

/// What a test tells about a word or a raw integer.
#[derive(Clone, Copy, Debug)]
struct Told {
    value: ValueRef,
    kinds: Kinds,
    /// The bits that it has.
    is: Option<u64>,
    /// Bits that it does not have.
    not: Option<u64>,
}

impl Told {
    /// A word of these kinds.
    fn of_kinds(value: ValueRef, kinds: Kinds) -> Told {
        Told { value, kinds, is: None, not: None }
    }

    /// Does `other` hold wherever this does?
    fn implies(self, other: Told) -> bool {
        let differs = |not: u64| self.kinds.excludes(Kinds::of(Word(not))) || self.is.is_some_and(|is| is != not);
        let alike = other.is.is_none() || other.is == self.is;
        self.value == other.value && alike && self.kinds.within(other.kinds) && other.not.is_none_or(differs)
    }
}

impl Door<'_> {
    /// `guard_true` or `guard_false`.
    pub(crate) fn guard(&mut self, condition: ValueRef, truth: bool, snapshot: Option<SnapRef>) -> Option<ValueRef> {
        let (condition, truth) = self.undecided(condition, truth)?;
        let op = if truth { Op::GuardTrue } else { Op::GuardFalse };
        let told = self.told(condition, truth);
        let guard = self.append(op, smallvec![condition], Imm::None, snapshot);
        if let (Some(raw), true) = (snapshot, self.runs(Pass::Guards)) {
            self.strengthen(Test { guard, raw, told });
        }
        self.assume(condition, truth);
        None
    }

    /// The test without what wraps it, unless it is known to hold.
    pub(crate) fn undecided(&mut self, condition: ValueRef, truth: bool) -> Option<(ValueRef, bool)> {
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
        Some((condition, truth))
    }

    /// What a test tells about one value, from the meaning of its operation alone.
    fn told(&self, condition: ValueRef, truth: bool) -> Option<Told> {
        let inst = self.out.inst(condition)?;
        let told = |word, kinds: Kinds| Told::of_kinds(word, if truth { kinds } else { Kinds::ANY.without(kinds) });
        match (inst.op, &inst.args[..]) {
            (Op::IsInt, &[word]) => Some(told(word, Kinds::INT)),
            (Op::IsFloat, &[word]) => Some(told(word, Kinds::FLOAT)),
            (Op::IsPtr, &[word]) => Some(told(word, Kinds::POINTER)),
            (Op::WEq, &[word, constant]) => {
                let bits = self.out.as_const(constant)?.bits();
                Some(if truth {
                    Told { is: Some(bits), ..Told::of_kinds(word, Kinds::of(Word(bits))) }
                } else {
                    Told { not: Some(bits), ..Told::of_kinds(word, Kinds::ANY) }
                })
            }
            (Op::IEq, &[int, constant]) => {
                let bits = self.out.as_const(constant)?.bits();
                let (is, not) = if truth { (Some(bits), None) } else { (None, Some(bits)) };
                Some(Told { is, not, ..Told::of_kinds(int, Kinds::ANY) })
            }
            _ => None,
        }
    }

    /// Drops earlier tests that the new one makes needless: all leave through the same snapshot, and nothing but tests lies between, so
    /// what fails there fails here (guard strengthening, as in PyPy). It leaves as the first of them did: what they told is not known of
    /// words that fail here now.
    fn strengthen(&mut self, test: Test) {
        self.state.tests.retain(|earlier| earlier.raw == test.raw);
        if let Some(new) = test.told {
            let needless = |earlier: &Test| earlier.told.is_some_and(|told| new.implies(told));
            let block = &mut self.out.blocks[self.block.index()].insts;
            let mut first = None;
            self.state.tests.retain(|earlier| {
                // What stands in another block is fixed there. The tests looked at are the block's last.
                let at = if needless(earlier) { block.iter().rposition(|&inst| inst == earlier.guard) } else { None };
                if let Some(at) = at {
                    block.remove(at);
                    self.stats.hit(Pass::Guards);
                    first = first.or(Some(earlier.guard));
                }
                at.is_none()
            });
            let snapshot = first.and_then(|first| self.out.inst(first)?.snapshot);
            if let (Some(snapshot), ValueDef::Inst(guard)) = (snapshot, &mut self.out.values[test.guard.index()]) {
                guard.snapshot = Some(snapshot);
            }
        }
        self.state.tests.push(test);
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

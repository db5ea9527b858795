//! Comparisons: normal forms, and answers that ranges or earlier guards give.
//!
//! Normal forms: `>` and `>=` are turned round; unsigned `<` between values that are not negative is plain `<`; a
//! comparison of integers is made on words where both have one, so that nothing is untagged for it.

use pv_ir::{Const, Op, ValueRef};
use pv_machine::Cmp;
use pv_word::Word;

use super::{Door, Key};
use crate::config::Pass;
use crate::fact::Kinds;
use crate::heap;
use crate::range::Range;

impl Door<'_> {
    pub(crate) fn compare_ints(&mut self, cmp: Cmp, a: ValueRef, b: ValueRef) -> Option<ValueRef> {
        if let Some(answer) = self.decide_order(cmp, a, b) {
            return Some(self.truth(answer));
        }
        if let Some((cmp, a, b)) = self.turned(cmp, a, b) {
            return Some(self.pure(Op::cmp_int(cmp), &[a, b], None));
        }
        // Ahead of the change of form: earlier guards may have been made before both operands had a word.
        if let Some(answer) = self.implied(Op::cmp_int, cmp, a, b) {
            return Some(answer);
        }
        if self.runs(Pass::Tags)
            && (self.operand(a, Op::UntagInt).is_some() || self.operand(b, Op::UntagInt).is_some())
            && let (Some(a), Some(b)) = (self.word_form(a), self.word_form(b))
        {
            return Some(self.pure(Op::cmp_word(cmp), &[a, b], None));
        }
        None
    }

    pub(crate) fn compare_words(&mut self, cmp: Cmp, a: ValueRef, b: ValueRef) -> Option<ValueRef> {
        if matches!(cmp, Cmp::Eq | Cmp::Ne)
            && let Some(equal) = self.decide_identity(a, b)
        {
            return Some(self.truth(equal == (cmp == Cmp::Eq)));
        }
        if let Some(value) = self.compare_truth(cmp, a, b) {
            return Some(value);
        }
        let ints = self.kinds(a).within(Kinds::INT) && self.kinds(b).within(Kinds::INT);
        if ints && let Some(answer) = self.decide_order(cmp, a, b) {
            return Some(self.truth(answer));
        }
        if (ints || cmp != Cmp::Ult)
            && let Some((cmp, a, b)) = self.turned(cmp, a, b)
        {
            return Some(self.pure(Op::cmp_word(cmp), &[a, b], None));
        }
        self.implied(Op::cmp_word, cmp, a, b)
    }

    /// Operands that are equal, or ranges that decide.
    fn decide_order(&self, cmp: Cmp, a: ValueRef, b: ValueRef) -> Option<bool> {
        if !self.runs(Pass::Ranges) {
            return None;
        }
        if a == b {
            return Some(matches!(cmp, Cmp::Eq | Cmp::Le | Cmp::Ge));
        }
        Range::compare(cmp, self.range(a), self.range(b))
    }

    /// Are two words the same? Shapes, known constants and allocation decide.
    fn decide_identity(&self, a: ValueRef, b: ValueRef) -> Option<bool> {
        if a == b {
            return Some(true);
        }
        if !self.runs(Pass::Tags) {
            return None;
        }
        let (kinds_a, kinds_b) = (self.kinds(a), self.kinds(b));
        if kinds_a.excludes(kinds_b) {
            return Some(false);
        }
        if kinds_a == Kinds::EMPTY && kinds_b == Kinds::EMPTY {
            return Some(true);
        }
        if let (Some(a), Some(b)) = (self.known_constant(a), self.known_constant(b)) {
            return Some(a == b);
        }
        let objects = kinds_a.within(Kinds::POINTER) && kinds_b.within(Kinds::POINTER);
        (objects && !may_be_same(&self.out, a, b)).then_some(false)
    }

    /// The bits of a word that is known to be a constant.
    pub(crate) fn known_constant(&self, value: ValueRef) -> Option<u64> {
        let value = self.state.known[value.index()].constant.unwrap_or(value);
        self.out.as_const(value).map(Const::bits)
    }

    /// `bool_word(b) == TRUE` is `b`.
    fn compare_truth(&mut self, cmp: Cmp, a: ValueRef, b: ValueRef) -> Option<ValueRef> {
        let [(no, _), (yes, _)] = self.facts.truth.filter(|_| self.runs(Pass::Tags))?;
        let (source, constant) = match (self.operand(a, Op::BoolWord), self.operand(b, Op::BoolWord)) {
            (Some(source), None) => (source, self.known_constant(b)?),
            (None, Some(source)) => (source, self.known_constant(a)?),
            _ => return None,
        };
        let positive = match (cmp, Word(constant)) {
            (Cmp::Eq, word) if word == yes => true,
            (Cmp::Eq, word) if word == no => false,
            (Cmp::Ne, word) if word == yes => false,
            (Cmp::Ne, word) if word == no => true,
            _ => return None,
        };
        Some(if positive { source } else { self.pure(Op::Not, &[source], None) })
    }

    fn turned(&self, cmp: Cmp, a: ValueRef, b: ValueRef) -> Option<(Cmp, ValueRef, ValueRef)> {
        match cmp {
            Cmp::Gt => Some((Cmp::Lt, b, a)),
            Cmp::Ge => Some((Cmp::Le, b, a)),
            Cmp::Ult if self.runs(Pass::Ranges) && self.range(a).lo >= 0 && self.range(b).lo >= 0 => {
                Some((Cmp::Lt, a, b))
            }
            _ => None,
        }
    }

    /// The answer that follows from comparisons of the same operands whose answer is known (a total order).
    fn implied(&mut self, op: fn(Cmp) -> Op, cmp: Cmp, a: ValueRef, b: ValueRef) -> Option<ValueRef> {
        if !self.runs(Pass::Guards) {
            return None;
        }
        let less = self.known_answer(op(Cmp::Lt), a, b);
        let greater = self.known_answer(op(Cmp::Lt), b, a);
        let at_most = self.known_answer(op(Cmp::Le), a, b).or(greater.map(|it| !it)).or(less.filter(|&it| it));
        let at_least = self.known_answer(op(Cmp::Le), b, a).or(less.map(|it| !it)).or(greater.filter(|&it| it));
        let equal = self.known_answer(op(Cmp::Eq), a, b).or(self.known_answer(op(Cmp::Ne), a, b).map(|it| !it));
        let strict = |this: Option<bool>, other: Option<bool>| match (this, other, equal) {
            (Some(false), ..) | (_, _, Some(true)) => Some(false),
            (Some(true), Some(false), _) | (Some(true), _, Some(false)) => Some(true),
            _ => None,
        };
        let answer = match cmp {
            Cmp::Lt => strict(at_most, at_least),
            Cmp::Gt => strict(at_least, at_most),
            Cmp::Le => at_most.or(equal.filter(|&it| it)),
            Cmp::Ge => at_least.or(equal.filter(|&it| it)),
            Cmp::Eq => equal.or(either_false(at_most, at_least)),
            Cmp::Ne => equal.or(either_false(at_most, at_least)).map(|it| !it),
            Cmp::Ult => self.known_answer(op(Cmp::Ult), a, b),
        };
        answer.map(|answer| self.truth(answer))
    }

    fn known_answer(&self, op: Op, a: ValueRef, b: ValueRef) -> Option<bool> {
        let args = if crate::fold::commutes(op) && self.order(a) > self.order(b) { [b, a] } else { [a, b] };
        let &value = self.state.pure.get(&Key::new(op, &args)?)?;
        self.out.as_const(self.resolve(value)).map(|answer| answer.bits() != 0)
    }
}

/// If either of `<=` and `>=` is known to be false, the operands differ.
fn either_false(at_most: Option<bool>, at_least: Option<bool>) -> Option<bool> {
    (at_most == Some(false) || at_least == Some(false)).then_some(false)
}

/// May two words point to the same object? An object that the trace allocates differs from every other that it
/// allocates, from constants, and from whatever was there before.
pub(crate) fn may_be_same(trace: &pv_ir::Trace, a: ValueRef, b: ValueRef) -> bool {
    let fresh = |value: ValueRef| trace.inst(value).is_some_and(|inst| inst.op == Op::New);
    if a == b {
        return true;
    }
    match (fresh(a), fresh(b)) {
        (true, true) => false,
        (true, false) => trace.as_const(b).is_none() && b > a,
        (false, true) => trace.as_const(a).is_none() && a > b,
        (false, false) => true,
    }
}

/// The heap cache's view of the same question.
pub(crate) fn clobber(door: &mut Door<'_>, cell: heap::Cell, kind: heap::Kind) {
    let out = &door.out;
    door.state.heap.clobber(cell, kind, |a, b| may_be_same(out, a, b));
}

//! Rules on pure operations: tags, algebra, truth values. Comparisons have a file of their own.

use pv_ir::{Const, Op, SnapRef, ValueRef};
use pv_machine::{FloatOp, IntOp};
use pv_word::Word;

use super::Door;
use crate::config::Pass;
use crate::fact::Kinds;
use crate::fold::{Family, family};
use crate::range::Range;

impl Door<'_> {
    /// Something cheaper than the op, if a rule knows it. Operands are resolved and real.
    pub(crate) fn simplify(&mut self, op: Op, args: &[ValueRef], snapshot: Option<SnapRef>) -> Option<ValueRef> {
        let (pass, value) = match family(op) {
            Family::CmpInt(cmp) => (Pass::Ranges, self.compare_ints(cmp, args[0], args[1])),
            Family::CmpWord(cmp) => (Pass::Ranges, self.compare_words(cmp, args[0], args[1])),
            Family::Tagged(int) if self.runs(Pass::Fold) => (Pass::Fold, self.integer_rules(int, args, true, snapshot)),
            Family::Raw(int) if self.runs(Pass::Fold) => (Pass::Fold, self.integer_rules(int, args, false, snapshot)),
            Family::Float(float) if self.runs(Pass::Fold) => (Pass::Fold, self.float_algebra(float, args)),
            Family::Other if self.runs(Pass::Tags) => (Pass::Tags, self.tags(op, args)),
            _ => return None,
        };
        if value.is_some() {
            self.stats.hit(pass);
        }
        value
    }

    fn tags(&mut self, op: Op, args: &[ValueRef]) -> Option<ValueRef> {
        match op {
            Op::IsInt => self.is_one_of(args[0], Kinds::INT),
            Op::IsFloat => self.is_one_of(args[0], Kinds::FLOAT),
            Op::IsPtr => self.is_one_of(args[0], Kinds::POINTER),
            Op::BothInts => self.both_ints(args[0], args[1]),
            Op::UntagInt => self.tagged_of(args[0]),
            Op::TagInt | Op::TagIntOvf => self.operand(args[0], Op::UntagInt),
            Op::UntagFloat => self.operand(args[0], Op::TagFloat),
            Op::FloatFits => self.operand(args[0], Op::UntagFloat).map(|_| self.truth(true)),
            Op::INeg => self.operand(args[0], Op::INeg),
            Op::FloatToInt => {
                let exact = Range::new(-(1 << 53), 1 << 53);
                self.operand(args[0], Op::IntToFloat).filter(|&int| exact.includes(self.range(int)))
            }
            _ => self.logic(op, args),
        }
    }

    fn is_one_of(&mut self, value: ValueRef, kinds: Kinds) -> Option<ValueRef> {
        self.kinds(value).decide(kinds).map(|answer| self.truth(answer))
    }

    fn both_ints(&mut self, a: ValueRef, b: ValueRef) -> Option<ValueRef> {
        match (self.kinds(a).decide(Kinds::INT), self.kinds(b).decide(Kinds::INT)) {
            (Some(false), _) | (_, Some(false)) => Some(self.truth(false)),
            (Some(true), _) => Some(self.pure(Op::IsInt, &[b], None)),
            (_, Some(true)) => Some(self.pure(Op::IsInt, &[a], None)),
            (None, None) if a == b => Some(self.pure(Op::IsInt, &[a], None)),
            (None, None) => None,
        }
    }

    fn logic(&mut self, op: Op, args: &[ValueRef]) -> Option<ValueRef> {
        let known = |door: &Self, index: usize| door.out.as_const(args[index]).map(|it| it.bits() != 0);
        match op {
            Op::Not => self.operand(args[0], Op::Not),
            Op::And => match (known(self, 0), known(self, 1)) {
                (Some(true), _) => Some(args[1]),
                (_, Some(true)) => Some(args[0]),
                (Some(false), _) | (_, Some(false)) => Some(self.truth(false)),
                _ => (args[0] == args[1]).then_some(args[0]),
            },
            Op::Or => match (known(self, 0), known(self, 1)) {
                (Some(false), _) => Some(args[1]),
                (_, Some(false)) => Some(args[0]),
                (Some(true), _) | (_, Some(true)) => Some(self.truth(true)),
                _ => (args[0] == args[1]).then_some(args[0]),
            },
            Op::Select => match known(self, 0) {
                Some(answer) => Some(args[if answer { 1 } else { 2 }]),
                None => (args[1] == args[2]).then_some(args[1]),
            },
            Op::BoolWord => {
                let (word, label) = self.facts.truth?[usize::from(known(self, 0)?)];
                Some(self.constant(Const::Object(word, label.into())))
            }
            _ => None,
        }
    }

    /// The integer that a constant operand is: a raw one, or a small int's payload.
    pub(crate) fn integer(&self, value: ValueRef) -> Option<i64> {
        match self.out.as_const(value)? {
            Const::Int(value) => Some(*value),
            Const::Word(word) => word.as_i64(),
            _ => None,
        }
    }

    fn make_integer(&mut self, value: i64, tagged: bool) -> Option<ValueRef> {
        if tagged { self.small_int(value) } else { Some(self.constant(Const::Int(value))) }
    }

    fn integer_rules(
        &mut self,
        op: IntOp,
        args: &[ValueRef],
        tagged: bool,
        snapshot: Option<SnapRef>,
    ) -> Option<ValueRef> {
        self.algebra(op, args, tagged)
            .or_else(|| self.strength(op, args, tagged, snapshot))
            .or_else(|| self.reassociate(op, args, tagged, snapshot))
    }

    /// `(x + c) + d` is `x + (c + d)`: the sum overflows in one form exactly when it does in the other.
    fn reassociate(
        &mut self,
        op: IntOp,
        args: &[ValueRef],
        tagged: bool,
        snapshot: Option<SnapRef>,
    ) -> Option<ValueRef> {
        let (source, inner) = self.offset(args[0])?;
        let outer = self.integer(args[1])?;
        let sum = match op {
            IntOp::Add => inner.checked_add(outer)?,
            IntOp::Sub => inner.checked_sub(outer)?,
            _ => return None,
        };
        if self.is_word(source) != tagged {
            return None;
        }
        let constant = self.make_integer(sum, tagged)?;
        Some(self.pure(if tagged { Op::TAdd } else { Op::IAdd }, &[source, constant], snapshot))
    }

    /// The value and the constant whose sum this is.
    pub(crate) fn offset(&self, value: ValueRef) -> Option<(ValueRef, i64)> {
        let (op, &[source, constant]) = self.def(value)? else { return None };
        let source = self.resolve(source);
        let constant = self.integer(self.resolve(constant))?;
        match family(op) {
            Family::Tagged(IntOp::Add) | Family::Raw(IntOp::Add) => Some((source, constant)),
            Family::Tagged(IntOp::Sub) | Family::Raw(IntOp::Sub) => Some((source, constant.checked_neg()?)),
            _ => None,
        }
    }

    /// Neutral and absorbing operands. Right for tagged words only where they are known small ints.
    fn algebra(&mut self, op: IntOp, args: &[ValueRef], tagged: bool) -> Option<ValueRef> {
        let (a, b) = (args[0], args[1]);
        if tagged && !(self.kinds(a).within(Kinds::INT) && self.kinds(b).within(Kinds::INT)) {
            return None;
        }
        let (left, right) = (self.integer(a), self.integer(b));
        match (op, left, right) {
            (IntOp::Add | IntOp::Or | IntOp::Xor, Some(0), _) => Some(b),
            (IntOp::Add | IntOp::Sub | IntOp::Or | IntOp::Xor | IntOp::Shl | IntOp::Shr, _, Some(0)) => Some(a),
            (IntOp::Mul, Some(1), _) | (IntOp::And, Some(-1), _) => Some(b),
            (IntOp::Mul | IntOp::FloorDiv, _, Some(1)) | (IntOp::And, _, Some(-1)) => Some(a),
            (IntOp::Mul | IntOp::And, Some(0), _) => Some(a),
            (IntOp::Mul | IntOp::And, _, Some(0)) => Some(b),
            (IntOp::Mod, _, Some(1)) => self.make_integer(0, tagged),
            (IntOp::Sub | IntOp::Xor, ..) if a == b => self.make_integer(0, tagged),
            (IntOp::And | IntOp::Or, ..) if a == b => Some(a),
            (IntOp::And, _, Some(mask)) => self.redundant_mask(a, mask),
            (IntOp::And, Some(mask), _) => self.redundant_mask(b, mask),
            (IntOp::Mod, _, Some(divisor)) if divisor > 0 => {
                Range::new(0, divisor - 1).includes(self.range(a)).then_some(a)
            }
            _ => None,
        }
    }

    /// A mask of low ones that covers the whole range changes nothing.
    fn redundant_mask(&self, value: ValueRef, mask: i64) -> Option<ValueRef> {
        let covers = mask > 0 && (mask & (mask + 1)) == 0 && Range::new(0, mask).includes(self.range(value));
        covers.then_some(value)
    }

    /// Division and remainder by powers of two; both round towards negative infinity, as shift and mask do.
    fn strength(&mut self, op: IntOp, args: &[ValueRef], tagged: bool, snapshot: Option<SnapRef>) -> Option<ValueRef> {
        let divisor = self.integer(args[1]).filter(|divisor| *divisor > 1 && divisor.count_ones() == 1)?;
        match op {
            IntOp::FloorDiv => {
                let count = self.make_integer(i64::from(divisor.trailing_zeros()), tagged)?;
                Some(self.pure(if tagged { Op::TShr } else { Op::IShr }, &[args[0], count], snapshot))
            }
            IntOp::Mod => {
                let mask = self.make_integer(divisor - 1, tagged)?;
                Some(self.pure(if tagged { Op::TAnd } else { Op::IAnd }, &[args[0], mask], None))
            }
            _ => None,
        }
    }

    /// What holds for every double, signed zeros, infinities and nan included.
    fn float_algebra(&mut self, op: FloatOp, args: &[ValueRef]) -> Option<ValueRef> {
        let bits = |door: &Self, index: usize| door.out.as_const(*args.get(index)?).map(Const::bits);
        let one = Some(1.0_f64.to_bits());
        match op {
            FloatOp::Mul if bits(self, 1) == one => Some(args[0]),
            FloatOp::Mul if bits(self, 0) == one => Some(args[1]),
            FloatOp::Div if bits(self, 1) == one => Some(args[0]),
            FloatOp::Sub if bits(self, 1) == Some(0.0_f64.to_bits()) => Some(args[0]),
            FloatOp::Add if bits(self, 1) == Some((-0.0_f64).to_bits()) => Some(args[0]),
            FloatOp::Add if bits(self, 0) == Some((-0.0_f64).to_bits()) => Some(args[1]),
            FloatOp::Neg => self.operand(args[0], Op::FNeg),
            FloatOp::Abs => self.operand(args[0], Op::FAbs).map(|_| args[0]),
            FloatOp::Floor => self.operand(args[0], Op::FFloor).map(|_| args[0]),
            _ => None,
        }
    }

    /// The small-int word that stands for a raw integer without further work.
    pub(crate) fn word_form(&mut self, value: ValueRef) -> Option<ValueRef> {
        if let Some(word) = self.operand(value, Op::UntagInt) {
            return self.kinds(word).within(Kinds::INT).then_some(word);
        }
        if let Some(constant) = self.integer(value) {
            return Word::from_i64(constant).map(|word| self.constant(Const::Word(word)));
        }
        let known = super::Key::new(Op::TagInt, &[value]).and_then(|key| self.state.pure.get(&key).copied());
        match known {
            Some(word) => Some(self.resolve(word)),
            None if self.is_fixed(value) && self.fixed_below > 0 && Range::TAGGED.includes(self.range(value)) => {
                Some(self.pure(Op::TagInt, &[value], None))
            }
            None => None,
        }
    }
}

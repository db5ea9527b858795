//! What a truth value that is known tells about others.

use pv_ir::{Op, ValueRef};
use pv_machine::Cmp;

use super::{Door, Key};
use crate::fact::Kinds;
use crate::fold::{Family, family};
use crate::range::{Range, negate};

impl Door<'_> {
    /// Learns that `condition` is `truth` from here on.
    pub(crate) fn assume(&mut self, condition: ValueRef, truth: bool) {
        let condition = self.resolve(condition);
        let Some(inst) = self.out.inst(condition) else { return };
        let (op, args) = (inst.op, inst.args.clone());
        let answer = self.truth(truth);
        self.replace(condition, answer);
        let arg = |index: usize| self.resolve(args[index]);
        match (op, truth) {
            (Op::Not, _) => self.assume(arg(0), !truth),
            (Op::And, true) | (Op::Or, false) => {
                let (a, b) = (arg(0), arg(1));
                self.assume(a, truth);
                self.assume(b, truth);
            }
            (Op::IsInt, _) => self.assume_kind(arg(0), Kinds::INT, truth),
            (Op::IsFloat, _) => self.assume_kind(arg(0), Kinds::FLOAT, truth),
            (Op::IsPtr, _) => self.assume_kind(arg(0), Kinds::POINTER, truth),
            (Op::BothInts, true) => {
                let (a, b) = (arg(0), arg(1));
                self.assume_kind(a, Kinds::INT, true);
                self.assume_kind(b, Kinds::INT, true);
            }
            _ => {
                let family = family(op);
                if let Family::CmpInt(cmp) | Family::CmpWord(cmp) = family {
                    let (a, b) = (arg(0), arg(1));
                    self.assume_comparison(family, cmp, a, b, truth);
                }
            }
        }
    }

    fn assume_kind(&mut self, value: ValueRef, kinds: Kinds, truth: bool) {
        self.refine_kinds(value, if truth { kinds } else { Kinds::ANY.without(kinds) });
        // A pending count of an immediate is no longer mentioned.
        self.state.version += u32::from(self.state.counts[self.holder(value).index()].is_open());
    }

    fn assume_comparison(&mut self, family: Family, cmp: Cmp, a: ValueRef, b: ValueRef, truth: bool) {
        if matches!((cmp, truth), (Cmp::Eq, true) | (Cmp::Ne, false)) {
            return self.assume_same(family, a, b);
        }
        if matches!(family, Family::CmpWord(_)) {
            if matches!(cmp, Cmp::Eq | Cmp::Ne) {
                self.assume_not_empty(a, b);
            }
            if !(self.kinds(a).within(Kinds::INT) && self.kinds(b).within(Kinds::INT)) {
                return;
            }
        }
        if cmp == Cmp::Ult {
            self.assume_below(family, a, b, truth);
        } else if let Some(cmp) = if truth { Some(cmp) } else { negate(cmp) } {
            self.refine_both(cmp, a, b);
        }
    }

    fn refine_both(&mut self, cmp: Cmp, a: ValueRef, b: ValueRef) {
        if let Some((left, right)) = Range::assume(cmp, self.range(a), self.range(b)) {
            self.refine_range(a, left);
            self.refine_range(b, right);
        }
    }

    /// An unsigned comparison with a bound that is not negative is two signed ones.
    fn assume_below(&mut self, family: Family, a: ValueRef, b: ValueRef, truth: bool) {
        if self.range(b).lo < 0 {
            return;
        }
        if truth {
            self.refine_both(Cmp::Ult, a, b);
        } else if self.range(a).lo >= 0 {
            self.refine_both(Cmp::Ge, a, b);
        } else {
            return;
        }
        let less = if matches!(family, Family::CmpWord(_)) { Op::WLt } else { Op::ILt };
        if let Some(key) = Key::new(less, &[a, b]) {
            let answer = self.truth(truth);
            self.state.pure.insert(key, answer);
        }
    }

    fn assume_same(&mut self, family: Family, a: ValueRef, b: ValueRef) {
        let (value, constant) = match (self.out.as_const(a).is_some(), self.out.as_const(b).is_some()) {
            (false, true) => (a, b),
            (true, false) => (b, a),
            _ => {
                if family == Family::CmpInt(Cmp::Eq) {
                    self.refine_both(Cmp::Eq, a, b);
                } else if matches!(family, Family::CmpWord(_)) {
                    self.share_hold(a, b);
                }
                return;
            }
        };
        let fact = self.fact(constant);
        self.refine_kinds(value, fact.kinds);
        if matches!(family, Family::CmpInt(_)) || fact.kinds.excludes(Kinds::OBJECT) {
            self.refine_range(value, fact.range);
            self.replace(value, constant);
        } else {
            // An object keeps its name: what was loaded is at hand, the constant would have to be made.
            let known = &mut self.state.known[value.index()];
            known.fact.uncounted |= fact.uncounted;
            if known.constant.replace(constant).is_none() {
                self.merge_counts(value, constant);
            }
        }
    }

    fn assume_not_empty(&mut self, a: ValueRef, b: ValueRef) {
        for (value, other) in [(a, b), (b, a)] {
            if self.out.as_const(other).is_some() && self.kinds(other) == Kinds::EMPTY {
                self.refine_kinds(value, Kinds::ANY.without(Kinds::EMPTY));
            }
        }
    }
}

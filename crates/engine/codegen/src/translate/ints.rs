//! Tags, tagged arithmetic, raw integers, truth values.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value};
use pv_ir::{Inst, Op};
use pv_machine::{Cmp, IntOp};
use pv_word::{FLOAT_BIT, INT_MASK, INT_MAX, INT_MIN, INT_SHIFT, PTR_TAG};

use super::{Translated, Translator};

const SHIFT: i64 = INT_SHIFT as i64;
/// Largest count that a tagged shift distinguishes.
const MAX_COUNT: i64 = 61;

fn condition(op: Op) -> Option<IntCC> {
    let all = [
        (Cmp::Eq, IntCC::Equal),
        (Cmp::Ne, IntCC::NotEqual),
        (Cmp::Lt, IntCC::SignedLessThan),
        (Cmp::Le, IntCC::SignedLessThanOrEqual),
        (Cmp::Gt, IntCC::SignedGreaterThan),
        (Cmp::Ge, IntCC::SignedGreaterThanOrEqual),
        (Cmp::Ult, IntCC::UnsignedLessThan),
    ];
    let mut matching = all.into_iter().filter(|(cmp, _)| Op::cmp_int(*cmp) == op || Op::cmp_word(*cmp) == op);
    matching.next().map(|(_, condition)| condition)
}

impl Translator<'_> {
    /// Translates the ops of this module; `None` for others.
    pub(super) fn int_op(&mut self, inst: &Inst) -> Translated<Option<Value>> {
        if let Some(condition) = condition(inst.op) {
            let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
            return Ok(Some(self.b.ins().icmp(condition, a, b)));
        }
        if let Some(result) = self.guarded_op(inst)? {
            return Ok(Some(result));
        }
        match inst.args.len() {
            1 => {
                let a = self.arg(inst, 0)?;
                Ok(self.unary(inst.op, a))
            }
            2 if matches!(inst.op, Op::TFloorDivFit | Op::TModFit) => self.tagged_division(inst).map(Some),
            2 if !inst.op.is_guard() => {
                let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
                Ok(self.binary(inst.op, a, b))
            }
            _ => Ok(None),
        }
    }

    fn unary(&mut self, op: Op, a: Value) -> Option<Value> {
        Some(match op {
            Op::IsInt => {
                let tag = self.band_const(a, INT_MASK as i64);
                self.icmp_const(IntCC::Equal, tag, 0)
            }
            Op::IsPtr => self.is_pointer(a),
            Op::IsFloat => {
                let bit = self.band_const(a, FLOAT_BIT as i64);
                self.icmp_const(IntCC::NotEqual, bit, 0)
            }
            Op::UntagInt => self.sshr_const(a, SHIFT),
            Op::TagInt => self.shl_const(a, SHIFT),
            Op::INeg => self.ins().ineg(a),
            Op::Not => self.icmp_zero(a),
            Op::BoolWord => {
                let [no, yes] = self.input.env.truths.map(|word| self.iconst(word as i64));
                self.ins().select(a, yes, no)
            }
            _ => return None,
        })
    }

    /// Has the word the tag of pointers? Without the tag the bits are clear, which is one test.
    pub(super) fn is_pointer(&mut self, word: Value) -> Value {
        let untagged = self.iadd_const(word, -(PTR_TAG as i64));
        let tag = self.band_const(untagged, INT_MASK as i64);
        self.icmp_const(IntCC::Equal, tag, 0)
    }

    fn icmp_zero(&mut self, a: Value) -> Value {
        let zero = self.ins().iconst(cranelift_codegen::ir::types::I8, 0);
        self.ins().icmp(IntCC::Equal, a, zero)
    }

    fn binary(&mut self, op: Op, a: Value, b: Value) -> Option<Value> {
        Some(match op {
            Op::BothInts => {
                let both = self.ins().bor(a, b);
                let tags = self.band_const(both, INT_MASK as i64);
                self.icmp_const(IntCC::Equal, tags, 0)
            }
            Op::TAnd | Op::IAnd | Op::And => self.ins().band(a, b),
            Op::TOr | Op::IOr | Op::Or => self.ins().bor(a, b),
            Op::TXor | Op::IXor => self.ins().bxor(a, b),
            Op::TAddFit | Op::IAdd => self.ins().iadd(a, b),
            Op::TSubFit | Op::ISub => self.ins().isub(a, b),
            Op::IMul => self.ins().imul(a, b),
            Op::TMulFit => {
                let a = self.sshr_const(a, SHIFT);
                self.ins().imul(a, b)
            }
            Op::TShlFit => {
                let count = self.sshr_const(b, SHIFT);
                self.ins().ishl(a, count)
            }
            Op::TShrFit => self.tagged_right_shift(a, b),
            Op::IShl => self.ins().ishl(a, b),
            Op::IShr => self.ins().sshr(a, b),
            Op::IFloorDiv => self.raw_division(IntOp::FloorDiv, a, b),
            Op::IMod => self.raw_division(IntOp::Mod, a, b),
            _ => return None,
        })
    }

    // -- Guarded ops -------------------------------------------------------------------------------------------

    fn guarded_op(&mut self, inst: &Inst) -> Translated<Option<Value>> {
        let result = match inst.op {
            Op::TAdd | Op::TSub => self.tagged_sum(inst)?,
            Op::TMul => self.tagged_product(inst)?,
            Op::TShl => self.tagged_left_shift(inst)?,
            Op::TShr => {
                let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
                if self.const_arg(inst, 1).is_none_or(|count| count < 0) {
                    let negative = self.icmp_const(IntCC::SignedLessThan, b, 0);
                    self.leave_if(negative, inst)?;
                }
                self.tagged_right_shift(a, b)
            }
            Op::TFloorDiv | Op::TMod => {
                if self.const_arg(inst, 1).is_none_or(|divisor| divisor == 0) {
                    let divisor = self.arg(inst, 1)?;
                    let zero = self.icmp_const(IntCC::Equal, divisor, 0);
                    self.leave_if(zero, inst)?;
                }
                self.tagged_division(inst)?
            }
            Op::TagIntOvf => {
                let a = self.arg(inst, 0)?;
                let word = self.shl_const(a, SHIFT);
                let back = self.sshr_const(word, SHIFT);
                let lost = self.ins().icmp(IntCC::NotEqual, back, a);
                self.leave_if(lost, inst)?;
                word
            }
            _ => return Ok(None),
        };
        Ok(Some(result))
    }

    /// With a constant on the right, one fused compare and branch finds the overflow.
    fn tagged_sum(&mut self, inst: &Inst) -> Translated<Value> {
        let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
        let adds = inst.op == Op::TAdd;
        if let Some(constant) = self.const_arg(inst, 1) {
            let result = if adds { self.ins().iadd(a, b) } else { self.ins().isub(a, b) };
            let grows = (constant >= 0) == adds;
            let wrapped = if grows { IntCC::SignedLessThan } else { IntCC::SignedGreaterThan };
            let wrapped = self.ins().icmp(wrapped, result, a);
            self.leave_if(wrapped, inst)?;
            return Ok(result);
        }
        let (result, overflow) = if adds { self.ins().sadd_overflow(a, b) } else { self.ins().ssub_overflow(a, b) };
        self.leave_if(overflow, inst)?;
        Ok(result)
    }

    fn tagged_product(&mut self, inst: &Inst) -> Translated<Value> {
        let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
        let (word, factor) = match self.const_arg(inst, 1) {
            Some(constant) => (a, self.iconst(constant >> SHIFT)),
            None => (b, self.sshr_const(a, SHIFT)),
        };
        let (result, overflow) = self.ins().smul_overflow(word, factor);
        self.leave_if(overflow, inst)?;
        Ok(result)
    }

    fn tagged_left_shift(&mut self, inst: &Inst) -> Translated<Value> {
        let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
        let count = self.sshr_const(b, SHIFT);
        if self.const_arg(inst, 1).is_none_or(|word| !(0..=MAX_COUNT).contains(&(word >> SHIFT))) {
            let outside = self.icmp_const(IntCC::UnsignedGreaterThan, count, MAX_COUNT);
            self.leave_if(outside, inst)?;
        }
        let result = self.ins().ishl(a, count);
        let back = self.ins().sshr(result, count);
        let lost = self.ins().icmp(IntCC::NotEqual, back, a);
        self.leave_if(lost, inst)?;
        Ok(result)
    }

    /// `b` is not negative. Counts past 61 give what 61 gives: nothing but the sign.
    fn tagged_right_shift(&mut self, a: Value, b: Value) -> Value {
        let count = self.sshr_const(b, SHIFT);
        let limit = self.iconst(MAX_COUNT);
        let count = self.ins().umin(count, limit);
        let shifted = self.ins().sshr(a, count);
        self.band_const(shifted, !(INT_MASK as i64))
    }

    /// Floor division or remainder of small ints by one that is not zero; the guarded quotient leaves where it does not fit.
    fn tagged_division(&mut self, inst: &Inst) -> Translated<Value> {
        if let Some(result) = self.power_of_two_division(inst)? {
            return Ok(result);
        }
        let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
        let (a, mut b) = (self.sshr_const(a, SHIFT), self.sshr_const(b, SHIFT));
        let is_quotient = matches!(inst.op, Op::TFloorDiv | Op::TFloorDivFit);
        if !inst.op.is_guard() && self.const_arg(inst, 1).is_none_or(|divisor| divisor >> SHIFT == 0) {
            // What may run ahead of its facts must not trap: division by zero gives something.
            let zero = self.icmp_const(IntCC::Equal, b, 0);
            let one = self.iconst(1);
            b = self.ins().select(zero, one, b);
        }
        let result = self.floor(if is_quotient { IntOp::FloorDiv } else { IntOp::Mod }, a, b);
        if inst.op == Op::TFloorDiv && self.const_arg(inst, 1).is_none_or(|divisor| divisor >> SHIFT == -1) {
            // The only quotient that does not fit is that of the least int and -1.
            let overflow = self.icmp_const(IntCC::Equal, result, INT_MAX + 1);
            self.leave_if(overflow, inst)?;
        }
        debug_assert_eq!(INT_MIN, -(INT_MAX + 1));
        Ok(self.shl_const(result, SHIFT))
    }

    /// A constant divisor that is a power of two: rounding towards negative infinity is what shifts and masks do.
    fn power_of_two_division(&mut self, inst: &Inst) -> Translated<Option<Value>> {
        let divisor = self.const_arg(inst, 1).map_or(0, |word| word >> SHIFT);
        if divisor <= 0 || !(divisor as u64).is_power_of_two() {
            return Ok(None);
        }
        let a = self.arg(inst, 0)?;
        Ok(Some(if matches!(inst.op, Op::TFloorDiv | Op::TFloorDivFit) {
            let shifted = self.sshr_const(a, i64::from(divisor.trailing_zeros()));
            self.band_const(shifted, !(INT_MASK as i64))
        } else {
            self.band_const(a, (divisor - 1) << SHIFT)
        }))
    }

    /// Floor division or remainder; the divisor is not zero and the quotient fits 64 bits.
    fn floor(&mut self, op: IntOp, a: Value, b: Value) -> Value {
        let remainder = self.ins().srem(a, b);
        let inexact = self.icmp_const(IntCC::NotEqual, remainder, 0);
        let signs = self.ins().bxor(remainder, b);
        let differ = self.icmp_const(IntCC::SignedLessThan, signs, 0);
        let adjust = self.ins().band(inexact, differ);
        let zero = self.iconst(0);
        if op == IntOp::Mod {
            let addend = self.ins().select(adjust, b, zero);
            return self.ins().iadd(remainder, addend);
        }
        let quotient = self.ins().sdiv(a, b);
        let minus_one = self.iconst(-1);
        let addend = self.ins().select(adjust, minus_one, zero);
        self.ins().iadd(quotient, addend)
    }

    /// Raw floor division or remainder: zero for a zero divisor, wrapping for the least integer and -1.
    fn raw_division(&mut self, op: IntOp, a: Value, b: Value) -> Value {
        let next = self.iadd_const(b, 1);
        // 0 and -1, and nothing else, are below 2 after adding one.
        let special = self.icmp_const(IntCC::UnsignedLessThan, next, 2);
        let one = self.iconst(1);
        let divisor = self.ins().select(special, one, b);
        let result = self.floor(op, a, divisor);
        if op == IntOp::Mod {
            return result;
        }
        // With -1: the negation; with 0: nothing.
        let multiple = self.ins().imul(a, b);
        self.ins().select(special, multiple, result)
    }
}

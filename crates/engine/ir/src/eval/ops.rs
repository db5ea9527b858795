//! The meaning of each op.

use pv_machine::{
    Breaker, Cmp, Context, FloatOp, IntOp, Repr, compare_floats, compare_ints, float_op, raw_op, tagged_op,
};
use pv_word::{INT_SHIFT, Word};

use super::{Evaluator, Step};
use crate::inst::{Imm, Inst};
use crate::ops::Op;

/// The tagged operation behind an op, guarded or not.
fn tagged(op: Op) -> Option<IntOp> {
    Some(match op {
        Op::TAdd | Op::TAddFit => IntOp::Add,
        Op::TSub | Op::TSubFit => IntOp::Sub,
        Op::TMul | Op::TMulFit => IntOp::Mul,
        Op::TShl | Op::TShlFit => IntOp::Shl,
        Op::TShr | Op::TShrFit => IntOp::Shr,
        Op::TFloorDiv | Op::TFloorDivFit => IntOp::FloorDiv,
        Op::TMod | Op::TModFit => IntOp::Mod,
        Op::TAnd => IntOp::And,
        Op::TOr => IntOp::Or,
        Op::TXor => IntOp::Xor,
        _ => return None,
    })
}

fn raw(op: Op) -> Option<IntOp> {
    use IntOp::{Add, And, FloorDiv, Mod, Mul, Or, Shl, Shr, Sub, Xor};
    [Add, Sub, Mul, And, Or, Xor, Shl, Shr, FloorDiv, Mod].into_iter().find(|raw| Op::raw_int(*raw) == op)
}

fn float(op: Op) -> Option<FloatOp> {
    use FloatOp::{Abs, Add, Div, Floor, Mul, Neg, Sqrt, Sub};
    [Add, Sub, Mul, Div, Neg, Abs, Sqrt, Floor].into_iter().find(|float| Op::float(*float) == op)
}

/// Every comparison.
const COMPARISONS: [Cmp; 7] = [Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Le, Cmp::Gt, Cmp::Ge, Cmp::Ult];

fn comparison(op: Op, a: u64, b: u64) -> Option<bool> {
    COMPARISONS.into_iter().find_map(|cmp| {
        if Op::cmp_int(cmp) == op || Op::cmp_word(cmp) == op {
            Some(compare_ints(cmp, a as i64, b as i64))
        } else if Op::cmp_float(cmp) == Some(op) {
            Some(compare_floats(cmp, f64::from_bits(a), f64::from_bits(b)))
        } else {
            None
        }
    })
}

fn guard(holds: bool) -> Step {
    if holds { Step::Value(0) } else { Step::Failed }
}

impl<Cx: Context> Evaluator<'_, Cx> {
    /// Executes an instruction; `None` when it does not fit the op table.
    pub(super) fn inst(&mut self, inst: &Inst) -> Option<Step> {
        let (a, b) = (self.arg(inst, 0), self.arg(inst, 1));
        if let Some(op) = tagged(inst.op) {
            return Some(match tagged_op(op, Word(a), Word(b)) {
                Some(word) => Step::Value(word.0),
                None if inst.op.is_guard() => Step::Failed,
                None => Step::Value(0),
            });
        }
        if let Some(op) = raw(inst.op) {
            return Some(Step::Value(raw_op(op, a as i64, b as i64) as u64));
        }
        if let Some(op) = float(inst.op) {
            return Some(Step::Value(float_op(op, f64::from_bits(a), f64::from_bits(b)).to_bits()));
        }
        if let Some(truth) = comparison(inst.op, a, b) {
            return Some(Step::Value(truth.into()));
        }
        self.convert(inst.op, a, b).or_else(|| self.test(inst)).or_else(|| self.heap(inst))
    }

    fn convert(&self, op: Op, a: u64, b: u64) -> Option<Step> {
        let (word, float) = (Word(a), f64::from_bits(a));
        Some(Step::Value(match op {
            Op::IsInt => word.is_int().into(),
            Op::IsFloat => word.is_float().into(),
            Op::IsPtr => word.is_ptr().into(),
            Op::BothInts => Word::both_int(word, Word(b)).into(),
            Op::UntagInt => word.untag_int() as u64,
            Op::TagInt => a << INT_SHIFT,
            Op::UntagFloat => word.untag_float().to_bits(),
            Op::TagFloat => self.door.tag_float(float).0,
            Op::FloatFits => Word::from_f64(float).is_some().into(),
            Op::INeg => (a as i64).wrapping_neg() as u64,
            Op::IntToFloat => (a as i64 as f64).to_bits(),
            Op::FloatToInt => float as i64 as u64,
            Op::Not => a ^ 1,
            Op::And => a & b,
            Op::Or => a | b,
            Op::BoolWord => self.door.bool_word(a != 0).0,
            _ => return None,
        }))
    }

    fn test(&self, inst: &Inst) -> Option<Step> {
        let a = self.arg(inst, 0);
        let breaker = self.door.state().breaker.bits();
        Some(match (inst.op, inst.imm) {
            (Op::GuardTrue, _) => guard(a != 0),
            (Op::GuardFalse, _) => guard(a == 0),
            (Op::GuardNotRaised, _) => guard(!Word(a).is_empty()),
            (Op::GuardNotRaisedInt, _) => guard(a as i64 >= 0),
            (Op::GuardNotInvalidated, _) => guard(!self.invalidated.is_some_and(|flag| flag.get())),
            (Op::Poll, _) => guard(breaker == 0),
            (Op::Boundary, _) => guard(breaker & Breaker::FINALIZERS == 0),
            (Op::TagIntOvf, _) => match Word::from_i64(a as i64) {
                Some(word) => Step::Value(word.0),
                None => Step::Failed,
            },
            (Op::GuardRoom, Imm::Room { slots, frames }) => {
                let state = self.door.state();
                let top = self.base.wrapping_offset(slots as isize);
                guard(top <= state.limit.get() && state.depth.get().saturating_add(frames) < self.door.depth_limit())
            }
            (Op::Select, _) => Step::Value(self.arg(inst, if a != 0 { 1 } else { 2 })),
            _ => return None,
        })
    }

    fn heap(&mut self, inst: &Inst) -> Option<Step> {
        let (a, b, c) = (self.arg(inst, 0), self.arg(inst, 1), self.arg(inst, 2));
        let addr = Word(a).addr() as u64;
        let tagged_index = (b as i64) >> INT_SHIFT;
        Some(Step::Value(match (inst.op, inst.imm) {
            (Op::LoadSlot, Imm::Slot(slot)) => self.door.slot_get(self.base, slot).0,
            (Op::LoadField, Imm::Field(field)) => self.door.read(addr, field.offset.into(), field.repr),
            (Op::StoreField, Imm::Field(field)) => self.write(addr, field.offset.into(), field.repr, b),
            (Op::ArrayBase, Imm::Array(array)) => self.door.array_base(Word(a), array),
            (Op::LoadElem, Imm::Array(array)) => self.door.read(a, at(b as i64, array.elem), array.elem),
            (Op::LoadElemTagged, Imm::Array(array)) => self.door.read(a, at(tagged_index, array.elem), array.elem),
            (Op::StoreElem, Imm::Array(array)) => self.write(a, at(b as i64, array.elem), array.elem, c),
            (Op::StoreElemTagged, Imm::Array(array)) => self.write(a, at(tagged_index, array.elem), array.elem, c),
            (Op::New, Imm::New { size, header }) => self.door.allocate(size as usize, [header, a]).0,
            (Op::IncRef | Op::IncRefPtr, _) => {
                self.door.retain(Word(a));
                0
            }
            (Op::DecRef | Op::DecRefPtr, _) => {
                self.door.release(Word(a));
                0
            }
            (Op::Disown, _) => 0,
            (Op::CallWord | Op::CallInt | Op::CallFloat, _) => return self.call(inst),
            _ => return None,
        }))
    }

    fn write(&self, addr: u64, offset: i64, repr: Repr, bits: u64) -> u64 {
        self.door.write(addr, offset, repr, bits);
        0
    }

    fn call(&mut self, inst: &Inst) -> Option<Step> {
        let (helper, window) = match inst.imm {
            Imm::Helper(helper) => (helper, None),
            Imm::Window { helper, first, count } => (helper, Some((first, count))),
            _ => return None,
        };
        let args: Vec<u64> = inst.args.iter().map(|arg| self.bits(*arg)).collect();
        let depth = inst.snapshot.map_or(0, |snapshot| self.safepoint(snapshot));
        let result = self.door.invoke(helper, &args, self.base, window);
        let state = self.door.state();
        state.depth.set(state.depth.get().wrapping_sub(depth));
        Some(Step::Value(result))
    }
}

/// Bytes from an array's first element to element `index`.
fn at(index: i64, repr: Repr) -> i64 {
    index.wrapping_mul(repr.size() as i64)
}

//! What an op computes, as data: families of ops, and their value on constants.
//!
//! Role: the one place that maps trace ops back to the operations of `pv_machine`, which also execute them; folding can
//! therefore not disagree with execution.

use pv_ir::{Const, Op};
use pv_machine::{Cmp, FloatOp, IntOp, compare_floats, compare_ints, float_op, raw_op, tagged_op};
use pv_word::Word;

/// The family an op belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Wrapping arithmetic on raw integers.
    Raw(IntOp),
    /// Arithmetic on small-int words, guarded or known to fit.
    Tagged(IntOp),
    /// Comparison of raw integers.
    CmpInt(Cmp),
    /// Comparison of words by their bits.
    CmpWord(Cmp),
    /// Arithmetic on doubles.
    Float(FloatOp),
    /// Comparison of doubles.
    CmpFloat(Cmp),
    /// None of these.
    Other,
}

/// The family of an op.
pub(crate) const fn family(op: Op) -> Family {
    use Family::{CmpFloat, CmpInt, CmpWord, Float, Other, Raw, Tagged};
    match op {
        Op::IAdd => Raw(IntOp::Add),
        Op::ISub => Raw(IntOp::Sub),
        Op::IMul => Raw(IntOp::Mul),
        Op::IAnd => Raw(IntOp::And),
        Op::IOr => Raw(IntOp::Or),
        Op::IXor => Raw(IntOp::Xor),
        Op::IShl => Raw(IntOp::Shl),
        Op::IShr => Raw(IntOp::Shr),
        Op::IFloorDiv => Raw(IntOp::FloorDiv),
        Op::IMod => Raw(IntOp::Mod),
        Op::TAdd | Op::TAddFit => Tagged(IntOp::Add),
        Op::TSub | Op::TSubFit => Tagged(IntOp::Sub),
        Op::TMul | Op::TMulFit => Tagged(IntOp::Mul),
        Op::TShl | Op::TShlFit => Tagged(IntOp::Shl),
        Op::TShr | Op::TShrFit => Tagged(IntOp::Shr),
        Op::TFloorDiv | Op::TFloorDivFit => Tagged(IntOp::FloorDiv),
        Op::TMod | Op::TModFit => Tagged(IntOp::Mod),
        Op::TAnd => Tagged(IntOp::And),
        Op::TOr => Tagged(IntOp::Or),
        Op::TXor => Tagged(IntOp::Xor),
        Op::IEq => CmpInt(Cmp::Eq),
        Op::INe => CmpInt(Cmp::Ne),
        Op::ILt => CmpInt(Cmp::Lt),
        Op::ILe => CmpInt(Cmp::Le),
        Op::IGt => CmpInt(Cmp::Gt),
        Op::IGe => CmpInt(Cmp::Ge),
        Op::IUlt => CmpInt(Cmp::Ult),
        Op::WEq => CmpWord(Cmp::Eq),
        Op::WNe => CmpWord(Cmp::Ne),
        Op::WLt => CmpWord(Cmp::Lt),
        Op::WLe => CmpWord(Cmp::Le),
        Op::WGt => CmpWord(Cmp::Gt),
        Op::WGe => CmpWord(Cmp::Ge),
        Op::WUlt => CmpWord(Cmp::Ult),
        Op::FAdd => Float(FloatOp::Add),
        Op::FSub => Float(FloatOp::Sub),
        Op::FMul => Float(FloatOp::Mul),
        Op::FDiv => Float(FloatOp::Div),
        Op::FNeg => Float(FloatOp::Neg),
        Op::FAbs => Float(FloatOp::Abs),
        Op::FSqrt => Float(FloatOp::Sqrt),
        Op::FFloor => Float(FloatOp::Floor),
        Op::FEq => CmpFloat(Cmp::Eq),
        Op::FNe => CmpFloat(Cmp::Ne),
        Op::FLt => CmpFloat(Cmp::Lt),
        Op::FLe => CmpFloat(Cmp::Le),
        Op::FGt => CmpFloat(Cmp::Gt),
        Op::FGe => CmpFloat(Cmp::Ge),
        _ => Other,
    }
}

/// Does swapping the two operands change nothing (bit for bit, except a nan's payload)?
pub(crate) const fn commutes(op: Op) -> bool {
    match family(op) {
        Family::Raw(op) | Family::Tagged(op) => {
            matches!(op, IntOp::Add | IntOp::Mul | IntOp::And | IntOp::Or | IntOp::Xor)
        }
        Family::CmpInt(cmp) | Family::CmpWord(cmp) | Family::CmpFloat(cmp) => matches!(cmp, Cmp::Eq | Cmp::Ne),
        Family::Float(op) => matches!(op, FloatOp::Add | FloatOp::Mul),
        Family::Other => matches!(op, Op::And | Op::Or | Op::BothInts),
    }
}

/// The guarded twin of an op known to fit, otherwise the op itself: the form under which results are reused.
pub(crate) const fn guarded(op: Op) -> Op {
    match op {
        Op::TAddFit => Op::TAdd,
        Op::TSubFit => Op::TSub,
        Op::TMulFit => Op::TMul,
        Op::TShlFit => Op::TShl,
        Op::TShrFit => Op::TShr,
        Op::TFloorDivFit => Op::TFloorDiv,
        Op::TModFit => Op::TMod,
        Op::TagInt => Op::TagIntOvf,
        other => other,
    }
}

fn float(value: f64) -> Const {
    Const::Float(value.to_bits())
}

fn double(constant: &Const) -> f64 {
    f64::from_bits(constant.bits())
}

fn word(constant: &Const) -> Word {
    Word(constant.bits())
}

/// The value of a pure op on constants; `None` when it has none (a guard that would fail, for instance).
pub(crate) fn evaluate(op: Op, args: &[&Const]) -> Option<Const> {
    match *args {
        [a] => evaluate_unary(op, a),
        [a, b] => evaluate_binary(op, a, b),
        _ => None,
    }
}

fn evaluate_unary(op: Op, a: &Const) -> Option<Const> {
    Some(match op {
        Op::IsInt => Const::Bool(word(a).is_int()),
        Op::IsFloat => Const::Bool(word(a).is_float()),
        Op::IsPtr => Const::Bool(word(a).is_ptr()),
        Op::UntagInt => Const::Int(word(a).as_i64()?),
        Op::TagInt | Op::TagIntOvf => Const::Word(Word::from_i64(a.bits() as i64)?),
        Op::UntagFloat => float(word(a).as_f64()?),
        Op::FloatFits => Const::Bool(Word::from_f64(double(a)).is_some()),
        Op::INeg => Const::Int((a.bits() as i64).wrapping_neg()),
        Op::IntToFloat => float(a.bits() as i64 as f64),
        Op::FloatToInt => Const::Int(double(a) as i64),
        Op::Not => Const::Bool(a.bits() == 0),
        _ => match family(op) {
            Family::Float(op) => float(float_op(op, double(a), 0.0)),
            _ => return None,
        },
    })
}

fn evaluate_binary(op: Op, a: &Const, b: &Const) -> Option<Const> {
    let (x, y) = (a.bits() as i64, b.bits() as i64);
    Some(match family(op) {
        Family::Raw(op) => Const::Int(raw_op(op, x, y)),
        Family::Tagged(op) if Word::both_int(word(a), word(b)) => Const::Word(tagged_op(op, word(a), word(b))?),
        Family::CmpInt(cmp) | Family::CmpWord(cmp) => Const::Bool(compare_ints(cmp, x, y)),
        Family::Float(op) => float(float_op(op, double(a), double(b))),
        Family::CmpFloat(cmp) => Const::Bool(compare_floats(cmp, double(a), double(b))),
        Family::Tagged(_) => return None,
        Family::Other => match op {
            Op::BothInts => Const::Bool(Word::both_int(word(a), word(b))),
            Op::And => Const::Bool(x != 0 && y != 0),
            Op::Or => Const::Bool(x != 0 || y != 0),
            _ => return None,
        },
    })
}

//! Doubles and their words.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{BlockArg, InstBuilder, MemFlagsData, Value, types};
use pv_ir::{Inst, Op};
use pv_word::{FLOAT_BIAS, FLOAT_BIT, FLOAT_ROTATE};

use super::{Translated, Translator};

impl Translator<'_> {
    /// Translates the ops of this module; `None` for others.
    pub(super) fn float_op(&mut self, inst: &Inst) -> Translated<Option<Value>> {
        let condition = match inst.op {
            Op::FEq => FloatCC::Equal,
            Op::FNe => FloatCC::NotEqual,
            Op::FLt => FloatCC::LessThan,
            Op::FLe => FloatCC::LessThanOrEqual,
            Op::FGt => FloatCC::GreaterThan,
            Op::FGe => FloatCC::GreaterThanOrEqual,
            _ => return self.float_value(inst),
        };
        let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
        Ok(Some(self.b.ins().fcmp(condition, a, b)))
    }

    fn float_value(&mut self, inst: &Inst) -> Translated<Option<Value>> {
        if matches!(inst.op, Op::FAdd | Op::FSub | Op::FMul | Op::FDiv) {
            let (a, b) = (self.arg(inst, 0)?, self.arg(inst, 1)?);
            return Ok(Some(match inst.op {
                Op::FAdd => self.ins().fadd(a, b),
                Op::FSub => self.ins().fsub(a, b),
                Op::FMul => self.ins().fmul(a, b),
                _ => self.ins().fdiv(a, b),
            }));
        }
        let unary: fn(&mut Self, Value) -> Value = match inst.op {
            Op::FNeg => |t, a| t.ins().fneg(a),
            Op::FAbs => |t, a| t.ins().fabs(a),
            Op::FSqrt => |t, a| t.ins().sqrt(a),
            Op::FFloor => |t, a| t.ins().floor(a),
            Op::IntToFloat => |t, a| t.ins().fcvt_from_sint(types::F64, a),
            Op::FloatToInt => |t, a| t.ins().fcvt_to_sint_sat(types::I64, a),
            Op::UntagFloat => Self::untag_float,
            Op::TagFloat if self.fitting.contains(&inst.args[0]) => Self::float_word,
            Op::TagFloat => Self::tag_float,
            Op::FloatFits => |t, a| {
                let word = t.float_word(a);
                let bit = t.band_const(word, FLOAT_BIT as i64);
                t.icmp_const(IntCC::NotEqual, bit, 0)
            },
            _ => return Ok(None),
        };
        let a = self.arg(inst, 0)?;
        Ok(Some(unary(self, a)))
    }

    fn untag_float(&mut self, word: Value) -> Value {
        let bits = self.iadd_const(word, -(FLOAT_BIAS as i64));
        let rotation = self.iconst(i64::from(FLOAT_ROTATE));
        let bits = self.ins().rotr(bits, rotation);
        self.ins().bitcast(types::F64, MemFlagsData::new(), bits)
    }

    /// The word that the double would have if it had an immediate form.
    fn float_word(&mut self, value: Value) -> Value {
        let bits = self.ins().bitcast(types::I64, MemFlagsData::new(), value);
        let rotation = self.iconst(i64::from(FLOAT_ROTATE));
        let bits = self.ins().rotl(bits, rotation);
        self.iadd_const(bits, FLOAT_BIAS as i64)
    }

    /// The word of a double, boxed in a cold block where it has no immediate form.
    pub(super) fn tag_float(&mut self, value: Value) -> Value {
        let word = self.float_word(value);
        let bit = self.band_const(word, FLOAT_BIT as i64);
        let (boxing, join) = (self.new_block(), self.new_block());
        self.b.set_cold_block(boxing);
        let result = self.b.append_block_param(join, types::I64);
        self.ins().brif(bit, join, &[BlockArg::Value(word)], boxing, &[]);
        self.b.switch_to_block(boxing);
        let boxed = self.call_box_float(value);
        self.ins().jump(join, &[BlockArg::Value(boxed)]);
        self.b.switch_to_block(join);
        result
    }
}

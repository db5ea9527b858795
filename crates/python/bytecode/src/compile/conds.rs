//! Conditions: expressions compiled to jumps.

use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::asm::{Label, test_flags};
use super::exprs::rich;
use super::fold::truth;
use super::{Compiler, R};
use crate::error::Res;
use crate::op::Op;

impl<'a> Compiler<'a> {
    /// The truth of a constant condition.
    pub(crate) fn constant_truth(&mut self, e: &'a Expr) -> Res<Option<bool>> {
        Ok(self.fold(e)?.map(|constant| truth(&constant)))
    }

    /// Jumps to `to` when the truth of the expression equals `sense`; falls through otherwise.
    pub(crate) fn cond_jump(&mut self, e: &'a Expr, to: Label, sense: bool) -> Res {
        crate::parse::depth::with_stack(|| self.cond_jump_here(e, to, sense))
    }

    fn cond_jump_here(&mut self, e: &'a Expr, to: Label, sense: bool) -> Res {
        if let Some(value) = self.constant_truth(e)? {
            if value == sense {
                self.at(e.range());
                self.jump(to);
            }
            return Ok(());
        }
        match e {
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => self.cond_jump(&not.operand, to, !sense),
            Expr::BoolOp(e) => self.bool_jump(e, to, sense),
            Expr::Compare(e) if e.ops.len() == 1 => self.compare_jump(e, to, sense),
            Expr::Compare(e) => self.chain_jump(e, to, sense),
            Expr::If(e) => self.conditional_jump(e, to, sense),
            _ => {
                let mark = self.next_temp();
                let value = self.operand(e)?;
                self.at(e.range());
                let op = if sense { Op::JumpIfTrue } else { Op::JumpIfFalse };
                self.asm().jump(op, value, 0, 0, to);
                self.pop_to(mark);
                Ok(())
            }
        }
    }

    fn bool_jump(&mut self, e: &'a ast::ExprBoolOp, to: Label, sense: bool) -> Res {
        let Some((last, rest)) = e.values.split_last() else { return Ok(()) };
        let decides = e.op == BoolOp::Or;
        let skip = self.label();
        for value in rest {
            let target = if decides == sense { to } else { skip };
            self.cond_jump(value, target, decides)?;
        }
        self.cond_jump(last, to, sense)?;
        self.bind(skip);
        Ok(())
    }

    fn conditional_jump(&mut self, e: &'a ast::ExprIf, to: Label, sense: bool) -> Res {
        let (orelse, end) = (self.label(), self.label());
        self.cond_jump(&e.test, orelse, false)?;
        self.cond_jump(&e.body, to, sense)?;
        self.jump(end);
        self.bind(orelse);
        self.cond_jump(&e.orelse, to, sense)?;
        self.bind(end);
        Ok(())
    }

    fn compare_jump(&mut self, e: &'a ast::ExprCompare, to: Label, sense: bool) -> Res {
        let (op, right) = (e.ops[0], &e.comparators[0]);
        let mark = self.next_temp();
        let left = self.operand(&e.left)?;
        if let (CmpOp::Is | CmpOp::IsNot, Expr::NoneLiteral(_)) = (op, right) {
            self.at(e.range);
            let none = (op == CmpOp::Is) == sense;
            let op = if none { Op::JumpIfNone } else { Op::JumpIfNotNone };
            self.asm().jump(op, left, 0, 0, to);
        } else {
            let right = self.jump_operand(right, op)?;
            self.at(e.range);
            self.emit_compare_jump(op, left, right, to, sense);
        }
        self.pop_to(mark);
        Ok(())
    }

    /// The right operand of a fused comparison, and whether it is a constant's index.
    fn jump_operand(&mut self, e: &'a Expr, op: CmpOp) -> Res<(u16, bool)> {
        if let (CmpOp::In | CmpOp::NotIn, Some(constant)) = (op, self.constant_container(e)?) {
            let index = self.constant(constant);
            if let Ok(index) = u16::try_from(index) {
                return Ok((index, true));
            }
        }
        match self.const_operand(e)? {
            Some(index) => Ok((index, true)),
            None => Ok((self.comparator(e, op)?, false)),
        }
    }

    fn emit_compare_jump(&mut self, op: CmpOp, left: R, (right, constant): (u16, bool), to: Label, sense: bool) {
        let (opcode, sense) = match op {
            CmpOp::Is => (Op::JumpIs, sense),
            CmpOp::IsNot => (Op::JumpIs, !sense),
            CmpOp::In => (Op::JumpIn, sense),
            CmpOp::NotIn => (Op::JumpIn, !sense),
            op => (rich(op).map_or(Op::JumpEq, |compare| compare.jump_opcode()), sense),
        };
        self.asm().jump(opcode, left, right, test_flags(sense, constant), to);
    }

    /// `a < b < c` as a condition.
    fn chain_jump(&mut self, e: &'a ast::ExprCompare, to: Label, sense: bool) -> Res {
        let mark = self.next_temp();
        let end = self.label();
        let mut left = self.operand(&e.left)?;
        let mut fails = Vec::new();
        for (i, (op, right)) in e.ops.iter().zip(&e.comparators).enumerate() {
            if i + 1 == e.ops.len() {
                let right = self.jump_operand(right, *op)?;
                self.at(e.range);
                self.emit_compare_jump(*op, left, right, to, sense);
                break;
            }
            let middle = self.operand(right)?;
            self.at(e.range);
            let operand = self.keep_copy(middle);
            let failed = if sense { end } else { to };
            let fail = if Self::is_temp(middle) { self.label() } else { failed };
            self.emit_compare_jump(*op, left, (operand, false), fail, false);
            if Self::is_temp(middle) {
                fails.push((fail, middle, failed));
            }
            left = middle;
        }
        self.drop_middles(fails, end, e.range);
        self.bind(end);
        self.pop_to(mark);
        Ok(())
    }

    fn drop_middles(&mut self, fails: Vec<(Label, R, Label)>, end: Label, range: TextRange) {
        if fails.is_empty() {
            return;
        }
        self.at(range);
        self.jump(end);
        for (fail, middle, failed) in fails {
            self.bind(fail);
            self.emit(Op::Drop, middle, 0, 0);
            self.jump(failed);
        }
    }
}

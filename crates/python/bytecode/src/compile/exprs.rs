//! Expressions.

use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::asm::Label;
use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::{BinaryOp, Compare, Op};
use crate::parse::depth::with_stack;
use crate::unit::Const;

/// Displays longer than this are built piece by piece.
const DISPLAY_LIMIT: usize = 30;

/// Largest constant index that fits an operand.
const SHORT_CONST: u32 = 0xffff;

impl<'a> Compiler<'a> {
    /// Compiles an expression to a register.
    pub(crate) fn expr_to(&mut self, e: &'a Expr, dst: R) -> Res {
        with_stack(|| self.expr_here(e, dst))
    }

    fn expr_here(&mut self, e: &'a Expr, dst: R) -> Res {
        if let Some(constant) = self.fold(e)? {
            self.at(e.range());
            self.load_const(dst, constant);
            return Ok(());
        }
        match e {
            Expr::Name(name) => {
                self.at(name.range);
                self.load_name(name.id.as_str(), dst)
            }
            Expr::BinOp(e) => self.binary(e, dst),
            Expr::UnaryOp(e) => self.unary(e, dst),
            Expr::Compare(e) => self.compare(e, dst),
            Expr::BoolOp(e) => self.bool_op(e, dst),
            Expr::Call(e) => self.call(e, dst),
            Expr::Attribute(e) => self.attribute(e, dst),
            Expr::Subscript(e) => self.subscript(e, dst),
            Expr::If(e) => self.conditional(e, dst),
            Expr::Named(e) => self.named(e, dst),
            Expr::Tuple(e) => self.tuple(&e.elts, e.range, dst),
            Expr::List(e) => self.list(&e.elts, e.range, dst),
            Expr::Set(e) => self.set(&e.elts, e.range, dst),
            Expr::Dict(e) => self.dict(e, dst),
            Expr::Slice(e) => self.slice_object(e, dst),
            _ => self.expr_scoped(e, dst),
        }
    }

    fn expr_scoped(&mut self, e: &'a Expr, dst: R) -> Res {
        match e {
            Expr::Lambda(e) => self.lambda(e, dst),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => self.comprehension(e, dst),
            Expr::Yield(e) => self.yield_(e, dst),
            Expr::YieldFrom(e) => self.yield_from(e, dst),
            Expr::Await(e) => self.await_(e, dst),
            Expr::FString(e) => self.fstring(e, dst),
            Expr::TString(e) => self.tstring(e, dst),
            Expr::Starred(e) => fault(e.range, "can't use starred expression here"),
            Expr::IpyEscapeCommand(e) => fault(e.range, "invalid syntax"),
            _ => fault(e.range(), "invalid syntax"),
        }
    }

    /// The register of a plain local that may be borrowed within the expression at hand.
    fn borrowable(&mut self, e: &Expr) -> Option<R> {
        let Expr::Name(name) = e else { return None };
        let id = name.id.as_str();
        if id == "__debug__" || self.rebinds_in_expressions(id) {
            return None;
        }
        self.local_reg(id)
    }

    /// Compiles an expression to a local's own register or to a fresh temporary.
    pub(crate) fn operand(&mut self, e: &'a Expr) -> Res<R> {
        if let Some(reg) = self.borrowable(e) {
            self.at(e.range());
            self.emit(Op::CheckBound, reg, 0, 0);
            return Ok(reg);
        }
        self.temp(e)
    }

    /// As `operand`; a value that needs a temporary goes to `hint` where that is the topmost one.
    pub(crate) fn operand_in(&mut self, e: &'a Expr, hint: R) -> Res<R> {
        if self.is_topmost(hint) && self.borrowable(e).is_none() {
            self.expr_to(e, hint)?;
            return Ok(hint);
        }
        self.operand(e)
    }

    /// Compiles an expression to a fresh temporary.
    pub(crate) fn temp(&mut self, e: &'a Expr) -> Res<R> {
        let temp = self.push();
        self.expr_to(e, temp)?;
        Ok(temp)
    }

    /// Compiles an expression for its effects.
    pub(crate) fn discard(&mut self, e: &'a Expr) -> Res {
        if self.fold(e)?.is_some() {
            self.asm().mark();
            return Ok(());
        }
        let value = self.operand(e)?;
        if Self::is_temp(value) {
            self.emit(Op::Drop, value, 0, 0);
            self.pop_to(value);
        }
        Ok(())
    }

    /// Index of a constant expression, if it is one and fits an operand.
    pub(crate) fn const_operand(&mut self, e: &'a Expr) -> Res<Option<u16>> {
        let Some(constant) = self.fold(e)? else { return Ok(None) };
        let index = self.constant(constant);
        Ok((index <= SHORT_CONST).then_some(index as u16))
    }

    fn binary(&mut self, e: &'a ast::ExprBinOp, dst: R) -> Res {
        let mark = self.next_temp();
        let left = self.operand_in(&e.left, dst)?;
        self.operate(binary_op(e.op), false, dst, left, &e.right, e.range)?;
        self.pop_to(mark);
        Ok(())
    }

    /// Emits an operator with a compiled left operand.
    pub(crate) fn operate(
        &mut self,
        op: BinaryOp,
        in_place: bool,
        dst: R,
        left: R,
        right: &'a Expr,
        range: TextRange,
    ) -> Res {
        if let Some(index) = self.const_operand(right)? {
            self.at(range);
            self.emit(op.opcode(in_place, true), dst, left, index);
        } else {
            let right = self.operand(right)?;
            self.at(range);
            self.emit(op.opcode(in_place, false), dst, left, right);
        }
        Ok(())
    }

    fn unary(&mut self, e: &'a ast::ExprUnaryOp, dst: R) -> Res {
        if e.op == UnaryOp::Not
            && let Expr::Compare(compare) = &*e.operand
            && let [op @ (CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn)] = compare.ops[..]
        {
            return self.compare_one(compare, op.negate(), dst, e.range);
        }
        let mark = self.next_temp();
        let operand = self.operand_in(&e.operand, dst)?;
        let op = match e.op {
            UnaryOp::Invert => Op::Invert,
            UnaryOp::Not => Op::Not,
            UnaryOp::UAdd => Op::Pos,
            UnaryOp::USub => Op::Neg,
        };
        self.at(e.range);
        self.emit(op, dst, operand, 0);
        self.pop_to(mark);
        Ok(())
    }

    fn compare(&mut self, e: &'a ast::ExprCompare, dst: R) -> Res {
        if let [op] = e.ops[..] {
            return self.compare_one(e, op, dst, e.range);
        }
        self.compare_chain(e, dst)
    }

    fn compare_one(&mut self, e: &'a ast::ExprCompare, op: CmpOp, dst: R, range: TextRange) -> Res {
        let mark = self.next_temp();
        let left = self.operand_in(&e.left, dst)?;
        let right = self.comparator(&e.comparators[0], op)?;
        self.at(range);
        self.emit(compare_opcode(op), dst, left, right);
        self.pop_to(mark);
        Ok(())
    }

    /// The right operand of a comparison; a list or set display of constants after `in` is constant.
    pub(crate) fn comparator(&mut self, e: &'a Expr, op: CmpOp) -> Res<R> {
        if let (CmpOp::In | CmpOp::NotIn, Some(constant)) = (op, self.constant_container(e)?) {
            self.at(e.range());
            return Ok(self.const_temp(constant));
        }
        self.operand(e)
    }

    /// A display of constants as a constant container of the same members.
    pub(crate) fn constant_container(&mut self, e: &'a Expr) -> Res<Option<Const>> {
        Ok(match e {
            Expr::List(list) => self.fold_all(&list.elts)?.map(|items| Const::Tuple(items.into())),
            Expr::Set(set) => self.fold_all(&set.elts)?.map(|items| Const::FrozenSet(items.into())),
            _ => None,
        })
    }

    /// `a < b < c` as a value.
    fn compare_chain(&mut self, e: &'a ast::ExprCompare, dst: R) -> Res {
        let (mark, value) = (self.next_temp(), self.scratch(dst));
        let (end, mut left) = (self.label(), self.operand_in(&e.left, value)?);
        let mut fails = Vec::new();
        for (i, (op, right)) in e.ops.iter().zip(&e.comparators).enumerate() {
            if i + 1 == e.ops.len() {
                let right = self.comparator(right, *op)?;
                self.at(e.range);
                self.emit(compare_opcode(*op), value, left, right);
                break;
            }
            let middle = self.operand(right)?;
            self.at(e.range);
            let operand = self.keep_copy(middle);
            self.emit(compare_opcode(*op), value, left, operand);
            let fail = self.label();
            self.asm().jump(Op::JumpIfFalseOrDrop, value, 0, 0, fail);
            fails.push((fail, middle));
            left = middle;
        }
        if fails.iter().any(|(_, middle)| Self::is_temp(*middle)) {
            self.jump(end);
        }
        for (fail, middle) in fails {
            self.bind(fail);
            if Self::is_temp(middle) {
                self.emit(Op::Drop, middle, 0, 0);
                self.jump(end);
            }
        }
        self.bind(end);
        self.finish_scratch(value, dst, mark);
        Ok(())
    }

    /// Moves a scratch result to its destination and gives back all temporaries from `mark` on, but `dst`.
    pub(crate) fn finish_scratch(&mut self, value: R, dst: R, mark: R) {
        if value != dst {
            self.emit(Op::Move, dst, value, 0);
        }
        self.pop_to(mark);
    }

    /// A register with the same value that may be consumed: a copy of a temporary, or the local itself.
    pub(crate) fn keep_copy(&mut self, reg: R) -> R {
        if !Self::is_temp(reg) {
            return reg;
        }
        let copy = self.push();
        self.emit(Op::Copy, copy, reg, 0);
        copy
    }

    fn bool_op(&mut self, e: &'a ast::ExprBoolOp, dst: R) -> Res {
        let (mark, value, end) = (self.next_temp(), self.scratch(dst), self.label());
        let Some((last, rest)) = e.values.split_last() else { return Ok(()) };
        for operand in rest {
            self.deciding(operand, value, end, e.op == BoolOp::Or)?;
        }
        self.expr_to(last, value)?;
        self.bind(end);
        self.finish_scratch(value, dst, mark);
        Ok(())
    }

    /// Goes to `end` with the operand's value where its truth is `sense`, else on without it. No operand in it is tested twice.
    fn deciding(&mut self, operand: &'a Expr, value: R, end: Label, sense: bool) -> Res {
        if let Expr::BoolOp(e) = operand
            && let Some((last, rest)) = e.values.split_last()
        {
            let (skip, own) = (self.label(), e.op == BoolOp::Or);
            for operand in rest {
                match own == sense {
                    true => self.deciding(operand, value, end, sense)?,
                    false => self.cond_jump(operand, skip, own)?,
                }
            }
            self.deciding(last, value, end, sense)?;
            self.bind(skip);
            return Ok(());
        }
        self.expr_to(operand, value)?;
        self.at(operand.range());
        let jump = if sense { Op::JumpIfTrueOrDrop } else { Op::JumpIfFalseOrDrop };
        self.asm().jump(jump, value, 0, 0, end);
        Ok(())
    }

    fn conditional(&mut self, e: &'a ast::ExprIf, dst: R) -> Res {
        let (orelse, end) = (self.label(), self.label());
        self.cond_jump(&e.test, orelse, false)?;
        self.expr_to(&e.body, dst)?;
        self.jump(end);
        self.bind(orelse);
        self.expr_to(&e.orelse, dst)?;
        self.bind(end);
        Ok(())
    }

    fn named(&mut self, e: &'a ast::ExprNamed, dst: R) -> Res {
        let Expr::Name(name) = &*e.target else {
            return fault(e.range, "cannot use assignment expressions here");
        };
        let id = name.id.as_str();
        if let Some(reg) = self.local_reg(id) {
            self.expr_to(&e.value, reg)?;
            self.at(e.range);
            if reg != dst {
                self.emit(Op::Copy, dst, reg, 0);
            }
            return Ok(());
        }
        let value = self.scratch(dst);
        self.expr_to(&e.value, value)?;
        self.at(e.range);
        let copy = self.push();
        self.emit(Op::Copy, copy, value, 0);
        self.store_name(id, name.range, copy)?;
        self.pop_to(copy);
        self.settle(value, dst);
        Ok(())
    }

    fn attribute(&mut self, e: &'a ast::ExprAttribute, dst: R) -> Res {
        let mark = self.next_temp();
        // The class of a `super` object is its own, not one that is looked up.
        let call = if e.attr.as_str() == "__class__" { None } else { self.super_call(&e.value) };
        if let Some(call) = call {
            let (window, flags) = self.super_window(call, dst)?;
            let name = self.attribute_name(e);
            self.at(e.range);
            self.asm().abcxy(Op::LoadSuperAttr, dst, window, flags, name, 0);
        } else {
            let object = self.operand_in(&e.value, dst)?;
            let name = self.attribute_name(e);
            self.at_attribute(e);
            self.asm().abcxy(Op::LoadAttr, dst, object, 0, name, 0);
        }
        self.pop_to(mark);
        Ok(())
    }

    /// Index of an attribute's mangled name.
    pub(crate) fn attribute_name(&mut self, e: &ast::ExprAttribute) -> u32 {
        let name = self.mangled(e.attr.as_str());
        self.name(&name)
    }

    /// The range of an attribute; where it spans lines, that of its name.
    pub(crate) fn at_attribute(&mut self, e: &ast::ExprAttribute) {
        self.at(e.range);
        let span = self.asm().span;
        if span.line != span.end_line {
            self.at(e.attr.range);
        }
    }

    fn subscript(&mut self, e: &'a ast::ExprSubscript, dst: R) -> Res {
        let mark = self.next_temp();
        let object = self.operand_in(&e.value, dst)?;
        if let Expr::Slice(slice) = &*e.slice
            && slice.step.is_none()
        {
            let bounds = self.slice_bounds(slice)?;
            self.at(e.range);
            self.emit(Op::GetSlice, dst, object, bounds);
        } else if let Some(index) = self.const_operand(&e.slice)? {
            self.at(e.range);
            self.emit(Op::GetItemK, dst, object, index);
        } else {
            let key = self.operand(&e.slice)?;
            self.at(e.range);
            self.emit(Op::GetItem, dst, object, key);
        }
        self.pop_to(mark);
        Ok(())
    }

    /// Start and stop of a slice in two temporaries.
    pub(crate) fn slice_bounds(&mut self, slice: &'a ast::ExprSlice) -> Res<R> {
        let first = self.bound(slice.lower.as_deref(), slice.range)?;
        self.bound(slice.upper.as_deref(), slice.range)?;
        Ok(first)
    }

    fn bound(&mut self, bound: Option<&'a Expr>, range: TextRange) -> Res<R> {
        match bound {
            Some(bound) => self.temp(bound),
            None => {
                self.at(range);
                Ok(self.const_temp(Const::None))
            }
        }
    }

    fn slice_object(&mut self, e: &'a ast::ExprSlice, dst: R) -> Res {
        let base = self.slice_bounds(e)?;
        let count = if e.step.is_some() { 3 } else { 2 };
        if let Some(step) = &e.step {
            self.temp(step)?;
        }
        self.at(e.range);
        self.emit(Op::BuildSlice, dst, base, count);
        self.pop_to(base);
        Ok(())
    }

    /// Compiles values to consecutive temporaries, the first in `dst` where it is the topmost one.
    pub(crate) fn values(&mut self, values: &'a [Expr], dst: R) -> Res<R> {
        let Some((first, rest)) = values.split_first() else { return Ok(self.next_temp()) };
        let base = self.scratch(dst);
        self.expr_to(first, base)?;
        for value in rest {
            self.temp(value)?;
        }
        Ok(base)
    }

    fn tuple(&mut self, elts: &'a [Expr], range: TextRange, dst: R) -> Res {
        if elts.iter().any(Expr::is_starred_expr) || elts.len() > DISPLAY_LIMIT {
            let mark = self.next_temp();
            let list = self.scratch(dst);
            self.spread_list(elts, range, list)?;
            self.at(range);
            self.emit(Op::ListToTuple, dst, list, 0);
            self.pop_to(mark);
            return Ok(());
        }
        self.build(Op::BuildTuple, elts, range, dst)
    }

    fn build(&mut self, op: Op, elts: &'a [Expr], range: TextRange, dst: R) -> Res {
        let mark = self.next_temp();
        let base = self.values(elts, dst)?;
        self.at(range);
        self.emit(op, dst, base, elts.len() as u16);
        self.pop_to(mark);
        Ok(())
    }

    fn list(&mut self, elts: &'a [Expr], range: TextRange, dst: R) -> Res {
        let spread = elts.iter().any(Expr::is_starred_expr) || elts.len() > DISPLAY_LIMIT;
        if spread || elts.len() >= 3 && self.fold_all(elts)?.is_some() {
            let mark = self.next_temp();
            let list = self.scratch(dst);
            self.spread_list(elts, range, list)?;
            self.finish_scratch(list, dst, mark);
            return Ok(());
        }
        self.build(Op::BuildList, elts, range, dst)
    }

    /// Builds a list of any length, with starred items, in a temporary.
    pub(crate) fn spread_list(&mut self, elts: &'a [Expr], range: TextRange, list: R) -> Res {
        self.spread(elts, range, list, (Op::BuildList, Op::ListAppend, Op::ListExtend))
    }

    fn set(&mut self, elts: &'a [Expr], range: TextRange, dst: R) -> Res {
        let spread = elts.iter().any(Expr::is_starred_expr) || elts.len() > DISPLAY_LIMIT;
        if spread || elts.len() >= 3 && self.fold_all(elts)?.is_some() {
            let mark = self.next_temp();
            let set = self.scratch(dst);
            self.spread(elts, range, set, (Op::BuildSet, Op::SetAdd, Op::SetUpdate))?;
            self.finish_scratch(set, dst, mark);
            return Ok(());
        }
        self.build(Op::BuildSet, elts, range, dst)
    }

    fn spread(&mut self, elts: &'a [Expr], range: TextRange, dst: R, (build, add, extend): (Op, Op, Op)) -> Res {
        self.at(range);
        let room = self.next_temp();
        self.emit(build, dst, room, 0);
        if let (false, Some(items)) = (elts.is_empty(), self.fold_all(elts)?) {
            let items = self.const_temp(Const::Tuple(items.into()));
            self.emit(extend, dst, items, 0);
            self.pop_to(items);
            return Ok(());
        }
        for elt in elts {
            let mark = self.next_temp();
            let (value, op) = match elt {
                Expr::Starred(starred) => (self.operand(&starred.value)?, extend),
                elt => (self.operand(elt)?, add),
            };
            self.at(range);
            self.emit(op, dst, value, 0);
            self.pop_to(mark);
        }
        Ok(())
    }

    fn dict(&mut self, e: &'a ast::ExprDict, dst: R) -> Res {
        let spread = e.items.len() > DISPLAY_LIMIT / 2 || e.items.iter().any(|item| item.key.is_none());
        let mark = self.next_temp();
        if spread {
            let dict = self.scratch(dst);
            self.spread_dict(e, dict)?;
            self.finish_scratch(dict, dst, mark);
            return Ok(());
        }
        let mut base = None;
        for item in &e.items {
            let key = if base.is_none() { self.scratch(dst) } else { self.push() };
            base = base.or(Some(key));
            if let Some(expr) = &item.key {
                self.expr_to(expr, key)?;
            }
            self.temp(&item.value)?;
        }
        let base = base.unwrap_or(self.next_temp());
        self.at(e.range);
        self.emit(Op::BuildMap, dst, base, e.items.len() as u16);
        self.pop_to(mark);
        Ok(())
    }

    fn spread_dict(&mut self, e: &'a ast::ExprDict, dict: R) -> Res {
        self.at(e.range);
        let room = self.next_temp();
        self.emit(Op::BuildMap, dict, room, 0);
        for item in &e.items {
            let mark = self.next_temp();
            if let Some(key) = &item.key {
                let key = self.operand(key)?;
                let value = self.operand(&item.value)?;
                self.at(e.range);
                self.emit(Op::MapSet, dict, key, value);
            } else {
                let value = self.operand(&item.value)?;
                self.at(e.range);
                self.emit(Op::MapUpdate, dict, value, 0);
            }
            self.pop_to(mark);
        }
        Ok(())
    }
}

/// The table's number of an operator of the tree.
pub(crate) fn binary_op(op: Operator) -> BinaryOp {
    match op {
        Operator::Add => BinaryOp::Add,
        Operator::Sub => BinaryOp::Sub,
        Operator::Mult => BinaryOp::Mul,
        Operator::MatMult => BinaryOp::MatMul,
        Operator::Div => BinaryOp::TrueDiv,
        Operator::Mod => BinaryOp::Mod,
        Operator::Pow => BinaryOp::Pow,
        Operator::LShift => BinaryOp::LShift,
        Operator::RShift => BinaryOp::RShift,
        Operator::BitOr => BinaryOp::Or,
        Operator::BitXor => BinaryOp::Xor,
        Operator::BitAnd => BinaryOp::And,
        Operator::FloorDiv => BinaryOp::FloorDiv,
    }
}

/// The rich comparison of an operator of the tree, if it is one.
pub(crate) fn rich(op: CmpOp) -> Option<Compare> {
    Some(match op {
        CmpOp::Eq => Compare::Eq,
        CmpOp::NotEq => Compare::Ne,
        CmpOp::Lt => Compare::Lt,
        CmpOp::LtE => Compare::Le,
        CmpOp::Gt => Compare::Gt,
        CmpOp::GtE => Compare::Ge,
        _ => return None,
    })
}

fn compare_opcode(op: CmpOp) -> Op {
    match (op, rich(op)) {
        (_, Some(compare)) => compare.opcode(),
        (CmpOp::Is, _) => Op::Is,
        (CmpOp::IsNot, _) => Op::IsNot,
        (CmpOp::In, _) => Op::In,
        _ => Op::NotIn,
    }
}

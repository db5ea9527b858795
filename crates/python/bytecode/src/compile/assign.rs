//! Assignment: plain, augmented, annotated, unpacking.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::exprs::binary_op;
use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::{BinaryOp, Op};

impl<'a> Compiler<'a> {
    pub(crate) fn assign_stmt(&mut self, stmt: &'a ast::StmtAssign) -> Res {
        let Some((last, others)) = stmt.targets.split_last() else { return Ok(()) };
        if others.is_empty() {
            return self.assign_expr(last, &stmt.value);
        }
        let value = self.temp(&stmt.value)?;
        for target in others {
            self.at(target.range());
            let copy = self.push();
            self.emit(Op::Copy, copy, value, 0);
            self.assign(target, copy)?;
            self.pop_to(copy);
        }
        self.assign(last, value)?;
        self.pop_to(value);
        Ok(())
    }

    /// `target = value`, straight into a local where the target is one.
    fn assign_expr(&mut self, target: &'a Expr, value: &'a Expr) -> Res {
        if let Expr::Name(name) = target
            && let Some(reg) = self.local_reg(name.id.as_str())
        {
            self.expr_to(value, reg)?;
            return self.store_name(name.id.as_str(), name.range, reg);
        }
        if self.assign_pairwise(target, value)? {
            return Ok(());
        }
        let mark = self.next_temp();
        let value = self.operand(value)?;
        self.assign(target, value)?;
        self.pop_to(mark);
        Ok(())
    }

    /// `a, b = x, y` without the tuple.
    fn assign_pairwise(&mut self, target: &'a Expr, value: &'a Expr) -> Res<bool> {
        let (Some(targets), Expr::Tuple(tuple)) = (sequence(target), value) else { return Ok(false) };
        let starred = targets.iter().chain(&tuple.elts).any(Expr::is_starred_expr);
        if starred || targets.len() != tuple.elts.len() || targets.len() > 8 || targets.is_empty() {
            return Ok(false);
        }
        let base = self.next_temp();
        for value in &tuple.elts {
            self.temp(value)?;
        }
        for (i, target) in targets.iter().enumerate() {
            self.assign(target, base + i as R)?;
        }
        self.pop_to(base);
        Ok(true)
    }

    /// Stores a register's value in a target; a temporary is consumed.
    pub(crate) fn assign(&mut self, target: &'a Expr, value: R) -> Res {
        let mark = self.next_temp();
        match target {
            Expr::Name(name) => {
                self.at(name.range);
                self.store_name(name.id.as_str(), name.range, value)?;
            }
            Expr::Attribute(e) => {
                self.note_static_attribute(e);
                let object = self.operand(&e.value)?;
                let name = self.attribute_name(e);
                self.at_attribute(e);
                self.asm().abcxy(Op::StoreAttr, object, value, 0, name, 0);
            }
            Expr::Subscript(e) => self.store_item(e, value)?,
            Expr::Tuple(e) => self.unpack(&e.elts, e.range, value)?,
            Expr::List(e) => self.unpack(&e.elts, e.range, value)?,
            Expr::Starred(e) => return fault(e.range, "starred assignment target must be in a list or tuple"),
            _ => return fault(target.range(), "cannot assign to expression"),
        }
        self.pop_to(mark);
        Ok(())
    }

    fn store_item(&mut self, e: &'a ast::ExprSubscript, value: R) -> Res {
        let object = self.operand(&e.value)?;
        if let Expr::Slice(slice) = &*e.slice
            && slice.step.is_none()
        {
            let bounds = self.slice_bounds(slice)?;
            self.at(e.range);
            self.emit(Op::SetSlice, object, bounds, value);
        } else {
            let key = self.operand(&e.slice)?;
            self.at(e.range);
            self.emit(Op::SetItem, object, key, value);
        }
        Ok(())
    }

    fn unpack(&mut self, targets: &'a [Expr], range: TextRange, value: R) -> Res {
        let star = targets.iter().position(Expr::is_starred_expr);
        if targets.iter().filter(|target| target.is_starred_expr()).count() > 1 {
            return fault(range, "multiple starred expressions in assignment");
        }
        // What the instruction's operands hold in CPython.
        if star.is_some_and(|before| before >= 1 << 8 || targets.len() - before > 1 << 23) {
            return fault(range, "too many expressions in star-unpacking assignment");
        }
        let count = targets.len() as u16;
        if let Some(first) = self.consecutive_locals(targets) {
            self.at(range);
            self.emit(Op::UnpackLocals, first, value, count);
            return Ok(());
        }
        let base = self.push_n(count);
        self.at(range);
        match star {
            None => self.emit(Op::Unpack, base, value, count),
            Some(before) => {
                let before = before as u16;
                self.emit_x(Op::UnpackEx, base, value, before, u32::from(count - before - 1));
            }
        }
        for (i, target) in targets.iter().enumerate() {
            let target = if let Expr::Starred(starred) = target { &starred.value } else { target };
            self.assign(target, base + i as R)?;
        }
        Ok(())
    }

    /// The first of the registers of targets that are plain locals in consecutive ones.
    fn consecutive_locals(&self, targets: &[Expr]) -> Option<R> {
        let reg = |target: &Expr| match target {
            Expr::Name(name) if name.id.as_str() != "__debug__" => self.local_reg(name.id.as_str()),
            _ => None,
        };
        let first = reg(targets.first()?)?;
        let consecutive = targets.iter().enumerate().all(|(i, target)| reg(target) == Some(first + i as R));
        consecutive.then_some(first)
    }

    pub(crate) fn aug_assign(&mut self, stmt: &'a ast::StmtAugAssign) -> Res {
        let (mark, op) = (self.next_temp(), binary_op(stmt.op));
        match &*stmt.target {
            Expr::Name(name) => self.aug_name(stmt, name, op)?,
            Expr::Attribute(e) => {
                let object = self.operand(&e.value)?;
                let result = self.push();
                let source = self.copy_into(object, result);
                let name = self.attribute_name(e);
                self.at_attribute(e);
                self.asm().abcxy(Op::LoadAttr, result, source, 0, name, 0);
                self.operate(op, true, result, result, &stmt.value, stmt.range)?;
                self.at_attribute(e);
                self.asm().abcxy(Op::StoreAttr, object, result, 0, name, 0);
            }
            Expr::Subscript(e) => self.aug_item(stmt, e, op)?,
            _ => return fault(stmt.target.range(), "illegal expression for augmented assignment"),
        }
        self.pop_to(mark);
        Ok(())
    }

    /// A register to consume with the same value: a copy in `room` of a temporary, or the local itself.
    fn copy_into(&mut self, reg: R, room: R) -> R {
        if !Self::is_temp(reg) {
            return reg;
        }
        self.emit(Op::Copy, room, reg, 0);
        room
    }

    fn aug_name(&mut self, stmt: &'a ast::StmtAugAssign, name: &'a ast::ExprName, op: BinaryOp) -> Res {
        let id = name.id.as_str();
        self.at(name.range);
        if let (Some(reg), false) = (self.local_reg(id), self.rebinds_in_expressions(id)) {
            self.emit(Op::CheckBound, reg, 0, 0);
            return self.operate(op, true, reg, reg, &stmt.value, stmt.range);
        }
        let result = self.push();
        self.load_name(id, result)?;
        self.operate(op, true, result, result, &stmt.value, stmt.range)?;
        self.at(name.range);
        self.store_name(id, name.range, result)
    }

    fn aug_item(&mut self, stmt: &'a ast::StmtAugAssign, e: &'a ast::ExprSubscript, op: BinaryOp) -> Res {
        let object = self.operand(&e.value)?;
        let key = self.operand(&e.slice)?;
        let result = self.push();
        let source = self.copy_into(object, result);
        let index = self.push();
        let index = self.copy_into(key, index);
        self.at(e.range);
        self.emit(Op::GetItem, result, source, index);
        self.pop_to(result + 1);
        self.operate(op, true, result, result, &stmt.value, stmt.range)?;
        self.at(e.range);
        self.emit(Op::SetItem, object, key, result);
        Ok(())
    }

    pub(crate) fn ann_assign(&mut self, stmt: &'a ast::StmtAnnAssign) -> Res {
        if let Some(value) = &stmt.value {
            self.assign_expr(&stmt.target, value)?;
        }
        match &*stmt.target {
            Expr::Name(name) if stmt.simple => self.annotate_name(stmt, name),
            Expr::Attribute(e) if stmt.value.is_none() => self.discard(&e.value),
            Expr::Subscript(e) if stmt.value.is_none() => {
                self.discard(&e.value)?;
                self.discard(&e.slice)
            }
            // The annotations of these are never evaluated.
            Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => Ok(()),
            target => fault(target.range(), "illegal target for annotation"),
        }
    }
}

/// The targets of a tuple or list.
fn sequence(target: &Expr) -> Option<&[Expr]> {
    match target {
        Expr::Tuple(e) => Some(&e.elts),
        Expr::List(e) => Some(&e.elts),
        _ => None,
    }
}

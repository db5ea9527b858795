//! Statements.

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::blocks::Block;
use super::{Compiler, Mode};
use crate::error::{Res, fault};
use crate::op::{Common, Intrinsic, Op};
use crate::symtable::ScopeKind;
use crate::unit::{Const, Wtf8, flags};

impl<'a> Compiler<'a> {
    pub(crate) fn body(&mut self, body: &'a [Stmt]) -> Res {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Res {
        self.at(stmt.range());
        match stmt {
            Stmt::Expr(stmt) => self.expr_stmt(stmt),
            Stmt::Assign(stmt) => self.assign_stmt(stmt),
            Stmt::AugAssign(stmt) => self.aug_assign(stmt),
            Stmt::AnnAssign(stmt) => self.ann_assign(stmt),
            Stmt::If(stmt) => self.if_(stmt),
            Stmt::For(stmt) if stmt.is_async => self.async_for(stmt),
            Stmt::For(stmt) => self.for_(stmt),
            Stmt::While(stmt) => self.while_(stmt),
            Stmt::Return(stmt) => self.return_(stmt),
            Stmt::Pass(_) => {
                self.asm().mark();
                Ok(())
            }
            Stmt::Global(_) | Stmt::Nonlocal(_) => Ok(()),
            Stmt::Break(stmt) => self.leave_loop(true, stmt.range),
            Stmt::Continue(stmt) => self.leave_loop(false, stmt.range),
            Stmt::Raise(stmt) => self.raise(stmt),
            Stmt::Try(stmt) => {
                self.asm().mark();
                self.try_(stmt)
            }
            Stmt::With(stmt) => self.with(stmt, 0),
            Stmt::Delete(stmt) => stmt.targets.iter().try_for_each(|target| self.delete(target)),
            Stmt::Assert(stmt) => self.assert(stmt),
            Stmt::FunctionDef(def) => self.function_def(def),
            Stmt::ClassDef(def) => self.class_def(def),
            Stmt::Import(stmt) => self.import(stmt),
            Stmt::ImportFrom(stmt) => self.import_from(stmt),
            Stmt::Match(stmt) => self.match_(stmt),
            Stmt::TypeAlias(stmt) => self.type_alias(stmt),
            Stmt::IpyEscapeCommand(stmt) => fault(stmt.range, "invalid syntax"),
        }
    }

    fn expr_stmt(&mut self, stmt: &'a ast::StmtExpr) -> Res {
        if self.mode == Mode::Single && self.units.len() == 1 {
            let value = self.temp(&stmt.value)?;
            self.at(stmt.range);
            self.emit(Op::Intrinsic, value, value, Intrinsic::Print as u16);
            self.emit(Op::Drop, value, 0, 0);
            self.pop_to(value);
            return Ok(());
        }
        self.discard(&stmt.value)
    }

    fn if_(&mut self, stmt: &'a ast::StmtIf) -> Res {
        let end = self.label();
        let mut next = self.branch(Some(&stmt.test), &stmt.body, end, stmt.elif_else_clauses.is_empty())?;
        for (i, clause) in stmt.elif_else_clauses.iter().enumerate() {
            self.bind(next);
            let last = i + 1 == stmt.elif_else_clauses.len();
            next = self.branch(clause.test.as_ref(), &clause.body, end, last)?;
        }
        self.bind(next);
        self.bind(end);
        Ok(())
    }

    fn branch(
        &mut self,
        test: Option<&'a Expr>,
        body: &'a [Stmt],
        end: super::asm::Label,
        last: bool,
    ) -> Res<super::asm::Label> {
        let next = self.label();
        if let Some(test) = test {
            self.cond_jump(test, next, false)?;
        }
        self.body(body)?;
        if !last {
            self.jump(end);
        }
        Ok(next)
    }

    fn return_(&mut self, stmt: &'a ast::StmtReturn) -> Res {
        let scope = self.table.scope(self.host());
        if scope.kind != ScopeKind::Function {
            return fault(stmt.range, "'return' outside function");
        }
        if scope.is_async && scope.has_yield && stmt.value.is_some() {
            return fault(stmt.range, "'return' with value in async generator");
        }
        self.check_star(0, stmt.range)?;
        let constant = match &stmt.value {
            Some(value) => self.fold(value)?,
            None => Some(Const::None),
        };
        if let Some(constant) = constant {
            let index = self.constant(constant);
            return self.unwind(0, None, |this| this.asm().ad(Op::ReturnConst, 0, index));
        }
        let Some(value) = &stmt.value else { return Ok(()) };
        let mark = self.next_temp();
        let cleans_up = self.return_runs_cleanup();
        let reg = if cleans_up { self.temp(value)? } else { self.operand(value)? };
        self.at(stmt.range);
        self.unwind(0, cleans_up.then_some(reg), |this| this.emit(Op::Return, reg, 0, 0))?;
        self.pop_to(mark);
        Ok(())
    }

    fn leave_loop(&mut self, breaks: bool, range: TextRange) -> Res {
        let blocks = &self.unit_ref().blocks;
        let Some(depth) = blocks.iter().rposition(|block| matches!(block, Block::Loop { .. })) else {
            self.check_star(0, range)?;
            let text = if breaks { "'break' outside loop" } else { "'continue' not properly in loop" };
            return fault(range, text);
        };
        self.check_star(depth, range)?;
        let Block::Loop { brk, cont, .. } = self.unit_ref().blocks[depth] else { return Ok(()) };
        self.at(range);
        self.asm().mark();
        let (depth, target) = if breaks { (depth, brk) } else { (depth + 1, cont) };
        self.unwind(depth, None, |this| this.jump(target))
    }

    /// Fails where leaving the blocks above `depth` would leave an `except*` clause.
    fn check_star(&self, depth: usize, range: TextRange) -> Res {
        let star = self.unit_ref().blocks[depth..].iter().any(|block| matches!(block, Block::ExceptStar));
        if star {
            return fault(range, "'break', 'continue' and 'return' cannot appear in an except* block");
        }
        Ok(())
    }

    fn raise(&mut self, stmt: &'a ast::StmtRaise) -> Res {
        let mark = self.next_temp();
        match (&stmt.exc, &stmt.cause) {
            (None, _) => self.emit(Op::RaiseCurrent, 0, 0, 0),
            (Some(exc), None) => {
                let exc = self.operand(exc)?;
                self.at(stmt.range);
                self.emit(Op::Raise, exc, 0, 0);
            }
            (Some(exc), Some(cause)) => {
                let exc = self.operand(exc)?;
                let cause = self.operand(cause)?;
                self.at(stmt.range);
                self.emit(Op::RaiseFrom, exc, cause, 0);
            }
        }
        self.pop_to(mark);
        Ok(())
    }

    fn assert(&mut self, stmt: &'a ast::StmtAssert) -> Res {
        if self.options.optimize > 0 {
            return Ok(());
        }
        let end = self.label();
        self.cond_jump(&stmt.test, end, true)?;
        self.at(stmt.test.range());
        let error = self.push();
        match &stmt.msg {
            None => self.asm().ad(Op::LoadCommon, error, Common::AssertionError as u32),
            Some(message) => {
                self.asm().ad(Op::LoadCommon, error, Common::AssertionError as u32);
                self.push_above(error, 2);
                self.temp(message)?;
                self.at(stmt.range);
                self.emit(Op::Call, error, error, 1);
            }
        }
        self.at(stmt.test.range());
        self.emit(Op::Raise, error, 0, 0);
        self.pop_to(error);
        self.bind(end);
        Ok(())
    }

    fn delete(&mut self, target: &'a Expr) -> Res {
        let mark = self.next_temp();
        match target {
            Expr::Name(name) => {
                self.at(name.range);
                self.delete_name(name.id.as_str());
            }
            Expr::Attribute(e) => {
                let object = self.operand(&e.value)?;
                let name = self.attribute_name(e);
                self.at_attribute(e);
                self.emit_x(Op::DeleteAttr, object, 0, 0, name);
            }
            Expr::Subscript(e) => {
                let object = self.operand(&e.value)?;
                let key = self.operand(&e.slice)?;
                self.at(e.range);
                self.emit(Op::DelItem, object, key, 0);
            }
            Expr::Tuple(e) => e.elts.iter().try_for_each(|target| self.delete(target))?,
            Expr::List(e) => e.elts.iter().try_for_each(|target| self.delete(target))?,
            _ => return fault(target.range(), "cannot delete expression"),
        }
        self.pop_to(mark);
        Ok(())
    }

    fn import(&mut self, stmt: &'a ast::StmtImport) -> Res {
        for alias in &stmt.names {
            self.at(stmt.range);
            let module = self.push();
            let dotted = alias.name.as_str();
            self.import_name(module, dotted, 0, Const::None);
            match &alias.asname {
                None => {
                    let first = dotted.split('.').next().unwrap_or(dotted);
                    self.store_name(first, stmt.range, module)?;
                }
                Some(name) => {
                    for part in dotted.split('.').skip(1) {
                        let next = self.push();
                        let part = self.name(part);
                        self.emit_x(Op::ImportFrom, next, module, 0, part);
                        self.emit(Op::Drop, module, 0, 0);
                        self.settle(next, module);
                    }
                    self.store_name(name.as_str(), stmt.range, module)?;
                }
            }
            self.pop_to(module);
        }
        Ok(())
    }

    fn import_name(&mut self, dst: super::R, name: &str, level: u32, fromlist: Const) {
        let fromlist = self.constant(fromlist) as u16;
        let name = self.name(name);
        self.emit_x(Op::ImportName, dst, level as u16, fromlist, name);
    }

    fn import_from(&mut self, stmt: &'a ast::StmtImportFrom) -> Res {
        let module = self.push();
        let name = stmt.module.as_ref().map_or("", |name| name.as_str());
        let names = stmt.names.iter().map(|alias| Const::Str(Wtf8::new(alias.name.as_str()))).collect();
        self.import_name(module, name, stmt.level, Const::Tuple(names));
        for alias in &stmt.names {
            let name = alias.name.as_str();
            self.at(stmt.range);
            if name == "*" {
                self.emit(Op::ImportStar, module, 0, 0);
                self.pop_to(module);
                return Ok(());
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            let value = self.push();
            let index = self.name(name);
            self.emit_x(Op::ImportFrom, value, module, 0, index);
            self.store_name(bound, stmt.range, value)?;
            self.pop_to(value);
        }
        self.emit(Op::Drop, module, 0, 0);
        self.pop_to(module);
        Ok(())
    }

    /// The cleaned docstring of a body, if it begins with one.
    pub(crate) fn docstring(&mut self, body: &'a [Stmt]) -> Option<(Const, TextRange)> {
        let Stmt::Expr(stmt) = body.first()? else { return None };
        let Expr::StringLiteral(literal) = &*stmt.value else { return None };
        let text = self.string_value(literal).ok()?;
        let cleaned = clean_doc(&text.code_points().collect::<Vec<_>>());
        Some((Const::Str(Wtf8::from_code_points(cleaned)), stmt.range))
    }

    /// Notes the docstring of a function as its first constant; the statements behind it.
    pub(crate) fn function_doc(&mut self, body: &'a [Stmt]) -> &'a [Stmt] {
        let Some((doc, _)) = self.docstring(body) else { return body };
        if self.options.optimize < 2 {
            self.constant(doc);
            self.unit().unit.flags |= flags::HAS_DOCSTRING;
        }
        &body[1..]
    }
}

/// Removes the common indentation of all lines but the first, as the language does for docstrings.
fn clean_doc(text: &[u32]) -> Vec<u32> {
    const SPACE: u32 = b' ' as u32;
    let expanded = expand_tabs(text);
    let lines: Vec<&[u32]> = expanded.split(|c| *c == u32::from(b'\n')).collect();
    let indent = |line: &[u32]| line.iter().take_while(|c| **c == SPACE).count();
    let rest = lines.iter().skip(1).filter(|line| indent(line) < line.len());
    let margin = rest.map(|line| indent(line)).min().unwrap_or(0);
    let mut out = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        if i > 0 {
            out.push(b'\n'.into());
        }
        let cut = if i == 0 { indent(line) } else { margin.min(indent(line)) };
        out.extend(&line[cut..]);
    }
    out
}

/// Tabs to spaces, by columns of eight.
fn expand_tabs(text: &[u32]) -> Vec<u32> {
    if !text.contains(&u32::from(b'\t')) {
        return text.to_vec();
    }
    let (mut out, mut column) = (Vec::new(), 0);
    for c in text {
        match u8::try_from(*c) {
            Ok(b'\t') => {
                let fill = 8 - column % 8;
                out.extend(std::iter::repeat_n(u32::from(b' '), fill));
                column += fill;
            }
            Ok(b'\n' | b'\r') => {
                out.push(*c);
                column = 0;
            }
            _ => {
                out.push(*c);
                column += 1;
            }
        }
    }
    out
}

//! `try`, `except`, `except*`, `finally`.

use ruff_python_ast::{self as ast, ExceptHandler, Stmt};

use super::asm::{Handler, Label};
use super::blocks::Block;
use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::insn::Reg;
use crate::op::{Intrinsic, Leaving, Op};

impl<'a> Compiler<'a> {
    pub(crate) fn try_(&mut self, stmt: &'a ast::StmtTry) -> Res {
        if stmt.finalbody.is_empty() {
            return self.try_except(stmt);
        }
        self.with_finally(&stmt.finalbody, |this| {
            if stmt.handlers.is_empty() { this.body(&stmt.body) } else { this.try_except(stmt) }
        })
    }

    fn with_finally(&mut self, finalbody: &'a [Stmt], inner: impl FnOnce(&mut Self) -> Res) -> Res {
        let (outer, end) = (self.asm().handler, self.label());
        let label = self.protected(|this| {
            this.push_block(Block::Finally { body: finalbody, outer });
            inner(this)?;
            this.pop_block();
            Ok(())
        })?;
        self.body(finalbody)?;
        self.jump(end);
        self.on_exception(label, |this, exc, prev, outer, _| {
            this.push_block(Block::Handler { exc, prev, name: None, outer });
            this.body(finalbody)?;
            this.pop_block();
            this.asm().handler = outer;
            this.emit(Op::PopExc, prev, 0, 0);
            this.raise_on(exc, Leaving::Here);
            Ok(())
        })?;
        self.bind(end);
        Ok(())
    }

    /// Raises an exception on; `leaving` is what the frame's object tells then.
    pub(crate) fn raise_on(&mut self, exc: R, leaving: Leaving) {
        self.emit(Op::Reraise, exc, leaving as u16, 0);
    }

    /// The code at a handler's label: the exception becomes the handled one; what `inner` raises restores the
    /// one handled before. `inner` gets exception, previous one, the handler outside and that clean-up.
    pub(crate) fn on_exception(
        &mut self,
        label: Label,
        inner: impl FnOnce(&mut Self, R, R, Option<Handler>, Handler) -> Res,
    ) -> Res {
        let outer = self.asm().handler;
        let span = self.asm().span;
        self.bind(label);
        let (exc, prev) = (self.push(), self.push());
        let cleanup_label = self.label();
        let floor = Reg(self.next_temp());
        let cleanup = self.asm().new_handler(cleanup_label, floor);
        self.emit(Op::PushExc, prev, exc, 0);
        self.asm().handler = Some(cleanup);
        inner(self, exc, prev, outer, cleanup)?;
        self.asm().handler = outer;
        self.asm().span = span;
        self.bind(cleanup_label);
        self.pop_to(floor.0);
        let raised = self.push();
        self.emit(Op::PopExc, prev, 0, 0);
        self.raise_on(raised, Leaving::Earlier);
        self.pop_to(exc);
        Ok(())
    }

    fn try_except(&mut self, stmt: &'a ast::StmtTry) -> Res {
        let (outer, end) = (self.asm().handler, self.label());
        let label = self.protected(|this| {
            this.push_block(Block::Try { outer });
            this.body(&stmt.body)?;
            this.pop_block();
            Ok(())
        })?;
        self.body(&stmt.orelse)?;
        self.jump(end);
        self.on_exception(label, |this, exc, prev, outer, cleanup| {
            if stmt.is_star {
                return this.star_handlers(stmt, (exc, prev, outer), end);
            }
            for (i, ExceptHandler::ExceptHandler(handler)) in stmt.handlers.iter().enumerate() {
                if handler.type_.is_none() && i + 1 < stmt.handlers.len() {
                    return fault(handler.range, "default 'except:' must be last");
                }
                this.handler(handler, (exc, prev, outer, cleanup), end)?;
            }
            this.asm().handler = outer;
            if let Some(ExceptHandler::ExceptHandler(last)) = stmt.handlers.last() {
                this.at(last.range);
            }
            this.emit(Op::PopExc, prev, 0, 0);
            this.raise_on(exc, Leaving::Here);
            Ok(())
        })?;
        self.bind(end);
        Ok(())
    }

    fn handler(
        &mut self,
        handler: &'a ast::ExceptHandlerExceptHandler,
        (exc, prev, outer, cleanup): (R, R, Option<Handler>, Handler),
        end: Label,
    ) -> Res {
        let next = self.label();
        self.at(handler.range);
        if let Some(class) = &handler.type_ {
            let mark = self.next_temp();
            let value = self.operand(class)?;
            self.at(handler.range);
            self.asm().jump(Op::JumpIfNotExcMatch, exc, value, 0, next);
            self.pop_to(mark);
        }
        let name = handler.name.as_ref().map(|name| (name.as_str(), name.range));
        if let Some((name, range)) = name {
            let copy = self.push();
            self.emit(Op::Copy, copy, exc, 0);
            self.store_name(name, range, copy)?;
            self.pop_to(copy);
        }
        self.push_block(Block::Handler { exc, prev, name, outer });
        self.named_body(&handler.body, name)?;
        self.pop_block();
        self.asm().handler = outer;
        self.leave_handler(exc, prev, name)?;
        self.jump(end);
        self.asm().handler = Some(cleanup);
        self.bind(next);
        Ok(())
    }

    /// A handler's body; what it raises clears the name first.
    fn named_body(&mut self, body: &'a [Stmt], name: Option<(&'a str, ruff_text_size::TextRange)>) -> Res {
        let Some((name, range)) = name else { return self.body(body) };
        let label = self.protected(|this| this.body(body))?;
        let after = self.label();
        self.jump(after);
        self.bind(label);
        let raised = self.push();
        self.clear_name(name, range)?;
        self.raise_on(raised, Leaving::Earlier);
        self.pop_to(raised);
        self.bind(after);
        Ok(())
    }

    /// `except*` clauses. A list collects what the clauses raise and, at the end, what none matched.
    fn star_handlers(
        &mut self,
        stmt: &'a ast::StmtTry,
        (exc, prev, outer): (R, R, Option<Handler>),
        end: Label,
    ) -> Res {
        let (raised, rest) = (self.push(), self.push());
        self.emit(Op::BuildList, raised, rest, 0);
        self.emit(Op::Copy, rest, exc, 0);
        for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
            self.star_handler(handler, raised, rest)?;
        }
        self.emit(Op::ListAppend, raised, rest, 0);
        let pair = rest;
        self.push_above(pair, 1);
        self.emit(Op::Copy, pair, exc, 0);
        self.emit(Op::Move, pair + 1, raised, 0);
        self.emit(Op::Intrinsic, raised, pair, Intrinsic::PrepReraiseStar as u16);
        self.pop_to(pair);
        let reraise = self.label();
        let test = self.push();
        self.emit(Op::Copy, test, raised, 0);
        self.asm().jump(Op::JumpIfNotNone, test, 0, 0, reraise);
        self.pop_to(test);
        self.emit(Op::Drop, raised, 0, 0);
        self.asm().handler = outer;
        self.leave_handler(exc, prev, None)?;
        self.jump(end);
        self.bind(reraise);
        self.emit(Op::PopExc, prev, 0, 0);
        self.raise_on(raised, Leaving::Earlier);
        Ok(())
    }

    fn star_handler(&mut self, handler: &'a ast::ExceptHandlerExceptHandler, raised: R, rest: R) -> Res {
        let (next, skip) = (self.label(), self.label());
        let pair = self.push_n(2);
        self.at(handler.range);
        if let Some(class) = &handler.type_ {
            let value = self.temp(class)?;
            self.at(handler.range);
            self.emit(Op::EgMatch, pair, rest, value);
            self.pop_to(pair + 2);
        }
        self.emit(Op::Move, rest, pair, 0);
        self.emit(Op::Move, pair, pair + 1, 0);
        self.pop_to(pair + 1);
        let matched = pair;
        let test = self.push();
        self.emit(Op::Copy, test, matched, 0);
        self.asm().jump(Op::JumpIfNone, test, 0, 0, skip);
        self.pop_to(test);
        let name = handler.name.as_ref().map(|name| (name.as_str(), name.range));
        if let Some((name, range)) = name {
            self.emit(Op::Copy, test, matched, 0);
            self.store_name(name, range, test)?;
        }
        let saved = self.asm().handler;
        let prev = self.push();
        self.emit(Op::PushExc, prev, matched, 0);
        self.push_block(Block::ExceptStar);
        let label = self.protected(|this| this.body(&handler.body))?;
        self.pop_block();
        self.asm().handler = saved;
        self.emit(Op::PopExc, prev, 0, 0);
        name.map_or(Ok(()), |(name, range)| self.clear_name(name, range))?;
        self.jump(skip);
        self.bind(label);
        let error = self.push();
        self.emit(Op::PopExc, prev, 0, 0);
        name.map_or(Ok(()), |(name, range)| self.clear_name(name, range))?;
        self.emit(Op::ListAppend, raised, error, 0);
        self.pop_to(prev);
        self.bind(skip);
        self.emit(Op::Drop, matched, 0, 0);
        self.pop_to(pair);
        self.bind(next);
        Ok(())
    }
}

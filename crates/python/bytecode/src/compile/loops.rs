//! Loops. Inverted: an iteration costs one LOOP and one FOR_NEXT or fused compare-and-jump.

use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::asm::Label;
use super::blocks::Block;
use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::Op;
use crate::unit::Const;

impl<'a> Compiler<'a> {
    pub(crate) fn while_(&mut self, stmt: &'a ast::StmtWhile) -> Res {
        let truth = self.constant_truth(&stmt.test)?;
        let (body, test, end) = (self.label(), self.label(), self.label());
        if truth != Some(true) {
            self.jump(test);
        }
        self.bind(body);
        self.header(stmt.test.range());
        let outer = self.asm().handler;
        self.push_block(Block::Loop { brk: end, cont: test, iter: None, outer });
        self.body(&stmt.body)?;
        self.pop_block();
        self.bind(test);
        self.at(stmt.test.range());
        self.cond_jump(&stmt.test, body, true)?;
        self.body(&stmt.orelse)?;
        self.bind(end);
        Ok(())
    }

    /// Emits a loop header.
    pub(crate) fn header(&mut self, range: TextRange) {
        self.at(range);
        let line = self.asm().span.line;
        self.asm().loop_header(line);
    }

    pub(crate) fn for_(&mut self, stmt: &'a ast::StmtFor) -> Res {
        let iter = self.iterate(&stmt.iter)?;
        let (end, next) = (self.label(), self.label());
        let body = self.begin_for(iter, &stmt.target, next)?;
        let outer = self.asm().handler;
        self.push_block(Block::Loop { brk: end, cont: next, iter: Some(iter), outer });
        self.body(&stmt.body)?;
        self.pop_block();
        self.end_for(iter, &stmt.target, body, next, stmt.iter.range());
        self.body(&stmt.orelse)?;
        self.bind(end);
        Ok(())
    }

    /// The iterator of an iterable, in a fresh temporary.
    pub(crate) fn iterate(&mut self, iterable: &'a Expr) -> Res<R> {
        let iter = self.push();
        let source = match self.constant_list(iterable)? {
            Some(items) => {
                self.at(iterable.range());
                self.load_const(iter, items);
                iter
            }
            None => self.operand_in(iterable, iter)?,
        };
        self.at(iterable.range());
        self.emit(Op::GetIter, iter, source, 0);
        self.pop_to(iter + 1);
        Ok(iter)
    }

    fn constant_list(&mut self, e: &'a Expr) -> Res<Option<Const>> {
        let Expr::List(list) = e else { return Ok(None) };
        Ok(self.fold_all(&list.elts)?.map(|items| Const::Tuple(items.into())))
    }

    /// Jump to the test, header, and the store of the item; the label of the header.
    pub(crate) fn begin_for(&mut self, iter: R, target: &'a Expr, next: Label) -> Res<Label> {
        let body = self.label();
        self.jump(next);
        self.bind(body);
        self.header(target.range());
        if self.item_reg(target).is_none() {
            let item = self.push();
            debug_assert_eq!(item, iter + 1);
            self.assign(target, item)?;
            self.pop_to(item);
        }
        Ok(body)
    }

    /// The local that gets an item straight away.
    fn item_reg(&self, target: &Expr) -> Option<R> {
        match target {
            Expr::Name(name) if name.id.as_str() != "__debug__" => self.local_reg(name.id.as_str()),
            _ => None,
        }
    }

    /// The step of a loop; afterwards the iterator is gone.
    pub(crate) fn end_for(&mut self, iter: R, target: &'a Expr, body: Label, next: Label, range: TextRange) {
        self.bind(next);
        self.at(range);
        let item = self.item_reg(target).unwrap_or_else(|| self.push());
        self.asm().jump(Op::ForNext, item, iter, 0, body);
        self.pop_to(iter);
    }

    pub(crate) fn async_for(&mut self, stmt: &'a ast::StmtFor) -> Res {
        self.require_async(stmt.range, "'async for' outside async function")?;
        let iter = self.async_iterate(&stmt.iter)?;
        let (next, end) = (self.label(), self.label());
        let exhausted = self.begin_async_for(iter, &stmt.target, next)?;
        let outer = self.asm().handler;
        self.push_block(Block::Loop { brk: end, cont: next, iter: Some(iter), outer });
        self.body(&stmt.body)?;
        self.pop_block();
        self.end_async_for(iter, next, exhausted, stmt.iter.range());
        self.body(&stmt.orelse)?;
        self.bind(end);
        Ok(())
    }

    /// Fails unless the code being compiled may await.
    pub(crate) fn require_async(&self, range: TextRange, text: &str) -> Res {
        let scope = self.table.scope(self.host());
        let allowed = scope.is_async && scope.kind.may_await();
        if allowed { Ok(()) } else { fault(range, text) }
    }

    pub(crate) fn async_iterate(&mut self, iterable: &'a Expr) -> Res<R> {
        let iter = self.push();
        let source = self.operand_in(iterable, iter)?;
        self.at(iterable.range());
        self.emit(Op::GetAiter, iter, source, 0);
        self.pop_to(iter + 1);
        Ok(iter)
    }

    /// Header, the awaited step and the store of the item; the label of the handler for exhaustion.
    pub(crate) fn begin_async_for(&mut self, iter: R, target: &'a Expr, next: Label) -> Res<Label> {
        self.bind(next);
        self.header(target.range());
        let item = self.push();
        self.pop_to(item);
        let exhausted = self.protected(|this| {
            let (item, awaited) = (this.push(), this.push());
            this.emit(Op::GetAnext, awaited, iter, 0);
            this.delegate(item, awaited);
            Ok(())
        })?;
        self.push_above(item, 0);
        self.assign(target, item)?;
        self.pop_to(item);
        Ok(exhausted)
    }

    /// The jump back and the handler for exhaustion; afterwards the iterator is gone.
    pub(crate) fn end_async_for(&mut self, iter: R, next: Label, exhausted: Label, range: TextRange) {
        self.at(range);
        self.jump(next);
        self.bind(exhausted);
        let exc = self.push();
        self.emit(Op::EndAsyncFor, exc, iter, 0);
        self.pop_to(iter);
    }
}

//! `yield`, `yield from`, `await`.

use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::Op;
use crate::symtable::ScopeKind;
use crate::unit::Const;

impl<'a> Compiler<'a> {
    pub(crate) fn yield_(&mut self, e: &'a ast::ExprYield, dst: R) -> Res {
        self.require_function(e.range, "'yield' outside function")?;
        let mark = self.next_temp();
        let value = match &e.value {
            Some(value) => self.operand_in(value, dst)?,
            None => self.const_temp(Const::None),
        };
        let flags = u16::from(self.table.scope(self.host()).is_async);
        self.at(e.range);
        self.emit(Op::Yield, dst, value, flags);
        self.pop_to(mark);
        Ok(())
    }

    fn require_function(&self, range: TextRange, text: &str) -> Res {
        let kind = self.host_kind();
        let allowed = kind.is_function_like();
        if allowed { Ok(()) } else { fault(range, text) }
    }

    pub(crate) fn yield_from(&mut self, e: &'a ast::ExprYieldFrom, dst: R) -> Res {
        self.require_function(e.range, "'yield from' outside function")?;
        if self.table.scope(self.host()).is_async {
            return fault(e.range, "'yield from' inside async function");
        }
        let mark = self.next_temp();
        let (value, iter) = (self.scratch(dst), self.push());
        let source = self.operand_in(&e.value, iter)?;
        self.at(e.range);
        self.emit(Op::GetYieldFromIter, iter, source, 0);
        self.delegate(value, iter);
        self.finish_scratch(value, dst, mark);
        Ok(())
    }

    pub(crate) fn await_(&mut self, e: &'a ast::ExprAwait, dst: R) -> Res {
        let scope = self.table.scope(self.host());
        match scope.kind {
            kind if kind.may_await() && scope.is_async => {}
            ScopeKind::Function | ScopeKind::Lambda => return fault(e.range, "'await' outside async function"),
            _ => return fault(e.range, "'await' outside function"),
        }
        let mark = self.next_temp();
        let (value, iter) = (self.scratch(dst), self.push());
        let source = self.operand_in(&e.value, iter)?;
        self.at(e.range);
        self.emit(Op::GetAwaitable, iter, source, 0);
        self.delegate(value, iter);
        self.finish_scratch(value, dst, mark);
        Ok(())
    }

    /// Awaits the object in a temporary, which gets the result. `context`: see GET_AWAITABLE.
    pub(crate) fn await_in(&mut self, object: R, context: u16) {
        let iter = self.push();
        self.emit(Op::GetAwaitable, iter, object, context);
        self.delegate(object, iter);
        self.pop_to(iter);
    }

    /// Delegates to the iterator in `iter`, consumed, until it returns; its result goes to `value`.
    pub(crate) fn delegate(&mut self, value: R, iter: R) {
        let (send, done) = (self.label(), self.label());
        let none = self.constant(Const::None);
        self.asm().ad(Op::LoadConst, value, none);
        self.bind(send);
        self.asm().jump(Op::Send, value, iter, 0, done);
        self.asm().jump(Op::YieldDelegate, value, iter, 0, done);
        self.jump(send);
        self.bind(done);
    }
}

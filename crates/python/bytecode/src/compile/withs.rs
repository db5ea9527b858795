//! `with` and `async with`.

use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use super::blocks::Block;
use super::{Compiler, R};
use crate::error::Res;
use crate::op::{Leaving, Op, Special};
use crate::unit::Const;

impl<'a> Compiler<'a> {
    /// Compiles the items of a `with` from the `at`-th on, each around those that follow.
    pub(crate) fn with(&mut self, stmt: &'a ast::StmtWith, at: usize) -> Res {
        let Some(item) = stmt.items.get(at) else { return self.body(&stmt.body) };
        if stmt.is_async {
            self.require_async(stmt.range, "'async with' outside async function")?;
        }
        let range = item.context_expr.range();
        let end = self.label();
        let window = self.enter_context(item, stmt.is_async)?;
        let outer = self.asm().handler;
        self.push_above(window, 3);
        let entered = self.push();
        // The result of __enter__ stands above the window; the store is protected already.
        let target = item.optional_vars.as_deref();
        let floor = entered;
        if target.is_none() {
            self.emit(Op::Drop, entered, 0, 0);
        }
        self.pop_to(floor);
        let label = self.protected(|this| {
            this.push_block(Block::With { window, is_async: stmt.is_async, range, outer });
            if let Some(target) = target {
                let value = this.push();
                this.assign(target, value)?;
                this.pop_to(value);
            }
            this.with(stmt, at + 1)?;
            this.pop_block();
            Ok(())
        })?;
        self.at(range);
        self.exit_normally(window, stmt.is_async, range)?;
        self.jump(end);
        self.exit_by_exception(label, window, stmt.is_async, range)?;
        self.pop_to(window);
        self.bind(end);
        Ok(())
    }

    /// Evaluates the manager and enters it: the exit method stands in a window of four temporaries, the
    /// result of entering above it.
    fn enter_context(&mut self, item: &'a ast::WithItem, is_async: bool) -> Res<R> {
        let (enter, exit) = if is_async { (Special::AEnter, Special::AExit) } else { (Special::Enter, Special::Exit) };
        let range = item.context_expr.range();
        let window = self.push_n(4);
        let entered = self.push();
        let manager = self.operand_in(&item.context_expr, entered)?;
        self.at(range);
        let copy = self.keep_copy(manager);
        self.emit(Op::LoadSpecial, window, copy, exit as u16);
        self.pop_to(entered);
        self.push_n(4);
        self.emit(Op::LoadSpecial, entered, manager, enter as u16);
        self.emit(Op::CallMethod, entered, entered, 0);
        self.pop_to(entered + 1);
        if is_async {
            self.await_in(entered, 1);
        }
        self.pop_to(entered);
        Ok(window)
    }

    /// Calls the exit method with three Nones and drops the result; the window is consumed.
    pub(crate) fn exit_normally(&mut self, window: R, is_async: bool, range: TextRange) -> Res {
        let top = self.next_temp();
        self.at(range);
        let mut base = window;
        if top > window + 4 {
            // Temporaries stand above the window (a value that is being returned): call above them.
            base = self.push_n(4);
            self.emit(Op::Move, base, window, 0);
            self.emit(Op::Move, base + 3, window + 3, 0);
        }
        self.pop_to(base + 4);
        for _ in 0..3 {
            self.const_temp(Const::None);
        }
        self.emit(Op::CallMethod, base, base, 3);
        self.pop_to(base + 1);
        if is_async {
            self.await_in(base, 2);
        }
        self.emit(Op::Drop, base, 0, 0);
        self.pop_to(top);
        Ok(())
    }

    fn exit_by_exception(&mut self, label: super::asm::Label, window: R, is_async: bool, range: TextRange) -> Res {
        let done = self.label();
        self.pop_to(window + 4);
        self.at(range);
        self.on_exception(label, |this, exc, prev, outer, _| {
            let (suppress, call) = (this.label(), this.push_n(7));
            this.emit(Op::WithExcept, call, window, exc);
            this.emit(Op::CallMethod, call, call, 3);
            this.pop_to(call + 1);
            if is_async {
                this.await_in(call, 2);
            }
            this.asm().jump(Op::JumpIfTrue, call, 0, 0, suppress);
            this.pop_to(call);
            this.asm().handler = outer;
            this.emit(Op::PopExc, prev, 0, 0);
            this.raise_on(exc, Leaving::Earlier);
            this.bind(suppress);
            this.emit(Op::PopExc, prev, 0, 0);
            for temp in [exc, window + 3, window] {
                this.emit(Op::Drop, temp, 0, 0);
            }
            this.jump(done);
            Ok(())
        })?;
        self.bind(done);
        Ok(())
    }
}

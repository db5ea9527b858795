//! Blocks that `return`, `break` and `continue` leave, and the clean-up code they run.

use ruff_python_ast::Stmt;
use ruff_text_size::TextRange;

use super::asm::{Handler, Label};
use super::{Compiler, R};
use crate::error::Res;
use crate::op::Op;

/// A block around the statement being compiled.
#[derive(Clone, Copy)]
pub(crate) enum Block<'a> {
    /// A loop; `iter` is the temporary that holds a `for` loop's iterator.
    Loop { brk: Label, cont: Label, iter: Option<R>, outer: Option<Handler> },
    /// The body of a `try` with handlers, or of another protected region without clean-up.
    Try { outer: Option<Handler> },
    /// The body of a `try` with `finally`.
    Finally { body: &'a [Stmt], outer: Option<Handler> },
    /// A handler: exception and previously handled one, and the name to clear.
    Handler { exc: R, prev: R, name: Option<(&'a str, TextRange)>, outer: Option<Handler> },
    /// The body of a `with`; `window` holds its exit method.
    With { window: R, is_async: bool, range: TextRange, outer: Option<Handler> },
    /// A temporary to release.
    Temp(R),
    /// An `except*` clause, which may not be left by a jump.
    ExceptStar,
}

impl Block<'_> {
    /// Whether leaving the block early runs code that could see or change variables.
    fn has_cleanup(&self) -> bool {
        matches!(self, Block::Finally { .. } | Block::With { .. } | Block::Handler { .. })
    }

    fn outer(&self) -> Option<Option<Handler>> {
        match self {
            Block::Loop { outer, .. } | Block::Try { outer } | Block::Finally { outer, .. } => Some(*outer),
            Block::Handler { outer, .. } | Block::With { outer, .. } => Some(*outer),
            Block::Temp(_) | Block::ExceptStar => None,
        }
    }
}

impl<'a> Compiler<'a> {
    pub(crate) fn push_block(&mut self, block: Block<'a>) {
        self.unit().blocks.push(block);
    }

    pub(crate) fn pop_block(&mut self) {
        self.unit().blocks.pop();
    }

    /// Whether a `return` here runs clean-up code first.
    pub(crate) fn return_runs_cleanup(&self) -> bool {
        self.unit_ref().blocks.iter().any(Block::has_cleanup)
    }

    /// Emits the clean-up of all blocks above `depth`, innermost first, and restores the state for the
    /// code that follows in the source. `pending` is the temporary of a value to be returned: clean-up that leaves by a jump
    /// or a `return` of its own gives it up.
    pub(crate) fn unwind(&mut self, depth: usize, pending: Option<R>, then: impl FnOnce(&mut Self)) -> Res {
        let saved = self.unit().blocks.clone();
        let (handler, span) = (self.asm().handler, self.asm().span);
        while self.unit_ref().blocks.len() > depth {
            let Some(block) = self.unit().blocks.pop() else { break };
            let around = self.unit_ref().blocks.len();
            self.unit().blocks.extend(pending.map(Block::Temp));
            self.clean_up(block)?;
            self.unit().blocks.truncate(around);
        }
        self.asm().span = span;
        then(self);
        self.unit().blocks = saved;
        self.asm().handler = handler;
        Ok(())
    }

    fn clean_up(&mut self, block: Block<'a>) -> Res {
        if let Some(outer) = block.outer() {
            self.asm().handler = outer;
        }
        match block {
            Block::Loop { iter: Some(iter), .. } => self.emit(Op::Drop, iter, 0, 0),
            Block::Loop { .. } | Block::Try { .. } => {}
            Block::Finally { body, .. } => self.body(body)?,
            Block::Handler { exc, prev, name, .. } => self.leave_handler(exc, prev, name)?,
            Block::With { window, is_async, range, .. } => self.exit_normally(window, is_async, range)?,
            Block::Temp(temp) => self.emit(Op::Drop, temp, 0, 0),
            Block::ExceptStar => {}
        }
        Ok(())
    }

    /// Ends a handler: the previous exception is handled again, this one is dropped, its name cleared.
    pub(crate) fn leave_handler(&mut self, exc: R, prev: R, name: Option<(&'a str, TextRange)>) -> Res {
        self.emit(Op::PopExc, prev, 0, 0);
        self.emit(Op::Drop, exc, 0, 0);
        name.map_or(Ok(()), |(name, range)| self.clear_name(name, range))
    }

    /// Runs `inner` under a handler at a fresh label, whose release floor is the next temporary.
    pub(crate) fn protected(&mut self, inner: impl FnOnce(&mut Self) -> Res) -> Res<Label> {
        let label = self.label();
        let floor = crate::insn::Reg(self.next_temp());
        let outer = self.asm().handler;
        let handler = self.asm().new_handler(label, floor);
        self.asm().handler = Some(handler);
        inner(self)?;
        self.asm().handler = outer;
        Ok(label)
    }
}

//! Comprehensions: inlined into their host, or nested functions that take the iterator.

use ruff_python_ast::{Comprehension, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::blocks::Block;
use super::unit::{ActiveComp, Deferred};
use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::Op;
use crate::symtable::{Part, Place, ScopeId};
use crate::unit::flags;

/// What a comprehension makes.
#[derive(Clone, Copy)]
enum Product<'a> {
    List(&'a Expr),
    Set(&'a Expr),
    Dict(&'a Expr, &'a Expr),
    Generator(&'a Expr),
}

impl Product<'_> {
    fn build(self) -> Op {
        match self {
            Product::List(_) => Op::BuildList,
            Product::Set(_) => Op::BuildSet,
            _ => Op::BuildMap,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Product::List(_) => "<listcomp>",
            Product::Set(_) => "<setcomp>",
            Product::Dict(..) => "<dictcomp>",
            Product::Generator(_) => "<genexpr>",
        }
    }
}

impl<'a> Compiler<'a> {
    pub(crate) fn comprehension(&mut self, e: &'a Expr, dst: R) -> Res {
        let range = self.bare_generator.take().filter(|_| e.is_generator_expr()).unwrap_or(e.range());
        let (scope, product, generators) = match e {
            Expr::ListComp(e) => (self.scope_of(e, Part::Body, range)?, Product::List(&e.elt), &e.generators),
            Expr::SetComp(e) => (self.scope_of(e, Part::Body, range)?, Product::Set(&e.elt), &e.generators),
            Expr::Generator(e) => (self.scope_of(e, Part::Body, range)?, Product::Generator(&e.elt), &e.generators),
            Expr::DictComp(e) => {
                let Some(key) = &e.key else {
                    return fault(range, "dict unpacking cannot be used in dict comprehension");
                };
                (self.scope_of(e, Part::Body, range)?, Product::Dict(key, &e.value), &e.generators)
            }
            _ => return fault(range, "not a comprehension"),
        };
        if self.table.scope(scope).inlined {
            self.inline(scope, product, generators, range, dst)
        } else {
            self.comp_function(scope, product, generators, range, dst)
        }
    }

    fn inline(
        &mut self,
        scope: ScopeId,
        product: Product<'a>,
        generators: &'a [Comprehension],
        range: TextRange,
        dst: R,
    ) -> Res {
        let mark = self.next_temp();
        let result = self.scratch(dst);
        let iter = self.first_iterator(&generators[0])?;
        let (regs, cells) = self.hidden_variables(scope);
        let outer = self.asm().handler;
        let label = self.label();
        let handler = self.asm().new_handler(label, crate::insn::Reg(result));
        self.asm().handler = Some(handler);
        self.at(range);
        for cell in cells {
            self.emit(Op::MakeCell, cell, 0, 0);
        }
        let room = self.next_temp();
        self.emit(product.build(), result, room, 0);
        self.unit().comps.push(ActiveComp { scope, regs: regs.iter().cloned().collect() });
        self.comp_loops(generators, Some(iter), product, result, range)?;
        self.unit().comps.pop();
        self.asm().handler = outer;
        self.at(range);
        for (_, reg) in &regs {
            self.emit(Op::Drop, *reg, 0, 0);
        }
        let span = self.asm().span;
        let locals = regs.iter().map(|(_, reg)| *reg).collect();
        self.unit().deferred.push(Deferred { label, exc: result, locals, outer, span });
        self.unit().spare.extend(regs);
        self.finish_scratch(result, dst, mark);
        Ok(())
    }

    /// Registers for the variables of an inlined comprehension, and those of them that are cells.
    #[allow(clippy::type_complexity)]
    fn hidden_variables(&mut self, scope: ScopeId) -> (Vec<(std::rc::Rc<str>, R)>, Vec<R>) {
        let symbols = self.table.scope(scope).symbols.clone();
        let own = symbols.iter().filter(|symbol| self.table.scope(scope).binds(&symbol.name));
        let own: Vec<_> = own.map(|symbol| (symbol.name.clone(), symbol.place)).collect();
        let (mut regs, mut cells) = (Vec::new(), Vec::new());
        for (name, place) in own {
            let reg = self.unit().hidden_local(&name);
            if place == Place::Cell {
                cells.push(reg);
            }
            regs.push((name, reg));
        }
        (regs, cells)
    }

    fn first_iterator(&mut self, generator: &'a Comprehension) -> Res<R> {
        if generator.is_async { self.async_iterate(&generator.iter) } else { self.iterate(&generator.iter) }
    }

    fn comp_function(
        &mut self,
        scope: ScopeId,
        product: Product<'a>,
        generators: &'a [Comprehension],
        range: TextRange,
        dst: R,
    ) -> Res {
        let mark = self.next_temp();
        let window = self.scratch(dst);
        let (line, _) = self.index.line_and_col(range.start().to_u32());
        self.enter_function(scope, product.name(), line, None);
        self.unit().unit.argcount = 1;
        self.unit().unit.posonly = 0;
        self.unit().unit.flags &= !flags::METHOD;
        self.comp_body(product, generators, range)?;
        let unit = self.leave()?;
        self.at(range);
        let base = self.next_temp();
        self.make_function(unit, window, base, 0);
        self.push_above(window, 2);
        self.first_iterator(&generators[0])?;
        self.at(range);
        self.emit(Op::Call, window, window, 1);
        self.pop_to(window + 1);
        if self.table.scope(scope).is_async && !matches!(product, Product::Generator(_)) {
            self.await_in(window, 0);
        }
        self.finish_scratch(window, dst, mark);
        Ok(())
    }

    fn comp_body(&mut self, product: Product<'a>, generators: &'a [Comprehension], range: TextRange) -> Res {
        self.at(range);
        let result = self.push();
        let generator = matches!(product, Product::Generator(_));
        if !generator {
            let room = self.next_temp();
            self.emit(product.build(), result, room, 0);
        } else {
            self.pop_to(result);
        }
        let iter = self.push();
        self.emit(Op::Move, iter, 0, 0);
        self.comp_loops(generators, Some(iter), product, result, range)?;
        self.at(range);
        if generator {
            self.return_none();
        } else {
            self.emit(Op::Return, result, 0, 0);
        }
        Ok(())
    }

    /// The nested loops; `iter` is the first generator's iterator, made already.
    fn comp_loops(
        &mut self,
        generators: &'a [Comprehension],
        iter: Option<R>,
        product: Product<'a>,
        result: R,
        range: TextRange,
    ) -> Res {
        let Some((generator, rest)) = generators.split_first() else {
            return self.comp_element(product, result, range);
        };
        let iter = match iter {
            Some(iter) => iter,
            None => self.first_iterator(generator)?,
        };
        let next = self.label();
        let (mut body, mut exhausted) = (None, None);
        if generator.is_async {
            exhausted = Some(self.begin_async_for(iter, &generator.target, next)?);
        } else {
            body = Some(self.begin_for(iter, &generator.target, next)?);
        }
        self.push_block(Block::Temp(iter));
        for condition in &generator.ifs {
            self.cond_jump(condition, next, false)?;
        }
        self.comp_loops(rest, None, product, result, range)?;
        self.pop_block();
        if let Some(body) = body {
            self.end_for(iter, &generator.target, body, next, generator.iter.range());
        }
        if let Some(exhausted) = exhausted {
            self.end_async_for(iter, next, exhausted, generator.iter.range());
        }
        Ok(())
    }

    fn comp_element(&mut self, product: Product<'a>, result: R, range: TextRange) -> Res {
        let mark = self.next_temp();
        match product {
            Product::List(e) => {
                let value = self.operand(e)?;
                self.at(e.range());
                self.emit(Op::ListAppend, result, value, 0);
            }
            Product::Set(e) => {
                let value = self.operand(e)?;
                self.at(e.range());
                self.emit(Op::SetAdd, result, value, 0);
            }
            Product::Dict(key, value) => {
                let key = self.operand(key)?;
                let value = self.operand(value)?;
                self.at(range);
                self.emit(Op::MapSet, result, key, value);
            }
            Product::Generator(e) => {
                let sent = self.push();
                let value = self.operand_in(e, sent)?;
                let flags = u16::from(self.table.scope(self.host()).is_async);
                self.at(e.range());
                self.emit(Op::Yield, sent, value, flags);
                self.emit(Op::Drop, sent, 0, 0);
            }
        }
        self.pop_to(mark);
        Ok(())
    }
}

//! Annotations: lazily evaluated by annotate functions, or strings under the future import.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::asm::test_flags;
use super::functions::pieces;
use super::{Compiler, R};
use crate::error::Res;
use crate::op::{Common, Compare, Intrinsic, Op};
use crate::symtable::{Part, ScopeId, ScopeKind};
use crate::unit::{CodeUnit, Const, Wtf8};

const CONDITIONAL: &str = "__conditional_annotations__";

/// An annotated name of a module or class, for its annotate function.
pub(crate) struct Annotation<'a> {
    name: Rc<str>,
    stmt: &'a ast::StmtAnnAssign,
    /// Number in the set of those whose statement has run, where that matters.
    index: Option<u32>,
}

impl<'a> Compiler<'a> {
    /// What a module or class body with annotations begins with. A module's annotate function is there from the start, for those who
    /// ask while the module is half executed.
    pub(crate) fn start_annotations(&mut self, scope: ScopeId, body: &'a [Stmt], range: TextRange) -> Res {
        if self.future {
            if annotated(body).next().is_some() {
                let temp = self.push();
                self.emit(Op::Intrinsic, temp, temp, Intrinsic::SetupAnnotations as u16);
                self.emit(Op::Drop, temp, 0, 0);
                self.pop_to(temp);
            }
            return Ok(());
        }
        let module = self.host_kind() == ScopeKind::Module;
        let mut count = 0;
        for (stmt, conditional) in annotated(body) {
            let Expr::Name(name) = &*stmt.target else { continue };
            let index = (module || conditional).then_some(count);
            count += u32::from(index.is_some());
            let name = self.mangled(name.id.as_str());
            self.unit().annotations.push(Annotation { name, stmt, index });
        }
        if module {
            self.finish_annotations(scope, range)?;
        }
        if !self.table.scope(scope).conditional_annotations {
            return Ok(());
        }
        let range = TextRange::empty(self.table.scope(scope).range.start());
        let set = self.push();
        self.emit(Op::BuildSet, set, set, 0);
        self.store_conditional(set, range)?;
        self.pop_to(set);
        Ok(())
    }

    fn store_conditional(&mut self, set: R, range: TextRange) -> Res {
        match self.unit_ref().regs.get(CONDITIONAL) {
            Some(&cell) => {
                self.emit(Op::StoreCell, cell, set, 0);
                Ok(())
            }
            None => self.store_name(CONDITIONAL, range, set),
        }
    }

    fn load_conditional(&mut self, dst: R) -> Res {
        match self.unit_ref().regs.get(CONDITIONAL) {
            Some(&cell) => {
                self.emit(Op::LoadCell, dst, cell, 0);
                Ok(())
            }
            None => self.load_name(CONDITIONAL, dst),
        }
    }

    /// The annotation of a simple name.
    pub(crate) fn annotate_name(&mut self, stmt: &'a ast::StmtAnnAssign, name: &'a ast::ExprName) -> Res {
        let kind = self.host_kind();
        if !matches!(kind, ScopeKind::Module | ScopeKind::Class) {
            return Ok(());
        }
        self.at(stmt.range);
        let mangled = self.mangled(name.id.as_str());
        if self.future {
            let value = self.const_temp(Const::Str(Wtf8::new(&super::unparse::unparse(&stmt.annotation, self))));
            let dict = self.push();
            self.load_name("__annotations__", dict)?;
            let key = self.const_temp(Const::Str(Wtf8::new(&mangled)));
            self.emit(Op::SetItem, dict, key, value);
            self.pop_to(value);
            return Ok(());
        }
        let known = self.unit_ref().annotations.iter().find(|annotation| std::ptr::eq(annotation.stmt, stmt));
        if let Some(index) = known.and_then(|annotation| annotation.index) {
            let set = self.push();
            self.load_conditional(set)?;
            let number = self.const_temp(Const::Int(index.into()));
            self.emit(Op::SetAdd, set, number, 0);
            self.emit(Op::Drop, set, 0, 0);
            self.pop_to(set);
        }
        Ok(())
    }

    /// Stores the annotate function of a module or class.
    pub(crate) fn finish_annotations(&mut self, scope: ScopeId, range: TextRange) -> Res {
        let entries = &self.unit_ref().annotations;
        let entries: Vec<_> = entries.iter().map(|one| (one.name.clone(), &*one.stmt.annotation, one.index)).collect();
        let Some((_, first, _)) = entries.first() else { return Ok(()) };
        let children = &self.table.scope(scope).children;
        let own = |id: &ScopeId| {
            let child = self.table.scope(*id);
            child.kind == ScopeKind::Annotations && child.range.is_empty()
        };
        let Some(child) = children.iter().copied().find(own) else { return Ok(()) };
        let (line, _) = self.index.line_and_col(first.range().start().to_u32());
        let unit = self.annotate_unit(child, "__annotate__", line, range, |this, dict| {
            entries.iter().try_for_each(|(name, expr, index)| this.conditional_entry(dict, name, expr, *index))
        })?;
        let function = self.push();
        let base = self.next_temp();
        self.at(range);
        self.make_function(unit, function, base, 0);
        let name = if self.host_kind() == ScopeKind::Module { "__annotate__" } else { "__annotate_func__" };
        self.store_name(name, range, function)?;
        self.pop_to(function);
        Ok(())
    }

    fn conditional_entry(&mut self, dict: R, name: &str, expr: &'a Expr, index: Option<u32>) -> Res {
        let skip = self.label();
        if let Some(index) = index {
            self.at(expr.range());
            let number = self.const_temp(Const::Int(index.into()));
            let set = self.push();
            self.load_name(CONDITIONAL, set)?;
            self.asm().jump(Op::JumpIn, number, set, test_flags(false, false), skip);
            self.pop_to(number);
        }
        self.annotation_entry(dict, name, expr)?;
        self.bind(skip);
        Ok(())
    }

    fn annotation_entry(&mut self, dict: R, name: &str, expr: &'a Expr) -> Res {
        self.at(expr.range());
        let key = self.const_temp(Const::Str(Wtf8::new(name)));
        let value = self.push();
        match expr {
            expr if self.future => {
                let text = super::unparse::unparse(expr, self);
                self.load_const(value, Const::Str(Wtf8::new(&text)));
            }
            Expr::Starred(starred) => {
                self.expr_to(&starred.value, value)?;
                self.emit(Op::Unpack, value, value, 1);
            }
            expr => self.expr_to(expr, value)?,
        }
        self.at(expr.range());
        self.emit(Op::MapSet, dict, key, value);
        self.pop_to(key);
        Ok(())
    }

    /// An annotate function: checks its format and returns the dict that `fill` fills.
    fn annotate_unit(
        &mut self,
        scope: ScopeId,
        name: &str,
        line: u32,
        range: TextRange,
        fill: impl FnOnce(&mut Self, R) -> Res,
    ) -> Res<Rc<CodeUnit>> {
        self.enter_evaluator(scope, name, line, range);
        let dict = self.push();
        let room = self.next_temp();
        self.emit(Op::BuildMap, dict, room, 0);
        fill(self, dict)?;
        self.at(range);
        self.emit(Op::Return, dict, 0, 0);
        self.leave()
    }

    /// Begins a function of one parameter, the format, that must be at most 2.
    pub(crate) fn enter_evaluator(&mut self, scope: ScopeId, name: &str, line: u32, range: TextRange) {
        self.enter_function(scope, name, line, None);
        self.unit().unit.argcount = 1;
        self.unit().unit.posonly = 1;
        self.at(range);
        let supported = self.label();
        let two = self.constant(Const::Int(2)) as u16;
        let format = self.push();
        self.emit(Op::Copy, format, 0, 0);
        self.asm().jump(Compare::Gt.jump_opcode(), format, two, test_flags(false, true), supported);
        self.asm().ad(Op::LoadCommon, format, Common::NotImplementedError as u32);
        self.emit(Op::Raise, format, 0, 0);
        self.pop_to(format);
        self.bind(supported);
    }

    /// The annotation piece of a function; its flag.
    pub(crate) fn annotation_pieces(&mut self, def: &'a ast::StmtFunctionDef) -> Res<u16> {
        let entries = self.function_annotations(def);
        if entries.is_empty() {
            return Ok(0);
        }
        let scope = self.scope_of(def, Part::Annotations, def.range)?;
        let (line, _) = self.index.line_and_col(def.range.start().to_u32());
        let qualname = format!("{}.__annotate__", self.qualname(def.name.as_str()));
        let unit = self.annotate_unit(scope, "__annotate__", line, def.range, |this, dict| {
            this.unit().unit.qualname = qualname.as_str().into();
            entries.iter().try_for_each(|(name, expr)| this.annotation_entry(dict, name, expr))
        })?;
        let function = self.push();
        let base = self.next_temp();
        self.at(def.range);
        self.make_function(unit, function, base, 0);
        Ok(pieces::ANNOTATE)
    }

    fn function_annotations(&self, def: &'a ast::StmtFunctionDef) -> Vec<(Rc<str>, &'a Expr)> {
        let p = &def.parameters;
        let plain = |params: &'a [ast::ParameterWithDefault]| params.iter().map(|param| &param.parameter);
        let all = plain(&p.posonlyargs)
            .chain(plain(&p.args))
            .chain(p.vararg.as_deref())
            .chain(plain(&p.kwonlyargs))
            .chain(p.kwarg.as_deref());
        let params = all.filter_map(|param| Some((self.mangled(param.name.as_str()), param.annotation()?)));
        params.chain(def.returns.as_deref().map(|e| ("return".into(), e))).collect()
    }
}

/// The statements of a block that annotate names, and whether they stand in a conditional block.
fn annotated(body: &[Stmt]) -> impl Iterator<Item = (&ast::StmtAnnAssign, bool)> {
    let mut found = Vec::new();
    collect_annotated(body, false, &mut found);
    found.into_iter()
}

fn collect_annotated<'a>(body: &'a [Stmt], conditional: bool, found: &mut Vec<(&'a ast::StmtAnnAssign, bool)>) {
    for stmt in body {
        let mut inner = |body: &'a [Stmt]| collect_annotated(body, true, found);
        match stmt {
            Stmt::AnnAssign(stmt) if stmt.simple => found.push((stmt, conditional)),
            Stmt::If(s) => {
                inner(&s.body);
                s.elif_else_clauses.iter().for_each(|clause| inner(&clause.body));
            }
            Stmt::For(s) => [&s.body, &s.orelse].into_iter().for_each(|body| inner(body)),
            Stmt::While(s) => [&s.body, &s.orelse].into_iter().for_each(|body| inner(body)),
            Stmt::With(s) => inner(&s.body),
            Stmt::Match(s) => s.cases.iter().for_each(|case| inner(&case.body)),
            Stmt::Try(s) => {
                inner(&s.body);
                s.handlers.iter().for_each(|ast::ExceptHandler::ExceptHandler(handler)| inner(&handler.body));
                [&s.orelse, &s.finalbody].into_iter().for_each(|body| inner(body));
            }
            _ => {}
        }
    }
}

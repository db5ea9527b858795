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
    expr: &'a Expr,
    /// Number in the set of those whose statement has run, where that matters.
    index: Option<u32>,
}

impl<'a> Compiler<'a> {
    /// What a module or class body with annotations begins with.
    pub(crate) fn start_annotations(&mut self, scope: ScopeId) -> Res {
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
        let conditional = kind == ScopeKind::Module || self.unit_ref().conditional > 0;
        let index = conditional.then_some(self.unit_ref().annotation_index);
        self.unit().annotations.push(Annotation { name: mangled, expr: &stmt.annotation, index });
        if let Some(index) = index {
            self.unit().annotation_index += 1;
            let set = self.push();
            self.load_conditional(set)?;
            let number = self.const_temp(Const::Int(index.into()));
            self.emit(Op::SetAdd, set, number, 0);
            self.emit(Op::Drop, set, 0, 0);
            self.pop_to(set);
        }
        Ok(())
    }

    /// The annotation of another target: evaluated at once in modules and classes.
    pub(crate) fn check_annotation(&mut self, stmt: &'a ast::StmtAnnAssign) -> Res {
        if self.future || !matches!(self.host_kind(), ScopeKind::Module | ScopeKind::Class) {
            return Ok(());
        }
        self.discard(&stmt.annotation)
    }

    /// Prepares `__annotations__` where the strings of the future import go there.
    pub(crate) fn setup_future_annotations(&mut self, body: &[Stmt]) {
        if self.future && body.iter().any(annotates) {
            let temp = self.push();
            self.emit(Op::Intrinsic, temp, temp, Intrinsic::SetupAnnotations as u16);
            self.emit(Op::Drop, temp, 0, 0);
            self.pop_to(temp);
        }
    }

    /// Stores the annotate function of a module or class.
    pub(crate) fn finish_annotations(&mut self, scope: ScopeId, range: TextRange) -> Res {
        let annotations = std::mem::take(&mut self.unit().annotations);
        if annotations.is_empty() {
            return Ok(());
        }
        let children = &self.table.scope(scope).children;
        let own = |id: &ScopeId| {
            let child = self.table.scope(*id);
            child.kind == ScopeKind::Annotations && child.range.is_empty()
        };
        let Some(child) = children.iter().copied().find(own) else { return Ok(()) };
        let (line, _) = self.index.line_and_col(annotations[0].expr.range().start().to_u32());
        let unit = self.annotate_unit(child, line, range, |this, dict| {
            for Annotation { name, expr, index } in &annotations {
                this.conditional_entry(dict, name, expr, *index)?;
            }
            Ok(())
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
        line: u32,
        range: TextRange,
        fill: impl FnOnce(&mut Self, R) -> Res,
    ) -> Res<Rc<CodeUnit>> {
        self.enter_evaluator(scope, "__annotate__", line, range);
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
        if self.future {
            let base = self.next_temp();
            for (name, expr) in &entries {
                self.const_temp(Const::Str(Wtf8::new(name)));
                let text = super::unparse::unparse(expr, self);
                self.const_temp(Const::Str(Wtf8::new(&text)));
            }
            self.emit(Op::BuildMap, base, base, entries.len() as u16);
            self.push_above(base, 0);
            return Ok(pieces::ANNOTATIONS);
        }
        let scope = self.scope_of(def, Part::Annotations, def.range)?;
        let (line, _) = self.index.line_and_col(def.range.start().to_u32());
        let unit = self.annotate_unit(scope, line, def.range, |this, dict| {
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

/// Whether a statement annotates a name of its block.
fn annotates(stmt: &Stmt) -> bool {
    let any = |body: &[Stmt]| body.iter().any(annotates);
    match stmt {
        Stmt::AnnAssign(stmt) => stmt.simple,
        Stmt::If(s) => any(&s.body) || s.elif_else_clauses.iter().any(|clause| any(&clause.body)),
        Stmt::For(s) => any(&s.body) || any(&s.orelse),
        Stmt::While(s) => any(&s.body) || any(&s.orelse),
        Stmt::With(s) => any(&s.body),
        Stmt::Match(s) => s.cases.iter().any(|case| any(&case.body)),
        Stmt::Try(s) => {
            let handlers = s.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(handler)| any(&handler.body));
            any(&s.body) || handlers || any(&s.orelse) || any(&s.finalbody)
        }
        _ => false,
    }
}

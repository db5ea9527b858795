//! Functions and lambdas.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Decorator, Expr, Parameters};
use ruff_text_size::{Ranged, TextRange};

use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::Op;
use crate::symtable::{Part, Place, ScopeId, ScopeKind};
use crate::unit::{CodeUnit, Const, Wtf8, flags};

/// Flag bits of MAKE_FUNCTION.
pub(crate) mod pieces {
    pub(crate) const DEFAULTS: u16 = 1;
    pub(crate) const KWDEFAULTS: u16 = 2;
    pub(crate) const ANNOTATE: u16 = 4;
    pub(crate) const CLOSURE: u16 = 8;
}

impl<'a> Compiler<'a> {
    /// The scope of a syntax node.
    pub(crate) fn scope_of<T>(&self, node: &T, part: Part, range: TextRange) -> Res<ScopeId> {
        self.table.of(node, part).map_or_else(|| fault(range, "internal: no scope for this node"), Ok)
    }

    pub(crate) fn function_def(&mut self, def: &'a ast::StmtFunctionDef) -> Res {
        let name = def.name.as_str();
        let line = self.first_line(&def.decorator_list, def.range);
        let direct = self.local_reg(name).filter(|_| def.decorator_list.is_empty() && def.type_params.is_none());
        if let Some(reg) = direct {
            return self.function(def, line, reg);
        }
        let value = self.push();
        self.decorated(&def.decorator_list, value, |this, dst| match &def.type_params {
            Some(params) => this.generic_function(def, params, line, dst),
            None => this.function(def, line, dst),
        })?;
        self.at(def.name.range);
        self.store_name(name, def.name.range, value)?;
        self.pop_to(value);
        Ok(())
    }

    /// The line where a definition begins, decorators included.
    pub(crate) fn first_line(&self, decorators: &[Decorator], range: TextRange) -> u32 {
        let start = decorators.first().map_or(range, |decorator| decorator.expression.range()).start();
        self.index.line_and_col(start.to_u32()).0
    }

    /// Evaluates decorators, makes the value, and applies them; `dst` is the topmost temporary.
    pub(crate) fn decorated(
        &mut self,
        decorators: &'a [Decorator],
        dst: R,
        make: impl FnOnce(&mut Self, R) -> Res,
    ) -> Res {
        let mut windows = Vec::new();
        let mut slot = dst;
        for decorator in decorators {
            self.expr_to(&decorator.expression, slot)?;
            self.push_above(slot, 3);
            windows.push((slot, decorator.expression.range()));
            slot += 3;
        }
        make(self, slot)?;
        for (window, range) in windows.into_iter().rev() {
            self.at(range);
            self.emit(Op::Call, window, window, 1);
        }
        self.pop_to(dst + 1);
        Ok(())
    }

    /// The function object of a definition, decorators and name aside.
    pub(crate) fn function(&mut self, def: &'a ast::StmtFunctionDef, line: u32, dst: R) -> Res {
        let base = self.next_temp();
        let flags = self.default_pieces(&def.parameters, def.range)?;
        self.at(def.range);
        let flags = flags | self.annotation_pieces(def)?;
        let unit = self.function_unit(def, line)?;
        self.at(def.range);
        self.make_function(unit, dst, base, flags);
        Ok(())
    }

    pub(crate) fn function_unit(&mut self, def: &'a ast::StmtFunctionDef, line: u32) -> Res<Rc<CodeUnit>> {
        let scope = self.scope_of(def, Part::Body, def.range)?;
        self.enter_function(scope, def.name.as_str(), line, Some(&def.parameters));
        let body = self.function_doc(&def.body);
        self.body(body)?;
        self.return_none();
        self.leave()
    }

    pub(crate) fn lambda(&mut self, e: &'a ast::ExprLambda, dst: R) -> Res {
        let base = self.next_temp();
        let flags = match &e.parameters {
            Some(parameters) => self.default_pieces(parameters, e.range)?,
            None => 0,
        };
        let scope = self.scope_of(e, Part::Body, e.range)?;
        let (line, _) = self.index.line_and_col(e.range.start().to_u32());
        self.enter_function(scope, "<lambda>", line, e.parameters.as_deref());
        let value = self.operand(&e.body)?;
        self.at(e.body.range());
        self.emit(Op::Return, value, 0, 0);
        let unit = self.leave()?;
        self.at(e.range);
        self.make_function(unit, dst, base, flags);
        Ok(())
    }

    /// Begins a function's unit: cells and generator are set up.
    pub(crate) fn enter_function(&mut self, scope: ScopeId, name: &str, line: u32, parameters: Option<&Parameters>) {
        let qualname = self.qualname(name);
        let own = self.table.scope(scope).kind;
        let method = self.host_kind() == ScopeKind::Class && matches!(own, ScopeKind::Function | ScopeKind::Lambda);
        self.enter(scope, name, &qualname, line);
        let unit = &mut self.unit().unit;
        unit.flags |= flags::OPTIMIZED | flags::NEWLOCALS;
        if method {
            unit.flags |= flags::METHOD;
        }
        if let Some(parameters) = parameters {
            unit.posonly = parameters.posonlyargs.len() as u32;
            unit.argcount = unit.posonly + parameters.args.len() as u32;
            unit.kwonly = parameters.kwonlyargs.len() as u32;
            unit.flags |= if parameters.vararg.is_some() { flags::VARARGS } else { 0 };
            unit.flags |= if parameters.kwarg.is_some() { flags::VARKEYWORDS } else { 0 };
        }
        self.make_cells();
        self.start_generator();
    }

    /// For generators and coroutines: the flag and the instruction that makes the object.
    pub(crate) fn start_generator(&mut self) {
        let scope = self.table.scope(self.host());
        let generates = scope.has_yield || scope.kind == ScopeKind::GenExpr;
        let flag = match (scope.is_async, generates) {
            (false, false) => return,
            (false, true) => flags::GENERATOR,
            (true, false) => flags::COROUTINE,
            (true, true) => flags::ASYNC_GENERATOR,
        };
        self.unit().unit.flags |= flag;
        self.emit(Op::ReturnGenerator, 0, 0, 0);
    }

    /// The qualified name of something defined in the current unit.
    pub(crate) fn qualname(&self, name: &str) -> String {
        let mut units = self.units.iter().rev();
        let transparent = |kind| matches!(kind, ScopeKind::TypeParams);
        let parent = units.find(|state| !transparent(self.table.scope(state.scope).kind));
        let Some(parent) = parent else { return name.to_string() };
        let scope = self.table.scope(parent.scope);
        let mangled = crate::symtable::mangle(scope.private.as_deref(), name);
        let global = scope.symbol(&mangled).is_some_and(|symbol| symbol.place == Place::GlobalExplicit);
        match scope.kind {
            ScopeKind::Module => name.to_string(),
            _ if global => name.to_string(),
            ScopeKind::Class => format!("{}.{name}", parent.unit.qualname),
            _ => format!("{}.<locals>.{name}", parent.unit.qualname),
        }
    }

    /// Default values in fresh temporaries, as MAKE_FUNCTION wants them; their flags.
    pub(crate) fn default_pieces(&mut self, parameters: &'a Parameters, range: TextRange) -> Res<u16> {
        let mut flags = 0;
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        let defaults: Vec<&'a Expr> = positional.filter_map(|param| param.default()).collect();
        if !defaults.is_empty() {
            flags |= pieces::DEFAULTS;
            let tuple = self.push();
            for (i, default) in defaults.iter().enumerate() {
                if i > 0 {
                    self.push();
                }
                self.expr_to(default, tuple + i as R)?;
            }
            self.at(range);
            self.emit(Op::BuildTuple, tuple, tuple, defaults.len() as u16);
            self.pop_to(tuple + 1);
        }
        let keywords: Vec<_> = parameters.kwonlyargs.iter().filter(|param| param.default.is_some()).collect();
        if !keywords.is_empty() {
            flags |= pieces::KWDEFAULTS;
            self.keyword_defaults(&keywords, range)?;
        }
        Ok(flags)
    }

    fn keyword_defaults(&mut self, keywords: &[&'a ast::ParameterWithDefault], range: TextRange) -> Res {
        let base = self.next_temp();
        for param in keywords {
            let name = self.mangled(param.name().as_str());
            self.const_temp(Const::Str(Wtf8::new(&name)));
            if let Some(default) = param.default() {
                self.temp(default)?;
            }
        }
        self.at(range);
        self.emit(Op::BuildMap, base, base, keywords.len() as u16);
        self.pop_to(base + 1);
        Ok(())
    }

    /// Emits MAKE_FUNCTION for a unit whose other pieces stand from `base`; they are given back.
    pub(crate) fn make_function(&mut self, unit: Rc<CodeUnit>, dst: R, base: R, mut flags: u16) {
        if !unit.freevars.is_empty() {
            self.closure(&unit);
            flags |= pieces::CLOSURE;
        }
        let code = self.constant(Const::Code(unit));
        self.emit_x(Op::MakeFunction, dst, base, flags, code);
        self.pop_to(base);
    }

    /// The tuple of cells for a unit, in a fresh temporary.
    fn closure(&mut self, unit: &CodeUnit) {
        let tuple = self.push();
        for (i, name) in unit.freevars.iter().enumerate() {
            let temp = if i == 0 { tuple } else { self.push() };
            match self.cell_register(name) {
                Some(reg) => self.emit(Op::Copy, temp, reg, 0),
                None => {
                    let index = self.unit_ref().free.get(name).copied().unwrap_or(u16::MAX);
                    self.asm().ad(Op::LoadClosure, temp, index.into());
                }
            }
        }
        self.emit(Op::BuildTuple, tuple, tuple, unit.freevars.len() as u16);
        self.pop_to(tuple + 1);
    }

    /// The register of the cell that a nested unit captures, if it is one of this unit's.
    fn cell_register(&self, name: &str) -> Option<R> {
        let state = self.unit_ref();
        let comp = state.comps.iter().rev().find(|comp| self.table.scope(comp.scope).binds(name));
        if let Some(comp) = comp {
            return comp.regs.get(name).copied();
        }
        state.unit.cellvars.iter().find(|(cell, _)| &**cell == name).map(|(_, reg)| reg.0)
    }
}

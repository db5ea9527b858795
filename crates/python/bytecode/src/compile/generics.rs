//! Type parameters and type aliases.
//!
//! A definition with type parameters is made by a function of its own, called at once, whose locals are the
//! parameters. Bounds, defaults and values of aliases are functions evaluated on demand.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, TypeParam};
use ruff_text_size::{Ranged, TextRange};

use super::functions::pieces;
use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::{Intrinsic, Op};
use crate::symtable::Part;
use crate::unit::{CodeUnit, Const, Wtf8};

impl<'a> Compiler<'a> {
    pub(crate) fn generic_function(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        params: &'a ast::TypeParams,
        line: u32,
        dst: R,
    ) -> Res {
        self.push_above(dst, 2);
        let flags = self.default_pieces(&def.parameters, def.range)?;
        let unit = self.generic_unit(def, params, def.name.as_str(), line, |this, tuple| {
            let base = this.next_temp();
            for reg in 0..flags.count_ones() as R {
                let piece = this.push();
                this.emit(Op::Move, piece, reg, 0);
            }
            let flags = flags | this.annotation_pieces(def)?;
            let unit = this.function_unit(def, line)?;
            this.at(def.range);
            let function = tuple - 1;
            this.make_function(unit, function, base, flags);
            this.emit(Op::Intrinsic, function, function, Intrinsic::SetFunctionTypeParams as u16);
            Ok(())
        })?;
        self.call_generic(unit, def.range, dst, flags.count_ones() as u16);
        Ok(())
    }

    /// The unit that makes a generic definition. `inner` gets the temporary with the tuple of parameters and
    /// leaves its result in the one before.
    fn generic_unit<T>(
        &mut self,
        node: &T,
        params: &'a ast::TypeParams,
        name: &str,
        line: u32,
        inner: impl FnOnce(&mut Self, R) -> Res,
    ) -> Res<Rc<CodeUnit>> {
        let scope = self.scope_of(node, Part::TypeParams, params.range)?;
        let count =
            self.table.scope(scope).symbols.iter().filter(|s| s.usage & crate::symtable::usage::PARAM != 0).count();
        self.enter_function(scope, &format!("<generic parameters of {name}>"), line, None);
        self.unit().unit.argcount = count as u32;
        let result = self.push();
        let tuple = self.push();
        self.type_param_tuple(params, tuple)?;
        inner(self, tuple)?;
        self.emit(Op::Return, result, 0, 0);
        self.leave()
    }

    /// Calls the unit in window `dst`, whose arguments stand in place.
    fn call_generic(&mut self, unit: Rc<CodeUnit>, range: TextRange, dst: R, count: u16) {
        self.at(range);
        let base = self.next_temp();
        self.make_function(unit, dst, base, 0);
        self.emit(Op::Call, dst, dst, count);
        self.pop_to(dst + 1);
    }

    /// Makes the type parameters, binds their names, and puts their tuple into the topmost temporary.
    fn type_param_tuple(&mut self, params: &'a ast::TypeParams, tuple: R) -> Res {
        for (i, param) in params.type_params.iter().enumerate() {
            if i > 0 {
                self.push();
            }
            self.type_param(param, tuple + i as R)?;
        }
        self.at(params.range);
        self.emit(Op::BuildTuple, tuple, tuple, params.type_params.len() as u16);
        self.pop_to(tuple + 1);
        Ok(())
    }

    fn type_param(&mut self, param: &'a TypeParam, dst: R) -> Res {
        let (name, bound, default, plain) = match param {
            TypeParam::TypeVar(p) => (&p.name, p.bound.as_deref(), p.default.as_deref(), Intrinsic::TypeVar),
            TypeParam::ParamSpec(p) => (&p.name, None, p.default.as_deref(), Intrinsic::ParamSpec),
            TypeParam::TypeVarTuple(p) => (&p.name, None, p.default.as_deref(), Intrinsic::TypeVarTuple),
        };
        self.at(param.range());
        self.load_const(dst, Const::Str(Wtf8::new(name.as_str())));
        let kind = match bound {
            None => plain,
            Some(bound) => {
                self.evaluator(bound, name.as_str())?;
                if bound.is_tuple_expr() { Intrinsic::TypeVarWithConstraints } else { Intrinsic::TypeVarWithBound }
            }
        };
        self.at(param.range());
        self.emit(Op::Intrinsic, dst, dst, kind as u16);
        self.pop_to(dst + 1);
        if let Some(default) = default {
            self.evaluator(default, name.as_str())?;
            self.at(param.range());
            self.emit(Op::Intrinsic, dst, dst, Intrinsic::SetTypeParamDefault as u16);
            self.pop_to(dst + 1);
        }
        let copy = self.push();
        self.emit(Op::Copy, copy, dst, 0);
        self.store_name(name.as_str(), name.range, copy)?;
        self.pop_to(copy);
        Ok(())
    }

    /// A function that evaluates an expression, in a fresh temporary.
    fn evaluator(&mut self, e: &'a Expr, name: &str) -> Res<R> {
        let scope = self.scope_of(e, Part::Body, e.range())?;
        let (line, _) = self.index.line_and_col(e.range().start().to_u32());
        self.enter_evaluator(scope, name, line, e.range());
        let value = self.push();
        match e {
            Expr::Starred(starred) => {
                self.expr_to(&starred.value, value)?;
                self.emit(Op::Unpack, value, value, 1);
            }
            e => self.expr_to(e, value)?,
        }
        self.emit(Op::Return, value, 0, 0);
        let unit = self.leave()?;
        self.at(e.range());
        let function = self.const_temp(Const::Tuple([Const::Int(1)].into()));
        self.make_function(unit, function, function, pieces::DEFAULTS);
        self.push_above(function, 0);
        Ok(function)
    }

    pub(crate) fn generic_class(
        &mut self,
        def: &'a ast::StmtClassDef,
        params: &'a ast::TypeParams,
        line: u32,
        dst: R,
    ) -> Res {
        self.push_above(dst, 2);
        let unit = self.generic_unit(def, params, def.name.as_str(), line, |this, tuple| {
            let class = tuple - 1;
            let copy = this.push();
            this.emit(Op::Copy, copy, tuple, 0);
            this.store_name(".type_params", params.range, copy)?;
            this.emit(Op::Intrinsic, tuple, tuple, Intrinsic::SubscriptGeneric as u16);
            this.store_name(".generic_base", params.range, tuple)?;
            this.pop_to(tuple);
            this.class(def, line, class, Some(".generic_base"))
        })?;
        self.call_generic(unit, def.range, dst, 0);
        Ok(())
    }

    pub(crate) fn type_alias(&mut self, stmt: &'a ast::StmtTypeAlias) -> Res {
        let Expr::Name(name) = &*stmt.name else { return fault(stmt.range, "invalid syntax") };
        let id = name.id.as_str();
        let value = self.push();
        match &stmt.type_params {
            None => self.alias_object(stmt, id, value, None)?,
            Some(params) => {
                self.push_above(value, 2);
                let (line, _) = self.index.line_and_col(stmt.range.start().to_u32());
                let unit = self.generic_unit(stmt, params, id, line, |this, tuple| {
                    let result = tuple - 1;
                    let name = this.push();
                    this.alias_object(stmt, id, name, Some(tuple))?;
                    this.emit(Op::Move, result, name, 0);
                    Ok(())
                })?;
                self.call_generic(unit, stmt.range, value, 0);
            }
        }
        self.at(name.range);
        self.store_name(id, name.range, value)?;
        self.pop_to(value);
        Ok(())
    }

    /// The alias object in the topmost temporary; `tuple` holds its type parameters.
    fn alias_object(&mut self, stmt: &'a ast::StmtTypeAlias, name: &str, dst: R, tuple: Option<R>) -> Res {
        self.at(stmt.range);
        self.load_const(dst, Const::Str(Wtf8::new(name)));
        let params = self.push();
        match tuple {
            Some(tuple) => self.emit(Op::Move, params, tuple, 0),
            None => self.load_const(params, Const::None),
        }
        self.evaluator(&stmt.value, name)?;
        self.at(stmt.range);
        self.emit(Op::Intrinsic, dst, dst, Intrinsic::TypeAlias as u16);
        self.pop_to(dst + 1);
        Ok(())
    }
}

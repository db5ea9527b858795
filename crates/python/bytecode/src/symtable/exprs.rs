//! The walk over expressions that notes how names are used.

use ruff_python_ast::{self as ast, Expr, ExprContext, FStringPart, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextRange};

use super::collect::{ALIAS, Collector};
use super::{Part, ScopeId, ScopeKind, usage};
use crate::error::{Res, fault};

impl Collector {
    pub(super) fn expr(&mut self, expr: &Expr) -> Res {
        crate::parse::depth::with_stack(|| self.expr_here(expr))
    }

    fn expr_here(&mut self, expr: &Expr) -> Res {
        match expr {
            Expr::Name(name) => self.name(name),
            Expr::BoolOp(e) => self.exprs(&e.values),
            Expr::Named(e) => self.walrus(e),
            Expr::BinOp(e) => {
                self.expr(&e.left)?;
                self.expr(&e.right)
            }
            Expr::UnaryOp(e) => self.expr(&e.operand),
            Expr::If(e) => {
                self.expr(&e.test)?;
                self.expr(&e.body)?;
                self.expr(&e.orelse)
            }
            Expr::Dict(e) => e.items.iter().try_for_each(|item| {
                self.opt(item.key.as_ref())?;
                self.expr(&item.value)
            }),
            Expr::Set(e) => self.exprs(&e.elts),
            Expr::List(e) => self.exprs(&e.elts),
            Expr::Tuple(e) => self.exprs(&e.elts),
            Expr::Compare(e) => {
                self.expr(&e.left)?;
                self.exprs(&e.comparators)
            }
            Expr::Call(e) => {
                self.expr(&e.func)?;
                self.exprs(&e.arguments.args)?;
                e.arguments.keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))
            }
            Expr::Attribute(e) => self.expr(&e.value),
            Expr::Subscript(e) => {
                self.expr(&e.value)?;
                self.expr(&e.slice)
            }
            Expr::Starred(e) => self.expr(&e.value),
            Expr::Slice(e) => {
                self.opt(e.lower.as_deref())?;
                self.opt(e.upper.as_deref())?;
                self.opt(e.step.as_deref())
            }
            Expr::FString(e) => self.fstring(e),
            Expr::TString(e) => e.value.elements().try_for_each(|element| self.element(element)),
            Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) => self.suspension(expr),
            _ => self.scoped(expr),
        }
    }

    /// Expressions with a scope of their own; literals have nothing to note.
    fn scoped(&mut self, expr: &Expr) -> Res {
        match expr {
            Expr::Lambda(e) => self.lambda(e),
            Expr::ListComp(e) => self.comprehension(e, ScopeKind::ListComp, &e.generators, &[&e.elt], e.range),
            Expr::SetComp(e) => self.comprehension(e, ScopeKind::SetComp, &e.generators, &[&e.elt], e.range),
            Expr::Generator(e) => self.comprehension(e, ScopeKind::GenExpr, &e.generators, &[&e.elt], e.range),
            Expr::DictComp(e) => {
                let Some(key) = &e.key else {
                    return fault(e.range, "dict unpacking cannot be used in dict comprehension");
                };
                self.comprehension(e, ScopeKind::DictComp, &e.generators, &[key, &e.value], e.range)
            }
            _ => Ok(()),
        }
    }

    fn name(&mut self, name: &ast::ExprName) -> Res {
        let id = name.id.as_str();
        let bits = match name.ctx {
            ExprContext::Load | ExprContext::Invalid => usage::USED,
            ExprContext::Store | ExprContext::Del => usage::ASSIGNED,
        };
        if id == "__debug__" && bits == usage::ASSIGNED {
            let verb = if name.ctx == ExprContext::Del { "delete" } else { "assign to" };
            return fault(name.range, format!("cannot {verb} __debug__"));
        }
        self.add(id, bits, name.range)?;
        if id == "super" && bits == usage::USED && self.scope().kind.is_function_like() {
            self.add("__class__", usage::USED, name.range)?;
        }
        Ok(())
    }

    fn lambda(&mut self, e: &ast::ExprLambda) -> Res {
        if let Some(parameters) = &e.parameters {
            self.defaults(parameters)?;
        }
        let body = |this: &mut Collector| {
            if let Some(parameters) = &e.parameters {
                this.parameters(parameters)?;
            }
            this.expr(&e.body)
        };
        self.within((e, Part::Body), ScopeKind::Lambda, e.range, body).map(drop)
    }

    fn fstring(&mut self, e: &ast::ExprFString) -> Res {
        for part in &e.value {
            if let FStringPart::FString(part) = part {
                part.elements.iter().try_for_each(|element| self.element(element))?;
            }
        }
        Ok(())
    }

    fn element(&mut self, element: &InterpolatedStringElement) -> Res {
        let InterpolatedStringElement::Interpolation(element) = element else { return Ok(()) };
        self.expr(&element.expression)?;
        let spec = element.format_spec.iter().flat_map(|spec| spec.elements.iter());
        spec.into_iter().try_for_each(|element| self.element(element))
    }

    /// `yield`, `yield from`, `await`.
    fn suspension(&mut self, expr: &Expr) -> Res {
        let (what, value) = match expr {
            Expr::Yield(e) => ("yield expression", e.value.as_deref()),
            Expr::YieldFrom(e) => ("yield expression", Some(&*e.value)),
            Expr::Await(e) => ("await expression", Some(&*e.value)),
            _ => return Ok(()),
        };
        let awaits = matches!(expr, Expr::Await(_));
        let place = match self.scope().kind {
            ScopeKind::ListComp if !awaits => return fault(expr.range(), "'yield' inside list comprehension"),
            ScopeKind::SetComp if !awaits => return fault(expr.range(), "'yield' inside set comprehension"),
            ScopeKind::DictComp if !awaits => return fault(expr.range(), "'yield' inside dict comprehension"),
            ScopeKind::GenExpr if !awaits => return fault(expr.range(), "'yield' inside generator expression"),
            ScopeKind::Annotations => "an annotation",
            ScopeKind::TypeParams => "the definition of a generic",
            ScopeKind::Evaluator => self.scope().label,
            _ => "",
        };
        if !place.is_empty() {
            return fault(expr.range(), format!("{what} cannot be used within {place}"));
        }
        if awaits {
            self.awaits_in(self.current);
            if self.scope().kind.is_comprehension() {
                self.scope().is_async = true;
            }
        } else {
            self.scope().has_yield = true;
        }
        self.opt(value)
    }

    fn comprehension<T>(
        &mut self,
        node: &T,
        kind: ScopeKind,
        generators: &[ast::Comprehension],
        elements: &[&Expr],
        range: TextRange,
    ) -> Res {
        let Some((first, rest)) = generators.split_first() else { return Ok(()) };
        self.iterable(&first.iter)?;
        let outer = self.current;
        let id = self.within((node, Part::Body), kind, range, |this| {
            this.scope().is_async = generators.iter().any(|generator| generator.is_async);
            if !this.scope().inlined {
                this.add(".0", usage::PARAM, range)?;
            }
            this.iteration_target(&first.target)?;
            this.exprs(&first.ifs)?;
            for generator in rest {
                this.iteration_target(&generator.target)?;
                this.iterable(&generator.iter)?;
                this.exprs(&generator.ifs)?;
            }
            elements.iter().try_for_each(|expr| this.expr(expr))
        })?;
        self.leave_comprehension(id, outer, range)
    }

    /// Hands an inlined comprehension's outer names, and its being asynchronous, to its host.
    fn leave_comprehension(&mut self, id: ScopeId, outer: ScopeId, range: TextRange) -> Res {
        let scope = self.table.scope(id);
        let (inlined, is_async, kind) = (scope.inlined, scope.is_async, scope.kind);
        if inlined {
            let used: Vec<_> =
                scope.symbols.iter().filter(|s| s.usage & usage::BOUND == 0).map(|s| s.name.clone()).collect();
            for name in used {
                self.add_raw(outer, &name, range)?;
            }
        }
        if is_async && kind != ScopeKind::GenExpr {
            self.awaits_in(outer);
            let host = self.table.scope_mut(outer);
            if host.kind.is_comprehension() {
                host.is_async = true;
            } else if !host.is_async {
                return fault(range, "asynchronous comprehension outside of an asynchronous function");
            }
        }
        Ok(())
    }

    /// Notes the use of a name that is mangled already.
    fn add_raw(&mut self, id: ScopeId, name: &str, range: TextRange) -> Res {
        let private = self.table.scope_mut(id).private.take();
        let result = self.add_to(id, name, usage::USED, range);
        self.table.scope_mut(id).private = private;
        result.map(drop)
    }

    fn iterable(&mut self, expr: &Expr) -> Res {
        self.in_iterable += 1;
        self.expr(expr)?;
        self.in_iterable -= 1;
        Ok(())
    }

    fn iteration_target(&mut self, target: &Expr) -> Res {
        let before: Vec<_> = self.scope().walrus_targets.clone();
        self.expr(target)?;
        let mut names = Vec::new();
        bound_names(target, &mut names);
        for name in names {
            let mangled = self.add(name.id.as_str(), usage::COMP_ITER, name.range)?;
            if before.contains(&mangled) {
                let text = format!("comprehension inner loop cannot rebind assignment expression target '{mangled}'");
                return fault(name.range, text);
            }
        }
        Ok(())
    }

    fn walrus(&mut self, e: &ast::ExprNamed) -> Res {
        if self.in_iterable > 0 {
            return fault(e.range, "assignment expression cannot be used in a comprehension iterable expression");
        }
        match self.scope().kind {
            ScopeKind::Annotations => return fault(e.range, "named expression cannot be used within an annotation"),
            ScopeKind::TypeParams => {
                return fault(e.range, "named expression cannot be used within the definition of a generic");
            }
            ScopeKind::Evaluator => {
                let label = self.scope().label;
                return fault(e.range, format!("named expression cannot be used within {label}"));
            }
            _ => {}
        }
        let Expr::Name(name) = &*e.target else { return self.expr(&e.value) };
        if self.scope().kind.is_comprehension() {
            self.walrus_in_comprehension(name)?;
        }
        self.expr(&e.value)?;
        if !self.scope().kind.is_comprehension() {
            self.name(name)?;
            let private = self.scope().private.clone();
            let mangled = super::mangle(private.as_deref(), name.id.as_str());
            self.scope().walrus_targets.push(mangled);
        }
        Ok(())
    }

    /// Where no assignment expression of a comprehension may bind a name, in words for the message.
    fn forbids_targets(&self, host: ScopeId) -> Option<&'static str> {
        let scope = self.table.scope(host);
        match scope.kind {
            ScopeKind::Class => Some("in a class body"),
            ScopeKind::Annotations if scope.sees_class => Some("in a class body"),
            ScopeKind::TypeParams => Some("within the definition of a generic"),
            ScopeKind::Evaluator if scope.label == ALIAS => Some("in a type alias"),
            ScopeKind::Evaluator => Some("in a TypeVar bound"),
            _ => None,
        }
    }

    /// The target belongs to the nearest scope that is no comprehension.
    fn walrus_in_comprehension(&mut self, name: &ast::ExprName) -> Res {
        let id = name.id.as_str();
        let mut between = Vec::new();
        let mut host = self.current;
        while self.table.scope(host).kind.is_comprehension() {
            let mangled = super::mangle(self.table.scope(host).private.as_deref(), id);
            let iterates = self.table.scope(host).symbol(&mangled).is_some_and(|s| s.usage & usage::COMP_ITER != 0);
            if iterates {
                return fault(
                    name.range,
                    format!("assignment expression cannot rebind comprehension iteration variable '{id}'"),
                );
            }
            self.table.scope_mut(host).walrus_targets.push(mangled);
            between.push(host);
            let Some(parent) = self.table.scope(host).parent else { break };
            host = parent;
        }
        let kind = self.table.scope(host).kind;
        if let Some(place) = self.forbids_targets(host) {
            let text = format!("assignment expression within a comprehension cannot be used {place}");
            return fault(name.range, text);
        }
        let mangled = self.add_to(host, id, usage::ASSIGNED, name.range)?;
        let global = kind == ScopeKind::Module
            || self.table.scope(host).symbol(&mangled).is_some_and(|s| s.usage & usage::GLOBAL != 0);
        self.table.scope_mut(host).walrus_targets.push(mangled);
        for scope in between {
            let bits = match (self.table.scope(scope).inlined, global) {
                (true, _) => usage::USED,
                (false, true) => usage::GLOBAL,
                (false, false) => usage::NONLOCAL,
            };
            self.add_to(scope, id, bits, name.range)?;
        }
        Ok(())
    }
}

/// The names that an assignment target binds.
fn bound_names<'a>(target: &'a Expr, names: &mut Vec<&'a ast::ExprName>) {
    match target {
        Expr::Name(name) => names.push(name),
        Expr::Tuple(e) => e.elts.iter().for_each(|e| bound_names(e, names)),
        Expr::List(e) => e.elts.iter().for_each(|e| bound_names(e, names)),
        Expr::Starred(e) => bound_names(&e.value, names),
        _ => {}
    }
}

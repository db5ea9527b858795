//! The walk over statements that notes how names are used.

use std::rc::Rc;

use ruff_python_ast::{self as ast, ExceptHandler, Expr, Mod, Pattern, Stmt, TypeParam};
use ruff_text_size::{Ranged, TextRange};

use super::{Part, Place, Private, Scope, ScopeId, ScopeKind, Symbol, SymbolTable, mangle, usage};
use crate::error::{Res, fault};

/// What the evaluator of a type alias evaluates, for messages.
pub(super) const ALIAS: &str = "a type alias";

/// The walker.
pub(super) struct Collector {
    pub(super) table: SymbolTable,
    pub(super) current: ScopeId,
    future_annotations: bool,
    top_level_await: bool,
    /// Depth of `if`, loops, `try`, `with`, `match` in the current class body.
    conditional: u32,
    /// Inside the iterable of a comprehension.
    pub(super) in_iterable: u32,
}

/// Collects the scopes of a program.
pub(super) fn collect(module: &Mod, future_annotations: bool, top_level_await: bool) -> Res<SymbolTable> {
    let range = match module {
        Mod::Module(module) => module.range,
        Mod::Expression(expression) => expression.range,
    };
    let table = SymbolTable { scopes: Vec::new(), by_node: Default::default() };
    let mut collector =
        Collector { table, current: ScopeId(0), future_annotations, top_level_await, conditional: 0, in_iterable: 0 };
    collector.new_scope(ScopeKind::Module, None, range);
    match module {
        Mod::Module(module) => collector.body(&module.body)?,
        Mod::Expression(expression) => collector.expr(&expression.body)?,
    }
    Ok(collector.table)
}

/// A parameter with a default may be followed by such only.
fn check_default_order(params: &ast::TypeParams) -> Res {
    let mut after_default = params.type_params.iter().skip_while(|param| param.default().is_none());
    match after_default.find(|param| param.default().is_none()) {
        None => Ok(()),
        Some(param) => {
            let name = param.name();
            fault(param.range(), format!("non-default type parameter '{name}' follows default type parameter"))
        }
    }
}

impl Collector {
    fn new_scope(&mut self, kind: ScopeKind, parent: Option<ScopeId>, range: TextRange) -> ScopeId {
        let id = ScopeId(self.table.scopes.len());
        let above = parent.map(|parent| self.table.scope(parent));
        let host_allows = |scope: &Scope| match scope.kind {
            ScopeKind::Module | ScopeKind::Function | ScopeKind::Lambda => true,
            kind => kind.is_comprehension(),
        };
        let comprehension = kind.is_comprehension() && kind != ScopeKind::GenExpr;
        let scope = Scope {
            kind,
            parent,
            children: Vec::new(),
            symbols: Vec::new(),
            index: Default::default(),
            private: above.and_then(|scope| scope.private.clone()),
            inlined: comprehension && above.is_some_and(host_allows),
            nested: above.is_some_and(|scope| scope.nested || scope.kind.is_function_like()),
            is_async: false,
            has_yield: false,
            has_return_value: None,
            needs_class_cell: false,
            needs_class_dict: false,
            sees_class: false,
            conditional_annotations: false,
            walrus_targets: Vec::new(),
            label: "",
            range,
        };
        self.table.scopes.push(scope);
        if let Some(parent) = parent {
            self.table.scope_mut(parent).children.push(id);
        }
        id
    }

    /// Walks something inside a new scope.
    pub(super) fn within<T>(
        &mut self,
        (node, part): (&T, Part),
        kind: ScopeKind,
        range: TextRange,
        walk: impl FnOnce(&mut Collector) -> Res,
    ) -> Res<ScopeId> {
        let outer = self.current;
        let id = self.new_scope(kind, Some(outer), range);
        self.table.by_node.insert((std::ptr::from_ref(node).addr(), part), id);
        self.resume(id, walk)?;
        Ok(id)
    }

    /// Walks something inside an existing scope.
    fn resume(&mut self, id: ScopeId, walk: impl FnOnce(&mut Collector) -> Res) -> Res {
        let outer = std::mem::replace(&mut self.current, id);
        let conditional = std::mem::take(&mut self.conditional);
        // What is inside an iterable stays inside it, in scopes of its own too.
        let in_iterable = self.in_iterable;
        walk(self)?;
        self.current = outer;
        self.conditional = conditional;
        self.in_iterable = in_iterable;
        Ok(())
    }

    pub(super) fn scope(&mut self) -> &mut Scope {
        self.table.scope_mut(self.current)
    }

    /// Notes that something in a scope awaits: where the settings allow it, the module becomes a coroutine.
    pub(super) fn awaits_in(&mut self, id: ScopeId) {
        if self.top_level_await && self.table.scope(id).kind == ScopeKind::Module {
            self.table.scope_mut(id).is_async = true;
        }
    }

    /// Notes a use of a name in a scope.
    pub(super) fn add_to(&mut self, id: ScopeId, name: &str, bits: u16, range: TextRange) -> Res<Rc<str>> {
        let scope = self.table.scope_mut(id);
        let name = mangle(scope.private.as_deref(), name);
        let next = scope.symbols.len();
        let at = *scope.index.entry(name.clone()).or_insert(next);
        if at == next {
            scope.symbols.push(Symbol { name: name.clone(), usage: 0, place: Place::GlobalImplicit, declared: None });
        }
        let symbol = &mut scope.symbols[at];
        let twice = usage::PARAM | usage::TYPE_PARAM;
        if bits & symbol.usage & twice != 0 {
            let what = if bits & usage::PARAM != 0 { "argument" } else { "type parameter" };
            let place = if bits & usage::PARAM != 0 { " in function definition" } else { "" };
            return fault(range, format!("duplicate {what} '{name}'{place}"));
        }
        symbol.usage |= bits;
        Ok(name)
    }

    pub(super) fn add(&mut self, name: &str, bits: u16, range: TextRange) -> Res<Rc<str>> {
        self.add_to(self.current, name, bits, range)
    }

    pub(super) fn bind(&mut self, name: &ast::Identifier) -> Res {
        if name.as_str() == "__debug__" {
            return fault(name.range, "cannot assign to __debug__");
        }
        self.add(name.as_str(), usage::ASSIGNED, name.range).map(drop)
    }

    pub(super) fn body(&mut self, body: &[Stmt]) -> Res {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn block(&mut self, body: &[Stmt]) -> Res {
        self.conditional += 1;
        self.body(body)?;
        self.conditional -= 1;
        Ok(())
    }

    fn stmt(&mut self, stmt: &Stmt) -> Res {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::Return(stmt) => self.return_(stmt),
            Stmt::Delete(stmt) => self.exprs(&stmt.targets),
            Stmt::TypeAlias(stmt) => self.type_alias(stmt),
            Stmt::Assign(stmt) => {
                self.expr(&stmt.value)?;
                self.exprs(&stmt.targets)
            }
            Stmt::AugAssign(stmt) => {
                self.expr(&stmt.target)?;
                if let Expr::Name(name) = &*stmt.target {
                    self.add(name.id.as_str(), usage::USED, name.range)?;
                }
                self.expr(&stmt.value)
            }
            Stmt::AnnAssign(stmt) => self.ann_assign(stmt),
            Stmt::Expr(stmt) => self.expr(&stmt.value),
            Stmt::Global(stmt) => self.declare(&stmt.names, usage::GLOBAL, stmt.range),
            Stmt::Nonlocal(stmt) => self.declare(&stmt.names, usage::NONLOCAL, stmt.range),
            Stmt::Raise(stmt) => {
                self.opt(stmt.exc.as_deref())?;
                self.opt(stmt.cause.as_deref())
            }
            Stmt::Assert(stmt) => {
                self.expr(&stmt.test)?;
                self.opt(stmt.msg.as_deref())
            }
            Stmt::Import(stmt) => stmt.names.iter().try_for_each(|alias| self.alias(alias, true)),
            Stmt::ImportFrom(stmt) => self.import_from(stmt),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => Ok(()),
            _ => self.compound(stmt),
        }
    }

    fn compound(&mut self, stmt: &Stmt) -> Res {
        match stmt {
            Stmt::For(stmt) => {
                if stmt.is_async {
                    self.awaits_in(self.current);
                }
                self.expr(&stmt.iter)?;
                self.expr(&stmt.target)?;
                self.block(&stmt.body)?;
                self.block(&stmt.orelse)
            }
            Stmt::While(stmt) => {
                self.expr(&stmt.test)?;
                self.block(&stmt.body)?;
                self.block(&stmt.orelse)
            }
            Stmt::If(stmt) => {
                self.expr(&stmt.test)?;
                self.block(&stmt.body)?;
                for clause in &stmt.elif_else_clauses {
                    self.opt(clause.test.as_ref())?;
                    self.block(&clause.body)?;
                }
                Ok(())
            }
            Stmt::With(stmt) => {
                if stmt.is_async {
                    self.awaits_in(self.current);
                }
                for item in &stmt.items {
                    self.expr(&item.context_expr)?;
                    self.opt(item.optional_vars.as_deref())?;
                }
                self.block(&stmt.body)
            }
            Stmt::Match(stmt) => {
                self.expr(&stmt.subject)?;
                for case in &stmt.cases {
                    self.pattern(&case.pattern)?;
                    self.opt(case.guard.as_deref())?;
                    self.block(&case.body)?;
                }
                Ok(())
            }
            Stmt::Try(stmt) => self.try_(stmt),
            _ => Ok(()),
        }
    }

    fn try_(&mut self, stmt: &ast::StmtTry) -> Res {
        self.block(&stmt.body)?;
        for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
            self.opt(handler.type_.as_deref())?;
            handler.name.iter().try_for_each(|name| self.bind(name))?;
            self.block(&handler.body)?;
        }
        self.block(&stmt.orelse)?;
        self.block(&stmt.finalbody)
    }

    fn return_(&mut self, stmt: &ast::StmtReturn) -> Res {
        if let Some(value) = &stmt.value {
            self.expr(value)?;
            self.scope().has_return_value = Some(stmt.range);
        }
        Ok(())
    }

    fn alias(&mut self, alias: &ast::Alias, dotted: bool) -> Res {
        if let Some(name) = &alias.asname {
            return self.bind(name);
        }
        let name = alias.name.as_str();
        if name == "*" {
            return Ok(());
        }
        let first = if dotted { name.split('.').next().unwrap_or(name) } else { name };
        self.add(first, usage::ASSIGNED, alias.range).map(drop)
    }

    fn import_from(&mut self, stmt: &ast::StmtImportFrom) -> Res {
        let star = stmt.names.iter().find(|alias| alias.name.as_str() == "*");
        if let Some(star) = star.filter(|_| self.scope().kind != ScopeKind::Module) {
            return fault(star.range, "import * only allowed at module level");
        }
        stmt.names.iter().try_for_each(|alias| self.alias(alias, false))
    }

    fn declare(&mut self, names: &[ast::Identifier], bit: u16, range: TextRange) -> Res {
        let what = if bit == usage::GLOBAL { "global" } else { "nonlocal" };
        for name in names {
            let mangled = mangle(self.scope().private.as_deref(), name.as_str());
            let old = self.scope().symbol(&mangled).map_or(0, |symbol| symbol.usage);
            let problem = if old & usage::PARAM != 0 {
                Some(format!("name '{mangled}' is parameter and {what}"))
            } else if old & usage::ANNOTATED != 0 {
                Some(format!("annotated name '{mangled}' can't be {what}"))
            } else if old & usage::ASSIGNED != 0 {
                Some(format!("name '{mangled}' is assigned to before {what} declaration"))
            } else if old & usage::USED != 0 {
                Some(format!("name '{mangled}' is used prior to {what} declaration"))
            } else {
                None
            };
            if let Some(problem) = problem {
                return fault(range, problem);
            }
            self.add(name.as_str(), bit, name.range)?;
            if bit == usage::GLOBAL {
                // The module then has the name in its globals too, also where these are not its locals (`exec`).
                self.add_to(ScopeId(0), &mangled, bit, name.range)?;
            }
            let scope = self.scope();
            let at = scope.index[&mangled];
            scope.symbols[at].declared.get_or_insert(range);
        }
        Ok(())
    }

    fn function(&mut self, def: &ast::StmtFunctionDef) -> Res {
        self.bind(&def.name)?;
        def.decorator_list.iter().try_for_each(|decorator| self.expr(&decorator.expression))?;
        self.defaults(&def.parameters)?;
        let inner = |this: &mut Collector| {
            this.function_annotations(def)?;
            let body = |this: &mut Collector| {
                this.scope().is_async = def.is_async;
                this.parameters(&def.parameters)?;
                this.body(&def.body)
            };
            this.within((def, Part::Body), ScopeKind::Function, def.range, body).map(drop)
        };
        match &def.type_params {
            None => inner(self),
            Some(params) => self.type_params(def, params, def.range, None, |this| {
                this.default_parameters(&def.parameters, def.range)?;
                inner(this)
            }),
        }
    }

    fn function_annotations(&mut self, def: &ast::StmtFunctionDef) -> Res {
        let parameters = def.parameters.iter().filter_map(|param| param.as_parameter().annotation());
        let all: Vec<&Expr> = parameters.chain(def.returns.as_deref()).collect();
        if all.is_empty() {
            return Ok(());
        }
        self.annotation_scope((def, Part::Annotations), ScopeKind::Annotations, def.range, |this| {
            all.iter().try_for_each(|expr| this.expr(expr))
        })?;
        if self.future_annotations {
            // These are strings: no name in them is used.
            self.scope().children.pop();
        }
        Ok(())
    }

    /// A scope whose expressions are evaluated later and see the class around them.
    pub(super) fn annotation_scope<T>(
        &mut self,
        key: (&T, Part),
        kind: ScopeKind,
        range: TextRange,
        walk: impl FnOnce(&mut Collector) -> Res,
    ) -> Res {
        let outer = self.scope();
        let sees = outer.kind == ScopeKind::Class || outer.sees_class;
        self.within(key, kind, range, |this| {
            this.enter_annotation_scope(sees, range)?;
            walk(this)
        })
        .map(drop)
    }

    fn enter_annotation_scope(&mut self, sees_class: bool, range: TextRange) -> Res {
        self.scope().sees_class = sees_class;
        if sees_class {
            self.add("__classdict__", usage::USED, range)?;
        }
        if self.scope().kind != ScopeKind::TypeParams {
            self.add(".format", usage::PARAM, range)?;
        }
        Ok(())
    }

    /// Default values, in the order in which they are evaluated.
    pub(super) fn defaults(&mut self, parameters: &ast::Parameters) -> Res {
        parameters.iter_non_variadic_params().try_for_each(|param| self.opt(param.default()))
    }

    pub(super) fn parameters(&mut self, parameters: &ast::Parameters) -> Res {
        let variadic = parameters.vararg.iter().chain(&parameters.kwarg).map(|param| &param.name);
        let plain = parameters.iter_non_variadic_params().map(|param| param.name());
        for name in plain.chain(variadic) {
            if name.as_str() == "__debug__" {
                return fault(name.range, "cannot assign to __debug__");
            }
            self.add(name.as_str(), usage::PARAM, name.range)?;
        }
        Ok(())
    }

    fn class(&mut self, def: &ast::StmtClassDef) -> Res {
        self.bind(&def.name)?;
        def.decorator_list.iter().try_for_each(|decorator| self.expr(&decorator.expression))?;
        let inner = |this: &mut Collector| {
            if let Some(arguments) = &def.arguments {
                this.exprs(&arguments.args)?;
                arguments.keywords.iter().try_for_each(|keyword| this.expr(&keyword.value))?;
            }
            let body = |this: &mut Collector| {
                this.scope().private = Some(Rc::new(Private { class: def.name.as_str().into(), only: None }));
                if def.type_params.is_some() {
                    this.add("__type_params__", usage::ASSIGNED, def.range)?;
                    this.add(".type_params", usage::USED, def.range)?;
                }
                this.body(&def.body)
            };
            this.within((def, Part::Body), ScopeKind::Class, def.range, body).map(drop)
        };
        match &def.type_params {
            None => inner(self),
            Some(params) => self.type_params(def, params, def.range, Some(def.name.as_str()), inner),
        }
    }

    /// The parameters by which a generic function's defaults reach the function that makes it.
    fn default_parameters(&mut self, parameters: &ast::Parameters, range: TextRange) -> Res {
        let mut positional = parameters.posonlyargs.iter().chain(&parameters.args);
        if positional.any(|param| param.default.is_some()) {
            self.add(".defaults", usage::PARAM, range)?;
        }
        if parameters.kwonlyargs.iter().any(|param| param.default.is_some()) {
            self.add(".kwdefaults", usage::PARAM, range)?;
        }
        Ok(())
    }

    fn type_params<T>(
        &mut self,
        node: &T,
        params: &ast::TypeParams,
        range: TextRange,
        class: Option<&str>,
        inner: impl FnOnce(&mut Collector) -> Res,
    ) -> Res {
        self.annotation_scope((node, Part::TypeParams), ScopeKind::TypeParams, range, |this| {
            if let Some(class) = class {
                let names = params.type_params.iter().map(|param| param.name().as_str().into()).collect();
                this.scope().private = Some(Rc::new(Private { class: class.into(), only: Some(names) }));
                this.add(".type_params", usage::ASSIGNED, range)?;
                this.add(".generic_base", usage::ASSIGNED, range)?;
            }
            params.type_params.iter().try_for_each(|param| this.type_param(param))?;
            check_default_order(params)?;
            inner(this)
        })
    }

    fn type_param(&mut self, param: &TypeParam) -> Res {
        let (name, bound, default, label) = match param {
            TypeParam::TypeVar(p) => (&p.name, p.bound.as_deref(), p.default.as_deref(), "a TypeVar default"),
            TypeParam::ParamSpec(p) => (&p.name, None, p.default.as_deref(), "a ParamSpec default"),
            TypeParam::TypeVarTuple(p) => (&p.name, None, p.default.as_deref(), "a TypeVarTuple default"),
        };
        self.add(name.as_str(), usage::TYPE_PARAM | usage::ASSIGNED, name.range)?;
        if let Some(bound) = bound {
            let label = if bound.is_tuple_expr() { "a TypeVar constraint" } else { "a TypeVar bound" };
            self.evaluator(bound, label)?;
        }
        default.map_or(Ok(()), |default| self.evaluator(default, label))
    }

    /// An expression compiled to a function of its own.
    fn evaluator(&mut self, expr: &Expr, label: &'static str) -> Res {
        self.annotation_scope((expr, Part::Body), ScopeKind::Evaluator, expr.range(), |this| {
            this.scope().label = label;
            this.expr(expr)
        })
    }

    fn type_alias(&mut self, stmt: &ast::StmtTypeAlias) -> Res {
        self.expr(&stmt.name)?;
        match &stmt.type_params {
            None => self.evaluator(&stmt.value, ALIAS),
            Some(params) => self.type_params(stmt, params, stmt.range, None, |this| this.evaluator(&stmt.value, ALIAS)),
        }
    }

    fn ann_assign(&mut self, stmt: &ast::StmtAnnAssign) -> Res {
        if let Expr::Name(name) = &*stmt.target {
            self.annotated_name(stmt, name)?;
        } else {
            self.expr(&stmt.target)?;
        }
        self.annotation(stmt)?;
        self.opt(stmt.value.as_deref())
    }

    fn annotated_name(&mut self, stmt: &ast::StmtAnnAssign, name: &ast::ExprName) -> Res {
        let mangled = mangle(self.scope().private.as_deref(), name.id.as_str());
        let kind = self.scope().kind;
        let old = self.scope().symbol(&mangled).map_or(0, |symbol| symbol.usage);
        if stmt.simple && kind != ScopeKind::Module && old & (usage::GLOBAL | usage::NONLOCAL) != 0 {
            let what = if old & usage::GLOBAL != 0 { "global" } else { "nonlocal" };
            return fault(stmt.range, format!("annotated name '{mangled}' can't be {what}"));
        }
        if stmt.simple {
            self.add(name.id.as_str(), usage::ANNOTATED | usage::ASSIGNED, name.range)?;
        } else if stmt.value.is_some() {
            self.add(name.id.as_str(), usage::ASSIGNED, name.range)?;
        }
        Ok(())
    }

    /// The annotation of an assignment: evaluated lazily for names of modules and classes, never elsewhere.
    fn annotation(&mut self, stmt: &ast::StmtAnnAssign) -> Res {
        let kind = self.scope().kind;
        if self.future_annotations || !stmt.simple || !matches!(kind, ScopeKind::Module | ScopeKind::Class) {
            self.annotation_scope((stmt, Part::Annotations), ScopeKind::Annotations, stmt.range, |this| {
                this.expr(&stmt.annotation)
            })?;
            self.scope().children.pop();
            return Ok(());
        }
        if kind == ScopeKind::Module || self.conditional > 0 {
            self.scope().conditional_annotations = true;
        }
        let id = self.block_annotations()?;
        let conditional = self.scope().conditional_annotations;
        self.resume(id, |this| {
            if conditional {
                this.add("__conditional_annotations__", usage::USED, stmt.range)?;
            }
            this.expr(&stmt.annotation)
        })
    }

    /// The annotation scope of the current module or class.
    fn block_annotations(&mut self) -> Res<ScopeId> {
        let host = self.current;
        let of = |id: &ScopeId| {
            self.table.scope(*id).kind == ScopeKind::Annotations && self.table.scope(*id).range.is_empty()
        };
        if let Some(id) = self.table.scope(host).children.iter().copied().find(of) {
            return Ok(id);
        }
        let scope = self.table.scope(host);
        let range = TextRange::empty(scope.range.start());
        let sees = scope.kind == ScopeKind::Class;
        let id = self.new_scope(ScopeKind::Annotations, Some(host), range);
        self.resume(id, |this| this.enter_annotation_scope(sees, range))?;
        Ok(id)
    }

    pub(super) fn pattern(&mut self, pattern: &Pattern) -> Res {
        match pattern {
            Pattern::MatchValue(p) => self.expr(&p.value),
            Pattern::MatchSingleton(_) => Ok(()),
            Pattern::MatchSequence(p) => p.patterns.iter().try_for_each(|p| self.pattern(p)),
            Pattern::MatchMapping(p) => {
                self.exprs(&p.keys)?;
                p.patterns.iter().try_for_each(|p| self.pattern(p))?;
                p.rest.iter().try_for_each(|name| self.bind(name))
            }
            Pattern::MatchClass(p) => {
                self.expr(&p.cls)?;
                p.arguments.patterns.iter().try_for_each(|p| self.pattern(p))?;
                p.arguments.keywords.iter().try_for_each(|k| self.pattern(&k.pattern))
            }
            Pattern::MatchStar(p) => p.name.iter().try_for_each(|name| self.bind(name)),
            Pattern::MatchAs(p) => {
                p.pattern.iter().try_for_each(|p| self.pattern(p))?;
                p.name.iter().try_for_each(|name| self.bind(name))
            }
            Pattern::MatchOr(p) => p.patterns.iter().try_for_each(|p| self.pattern(p)),
        }
    }

    pub(super) fn opt(&mut self, expr: Option<&Expr>) -> Res {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    pub(super) fn exprs(&mut self, exprs: &[Expr]) -> Res {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }
}

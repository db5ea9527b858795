//! From the parser's tree to node objects: modules, statements, patterns.

use std::cell::RefCell;
use std::collections::HashMap;

use pv_bytecode::{Ast, Mode};
use pv_object::{Dict, Instance, List, Obj, Type};
use ruff_python_ast::{self as ast, ExceptHandler, Mod, Pattern, Singleton, Stmt, TypeParam};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::attr;
use crate::error::PyResult;
use crate::text;
use crate::thread::Thread;

/// The module object of a parsed source.
pub fn to_object(cx: &Thread, tree: &Ast, mode: Mode) -> PyResult {
    let builder = Builder::new(cx, tree)?;
    match tree.module() {
        Mod::Expression(module) => builder.node("Expression", None, [("body", builder.expr(&module.body)?)]),
        Mod::Module(module) => {
            let body = builder.body(&module.body)?;
            match mode {
                Mode::Single => builder.node("Interactive", None, [("body", body)]),
                _ => builder.node("Module", None, [("body", body), ("type_ignores", List::create(Vec::new()))]),
            }
        }
    }
}

pub(super) struct Builder<'a> {
    pub(super) cx: &'a Thread,
    pub(super) tree: &'a Ast,
    classes: Obj,
    singletons: Obj,
    /// Names of fields and attributes, interned.
    names: RefCell<HashMap<&'static str, Obj>>,
}

impl<'a> Builder<'a> {
    fn new(cx: &'a Thread, tree: &'a Ast) -> PyResult<Builder<'a>> {
        let module = crate::import::import_module(cx, "_ast")?;
        let classes = attr::get_str(cx, &module, "_classes")?;
        let singletons = attr::get_str(cx, &module, "_singletons")?;
        Ok(Builder { cx, tree, classes, singletons, names: RefCell::default() })
    }

    fn name(&self, name: &'static str) -> Obj {
        self.names.borrow_mut().entry(name).or_insert_with(|| text::intern(name)).clone()
    }

    /// A node; one with a range has a place.
    pub(super) fn node<const N: usize>(
        &self,
        class: &'static str,
        range: Option<TextRange>,
        fields: [(&'static str, Obj); N],
    ) -> PyResult {
        let class = self.classes.expect::<Dict>().get(class).expect("the table has every class");
        let node = Instance::create(class.expect::<Type>().root_shape());
        for (field, value) in fields {
            attr::set(self.cx, &node, &self.name(field), &value)?;
        }
        let Some(range) = range else { return Ok(node) };
        let span = self.tree.index().span(range);
        let place = [
            ("lineno", span.line),
            ("col_offset", span.col),
            ("end_lineno", span.end_line),
            ("end_col_offset", span.end_col),
        ];
        for (field, value) in place {
            attr::set(self.cx, &node, &self.name(field), &Obj::int(i64::from(value)))?;
        }
        Ok(node)
    }

    /// The one object of a class without fields: an operator or a context.
    pub(super) fn singleton(&self, class: &'static str) -> Obj {
        self.singletons.expect::<Dict>().get(class).expect("the table has every class")
    }

    /// A list of what `make` makes of each.
    pub(super) fn list<T>(&self, items: impl IntoIterator<Item = T>, make: impl Fn(T) -> PyResult) -> PyResult {
        Ok(List::create(items.into_iter().map(make).collect::<PyResult<Vec<_>>>()?))
    }

    pub(super) fn optional<T>(&self, item: Option<T>, make: impl FnOnce(T) -> PyResult) -> PyResult {
        item.map_or_else(|| Ok(Obj::none()), make)
    }

    pub(super) fn identifier(&self, name: &ast::Identifier) -> Obj {
        text::intern(name.as_str())
    }

    fn optional_identifier(&self, name: Option<&ast::Identifier>) -> Obj {
        name.map_or_else(Obj::none, |name| self.identifier(name))
    }

    fn body(&self, body: &[Stmt]) -> PyResult {
        self.list(body, |stmt| self.stmt(stmt))
    }

    fn optional_expr(&self, e: Option<&ast::Expr>) -> PyResult {
        self.optional(e, |e| self.expr(e))
    }

    fn stmt(&self, stmt: &Stmt) -> PyResult {
        self.cx.nested(" during ast construction", || self.stmt_here(stmt))
    }

    fn stmt_here(&self, stmt: &Stmt) -> PyResult {
        let range = Some(stmt.range());
        match stmt {
            Stmt::FunctionDef(s) => self.function(s),
            Stmt::ClassDef(s) => self.class(s),
            Stmt::Return(s) => self.node("Return", range, [("value", self.optional_expr(s.value.as_deref())?)]),
            Stmt::Delete(s) => self.node("Delete", range, [("targets", self.exprs(&s.targets)?)]),
            Stmt::TypeAlias(s) => {
                let (name, value) = (self.expr(&s.name)?, self.expr(&s.value)?);
                let params = self.type_params(s.type_params.as_deref())?;
                self.node("TypeAlias", range, [("name", name), ("type_params", params), ("value", value)])
            }
            Stmt::Assign(s) => {
                let (targets, value) = (self.exprs(&s.targets)?, self.expr(&s.value)?);
                self.node("Assign", range, [("targets", targets), ("value", value), ("type_comment", Obj::none())])
            }
            Stmt::AugAssign(s) => {
                let (target, value) = (self.expr(&s.target)?, self.expr(&s.value)?);
                self.node("AugAssign", range, [("target", target), ("op", self.operator(s.op)), ("value", value)])
            }
            Stmt::AnnAssign(s) => {
                let (target, annotation) = (self.expr(&s.target)?, self.expr(&s.annotation)?);
                let value = self.optional_expr(s.value.as_deref())?;
                let simple = Obj::int(i64::from(s.simple));
                let fields = [("target", target), ("annotation", annotation), ("value", value), ("simple", simple)];
                self.node("AnnAssign", range, fields)
            }
            Stmt::For(s) => {
                let class = if s.is_async { "AsyncFor" } else { "For" };
                let (target, iter) = (self.expr(&s.target)?, self.expr(&s.iter)?);
                let (body, orelse) = (self.body(&s.body)?, self.body(&s.orelse)?);
                let comment = ("type_comment", Obj::none());
                self.node(
                    class,
                    range,
                    [("target", target), ("iter", iter), ("body", body), ("orelse", orelse), comment],
                )
            }
            Stmt::While(s) => {
                let (test, body, orelse) = (self.expr(&s.test)?, self.body(&s.body)?, self.body(&s.orelse)?);
                self.node("While", range, [("test", test), ("body", body), ("orelse", orelse)])
            }
            Stmt::If(s) => {
                let (test, body) = (self.expr(&s.test)?, self.body(&s.body)?);
                let orelse = self.clauses(&s.elif_else_clauses, s.range.end())?;
                self.node("If", range, [("test", test), ("body", body), ("orelse", orelse)])
            }
            Stmt::With(s) => {
                let class = if s.is_async { "AsyncWith" } else { "With" };
                let items = self.list(&s.items, |item| {
                    let (context, vars) =
                        (self.expr(&item.context_expr)?, self.optional_expr(item.optional_vars.as_deref())?);
                    self.node("withitem", None, [("context_expr", context), ("optional_vars", vars)])
                })?;
                self.node(
                    class,
                    range,
                    [("items", items), ("body", self.body(&s.body)?), ("type_comment", Obj::none())],
                )
            }
            Stmt::Match(s) => {
                let (subject, cases) = (self.expr(&s.subject)?, self.list(&s.cases, |case| self.case(case))?);
                self.node("Match", range, [("subject", subject), ("cases", cases)])
            }
            Stmt::Raise(s) => {
                let (exc, cause) = (self.optional_expr(s.exc.as_deref())?, self.optional_expr(s.cause.as_deref())?);
                self.node("Raise", range, [("exc", exc), ("cause", cause)])
            }
            Stmt::Try(s) => {
                let class = if s.is_star { "TryStar" } else { "Try" };
                let handlers = self.list(&s.handlers, |handler| self.handler(handler))?;
                let (body, orelse, finalbody) = (self.body(&s.body)?, self.body(&s.orelse)?, self.body(&s.finalbody)?);
                let fields = [("body", body), ("handlers", handlers), ("orelse", orelse), ("finalbody", finalbody)];
                self.node(class, range, fields)
            }
            Stmt::Assert(s) => {
                let (test, message) = (self.expr(&s.test)?, self.optional_expr(s.msg.as_deref())?);
                self.node("Assert", range, [("test", test), ("msg", message)])
            }
            Stmt::Import(s) => self.node("Import", range, [("names", self.list(&s.names, |alias| self.alias(alias))?)]),
            Stmt::ImportFrom(s) => {
                let (module, names) =
                    (self.optional_identifier(s.module.as_ref()), self.list(&s.names, |alias| self.alias(alias))?);
                let level = Obj::int(i64::from(s.level));
                self.node("ImportFrom", range, [("module", module), ("names", names), ("level", level)])
            }
            Stmt::Global(s) => self.node("Global", range, [("names", self.identifiers(&s.names)?)]),
            Stmt::Nonlocal(s) => self.node("Nonlocal", range, [("names", self.identifiers(&s.names)?)]),
            Stmt::Expr(s) => self.node("Expr", range, [("value", self.expr(&s.value)?)]),
            Stmt::Pass(_) => self.node("Pass", range, []),
            Stmt::Break(_) => self.node("Break", range, []),
            Stmt::Continue(_) => self.node("Continue", range, []),
            Stmt::IpyEscapeCommand(_) => unreachable!("no notebook is parsed"),
        }
    }

    fn identifiers(&self, names: &[ast::Identifier]) -> PyResult {
        self.list(names, |name| Ok(self.identifier(name)))
    }

    /// The range of a definition without its decorators.
    fn undecorated(&self, range: TextRange, decorators: &[ast::Decorator]) -> TextRange {
        let Some(last) = decorators.last() else { return range };
        let source = &self.tree.index().text()[last.range.end().to_usize()..range.end().to_usize()];
        let mut offset = 0;
        let mut comment = false;
        for c in source.chars() {
            match c {
                '\n' => comment = false,
                '#' => comment = true,
                c if !comment && !c.is_whitespace() && c != '\\' => break,
                _ => {}
            }
            offset += c.len_utf8();
        }
        TextRange::new(last.range.end() + TextSize::new(offset as u32), range.end())
    }

    fn function(&self, s: &ast::StmtFunctionDef) -> PyResult {
        let class = if s.is_async { "AsyncFunctionDef" } else { "FunctionDef" };
        let fields = [
            ("name", self.identifier(&s.name)),
            ("args", self.parameters(Some(&s.parameters))?),
            ("body", self.body(&s.body)?),
            ("decorator_list", self.list(&s.decorator_list, |decorator| self.expr(&decorator.expression))?),
            ("returns", self.optional_expr(s.returns.as_deref())?),
            ("type_comment", Obj::none()),
            ("type_params", self.type_params(s.type_params.as_deref())?),
        ];
        self.node(class, Some(self.undecorated(s.range, &s.decorator_list)), fields)
    }

    fn class(&self, s: &ast::StmtClassDef) -> PyResult {
        let (bases, keywords) = match &s.arguments {
            Some(arguments) => {
                (self.exprs(&arguments.args)?, self.list(&arguments.keywords[..], |keyword| self.keyword(keyword))?)
            }
            None => (List::create(Vec::new()), List::create(Vec::new())),
        };
        let fields = [
            ("name", self.identifier(&s.name)),
            ("bases", bases),
            ("keywords", keywords),
            ("body", self.body(&s.body)?),
            ("decorator_list", self.list(&s.decorator_list, |decorator| self.expr(&decorator.expression))?),
            ("type_params", self.type_params(s.type_params.as_deref())?),
        ];
        self.node("ClassDef", Some(self.undecorated(s.range, &s.decorator_list)), fields)
    }

    fn type_params(&self, params: Option<&ast::TypeParams>) -> PyResult {
        self.list(params.into_iter().flat_map(|params| params.type_params.iter()), |param| {
            let range = Some(param.range());
            match param {
                TypeParam::TypeVar(p) => {
                    let (bound, default) =
                        (self.optional_expr(p.bound.as_deref())?, self.optional_expr(p.default.as_deref())?);
                    let fields = [("name", self.identifier(&p.name)), ("bound", bound), ("default_value", default)];
                    self.node("TypeVar", range, fields)
                }
                TypeParam::ParamSpec(p) => {
                    let default = self.optional_expr(p.default.as_deref())?;
                    self.node("ParamSpec", range, [("name", self.identifier(&p.name)), ("default_value", default)])
                }
                TypeParam::TypeVarTuple(p) => {
                    let default = self.optional_expr(p.default.as_deref())?;
                    self.node("TypeVarTuple", range, [("name", self.identifier(&p.name)), ("default_value", default)])
                }
            }
        })
    }

    /// What an `if` statement that ends at `end` has after its first body: `elif` is an If of its own.
    fn clauses(&self, clauses: &[ast::ElifElseClause], end: TextSize) -> PyResult {
        let Some((first, rest)) = clauses.split_first() else { return Ok(List::create(Vec::new())) };
        let Some(test) = &first.test else { return self.body(&first.body) };
        let (test, body) = (self.expr(test)?, self.body(&first.body)?);
        let orelse = self.clauses(rest, end)?;
        let range = TextRange::new(first.range.start(), end);
        let nested = self.node("If", Some(range), [("test", test), ("body", body), ("orelse", orelse)])?;
        Ok(List::create(vec![nested]))
    }

    fn handler(&self, handler: &ExceptHandler) -> PyResult {
        let ExceptHandler::ExceptHandler(handler) = handler;
        let fields = [
            ("type", self.optional_expr(handler.type_.as_deref())?),
            ("name", self.optional_identifier(handler.name.as_ref())),
            ("body", self.body(&handler.body)?),
        ];
        self.node("ExceptHandler", Some(handler.range), fields)
    }

    fn alias(&self, alias: &ast::Alias) -> PyResult {
        let asname = self.optional_identifier(alias.asname.as_ref());
        self.node("alias", Some(alias.range), [("name", self.identifier(&alias.name)), ("asname", asname)])
    }

    fn case(&self, case: &ast::MatchCase) -> PyResult {
        let fields = [
            ("pattern", self.pattern(&case.pattern)?),
            ("guard", self.optional_expr(case.guard.as_deref())?),
            ("body", self.body(&case.body)?),
        ];
        self.node("match_case", None, fields)
    }

    fn patterns(&self, patterns: &[Pattern]) -> PyResult {
        self.list(patterns, |pattern| self.pattern(pattern))
    }

    fn pattern(&self, pattern: &Pattern) -> PyResult {
        let range = Some(pattern.range());
        match pattern {
            Pattern::MatchValue(p) => self.node("MatchValue", range, [("value", self.expr(&p.value)?)]),
            Pattern::MatchSingleton(p) => {
                let value = match p.value {
                    Singleton::None => Obj::none(),
                    Singleton::True => Obj::bool(true),
                    Singleton::False => Obj::bool(false),
                };
                self.node("MatchSingleton", range, [("value", value)])
            }
            Pattern::MatchSequence(p) => self.node("MatchSequence", range, [("patterns", self.patterns(&p.patterns)?)]),
            Pattern::MatchMapping(p) => {
                let (keys, patterns) = (self.exprs(&p.keys)?, self.patterns(&p.patterns)?);
                let rest = self.optional_identifier(p.rest.as_ref());
                self.node("MatchMapping", range, [("keys", keys), ("patterns", patterns), ("rest", rest)])
            }
            Pattern::MatchClass(p) => {
                let keywords = &p.arguments.keywords;
                let fields = [
                    ("cls", self.expr(&p.cls)?),
                    ("patterns", self.patterns(&p.arguments.patterns)?),
                    ("kwd_attrs", self.list(keywords, |keyword| Ok(self.identifier(&keyword.attr)))?),
                    ("kwd_patterns", self.list(keywords, |keyword| self.pattern(&keyword.pattern))?),
                ];
                self.node("MatchClass", range, fields)
            }
            Pattern::MatchStar(p) => {
                self.node("MatchStar", range, [("name", self.optional_identifier(p.name.as_ref()))])
            }
            Pattern::MatchAs(p) => {
                let pattern = self.optional(p.pattern.as_deref(), |pattern| self.pattern(pattern))?;
                self.node("MatchAs", range, [("pattern", pattern), ("name", self.optional_identifier(p.name.as_ref()))])
            }
            Pattern::MatchOr(p) => self.node("MatchOr", range, [("patterns", self.patterns(&p.patterns)?)]),
        }
    }
}

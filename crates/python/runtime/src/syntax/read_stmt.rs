//! From node objects to a tree for the compiler: statements.

use pv_object::Obj;
use ruff_python_ast::{self as ast, AtomicNodeIndex, ExceptHandler, Expr, ExprContext, Stmt, TypeParam};
use ruff_text_size::{TextRange, TextSize};

use super::read::{Node, Place, Reader};
use crate::error::PyResult;

impl<'a> Node<'a> {
    /// A list of statements; `some`: at least one.
    pub(super) fn body(&self, field: &str, some: bool) -> PyResult<Vec<Stmt>> {
        let items = if some { self.some_items(field)? } else { self.items(field)? };
        items.iter().map(|item| self.reader.stmt(item)).collect()
    }
}

impl<'a> Reader<'a> {
    fn stmt(&self, object: &Obj) -> PyResult<Stmt> {
        if object.is_none() {
            return Err(self.value_error("None disallowed in statement list"));
        }
        self.nested(|| {
            let place = self.enter(object, "stmt")?;
            let class = self.class(object).ok_or_else(|| self.unexpected("stmt", object))?;
            let node = Node { reader: self, object, class: &class };
            match node.simple_stmt(&place)? {
                Some(stmt) => Ok(stmt),
                None => node.compound_stmt(&place)?.ok_or_else(|| self.unexpected("stmt", object)),
            }
        })
    }
}

impl<'a> Node<'a> {
    fn leave(&self, place: &Place) -> TextRange {
        self.reader.leave(place)
    }

    fn simple_stmt(&self, place: &Place) -> PyResult<Option<Stmt>> {
        let node_index = AtomicNodeIndex::NONE;
        Ok(Some(match self.class {
            "Return" => {
                let value = self.optional_expr("value")?.map(Box::new);
                Stmt::Return(ast::StmtReturn { node_index, value, range: self.leave(place) })
            }
            "Delete" => {
                let targets = self.some_exprs("targets", ExprContext::Del)?;
                Stmt::Delete(ast::StmtDelete { node_index, targets, range: self.leave(place) })
            }
            "Assign" => {
                let targets = self.some_exprs("targets", ExprContext::Store)?;
                let value = Box::new(self.expr("value")?);
                self.check_string("type_comment")?;
                Stmt::Assign(ast::StmtAssign { node_index, targets, value, range: self.leave(place) })
            }
            "AugAssign" => {
                let target = Box::new(self.target("target", ExprContext::Store)?);
                let (op, value) = (self.operator("op")?, Box::new(self.expr("value")?));
                Stmt::AugAssign(ast::StmtAugAssign { node_index, target, op, value, range: self.leave(place) })
            }
            "AnnAssign" => self.annotated(place)?,
            "Raise" => {
                let (exc, cause) = (self.optional_expr("exc")?, self.optional_expr("cause")?);
                if exc.is_none() && cause.is_some() {
                    return Err(self.reader.value_error("Raise with cause but no exception"));
                }
                let (exc, cause) = (exc.map(Box::new), cause.map(Box::new));
                Stmt::Raise(ast::StmtRaise { node_index, exc, cause, range: self.leave(place) })
            }
            "Assert" => {
                let (test, msg) = (Box::new(self.expr("test")?), self.optional_expr("msg")?.map(Box::new));
                Stmt::Assert(ast::StmtAssert { node_index, test, msg, range: self.leave(place) })
            }
            "Import" => {
                let names = self.aliases()?;
                Stmt::Import(ast::StmtImport { node_index, names, is_lazy: false, range: self.leave(place) })
            }
            "ImportFrom" => {
                let level = self.optional_int("level")?.unwrap_or(0);
                let Ok(level) = u32::try_from(level) else {
                    return Err(self.reader.value_error("Negative ImportFrom level"));
                };
                let (module, names) = (self.optional_identifier("module")?, self.aliases()?);
                let range = self.leave(place);
                Stmt::ImportFrom(ast::StmtImportFrom { node_index, module, names, level, is_lazy: false, range })
            }
            "Global" | "Nonlocal" => {
                let names = self.identifiers("names")?;
                if names.is_empty() {
                    return Err(self.empty("names"));
                }
                let range = self.leave(place);
                match self.class {
                    "Global" => Stmt::Global(ast::StmtGlobal { node_index, names, range }),
                    _ => Stmt::Nonlocal(ast::StmtNonlocal { node_index, names, range }),
                }
            }
            "Expr" => {
                let value = Box::new(self.expr("value")?);
                Stmt::Expr(ast::StmtExpr { node_index, value, range: self.leave(place) })
            }
            "TypeAlias" => {
                let name = self.target("name", ExprContext::Store)?;
                if !name.is_name_expr() {
                    return Err(self.cx().type_error("TypeAlias with non-Name name"));
                }
                let (name, type_params) = (Box::new(name), self.type_params(place)?);
                let value = Box::new(self.expr("value")?);
                Stmt::TypeAlias(ast::StmtTypeAlias { node_index, name, type_params, value, range: self.leave(place) })
            }
            "Pass" => Stmt::Pass(ast::StmtPass { node_index, range: self.leave(place) }),
            "Break" => Stmt::Break(ast::StmtBreak { node_index, range: self.leave(place) }),
            "Continue" => Stmt::Continue(ast::StmtContinue { node_index, range: self.leave(place) }),
            _ => return Ok(None),
        }))
    }

    fn annotated(&self, place: &Place) -> PyResult<Stmt> {
        let target = Box::new(self.target("target", ExprContext::Store)?);
        let simple = self.required_int("simple")? != 0;
        if simple && !target.is_name_expr() {
            return Err(self.cx().type_error("AnnAssign with simple non-Name target"));
        }
        let annotation = Box::new(self.expr("annotation")?);
        let value = self.optional_expr("value")?.map(Box::new);
        let range = self.leave(place);
        Ok(Stmt::AnnAssign(ast::StmtAnnAssign {
            node_index: AtomicNodeIndex::NONE,
            target,
            annotation,
            value,
            simple,
            range,
        }))
    }

    fn aliases(&self) -> PyResult<Vec<ast::Alias>> {
        let read = |item: &Obj| {
            if self.reader.class(item).as_deref() != Some("alias") {
                return Err(self.reader.unexpected("alias", item));
            }
            let node = Node { reader: self.reader, object: item, class: "alias" };
            let own = self.reader.enter(item, "alias")?;
            let (name, asname) = (node.identifier("name")?, node.optional_identifier("asname")?);
            Ok(ast::Alias { node_index: AtomicNodeIndex::NONE, name, asname, range: self.leave(&own) })
        };
        self.some_items("names")?.iter().map(read).collect()
    }

    fn compound_stmt(&self, place: &Place) -> PyResult<Option<Stmt>> {
        let node_index = AtomicNodeIndex::NONE;
        Ok(Some(match self.class {
            "FunctionDef" | "AsyncFunctionDef" => self.function(place)?,
            "ClassDef" => self.class_def(place)?,
            "For" | "AsyncFor" => {
                let target = Box::new(self.target("target", ExprContext::Store)?);
                let iter = Box::new(self.expr("iter")?);
                let (body, orelse) = (self.body("body", true)?, self.body("orelse", false)?);
                self.check_string("type_comment")?;
                Stmt::For(ast::StmtFor {
                    node_index,
                    is_async: self.class == "AsyncFor",
                    target,
                    iter,
                    body: body.into_iter().collect(),
                    orelse: orelse.into_iter().collect(),
                    range: self.leave(place),
                })
            }
            "While" => {
                let test = Box::new(self.expr("test")?);
                let body = self.body("body", true)?.into_iter().collect();
                let orelse = self.body("orelse", false)?.into_iter().collect();
                Stmt::While(ast::StmtWhile { node_index, test, body, orelse, range: self.leave(place) })
            }
            "If" => {
                let test = Box::new(self.expr("test")?);
                let body = self.body("body", true)?.into_iter().collect();
                let orelse = self.body("orelse", false)?;
                let range = self.leave(place);
                let clause = |body: Vec<Stmt>| ast::ElifElseClause {
                    node_index: AtomicNodeIndex::NONE,
                    range,
                    test: None,
                    body: body.into_iter().collect(),
                };
                let elif_else_clauses = Some(orelse).filter(|body| !body.is_empty()).map(clause).into_iter().collect();
                Stmt::If(ast::StmtIf { node_index, test, body, elif_else_clauses, range })
            }
            "With" | "AsyncWith" => {
                let items =
                    self.some_items("items")?.iter().map(|item| self.with_item(item)).collect::<PyResult<_>>()?;
                let body = self.body("body", true)?.into_iter().collect();
                self.check_string("type_comment")?;
                let is_async = self.class == "AsyncWith";
                Stmt::With(ast::StmtWith { node_index, is_async, items, body, range: self.leave(place) })
            }
            "Match" => {
                let subject = Box::new(self.expr("subject")?);
                let cases =
                    self.some_items("cases")?.iter().map(|case| self.reader.case(case)).collect::<PyResult<_>>()?;
                Stmt::Match(ast::StmtMatch { node_index, subject, cases, range: self.leave(place) })
            }
            "Try" | "TryStar" => self.try_stmt(place)?,
            _ => return Ok(None),
        }))
    }

    fn with_item(&self, item: &Obj) -> PyResult<ast::WithItem> {
        if self.reader.class(item).as_deref() != Some("withitem") {
            return Err(self.reader.unexpected("withitem", item));
        }
        let node = Node { reader: self.reader, object: item, class: "withitem" };
        let context_expr = node.expr("context_expr")?;
        let optional_vars = node.optional_target("optional_vars", ExprContext::Store)?.map(Box::new);
        let range = ruff_text_size::Ranged::range(&context_expr);
        Ok(ast::WithItem { node_index: AtomicNodeIndex::NONE, context_expr, optional_vars, range })
    }

    fn try_stmt(&self, place: &Place) -> PyResult<Stmt> {
        let body = self.body("body", true)?.into_iter().collect();
        let handlers = self.items("handlers")?.iter().map(|item| self.handler(item)).collect::<PyResult<Vec<_>>>()?;
        let (orelse, finalbody) = (self.body("orelse", false)?, self.body("finalbody", false)?);
        let class = self.class;
        if handlers.is_empty() && finalbody.is_empty() {
            return Err(self.cx().value_error(format_args!("{class} has neither handlers nor finalbody")));
        }
        if handlers.is_empty() && !orelse.is_empty() {
            return Err(self.cx().value_error(format_args!("{class} has orelse but no except handlers")));
        }
        Ok(Stmt::Try(ast::StmtTry {
            node_index: AtomicNodeIndex::NONE,
            body,
            handlers,
            orelse: orelse.into_iter().collect(),
            finalbody: finalbody.into_iter().collect(),
            is_star: class == "TryStar",
            range: self.leave(place),
        }))
    }

    fn handler(&self, object: &Obj) -> PyResult<ExceptHandler> {
        if self.reader.class(object).as_deref() != Some("ExceptHandler") {
            return Err(self.reader.unexpected("excepthandler", object));
        }
        let place = self.reader.enter(object, "excepthandler")?;
        let node = Node { reader: self.reader, object, class: "ExceptHandler" };
        Ok(ExceptHandler::ExceptHandler(ast::ExceptHandlerExceptHandler {
            node_index: AtomicNodeIndex::NONE,
            type_: node.optional_expr("type")?.map(Box::new),
            name: node.optional_identifier("name")?,
            body: node.body("body", true)?.into_iter().collect(),
            range: self.leave(&place),
        }))
    }

    /// The decorators, and where the definition begins: at the first of them.
    fn decorators(&self, place: &Place) -> PyResult<(Vec<ast::Decorator>, TextSize)> {
        let decorators = self.exprs("decorator_list", ExprContext::Load)?;
        let decorator = |expression: Expr| {
            let range = ruff_text_size::Ranged::range(&expression);
            ast::Decorator { node_index: AtomicNodeIndex::NONE, range, expression }
        };
        let decorators: Vec<_> = decorators.into_iter().map(decorator).collect();
        let start = decorators.first().map_or(self.reader.nowhere(place).start(), |first| first.range.start());
        Ok((decorators, start))
    }

    fn function(&self, place: &Place) -> PyResult<Stmt> {
        let name = self.identifier("name")?;
        let (decorators, start) = self.decorators(place)?;
        let type_params = self.type_params(place)?;
        let parameters = Box::new(self.parameters("args", place)?);
        let returns = self.optional_expr("returns")?.map(Box::new);
        self.check_string("type_comment")?;
        let body = self.body("body", true)?.into_iter().collect();
        Ok(Stmt::FunctionDef(ast::StmtFunctionDef {
            node_index: AtomicNodeIndex::NONE,
            is_async: self.class == "AsyncFunctionDef",
            decorator_list: decorators.into_iter().collect(),
            name: ast::Identifier { range: self.reader.nowhere(place), ..name },
            type_params,
            parameters,
            returns,
            body,
            range: TextRange::new(start, self.leave(place).end()),
        }))
    }

    fn class_def(&self, place: &Place) -> PyResult<Stmt> {
        let name = self.identifier("name")?;
        let (decorators, start) = self.decorators(place)?;
        let type_params = self.type_params(place)?;
        let (bases, keywords) = (self.exprs("bases", ExprContext::Load)?, self.keywords()?);
        let range = self.reader.nowhere(place);
        let arguments = ast::Arguments {
            node_index: AtomicNodeIndex::NONE,
            range,
            args: bases.into_boxed_slice(),
            keywords: keywords.into_iter().collect(),
        };
        let body = self.body("body", true)?.into_iter().collect();
        Ok(Stmt::ClassDef(ast::StmtClassDef {
            node_index: AtomicNodeIndex::NONE,
            decorator_list: decorators.into_iter().collect(),
            name: ast::Identifier { range, ..name },
            type_params,
            arguments: Some(Box::new(arguments)),
            body,
            range: TextRange::new(start, self.leave(place).end()),
        }))
    }

    fn type_params(&self, place: &Place) -> PyResult<Option<Box<ast::TypeParams>>> {
        let items = self.items("type_params")?;
        if items.is_empty() {
            return Ok(None);
        }
        let type_params = items.iter().map(|item| self.type_param(item)).collect::<PyResult<Vec<_>>>()?;
        Ok(Some(Box::new(ast::TypeParams {
            node_index: AtomicNodeIndex::NONE,
            range: self.reader.nowhere(place),
            type_params,
        })))
    }

    fn type_param(&self, object: &Obj) -> PyResult<TypeParam> {
        let place = self.reader.enter(object, "type_param")?;
        let class = self.reader.class(object).ok_or_else(|| self.reader.unexpected("type_param", object))?;
        let node = Node { reader: self.reader, object, class: &class };
        let name = node.identifier("name")?;
        let bound = if class == "TypeVar" { node.optional_expr("bound")?.map(Box::new) } else { None };
        let default = node.optional_expr("default_value")?.map(Box::new);
        let (node_index, range) = (AtomicNodeIndex::NONE, self.leave(&place));
        Ok(match &*class {
            "TypeVar" => TypeParam::TypeVar(ast::TypeParamTypeVar { node_index, range, name, bound, default }),
            "ParamSpec" => TypeParam::ParamSpec(ast::TypeParamParamSpec { node_index, range, name, default }),
            "TypeVarTuple" => TypeParam::TypeVarTuple(ast::TypeParamTypeVarTuple { node_index, range, name, default }),
            _ => return Err(self.reader.unexpected("type_param", object)),
        })
    }
}

//! From the parser's tree to node objects: expressions.

use pv_object::Obj;
use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, ExprContext, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

use super::build::Builder;
use crate::error::PyResult;

impl Builder<'_> {
    pub(super) fn exprs(&self, exprs: &[Expr]) -> PyResult {
        self.list(exprs, |e| self.expr(e))
    }

    pub(super) fn expr(&self, e: &Expr) -> PyResult {
        self.cx.nested(" during ast construction", || self.expr_here(e))
    }

    fn expr_here(&self, e: &Expr) -> PyResult {
        let range = Some(e.range());
        match e {
            Expr::BoolOp(e) => {
                let op = self.singleton(if e.op == BoolOp::And { "And" } else { "Or" });
                self.node("BoolOp", range, [("op", op), ("values", self.exprs(&e.values)?)])
            }
            Expr::Named(e) => {
                self.node("NamedExpr", range, [("target", self.expr(&e.target)?), ("value", self.expr(&e.value)?)])
            }
            Expr::BinOp(e) => {
                let (left, right) = (self.expr(&e.left)?, self.expr(&e.right)?);
                self.node("BinOp", range, [("left", left), ("op", self.operator(e.op)), ("right", right)])
            }
            Expr::UnaryOp(e) => {
                let op = self.singleton(match e.op {
                    UnaryOp::Invert => "Invert",
                    UnaryOp::Not => "Not",
                    UnaryOp::UAdd => "UAdd",
                    UnaryOp::USub => "USub",
                });
                self.node("UnaryOp", range, [("op", op), ("operand", self.expr(&e.operand)?)])
            }
            Expr::Lambda(e) => {
                let (args, body) = (self.parameters(e.parameters.as_deref())?, self.expr(&e.body)?);
                self.node("Lambda", range, [("args", args), ("body", body)])
            }
            Expr::If(e) => {
                let (test, body, orelse) = (self.expr(&e.test)?, self.expr(&e.body)?, self.expr(&e.orelse)?);
                self.node("IfExp", range, [("test", test), ("body", body), ("orelse", orelse)])
            }
            Expr::Dict(e) => {
                let keys = self.list(&e.items, |item| self.optional(item.key.as_ref(), |key| self.expr(key)))?;
                let values = self.list(&e.items, |item| self.expr(&item.value))?;
                self.node("Dict", range, [("keys", keys), ("values", values)])
            }
            Expr::Set(e) => self.node("Set", range, [("elts", self.exprs(&e.elts)?)]),
            Expr::ListComp(e) => {
                let generators = self.comprehensions(&e.generators)?;
                self.node("ListComp", range, [("elt", self.expr(&e.elt)?), ("generators", generators)])
            }
            Expr::SetComp(e) => {
                let generators = self.comprehensions(&e.generators)?;
                self.node("SetComp", range, [("elt", self.expr(&e.elt)?), ("generators", generators)])
            }
            Expr::DictComp(e) => {
                let generators = self.comprehensions(&e.generators)?;
                let key = self.optional(e.key.as_deref(), |key| self.expr(key))?;
                self.node(
                    "DictComp",
                    range,
                    [("key", key), ("value", self.expr(&e.value)?), ("generators", generators)],
                )
            }
            Expr::Generator(e) => self.generator(e, e.range),
            Expr::Await(e) => self.node("Await", range, [("value", self.expr(&e.value)?)]),
            Expr::Yield(e) => {
                let value = self.optional(e.value.as_deref(), |value| self.expr(value))?;
                self.node("Yield", range, [("value", value)])
            }
            Expr::YieldFrom(e) => self.node("YieldFrom", range, [("value", self.expr(&e.value)?)]),
            Expr::Compare(e) => {
                let ops = self.list(&e.ops[..], |op| Ok(self.singleton(comparison(*op))))?;
                let (left, comparators) = (self.expr(&e.left)?, self.exprs(&e.comparators)?);
                self.node("Compare", range, [("left", left), ("ops", ops), ("comparators", comparators)])
            }
            Expr::Call(e) => self.call(e),
            Expr::Attribute(e) => {
                let fields =
                    [("value", self.expr(&e.value)?), ("attr", self.identifier(&e.attr)), ("ctx", self.context(e.ctx))];
                self.node("Attribute", range, fields)
            }
            Expr::Subscript(e) => {
                let (value, slice) = (self.expr(&e.value)?, self.expr(&e.slice)?);
                self.node("Subscript", range, [("value", value), ("slice", slice), ("ctx", self.context(e.ctx))])
            }
            Expr::Starred(e) => {
                self.node("Starred", range, [("value", self.expr(&e.value)?), ("ctx", self.context(e.ctx))])
            }
            Expr::Name(e) => {
                let id = crate::text::intern(e.id.as_str());
                self.node("Name", range, [("id", id), ("ctx", self.context(e.ctx))])
            }
            Expr::List(e) => self.node("List", range, [("elts", self.exprs(&e.elts)?), ("ctx", self.context(e.ctx))]),
            Expr::Tuple(e) => self.node("Tuple", range, [("elts", self.exprs(&e.elts)?), ("ctx", self.context(e.ctx))]),
            Expr::Slice(e) => {
                let part = |part: Option<&Expr>| self.optional(part, |part| self.expr(part));
                let (lower, upper) = (part(e.lower.as_deref())?, part(e.upper.as_deref())?);
                self.node("Slice", range, [("lower", lower), ("upper", upper), ("step", part(e.step.as_deref())?)])
            }
            Expr::FString(e) => self.formatted(e),
            Expr::TString(e) => self.template(e),
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => self.constant(e),
            Expr::IpyEscapeCommand(_) => unreachable!("no notebook is parsed"),
        }
    }

    fn constant(&self, e: &Expr) -> PyResult {
        let value = self.tree.literal(e).map_err(|error| crate::compile::syntax_error(self.cx, &error))?;
        let value = value.map_or_else(Obj::none, |value| crate::code::constant(&value));
        let kind = match e {
            Expr::StringLiteral(e) if e.value.is_unicode() => crate::text::intern("u"),
            _ => Obj::none(),
        };
        self.node("Constant", Some(e.range()), [("value", value), ("kind", kind)])
    }

    /// A generator expression; as the only argument of a call it has the call's parentheses.
    fn generator(&self, e: &ast::ExprGenerator, range: TextRange) -> PyResult {
        let (elt, generators) = (self.expr(&e.elt)?, self.comprehensions(&e.generators)?);
        self.node("GeneratorExp", Some(range), [("elt", elt), ("generators", generators)])
    }

    fn call(&self, e: &ast::ExprCall) -> PyResult {
        let args = match &e.arguments.args[..] {
            [Expr::Generator(only)] if !only.parenthesized => {
                pv_object::List::create(vec![self.generator(only, e.arguments.range)?])
            }
            args => self.exprs(args)?,
        };
        let keywords = self.list(&e.arguments.keywords[..], |keyword| self.keyword(keyword))?;
        self.node("Call", Some(e.range()), [("func", self.expr(&e.func)?), ("args", args), ("keywords", keywords)])
    }

    pub(super) fn keyword(&self, keyword: &ast::Keyword) -> PyResult {
        let arg = keyword.arg.as_ref().map_or_else(Obj::none, |arg| self.identifier(arg));
        self.node("keyword", Some(keyword.range), [("arg", arg), ("value", self.expr(&keyword.value)?)])
    }

    fn comprehensions(&self, comprehensions: &[ast::Comprehension]) -> PyResult {
        self.list(comprehensions, |comprehension| {
            let fields = [
                ("target", self.expr(&comprehension.target)?),
                ("iter", self.expr(&comprehension.iter)?),
                ("ifs", self.exprs(&comprehension.ifs)?),
                ("is_async", Obj::int(i64::from(comprehension.is_async))),
            ];
            self.node("comprehension", None, fields)
        })
    }

    pub(super) fn parameters(&self, parameters: Option<&ast::Parameters>) -> PyResult {
        let empty = ast::Parameters::default();
        let p = parameters.unwrap_or(&empty);
        let plain = |list: &[ast::ParameterWithDefault]| self.list(list, |param| self.parameter(&param.parameter));
        let star = |param: Option<&ast::Parameter>| self.optional(param, |param| self.parameter(param));
        let defaults = p.posonlyargs.iter().chain(p.args.iter()).filter_map(|param| param.default.as_deref());
        let fields = [
            ("posonlyargs", plain(&p.posonlyargs)?),
            ("args", plain(&p.args)?),
            ("vararg", star(p.vararg.as_deref())?),
            ("kwonlyargs", plain(&p.kwonlyargs)?),
            (
                "kw_defaults",
                self.list(&p.kwonlyargs[..], |param| self.optional(param.default.as_deref(), |e| self.expr(e)))?,
            ),
            ("kwarg", star(p.kwarg.as_deref())?),
            ("defaults", self.list(defaults, |e| self.expr(e))?),
        ];
        self.node("arguments", None, fields)
    }

    fn parameter(&self, parameter: &ast::Parameter) -> PyResult {
        let annotation = self.optional(parameter.annotation.as_deref(), |e| self.expr(e))?;
        // Stars are no part of the place.
        let range = TextRange::new(parameter.name.range.start(), parameter.range.end());
        let fields =
            [("arg", self.identifier(&parameter.name)), ("annotation", annotation), ("type_comment", Obj::none())];
        self.node("arg", Some(range), fields)
    }

    fn context(&self, ctx: ExprContext) -> Obj {
        self.singleton(match ctx {
            ExprContext::Store => "Store",
            ExprContext::Del => "Del",
            ExprContext::Load | ExprContext::Invalid => "Load",
        })
    }

    pub(super) fn operator(&self, op: Operator) -> Obj {
        self.singleton(match op {
            Operator::Add => "Add",
            Operator::Sub => "Sub",
            Operator::Mult => "Mult",
            Operator::MatMult => "MatMult",
            Operator::Div => "Div",
            Operator::Mod => "Mod",
            Operator::Pow => "Pow",
            Operator::LShift => "LShift",
            Operator::RShift => "RShift",
            Operator::BitOr => "BitOr",
            Operator::BitXor => "BitXor",
            Operator::BitAnd => "BitAnd",
            Operator::FloorDiv => "FloorDiv",
        })
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => "Eq",
        CmpOp::NotEq => "NotEq",
        CmpOp::Lt => "Lt",
        CmpOp::LtE => "LtE",
        CmpOp::Gt => "Gt",
        CmpOp::GtE => "GtE",
        CmpOp::Is => "Is",
        CmpOp::IsNot => "IsNot",
        CmpOp::In => "In",
        CmpOp::NotIn => "NotIn",
    }
}

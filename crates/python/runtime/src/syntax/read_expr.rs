//! From node objects to a tree for the compiler: expressions.

use pv_object::{Bytes, Complex, Kind, Obj, Str, Tuple};
use ruff_python_ast::{
    self as ast, AtomicNodeIndex, BoolOp, CmpOp, ConversionFlag, Expr, ExprContext, Int, InterpolatedStringElement,
    Number, Operator, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange};

use super::read::{Node, Place, Reader};
use crate::error::{PyResult, Raised};
use crate::protocol;
use crate::text;

fn name_of(ctx: ExprContext) -> &'static str {
    match ctx {
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
        ExprContext::Load | ExprContext::Invalid => "Load",
    }
}

impl<'a> Node<'a> {
    pub(super) fn expr(&self, field: &str) -> PyResult<Expr> {
        self.target(field, ExprContext::Load)
    }

    pub(super) fn target(&self, field: &str, ctx: ExprContext) -> PyResult<Expr> {
        self.reader.expr(&self.required(field)?, ctx)
    }

    pub(super) fn optional_expr(&self, field: &str) -> PyResult<Option<Expr>> {
        self.optional_target(field, ExprContext::Load)
    }

    pub(super) fn optional_target(&self, field: &str, ctx: ExprContext) -> PyResult<Option<Expr>> {
        self.get(field)?.map(|value| self.reader.expr(&value, ctx)).transpose()
    }

    pub(super) fn exprs(&self, field: &str, ctx: ExprContext) -> PyResult<Vec<Expr>> {
        self.expr_list(&self.items(field)?, ctx)
    }

    pub(super) fn some_exprs(&self, field: &str, ctx: ExprContext) -> PyResult<Vec<Expr>> {
        self.expr_list(&self.some_items(field)?, ctx)
    }

    fn expr_list(&self, items: &[Obj], ctx: ExprContext) -> PyResult<Vec<Expr>> {
        let read = |item: &Obj| match item.is_none() {
            true => Err(self.reader.value_error("None disallowed in expression list")),
            false => self.reader.expr(item, ctx),
        };
        items.iter().map(read).collect()
    }

    /// The class of the object in a field without fields of its own.
    fn kind(&self, field: &str, kind: &str) -> PyResult<String> {
        let value = crate::attr::get_optional(self.cx(), self.object, &text::intern(field))?.unwrap_or_else(Obj::none);
        self.reader.class(&value).ok_or_else(|| self.reader.unexpected(kind, &value))
    }

    pub(super) fn operator(&self, field: &str) -> PyResult<Operator> {
        Ok(match &*self.kind(field, "operator")? {
            "Add" => Operator::Add,
            "Sub" => Operator::Sub,
            "Mult" => Operator::Mult,
            "MatMult" => Operator::MatMult,
            "Div" => Operator::Div,
            "Mod" => Operator::Mod,
            "Pow" => Operator::Pow,
            "LShift" => Operator::LShift,
            "RShift" => Operator::RShift,
            "BitOr" => Operator::BitOr,
            "BitXor" => Operator::BitXor,
            "BitAnd" => Operator::BitAnd,
            "FloorDiv" => Operator::FloorDiv,
            _ => return Err(self.reader.unexpected("operator", &self.required(field)?)),
        })
    }

    pub(super) fn keywords(&self) -> PyResult<Vec<ast::Keyword>> {
        let read = |item: &Obj| {
            if self.reader.class(item).as_deref() != Some("keyword") {
                return Err(self.reader.unexpected("keyword", item));
            }
            let place = self.reader.enter(item, "keyword")?;
            let node = Node { reader: self.reader, object: item, class: "keyword" };
            let (arg, value) = (node.optional_identifier("arg")?, node.expr("value")?);
            Ok(ast::Keyword { node_index: AtomicNodeIndex::NONE, arg, value, range: self.reader.leave(&place) })
        };
        self.items("keywords")?.iter().map(read).collect()
    }

    pub(super) fn parameters(&self, field: &str, place: &Place) -> PyResult<ast::Parameters> {
        let object = self.required(field)?;
        if self.reader.class(&object).as_deref() != Some("arguments") {
            return Err(self.reader.unexpected("arguments", &object));
        }
        let node = Node { reader: self.reader, object: &object, class: "arguments" };
        let list = |field: &str| {
            node.items(field)?.iter().map(|item| self.reader.parameter(item)).collect::<PyResult<Vec<_>>>()
        };
        let star = |field: &str| node.get(field)?.map(|item| self.reader.parameter(&item)).transpose();
        let (posonly, args) = (list("posonlyargs")?, list("args")?);
        let vararg: Option<ast::Parameter> = star("vararg")?;
        let kwonly = list("kwonlyargs")?;
        let kwarg: Option<ast::Parameter> = star("kwarg")?;
        let mut defaults = node.exprs("defaults", ExprContext::Load)?;
        let kw_defaults = node.items("kw_defaults")?;
        if defaults.len() > posonly.len() + args.len() {
            return Err(self.reader.value_error("more positional defaults than args on arguments"));
        }
        if kw_defaults.len() != kwonly.len() {
            return Err(self.reader.value_error("length of kwonlyargs is not the same as kw_defaults on arguments"));
        }
        let without = posonly.len() + args.len() - defaults.len();
        let split = posonly.len();
        let mut positional: Vec<ast::ParameterWithDefault> = Vec::new();
        for (index, parameter) in posonly.into_iter().chain(args).enumerate() {
            let default = if index < without { None } else { Some(defaults.remove(0)) };
            positional.push(with_default(parameter, default));
        }
        let args = positional.split_off(split);
        let mut keyword_only = Vec::new();
        for (parameter, default) in kwonly.into_iter().zip(&kw_defaults) {
            let default = if default.is_none() { None } else { Some(self.reader.expr(default, ExprContext::Load)?) };
            keyword_only.push(with_default(parameter, default));
        }
        Ok(ast::Parameters {
            node_index: AtomicNodeIndex::NONE,
            range: self.reader.nowhere(place),
            posonlyargs: positional.into_iter().collect(),
            args: args.into_iter().collect(),
            vararg: vararg.map(Box::new),
            kwonlyargs: keyword_only.into_iter().collect(),
            kwarg: kwarg.map(Box::new),
        })
    }

    fn comprehensions(&self) -> PyResult<Vec<ast::Comprehension>> {
        let items = self.items("generators")?;
        if items.is_empty() {
            return Err(self.reader.value_error("comprehension with no generators"));
        }
        let read = |item: &Obj| {
            if self.reader.class(item).as_deref() != Some("comprehension") {
                return Err(self.reader.unexpected("comprehension", item));
            }
            let node = Node { reader: self.reader, object: item, class: "comprehension" };
            let (target, iter) = (node.target("target", ExprContext::Store)?, node.expr("iter")?);
            let ifs = node.exprs("ifs", ExprContext::Load)?;
            let is_async = node.required_int("is_async")? != 0;
            Ok(ast::Comprehension {
                node_index: AtomicNodeIndex::NONE,
                range: target.range(),
                target,
                iter,
                ifs,
                is_async,
            })
        };
        items.iter().map(read).collect()
    }
}

fn with_default(parameter: ast::Parameter, default: Option<Expr>) -> ast::ParameterWithDefault {
    ast::ParameterWithDefault {
        node_index: AtomicNodeIndex::NONE,
        range: parameter.range,
        parameter,
        default: default.map(Box::new),
    }
}

impl<'a> Reader<'a> {
    fn parameter(&self, object: &Obj) -> PyResult<ast::Parameter> {
        if self.class(object).as_deref() != Some("arg") {
            return Err(self.unexpected("arg", object));
        }
        let place = self.enter(object, "arg")?;
        let node = Node { reader: self, object, class: "arg" };
        let (name, annotation) = (node.identifier("arg")?, node.optional_expr("annotation")?.map(Box::new));
        node.check_string("type_comment")?;
        let range = self.leave(&place);
        Ok(ast::Parameter {
            node_index: AtomicNodeIndex::NONE,
            range,
            name: ast::Identifier { range, ..name },
            annotation,
        })
    }

    /// An expression that stands in the context `ctx`.
    pub(super) fn expr(&self, object: &Obj, ctx: ExprContext) -> PyResult<Expr> {
        self.nested(|| {
            let place = self.enter(object, "expr")?;
            let class = self.class(object).ok_or_else(|| self.unexpected("expr", object))?;
            let node = Node { reader: self, object, class: &class };
            if let Some(expr) = self.assignable(&node, &place, ctx)? {
                return Ok(expr);
            }
            if ctx != ExprContext::Load {
                let wanted = name_of(ctx);
                return Err(self.value_error(&format!("expression which can't be assigned to in {wanted} context")));
            }
            if let Some(expr) = self.simple_expr(&node, &place)? {
                return Ok(expr);
            }
            self.string_expr(&node, &place)?.ok_or_else(|| self.unexpected("expr", object))
        })
    }

    fn assignable(&self, node: &Node<'_>, place: &Place, wanted: ExprContext) -> PyResult<Option<Expr>> {
        if !matches!(node.class, "Attribute" | "Subscript" | "Starred" | "Name" | "List" | "Tuple") {
            return Ok(None);
        }
        let ctx = match &*node.kind("ctx", "expr_context")? {
            "Load" => ExprContext::Load,
            "Store" => ExprContext::Store,
            "Del" => ExprContext::Del,
            _ => return Err(self.unexpected("expr_context", &node.required("ctx")?)),
        };
        if ctx != wanted {
            let (wanted, found) = (name_of(wanted), name_of(ctx));
            return Err(self.value_error(&format!("expression must have {wanted} context but has {found} instead")));
        }
        let node_index = AtomicNodeIndex::NONE;
        Ok(Some(match node.class {
            "Attribute" => {
                let (value, attr) = (Box::new(node.expr("value")?), node.identifier("attr")?);
                let range = self.leave(place);
                let attr = ast::Identifier { range: TextRange::empty(range.end()), ..attr };
                Expr::Attribute(ast::ExprAttribute { node_index, value, attr, ctx, range })
            }
            "Subscript" => {
                let (value, slice) = (Box::new(node.expr("value")?), Box::new(node.expr("slice")?));
                Expr::Subscript(ast::ExprSubscript { node_index, value, slice, ctx, range: self.leave(place) })
            }
            "Starred" => {
                let value = Box::new(node.target("value", ctx)?);
                Expr::Starred(ast::ExprStarred { node_index, value, ctx, range: self.leave(place) })
            }
            "Name" => {
                let id = node.identifier("id")?.id;
                Expr::Name(ast::ExprName { node_index, id, ctx, range: self.leave(place) })
            }
            "List" => {
                let elts = node.exprs("elts", ctx)?;
                Expr::List(ast::ExprList { node_index, elts, ctx, range: self.leave(place) })
            }
            _ => {
                let elts = node.exprs("elts", ctx)?;
                let range = self.leave(place);
                Expr::Tuple(ast::ExprTuple { node_index, elts, ctx, parenthesized: true, range })
            }
        }))
    }

    fn simple_expr(&self, node: &Node<'_>, place: &Place) -> PyResult<Option<Expr>> {
        let node_index = AtomicNodeIndex::NONE;
        let boxed = |field: &str| node.expr(field).map(Box::new);
        Ok(Some(match node.class {
            "BoolOp" => {
                let op = match &*node.kind("op", "boolop")? {
                    "And" => BoolOp::And,
                    "Or" => BoolOp::Or,
                    _ => return Err(self.unexpected("boolop", &node.required("op")?)),
                };
                let values = node.exprs("values", ExprContext::Load)?;
                if values.len() < 2 {
                    return Err(self.value_error("BoolOp with less than 2 values"));
                }
                Expr::BoolOp(ast::ExprBoolOp { node_index, op, values, range: self.leave(place) })
            }
            "NamedExpr" => {
                if self.class(&node.required("target")?).as_deref() != Some("Name") {
                    return Err(self.cx.type_error("NamedExpr target must be a Name"));
                }
                let target = node.target("target", ExprContext::Store)?;
                let (target, value) = (Box::new(target), boxed("value")?);
                Expr::Named(ast::ExprNamed { node_index, target, value, range: self.leave(place) })
            }
            "BinOp" => {
                let (left, op, right) = (boxed("left")?, node.operator("op")?, boxed("right")?);
                Expr::BinOp(ast::ExprBinOp { node_index, left, op, right, range: self.leave(place) })
            }
            "UnaryOp" => {
                let op = match &*node.kind("op", "unaryop")? {
                    "Invert" => UnaryOp::Invert,
                    "Not" => UnaryOp::Not,
                    "UAdd" => UnaryOp::UAdd,
                    "USub" => UnaryOp::USub,
                    _ => return Err(self.unexpected("unaryop", &node.required("op")?)),
                };
                let operand = boxed("operand")?;
                Expr::UnaryOp(ast::ExprUnaryOp { node_index, op, operand, range: self.leave(place) })
            }
            "Lambda" => {
                let (parameters, body) = (Some(Box::new(node.parameters("args", place)?)), boxed("body")?);
                Expr::Lambda(ast::ExprLambda { node_index, parameters, body, range: self.leave(place) })
            }
            "IfExp" => {
                let (body, test, orelse) = (boxed("body")?, boxed("test")?, boxed("orelse")?);
                Expr::If(ast::ExprIf { node_index, test, body, orelse, range: self.leave(place) })
            }
            "Dict" => self.dict(node, place)?,
            "Set" => {
                let elts = node.exprs("elts", ExprContext::Load)?;
                Expr::Set(ast::ExprSet { node_index, elts, range: self.leave(place) })
            }
            "ListComp" | "SetComp" | "GeneratorExp" | "DictComp" => self.comprehension(node, place)?,
            "Await" => Expr::Await(ast::ExprAwait { node_index, value: boxed("value")?, range: self.leave(place) }),
            "Yield" => {
                let value = node.optional_expr("value")?.map(Box::new);
                Expr::Yield(ast::ExprYield { node_index, value, range: self.leave(place) })
            }
            "YieldFrom" => {
                Expr::YieldFrom(ast::ExprYieldFrom { node_index, value: boxed("value")?, range: self.leave(place) })
            }
            "Compare" => self.comparison(node, place)?,
            "Call" => {
                let func = boxed("func")?;
                let (args, keywords) = (node.exprs("args", ExprContext::Load)?, node.keywords()?);
                let range = self.leave(place);
                let arguments = ast::Arguments {
                    node_index: AtomicNodeIndex::NONE,
                    range: TextRange::new(func.end(), range.end()),
                    args: args.into_boxed_slice(),
                    keywords: keywords.into_iter().collect(),
                };
                Expr::Call(ast::ExprCall { node_index, func, arguments, range_start: range.start() })
            }
            "Slice" => {
                let part = |field: &str| Ok::<_, Raised>(node.optional_expr(field)?.map(Box::new));
                let (lower, upper, step) = (part("lower")?, part("upper")?, part("step")?);
                Expr::Slice(ast::ExprSlice { node_index, lower, upper, step, range: self.leave(place) })
            }
            "Constant" => {
                let value = crate::attr::get_optional(self.cx, node.object, &text::intern("value"))?;
                let Some(value) = value else { return node.required("value").map(|_| None) };
                node.check_string("kind")?;
                let range = self.leave(place);
                self.constant(&value, range)?
            }
            _ => return Ok(None),
        }))
    }

    fn dict(&self, node: &Node<'_>, place: &Place) -> PyResult<Expr> {
        let (keys, values) = (node.items("keys")?, node.items("values")?);
        if keys.len() != values.len() {
            return Err(self.value_error("Dict doesn't have the same number of keys as values"));
        }
        let mut items = Vec::new();
        for (key, value) in keys.iter().zip(&values) {
            let key = if key.is_none() { None } else { Some(self.expr(key, ExprContext::Load)?) };
            if value.is_none() {
                return Err(self.value_error("None disallowed in expression list"));
            }
            items.push(ast::DictItem { key, value: self.expr(value, ExprContext::Load)? });
        }
        Ok(Expr::Dict(ast::ExprDict { node_index: AtomicNodeIndex::NONE, items, range: self.leave(place) }))
    }

    fn comprehension(&self, node: &Node<'_>, place: &Place) -> PyResult<Expr> {
        let node_index = AtomicNodeIndex::NONE;
        let generators = node.comprehensions()?;
        if node.class == "DictComp" {
            let (key, value) = (Some(Box::new(node.expr("key")?)), Box::new(node.expr("value")?));
            let range = self.leave(place);
            return Ok(Expr::DictComp(ast::ExprDictComp { node_index, key, value, generators, range }));
        }
        let elt = Box::new(node.expr("elt")?);
        let range = self.leave(place);
        Ok(match node.class {
            "ListComp" => Expr::ListComp(ast::ExprListComp { node_index, elt, generators, range }),
            "SetComp" => Expr::SetComp(ast::ExprSetComp { node_index, elt, generators, range }),
            _ => Expr::Generator(ast::ExprGenerator { node_index, elt, generators, parenthesized: true, range }),
        })
    }

    fn comparison(&self, node: &Node<'_>, place: &Place) -> PyResult<Expr> {
        let operator = |item: &Obj| {
            Ok(match self.class(item).as_deref() {
                Some("Eq") => CmpOp::Eq,
                Some("NotEq") => CmpOp::NotEq,
                Some("Lt") => CmpOp::Lt,
                Some("LtE") => CmpOp::LtE,
                Some("Gt") => CmpOp::Gt,
                Some("GtE") => CmpOp::GtE,
                Some("Is") => CmpOp::Is,
                Some("IsNot") => CmpOp::IsNot,
                Some("In") => CmpOp::In,
                Some("NotIn") => CmpOp::NotIn,
                _ => return Err(self.unexpected("cmpop", item)),
            })
        };
        let left = Box::new(node.expr("left")?);
        let ops = node.items("ops")?.iter().map(operator).collect::<PyResult<Vec<_>>>()?;
        let comparators = node.exprs("comparators", ExprContext::Load)?;
        if comparators.is_empty() {
            return Err(self.value_error("Compare with no comparators"));
        }
        if comparators.len() != ops.len() {
            return Err(self.value_error("Compare has a different number of comparators and operands"));
        }
        let (ops, comparators) = (ops.into_boxed_slice(), comparators.into_boxed_slice());
        Ok(Expr::Compare(ast::ExprCompare {
            node_index: AtomicNodeIndex::NONE,
            left,
            ops,
            comparators,
            range: self.leave(place),
        }))
    }

    /// The literal of a constant.
    fn constant(&self, value: &Obj, range: TextRange) -> PyResult<Expr> {
        let node_index = AtomicNodeIndex::NONE;
        if value.is_none() {
            return Ok(Expr::NoneLiteral(ast::ExprNoneLiteral { node_index, range }));
        }
        let number =
            |value| Ok(Expr::NumberLiteral(ast::ExprNumberLiteral { node_index: AtomicNodeIndex::NONE, range, value }));
        match value.kind() {
            Kind::Ellipsis => Ok(Expr::EllipsisLiteral(ast::ExprEllipsisLiteral { node_index, range })),
            Kind::Bool => {
                let value = value.same(&Obj::bool(true));
                Ok(Expr::BooleanLiteral(ast::ExprBooleanLiteral { node_index, range, value }))
            }
            Kind::Int if value.is_exact() || value.word().is_int() => self.int_constant(value, range),
            Kind::Float => number(Number::Float(value.as_float().unwrap_or(0.0))),
            Kind::Complex => {
                let view = value.expect::<Complex>();
                number(Number::Complex { real: view.real(), imag: view.imag() })
            }
            Kind::Str => {
                let value = self.text_of(value, range).into();
                let part = ast::StringLiteral { node_index, range, value, flags: ast::StringLiteralFlags::empty() };
                let value = ast::StringLiteralValue::single(part);
                Ok(Expr::StringLiteral(ast::ExprStringLiteral { node_index: AtomicNodeIndex::NONE, range, value }))
            }
            Kind::Bytes => {
                let value = value.expect::<Bytes>().data().into();
                let part = ast::BytesLiteral { node_index, range, value, flags: ast::BytesLiteralFlags::empty() };
                let value = ast::BytesLiteralValue::single(part);
                Ok(Expr::BytesLiteral(ast::ExprBytesLiteral { node_index: AtomicNodeIndex::NONE, range, value }))
            }
            Kind::Tuple => {
                let items = value.expect::<Tuple>().items();
                let elts = items.iter().map(|item| self.constant(item, range)).collect::<PyResult<Vec<_>>>()?;
                let ctx = ExprContext::Load;
                Ok(Expr::Tuple(ast::ExprTuple { node_index, range, elts, ctx, parenthesized: true }))
            }
            Kind::FrozenSet => Err(self.cx.not_implemented_error("frozensets as constants of syntax trees")),
            _ => {
                let found = self.cx.type_name(value);
                Err(self.cx.type_error(format_args!("got an invalid type in Constant: {found}")))
            }
        }
    }

    /// A negative int is the negation of a literal.
    fn int_constant(&self, value: &Obj, range: TextRange) -> PyResult<Expr> {
        let digits = text::to_string(&protocol::call_method(self.cx, value, "__format__", &[text::new("x")])?);
        let (negative, digits) = match digits.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, &*digits),
        };
        let Ok(int) = Int::from_str_radix(digits, 16, &format!("0x{digits}")) else {
            return Err(self.cx.system_error("digits of an int"));
        };
        let literal = Expr::NumberLiteral(ast::ExprNumberLiteral {
            node_index: AtomicNodeIndex::NONE,
            range,
            value: Number::Int(int),
        });
        if !negative {
            return Ok(literal);
        }
        let operand = Box::new(literal);
        Ok(Expr::UnaryOp(ast::ExprUnaryOp { node_index: AtomicNodeIndex::NONE, range, op: UnaryOp::USub, operand }))
    }

    /// The text of a string; one with lone surrogates is noted beside the tree, whose strings cannot hold it.
    fn text_of(&self, value: &Obj, range: TextRange) -> String {
        let string = value.expect::<Str>();
        string.text().iter().map(char::from_u32).collect::<Option<String>>().unwrap_or_else(|| {
            self.places.borrow_mut().write(range.start(), string.text().iter().collect());
            String::new()
        })
    }

    // -- Joined strings -------------------------------------------------------------------------------------------

    fn string_expr(&self, node: &Node<'_>, place: &Place) -> PyResult<Option<Expr>> {
        let node_index = AtomicNodeIndex::NONE;
        Ok(Some(match node.class {
            "JoinedStr" | "TemplateStr" => {
                let elements = self.elements(node, node.class == "TemplateStr")?;
                let range = self.leave(place);
                match node.class {
                    "JoinedStr" => formatted(elements, range),
                    _ => {
                        let flags = ast::TStringFlags::empty();
                        let part = ast::TString { node_index, range, elements: elements.into(), flags };
                        let value = ast::TStringValue::single(part);
                        Expr::TString(ast::ExprTString { node_index: AtomicNodeIndex::NONE, range, value })
                    }
                }
            }
            "FormattedValue" => {
                let element = self.interpolation(node, place)?;
                let range = element.range();
                formatted(vec![element], range)
            }
            "Interpolation" => {
                return Err(self.cx.not_implemented_error("an Interpolation outside of a TemplateStr"));
            }
            _ => return Ok(None),
        }))
    }

    fn elements(&self, node: &Node<'_>, template: bool) -> PyResult<Vec<InterpolatedStringElement>> {
        let value_class = if template { "Interpolation" } else { "FormattedValue" };
        let mut elements = Vec::new();
        for item in node.items("values")? {
            let class = self.class(&item).ok_or_else(|| self.unexpected("expr", &item))?;
            let part = Node { reader: self, object: &item, class: &class };
            if class == value_class {
                let place = self.enter(&item, "expr")?;
                elements.push(self.interpolation(&part, &place)?);
                continue;
            }
            let text =
                if class == "Constant" { part.get("value")?.filter(|value| value.kind() == Kind::Str) } else { None };
            match text {
                Some(text) => {
                    let place = self.enter(&item, "expr")?;
                    let range = self.leave(&place);
                    let value = self.text_of(&text, range).into();
                    let piece =
                        ast::InterpolatedStringLiteralElement { node_index: AtomicNodeIndex::NONE, range, value };
                    elements.push(InterpolatedStringElement::Literal(piece));
                }
                None => {
                    let expression = Box::new(self.expr(&item, ExprContext::Load)?);
                    elements.push(InterpolatedStringElement::Interpolation(ast::InterpolatedElement {
                        node_index: AtomicNodeIndex::NONE,
                        range: expression.range(),
                        expression,
                        debug_text: None,
                        conversion: ConversionFlag::None,
                        format_spec: None,
                    }));
                }
            }
        }
        Ok(elements)
    }

    fn interpolation(&self, node: &Node<'_>, place: &Place) -> PyResult<InterpolatedStringElement> {
        let expression = Box::new(node.expr("value")?);
        let conversion = match node.required_int("conversion")? {
            -1 => ConversionFlag::None,
            115 => ConversionFlag::Str,
            114 => ConversionFlag::Repr,
            97 => ConversionFlag::Ascii,
            other => {
                return Err(self.cx.system_error(format!("Unrecognized conversion character {other}")));
            }
        };
        let format_spec = match node.get("format_spec")? {
            None => None,
            Some(spec) => {
                let own = self.enter(&spec, "expr")?;
                let class = self.class(&spec).ok_or_else(|| self.unexpected("expr", &spec))?;
                let part = Node { reader: self, object: &spec, class: &class };
                let elements = self.elements(&part, false)?;
                let range = self.leave(&own);
                Some(Box::new(ast::InterpolatedStringFormatSpec {
                    node_index: AtomicNodeIndex::NONE,
                    range,
                    elements: elements.into(),
                }))
            }
        };
        let range = self.leave(place);
        if node.class == "Interpolation" {
            let shown = text::to_string(&protocol::str(self.cx, &node.required("str")?)?);
            self.places.borrow_mut().write(range.start(), shown.chars().map(u32::from).collect());
        }
        Ok(InterpolatedStringElement::Interpolation(ast::InterpolatedElement {
            node_index: AtomicNodeIndex::NONE,
            range,
            expression,
            debug_text: None,
            conversion,
            format_spec,
        }))
    }
}

fn formatted(elements: Vec<InterpolatedStringElement>, range: TextRange) -> Expr {
    let flags = ast::FStringFlags::empty();
    let part = ast::FString { node_index: AtomicNodeIndex::NONE, range, elements: elements.into(), flags };
    Expr::FString(ast::ExprFString { node_index: AtomicNodeIndex::NONE, range, value: ast::FStringValue::single(part) })
}

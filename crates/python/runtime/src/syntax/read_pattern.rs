//! From node objects to a tree for the compiler: patterns.

use pv_object::{Kind, Obj};
use ruff_python_ast::{self as ast, AtomicNodeIndex, Expr, Pattern, Singleton};

use super::read::{Node, Reader};
use crate::error::PyResult;

impl<'a> Reader<'a> {
    pub(super) fn case(&self, object: &Obj) -> PyResult<ast::MatchCase> {
        if self.class(object).as_deref() != Some("match_case") {
            return Err(self.unexpected("match_case", object));
        }
        let node = Node { reader: self, object, class: "match_case" };
        let pattern = self.pattern(&node.required("pattern")?, false)?;
        let guard = node.optional_expr("guard")?.map(Box::new);
        let body = node.body("body", true)?.into_iter().collect();
        let range = ruff_text_size::Ranged::range(&pattern);
        Ok(ast::MatchCase { node_index: AtomicNodeIndex::NONE, pattern, guard, body, range })
    }

    fn patterns(&self, items: &[Obj], star: bool) -> PyResult<Vec<Pattern>> {
        items.iter().map(|item| self.pattern(item, star)).collect()
    }

    /// A pattern; `star`: it may be a starred one.
    fn pattern(&self, object: &Obj, star: bool) -> PyResult<Pattern> {
        self.nested(|| {
            let place = self.enter(object, "pattern")?;
            let class = self.class(object).ok_or_else(|| self.unexpected("pattern", object))?;
            let node = Node { reader: self, object, class: &class };
            let node_index = AtomicNodeIndex::NONE;
            Ok(match &*class {
                "MatchValue" => {
                    let value = node.expr("value")?;
                    self.check_pattern_value(&value)?;
                    Pattern::MatchValue(ast::PatternMatchValue {
                        node_index,
                        value: Box::new(value),
                        range: self.leave(&place),
                    })
                }
                "MatchSingleton" => {
                    let value = node.get("value")?;
                    let value = match &value {
                        None => Singleton::None,
                        Some(value) if value.kind() == Kind::Bool => {
                            if value.same(&Obj::bool(true)) {
                                Singleton::True
                            } else {
                                Singleton::False
                            }
                        }
                        Some(_) => {
                            return Err(self.value_error("MatchSingleton can only contain True, False and None"));
                        }
                    };
                    Pattern::MatchSingleton(ast::PatternMatchSingleton { node_index, value, range: self.leave(&place) })
                }
                "MatchSequence" => {
                    let patterns = self.patterns(&node.items("patterns")?, true)?;
                    Pattern::MatchSequence(ast::PatternMatchSequence {
                        node_index,
                        patterns,
                        range: self.leave(&place),
                    })
                }
                "MatchMapping" => self.mapping(&node, &place)?,
                "MatchClass" => self.class_pattern(&node, &place)?,
                "MatchStar" if !star => return Err(self.value_error("can't use MatchStar here")),
                "MatchStar" => {
                    let name = self.capture(&node)?;
                    Pattern::MatchStar(ast::PatternMatchStar { node_index, name, range: self.leave(&place) })
                }
                "MatchAs" => {
                    let pattern = node.get("pattern")?.map(|pattern| self.pattern(&pattern, false)).transpose()?;
                    let name = self.capture(&node)?;
                    if name.is_none() && pattern.is_some() {
                        return Err(self.value_error("MatchAs must specify a target name if a pattern is given"));
                    }
                    let pattern = pattern.map(Box::new);
                    Pattern::MatchAs(ast::PatternMatchAs { node_index, pattern, name, range: self.leave(&place) })
                }
                "MatchOr" => {
                    let items = node.items("patterns")?;
                    if items.len() < 2 {
                        return Err(self.value_error("MatchOr requires at least 2 patterns"));
                    }
                    let patterns = self.patterns(&items, false)?;
                    Pattern::MatchOr(ast::PatternMatchOr { node_index, patterns, range: self.leave(&place) })
                }
                _ => return Err(self.unexpected("pattern", object)),
            })
        })
    }

    /// The name that a pattern binds.
    fn capture(&self, node: &Node<'_>) -> PyResult<Option<ast::Identifier>> {
        let name = node.optional_identifier("name")?;
        if name.as_ref().is_some_and(|name| name.as_str() == "_") {
            return Err(self.value_error("can't capture name '_' in patterns"));
        }
        Ok(name)
    }

    fn mapping(&self, node: &Node<'_>, place: &super::read::Place) -> PyResult<Pattern> {
        let (keys, patterns) = (node.exprs("keys", ast::ExprContext::Load)?, node.items("patterns")?);
        if keys.len() != patterns.len() {
            return Err(self.value_error("MatchMapping doesn't have the same number of keys as patterns"));
        }
        let rest = node.optional_identifier("rest")?;
        if rest.as_ref().is_some_and(|name| name.as_str() == "_") {
            return Err(self.value_error("can't capture name '_' in patterns"));
        }
        for key in &keys {
            let constant = matches!(key, Expr::NoneLiteral(_) | Expr::BooleanLiteral(_));
            if !constant {
                self.check_pattern_value(key)?;
            }
        }
        let patterns = self.patterns(&patterns, false)?.into_iter().collect();
        Ok(Pattern::MatchMapping(ast::PatternMatchMapping {
            node_index: AtomicNodeIndex::NONE,
            keys: keys.into_iter().collect(),
            patterns,
            rest,
            range: self.leave(place),
        }))
    }

    fn class_pattern(&self, node: &Node<'_>, place: &super::read::Place) -> PyResult<Pattern> {
        let (attrs, values) = (node.identifiers("kwd_attrs")?, node.items("kwd_patterns")?);
        if attrs.len() != values.len() {
            let message = "MatchClass doesn't have the same number of keyword attributes as patterns";
            return Err(self.value_error(message));
        }
        let cls = node.expr("cls")?;
        let mut part = &cls;
        while let Expr::Attribute(attribute) = part {
            part = &attribute.value;
        }
        if !part.is_name_expr() {
            return Err(self.value_error("MatchClass cls field can only contain Name or Attribute nodes."));
        }
        let patterns = self.patterns(&node.items("patterns")?, false)?.into_iter().collect();
        let values = self.patterns(&values, false)?;
        let keyword = |(attr, pattern): (ast::Identifier, Pattern)| {
            let range = ruff_text_size::Ranged::range(&pattern);
            ast::PatternKeyword { node_index: AtomicNodeIndex::NONE, range, attr, pattern }
        };
        let keywords = attrs.into_iter().zip(values).map(keyword).collect();
        let arguments =
            ast::PatternArguments { node_index: AtomicNodeIndex::NONE, range: self.nowhere(place), patterns, keywords };
        let range = self.leave(place);
        Ok(Pattern::MatchClass(ast::PatternMatchClass {
            node_index: AtomicNodeIndex::NONE,
            cls: Box::new(cls),
            arguments,
            range,
        }))
    }

    /// A value pattern is a literal, a negative or complex number, an f-string or a dotted name.
    fn check_pattern_value(&self, value: &Expr) -> PyResult<()> {
        let fits = match value {
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::FString(_) => true,
            Expr::Attribute(_) | Expr::UnaryOp(_) | Expr::BinOp(_) | Expr::TString(_) => true,
            Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) | Expr::EllipsisLiteral(_) => {
                return Err(self.value_error("unexpected constant inside of a literal pattern"));
            }
            _ => false,
        };
        if fits {
            return Ok(());
        }
        Err(self.value_error("patterns may only match literals and attribute lookups"))
    }
}

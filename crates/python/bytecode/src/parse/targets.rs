//! Things that cannot be assigned to, and assignments that were meant as comparisons.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::source_order::{SourceOrderVisitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Mod, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::brackets;
use super::diagnose::{Context, Diagnosis};

/// Finds the outermost expression that a test accepts, and the statement around it.
struct Finder<'a, F> {
    test: F,
    stmt: Option<&'a Stmt>,
    found: Option<(&'a Expr, Option<&'a Stmt>)>,
}

impl<'a, F: Fn(&Expr) -> bool> SourceOrderVisitor<'a> for Finder<'a, F> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let outer = self.stmt.replace(stmt);
        walk_stmt(self, stmt);
        self.stmt = outer;
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if self.found.is_none() {
            if (self.test)(expr) {
                self.found = Some((expr, self.stmt));
            } else {
                walk_expr(self, expr);
            }
        }
    }
}

fn find<'a>(context: &Context<'a>, test: impl Fn(&Expr) -> bool) -> Option<(&'a Expr, Option<&'a Stmt>)> {
    let mut finder = Finder { test, stmt: None, found: None };
    match context.parsed.syntax() {
        Mod::Module(module) => module.body.iter().for_each(|stmt| finder.visit_stmt(stmt)),
        Mod::Expression(expression) => finder.visit_expr(&expression.body),
    }
    finder.found
}

/// How CPython calls an expression in its messages.
fn kind(e: &Expr) -> &'static str {
    match e {
        Expr::Attribute(_) => "attribute",
        Expr::Subscript(_) => "subscript",
        Expr::Starred(_) => "starred",
        Expr::Name(name) if name.id.as_str() == "__debug__" => "__debug__",
        Expr::Name(_) => "name",
        Expr::List(_) => "list",
        Expr::Tuple(_) => "tuple",
        Expr::Lambda(_) => "lambda",
        Expr::Call(_) => "function call",
        Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) => "expression",
        Expr::Generator(_) => "generator expression",
        Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
        Expr::Await(_) => "await expression",
        Expr::ListComp(_) => "list comprehension",
        Expr::SetComp(_) => "set comprehension",
        Expr::DictComp(_) => "dict comprehension",
        Expr::Dict(_) => "dict literal",
        Expr::Set(_) => "set display",
        Expr::FString(_) => "f-string expression",
        Expr::TString(_) => "t-string expression",
        Expr::NoneLiteral(_) => "None",
        Expr::BooleanLiteral(e) => {
            if e.value {
                "True"
            } else {
                "False"
            }
        }
        Expr::EllipsisLiteral(_) => "ellipsis",
        Expr::Compare(_) => "comparison",
        Expr::If(_) => "conditional expression",
        Expr::Named(_) => "named expression",
        _ => "literal",
    }
}

/// Whether an expression could stand on the left of a comparison as it is.
fn comparable(e: &Expr) -> bool {
    !matches!(
        e,
        Expr::Generator(_)
            | Expr::NoneLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::Compare(_)
            | Expr::BoolOp(_)
            | Expr::Lambda(_)
            | Expr::If(_)
            | Expr::Tuple(_)
            | Expr::List(_)
            | Expr::Starred(_)
            | Expr::Yield(_)
            | Expr::YieldFrom(_)
    ) && !matches!(e, Expr::UnaryOp(unary) if unary.op == UnaryOp::Not)
}

pub(super) fn assignment(context: &Context<'_>, at: TextRange) -> Diagnosis {
    let Some((e, stmt)) = find(context, |e| e.range() == at) else { return Diagnosis::new("invalid syntax", at) };
    if matches!(e, Expr::Yield(_) | Expr::YieldFrom(_)) {
        return Diagnosis::new("assignment to yield expression not possible", at);
    }
    let whole =
        matches!(stmt, Some(Stmt::Assign(assign)) if assign.targets.len() == 1 && assign.targets[0].range() == at);
    let hint = if whole && comparable(e) { " here. Maybe you meant '==' instead of '='?" } else { "" };
    Diagnosis::new(format!("cannot assign to {}{hint}", kind(e)), at)
}

pub(super) fn augmented(context: &Context<'_>, at: TextRange) -> Diagnosis {
    let target =
        find(context, |e| e.range() == at).or_else(|| find(context, |e| e.end() <= at.start() && e.is_tuple_expr()));
    match target {
        Some((e, _)) => {
            Diagnosis::new(format!("'{}' is an illegal expression for augmented assignment", kind(e)), e.range())
        }
        None => Diagnosis::new("invalid syntax", at),
    }
}

pub(super) fn deletion(context: &Context<'_>, at: TextRange) -> Diagnosis {
    match find(context, |e| e.range() == at) {
        Some((e, _)) => Diagnosis::new(format!("cannot delete {}", kind(e)), at),
        None => Diagnosis::new("invalid syntax", at),
    }
}

pub(super) fn named(context: &Context<'_>, at: TextRange) -> Diagnosis {
    match find(context, |e| e.range() == at) {
        Some((e, _)) => Diagnosis::new(format!("cannot use assignment expressions with {}", kind(e)), at),
        None => Diagnosis::new("invalid syntax", at),
    }
}

/// `if x = 1:` and `f(a.b=1)`.
pub(super) fn comparison_meant(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let tokens: Vec<_> = context.parsed.tokens().iter().filter(|t| t.start() >= at.start()).take(3).collect();
    let in_call = brackets::innermost(context, at.start()).is_some_and(|open| open.bracket == '(');
    let equals = tokens_after(context, at.end());
    if let (true, Some((TokenKind::Equal, equal))) = (in_call, equals.first()) {
        let text = context.text(at);
        let message = if ["None", "True", "False"].contains(&text) {
            format!("cannot assign to {text}")
        } else {
            "expression cannot contain assignment, perhaps you meant \"==\"?".to_string()
        };
        return Some(Diagnosis::new(message, TextRange::new(at.start(), equal.end())));
    }
    let equal = tokens.first().filter(|token| token.kind() == TokenKind::Equal)?;
    let left = expression_ending_at(context, equal.start())?;
    if !left.is_name_expr() {
        return None;
    }
    let right = tokens_after(context, equal.end());
    let range = TextRange::new(left.start(), right.first().map_or(equal.end(), |(_, range)| range.end()));
    let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
    Some(Diagnosis::new(message, range))
}

fn tokens_after(context: &Context<'_>, offset: TextSize) -> Vec<(TokenKind, TextRange)> {
    let after = context.parsed.tokens().iter().filter(|token| token.start() >= offset);
    after.take(2).map(|token| (token.kind(), token.range())).collect()
}

/// The largest expression that ends where the tokens before an offset end.
fn expression_ending_at<'a>(context: &Context<'a>, offset: TextSize) -> Option<&'a Expr> {
    let end = context.tokens_before(offset).next_back()?.end();
    find(context, |e| e.end() == end).map(|(e, _)| e)
}

/// `a, b += 1`.
pub(super) fn augmented_tuple(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let operator = context.text(at).strip_suffix('=')?;
    if operator.is_empty() || ["=", "!", "<", ">", ":"].contains(&operator) {
        return None;
    }
    let target = expression_ending_at(context, at.start()).filter(|e| e.is_tuple_expr() || e.is_list_expr())?;
    let message = format!("'{}' is an illegal expression for augmented assignment", kind(target));
    Some(Diagnosis::new(message, target.range()))
}

/// `{key:}`.
pub(super) fn missing_value(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let colon = context.tokens_before(at.start()).next_back().filter(|token| token.kind() == TokenKind::Colon)?;
    let in_dict = brackets::innermost(context, at.start()).is_some_and(|open| open.bracket == '{');
    let ends = context.text(at).starts_with(['}', ',']);
    let message = "expression expected after dictionary key and ':'";
    (in_dict && ends).then(|| Diagnosis::new(message, colon.range()))
}

/// `a if b`.
pub(super) fn missing_else(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let (e, _) = find(context, |e| matches!(e, Expr::If(e) if e.test.end() <= at.start() && e.end() >= at.start()))?;
    let Expr::If(e) = e else { return None };
    let range = TextRange::new(e.body.start(), e.test.end());
    Some(Diagnosis::new("expected 'else' after 'if' expression", range))
}

/// Two expressions side by side in brackets.
pub(super) fn missing_comma(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let open = brackets::innermost(context, at.start())?;
    let starts = [TokenKind::Name, TokenKind::Int, TokenKind::Float, TokenKind::String, TokenKind::Complex];
    let first = context.parsed.tokens().iter().find(|token| token.start() >= at.start())?;
    if !starts.contains(&first.kind()) {
        return None;
    }
    let last = context.tokens_before(at.start()).next_back()?;
    if !starts.contains(&last.kind()) && !matches!(last.kind(), TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace) {
        return None;
    }
    if last.kind() == TokenKind::Name && first.kind() == TokenKind::String {
        return None;
    }
    let left = find(context, |e| e.end() == last.end() && e.start() > open.at)?.0;
    let range = TextRange::new(left.start(), first.end());
    Some(Diagnosis::new("invalid syntax. Perhaps you forgot a comma?", range))
}

//! Things that cannot be assigned to, and assignments that were meant as comparisons.

use ruff_python_ast::token::{Token, TokenKind};
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
    let whole =
        matches!(stmt, Some(Stmt::Assign(assign)) if assign.targets.len() == 1 && assign.targets[0].range() == at);
    let is_yield = matches!(e, Expr::Yield(_) | Expr::YieldFrom(_));
    let in_brackets = context.tokens_before(at.start()).next_back().is_some_and(|last| last.kind() == TokenKind::Lpar);
    if is_yield && !in_brackets {
        return Diagnosis::new("assignment to yield expression not possible", at);
    }
    let hint = if whole && (comparable(e) || is_yield) { " here. Maybe you meant '==' instead of '='?" } else { "" };
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
    let in_call = brackets::innermost(context, at.start()).is_some_and(|open| open.bracket() == Some('('));
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
        let message = format!("cannot assign to {} here. Maybe you meant '==' instead of '='?", kind(left));
        let bracketed = brackets::innermost(context, at.start()).is_some();
        return (bracketed && comparable(left)).then(|| Diagnosis::new(message, left.range()));
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

/// `f(a = i for i in x)`.
pub(super) fn generator_as_keyword(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let open = brackets::innermost(context, at.start()).filter(|open| open.bracket() == Some('('))?;
    let inside: Vec<_> = context.tokens_before(at.start()).filter(|token| token.start() > open.at).collect();
    let [.., name, equal, value] = &inside[..] else { return None };
    let fits = name.kind() == TokenKind::Name && equal.kind() == TokenKind::Equal && context.text(at) == "for";
    let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
    fits.then(|| Diagnosis::new(message, TextRange::new(name.start(), value.end())))
}

/// A statement where the body or the alternative of a conditional expression should be.
pub(super) fn statement_in_conditional(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    const STATEMENTS: [&str; 9] = ["pass", "break", "continue", "return", "raise", "del", "assert", "import", "from"];
    let tokens: Vec<_> = context.parsed.tokens().iter().filter(|token| token.start() >= at.start()).take(2).collect();
    let first = tokens.first()?;
    let word = context.text(first.range());
    let last = context.tokens_before(at.start()).next_back()?;
    let message = |side: &str, keyword: &str| format!("expected expression {side} '{keyword}', but statement is given");
    if last.kind() == TokenKind::Else && (STATEMENTS.contains(&word) || word == "yield") {
        find(context, |e| matches!(e, Expr::If(e) if e.test.end() <= last.start()))?;
        return Some(Diagnosis::new(message("after", "else"), first.range()));
    }
    let simple = ["pass", "break", "continue"].contains(&word);
    let before_if = tokens.get(1).is_some_and(|next| next.kind() == TokenKind::If);
    (simple && before_if).then(|| Diagnosis::new(message("before", "if"), first.range()))
}

/// `a <> b`.
pub(super) fn diamond(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let start = match context.text(at) {
        ">" => at.start().checked_sub(1.into())?,
        _ => context.tokens_before(at.start()).next_back().filter(|last| last.kind() == TokenKind::Less)?.start(),
    };
    let range = TextRange::at(start, 2.into());
    let found = context.index.text().get(std::ops::Range::<usize>::from(range)) == Some("<>");
    found.then(|| Diagnosis::new("invalid syntax.  Maybe you meant '!=' instead of '<>'?", range))
}

/// `except E as a.b:` and `case x as a.b:`.
pub(super) fn name_after_as(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let line = context.line(at.start());
    let own: Vec<_> = context.tokens_before(at.start()).filter(|token| context.line(token.start()) == line).collect();
    let place = own.iter().rposition(|token| token.kind() == TokenKind::As)?;
    let star = own.iter().any(|token| token.kind() == TokenKind::Star);
    let first = own.get(place + 1).map_or(at.start(), |token| token.start());
    let colon = |token: &&Token| token.kind() == TokenKind::Colon;
    let after = context.parsed.tokens().iter().filter(|token| token.start() >= first);
    let target: Vec<_> = after.take_while(|token| !colon(token) && token.kind() != TokenKind::Newline).collect();
    let range = TextRange::new(first, target.last()?.end());
    let kind = target_kind(&target)?;
    match own.iter().map(|token| token.kind()).find(|kind| matches!(kind, TokenKind::Except | TokenKind::Case))? {
        TokenKind::Except => {
            let star = if star { "*" } else { "" };
            Some(Diagnosis::new(format!("cannot use except{star} statement with {kind}"), range))
        }
        _ => Some(Diagnosis::new(format!("cannot use {kind} as pattern target"), range)),
    }
}

/// What kind of expression some tokens are that are no name, as far as their first and last tell.
fn target_kind(tokens: &[&Token]) -> Option<&'static str> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    Some(match (first.kind(), last.kind()) {
        (TokenKind::Lsqb, TokenKind::Rsqb) => "list",
        (TokenKind::Lpar, TokenKind::Rpar) => "tuple",
        (TokenKind::Name, TokenKind::Rpar) => "function call",
        (TokenKind::Name, TokenKind::Rsqb) => "subscript",
        (TokenKind::Name, TokenKind::Name) if tokens.get(1)?.kind() == TokenKind::Dot => "attribute",
        (TokenKind::True, _) => "True",
        (TokenKind::False, _) => "False",
        (TokenKind::None, _) => "None",
        (TokenKind::Int | TokenKind::Float | TokenKind::String | TokenKind::Complex, _) if tokens.len() == 1 => {
            "literal"
        }
        _ => return None,
    })
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
    let in_dict = brackets::innermost(context, at.start()).is_some_and(|open| open.bracket() == Some('{'));
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
    let first = context.tokens_from(at.start()).find(|token| token.kind() != TokenKind::Newline)?;
    let first = match first.kind() {
        TokenKind::FStringMiddle | TokenKind::TStringMiddle => (TokenKind::Name, word_behind_line(context, first)?),
        kind => (kind, first.range()),
    };
    if !starts.contains(&first.0) {
        return None;
    }
    let last = context.tokens_before(at.start()).next_back()?;
    if !starts.contains(&last.kind()) && !matches!(last.kind(), TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace) {
        return None;
    }
    if last.kind() == TokenKind::Name && first.0 == TokenKind::String {
        return None;
    }
    let left = find(context, |e| e.end() == last.end() && e.start() > open.at)?.0;
    let follows_in = context.tokens_before(left.start()).next_back().is_some_and(|token| token.kind() == TokenKind::In);
    if follows_in {
        // What a comprehension goes through: CPython reads a shorter expression there, without this rule.
        return Some(Diagnosis::new("invalid syntax", first.1));
    }
    let range = TextRange::new(left.start(), first.1.end());
    Some(Diagnosis::new("invalid syntax. Perhaps you forgot a comma?", range))
}

/// The name or number that the next line of an interpolation begins with: at the line's end the lexer took the string to go on.
fn word_behind_line(context: &Context<'_>, rest: &Token) -> Option<TextRange> {
    let text = context.text(rest.range());
    let line = text.trim_start();
    let length = line.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(line.len());
    let start = rest.start() + TextSize::of(&text[..text.len() - line.len()]);
    let word = &line[..length];
    let found = start > rest.start() && ruff_python_parser::parse_expression(word).is_ok();
    found.then(|| TextRange::at(start, TextSize::of(word)))
}

/// `def f[*Ts: int]()`: a bound where there can be none.
pub(super) fn bound_of_many(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let line = context.line(at.start());
    let own: Vec<&Token> = context.tokens_from(TextSize::new(0)).filter(|t| context.line(t.start()) == line).collect();
    let heads = [TokenKind::Def, TokenKind::Class, TokenKind::Type];
    let head = own.iter().position(|token| heads.contains(&token.kind()))?;
    let starts = |kind| matches!(kind, TokenKind::Star | TokenKind::DoubleStar);
    let found = own[head..].windows(3).position(|three| {
        starts(three[0].kind()) && three[1].kind() == TokenKind::Name && three[2].kind() == TokenKind::Colon
    })?;
    let (star, colon) = (own[head + found], own[head + found + 2]);
    if brackets::innermost(context, star.start())?.bracket() != Some('[') {
        return None;
    }
    let bound = &own[head + found + 3..];
    let end = bound[super::interpolations::expression_tokens(context, bound)? - 1].end();
    let what = if bound.first()?.kind() == TokenKind::Lpar { "constraints" } else { "bound" };
    let kind = if star.kind() == TokenKind::Star { "TypeVarTuple" } else { "ParamSpec" };
    Some(Diagnosis::new(format!("cannot use {what} with {kind}"), TextRange::new(colon.start(), end)))
}

/// `[x, y for x, y in z]`.
pub(super) fn bare_comprehension_target(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let first = context.tokens_from(at.start()).next()?;
    let open = brackets::innermost(context, at.start()).filter(|open| matches!(open.bracket(), Some('[' | '{')))?;
    let inside: Vec<&Token> = context.tokens_before(at.start()).filter(|token| token.start() > open.at).collect();
    let level = |token: &&&Token| brackets::innermost(context, token.start()).is_some_and(|other| other.at == open.at);
    let comma = inside.iter().find(|token| token.kind() == TokenKind::Comma && level(token))?;
    if !matches!(first.kind(), TokenKind::For | TokenKind::Async) || inside.first()?.kind() == TokenKind::Comma {
        return None;
    }
    let last = inside.last().map_or(comma.end(), |token| token.end());
    let message = "did you forget parentheses around the comprehension target?";
    Some(Diagnosis::new(message, TextRange::new(inside.first()?.start(), last)))
}

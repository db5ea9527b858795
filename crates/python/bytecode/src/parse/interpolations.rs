//! Errors inside the braces of f-strings and t-strings.
//!
//! The parser's own words are of little use here. What CPython says depends on how far the interpolation could be read: no expression at
//! all, an expression with something behind it, a conversion, a format. The longest run of tokens that is an expression is found by
//! parsing the candidates.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::brackets::{Level, Stack};
use super::diagnose::{Context, Diagnosis};

/// No more candidates for an expression than this are parsed.
const MOST_CANDIDATES: usize = 64;

/// What is wrong in the innermost interpolation around an error, if there is one.
pub(super) fn problem(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let stack = Stack::before(context, at.start());
    let field = stack.field()?;
    // Strings inside the interpolation end before the error, or it is theirs.
    let top = stack.innermost()?;
    let what = context.interpolated_kind(at.start());
    let own = context.tokens_from(field.at).skip(1).filter(|token| token.kind() != TokenKind::Newline);
    let own: Vec<&Token> = own.collect();
    if let Some(lambda) = bare_lambda(context, what, &own) {
        return Some(lambda);
    }
    if top.level == Level::Format {
        return Some(Diagnosis::new(format!("{what}: expecting '}}', or format specs"), at));
    }
    if top.level == Level::Text {
        return None;
    }
    first_token(context, what, &own).or_else(|| behind_expression(context, what, &own))
}

/// The interpolation begins with what can only follow an expression.
fn first_token(context: &Context<'_>, what: &str, own: &[&Token]) -> Option<Diagnosis> {
    let first = own.first()?;
    if ends_text(context, first) {
        return Some(unfinished(first.start(), what));
    }
    let mark = match first.kind() {
        TokenKind::Equal => "=",
        TokenKind::Exclamation => "!",
        TokenKind::Colon => ":",
        TokenKind::Rbrace => "}",
        _ => return None,
    };
    Some(Diagnosis::new(format!("{what}: valid expression required before '{mark}'"), first.range()))
}

/// Is this the quote that ends the string, or one that the lexer took for the beginning of another?
fn ends_text(context: &Context<'_>, token: &Token) -> bool {
    let text = context.text(token.range());
    match token.kind() {
        TokenKind::FStringEnd | TokenKind::TStringEnd => true,
        kind => kind == TokenKind::Unknown && text.starts_with(['\'', '"']),
    }
}

/// The closing quote stands where `}` is missing.
pub(super) fn unfinished(quote: TextSize, what: &str) -> Diagnosis {
    Diagnosis::new(format!("{what}: expecting '}}'"), TextRange::empty(quote))
}

/// `{lambda x: 1}`, also behind a comma.
fn bare_lambda(context: &Context<'_>, what: &str, own: &[&Token]) -> Option<Diagnosis> {
    let lambda = own.iter().position(|token| token.kind() == TokenKind::Lambda)?;
    let alone = lambda == 0 || own[lambda - 1].kind() == TokenKind::Comma;
    let colon = own.iter().skip(lambda).find(|token| token.kind() == TokenKind::Colon)?;
    let top = Stack::before(context, own[lambda].start()).innermost()?;
    if !alone || top.level != Level::Field {
        return None;
    }
    let message = format!("{what}: lambda expressions are not allowed without parentheses");
    Some(Diagnosis::new(message, TextRange::new(own[lambda].start(), colon.end())))
}

/// What stands behind the longest expression that the interpolation begins with.
fn behind_expression(context: &Context<'_>, what: &str, own: &[&Token]) -> Option<Diagnosis> {
    let first = own.first()?;
    let Some(count) = expression_tokens(context, own) else {
        return Some(Diagnosis::new(format!("{what}: expecting a valid expression after '{{'"), first.range()));
    };
    let mut rest = &own[count..];
    let mut expected = "'=', or '!', or ':', or '}'";
    if rest.first()?.kind() == TokenKind::Equal {
        rest = &rest[1..];
        expected = "'!', or ':', or '}'";
    }
    let next = rest.first()?;
    match next.kind() {
        TokenKind::Exclamation => conversion(context, what, &rest[1..]),
        TokenKind::Colon | TokenKind::Rbrace => None,
        _ if ends_text(context, next) => Some(unfinished(next.start(), what)),
        _ => Some(Diagnosis::new(format!("{what}: expecting {expected}"), next.range())),
    }
}

/// The tokens behind `!`.
fn conversion(context: &Context<'_>, what: &str, rest: &[&Token]) -> Option<Diagnosis> {
    let ends = |kind| matches!(kind, TokenKind::Colon | TokenKind::Rbrace);
    let name = rest.first()?;
    let message = match name.kind() {
        _ if ends_text(context, name) => return Some(unfinished(name.start(), what)),
        kind if ends(kind) => format!("{what}: missing conversion character"),
        TokenKind::Name => {
            let found = context.text(name.range());
            if ["s", "r", "a"].contains(&found) {
                let next = rest.get(1).filter(|next| !ends(next.kind()))?;
                if ends_text(context, next) {
                    return Some(unfinished(next.start(), what));
                }
                return Some(Diagnosis::new(format!("{what}: expecting ':' or '}}'"), next.range()));
            }
            format!("{what}: invalid conversion character '{found}': expected 's', 'r', or 'a'")
        }
        _ => format!("{what}: invalid conversion character"),
    };
    Some(Diagnosis::new(message, name.range()))
}

/// How many of the tokens are the longest expression that they begin with.
pub(super) fn expression_tokens(context: &Context<'_>, own: &[&Token]) -> Option<usize> {
    let start = own.first()?.start();
    let ends_it = |token: &&&Token| matches!(token.kind(), TokenKind::Newline | TokenKind::EndOfFile);
    let most = own.iter().take_while(|token| !ends_it(token)).count().min(MOST_CANDIDATES);
    (1..=most).rev().find(|count| {
        let text = context.text(TextRange::new(start, own[count - 1].end()));
        ruff_python_parser::parse_expression(&format!("({text})")).is_ok()
    })
}

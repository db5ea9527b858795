//! Brackets that do not match or are never closed.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::diagnose::{Context, Diagnosis};

/// An opening bracket that is still open.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) bracket: char,
    pub(super) at: TextSize,
}

/// What is wrong with the brackets up to an error, if anything is.
pub(super) fn problem(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let mut open: Vec<Open> = Vec::new();
    for token in context.parsed.tokens().iter().take_while(|token| token.start() <= at.start()) {
        let Some(bracket) = bracket(token.kind()) else { continue };
        if "([{".contains(bracket) {
            open.push(Open { bracket, at: token.start() });
            continue;
        }
        let range = TextRange::empty(token.start());
        match open.pop() {
            None => return Some(Diagnosis::new(format!("unmatched '{bracket}'"), range)),
            Some(last) if closer(last.bracket) != bracket => return Some(mismatch(context, last, bracket, range)),
            Some(_) => {}
        }
    }
    let last = open.last()?;
    let at_end = at.start().to_usize() >= context.index.text().trim_end().len();
    let earlier_line = context.line(last.at) < context.line(at.start());
    let range = TextRange::at(last.at, 0.into());
    (at_end || earlier_line).then(|| Diagnosis::new(format!("'{}' was never closed", last.bracket), range))
}

/// The innermost bracket open at an offset.
pub(super) fn innermost(context: &Context<'_>, offset: TextSize) -> Option<Open> {
    let mut open: Vec<Open> = Vec::new();
    for token in context.parsed.tokens().iter().take_while(|token| token.start() < offset) {
        match bracket(token.kind()) {
            Some(bracket) if "([{".contains(bracket) => open.push(Open { bracket, at: token.start() }),
            Some(_) => drop(open.pop()),
            None => {}
        }
    }
    open.pop()
}

fn mismatch(context: &Context<'_>, last: Open, bracket: char, range: TextRange) -> Diagnosis {
    let (here, there) = (context.line(range.start()), context.line(last.at));
    let place = if here == there { String::new() } else { format!(" on line {there}") };
    let opening = last.bracket;
    Diagnosis::new(
        format!("closing parenthesis '{bracket}' does not match opening parenthesis '{opening}'{place}"),
        range,
    )
}

fn bracket(kind: TokenKind) -> Option<char> {
    Some(match kind {
        TokenKind::Lpar => '(',
        TokenKind::Rpar => ')',
        TokenKind::Lsqb => '[',
        TokenKind::Rsqb => ']',
        TokenKind::Lbrace => '{',
        TokenKind::Rbrace => '}',
        _ => return None,
    })
}

fn closer(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

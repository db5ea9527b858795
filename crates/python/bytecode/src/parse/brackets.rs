//! Brackets that do not match or are never closed, those around the interpolations of f-strings and t-strings among them.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::diagnose::{Context, Diagnosis};

/// What is open at some place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// An interpolated string: its literal parts.
    Text,
    /// The format of an interpolation.
    Format,
    /// An interpolation, up to its format.
    Field,
    /// A bracket of an expression.
    Bracket(char),
}

/// Something open, and the token that opened it.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) level: Level,
    pub(super) at: TextSize,
}

impl Open {
    /// The bracket that opened it.
    pub(super) fn bracket(self) -> Option<char> {
        match self.level {
            Level::Bracket(bracket) => Some(bracket),
            Level::Field => Some('{'),
            Level::Text | Level::Format => None,
        }
    }
}

/// A closing bracket that does not fit, and what it meets.
pub(super) struct Misfit {
    bracket: char,
    met: Option<Open>,
}

/// What is open after some tokens.
#[derive(Default)]
pub(super) struct Stack {
    open: Vec<Open>,
}

impl Stack {
    /// What is open before an offset.
    pub(super) fn before(context: &Context<'_>, offset: TextSize) -> Stack {
        let mut stack = Stack::default();
        for token in context.parsed.tokens().iter().take_while(|token| token.start() < offset) {
            // A bracket that closes nothing leaves all as it is.
            drop(stack.take(token));
        }
        stack
    }

    /// The innermost of what is open.
    pub(super) fn innermost(&self) -> Option<Open> {
        self.open.last().copied()
    }

    /// The innermost open interpolation, whatever else is open in it.
    pub(super) fn field(&self) -> Option<Open> {
        self.open.iter().rev().find(|open| open.level == Level::Field).copied()
    }

    /// The innermost open bracket.
    pub(super) fn bracket(&self) -> Option<Open> {
        self.open.iter().rev().find(|open| open.bracket().is_some()).copied()
    }

    /// How many interpolated strings are open.
    pub(super) fn strings(&self) -> usize {
        self.open.iter().filter(|open| open.level == Level::Text).count()
    }

    /// How many interpolations of the innermost string are open, one in the format of the other.
    pub(super) fn fields(&self) -> usize {
        let inside = self.open.iter().rev().take_while(|open| open.level != Level::Text);
        inside.filter(|open| open.level == Level::Field).count()
    }

    fn push(&mut self, level: Level, token: &Token) {
        self.open.push(Open { level, at: token.start() });
    }

    /// Follows a token; a closing bracket that does not fit is given back with what it meets.
    pub(super) fn take(&mut self, token: &Token) -> Result<(), Misfit> {
        let top = self.innermost();
        let in_text = top.is_some_and(|top| matches!(top.level, Level::Text | Level::Format));
        match token.kind() {
            TokenKind::FStringStart | TokenKind::TStringStart => self.push(Level::Text, token),
            TokenKind::FStringEnd | TokenKind::TStringEnd => {
                while self.open.pop().is_some_and(|open| open.level != Level::Text) {}
            }
            TokenKind::Lbrace if in_text => self.push(Level::Field, token),
            TokenKind::Colon if top.is_some_and(|top| top.level == Level::Field) => self.push(Level::Format, token),
            TokenKind::Lpar => self.push(Level::Bracket('('), token),
            TokenKind::Lsqb => self.push(Level::Bracket('['), token),
            TokenKind::Lbrace => self.push(Level::Bracket('{'), token),
            TokenKind::Rpar => return self.close(')'),
            TokenKind::Rsqb => return self.close(']'),
            TokenKind::Rbrace => return self.close('}'),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, bracket: char) -> Result<(), Misfit> {
        if bracket == '}' && self.innermost().is_some_and(|top| top.level == Level::Format) {
            self.open.pop();
        }
        let top = self.innermost();
        let fits = top.and_then(Open::bracket).is_some_and(|open| closer(open) == bracket);
        if !fits {
            return Err(Misfit { bracket, met: top });
        }
        self.open.pop();
        Ok(())
    }
}

/// The first bracket of the source that closes nothing or something else, and where it stands. As CPython's, this search reads the whole
/// source, wherever the parser stopped.
pub(super) fn mismatch(context: &Context<'_>) -> Option<Diagnosis> {
    let mut stack = Stack::default();
    for token in context.parsed.tokens() {
        if let Err(Misfit { bracket, met }) = stack.take(token) {
            let range = TextRange::empty(token.start());
            return Some(Diagnosis::new(misfit(context, bracket, met, token.start()), range));
        }
    }
    None
}

fn misfit(context: &Context<'_>, bracket: char, met: Option<Open>, at: TextSize) -> String {
    let Some(met) = met else { return format!("unmatched '{bracket}'") };
    let opening = match met.level {
        Level::Bracket(opening) => opening,
        _ => return format!("{}: unmatched '{bracket}'", context.interpolated_kind(at)),
    };
    let (here, there) = (context.line(at), context.line(met.at));
    let place = if here == there { String::new() } else { format!(" on line {there}") };
    format!("closing parenthesis '{bracket}' does not match opening parenthesis '{opening}'{place}")
}

/// The bracket that is open at the end of the source, if it opened in a line before that of an error, or the error is at the end.
pub(super) fn never_closed(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let end = TextSize::of(context.index.text());
    let last = Stack::before(context, end).bracket()?;
    // Behind a comma the parser looks for more, and so meets the end.
    let behind = context.index.text()[at.end().to_usize()..].trim();
    let at_end = at.start().to_usize() >= context.index.text().trim_end().len() || behind == ",";
    if !at_end && context.line(last.at) >= context.line(at.end()) {
        return None;
    }
    let bracket = last.bracket()?;
    Some(Diagnosis::open_ended(format!("'{bracket}' was never closed"), TextRange::empty(last.at)))
}

/// The innermost bracket open at an offset.
pub(super) fn innermost(context: &Context<'_>, offset: TextSize) -> Option<Open> {
    Stack::before(context, offset).bracket()
}

fn closer(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

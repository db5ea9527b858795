//! Malformed number literals.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::diagnose::{Context, Diagnosis};
use crate::error::{SyntaxErr, Warning};
use crate::source::LineIndex;

/// A fault that stands right behind a number: a letter, a digit of a larger base, an underscore.
pub(super) fn trailing(context: &Context<'_>, at: TextRange) -> Option<Diagnosis> {
    let last = context.tokens_before(at.start()).next_back()?;
    let number = matches!(last.kind(), TokenKind::Int | TokenKind::Float | TokenKind::Complex);
    if !number || last.end() != at.start() {
        return None;
    }
    let base = base(context.text(last.range()));
    let next = context.text(at).chars().next().filter(|c| c.is_ascii_alphanumeric() || *c == '_')?;
    let message = match (base, next.to_digit(10)) {
        ("decimal", _) | (_, None) => format!("invalid {base} literal"),
        (base, Some(digit)) => format!("invalid digit '{digit}' in {base} literal"),
    };
    let place = if next.is_ascii_digit() { at.start() } else { last.end() - TextSize::from(1) };
    Some(Diagnosis::new(message, TextRange::empty(place)))
}

/// A number with letters behind it that are no keyword.
pub(super) fn glued(context: &Context<'_>) -> Option<Diagnosis> {
    let is_number = |kind| matches!(kind, TokenKind::Int | TokenKind::Float | TokenKind::Complex);
    let pair = context.parsed.tokens().windows(2).find(|pair| {
        is_number(pair[0].kind()) && pair[0].end() == pair[1].start() && pair[1].kind() == TokenKind::Name
    })?;
    let text = context.text(pair[0].range());
    let kind = if text.ends_with(['j', 'J']) { "imaginary" } else { base(text) };
    if let Some(found) = foreign_digit(context, pair[0].end(), kind) {
        return Some(found);
    }
    // Told at the last character that was taken for the number's.
    let behind = &context.index.text()[pair[0].end().to_usize()..];
    let exponent = behind.get(..2).is_some_and(|two| ["e+", "e-", "E+", "E-"].contains(&two));
    let taken = if exponent { 2 } else { u32::from(behind.starts_with('_')) };
    let last = pair[0].end() + TextSize::from(taken) - TextSize::from(1);
    Some(Diagnosis::new(format!("invalid {kind} literal"), TextRange::empty(last)))
}

/// An error of the lexer about a number.
pub(super) fn lexical(context: &Context<'_>, text: &str, at: TextRange, _line: u32) -> Diagnosis {
    if text == "Invalid decimal integer literal" {
        let message =
            "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
        let zeros = context.text(at).bytes().take_while(|byte| *byte == b'0').count() as u32;
        return Diagnosis::new(message, TextRange::at(at.start(), zeros.max(1).into()));
    }
    let base = base(context.text(at));
    if let Some(found) = foreign_digit(context, at.end(), base) {
        return found;
    }
    if base != "decimal" {
        let last = at.end() - TextSize::from(1);
        return Diagnosis::new(format!("invalid {base} literal"), TextRange::empty(last));
    }
    Diagnosis::new("invalid syntax", at)
}

/// A digit behind a number that its base has not.
fn foreign_digit(context: &Context<'_>, end: TextSize, base: &str) -> Option<Diagnosis> {
    let behind = &context.index.text()[end.to_usize()..];
    let digits = behind.strip_prefix('_').unwrap_or(behind);
    let digit = digits.chars().next().filter(|c| c.is_ascii_digit() && ["binary", "octal"].contains(&base))?;
    let place = end + TextSize::of(behind) - TextSize::of(digits);
    Some(Diagnosis::new(format!("invalid digit '{digit}' in {base} literal"), TextRange::empty(place)))
}

fn base(text: &str) -> &'static str {
    match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => "hexadecimal",
        Some("0o") => "octal",
        Some("0b") => "binary",
        _ => "decimal",
    }
}

/// Warnings about numbers that a keyword follows without a space.
pub(super) fn warnings(tokens: &[Token], index: &LineIndex, filename: &str) -> Vec<Warning> {
    let is_number = |kind| matches!(kind, TokenKind::Int | TokenKind::Float | TokenKind::Complex);
    let glued = tokens
        .windows(2)
        .filter(|pair| is_number(pair[0].kind()) && pair[0].end() == pair[1].start() && pair[1].kind().is_keyword());
    let warning = |pair: &[Token]| {
        let kind = match index.text()[pair[0].range()].as_bytes() {
            [b'0', b'x' | b'X', ..] => "hexadecimal",
            [b'0', b'o' | b'O', ..] => "octal",
            [b'0', b'b' | b'B', ..] => "binary",
            [.., b'j' | b'J'] => "imaginary",
            _ => "decimal",
        };
        let at = TextRange::empty(pair[1].start());
        let error = SyntaxErr::at(index, filename, at, format!("invalid {kind} literal"));
        Warning { error, text: None }
    };
    glued.map(warning).collect()
}

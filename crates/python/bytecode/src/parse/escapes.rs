//! Malformed escapes in string literals.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::diagnose::{Context, Diagnosis};

/// The first malformed escape of the string literal around an error.
pub(super) fn problem(context: &Context<'_>, at: TextRange) -> Diagnosis {
    let pieces = [TokenKind::String, TokenKind::FStringMiddle, TokenKind::TStringMiddle, TokenKind::Unknown];
    let token =
        context.parsed.tokens().iter().find(|t| pieces.contains(&t.kind()) && t.range().contains_inclusive(at.start()));
    let range = token.map_or_else(|| literal_around(context, at.start()), |token| token.range());
    let middle = token.is_some_and(|t| matches!(t.kind(), TokenKind::FStringMiddle | TokenKind::TStringMiddle));
    let text = context.text(range);
    let fault = first_fault(if middle { text } else { unquoted(text) });
    let (from, to, what) = fault.unwrap_or((0, 0, "malformed \\N character escape"));
    let message = format!("(unicode error) 'unicodeescape' codec can't decode bytes in position {from}-{to}: {what}");
    Diagnosis::new(message, range)
}

/// What stands between the quotes of a literal.
fn unquoted(literal: &str) -> &str {
    let body = literal.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let quotes = if body.starts_with("'''") || body.starts_with("\"\"\"") { 3 } else { 1 };
    let body = body.get(quotes..).unwrap_or_default();
    body.len().checked_sub(quotes).and_then(|end| body.get(..end)).unwrap_or(body)
}

/// The literal around an offset on its line, from its quote or prefix to the closing quote.
fn literal_around(context: &Context<'_>, offset: TextSize) -> TextRange {
    let text = context.index.text();
    let offset = offset.to_usize();
    let line = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let quote = text[line..offset].find(['\'', '"']).map_or(offset, |at| line + at);
    let prefix = text[line..quote].chars().rev().take_while(char::is_ascii_alphabetic).count();
    let mark = text[quote..].chars().next().unwrap_or('\'');
    let close = text[quote + 1..].find(mark).map_or(text.len(), |at| quote + 1 + at + 1);
    TextRange::new(TextSize::new((quote - prefix) as u32), TextSize::new(close as u32))
}

/// Where the first malformed escape stands (first and last byte), and what is wrong with it.
fn first_fault(body: &str) -> Option<(usize, usize, &'static str)> {
    let chars: Vec<char> = body.chars().collect();
    // Positions count a character past ASCII as the ten bytes of its escape.
    let width = |c: &char| if c.is_ascii() { 1 } else { 10 };
    let position = |i: usize| chars[..i].iter().map(width).sum::<usize>();
    let mut i = 0;
    while i < chars.len() {
        if chars[i] != '\\' {
            i += 1;
            continue;
        }
        let digits = match chars.get(i + 1) {
            Some('x') => (2, "truncated \\xXX escape"),
            Some('u') => (4, "truncated \\uXXXX escape"),
            Some('U') => (8, "truncated \\UXXXXXXXX escape"),
            Some('N') => {
                if let Some(fault) = name_fault(&chars, i) {
                    return Some((position(i), position(fault.0), fault.1));
                }
                i += 2;
                continue;
            }
            _ => {
                i += 2;
                continue;
            }
        };
        let found = chars[i + 2..].iter().take(digits.0).take_while(|c| c.is_ascii_hexdigit()).count();
        if found < digits.0 {
            return Some((position(i), position(i + 1 + found), digits.1));
        }
        let value =
            chars[i + 2..i + 2 + digits.0].iter().fold(0_u64, |v, c| v * 16 + u64::from(c.to_digit(16).unwrap_or(0)));
        if value > 0x10_ffff {
            return Some((position(i), position(i + 1 + found), "illegal Unicode character"));
        }
        i += 2 + digits.0;
    }
    None
}

/// The last character and the fault of a `\N` escape.
fn name_fault(chars: &[char], i: usize) -> Option<(usize, &'static str)> {
    if chars.get(i + 2) != Some(&'{') {
        return Some((i + 1, "malformed \\N character escape"));
    }
    let Some(len) = chars[i + 3..].iter().position(|c| *c == '}') else {
        return Some((chars.len() - 1, "malformed \\N character escape"));
    };
    let name: String = chars[i + 3..i + 3 + len].iter().collect();
    if name.is_empty() {
        return Some((i + 2, "malformed \\N character escape"));
    }
    unicode_names2::character(&name).is_none().then_some((i + 3 + len, "unknown Unicode character name"))
}

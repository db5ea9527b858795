//! How strings and byte strings show themselves. Pure.

use std::fmt::Write;

use pv_object::{StrBuilder, Text};

use crate::unicode;

/// The quote that needs the least escaping.
fn quote(text: Text<'_>) -> u32 {
    let has = |quote: char| text.iter().any(|c| c == u32::from(quote));
    u32::from(if has('\'') && !has('"') { '"' } else { '\'' })
}

fn escape(c: u32, quote: u32) -> Option<&'static str> {
    Some(match c {
        0x09 => "\\t",
        0x0a => "\\n",
        0x0d => "\\r",
        0x5c => "\\\\",
        0x27 if quote == c => "\\'",
        0x22 if quote == c => "\\\"",
        _ => return None,
    })
}

/// `repr` of a string.
pub fn string(text: Text<'_>) -> StrBuilder {
    let mut out = StrBuilder::with_capacity(text.len() + 2);
    let quote = quote(text);
    out.push(quote);
    for c in text.iter() {
        match escape(c, quote) {
            Some(escaped) => out.push_str(escaped),
            None if unicode::is_printable(c) => out.push(c),
            None => out.push_str(&hex_escape(c)),
        }
    }
    out.push(quote);
    out
}

/// `\x`, `\u` or `\U` and as many digits as that takes.
pub fn hex_escape(c: u32) -> String {
    match c {
        0..0x100 => format!("\\x{c:02x}"),
        0x100..0x10000 => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

/// `repr` of a byte string.
pub fn bytes(data: &[u8]) -> String {
    let quote = quote(Text::One(data));
    let mut out = String::with_capacity(data.len() + 3);
    out.push('b');
    out.push(char::from(quote as u8));
    for c in data {
        match escape(u32::from(*c), quote) {
            Some(escaped) => out.push_str(escaped),
            None if matches!(c, 0x20..=0x7e) => out.push(char::from(*c)),
            None => {
                let written = write!(out, "\\x{c:02x}");
                debug_assert!(written.is_ok(), "writing to a string cannot fail");
            }
        }
    }
    out.push(char::from(quote as u8));
    out
}

//! Values of literals: strings with lone surrogates, integers past 64 bits.
//!
//! The parser decodes strings but turns lone surrogates into U+FFFD; a literal whose decoded
//! value holds that character is decoded again here, from the source.

use ruff_python_ast::StringLiteral;
use ruff_text_size::{Ranged, TextRange};

use crate::error::{Res, fault};
use crate::source::LineIndex;

/// Most decimal digits of an int literal.
const MAX_DECIMAL_DIGITS: usize = 4300;

/// Appends the code points of one string literal (a part of a concatenation).
pub(crate) fn string_points(index: &LineIndex, part: &StringLiteral, points: &mut Vec<u32>) -> Res {
    let value = part.as_str();
    let text = &index.text()[part.range()];
    if let Some(written) = index.written(part.range().start()) {
        points.extend(written);
        return Ok(());
    }
    if !value.contains('\u{fffd}') || !text.contains('\\') {
        points.extend(value.chars().map(u32::from));
        return Ok(());
    }
    let body = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let quotes = if body.starts_with("\"\"\"") || body.starts_with("'''") { 3 } else { 1 };
    decode_escapes(&body[quotes..body.len() - quotes], part.range(), false, points)
}

/// Appends the code points of a literal piece of an f-string or t-string.
pub(crate) fn piece_points(index: &LineIndex, value: &str, range: TextRange, points: &mut Vec<u32>) -> Res {
    let text = &index.text()[range];
    if let Some(written) = index.written(range.start()) {
        points.extend(written);
        return Ok(());
    }
    if !value.contains('\u{fffd}') || !text.contains('\\') {
        points.extend(value.chars().map(u32::from));
        return Ok(());
    }
    decode_escapes(text, range, true, points)
}

/// Decodes a string's body. `braces`: doubled braces stand for single ones.
fn decode_escapes(body: &str, range: TextRange, braces: bool, points: &mut Vec<u32>) -> Res {
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => escape(&mut chars, range, points)?,
            '\r' => {
                chars.next_if_eq(&'\n');
                points.push('\n'.into());
            }
            '{' | '}' if braces => {
                chars.next_if_eq(&c);
                points.push(c.into());
            }
            c => points.push(c.into()),
        }
    }
    Ok(())
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn escape(chars: &mut Chars<'_>, range: TextRange, points: &mut Vec<u32>) -> Res {
    let Some(c) = chars.next() else { return Ok(()) };
    let point = match c {
        '\n' => return Ok(()),
        '\r' => {
            chars.next_if_eq(&'\n');
            return Ok(());
        }
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        '\\' | '\'' | '"' => c.into(),
        '0'..='7' => octal(c, chars),
        'x' => hex(chars, 2, range, "\\xXX")?,
        'u' => hex(chars, 4, range, "\\uXXXX")?,
        'U' => hex(chars, 8, range, "\\UXXXXXXXX")?,
        'N' => named(chars, range)?,
        c => {
            points.push('\\'.into());
            c.into()
        }
    };
    points.push(point);
    Ok(())
}

fn octal(first: char, chars: &mut Chars<'_>) -> u32 {
    let mut value = first.to_digit(8).unwrap_or(0);
    for _ in 0..2 {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) else { break };
        chars.next();
        value = value * 8 + digit;
    }
    value
}

fn hex(chars: &mut Chars<'_>, digits: u32, range: TextRange, form: &str) -> Res<u32> {
    let mut value = 0;
    for _ in 0..digits {
        let Some(digit) = chars.next().and_then(|c| c.to_digit(16)) else {
            return fault(
                range,
                format!("(unicode error) 'unicodeescape' codec can't decode bytes: truncated {form} escape"),
            );
        };
        value = value * 16 + digit;
    }
    if value > 0x10_ffff {
        return fault(range, "(unicode error) 'unicodeescape' codec can't decode bytes: illegal Unicode character");
    }
    Ok(value)
}

fn named(chars: &mut Chars<'_>, range: TextRange) -> Res<u32> {
    let unknown = "(unicode error) 'unicodeescape' codec can't decode bytes: unknown Unicode character name";
    if chars.next() != Some('{') {
        return fault(
            range,
            "(unicode error) 'unicodeescape' codec can't decode bytes: malformed \\N character escape",
        );
    }
    let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
    unicode_names2::character(&name).map_or_else(|| fault(range, unknown), |c| Ok(c.into()))
}

/// The hexadecimal digits of an int literal's text (with its base prefix, without underscores).
pub(crate) fn hex_digits(text: &str) -> Result<String, String> {
    let text: String = text.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let digits = match text.get(..2) {
        Some("0x") => text[2..].to_string(),
        Some("0o") => pack(&text[2..], 3),
        Some("0b") => pack(&text[2..], 1),
        _ => decimal(&text)?,
    };
    Ok(digits.trim_start_matches('0').to_string())
}

/// Digits of `bits` bits each to hexadecimal digits.
fn pack(digits: &str, bits: usize) -> String {
    let mut binary: Vec<u8> = Vec::new();
    for digit in digits.bytes() {
        binary.extend((0..bits).rev().map(|bit| (digit - b'0') >> bit & 1));
    }
    let lead = (4 - binary.len() % 4) % 4;
    let padded: Vec<u8> = std::iter::repeat_n(0, lead).chain(binary).collect();
    let nibble = |bits: &[u8]| bits.iter().fold(0, |value, bit| value * 2 + u32::from(*bit));
    padded.chunks(4).filter_map(|bits| char::from_digit(nibble(bits), 16)).collect()
}

fn decimal(text: &str) -> Result<String, String> {
    if text.len() > MAX_DECIMAL_DIGITS {
        return Err(format!(
            "Exceeds the limit ({MAX_DECIMAL_DIGITS} digits) for integer string conversion: value has {} digits; \
             use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer \
             literals to avoid decimal conversion limits.",
            text.len()
        ));
    }
    let mut limbs: Vec<u32> = Vec::new();
    for digit in text.chars().filter_map(|c| c.to_digit(10)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = u64::from(*limb) * 10 + carry;
            *limb = value as u32;
            carry = value >> 32;
        }
        if carry > 0 {
            limbs.push(carry as u32);
        }
    }
    Ok(limbs.iter().rev().map(|limb| format!("{limb:08x}")).collect())
}

#[cfg(test)]
mod tests;

//! Numbers read from text, as the constructors of int, float and complex read them.
//!
//! Input is ASCII: [`ascii_number`] turns a string into it first. Underscores may stand between two digits (and behind a
//! prefix such as `0x`).

use pv_object::{BigInt, Text};

use crate::unicode;

/// Digits of a string that int() converts at most unless the program says otherwise, outside the radices that are powers of two.
pub const DIGIT_LIMIT: usize = 4300;

/// What an integer's text turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntText {
    /// It fits 64 bits.
    Small(i64),
    /// It does not.
    Big(BigInt),
    /// It is no integer in that base.
    Invalid,
    /// It has this many digits, more than the limit.
    TooLong(usize),
}

/// The text without surrounding whitespace, with all decimal digits and whitespace turned into ASCII ones; other code points beyond
/// ASCII become question marks, which no number contains.
pub fn ascii_number(text: Text<'_>) -> String {
    let convert = |c: u32| match c {
        0..=127 if unicode::is_space(c) => ' ',
        0..=127 => char::from(c as u8),
        _ if unicode::is_space(c) => ' ',
        _ => unicode::decimal(c).and_then(|digit| char::from_digit(digit, 10)).unwrap_or('?'),
    };
    let text: String = text.iter().map(convert).collect();
    text.trim_matches(' ').to_string()
}

/// Reads an integer; `base` is 0 or 2 to 36. `limit` is the greatest number of digits (0: none).
pub fn int(text: &str, base: u32, limit: usize) -> IntText {
    let (negative, body) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let Some((radix, digits)) = radix_of(body, base) else { return IntText::Invalid };
    if base == 0 && radix == 10 && digits.starts_with('0') && digits.bytes().any(|c| c != b'0' && c != b'_') {
        return IntText::Invalid;
    }
    if digits.len() < 18 && radix == 10 && !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) {
        let value = digits.bytes().fold(0_i64, |value, c| value * 10 + i64::from(c - b'0'));
        return IntText::Small(if negative { -value } else { value });
    }
    if radix == 10 && limit > 0 && digits.len() > limit && digits.bytes().all(|c| c.is_ascii_digit()) {
        // However long the text, what is refused costs a look at it.
        let count = digits.trim_start_matches('0').len();
        if count > limit {
            return IntText::TooLong(count);
        }
    }
    let Some(plain) = without_underscores(digits, |c| (c as char).is_digit(radix)) else { return IntText::Invalid };
    let plain = plain.trim_start_matches('0');
    if limit > 0 && plain.len() > limit && !radix.is_power_of_two() {
        return IntText::TooLong(plain.len());
    }
    finish_int(plain, radix, negative)
}

fn finish_int(digits: &str, radix: u32, negative: bool) -> IntText {
    if digits.is_empty() {
        return IntText::Small(0);
    }
    let sign = if negative { "-" } else { "" };
    match BigInt::parse(&format!("{sign}{digits}"), radix) {
        Some(value) => value.to_i64().map_or(IntText::Big(value), IntText::Small),
        None => IntText::Invalid,
    }
}

/// The radix and the digits behind a prefix.
fn radix_of(body: &str, base: u32) -> Option<(u32, &str)> {
    let radix = match body.as_bytes() {
        [b'0', b'x' | b'X', ..] if base == 0 || base == 16 => 16,
        [b'0', b'o' | b'O', ..] if base == 0 || base == 8 => 8,
        [b'0', b'b' | b'B', ..] if base == 0 || base == 2 => 2,
        _ => return Some((if base == 0 { 10 } else { base }, body)),
    };
    let digits = &body[2..];
    // One underscore may follow the prefix.
    Some((radix, digits.strip_prefix('_').unwrap_or(digits)))
}

/// The text without its underscores, when each stands between two digits and everything else is a digit.
fn without_underscores(text: &str, is_digit: impl Fn(u8) -> bool) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut after_digit = false;
    for c in text.bytes() {
        match c {
            b'_' if after_digit => after_digit = false,
            c if is_digit(c) => {
                out.push(char::from(c));
                after_digit = true;
            }
            _ => return None,
        }
    }
    after_digit.then_some(out)
}

/// Reads a float: all of the text, which has no surrounding whitespace.
pub fn float(text: &str) -> Option<f64> {
    let (value, rest) = float_prefix(text)?;
    rest.is_empty().then_some(value)
}

/// Reads a float at the beginning of the text; the value and the rest.
pub fn float_prefix(text: &str) -> Option<(f64, &str)> {
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let special = ["infinity", "inf", "nan"]
        .into_iter()
        .find(|word| text.get(sign..sign + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word)));
    if let Some(word) = special {
        let value = if word == "nan" { f64::NAN } else { f64::INFINITY };
        let signed = if text.starts_with('-') { -value } else { value };
        return Some((signed, &text[sign + word.len()..]));
    }
    let whole = digits_end(bytes, sign);
    let mut end = whole;
    let mut fraction = end;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits_end(bytes, end + 1);
        end = fraction;
        fraction -= whole + 1;
    } else {
        fraction -= whole;
    }
    if whole == sign && fraction == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let start = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let stop = digits_end(bytes, start);
        if stop > start {
            end = stop;
        }
    }
    let plain: String = text[..end].chars().filter(|c| *c != '_').collect();
    Some((plain.parse().ok()?, &text[end..]))
}

/// Where a run of digits, with single underscores between them, ends.
fn digits_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    loop {
        match bytes.get(at) {
            Some(c) if c.is_ascii_digit() => at += 1,
            Some(b'_') if at > start && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => at += 1,
            _ => return at,
        }
    }
}

/// Reads a complex number: `1`, `2j`, `1+2j`, in brackets or not, without surrounding whitespace.
pub fn complex(text: &str) -> Option<(f64, f64)> {
    let text = match text.strip_prefix('(') {
        Some(inner) => inner.strip_suffix(')')?.trim_matches(' '),
        None => text,
    };
    let is_unit = |text: &str| matches!(text, "j" | "J");
    if let Some((first, rest)) = float_prefix(text) {
        if rest.is_empty() {
            return Some((first, 0.0));
        }
        if is_unit(rest) {
            return Some((0.0, first));
        }
        return imaginary(rest).map(|imag| (first, imag));
    }
    // No digits: a bare unit.
    imaginary(text).or_else(|| is_unit(text).then_some(1.0)).map(|imag| (0.0, imag))
}

/// A signed imaginary part, its digits optional.
fn imaginary(text: &str) -> Option<f64> {
    let number = text.strip_suffix(['j', 'J'])?;
    match number {
        "+" => Some(1.0),
        "-" => Some(-1.0),
        _ if number.starts_with(['+', '-']) => float(number),
        _ => None,
    }
}

/// A hexadecimal float's value, or why there is none.
pub fn float_hex(text: &str) -> Result<f64, HexError> {
    let (negative, body) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let value = match body.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        lower => hex_magnitude(lower)?,
    };
    Ok(if negative { -value } else { value })
}

/// Why a hexadecimal float has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// It is no such text.
    Invalid,
    /// It is too large.
    TooLarge,
}

fn hex_magnitude(text: &str) -> Result<f64, HexError> {
    let text = text.strip_prefix("0x").unwrap_or(text);
    let (digits, exponent) = match text.split_once('p') {
        Some((digits, exponent)) => (digits, hex_exponent(exponent).ok_or(HexError::Invalid)?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|c| c.is_ascii_hexdigit()) {
        return Err(HexError::Invalid);
    }
    let value = BigInt::parse(&all, 16).ok_or(HexError::Invalid)?;
    scale(&value, exponent.saturating_sub(4 * fraction.len() as i64)).ok_or(HexError::TooLarge)
}

fn hex_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.parse::<i64>().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// `value * 2^exponent`, rounded once.
fn scale(value: &BigInt, exponent: i64) -> Option<f64> {
    if value.is_zero() {
        return Some(0.0);
    }
    let top = exponent.saturating_add(value.bit_length() as i64);
    match (top, exponent) {
        (1100.., _) => None,
        (..=-1100, _) => Some(0.0),
        (_, 0..) => value.shl(exponent as usize).to_f64(),
        _ => value.true_div(&BigInt::ONE.shl(exponent.unsigned_abs() as usize)),
    }
}

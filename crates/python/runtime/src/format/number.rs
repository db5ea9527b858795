//! Laying out numbers: sign, prefix, grouping, padding.

use pv_object::StrBuilder;

use super::spec::{Align, Sign, Spec};

/// The pieces of a number's text, all ASCII.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pieces<'a> {
    /// Below zero?
    pub negative: bool,
    /// `0x` and the like.
    pub prefix: &'a str,
    /// Digits before the point; empty for `inf` and `nan`.
    pub whole: &'a str,
    /// Digits behind the point, if there is a point.
    pub fraction: Option<&'a str>,
    /// What follows the digits: an exponent, a percent sign, `nan`.
    pub tail: &'a str,
}

impl<'a> Pieces<'a> {
    /// Splits the text of a float.
    pub fn of_float(text: &'a str) -> Pieces<'a> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, rest) = split_digits(text);
        let (fraction, tail) = match rest.strip_prefix('.') {
            Some(rest) => {
                let (fraction, tail) = split_digits(rest);
                (Some(fraction), tail)
            }
            None => (None, rest),
        };
        Pieces { negative, prefix: "", whole, fraction, tail }
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|c| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Writes a number as the specification wants it.
pub fn write(out: &mut StrBuilder, spec: &Spec, pieces: &Pieces<'_>) {
    let sign = match (pieces.negative, spec.sign) {
        (true, _) => "-",
        (false, Some(Sign::Plus)) => "+",
        (false, Some(Sign::Space)) => " ",
        (false, _) => "",
    };
    let fraction = pieces.fraction.map(|digits| group_fraction(digits, spec.fraction_grouping));
    let fraction_len = fraction.as_ref().map_or(0, |f| f.len() + 1);
    let others = sign.len() + pieces.prefix.len() + fraction_len + pieces.tail.len();
    let zero_filled = spec.fill == u32::from('0') && spec.align == Align::AfterSign;
    let least = if zero_filled { spec.width.saturating_sub(others) } else { 0 };
    let whole = match pieces.whole {
        "" => String::new(),
        digits => group(digits, spec.grouping, group_size(spec), least),
    };
    let padding = spec.width.saturating_sub(others + whole.len());
    let (left, inner, right) = match spec.align {
        Align::AfterSign => (0, padding, 0),
        _ => {
            let (left, right) = spec.padding(others + whole.len());
            (left, 0, right)
        }
    };
    fill(out, spec.fill, left);
    out.push_str(sign);
    out.push_str(pieces.prefix);
    fill(out, spec.fill, inner);
    out.push_str(&whole);
    if let Some(fraction) = fraction {
        out.push_str(".");
        out.push_str(&fraction);
    }
    out.push_str(pieces.tail);
    fill(out, spec.fill, right);
}

/// Binary, octal and hexadecimal digits are grouped by four, others by three.
fn group_size(spec: &Spec) -> usize {
    if matches!(spec.kind(), Some('b' | 'o' | 'x' | 'X')) { 4 } else { 3 }
}

/// Adds a code point several times.
pub fn fill(out: &mut StrBuilder, point: u32, count: usize) {
    for _ in 0..count {
        out.push(point);
    }
}

/// Groups digits from the right, with zeros in front until there are `least` characters.
pub fn group(digits: &str, separator: Option<char>, size: usize, least: usize) -> String {
    let Some(separator) = separator else {
        return "0".repeat(least.saturating_sub(digits.len())) + digits;
    };
    let mut reversed = Vec::with_capacity(digits.len() * 4 / 3 + least);
    let (mut rest, mut least) = (digits.as_bytes(), least as isize);
    loop {
        let wanted = (rest.len() as isize).max(least).max(1);
        let length = wanted.min(size as isize) as usize;
        let (before, group) = rest.split_at(rest.len().saturating_sub(length));
        reversed.extend(group.iter().rev());
        reversed.extend(std::iter::repeat_n(b'0', length - group.len()));
        (rest, least) = (before, least - length as isize);
        if rest.is_empty() && least <= 0 {
            break;
        }
        least -= 1;
        reversed.push(separator as u8);
    }
    reversed.iter().rev().map(|c| char::from(*c)).collect()
}

/// Groups digits from the left by three.
fn group_fraction(digits: &str, separator: Option<char>) -> String {
    let Some(separator) = separator else { return digits.to_string() };
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == 0 {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

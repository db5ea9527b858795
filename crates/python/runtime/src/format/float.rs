//! Floats as text: the shortest text that reads back, and a given number of digits.
//!
//! Digits come from Rust's formatting of doubles, which is exact and rounds ties to even; the layout is Python's.

use std::fmt::Write;

/// How a float is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `e`: one digit before the point, an exponent.
    Exponent,
    /// `f`: no exponent.
    Fixed,
    /// `g`: whichever of the two suits the magnitude; trailing zeros are cut.
    General,
    /// As `General`, but with a digit behind the point: the default with a precision.
    GeneralPoint,
    /// The shortest text that reads back as the same float, without a forced point.
    Shortest,
    /// As `Shortest`, with a point: `repr`.
    Repr,
}

/// A double has no more decimal digits than this.
const MOST_DIGITS: usize = 1100;

/// The text that `repr` gives.
pub fn repr(value: f64) -> String {
    format(value, Style::Repr, 0, false)
}

/// The text of a float. `alternate` keeps the point and trailing zeros.
pub fn format(value: f64, style: Style, precision: usize, alternate: bool) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.into();
    }
    match style {
        Style::Fixed => fixed(value, precision, alternate),
        Style::Exponent => {
            let (negative, digits, exponent) = exact_digits(value, precision);
            let mut out = String::from(if negative { "-" } else { "" });
            push_exponent_form(&mut out, &digits, exponent, alternate);
            out
        }
        Style::General | Style::GeneralPoint => general(value, precision.max(1), style, alternate),
        Style::Shortest | Style::Repr => shortest(value, style == Style::Repr, alternate),
    }
}

fn fixed(value: f64, precision: usize, alternate: bool) -> String {
    let shown = precision.min(MOST_DIGITS);
    let mut out = format!("{value:.shown$}");
    if precision == 0 && alternate {
        out.push('.');
    }
    out.extend(std::iter::repeat_n('0', precision - shown));
    out
}

/// Sign, `precision + 1` correctly rounded digits, exponent of the first digit.
fn exact_digits(value: f64, precision: usize) -> (bool, String, i32) {
    let shown = precision.min(MOST_DIGITS);
    let (negative, mut digits, exponent) = split(&format!("{value:.shown$e}"));
    digits.extend(std::iter::repeat_n('0', precision - shown));
    (negative, digits, exponent)
}

/// Sign, digits and exponent of Rust's exponent form.
fn split(text: &str) -> (bool, String, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let negative = mantissa.starts_with('-');
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
    (negative, digits, exponent.parse().unwrap_or(0))
}

fn general(value: f64, precision: usize, style: Style, alternate: bool) -> String {
    let (negative, mut digits, exponent) = exact_digits(value, precision - 1);
    if !alternate {
        digits.truncate(digits.trim_end_matches('0').len().max(1));
    }
    let point = style == Style::GeneralPoint;
    let limit = precision as i64 - i64::from(point);
    layout(negative, &digits, exponent, limit, point, alternate)
}

fn shortest(value: f64, point: bool, alternate: bool) -> String {
    let (negative, mut digits, exponent) = split(&format!("{value:e}"));
    // Of two shortest texts equally near Rust gives the larger, Python the even one; so near only long ones are.
    if digits.len() >= 16 {
        let even = format!("{value:.*e}", digits.len() - 1);
        if even.parse() == Ok(value) {
            digits = split(&even).1;
        }
    }
    layout(negative, &digits, exponent, 16, point, alternate)
}

/// Fixed notation for exponents from -4 to below `limit`, exponent notation for others.
fn layout(negative: bool, digits: &str, exponent: i32, limit: i64, point: bool, alternate: bool) -> String {
    let mut out = String::with_capacity(digits.len() + 8);
    if negative {
        out.push('-');
    }
    if exponent < -4 || i64::from(exponent) >= limit {
        push_exponent_form(&mut out, digits, exponent, alternate);
        return out;
    }
    let lead = exponent + 1;
    if lead <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', lead.unsigned_abs() as usize));
        out.push_str(digits);
        return out;
    }
    let lead = lead as usize;
    if digits.len() > lead {
        out.push_str(&digits[..lead]);
        out.push('.');
        out.push_str(&digits[lead..]);
        return out;
    }
    out.push_str(digits);
    out.extend(std::iter::repeat_n('0', lead - digits.len()));
    if point {
        out.push_str(".0");
    } else if alternate {
        out.push('.');
    }
    out
}

fn push_exponent_form(out: &mut String, digits: &str, exponent: i32, alternate: bool) {
    out.push_str(&digits[..1]);
    if digits.len() > 1 || alternate {
        out.push('.');
        out.push_str(&digits[1..]);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    let written = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// The text that `float.hex` gives.
pub fn hex(value: f64) -> String {
    if !value.is_finite() {
        return repr(value);
    }
    let bits = value.to_bits();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let (exponent, mantissa) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    match (exponent, mantissa) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{mantissa:013x}p-1022"),
        _ => format!("{sign}0x1.{mantissa:013x}p{:+}", exponent - 1023),
    }
}

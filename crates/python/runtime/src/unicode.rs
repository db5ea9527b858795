//! Properties and case mappings of code points: the one place that knows the crate with the data.
//!
//! Code points are numbers because strings may hold lone surrogates, which have no properties. The tables are those of
//! Unicode 16, as the reference has them.

use rustpython_unicode::{Ucd, case, classify};

fn test(c: u32, f: fn(char) -> bool) -> bool {
    char::from_u32(c).is_some_and(f)
}

/// Whitespace, as `str.isspace` and `str.split` have it.
#[inline]
pub fn is_space(c: u32) -> bool {
    match c {
        0..=127 => matches!(c, 0x09..=0x0d | 0x1c..=0x20),
        _ => matches!(c, 0x85 | 0xa0 | 0x1680 | 0x2000..=0x200a | 0x2028 | 0x2029 | 0x202f | 0x205f | 0x3000),
    }
}

/// Ends a line, as `str.splitlines` has it.
#[inline]
pub fn is_line_break(c: u32) -> bool {
    matches!(c, 0x0a..=0x0d | 0x1c..=0x1e | 0x85 | 0x2028 | 0x2029)
}

/// The value of a decimal digit.
#[inline]
pub fn decimal(c: u32) -> Option<u32> {
    match c {
        0..=127 => char::from(c as u8).to_digit(10),
        _ => Ucd::new(true).decimal(char::from_u32(c)?.into()).map(|value| value as u32),
    }
}

/// `str.isdecimal` of one code point.
pub fn is_decimal(c: u32) -> bool {
    test(c, classify::is_decimal)
}

/// `str.isdigit` of one code point.
pub fn is_digit(c: u32) -> bool {
    test(c, classify::is_digit)
}

/// `str.isnumeric` of one code point.
pub fn is_numeric(c: u32) -> bool {
    test(c, classify::is_numeric)
}

/// `str.isalpha` of one code point.
pub fn is_alpha(c: u32) -> bool {
    test(c, classify::is_alpha)
}

/// `str.isalnum` of one code point.
pub fn is_alnum(c: u32) -> bool {
    match c {
        0..=127 => (c as u8).is_ascii_alphanumeric(),
        _ => is_alpha(c) || is_decimal(c) || is_digit(c) || is_numeric(c),
    }
}

/// Shown as it is by `repr`.
#[inline]
pub fn is_printable(c: u32) -> bool {
    match c {
        0..=127 => matches!(c, 0x20..=0x7e),
        _ => test(c, classify::is_printable),
    }
}

/// Lower case, as `str.islower` has it.
pub fn is_lower(c: u32) -> bool {
    test(c, case::is_lowercase)
}

/// Upper case, as `str.isupper` has it.
pub fn is_upper(c: u32) -> bool {
    test(c, case::is_uppercase)
}

/// A titlecase letter.
pub fn is_title(c: u32) -> bool {
    test(c, case::is_titlecase)
}

/// Has case.
pub fn is_cased(c: u32) -> bool {
    test(c, case::is_cased)
}

/// Does not interrupt a word, for the rule of the final sigma.
pub fn is_case_ignorable(c: u32) -> bool {
    test(c, case::is_case_ignorable)
}

/// Begins an identifier.
pub fn is_identifier_start(c: u32) -> bool {
    c == u32::from('_') || test(c, rustpython_unicode::identifier::is_xid_start)
}

/// Continues an identifier.
pub fn is_identifier_part(c: u32) -> bool {
    test(c, rustpython_unicode::identifier::is_xid_continue)
}

/// The full upper-case mapping of one code point.
pub fn to_upper(c: u32, out: &mut impl FnMut(u32)) {
    match char::from_u32(c) {
        Some(character) => character.to_uppercase().for_each(|c| out(u32::from(c))),
        None => out(c),
    }
}

/// The full lower-case mapping of one code point, without context.
pub fn to_lower(c: u32, out: &mut impl FnMut(u32)) {
    match char::from_u32(c) {
        Some(character) => character.to_lowercase().for_each(|c| out(u32::from(c))),
        None => out(c),
    }
}

/// The full title-case mapping of one code point.
pub fn to_title(c: u32, out: &mut impl FnMut(u32)) {
    match char::from_u32(c) {
        Some(character) => {
            let mut buffer = [0; 4];
            let mapped = case::title_str(character.encode_utf8(&mut buffer));
            mapped.chars().for_each(|c| out(u32::from(c)));
        }
        None => out(c),
    }
}

/// The full case folding of one code point.
pub fn fold(c: u32, out: &mut impl FnMut(u32)) {
    match char::from_u32(c) {
        Some(character) => {
            let mut buffer = [0; 4];
            let mapped = case::casefold_str(character.encode_utf8(&mut buffer));
            mapped.chars().for_each(|c| out(u32::from(c)));
        }
        None => out(c),
    }
}

/// The code point with this name, as in `\N{…}`.
pub fn lookup(name: &str) -> Option<u32> {
    rustpython_unicode::lookup_character(name).map(u32::from)
}

/// The name of a code point.
pub fn name(c: u32) -> Option<String> {
    char::from_u32(c).and_then(rustpython_unicode::character_name)
}

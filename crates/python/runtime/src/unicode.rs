//! Properties and case mappings of code points: the one place that knows the crate with the data.
//!
//! Code points are numbers because strings may hold lone surrogates, which have no properties.
//! Invariant: the answers are those of Unicode 16, as the reference has them. The crates' tables are of a later version; the
//! differences are listed here: code points [`NEWER`] than that count as unassigned, and so does a mapping to one.

pub mod database;

use rustpython_unicode::{Ucd, case, classify};

/// Ranges, first and last, that hold what was assigned after Unicode 16 (and what is not assigned at all).
#[rustfmt::skip]
const NEWER: &[(u32, u32)] = &[
    (0x558, 0x558), (0x58b, 0x58c), (0x5c8, 0x5c9), (0x88f, 0x88f), (0xb53, 0xb54), (0xc5c, 0xc5c), (0xcdc, 0xcdc),
    (0x1acf, 0x1af0), (0x208f, 0x208f), (0x209d, 0x209f), (0x20c1, 0x20c4), (0x2b96, 0x2b96), (0x2e60, 0x2e63),
    (0xa7ce, 0xa7cf), (0xa7d2, 0xa7d2), (0xa7d4, 0xa7d4), (0xa7dd, 0xa7f1), (0xab6c, 0xab6d), (0xfbc3, 0xfbd2),
    (0xfd90, 0xfd91), (0xfdc8, 0xfdce), (0x107bb, 0x107bf), (0x10940, 0x10959), (0x10ec5, 0x10efb),
    (0x11b0a, 0x11b67), (0x11db0, 0x11df1), (0x1246f, 0x1246f), (0x12475, 0x1247f), (0x12550, 0x12686),
    (0x16ea0, 0x16ed3), (0x16ff2, 0x16ff6), (0x187f8, 0x187ff), (0x18cd6, 0x18cda), (0x18d09, 0x191d2),
    (0x1b123, 0x1b128), (0x1b168, 0x1b168), (0x1ccfa, 0x1ccfc), (0x1ceba, 0x1cefd), (0x1d127, 0x1d128),
    (0x1d1eb, 0x1d1ff), (0x1d250, 0x1d281), (0x1d6a6, 0x1d6a6), (0x1db00, 0x1db1c), (0x1df1f, 0x1df24),
    (0x1df2b, 0x1dfff), (0x1e6c0, 0x1e6ff), (0x1f1ae, 0x1f1ae), (0x1f6d8, 0x1f6d9), (0x1f777, 0x1f77a),
    (0x1f7da, 0x1f7db), (0x1f7f1, 0x1f7ff), (0x1f8d0, 0x1f8d8), (0x1fa54, 0x1fa57), (0x1fa8a, 0x1fa8e),
    (0x1fac8, 0x1facd), (0x1fadd, 0x1fadd), (0x1faea, 0x1faef), (0x1faf9, 0x1fafa), (0x1fbfa, 0x1fbfa),
    (0x2b73a, 0x2b73f), (0x2b81e, 0x2b81e), (0x2cea2, 0x2cead), (0x323b0, 0x3fc3f),
];

/// Cuneiform signs whose numeric values came or went after Unicode 16.
const NUMERIC_CHANGED: &[u32] = &[0x12038, 0x12039, 0x12079, 0x12226, 0x1222b, 0x1230b, 0x1230d, 0x12399];

/// Assigned after Unicode 16?
fn is_newer(c: u32) -> bool {
    let after = NEWER.partition_point(|(first, _)| *first <= c);
    after > 0 && c <= NEWER[after - 1].1
}

fn test(c: u32, f: fn(char) -> bool) -> bool {
    char::from_u32(c).is_some_and(f) && (c < 128 || !is_newer(c))
}

/// Passes a mapping's result on, or the code point itself where Unicode 16 had no such mapping.
fn map(c: u32, mapped: impl Iterator<Item = char> + Clone, out: &mut impl FnMut(u32)) {
    if c >= 128 && (is_newer(c) || mapped.clone().any(|c| is_newer(u32::from(c)))) {
        return out(c);
    }
    mapped.for_each(|c| out(u32::from(c)));
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
        _ if is_newer(c) => None,
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
    test(c, classify::is_numeric) != NUMERIC_CHANGED.contains(&c)
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
    // U+0295 lost the property after Unicode 16.
    c == 0x295 || test(c, case::is_lowercase)
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
        Some(character) => map(c, character.to_uppercase(), out),
        None => out(c),
    }
}

/// The full lower-case mapping of one code point, without context.
pub fn to_lower(c: u32, out: &mut impl FnMut(u32)) {
    match char::from_u32(c) {
        Some(character) => map(c, character.to_lowercase(), out),
        None => out(c),
    }
}

/// The full title-case mapping of one code point.
pub fn to_title(c: u32, out: &mut impl FnMut(u32)) {
    match char::from_u32(c) {
        Some(character) => {
            let mut buffer = [0; 4];
            let mapped = case::title_str(character.encode_utf8(&mut buffer));
            map(c, mapped.chars(), out);
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
            map(c, mapped.chars(), out);
        }
        None => out(c),
    }
}

/// The code point with this name, as in `\N{…}`.
pub fn lookup(name: &str) -> Option<u32> {
    rustpython_unicode::lookup_character(name).map(u32::from).filter(|c| !is_newer(*c))
}

/// The name of a code point.
pub fn name(c: u32) -> Option<String> {
    char::from_u32(c).filter(|_| !is_newer(c)).and_then(rustpython_unicode::character_name)
}

#[cfg(test)]
mod tests;

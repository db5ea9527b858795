//! What the module `unicodedata` tells of code points: names, categories, numbers, decompositions.

use rustpython_unicode::data::{LookupResult, Ucd, character_name, lookup_name};
use rustpython_unicode::normalize::{self, NormalizeForm};
use rustpython_wtf8::{CodePoint, Wtf8};

use super::is_newer;

/// The version of the data.
pub const VERSION: &str = "16.0.0";

const UCD: Ucd = Ucd::new(true);

/// The code point, if it was assigned in Unicode 16.
fn known(c: u32) -> Option<CodePoint> {
    CodePoint::from_u32(c).filter(|_| !is_newer(c))
}

/// A code point's name.
pub fn name(c: u32) -> Option<String> {
    known(c).and_then(CodePoint::to_char).and_then(character_name)
}

/// The text of this name: a character, or a named sequence.
pub fn lookup(name: &str) -> Option<String> {
    match lookup_name(name)? {
        LookupResult::Character(c) => (!is_newer(u32::from(c))).then(|| c.to_string()),
        LookupResult::Sequence(text) => Some(text.to_owned()),
    }
}

/// The general category.
pub fn category(c: u32) -> &'static str {
    known(c).map_or("Cn", |c| UCD.category(c))
}

/// The bidirectional class.
pub fn bidirectional(c: u32) -> &'static str {
    known(c).map_or("", |c| UCD.bidirectional(c))
}

/// The canonical combining class.
pub fn combining(c: u32) -> u8 {
    known(c).map_or(0, |c| UCD.combining(c))
}

/// The East Asian width.
pub fn east_asian_width(c: u32) -> &'static str {
    known(c).map_or("N", |c| UCD.east_asian_width(c))
}

/// Mirrored in bidirectional text?
pub fn mirrored(c: u32) -> bool {
    known(c).is_some_and(|c| UCD.mirrored(c) != 0)
}

/// The decomposition, as the database writes it.
pub fn decomposition(c: u32) -> String {
    known(c).map_or_else(String::new, |c| UCD.decomposition(c))
}

/// The value as a decimal digit.
pub fn decimal(c: u32) -> Option<u64> {
    known(c).and_then(|c| UCD.decimal(c))
}

/// The value as a digit.
pub fn digit(c: u32) -> Option<u64> {
    known(c).and_then(|c| UCD.digit(c))
}

/// The value as a number.
pub fn numeric(c: u32) -> Option<f64> {
    known(c).and_then(|c| UCD.numeric(c))
}

/// The text in the normal form of this name; `None` if there is no such form.
pub fn normalize(form: &str, text: &Wtf8) -> Option<Vec<u32>> {
    let form: NormalizeForm = form.parse().ok()?;
    Some(normalize::normalize(form, text).code_points().map(CodePoint::to_u32).collect())
}

/// Is the text in the normal form of this name? `None` if there is no such form.
pub fn is_normalized(form: &str, text: &Wtf8) -> Option<bool> {
    let form: NormalizeForm = form.parse().ok()?;
    Some(normalize::is_normalized(form, text))
}

//! Case of text: mappings and predicates. Pure, over code points.

use pv_object::{StrBuilder, Text};

use crate::unicode;

const CAPITAL_SIGMA: u32 = 0x3a3;
const SMALL_SIGMA: u32 = 0x3c3;
const FINAL_SIGMA: u32 = 0x3c2;

/// Maps each code point by itself.
fn map(text: Text<'_>, mut f: impl FnMut(u32, &mut dyn FnMut(u32))) -> StrBuilder {
    let mut out = StrBuilder::with_capacity(text.len());
    text.iter().for_each(|c| f(c, &mut |c| out.push(c)));
    out
}

/// ASCII text mapped bytewise; `None` for other text.
fn map_ascii(text: Text<'_>, f: impl Fn(u8) -> u8) -> Option<StrBuilder> {
    let Text::One(bytes) = text else { return None };
    if !bytes.is_ascii() {
        return None;
    }
    let mapped: Vec<u8> = bytes.iter().map(|c| f(*c)).collect();
    let mut out = StrBuilder::with_capacity(mapped.len());
    out.push_text(Text::One(&mapped));
    Some(out)
}

/// `str.upper`.
pub fn upper(text: Text<'_>) -> StrBuilder {
    map_ascii(text, |c| c.to_ascii_uppercase())
        .unwrap_or_else(|| map(text, |c, mut out| unicode::to_upper(c, &mut out)))
}

/// `str.lower`.
pub fn lower(text: Text<'_>) -> StrBuilder {
    map_ascii(text, |c| c.to_ascii_lowercase()).unwrap_or_else(|| {
        let mut out = StrBuilder::with_capacity(text.len());
        (0..text.len()).for_each(|at| push_lower(text, at, &mut out));
        out
    })
}

/// `str.casefold`.
pub fn fold(text: Text<'_>) -> StrBuilder {
    map_ascii(text, |c| c.to_ascii_lowercase()).unwrap_or_else(|| map(text, |c, mut out| unicode::fold(c, &mut out)))
}

/// Lower case of the code point at an index; a capital sigma at the end of a word becomes the final one.
fn push_lower(text: Text<'_>, at: usize, out: &mut StrBuilder) {
    match text.get(at) {
        Some(CAPITAL_SIGMA) => out.push(if is_final(text, at) { FINAL_SIGMA } else { SMALL_SIGMA }),
        Some(c) => unicode::to_lower(c, &mut |c| out.push(c)),
        None => {}
    }
}

fn is_final(text: Text<'_>, at: usize) -> bool {
    let cased = |c: Option<u32>| c.is_some_and(unicode::is_cased);
    let before = text.slice(0, at).iter().rev().find(|c| !unicode::is_case_ignorable(*c));
    let after = text.slice(at + 1, text.len()).iter().find(|c| !unicode::is_case_ignorable(*c));
    cased(before) && !cased(after)
}

/// `str.capitalize`.
pub fn capitalize(text: Text<'_>) -> StrBuilder {
    let mut out = StrBuilder::with_capacity(text.len());
    if let Some(first) = text.get(0) {
        unicode::to_title(first, &mut |c| out.push(c));
    }
    (1..text.len()).for_each(|at| push_lower(text, at, &mut out));
    out
}

/// `str.title`.
pub fn title(text: Text<'_>) -> StrBuilder {
    let mut out = StrBuilder::with_capacity(text.len());
    let mut in_word = false;
    for (at, c) in text.iter().enumerate() {
        match in_word {
            true => push_lower(text, at, &mut out),
            false => unicode::to_title(c, &mut |c| out.push(c)),
        }
        in_word = unicode::is_cased(c);
    }
    out
}

/// `str.swapcase`.
pub fn swap(text: Text<'_>) -> StrBuilder {
    let mut out = StrBuilder::with_capacity(text.len());
    for (at, c) in text.iter().enumerate() {
        if unicode::is_upper(c) {
            push_lower(text, at, &mut out);
        } else if unicode::is_lower(c) {
            unicode::to_upper(c, &mut |c| out.push(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Not empty, and all code points pass?
pub fn all(text: Text<'_>, test: impl Fn(u32) -> bool) -> bool {
    !text.is_empty() && text.iter().all(test)
}

/// `str.islower`.
pub fn is_lower(text: Text<'_>) -> bool {
    let wrong = |c| unicode::is_upper(c) || unicode::is_title(c);
    !text.iter().any(wrong) && text.iter().any(unicode::is_lower)
}

/// `str.isupper`.
pub fn is_upper(text: Text<'_>) -> bool {
    let wrong = |c| unicode::is_lower(c) || unicode::is_title(c);
    !text.iter().any(wrong) && text.iter().any(unicode::is_upper)
}

/// `str.istitle`.
pub fn is_title(text: Text<'_>) -> bool {
    let (mut in_word, mut any) = (false, false);
    for c in text.iter() {
        let capital = unicode::is_upper(c) || unicode::is_title(c);
        let small = unicode::is_lower(c);
        if capital && in_word || small && !in_word {
            return false;
        }
        in_word = capital || small;
        any |= in_word;
    }
    any
}

/// `str.isidentifier`.
pub fn is_identifier(text: Text<'_>) -> bool {
    let mut points = text.iter();
    points.next().is_some_and(unicode::is_identifier_start) && points.all(unicode::is_identifier_part)
}

//! `unicodedata`: properties of code points.

use pv_object::{Obj, Str, StrBuilder};
use pv_runtime::unicode::database;
use pv_runtime::{PyResult, Thread, natives, protocol, text};
use rustpython_wtf8::{CodePoint, Wtf8Buf};

use crate::support::{constant, functions};

/// The code point of a string of one.
fn point(cx: &Thread, function: &str, value: &Obj) -> PyResult<u32> {
    let found = match value.downcast::<Str>() {
        Some(text) if text.len() == 1 => return Ok(text.text().get(0).unwrap_or(0)),
        Some(text) => format!("a string of length {}", text.len()),
        None => cx.type_name(value),
    };
    Err(cx.type_error(format_args!("{function}() argument 1 must be a unicode character, not {found}")))
}

fn wtf8(cx: &Thread, function: &str, value: &Obj) -> PyResult<Wtf8Buf> {
    let Some(text) = value.downcast::<Str>() else {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("{function}() argument 2 must be str, not {found}")));
    };
    let text = text.text();
    Ok((0..text.len()).filter_map(|at| text.get(at).and_then(CodePoint::from_u32)).collect())
}

/// A property that a code point may lack: its value, the default, or ValueError.
fn or_default(cx: &Thread, found: Option<Obj>, default: Option<&Obj>, message: &str) -> PyResult {
    match found.or_else(|| default.cloned()) {
        Some(value) => Ok(value),
        None => Err(cx.value_error(message)),
    }
}

fn name(cx: &Thread, value: &Obj, default: Option<&Obj>) -> PyResult {
    let found = database::name(point(cx, "name", value)?);
    or_default(cx, found.map(|name| text::new(&name)), default, "no such name")
}

fn lookup(cx: &Thread, name: &Obj) -> PyResult {
    let name = text::to_string(&protocol::str(cx, name)?);
    match database::lookup(&name) {
        Some(found) => Ok(text::new(&found)),
        None => Err(cx.key_error(text::new(&format!("undefined character name '{name}'")))),
    }
}

fn decimal(cx: &Thread, value: &Obj, default: Option<&Obj>) -> PyResult {
    let found = database::decimal(point(cx, "decimal", value)?);
    or_default(cx, found.map(|number| Obj::usize(number as usize)), default, "not a decimal")
}

fn digit(cx: &Thread, value: &Obj, default: Option<&Obj>) -> PyResult {
    let found = database::digit(point(cx, "digit", value)?);
    or_default(cx, found.map(|number| Obj::usize(number as usize)), default, "not a digit")
}

fn numeric(cx: &Thread, value: &Obj, default: Option<&Obj>) -> PyResult {
    let found = database::numeric(point(cx, "numeric", value)?);
    or_default(cx, found.map(Obj::float), default, "not a numeric character")
}

fn category(cx: &Thread, value: &Obj) -> PyResult {
    point(cx, "category", value).map(|c| text::intern(database::category(c)))
}

fn bidirectional(cx: &Thread, value: &Obj) -> PyResult {
    point(cx, "bidirectional", value).map(|c| text::intern(database::bidirectional(c)))
}

fn combining(cx: &Thread, value: &Obj) -> PyResult {
    point(cx, "combining", value).map(|c| Obj::small(i32::from(database::combining(c))))
}

fn east_asian_width(cx: &Thread, value: &Obj) -> PyResult {
    point(cx, "east_asian_width", value).map(|c| text::intern(database::east_asian_width(c)))
}

fn mirrored(cx: &Thread, value: &Obj) -> PyResult {
    point(cx, "mirrored", value).map(|c| Obj::small(i32::from(database::mirrored(c))))
}

fn decomposition(cx: &Thread, value: &Obj) -> PyResult {
    point(cx, "decomposition", value).map(|c| text::new(&database::decomposition(c)))
}

fn normalize(cx: &Thread, form: &Obj, value: &Obj) -> PyResult {
    let (form, value) = (text::to_string(form), wtf8(cx, "normalize", value)?);
    match database::normalize(&form, &value) {
        Some(points) => Ok(points.into_iter().collect::<StrBuilder>().finish()),
        None => Err(cx.value_error("invalid normalization form")),
    }
}

fn is_normalized(cx: &Thread, form: &Obj, value: &Obj) -> PyResult {
    let (form, value) = (text::to_string(form), wtf8(cx, "is_normalized", value)?);
    match database::is_normalized(&form, &value) {
        Some(answer) => Ok(Obj::bool(answer)),
        None => Err(cx.value_error("invalid normalization form")),
    }
}

natives! { static FUNCTIONS:
    "bidirectional" "(chr, /)" F1(bidirectional) "Return the bidirectional class assigned to the character chr as string.";
    "category" "(chr, /)" F1(category) "Return the general category assigned to the character chr as string.";
    "combining" "(chr, /)" F1(combining) "Return the canonical combining class assigned to the character chr as integer.";
    "decimal" "(chr, default=None, /)" O2(decimal) "Converts a Unicode character into its equivalent decimal value.";
    "decomposition" "(chr, /)" F1(decomposition) "Return the character decomposition mapping assigned to the character chr as string.";
    "digit" "(chr, default=None, /)" O2(digit) "Converts a Unicode character into its equivalent digit value.";
    "east_asian_width" "(chr, /)" F1(east_asian_width) "Return the east asian width assigned to the character chr as string.";
    "is_normalized" "(form, unistr, /)" F2(is_normalized) "Return whether the Unicode string unistr is in the normal form 'form'.";
    "lookup" "(name, /)" F1(lookup) "Look up character by name.";
    "mirrored" "(chr, /)" F1(mirrored) "Return the mirrored property assigned to the character chr as integer.";
    "name" "(chr, default=None, /)" O2(name) "Return the name assigned to the character chr as a string.";
    "normalize" "(form, unistr, /)" F2(normalize) "Return the normal form 'form' for the Unicode string unistr.";
    "numeric" "(chr, default=None, /)" O2(numeric) "Converts a Unicode character into its equivalent numeric value.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "unicodedata", FUNCTIONS);
    constant(namespace, "unidata_version", text::intern(database::VERSION));
    Ok(())
}

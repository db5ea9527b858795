//! Formats: a text like `<2hq`, read into the places of its items.

use pv_object::{Bytes, Obj, Str};
use pv_runtime::{Exc, PyResult, Thread};

use super::codes::{Code, Item};
use super::error;

/// A run of items of one kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub code: Code,
    /// Where it begins.
    pub offset: usize,
    /// How many items; for byte strings, how many bytes of one.
    pub count: usize,
}

impl Field {
    /// Values that the field takes or gives.
    pub(super) fn values(&self) -> usize {
        match self.code.item {
            Item::Pad => 0,
            Item::String | Item::Pascal => 1,
            _ => self.count,
        }
    }
}

/// A format.
#[derive(Debug)]
pub(super) struct Format {
    pub text: Vec<u8>,
    pub little: bool,
    pub fields: Vec<Field>,
    /// Bytes in all.
    pub size: usize,
    /// Values in all.
    pub values: usize,
}

/// The text of a format that a program gives.
fn text_of(cx: &Thread, given: &Obj) -> PyResult<Vec<u8>> {
    if let Some(text) = given.downcast::<Str>() {
        if let Some(ascii) = text.as_ascii() {
            return Ok(ascii.as_bytes().to_vec());
        }
        let at = text.text().iter().position(|c| c >= 128).unwrap_or(0);
        let args = vec![
            pv_runtime::text::new("ascii"),
            given.clone(),
            Obj::usize(at),
            Obj::usize(at + 1),
            pv_runtime::text::new("ordinal not in range(128)"),
        ];
        return Err(cx.raise_args(Exc::UnicodeEncodeError, args));
    }
    match given.downcast::<Bytes>() {
        Some(bytes) => Ok(bytes.data().to_vec()),
        None => {
            let found = cx.type_name(given);
            Err(cx.type_error(format_args!("Struct() argument 1 must be a str or bytes object, not {found}")))
        }
    }
}

/// Reads a format.
pub(super) fn parse(cx: &Thread, given: &Obj) -> PyResult<Format> {
    let text = text_of(cx, given)?;
    if text.contains(&0) {
        return Err(error(cx, "embedded null character"));
    }
    let (native, little, body) = match text.first() {
        Some(b'<') => (false, true, &text[1..]),
        Some(b'>' | b'!') => (false, false, &text[1..]),
        Some(b'=') => (false, cfg!(target_endian = "little"), &text[1..]),
        Some(b'@') => (true, cfg!(target_endian = "little"), &text[1..]),
        _ => (true, cfg!(target_endian = "little"), &text[..]),
    };
    let (fields, size) = fields(cx, body, native)?;
    let values = fields.iter().map(Field::values).sum();
    Ok(Format { text, little, fields, size, values })
}

fn fields(cx: &Thread, body: &[u8], native: bool) -> PyResult<(Vec<Field>, usize)> {
    let too_long = || error(cx, "total struct size too long");
    let (mut fields, mut size, mut letters) = (Vec::new(), 0_usize, body.iter().copied().peekable());
    while let Some(letter) = letters.next() {
        if letter.is_ascii_whitespace() || letter == 0x0b {
            continue;
        }
        let (mut letter, mut count) = (letter, 1_usize);
        if letter.is_ascii_digit() {
            count = usize::from(letter - b'0');
            while let Some(digit) = letters.next_if(u8::is_ascii_digit) {
                count = count
                    .checked_mul(10)
                    .and_then(|count| count.checked_add(usize::from(digit - b'0')))
                    .filter(|count| isize::try_from(*count).is_ok())
                    .ok_or_else(too_long)?;
            }
            letter = letters.next().ok_or_else(|| error(cx, "repeat count given without format specifier"))?;
        }
        let code = Code::of(char::from(letter), native).ok_or_else(|| error(cx, "bad char in struct format"))?;
        let offset = size.checked_next_multiple_of(code.align).ok_or_else(too_long)?;
        let total = code.size.checked_mul(count).and_then(|len| len.checked_add(offset));
        size = total.filter(|size| isize::try_from(*size).is_ok()).ok_or_else(too_long)?;
        fields.push(Field { code, offset, count });
    }
    Ok((fields, size))
}

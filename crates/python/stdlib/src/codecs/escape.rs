//! Backslash escapes: of byte strings (`escape_decode`), and of text (`unicode_escape`, `raw_unicode_escape`).

use pv_object::{Bytes, Obj, Str, StrBuilder};
use pv_runtime::{Exc, PyResult, Raised, Thread, natives, text};

use super::unicode::{answer, string};
use crate::support::bytes_like;

/// What the letter behind a backslash stands for.
fn simple(letter: u8) -> Option<u8> {
    Some(match letter {
        b'\\' | b'\'' | b'"' => letter,
        b'a' => 7,
        b'b' => 8,
        b't' => 9,
        b'n' => 10,
        b'v' => 11,
        b'f' => 12,
        b'r' => 13,
        _ => return None,
    })
}

/// Digits of a number from `at` on, at most `most`: the number and how many.
fn number(data: &[u8], at: usize, most: usize, radix: u32) -> (u32, usize) {
    let digits = data[at.min(data.len())..].iter().take(most).map_while(|byte| char::from(*byte).to_digit(radix));
    digits.fold((0, 0), |(value, count), digit| (value * radix + digit, count + 1))
}

fn escape_decode(cx: &Thread, value: &Obj, _: Option<&Obj>) -> PyResult {
    let data = match value.downcast::<Str>() {
        Some(string) => string.to_string_lossy().into_bytes(),
        None => bytes_like(cx, value)?,
    };
    let (mut out, mut at) = (Vec::with_capacity(data.len()), 0);
    while at < data.len() {
        if data[at] != b'\\' {
            out.push(data[at]);
            at += 1;
            continue;
        }
        let Some(letter) = data.get(at + 1).copied() else {
            return Err(cx.value_error("Trailing \\ in string"));
        };
        let width = match letter {
            b'\n' => 2,
            b'0'..=b'7' => {
                let (value, count) = number(&data, at + 1, 3, 8);
                out.push(value as u8);
                1 + count
            }
            b'x' => match number(&data, at + 2, 2, 16) {
                (value, 2) => {
                    out.push(value as u8);
                    4
                }
                _ => return Err(cx.value_error(format_args!("invalid \\x escape at position {at}"))),
            },
            _ => {
                match simple(letter) {
                    Some(byte) => out.push(byte),
                    None => out.extend([b'\\', letter]),
                }
                2
            }
        };
        at += width;
    }
    Ok(answer(Bytes::create(&out), data.len()))
}

fn escape_encode(cx: &Thread, value: &Obj, _: Option<&Obj>) -> PyResult {
    let Some(bytes) = value.downcast::<Bytes>() else {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("escape_encode() argument 1 must be bytes, not {found}")));
    };
    let mut out = Vec::new();
    for byte in bytes.data() {
        match byte {
            b'\'' | b'\\' => out.extend([b'\\', *byte]),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b' '..=b'~' => out.push(*byte),
            _ => out.extend(format!("\\x{byte:02x}").bytes()),
        }
    }
    Ok(answer(Bytes::create(&out), bytes.data().len()))
}

fn failed(cx: &Thread, codec: &str, data: &[u8], start: usize, end: usize, reason: &str) -> Raised {
    let end = end.min(data.len());
    let values = vec![text::new(codec), Bytes::create(data), Obj::usize(start), Obj::usize(end), text::new(reason)];
    cx.raise_args(Exc::UnicodeDecodeError, values)
}

/// `\xNN`, `\uNNNN` or `\UNNNNNNNN` at `at`: the character, and how many bytes it takes.
fn numbered(cx: &Thread, codec: &str, data: &[u8], at: usize) -> PyResult<(u32, usize)> {
    let (digits, shown) = match data[at + 1] {
        b'x' => (2, "\\xXX"),
        b'u' => (4, "\\uXXXX"),
        _ => (8, "\\UXXXXXXXX"),
    };
    match number(data, at + 2, digits, 16) {
        (value, count) if count < digits => {
            let _ = value;
            Err(failed(cx, codec, data, at, at + 2 + count, &format!("truncated {shown} escape")))
        }
        (0x11_0000.., count) => Err(failed(cx, codec, data, at, at + 2 + count, "illegal Unicode character")),
        (value, count) => Ok((value, 2 + count)),
    }
}

fn unicode_escape_decode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let data = source(cx, args)?;
    let (mut out, mut at) = (StrBuilder::with_capacity(data.len()), 0);
    while at < data.len() {
        if data[at] != b'\\' {
            out.push(u32::from(data[at]));
            at += 1;
            continue;
        }
        let Some(letter) = data.get(at + 1).copied() else {
            return Err(failed(cx, "unicodeescape", &data, at, at + 1, "\\ at end of string"));
        };
        let width = match letter {
            b'\n' => 2,
            b'0'..=b'7' => {
                let (value, count) = number(&data, at + 1, 3, 8);
                out.push(value);
                1 + count
            }
            b'x' | b'u' | b'U' => {
                let (value, width) = numbered(cx, "unicodeescape", &data, at)?;
                out.push(value);
                width
            }
            b'N' => return Err(cx.not_implemented("\\N escapes in unicode_escape are not supported yet")),
            _ => {
                match simple(letter) {
                    Some(byte) => out.push(u32::from(byte)),
                    None => [b'\\', letter].iter().for_each(|byte| out.push(u32::from(*byte))),
                }
                2
            }
        };
        at += width;
    }
    Ok(answer(out.finish(), data.len()))
}

fn raw_unicode_escape_decode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let data = source(cx, args)?;
    let (mut out, mut at) = (StrBuilder::with_capacity(data.len()), 0);
    while at < data.len() {
        let odd = data[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0;
        let escaped = data[at] == b'\\' && odd && matches!(data.get(at + 1), Some(b'u' | b'U'));
        let (value, width) =
            if escaped { numbered(cx, "rawunicodeescape", &data, at)? } else { (u32::from(data[at]), 1) };
        out.push(value);
        at += width;
    }
    Ok(answer(out.finish(), data.len()))
}

fn source(cx: &Thread, args: &[Option<Obj>]) -> PyResult<Vec<u8>> {
    let none = Obj::none();
    let value = args[0].as_ref().unwrap_or(&none);
    match value.downcast::<Str>() {
        Some(string) => Ok(string.to_string_lossy().into_bytes()),
        None => bytes_like(cx, value),
    }
}

/// An escape for a character that has no short one.
fn long_escape(point: u32) -> String {
    match point {
        0..=0xff => format!("\\x{point:02x}"),
        0x100..=0xffff => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    }
}

fn unicode_escape_encode(cx: &Thread, value: &Obj, _: Option<&Obj>) -> PyResult {
    let string = string(cx, value)?;
    let mut out = String::new();
    for point in string.text().iter() {
        match point {
            0x5c => out.push_str("\\\\"),
            9 => out.push_str("\\t"),
            10 => out.push_str("\\n"),
            13 => out.push_str("\\r"),
            0x20..=0x7e => out.push(point as u8 as char),
            _ => out.push_str(&long_escape(point)),
        }
    }
    Ok(answer(Bytes::create(out.as_bytes()), string.len()))
}

fn raw_unicode_escape_encode(cx: &Thread, value: &Obj, _: Option<&Obj>) -> PyResult {
    let string = string(cx, value)?;
    let mut out = Vec::new();
    for point in string.text().iter() {
        match u8::try_from(point) {
            Ok(byte) => out.push(byte),
            Err(_) => out.extend(long_escape(point).bytes()),
        }
    }
    Ok(answer(Bytes::create(&out), string.len()))
}

natives! { pub(super) static FUNCTIONS:
    "escape_decode" "(data, errors=None, /)" O2(escape_decode) "";
    "escape_encode" "(data, errors=None, /)" O2(escape_encode) "";
    "raw_unicode_escape_decode" "(data, errors=None, final=True, /)" Bound(raw_unicode_escape_decode) "";
    "raw_unicode_escape_encode" "(str, errors=None, /)" O2(raw_unicode_escape_encode) "";
    "unicode_escape_decode" "(data, errors=None, final=True, /)" Bound(unicode_escape_decode) "";
    "unicode_escape_encode" "(str, errors=None, /)" O2(unicode_escape_encode) "";
}

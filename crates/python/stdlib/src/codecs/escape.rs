//! Backslash escapes: of byte strings (`escape_decode`), and of text (`unicode_escape`, `raw_unicode_escape`).

use pv_object::{Bytes, Obj, Str, StrBuilder};
use pv_runtime::{Exc, PyResult, Thread, natives, protocol, unicode};

use super::unicode::{answer, string};
use super::{failure, handled};
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

/// Why an escape cannot be read, and where what cannot be read ends; it may be that only its rest has not come yet.
struct Fault {
    end: usize,
    reason: String,
    incomplete: bool,
}

/// A character, and how many bytes it takes.
type Escape = Result<(u32, usize), Fault>;

/// `\xNN`, `\uNNNN` or `\UNNNNNNNN` at `at`.
fn numbered(data: &[u8], at: usize) -> Escape {
    let (digits, shown) = match data[at + 1] {
        b'x' => (2, "\\xXX"),
        b'u' => (4, "\\uXXXX"),
        _ => (8, "\\UXXXXXXXX"),
    };
    let (value, count) = number(data, at + 2, digits, 16);
    let end = at + 2 + count;
    match value {
        _ if count < digits => {
            Err(Fault { end, reason: format!("truncated {shown} escape"), incomplete: end == data.len() })
        }
        0x11_0000.. => Err(Fault { end, reason: "illegal Unicode character".to_owned(), incomplete: false }),
        value => Ok((value, 2 + count)),
    }
}

/// `\N{NAME}` at `at`.
fn named(data: &[u8], at: usize) -> Escape {
    let fault = |end: usize, reason: &str, incomplete| Err(Fault { end, reason: reason.to_owned(), incomplete });
    let malformed = "malformed \\N character escape";
    match data.get(at + 2) {
        None => return fault(at + 2, malformed, true),
        Some(b'{') => {}
        Some(_) => return fault(at + 2, malformed, false),
    }
    let Some(len) = data[at + 3..].iter().position(|byte| *byte == b'}') else {
        return fault(data.len(), malformed, true);
    };
    let end = at + 3 + len;
    if len == 0 {
        return fault(end, malformed, false);
    }
    let name = String::from_utf8_lossy(&data[at + 3..end]);
    match unicode::lookup(&name) {
        Some(point) => Ok((point, end + 1 - at)),
        None => fault(end + 1, "unknown Unicode character name", false),
    }
}

/// The escape whose backslash stands at `at`: what it gives, which may be nothing, or be the backslash itself.
fn escape(data: &[u8], at: usize) -> Result<(Option<u32>, usize), Fault> {
    let Some(letter) = data.get(at + 1).copied() else {
        return Err(Fault { end: at + 1, reason: "\\ at end of string".to_owned(), incomplete: true });
    };
    let (value, width) = match letter {
        b'\n' => return Ok((None, 2)),
        b'0'..=b'7' => {
            let (value, count) = number(data, at + 1, 3, 8);
            (value, 1 + count)
        }
        b'x' | b'u' | b'U' => numbered(data, at)?,
        b'N' => named(data, at)?,
        _ => simple(letter).map_or((u32::from(b'\\'), 1), |byte| (u32::from(byte), 2)),
    };
    Ok((Some(value), width))
}

/// Decodes with `read`, which reads what stands at a place.
fn decode_by(
    cx: &Thread,
    codec: &str,
    args: &[Option<Obj>],
    read: impl Fn(&[u8], usize) -> Result<(Option<u32>, usize), Fault>,
) -> PyResult {
    let data = source(cx, args)?;
    let last = args[2].as_ref().map_or(Ok(true), |last| protocol::truth(cx, last))?;
    let (mut out, mut at) = (StrBuilder::with_capacity(data.len()), 0);
    while at < data.len() {
        match read(&data, at) {
            Ok((value, width)) => {
                value.into_iter().for_each(|value| out.push(value));
                at += width;
            }
            Err(fault) if fault.incomplete && !last => break,
            Err(fault) => {
                let part = at..fault.end.min(data.len());
                let source = Bytes::create(&data);
                let error = failure(cx, Exc::UnicodeDecodeError, codec, &source, part, &fault.reason);
                let (instead, place) = handled(cx, args[1].as_ref(), error, data.len())?;
                out.push_obj(string(cx, &instead)?);
                at = place;
            }
        }
    }
    Ok(answer(out.finish(), at))
}

fn unicode_escape_decode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    decode_by(cx, "unicodeescape", args, |data, at| match data[at] {
        b'\\' => escape(data, at),
        byte => Ok((Some(u32::from(byte)), 1)),
    })
}

fn raw_unicode_escape_decode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    decode_by(cx, "rawunicodeescape", args, |data, at| {
        let odd = data[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0;
        match (data[at], data.get(at + 1)) {
            (b'\\', Some(b'u' | b'U')) if odd => numbered(data, at).map(|(value, width)| (Some(value), width)),
            (byte, _) => Ok((Some(u32::from(byte)), 1)),
        }
    })
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

//! Strings to bytes.

use pv_object::{Obj, Str};

use super::{Encoding, Errors, Order, unknown_handler};
use crate::error::{Exc, PyResult, Raised};
use crate::text;
use crate::thread::Thread;
use crate::types::str::repr::hex_escape;
use crate::unicode;

fn is_surrogate(c: u32) -> bool {
    matches!(c, 0xd800..=0xdfff)
}

/// The bytes of a string.
pub fn encode(cx: &Thread, object: &Obj, encoding: Encoding, errors: Errors) -> PyResult<Vec<u8>> {
    let points = object.expect::<Str>().text();
    let mut out = Vec::with_capacity(points.len() * points.width());
    if matches!(encoding, Encoding::Utf16(None) | Encoding::Utf32(None)) {
        push(&mut out, encoding, 0xfeff);
    }
    let mut at = 0;
    while let Some(c) = points.get(at) {
        if fits(encoding, c) {
            push(&mut out, encoding, c);
            at += 1;
            continue;
        }
        let start = at;
        while points.get(at).is_some_and(|c| !fits(encoding, c)) {
            at += 1;
        }
        let failed: Vec<u32> = points.slice(start, at).iter().collect();
        if !substitute(cx, &mut out, encoding, &errors, &failed)? {
            return Err(failure(cx, object, encoding, start, at));
        }
    }
    Ok(out)
}

fn fits(encoding: Encoding, c: u32) -> bool {
    match encoding {
        Encoding::Ascii => c < 0x80,
        Encoding::Latin1 => c < 0x100,
        _ => !is_surrogate(c),
    }
}

/// Adds a code point, which may be a surrogate.
fn push(out: &mut Vec<u8>, encoding: Encoding, c: u32) {
    match encoding {
        Encoding::Ascii | Encoding::Latin1 => out.push(c as u8),
        Encoding::Utf8 => push_utf8(out, c),
        Encoding::Utf16(order) => match c {
            0..0x10000 => push_unit(out, order, &(c as u16).to_le_bytes()),
            _ => {
                let rest = c - 0x10000;
                push_unit(out, order, &(0xd800 + (rest >> 10) as u16).to_le_bytes());
                push_unit(out, order, &(0xdc00 + (rest & 0x3ff) as u16).to_le_bytes());
            }
        },
        Encoding::Utf32(order) => push_unit(out, order, &c.to_le_bytes()),
    }
}

/// Adds a unit given lowest byte first.
fn push_unit(out: &mut Vec<u8>, order: Option<Order>, unit: &[u8]) {
    match order {
        Some(Order::Big) => out.extend(unit.iter().rev()),
        _ => out.extend_from_slice(unit),
    }
}

fn push_utf8(out: &mut Vec<u8>, c: u32) {
    let tail = |shift: u32| (0x80 | c >> shift & 0x3f) as u8;
    match c {
        0..0x80 => out.push(c as u8),
        0x80..0x800 => out.extend([(0xc0 | c >> 6) as u8, tail(0)]),
        0x800..0x10000 => out.extend([(0xe0 | c >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend([(0xf0 | c >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

/// Adds what stands for code points that do not fit; false when the handler is to raise.
fn substitute(cx: &Thread, out: &mut Vec<u8>, encoding: Encoding, errors: &Errors, failed: &[u32]) -> PyResult<bool> {
    let stand_in = |c: u32| match errors {
        Errors::Replace => "?".to_string(),
        Errors::Backslash => hex_escape(c),
        Errors::XmlReference => format!("&#{c};"),
        Errors::Name => unicode::name(c).map_or_else(|| hex_escape(c), |name| format!("\\N{{{name}}}")),
        _ => String::new(),
    };
    match errors {
        Errors::Strict => return Ok(false),
        Errors::Unknown(name) => return Err(unknown_handler(cx, name)),
        Errors::SurrogateEscape if failed.iter().all(|c| matches!(c, 0xdc80..=0xdcff)) => {
            out.extend(failed.iter().map(|c| (c - 0xdc00) as u8));
        }
        Errors::SurrogatePass
            if failed.iter().all(|c| is_surrogate(*c)) && !matches!(encoding, Encoding::Ascii | Encoding::Latin1) =>
        {
            failed.iter().for_each(|c| push(out, encoding, *c));
        }
        Errors::SurrogateEscape | Errors::SurrogatePass => return Ok(false),
        _ => {
            for c in failed.iter().flat_map(|c| stand_in(*c).into_bytes()) {
                push(out, encoding, u32::from(c));
            }
        }
    }
    Ok(true)
}

#[cold]
fn failure(cx: &Thread, object: &Obj, encoding: Encoding, start: usize, end: usize) -> Raised {
    let reason = match encoding {
        Encoding::Ascii => "ordinal not in range(128)",
        Encoding::Latin1 => "ordinal not in range(256)",
        _ => "surrogates not allowed",
    };
    let name = text::new(encoding.name());
    let args = vec![name, object.clone(), Obj::usize(start), Obj::usize(end), text::new(reason)];
    cx.raise_args(Exc::UnicodeEncodeError, args)
}

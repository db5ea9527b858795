//! Hexadecimal digits. Pure but for the errors.

use pv_object::{Obj, Str};

use super::buffer;
use crate::error::PyResult;
use crate::protocol;
use crate::thread::Thread;

fn digits(data: &[u8]) -> impl Iterator<Item = u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    data.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
}

/// Digits with a separator after every `group` bytes, counted from the right, or from the left when it is negative.
pub(super) fn show(data: &[u8], separator: Option<u8>, group: i64) -> String {
    let size = group.unsigned_abs() as usize;
    let (Some(separator), false) = (separator, size == 0) else { return digits(data).map(char::from).collect() };
    let head = if group > 0 { data.len() % size } else { 0 };
    let (head, rest) = data.split_at(head);
    let groups = std::iter::once(head).filter(|head| !head.is_empty()).chain(rest.chunks(size));
    let groups: Vec<Vec<u8>> = groups.map(|group| digits(group).collect()).collect();
    groups.join(&separator).into_iter().map(char::from).collect()
}

/// The separator argument of `hex`.
pub(super) fn separator(cx: &Thread, arg: &Obj) -> PyResult<u8> {
    if protocol::len(cx, arg)? != 1 {
        return Err(cx.value_error("sep must be length 1."));
    }
    let point = match (arg.downcast::<Str>(), buffer(arg)) {
        (Some(text), _) => text.code_point(0).unwrap_or(0),
        (None, Some(data)) => u32::from(data.first().copied().unwrap_or(0)),
        (None, None) => return Err(cx.type_error("sep must be str or bytes.")),
    };
    match u8::try_from(point) {
        Ok(byte) if byte.is_ascii() => Ok(byte),
        _ => Err(cx.value_error("sep must be ASCII.")),
    }
}

/// The bytes that digits spell; whitespace may stand between bytes.
pub(super) fn read(cx: &Thread, arg: &Obj) -> PyResult<Vec<u8>> {
    let points: Vec<u32> = match (arg.downcast::<Str>(), buffer(arg)) {
        (Some(text), _) => text.text().iter().collect(),
        (None, Some(data)) => data.into_iter().map(u32::from).collect(),
        (None, None) => {
            let found = cx.type_name(arg);
            return Err(cx.type_error(format_args!("fromhex() argument must be str or bytes-like, not {found}")));
        }
    };
    let digit = |at: usize| points.get(at).and_then(|c| char::from_u32(*c)).and_then(|c| c.to_digit(16));
    let bad =
        |at: usize| cx.value_error(format_args!("non-hexadecimal number found in fromhex() arg at position {at}"));
    let (mut out, mut at) = (Vec::with_capacity(points.len() / 2), 0);
    while at < points.len() {
        if points[at] < 128 && super::case::is_space(points[at] as u8) {
            at += 1;
            continue;
        }
        let high = digit(at).ok_or_else(|| bad(at))?;
        if at + 1 == points.len() {
            return Err(cx.value_error("fromhex() arg must contain an even number of hexadecimal digits"));
        }
        let low = digit(at + 1).ok_or_else(|| bad(at + 1))?;
        out.push((high << 4 | low) as u8);
        at += 2;
    }
    Ok(out)
}

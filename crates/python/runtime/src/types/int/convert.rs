//! Ints from text and other objects, and back.

use pv_object::{BoxedInt, ByteArray, Bytes, Kind, Obj, Str};

use super::{exact, with_big};
use crate::error::{PyResult, Raised};
use crate::format::parse::{self, IntText};
use crate::protocol;
use crate::thread::Thread;

/// The decimal digits.
pub(crate) fn to_text(cx: &Thread, value: &Obj) -> PyResult<String> {
    if let Some(small) = value.as_i64() {
        return Ok(small.to_string());
    }
    let limit = cx.vm().digit_limit();
    with_big(value, |big| {
        let too_long = || {
            cx.value_error(format_args!(
                "Exceeds the limit ({limit} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
            ))
        };
        // Numbers of so many digits have at most that many bits; far longer ones are not even converted.
        let most_bits = limit.saturating_mul(3_322) / 1_000 + 4;
        if limit > 0 && big.bit_length() > most_bits {
            return Err(too_long());
        }
        let shown = big.to_string();
        if limit > 0 && shown.trim_start_matches('-').len() > limit { Err(too_long()) } else { Ok(shown) }
    })
}

/// The value as a float; OverflowError when it is out of range.
#[inline]
pub fn to_f64(cx: &Thread, value: &Obj) -> PyResult<f64> {
    match value.downcast::<BoxedInt>() {
        Some(boxed) => boxed.value().to_f64().ok_or_else(|| cx.overflow_error("int too large to convert to float")),
        None => Ok(value.as_i64().unwrap_or(0) as f64),
    }
}

/// `int(value)`.
pub fn from_object(cx: &Thread, value: &Obj) -> PyResult {
    if value.is_exact() {
        match value.kind() {
            Kind::Int | Kind::Bool => return Ok(exact(value)),
            Kind::Float => return crate::types::float::truncate(cx, value.as_float().unwrap_or(0.0)),
            Kind::Str | Kind::Bytes | Kind::ByteArray => return from_text(cx, value, 10),
            _ => {}
        }
    }
    if let Some(method) = cx.lookup_special(value, &cx.names().__int__) {
        let result = protocol::call_special(cx, &method, value, &[])?;
        return protocol::checked_int(cx, "__int__", result).map(|result| exact(&result));
    }
    if cx.lookup_special(value, &cx.names().__index__).is_some() {
        return protocol::to_index(cx, value).map(|index| exact(&index));
    }
    if matches!(value.kind(), Kind::Str | Kind::Bytes | Kind::ByteArray) {
        return from_text(cx, value, 10);
    }
    if let Some(data) = crate::types::bytes::shown(cx, value)? {
        return from_text(cx, &Bytes::create(&data), 10);
    }
    let found = cx.type_name(value);
    Err(cx.type_error(format_args!(
        "int() argument must be a string, a bytes-like object or a real number, not '{found}'"
    )))
}

/// The number that a string, bytes or bytearray spells.
pub(super) fn from_text(cx: &Thread, value: &Obj, base: u32) -> PyResult {
    let limit = cx.vm().digit_limit();
    match parse::int(&number_text(value), base, if limit == 0 { usize::MAX } else { limit }) {
        IntText::Small(value) => Ok(Obj::int(value)),
        IntText::Big(value) => Ok(Obj::big(value)),
        IntText::Invalid => Err(invalid(cx, value, base)),
        IntText::TooLong(count) => Err(cx.value_error(format_args!(
            "Exceeds the limit ({limit} digits) for integer string conversion: value has {count} digits; use sys.set_int_max_str_digits() to increase the limit"
        ))),
    }
}

/// The stripped ASCII text of a string, bytes or bytearray.
pub(crate) fn number_text(value: &Obj) -> String {
    // Beyond ASCII no byte is whitespace.
    let of_bytes = |data: &[u8]| {
        let plain: Vec<u8> = data.iter().map(|byte| if byte.is_ascii() { *byte } else { b'?' }).collect();
        parse::ascii_number(pv_object::Text::One(&plain))
    };
    if let Some(bytes) = value.downcast::<Bytes>() {
        return of_bytes(bytes.data());
    }
    if let Some(bytes) = value.downcast::<ByteArray>() {
        return bytes.with(of_bytes);
    }
    match value.downcast::<Str>() {
        Some(text) => match text.as_ascii() {
            Some(ascii) if ascii.bytes().all(|c| c.is_ascii_graphic()) => ascii.to_string(),
            _ => parse::ascii_number(text.text()),
        },
        None => String::new(),
    }
}

#[cold]
fn invalid(cx: &Thread, value: &Obj, base: u32) -> Raised {
    let shown = match value.downcast::<ByteArray>() {
        Some(bytes) => bytes.with(|data| Ok(crate::types::str::repr::bytes(data))),
        None => protocol::repr(cx, value).map(|shown| crate::text::to_string(&shown)),
    };
    match shown {
        Ok(shown) => {
            let cut: String = shown.chars().take(200).collect();
            cx.value_error(format_args!("invalid literal for int() with base {base}: {cut}"))
        }
        Err(raised) => raised,
    }
}

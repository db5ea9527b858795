//! The codecs of UTF-8, UTF-16, UTF-32, Latin-1 and ASCII, and the standard error handlers as functions.

use pv_object::{Obj, Str, StrBuilder, Tuple};
use pv_runtime::types::str::codec::{Encoding, Errors, Order, decode, encode};
use pv_runtime::{Exc, PyResult, Thread, attr, natives, protocol, text};

use crate::support::{bytes_like, machine_int};

fn errors(value: Option<&Obj>) -> Errors {
    value.filter(|value| !value.is_none()).map_or(Errors::Strict, |value| Errors::named(&text::to_string(value)))
}

/// A codec's answer: what it made, and how much it took.
pub(super) fn answer(made: Obj, taken: usize) -> Obj {
    Tuple::create(vec![made, Obj::usize(taken)])
}

/// The argument of an encoder.
pub(super) fn string<'a>(cx: &Thread, value: &'a Obj) -> PyResult<&'a Str> {
    match value.downcast::<Str>() {
        Some(string) => Ok(string),
        None => Err(cx.type_error(format_args!("encode() argument 'str' must be str, not {}", cx.type_name(value)))),
    }
}

fn encode_with(cx: &Thread, value: &Obj, encoding: Encoding, handler: Option<&Obj>) -> PyResult {
    let length = string(cx, value)?.len();
    let data = encode(cx, value, encoding, errors(handler))?;
    Ok(answer(pv_object::Bytes::create(&data), length))
}

/// How many bytes belong to characters that are complete.
fn complete(data: &[u8], encoding: Encoding) -> usize {
    match encoding {
        Encoding::Ascii | Encoding::Latin1 => data.len(),
        Encoding::Utf8 => complete_utf8(data),
        Encoding::Utf32(_) => data.len() / 4 * 4,
        Encoding::Utf16(order) => {
            let whole = data.len() / 2 * 2;
            let high = if order == Some(Order::Big) { whole.wrapping_sub(2) } else { whole.wrapping_sub(1) };
            match data[..whole].get(high) {
                Some(0xd8..=0xdb) => whole - 2,
                _ => whole,
            }
        }
    }
}

fn complete_utf8(data: &[u8]) -> usize {
    match std::str::from_utf8(data) {
        Ok(_) => data.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        // What is wrong in the middle is for the error handler; only the end can be incomplete.
        Err(_) => {
            let tail = (1..=data.len().min(3)).find(|back| data[data.len() - back] >= 0xc0);
            match tail {
                Some(back)
                    if std::str::from_utf8(&data[data.len() - back..]).is_err_and(|e| e.error_len().is_none()) =>
                {
                    data.len() - back
                }
                _ => data.len(),
            }
        }
    }
}

fn decode_with(cx: &Thread, args: &[Option<Obj>], encoding: Encoding) -> PyResult {
    let none = Obj::none();
    let object = args[0].as_ref().unwrap_or(&none);
    let data = bytes_like(cx, object)?;
    let last = args.get(2).and_then(Option::as_ref).map_or(Ok(false), |value| protocol::truth(cx, value))?;
    let partial = args.len() > 2 && !last;
    let taken = if partial { complete(&data, encoding) } else { data.len() };
    let made = decode(cx, object, &data[..taken], encoding, errors(args[1].as_ref()))?;
    Ok(answer(made, taken))
}

macro_rules! codecs {
    ($($encode:ident $decode:ident $encoding:expr;)*) => {
        $(
            fn $encode(cx: &Thread, value: &Obj, errors: Option<&Obj>) -> PyResult {
                encode_with(cx, value, $encoding, errors)
            }
            fn $decode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
                decode_with(cx, args, $encoding)
            }
        )*
    };
}

codecs! {
    ascii_encode ascii_decode Encoding::Ascii;
    latin_1_encode latin_1_decode Encoding::Latin1;
    utf_8_encode utf_8_decode Encoding::Utf8;
    utf_16_encode utf_16_decode Encoding::Utf16(None);
    utf_16_le_encode utf_16_le_decode Encoding::Utf16(Some(Order::Little));
    utf_16_be_encode utf_16_be_decode Encoding::Utf16(Some(Order::Big));
    utf_32_encode utf_32_decode Encoding::Utf32(None);
    utf_32_le_encode utf_32_le_decode Encoding::Utf32(Some(Order::Little));
    utf_32_be_encode utf_32_be_decode Encoding::Utf32(Some(Order::Big));
}

/// The byte order: given, or by the mark, or the machine's.
fn order(data: &[u8], given: i64, wide: bool) -> i64 {
    let (little, big): (&[u8], &[u8]) = match wide {
        false => (&[0xff, 0xfe], &[0xfe, 0xff]),
        true => (&[0xff, 0xfe, 0, 0], &[0, 0, 0xfe, 0xff]),
    };
    match given {
        0 if data.starts_with(little) => -1,
        0 if data.starts_with(big) => 1,
        other => other,
    }
}

fn ex_decode(cx: &Thread, args: &[Option<Obj>], wide: bool) -> PyResult {
    let none = Obj::none();
    let data = bytes_like(cx, args[0].as_ref().unwrap_or(&none))?;
    let given = args[2].as_ref().map_or(Ok(0), |value| machine_int(cx, value))?;
    let known = order(&data, given, wide);
    let side = match known {
        0 => None,
        below if below < 0 => Some(Order::Little),
        _ => Some(Order::Big),
    };
    let marked = given == 0 && known != 0;
    let encoding = match (wide, marked) {
        (false, true) => Encoding::Utf16(None),
        (true, true) => Encoding::Utf32(None),
        (false, false) => Encoding::Utf16(side),
        (true, false) => Encoding::Utf32(side),
    };
    let pair = decode_with(cx, &[args[0].clone(), args[1].clone(), args[3].clone()], encoding)?;
    let mut items = pair.expect::<Tuple>().items().to_vec();
    items.push(Obj::int(known));
    Ok(Tuple::create(items))
}

fn utf_16_ex_decode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    ex_decode(cx, args, false)
}

fn utf_32_ex_decode(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    ex_decode(cx, args, true)
}

fn readbuffer_encode(cx: &Thread, value: &Obj, _: Option<&Obj>) -> PyResult {
    let data = match value.downcast::<Str>() {
        Some(_) => encode(cx, value, Encoding::Utf8, Errors::Strict)?,
        None => bytes_like(cx, value)?,
    };
    Ok(answer(pv_object::Bytes::create(&data), data.len()))
}

natives! { pub(super) static FUNCTIONS:
    "ascii_decode" "(data, errors=None, /)" Bound(ascii_decode) "";
    "ascii_encode" "(str, errors=None, /)" O2(ascii_encode) "";
    "latin_1_decode" "(data, errors=None, /)" Bound(latin_1_decode) "";
    "latin_1_encode" "(str, errors=None, /)" O2(latin_1_encode) "";
    "readbuffer_encode" "(data, errors=None, /)" O2(readbuffer_encode) "";
    "utf_16_be_decode" "(data, errors=None, final=False, /)" Bound(utf_16_be_decode) "";
    "utf_16_be_encode" "(str, errors=None, /)" O2(utf_16_be_encode) "";
    "utf_16_decode" "(data, errors=None, final=False, /)" Bound(utf_16_decode) "";
    "utf_16_encode" "(str, errors=None, /)" O2(utf_16_encode) "";
    "utf_16_ex_decode" "(data, errors=None, byteorder=0, final=False, /)" Bound(utf_16_ex_decode) "";
    "utf_16_le_decode" "(data, errors=None, final=False, /)" Bound(utf_16_le_decode) "";
    "utf_16_le_encode" "(str, errors=None, /)" O2(utf_16_le_encode) "";
    "utf_32_be_decode" "(data, errors=None, final=False, /)" Bound(utf_32_be_decode) "";
    "utf_32_be_encode" "(str, errors=None, /)" O2(utf_32_be_encode) "";
    "utf_32_decode" "(data, errors=None, final=False, /)" Bound(utf_32_decode) "";
    "utf_32_encode" "(str, errors=None, /)" O2(utf_32_encode) "";
    "utf_32_ex_decode" "(data, errors=None, byteorder=0, final=False, /)" Bound(utf_32_ex_decode) "";
    "utf_32_le_decode" "(data, errors=None, final=False, /)" Bound(utf_32_le_decode) "";
    "utf_32_le_encode" "(str, errors=None, /)" O2(utf_32_le_encode) "";
    "utf_8_decode" "(data, errors=None, final=False, /)" Bound(utf_8_decode) "";
    "utf_8_encode" "(str, errors=None, /)" O2(utf_8_encode) "";
}

/// What a UnicodeError is about.
struct Trouble {
    object: Obj,
    start: usize,
    end: usize,
    kind: Exc,
}

fn trouble(cx: &Thread, error: &Obj) -> PyResult<Trouble> {
    let kinds = [Exc::UnicodeEncodeError, Exc::UnicodeDecodeError, Exc::UnicodeTranslateError];
    let Some(kind) = kinds.into_iter().find(|kind| cx.is_exception(error, *kind)) else {
        let found = cx.type_name(error);
        return Err(cx.type_error(format_args!("don't know how to handle {found} in error callback")));
    };
    let number = |name: &str| Ok(usize::try_from(machine_int(cx, &attr::get_str(cx, error, name)?)?).unwrap_or(0));
    Ok(Trouble { object: attr::get_str(cx, error, "object")?, start: number("start")?, end: number("end")?, kind })
}

fn strict(cx: &Thread, error: &Obj) -> PyResult {
    match error.downcast::<pv_object::Exception>() {
        Some(_) => Err(cx.raise(error.clone())),
        None => Err(cx.type_error("codec must pass exception instance")),
    }
}

fn ignore(cx: &Thread, error: &Obj) -> PyResult {
    let trouble = trouble(cx, error)?;
    Ok(answer(text::new(""), trouble.end))
}

fn replace(cx: &Thread, error: &Obj) -> PyResult {
    let trouble = trouble(cx, error)?;
    let count = trouble.end.saturating_sub(trouble.start);
    let shown = match trouble.kind {
        Exc::UnicodeEncodeError => "?".repeat(count),
        Exc::UnicodeDecodeError => "\u{fffd}".to_owned(),
        _ => "\u{fffd}".repeat(count),
    };
    Ok(answer(text::new(&shown), trouble.end))
}

/// What an encoder makes of the failed characters with one of its own handlers.
fn by_encoder(cx: &Thread, error: &Obj, handler: Errors) -> PyResult {
    let trouble = trouble(cx, error)?;
    if trouble.kind == Exc::UnicodeDecodeError {
        let data = bytes_like(cx, &trouble.object)?;
        let failed = data.get(trouble.start..trouble.end).unwrap_or_default();
        let made = decode(cx, &trouble.object, failed, Encoding::Ascii, handler)?;
        return Ok(answer(made, trouble.end));
    }
    let failed = string(cx, &trouble.object)?.slice(trouble.start, trouble.end);
    let mut out = StrBuilder::new();
    for point in failed.expect::<Str>().text().iter() {
        // Characters that ASCII has would not be replaced.
        let data = match point {
            0..=0x7f if handler == Errors::XmlReference => format!("&#{point};").into_bytes(),
            0..=0x7f => format!("\\x{point:02x}").into_bytes(),
            _ => encode(cx, &Obj::char(point), Encoding::Ascii, handler.clone())?,
        };
        out.push_str(&String::from_utf8_lossy(&data));
    }
    Ok(answer(out.finish(), trouble.end))
}

fn xml_reference(cx: &Thread, error: &Obj) -> PyResult {
    by_encoder(cx, error, Errors::XmlReference)
}

fn backslash(cx: &Thread, error: &Obj) -> PyResult {
    by_encoder(cx, error, Errors::Backslash)
}

fn name(cx: &Thread, error: &Obj) -> PyResult {
    by_encoder(cx, error, Errors::Name)
}

fn surrogate_escape(cx: &Thread, error: &Obj) -> PyResult {
    let trouble = trouble(cx, error)?;
    if trouble.kind == Exc::UnicodeDecodeError {
        return by_encoder(cx, error, Errors::SurrogateEscape);
    }
    let failed = string(cx, &trouble.object)?.slice(trouble.start, trouble.end);
    let byte = |point: u32| (0xdc80..=0xdcff).contains(&point).then_some((point & 0xff) as u8);
    match failed.expect::<Str>().text().iter().map(byte).collect::<Option<Vec<u8>>>() {
        Some(data) => Ok(answer(pv_object::Bytes::create(&data), trouble.end)),
        None => Err(cx.raise(error.clone())),
    }
}

natives! { pub(super) static HANDLERS:
    "backslashreplace_errors" "(exception, /)" F1(backslash) "";
    "ignore_errors" "(exception, /)" F1(ignore) "";
    "namereplace_errors" "(exception, /)" F1(name) "";
    "replace_errors" "(exception, /)" F1(replace) "";
    "strict_errors" "(exception, /)" F1(strict) "";
    "surrogateescape_errors" "(exception, /)" F1(surrogate_escape) "";
    "xmlcharrefreplace_errors" "(exception, /)" F1(xml_reference) "";
}

//! The texts of exceptions.

use pv_object::{Exception, Kind, Obj, Str, Tuple};

use super::fields::{builtin_of, field};
use crate::error::{Exc, PyResult};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::empty_tuple;

/// `str(exception)`.
pub(super) fn str(cx: &Thread, exception: &Obj) -> PyResult {
    match builtin_of(cx, exception) {
        "OSError" => {
            if let Some(shown) = os_error_text(cx, exception)? {
                return Ok(text::new(&shown));
            }
        }
        "ImportError" | "SyntaxError" => {
            if let Some(shown) = message_text(cx, exception)? {
                return Ok(shown);
            }
        }
        "BaseExceptionGroup" => return group_text(cx, exception),
        "UnicodeEncodeError" => return unicode_text(cx, exception, &ENCODING),
        "UnicodeDecodeError" => return unicode_text(cx, exception, &DECODING),
        "UnicodeTranslateError" => return unicode_text(cx, exception, &TRANSLATING),
        _ => {}
    }
    let args = exception.expect::<Exception>().args.get().unwrap_or_else(empty_tuple);
    match args.expect::<Tuple>().items() {
        [] => Ok(text::new("")),
        [key] if cx.is_exception(exception, Exc::KeyError) => protocol::repr(cx, key),
        [one] => protocol::str(cx, one),
        _ => protocol::str(cx, &args),
    }
}

fn os_error_text(cx: &Thread, exception: &Obj) -> PyResult<Option<String>> {
    let get = |name| field(exception, name).filter(|value| !value.is_none());
    let (Some(errno), Some(strerror)) = (get("errno"), get("strerror")) else { return Ok(None) };
    let shown = |value: &Obj| PyResult::Ok(text::to_string(&protocol::str(cx, value)?));
    let quoted = |value: &Obj| PyResult::Ok(text::to_string(&protocol::repr(cx, value)?));
    let mut line = format!("[Errno {}] {}", shown(&errno)?, shown(&strerror)?);
    if let Some(filename) = get("filename") {
        line.push_str(&format!(": {}", quoted(&filename)?));
        if let Some(second) = get("filename2") {
            line.push_str(&format!(" -> {}", quoted(&second)?));
        }
    }
    Ok(Some(line))
}

fn message_text(cx: &Thread, exception: &Obj) -> PyResult<Option<Obj>> {
    let Some(message) = field(exception, "msg") else { return Ok(None) };
    let (filename, line) = (field(exception, "filename"), field(exception, "lineno"));
    let name = filename.filter(|f| f.kind() == Kind::Str).map(|f| {
        let whole = text::to_string(&f);
        whole.rsplit('/').next().unwrap_or(&whole).to_owned()
    });
    let line = line.filter(Obj::is_int);
    let shown = text::to_string(&protocol::str(cx, &message)?);
    let number = match &line {
        Some(line) => text::to_string(&protocol::str(cx, line)?),
        None => String::new(),
    };
    Ok(Some(match (name, line.is_some()) {
        (Some(name), true) => text::new(&format!("{shown} ({name}, line {number})")),
        (Some(name), false) => text::new(&format!("{shown} ({name})")),
        (None, true) => text::new(&format!("{shown} (line {number})")),
        (None, false) if message.kind() == Kind::Str => message,
        (None, false) => return Ok(None),
    }))
}

fn group_text(cx: &Thread, exception: &Obj) -> PyResult {
    let message = field(exception, "message").unwrap_or_else(|| text::new(""));
    let count = field(exception, "exceptions").map_or(0, |members| members.expect::<Tuple>().len());
    let plural = if count == 1 { "" } else { "s" };
    let shown = text::to_string(&protocol::str(cx, &message)?);
    Ok(text::new(&format!("{shown} ({count} sub-exception{plural})")))
}

/// How an exception of one of the Unicode classes puts it.
struct Wording {
    verb: &'static str,
    /// Several items of the object.
    items: &'static str,
    of_bytes: bool,
    names_codec: bool,
}

const ENCODING: Wording = Wording { verb: "encode", items: "characters", of_bytes: false, names_codec: true };
const DECODING: Wording = Wording { verb: "decode", items: "bytes", of_bytes: true, names_codec: true };
const TRANSLATING: Wording = Wording { verb: "translate", items: "characters", of_bytes: false, names_codec: false };

fn unicode_text(cx: &Thread, exception: &Obj, wording: &Wording) -> PyResult {
    if field(exception, "object").is_none() {
        return Ok(text::new(""));
    }
    let shown = |name| match field(exception, name) {
        Some(value) => PyResult::Ok(text::to_string(&protocol::str(cx, &value)?)),
        None => Ok("<NULL>".to_owned()),
    };
    let reason = shown("reason")?;
    let codec = if wording.names_codec { format!("'{}' codec ", shown("encoding")?) } else { String::new() };
    let number = |name| field(exception, name).and_then(|value| value.as_i64()).unwrap_or(0);
    let (start, end) = (number("start"), number("end"));
    // Looked at only now: what showed the others may have changed it.
    let single = item_at(cx, field(exception, "object"), start, wording.of_bytes)?.filter(|_| end == start + 1);
    let Wording { verb, items, .. } = wording;
    Ok(text::new(&match single {
        Some(item) => format!("{codec}can't {verb} {item} in position {start}: {reason}"),
        None => format!("{codec}can't {verb} {items} in position {start}-{}: {reason}", end - 1),
    }))
}

/// The item of a Unicode exception's object at a position, as its text shows it; `None` where the object has none there.
fn item_at(cx: &Thread, object: Option<Obj>, at: i64, of_bytes: bool) -> PyResult<Option<String>> {
    let wrong = |wanted: &str| match &object {
        Some(_) => cx.type_error(format_args!("UnicodeError 'object' attribute must be a {wanted}")),
        None => cx.type_error("UnicodeError 'object' attribute is not set"),
    };
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    if of_bytes {
        let Some(bytes) = object.as_ref().and_then(|o| o.downcast::<pv_object::Bytes>()) else {
            return Err(wrong("bytes"));
        };
        return Ok(bytes.data().get(at).map(|byte| format!("byte 0x{byte:02x}")));
    }
    let Some(string) = object.as_ref().and_then(|o| o.downcast::<Str>()) else { return Err(wrong("string")) };
    Ok(string.code_point(at).map(|point| match point {
        0..0x100 => format!("character '\\x{point:02x}'"),
        0x100..0x1_0000 => format!("character '\\u{point:04x}'"),
        _ => format!("character '\\U{point:08x}'"),
    }))
}

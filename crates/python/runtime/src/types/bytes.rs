//! `bytes` and `bytearray`.

use pv_object::{ByteArray, Bytes, Kind, Obj, Str};

use crate::error::{Exc, PyResult, Raised};
use crate::protocol;
use crate::thread::Thread;

/// The bytes of a bytes-like object, copied; `None` for other objects.
pub(crate) fn buffer(object: &Obj) -> Option<Vec<u8>> {
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Some(bytes.data().to_vec());
    }
    object.downcast::<ByteArray>().map(|bytes| bytes.with(<[u8]>::to_vec))
}

/// The bytes of a bytes-like object; TypeError for others.
pub(crate) fn like(cx: &Thread, object: &Obj) -> PyResult<Vec<u8>> {
    buffer(object).ok_or_else(|| {
        let found = cx.type_name(object);
        cx.type_error(format_args!("a bytes-like object is required, not '{found}'"))
    })
}

/// A number that fits a byte.
pub(crate) fn byte(cx: &Thread, value: &Obj, message: &str) -> PyResult<u8> {
    let index = protocol::to_index(cx, value)?;
    index.as_i64().and_then(|value| u8::try_from(value).ok()).ok_or_else(|| cx.value_error(message))
}

/// `bytes(object)` for objects other than counts and strings: `__bytes__`, buffers, iterables of numbers.
pub(crate) fn from_object(cx: &Thread, object: &Obj) -> PyResult<Vec<u8>> {
    if let Some(data) = buffer(object) {
        return Ok(data);
    }
    if let Some(method) = cx.lookup_special(object, &cx.names().__bytes__) {
        let made = protocol::call_special(cx, &method, object, &[])?;
        return buffer(&made)
            .filter(|_| made.kind() == Kind::Bytes)
            .ok_or_else(|| cx.type_error(format_args!("__bytes__ returned non-bytes (type {})", cx.type_name(&made))));
    }
    if object.downcast::<Str>().is_some() {
        return Err(cannot_convert(cx, object));
    }
    let iterator = match protocol::get_iter(cx, object) {
        Ok(iterator) => iterator,
        Err(raised) => {
            drop(cx.catch(raised, Exc::TypeError)?);
            return Err(cannot_convert(cx, object));
        }
    };
    let mut data = Vec::new();
    while let Some(item) = protocol::iter_next(cx, &iterator)? {
        data.push(byte(cx, &item, "bytes must be in range(0, 256)")?);
    }
    Ok(data)
}

#[cold]
fn cannot_convert(cx: &Thread, object: &Obj) -> Raised {
    cx.type_error(format_args!("cannot convert '{}' object to bytes", cx.type_name(object)))
}

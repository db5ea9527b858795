//! The items of a view as Python objects.

use pv_object::{List, Obj, Tuple};
use pv_runtime::{PyResult, Raised, Thread, protocol};

use super::{View, view};
use crate::buffer;
use crate::structs::codes::{self, Code, Item, Refusal};

/// Formats of one letter that a view can be cast to, as they are written.
const FORMATS: [&str; 36] = [
    "c", "b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "n", "N", "f", "d", "e", "?", "P", "@c", "@b", "@B", "@h",
    "@H", "@i", "@I", "@l", "@L", "@q", "@Q", "@n", "@N", "@f", "@d", "@e", "@?", "@P",
];

/// A format that a view can be cast to.
pub(super) fn known_format(name: &str) -> Option<&'static str> {
    FORMATS.into_iter().find(|format| *format == name)
}

/// What the items of a native format of one letter are.
pub(super) fn native_code(format: &str) -> Option<Code> {
    let mut letters = format.strip_prefix('@').unwrap_or(format).chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => Code::of(letter, true)
            .filter(|code| !matches!(code.item, Item::Pad | Item::String | Item::Pascal | Item::Complex)),
        _ => None,
    }
}

/// NotImplementedError for items that cannot be read.
pub(super) fn unsupported(cx: &Thread, view: &View) -> Raised {
    cx.not_implemented(format_args!("memoryview: format {} not supported", view.format))
}

/// All items, the last dimension the fastest; `None` for formats that cannot be read.
pub(super) fn all(view: &View) -> Option<Vec<Obj>> {
    let code = view.code?;
    let bytes = view.bytes();
    Some(bytes.chunks_exact(code.size).map(|item| codes::unpack(code, item, cfg!(target_endian = "little"))).collect())
}

/// The item at a place.
pub(super) fn get(cx: &Thread, view: &View, place: usize) -> PyResult {
    let Some(code) = view.code else { return Err(unsupported(cx, view)) };
    let unpacked = buffer::read(cx, &view.base, |memory| {
        let item = memory.get(place..place + code.size)?;
        Some(codes::unpack(code, item, cfg!(target_endian = "little")))
    })?;
    unpacked.ok_or_else(|| cx.index_error("index out of bounds on dimension 1"))
}

/// Changes the item at a place. Packing may run Python code, which may release the view.
pub(super) fn set(cx: &Thread, this: &Obj, place: usize, value: &Obj) -> PyResult<()> {
    let changed = view(cx, this)?;
    let Some(code) = changed.code else { return Err(unsupported(cx, changed)) };
    let mut bytes = [0; 16];
    let bytes = &mut bytes[..code.size];
    let format = changed.format;
    codes::pack(cx, code, value, bytes, cfg!(target_endian = "little")).map_err(|refusal| match refusal {
        Refusal::Raised(raised) => raised,
        Refusal::Type("int too large to convert") | Refusal::Range | Refusal::TooLarge => {
            cx.value_error(format_args!("memoryview: invalid value for format '{format}'"))
        }
        Refusal::Type("char format requires a bytes object of length 1")
            if value.downcast::<pv_object::Bytes>().is_some() =>
        {
            cx.value_error(format_args!("memoryview: invalid value for format '{format}'"))
        }
        Refusal::Type(_) => cx.type_error(format_args!("memoryview: invalid type for format '{format}'")),
    })?;
    buffer::write(cx, &view(cx, this)?.base, |memory| {
        if let Some(item) = memory.get_mut(place..place + code.size) {
            item.copy_from_slice(bytes);
        }
    })
}

/// The shape that an argument of `cast` asks for.
pub(super) fn shape(cx: &Thread, given: &Obj) -> PyResult<Vec<usize>> {
    if given.downcast::<List>().is_none() && given.downcast::<Tuple>().is_none() {
        return Err(cx.type_error("shape must be a list or a tuple"));
    }
    let lengths = protocol::collect(cx, given)?;
    if lengths.len() > 64 {
        return Err(cx.value_error("memoryview: number of dimensions must not exceed 64"));
    }
    let length = |length: &Obj| match (length.is_int(), length.as_i64()) {
        (false, _) => Err(cx.type_error("memoryview.cast(): elements of shape must be integers")),
        (true, Some(length)) if length > 0 => Ok(length as usize),
        _ => Err(cx.value_error("memoryview.cast(): elements of shape must be integers > 0")),
    };
    lengths.iter().map(length).collect()
}

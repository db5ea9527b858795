//! The bytes that objects show to others: byte strings, bytearrays, arrays, views.

use pv_object::{Buffer, BufferForm, ByteArray, Bytes, Obj};
use pv_runtime::types::bytes::check_accessible;
use pv_runtime::{PyResult, Thread};

/// What an object's bytes are; `None` for objects that show none.
pub(crate) fn form(object: &Obj) -> Option<BufferForm> {
    let plain = |len, read_only| BufferForm { format: "B", item_size: 1, len, read_only };
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Some(plain(bytes.data().len(), true));
    }
    if let Some(bytes) = object.downcast::<ByteArray>() {
        return Some(plain(bytes.with(<[u8]>::len), false));
    }
    object.native_buffer().map(Buffer::form)
}

/// Counts a view of an object in or out.
pub(crate) fn add_views(object: &Obj, change: i32) {
    if let Some(bytes) = object.downcast::<ByteArray>() {
        bytes.add_exports(change);
    } else if let Some(memory) = object.native_buffer() {
        memory.add_views(change);
    }
}

/// Calls `f` with an object's bytes; TypeError for objects that show none. `f` runs no Python code.
pub(crate) fn read<R>(cx: &Thread, object: &Obj, f: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
    check_accessible(cx, object)?;
    read_plain(object, f).ok_or_else(|| {
        let found = cx.type_name(object);
        cx.type_error(format_args!("a bytes-like object is required, not '{found}'"))
    })
}

/// Calls `f` with an object's bytes, if it shows any and lets them be seen now.
pub(crate) fn read_plain<R>(object: &Obj, f: impl FnOnce(&[u8]) -> R) -> Option<R> {
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Some(f(bytes.data()));
    }
    if let Some(bytes) = object.downcast::<ByteArray>() {
        return Some(bytes.with(f));
    }
    let memory = object.native_buffer().filter(|memory| memory.refusal().is_none())?;
    let (mut f, mut result) = (Some(f), None);
    memory.read(&mut |bytes| result = f.take().map(|f| f(bytes)));
    result
}

/// Calls `f` with an object's bytes, for changes in place; `None` where there can be none.
pub(crate) fn write_plain<R>(object: &Obj, f: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
    if let Some(bytes) = object.downcast::<ByteArray>() {
        return Some(bytes.with_mut(|data| f(data)));
    }
    let memory = object.native_buffer().filter(|memory| memory.refusal().is_none())?;
    let (mut f, mut result) = (Some(f), None);
    memory.write(&mut |bytes| result = f.take().map(|f| f(bytes)));
    result
}

/// Calls `f` with an object's bytes, for changes in place; TypeError where there can be none.
pub(crate) fn write<R>(cx: &Thread, object: &Obj, f: impl FnOnce(&mut [u8]) -> R) -> PyResult<R> {
    check_accessible(cx, object)?;
    write_plain(object, f).ok_or_else(|| {
        let found = cx.type_name(object);
        cx.type_error(format_args!("argument must be read-write bytes-like object, not {found}"))
    })
}

//! `bytes` and `bytearray`.
//!
//! Most methods are shared: they borrow the receiver's bytes while no Python runs, and give their result the receiver's
//! type. What only mutable byte strings can do is in `bytearray`.

mod bytearray;
mod case;
mod hex;
mod methods;
mod new;
mod sequence;

use pv_bytecode::op::BinaryOp;
use pv_object::{ByteArray, Bytes, Kind, Obj, Str};

use super::TypeTable;
use crate::error::{Exc, PyResult, Raised};
use crate::protocol;
use crate::slots::Slots;
use crate::thread::Thread;

/// Calls `f` with the bytes of a bytes or bytearray; `f` must not run Python.
pub(crate) fn with_data<R>(object: &Obj, f: impl FnOnce(&[u8]) -> R) -> R {
    match object.downcast::<ByteArray>() {
        Some(array) => array.with(f),
        None => f(object.expect::<Bytes>().data()),
    }
}

/// A byte string of the same kind as `like`.
pub(crate) fn make(like: &Obj, data: &[u8]) -> Obj {
    match like.kind() {
        Kind::ByteArray => ByteArray::create(data.to_vec()),
        _ => Bytes::create(data),
    }
}

/// The same bytes in an exact object; bytearrays are copied.
pub(crate) fn exact(object: &Obj) -> Obj {
    if object.is_exact() && object.kind() == Kind::Bytes {
        return object.clone();
    }
    with_data(object, |data| make(object, data))
}

/// The bytes of a bytes-like object, copied; `None` for other objects.
pub(crate) fn buffer(object: &Obj) -> Option<Vec<u8>> {
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Some(bytes.data().to_vec());
    }
    if let Some(bytes) = object.downcast::<ByteArray>() {
        return Some(bytes.with(<[u8]>::to_vec));
    }
    let memory = object.native_buffer().filter(|memory| memory.refusal().is_none())?;
    let mut copy = Vec::new();
    memory.read(&mut |data| copy = data.to_vec());
    Some(copy)
}

/// As [`buffer`]; an object whose class defines `__buffer__` in Python is asked for a view.
pub(crate) fn shown(cx: &Thread, object: &Obj) -> PyResult<Option<Vec<u8>>> {
    if let Some(data) = buffer(object) {
        return Ok(Some(data));
    }
    let Some(method) = cx.lookup_special(object, &cx.names().__buffer__) else { return Ok(None) };
    let simple = Obj::small(0);
    let view = protocol::call_special(cx, &method, object, &[simple])?;
    if view.native_buffer().is_none() {
        return Err(cx.type_error("__buffer__ returned non-memoryview object"));
    }
    check_accessible(cx, &view)?;
    let data = buffer(&view);
    if let Some(method) = cx.lookup_special(object, &cx.names().__release_buffer__) {
        protocol::call_special(cx, &method, object, &[view])?;
    }
    Ok(data)
}

/// Runs `f`, which may run Python code, while a bytearray keeps its size.
pub(crate) fn held<T>(object: &Obj, f: impl FnOnce() -> T) -> T {
    let count = |change: i32| object.downcast::<ByteArray>().into_iter().for_each(|array| array.add_exports(change));
    count(1);
    let result = f();
    count(-1);
    result
}

/// ValueError for memory that nobody may look at now.
pub fn check_accessible(cx: &Thread, object: &Obj) -> PyResult<()> {
    match object.native_buffer().and_then(pv_object::Buffer::refusal) {
        Some(message) => Err(cx.value_error(message)),
        None => Ok(()),
    }
}

/// The bytes of a bytes-like object; TypeError for others.
pub(crate) fn like(cx: &Thread, object: &Obj) -> PyResult<Vec<u8>> {
    check_accessible(cx, object)?;
    shown(cx, object)?.ok_or_else(|| {
        let found = cx.type_name(object);
        cx.type_error(format_args!("a bytes-like object is required, not '{found}'"))
    })
}

/// A number that fits a byte.
pub(crate) fn byte(cx: &Thread, value: &Obj, message: &str) -> PyResult<u8> {
    let index = protocol::to_index(cx, value)?;
    index.as_i64().and_then(|value| u8::try_from(value).ok()).ok_or_else(|| cx.value_error(message))
}

/// What `__bytes__` gives, if the object's class has that; TypeError unless that is bytes.
pub(crate) fn converted(cx: &Thread, object: &Obj) -> PyResult<Option<Obj>> {
    let Some(method) = cx.lookup_special(object, &cx.names().__bytes__) else { return Ok(None) };
    let made = protocol::call_special(cx, &method, object, &[])?;
    if made.kind() == Kind::Bytes {
        return Ok(Some(made));
    }
    Err(cx.type_error(format_args!("__bytes__ returned non-bytes (type {})", cx.type_name(&made))))
}

/// What `bytes` says about numbers that are none of a byte.
pub(crate) const BYTES_RANGE: &str = "bytes must be in range(0, 256)";

/// The bytes of a buffer, or of an iterable of numbers; `range` says what a number outside is told.
pub(crate) fn from_object(cx: &Thread, object: &Obj, range: &str) -> PyResult<Vec<u8>> {
    check_accessible(cx, object)?;
    if let Some(data) = shown(cx, object)? {
        return Ok(data);
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
        data.push(byte(cx, &item, range)?);
    }
    Ok(data)
}

#[cold]
fn cannot_convert(cx: &Thread, object: &Obj) -> Raised {
    cx.type_error(format_args!("cannot convert '{}' object to bytes", cx.type_name(object)))
}

/// `bytes`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: methods::METHODS,
    class_methods: methods::CLASS_METHODS,
    static_methods: methods::STATIC_METHODS,
    slots: Slots {
        new: Some(new::bytes),
        repr: Some(sequence::repr),
        hash: Some(sequence::hash),
        compare: Some(sequence::compare),
        iter: Some(sequence::iter),
        len: Some(sequence::len),
        get_item: Some(sequence::get_item),
        contains: Some(sequence::contains),
        concat: Some(sequence::concat),
        repeat: Some(sequence::repeat),
        binary: Some((sequence::binary, &[BinaryOp::Mod])),
        ..Slots::NONE
    },
    doc: "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(count) -> bytes of zeros",
    ..TypeTable::NONE
};

/// `bytearray`.
pub(crate) static BYTEARRAY: TypeTable = TypeTable {
    methods: methods::ARRAY_METHODS,
    class_methods: methods::CLASS_METHODS,
    static_methods: methods::STATIC_METHODS,
    slots: Slots {
        new: Some(new::bytearray),
        init: Some(new::init_bytearray),
        repr: Some(bytearray::repr),
        unhashable: true,
        compare: Some(sequence::compare),
        iter: Some(sequence::iter),
        len: Some(sequence::len),
        get_item: Some(sequence::get_item),
        set_item: Some(bytearray::set_item),
        contains: Some(sequence::contains),
        concat: Some(sequence::concat),
        repeat: Some(sequence::repeat),
        binary: Some((sequence::binary, &[BinaryOp::Mod])),
        inplace: Some((bytearray::inplace, &[BinaryOp::Add, BinaryOp::Mul])),
        ..Slots::NONE
    },
    doc: "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(count) -> bytearray of zeros",
    ..TypeTable::NONE
};

//! Byte strings as sequences.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{ByteArray, Bytes, BytesIter, Finder, Kind, Obj, Slice, Text};

use super::{byte, exact, held, like, make, shown, with_data};
use crate::error::PyResult;
use crate::format::percent;
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::int::holds;
use crate::types::list::repeat_count;
use crate::types::str::repr as show;

pub(super) fn repr(_: &Thread, object: &Obj) -> PyResult {
    Ok(text::new(&with_data(object, show::bytes)))
}

pub(super) fn hash(_: &Thread, object: &Obj) -> PyResult<i64> {
    Ok(object.expect::<Bytes>().hash())
}

pub(super) fn compare(_: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if !is_like(a) || !is_like(b) {
        return Ok(Obj::not_implemented());
    }
    Ok(Obj::bool(with_data(a, |x| with_data(b, |y| holds(op, x.cmp(y))))))
}

fn is_like(object: &Obj) -> bool {
    matches!(object.kind(), Kind::Bytes | Kind::ByteArray)
}

pub(super) fn iter(_: &Thread, object: &Obj) -> PyResult {
    Ok(BytesIter::create(object.clone()))
}

pub(super) fn len(_: &Thread, object: &Obj) -> PyResult<usize> {
    Ok(with_data(object, <[u8]>::len))
}

pub(super) fn get_item(cx: &Thread, object: &Obj, key: &Obj) -> PyResult {
    let len = with_data(object, <[u8]>::len);
    if let Some(slice) = key.downcast::<Slice>() {
        let (start, step, count) = protocol::slice_bounds(cx, slice, len)?;
        if count == len && step == 1 {
            return Ok(exact(object));
        }
        return Ok(with_data(object, |data| make(object, &sliced(data, start, step, count))));
    }
    let array = object.kind() == Kind::ByteArray;
    if !key.is_int() && cx.lookup_special(key, &cx.names().__index__).is_none() {
        let (what, found) = (if array { "bytearray" } else { "byte" }, cx.type_name(key));
        return Err(cx.type_error(format_args!("{what} indices must be integers or slices, not {found}")));
    }
    let message = if array { "bytearray index out of range" } else { "index out of range" };
    let place = protocol::normalize_index(cx, key, len, message)?;
    let found = with_data(object, |data| data.get(place).copied());
    found.map(|byte| Obj::small(i32::from(byte))).ok_or_else(|| cx.index_error(message))
}

fn sliced(data: &[u8], start: i64, step: i64, count: usize) -> Vec<u8> {
    if step == 1 {
        let start = start as usize;
        return data[start..start + count].to_vec();
    }
    (0..count as i64).filter_map(|i| data.get((start + i * step) as usize).copied()).collect()
}

pub(super) fn contains(cx: &Thread, object: &Obj, item: &Obj) -> PyResult<bool> {
    if item.is_int() || !is_like(item) && cx.lookup_special(item, &cx.names().__index__).is_some() {
        let wanted = held(object, || byte(cx, item, "byte must be in range(0, 256)"))?;
        return Ok(with_data(object, |data| data.contains(&wanted)));
    }
    let needle = held(object, || like(cx, item))?;
    Ok(with_data(object, |data| Finder::new(Text::One(data), Text::One(&needle)).find(0, data.len()).is_some()))
}

pub(super) fn concat(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    if b.exact::<Bytes>().is_some() && a.exact::<Bytes>().is_some_and(|a| a.data().is_empty()) {
        return Ok(b.clone());
    }
    let Some(right) = shown(cx, b)? else {
        let (left, found) = (cx.type_name(a), cx.type_name(b));
        return Err(cx.type_error(format_args!("can't concat {found} to {left}")));
    };
    Ok(with_data(a, |data| make(a, &[data, &right].concat())))
}

pub(super) fn repeat(cx: &Thread, object: &Obj, count: &Obj) -> PyResult {
    let count = repeat_count(cx, count, with_data(object, <[u8]>::len))?;
    if count == 1 && object.exact::<Bytes>().is_some() {
        return Ok(object.clone());
    }
    Ok(with_data(object, |data| make(object, &data.repeat(count))))
}

pub(super) fn binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    if op != BinaryOp::Mod || !is_like(a) {
        return Ok(Obj::not_implemented());
    }
    let template = with_data(a, <[u8]>::to_vec);
    let data = held(a, || percent::bytes(cx, &template, b))?;
    Ok(if a.downcast::<ByteArray>().is_some() { ByteArray::create(data) } else { Bytes::create(&data) })
}

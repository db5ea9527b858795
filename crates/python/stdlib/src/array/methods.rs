//! The methods of arrays.

use std::ops::ControlFlow;

use pv_object::{Array, Bytes, List, Obj, StrBuilder, Tuple};
use pv_runtime::{PyResult, Thread, getsets, natives, protocol, text};

use super::{add, check_resizable, code, item, items, like, to_bytes as to_bytes_of, view};
use crate::support::{bytes_like, machine_int, optional_int};

fn append(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let (bytes, width) = code(array).encode(cx, value)?;
    check_resizable(cx, array)?;
    add(array, &bytes[..width]);
    Ok(Obj::none())
}

/// Appends the items of an iterable.
pub(super) fn extend_from(cx: &Thread, array: &Array, iterable: &Obj) -> PyResult<()> {
    protocol::for_each(cx, iterable, |item| {
        let (bytes, width) = code(array).encode(cx, &item)?;
        check_resizable(cx, array)?;
        add(array, &bytes[..width]);
        Ok(ControlFlow::Continue(()))
    })
}

fn extend(cx: &Thread, this: &Obj, iterable: &Obj) -> PyResult {
    let array = view(cx, this)?;
    match iterable.downcast::<Array>() {
        Some(other) if other.items() == array.items() => {
            check_resizable(cx, array)?;
            add(array, &to_bytes_of(other));
        }
        Some(_) => return Err(cx.type_error("can only extend with array of same kind")),
        None => extend_from(cx, array, iterable)?,
    }
    Ok(Obj::none())
}

fn in_place_add(cx: &Thread, this: &Obj, other: &Obj) -> PyResult {
    if other.downcast::<Array>().is_none() {
        let found = cx.type_name(other);
        return Err(cx.type_error(format_args!("can only extend with array (not \"{found}\")")));
    }
    extend(cx, this, other)?;
    Ok(this.clone())
}

fn in_place_multiply(cx: &Thread, this: &Obj, count: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let count = usize::try_from(machine_int(cx, count)?).unwrap_or(0);
    check_resizable(cx, array)?;
    let old = to_bytes_of(array);
    array.splice(0..old.len(), &old.repeat(count));
    Ok(this.clone())
}

fn insert(cx: &Thread, this: &Obj, index: &Obj, value: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let index = machine_int(cx, index)?;
    let (bytes, width) = code(array).encode(cx, value)?;
    check_resizable(cx, array)?;
    let len = array.len() as i64;
    let at = if index < 0 { (index + len).max(0) } else { index.min(len) } as usize * width;
    array.splice(at..at, &bytes[..width]);
    Ok(Obj::none())
}

fn remove_at(cx: &Thread, array: &Array, index: usize) -> PyResult {
    let item = item(array, index).ok_or_else(|| cx.index_error("pop index out of range"))?;
    check_resizable(cx, array)?;
    let size = code(array).size();
    array.splice(index * size..(index + 1) * size, &[]);
    Ok(item)
}

fn pop(cx: &Thread, this: &Obj, index: Option<&Obj>) -> PyResult {
    let array = view(cx, this)?;
    let index = optional_int(cx, index, -1)?;
    let len = array.len() as i64;
    if len == 0 {
        return Err(cx.index_error("pop from empty array"));
    }
    match usize::try_from(if index < 0 { index + len } else { index }) {
        Ok(index) if index < array.len() => remove_at(cx, array, index),
        _ => Err(cx.index_error("pop index out of range")),
    }
}

/// The first item equal to `value`, from `start` up to `stop`.
pub(super) fn find(cx: &Thread, this: &Obj, value: &Obj, start: usize, stop: usize) -> PyResult<Option<usize>> {
    let array = view(cx, this)?;
    let mut index = start;
    while index < stop {
        let Some(item) = item(array, index) else { break };
        if protocol::values_equal(cx, &item, value)? {
            return Ok(Some(index));
        }
        index += 1;
    }
    Ok(None)
}

fn remove(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    match find(cx, this, value, 0, usize::MAX)? {
        Some(index) => remove_at(cx, view(cx, this)?, index).map(|_| Obj::none()),
        None => Err(cx.value_error("array.remove(x): x not in array")),
    }
}

fn index(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), Some(value), start, stop] = args else {
        return Err(cx.type_error("index expected at least 1 argument"));
    };
    let len = view(cx, this)?.len() as i64;
    let clamp = |index: i64| if index < 0 { (index + len).max(0) } else { index } as usize;
    let start = clamp(optional_int(cx, start.as_ref(), 0)?);
    let stop = clamp(optional_int(cx, stop.as_ref(), i64::MAX)?);
    match find(cx, this, value, start, stop)? {
        Some(index) => Ok(Obj::usize(index)),
        None => Err(cx.value_error("array.index(x): x not in array")),
    }
}

fn count(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    let (mut count, mut start) = (0, 0);
    while let Some(index) = find(cx, this, value, start, usize::MAX)? {
        count += 1;
        start = index + 1;
    }
    Ok(Obj::int(count))
}

fn reverse(cx: &Thread, this: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let size = code(array).size();
    array.with_mut(|data| {
        data.reverse();
        data.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    });
    Ok(Obj::none())
}

fn byteswap(cx: &Thread, this: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let size = code(array).size();
    array.with_mut(|data| data.chunks_exact_mut(size).for_each(<[u8]>::reverse));
    Ok(Obj::none())
}

pub(super) fn to_list(cx: &Thread, this: &Obj) -> PyResult {
    Ok(List::create(items(view(cx, this)?)))
}

fn from_list(cx: &Thread, this: &Obj, list: &Obj) -> PyResult {
    let array = view(cx, this)?;
    if list.downcast::<List>().is_none() {
        return Err(cx.type_error("arg must be list"));
    }
    let before = array.with(<[u8]>::len);
    if let Err(raised) = extend_from(cx, array, list) {
        let after = array.with(<[u8]>::len);
        array.splice(before.min(after)..after, &[]);
        return Err(raised);
    }
    Ok(Obj::none())
}

fn to_bytes(cx: &Thread, this: &Obj) -> PyResult {
    Ok(view(cx, this)?.with(Bytes::create))
}

pub(super) fn from_bytes(cx: &Thread, this: &Obj, bytes: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let bytes = bytes_like(cx, bytes)?;
    if bytes.len() % code(array).size() != 0 {
        return Err(cx.value_error("bytes length not a multiple of item size"));
    }
    check_resizable(cx, array)?;
    add(array, &bytes);
    Ok(Obj::none())
}

pub(super) fn to_unicode(cx: &Thread, this: &Obj) -> PyResult {
    let array = view(cx, this)?;
    if !code(array).is_character() {
        return Err(cx.value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    let mut out = StrBuilder::new();
    items(array).iter().for_each(|item| out.push_obj(item.expect()));
    Ok(out.finish())
}

fn from_unicode(cx: &Thread, this: &Obj, text: &Obj) -> PyResult {
    let array = view(cx, this)?;
    if !code(array).is_character() {
        return Err(cx.value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
    }
    extend_from(cx, array, text)?;
    Ok(Obj::none())
}

fn buffer_info(cx: &Thread, this: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let address = array.with(|data| data.as_ptr().addr());
    Ok(Tuple::pair(Obj::usize(address), Obj::usize(array.len())))
}

fn copy(cx: &Thread, this: &Obj) -> PyResult {
    let array = view(cx, this)?;
    Ok(like(cx.type_of(this), code(array), &to_bytes_of(array)))
}

fn deep_copy(cx: &Thread, this: &Obj, _: &Obj) -> PyResult {
    copy(cx, this)
}

fn clear(cx: &Thread, this: &Obj) -> PyResult {
    let array = view(cx, this)?;
    check_resizable(cx, array)?;
    let end = array.with(<[u8]>::len);
    array.splice(0..end, &[]);
    Ok(Obj::none())
}

fn reduce(cx: &Thread, this: &Obj, _: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let letter = text::new(&code(array).letter().to_string());
    Ok(Tuple::pair(cx.type_of(this).clone(), Tuple::pair(letter, to_list(cx, this)?)))
}

fn item_size(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(code(view(cx, this)?).size()))
}

fn letter(cx: &Thread, this: &Obj) -> PyResult {
    Ok(text::new(&code(view(cx, this)?).letter().to_string()))
}

getsets! { pub(super) static GETSETS:
    "itemsize" item_size => "the size, in bytes, of one array item";
    "typecode" letter => "the typecode character used to create the array";
}

natives! { pub(super) static METHODS:
    "__copy__" "(self, /)" F1(copy) "Return a copy of the array.";
    "__deepcopy__" "(self, unused, /)" F2(deep_copy) "Return a copy of the array.";
    "__iadd__" "(self, value, /)" F2(in_place_add) "Implement self+=value.";
    "__imul__" "(self, value, /)" F2(in_place_multiply) "Implement self*=value.";
    "__reduce_ex__" "(self, value, /)" F2(reduce) "Return state information for pickling.";
    "append" "(self, v, /)" F2(append) "Adds an item at the end.";
    "buffer_info" "(self, /)" F1(buffer_info) "Address and length of the items.";
    "byteswap" "(self, /)" F1(byteswap) "Reverses the bytes of each item.";
    "clear" "(self, /)" F1(clear) "Removes all items.";
    "count" "(self, v, /)" F2(count) "How often an item occurs.";
    "extend" "(self, bb, /)" F2(extend) "Adds the items of an iterable.";
    "frombytes" "(self, buffer, /)" F2(from_bytes) "Adds items from their bytes.";
    "fromlist" "(self, list, /)" F2(from_list) "Adds the items of a list.";
    "fromunicode" "(self, ustr, /)" F2(from_unicode) "Adds the characters of a string.";
    "index" "(self, v, start=0, stop=sys.maxsize, /)" Bound(index) "The first place of an item.";
    "insert" "(self, i, v, /)" F3(insert) "Puts an item before a place.";
    "pop" "(self, i=-1, /)" O2(pop) "Removes and returns an item.";
    "remove" "(self, v, /)" F2(remove) "Removes the first item equal to a value.";
    "reverse" "(self, /)" F1(reverse) "Reverses the order of the items.";
    "tobytes" "(self, /)" F1(to_bytes) "The items' bytes.";
    "tolist" "(self, /)" F1(to_list) "A list of the items.";
    "tounicode" "(self, /)" F1(to_unicode) "The characters as a string.";
}

fn reconstruct(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(class), Some(letter), _, Some(bytes)] = args else {
        return Err(cx.type_error("_array_reconstructor expected 4 arguments"));
    };
    let array = protocol::call1(cx, class, letter)?;
    from_bytes(cx, &array, bytes)?;
    Ok(array)
}

natives! { pub(super) static FUNCTIONS:
    "_array_reconstructor" "(arraytype, typecode, mformat_code, items, /)" Bound(reconstruct) "Internal. Used for pickling support.";
}

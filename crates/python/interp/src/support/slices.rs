//! `a[start:stop]`.

use pv_object::{List, Obj, Slice, Str, Tuple};
use pv_runtime::{PyResult, Thread, protocol};

/// Start and stop within `len` items, when both are small ints or None.
fn simple_bounds(start: &Obj, stop: &Obj, len: usize) -> Option<(usize, usize)> {
    let bound = |value: &Obj, absent: i64| match value.word().as_i64() {
        Some(index) if index < 0 => Some((index + len as i64).max(0)),
        Some(index) => Some(index.min(len as i64)),
        None if value.is_none() => Some(absent),
        None => None,
    };
    let (start, stop) = (bound(start, 0)?, bound(stop, len as i64)?);
    Some((start as usize, stop.max(start) as usize))
}

/// `container[start:stop]`.
pub fn get(cx: &Thread, container: &Obj, start: &Obj, stop: &Obj) -> PyResult {
    if let Some(list) = container.exact::<List>()
        && let Some((start, stop)) = simple_bounds(start, stop, list.len())
    {
        return Ok(list.part(start, stop));
    }
    if let Some(text) = container.exact::<Str>()
        && let Some((start, stop)) = simple_bounds(start, stop, text.len())
    {
        return Ok(text.slice(start, stop));
    }
    if let Some(tuple) = container.exact::<Tuple>()
        && let Some((start, stop)) = simple_bounds(start, stop, tuple.len())
    {
        return Ok(Tuple::copy_of(&tuple.items()[start..stop]));
    }
    protocol::get_item(cx, container, &Slice::create(start.clone(), stop.clone(), Obj::none()))
}

/// `container[start:stop] = value`.
pub fn set(cx: &Thread, container: &Obj, start: &Obj, stop: &Obj, value: &Obj) -> PyResult<()> {
    if let (Some(list), Some(source)) = (container.exact::<List>(), value.exact::<List>())
        && let Some((start, stop)) = simple_bounds(start, stop, list.len())
        && stop - start == source.len()
        && !container.same(value)
    {
        list.overwrite(
            start,
            (0..source.len()).map(|index| source.get(index).expect("no item goes while others are copied")),
        );
        return Ok(());
    }
    protocol::set_item(cx, container, &Slice::create(start.clone(), stop.clone(), Obj::none()), value)
}

/// A slice of two or three parts.
pub fn build(mut parts: Vec<Obj>) -> Obj {
    let step = if parts.len() == 3 { parts.pop().unwrap_or_else(Obj::none) } else { Obj::none() };
    let stop = parts.pop().unwrap_or_else(Obj::none);
    let start = parts.pop().unwrap_or_else(Obj::none);
    Slice::create(start, stop, step)
}

//! `a[start:stop]`.

use pv_object::{List, Obj, Slice, Str, Tuple};
use pv_runtime::{PyResult, Thread, protocol};

/// A bound of a slice as a number, `absent` for None: counted from the end where it is negative, and cut to `least..=most`.
fn bound(value: &Obj, absent: i64, len: i64, least: i64, most: i64) -> Option<i64> {
    match value.word().as_i64() {
        Some(index) if index < 0 => Some((index + len).max(least)),
        Some(index) => Some(index.min(most)),
        None => value.is_none().then_some(absent),
    }
}

/// Start and stop within `len` items, when both are small ints or None.
pub fn simple_bounds(start: &Obj, stop: &Obj, len: usize) -> Option<(usize, usize)> {
    let len = len as i64;
    let (start, stop) = (bound(start, 0, len, 0, len)?, bound(stop, len, len, 0, len)?);
    Some((start as usize, stop.max(start) as usize))
}

/// `list[start:stop:step]` for bounds and a step that are small ints or None; `None` for others and for a step of 0.
pub fn part_of_list(list: &List, start: &Obj, stop: &Obj, step: &Obj) -> Option<Obj> {
    let step = if step.is_none() { 1 } else { step.word().as_i64().filter(|step| *step != 0)? };
    if step == 1 {
        let (start, stop) = simple_bounds(start, stop, list.len())?;
        return Some(list.part(start, stop));
    }
    let len = list.len() as i64;
    let (least, most) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let (first, last) = if step < 0 { (most, least) } else { (least, most) };
    let (start, stop) = (bound(start, first, len, least, most)?, bound(stop, last, len, least, most)?);
    let distance = if step < 0 { start - stop } else { stop - start };
    let count = if distance <= 0 { 0 } else { (distance - 1) / step.saturating_abs() + 1 };
    Some(List::of_exactly((0..count as usize).map(|index| {
        let place = start + index as i64 * step;
        list.get(place as usize).expect("a slice stays within the list")
    })))
}

/// `text[start:stop]` or `tuple[start:stop]` for bounds that are small ints or None.
pub fn part_of_fixed(container: &Obj, start: &Obj, stop: &Obj) -> Option<Obj> {
    if let Some(text) = container.exact::<Str>() {
        let (start, stop) = simple_bounds(start, stop, text.len())?;
        return Some(text.slice(start, stop));
    }
    let items = container.exact::<Tuple>()?.items();
    let (start, stop) = simple_bounds(start, stop, items.len())?;
    Some(Tuple::copy_of(&items[start..stop]))
}

/// `container[start:stop]`.
pub fn get(cx: &Thread, container: &Obj, start: &Obj, stop: &Obj) -> PyResult {
    let part = match container.exact::<List>() {
        Some(list) => part_of_list(list, start, stop, &Obj::none()),
        None => part_of_fixed(container, start, stop),
    };
    match part {
        Some(part) => Ok(part),
        None => protocol::get_item(cx, container, &Slice::create(start.clone(), stop.clone(), Obj::none())),
    }
}

/// `container[start:stop] = value`.
pub fn set(cx: &Thread, container: &Obj, start: &Obj, stop: &Obj, value: &Obj) -> PyResult<()> {
    if let (Some(list), Some(source)) = (container.exact::<List>(), value.exact::<List>())
        && let Some((start, stop)) = simple_bounds(start, stop, list.len())
        && !container.same(value)
    {
        list.replace_part(start, stop, source);
        return Ok(());
    }
    protocol::set_item(cx, container, &Slice::create(start.clone(), stop.clone(), Obj::none()), value)
}

//! `_bisect`: places in sorted sequences.

use pv_bytecode::op::Compare;
use pv_object::{List, Obj};
use pv_runtime::{PyResult, Thread, natives, protocol};

use crate::support::{machine_int, optional_int};

/// Which end of a run of equal items is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// The place for `x` (already a key) in `a`, from `lo` up to `hi`.
fn place(cx: &Thread, side: Side, a: &Obj, x: &Obj, bounds: (i64, i64), key: Option<&Obj>) -> PyResult<i64> {
    let (mut low, mut high) = bounds;
    while low < high {
        let middle = low + (high - low) / 2;
        let item = match a.exact::<List>().and_then(|list| list.get(middle as usize)) {
            Some(item) => item,
            None => protocol::get_item(cx, a, &Obj::int(middle))?,
        };
        let item = key.map_or(Ok(item.clone()), |key| protocol::call1(cx, key, &item))?;
        let before = match side {
            Side::Left => protocol::compare_bool(cx, Compare::Lt, &item, x)?,
            Side::Right => !protocol::compare_bool(cx, Compare::Lt, x, &item)?,
        };
        if before {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

fn bounds(cx: &Thread, a: &Obj, low: Option<&Obj>, high: Option<&Obj>) -> PyResult<(i64, i64)> {
    let low = optional_int(cx, low, 0)?;
    if low < 0 {
        return Err(cx.value_error("lo must be non-negative"));
    }
    let high = match high.filter(|high| !high.is_none()) {
        Some(high) => machine_int(cx, high)?,
        None => -1,
    };
    Ok((low, if high < 0 { protocol::len(cx, a)? as i64 } else { high }))
}

fn bisect(cx: &Thread, args: &[Option<Obj>], side: Side) -> PyResult {
    let [Some(a), Some(x), low, high, key] = args else { return Err(cx.type_error("bisect() missing arguments")) };
    let key = key.as_ref().filter(|key| !key.is_none());
    let bounds = bounds(cx, a, low.as_ref(), high.as_ref())?;
    place(cx, side, a, x, bounds, key).map(Obj::int)
}

fn insort(cx: &Thread, args: &[Option<Obj>], side: Side) -> PyResult {
    let [Some(a), Some(x), low, high, key] = args else { return Err(cx.type_error("insort() missing arguments")) };
    let key = key.as_ref().filter(|key| !key.is_none());
    let wanted = key.map_or(Ok(x.clone()), |key| protocol::call1(cx, key, x))?;
    let bounds = bounds(cx, a, low.as_ref(), high.as_ref())?;
    let at = place(cx, side, a, &wanted, bounds, key)?;
    match a.exact::<List>() {
        Some(list) => list.insert((at as usize).min(list.len()), x.clone()),
        None => drop(protocol::call_method(cx, a, "insert", &[Obj::int(at), x.clone()])?),
    }
    Ok(Obj::none())
}

fn bisect_left(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    bisect(cx, args, Side::Left)
}

fn bisect_right(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    bisect(cx, args, Side::Right)
}

fn insort_left(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    insort(cx, args, Side::Left)
}

fn insort_right(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    insort(cx, args, Side::Right)
}

natives! { static FUNCTIONS:
    "bisect_left" "(a, x, lo=0, hi=None, *, key=None)" Bound(bisect_left) "The place before all items equal to x.";
    "bisect_right" "(a, x, lo=0, hi=None, *, key=None)" Bound(bisect_right) "The place behind all items equal to x.";
    "insort_left" "(a, x, lo=0, hi=None, *, key=None)" Bound(insort_left) "Inserts x before all items equal to it.";
    "insort_right" "(a, x, lo=0, hi=None, *, key=None)" Bound(insort_right) "Inserts x behind all items equal to it.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    crate::support::functions(cx, namespace, "_bisect", FUNCTIONS);
    Ok(())
}

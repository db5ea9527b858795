//! Methods and constructors of built-in containers that calls compute in place: see [`super::intrinsics`].
//!
//! Receivers may be of subclasses: who calls these has found the built-in's own method, whatever the class is. Searches are decided without
//! Python; everything else is left to the native. A set's `remove` is a `discard` of what is there.

use pv_machine::{Cmp, Flow, IntOp, Own, Typed};
use pv_object::{Kind, List, known, trusted};
use pv_word::Word;
use smallvec::SmallVec;

use crate::handlers::calls::{self, Site};
use crate::handlers::items::{self, found};
use crate::operands::Python;
use crate::{helpers, view};

/// Ends a call whose result is None.
pub fn finish_none<M: Python>(m: &mut M, site: Site) -> Flow {
    let none = m.cx().none_word();
    let none = m.word(none);
    calls::finish(m, site, Own::new(none))
}

/// The receiver, if it is a list.
pub fn list<M: Python>(m: &mut M, site: Site) -> Option<Typed<M::Val, List>> {
    let value = m.get(site.arg(0));
    match view::kind(m, value) {
        Some((Kind::List, _)) => Some(trusted::by_shape(value)),
        _ => None,
    }
}

/// `list.pop(list)` on a list that is not empty.
pub fn pop<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let list = list(m, site)?;
    let (len, zero) = (view::list_len(m, list), m.int(0));
    let has_items = m.cmp_ints(Cmp::Gt, len, zero);
    if !m.test(has_items) {
        return None;
    }
    let last = m.call(&helpers::LIST_POP, &[list.value()]);
    Some(calls::finish(m, site, last))
}

/// `list.pop(list, index)` at a small int within the list.
pub fn pop_at<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let (list, index) = (list(m, site)?, m.get(site.arg(1)));
    if !m.is_int(index) {
        return None;
    }
    let len = view::list_len(m, list);
    let at = items::wrap(m, index, len);
    if !view::list_has(m, list, at) {
        return None;
    }
    let at = m.tag_int(at)?;
    let item = m.call(&helpers::LIST_TAKE, &[list.value(), at]);
    Some(calls::finish(m, site, item))
}

/// `list.insert(list, index, x)` at a small int.
pub fn insert<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let (list, index) = (list(m, site)?, m.get(site.arg(1)));
    if !m.is_int(index) {
        return None;
    }
    let value = m.take(site.arg(2));
    m.call_int(&helpers::LIST_INSERT, &[list.value(), index, value.get()]);
    // The helper moved the reference into the list.
    m.forget(value);
    Some(finish_none(m, site))
}

/// `list.copy(list)`.
pub fn copy<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let list = list(m, site)?;
    let none = m.cx().none_word();
    let none = m.word(none);
    let copy = m.call(&helpers::LIST_PART, &[list.value(), none, none, none]);
    Some(calls::finish(m, site, copy))
}

/// `list.index(list, x)` of an item that is there.
pub fn index<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let (list, item) = (list(m, site)?, m.get(site.arg(1)));
    let place = m.call_int(&helpers::LIST_FIND, &[list.value(), item]);
    let place = found(m, place)?;
    Some(calls::finish(m, site, Own::new(place)))
}

/// `list.remove(list, x)` of an item that is there.
pub fn remove<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let (list, item) = (list(m, site)?, m.get(site.arg(1)));
    let place = m.call_int(&helpers::LIST_FIND, &[list.value(), item]);
    let place = found(m, place)?;
    let removed = m.call(&helpers::LIST_TAKE, &[list.value(), place]);
    m.release(removed);
    Some(finish_none(m, site))
}

/// `dict.get(dict, key)`, with a default or without.
pub fn get<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let (dict, key) = (m.get(site.arg(0)), m.get(site.arg(1)));
    if !matches!(view::kind(m, dict), Some((Kind::Dict, _))) {
        return None;
    }
    let entry = m.call_int(&helpers::DICT_FIND, &[dict, key]);
    if m.int_is(entry, helpers::UNDECIDED) {
        return None;
    }
    if !m.int_is(entry, helpers::ABSENT) {
        let entry = m.tag_int(entry)?;
        let value = m.call(&helpers::DICT_VALUE, &[dict, entry]);
        return Some(calls::finish(m, site, value));
    }
    if site.count == 2 {
        return Some(finish_none(m, site));
    }
    let default = m.take(site.arg(2));
    Some(calls::finish(m, site, default))
}

/// The receiver, if it is a set.
fn set<M: Python>(m: &mut M, site: Site) -> Option<M::Val> {
    let value = m.get(site.arg(0));
    matches!(view::kind(m, value), Some((Kind::Set, _))).then_some(value)
}

/// `set.add(set, x)`.
pub fn add<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let (set, element) = (set(m, site)?, m.get(site.arg(1)));
    let entry = m.call_int(&helpers::SET_FIND, &[set, element]);
    if m.int_is(entry, helpers::UNDECIDED) {
        return None;
    }
    if m.int_is(entry, helpers::ABSENT) {
        m.call_int(&helpers::SET_INSERT, &[set, element]);
    }
    Some(finish_none(m, site))
}

/// `set.discard(set, x)` or `set.remove(set, x)` of an element that is there.
pub fn discard<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let (set, element) = (set(m, site)?, m.get(site.arg(1)));
    let entry = m.call_int(&helpers::SET_FIND, &[set, element]);
    let entry = found(m, entry)?;
    let removed = m.call(&helpers::SET_TAKE, &[set, entry]);
    m.release(removed);
    Some(finish_none(m, site))
}

// -- Constructors -------------------------------------------------------------------------------------------------

/// `range(…)` of small ints, few enough to be counted by one.
pub fn range<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    let zero = m.word(Word::ZERO);
    let mut parts = [zero, zero, m.word(Word::small(1))];
    let (first, count) = match site.count {
        1 => (1, 1),
        2 | 3 => (0, site.count),
        _ => return None,
    };
    for index in 0..count {
        let part = m.get(site.arg(index));
        if !m.is_int(part) {
            return None;
        }
        parts[(first + index) as usize] = part;
    }
    let [start, stop, step] = parts;
    let len = range_len(m, start, stop, step)?;
    let range = known::new_range(m, [start, stop, step, len]);
    Some(calls::finish(m, site, range))
}

/// Number of elements of a range of small ints with a step that is not 0.
fn range_len<M: Python>(m: &mut M, start: M::Val, stop: M::Val, step: M::Val) -> Option<M::Val> {
    let [start, stop, step] = [start, stop, step].map(|part| m.untag_int(part));
    let (zero, one) = (m.int(0), m.int(1));
    if m.int_is(step, 0) {
        return None;
    }
    let rises = m.cmp_ints(Cmp::Gt, step, zero);
    let (distance, step) = if m.test(rises) {
        (m.int_op(IntOp::Sub, stop, start), step)
    } else {
        (m.int_op(IntOp::Sub, start, stop), m.int_op(IntOp::Sub, zero, step))
    };
    // Rounded up, so that less than one step is one; nothing and less is nothing.
    let before = m.int_op(IntOp::Sub, distance, one);
    let whole = if m.int_is(step, 1) { before } else { m.int_op(IntOp::FloorDiv, before, step) };
    let len = m.int_op(IntOp::Add, whole, one);
    let (some, none) = (m.cmp_ints(Cmp::Gt, distance, zero), m.word(Word::ZERO));
    let len = m.tag_int(len)?;
    Some(m.select(some, len, none))
}

/// Is the argument an exact list or tuple? Then [`iterator`] makes its iterator.
fn is_sequence<M: Python>(m: &mut M, site: Site, index: u32) -> Option<Kind> {
    let value = m.get(site.arg(index));
    view::exact_kind(m, value).filter(|kind| matches!(kind, Kind::List | Kind::Tuple))
}

/// A new iterator over an argument, which is moved into it.
fn iterator<M: Python>(m: &mut M, site: Site, index: u32, kind: Kind) -> Own<M::Val> {
    let source = m.take(site.arg(index));
    if kind == Kind::List { known::new_list_iter(m, source) } else { known::new_tuple_iter(m, source) }
}

/// `enumerate(x)` of an exact list or tuple.
pub fn enumerate<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    if site.count != 1 {
        return None;
    }
    let kind = is_sequence(m, site, 0)?;
    let (iterator, zero) = (iterator(m, site, 0, kind), m.word(Word::ZERO));
    let object = known::new_enumerate(m, iterator, zero);
    Some(calls::finish(m, site, object))
}

/// `zip(…)` of two or three exact lists or tuples.
pub fn zip<M: Python>(m: &mut M, site: Site) -> Option<Flow> {
    if !matches!(site.count, 2 | 3) {
        return None;
    }
    let mut kinds = SmallVec::<[Kind; 3]>::new();
    for index in 0..site.count {
        kinds.push(is_sequence(m, site, index)?);
    }
    let mut iterators = SmallVec::<[Own<M::Val>; 3]>::new();
    for (index, kind) in kinds.into_iter().enumerate() {
        iterators.push(iterator(m, site, index as u32, kind));
    }
    let iterators = known::new_tuple(m, iterators.into_iter());
    let object = known::new_zip(m, iterators);
    Some(calls::finish(m, site, object))
}

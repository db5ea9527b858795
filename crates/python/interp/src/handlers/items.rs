//! Subscripts and slices.

use pv_machine::{Cmp, Flow, Helper, IntOp, Own, Typed};
use pv_object::{Bytes, Kind, List, Tuple, desc, known, override_bit, trusted};
use pv_runtime::Thread;
use pv_word::Word;

use crate::handlers::{array, operators};
use crate::helpers;
use crate::operands::{Ops, Python, constant, consume, done, is_temp, owned, reg, slot, write};
use crate::{unwind, view};

/// An index counted from the end where it is negative.
#[inline(always)]
pub fn wrap<M: Python>(m: &mut M, index: M::Val, len: M::Int) -> M::Int {
    let raw = m.untag_int(index);
    let zero = m.int(0);
    let negative = m.cmp_ints(Cmp::Lt, raw, zero);
    if m.test(negative) { m.int_op(IntOp::Add, raw, len) } else { raw }
}

/// The item of an exact list or tuple at a small int.
#[inline(always)]
fn sequence_item<M: Python>(m: &mut M, container: M::Val, index: M::Val) -> Option<M::Val> {
    if !m.is_int(index) {
        return None;
    }
    if let Some(list) = known::as_list(m, container) {
        return list_item(m, list, index);
    }
    if let Some(tuple) = known::as_tuple(m, container) {
        return tuple_item(m, tuple, index);
    }
    None
}

/// The item of a list at a small int, if there is one; borrowed.
#[inline(always)]
fn list_item<M: Python>(m: &mut M, list: Typed<M::Val, List>, index: M::Val) -> Option<M::Val> {
    let len = view::list_len(m, list);
    let at = wrap(m, index, len);
    view::list_item(m, list, at)
}

/// The item of a tuple at a small int, if there is one; borrowed.
#[inline(always)]
fn tuple_item<M: Python>(m: &mut M, tuple: Typed<M::Val, Tuple>, index: M::Val) -> Option<M::Val> {
    let len = view::tuple_len(m, tuple);
    let at = wrap(m, index, len);
    view::tuple_at(m, tuple, at)
}

/// `a = b[c]`.
#[inline(always)]
pub fn get<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (container, index) = (reg(m, i.b()), reg(m, i.c()));
    match sequence_item(m, container, index) {
        Some(value) => {
            let value = m.own(value);
            consume(m, i.b());
            write(m, i.a(), value);
            done(m, i.next0())
        }
        None => m.apart(move |m| get_slow(m, i, false)),
    }
}

/// `a = b[constant c]`.
#[inline(always)]
pub fn get_k<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (container, index) = (reg(m, i.b()), constant(m, i.c()));
    match sequence_item(m, container, index) {
        Some(value) => {
            let value = m.own(value);
            consume(m, i.b());
            write(m, i.a(), value);
            done(m, i.next0())
        }
        None => m.apart(move |m| get_slow(m, i, true)),
    }
}

#[cold]
#[inline(never)]
fn get_slow<M: Python>(m: &mut M, i: Ops, is_constant: bool) -> Flow {
    let container = reg(m, i.b());
    let index = if is_constant { constant(m, i.c()) } else { reg(m, i.c()) };
    if let Some(flow) = operators::get_item(m, i, container, is_constant) {
        return flow;
    }
    let helper = match known::plain_kind(m, container, const { override_bit("__getitem__") }) {
        Some(Kind::List) if m.is_int(index) => match list_item(m, trusted::by_shape(container), index) {
            Some(value) => {
                let value = m.own(value);
                return finish_get(m, i, is_constant, value);
            }
            None => &helpers::GET_ITEM,
        },
        Some(Kind::Tuple) if m.is_int(index) => match tuple_item(m, trusted::by_shape(container), index) {
            Some(value) => {
                let value = m.own(value);
                return finish_get(m, i, is_constant, value);
            }
            None => &helpers::GET_ITEM,
        },
        Some(Kind::Array) if m.is_int(index) => {
            if let Some(value) = array::get(m, trusted::by_shape(container), index) {
                return finish_get(m, i, is_constant, value);
            }
            &helpers::GET_ITEM
        }
        Some(Kind::Dict) => {
            if let Some(value) = dict_value(m, container, index) {
                return finish_get(m, i, is_constant, value);
            }
            &helpers::GET_ITEM
        }
        Some(Kind::Str) if m.is_int(index) => &helpers::STR_ITEM,
        Some(Kind::Bytes) if m.is_int(index) => {
            if let Some(value) = byte(m, trusted::by_shape(container), index) {
                return finish_get(m, i, is_constant, Own::new(value));
            }
            &helpers::GET_ITEM
        }
        Some(Kind::List) => {
            if let Some(part) = stepped_part(m, container, index) {
                return finish_get(m, i, is_constant, part);
            }
            &helpers::GET_ITEM
        }
        _ => &helpers::GET_ITEM,
    };
    let result = m.call(helper, &[container, index]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    finish_get(m, i, is_constant, result)
}

/// The value of a key of an exact dict; `None` where it is absent, or where only Python can find it.
pub fn dict_value<M: Python>(m: &mut M, dict: M::Val, key: M::Val) -> Option<Own<M::Val>> {
    let entry = m.call_int(&helpers::DICT_FIND, &[dict, key]);
    let entry = found(m, entry)?;
    Some(m.call(&helpers::DICT_VALUE, &[dict, entry]))
}

/// Where a search found something: the place as a word.
pub fn found<M: Python>(m: &mut M, answer: M::Int) -> Option<M::Val> {
    let zero = m.int(0);
    let found = m.cmp_ints(Cmp::Ge, answer, zero);
    if m.test(found) { m.tag_int(answer) } else { None }
}

/// The byte of a byte string at a small int.
fn byte<M: Python>(m: &mut M, bytes: Typed<M::Val, Bytes>, index: M::Val) -> Option<M::Val> {
    let len = m.load_int(bytes, &desc::BYTES_LEN);
    let at = wrap(m, index, len);
    if !m.in_bounds(bytes, &desc::BYTES_ITEMS, at) {
        return None;
    }
    let byte = m.elem_int(bytes, &desc::BYTES_ITEMS, at);
    m.tag_int(byte)
}

/// `list[start:stop:step]` of an exact list for a slice object of small ints and None.
fn stepped_part<M: Python>(m: &mut M, list: M::Val, slice: M::Val) -> Option<Own<M::Val>> {
    if view::exact_kind(m, slice) != Some(Kind::Slice) {
        return None;
    }
    let slice = trusted::by_shape(slice);
    let [start, stop, step] =
        [&desc::SLICE_START, &desc::SLICE_STOP, &desc::SLICE_STEP].map(|field| m.load(slice, field));
    if !is_bound(m, start) || !is_bound(m, stop) || !is_bound(m, step) || m.is(step, Word::ZERO) {
        return None;
    }
    Some(m.call(&helpers::LIST_PART, &[list, start, stop, step]))
}

/// A small int or None?
fn is_bound<M: Python>(m: &mut M, value: M::Val) -> bool {
    let none = m.cx().none_word();
    m.is_int(value) || m.is(value, none)
}

fn finish_get<M: Python>(m: &mut M, i: Ops, is_constant: bool, result: Own<M::Val>) -> Flow {
    consume(m, i.b());
    if !is_constant {
        consume(m, i.c());
    }
    write(m, i.a(), result);
    done(m, i.next0())
}

/// `a[b] = c`.
#[inline(always)]
pub fn set<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (container, index) = (reg(m, i.a()), reg(m, i.b()));
    if m.is_int(index)
        && let Some(list) = known::as_list(m, container)
        && let Some(flow) = set_in_list(m, i, list, index)
    {
        return flow;
    }
    m.apart(move |m| set_slow(m, i))
}

/// `list[index] = c` at a small int within the list.
#[inline(always)]
fn set_in_list<M: Python>(m: &mut M, i: Ops, list: Typed<M::Val, List>, index: M::Val) -> Option<Flow> {
    let len = view::list_len(m, list);
    let at = wrap(m, index, len);
    if !view::list_has(m, list, at) {
        return None;
    }
    let value = owned(m, i.c());
    let old = m.replace_elem(list, &desc::LIST_ITEMS, at, value);
    m.release(old);
    consume(m, i.a());
    Some(done(m, i.next0()))
}

#[cold]
#[inline(never)]
fn set_slow<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (container, index, value) = (reg(m, i.a()), reg(m, i.b()), reg(m, i.c()));
    if let Some(flow) = operators::set_item(m, i, container) {
        return flow;
    }
    let helper = match known::plain_kind(m, container, const { override_bit("__setitem__") }) {
        Some(Kind::List) if m.is_int(index) => {
            if let Some(flow) = set_in_list(m, i, trusted::by_shape(container), index) {
                return flow;
            }
            &helpers::SET_ITEM
        }
        Some(Kind::Array) if m.is_int(index) => {
            if array::set(m, trusted::by_shape(container), index, value).is_some() {
                return finish_set(m, i);
            }
            &helpers::SET_ITEM
        }
        Some(Kind::Dict) => dict_setter(m, container, index),
        _ => &helpers::SET_ITEM,
    };
    let status = m.call_int(helper, &[container, index, value]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    finish_set(m, i)
}

/// The helper for `dict[key] = …` of an exact dict. A trace wants to know whether the search for the key runs Python; the interpreter
/// is ready for it either way, and saves the question.
pub fn dict_setter<M: Python>(m: &mut M, dict: M::Val, key: M::Val) -> &'static Helper<Thread> {
    if M::INTERPRETING {
        return &helpers::DICT_STORE;
    }
    let entry = m.call_int(&helpers::DICT_FIND, &[dict, key]);
    if m.int_is(entry, helpers::UNDECIDED) { &helpers::DICT_STORE } else { &helpers::DICT_SET_ITEM }
}

fn finish_set<M: Python>(m: &mut M, i: Ops) -> Flow {
    consume(m, i.a());
    consume(m, i.b());
    consume(m, i.c());
    done(m, i.next0())
}

/// `del a[b]`.
pub fn delete<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (container, index) = (reg(m, i.a()), reg(m, i.b()));
    let status = m.call_int(&helpers::DELETE_ITEM, &[container, index]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    consume(m, i.a());
    consume(m, i.b());
    done(m, i.next0())
}

/// `a = b[start:stop]`, bounds in temporaries c and c+1.
pub fn get_slice<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (container, start, stop) = (reg(m, i.b()), reg(m, i.c()), reg(m, i.c() + 1));
    let result = match plain_part(m, container, start, stop) {
        Some(part) => part,
        None => {
            let result = m.call(&helpers::GET_SLICE, &[container, start, stop]);
            if m.raised(&result) {
                return unwind::raise(m, result);
            }
            result
        }
    };
    consume(m, i.b());
    consume(m, i.c());
    consume(m, i.c() + 1);
    write(m, i.a(), result);
    done(m, i.next0())
}

/// `container[start:stop]` of an exact list, tuple or string for small ints and None.
fn plain_part<M: Python>(m: &mut M, container: M::Val, start: M::Val, stop: M::Val) -> Option<Own<M::Val>> {
    let kind = view::exact_kind(m, container)?;
    if !matches!(kind, Kind::List | Kind::Tuple | Kind::Str) || !is_bound(m, start) || !is_bound(m, stop) {
        return None;
    }
    if kind != Kind::List {
        return Some(m.call(&helpers::FIXED_PART, &[container, start, stop]));
    }
    let none = m.cx().none_word();
    let step = m.word(none);
    Some(m.call(&helpers::LIST_PART, &[container, start, stop, step]))
}

/// Is `container[start:stop] = value` an assignment of an exact list to a part of another, for small ints and None?
fn sets_plain_part<M: Python>(m: &mut M, [container, start, stop, value]: [M::Val; 4]) -> bool {
    if view::exact_kind(m, container) != Some(Kind::List) || view::exact_kind(m, value) != Some(Kind::List) {
        return false;
    }
    if !is_bound(m, start) || !is_bound(m, stop) {
        return false;
    }
    let differ = m.cmp_words(Cmp::Ne, container, value);
    m.test(differ)
}

/// `a[start:stop] = c`, bounds in temporaries b and b+1.
pub fn set_slice<M: Python>(m: &mut M, i: Ops) -> Flow {
    let operands = [i.a(), i.b(), i.b() + 1, i.c()].map(|register| reg(m, register));
    let helper = if sets_plain_part(m, operands) { &helpers::LIST_SET_PART } else { &helpers::SET_SLICE };
    let result = m.call(helper, &operands);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    m.release(result);
    for register in [i.a(), i.b(), i.b() + 1, i.c()] {
        consume(m, register);
    }
    done(m, i.next0())
}

/// `a = a new reference to what register b holds, for unpacking`: items of an exact tuple or list of the right length go to
/// registers from a, first item first; other iterables are unpacked by the runtime.
#[inline(always)]
pub fn unpack<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    if let Some(tuple) = known::as_tuple(m, value) {
        let len = view::tuple_len(m, tuple);
        if m.int_is(len, i64::from(i.c())) {
            return unpack_with(m, i, |m, index| view::tuple_item(m, tuple, index as u32));
        }
    } else if let Some(list) = known::as_list(m, value) {
        let len = view::list_len(m, list);
        if m.int_is(len, i64::from(i.c())) {
            return unpack_with(m, i, |m, index| {
                let at = m.int(index);
                m.elem(list, &desc::LIST_ITEMS, at)
            });
        }
    }
    m.apart(move |m| unpack_slow(m, i))
}

#[cold]
#[inline(never)]
fn unpack_slow<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    let count = m.word(Word::small(i.c() as i32));
    let items = m.call(&helpers::UNPACK, &[value, count]);
    finish_unpack(m, i, items, i.c(), i.next0())
}

#[inline(always)]
fn unpack_with<M: Python>(m: &mut M, i: Ops, item: impl Fn(&mut M, i64) -> M::Val) -> Flow {
    // The source may lie in one of the destinations: it is held until all items are out.
    let source = if is_temp(m, i.b()) { Some(m.take(slot(i.b()))) } else { None };
    for index in 0..i.c() {
        let value = item(m, i64::from(index));
        let value = m.own(value);
        write(m, i.a() + index, value);
    }
    if let Some(source) = source {
        m.release(source);
    }
    done(m, i.next0())
}

/// Unpacks with a starred target.
pub fn unpack_ex<M: Python>(m: &mut M, i: Ops) -> Flow {
    let after = i.x(m.code());
    let value = reg(m, i.b());
    let (before, behind) = (m.word(Word::small(i.c() as i32)), m.word(Word::small(after as i32)));
    let items = m.call(&helpers::UNPACK_STAR, &[value, before, behind]);
    finish_unpack(m, i, items, i.c() + 1 + after, i.next1())
}

/// Spreads the tuple that the runtime made of an iterable.
fn finish_unpack<M: Python>(m: &mut M, i: Ops, items: Own<M::Val>, count: u32, next: u32) -> Flow {
    if m.raised(&items) {
        return unwind::raise(m, items);
    }
    consume(m, i.b());
    let tuple = trusted::tuple(items.get());
    for index in 0..count {
        let value = view::tuple_item(m, tuple, index);
        let value = m.own(value);
        write(m, i.a() + index, value);
    }
    m.release(items);
    done(m, next)
}

//! Loops over iterators.

use pv_machine::{Cmp, Flow, Helper, IntOp, Own, Slot, Typed};
use pv_object::{Enumerate, Generator, Kind, Map, Zip, desc, known, override_bit, trusted};
use pv_runtime::Thread;
use pv_word::Word;
use smallvec::SmallVec;

use crate::continuation::Continuation;
use crate::frame::{Action, CALLEE};
use crate::handlers::ahead::{self, Ahead, Next};
use crate::handlers::{calls, generators};
use crate::helpers;
use crate::operands::{FRAME_HEADER, Ops, Python, done, owned, reg, scratch, slot, write};
use crate::{unwind, view};

/// `a = iter(b)`.
#[inline(always)]
pub fn get_iter<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    match view::exact_kind(m, value) {
        Some(Kind::List) => iter_over(m, i, known::new_list_iter),
        Some(Kind::Tuple) => iter_over(m, i, known::new_tuple_iter),
        Some(Kind::Range) => range_iter(m, i),
        Some(Kind::Dict | Kind::DictView | Kind::Set | Kind::FrozenSet | Kind::Str | Kind::Bytes) => {
            super::arith::unary(m, i, &helpers::PLAIN_ITER)
        }
        Some(kind)
            if matches!(kind, Kind::Enumerate | Kind::Zip)
                || (kind == Kind::Generator && view::is_generator(m, value)) =>
        {
            let value = owned(m, i.b());
            write(m, i.a(), value);
            done(m, i.next0())
        }
        _ => m.apart(move |m| foreign_iter(m, i)),
    }
}

/// An iterator over anything else: over a subclass's list or tuple as over any, unless the subclass has an `__iter__`.
#[inline(never)]
fn foreign_iter<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    match known::plain_kind(m, value, const { override_bit("__iter__") }) {
        Some(Kind::List) => iter_over(m, i, known::new_list_iter),
        Some(Kind::Tuple) => iter_over(m, i, known::new_tuple_iter),
        _ => super::arith::unary(m, i, &helpers::GET_ITER),
    }
}

/// An iterator that owns what it goes over.
#[inline(always)]
fn iter_over<M: Python>(m: &mut M, i: Ops, make: impl FnOnce(&mut M, Own<M::Val>) -> Own<M::Val>) -> Flow {
    let source = owned(m, i.b());
    let iterator = make(m, source);
    write(m, i.a(), iterator);
    done(m, i.next0())
}

/// An iterator over a range of small ints.
fn range_iter<M: Python>(m: &mut M, i: Ops) -> Flow {
    let range = trusted::by_shape(reg(m, i.b()));
    let Some([start, step, left]) = view::small_range(m, range) else {
        return super::arith::unary(m, i, &helpers::GET_ITER);
    };
    let iterator = known::new_range_iter(m, start, step, left);
    crate::operands::consume(m, i.b());
    write(m, i.a(), iterator);
    done(m, i.next0())
}

/// The next item of iterator b: to a, and to the loop's header; or out of the loop.
#[inline(always)]
pub fn for_next<M: Python>(m: &mut M, i: Ops) -> Flow {
    let iterator = reg(m, i.b());
    match view::exact_kind(m, iterator) {
        Some(Kind::RangeIter) => {
            let next = ahead::at_range(m, trusted::by_shape(iterator));
            take(m, i, next, |_| {})
        }
        Some(Kind::ListIter) => {
            let list = trusted::by_shape(iterator);
            let next = ahead::at_list(m, list);
            take(m, i, next, |m| known::end_list_iter(m, list))
        }
        Some(Kind::TupleIter) => {
            let tuple = trusted::by_shape(iterator);
            let next = ahead::at_tuple(m, tuple);
            take(m, i, next, |m| known::end_tuple_iter(m, tuple))
        }
        Some(Kind::Generator) => m.apart(move |m| generator_next(m, i, trusted::by_shape(iterator))),
        Some(Kind::Enumerate) => m.apart(move |m| enumerate_next(m, i, trusted::by_shape(iterator))),
        Some(Kind::Zip) => m.apart(move |m| zip_next(m, i, trusted::by_shape(iterator))),
        Some(Kind::Map) => m.apart(move |m| map_next(m, i, trusted::by_shape(iterator))),
        Some(Kind::DictIter | Kind::SetIter | Kind::StrIter | Kind::BytesIter) => {
            m.apart(move |m| next_by(m, i, &helpers::PLAIN_NEXT))
        }
        _ => m.apart(move |m| foreign_next(m, i)),
    }
}

/// Goes on with what comes next; at its end the iterator lets go of what it went over.
#[inline(always)]
fn take<M: Python>(m: &mut M, i: Ops, next: Next<M>, end: impl FnOnce(&mut M)) -> Flow {
    match next {
        Next::Item(ahead) => {
            let value = ahead.take(m);
            item(m, i, value)
        }
        Next::End => m.apart(move |m| {
            end(m);
            exhausted(m, i)
        }),
        Next::Unknown => m.apart(move |m| foreign_next(m, i)),
    }
}

/// `enumerate` of an iterator that can be looked at, while the count is small.
#[inline(never)]
fn enumerate_next<M: Python>(m: &mut M, i: Ops, enumerate: Typed<M::Val, Enumerate>) -> Flow {
    enumerated(m, i, enumerate).unwrap_or_else(|| foreign_next(m, i))
}

fn enumerated<M: Python>(m: &mut M, i: Ops, enumerate: Typed<M::Val, Enumerate>) -> Option<Flow> {
    let (count, one) = (m.load(enumerate, &desc::ENUMERATE_COUNT), m.word(Word::small(1)));
    if !m.is_int(count) {
        return None;
    }
    let following = m.tagged(IntOp::Add, count, one)?;
    let iterator = m.load(enumerate, &desc::ENUMERATE_ITERATOR);
    let Next::Item(ahead) = ahead::look(m, iterator) else { return None };
    let value = ahead.take(m);
    let old = m.replace(enumerate, &desc::ENUMERATE_COUNT, Own::new(following));
    m.release(old);
    let pair = known::new_tuple(m, [Own::new(count), value].into_iter());
    Some(item(m, i, pair))
}

/// Iterators that a step looks at before it takes from them.
const MOST_ZIPPED: u32 = 4;

/// `zip` of a few different iterators that can be looked at.
#[inline(never)]
fn zip_next<M: Python>(m: &mut M, i: Ops, zip: Typed<M::Val, Zip>) -> Flow {
    let iterators = m.load(zip, &desc::ZIP_ITERATORS);
    let Some(items) = look_at_all(m, iterators) else { return foreign_next(m, i) };
    let items: SmallVec<[_; MOST_ZIPPED as usize]> = items.into_iter().map(|ahead| ahead.take(m)).collect();
    let tuple = known::new_tuple(m, items.into_iter());
    item(m, i, tuple)
}

/// The items that come next, if all of a few iterators have one. Each is looked at once, so no two may be the same.
fn look_at_all<M: Python>(m: &mut M, iterators: M::Val) -> Option<SmallVec<[Ahead<M>; MOST_ZIPPED as usize]>> {
    if m.is(iterators, Word::EMPTY) {
        return None;
    }
    let tuple = trusted::tuple(iterators);
    let len = view::tuple_len(m, tuple);
    let len = m.promote_int(len) as u32;
    if !(1..=MOST_ZIPPED).contains(&len) {
        return None;
    }
    let iterators: SmallVec<[M::Val; MOST_ZIPPED as usize]> =
        (0..len).map(|index| view::tuple_item(m, tuple, index)).collect();
    for (index, later) in iterators.iter().enumerate() {
        for earlier in &iterators[..index] {
            let differ = m.cmp_words(Cmp::Ne, *earlier, *later);
            if !m.test(differ) {
                return None;
            }
        }
    }
    let mut items = SmallVec::new();
    for iterator in iterators {
        match ahead::look(m, iterator) {
            Next::Item(ahead) => items.push(ahead),
            Next::End | Next::Unknown => return None,
        }
    }
    Some(items)
}

/// `map` of a Python function over iterators that can be looked at: its frame is pushed.
#[inline(never)]
fn map_next<M: Python>(m: &mut M, i: Ops, map: Typed<M::Val, Map>) -> Flow {
    mapped(m, i, map).unwrap_or_else(|| foreign_next(m, i))
}

fn mapped<M: Python>(m: &mut M, i: Ops, map: Typed<M::Val, Map>) -> Option<Flow> {
    let callee = m.load(map, &desc::MAP_FUNCTION);
    if m.is(callee, Word::EMPTY) {
        return None;
    }
    let function = known::as_function(m, callee)?;
    let code = trusted::code_of(m, function);
    let iterators = m.load(map, &desc::MAP_ITERATORS);
    let items = look_at_all(m, iterators)?;
    let count = items.len() as u32;
    if !code.is_simple() || code.argcount() != count {
        return None;
    }
    let info = generators::above(i, Action::Item);
    if !calls::has_room(m, info.delta, code) {
        return Some(calls::too_deep(m));
    }
    let base = info.delta as i32;
    for (index, ahead) in items.into_iter().enumerate() {
        let value = ahead.take(m);
        m.init(Slot(base + FRAME_HEADER as i32 + index as i32), value);
    }
    let callee = m.own(callee);
    m.init(Slot(base + CALLEE), callee);
    Some(calls::enter(m, code, info, count))
}

fn generator_next<M: Python>(m: &mut M, i: Ops, generator: Typed<M::Val, Generator>) -> Flow {
    generators::resume_for_next(m, generator, i).unwrap_or_else(|| foreign_next(m, i))
}

/// Stores the item and goes on with the body.
#[inline(always)]
fn item<M: Python>(m: &mut M, i: Ops, value: Own<M::Val>) -> Flow {
    write(m, i.a(), value);
    let target = i.target(m.code());
    done(m, target)
}

/// Releases the iterator and leaves the loop.
fn exhausted<M: Python>(m: &mut M, i: Ops) -> Flow {
    unwind::clear(m, slot(i.b()));
    done(m, i.next1())
}

/// An iterator of another kind is asked through the runtime.
pub fn foreign_next<M: Python>(m: &mut M, i: Ops) -> Flow {
    next_by(m, i, &helpers::ITER_NEXT)
}

/// An iterator is asked by a helper, which answers with the mark of exhaustion at the end.
#[inline(never)]
fn next_by<M: Python>(m: &mut M, i: Ops, helper: &'static Helper<Thread>) -> Flow {
    let iterator = reg(m, i.b());
    let result = m.call(helper, &[iterator]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    m.init(scratch(m), result);
    m.checkpoint(Continuation::ForNext as u8);
    finish_for_next(m, i)
}

/// The second half of `FOR_NEXT` over an iterator that a helper moves on: the scratch slot holds the item, or the mark of exhaustion.
pub fn finish_for_next<M: Python>(m: &mut M, i: Ops) -> Flow {
    let at = scratch(m);
    let (result, end) = (m.get(at), m.cx().exhausted().word());
    let is_end = m.is(result, end);
    let result = m.take(at);
    if is_end {
        let _ = result.into_inner();
        exhausted(m, i)
    } else {
        item(m, i, result)
    }
}

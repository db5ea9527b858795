//! Loops over iterators.

use pv_machine::{Cmp, Flow, Helper, IntOp, Own, Typed};
use pv_object::{
    Enumerate, Generator, GeneratorState, Kind, List, ListIter, RangeIter, Tuple, TupleIter, Zip, desc, known, trusted,
};
use pv_runtime::Thread;
use pv_word::Word;
use smallvec::SmallVec;

use crate::continuation::Continuation;
use crate::handlers::generators;
use crate::helpers;
use crate::operands::{Ops, Python, done, owned, reg, scratch, slot, write};
use crate::{unwind, view};

/// `a = iter(b)`.
#[inline(always)]
pub fn get_iter<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    match view::exact_kind(m, value) {
        Some(Kind::List) => {
            let source = owned(m, i.b());
            let iterator = known::new_list_iter(m, source);
            write(m, i.a(), iterator);
            done(m, i.next0())
        }
        Some(Kind::Tuple) => {
            let source = owned(m, i.b());
            let iterator = known::new_tuple_iter(m, source);
            write(m, i.a(), iterator);
            done(m, i.next0())
        }
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
        _ => super::arith::unary(m, i, &helpers::GET_ITER),
    }
}

/// An iterator over a range of small ints.
fn range_iter<M: Python>(m: &mut M, i: Ops) -> Flow {
    let range = trusted::by_shape(reg(m, i.b()));
    let parts = [&desc::RANGE_START, &desc::RANGE_STEP, &desc::RANGE_LEN].map(|field| m.load(range, field));
    if !parts.iter().all(|part| m.is_int(*part)) {
        return super::arith::unary(m, i, &helpers::GET_ITER);
    }
    let [start, step, left] = parts.map(|part| m.untag_int(part));
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
        Some(Kind::RangeIter) => range_next(m, i, trusted::by_shape(iterator)),
        Some(Kind::ListIter) => list_next(m, i, trusted::by_shape(iterator)),
        Some(Kind::TupleIter) => tuple_next(m, i, trusted::by_shape(iterator)),
        Some(Kind::Generator) => m.apart(move |m| generator_next(m, i, trusted::by_shape(iterator))),
        Some(Kind::Enumerate) => m.apart(move |m| enumerate_next(m, i, trusted::by_shape(iterator))),
        Some(Kind::Zip) => m.apart(move |m| zip_next(m, i, trusted::by_shape(iterator))),
        Some(Kind::DictIter | Kind::SetIter | Kind::StrIter | Kind::BytesIter) => {
            m.apart(move |m| next_by(m, i, &helpers::PLAIN_NEXT))
        }
        _ => m.apart(move |m| foreign_next(m, i)),
    }
}

#[inline(always)]
fn range_next<M: Python>(m: &mut M, i: Ops, range: Typed<M::Val, RangeIter>) -> Flow {
    let left = m.load_int(range, &desc::RANGE_ITER_LEFT);
    let (zero, one) = (m.int(0), m.int(1));
    let more = m.cmp_ints(Cmp::Gt, left, zero);
    if !m.test(more) {
        return m.apart(move |m| exhausted(m, i));
    }
    let current = m.load_int(range, &desc::RANGE_ITER_NEXT);
    let Some(value) = m.tag_int(current) else { return m.apart(move |m| foreign_next(m, i)) };
    let step = m.load_int(range, &desc::RANGE_ITER_STEP);
    let following = m.int_op(IntOp::Add, current, step);
    let remaining = m.int_op(IntOp::Sub, left, one);
    known::set_range_iter(m, range, following, remaining);
    item(m, i, Own::new(value))
}

#[inline(always)]
fn list_next<M: Python>(m: &mut M, i: Ops, iterator: Typed<M::Val, ListIter>) -> Flow {
    let source = m.load(iterator, &desc::LIST_ITER_SOURCE);
    if m.is(source, Word::EMPTY) {
        return m.apart(move |m| exhausted(m, i));
    }
    // A subclass's list has the same layout; iterators over it are made by the runtime.
    let list: Typed<M::Val, List> = trusted::by_shape(source);
    let index = m.load_int(iterator, &desc::LIST_ITER_INDEX);
    let Some(value) = view::list_item(m, list, index) else { return m.apart(move |m| exhausted(m, i)) };
    let value = m.own(value);
    let one = m.int(1);
    let following = m.int_op(IntOp::Add, index, one);
    known::set_list_iter(m, iterator, following);
    item(m, i, value)
}

#[inline(always)]
fn tuple_next<M: Python>(m: &mut M, i: Ops, iterator: Typed<M::Val, TupleIter>) -> Flow {
    let source = m.load(iterator, &desc::TUPLE_ITER_SOURCE);
    if m.is(source, Word::EMPTY) {
        return m.apart(move |m| exhausted(m, i));
    }
    let tuple: Typed<M::Val, Tuple> = trusted::by_shape(source);
    let index = m.load_int(iterator, &desc::TUPLE_ITER_INDEX);
    let Some(value) = view::tuple_at(m, tuple, index) else { return m.apart(move |m| exhausted(m, i)) };
    let value = m.own(value);
    let one = m.int(1);
    let following = m.int_op(IntOp::Add, index, one);
    known::set_tuple_iter(m, iterator, following);
    item(m, i, value)
}

fn generator_next<M: Python>(m: &mut M, i: Ops, generator: Typed<M::Val, Generator>) -> Flow {
    let state = m.load_int(generator, &desc::GENERATOR_STATE);
    let state = m.promote_int(state);
    let resumable = [GeneratorState::Created, GeneratorState::Suspended, GeneratorState::Guarded];
    if resumable.iter().any(|each| *each as i64 == state) {
        return generators::resume_for_next(m, generator, i);
    }
    foreign_next(m, i)
}

/// How an iterator moves on behind the item that it has been found to give next.
enum Advance<V, I> {
    Range(Typed<V, RangeIter>, I, I),
    List(Typed<V, ListIter>, I),
    Tuple(Typed<V, TupleIter>, I),
}

/// An item, borrowed, and how the iterator moves on behind it.
type Next<V, I> = (V, Advance<V, I>);

/// What an iterator over a range, list or tuple gives next, unless it is at its end. No effect yet.
fn peek<M: Python>(m: &mut M, iterator: M::Val) -> Option<Next<M::Val, M::Int>> {
    let one = m.int(1);
    match view::exact_kind(m, iterator)? {
        Kind::RangeIter => {
            let range = trusted::by_shape(iterator);
            let (left, zero) = (m.load_int(range, &desc::RANGE_ITER_LEFT), m.int(0));
            let more = m.cmp_ints(Cmp::Gt, left, zero);
            if !m.test(more) {
                return None;
            }
            let current = m.load_int(range, &desc::RANGE_ITER_NEXT);
            let value = m.tag_int(current)?;
            let step = m.load_int(range, &desc::RANGE_ITER_STEP);
            let following = m.int_op(IntOp::Add, current, step);
            let remaining = m.int_op(IntOp::Sub, left, one);
            Some((value, Advance::Range(range, following, remaining)))
        }
        Kind::ListIter => {
            let iterator = trusted::by_shape(iterator);
            let source = m.load(iterator, &desc::LIST_ITER_SOURCE);
            if m.is(source, Word::EMPTY) {
                return None;
            }
            let index = m.load_int(iterator, &desc::LIST_ITER_INDEX);
            let value = view::list_item(m, trusted::by_shape(source), index)?;
            let following = m.int_op(IntOp::Add, index, one);
            Some((value, Advance::List(iterator, following)))
        }
        Kind::TupleIter => {
            let iterator = trusted::by_shape(iterator);
            let source = m.load(iterator, &desc::TUPLE_ITER_SOURCE);
            if m.is(source, Word::EMPTY) {
                return None;
            }
            let index = m.load_int(iterator, &desc::TUPLE_ITER_INDEX);
            let value = view::tuple_at(m, trusted::by_shape(source), index)?;
            let following = m.int_op(IntOp::Add, index, one);
            Some((value, Advance::Tuple(iterator, following)))
        }
        _ => None,
    }
}

fn advance<M: Python>(m: &mut M, advance: Advance<M::Val, M::Int>) {
    match advance {
        Advance::Range(range, following, remaining) => known::set_range_iter(m, range, following, remaining),
        Advance::List(iterator, following) => known::set_list_iter(m, iterator, following),
        Advance::Tuple(iterator, following) => known::set_tuple_iter(m, iterator, following),
    }
}

/// `enumerate` over a range, list or tuple: the pair is made by the machine, so that traces need not.
fn enumerate_next<M: Python>(m: &mut M, i: Ops, object: Typed<M::Val, Enumerate>) -> Flow {
    let Some((count, following, value, on)) = peek_enumerate(m, object) else { return foreign_next(m, i) };
    let value = m.own(value);
    advance(m, on);
    let old = m.replace(object, &desc::ENUMERATE_COUNT, Own::new(following));
    m.release(old);
    let pair = known::new_tuple(m, [Own::new(count), value].into_iter());
    item(m, i, pair)
}

/// Count, next count, item, and how to go on.
#[expect(clippy::type_complexity, reason = "four values, named at the one use")]
fn peek_enumerate<M: Python>(
    m: &mut M,
    object: Typed<M::Val, Enumerate>,
) -> Option<(M::Val, M::Val, M::Val, Advance<M::Val, M::Int>)> {
    let (iterator, count) = (m.load(object, &desc::ENUMERATE_ITERATOR), m.load(object, &desc::ENUMERATE_COUNT));
    if m.is(iterator, Word::EMPTY) || !m.is_int(count) {
        return None;
    }
    let one = m.word(Word::small(1));
    let following = m.tagged(IntOp::Add, count, one)?;
    let (value, on) = peek(m, iterator)?;
    Some((count, following, value, on))
}

/// Most iterators of a `zip` that is stepped in place.
const FEW: usize = 4;

/// `zip` over ranges, lists and tuples. Where one of them is at its end, the runtime does what is left to do.
fn zip_next<M: Python>(m: &mut M, i: Ops, object: Typed<M::Val, Zip>) -> Flow {
    let Some(peeked) = peek_zip(m, object) else { return foreign_next(m, i) };
    let values = peeked.iter().map(|(value, _)| m.own(*value)).collect::<SmallVec<[_; FEW]>>();
    for (_, on) in peeked {
        advance(m, on);
    }
    let items = known::new_tuple(m, values.into_iter());
    item(m, i, items)
}

type Peeked<V, I> = SmallVec<[Next<V, I>; FEW]>;

fn peek_zip<M: Python>(m: &mut M, object: Typed<M::Val, Zip>) -> Option<Peeked<M::Val, M::Int>> {
    let iterators = m.load(object, &desc::ZIP_ITERATORS);
    if m.is(iterators, Word::EMPTY) {
        return None;
    }
    let iterators = trusted::tuple(iterators);
    let count = view::tuple_len(m, iterators);
    let count = m.promote_int(count) as usize;
    if count == 0 || count > FEW {
        return None;
    }
    let iterators =
        (0..count).map(|index| view::tuple_item(m, iterators, index as u32)).collect::<SmallVec<[_; FEW]>>();
    let mut peeked = SmallVec::new();
    for (index, iterator) in iterators.iter().enumerate() {
        // One that stands there twice gives its items in turn.
        for other in &iterators[..index] {
            let differ = m.cmp_words(Cmp::Ne, *iterator, *other);
            if !m.test(differ) {
                return None;
            }
        }
        peeked.push(peek(m, *iterator)?);
    }
    Some(peeked)
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
fn foreign_next<M: Python>(m: &mut M, i: Ops) -> Flow {
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

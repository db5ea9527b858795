//! Loops over iterators.

use pv_machine::{Cmp, Flow, IntOp, Own, Typed};
use pv_object::{Generator, GeneratorState, Kind, List, ListIter, RangeIter, Tuple, TupleIter, desc, known, trusted};
use pv_word::Word;

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
        Some(Kind::Generator) if view::is_generator(m, value) => {
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
#[inline(never)]
fn foreign_next<M: Python>(m: &mut M, i: Ops) -> Flow {
    let iterator = reg(m, i.b());
    let result = m.call(&helpers::ITER_NEXT, &[iterator]);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    m.init(scratch(m), result);
    m.checkpoint(Continuation::ForNext as u8);
    finish_for_next(m, i)
}

/// The second half of `FOR_NEXT` over a foreign iterator: the scratch slot holds the item, or the mark of exhaustion.
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

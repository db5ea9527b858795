//! Looking ahead at iterators over lists, tuples and ranges: what comes next is told by tests alone, then taken by effects alone, so
//! that a step may look at several before it takes from any.

use pv_machine::{Cmp, Field, IntOp, Own, Typed};
use pv_object::{Kind, List, ListIter, RangeIter, Tuple, TupleIter, desc, known, trusted};
use pv_word::Word;

use crate::operands::Python;
use crate::view;

/// What comes next.
pub enum Next<M: Python> {
    /// An item.
    Item(Ahead<M>),
    /// Nothing.
    End,
    /// Only the iterator can tell.
    Unknown,
}

/// An item that can be taken.
pub enum Ahead<M: Python> {
    /// Of a range: the item, the one after it, and how many are left then.
    Range(Typed<M::Val, RangeIter>, M::Val, M::Int, M::Int),
    /// Of a list: the item and the index after it.
    List(Typed<M::Val, ListIter>, M::Val, M::Int),
    /// Of a tuple: the same.
    Tuple(Typed<M::Val, TupleIter>, M::Val, M::Int),
}

impl<M: Python> Ahead<M> {
    /// Takes the item.
    #[inline(always)]
    pub fn take(self, m: &mut M) -> Own<M::Val> {
        match self {
            Ahead::Range(iterator, item, following, left) => {
                known::set_range_iter(m, iterator, following, left);
                Own::new(item)
            }
            Ahead::List(iterator, item, following) => {
                let item = m.own(item);
                known::set_list_iter(m, iterator, following);
                item
            }
            Ahead::Tuple(iterator, item, following) => {
                let item = m.own(item);
                known::set_tuple_iter(m, iterator, following);
                item
            }
        }
    }
}

/// Looks at an iterator that an object holds, if it does.
pub fn look<M: Python>(m: &mut M, iterator: M::Val) -> Next<M> {
    if m.is(iterator, Word::EMPTY) {
        return Next::Unknown;
    }
    match view::exact_kind(m, iterator) {
        Some(Kind::RangeIter) => at_range(m, trusted::by_shape(iterator)),
        Some(Kind::ListIter) => at_list(m, trusted::by_shape(iterator)),
        Some(Kind::TupleIter) => at_tuple(m, trusted::by_shape(iterator)),
        _ => Next::Unknown,
    }
}

/// Looks at an iterator over a range.
#[inline(always)]
pub fn at_range<M: Python>(m: &mut M, range: Typed<M::Val, RangeIter>) -> Next<M> {
    let left = m.load_int(range, &desc::RANGE_ITER_LEFT);
    let (zero, one) = (m.int(0), m.int(1));
    let more = m.cmp_ints(Cmp::Gt, left, zero);
    if !m.test(more) {
        return Next::End;
    }
    let current = m.load_int(range, &desc::RANGE_ITER_NEXT);
    let Some(item) = m.tag_int(current) else { return Next::Unknown };
    let step = m.load_int(range, &desc::RANGE_ITER_STEP);
    let following = m.int_op(IntOp::Add, current, step);
    let remaining = m.int_op(IntOp::Sub, left, one);
    Next::Item(Ahead::Range(range, item, following, remaining))
}

/// Looks at an iterator over a list.
#[inline(always)]
pub fn at_list<M: Python>(m: &mut M, iterator: Typed<M::Val, ListIter>) -> Next<M> {
    let source = m.load(iterator, &desc::LIST_ITER_SOURCE);
    if m.is(source, Word::EMPTY) {
        return Next::End;
    }
    // A subclass's list has the same layout; iterators over it are made by the runtime.
    let list: Typed<M::Val, List> = trusted::by_shape(source);
    let index = m.load_int(iterator, &desc::LIST_ITER_INDEX);
    let Some(item) = view::list_item(m, list, index) else { return Next::End };
    let one = m.int(1);
    let following = m.int_op(IntOp::Add, index, one);
    Next::Item(Ahead::List(iterator, item, following))
}

/// Looks at an iterator over a tuple.
#[inline(always)]
pub fn at_tuple<M: Python>(m: &mut M, iterator: Typed<M::Val, TupleIter>) -> Next<M> {
    let source = m.load(iterator, &desc::TUPLE_ITER_SOURCE);
    if m.is(source, Word::EMPTY) {
        return Next::End;
    }
    let tuple: Typed<M::Val, Tuple> = trusted::by_shape(source);
    let index = m.load_int(iterator, &desc::TUPLE_ITER_INDEX);
    let Some(item) = view::tuple_at(m, tuple, index) else { return Next::End };
    let one = m.int(1);
    let following = m.int_op(IntOp::Add, index, one);
    Next::Item(Ahead::Tuple(iterator, item, following))
}

/// Is `item` an object, and what an iterator over a list or tuple has gone past last?
pub fn has_passed<M: Python>(m: &mut M, iterator: M::Val, item: M::Val) -> bool {
    if !m.is_ptr(item) {
        return false;
    }
    let passed = match view::exact_kind(m, iterator) {
        Some(Kind::ListIter) => {
            let last = passed_last(m, trusted::by_shape(iterator), &desc::LIST_ITER_SOURCE, &desc::LIST_ITER_INDEX);
            last.and_then(|(source, index)| view::list_item(m, trusted::by_shape(source), index))
        }
        Some(Kind::TupleIter) => {
            let last = passed_last(m, trusted::by_shape(iterator), &desc::TUPLE_ITER_SOURCE, &desc::TUPLE_ITER_INDEX);
            last.and_then(|(source, index)| view::tuple_at(m, trusted::by_shape(source), index))
        }
        _ => None,
    };
    passed.is_some_and(|passed| {
        let same = m.cmp_words(Cmp::Eq, passed, item);
        m.test(same)
    })
}

/// What an iterator goes over, and the index ahead of its next one.
fn passed_last<M: Python, L>(
    m: &mut M,
    iterator: Typed<M::Val, L>,
    source: &'static Field<L>,
    index: &'static Field<L>,
) -> Option<(M::Val, M::Int)> {
    let source = m.load(iterator, source);
    if m.is(source, Word::EMPTY) {
        return None;
    }
    let (index, one) = (m.load_int(iterator, index), m.int(1));
    Some((source, m.int_op(IntOp::Sub, index, one)))
}

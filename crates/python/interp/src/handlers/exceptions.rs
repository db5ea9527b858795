//! Raising, handling, and `with`.

use pv_machine::{Cmp, Flow, Own, Slot};
use pv_object::trusted;

use crate::frame::EXTRA;
use crate::helpers;
use crate::operands::{FRAME_HEADER, Ops, Python, boundary, consume, done, next, owned, reg, slot, write};
use crate::{unwind, view};

/// `raise a`.
pub fn raise<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.a());
    m.call_int(&helpers::RAISE, &[value]);
    consume(m, i.a());
    unwind::raise_empty(m)
}

/// `raise a from b`.
pub fn raise_from<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (value, cause) = (reg(m, i.a()), reg(m, i.b()));
    m.call_int(&helpers::RAISE_FROM, &[value, cause]);
    consume(m, i.a());
    consume(m, i.b());
    unwind::raise_empty(m)
}

/// `raise` alone.
pub fn raise_current<M: Python>(m: &mut M, _: Ops) -> Flow {
    let none = m.cx().none_word();
    let none = m.word(none);
    let status = m.call_int(&helpers::RERAISE_HANDLED, &[none]);
    // 1: the exception has passed this frame already, 0: a fresh RuntimeError.
    if m.int_is(status, 1) { unwind::reraise(m) } else { unwind::raise_empty(m) }
}

/// Raises exception a on.
pub fn reraise<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.a());
    m.call_int(&helpers::SET_PENDING, &[value]);
    consume(m, i.a());
    unwind::reraise(m)
}

/// Makes an exception (or None) the handled one; what was so far.
fn swap_handled<M: Python>(m: &mut M, exception: M::Val) -> Own<M::Val> {
    if m.code().is_generator() {
        let generator = m.get(Slot(EXTRA));
        return m.call(&helpers::SWAP_HANDLED_IN, &[generator, exception]);
    }
    m.call(&helpers::SWAP_HANDLED, &[exception])
}

/// `a =` the exception handled so far; b becomes the handled one.
pub fn push<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    let before = swap_handled(m, value);
    write(m, i.a(), before);
    done(m, i.next0())
}

/// The handled exception is again a.
pub fn pop<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.a());
    let before = swap_handled(m, value);
    m.release(before);
    consume(m, i.a());
    done(m, i.next0())
}

/// Goes to x when exception a does not match b.
pub fn jump_if_no_match<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (exception, class) = (reg(m, i.a()), reg(m, i.b()));
    let status = m.call_int(&helpers::EXCEPTION_MATCHES, &[exception, class]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    let one = m.int(1);
    let matches = m.cmp_ints(Cmp::Eq, status, one);
    consume(m, i.b());
    let (target, fall) = (i.target(m.code()), i.next1());
    m.branch(matches, fall, target);
    boundary(m)
}

/// Splits exception group b by c for `except*`.
pub fn group_match<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (group, class) = (reg(m, i.b()), reg(m, i.c()));
    let pair = m.call(&helpers::GROUP_MATCH, &[group, class]);
    if m.raised(&pair) {
        return unwind::raise(m, pair);
    }
    consume(m, i.b());
    consume(m, i.c());
    let items = trusted::tuple(pair.get());
    for index in 0..2 {
        let value = view::tuple_item(m, items, index);
        let value = m.own(value);
        write(m, i.a() + index, value);
    }
    m.release(pair);
    done(m, i.next0())
}

/// Looks up special method c of b's type: function to a, receiver to a+3.
pub fn load_special<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.b());
    let which = m.word(pv_word::Word::small(i.c() as i32));
    let callee = m.call(&helpers::LOAD_SPECIAL, &[value, which]);
    if m.raised(&callee) {
        return unwind::raise(m, callee);
    }
    // The helper answers with a function that takes the receiver.
    let receiver = owned(m, i.b());
    write(m, i.a(), callee);
    m.init(slot(i.a() + FRAME_HEADER), receiver);
    done(m, i.next0())
}

/// Prepares the call of `__exit__` for exception c: copies of b and b+3, then type, exception, traceback.
pub fn with_except<M: Python>(m: &mut M, i: Ops) -> Flow {
    let exception = reg(m, i.c());
    let parts = m.call(&helpers::EXCEPTION_PARTS, &[exception]);
    for (from, to) in [(i.b(), i.a()), (i.b() + FRAME_HEADER, i.a() + FRAME_HEADER)] {
        let value = reg(m, from);
        let value = m.own(value);
        m.init(slot(to), value);
    }
    let items = trusted::tuple(parts.get());
    for index in 0..3 {
        let value = view::tuple_item(m, items, index);
        let value = m.own(value);
        m.init(slot(i.a() + FRAME_HEADER + 1 + index), value);
    }
    m.release(parts);
    next(m, i.next0())
}

/// Ends an `async for`: StopAsyncIteration a releases itself and the iterator b, anything else is raised on.
pub fn end_async_for<M: Python>(m: &mut M, i: Ops) -> Flow {
    let value = reg(m, i.a());
    let status = m.call_int(&helpers::END_ASYNC_FOR, &[value]);
    if m.raised_int(status) {
        unwind::clear(m, slot(i.a()));
        return unwind::reraise(m);
    }
    unwind::clear(m, slot(i.a()));
    unwind::clear(m, slot(i.b()));
    done(m, i.next0())
}

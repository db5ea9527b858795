//! Displays, strings, functions: instructions that make an object of a window of temporaries.

use pv_machine::{Flow, Helper, Own};
use pv_object::known;
use pv_runtime::Thread;
use pv_word::Word;

use crate::handlers::calls::forget_window;
use crate::handlers::items;
use crate::helpers;
use crate::operands::{Ops, Python, consume, done, owned, reg, slot, write};
use crate::unwind;

/// `a = helper(window of `count` temporaries from b)`; the helper moves them out, also when it raises.
pub fn window<M: Python>(m: &mut M, i: Ops, helper: &'static Helper<Thread>, count: u32) -> Flow {
    let extra = m.word(Word::small(i.c() as i32));
    let result = m.call_window(helper, extra, slot(i.b()), count, None);
    forget_window(m, slot(i.b()), count);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    write(m, i.a(), result);
    done(m, i.next0())
}

/// `a = tuple of c temporaries from b`: allocated through the machine, so that traces see it.
pub fn tuple<M: Python>(m: &mut M, i: Ops) -> Flow {
    if i.c() == 0 || i.c() > 8 {
        return window(m, i, &helpers::BUILD_TUPLE, i.c());
    }
    let tuple = known::new_tuple_of(m, i.c() as usize, |m, index| m.take(slot(i.b() + index as u32)));
    write(m, i.a(), tuple);
    done(m, i.next0())
}

/// `a = slice of c temporaries from b`, two or three.
pub fn slice<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (start, stop) = (m.take(slot(i.b())), m.take(slot(i.b() + 1)));
    let step = if i.c() == 3 {
        m.take(slot(i.b() + 2))
    } else {
        let none = m.cx().none_word();
        Own::new(m.word(none))
    };
    let slice = known::new_slice(m, start, stop, step);
    write(m, i.a(), slice);
    done(m, i.next0())
}

/// `a.append(b)` on an exact list that only this frame can see.
#[inline(always)]
pub fn list_append<M: Python>(m: &mut M, i: Ops) -> Flow {
    let list = reg(m, i.a());
    let value = owned(m, i.b());
    append(m, list, value);
    done(m, i.next0())
}

/// Appends to an exact list: in place while there is capacity, else by a helper that grows it.
#[inline(always)]
pub fn append<M: Python>(m: &mut M, list: M::Val, value: Own<M::Val>) {
    m.call_int(&helpers::LIST_APPEND, &[list, value.get()]);
    // The helper moved the reference into the list.
    m.forget(value);
}

/// `helper(a, b)` for a container a that stays: set add, updates.
pub fn update<M: Python>(m: &mut M, i: Ops, helper: &'static Helper<Thread>) -> Flow {
    let (container, value) = (reg(m, i.a()), reg(m, i.b()));
    let status = m.call_int(helper, &[container, value]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    consume(m, i.b());
    done(m, i.next0())
}

/// `a[b] = c` on an exact dict that stays.
pub fn map_set<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (container, key, value) = (reg(m, i.a()), reg(m, i.b()), reg(m, i.c()));
    let helper = items::dict_setter(m, container, key);
    let status = m.call_int(helper, &[container, key, value]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    consume(m, i.b());
    consume(m, i.c());
    done(m, i.next0())
}

/// `a.update(b)` with the duplicate check of a call; c is the callee, for the text.
pub fn map_merge<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (container, value, callee) = (reg(m, i.a()), reg(m, i.b()), reg(m, i.c()));
    let status = m.call_int(&helpers::MAP_MERGE, &[container, value, callee]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    consume(m, i.b());
    done(m, i.next0())
}

/// `a = function of code constant x`, its pieces in temporaries from b as flags c say.
pub fn function<M: Python>(m: &mut M, i: Ops) -> Flow {
    // Code constant and flags travel packed: the helper takes one word beside the window.
    let packed = m.word(Word::small((i.x(m.code()) << 8 | i.c()) as i32));
    let pieces = i.c().count_ones();
    let running = m.get(pv_machine::Slot(crate::frame::CALLEE));
    let result = m.call_window(&helpers::MAKE_FUNCTION, running, slot(i.b()), pieces, Some(packed));
    forget_window(m, slot(i.b()), pieces);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    write(m, i.a(), result);
    done(m, i.next1())
}

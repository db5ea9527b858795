//! Instructions that only hand their operands to the runtime.

use pv_machine::{Flow, Helper, Own, Slot};
use pv_runtime::Thread;
use pv_word::Word;

use crate::frame::CALLEE;
use crate::handlers::{build, names};
use crate::helpers;
use crate::operands::{Ops, Python, constant, consume, done, reg, write};
use crate::unwind;

/// A small int as a machine value.
pub fn number<M: Python>(m: &mut M, value: u32) -> M::Val {
    m.word(Word::small(value as i32))
}

/// Stores a helper's result in a and ends, or raises.
pub fn store<M: Python>(m: &mut M, i: Ops, result: Own<M::Val>, consumed: &[u32], next: u32) -> Flow {
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    for register in consumed {
        consume(m, *register);
    }
    write(m, i.a(), result);
    done(m, next)
}

/// `a = helper(b, c)`.
pub fn binary<M: Python>(m: &mut M, i: Ops, helper: &'static Helper<Thread>) -> Flow {
    let (x, y) = (reg(m, i.b()), reg(m, i.c()));
    let result = m.call(helper, &[x, y]);
    store(m, i, result, &[i.b(), i.c()], i.next0())
}

/// `a = helper(b)`, b stays.
pub fn keep<M: Python>(m: &mut M, i: Ops, helper: &'static Helper<Thread>) -> Flow {
    let x = reg(m, i.b());
    let result = m.call(helper, &[x]);
    store(m, i, result, &[], i.next0())
}

/// `a = helper(b, number c)`.
pub fn with_number<M: Python>(m: &mut M, i: Ops, helper: &'static Helper<Thread>) -> Flow {
    let (x, c) = (reg(m, i.b()), number(m, i.c()));
    let result = m.call(helper, &[x, c]);
    store(m, i, result, &[i.b()], i.next0())
}

/// `a = builtins.__build_class__`.
pub fn load_build_class<M: Python>(m: &mut M, i: Ops) -> Flow {
    let callee = m.get(Slot(CALLEE));
    let result = m.call(&helpers::LOAD_BUILD_CLASS, &[callee]);
    store(m, i, result, &[], i.next0())
}

/// `a =` the builtin object numbered d.
pub fn load_common<M: Python>(m: &mut M, i: Ops) -> Flow {
    let which = number(m, i.d());
    let result = m.call(&helpers::LOAD_COMMON, &[which]);
    store(m, i, result, &[], i.next0())
}

/// `a = str(b)`, `repr(b)` or `ascii(b)`.
pub fn convert<M: Python>(m: &mut M, i: Ops) -> Flow {
    with_number(m, i, &helpers::CONVERT)
}

/// `a =` what `yield from b` delegates to.
pub fn get_yield_from_iter<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (x, callee) = (reg(m, i.b()), m.get(Slot(CALLEE)));
    let result = m.call(&helpers::GET_YIELD_FROM_ITER, &[x, callee]);
    store(m, i, result, &[i.b()], i.next0())
}

/// `a =` what `await b` delegates to.
pub fn get_awaitable<M: Python>(m: &mut M, i: Ops) -> Flow {
    with_number(m, i, &helpers::GET_AWAITABLE)
}

/// `a =` the awaitable's iterator for `b.__anext__()`.
pub fn get_anext<M: Python>(m: &mut M, i: Ops) -> Flow {
    keep(m, i, &helpers::GET_ANEXT)
}

/// `a = __import__(name, …)`.
pub fn import_name<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let (callee, name, list, level) = (m.get(Slot(CALLEE)), m.word(name), constant(m, i.c()), number(m, i.b()));
    let result = m.call(&helpers::IMPORT_NAME, &[callee, name, list, level]);
    store(m, i, result, &[], i.next1())
}

/// `a =` attribute name of module b.
pub fn import_from<M: Python>(m: &mut M, i: Ops) -> Flow {
    let name = m.code().name(i.x(m.code()));
    let (module, name) = (reg(m, i.b()), m.word(name));
    let result = m.call(&helpers::IMPORT_FROM, &[module, name]);
    store(m, i, result, &[], i.next1())
}

/// `from a import *`.
pub fn import_star<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (module, callee, namespace) = (reg(m, i.a()), m.get(Slot(CALLEE)), names::namespace(m));
    let status = m.call_int(&helpers::IMPORT_STAR, &[module, callee, namespace]);
    if m.raised_int(status) {
        return unwind::raise_empty(m);
    }
    consume(m, i.a());
    done(m, i.next0())
}

/// `a =` tuple of mapping b's values for the keys of c, or None.
pub fn match_keys<M: Python>(m: &mut M, i: Ops) -> Flow {
    let (subject, keys) = (reg(m, i.b()), reg(m, i.c()));
    let result = m.call(&helpers::MATCH_KEYS, &[subject, keys]);
    store(m, i, result, &[], i.next0())
}

/// `a =` tuple of what class pattern c matches on b, or None.
pub fn match_class<M: Python>(m: &mut M, i: Ops) -> Flow {
    let code = m.code();
    let (names, count) = (i.x(code), i.y(code));
    let (subject, class, names, count) = (reg(m, i.b()), reg(m, i.c()), constant(m, names), number(m, count));
    let result = m.call(&helpers::MATCH_CLASS, &[subject, class, names, count]);
    store(m, i, result, &[i.c()], i.next2())
}

/// `a =` intrinsic c of the temporaries from b.
pub fn intrinsic<M: Python>(m: &mut M, i: Ops) -> Flow {
    let arity = pv_bytecode::op::Intrinsic::from_index(i.c()).map_or(0, |which| which.arity());
    build::window(m, i, &helpers::INTRINSIC, arity)
}

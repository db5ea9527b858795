//! Calls with `*args` and `**kwargs`: a Python function's frame is pushed, as for other calls.
//!
//! Role: `CALL_EX`. Where the positional arguments of a tuple are just the parameters, they are moved from there; else the runtime binds
//! them. Everything that is not a function, or a bound method of one, is called by the runtime.

use pv_machine::{Flow, Typed};
use pv_object::{CodeRef, Function, Kind, known, trusted};

use crate::frame::Action;
use crate::handlers::calls::{self, Site};
use crate::helpers;
use crate::operands::{Ops, Python, slot};
use crate::{unwind, view};

/// `a = b(*args, **kwargs)`.
pub fn call_ex<M: Python>(m: &mut M, i: Ops) -> Flow {
    let count = 1 + (i.c() & 1);
    let site = Site { dst: i.a(), window: i.b(), count, next: i.next0() };
    let callee = m.get(slot(site.window));
    match known::as_function(m, callee) {
        Some(function) => python(m, function, site),
        None => generic(m, site),
    }
}

/// Calls through the runtime.
fn generic<M: Python>(m: &mut M, site: Site) -> Flow {
    let callee = m.get(slot(site.window));
    let result = m.call_window(&helpers::CALL_EX, callee, site.arg(0), site.count, None);
    if m.raised(&result) {
        return unwind::raise(m, result);
    }
    calls::finish(m, site, result)
}

fn python<M: Python>(m: &mut M, function: Typed<M::Val, Function>, site: Site) -> Flow {
    let code = trusted::code_of(m, function);
    if !calls::has_room(m, site.delta(), code) {
        return calls::too_deep(m);
    }
    if just_fits(m, code, site) {
        return spread(m, code, site);
    }
    let (callee, args) = (function.value(), m.get(site.arg(0)));
    let keywords = match site.count {
        1 => {
            let none = m.cx().none_word();
            m.word(none)
        }
        _ => m.get(site.arg(1)),
    };
    let bound = m.call(&helpers::BIND_SPREAD, &[callee, args, keywords]);
    if m.raised(&bound) {
        return unwind::raise(m, bound);
    }
    (0..site.count).for_each(|index| unwind::clear(m, site.arg(index)));
    calls::spread(m, bound, site.arg(0), code.nparams());
    calls::enter(m, code, site.info(Action::Store), code.nparams())
}

/// Are the arguments those of an exact tuple, as many as there are plain parameters, and no keywords?
fn just_fits<M: Python>(m: &mut M, code: CodeRef, site: Site) -> bool {
    let args = m.get(site.arg(0));
    if !code.is_simple() || view::exact_kind(m, args) != Some(Kind::Tuple) {
        return false;
    }
    if site.count == 2 {
        let keywords = m.get(site.arg(1));
        if view::exact_kind(m, keywords) != Some(Kind::Dict) {
            return false;
        }
        let Some(len) = known::builtin_len(m, keywords, 0) else { return false };
        if !m.int_is(len, 0) {
            return false;
        }
    }
    let len = view::tuple_len(m, trusted::tuple(args));
    m.int_is(len, i64::from(code.argcount()))
}

/// Moves the arguments of a tuple, and nothing else, into the window, and enters.
fn spread<M: Python>(m: &mut M, code: CodeRef, site: Site) -> Flow {
    let args = m.take(site.arg(0));
    if site.count == 2 {
        unwind::clear(m, site.arg(1));
    }
    calls::spread(m, args, site.arg(0), code.argcount());
    calls::enter(m, code, site.info(Action::Store), code.argcount())
}

//! Built-ins that consume a generator or a `map` of a Python function, or that take one for a key: a loop of the prelude takes their place,
//! so that no driver is nested and traces see the items being made.

use pv_machine::{Flow, Own, Typed};
use pv_object::{Code, CodeRef, Generator, Kind, Map, Obj, Tuple, desc, known, trusted};
use pv_runtime::prelude::{self, Loop};
use pv_word::Word;

use crate::frame::Action;
use crate::handlers::calls::{self, Site};
use crate::handlers::intrinsics;
use crate::operands::{Python, slot};
use crate::view;

/// Enters the loop that does what the call does; `None` where that is not a call of an iterator that runs Python, alone or with what the
/// loop expects beside it.
pub fn enter<M: Python>(m: &mut M, which: Loop, site: Site) -> Option<Flow> {
    let which = if which == Loop::Sum && !m.cx().vm().has_tier() { Loop::SumOfInts } else { which };
    if is_watched(m) {
        return None;
    }
    let place = place_of_items(m, which, site)?;
    let items = m.get(site.arg(place));
    let producer = producer(m, items)?;
    Some(enter_loop(m, which, &producer, site))
}

/// Enters the loop that a call with one argument and the keyword `key`, a Python function, amounts to; `None` where it is none.
pub fn by_key<M: Python>(m: &mut M, callee: M::Val, names: Word, site: Site) -> Option<Flow> {
    let [name] = Obj::of(&names).expect::<Tuple>().items() else { return None };
    if site.count != 2 || !pv_runtime::text::eq(name, "key") {
        return None;
    }
    let (Kind::NativeFunction, _) = view::kind(m, callee)? else { return None };
    if is_watched(m) {
        return None;
    }
    let receiver = m.load(trusted::native(callee), &desc::NATIVE_RECEIVER);
    if !m.is(receiver, Word::EMPTY) {
        return None;
    }
    let identity = m.promote(callee);
    let which = intrinsics::loop_by_key(identity)?;
    if which == Loop::SortBy {
        let target = m.get(site.arg(0));
        if view::exact_kind(m, target) != Some(Kind::List) {
            return None;
        }
    }
    let key = m.get(site.arg(1));
    let key = known::as_function(m, key)?;
    let producer = trusted::code_of(m, key);
    Some(enter_loop(m, which, &producer, site))
}

/// Whoever watches the program is to see a native function called. Nobody watches while traces are recorded.
fn is_watched<M: Python>(m: &M) -> bool {
    M::INTERPRETING && m.cx().is_observed()
}

/// Makes the window of a built-in's call the frame of the loop that takes its place.
fn enter_loop<M: Python>(m: &mut M, which: Loop, producer: &Code, site: Site) -> Flow {
    let consumer = prelude::function(m.cx().vm(), which, producer);
    let code = CodeRef::of_function(&consumer);
    if !calls::has_room(m, site.delta(), code) {
        return calls::too_deep(m);
    }
    let consumer = m.word(consumer.word());
    let consumer = m.own(consumer);
    let callee = m.take(slot(site.window));
    m.init(slot(site.window), consumer);
    m.release(callee);
    if matches!(which, Loop::Sum | Loop::SumOfInts) && site.count == 1 {
        let zero = m.word(Word::ZERO);
        m.init(site.arg(1), Own::new(zero));
    }
    calls::enter(m, code, site.info(Action::Store), code.argcount())
}

/// Which argument has to be such an iterator, if there are as many as the loop has parameters and the others are what it expects.
fn place_of_items<M: Python>(m: &mut M, which: Loop, site: Site) -> Option<u32> {
    match (which, site.count) {
        (Loop::Join | Loop::Extend, 2) => {
            let wanted = if which == Loop::Join { Kind::Str } else { Kind::List };
            let receiver = m.get(site.arg(0));
            (view::exact_kind(m, receiver) == Some(wanted)).then_some(1)
        }
        (Loop::Sum | Loop::SumOfInts, 2) => {
            let start = m.get(site.arg(1));
            m.is_int(start).then_some(0)
        }
        (Loop::Join | Loop::Extend, _) => None,
        (_, 1) => Some(0),
        _ => None,
    }
}

/// The Python code that makes the items: a generator's, or that of a function that `map` calls.
fn producer<M: Python>(m: &mut M, items: M::Val) -> Option<CodeRef> {
    if let Some(generator) = exact_generator(m, items) {
        let function = m.load(generator, &desc::GENERATOR_FUNCTION);
        return Some(calls::code_of_callee(m, function));
    }
    if view::exact_kind(m, items) != Some(Kind::Map) {
        return None;
    }
    let callee = m.load(trusted::by_shape::<M::Val, Map>(items), &desc::MAP_FUNCTION);
    if m.is(callee, Word::EMPTY) {
        return None;
    }
    let function = known::as_function(m, callee)?;
    Some(trusted::code_of(m, function))
}

/// A generator, and no coroutine.
pub fn exact_generator<M: Python>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, Generator>> {
    if view::exact_kind(m, value) != Some(Kind::Generator) {
        return None;
    }
    view::is_generator(m, value).then(|| trusted::by_shape(value))
}

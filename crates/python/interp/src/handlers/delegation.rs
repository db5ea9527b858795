//! Generators that delegate to generators: only the innermost one is resumed.
//!
//! A generator that stands in a `yield from` (or an `await`) has nothing to do until what it waits for returns or raises. So `FOR_NEXT` and
//! `SEND` resume the end of such a chain: its frame stands above the register that holds the chain's first generator, and its yields go
//! straight to whoever iterates. When the end is over, the generator that waited for it takes the frame's place. A tree that is walked by
//! recursive generators costs its depth in loads for each item, not in frames. (PEP 380 proposes it under "Optimisations".)
//!
//! Invariant: a generator's frame whose resumer is a `FOR_NEXT` or a `SEND` stands in for another exactly if the slot below the frame holds
//! another generator than its extra slot.

use pv_bytecode::op::Op;
use pv_machine::{Cmp, Direct, Flow, Machine, Own, Slot, Typed};
use pv_object::{Generator, Obj, trusted};
use pv_runtime::Thread;

use crate::continuation::Continuation;
use crate::frame::{Action, EXTRA, ReturnInfo};
use crate::handlers::generators::{self, Place};
use crate::handlers::returns::{self, Resumer};
use crate::handlers::{calls, iterate};
use crate::helpers;
use crate::operands::{Ops, Python, boundary, constant, none, scratch, slot, write};
use crate::{step, unwind};

/// Registers of the largest frame that is passed over. Room for as many is asked for where a chain's end is resumed, so that there is room
/// when one of the others takes its place.
const MOST_REGISTERS: u32 = 128;

/// The register that holds what the frame delegates to, to be noted in its generator, if that can be passed over.
pub fn register<M: Python>(m: &M, i: Ops) -> Option<u16> {
    (m.code().nregs() <= MOST_REGISTERS).then_some(i.b() as u16)
}

/// Resumes the end of the chain that begins with a generator that delegates.
pub fn resume<M: Python>(m: &mut M, first: Typed<M::Val, Generator>, i: Ops) -> Flow {
    let end = m.call(&helpers::INNERMOST_GENERATOR, &[first.value()]);
    m.init(scratch(m), end);
    m.checkpoint(Continuation::Delegated as u8);
    let (op, _): (u8, Ops) = step::decode(m.code(), m.pc());
    resume_end(m, i, action(op))
}

/// Does a generator that delegates run, being passed over?
pub fn runs<M: Python>(m: &mut M, generator: Typed<M::Val, Generator>) -> bool {
    let running = m.call_int(&helpers::GENERATOR_RUNS, &[generator.value()]);
    !m.int_is(running, 0)
}

/// What the frame does for the instruction that resumes it.
pub fn action(op: u8) -> Action {
    if op == Op::ForNext as u8 { Action::ForNext } else { Action::Send }
}

/// The second half of [`resume`]: the scratch slot holds the generator to resume, or None if it runs.
pub fn resume_end<M: Python>(m: &mut M, i: Ops, action: Action) -> Flow {
    let (at, info) = (scratch(m), generators::above(i, action));
    let (end, running) = (m.get(at), none(m));
    if m.is(end, running) {
        let _ = m.take(at).into_inner();
        return if action == Action::Send { generators::send_elsewhere(m, i) } else { iterate::foreign_next(m, i) };
    }
    let place = Place::unchecked(m, trusted::generator(end));
    let room = calls::has_room(m, info.delta + MOST_REGISTERS, place.code);
    let own = m.take(at);
    if !room {
        m.release(own);
        return calls::too_deep(m);
    }
    generators::enter(m, own, &place, i, info)
}

/// The first generator of the chain, where the current frame, a generator's, stands in for another.
pub fn stands_in<M: Python>(m: &mut M, info: ReturnInfo) -> Option<M::Val> {
    if !matches!(info.action(), Action::ForNext | Action::Send) {
        return None;
    }
    let (first, own) = (m.get(Slot(-1)), m.get(Slot(EXTRA)));
    let same = m.cmp_words(Cmp::Eq, first, own);
    (!m.test(same)).then_some(first)
}

/// Parks the generator that waits for the current frame's in the scratch slot.
fn look_up<M: Python>(m: &mut M, first: M::Val) {
    let own = m.get(Slot(EXTRA));
    let waiting = m.call(&helpers::WAITING_GENERATOR, &[first, own]);
    m.init(scratch(m), waiting);
}

/// A generator that stands in for another returns.
pub fn hand_back<M: Python>(m: &mut M, first: M::Val) -> Flow {
    look_up(m, first);
    m.checkpoint(Continuation::HandBack as u8);
    finish_hand_back(m)
}

/// The second half of [`hand_back`]: the scratch slot holds the generator that waits. It gets the result, in a frame in the current one's place.
pub fn finish_hand_back<M: Python>(m: &mut M) -> Flow {
    let to = returns::resumer(m);
    let at = scratch(m);
    let waiting = m.get(at);
    let place = Place::unchecked(m, trusted::generator(waiting));
    let value = result(m);
    let own = m.take(at);
    generators::end(m);
    replace(m, to, own, &place);
    let (_, suspended): (u8, Ops) = step::decode(place.code, place.at);
    write(m, suspended.a(), value);
    unwind::clear(m, slot(suspended.b()));
    let target = suspended.target(place.code);
    m.set_pc(target);
    returns::left(boundary(m))
}

/// What the instruction that returns returns.
fn result<M: Python>(m: &mut M) -> Own<M::Val> {
    let (op, i): (u8, Ops) = step::decode(m.code(), m.pc());
    if op == Op::Return as u8 {
        return m.take(slot(i.a()));
    }
    let value = constant(m, i.d());
    m.own(value)
}

/// Pops the current frame, which is empty, and pushes the one of a generator that waited for it; that stands where it was suspended.
fn replace<M: Python>(m: &mut M, to: Resumer, own: Own<M::Val>, place: &Place<M>) {
    let info = ReturnInfo::new(to.info.pc, to.info.delta, to.info.dst, to.info.action());
    returns::pop(m, to);
    generators::push(m, own, place, info);
    m.switch_frame(info.delta as i32, place.code, place.at);
}

/// An exception has passed the current frame, which stands in for a chain that begins with `first`: the place of the generator that it
/// goes on in, which the scratch slot holds then, if it does not already.
pub fn waiting_place<M: Python>(m: &mut M, first: Option<M::Val>) -> Place<M> {
    if let Some(first) = first {
        look_up(m, first);
        m.checkpoint_raising(Continuation::RaiseWaiting as u8);
    }
    let waiting = m.get(scratch(m));
    Place::unchecked(m, trusted::generator(waiting))
}

/// The exception goes on in the generator that waits, the current frame being empty.
pub fn raise_in<M: Python>(m: &mut M, to: Resumer, place: &Place<M>) {
    let own = m.take(scratch(m));
    replace(m, to, own, place);
}

/// The generators that the machine's frame stands in for, the one that waits for it first.
pub fn passed_over(m: &mut Direct<'_, Thread>, info: ReturnInfo) -> Vec<Obj> {
    if !m.code().is_generator() {
        return Vec::new();
    }
    match stands_in(m, info) {
        Some(first) => pv_runtime::types::generator::passed_over(Obj::of(&first), Obj::of(&m.get(Slot(EXTRA)))),
        None => Vec::new(),
    }
}

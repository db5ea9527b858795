//! Feeding: a generator whose consumer does next to nothing with an item goes on at once.
//!
//! Role: where the loop that a `yield` hands its value to only collects it, tests it or adds it up, and that runs no Python, the loop's pass
//! is done here on the spot: the generator is neither suspended nor resumed. Comprehensions over generators are such loops, and most of
//! the prelude's.
//! Invariants: what is done is what the pass would have done, its count included; a pass that might do anything else (run Python, leave
//! the loop, serve the breaker, be asked about by the tier) is left to the bytecodes, and may then be counted twice. Recordings never come here: a trace
//! removes the suspension itself.

use pv_bytecode::op::byte;
use pv_machine::{IntOp, Own, Slot, unlikely};
use pv_object::{CodeRef, Kind};
use pv_word::Word;

use crate::frame::{Action, ReturnInfo};
use crate::handlers::{build, calls};
use crate::helpers;
use crate::operands::{FRAME_HEADER, Ops, Python};
use crate::view;

/// What a loop does with an item.
enum Pass {
    /// Appends it to the list in a register.
    Append(u32),
    /// Adds it to the set in a register.
    Include(u32),
    /// Adds it to the number in a register; only the prelude's sums are known to.
    Sum(u32),
    /// Goes on where its truth is this.
    Test(bool),
}

/// Gives `value`, which the current frame yields, to the loop that waits for it. False: nothing has been done.
#[inline(always)]
pub fn feed<M: Python>(m: &mut M, info: ReturnInfo, value: M::Val) -> bool {
    info.action() == Action::ForNext && m.cx().state().breaker.bits() == 0 && pass(m, info, value).is_some()
}

/// One pass of the loop.
#[inline(always)]
fn pass<M: Python>(m: &mut M, info: ReturnInfo, value: M::Val) -> Option<()> {
    let frame = -(info.delta as i32);
    let caller = m.get(Slot(frame));
    let code = calls::code_of_callee(m, caller);
    let start = info.pc.wrapping_add(code.word(info.pc - 1));
    let header = code.word(start);
    if header as u8 != byte::LOOP {
        return None;
    }
    let pass = Pass::of(code, start + 1, info)?;
    if unlikely(code.loop_counter(Ops::narrow(header, start).d()).hit()) {
        return None;
    }
    let register = |register: u32| Slot(frame + (FRAME_HEADER + register) as i32);
    let item = register(info.dst);
    // What was appended before is in the list; of anything else the last item may die with the pass, and that may be noticed.
    let last = m.get(item);
    if !matches!(pass, Pass::Append(_)) && !dies_unnoticed(m, last) {
        return None;
    }
    match pass {
        Pass::Append(list) => {
            let list = m.get(register(list));
            let own = m.own(value);
            build::append(m, list, own);
        }
        Pass::Include(set) => {
            let set = m.get(register(set));
            let status = m.call_int(&helpers::SET_INCLUDE, &[set, value]);
            if m.int_is(status, helpers::UNDECIDED) {
                return None;
            }
        }
        Pass::Sum(total) => {
            let (sum, number) = (m.get(register(total)), plain_int(m, value)?);
            if !m.is_int(sum) {
                return None;
            }
            let sum = m.tagged(IntOp::Add, sum, number)?;
            m.put(register(total), Own::new(sum));
        }
        Pass::Test(wanted) => {
            if plain_truth(m, value)? != wanted {
                return None;
            }
        }
    }
    let own = m.own(value);
    m.put(item, own);
    Some(())
}

/// Does nobody notice when the value dies?
#[inline(always)]
fn dies_unnoticed<M: Python>(m: &mut M, value: M::Val) -> bool {
    if !m.is_ptr(value) || m.is(value, Word::EMPTY) {
        return true;
    }
    let kind = view::exact_kind(m, value);
    matches!(kind, Some(Kind::Str | Kind::Bytes | Kind::Int | Kind::Float | Kind::Bool | Kind::None))
}

impl Pass {
    /// What the body that begins at `at` does with the item in `info.dst`, if that is all that it does. It ends at the `FOR_NEXT` that
    /// `info` belongs to.
    #[inline(always)]
    fn of(code: CodeRef, at: u32, info: ReturnInfo) -> Option<Pass> {
        let (word, for_next) = (code.word(at), info.pc - 2);
        let i = Ops::narrow(word, at);
        match word as u8 {
            byte::LIST_APPEND if i.b() == info.dst && i.next0() == for_next => Some(Pass::Append(i.a())),
            byte::SET_ADD if i.b() == info.dst && i.next0() == for_next => Some(Pass::Include(i.a())),
            byte::JUMP_IF_TRUE if i.a() == info.dst && i.target(code) == for_next => Some(Pass::Test(true)),
            byte::JUMP_IF_FALSE if i.a() == info.dst && i.target(code) == for_next => Some(Pass::Test(false)),
            byte::ADD if i.a() == i.b() && i.c() == info.dst && pv_runtime::code::payload(&code).hidden.get() => {
                Some(Pass::Sum(i.a()))
            }
            _ => None,
        }
    }
}

/// A small int or a bool, as a small int.
#[inline(always)]
fn plain_int<M: Python>(m: &mut M, value: M::Val) -> Option<M::Val> {
    if m.is_int(value) {
        return Some(value);
    }
    let (yes, no) = (m.cx().true_word(), m.cx().false_word());
    if m.is(value, yes) {
        return Some(m.word(Word::small(1)));
    }
    if m.is(value, no) { Some(m.word(Word::ZERO)) } else { None }
}

/// The truth of a small int, a bool or None.
#[inline(always)]
fn plain_truth<M: Python>(m: &mut M, value: M::Val) -> Option<bool> {
    let (yes, no, none) = (m.cx().true_word(), m.cx().false_word(), m.cx().none_word());
    if m.is(value, yes) || m.is_int(value) {
        return Some(!m.is(value, Word::ZERO));
    }
    if m.is(value, no) || m.is(value, none) { Some(false) } else { None }
}

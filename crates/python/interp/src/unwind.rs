//! Raising: finding the handler, releasing what lies between, popping frames.
//!
//! An exception is pending in the thread from the helper that raised it until a handler takes it. Every frame it passes adds a
//! traceback entry. A frame without a handler is swept and popped; frames that a driver started end that driver.

use pv_bytecode::Pc;
use pv_bytecode::op::{Leaving, Op};
use pv_bytecode::unit::flags;
use pv_machine::{Flow, Own, Slot};
use pv_word::Word;

use crate::continuation::{Continuation, PC_MASK};
use crate::frame::{Action, CALLEE, EXTRA};
use crate::handlers::{calls, delegation, generators, returns};
use crate::helpers;
use crate::operands::{Ops, Python, boundary, slot};
use crate::step;

/// Raises after a helper that returned the empty word.
#[cold]
#[inline(never)]
pub fn raise<M: Python>(m: &mut M, failed: Own<M::Val>) -> Flow {
    let _ = failed.into_inner();
    raise_empty(m)
}

/// Raises what is pending in the thread, at the machine's program counter, which may say that the current frame has its traceback
/// entry already.
#[cold]
#[inline(never)]
pub fn raise_empty<M: Python>(m: &mut M) -> Flow {
    let number = m.pc() >> 24;
    let parked = number == Continuation::RaiseWaiting as u32;
    let again = parked || number == Continuation::Reraise as u32;
    let pc = m.pc() & PC_MASK;
    m.set_pc(pc);
    unwind(m, !again, parked)
}

/// Raises on what is pending without a new traceback entry for the current frame.
pub fn reraise<M: Python>(m: &mut M) -> Flow {
    unwind(m, false, false)
}

/// `trace`: the current frame has no traceback entry yet. `parked`: its scratch slot holds the generator that waits for its own.
fn unwind<M: Python>(m: &mut M, mut trace: bool, mut parked: bool) -> Flow {
    loop {
        if !parked {
            m.checkpoint_raising(if trace { 0 } else { Continuation::Reraise as u8 });
        }
        let (code, pc) = (m.code(), m.pc());
        let handler = pv_runtime::code::unit(&code).handler(Pc(pc));
        if let Some(entry) = handler {
            let (floor, handler) = (u32::from(entry.floor.0), entry.handler.0);
            add_traceback(m, trace, true);
            observe(m, trace, false);
            return enter_handler(m, floor, handler);
        }
        let to = returns::resumer(m);
        let info = to.info;
        let first = if m.code().is_generator() { delegation::stands_in(m, info) } else { None };
        add_traceback(m, trace, false);
        observe(m, trace, true);
        let waiting = first.map(|first| delegation::waiting_place(m, (!parked).then_some(first)));
        (trace, parked) = (true, false);
        returns::tell_end(m, to);
        generators::abandon(m);
        keep_locals(m);
        sweep(m);
        if let Some(place) = waiting {
            delegation::raise_in(m, to, &place);
            continue;
        }
        if info.action() == Action::Exit {
            return Flow::Raised;
        }
        returns::pop(m, to);
        m.set_pc(info.pc - 1);
        if info.action() == Action::Init {
            returns::drop_instance(m, info);
        }
    }
}

/// The exception passes the current frame, or is raised on in it; in the end it leaves the frame, or is `caught` in it.
fn add_traceback<M: Python>(m: &mut M, trace: bool, caught: bool) {
    let pc = m.pc();
    if trace {
        let at = pc << 1 | u32::from(caught);
        let (callee, at) = (m.get(Slot(CALLEE)), m.word(Word::small(at as i32)));
        m.call_int(&helpers::ADD_TRACEBACK, &[callee, at]);
    } else if leaves_here(m) {
        let (callee, pc) = (m.get(Slot(CALLEE)), m.word(Word::small(pc as i32)));
        m.call_int(&helpers::MOVE_TRACEBACK, &[callee, pc]);
    }
}

/// Does what is raised on leave from the current instruction, as far as the frame's object tells?
fn leaves_here<M: Python>(m: &M) -> bool {
    let (op, i): (u8, Ops) = step::decode(m.code(), m.pc());
    op != Op::Reraise as u8 || i.b() == Leaving::Here as u32
}

/// Whoever watches the program hears of the exception, and of the end of the frame or of the handler. Nobody does while traces are
/// recorded.
fn observe<M: Python>(m: &mut M, passes: bool, ends: bool) {
    if M::INTERPRETING && m.cx().is_observed() {
        let what = m.word(crate::observe::word(passes, ends));
        m.call_int(&helpers::OBSERVE_EXCEPTION, &[what]);
    }
}

fn enter_handler<M: Python>(m: &mut M, floor: u32, handler: u32) -> Flow {
    for register in floor..m.code().nregs() {
        clear(m, slot(register));
    }
    let exception = m.call(&helpers::CATCH, &[]);
    m.init(slot(floor), exception);
    m.set_pc(handler);
    boundary(m)
}

/// Lets the traceback keep the locals of the current frame, which the exception leaves, for as long as it lives.
fn keep_locals<M: Python>(m: &mut M) {
    let count = m.code().nlocals();
    if count != 0 || pv_runtime::code::unit(&m.code()).flags & flags::OPTIMIZED == 0 {
        let callee = m.get(Slot(CALLEE));
        let done = m.call_window(&helpers::KEEP_LOCALS, callee, slot(0), count, None);
        calls::forget_window(m, slot(0), count);
        m.release(done);
    }
}

/// Empties a slot and releases what it held.
#[inline(always)]
pub fn clear<M: Python>(m: &mut M, at: Slot) {
    if M::INTERPRETING {
        let value = m.get(at);
        if !m.is_ptr(value) {
            return;
        }
    }
    let value = m.take(at);
    m.release(value);
}

/// Releases everything the current frame holds but its return information.
pub fn sweep<M: Python>(m: &mut M) {
    sweep_below(m, m.code().nregs());
}

/// As [`sweep`], for a frame that returns: most temporaries are known to be empty then.
#[inline(always)]
pub fn sweep_returning<M: Python>(m: &mut M) {
    sweep_below(m, m.code().sweep());
}

#[inline(always)]
fn sweep_below<M: Python>(m: &mut M, end: u32) {
    // From the last one, as CPython does, which finalisers show.
    for register in (0..end).rev() {
        clear(m, slot(register));
    }
    clear(m, Slot(EXTRA));
    clear(m, Slot(CALLEE));
}

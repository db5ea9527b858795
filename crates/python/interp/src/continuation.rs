//! Second halves of bytecodes: what a bytecode does after its first effect, where that needs tests again.
//!
//! A handler that must test the result of a helper parks it in the scratch slot, calls `checkpoint` with
//! one of these numbers, and goes on in a function that reads slots only. An exit taken there resumes in [`resume`].

use pv_bytecode::op::Op;
use pv_machine::Flow;

use crate::handlers::{compare, delegation, iterate};
use crate::operands::{Ops, Python};
use crate::step;

/// Bits of a program counter that name the bytecode; the continuation's number stands above.
pub const PC_MASK: u32 = (1 << 24) - 1;

/// The numbers of the second halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Continuation {
    /// `JUMP_IF_…_OR_DROP`: the scratch slot holds the truth.
    OrDrop = 1,
    /// `FOR_NEXT`: the scratch slot holds the item, or the mark of exhaustion.
    ForNext = 2,
    /// Raising on: the current frame has its traceback entry already.
    Reraise = 3,
    /// `FOR_NEXT`, `SEND`: the scratch slot holds the generator to resume, or None if it runs.
    Delegated = 4,
    /// `RETURN`, `RETURN_CONST`: the scratch slot holds the generator that waits for the one that returns.
    HandBack = 5,
    /// As `Reraise`, and the scratch slot holds the generator that waits for the one that the exception leaves.
    RaiseWaiting = 6,
}

/// Goes on at the machine's program counter, finishing a bytecode first where the counter says so.
pub fn resume<M: Python>(m: &mut M) -> Flow {
    let number = m.pc() >> 24;
    if number == 0 {
        return step::step(m);
    }
    let pc = m.pc() & PC_MASK;
    m.set_pc(pc);
    let (op, i): (u8, Ops) = step::decode(m.code(), pc);
    match number {
        _ if number == Continuation::OrDrop as u32 => compare::finish_or_drop(m, i, op == Op::JumpIfTrueOrDrop as u8),
        _ if number == Continuation::Delegated as u32 => delegation::resume_end(m, i, delegation::action(op)),
        _ if number == Continuation::HandBack as u32 => delegation::finish_hand_back(m),
        _ => iterate::finish_for_next(m, i),
    }
}

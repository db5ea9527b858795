//! Jumps and loop headers.

use pv_machine::{Breaker, Flow, unlikely};

use crate::operands::{Ops, Python};

/// Goes to x.
#[inline(always)]
pub fn jump<M: Python>(m: &mut M, i: Ops) -> Flow {
    m.set_pc(i.target(m.code()));
    Flow::Next
}

/// Loop header number d. The interpreter serves a set breaker here; the recorder polls where the loop closes.
#[inline(always)]
pub fn header<M: Python>(m: &mut M, i: Ops) -> Flow {
    m.set_pc(i.next0());
    if M::INTERPRETING && unlikely(m.cx().state().breaker.bits() & !Breaker::INVALIDATED != 0) {
        return Flow::Boundary;
    }
    Flow::Header(i.d())
}

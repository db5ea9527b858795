//! Operands: how handlers read an instruction and touch registers.
//!
//! Role: the only place that knows the encoding's widths and the consume rule (a temporary read is a
//! temporary emptied; a local is borrowed). Register numbers become slots here.

use pv_machine::{Flow, Machine, Own, Slot, rare};
use pv_object::CodeRef;
use pv_runtime::Thread;
use pv_word::Word;

/// Slots of a frame below its registers: callee, return information, extra.
pub const FRAME_HEADER: u32 = 3;

/// Slots above a frame's registers that are its own too: a continuation keeps something there, and a call's window grows into them by a
/// receiver, and by the function that it is for.
pub const SCRATCH: u32 = 2;

/// Any machine that runs Python.
pub trait Python: Machine<Cx = Thread> {}
impl<M: Machine<Cx = Thread>> Python for M {}

/// The operands of one instruction; those that its format lacks are meaningless. Small enough to be passed in registers.
#[derive(Clone, Copy, Debug)]
pub struct Ops {
    /// The instruction word.
    word: u32,
    /// The `WIDE` prefix before it; 0 without one.
    prefix: u32,
    /// Where word x stands, if there is one; else the next instruction.
    at: u32,
}

impl Ops {
    /// Operands of the instruction word `word` that stands at `pc`.
    #[inline(always)]
    pub fn narrow(word: u32, pc: u32) -> Ops {
        Ops { word, prefix: 0, at: pc + 1 }
    }

    /// Operands of `word` under the prefix `prefix`, which stands at `pc`.
    pub fn wide(prefix: u32, word: u32, pc: u32) -> Ops {
        Ops { word, prefix, at: pc + 2 }
    }

    /// Operand a.
    #[inline(always)]
    pub fn a(&self) -> u32 {
        self.word >> 8 & 0xff | self.prefix & 0xff00
    }

    /// Operand b.
    #[inline(always)]
    pub fn b(&self) -> u32 {
        self.word >> 16 & 0xff | self.prefix >> 8 & 0xff00
    }

    /// Operand c.
    #[inline(always)]
    pub fn c(&self) -> u32 {
        self.word >> 24 | self.prefix >> 16 & 0xff00
    }

    /// Immediate d of `Ad` formats.
    #[inline(always)]
    pub fn d(&self) -> u32 {
        self.word >> 16 | self.prefix & 0xffff_0000
    }

    /// Did a `WIDE` prefix stand before?
    #[inline(always)]
    pub fn is_wide(&self) -> bool {
        self.prefix != 0
    }

    /// Immediate d read as a signed number.
    #[inline(always)]
    pub fn signed(&self) -> i32 {
        if self.is_wide() { self.d() as i32 } else { self.d() as u16 as i16 as i32 }
    }

    /// Word x.
    #[inline(always)]
    pub fn x(&self, code: CodeRef) -> u32 {
        code.word(self.at)
    }

    /// Word y.
    #[inline(always)]
    pub fn y(&self, code: CodeRef) -> u32 {
        code.word(self.at + 1)
    }

    /// The next instruction of a format without further words.
    #[inline(always)]
    pub fn next0(&self) -> u32 {
        self.at
    }

    /// The next instruction of a format with word x.
    #[inline(always)]
    pub fn next1(&self) -> u32 {
        self.at + 1
    }

    /// The next instruction of a format with words x and y.
    #[inline(always)]
    pub fn next2(&self) -> u32 {
        self.at + 2
    }

    /// Target of a format `Abcx` whose x is a jump.
    #[inline(always)]
    pub fn target(&self, code: CodeRef) -> u32 {
        self.next1().wrapping_add(self.x(code))
    }
}

/// The slot of a register.
#[inline(always)]
pub fn slot(register: u32) -> Slot {
    Slot((register + FRAME_HEADER) as i32)
}

/// A free slot above the registers, where a bytecode keeps what its continuation needs.
#[inline(always)]
pub fn scratch<M: Python>(m: &M) -> Slot {
    slot(m.code().nregs())
}

/// Slots from a frame's base to where a frame pushed by an instruction without a window begins.
#[inline(always)]
pub fn frame_size(code: CodeRef) -> u32 {
    FRAME_HEADER + code.nregs() + SCRATCH
}

/// Borrows a register's value.
#[inline(always)]
pub fn reg<M: Python>(m: &mut M, register: u32) -> M::Val {
    m.get(slot(register))
}

/// Is the register a temporary of the running code?
#[inline(always)]
pub fn is_temp<M: Python>(m: &M, register: u32) -> bool {
    register >= m.code().nlocals()
}

/// Ends an instruction's use of an operand: releases it when it is a temporary.
#[inline(always)]
pub fn consume<M: Python>(m: &mut M, register: u32) {
    if is_temp(m, register) {
        let value = m.take(slot(register));
        m.release(value);
    }
}

/// Takes an operand over: moves a temporary, takes a new reference to a local.
#[inline(always)]
pub fn owned<M: Python>(m: &mut M, register: u32) -> Own<M::Val> {
    if is_temp(m, register) {
        m.take(slot(register))
    } else {
        let value = m.get(slot(register));
        m.own(value)
    }
}

/// Writes a register: a local's old value is released, a temporary is empty before.
#[inline(always)]
pub fn write<M: Python>(m: &mut M, register: u32, value: Own<M::Val>) {
    m.put(slot(register), value);
}

/// Writes a word that needs no count (an immediate, or an immortal object).
#[inline(always)]
pub fn write_plain<M: Python>(m: &mut M, register: u32, value: M::Val) {
    m.put(slot(register), Own::new(value));
}

/// A constant of the running code as a machine value, borrowed from the code object.
#[inline(always)]
pub fn constant<M: Python>(m: &mut M, index: u32) -> M::Val {
    let word = m.code().constant(index);
    m.word(word)
}

/// Ends an instruction that may have released something: goes on at `next` unless finalisers wait.
#[inline(always)]
pub fn done<M: Python>(m: &mut M, next: u32) -> Flow {
    m.set_pc(next);
    boundary(m)
}

/// Ends an instruction whose program counter is set.
#[inline(always)]
pub fn boundary<M: Python>(m: &mut M) -> Flow {
    if m.boundary() { rare(Flow::Boundary) } else { Flow::Next }
}

/// Ends an instruction that has released nothing.
#[inline(always)]
pub fn next<M: Python>(m: &mut M, next: u32) -> Flow {
    m.set_pc(next);
    Flow::Next
}

/// The word of `None`.
#[inline(always)]
pub fn none<M: Python>(m: &M) -> Word {
    m.cx().none_word()
}

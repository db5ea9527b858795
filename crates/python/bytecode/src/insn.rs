//! Typed indices and the decoding of instructions.
//!
//! [`Insn`] is one code word as an interpreter sees it; [`Decoded`] is a whole instruction, prefix
//! and extra words included, for everything that is not in a hurry.

use crate::op::{Format, Op};

/// Declares a typed index.
macro_rules! index {
    ($(#[$meta:meta])* $name:ident($int:ty)) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Default)]
        pub struct $name(pub $int);

        impl $name {
            /// As an index into a slice.
            #[inline(always)]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index! {
    /// Position in the code, in words.
    Pc(u32)
}
index! {
    /// Register number; 0 is the first parameter.
    Reg(u16)
}
index! {
    /// Index into a code object's constants.
    ConstIndex(u32)
}
index! {
    /// Index into a code object's names.
    NameIndex(u32)
}
index! {
    /// Index of an inline-cache slot of a code object.
    CacheIndex(u32)
}
index! {
    /// Index into a code object's loop table.
    LoopIndex(u32)
}

/// First word of an instruction, or a prefix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Insn(pub u32);

impl Insn {
    /// The word for `op a b c`.
    pub const fn abc(op: Op, a: u8, b: u8, c: u8) -> Insn {
        Insn(op as u32 | (a as u32) << 8 | (b as u32) << 16 | (c as u32) << 24)
    }

    /// The opcode byte.
    #[inline(always)]
    pub const fn op_byte(self) -> u8 {
        self.0 as u8
    }

    /// The opcode, if the byte is one.
    #[inline(always)]
    pub const fn op(self) -> Option<Op> {
        Op::from_byte(self.0 as u8)
    }

    /// Operand a.
    #[inline(always)]
    pub const fn a(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Operand b.
    #[inline(always)]
    pub const fn b(self) -> u8 {
        (self.0 >> 16) as u8
    }

    /// Operand c.
    #[inline(always)]
    pub const fn c(self) -> u8 {
        (self.0 >> 24) as u8
    }

    /// The immediate d of `Ad` formats (b low, c high).
    #[inline(always)]
    pub const fn imm16(self) -> u16 {
        (self.0 >> 16) as u16
    }
}

/// A whole instruction with its prefix applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decoded {
    /// Where it starts (at the prefix, if it has one).
    pub pc: Pc,
    /// The opcode; never `Wide`.
    pub op: Op,
    /// Operand a.
    pub a: u16,
    /// Operand b (0 for `Ad`).
    pub b: u16,
    /// Operand c (0 for `Ad`).
    pub c: u16,
    /// Immediate d (0 except for `Ad`). See [`Decoded::signed`] for the signed reading.
    pub d: u32,
    /// Word x, or 0.
    pub x: u32,
    /// Word y, or 0.
    pub y: u32,
    /// Whether there is a prefix.
    pub wide: bool,
}

impl Decoded {
    /// Decodes the instruction at `pc`; `None` when it runs past the end or its byte is no opcode.
    #[inline]
    pub fn at(code: &[u32], pc: Pc) -> Option<Decoded> {
        let mut at = pc.index();
        let mut insn = Insn(*code.get(at)?);
        let (mut ha, mut hb, mut hc) = (0, 0, 0);
        let wide = insn.op_byte() == Op::Wide as u8;
        if wide {
            (ha, hb, hc) = (insn.a(), insn.b(), insn.c());
            at += 1;
            insn = Insn(*code.get(at)?);
        }
        let op = insn.op().filter(|op| *op != Op::Wide)?;
        let format = op.info().format;
        let extra = |n: usize| {
            if (n as u32) < format.words() { code.get(at + n).copied() } else { Some(0) }
        };
        let (x, y) = (extra(1)?, extra(2)?);
        let joined = |low: u8, high: u8| u16::from_le_bytes([low, high]);
        let (mut b, mut c, mut d) = (joined(insn.b(), hb), joined(insn.c(), hc), 0);
        if format == Format::Ad {
            d = u32::from_le_bytes([insn.b(), insn.c(), hb, hc]);
            (b, c) = (0, 0);
        }
        Some(Decoded { pc, op, a: joined(insn.a(), ha), b, c, d, x, y, wide })
    }

    /// Number of code words, prefix included.
    #[inline]
    pub const fn words(&self) -> u32 {
        self.op.info().format.words() + self.wide as u32
    }

    /// Where the next instruction starts.
    #[inline]
    pub const fn next(&self) -> Pc {
        Pc(self.pc.0 + self.words())
    }

    /// Immediate d as a signed number: 16 bits, 32 with a prefix.
    #[inline]
    pub const fn signed(&self) -> i32 {
        if self.wide { self.d as i32 } else { self.d as u16 as i16 as i32 }
    }

    /// Where the instruction jumps to; meaningful where it has a jump operand.
    #[inline]
    pub const fn target(&self) -> Pc {
        Pc(self.next().0.wrapping_add(self.x))
    }
}

/// Iterates over the instructions of a code vector, stopping at the first that does not decode.
pub fn instructions(code: &[u32]) -> impl Iterator<Item = Decoded> + '_ {
    let mut pc = Pc(0);
    std::iter::from_fn(move || {
        let insn = Decoded::at(code, pc)?;
        pc = insn.next();
        Some(insn)
    })
}

#[cfg(test)]
mod tests;

//! Opcode table, compiler, disassembler, verifier.
#![forbid(unsafe_code)]

pub mod insn;
pub mod op;
pub mod unit;

pub use insn::{
    CacheIndex, ConstIndex, Decoded, Insn, LoopIndex, NameIndex, Pc, Reg, instructions,
};
pub use op::Op;
pub use unit::{CodeUnit, Const, ExceptionEntry, LoopInfo, RegSet, Span, Wtf8};

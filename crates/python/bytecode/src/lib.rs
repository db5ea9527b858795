//! Opcode table, compiler, disassembler, verifier.
#![forbid(unsafe_code)]

pub mod insn;
pub mod op;
pub mod unit;

pub use compile::{Compiled, Options, compile};
pub use error::{SyntaxErr, SyntaxErrKind, Warning};
pub use insn::{CacheIndex, ConstIndex, Decoded, Insn, LoopIndex, NameIndex, Pc, Reg, instructions};
pub use op::Op;
pub use parse::{Ast, Mode, parse};
pub use unit::{CodeUnit, Const, ExceptionEntry, LoopInfo, RegSet, Span, Wtf8};
pub mod access;
pub mod compile;
pub mod disasm;
pub mod error;
pub mod flow;
mod literal;
pub mod parse;
pub mod source;
mod symtable;
pub mod verify;

//! Python's front end: from source text to verified register code.
//!
//! ```text
//! source ──parse──▶ syntax tree ──symtable──▶ scopes ──compile──▶ CodeUnit ──verify──▶ what the interpreter trusts
//! ```
//!
//! [`parse()`] decides validity and words errors as CPython does; [`compile()`] makes a [`CodeUnit`] per block;
//! [`op`] is the one table of instructions; [`verify`] states and checks what the interpreter relies on;
//! [`liveness`] tells which registers matter at a point; [`disasm`] lists code. The crate knows no runtime type:
//! constants are a language-level enum.
#![forbid(unsafe_code)]

pub mod access;
pub mod compile;
pub mod disasm;
pub mod error;
pub mod flow;
pub mod insn;
mod literal;
pub mod liveness;
pub mod op;
pub mod parse;
pub mod source;
mod symtable;
mod tree;
pub mod unit;
pub mod verify;

pub use compile::{Compiled, Options, compile};
pub use error::{SyntaxErr, SyntaxErrKind, Warning};
pub use insn::{CacheIndex, ConstIndex, Decoded, Insn, LoopIndex, NameIndex, Pc, Reg, instructions};
pub use op::Op;
pub use parse::{Ast, Mode, parse};
pub use unit::{CodeUnit, Const, ExceptionEntry, LoopInfo, Mark, RegSet, Span, Wtf8};

//! Opcode table, compiler, disassembler, verifier.
#![forbid(unsafe_code)]

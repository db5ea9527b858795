//! The meaning of every bytecode, written once over Machine.
#![forbid(unsafe_code)]

//! Trace IR to Cranelift, code memory, exits.

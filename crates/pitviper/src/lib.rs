//! Embedding façade: wires the JIT into the Python wing.
#![forbid(unsafe_code)]

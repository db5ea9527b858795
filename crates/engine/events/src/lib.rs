//! Versioned log of what the JIT did: schema, writer, reader.
#![forbid(unsafe_code)]

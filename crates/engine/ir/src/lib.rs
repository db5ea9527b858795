//! Trace IR: op table, builder, text form, verifier, evaluator.
#![forbid(unsafe_code)]

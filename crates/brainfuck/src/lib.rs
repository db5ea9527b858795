//! Brainfuck, the engine's first client and its tutorial.
#![forbid(unsafe_code)]

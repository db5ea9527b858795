//! The 64-bit self-tagged value format.

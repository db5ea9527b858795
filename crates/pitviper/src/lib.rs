//! Embedding façade.
#![forbid(unsafe_code)]

pub use pv_jit::{Config, ConfigError, Dumps, Jit};
pub use pv_machine::NoTier;

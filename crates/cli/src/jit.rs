//! From `--jit` options to the tier's configuration.

use pitviper::{Config, ConfigError};

use crate::args::JitOption;

/// The configuration that the options make of the default one; `None` for the interpreter alone. Later options win.
pub fn config(options: &[JitOption], default: Config) -> Result<Option<Config>, ConfigError> {
    let mut config = default;
    let mut enabled = true;
    for option in options {
        match option {
            JitOption::On => enabled = true,
            JitOption::Off => enabled = false,
            JitOption::Set { key, value } => config.set(&format!("{key}={value}"))?,
        }
    }
    Ok(enabled.then_some(config))
}

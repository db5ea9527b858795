//! Names for compiled code in profiles: the file `/tmp/perf-PID.map` that `perf report` reads.

use std::fs::OpenOptions;
use std::io::Write;

use crate::error::CodegenError;

/// Appends one symbol.
pub(crate) fn register(addr: usize, len: usize, name: &str) -> Result<(), CodegenError> {
    let path = format!("/tmp/perf-{}.map", std::process::id());
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = format!("{addr:x} {len:x} {name}\n");
    let file = OpenOptions::new().create(true).append(true).open(&path);
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .map_err(|error| CodegenError::Unsupported(format!("{path}: {error}")))
}

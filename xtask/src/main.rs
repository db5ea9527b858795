//! Development tasks: `cargo xtask tidy` checks what the compiler does not, `cargo xtask fuzz` hunts for wrong behaviour,
//! `cargo xtask conformance` runs CPython's own tests, `cargo xtask memcheck` the tests under AddressSanitizer.
#![forbid(unsafe_code)]

mod conformance;
mod fuzz;
mod memcheck;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => tidy::run(&root()),
        ["fuzz", ..] => fuzz::run(&root(), &words[1..]),
        ["conformance", ..] => conformance::run(&root(), &words[1..]),
        ["memcheck", ..] => memcheck::run(&root(), &words[1..]),
        _ => {
            eprintln!("usage: cargo xtask tidy | fuzz | conformance | memcheck");
            ExitCode::from(2)
        }
    }
}

/// The directory of the workspace: cargo says where this package is.
fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let parent = here.as_deref().and_then(Path::parent).map(Path::to_owned);
    parent.unwrap_or_else(|| PathBuf::from("."))
}

//! `cargo xtask memcheck`: the tests of the crates with `unsafe`, and every program of the tests, under AddressSanitizer.
//!
//! The sanitizer comes with the stable compiler but is switched on by an unstable option, hence `RUSTC_BOOTSTRAP`. The configuration
//! `pitviper_asan` makes the heap tell it which blocks are free (`pv-object`, `pool.rs`). Compiled traces are not instrumented; what
//! they call is.

use std::path::Path;
use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask memcheck [ARGUMENT]...
  Runs the tests with AddressSanitizer, in target/memcheck; it takes a while.
  ARGUMENT        handed to `cargo test` instead of the choice of packages and tests";

/// Packages whose own tests run, beside the programs: those with `unsafe`, and those that work on the heap.
const PACKAGES: &[&str] =
    &["pv-word", "pv-machine", "pv-record", "pv-codegen", "pv-jit", "pv-object", "pv-runtime", "pv-interp"];
const FLAGS: &str = "-Zsanitizer=address --cfg pitviper_asan -Cdebug-assertions=on";
/// What is left at exit is `--check-refs`'s affair, which knows what may be. Frames stay on the real stack, whose depth is measured.
const OPTIONS: &str = "detect_leaks=0:detect_stack_use_after_return=0";

/// Runs the command with the words that follow `memcheck`.
pub fn run(root: &Path, words: &[String]) -> ExitCode {
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let result = host().and_then(|host| {
        if !words.is_empty() {
            return test(root, &host, words);
        }
        let packages: Vec<String> = PACKAGES.iter().flat_map(|name| ["-p".to_owned(), (*name).to_owned()]).collect();
        test(root, &host, &packages)?;
        test(root, &host, &["-p", "pitviper-cli", "--test", "programs"].map(str::to_owned))
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("memcheck: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The platform that the compiler runs on; naming it keeps the flags away from build scripts and macros.
fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say what it runs on".to_owned())
}

fn test(root: &Path, host: &str, words: &[String]) -> Result<(), String> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(root)
        .args(["test", "--release", "--no-fail-fast", "--target", host, "--target-dir", "target/memcheck"])
        .args(words)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", FLAGS)
        .env("ASAN_OPTIONS", OPTIONS)
        .status()
        .map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cargo test {}: {status}", words.join(" "))) }
}

//! Random programs (crate `pv-fuzz`) print the same on the reference, on the interpreter and under every setting of the JIT.
//!
//! The reference is the CPython that `PITVIPER_REFERENCE` names; without it the interpreter alone is what the JIT is held against.
//! `cargo xtask fuzz` runs as many programs as wanted and makes those that fail small.

use std::path::{Path, PathBuf};

use pv_fuzz::campaign::{Plan, SETTINGS, carry_out, reference, ways};

/// The first seed, and how many programs; both are fixed so that a failure can be repeated.
const SEED: u64 = 1_000_000;
const COUNT: u64 = 24;

#[test]
fn random_programs_behave_the_same_everywhere() {
    let names: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
    let mut ways = ways(Path::new(env!("CARGO_BIN_EXE_pitviper")), &names);
    match std::env::var("PITVIPER_REFERENCE") {
        Ok(executable) => ways.insert(0, reference(&executable)),
        Err(_) => println!("skipped: the comparison with CPython, since PITVIPER_REFERENCE is not set"),
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fuzz");
    let plan = Plan { ways, seed: SEED, count: COUNT, duration: None, jobs: 2, folder, reduce: false };
    let (ran, failures) = carry_out(&plan, &|_| {}).expect("programs can be written and interpreters started");
    assert_eq!(ran, COUNT);
    let told: Vec<String> = failures
        .iter()
        .map(|failure| format!("{} on {}: {}", failure.file.display(), failure.way, failure.difference))
        .collect();
    assert!(told.is_empty(), "{} failures:\n{}", told.len(), told.join("\n"));
}

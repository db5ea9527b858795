//! The seed of the hashes of text: what the command line and the environment say, and what a program sees of it.

use std::process::Command;

/// The hash of "abc" and `sys.flags.hash_randomization`, or what is said on standard error.
fn hash(options: &[&str], seed: Option<&str>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pitviper"));
    command.env_remove("PYTHONHASHSEED").envs(seed.map(|seed| ("PYTHONHASHSEED", seed)));
    command.args(options).args(["-c", "import sys; print(hash('abc'), sys.flags.hash_randomization)"]);
    let output = command.output().expect("the command starts");
    let shown = if output.status.success() { output.stdout } else { output.stderr };
    String::from_utf8_lossy(&shown).trim_end().to_owned()
}

#[test]
fn a_numbered_seed_gives_the_hashes_of_cpython() {
    assert_eq!(hash(&[], Some("0")), "-4594863902769663758 0");
    assert_eq!(hash(&[], Some("42")), "3869580338025362921 1");
}

#[test]
fn without_one_every_run_has_its_own() {
    let runs = [
        hash(&[], None),
        hash(&[], Some("")),
        hash(&[], Some("random")),
        hash(&["-R"], Some("0")),
        hash(&["-E"], Some("0")),
        hash(&["-I"], Some("0")),
    ];
    for (index, run) in runs.iter().enumerate() {
        assert!(run.ends_with(" 1"), "{run}");
        assert!(!runs[..index].contains(run), "{run} twice");
    }
}

#[test]
fn a_seed_that_is_none_is_refused() {
    for seed in ["x", "-1", "4294967296"] {
        let expected = r#"pitviper: PYTHONHASHSEED must be "random" or an integer in range [0; 4294967295]"#;
        assert_eq!(hash(&[], Some(seed)), expected);
    }
    assert_eq!(hash(&["-E"], Some("x")).split(' ').nth(1), Some("1"));
}

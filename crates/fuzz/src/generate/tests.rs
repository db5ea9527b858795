//! What holds of programs that are written here, whatever runs them.

use super::program;

#[test]
fn a_seed_determines_its_program() {
    assert_eq!(program(7), program(7));
    assert_ne!(program(7), program(8));
}

#[test]
fn programs_cover_the_statements() {
    let all: String = (0..60).map(program).collect();
    for part in [
        "while ",
        "for ",
        "try:",
        "finally:",
        "except ",
        "raise ",
        "with ",
        "match ",
        "yield ",
        "nonlocal ",
        "lambda ",
        "del ",
        "global ",
        "break",
        "continue",
        "super()",
        "*rest",
        "**more",
        "Noisy(",
        ".sort()",
        "level + 1",
        ".kids[",
        "for at, ",
        ".swap(",
        "// (",
    ] {
        assert!(all.contains(part), "no program contains `{part}`");
    }
}

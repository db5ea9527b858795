//! The matcher by itself.

use super::*;

const TRACE: &[&str] = &[
    "b1(v0: word, v7: word):",
    "v3: word = tadd v0, #1 ? s4",
    "v4: int = load_field[header.shape] v7",
    "v5: bool = ieq v4, 94817809012048",
    "guard_true v5 ? s5",
    "v8: word = tadd v7, v3 ? s6",
    "incref_ptr @\"type Some: thing\"",
    "jump b1(v3, v8)",
];

fn check(pattern: &str) -> Result<(), String> {
    let pattern = Pattern::parse(pattern)?;
    pattern.check(TRACE)?;
    pattern.check_never(TRACE)
}

#[track_caller]
fn fails(pattern: &str, part: &str) {
    let error = check(pattern).expect_err("the pattern does not fit");
    assert!(error.contains(part), "{error}");
}

#[test]
fn a_name_is_one_value() {
    check("...\n$a: word = tadd $x, #1 ? _\n...\n$b: word = tadd $y, $a ? _\n...\njump b1($a, $b)").unwrap();
    fails("...\n$a: word = tadd $x, #1 ? _\n...\n$b: word = tadd $a, $y ? _\n...", "line 4 does not fit");
}

#[test]
fn two_names_are_two_values() {
    fails("...\n$a: word = tadd $x, #1 ? _\n...\n$b: word = tadd $y, $c ? _\n...", "line 4 does not fit");
}

#[test]
fn a_name_is_no_constant() {
    fails("...\n$a: word = tadd $x, $one ? _\n$b: int = load_field...\n...", "does not fit");
}

#[test]
fn dots_try_every_length() {
    check("...\n$a: word = tadd $b, $c ? _\nincref_ptr ...\n...").unwrap();
    check("...\njump ...\n...").unwrap();
}

#[test]
fn a_pattern_without_dots_covers_everything() {
    fails("b1(...", "the trace goes on");
    fails("...\nguard_true ...", "the trace goes on");
    fails("...\njump ...\npoll ? _", "(its end)");
}

#[test]
fn dots_end_a_line_only_after_what_stands_before() {
    fails("b1($a: int...\n...", "line 1 does not fit");
    fails("b1($a: word\n...", "line 1 does not fit");
}

#[test]
fn a_label_is_one_word() {
    check("...\nincref_ptr _\n...").unwrap();
    check("...\nincref_ptr @\"type Some: thing\"\n...").unwrap();
}

#[test]
fn forbidden_operations_are_found() {
    check("...\n!new incref").unwrap();
    fails("...\n!new tadd", "`!tadd` forbids");
    fails("...\n!incref_ptr", "`!incref_ptr` forbids");
}

#[test]
fn a_forbidden_operation_must_exist() {
    fails("# remark\n!incrf", "line 2: there is no operation `incrf`");
}

#[test]
fn a_mismatch_is_shown_with_its_surroundings() {
    fails("b1($a: word, $b: word):\n$c: word = tadd $b, #1 ? _\n...", "bound: $a = v0, $b = v7");
    fails("b1($a: word, $b: word):\n$c: word = tadd $b, #1 ? _\n...", "> v3: word = tadd v0, #1 ? s4");
}

#[test]
fn a_trace_written_down_matches_itself() {
    let text = normalised(TRACE);
    check(&text).unwrap();
    assert!(text.starts_with("b1($v0: word, $v1: word):\n  $v2: word = tadd $v0, #1 ? _\n"), "{text}");
    assert!(text.contains("$v4: bool = ieq $v3, _\n"), "{text}");
}

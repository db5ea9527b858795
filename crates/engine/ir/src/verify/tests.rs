//! One broken trace for each rule.

use crate::testing::{SAMPLE, names};
use crate::*;

/// The verifier's verdict on `SAMPLE` with one text replaced.
fn verdict(from: &str, to: &str) -> String {
    assert!(SAMPLE.contains(from), "{from}");
    let trace = parse(&SAMPLE.replacen(from, to, 1), &names()).unwrap_or_else(|error| panic!("{error}"));
    verify(&trace).map_or_else(|error| error.message, |()| "fine".to_string())
}

#[test]
fn the_sample_is_well_formed() {
    assert_eq!(verdict("v0", "v0"), "fine");
}

#[test]
fn each_rule_finds_its_offender() {
    let cases = [
        ("jump b1(v0, 0)", "", "rule 1"),
        ("branch v14, b3, b4", "jump b0", "rule 1"),
        (
            "v13: word = select v12, #empty, #2.5",
            "v13: word = select v12, #empty, v20\n  v20: word = txor #0, #4",
            "rule 4",
        ),
        ("3 = acquire v5", "3 = acquire v14, 9 = v99", "not defined"),
        ("jump b1(v0, 0)", "jump b1(v0, v5)", "rule 4"),
        ("s0 = before 12 \"f\" base 0 depth 0 { }", "s0 = before 12 \"f\" base 0 depth 0 { 1 = v5 }", "rule 4"),
        ("jump b1(v0, 0)", "jump b1(v0)", "rule 5"),
        ("branch v14, b3, b4", "branch v4, b3, b4", "rule 5"),
        ("3 = acquire v5, 4", "3 = acquire v4, 4", "rule 6"),
        ("4 = v11, 5 =", "4 = v11, 2 =", "rule 6"),
        ("v6 . toy.n = v4", "v6 . toy.n = v5", "rule 6"),
        ("new[48, 0x1]", "new[40, 0x1]", "rule 7"),
        ("virtual 48, 0x1", "virtual 32, 0x1", "rule 7"),
        ("5 = #3 }", "5 = acquire #3 }", "rule 8"),
        ("link t9, s0", "link t9, s3", "rule 9"),
        ("incref v9", "v20: word = load_slot[1]", "rule 10"),
        ("load_elem[toy.items]", "load_elem[toy.pair]", "rule 11"),
    ];
    for (from, to, rule) in cases {
        if rule == "not defined" {
            let fault = parse(&SAMPLE.replacen(from, to, 1), &names()).unwrap_err();
            assert!(fault.message.contains(rule), "{fault}");
        } else {
            let message = verdict(from, to);
            assert!(message.contains(rule), "{from} to {to}: {message}");
        }
    }
}

#[test]
fn definitions_are_unique_and_fit_the_table() {
    let mut trace = parse(SAMPLE, &names()).unwrap();
    let twice = trace.blocks[0].insts[0];
    trace.blocks[1].insts.push(twice);
    assert!(verify(&trace).unwrap_err().message.contains("rule 2"));
    let mut trace = parse(SAMPLE, &names()).unwrap();
    let first = trace.blocks[0].insts[0];
    trace.types[first.index()] = Type::Int;
    assert!(verify(&trace).unwrap_err().message.contains("rule 3"));
}

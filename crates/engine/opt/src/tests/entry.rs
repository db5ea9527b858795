//! What is known of slots at the entry.

use expect_test::expect;
use pv_machine::toy::{self, Toy};

use super::{names, read};
use crate::{EntryFact, Facts, Kinds, OptConfig, optimize};

fn optimized(entry: &[(i32, EntryFact)], body: &str) -> String {
    let toy = Toy::new(1);
    let raw = read(&toy, body);
    let trace = optimize(&raw, &Facts { entry, ..Facts::default() }, &OptConfig::default()).trace;
    pv_ir::verify(&trace).unwrap_or_else(|error| panic!("after: {error}\n{trace}"));
    let text = trace.to_string();
    assert!(pv_ir::parse(&text, &names(&toy)).is_ok());
    text.lines().skip(2).map(|line| format!("{line}\n")).collect()
}

#[test]
fn two_slots_with_the_same_word_are_one_value() {
    let same = EntryFact { same: Some(0), ..EntryFact::of_kinds(Kinds::OBJECT) };
    let text = optimized(
        &[(0, EntryFact::of_kinds(Kinds::OBJECT)), (1, same)],
        "\
b0:
  v0: word = load_slot[1]
  v1: int = load_field[toy.n] v0
  v2: word = load_slot[0]
  store_field[toy.n] v2, 5
  v4: int = load_field[toy.n] v0
  v5: int = iadd v1, v4
  store_field[toy.n] v0, v5
  decref v0
  boundary ? s0
  exit s1
s0 = after 8 \"f\" base 0 depth 0 { 1 = #empty }
s1 = after 9 \"f\" base 0 depth 0 { 1 = #empty }
",
    );
    expect![[r#"
        b0:
          v0: word = load_slot[0]
          v1: int = load_field[toy.n] v0
          store_field[toy.n] v0, 5
          v4: int = iadd v1, 5
          store_field[toy.n] v0, v4
          boundary ? s0
          exit s1
        s0 = after 8 "f" base 0 depth 0 { 1 = #empty, drop v0 }
        s1 = after 9 "f" base 0 depth 0 { 1 = #empty, drop v0 }
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_field_that_holds_a_slot_s_word_is_not_loaded() {
    let holds = EntryFact { held: vec![(&toy::A, 1)], ..EntryFact::of_kinds(Kinds::OBJECT) };
    let text = optimized(
        &[(0, holds), (1, EntryFact::of_kinds(Kinds::INT))],
        "\
b0:
  v0: word = load_slot[0]
  v1: word = load_field[toy.a] v0
  v2: bool = is_int v1
  guard_true v2 ? s0
  v3: word = tadd v1, #1 ? s0
  exit s1
s0 = before 8 \"f\" base 0 depth 0 { }
s1 = after 9 \"f\" base 0 depth 0 { 2 = v3 }
",
    );
    expect![[r#"
        b0:
          v0: word = load_slot[1]
          v2: word = tadd v0, #1 ? s0
          exit s1
        s0 = before 8 "f" base 0 depth 0 { }
        s1 = after 9 "f" base 0 depth 0 { 2 = v2 }
    "#]]
    .assert_eq(&text);
}

/// The stronger test leaves as the weaker one did: by then the word may be an object, whose count is still to be taken.
#[test]
fn a_test_that_replaces_a_weaker_one_leaves_as_that_did() {
    let text = optimized(
        &[],
        "\
b0:
  v0: word = load_slot[0]
  incref v0
  v1: bool = is_int v0
  guard_true v1 ? s0
  v2: bool = weq v0, #0
  guard_true v2 ? s0
  exit s1
s0 = before 8 \"f\" base 0 depth 0 { 1 = v0 }
s1 = after 9 \"f\" base 0 depth 0 { 1 = v0 }
",
    );
    expect![[r#"
        b0:
          v0: word = load_slot[0]
          v2: bool = weq v0, #0
          guard_true v2 ? s0
          exit s1
        s0 = before 8 "f" base 0 depth 0 { 1 = acquire v0 }
        s1 = after 9 "f" base 0 depth 0 { 1 = #0 }
    "#]]
    .assert_eq(&text);
}

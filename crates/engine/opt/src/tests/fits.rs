//! Guards for the immediate form of a double stay where words are made of it.

use expect_test::expect;
use pv_machine::toy::Toy;
use pv_word::Word;

use super::{check, optimized_text, same, set};
use crate::OptConfig;

const TEST: &str = "  v10: bool = float_fits v9\n  guard_true v10 ? s0\n";

/// A loop that multiplies its number and tests each time that the product has an immediate form; `body` stands ahead of the jump.
fn product(body: &str) -> String {
    format!(
        "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  v2: word = load_slot[2]
  jump b1(v0, v1)
b1(v3: word, v4: word):
  v5: bool = is_float v3
  guard_true v5 ? s0
  v6: bool = is_float v4
  guard_true v6 ? s0
  v7: float = untag_float v3
  v8: float = untag_float v4
  v9: float = fmul v7, v8
{TEST}  v11: word = tag_float v9
  decref v3
  v12: bool = flt v9, 1000.0f
  guard_true v12 ? s1
  poll ? s1
  {body}
  jump b1(v11, v4)
s0 = before 1 \"f\" base 0 depth 0 {{ 0 = v3 }}
s1 = before 0 \"f\" base 0 depth 0 {{ 0 = v11 }}
"
    )
}

/// Every test that the recording made counts.
fn untrusting() -> OptConfig {
    let mut config = OptConfig::default();
    config.trust_floats = false;
    config
}

/// Keeps the number in an object.
const STORE: &str = "v13: word = load_field[toy.a] v2
  incref v11
  store_field[toy.a] v2, v11
  decref v13";

#[test]
fn a_double_that_stays_unboxed_is_not_tested() {
    let tested = product("");
    let untested = tested.replace(TEST, "");
    assert_ne!(tested, untested);
    let text = |body: &str| optimized_text(&OptConfig::default(), body);
    assert_eq!(text(&tested), text(&untested));
}

#[test]
fn a_double_whose_word_is_stored_is_tested() {
    check(
        &OptConfig::default(),
        &product(STORE),
        expect![[r#"
            b0:
              v1: word = load_slot[0]
              v2: word = load_slot[1]
              v3: word = load_slot[2]
              v4: bool = is_float v1
              guard_true v4 ? s0
              v6: bool = is_float v2
              guard_true v6 ? s0
              v8: float = untag_float v1
              v9: float = untag_float v2
              v10: float = fmul v8, v9
              v11: bool = float_fits v10
              guard_true v11 ? s0
              v14: bool = flt v10, 1000.0f
              guard_true v14 ? s1
              poll ? s1
              v17: word = load_field[toy.a] v3
              v18: word = tag_float v10
              incref v18
              store_field[toy.a] v3, v18
              decref v17
              jump b1(v18)
            b1(v0: word):
              v22: bool = is_float v0
              guard_true v22 ? s2
              v24: float = untag_float v0
              v25: float = fmul v9, v24
              v26: bool = float_fits v25
              guard_true v26 ? s2
              v28: bool = flt v25, 1000.0f
              guard_true v28 ? s3
              poll ? s3
              v31: word = tag_float v25
              incref v31
              store_field[toy.a] v3, v31
              jump b1(v31)
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = before 0 "f" base 0 depth 0 { 0 = v10 }
            s2 = before 1 "f" base 0 depth 0 { 0 = v0 }
            s3 = before 0 "f" base 0 depth 0 { 0 = v25 }
        "#]],
    );
}

/// Where numbers are not trusted each test stays.
#[test]
fn tests_stay_without_trust() {
    check(
        &untrusting(),
        &product(""),
        expect![[r#"
            b0:
              v1: word = load_slot[0]
              v2: word = load_slot[1]
              v3: bool = is_float v1
              guard_true v3 ? s0
              v5: bool = is_float v2
              guard_true v5 ? s0
              v7: float = untag_float v1
              v8: float = untag_float v2
              v9: float = fmul v7, v8
              v10: bool = float_fits v9
              guard_true v10 ? s0
              v13: bool = flt v9, 1000.0f
              guard_true v13 ? s1
              poll ? s1
              jump b1(v9)
            b1(v0: float):
              v16: bool = float_fits v0
              guard_true v16 ? s2
              v18: float = fmul v8, v0
              v19: bool = float_fits v18
              guard_true v19 ? s2
              v21: bool = flt v18, 1000.0f
              guard_true v21 ? s3
              poll ? s3
              jump b1(v18)
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = before 0 "f" base 0 depth 0 { 0 = v9 }
            s2 = before 1 "f" base 0 depth 0 { 0 = v0 }
            s3 = before 0 "f" base 0 depth 0 { 0 = v18 }
        "#]],
    );
}

#[test]
fn products_are_the_same() {
    let float = |value: f64| Word::from_f64(value).expect("an immediate float");
    for factor in [1.25, 0.5, -1e40, 1e-40] {
        same(&untrusting(), &product(""), |toy: &Toy| set(toy, &[float(1.5), float(factor)]));
    }
    // Every product up to the end has an immediate form: the exits are the same too.
    same(&OptConfig::default(), &product(""), |toy: &Toy| set(toy, &[float(1.5), float(1.25)]));
}

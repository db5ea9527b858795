//! One fact each.

use expect_test::expect;
use pv_machine::toy::Toy;
use pv_word::Word;

use super::{check, same, set};
use crate::OptConfig;

const SUM: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  jump b1(v0, v1)
b1(v2: word, v3: word):
  v4: bool = both_ints v2, v3
  guard_true v4 ? s0
  v5: bool = wgt v2, #0
  guard_true v5 ? s1
  v6: word = tadd v3, v2 ? s0
  v7: word = tsub v2, #1 ? s2
  poll ? s3
  jump b1(v7, v6)
s0 = before 1 \"f\" base 0 depth 0 { 0 = v2, 1 = v3 }
s1 = after 9 \"f\" base 0 depth 0 { 0 = v2, 1 = v3 }
s2 = before 3 \"f\" base 0 depth 0 { 0 = v2, 1 = v6 }
s3 = before 0 \"f\" base 0 depth 0 { 0 = v7, 1 = v6 }
";

#[test]
fn an_integer_loop_is_peeled() {
    check(
        &OptConfig::default(),
        SUM,
        expect![[r#"
        b0:
          v2: word = load_slot[0]
          v3: word = load_slot[1]
          v4: bool = both_ints v2, v3
          guard_true v4 ? s0
          v7: bool = wlt #0, v2
          guard_true v7 ? s1
          v9: word = tadd v2, v3 ? s2
          v11: word = tsub_fit v2, #1
          poll ? s3
          jump b1(v11, v9)
        b1(v0: word, v1: word):
          v13: bool = wlt #0, v0
          guard_true v13 ? s4
          v15: word = tadd v0, v1 ? s5
          v16: word = tsub_fit v0, #1
          poll ? s6
          jump b1(v16, v15)
        s0 = before 1 "f" base 0 depth 0 { }
        s1 = after 9 "f" base 0 depth 0 { }
        s2 = before 1 "f" base 0 depth 0 { }
        s3 = before 0 "f" base 0 depth 0 { 0 = v11, 1 = v9 }
        s4 = after 9 "f" base 0 depth 0 { 0 = v0, 1 = v1 }
        s5 = before 1 "f" base 0 depth 0 { 0 = v0, 1 = v1 }
        s6 = before 0 "f" base 0 depth 0 { 0 = v16, 1 = v15 }
    "#]],
    );
    same(&OptConfig::default(), SUM, |toy| set(toy, &[Word::small(100), Word::small(0)]));
    same(&OptConfig::default(), SUM, |toy| set(toy, &[Word::small(1), Word::EMPTY]));
}

const FLOATS: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  jump b1(v0, v1)
b1(v2: word, v3: word):
  v4: bool = is_float v2
  guard_true v4 ? s0
  v5: bool = is_float v3
  guard_true v5 ? s0
  v6: float = untag_float v2
  v7: float = untag_float v3
  v8: float = fmul v6, v7
  v9: word = tag_float v8
  decref v2
  v10: bool = flt v8, 1000.0f
  guard_true v10 ? s1
  poll ? s1
  jump b1(v9, v3)
s0 = before 1 \"f\" base 0 depth 0 { 0 = v2 }
s1 = before 0 \"f\" base 0 depth 0 { 0 = v9 }
";

#[test]
fn floats_travel_unboxed() {
    check(
        &OptConfig::default(),
        FLOATS,
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
              v11: bool = flt v9, 1000.0f
              guard_true v11 ? s1
              poll ? s1
              jump b1(v9)
            b1(v0: float):
              v14: float = fmul v8, v0
              v15: bool = flt v14, 1000.0f
              guard_true v15 ? s2
              poll ? s2
              jump b1(v14)
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = before 0 "f" base 0 depth 0 { 0 = v9 }
            s2 = before 0 "f" base 0 depth 0 { 0 = v14 }
        "#]],
    );
    let float = |value: f64| Word::from_f64(value).unwrap();
    same(&OptConfig::default(), FLOATS, |toy: &Toy| set(toy, &[float(1.5), float(1.25)]));
    same(&OptConfig::default(), FLOATS, |toy: &Toy| set(toy, &[float(1.5), float(1e300)]));
}

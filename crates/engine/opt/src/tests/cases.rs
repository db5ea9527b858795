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

/// A single block, leaving through `s0`.
fn line(body: &str, snapshot: &str) -> String {
    let snapshots =
        format!("s0 = after 9 \"f\" base 0 depth 0 {{ {snapshot} }}\ns1 = before 1 \"f\" base 0 depth 0 {{ }}");
    format!("b0:\n{body}\n  exit s0\n{snapshots}\n")
}

fn check_line(body: &str, snapshot: &str, expected: expect_test::Expect) {
    check(&OptConfig::default(), &line(body, snapshot), expected);
}

#[test]
fn algebra_is_exact_for_floats() {
    check_line(
        "v0: word = load_slot[0]
         v1: bool = is_float v0
         guard_true v1 ? s1
         v2: float = untag_float v0
         v3: float = fadd v2, 0.0f
         v4: float = fadd v2, -0.0f
         v5: float = fmul v4, 1.0f
         v6: float = fadd 1.0f, 2.0f",
        "1 = v3, 2 = v5, 3 = v6",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: bool = is_float v0
              guard_true v1 ? s0
              v3: float = untag_float v0
              v5: float = fadd v3, 0.0f
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 9 "f" base 0 depth 0 { 1 = v5, 2 = v3, 3 = 3.0f }
        "#]],
    );
}

#[test]
fn constants_and_neutral_operands_fold() {
    check_line(
        "v0: word = load_slot[0]
         v1: bool = is_int v0
         guard_true v1 ? s1
         v2: word = tadd v0, #0 ? s1
         v3: word = tmul v2, #1 ? s1
         v4: word = tsub v3, v0 ? s1
         v5: word = tadd #2, #3 ? s1
         v6: word = tfloordiv v0, #8 ? s1
         v7: word = tmod v0, #8 ? s1
         v8: word = tand v7, #7",
        "1 = v3, 2 = v4, 3 = v5, 4 = v6, 5 = v8",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: bool = is_int v0
              guard_true v1 ? s0
              v4: word = tshr_fit v0, #3
              v6: word = tand v0, #7
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 9 "f" base 0 depth 0 { 1 = v0, 2 = #0, 3 = #5, 4 = v4, 5 = v6 }
        "#]],
    );
}

#[test]
fn bounds_follow_from_comparisons() {
    check_line(
        "v0: word = load_slot[0]
         v1: word = load_slot[1]
         v2: bool = is_int v0
         guard_true v2 ? s1
         v3: bool = wge v0, #0
         guard_true v3 ? s1
         v4: int = load_field[toy.len] v1
         v5: word = tag_int_ovf v4 ? s1
         v6: bool = wlt v0, v5
         guard_true v6 ? s1
         v7: int = untag_int v0
         v8: bool = iult v7, v4
         guard_true v8 ? s1
         v9: ptr = array_base[toy.items] v1
         v10: word = load_elem[toy.items] v9, v7
         v11: bool = wge v5, v0
         guard_true v11 ? s1
         v12: word = tadd v0, #1 ? s1",
        "1 = v12, 2 = acquire v10",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: word = load_slot[1]
              v2: bool = is_int v0
              guard_true v2 ? s0
              v5: bool = wle #0, v0
              guard_true v5 ? s0
              v7: int = load_field[toy.len] v1
              v8: word = tag_int v7
              v9: bool = wlt v0, v8
              guard_true v9 ? s0
              v11: ptr = array_base[toy.items] v1
              v12: word = load_elem_t[toy.items] v11, v0
              v14: word = tadd_fit v0, #1
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 9 "f" base 0 depth 0 { 1 = v14, 2 = acquire v12 }
        "#]],
    );
}

#[test]
fn masks_prove_that_sums_fit() {
    check_line(
        "v0: word = load_slot[0]
         v1: word = tand v0, #255
         v2: word = tmul v1, v1 ? s1
         v3: word = tadd v2, #1 ? s1
         v4: word = tshl v3, #4 ? s1
         v5: word = tfloordiv v4, v3 ? s1",
        "1 = v5",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v2: word = tand v0, #255
              v3: word = tmul_fit v2, v2
              v5: word = tadd_fit v3, #1
              v7: word = tshl_fit v5, #4
              v8: word = tfloordiv_fit v7, v5
              exit s0
            s0 = after 9 "f" base 0 depth 0 { 1 = v8 }
        "#]],
    );
}

#[test]
fn stores_answer_loads() {
    check_line(
        "v0: word = load_slot[0]
         v1: word = load_slot[1]
         v2: int = load_field[toy.n] v0
         v3: int = load_field[toy.n] v0
         v4: int = iadd v2, v3
         store_field[toy.n] v1, v4
         v5: int = load_field[toy.n] v1
         v6: int = load_field[toy.n] v0
         v7: int = load_field[toy.kind] v0
         v8: word = call_word[toy.make]
         v9: int = load_field[toy.n] v1
         v10: int = load_field[toy.kind] v0
         v11: int = iadd v5, v6
         v12: int = iadd v9, v10
         v13: int = iadd v7, v12
         store_field[toy.n] v0, v11
         store_field[toy.n] v1, v13",
        "2 = v8",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: word = load_slot[1]
              v2: int = load_field[toy.n] v0
              v3: int = iadd v2, v2
              store_field[toy.n] v1, v3
              v5: int = load_field[toy.n] v0
              v6: int = load_field[toy.kind] v0
              v7: word = call_word[toy.make]
              v8: int = iadd v3, v5
              v9: int = iadd v3, v6
              v10: int = iadd v6, v9
              store_field[toy.n] v0, v8
              store_field[toy.n] v1, v10
              exit s0
            s0 = after 9 "f" base 0 depth 0 { 2 = v7 }
        "#]],
    );
}

#[test]
fn elements_are_told_apart_by_constant_indices() {
    check_line(
        "v0: word = load_slot[0]
         v1: word = load_slot[1]
         v2: ptr = array_base[toy.ints] v0
         v3: int = load_elem[toy.ints] v2, 0
         v4: int = load_elem[toy.ints] v2, 1
         store_elem[toy.ints] v2, 0, v4
         v5: int = load_elem[toy.ints] v2, 0
         v6: int = load_elem[toy.ints] v2, 1
         v7: ptr = array_base[toy.ints] v1
         store_elem[toy.ints] v7, 5, v3
         v8: int = load_elem[toy.ints] v2, 1
         v9: int = iadd v5, v6
         v10: int = iadd v9, v8
         store_field[toy.n] v0, v10",
        "",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: word = load_slot[1]
              v2: ptr = array_base[toy.ints] v0
              v4: int = load_elem[toy.ints] v2, 0
              v6: int = load_elem[toy.ints] v2, 1
              store_elem[toy.ints] v2, 0, v6
              v8: ptr = array_base[toy.ints] v1
              store_elem[toy.ints] v8, 5, v4
              v11: int = iadd v6, v6
              v12: int = iadd v6, v11
              store_field[toy.n] v0, v12
              exit s0
            s0 = after 9 "f" base 0 depth 0 { }
        "#]],
    );
}

#[test]
fn counts_of_owned_values_cancel() {
    check(
        &OptConfig::default(),
        "b0:
           v0: word = load_slot[0]
           incref v0
           v1: bool = is_ptr v0
           guard_true v1 ? s0
           v2: int = load_field[toy.n] v0
           decref v0
           store_field[toy.n] v0, 7
           exit s1
         s0 = after 2 \"f\" base 0 depth 0 { 5 = v0 }
         s1 = after 3 \"f\" base 0 depth 0 { }",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: bool = is_ptr v0
              guard_true v1 ? s0
              store_field[toy.n] v0, 7
              exit s1
            s0 = after 2 "f" base 0 depth 0 { 5 = acquire v0 }
            s1 = after 3 "f" base 0 depth 0 { }
        "#]],
    );
}

#[test]
fn a_count_that_no_slot_takes_over_is_real_at_a_guard() {
    check_line(
        "v0: word = load_slot[0]
         incref v0
         v1: bool = is_ptr v0
         guard_true v1 ? s1",
        "1 = v0",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: bool = is_ptr v0
              incref v0
              guard_true v1 ? s0
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 9 "f" base 0 depth 0 { 1 = v0 }
        "#]],
    );
}

#[test]
fn pending_counts_move_into_exits() {
    check(
        &OptConfig::default(),
        "b0:
           v0: word = load_slot[0]
           v1: word = load_slot[1]
           incref v0
           decref v1
           v2: bool = is_ptr v0
           guard_true v2 ? s0
           v3: word = load_field[toy.a] v0
           incref v3
           v4: word = call_word[toy.make]
           exit s1
         s0 = after 2 \"f\" base 0 depth 0 { 0 = v0, 1 = v0 }
         s1 = after 3 \"f\" base 0 depth 0 { 0 = v0, 1 = v0, 2 = v3, 3 = v4 }",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: word = load_slot[1]
              decref v1
              v3: bool = is_ptr v0
              guard_true v3 ? s0
              v5: word = load_field[toy.a] v0
              incref_ptr v0
              incref v5
              v8: word = call_word[toy.make]
              exit s1
            s0 = after 2 "f" base 0 depth 0 { 1 = acquire v0 }
            s1 = after 3 "f" base 0 depth 0 { 1 = v0, 2 = v5, 3 = v8 }
        "#]],
    );
}

#[test]
fn an_object_that_dies_young_is_not_made() {
    check_line(
        "v0: word = load_slot[0]
         v1: word = new[48, 0x1] &\"cell\"
         incref v0
         store_field[toy.a] v1, v0
         store_field[toy.n] v1, 5
         v2: word = load_field[toy.a] v1
         v3: int = load_field[toy.n] v1
         v4: word = tag_int_ovf v3 ? s1
         v5: word = load_field[toy.b] v1
         v6: bool = weq v5, #empty
         guard_true v6 ? s1
         v7: bool = weq v1, v0
         guard_false v7 ? s1
         decref v1",
        "1 = v4",
        expect![[r#"
            b0:
              exit s0
            s0 = after 9 "f" base 0 depth 0 { 1 = #5 }
        "#]],
    );
}

#[test]
fn exits_make_virtual_objects() {
    check(
        &OptConfig::default(),
        "b0:
           v0: word = load_slot[0]
           v1: word = new[48, 0x1] &\"cell\"
           v2: word = new[48, 0x1] &\"cell\"
           v3: float = fadd 0.5f, 0.25f
           v4: word = tag_float v3
           store_field[toy.a] v1, v2
           store_field[toy.b] v1, v4
           v5: bool = is_ptr v0
           guard_true v5 ? s0
           incref v0
           store_field[toy.a] v2, v0
           exit s0
         s0 = after 2 \"f\" base 0 depth 0 { 1 = v1 }",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: bool = is_ptr v0
              guard_true v1 ? s0
              exit s1
            s0 = after 2 "f" base 0 depth 0 { 1 = virtual o0 }
            s1 = after 2 "f" base 0 depth 0 { 1 = virtual o2 }
            o0 = virtual 48, 0x1, &"cell" { toy.a = virtual o1, toy.b = #0.75 }
            o1 = virtual 48, 0x1, &"cell" { }
            o2 = virtual 48, 0x1, &"cell" { toy.a = virtual o3, toy.b = #0.75 }
            o3 = virtual 48, 0x1, &"cell" { toy.a = acquire v0 }
        "#]],
    );
}

#[test]
fn objects_that_escape_are_made_where_they_do() {
    check_line(
        "v0: word = load_slot[0]
         v1: word = new[48, 0x1] &\"cell\"
         store_field[toy.n] v1, 5
         v2: bool = is_ptr v0
         guard_true v2 ? s1
         incref v1
         store_field[toy.b] v0, v1
         v3: int = load_field[toy.n] v1
         store_field[toy.n] v0, v3",
        "1 = v1",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: bool = is_ptr v0
              guard_true v1 ? s0
              v4: word = new[48, 0x1] &"cell"
              store_field[toy.n] v4, 5
              incref_ptr v4
              store_field[toy.b] v0, v4
              store_field[toy.n] v0, 5
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 9 "f" base 0 depth 0 { 1 = v4 }
        "#]],
    );
}

#[test]
fn truth_words_and_their_tests_meet() {
    check_line(
        "v0: word = load_slot[0]
         v1: bool = wlt v0, #5
         v2: word = bool_word v1
         incref v2
         v3: bool = weq v2, @\"True\"
         guard_true v3 ? s1
         v4: bool = wlt v0, #5
         v5: bool = not v4
         v6: word = bool_word v5",
        "1 = v2, 2 = v6",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v2: bool = wlt v0, #5
              guard_true v2 ? s0
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 9 "f" base 0 depth 0 { 1 = true, 2 = @"False" }
        "#]],
    );
}

#[test]
fn equal_calls_are_made_once() {
    check_line(
        "v0: word = load_slot[0]
         v1: word = call_word[toy.add] v0, #1
         guard_not_raised v1 ? s1
         v2: word = call_word[toy.add] v0, #1
         guard_not_raised v2 ? s1
         v3: float = call_float[toy.half] 3.0f
         v4: float = call_float[toy.half] 3.0f
         v5: float = fadd v3, v4",
        "1 = v1, 2 = v2, 3 = v5",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v2: word = call_word[toy.add] v0, #1
              guard_not_raised v2 ? s0
              v5: float = call_float[toy.half] 3.0f
              v6: float = fadd v5, v5
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 9 "f" base 0 depth 0 { 1 = acquire v2, 2 = v2, 3 = v6 }
        "#]],
    );
}

#[test]
fn a_switched_off_pass_does_nothing() {
    check(
        &OptConfig::none(),
        SUM,
        expect![[r#"
        b0:
          v2: word = load_slot[0]
          v3: word = load_slot[1]
          jump b1(v2, v3)
        b1(v0: word, v1: word):
          v4: bool = both_ints v0, v1
          guard_true v4 ? s0
          v7: bool = wlt #0, v0
          guard_true v7 ? s1
          v9: word = tadd v0, v1 ? s2
          v11: word = tsub v0, #1 ? s3
          poll ? s4
          jump b1(v11, v9)
        s0 = before 1 "f" base 0 depth 0 { 0 = v0, 1 = v1 }
        s1 = after 9 "f" base 0 depth 0 { 0 = v0, 1 = v1 }
        s2 = before 1 "f" base 0 depth 0 { 0 = v0, 1 = v1 }
        s3 = before 3 "f" base 0 depth 0 { 0 = v0, 1 = v9 }
        s4 = before 0 "f" base 0 depth 0 { 0 = v11, 1 = v9 }
    "#]],
    );
}

#[test]
fn switches_are_read() {
    use crate::Pass;
    let mut config = OptConfig::default();
    config.apply("-peel, -heap").unwrap();
    assert!(!config.runs(Pass::Peel) && !config.runs(Pass::Heap) && config.runs(Pass::Fold));
    config.apply("none,+fold").unwrap();
    assert!(config.runs(Pass::Fold) && !config.runs(Pass::Tags));
    assert_eq!(config.apply("peal").unwrap_err().0, "peal");
}

const FIELD: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  jump b1(v0, v1)
b1(v2: word, v3: word):
  v4: int = load_field[toy.n] v2
  v5: int = iadd v4, 1
  store_field[toy.n] v2, v5
  v6: float = load_field[toy.f] v2
  v7: float = fadd v6, 0.5f
  store_field[toy.f] v2, v7
  v8: bool = ilt v5, 50
  guard_true v8 ? s0
  v9: word = load_field[toy.a] v2
  v10: bool = is_int v9
  guard_true v10 ? s0
  v11: word = tadd v9, #1 ? s0
  store_field[toy.a] v2, v11
  poll ? s0
  jump b1(v2, v3)
s0 = after 9 \"f\" base 0 depth 0 { }
";

#[test]
fn fields_of_one_object_travel_in_registers() {
    check(
        &OptConfig::default(),
        FIELD,
        expect![[r#"
        b0:
          v3: word = load_slot[0]
          v4: int = load_field[toy.n] v3
          v6: int = iadd v4, 1
          store_field[toy.n] v3, v6
          v8: float = load_field[toy.f] v3
          v10: float = fadd v8, 0.5f
          store_field[toy.f] v3, v10
          v13: bool = ilt v6, 50
          guard_true v13 ? s0
          v15: word = load_field[toy.a] v3
          v16: bool = is_int v15
          guard_true v16 ? s0
          v19: word = tadd v15, #1 ? s0
          store_field[toy.a] v3, v19
          poll ? s0
          jump b1(v6, v10, v19)
        b1(v0: int, v1: float, v2: word):
          v22: int = iadd v0, 1
          store_field[toy.n] v3, v22
          v24: float = fadd v1, 0.5f
          store_field[toy.f] v3, v24
          v26: bool = ilt v22, 50
          guard_true v26 ? s0
          v28: word = tadd v2, #1 ? s0
          store_field[toy.a] v3, v28
          poll ? s0
          jump b1(v22, v24, v28)
        s0 = after 9 "f" base 0 depth 0 { }
    "#]],
    );
    same(&OptConfig::default(), FIELD, |toy| {
        let cell = toy.cell(Word::small(4), Word::EMPTY, 3, 1.5);
        set(toy, &[cell]);
    });
}

const SCAN: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  jump b1(v0, v1)
b1(v2: word, v3: word):
  v4: bool = is_int v3
  guard_true v4 ? s0
  v5: int = untag_int v3
  v6: int = load_field[toy.len] v2
  v7: bool = iult v5, v6
  guard_true v7 ? s0
  v8: ptr = array_base[toy.bytes] v2
  v9: int = load_elem[toy.bytes] v8, v5
  v10: int = iadd v9, 1
  store_elem[toy.bytes] v8, v5, v10
  v11: bool = ine v9, 7
  guard_true v11 ? s1
  v12: word = tadd v3, #1 ? s1
  poll ? s2
  jump b1(v2, v12)
s0 = before 1 \"f\" base 0 depth 0 { 1 = v3 }
s1 = after 4 \"f\" base 0 depth 0 { 1 = v3 }
s2 = after 9 \"f\" base 0 depth 0 { 1 = v12 }
";

#[test]
fn an_index_needs_one_check_and_no_untagging() {
    check(
        &OptConfig::default(),
        SCAN,
        expect![[r#"
        b0:
          v1: word = load_slot[0]
          v2: word = load_slot[1]
          v3: bool = is_int v2
          guard_true v3 ? s0
          v5: int = untag_int v2
          v6: int = load_field[toy.len] v1
          v7: bool = iult v5, v6
          guard_true v7 ? s0
          v9: ptr = array_base[toy.bytes] v1
          v10: int = load_elem_t[toy.bytes] v9, v2
          v12: int = iadd v10, 1
          store_elem_t[toy.bytes] v9, v2, v12
          v15: bool = ine v10, 7
          guard_true v15 ? s1
          v18: word = tadd_fit v2, #1
          poll ? s2
          v20: word = tag_int v6
          jump b1(v18)
        b1(v0: word):
          v21: bool = wlt v0, v20
          guard_true v21 ? s3
          v23: int = load_elem_t[toy.bytes] v9, v0
          v24: int = iadd v23, 1
          store_elem_t[toy.bytes] v9, v0, v24
          v26: bool = ine v23, 7
          guard_true v26 ? s4
          v28: word = tadd_fit v0, #1
          poll ? s5
          jump b1(v28)
        s0 = before 1 "f" base 0 depth 0 { }
        s1 = after 4 "f" base 0 depth 0 { }
        s2 = after 9 "f" base 0 depth 0 { 1 = v18 }
        s3 = before 1 "f" base 0 depth 0 { 1 = v0 }
        s4 = after 4 "f" base 0 depth 0 { 1 = v0 }
        s5 = after 9 "f" base 0 depth 0 { 1 = v28 }
    "#]],
    );
}

const ACCUMULATE: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  jump b1(v0, v1)
b1(v2: word, v3: word):
  v4: bool = is_ptr v2
  guard_true v4 ? s0
  v5: bool = weq v2, #empty
  guard_false v5 ? s0
  v6: int = load_field[toy.kind] v2
  v7: bool = ieq v6, 16
  guard_true v7 ? s0
  v8: int = load_field[toy.n] v2
  v9: float = load_field[toy.f] v2
  v10: word = load_field[toy.a] v2
  v11: int = iadd v8, 1
  v12: float = fmul v9, 1.5f
  v13: bool = ilt v8, 20
  guard_true v13 ? s0
  v14: word = new[48, 0x1] 16
  store_field[toy.n] v14, v11
  store_field[toy.f] v14, v12
  incref v10
  store_field[toy.a] v14, v10
  decref v2
  poll ? s1
  jump b1(v14, v3)
s0 = before 1 \"f\" base 0 depth 0 { 0 = v2 }
s1 = before 0 \"f\" base 0 depth 0 { 0 = v14 }
";

#[test]
fn an_object_made_in_every_iteration_is_made_at_the_end() {
    check(
        &OptConfig::default(),
        ACCUMULATE,
        expect![[r#"
        b0:
          v3: word = load_slot[0]
          v4: bool = is_ptr v3
          guard_true v4 ? s0
          v7: bool = weq v3, #empty
          guard_false v7 ? s0
          v9: int = load_field[toy.kind] v3
          v11: bool = ieq v9, 16
          guard_true v11 ? s0
          v13: int = load_field[toy.n] v3
          v14: float = load_field[toy.f] v3
          v15: word = load_field[toy.a] v3
          v17: int = iadd v13, 1
          v19: float = fmul v14, 1.5f
          v21: bool = ilt v13, 20
          guard_true v21 ? s0
          incref v15
          decref_ptr v3
          poll ? s1
          jump b1(v17, v19, v15)
        b1(v0: int, v1: float, v2: word):
          v26: int = iadd v0, 1
          v27: float = fmul v1, 1.5f
          v28: bool = ilt v0, 20
          guard_true v28 ? s2
          poll ? s3
          jump b1(v26, v27, v2)
        s0 = before 1 "f" base 0 depth 0 { }
        s1 = before 0 "f" base 0 depth 0 { 0 = virtual o0 }
        s2 = before 1 "f" base 0 depth 0 { 0 = virtual o1 }
        s3 = before 0 "f" base 0 depth 0 { 0 = virtual o2 }
        o0 = virtual 48, 0x1, 16 { toy.n = v17, toy.f = v19, toy.a = v15 }
        o1 = virtual 48, 0x1, 16 { toy.n = v0, toy.f = v1, toy.a = v2 }
        o2 = virtual 48, 0x1, 16 { toy.n = v26, toy.f = v27, toy.a = v2 }
    "#]],
    );
    same(&OptConfig::default(), ACCUMULATE, |toy| {
        let inner = toy.cell(Word::EMPTY, Word::EMPTY, 0, 0.0);
        set(toy, &[toy.cell(inner, Word::small(2), 3, 1.5)]);
    });
}

#[test]
fn a_virtual_object_grows_with_its_shape() {
    check_line(
        "v0: word = load_slot[0]
         v1: word = new[48, 0x1] 32
         store_field[toy.n] v1, 5
         v2: int = load_field[test.shape] v1
         v3: bool = ieq v2, 32
         guard_true v3 ? s1
         store_field[test.shape] v1, 16
         store_field[toy.f] v1, 0.5f
         v4: int = load_field[test.shape] v1
         v5: bool = ieq v4, 16
         guard_true v5 ? s1",
        "1 = v1",
        expect![[r#"
            b0:
              exit s0
            s0 = after 9 "f" base 0 depth 0 { 1 = virtual o0 }
            o0 = virtual 48, 0x1, 16 { toy.n = 5, toy.f = 0.5f }
        "#]],
    );
}

#[test]
fn a_test_makes_weaker_ones_with_its_snapshot_needless() {
    check(
        &OptConfig::default(),
        "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  v2: bool = is_int v0
  guard_false v2 ? s0
  v3: bool = is_float v0
  guard_true v3 ? s0
  v4: bool = is_int v1
  guard_false v4 ? s0
  v5: bool = is_float v1
  guard_true v5 ? s1
  exit s1
s0 = before 1 \"f\" base 0 depth 0 { }
s1 = before 2 \"f\" base 0 depth 0 { }
",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: word = load_slot[1]
              v2: bool = is_float v0
              guard_true v2 ? s0
              v4: bool = is_int v1
              guard_false v4 ? s0
              v6: bool = is_float v1
              guard_true v6 ? s1
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = before 2 "f" base 0 depth 0 { }
        "#]],
    );
}

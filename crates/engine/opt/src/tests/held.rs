//! What the heap holds: counts that wait, and what makes them real. See `door/hold.rs`.

use expect_test::expect;
use pv_machine::toy::Toy;
use pv_word::Word;

use super::{check, same, set};
use crate::OptConfig;

/// A cell in slot 0 with another in `toy.a`; slot 1 holds a third.
fn cells(toy: &Toy) {
    let inner = toy.cell(Word::small(1), Word::small(2), 3, 0.5);
    set(toy, &[toy.cell(inner, Word::EMPTY, 0, 0.0), toy.cell(Word::EMPTY, Word::EMPTY, 7, 0.0), Word::small(4)]);
}

const RELEASED: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  v2: bool = is_ptr v0
  guard_true v2 ? s0
  v3: word = load_field[toy.a] v0
  incref v3
  decref v1
  boundary ? s1
  v4: bool = is_ptr v3
  guard_true v4 ? s1
  v5: int = load_field[toy.n] v3
  decref v3
  boundary ? s2
  v6: word = tag_int v5
  exit s3
s0 = before 1 \"f\" base 0 depth 0 { }
s1 = after 2 \"f\" base 0 depth 0 { 1 = v3 }
s2 = after 3 \"f\" base 0 depth 0 { 1 = #empty }
s3 = after 4 \"f\" base 0 depth 0 { 1 = v6 }
";

#[test]
fn a_release_of_another_object_leaves_what_is_held_alone() {
    check(
        &OptConfig::default(),
        RELEASED,
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: word = load_slot[1]
              v2: bool = is_ptr v0
              guard_true v2 ? s0
              v4: word = load_field[toy.a] v0
              decref v1
              boundary ? s1
              v7: bool = is_ptr v4
              guard_true v7 ? s1
              v9: int = load_field[toy.n] v4
              v10: word = tag_int v9
              exit s2
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 2 "f" base 0 depth 0 { 1 = acquire v4 }
            s2 = after 4 "f" base 0 depth 0 { 1 = v10 }
        "#]],
    );
    same(&OptConfig::default(), RELEASED, cells);
}

const STORED: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  v2: bool = is_ptr v0
  guard_true v2 ? s0
  v3: word = load_field[toy.a] v0
  incref v3
  incref v1
  store_field[toy.a] v0, v1
  decref v3
  boundary ? s1
  decref v3
  boundary ? s1
  exit s1
s0 = before 1 \"f\" base 0 depth 0 { }
s1 = after 2 \"f\" base 0 depth 0 { 1 = v1 }
";

#[test]
fn what_a_store_pushes_out_is_the_traces_own() {
    check(
        &OptConfig::default(),
        STORED,
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: word = load_slot[1]
              v2: bool = is_ptr v0
              guard_true v2 ? s0
              v4: word = load_field[toy.a] v0
              incref v1
              store_field[toy.a] v0, v1
              boundary ? s1
              decref v4
              boundary ? s1
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 2 "f" base 0 depth 0 { }
        "#]],
    );
    same(&OptConfig::default(), STORED, cells);
}

const BROKEN: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  v2: bool = is_ptr v0
  guard_true v2 ? s0
  v3: word = load_field[toy.a] v0
  v4: bool = is_ptr v3
  guard_true v4 ? s0
  v5: word = load_field[toy.a] v3
  incref v5
  incref v1
  store_field[toy.a] v0, v1
  decref v3
  boundary ? s1
  exit s1
s0 = before 1 \"f\" base 0 depth 0 { }
s1 = after 2 \"f\" base 0 depth 0 { 2 = v5 }
";

#[test]
fn a_store_over_a_link_makes_counts_real() {
    check(
        &OptConfig::default(),
        BROKEN,
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: word = load_slot[1]
              v2: bool = is_ptr v0
              guard_true v2 ? s0
              v4: word = load_field[toy.a] v0
              v5: bool = is_ptr v4
              guard_true v5 ? s0
              v7: word = load_field[toy.a] v4
              incref v7
              incref v1
              store_field[toy.a] v0, v1
              decref_ptr v4
              boundary ? s1
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 2 "f" base 0 depth 0 { 2 = v7 }
        "#]],
    );
    same(&OptConfig::default(), BROKEN, |toy| {
        let last = toy.cell(Word::EMPTY, Word::EMPTY, 9, 0.0);
        let inner = toy.cell(last, Word::small(2), 3, 0.5);
        set(toy, &[toy.cell(inner, Word::EMPTY, 0, 0.0), toy.cell(Word::EMPTY, Word::EMPTY, 7, 0.0)]);
    });
}

const UNROOTED: &str = "\
b0:
  v0: word = load_slot[0]
  v1: bool = is_ptr v0
  guard_true v1 ? s0
  v2: word = load_field[toy.a] v0
  incref v2
  decref v0
  boundary ? s1
  exit s1
s0 = before 1 \"f\" base 0 depth 0 { }
s1 = after 2 \"f\" base 0 depth 0 { 0 = v2 }
";

#[test]
fn the_last_count_of_the_root_makes_the_count_real() {
    check(
        &OptConfig::default(),
        UNROOTED,
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: bool = is_ptr v0
              guard_true v1 ? s0
              v3: word = load_field[toy.a] v0
              incref v3
              decref_ptr v0
              boundary ? s1
              exit s1
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 2 "f" base 0 depth 0 { 0 = v3 }
        "#]],
    );
    same(&OptConfig::default(), UNROOTED, cells);
}

/// Slot 1 holds each item of an array in turn; slot 2 counts.
const ITEMS: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  v2: word = load_slot[2]
  jump b1(v0, v1, v2)
b1(v3: word, v4: word, v5: word):
  v6: bool = is_ptr v3
  guard_true v6 ? s0
  v7: bool = is_int v5
  guard_true v7 ? s0
  v8: int = untag_int v5
  v9: int = load_field[toy.len] v3
  v10: bool = iult v8, v9
  guard_true v10 ? s0
  v11: ptr = array_base[toy.items] v3
  v12: word = load_elem[toy.items] v11, v8
  incref v12
  decref v4
  boundary ? s1
  v13: word = tadd v5, #1 ? s2
  poll ? s3
  jump b1(v3, v12, v13)
s0 = before 1 \"f\" base 0 depth 0 { 1 = v4, 2 = v5 }
s1 = after 2 \"f\" base 0 depth 0 { 1 = v12, 2 = v5 }
s2 = before 3 \"f\" base 0 depth 0 { 1 = v12, 2 = v5 }
s3 = before 0 \"f\" base 0 depth 0 { 1 = v12, 2 = v13 }
";

#[test]
fn a_list_lends_its_items_to_a_loop() {
    check(
        &OptConfig::default(),
        ITEMS,
        expect![[r#"
            b0:
              v2: word = load_slot[0]
              v3: word = load_slot[1]
              v4: word = load_slot[2]
              v5: bool = is_ptr v2
              guard_true v5 ? s0
              v7: bool = is_int v4
              guard_true v7 ? s0
              v9: int = untag_int v4
              v10: int = load_field[toy.len] v2
              v11: bool = iult v9, v10
              guard_true v11 ? s0
              v13: ptr = array_base[toy.items] v2
              v14: word = load_elem_t[toy.items] v13, v4
              decref v3
              boundary ? s1
              v18: word = tadd_fit v4, #1
              poll ? s2
              v20: word = tag_int v10
              jump b1(v14, v18)
            b1(v0: word, v1: word):
              v21: bool = wlt v1, v20
              guard_true v21 ? s3
              v23: word = load_elem_t[toy.items] v13, v1
              v24: word = tadd_fit v1, #1
              poll ? s4
              jump b1(v23, v24)
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = after 2 "f" base 0 depth 0 { 1 = acquire v14 }
            s2 = before 0 "f" base 0 depth 0 { 1 = acquire v14, 2 = v18 }
            s3 = before 1 "f" base 0 depth 0 { 1 = acquire v0, 2 = v1 }
            s4 = before 0 "f" base 0 depth 0 { 1 = acquire v23, 2 = v24 }
        "#]],
    );
}

#[test]
fn a_virtual_object_lets_go_in_its_arrays_order() {
    check(
        &OptConfig::default(),
        "b0:
           v0: word = load_slot[0]
           v1: word = load_slot[1]
           v2: word = new[48, 0x1] &\"cell\"
           v3: ptr = array_base[toy.pair] v2
           store_elem[toy.pair] v3, 0, v0
           store_elem[toy.pair] v3, 1, v1
           decref v2
           boundary ? s0
           exit s0
         s0 = after 2 \"f\" base 0 depth 0 { 0 = #empty, 1 = #empty }",
        expect![[r#"
            b0:
              v0: word = load_slot[0]
              v1: word = load_slot[1]
              decref v1
              decref v0
              boundary ? s0
              exit s0
            s0 = after 2 "f" base 0 depth 0 { 0 = #empty, 1 = #empty }
        "#]],
    );
}

//! Fields, arrays, allocation, counts, calls.

use pv_machine::toy::{self, Toy};
use pv_machine::{Context, Counted};
use pv_word::Word;

use super::{agree, word};

fn cell(toy: &Toy) -> Word {
    toy.cell(word(5), toy.cell(word(6), Word::EMPTY, 7, 8.5), -9, 0.25)
}

#[test]
fn fields_are_loaded_and_stored() {
    let dump = agree(
        "b0:
           v0: word = load_slot[0]
           v1: word = load_field[toy.b] v0
           v2: int = load_field[toy.n] v0
           v3: float = load_field[toy.f] v0
           v4: int = load_field[toy.kind] v1
           store_field[toy.a] v1, #empty
           store_field[toy.n] v1, v2
           store_field[toy.f] v1, v3
           v5: int = load_field[toy.n] v1
           exit s0
         s0 = before 1 \"f\" base 0 depth 0 { 1 = v2, 2 = v3, 3 = v4, 4 = v5 }",
        |toy| toy.slot(0).set(cell(toy)),
    );
    assert!(dump.contains("1: -9\n2: 0x"), "{dump}");
}

#[test]
fn elements_of_every_storage() {
    for (array, value) in [
        ("toy.items", "#77"),
        ("toy.bytes", "-2"),
        ("toy.shorts", "-6"),
        ("toy.ints", "-4"),
        ("toy.uints", "-5"),
        ("toy.floats", "0.5f"),
    ] {
        let ty = match array {
            "toy.items" => "word",
            "toy.floats" => "float",
            _ => "int",
        };
        let text = format!(
            "b0:
               v0: word = load_slot[0]
               v1: word = load_slot[1]
               v2: ptr = array_base[{array}] v0
               v3: int = untag_int v1
               v4: {ty} = load_elem[{array}] v2, v3
               v5: {ty} = load_elem_t[{array}] v2, v1
               store_elem[{array}] v2, 0, {value}
               store_elem_t[{array}] v2, v1, {value}
               v6: {ty} = load_elem_t[{array}] v2, #0
               exit s0
             s0 = before 1 \"f\" base 0 depth 0 {{ 2 = v4, 3 = v5, 4 = v6 }}"
        );
        for index in 0..3 {
            agree(&text, |toy| {
                toy.slot(0).set(toy.list(&[0x8899_AABB_CCDD_EEF0, 0x1122_3344_5566_7788, 0x4000_0000_0000_0000]));
                toy.slot(1).set(word(index));
            });
        }
    }
}

#[test]
fn inline_arrays() {
    agree(
        "b0:
           v0: word = load_slot[0]
           v1: ptr = array_base[toy.pair] v0
           v2: word = load_elem[toy.pair] v1, 0
           store_elem_t[toy.pair] v1, #1, v2
           exit s0
         s0 = before 1 \"f\" base 0 depth 0 { 1 = v2 }",
        |toy| toy.slot(0).set(toy.cell(word(5), word(6), 0, 0.0)),
    );
}

#[test]
fn new_objects_come_from_the_free_list_or_not() {
    let text = "b0:
           v0: word = load_slot[0]
           decref v0
           v1: word = new[48, 0x1] &\"cell\"
           store_field[toy.a] v1, #3
           v2: word = new[48, 0x1] &\"cell\"
           v3: word = new[32, 0x1] 32
           v4: word = new[512, 0x1] 48
           v5: word = load_field[toy.a] v2
           store_field[toy.boxed] v3, 2.5f
           store_field[toy.n] v2, 4
           store_field[toy.f] v2, 4.5f
           store_field[toy.n] v1, 4
           store_field[toy.f] v1, 4.5f
           store_field[toy.len] v4, 0
           exit s0
         s0 = before 1 \"f\" base 0 depth 0 { 0 = #empty, 1 = v1, 2 = v2, 3 = v3, 4 = v4, 5 = v5 }";
    let dump = agree(text, |toy| toy.slot(0).set(cell(toy)));
    assert!(dump.contains("5: empty\n"), "{dump}");
}

#[test]
fn counts_move_unless_there_is_nothing_to_count() {
    let text = "b0:
           v0: word = load_slot[0]
           incref v0
           incref v0
           decref v0
           incref #4
           decref #empty
           decref #2.5
           incref @\"True\"
           decref_ptr @\"True\"
           exit s0
         s0 = before 1 \"f\" base 0 depth 0 { 1 = acquire v0, 2 = acquire @\"True\", 3 = acquire #4 }";
    agree(text, |toy| toy.slot(0).set(cell(toy)));
    agree(text, |toy| toy.slot(0).set(word(4)));
    agree(text, |toy| toy.slot(0).set(Word::EMPTY));
    let dump = agree(
        "b0:
           v0: word = load_slot[0]
           incref_ptr v0
           decref_ptr v0
           decref_ptr v0
           boundary ? s0
           exit s1
         s0 = after 1 \"f\" base 0 depth 0 { 0 = #empty }
         s1 = after 2 \"f\" base 0 depth 0 { 0 = #empty }",
        |toy| {
            let dying = cell(toy);
            // A finaliser sets the breaker, and the boundary leaves.
            toy.door().write(dying.addr() as u64, 8, pv_machine::Repr::I64, toy::FINAL);
            toy.slot(0).set(dying);
        },
    );
    assert!(dump.starts_with("base 0 pc 1") && dump.contains("breaker 1"), "{dump}");
    assert_eq!(Counted::OFFSET, 0);
}

#[test]
fn a_boundary_behind_a_release_leaves_where_something_has_died() {
    // What its snapshot mentions, nothing has used before.
    let text = "b0:
           v0: word = load_slot[0]
           v1: word = load_slot[1]
           v2: word = load_slot[2]
           boundary ? s0
           decref v0
           boundary ? s1
           decref v1
           boundary ? s2
           exit s3
         s0 = before 1 \"f\" base 0 depth 0 { }
         s1 = after 1 \"f\" base 0 depth 0 { 0 = #empty, 3 = acquire v2 }
         s2 = after 2 \"f\" base 0 depth 0 { 0 = #empty, 1 = #empty, 3 = acquire v2 }
         s3 = after 3 \"f\" base 0 depth 0 { 0 = #empty, 1 = #empty, 3 = acquire v2 }";
    let dying = |toy: &Toy| {
        let dying = cell(toy);
        toy.door().write(dying.addr() as u64, 8, pv_machine::Repr::I64, toy::FINAL);
        dying
    };
    for (finals, pc) in [([true, true], 1), ([false, true], 2), ([false, false], 3)] {
        let dump = agree(text, |toy| {
            for (slot, is_final) in finals.into_iter().enumerate() {
                toy.slot(slot).set(if is_final { dying(toy) } else { cell(toy) });
            }
            toy.slot(2).set(cell(toy));
        });
        assert!(dump.starts_with(&format!("base 0 pc {pc}")), "{dump}");
    }
    assert!(agree(text, |toy| toy.slot(0).set(word(4))).starts_with("base 0 pc 3"));
}

#[test]
fn helpers_of_every_signature() {
    let dump = agree(
        "b0:
           v0: word = load_slot[0]
           v1: word = call_word[toy.add] v0, #1
           v2: word = call_word[toy.add] v0, #2.5
           v3: word = call_word[toy.make]
           v4: word = call_word[toy.sum5] #1, #2, #3, #4, v0
           v5: int = call_int[toy.check] #-12
           v6: int = call_int[toy.check] #empty
           v7: int = call_int[toy.difference] #5, #3
           v8: float = call_float[toy.half] 3.0f
           v9: float = call_float[toy.mix] v8, 2.0f
           v10: word = call_word[toy.box_float] v9
           guard_not_raised v1 ? s0
           guard_not_raised_int v5 ? s0
           exit s1
         s0 = raising 1 \"f\" base 0 depth 0 { }
         s1 = after 2 \"f\" base 0 depth 0 { 1 = v1, 2 = v2, 3 = v3, 4 = v4, 5 = v5, 6 = v6, 7 = v7, 8 = v8, 9 = v9, 10 = v10 }",
        |toy| toy.slot(0).set(word(40)),
    );
    assert!(dump.contains("sum5 230"), "{dump}");
}

#[test]
fn raising_leaves_by_the_raising_exit() {
    for guard in ["guard_not_raised v1 ? s0", "guard_not_raised_int v2 ? s0"] {
        let text = format!(
            "b0:
               v0: word = load_slot[0]
               v1: word = call_word[toy.add] v0, #1
               v2: int = call_int[toy.check] v0
               {guard}
               exit s1
             s0 = raising 7 \"f\" base 0 depth 0 {{ 3 = #1 }}
             s1 = after 8 \"f\" base 0 depth 0 {{ }}"
        );
        assert!(agree(&text, |_| ()).starts_with("base 0 pc 7"));
        assert!(agree(&text, |toy| toy.slot(0).set(word(1))).starts_with("base 0 pc 8"));
    }
}

#[test]
fn windows_and_safepoints_see_the_slots() {
    let dump = agree(
        "b0:
           v0: word = load_slot[0]
           v1: word = tadd v0, #1 ? s0
           v2: word = call_word[toy.window, 2+3] #1 ? s1
           v3: word = call_word[toy.window_and, 2+2] v1, v2 ? s1
           v4: word = call_word[toy.reenter] v3 ? s2
           guard_not_invalidated ? s0
           exit s3
         s0 = before 1 \"f\" base 0 depth 0 { }
         s1 = after 2 \"f\" base 0 depth 0 { 2 = v0, 3 = v1, 4 = #100 }
         s2 = after 3 \"f\" base 2 depth 3 { 0 = #empty, 1 = 12, 5 = true }
         s3 = after 4 \"f\" base -1 depth -1 { 6 = v2, 7 = v3, 8 = v4 }",
        |toy| {
            toy.slot(0).set(Word::EMPTY);
            // The frame starts one slot up, so that the exit can lie below it.
            toy.state().base.set(toy.slot(1));
            toy.state().depth.set(5);
            toy.slot(1).set(word(10));
        },
    );
    assert!(dump.starts_with("base 0 pc 4 depth 4"), "{dump}");
    assert!(dump.contains("window 121 of 3") && dump.contains("reenter base 3 pc 3 depth 8"), "{dump}");
}

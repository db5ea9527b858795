//! What the tests of this crate share: the toy's descriptors by name, and one trace with everything in it.

use pv_machine::{Context, toy};
use pv_word::Word;

use crate::Descriptors;

/// The toy's descriptors.
pub fn names() -> Descriptors {
    Descriptors {
        fields: toy::fields(),
        arrays: toy::arrays(),
        helpers: toy::helpers(),
        objects: vec![("None".to_string(), Word(0x1001))],
        addrs: vec![("cell".to_string(), toy::CELL)],
        codes: vec![("f".to_string(), 17)],
    }
}

/// The toy's descriptors, and the objects of one toy.
pub fn names_of(toy: &toy::Toy) -> Descriptors {
    Descriptors { objects: vec![("True".to_string(), toy.bool_word(true))], ..names() }
}

/// Every construct of the text form, well formed.
pub const SAMPLE: &str = "\
pitviper-ir 2
trace t3 header \"f loop at 12\"
b0:
  v0: word = load_slot[3]
  v1: word = load_slot[-1]
  guard_room[40, 2] ? s0
  v2: bool = is_int v0
  guard_true v2 ? s0
  jump b1(v0, 0)
b1(v3: word, v4: int):
  poll ? s0
  v5: word = tadd v3, #1 ? s1
  v6: word = new[48, 0x1] &\"cell\"
  store_field[toy.a] v6, v5
  v7: word = load_field[toy.b] v6
  v8: ptr = array_base[toy.items] v1
  v9: word = load_elem[toy.items] v8, v4
  store_elem_t[toy.items] v8, #0, v9
  incref v9
  decref_ptr v6
  v10: word = call_word[toy.window, 4+2] @\"None\" ? s2
  guard_not_raised v10 ? s3
  v11: float = call_float[toy.mix] 1.5f, -0.25f
  v12: bool = flt v11, 0.0f
  v13: word = select v12, #empty, #2.5
  branch v12, b2, b1(v5, 7)
b2:
  v14: bool = is_ptr v13
  branch v14, b3, b4
b3:
  exit s4
b4:
  link t9, s0
s0 = before 12 \"f\" base 0 depth 0 { }
s1 = before 14 \"f\" base 0 depth 0 { 3 = v3 }
s2 = after 16 \"g\" base 5 depth 1 { 3 = v5, 4 = v9, 5 = #3 }
s3 = raising 15 \"g\" base 5 depth 1 { 3 = v5 }
s4 = after 20 \"f\" base 0 depth 0 { -2 = true, 3 = acquire v5, 4 = v11, 5 = virtual o1, v1 . toy.items[2] = v9, v6 . toy.n = v4 }
o0 = virtual 32, 0x1, &\"cell\" { toy.boxed = v11 }
o1 = virtual 48, 0x1, &\"cell\" { toy.a = virtual o0, toy.pair[1] = virtual o0, toy.f = v11 }
";

//! Loops joined with bridges.

use expect_test::{Expect, expect};
use pv_ir::{Evaluator, SnapRef, Trace, TraceId};
use pv_machine::toy::Toy;
use pv_word::Word;

use super::{names, read, set};
use crate::{Facts, OptConfig, Part, Tree, optimize, optimize_tree};

/// Counts slot 0 up to 20; adds it to slot 1 where it is even.
const LOOP: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[1]
  jump b1(v0, v1)
b1(v2: word, v3: word):
  v4: bool = is_int v2
  guard_true v4 ? s0
  v5: word = tand v2, #1
  v6: bool = weq v5, #0
  guard_true v6 ? s0
  v7: bool = is_int v3
  guard_true v7 ? s1
  v8: word = tadd v3, v2 ? s1
  v9: word = tadd v2, #1 ? s2
  v10: bool = wlt v9, #20
  guard_true v10 ? s3
  poll ? s4
  jump b1(v9, v8)
s0 = before 1 \"f\" base 0 depth 0 { 0 = v2, 1 = v3 }
s1 = before 2 \"f\" base 0 depth 0 { 0 = v2, 1 = v3 }
s2 = before 3 \"f\" base 0 depth 0 { 0 = v2, 1 = v8 }
s3 = before 4 \"f\" base 0 depth 0 { 0 = v9, 1 = v8 }
s4 = after 0 \"f\" base 0 depth 0 { 0 = v9, 1 = v8 }
";

/// Where it is odd, counts rounds in slot 2.
const ODD: &str = "\
b0:
  v0: word = load_slot[0]
  v1: word = load_slot[2]
  guard_room[4, 0] ? s5
  jump b1(v0, v1)
b1(v2: word, v3: word):
  v4: bool = is_int v2
  guard_true v4 ? s0
  v5: word = tand v2, #1
  v6: bool = weq v5, #0
  guard_false v6 ? s0
  v7: bool = is_int v3
  guard_true v7 ? s1
  v8: word = tadd v3, #1 ? s1
  v9: word = tadd v2, #1 ? s2
  v10: bool = wlt v9, #20
  guard_true v10 ? s3
  link t0, s4
s0 = before 1 \"f\" base 0 depth 0 { }
s1 = before 5 \"f\" base 0 depth 0 { }
s2 = before 6 \"f\" base 0 depth 0 { 2 = v8 }
s3 = before 4 \"f\" base 0 depth 0 { 0 = v9, 2 = v8 }
s4 = before 0 \"f\" base 0 depth 0 { 0 = v9, 2 = v8 }
s5 = before 1 \"f\" base 0 depth 0 { }
";

/// The loop with a bridge from its first exit.
fn join(root: &Trace, bridge: &Trace) -> Tree {
    let parts =
        [Part { trace: root, from: None, stacks: 0 }, Part { trace: bridge, from: Some((0, SnapRef(0))), stacks: 1 }];
    assert!(Tree::admits(&parts[..1], &parts[1]));
    Tree::join(TraceId(7), &parts, &|_| 4).expect("it is admitted")
}

fn check(root: &str, bridge: &str, expected: Expect) {
    let toy = Toy::new(1);
    let (root, bridge) = (read(&toy, root), read(&toy, bridge));
    let tree = join(&root, &bridge);
    pv_ir::verify(&tree.trace).unwrap_or_else(|error| panic!("{error}\n{}", tree.trace));
    let result = optimize_tree(&tree, &Facts::default(), &OptConfig::default(), &mut |_, _| {});
    let text = result.trace.to_string();
    pv_ir::verify(&result.trace).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert!(pv_ir::parse(&text, &names(&toy)).is_ok());
    let shown: String =
        text.lines().skip_while(|line| !line.starts_with("b1")).map(|line| format!("{line}\n")).collect();
    expected.assert_eq(&shown);
}

#[test]
fn a_branch_ends_with_a_jump_to_the_head() {
    check(
        LOOP,
        ODD,
        expect![[r#"
            b1(v0: word, v1: word, v2: word):
              v21: word = tand v0, #1
              v22: bool = weq v21, #0
              branch v22, b2, b3
            b2:
              v23: word = tadd v0, v1 ? s5
              v24: word = tadd_fit v0, #1
              v25: bool = wlt v24, #20
              guard_true v25 ? s6
              poll ? s7
              jump b1(v24, v23, v2)
            b3:
              guard_room[4, 0] ? s8
              v29: bool = is_int v2
              guard_true v29 ? s9
              v31: word = tadd v2, #1 ? s9
              v32: word = tadd_fit v0, #1
              v33: bool = wlt v32, #20
              guard_true v33 ? s10
              jump b1(v32, v1, v31)
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = before 2 "f" base 0 depth 0 { }
            s2 = before 3 "f" base 0 depth 0 { 1 = v15 }
            s3 = before 4 "f" base 0 depth 0 { 0 = v16, 1 = v15 }
            s4 = after 0 "f" base 0 depth 0 { 0 = v16, 1 = v15 }
            s5 = before 2 "f" base 0 depth 0 { 0 = v0, 1 = v1, 2 = v2 }
            s6 = before 4 "f" base 0 depth 0 { 0 = v24, 1 = v23, 2 = v2 }
            s7 = after 0 "f" base 0 depth 0 { 0 = v24, 1 = v23, 2 = v2 }
            s8 = before 1 "f" base 0 depth 0 { 0 = v0, 1 = v1, 2 = v2 }
            s9 = before 5 "f" base 0 depth 0 { 0 = v0, 1 = v1, 2 = v2 }
            s10 = before 4 "f" base 0 depth 0 { 0 = v32, 1 = v1, 2 = v31 }
        "#]],
    );
}

/// It leaves a float where the loop's own path leaves an int: the loop tests it in each round then.
#[test]
fn kinds_that_are_in_a_branch_s_way_are_given_up() {
    let float = ODD.replace("tadd v3, #1 ? s1", "tag_float 0.5f").replace("2 = v8", "1 = v8");
    check(
        LOOP,
        &float,
        expect![[r#"
            b1(v0: word, v1: word):
              v21: word = tand v0, #1
              v22: bool = weq v21, #0
              branch v22, b2, b3
            b2:
              v23: bool = is_int v1
              guard_true v23 ? s5
              v25: word = tadd v0, v1 ? s5
              v26: word = tadd_fit v0, #1
              v27: bool = wlt v26, #20
              guard_true v27 ? s6
              poll ? s7
              jump b1(v26, v25)
            b3:
              guard_room[4, 0] ? s8
              guard_true v20 ? s9
              v32: word = tadd_fit v0, #1
              v33: bool = wlt v32, #20
              guard_true v33 ? s10
              jump b1(v32, #0.5)
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = before 2 "f" base 0 depth 0 { }
            s2 = before 3 "f" base 0 depth 0 { 1 = v14 }
            s3 = before 4 "f" base 0 depth 0 { 0 = v15, 1 = v14 }
            s4 = after 0 "f" base 0 depth 0 { 0 = v15, 1 = v14 }
            s5 = before 2 "f" base 0 depth 0 { 0 = v0, 1 = v1 }
            s6 = before 4 "f" base 0 depth 0 { 0 = v26, 1 = v25 }
            s7 = after 0 "f" base 0 depth 0 { 0 = v26, 1 = v25 }
            s8 = before 1 "f" base 0 depth 0 { 0 = v0, 1 = v1 }
            s9 = before 5 "f" base 0 depth 0 { 0 = v0, 1 = v1 }
            s10 = before 4 "f" base 0 depth 0 { 0 = v32, 1 = #0.5 }
        "#]],
    );
}

/// It changes a field that the loop reads once.
#[test]
fn a_branch_that_changes_what_the_loop_relies_on_enters_it_anew() {
    let reads = "v7: bool = is_ptr v3\n  guard_true v7 ? s1\n  v11: int = load_field[toy.n] v3\n  v12: bool = ieq v11, 3\n  guard_true v12 ? s1";
    let root = LOOP.replace("v7: bool = is_int v3\n  guard_true v7 ? s1\n  v8: word = tadd v3, v2 ? s1", reads);
    let root = root.replace("1 = v8", "1 = v3").replace("jump b1(v9, v8)", "jump b1(v9, v3)");
    let writes = "store_field[toy.n] v3, 4";
    let bridge = ODD.replace("v7: bool = is_int v3\n  guard_true v7 ? s1\n  v8: word = tadd v3, #1 ? s1", writes);
    let bridge = bridge.replace("load_slot[2]", "load_slot[1]").replace("2 = v8", "1 = v3");
    check(
        &root,
        &bridge,
        expect![[r#"
            b1(v0: word):
              v21: word = tand v0, #1
              v22: bool = weq v21, #0
              branch v22, b2, b3
            b2:
              v23: word = tadd_fit v0, #1
              v24: bool = wlt v23, #20
              guard_true v24 ? s5
              poll ? s6
              jump b1(v23)
            b3:
              guard_room[4, 0] ? s7
              store_field[toy.n] v2, 4
              v30: word = tadd_fit v0, #1
              v31: bool = wlt v30, #20
              guard_true v31 ? s8
              link t7, s9
            s0 = before 1 "f" base 0 depth 0 { }
            s1 = before 2 "f" base 0 depth 0 { }
            s2 = before 3 "f" base 0 depth 0 { }
            s3 = before 4 "f" base 0 depth 0 { 0 = v16 }
            s4 = after 0 "f" base 0 depth 0 { 0 = v16 }
            s5 = before 4 "f" base 0 depth 0 { 0 = v23 }
            s6 = after 0 "f" base 0 depth 0 { 0 = v23 }
            s7 = before 1 "f" base 0 depth 0 { 0 = v0 }
            s8 = before 4 "f" base 0 depth 0 { 0 = v30 }
            s9 = before 0 "f" base 0 depth 0 { 0 = v30 }
        "#]],
    );
}

#[test]
fn a_tree_does_what_the_loop_and_the_bridge_do() {
    let toy = Toy::new(8);
    let (root, bridge) = (read(&toy, LOOP), read(&toy, ODD));
    let tree = optimize_tree(&join(&root, &bridge), &Facts::default(), &OptConfig::default(), &mut |_, _| {}).trace;
    set(&toy, &[0, 0, 0].map(|value| Word::from_i64(value).expect("a small int")));
    let outcome = Evaluator::new(&tree, &toy.door()).run().expect("it ends");
    let ended = tree.snapshot(outcome.snapshot);
    assert_eq!((outcome.link, ended.pc), (None, 4));
    let slots = [0, 1, 2].map(|slot| toy.slot(slot).get().as_i64());
    // 0 + 2 + … + 18, and ten odd rounds.
    assert_eq!(slots, [Some(20), Some(90), Some(10)]);
}

#[test]
fn parts_that_did_not_grow_from_a_test_or_end_elsewhere_are_not_admitted() {
    let toy = Toy::new(1);
    let (root, bridge) = (read(&toy, LOOP), read(&toy, ODD));
    let root = Part { trace: &root, from: None, stacks: 0 };
    let part = |from| Part { trace: &bridge, from, stacks: 0 };
    assert!(!Tree::admits(&[root], &part(None)));
    assert!(!Tree::admits(&[root], &part(Some((1, SnapRef(0))))));
    // From an addition, and from a poll.
    assert!(!Tree::admits(&[root], &part(Some((0, SnapRef(2))))));
    assert!(!Tree::admits(&[root], &part(Some((0, SnapRef(4))))));
    // From where another has grown.
    assert!(!Tree::admits(&[root, part(Some((0, SnapRef(0))))], &part(Some((0, SnapRef(0))))));
    // Into another frame.
    let deeper = read(&toy, &ODD.replace("s4 = before 0 \"f\" base 0 depth 0", "s4 = before 0 \"f\" base 4 depth 1"));
    let deeper = Part { trace: &deeper, from: Some((0, SnapRef(0))), stacks: 0 };
    assert!(!Tree::admits(&[root], &deeper));
}

/// What a helper has taken over is no longer the trace's: the next reference to go may be the last.
#[test]
fn a_reference_that_is_disowned_keeps_nothing_alive() {
    let body = |disown: &str| {
        format!(
            "\
b0:
  v0: word = load_slot[0]
  v1: bool = is_ptr v0
  guard_true v1 ? s0
  incref_ptr v0
  store_field[toy.n] v0, 1
  {disown}
  decref_ptr v0
  boundary ? s1
  exit s1
s0 = before 1 \"f\" base 0 depth 0 {{ }}
s1 = after 2 \"f\" base 0 depth 0 {{ 0 = #empty }}
"
        )
    };
    let toy = Toy::new(1);
    let dropped = |body: String| {
        let raw = read(&toy, &body);
        let text = optimize(&raw, &Facts::default(), &OptConfig::default()).trace.to_string();
        (text.matches("decref").count(), text.matches("incref").count())
    };
    // The two references cancel; one that is given away is taken first, and the other is dropped.
    assert_eq!(dropped(body("incref_ptr v0")).0, 0);
    assert_eq!(dropped(body("disown v0")), (1, 1));
}

//! Small traces with known outcomes. (The code generator's tests compare compiled code with the evaluator on many more.)

use pv_machine::toy::Toy;
use pv_word::Word;

use crate::testing::names_of;
use crate::*;

fn run(toy: &Toy, body: &str) -> Outcome {
    let text = format!("pitviper-ir 2\ntrace t0 header \"test\"\n{body}");
    let trace = parse(&text, &names_of(toy)).unwrap_or_else(|error| panic!("{error}"));
    verify(&trace).unwrap_or_else(|error| panic!("{error}"));
    Evaluator::new(&trace, &toy.door()).with_fuel(10_000).run().unwrap()
}

#[test]
fn a_loop_sums_until_its_guard_fails() {
    let toy = Toy::new(8);
    toy.slot(0).set(Word::small(100));
    toy.slot(1).set(Word::small(0));
    let outcome = run(
        &toy,
        "b0:
           v0: word = load_slot[0]
           v1: word = load_slot[1]
           jump b1(v0, v1)
         b1(v2: word, v3: word):
           v4: bool = wgt v2, #0
           guard_true v4 ? s0
           v5: word = tadd v3, v2 ? s0
           v6: word = tsub v2, #1 ? s0
           jump b1(v6, v5)
         s0 = after 9 \"f\" base 2 depth 1 { 0 = v2, 1 = v3 }",
    );
    assert_eq!((outcome.snapshot, outcome.link), (SnapRef(0), None));
    assert_eq!(toy.dump(2), "base 2 pc 9 depth 1\n0: 0\n1: 5050\nlive 2 breaker 0\n");
}

#[test]
fn exits_box_count_store_and_materialise() {
    let toy = Toy::new(8);
    let cell = toy.cell(Word::small(1), Word::small(2), 3, 4.0);
    toy.slot(0).set(cell);
    run(
        &toy,
        "b0:
           v0: word = load_slot[0]
           exit s0
         s0 = before 1 \"f\" base 0 depth 0 { 1 = 7, 2 = 1e78f, 3 = true, 4 = acquire v0, 5 = virtual o0, v0 . toy.a = virtual o1, v0 . toy.n = 9 }
         o0 = virtual 48, 0x1, 16 { toy.a = virtual o1, toy.f = 0.5f, toy.n = 6 }
         o1 = virtual 48, 0x1, 16 { toy.b = virtual o0, toy.f = 0.0f, toy.n = 0 }",
    );
    assert_eq!(
        toy.dump(6),
        "base 0 pc 1 depth 0\n\
         0: #0=cell(#1=cell(empty, #2=cell(#1, empty, 6, 0x3fe0000000000000)*2, 0, 0x0)*2, 2, 9, 0x4010000000000000)*2\n\
         1: 7\n2: #3=box(0x503ddd0dc9ef2ba9)*1\n3: #4=true*2147483648\n4: #0\n5: #2\nlive 6 breaker 0\n"
            .replace("0x503ddd0dc9ef2ba9", &format!("{:#x}", 1e78_f64.to_bits()))
    );
}

#[test]
fn safepoints_show_the_frame_to_the_callee() {
    let toy = Toy::new(8);
    run(
        &toy,
        "b0:
           v0: word = call_word[toy.reenter] #5 ? s0
           exit s1
         s0 = before 3 \"f\" base 1 depth 2 { 0 = true, 1 = 4 }
         s1 = after 4 \"f\" base 0 depth 0 { 2 = v0 }",
    );
    assert_eq!(
        toy.dump(3),
        "base 0 pc 4 depth 0\n0: #0=true*2147483648\n1: 4\n2: 5\nlive 2 breaker 0\n\
         reenter base 1 pc 3 depth 2 slots #0=true*2147483648 4 empty empty empty empty\n"
    );
}

#[test]
fn fuel_ends_endless_loops() {
    let text = "pitviper-ir 2\ntrace t0 header \"test\"\nb0:\n jump b1\nb1:\n jump b1\n";
    let trace = parse(text, &Descriptors::default()).unwrap();
    let toy = Toy::new(1);
    assert_eq!(Evaluator::new(&trace, &toy.door()).with_fuel(100).run(), Err(EvalError::OutOfFuel));
}

//! Round trips through the text form.

use crate::*;

fn round_trip(text: &str, names: &Descriptors) -> Trace {
    let trace = parse(text, names).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(trace.to_string(), text);
    trace
}

#[test]
fn every_construct_prints_as_it_was_read() {
    round_trip(crate::testing::SAMPLE, &crate::testing::names());
}

#[test]
fn every_kind_of_constant_survives() {
    let mut b = Builder::new(TraceId(7), EntryKind::Bridge, "quotes \" and \\ and\nlines\u{7f}");
    let floats = [0.0, -0.0, 1.5, -1e300, 1e-7, f64::NAN, f64::INFINITY, 1e78].map(|value| b.float(value));
    for pair in floats.windows(2) {
        b.op(Op::FAdd, pair);
    }
    let words = [0, -1, pv_word::INT_MAX].map(|value| pv_word::Word::from_i64(value).unwrap());
    let more = [1.5, f64::NAN, -2e10].map(|value| pv_word::Word::from_f64(value).unwrap());
    for word in words.into_iter().chain(more).chain([pv_word::Word::EMPTY]) {
        let value = b.word(word);
        b.op(Op::IsInt, &[value]);
    }
    for value in [0, i64::MIN, i64::MAX] {
        let value = b.int(value);
        b.op(Op::INeg, &[value]);
    }
    let mut trace = b.finish();
    trace.blocks[0].terminator = Some(Terminator::Jump(Jump::new(BlockRef(0), &[])));
    let text = trace.to_string();
    let again = round_trip(&text, &Descriptors::default());
    let consts = |trace: &Trace| {
        let insts = &trace.block(Trace::ENTRY).insts;
        let args = insts.iter().flat_map(|inst| trace.inst(*inst).unwrap().args.to_vec());
        args.map(|arg| trace.as_const(arg).unwrap().clone()).collect::<Vec<_>>()
    };
    assert_eq!(consts(&again), consts(&trace));
}

#[test]
fn errors_name_the_line() {
    let names = Descriptors::default();
    let fault = |text: &str| parse(text, &names).unwrap_err().to_string();
    assert_eq!(fault("pitviper-ir 1"), "line 1: expected the line `pitviper-ir 2`");
    assert_eq!(fault("pitviper-ir 2\ntrace t0 header \"x\"\nb0:\n  nonsense v1"), "line 4: `nonsense` is no op");
    assert_eq!(
        fault("pitviper-ir 2\ntrace t0 header \"x\"\nb0:\n  v0: word = load_field[a.b] v9"),
        "line 4: no field `a.b`"
    );
    assert_eq!(fault("pitviper-ir 2\ntrace t0 header \"x\"\nb0:\n  v0: int = ineg v1"), "line 4: v1 is not defined");
    assert!(fault("pitviper-ir 2\ntrace t0 header \"x\"\nb0:\n  v0: int = ineg true").contains("wrong type bool"));
}

#[test]
fn random_traces_are_well_formed_and_survive() {
    let names = crate::testing::names();
    for seed in 0..300 {
        let trace = crate::random::trace(seed);
        verify(&trace).unwrap_or_else(|error| panic!("{error}\n{trace}"));
        let again = round_trip(&trace.to_string(), &names);
        verify(&again).unwrap_or_else(|error| panic!("{error}\n{again}"));
        assert_eq!(again.len(), trace.len());
    }
}

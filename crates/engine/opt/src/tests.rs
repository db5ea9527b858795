//! Before and after, as text; and the same outcome on the toy heap.

mod cases;
mod entry;
mod fits;
mod held;
mod random;
mod tree;

use expect_test::Expect;
use pv_ir::{Descriptors, EvalError, Evaluator, Trace, parse, verify};
use pv_machine::toy::{self, Toy};
use pv_machine::{AliasClass, Context, FieldInfo, Mutability, Repr};
use pv_word::Word;

use crate::{Facts, OptConfig, Optimized, optimize};

/// The second header word as a field that changes (for traces that leave `toy.kind` alone).
static SHAPE: FieldInfo = FieldInfo {
    name: "test.shape",
    offset: 8,
    repr: Repr::I64,
    alias: AliasClass(30),
    mutability: Mutability::Mutable,
};

pub(super) fn names(toy: &Toy) -> Descriptors {
    Descriptors {
        fields: toy::fields().into_iter().chain([&SHAPE]).collect(),
        arrays: toy::arrays(),
        helpers: toy::helpers(),
        objects: vec![("True".to_string(), toy.bool_word(true)), ("False".to_string(), toy.bool_word(false))],
        addrs: vec![("cell".to_string(), toy::CELL)],
        codes: vec![("f".to_string(), 17)],
    }
}

pub(super) fn read(toy: &Toy, body: &str) -> Trace {
    let text = format!("pitviper-ir 2\ntrace t0 header \"test\"\n{body}");
    let trace = parse(&text, &names(toy)).unwrap_or_else(|error| panic!("{error}"));
    verify(&trace).unwrap_or_else(|error| panic!("before: {error}"));
    trace
}

/// Optimises with what the toy knows of its own constants.
pub(super) fn optimized(toy: &Toy, raw: &Trace, config: &OptConfig) -> Optimized {
    let truth = [(toy.bool_word(false), "False"), (toy.bool_word(true), "True")];
    let result = optimize(raw, &Facts { truth: Some(truth), ..Facts::default() }, config);
    if let Err(error) = verify(&result.trace) {
        panic!("after: {error}\nbefore:\n{raw}\nafter:\n{}", result.trace);
    }
    result
}

/// The optimised form of `body`, without its two header lines.
pub(super) fn optimized_text(config: &OptConfig, body: &str) -> String {
    let toy = Toy::new(1);
    let raw = read(&toy, body);
    let text = optimized(&toy, &raw, config).trace.to_string();
    let shown: Vec<&str> = text.lines().skip(2).collect();
    shown.join("\n") + "\n"
}

pub(super) fn check(config: &OptConfig, body: &str, expected: Expect) {
    expected.assert_eq(&optimized_text(config, body));
}

/// What a trace does to a toy prepared by `prepare`.
pub(super) fn outcome(toy: &Toy, trace: &Trace, fuel: u64) -> Result<String, EvalError> {
    Evaluator::new(trace, &toy.door()).with_fuel(fuel).run()?;
    Ok(toy.dump(12))
}

/// Runs `body` as it is and optimised on toys prepared alike, and compares everything that can be seen afterwards.
pub(super) fn same(config: &OptConfig, body: &str, prepare: impl Fn(&Toy)) {
    let run = |optimise: bool| {
        let toy = Toy::new(16);
        prepare(&toy);
        let raw = read(&toy, body);
        let trace = if optimise { optimized(&toy, &raw, config).trace } else { raw };
        (outcome(&toy, &trace, 100_000), trace.to_string())
    };
    let (before, after) = (run(false), run(true));
    assert_eq!(before.0, after.0, "before:\n{}\nafter:\n{}", before.1, after.1);
}

pub(super) fn set(toy: &Toy, slots: &[Word]) {
    slots.iter().enumerate().for_each(|(index, &word)| toy.slot(index).set(word));
}

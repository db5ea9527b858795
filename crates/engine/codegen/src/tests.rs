//! Compiled code against the reference evaluator: every trace runs both ways on toys built alike, and exits, slots,
//! everything reachable, counts and the helpers' log must agree.

mod exits;
mod memory;
mod ops;
mod random;

use pv_ir::{Descriptors, Evaluator, SnapRef, Trace, parse, verify};
use pv_machine::toy::{self, Toy};
use pv_machine::{Context, Door};
use pv_word::Word;

use crate::{CompiledTrace, Compiler, Config, Env, OptLevel};

/// Slots of a test's stack; all of them are compared.
const SLOTS: usize = 12;

fn names(toy: &Toy) -> Descriptors {
    Descriptors {
        fields: toy::fields(),
        arrays: toy::arrays(),
        helpers: toy::helpers(),
        objects: vec![("True".to_string(), toy.bool_word(true))],
        addrs: vec![("cell".to_string(), toy::CELL), ("final".to_string(), toy::FINAL)],
        codes: Vec::new(),
    }
}

fn trace_of(toy: &Toy, body: &str) -> Trace {
    let text = format!("pitviper-ir 2\ntrace t0 header \"test\"\n{body}");
    let trace = parse(&text, &names(toy)).unwrap_or_else(|error| panic!("{error}\n{text}"));
    verify(&trace).unwrap_or_else(|error| panic!("{error}\n{text}"));
    trace
}

fn compiler(opt_level: OptLevel) -> Compiler {
    Compiler::new(Config { opt_level, keep_clif: true, verify: true, ..Config::default() }).expect("this host")
}

/// Enters a compiled trace of the toy.
fn enter(compiler: &Compiler, toy: &Toy, trace: &CompiledTrace) -> u32 {
    // SAFETY: compiled for this toy, whose slots the test has set up; nothing is released during a test's entries.
    unsafe { compiler.trampoline().enter(toy.state(), trace) }
}

fn evaluate(toy: &Toy, trace: &Trace) -> SnapRef {
    let door: Door<'_, Toy> = toy.door();
    let outcome = Evaluator::new(trace, &door).with_fuel(1_000_000).run();
    outcome.unwrap_or_else(|error| panic!("{error}\n{trace}")).snapshot
}

/// Runs `body` both ways after `setup`, at both optimisation levels; answers the evaluator's dump.
fn agree(body: &str, setup: impl Fn(&Toy)) -> String {
    let evaluated = Toy::new(SLOTS);
    setup(&evaluated);
    let left = evaluate(&evaluated, &trace_of(&evaluated, body));
    let expected = evaluated.dump(SLOTS);
    for level in [OptLevel::None, OptLevel::Speed] {
        let toy = Toy::new(SLOTS);
        setup(&toy);
        let trace = trace_of(&toy, body);
        let mut compiler = compiler(level);
        let compiled = compiler.compile(&trace, &Env::of(&*toy)).unwrap_or_else(|error| panic!("{error}\n{trace}"));
        let exit = enter(&compiler, &toy, &compiled);
        let index = compiled.exit_index(exit).expect("an exit of this trace");
        let shown = || format!("{level:?}\n{trace}\n{}", compiled.clif().unwrap_or(""));
        assert_eq!(toy.dump(SLOTS), expected, "{}", shown());
        assert_eq!(compiled.exits()[index].snapshot, left, "{}", shown());
    }
    expected
}

/// The small ints and doubles that tests feed to ops.
fn interesting_ints() -> Vec<i64> {
    let (min, max) = (pv_word::INT_MIN, pv_word::INT_MAX);
    vec![0, 1, -1, 2, -2, 3, 7, -7, 61, 62, 63, 64, 200, 1 << 30, -(1 << 31), max, max - 1, min, min + 1]
}

fn word(value: i64) -> Word {
    Word::from_i64(value).expect("a small int")
}

//! Random traces, and whether all ops occur in them.

use std::collections::HashSet;

use pv_ir::{Op, random};
use pv_machine::toy::Toy;

use super::{SLOTS, compiler, enter, evaluate};
use crate::{Env, OptLevel};

/// Traces per optimisation level.
const TRACES: u64 = 400;

/// Runs the trace of a seed both ways.
fn agree(seed: u64, level: OptLevel) {
    let trace = random::trace(seed);
    let (evaluated, compiled) = (Toy::new(SLOTS + 8), Toy::new(SLOTS + 8));
    random::slots(&evaluated, seed);
    random::slots(&compiled, seed);
    let left = evaluate(&evaluated, &trace);
    let mut compiler = compiler(level);
    let env = Env::of(&*compiled);
    let code = compiler.compile(&trace, &env).unwrap_or_else(|error| panic!("{error}\n{trace}"));
    let exit = enter(&compiler, &compiled, &code);
    let index = code.exit_index(exit).expect("an exit of this trace");
    assert_eq!(compiled.dump(SLOTS), evaluated.dump(SLOTS), "seed {seed}, {level:?}\n{trace}");
    assert_eq!(code.exits()[index].snapshot, left, "seed {seed}, {level:?}\n{trace}");
}

#[test]
fn compiled_code_agrees_with_the_evaluator() {
    (0..TRACES).for_each(|seed| agree(seed, OptLevel::None));
}

#[test]
fn optimised_code_agrees_with_the_evaluator() {
    (TRACES..2 * TRACES).for_each(|seed| agree(seed, OptLevel::Speed));
}

#[test]
fn every_op_occurs() {
    let mut missing: HashSet<Op> = Op::ALL.iter().copied().collect();
    for trace in (0..TRACES).map(random::trace) {
        let insts = trace.blocks.iter().flat_map(|block| &block.insts);
        insts.filter_map(|value| trace.inst(*value)).for_each(|inst| {
            missing.remove(&inst.op);
        });
    }
    assert!(missing.is_empty(), "{missing:?}");
}

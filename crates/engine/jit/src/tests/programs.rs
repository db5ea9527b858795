//! Programs, and what their traces must show.

use std::cell::RefCell;
use std::rc::Rc;

use pv_events::{Event, Stats};

use super::language::{Function, Op, Test, interpret, run, watch};
use crate::{Config, Dumps, Jit};

/// Settings under which every program must behave alike.
const SETTINGS: &[&[&str]] = &[
    &["hot-loop=5", "hot-exit=3"],
    &["hot-loop=1", "hot-exit=1"],
    &["hot-loop=2", "hot-exit=1", "hot-entry=2"],
    &["hot-loop=3", "hot-exit=2", "chaos-poll=2"],
    &["hot-loop=3", "hot-exit=2", "optimize=off"],
    &["hot-loop=2", "hot-exit=2", "tree-step=1"],
    &["hot-loop=1", "hot-exit=1", "hot-entry=2", "tree-step=1", "chaos-poll=3"],
    &["hot-loop=3", "hot-exit=2", "trace-limit=20"],
    &["hot-loop=3", "hot-exit=2", "inline-limit=1", "max-traces=3"],
];

/// Runs the program in every way; the statistics of the first setting, compiled.
fn check(functions: &[Function]) -> Stats {
    let expected = interpret(functions);
    let mut first = None;
    for settings in SETTINGS {
        for backend in ["backend=evaluator", "backend=compiled"] {
            let mut config = Config::default();
            for setting in settings.iter().chain([&backend]) {
                config.set(setting).expect("a valid setting");
            }
            let jit: Rc<Jit<Test>> = Rc::new(Jit::new(config).expect("a valid configuration"));
            watch(Some(jit.clone()));
            assert_eq!(run(functions, &*jit), expected, "under {settings:?} {backend}");
            watch(None);
            if backend == "backend=compiled" {
                first.get_or_insert_with(|| jit.stats());
            }
        }
    }
    first.expect("at least one setting")
}

fn main_only(ops: &[Op]) -> Vec<Function> {
    vec![Function { ops: ops.to_vec(), handler: None }]
}

/// `body` in a loop of `count` rounds: register 7 counts, 6 holds the limit, 5 is one. Targets in `body` count from 3.
fn looped(count: i64, body: &[Op]) -> Vec<Op> {
    let end = body.len() as u32 + 6;
    let mut ops = vec![Op::Set(7, 0), Op::Set(6, count), Op::Set(5, 1), Op::UnlessLess(7, 6, end)];
    ops.extend(body);
    ops.extend([Op::Add(7, 7, 5), Op::Back(3, 0), Op::Halt]);
    ops
}

#[test]
fn a_loop_becomes_one_trace() {
    let stats = check(&main_only(&looped(100, &[Op::Add(0, 7, 7)])));
    assert_eq!((stats.traces, stats.bridges, stats.aborts), (1, 0, 0));
}

#[test]
fn a_branch_that_depends_on_data_gets_a_bridge() {
    // Register 0 counts odd rounds, register 1 even ones.
    let body = [Op::UnlessZero(7, 5, 7), Op::Add(1, 1, 5), Op::Jump(8), Op::Add(0, 0, 5)];
    let mut ops = vec![Op::Set(0, 0), Op::Set(1, 0)];
    let shifted = looped(200, &body).into_iter().map(|op| match op {
        Op::UnlessLess(a, b, target) => Op::UnlessLess(a, b, target + 2),
        Op::UnlessZero(a, b, target) => Op::UnlessZero(a, b, target + 2),
        Op::Back(target, number) => Op::Back(target + 2, number),
        Op::Jump(target) => Op::Jump(target + 2),
        other => other,
    });
    ops.extend(shifted);
    let stats = check(&main_only(&ops));
    assert_eq!(stats.traces, 1);
    assert!(stats.bridges >= 1, "{stats:?}");
    let left: u64 = stats.per_trace.iter().flat_map(|trace| &trace.exits).sum();
    assert!(left < 20, "the branch still leaves compiled code: {stats:?}");
}

/// Objects, counts and numbers that differ from branch to branch of one loop: every third round makes a cell, every other keeps one.
#[test]
fn a_loop_and_its_branches_become_a_tree() {
    let body = [
        Op::UnlessZero(7, 5, 7),
        Op::New(0),
        Op::Store(0, 7),
        Op::Jump(10),
        Op::Set(3, 2),
        Op::UnlessZero(7, 3, 10),
        Op::Copy(1, 0),
        Op::Copy(2, 1),
        Op::Load(4, 2),
    ];
    let mut ops = looped(300, &body);
    ops.splice(0..0, [Op::New(0), Op::Set(4, 0), Op::Store(0, 4), Op::Copy(1, 0), Op::Copy(2, 1)]);
    for op in &mut ops {
        match op {
            Op::UnlessLess(_, _, target) | Op::UnlessZero(_, _, target) | Op::Back(target, _) | Op::Jump(target) => {
                *target += 5;
            }
            _ => {}
        }
    }
    check(&main_only(&ops));
    let mut config = Config::default();
    for setting in ["hot-loop=2", "hot-exit=2", "tree-step=1"] {
        config.set(setting).expect("a valid setting");
    }
    let mut jit = Jit::<Test>::new(config).expect("a valid configuration");
    let ends: Rc<RefCell<Vec<String>>> = Rc::default();
    let heard = ends.clone();
    jit.observe(Dumps::default(), move |event| {
        if let Event::TraceCompiled(compiled) = event {
            heard.borrow_mut().push(compiled.end.clone());
        }
    });
    let jit = Rc::new(jit);
    watch(Some(jit.clone()));
    run(&main_only(&ops), &*jit);
    watch(None);
    assert!(ends.borrow().iter().any(|end| end == "tree of 2"), "{ends:?}");
}

#[test]
fn objects_made_and_dropped_leave_exact_counts() {
    // A cell per round, kept by the next one: a chain of two.
    let body = [Op::New(0), Op::Store(0, 7), Op::Load(1, 0), Op::Copy(2, 0), Op::Copy(3, 2)];
    check(&main_only(&looped(60, &body)));
    // Each round's cell holds the one before: nothing dies until the end.
    let body = [Op::New(0), Op::Store(0, 1), Op::Copy(1, 0)];
    check(&main_only(&looped(60, &body)));
}

#[test]
fn finalisers_are_served_at_the_same_boundaries() {
    check(&main_only(&looped(40, &[Op::NewFinal(0), Op::Copy(1, 0), Op::Set(0, 3)])));
}

#[test]
fn calls_are_inlined() {
    // f(x, y) = x + y; the window starts at register 8, whose arguments are registers 10 and 11.
    let add = Function { ops: vec![Op::Add(2, 0, 1), Op::Return(2)], handler: None };
    let body = [Op::Set(0, 5), Op::Copy(10, 7), Op::Copy(11, 5), Op::Call(1, 8), Op::Copy(0, 8)];
    let main = Function { ops: looped(80, &body), handler: None };
    let stats = check(&[main, add]);
    assert_eq!((stats.traces, stats.aborts), (1, 0), "{stats:?}");
}

#[test]
fn bridges_grow_inside_inlined_calls_and_return_to_the_loop() {
    // f(x, y): a new cell if x & y, else x.
    let callee = Function {
        ops: vec![Op::UnlessZero(0, 1, 2), Op::Return(0), Op::New(3), Op::Store(3, 0), Op::Return(3)],
        handler: None,
    };
    let body = [Op::Copy(10, 7), Op::Copy(11, 5), Op::Call(1, 8), Op::Copy(0, 8)];
    let main = Function { ops: looped(120, &body), handler: None };
    let stats = check(&[main, callee]);
    assert!(stats.bridges >= 1, "{stats:?}");
}

#[test]
fn exceptions_are_caught_in_the_loop() {
    // Every round calls a function that raises in odd rounds, with a cell in its hands; the handler goes on with the loop.
    let callee = Function {
        ops: vec![Op::New(3), Op::UnlessZero(0, 1, 3), Op::Return(3), Op::CallAdd(4, 0, 3), Op::Return(4)],
        handler: None,
    };
    let body = [Op::Copy(10, 7), Op::Copy(11, 5), Op::Call(1, 8), Op::Copy(0, 8)];
    let ops = looped(100, &body);
    let handler = Some(ops.len() as u32 - 3);
    let main = Function { ops, handler };
    check(&[main, callee]);
}

#[test]
fn raising_by_statement_stays_inside_the_trace() {
    let callee = Function { ops: vec![Op::Copy(2, 0), Op::Raise], handler: None };
    let body = [Op::New(10), Op::Copy(11, 5), Op::Call(1, 8), Op::Copy(0, 8)];
    let ops = looped(80, &body);
    let handler = Some(ops.len() as u32 - 3);
    let main = Function { ops, handler };
    let stats = check(&[main, callee]);
    assert_eq!((stats.traces, stats.aborts), (1, 0), "{stats:?}");
}

#[test]
fn recursion_is_cut_and_right() {
    // f(x, y): 0 if x < y, else 1 + f(x - 1, y).
    let callee = Function {
        ops: vec![
            Op::Set(7, -1),
            Op::UnlessLess(0, 1, 4),
            Op::Set(2, 0),
            Op::Return(2),
            Op::Add(10, 0, 7),
            Op::Copy(11, 1),
            Op::Call(1, 8),
            Op::Set(7, 1),
            Op::Add(2, 8, 7),
            Op::Return(2),
        ],
        handler: None,
    };
    let body = [Op::Set(10, 9), Op::Copy(11, 5), Op::Call(1, 8), Op::Copy(0, 8)];
    let main = Function { ops: looped(30, &body), handler: None };
    check(&[main, callee]);
}

#[test]
fn an_exception_out_of_the_loop_ends_the_program() {
    // Adding a cell to a number raises at last.
    let body = [Op::UnlessLess(7, 4, 5), Op::Add(0, 7, 7), Op::CallAdd(0, 7, 3)];
    let mut ops = looped(100, &body);
    ops[4] = Op::CallAdd(0, 7, 7);
    ops[5] = Op::Set(3, 1);
    ops[6] = Op::Add(1, 7, 5);
    let main = Function { ops, handler: None };
    check(&[main]);
}

#[test]
fn nested_loops_are_linked() {
    let ops = vec![
        Op::Set(7, 0),
        Op::Set(6, 40),
        Op::Set(5, 1),
        Op::Set(4, 10),
        Op::Set(0, 0),
        Op::UnlessLess(7, 6, 13),
        Op::Set(3, 0),
        Op::UnlessLess(3, 4, 11),
        Op::Add(0, 0, 3),
        Op::Add(3, 3, 5),
        Op::Back(7, 1),
        Op::Add(7, 7, 5),
        Op::Back(5, 0),
        Op::Halt,
    ];
    let stats = check(&main_only(&ops));
    assert!(stats.bridges >= 1, "{stats:?}");
}

#[test]
fn traces_are_withdrawn_when_what_they_assume_changes() {
    // The number changes in every 32nd round; register 1 sums it up.
    let body = [
        Op::Seldom(0),
        Op::Add(1, 1, 0),
        Op::Set(2, 31),
        Op::UnlessZero(7, 2, 9),
        Op::Change,
        Op::Seldom(0),
        Op::Copy(3, 0),
    ];
    let mut ops = looped(150, &body);
    ops.insert(0, Op::Set(1, 0));
    for op in &mut ops {
        match op {
            Op::UnlessLess(_, _, target) | Op::UnlessZero(_, _, target) | Op::Back(target, _) => *target += 1,
            _ => {}
        }
    }
    let stats = check(&main_only(&ops));
    assert!(stats.invalidated >= 1, "{stats:?}");
}

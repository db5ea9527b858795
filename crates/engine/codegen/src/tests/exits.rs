//! Loops, exits, bridges, links, polls.

use pv_ir::ResumeKind;
use pv_machine::toy::Toy;
use pv_machine::{Breaker, Context};
use pv_word::Word;

use super::{SLOTS, agree, compiler, enter, trace_of, word};
use crate::{CodegenError, Compiler, Config, Env, OptLevel};

/// Sums slot 1 down from slot 0; leaves by s0 at zero, by s1 at the poll.
const LOOP: &str = "b0:
       v0: word = load_slot[0]
       v1: word = load_slot[1]
       jump b1(v0, v1)
     b1(v2: word, v3: word):
       poll ? s1
       v4: bool = wgt v2, #0
       guard_true v4 ? s0
       v5: word = tadd v3, v2 ? s0
       v6: word = tsub v2, #1 ? s0
       jump b1(v6, v5)
     s0 = after 9 \"f\" base 0 depth 0 { 0 = v2, 1 = v3 }
     s1 = before 3 \"f\" base 0 depth 0 { 0 = v2, 1 = v3 }";

fn sum_from(count: i64) -> impl Fn(&Toy) {
    move |toy| {
        toy.slot(0).set(word(count));
        toy.slot(1).set(word(0));
    }
}

#[test]
fn a_loop_runs_to_its_end() {
    assert!(agree(LOOP, sum_from(100)).contains("1: 5050\n"));
    assert!(agree(LOOP, sum_from(0)).contains("1: 0\n"));
    let near = agree(LOOP, |toy| {
        toy.slot(0).set(word(5));
        toy.slot(1).set(word(pv_word::INT_MAX - 9));
    });
    assert!(near.contains("0: 3\n"), "left at the overflow: {near}");
}

#[test]
fn a_poll_leaves_when_the_breaker_is_set() {
    let dump = agree(LOOP, |toy| {
        sum_from(9)(toy);
        toy.state().breaker.set(Breaker::SIGNAL);
    });
    assert!(dump.starts_with("base 0 pc 3"), "{dump}");
}

/// A poll must see what a call did since the poll before it; one after the other, without anything in between that
/// the optimiser would take for a change of memory.
#[test]
fn every_poll_looks_again() {
    let text = "b0:
           poll ? s0
           v0: word = call_word[toy.reenter] #1 ? s1
           poll ? s2
           exit s3
         s0 = before 1 \"f\" base 0 depth 0 { }
         s1 = after 2 \"f\" base 0 depth 0 { }
         s2 = before 3 \"f\" base 0 depth 0 { }
         s3 = before 4 \"f\" base 0 depth 0 { }";
    assert!(agree(text, |_| ()).starts_with("base 0 pc 4"));
    assert!(agree(text, |toy| toy.surprise.set(Breaker::YIELD)).starts_with("base 0 pc 3"));
}

#[test]
fn branches_join() {
    let text = "b0:
           v0: word = load_slot[0]
           jump b1(v0, 0, 1.0f)
         b1(v1: word, v2: int, v3: float):
           v4: bool = wgt v1, #0
           branch v4, b2, b5(v2, v3)
         b2:
           v5: word = tand v1, #1
           v6: bool = weq v5, #0
           branch v6, b3, b4(v2, v3)
         b3:
           v7: int = iadd v2, 1
           jump b4(v7, 0.5f)
         b4(v8: int, v9: float):
           v10: float = fadd v9, v3
           v11: word = tsub_fit v1, #1
           jump b1(v11, v8, v10)
         b5(v12: int, v13: float):
           exit s0
         s0 = after 1 \"f\" base 0 depth 0 { 1 = v12, 2 = v13 }";
    for count in [0, 1, 2, 9] {
        agree(text, |toy| toy.slot(0).set(word(count)));
    }
}

#[test]
fn exits_box_count_store_and_materialise() {
    let text = "b0:
           v0: word = load_slot[0]
           v1: word = load_slot[1]
           v2: float = load_field[toy.f] v0
           v3: float = fmul v2, 1e78f
           v4: bool = is_int v0
           v5: int = load_field[toy.n] v0
           exit s0
         s0 = before 1 \"f\" base 0 depth 0 { 1 = v5, 2 = v2, 3 = v3, 4 = v4, 5 = acquire v0, 6 = virtual o0, 7 = virtual o1, 8 = true, v0 . toy.a = virtual o1, v0 . toy.n = 9, v0 . toy.b = v3, v1 . toy.items[1] = acquire v0 }
         o0 = virtual 48, 0x1, 16 { toy.a = virtual o1, toy.f = v2, toy.n = 6 }
         o1 = virtual 48, 0x1, 16 { toy.b = virtual o0, toy.a = acquire v0, toy.f = v3, toy.n = v5 }
         o2 = virtual 48, 0x1, 16 { toy.a = virtual o1 }";
    let dump = agree(text, |toy| {
        toy.slot(0).set(toy.cell(word(1), word(2), 3, 4.0));
        toy.slot(1).set(toy.list(&[0, 4]));
    });
    assert!(dump.contains("live 8"), "{dump}");
}

#[test]
fn virtuals_of_one_mention_and_of_immortals() {
    let text = "b0:
           exit s0
         s0 = before 1 \"f\" base 0 depth 0 { 1 = virtual o0, 2 = virtual o1, 3 = virtual o1 }
         o0 = virtual 32, 0x1, 32 { toy.boxed = 1.5f }
         o1 = virtual 48, 0x80000000, 16 { toy.pair[1] = 7, toy.pair[0] = false, toy.f = 0.0f, toy.n = 0 }";
    let dump = agree(text, |_| ());
    assert!(dump.contains("*1\n2: #1=cell(#2=false*2147483648, 7, 0, 0x0)*2147483648\n3: #1\n"), "{dump}");
}

#[test]
fn room_is_looked_for_on_the_stack_and_in_the_depth() {
    let text = |slots: usize, frames: u32| {
        format!(
            "b0:
               guard_room[{slots}, {frames}] ? s0
               exit s1
             s0 = before 1 \"f\" base 0 depth 0 {{ }}
             s1 = before 2 \"f\" base 0 depth 0 {{ }}"
        )
    };
    let passes = |slots, frames| agree(&text(slots, frames), |toy| toy.state().depth.set(90)).contains("pc 2");
    assert!(passes(SLOTS, 9) && passes(0, 0));
    assert!(!passes(SLOTS + 1, 9) && !passes(SLOTS, 10) && !passes(0, 1000));
}

/// The exit of one trace is another's entry: after `attach` nothing returns to Rust in between.
#[test]
fn bridges_hang_on_exits() {
    for level in [OptLevel::None, OptLevel::Speed] {
        let toy = Toy::new(SLOTS);
        sum_from(10)(&toy);
        let mut compiler = compiler(level);
        let env = Env::of(&*toy);
        let root = compiler.compile(&trace_of(&toy, LOOP), &env).unwrap();
        // Adds 1000 to the sum and leaves in another frame.
        let bridge = "b0:
               v0: word = load_slot[1]
               v1: word = tadd v0, #1000 ? s1
               exit s0
             s0 = raising 20 \"g\" base 2 depth 1 { 3 = v1 }
             s1 = before 21 \"g\" base 0 depth 0 { }";
        let bridge = compiler.compile(&trace_of(&toy, bridge), &env).unwrap();
        let done = root.exits().iter().position(|exit| exit.kind == ResumeKind::After).unwrap();
        assert_eq!(enter(&compiler, &toy, &root), root.exits()[done].id);
        root.attach(done, &bridge);
        assert!(root.is_attached(done));
        sum_from(10)(&toy);
        let exit = enter(&compiler, &toy, &root);
        let index = bridge.exit_index(exit).expect("the bridge's exit");
        assert_eq!(bridge.exits()[index].kind, ResumeKind::Raising);
        assert_eq!((toy.slot(3).get(), toy.base(), toy.state().pc.get()), (word(1055), 2, 20));
        root.detach(done);
        toy.state().base.set(toy.slot(0));
        sum_from(3)(&toy);
        assert_eq!(enter(&compiler, &toy, &root), root.exits()[done].id);
        assert!(bridge.exit_index(root.exits()[done].id).is_none());
    }
}

/// Two traces that link to each other run on until a poll; the native stack does not grow.
#[test]
fn linked_traces_call_each_other_without_growing_the_stack() {
    let toy = Toy::new(SLOTS);
    toy.slot(0).set(word(1_000_000));
    let mut compiler = compiler(OptLevel::Speed);
    let env = Env::of(&*toy);
    let text = "b0:
           v0: word = load_slot[0]
           v1: bool = wgt v0, #0
           guard_true v1 ? s0
           v2: word = tsub v0, #1 ? s0
           link t1, s1
         s0 = before 5 \"f\" base 0 depth 0 { }
         s1 = before 6 \"f\" base 0 depth 0 { 0 = v2 }";
    let traces = [0, 1].map(|_| compiler.compile(&trace_of(&toy, text), &env).unwrap());
    let link = traces[0].exits().iter().position(|exit| exit.link.is_some()).unwrap();
    assert_eq!(enter(&compiler, &toy, &traces[0]), traces[0].exits()[link].id);
    assert_eq!(toy.slot(0).get(), word(999_999));
    traces[0].attach(link, &traces[1]);
    traces[1].attach(link, &traces[0]);
    enter(&compiler, &toy, &traces[0]);
    assert_eq!((toy.slot(0).get(), toy.state().pc.get()), (Word::ZERO, 5));
}

#[test]
fn invalidated_traces_leave_at_their_next_test() {
    let toy = Toy::new(SLOTS);
    let text = "b0:
           v0: word = call_word[toy.reenter] #1 ? s0
           guard_not_invalidated ? s0
           exit s1
         s0 = after 1 \"f\" base 0 depth 0 { }
         s1 = after 2 \"f\" base 0 depth 0 { }";
    let mut compiler = compiler(OptLevel::Speed);
    let trace = compiler.compile(&trace_of(&toy, text), &Env::of(&*toy)).unwrap();
    enter(&compiler, &toy, &trace);
    assert_eq!(toy.state().pc.get(), 2);
    trace.invalidate();
    assert!(trace.is_invalidated());
    enter(&compiler, &toy, &trace);
    assert_eq!(toy.state().pc.get(), 1);
}

#[test]
fn guards_with_one_snapshot_share_an_exit() {
    let toy = Toy::new(SLOTS);
    let mut compiler = compiler(OptLevel::None);
    let source = trace_of(&toy, LOOP);
    let trace = compiler.compile(&source, &Env::of(&*toy)).unwrap();
    assert_eq!(trace.exits().len(), 2);
    let listing = trace.disassembly(&source);
    let sum = listing.find("; v5: word = tadd v3, v2 ? s0").expect("each instruction heads its code");
    assert!(listing[sum..].contains("add") && listing.contains("jmp"), "{listing}");
    assert!(trace.clif().unwrap().contains("return_call_indirect"));
}

#[test]
fn code_memory_is_accounted_for_and_used_again() {
    let toy = Toy::new(SLOTS);
    let mut compiler = compiler(OptLevel::None);
    let env = Env::of(&*toy);
    let parsed = trace_of(&toy, LOOP);
    let before = compiler.arena().used_bytes();
    let first = compiler.compile(&parsed, &env).unwrap();
    let (addr, used) = (first.entry(), compiler.arena().used_bytes());
    assert!(compiler.arena().code_bytes() < used && used > before);
    assert!(first.code().len() <= used - before && used <= compiler.arena().mapped_bytes());
    let second = compiler.compile(&parsed, &env).unwrap();
    // SAFETY: neither has ever been entered or attached to.
    unsafe { compiler.release(first) };
    let third = compiler.compile(&parsed, &env).unwrap();
    assert_eq!(third.entry(), addr);
    for trace in [second, third] {
        // SAFETY: as above.
        unsafe { compiler.release(trace) };
    }
    assert_eq!(compiler.arena().used_bytes(), before);
}

#[test]
fn bad_and_oversized_traces_are_refused_by_cause() {
    let toy = Toy::new(SLOTS);
    let env = Env::of(&*toy);
    let mut small = Compiler::new(Config { max_insts: 3, ..Config::default() }).unwrap();
    let trace = trace_of(&toy, LOOP);
    assert!(matches!(small.compile(&trace, &env).err(), Some(CodegenError::Limit(_))));
    let mut broken = trace.clone();
    broken.blocks[1].terminator = None;
    assert!(matches!(compiler(OptLevel::None).compile(&broken, &env).err(), Some(CodegenError::Malformed(_))));
    let mut trusting = Compiler::new(Config { verify: false, ..Config::default() }).unwrap();
    assert!(matches!(trusting.compile(&broken, &env).err(), Some(CodegenError::Malformed(_))));
}

#[test]
fn perf_learns_the_names_of_traces() {
    let toy = Toy::new(SLOTS);
    let mut compiler = Compiler::new(Config { perf_map: true, ..Config::default() }).unwrap();
    let trace = compiler.compile(&trace_of(&toy, LOOP), &Env::of(&*toy)).unwrap();
    let path = format!("/tmp/perf-{}.map", std::process::id());
    let map = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(map.contains(&format!("{:x} {:x} pv t0 test\n", trace.entry(), trace.code().len())), "{map}");
}

#[test]
fn traces_that_gdb_knows_run_as_others_do() {
    let toy = Toy::new(SLOTS);
    sum_from(10)(&toy);
    let mut compiler = Compiler::new(Config { gdb: true, ..Config::default() }).unwrap();
    let trace = compiler.compile(&trace_of(&toy, LOOP), &Env::of(&*toy)).unwrap();
    enter(&compiler, &toy, &trace);
    assert_eq!(toy.slot(1).get(), word(55));
}

/// Boxing in cold blocks must not make the way in and out of a float loop longer, nor lose what the loop holds.
#[test]
fn cold_calls_leave_every_register_alone() {
    let text = "b0:
           v0: word = load_slot[0]
           jump b1(v0, 1.0f, 1.5f, 2.5f, #empty)
         b1(v1: word, v2: float, v3: float, v4: float, v5: word):
           v6: bool = wgt v1, #0
           guard_true v6 ? s0
           v7: float = fmul v2, 1e30f
           v8: float = fadd v3, v4
           v9: word = tag_float v7
           v10: word = tsub v1, #1 ? s0
           jump b1(v10, v7, v8, v3, v9)
         s0 = after 9 \"f\" base 0 depth 0 { 0 = v1, 1 = v2, 2 = v3, 3 = v4, 4 = v5 }";
    for count in [0, 5, 8, 9, 20] {
        agree(text, |toy| toy.slot(0).set(word(count)));
    }
    let toy = Toy::new(SLOTS);
    let source = trace_of(&toy, text);
    let mut compiler = compiler(OptLevel::Speed);
    let trace = compiler.compile(&source, &Env::of(&*toy)).unwrap();
    assert!(!trace.clif().unwrap().contains("system_v"), "{}", trace.clif().unwrap());
}

use super::verify;
use crate::insn::{Insn, Pc, Reg};
use crate::op::Op;
use crate::unit::{CodeUnit, Const, ExceptionEntry, LoopInfo, RegSet};

/// A unit with one parameter, one more local and three temporaries.
fn unit(code: Vec<u32>) -> CodeUnit {
    CodeUnit {
        code,
        argcount: 1,
        varnames: vec!["a".into(), "b".into()],
        local_names: vec!["a".into(), "b".into()],
        nlocals: 2,
        nregs: 5,
        consts: vec![Const::None],
        ..CodeUnit::default()
    }
}

fn op(op: Op, a: u8, b: u8, c: u8) -> u32 {
    Insn::abc(op, a, b, c).0
}

fn error(unit: &CodeUnit) -> String {
    verify(unit).expect_err("has to be refused").message
}

#[test]
fn sound_code_passes() {
    let code = vec![op(Op::Add, 2, 0, 0), op(Op::Move, 1, 2, 0), op(Op::Return, 1, 0, 0)];
    assert_eq!(verify(&unit(code)), Ok(()));
}

#[test]
fn locals_must_be_bound_before_they_are_read() {
    let message = error(&unit(vec![op(Op::Return, 1, 0, 0)]));
    assert_eq!(message, "RETURN: register 1 read, but not certainly filled");
    let checked = vec![op(Op::CheckBound, 1, 0, 0), op(Op::Return, 1, 0, 0)];
    assert_eq!(verify(&unit(checked)), Ok(()));
}

#[test]
fn temporaries_are_consumed_by_reading() {
    let twice = vec![op(Op::Copy, 2, 0, 0), op(Op::Add, 3, 2, 2), op(Op::Return, 2, 0, 0)];
    assert!(error(&unit(twice)).contains("register 2 read, but not certainly filled"));
}

#[test]
fn a_filled_temporary_is_not_overwritten() {
    let code = vec![op(Op::Copy, 2, 0, 0), op(Op::Copy, 2, 0, 0), op(Op::Return, 2, 0, 0)];
    assert!(error(&unit(code)).contains("register 2 written or needed as room, but filled"));
}

#[test]
fn joins_agree_on_temporaries() {
    let code = vec![op(Op::JumpIfTrue, 0, 0, 0), 1, op(Op::Copy, 2, 0, 0), op(Op::ReturnConst, 0, 0, 0)];
    assert!(error(&unit(code)).starts_with("temporaries differ at the join 3"));
}

#[test]
fn control_does_not_reach_the_end() {
    assert_eq!(error(&unit(vec![op(Op::Nop, 0, 0, 0)])), "control reaches the end");
}

#[test]
fn jumps_land_on_instructions_and_backwards_on_loops() {
    assert_eq!(error(&unit(vec![op(Op::Jump, 0, 0, 0), u32::MAX])), "jump into the middle of an instruction");
    let code = vec![op(Op::Nop, 0, 0, 0), op(Op::Jump, 0, 0, 0), (-3_i32) as u32];
    assert_eq!(error(&unit(code)), "backward jump to no loop header");
    let mut looped = unit(vec![op(Op::Loop, 0, 0, 0), op(Op::Jump, 0, 0, 0), (-3_i32) as u32]);
    looped.loops.push(LoopInfo { header: Pc(0), line: 1, live: RegSet::default() });
    assert_eq!(verify(&looped), Ok(()));
}

#[test]
fn indices_are_in_range() {
    assert_eq!(error(&unit(vec![op(Op::ReturnConst, 0, 7, 0)])), "RETURN_CONST Const 7 out of range");
    assert!(error(&unit(vec![op(Op::Copy, 9, 0, 0), op(Op::Return, 9, 0, 0)])).contains("register 9 out of range"));
    let intrinsic = vec![op(Op::Intrinsic, 2, 2, 99), op(Op::Return, 2, 0, 0)];
    assert_eq!(error(&unit(intrinsic)), "INTRINSIC of unknown number");
}

#[test]
fn nothing_is_filled_above_a_window() {
    let mut above = unit(vec![
        op(Op::Copy, 2, 0, 0),
        op(Op::Copy, 6, 0, 0),
        op(Op::Call, 2, 2, 0),
        op(Op::Drop, 6, 0, 0),
        op(Op::Return, 2, 0, 0),
    ]);
    above.nregs = 8;
    assert_eq!(error(&above), "6 filled above a call's window");
}

#[test]
fn header_room_is_empty() {
    let mut room =
        unit(vec![op(Op::Copy, 2, 0, 0), op(Op::Copy, 3, 0, 0), op(Op::Call, 2, 2, 0), op(Op::Return, 2, 0, 0)]);
    room.nregs = 8;
    assert!(error(&room).contains("register 3 written or needed as room, but filled"));
}

fn with_entry(code: Vec<u32>, start: u32, end: u32, handler: u32, floor: u16) -> CodeUnit {
    let mut unit = unit(code);
    unit.exceptions.push(ExceptionEntry { start: Pc(start), end: Pc(end), handler: Pc(handler), floor: Reg(floor) });
    unit
}

#[test]
fn handlers_find_the_exception_in_the_floor() {
    let code = vec![op(Op::Neg, 2, 0, 0), op(Op::Return, 2, 0, 0), op(Op::Reraise, 2, 0, 0)];
    assert_eq!(verify(&with_entry(code.clone(), 0, 1, 2, 2)), Ok(()));
    assert_eq!(error(&with_entry(code.clone(), 1, 1, 2, 2)), "exception entry splits instructions");
    assert_eq!(error(&with_entry(code, 0, 1, 2, 1)), "exception floor is no temporary");
}

#[test]
fn what_a_handler_covers_leaves_the_temporaries_below_alone() {
    let code = vec![
        op(Op::Copy, 2, 0, 0),
        op(Op::Neg, 3, 2, 0),
        op(Op::Return, 3, 0, 0),
        op(Op::Drop, 2, 0, 0),
        op(Op::Reraise, 3, 0, 0),
    ];
    assert_eq!(error(&with_entry(code, 1, 2, 3, 3)), "changes a temporary below its handler's floor");
}

#[test]
fn nested_units_are_checked_too() {
    let bad = unit(vec![op(Op::Nop, 0, 0, 0)]);
    let mut outer = unit(vec![op(Op::ReturnConst, 0, 0, 0)]);
    outer.consts.push(Const::Code(bad.into()));
    assert_eq!(error(&outer), "control reaches the end");
}

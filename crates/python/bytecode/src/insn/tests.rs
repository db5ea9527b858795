use super::{Decoded, Insn, Pc, instructions};
use crate::op::Op;

#[test]
fn fields_of_a_word() {
    let insn = Insn::abc(Op::Add, 1, 2, 250);
    assert_eq!((insn.op(), insn.a(), insn.b(), insn.c()), (Some(Op::Add), 1, 2, 250));
    assert_eq!(insn.imm16(), 2 | 250 << 8);
}

#[test]
fn a_prefix_supplies_the_high_bytes() {
    let code = [Insn::abc(Op::Wide, 1, 2, 3).0, Insn::abc(Op::Add, 4, 5, 6).0];
    let insn = Decoded::at(&code, Pc(0)).expect("decodes");
    assert_eq!((insn.op, insn.a, insn.b, insn.c), (Op::Add, 0x104, 0x205, 0x306));
    assert_eq!((insn.words(), insn.next()), (2, Pc(2)));
}

#[test]
fn immediates_are_signed_by_their_width() {
    let short = [Insn::abc(Op::LoadInt, 0, 0xfe, 0xff).0];
    assert_eq!(Decoded::at(&short, Pc(0)).map(|insn| insn.signed()), Some(-2));
    let wide = [Insn::abc(Op::Wide, 0, 1, 0).0, Insn::abc(Op::LoadInt, 0, 0, 0).0];
    assert_eq!(Decoded::at(&wide, Pc(0)).map(|insn| insn.signed()), Some(0x10000));
}

#[test]
fn jumps_count_from_the_end_of_the_instruction() {
    let code = [Insn::abc(Op::Jump, 0, 0, 0).0, (-2_i32) as u32];
    assert_eq!(Decoded::at(&code, Pc(0)).map(|insn| insn.target()), Some(Pc(0)));
}

#[test]
fn cut_off_and_unknown_code_does_not_decode() {
    assert_eq!(Decoded::at(&[Insn::abc(Op::Jump, 0, 0, 0).0], Pc(0)), None);
    assert_eq!(Decoded::at(&[0xff], Pc(0)), None);
    assert_eq!(Decoded::at(&[Op::Wide as u32], Pc(0)), None);
    assert_eq!(instructions(&[Op::Nop as u32, 0xff]).count(), 1);
}

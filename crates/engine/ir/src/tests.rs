//! The op table's own consistency, and the builder's checks.

use std::collections::HashSet;

use pv_word::Word;

use crate::*;

#[test]
fn mnemonics_are_unique_and_found_again() {
    let names: HashSet<_> = Op::ALL.iter().map(|op| op.mnemonic()).collect();
    assert_eq!(names.len(), Op::ALL.len());
    for &op in Op::ALL {
        assert_eq!(Op::from_mnemonic(op.mnemonic()), Some(op));
    }
}

#[test]
fn unguarded_twins_have_the_same_operands_and_no_snapshot() {
    for &op in Op::ALL {
        if let Some(twin) = op.unguarded() {
            assert!(op.is_guard() && !twin.is_guard());
            assert_eq!((op.info().args, op.info().result), (twin.info().args, twin.info().result));
        }
    }
}

#[test]
fn constants_are_interned_and_doubles_told_apart_by_bits() {
    let mut b = Builder::new(TraceId(1), EntryKind::Header, "test");
    assert_eq!(b.int(5), b.int(5));
    assert_ne!(b.int(5), b.word(Word(5 << 2)));
    assert_ne!(b.float(0.0), b.float(-0.0));
}

#[test]
fn faults_name_the_operand() {
    let mut b = Builder::new(TraceId(1), EntryKind::Header, "test");
    let one = b.int(1);
    let inst = Inst { op: Op::IsInt, args: [one].into_iter().collect(), imm: Imm::None, snapshot: None };
    let fault = InstFault::Operand { index: 0, value: one, found: Type::Int };
    assert_eq!(b.trace().check_inst(&inst), Err(fault));
    let inst = Inst { op: Op::IAdd, args: [one].into_iter().collect(), imm: Imm::None, snapshot: None };
    assert_eq!(b.trace().check_inst(&inst), Err(InstFault::Arity { expected: 2, found: 1 }));
    let inst = Inst { op: Op::TagIntOvf, args: [one].into_iter().collect(), imm: Imm::None, snapshot: None };
    assert_eq!(b.trace().check_inst(&inst), Err(InstFault::Snapshot));
}

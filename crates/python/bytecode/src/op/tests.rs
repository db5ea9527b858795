use std::collections::HashSet;

use super::{BinaryOp, Compare, Effects, Format, OPS, Op, Role, reference};

#[test]
fn names_are_unique_and_found() {
    let names: HashSet<&str> = OPS.iter().map(|info| info.name).collect();
    assert_eq!(names.len(), OPS.len());
    for info in OPS {
        assert_eq!(Op::from_name(info.name), Some(info.op));
        assert_eq!(Op::from_byte(info.op as u8), Some(info.op));
    }
    assert_eq!(Op::from_byte(OPS.len() as u8), None);
}

#[test]
fn operands_fit_the_format() {
    for info in OPS {
        let extra = |i: usize| info.operands[i] != Role::No;
        match info.format {
            Format::Ad => assert!(!extra(2) && !extra(3) && !extra(4), "{}", info.name),
            Format::Abc => assert!(!extra(3) && !extra(4), "{}", info.name),
            Format::Abcx => assert!(extra(3) && !extra(4), "{}", info.name),
            Format::Abcxy => assert!(extra(3) && extra(4), "{}", info.name),
        }
    }
}

#[test]
fn jumps_and_names_stand_in_word_x() {
    for info in OPS {
        for (i, role) in info.operands.iter().enumerate() {
            match role {
                Role::Jump | Role::Name => assert_eq!(i, 3, "{}", info.name),
                Role::Cache => assert_eq!(i, 4, "{}", info.name),
                _ => {}
            }
        }
    }
}

#[test]
fn what_runs_python_may_raise() {
    for info in OPS.iter().filter(|info| info.effects.has(Effects::PYTHON)) {
        assert!(info.effects.has(Effects::RAISES), "{}", info.name);
    }
}

#[test]
fn operators_map_to_their_opcodes_and_back() {
    for op in BinaryOp::ALL {
        for (in_place, constant) in [(false, false), (false, true), (true, false), (true, true)] {
            assert_eq!(op.opcode(in_place, constant).binary(), Some((*op, in_place, constant)));
        }
    }
    assert_eq!(Op::Neg.binary(), None);
    assert_eq!(Op::LoadConst.binary(), None);
    assert_eq!(Compare::Ge.jump_opcode(), Op::JumpGe);
    assert_eq!(Compare::Ne.opcode(), Op::Ne);
}

#[test]
fn the_reference_has_a_row_per_opcode() {
    let text = reference();
    assert_eq!(text.lines().count(), OPS.len() + 2);
    assert!(text.contains("| `LOAD_ATTR` | a: write, b: read, x: name, y: cache | raise, run Python |"));
}

#[test]
fn the_reference_file_is_up_to_date() {
    let text = format!(
        "# Instructions\n\nMade from the opcode table (`src/op.rs`); bless with `UPDATE_EXPECT=1`. Operands a, b, c stand in the\n\
         first word, d in the place of b and c, x and y in words of their own. The roles are explained in `src/op/role.rs`.\n\n{}",
        reference()
    );
    expect_test::expect_file!["../../INSTRUCTIONS.md"].assert_eq(&text);
}

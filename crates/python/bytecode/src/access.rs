//! Which registers an instruction touches, on which of its two ways out.
//!
//! Derived from the opcode table alone; the verifier, the liveness analysis and the compiler's
//! definite-assignment pass all see an instruction through [`accesses`].

use crate::insn::{Decoded, Reg};
use crate::op::{Intrinsic, Op, Role, Window};

/// How a register is touched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Touch {
    /// Read and kept.
    Read,
    /// Read and consumed.
    Consume,
    /// Made EMPTY, whether it holds something or not.
    Clear,
    /// Checked to hold something (or else the instruction raises), and kept.
    Check,
    /// Must be EMPTY: room for a frame header.
    Room,
    /// Written.
    Write,
}

/// The way out of an instruction on which an access counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Both.
    Both,
    /// Only when it falls through.
    Fall,
    /// Only when it jumps.
    Jump,
}

/// One access of a register.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Access {
    /// The register.
    pub reg: Reg,
    /// What happens to it.
    pub touch: Touch,
    /// When.
    pub way: Way,
}

/// Bit 2 of a `Test` operand: operand b is a constant's index.
pub const TEST_CONST: u16 = 2;
/// Bit 1 of a `Test` operand: the truth on which to jump.
pub const TEST_SENSE: u16 = 1;

/// Calls `sink` for every register access of an instruction: reads first, then writes and header room.
pub fn accesses(insn: &Decoded, nlocals: u32, mut sink: impl FnMut(Access)) {
    for write in [false, true] {
        for (role, value) in operand_values(insn) {
            operand(insn, nlocals, role, value, &mut |access| {
                if matches!(access.touch, Touch::Write | Touch::Room) == write {
                    sink(access);
                }
            });
        }
    }
}

/// The operands' roles with the values of a, b, c (or a, d).
fn operand_values(insn: &Decoded) -> [(Role, u16); 3] {
    let roles = insn.op.info().operands;
    [(roles[0], insn.a), (roles[1], insn.b), (roles[2], insn.c)]
}

fn operand(insn: &Decoded, nlocals: u32, role: Role, value: u16, sink: &mut impl FnMut(Access)) {
    let mut emit = |touch, way| sink(Access { reg: Reg(value), touch, way });
    let consume = if u32::from(value) < nlocals { Touch::Read } else { Touch::Consume };
    match role {
        Role::Keep if insn.op == Op::CheckBound => emit(Touch::Check, Way::Both),
        Role::Keep | Role::Cell if insn.op != Op::MakeCell => emit(Touch::Read, Way::Both),
        Role::Cell => emit(Touch::Write, Way::Both),
        Role::Take if insn.op == Op::Drop => emit(Touch::Clear, Way::Both),
        Role::Take if insn.op == Op::DeleteLocal => {
            emit(Touch::Check, Way::Both);
            emit(Touch::Clear, Way::Both);
        }
        Role::Take => emit(Touch::Consume, Way::Both),
        Role::Read => emit(consume, Way::Both),
        Role::ReadOrConst if insn.c & TEST_CONST == 0 => emit(consume, Way::Both),
        Role::Write => emit(Touch::Write, Way::Both),
        Role::ReadWrite => {
            emit(Touch::Consume, Way::Both);
            emit(Touch::Write, Way::Both);
        }
        Role::KeepOnJump => {
            emit(Touch::Read, Way::Jump);
            emit(Touch::Consume, Way::Fall);
        }
        Role::KeepOnFall => {
            emit(Touch::Read, Way::Fall);
            emit(Touch::Consume, Way::Jump);
        }
        Role::WriteOnJump => emit(Touch::Write, Way::Jump),
        Role::Temps(window) => window_accesses(insn, window, value, sink),
        _ => {}
    }
}

fn window_accesses(insn: &Decoded, window: Window, base: u16, sink: &mut impl FnMut(Access)) {
    let mut each = |from: u32, count: u32, touch| {
        for i in from..from + count {
            let reg = Reg(base.saturating_add(i as u16));
            sink(Access { reg, touch, way: Way::Both });
        }
    };
    let count = u32::from(insn.c);
    match window {
        Window::Call | Window::Method | Window::CallEx => {
            let values = match window {
                Window::Call => count,
                Window::Method => count + 1,
                _ => 1 + (count & 1),
            };
            each(0, 1, Touch::Consume);
            each(1, 2, Touch::Room);
            each(3, values, Touch::Consume);
        }
        Window::Count => each(0, count, Touch::Consume),
        Window::Pairs => each(0, 2 * count, Touch::Consume),
        Window::Two => each(0, 2, Touch::Consume),
        Window::Three => each(0, 3, Touch::Consume),
        Window::Pieces => each(0, count.count_ones(), Touch::Consume),
        Window::Intrinsic => {
            let arity = Intrinsic::from_index(count).map_or(0, Intrinsic::arity);
            each(0, arity, Touch::Consume);
        }
        Window::OutMethod => {
            each(0, 1, Touch::Write);
            each(1, 2, Touch::Room);
            each(3, 1, Touch::Write);
        }
        Window::OutTwo => each(0, 2, Touch::Write),
        Window::OutCount => each(0, count, Touch::Write),
        Window::OutStar => each(0, count + 1 + insn.x, Touch::Write),
        Window::OutExit => {
            each(0, 1, Touch::Write);
            each(1, 2, Touch::Room);
            each(3, 4, Touch::Write);
        }
    }
}

/// For an instruction that calls: the first temporary of its window, above which nothing is filled.
pub fn call_window(insn: &Decoded) -> Option<Reg> {
    let role = insn.op.info().operands[1];
    matches!(role, Role::Temps(Window::Call | Window::Method | Window::CallEx)).then_some(Reg(insn.b))
}

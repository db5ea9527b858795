//! The verifier: what the interpreter may rely on without checking.
//!
//! Of a unit that [`verify`] accepts, nested units included, these hold:
//!
//! 1. Every opcode byte is an opcode; instructions do not run past the end; control never reaches the end.
//! 2. Registers are below `nregs`; every window lies below `nregs`, with its header room; constant,
//!    name, closure, cache, loop, intrinsic indices are in range; a `WIDE` prefix stands before an instruction.
//! 3. Jumps land on starts of instructions. A backward jump lands on a LOOP or a SEND.
//! 4. A local that is read holds something, on every path, except by CHECK_BOUND, DELETE_LOCAL, DROP.
//!    (Only code that writes a frame's locals from outside can break this, and must not empty them.)
//! 5. A temporary that is read is filled, on every path; one that is written is EMPTY. At a join the same
//!    temporaries are filled on all paths. The two slots of header room are EMPTY. One exception: the self
//!    slot (a+3) of LOAD_METHOD, LOAD_SPECIAL, LOAD_SUPER_METHOD and WITH_EXCEPT may be EMPTY; only
//!    CALL_METHOD, CALL_METHOD_KW, DROP, MOVE and WITH_EXCEPT ever touch it.
//! 6. Above a call's window nothing is filled.
//! 7. An exception entry covers whole instructions, `start < end`, its handler is the start of an instruction, its floor is a
//!    temporary, no two entries overlap, and what it covers neither consumes nor fills temporaries below
//!    the floor; those filled below it are the same at every covered instruction.

use std::fmt;

use crate::access::{Touch, Way, accesses, call_window};
use crate::flow::{Edge, Flow};
use crate::insn::{Decoded, Pc, Reg, instructions};
use crate::op::{Intrinsic, Op, Role, Special};
use crate::unit::{CodeUnit, Const, RegSet};

/// A unit that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// Qualified name of the unit.
    pub unit: String,
    /// Where.
    pub pc: Pc,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.unit, self.pc.0, self.message)
    }
}

impl std::error::Error for VerifyError {}

type Check = Result<(), (Pc, String)>;

/// Checks a unit and all units nested in it.
pub fn verify(unit: &CodeUnit) -> Result<(), VerifyError> {
    let wrap = |(pc, message)| VerifyError { unit: unit.qualname.to_string(), pc, message };
    let flow = flow_of(unit).map_err(wrap)?;
    check_operands(unit, &flow).map_err(wrap)?;
    check_entries(unit, &flow).map_err(wrap)?;
    check_registers(unit, &flow).map_err(wrap)?;
    nested(&unit.consts).try_for_each(verify)
}

/// The units among constants.
pub fn nested(consts: &[Const]) -> impl Iterator<Item = &CodeUnit> {
    consts.iter().filter_map(|constant| match constant {
        Const::Code(unit) => Some(&**unit),
        _ => None,
    })
}

/// The control flow of finished code; fails where it does not decode or a jump leads nowhere.
pub fn flow_of(unit: &CodeUnit) -> Result<Flow, (Pc, String)> {
    let insns: Vec<Decoded> = instructions(&unit.code).collect();
    let end = insns.last().map_or(Pc(0), Decoded::next);
    if insns.is_empty() || end.index() != unit.code.len() {
        return Err((end, "code does not decode".into()));
    }
    let index = |pc: Pc| insns.binary_search_by_key(&pc, |insn| insn.pc);
    let mut flow = Flow { nlocals: unit.nlocals, nregs: unit.nregs, ..Flow::default() };
    for insn in &insns {
        let jump = if Flow::has_jump(insn) {
            let to = index(insn.target());
            Some(to.map_err(|_| (insn.pc, "jump into the middle of an instruction".to_string()))?)
        } else {
            None
        };
        flow.jumps.push(jump);
        let handler = match unit.handler(insn.pc) {
            Some(entry) => {
                let to = index(entry.handler);
                let to = to.map_err(|_| (insn.pc, "handler is no instruction".to_string()))?;
                Some((to, entry.floor))
            }
            None => None,
        };
        flow.handlers.push(handler);
    }
    flow.insns = insns;
    Ok(flow)
}

fn ensure(condition: bool, pc: Pc, message: impl FnOnce() -> String) -> Check {
    if condition { Ok(()) } else { Err((pc, message())) }
}

fn check_operands(unit: &CodeUnit, flow: &Flow) -> Check {
    let nparams = unit.nparams();
    let shape = nparams <= unit.nlocals
        && unit.nlocals <= unit.nregs
        && unit.nregs <= 1 << 16
        && unit.local_names.len() == unit.nlocals as usize
        && unit.varnames.len() <= unit.nlocals as usize;
    ensure(shape, Pc(0), || "register counts disagree".into())?;
    for (at, insn) in flow.insns.iter().enumerate() {
        let roles = insn.op.info().operands;
        let wide_d = roles[2] == Role::No && matches!(insn.op.info().format, crate::op::Format::Ad);
        let values = if wide_d {
            [insn.a.into(), insn.d, 0, 0, 0]
        } else {
            [insn.a.into(), insn.b.into(), insn.c.into(), insn.x, insn.y]
        };
        for (role, value) in roles.into_iter().zip(values) {
            check_index(unit, insn, role, value)?;
        }
        check_special(insn)?;
        if let Some(to) = flow.jumps[at] {
            let header = matches!(flow.insns[to].op, Op::Loop | Op::Send);
            ensure(to > at || header, insn.pc, || "backward jump to no loop header".into())?;
        }
    }
    Ok(())
}

fn check_index(unit: &CodeUnit, insn: &Decoded, role: Role, value: u32) -> Check {
    let len = match role {
        Role::Const => unit.consts.len(),
        Role::ReadOrConst if insn.c & crate::access::TEST_CONST != 0 => unit.consts.len(),
        Role::Name => unit.names.len(),
        Role::Free => unit.freevars.len(),
        Role::Cache => unit.caches as usize,
        Role::Loop => unit.loops.len(),
        Role::Cell => unit.nlocals as usize,
        _ => return Ok(()),
    };
    ensure((value as usize) < len, insn.pc, || format!("{} {role:?} {value} out of range", insn.op.info().name))?;
    if role == Role::Loop {
        let header = unit.loops[value as usize].header;
        ensure(header == insn.pc, insn.pc, || "loop table names another header".into())?;
    }
    Ok(())
}

fn check_special(insn: &Decoded) -> Check {
    let c = u32::from(insn.c);
    let known = match insn.op {
        Op::Intrinsic => Intrinsic::from_index(c).is_some(),
        Op::LoadSpecial => Special::from_index(c).is_some(),
        Op::LoadCommon => crate::op::Common::from_index(insn.d).is_some(),
        Op::Reraise => crate::op::Leaving::from_index(u32::from(insn.b)).is_some(),
        _ => true,
    };
    ensure(known, insn.pc, || format!("{} of unknown number", insn.op.info().name))
}

fn check_entries(unit: &CodeUnit, flow: &Flow) -> Check {
    let start_of = |pc: Pc| flow.insns.binary_search_by_key(&pc, |insn| insn.pc).is_ok();
    let end_of = |pc: Pc| pc.index() == unit.code.len() || start_of(pc);
    for (i, entry) in unit.exceptions.iter().enumerate() {
        let whole = entry.start < entry.end && start_of(entry.start) && end_of(entry.end);
        ensure(whole, entry.start, || "exception entry splits instructions".into())?;
        let temp = u32::from(entry.floor.0) >= unit.nlocals && u32::from(entry.floor.0) < unit.nregs;
        ensure(temp, entry.start, || "exception floor is no temporary".into())?;
        let apart = unit.exceptions[i + 1..].iter().all(|o| o.start >= entry.end || o.end <= entry.start);
        ensure(apart, entry.start, || "exception entries overlap".into())?;
    }
    Ok(())
}

fn check_registers(unit: &CodeUnit, flow: &Flow) -> Check {
    let mut entry = RegSet::new(unit.nregs as usize);
    for reg in 0..unit.nparams() {
        entry.insert(Reg(reg as u16));
    }
    let states = flow.filled(entry);
    for (at, before) in states.iter().enumerate() {
        let Some(before) = before else { continue };
        check_reads(flow, at, before)?;
        for edge in flow.edges(at) {
            let (to, after) = flow.after(at, before, edge);
            let pc = flow.insns[at].pc;
            let Some(Some(there)) = states.get(to) else {
                return Err((pc, "control reaches the end".into()));
            };
            let same = temps(&after, flow.nlocals).eq(temps(there, flow.nlocals));
            ensure(same, pc, || {
                format!(
                    "temporaries differ at the join {}: {:?} and {:?}",
                    flow.insns[to].pc.0,
                    list(&after),
                    list(there)
                )
            })?;
            check_floor(flow, at, before, edge)?;
        }
    }
    Ok(())
}

fn temps(set: &RegSet, nlocals: u32) -> impl Iterator<Item = Reg> + '_ {
    set.iter().filter(move |reg| u32::from(reg.0) >= nlocals)
}

fn list(set: &RegSet) -> Vec<u16> {
    set.iter().map(|reg| reg.0).collect()
}

fn check_reads(flow: &Flow, at: usize, before: &RegSet) -> Check {
    let insn = &flow.insns[at];
    let mut state = before.clone();
    let mut result = Ok(());
    accesses(insn, flow.nlocals, |access| {
        let reg = access.reg;
        let local = u32::from(reg.0) < flow.nlocals;
        let filled = state.contains(reg);
        let fault = match access.touch {
            _ if u32::from(reg.0) >= flow.nregs => Some("out of range"),
            Touch::Read | Touch::Consume if !filled => Some("read, but not certainly filled"),
            Touch::Clear if !local && !filled => Some("released, but not certainly filled"),
            Touch::Room | Touch::Write if !local && filled => Some("written or needed as room, but filled"),
            _ => None,
        };
        if matches!(access.touch, Touch::Consume | Touch::Clear) && access.way != Way::Fall {
            state.remove(reg);
        }
        if let (Some(fault), Ok(())) = (fault, &result) {
            result = Err((insn.pc, format!("{}: register {} {fault}", insn.op.info().name, reg.0)));
        }
    });
    if let (Some(base), Ok(())) = (call_window(insn), &result) {
        let above = state.iter().find(|reg| *reg >= base);
        result =
            ensure(above.is_none(), insn.pc, || format!("{} filled above a call's window", above.map_or(0, |r| r.0)));
    }
    result
}

/// What is covered by a handler leaves the temporaries below its floor alone.
fn check_floor(flow: &Flow, at: usize, before: &RegSet, edge: Edge) -> Check {
    let Some((_, floor)) = flow.handlers[at] else { return Ok(()) };
    if matches!(edge, Edge::Raise(..)) {
        return Ok(());
    }
    let (_, after) = flow.after(at, before, edge);
    let below = |set: &RegSet| temps(set, flow.nlocals).filter(|reg| *reg < floor).collect::<Vec<_>>();
    ensure(below(&after) == below(before), flow.insns[at].pc, || "changes a temporary below its handler's floor".into())
}

#[cfg(test)]
mod tests;

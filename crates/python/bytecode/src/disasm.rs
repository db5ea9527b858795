//! Listings of code units.
//!
//! One line per instruction: source line where it changes, `*` for a jump target, pc, mnemonic,
//! operands as the table names their roles (`r` locals, `t` temporaries).

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::insn::{Decoded, Pc, instructions};
use crate::op::{Format, Intrinsic, Op, Role, Special};
use crate::unit::{CodeUnit, Const};
use crate::verify::nested;

/// The listing of a unit and of those nested in it.
pub fn listing(unit: &CodeUnit) -> String {
    let mut out = String::new();
    list_into(unit, &mut out);
    out
}

fn list_into(unit: &CodeUnit, out: &mut String) {
    let locals: Vec<String> = unit.local_names.iter().enumerate().map(|(i, n)| format!("r{i}={n}")).collect();
    let _ = writeln!(out, "code {} (locals: {}; registers: {})", unit.qualname, locals.join(" "), unit.nregs);
    let targets = targets(unit);
    let mut line = 0;
    for insn in instructions(&unit.code) {
        let here = unit.line(insn.pc);
        let shown = if here == line { String::new() } else { here.to_string() };
        line = here;
        let mark = if targets.contains(&insn.pc) { '*' } else { ' ' };
        let _ = writeln!(out, "{shown:>5} {mark}{:>4} {}", insn.pc.0, instruction(unit, &insn));
    }
    for entry in &unit.exceptions {
        let floor = register(unit, entry.floor.0);
        let _ = writeln!(out, "      except {}..{} -> {} {floor}", entry.start.0, entry.end.0, entry.handler.0);
    }
    for unit in nested(&unit.consts) {
        out.push('\n');
        list_into(unit, out);
    }
}

fn targets(unit: &CodeUnit) -> BTreeSet<Pc> {
    let jumps = instructions(&unit.code).filter(crate::flow::Flow::has_jump).map(|insn| insn.target());
    jumps.chain(unit.exceptions.iter().map(|entry| entry.handler)).collect()
}

/// One instruction, without its pc.
pub fn instruction(unit: &CodeUnit, insn: &Decoded) -> String {
    let info = insn.op.info();
    let mut values = [insn.a.into(), insn.b.into(), insn.c.into(), insn.x, insn.y];
    if info.format == Format::Ad {
        values[1] = insn.d;
    }
    let operands = info.operands.into_iter().zip(values);
    let shown: Vec<String> = operands.filter_map(|(role, value)| operand(unit, insn, role, value)).collect();
    format!("{:<16} {}", info.name, shown.join(" ")).trim_end().to_string()
}

fn operand(unit: &CodeUnit, insn: &Decoded, role: Role, value: u32) -> Option<String> {
    Some(match role {
        Role::No | Role::Cache => return None,
        Role::Const => constant(unit, value),
        Role::ReadOrConst if insn.c & crate::access::TEST_CONST != 0 => constant(unit, value),
        Role::Name => format!(".{}", unit.names.get(value as usize).map_or("?", |name| name)),
        Role::Free => format!("^{}", unit.freevars.get(value as usize).map_or("?", |name| name)),
        Role::Signed => insn.signed().to_string(),
        Role::Jump => format!("->{}", insn.target().0),
        Role::Test => if value & 1 == 1 { "true" } else { "false" }.to_string(),
        Role::Imm if insn.op == Op::Intrinsic => Intrinsic::from_index(value)?.name().to_string(),
        Role::Imm if insn.op == Op::LoadSpecial => Special::from_index(value)?.name().to_string(),
        Role::Imm if insn.op == Op::LoadCommon => crate::op::Common::from_index(value)?.name().to_string(),
        Role::Imm if insn.op == Op::Reraise => crate::op::Leaving::from_index(value)?.name().to_string(),
        Role::Loop => format!("loop{value}"),
        Role::Count | Role::Flags | Role::Imm => format!("#{value}"),
        _ => register(unit, value as u16),
    })
}

fn register(unit: &CodeUnit, reg: u16) -> String {
    match u32::from(reg).checked_sub(unit.nlocals) {
        None => format!("r{reg}"),
        Some(temp) => format!("t{temp}"),
    }
}

fn constant(unit: &CodeUnit, index: u32) -> String {
    unit.consts.get(index as usize).map_or_else(|| "?".to_string(), show)
}

/// A constant as listings show it.
pub fn show(constant: &Const) -> String {
    let join = |items: &[Const]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    match constant {
        Const::None => "None".into(),
        Const::Bool(true) => "True".into(),
        Const::Bool(false) => "False".into(),
        Const::Ellipsis => "...".into(),
        Const::Int(i) => i.to_string(),
        Const::BigInt(digits) => match digits.strip_prefix('-') {
            Some(digits) => format!("-0x{digits}"),
            None => format!("0x{digits}"),
        },
        Const::Float(f) => format!("{f:?}"),
        Const::Complex(re, im) => format!("({re:?}+{im:?}j)"),
        Const::Str(text) => format!("{text:?}"),
        Const::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Const::Tuple(items) => format!("({})", join(items)),
        Const::FrozenSet(items) => format!("{{{}}}", join(items)),
        Const::Slice(parts) => format!("slice({})", join(&parts[..])),
        Const::Code(unit) => format!("<code {}>", unit.name),
    }
}

//! The reference of the instruction set, made from the table.

use std::fmt::Write;

use super::{Effects, Format, OPS, OpInfo, Role};

/// The whole reference as Markdown: one row per opcode.
pub fn reference() -> String {
    let mut out = String::from("| opcode | operands | may | meaning |\n|---|---|---|---|\n");
    for info in OPS {
        let doc = info.doc.replace('|', "\\|");
        let _ = writeln!(out, "| `{}` | {} | {} | {doc} |", info.name, operands(info), effects(info.effects));
    }
    out
}

fn operands(info: &OpInfo) -> String {
    let names: &[&str] = match info.format {
        Format::Ad => &["a", "d"],
        _ => &["a", "b", "c", "x", "y"],
    };
    let shown = names.iter().zip(info.operands).filter(|(_, role)| *role != Role::No);
    shown.map(|(name, role)| format!("{name}: {}", role_name(role))).collect::<Vec<_>>().join(", ")
}

fn role_name(role: Role) -> String {
    match role {
        Role::Temps(window) => format!("temps {window:?}"),
        role => format!("{role:?}"),
    }
    .to_lowercase()
}

fn effects(effects: Effects) -> String {
    let names = [
        (Effects::RAISES, "raise"),
        (Effects::PYTHON, "run Python"),
        (Effects::ENDS, "ends block"),
        (Effects::LOOP, "loop header"),
        (Effects::SUSPENDS, "suspends"),
    ];
    let set = names.into_iter().filter(|(bit, _)| effects.has(*bit)).map(|(_, name)| name);
    set.collect::<Vec<_>>().join(", ")
}

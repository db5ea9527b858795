//! Trace to text.

use std::fmt::{self, Display, Formatter};

use pv_word::Word;

use super::HEADER;
use crate::inst::Imm;
use crate::refs::{SnapRef, ValueRef, VirtualRef};
use crate::snapshot::{Place, SlotVal};
use crate::trace::{Const, Jump, Terminator, Trace, Type, ValueDef};

/// A descriptor's name, quoted unless it reads as one token.
struct Name(&'static str);

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if super::lex::is_name(self.0) { f.write_str(self.0) } else { write!(f, "{:?}", self.0) }
    }
}

impl Display for Const {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Const::Word(word) => write_word(f, *word),
            Const::Int(value) => write!(f, "{value}"),
            Const::Float(bits) => {
                let value = f64::from_bits(*bits);
                if value.is_finite() { write!(f, "{value:?}f") } else { write!(f, "{bits:#x}f") }
            }
            Const::Bool(value) => write!(f, "{value}"),
            Const::Object(_, label) => write!(f, "@{label:?}"),
            Const::Addr(_, label) => write!(f, "&{label:?}"),
        }
    }
}

fn write_word(f: &mut Formatter<'_>, word: Word) -> fmt::Result {
    match (word.as_i64(), word.as_f64()) {
        _ if word.is_empty() => f.write_str("#empty"),
        (Some(value), _) => write!(f, "#{value}"),
        (_, Some(value)) if value.is_finite() => write!(f, "#{value:?}"),
        _ => write!(f, "#{:#x}", word.0),
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Place::Field(field) => write!(f, "{}", Name(field.name)),
            Place::Elem(array, index) => write!(f, "{}[{index}]", Name(array.name)),
        }
    }
}

impl Display for Imm {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Imm::None => Ok(()),
            Imm::Slot(slot) => write!(f, "[{slot}]"),
            Imm::Room { slots, frames } => write!(f, "[{slots}, {frames}]"),
            Imm::Field(field) => write!(f, "[{}]", Name(field.name)),
            Imm::Array(array) => write!(f, "[{}]", Name(array.name)),
            Imm::New { size, header } => write!(f, "[{size}, {header:#x}]"),
            Imm::Helper(helper) => write!(f, "[{}]", Name(helper.name)),
            Imm::Window { helper, first, count } => write!(f, "[{}, {first}+{count}]", Name(helper.name)),
        }
    }
}

/// Something of a trace together with the trace, for printing.
struct In<'a, T>(&'a Trace, T);

impl Display for In<'_, ValueRef> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.as_const(self.1) {
            Some(constant) => constant.fmt(f),
            None => self.1.fmt(f),
        }
    }
}

impl Display for In<'_, SlotVal> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.1 {
            SlotVal::Value(value) => In(self.0, value).fmt(f),
            SlotVal::Acquire(value) => write!(f, "acquire {}", In(self.0, value)),
            SlotVal::Virtual(object) => write!(f, "virtual {object}"),
        }
    }
}

impl Display for In<'_, &[ValueRef]> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, &value) in self.1.iter().enumerate() {
            write!(f, "{}{}", if index > 0 { ", " } else { "" }, In(self.0, value))?;
        }
        Ok(())
    }
}

impl Display for In<'_, &Jump> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.1.block)?;
        if self.1.args.is_empty() { Ok(()) } else { write!(f, "({})", In(self.0, &self.1.args[..])) }
    }
}

impl Display for In<'_, &Terminator> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.1 {
            Terminator::Jump(jump) => write!(f, "jump {}", In(self.0, jump)),
            Terminator::Branch { cond, then, otherwise } => {
                write!(f, "branch {}, {}, {}", In(self.0, *cond), In(self.0, then), In(self.0, otherwise))
            }
            Terminator::Exit(snapshot) => write!(f, "exit {snapshot}"),
            Terminator::Link { trace, snapshot } => write!(f, "link {trace}, {snapshot}"),
        }
    }
}

impl Trace {
    /// One instruction (or other value definition) as a line without its indentation.
    pub fn display_inst(&self, value: ValueRef) -> impl Display + '_ {
        struct Line<'a>(&'a Trace, ValueRef);
        impl Display for Line<'_> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                self.0.write_inst(f, self.1)
            }
        }
        Line(self, value)
    }

    fn write_inst(&self, f: &mut Formatter<'_>, value: ValueRef) -> fmt::Result {
        let ty = self.ty(value);
        if ty != Type::Unit {
            write!(f, "{value}: {ty} = ")?;
        }
        match self.def(value) {
            ValueDef::Const(constant) => return write!(f, "{constant}"),
            ValueDef::Param { block, index } => return write!(f, "parameter {index} of {block}"),
            ValueDef::Inst(inst) => {
                write!(f, "{}{}", inst.op.mnemonic(), inst.imm)?;
                if !inst.args.is_empty() {
                    write!(f, " {}", In(self, &inst.args[..]))?;
                }
                if let Some(snapshot) = inst.snapshot {
                    write!(f, " ? {snapshot}")?;
                }
            }
        }
        Ok(())
    }

    fn write_blocks(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for block_ref in self.block_refs() {
            let block = self.block(block_ref);
            write!(f, "{block_ref}")?;
            for (index, &param) in block.params.iter().enumerate() {
                write!(f, "{}{param}: {}", if index > 0 { ", " } else { "(" }, self.ty(param))?;
            }
            writeln!(f, "{}", if block.params.is_empty() { ":" } else { "):" })?;
            for &inst in &block.insts {
                writeln!(f, "  {}", self.display_inst(inst))?;
            }
            if let Some(terminator) = &block.terminator {
                writeln!(f, "  {}", In(self, terminator))?;
            }
        }
        Ok(())
    }

    fn write_snapshot(&self, f: &mut Formatter<'_>, name: SnapRef) -> fmt::Result {
        let snapshot = self.snapshot(name);
        let (kind, pc, label) = (snapshot.kind.name(), snapshot.pc, &snapshot.label);
        write!(f, "{name} = {kind} {pc} {label:?} base {} depth {} {{", snapshot.base, snapshot.depth)?;
        let mut separator = " ";
        for &(slot, value) in &snapshot.slots {
            write!(f, "{separator}{slot} = {}", In(self, value))?;
            separator = ", ";
        }
        for store in &snapshot.stores {
            let (object, place) = (In(self, store.object), store.place);
            write!(f, "{separator}{object} . {place} = {}", In(self, store.value))?;
            separator = ", ";
        }
        for &value in &snapshot.drops {
            write!(f, "{separator}drop {}", In(self, value))?;
            separator = ", ";
        }
        writeln!(f, " }}")
    }

    fn write_virtual(&self, f: &mut Formatter<'_>, name: VirtualRef) -> fmt::Result {
        let object = self.virtual_desc(name);
        write!(f, "{name} = virtual {}, {:#x}, {} {{", object.size, object.header, In(self, object.kind))?;
        let mut separator = " ";
        for (place, value) in &object.fields {
            write!(f, "{separator}{place} = {}", In(self, *value))?;
            separator = ", ";
        }
        writeln!(f, " }}")
    }
}

impl Display for Trace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        writeln!(f, "trace {} {} {:?}", self.id, self.kind.name(), self.name)?;
        self.write_blocks(f)?;
        (0..self.snapshots.len() as u32).try_for_each(|index| self.write_snapshot(f, SnapRef(index)))?;
        (0..self.virtuals.len() as u32).try_for_each(|index| self.write_virtual(f, VirtualRef(index)))
    }
}

//! One instruction against the op table, and what it reads and writes.

use std::fmt;

use pv_machine::{AliasSet, ArrayData, Counted, HelperInfo, Mutability, Param};

use crate::builder::cell_type;
use crate::inst::{Imm, Inst};
use crate::ops::{ArgKind, Effect, ImmKind, Op, SnapshotUse};
use crate::refs::ValueRef;
use crate::trace::{Trace, Type};

/// Why an instruction does not fit the op table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstFault {
    /// The immediate is of another kind than the table's.
    Immediate,
    /// Wrong number of operands.
    Arity {
        /// As the table has it.
        expected: usize,
        /// As given.
        found: usize,
    },
    /// An operand has the wrong type.
    Operand {
        /// Position.
        index: usize,
        /// The operand.
        value: ValueRef,
        /// Its type.
        found: Type,
    },
    /// A snapshot is missing, or one too many.
    Snapshot,
    /// The helper's result or parameters do not suit the op.
    Signature(&'static str),
    /// A value number outside the table.
    UnknownValue(ValueRef),
}

impl fmt::Display for InstFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstFault::Immediate => f.write_str("wrong kind of immediate"),
            InstFault::Arity { expected, found } => write!(f, "{found} operands where {expected} belong"),
            InstFault::Operand { index, value, found } => {
                write!(f, "operand {index} ({value}) has the wrong type {found}")
            }
            InstFault::Snapshot => f.write_str("a snapshot is missing, or one too many"),
            InstFault::Signature(name) => write!(f, "helper {name} has another signature"),
            InstFault::UnknownValue(value) => write!(f, "{value} does not exist"),
        }
    }
}

/// The types of the values a helper is given: its parameters without context and window.
pub fn helper_args(helper: &'static HelperInfo) -> impl Iterator<Item = Type> {
    helper.params.iter().filter_map(|param| param_type(*param))
}

/// The type of a parameter that is a value.
pub const fn param_type(param: Param) -> Option<Type> {
    match param {
        Param::Cx | Param::Window => None,
        Param::Word => Some(Type::Word),
        Param::Int => Some(Type::Int),
        Param::Float => Some(Type::Float),
    }
}

impl Op {
    /// The call op for a helper's result.
    pub fn call_of(helper: &HelperInfo) -> Op {
        match helper.result {
            Param::Int => Op::CallInt,
            Param::Float => Op::CallFloat,
            Param::Word | Param::Cx | Param::Window => Op::CallWord,
        }
    }
}

impl ImmKind {
    fn accepts(self, imm: &Imm) -> bool {
        match self {
            ImmKind::None => matches!(imm, Imm::None),
            ImmKind::Slot => matches!(imm, Imm::Slot(_)),
            ImmKind::Room => matches!(imm, Imm::Room { .. }),
            ImmKind::Field => matches!(imm, Imm::Field(_)),
            ImmKind::Array => matches!(imm, Imm::Array(_)),
            ImmKind::New => matches!(imm, Imm::New { .. }),
            ImmKind::Call => matches!(imm, Imm::Helper(_) | Imm::Window { .. }),
        }
    }
}

impl Trace {
    /// Does the instruction fit the op table: immediate, operands and their types, presence of a snapshot?
    pub fn check_inst(&self, inst: &Inst) -> Result<(), InstFault> {
        let info = inst.op.info();
        if !info.imm.accepts(&inst.imm) {
            return Err(InstFault::Immediate);
        }
        if let Some(&value) = inst.args.iter().find(|value| value.index() >= self.values.len()) {
            return Err(InstFault::UnknownValue(value));
        }
        match info.snapshot {
            SnapshotUse::None if inst.snapshot.is_some() => return Err(InstFault::Snapshot),
            SnapshotUse::Guard if inst.snapshot.is_none() => return Err(InstFault::Snapshot),
            _ => {}
        }
        match inst.imm.helper() {
            Some(helper) => self.check_call(inst, helper),
            None => self.check_operands(inst, info.args),
        }
    }

    fn check_operands(&self, inst: &Inst, kinds: &[ArgKind]) -> Result<(), InstFault> {
        if inst.args.len() != kinds.len() {
            return Err(InstFault::Arity { expected: kinds.len(), found: inst.args.len() });
        }
        let mut same = None;
        for (index, (&kind, &value)) in kinds.iter().zip(&inst.args).enumerate() {
            let found = self.ty(value);
            let fits = match (kind, inst.imm) {
                (ArgKind::Is(ty), _) => found == ty,
                (ArgKind::Same, _) => found != Type::Unit && *same.get_or_insert(found) == found,
                (ArgKind::Bits, _) => matches!(found, Type::Word | Type::Int),
                (ArgKind::Cell, Imm::Field(field)) => found == cell_type(field.repr),
                (ArgKind::Cell, Imm::Array(array)) => found == cell_type(array.elem),
                (ArgKind::Cell | ArgKind::Params, _) => false,
            };
            if !fits {
                return Err(InstFault::Operand { index, value, found });
            }
        }
        Ok(())
    }

    fn check_call(&self, inst: &Inst, helper: &'static HelperInfo) -> Result<(), InstFault> {
        let takes_window = helper.params.contains(&Param::Window);
        let has_window = matches!(inst.imm, Imm::Window { .. });
        if Op::call_of(helper) != inst.op || takes_window != has_window {
            return Err(InstFault::Signature(helper.name));
        }
        if inst.snapshot.is_none() && (helper.effects.reenters || takes_window) {
            return Err(InstFault::Snapshot);
        }
        let expected = helper_args(helper).count();
        if inst.args.len() != expected {
            return Err(InstFault::Arity { expected, found: inst.args.len() });
        }
        for (index, (ty, &value)) in helper_args(helper).zip(&inst.args).enumerate() {
            let found = self.ty(value);
            if found != ty {
                return Err(InstFault::Operand { index, value, found });
            }
        }
        Ok(())
    }
}

impl Inst {
    /// Heap classes the instruction reads. Loads of immutable cells are not counted: nothing can change them.
    pub fn reads(&self) -> AliasSet {
        match (self.op.info().effect, self.imm) {
            (Effect::Load, Imm::Field(field)) => match field.mutability {
                Mutability::Immutable => AliasSet::NONE,
                Mutability::Mutable => AliasSet::of(field.alias),
            },
            (Effect::Load, Imm::Array(array)) => match (&array.data, self.op, array.mutability) {
                (ArrayData::Inline(_), Op::ArrayBase, _) => AliasSet::NONE,
                (ArrayData::Buffer(field), Op::ArrayBase, _) => match field.mutability {
                    Mutability::Immutable => AliasSet::NONE,
                    Mutability::Mutable => AliasSet::of(field.alias),
                },
                (_, _, Mutability::Immutable) => AliasSet::NONE,
                (_, _, Mutability::Mutable) => AliasSet::of(array.alias),
            },
            (Effect::Count | Effect::Release, _) => AliasSet::of(Counted::ALIAS),
            (Effect::Call, imm) => imm.helper().map_or(AliasSet::ALL, |helper| helper.effects.reads),
            _ => AliasSet::NONE,
        }
    }

    /// Heap classes the instruction writes.
    pub fn writes(&self) -> AliasSet {
        match (self.op.info().effect, self.imm) {
            (Effect::Store, Imm::Field(field)) => AliasSet::of(field.alias),
            (Effect::Store, Imm::Array(array)) => AliasSet::of(array.alias),
            (Effect::Count | Effect::Release, _) => AliasSet::of(Counted::ALIAS),
            (Effect::Call, imm) => imm.helper().map_or(AliasSet::ALL, |helper| helper.effects.writes),
            _ => AliasSet::NONE,
        }
    }

    /// May an object die here?
    pub fn may_free(&self) -> bool {
        match self.op.info().effect {
            Effect::Release => true,
            Effect::Call => self.imm.helper().is_none_or(|helper| helper.effects.frees || helper.effects.reenters),
            _ => false,
        }
    }

    /// May the instruction be removed when its result is not used?
    pub fn is_removable(&self) -> bool {
        self.op.is_removable() || self.imm.helper().is_some_and(|helper| helper.effects.elidable)
    }
}

//! The trace: blocks, values, constants.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use pv_word::Word;
use smallvec::SmallVec;

use crate::inst::Inst;
use crate::refs::{BlockRef, SnapRef, TraceId, ValueRef, VirtualRef};
use crate::snapshot::{Snapshot, VirtualDesc};

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// A tagged word. Small ints stay in this form as long as possible.
    Word,
    /// A raw 64-bit integer.
    Int,
    /// A double.
    Float,
    /// A truth value.
    Bool,
    /// A raw address into an object (first element of an array). Never crosses an op that may free or move it.
    Ptr,
    /// No value: the "result" of a guard or store.
    Unit,
}

impl Type {
    /// Name in the text form.
    pub const fn name(self) -> &'static str {
        match self {
            Type::Word => "word",
            Type::Int => "int",
            Type::Float => "float",
            Type::Bool => "bool",
            Type::Ptr => "ptr",
            Type::Unit => "unit",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A constant. Doubles are kept as bits so that constants have an exact equality.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Const {
    /// An immediate word (small int, immediate float or empty); type `word`.
    Word(Word),
    /// A raw integer; type `int`.
    Int(i64),
    /// A double's bits; type `float`.
    Float(u64),
    /// A truth value; type `bool`.
    Bool(bool),
    /// A pointer word; type `word`. The label, from `Language::describe`, stands for it in dumps.
    Object(Word, Arc<str>),
    /// An untagged address or header word; type `int`. Label as above.
    Addr(u64, Arc<str>),
}

impl Const {
    /// The constant's type.
    pub const fn ty(&self) -> Type {
        match self {
            Const::Word(_) | Const::Object(..) => Type::Word,
            Const::Int(_) | Const::Addr(..) => Type::Int,
            Const::Float(_) => Type::Float,
            Const::Bool(_) => Type::Bool,
        }
    }

    /// The constant as 64 raw bits.
    pub const fn bits(&self) -> u64 {
        match self {
            Const::Word(word) | Const::Object(word, _) => word.0,
            Const::Int(value) => *value as u64,
            Const::Float(bits) | Const::Addr(bits, _) => *bits,
            Const::Bool(value) => *value as u64,
        }
    }
}

/// What a [`ValueRef`] stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueDef {
    /// A constant; belongs to no block.
    Const(Const),
    /// Parameter number `index` of `block`.
    Param {
        /// The block.
        block: BlockRef,
        /// Position among its parameters.
        index: u32,
    },
    /// An instruction, listed in exactly one block (or in none, once removed).
    Inst(Inst),
}

/// A jump to a block with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Jump {
    /// The target.
    pub block: BlockRef,
    /// One argument for each parameter.
    pub args: SmallVec<[ValueRef; 8]>,
}

impl Jump {
    /// A jump.
    pub fn new(block: BlockRef, args: &[ValueRef]) -> Self {
        Jump { block, args: SmallVec::from_slice(args) }
    }
}

/// How a block ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Terminator {
    /// Goes on in a block of this trace (back edges included).
    Jump(Jump),
    /// Goes on in one of two blocks.
    Branch {
        /// A Bool.
        cond: ValueRef,
        /// Where it is true.
        then: Jump,
        /// Where it is false.
        otherwise: Jump,
    },
    /// Leaves the trace; like a guard that always fails, and like one it can get a bridge.
    Exit(SnapRef),
    /// Leaves as `Exit` does, then enters `trace` without returning to the driver (unless it has been withdrawn).
    Link {
        /// The trace to enter; its frame base is the snapshot's.
        trace: TraceId,
        /// State on leaving, of kind `Before`.
        snapshot: SnapRef,
    },
}

impl Terminator {
    /// The jumps to blocks of this trace.
    pub fn jumps(&self) -> impl Iterator<Item = &Jump> {
        let (first, second) = match self {
            Terminator::Jump(jump) => (Some(jump), None),
            Terminator::Branch { then, otherwise, .. } => (Some(then), Some(otherwise)),
            Terminator::Exit(_) | Terminator::Link { .. } => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// The snapshot through which it leaves the trace.
    pub fn snapshot(&self) -> Option<SnapRef> {
        match self {
            Terminator::Exit(snapshot) | Terminator::Link { snapshot, .. } => Some(*snapshot),
            Terminator::Jump(_) | Terminator::Branch { .. } => None,
        }
    }
}

/// A basic block.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Parameters: values defined as [`ValueDef::Param`].
    pub params: Vec<ValueRef>,
    /// Instructions in order.
    pub insts: Vec<ValueRef>,
    /// The end; `None` only while the block is being built.
    pub terminator: Option<Terminator>,
}

/// Where a trace starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// At a loop header.
    Header,
    /// At a function's entry.
    Entry,
    /// At an exit of another trace.
    Bridge,
}

impl EntryKind {
    /// Name in the text form.
    pub const fn name(self) -> &'static str {
        match self {
            EntryKind::Header => "header",
            EntryKind::Entry => "entry",
            EntryKind::Bridge => "bridge",
        }
    }
}

/// A trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Its number.
    pub id: TraceId,
    /// Where it starts.
    pub kind: EntryKind,
    /// A label for people.
    pub name: String,
    /// Blocks; number 0 is the entry and has no parameters.
    pub blocks: Vec<Block>,
    /// Values by [`ValueRef`].
    pub values: Vec<ValueDef>,
    /// Types of the values, in parallel.
    pub types: Vec<Type>,
    /// Snapshots by [`SnapRef`].
    pub snapshots: Vec<Snapshot>,
    /// Virtual objects by [`VirtualRef`].
    pub virtuals: Vec<VirtualDesc>,
    pub(crate) consts: HashMap<Const, ValueRef>,
}

impl Trace {
    /// An empty trace without blocks.
    pub fn new(id: TraceId, kind: EntryKind, name: impl Into<String>) -> Self {
        Trace {
            id,
            kind,
            name: name.into(),
            blocks: Vec::new(),
            values: Vec::new(),
            types: Vec::new(),
            snapshots: Vec::new(),
            virtuals: Vec::new(),
            consts: HashMap::new(),
        }
    }

    /// The entry block.
    pub const ENTRY: BlockRef = BlockRef(0);

    /// What a value is.
    pub fn def(&self, value: ValueRef) -> &ValueDef {
        &self.values[value.index()]
    }

    /// The instruction that defines a value.
    pub fn inst(&self, value: ValueRef) -> Option<&Inst> {
        match self.def(value) {
            ValueDef::Inst(inst) => Some(inst),
            ValueDef::Const(_) | ValueDef::Param { .. } => None,
        }
    }

    /// The constant that a value is.
    pub fn as_const(&self, value: ValueRef) -> Option<&Const> {
        match self.def(value) {
            ValueDef::Const(constant) => Some(constant),
            ValueDef::Inst(_) | ValueDef::Param { .. } => None,
        }
    }

    /// A value's type.
    pub fn ty(&self, value: ValueRef) -> Type {
        self.types[value.index()]
    }

    /// A block.
    pub fn block(&self, block: BlockRef) -> &Block {
        &self.blocks[block.index()]
    }

    /// A snapshot.
    pub fn snapshot(&self, snapshot: SnapRef) -> &Snapshot {
        &self.snapshots[snapshot.index()]
    }

    /// A virtual object.
    pub fn virtual_desc(&self, object: VirtualRef) -> &VirtualDesc {
        &self.virtuals[object.index()]
    }

    /// The blocks' names, in order.
    pub fn block_refs(&self) -> impl Iterator<Item = BlockRef> + use<> {
        (0..self.blocks.len() as u32).map(BlockRef)
    }

    /// Adds a value to the table, and to nothing else.
    pub fn push_value(&mut self, def: ValueDef, ty: Type) -> ValueRef {
        let value = ValueRef(self.values.len() as u32);
        self.values.push(def);
        self.types.push(ty);
        value
    }

    /// The value of a constant; equal constants share one.
    pub fn constant(&mut self, constant: Const) -> ValueRef {
        if let Some(&value) = self.consts.get(&constant) {
            return value;
        }
        let value = self.push_value(ValueDef::Const(constant.clone()), constant.ty());
        self.consts.insert(constant, value);
        value
    }

    /// Adds a block whose parameters have the given types.
    pub fn push_block(&mut self, params: &[Type]) -> BlockRef {
        let block = BlockRef(self.blocks.len() as u32);
        self.blocks.push(Block { params: Vec::new(), insts: Vec::new(), terminator: None });
        for &ty in params {
            self.push_param(block, ty);
        }
        block
    }

    /// Adds a parameter to a block; jumps to it need one more argument from now on.
    pub fn push_param(&mut self, block: BlockRef, ty: Type) -> ValueRef {
        let index = self.blocks[block.index()].params.len() as u32;
        let value = self.push_value(ValueDef::Param { block, index }, ty);
        self.blocks[block.index()].params.push(value);
        value
    }

    /// Adds a snapshot.
    pub fn push_snapshot(&mut self, snapshot: Snapshot) -> SnapRef {
        self.snapshots.push(snapshot);
        SnapRef(self.snapshots.len() as u32 - 1)
    }

    /// Adds a virtual object.
    pub fn push_virtual(&mut self, object: VirtualDesc) -> VirtualRef {
        self.virtuals.push(object);
        VirtualRef(self.virtuals.len() as u32 - 1)
    }

    /// A number that two traces have in common when they do the same: the same operations on the same values, wherever their guards
    /// lead to. It means nothing in another process.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        for &value in self.blocks.iter().flat_map(|block| &block.insts) {
            let Some(inst) = self.inst(value) else { continue };
            (value, inst.op, inst.args.as_slice(), inst.imm).hash(&mut hash);
            inst.args.iter().filter_map(|&arg| self.as_const(arg)).for_each(|constant| constant.bits().hash(&mut hash));
        }
        hash.finish()
    }

    /// Number of instructions in blocks.
    pub fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.insts.len()).sum()
    }

    /// Are there no instructions?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

//! The emission door: every instruction of an optimised trace passes through here, once, in order.
//!
//! Role: [`Door::emit`] takes an instruction whose operands are values of the new trace and appends it, or something
//! cheaper, or nothing, and returns the value that stands for its result. Straight-line replay of a recording through the
//! door optimises it; replaying it twice peels its loop (see `peel`).
//!
//! Terms:
//! - *chain*: the blocks of the new trace in the order of execution; whatever was emitted dominates what follows;
//! - *lazy* value: a float's box, an object or an array base that exists only in the door's books until something needs
//!   it (see `lazy`);
//! - *version*: changes whenever an old translation of a snapshot might no longer be right.
//!
//! Requirements for a rule: (1) it keeps the type of the result; (2) it uses only facts that dominate; (3) what it
//! emits instead passes the door itself and is simpler by some fixed order, so that rules end; (4) a guard that
//! goes must be implied by facts, never by likelihood.

mod assume;
mod calls;
mod compare;
mod count;
mod guards;
mod hold;
mod lazy;
mod memory;
mod rules;
mod snapshots;
mod values;

use pv_ir::{BlockRef, Effect, Imm, Inst, Op, SnapRef, Trace, Type, ValueDef, ValueRef};
use smallvec::SmallVec;

use crate::config::{OptConfig, Pass, Stats};
use crate::fact::{EntryFact, Facts, Known};
use crate::fold;
use crate::hash::{FastMap, FastSet};
use crate::heap::{Cell, Heap, Kind};
use crate::tree::Tree;

use count::Count;
use guards::Test;
pub(crate) use hold::Held;
use lazy::Lazy;
pub(crate) use lazy::Virtual;
use snapshots::Translated;

/// Operands.
pub(crate) type Args = SmallVec<[ValueRef; 3]>;

/// A pure operation, for reuse.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    op: Op,
    helper: usize,
    args: [u32; 3],
}

impl Key {
    fn new(op: Op, args: &[ValueRef]) -> Option<Key> {
        Key::call(op, 0, args)
    }

    fn call(op: Op, helper: usize, args: &[ValueRef]) -> Option<Key> {
        let mut numbers = [u32::MAX; 3];
        for (index, arg) in args.iter().enumerate() {
            *numbers.get_mut(index)? = arg.0;
        }
        Some(Key { op: fold::guarded(op), helper, args: numbers })
    }
}

/// What the door knows at a point of the chain; cloned where the loop begins, so that the loop can be tried again.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) known: Vec<Known>,
    pub(crate) pure: FastMap<Key, ValueRef>,
    pub(crate) heap: Heap,
    pub(crate) counts: Vec<Count>,
    pub(crate) pending: Vec<ValueRef>,
    /// Values of which counts may be owed.
    pub(crate) owing: Vec<ValueRef>,
    /// What the heap holds, by the names under which counts are kept.
    pub(crate) held: FastMap<ValueRef, Held>,
    pub(crate) lazies: FastMap<ValueRef, Lazy>,
    /// What home slots hold, where known.
    pub(crate) home: FastMap<i32, ValueRef>,
    /// Slots and frames for which there is room.
    pub(crate) room: (i32, u32),
    /// Not invalidated since it was last tested.
    pub(crate) valid: bool,
    /// No finaliser can have been queued since it was last tested.
    pub(crate) quiet: bool,
    pub(crate) version: u32,
    pub(crate) translated: Option<Translated>,
    /// Tests that only pure instructions and tests with the same snapshot have followed.
    pub(crate) tests: SmallVec<[Test; 4]>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{:?}", self.op.mnemonic(), self.args)
    }
}

/// The door.
pub(crate) struct Door<'a> {
    /// The recording, for its snapshots.
    pub(crate) raw: &'a Trace,
    /// The trace that grows.
    pub(crate) out: Trace,
    pub(crate) config: &'a OptConfig,
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) stats: Stats,
    /// For each value of the recording, the value that stands for it now.
    pub(crate) map: Vec<Option<ValueRef>>,
    /// The block that grows.
    pub(crate) block: BlockRef,
    /// Values below this number are the same in every iteration of the loop that is being emitted.
    pub(crate) fixed_below: u32,
    /// Names of the fields that are lengths of arrays.
    lengths: FastSet<&'static str>,
    /// Places on which lives hang, see `hold`.
    links: Vec<Kind>,
    /// Stores fill an object that is being made.
    filling: bool,
    /// The tree that the recording is, if it is one.
    pub(crate) tree: Option<&'a Tree>,
    /// For each snapshot of the new trace, the recording's.
    pub(crate) origins: Vec<SnapRef>,
    pub(crate) state: State,
}

impl<'a> Door<'a> {
    /// A door at the start of an empty trace with the recording's name.
    pub(crate) fn new(raw: &'a Trace, config: &'a OptConfig, facts: &'a Facts<'a>) -> Self {
        let mut out = Trace::new(raw.id, raw.kind, raw.name.clone());
        let block = out.push_block(&[]);
        let map = vec![None; raw.values.len()];
        let mut door = Door {
            raw,
            out,
            config,
            facts,
            stats: Stats::default(),
            map,
            block,
            fixed_below: 0,
            lengths: FastSet::default(),
            links: Vec::new(),
            filling: false,
            tree: None,
            origins: Vec::new(),
            state: State::default(),
        };
        door.learn_lengths();
        door
    }

    /// Does the pass run?
    pub(crate) fn runs(&self, pass: Pass) -> bool {
        self.config.runs(pass)
    }

    /// Translates an instruction of the recording and emits it.
    pub(crate) fn replay(&mut self, value: ValueRef) {
        let raw = self.raw;
        let Some(inst) = raw.inst(value) else { return };
        let args: Args = inst.args.iter().map(|&arg| self.translate(arg)).collect();
        let result = self.emit(inst.op, &args, inst.imm, inst.snapshot);
        self.map[value.index()] = result;
    }

    /// The value that stands for a value of the recording.
    pub(crate) fn translate(&mut self, value: ValueRef) -> ValueRef {
        if let Some(known) = self.map[value.index()] {
            return self.resolve(known);
        }
        let ValueDef::Const(constant) = self.raw.def(value) else {
            unreachable!("the recording uses {value} ahead of its definition");
        };
        let known = self.constant(constant.clone());
        self.map[value.index()] = Some(known);
        known
    }

    /// Emits an instruction; `snapshot` is one of the recording's. Gives the result, if the op has one.
    pub(crate) fn emit(&mut self, op: Op, args: &[ValueRef], imm: Imm, snapshot: Option<SnapRef>) -> Option<ValueRef> {
        match (op, imm) {
            (Op::LoadSlot, Imm::Slot(slot)) => Some(self.load_slot(slot)),
            (Op::GuardRoom, Imm::Room { slots, frames }) => self.guard_room(slots, frames, snapshot),
            (Op::GuardTrue | Op::GuardFalse, _) => self.guard(args[0], op == Op::GuardTrue, snapshot),
            (Op::GuardNotRaised | Op::GuardNotRaisedInt, _) => self.guard_not_raised(op, args[0], snapshot),
            (Op::GuardNotInvalidated | Op::Poll | Op::Boundary, _) => self.guard_state(op, snapshot),
            (Op::LoadField, Imm::Field(field)) => Some(self.load_field(args[0], field)),
            (Op::StoreField, Imm::Field(field)) => self.store_field(args[0], field, args[1]),
            (Op::ArrayBase, Imm::Array(array)) => Some(self.array_base(args[0], array)),
            (Op::LoadElem | Op::LoadElemTagged, Imm::Array(array)) => Some(self.load_elem(args[0], array, args[1])),
            (Op::StoreElem | Op::StoreElemTagged, Imm::Array(array)) => {
                self.store_elem(args[0], array, args[1], args[2])
            }
            (Op::New, Imm::New { size, header }) => Some(self.new_object(size, header, args[0])),
            (Op::TagFloat, _) => Some(self.tag_float(args[0])),
            (Op::IncRef | Op::IncRefPtr, _) => self.incref(args[0]),
            (Op::DecRef | Op::DecRefPtr, _) => self.decref(args[0]),
            (Op::Disown, _) => {
                self.give_away(args[0]);
                None
            }
            (Op::CallWord | Op::CallInt | Op::CallFloat, _) => Some(self.call(op, args, imm, snapshot)),
            _ => Some(self.pure(op, args, snapshot)),
        }
    }

    /// Emits an op that equal operands give equal results for.
    pub(crate) fn pure(&mut self, op: Op, args: &[ValueRef], snapshot: Option<SnapRef>) -> ValueRef {
        let mut args: Args = args.iter().map(|&arg| self.resolve(arg)).collect();
        if let Some(value) = self.on_lazy(op, &args) {
            return value;
        }
        args.iter().for_each(|&arg| self.force(arg));
        if args.len() == 2 && fold::commutes(op) && self.order(args[0]) > self.order(args[1]) {
            args.swap(0, 1);
        }
        if let Some(value) = self.folded(op, &args) {
            return value;
        }
        if let Some(value) = self.simplify(op, &args, snapshot) {
            return value;
        }
        if op == Op::Select {
            // Counts may go on under the result's name.
            args.iter().for_each(|&arg| self.give_up_counts(arg));
        }
        let key = Key::new(op, &args);
        if let Some(&value) = key.filter(|_| self.runs(Pass::Reuse)).and_then(|key| self.state.pure.get(&key)) {
            self.stats.hit(Pass::Reuse);
            return self.resolve(value);
        }
        self.append_pure(op, args, key, snapshot)
    }

    fn append_pure(&mut self, op: Op, args: Args, key: Option<Key>, snapshot: Option<SnapRef>) -> ValueRef {
        let fact = self.result_fact(op, &args);
        let (op, snapshot) = match op.unguarded() {
            Some(unguarded) if self.runs(Pass::Ranges) && self.fits(op, &args) => {
                self.stats.hit(Pass::Ranges);
                (unguarded, None)
            }
            _ => (op, snapshot),
        };
        let value = self.append(op, args, Imm::None, snapshot);
        self.set_fact(value, fact);
        if let Some(key) = key {
            self.state.pure.insert(key, value);
        }
        value
    }

    fn folded(&mut self, op: Op, args: &[ValueRef]) -> Option<ValueRef> {
        if !self.runs(Pass::Fold) {
            return None;
        }
        let constants: Option<SmallVec<[_; 3]>> = args.iter().map(|&arg| self.out.as_const(arg)).collect();
        let value = fold::evaluate(op, &constants?)?;
        self.stats.hit(Pass::Fold);
        Some(self.constant(value))
    }

    /// Constants come last.
    fn order(&self, value: ValueRef) -> (bool, u32) {
        (self.out.as_const(value).is_some(), value.0)
    }

    /// Appends an instruction as it is, with the recording's snapshot translated.
    pub(crate) fn append(&mut self, op: Op, args: Args, imm: Imm, snapshot: Option<SnapRef>) -> ValueRef {
        let snapshot = snapshot.map(|snapshot| self.exit_snapshot(snapshot));
        self.append_translated(Inst { op, args, imm, snapshot })
    }

    /// Appends an instruction whose snapshot is the new trace's. What is pure and the same in every iteration goes ahead of the loop.
    pub(crate) fn append_translated(&mut self, inst: Inst) -> ValueRef {
        let invariant = inst.snapshot.is_none()
            && inst.op.info().effect == Effect::Pure
            && !matches!(inst.op, Op::TFloorDivFit | Op::TModFit)
            && self.block != Trace::ENTRY
            && inst.args.iter().all(|&arg| self.is_fixed(arg));
        if !matches!(inst.op.info().effect, Effect::Pure) && !matches!(inst.op, Op::GuardTrue | Op::GuardFalse) {
            self.state.tests.clear();
        }
        let value = self.create(inst);
        let block = if invariant { Trace::ENTRY } else { self.block };
        self.state.known[value.index()].fixed = invariant;
        self.out.blocks[block.index()].insts.push(value);
        value
    }

    /// Makes an instruction's value without listing it in a block.
    pub(crate) fn create(&mut self, inst: Inst) -> ValueRef {
        debug_assert_eq!(self.out.check_inst(&inst), Ok(()), "{}", inst.op.mnemonic());
        let ty = self.out.result_type(&inst);
        let value = self.out.push_value(ValueDef::Inst(inst), ty);
        self.sync();
        value
    }

    /// Is the value the same in every iteration of the loop that is being emitted?
    pub(crate) fn is_fixed(&self, value: ValueRef) -> bool {
        value.0 < self.fixed_below || self.out.as_const(value).is_some() || self.state.known[value.index()].fixed
    }

    fn load_slot(&mut self, slot: i32) -> ValueRef {
        if let Some(&value) = self.state.home.get(&slot) {
            return self.resolve(value);
        }
        let known = self.facts.entry.iter().find(|(known, _)| *known == slot).map(|(_, known)| known);
        if let Some(constant) = known.and_then(|known| known.constant.clone()) {
            let value = self.constant(constant);
            self.state.home.insert(slot, value);
            return value;
        }
        if let Some(other) = known.and_then(|known| known.same) {
            let value = self.load_slot(other);
            self.state.home.insert(slot, value);
            self.receive(value);
            return value;
        }
        let value = self.append(Op::LoadSlot, Args::new(), Imm::Slot(slot), None);
        self.state.home.insert(slot, value);
        self.state.counts[value.index()].owned = 1;
        if let Some(known) = known {
            self.learn_entry(value, known);
        }
        value
    }

    /// Loads the slots of which something is known that names other slots: now, while these hold what they held at the entry. What nobody
    /// uses is swept away.
    pub(crate) fn load_related(&mut self) {
        for (slot, fact) in self.facts.entry {
            if fact.same.is_some() || !fact.held.is_empty() {
                self.load_slot(*slot);
            }
        }
    }

    /// What is known of the word in a slot that has just been loaded.
    fn learn_entry(&mut self, value: ValueRef, known: &EntryFact) {
        self.set_fact(value, known.fact());
        for (field, held) in &known.fields {
            let held = self.constant(held.clone());
            self.state.heap.learn(Cell::field(value, field), Kind::of_field(field), held);
        }
        for &(field, slot) in &known.held {
            let held = self.load_slot(slot);
            self.state.heap.learn(Cell::field(value, field), Kind::of_field(field), held);
        }
    }

    /// The op's type of result, for a value that already exists.
    pub(crate) fn is_word(&self, value: ValueRef) -> bool {
        self.out.ty(value) == Type::Word
    }
}

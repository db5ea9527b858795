//! What a bridge may take for granted: the facts that its parent has established by the exit it grows from.
//!
//! Role: the parent's guards ahead of the exit hold when the exit is taken, so a bridge need not ask again for the kinds of slots, for
//! the shape of an object, or for a temporary to be empty (the idea of PyPy's `bridgeopt`, and of LuaJIT's snapshot
//! replay). [`entry_facts`] walks the parent's optimised code up to the first guard that leaves through the exit's snapshot.
//!
//! Invariants: a fact rests on guards, on definitions of ops, or on what the parent itself was told on entry, never on what it merely
//! assumes by a key: a bridge's own recording lists its own keys. No mortal object is handed on as a constant, since the bridge would not
//! be told of its death. What was read from memory is forgotten at stores and calls of its class, and where a loop begins.

use std::collections::{BTreeMap, HashMap};

use pv_ir::{BlockRef, Const, Effect, Imm, Inst, Op, SlotVal, SnapRef, Terminator, Trace, Type, ValueDef, ValueRef};
use pv_machine::{AliasSet, FieldInfo, Mutability};
use pv_opt::{EntryFact, Kinds, Range};
use pv_word::Word;

/// Facts about the slots of the frame that `exit` leaves to, counted from its base, ascending. `told` is what the parent itself was told.
/// `immortal` tells of an object whether it needs no counts.
pub(crate) fn entry_facts(
    parent: &Trace,
    told: &[(i32, EntryFact)],
    exit: SnapRef,
    immortal: &dyn Fn(Word) -> bool,
) -> Vec<(i32, EntryFact)> {
    let mut walk = Walk {
        trace: parent,
        told,
        immortal,
        facts: HashMap::new(),
        fields: Vec::new(),
        words: Vec::new(),
        home: BTreeMap::new(),
    };
    walk.run_to(exit);
    let snapshot = parent.snapshot(exit);
    let mut found = walk.home.clone();
    for &(slot, value) in &snapshot.slots {
        match value {
            SlotVal::Value(value) | SlotVal::Acquire(value) => found.insert(slot, value),
            SlotVal::Virtual(_) => found.remove(&slot),
        };
    }
    let facts = found.iter().map(|(&slot, &value)| {
        let fact = EntryFact { same: walk.twin(&found, slot), held: walk.held(&found, value), ..walk.fact(value) };
        (slot - snapshot.base, relative(fact, snapshot.base))
    });
    facts.filter(|(_, fact)| !fact.is_empty()).collect()
}

/// Do facts about an exit's slots say all that a bridge was told of one?
pub(crate) fn implied(known: &[(i32, EntryFact)], slot: i32, told: &EntryFact) -> bool {
    let Some((_, fact)) = known.iter().find(|(known, _)| *known == slot) else { return told.is_empty() };
    let bounded = told.kinds.excludes(Kinds::INT) || told.range.includes(fact.range);
    let held = told
        .held
        .iter()
        .all(|(field, slot)| fact.held.iter().any(|(known, holder)| std::ptr::eq(*known, *field) && holder == slot));
    let fields = told.fields.iter().all(|(field, content)| {
        fact.fields.iter().any(|(known, holds)| std::ptr::eq(*known, *field) && holds == content)
    });
    fact.kinds.within(told.kinds)
        && bounded
        && (told.constant.is_none() || told.constant == fact.constant)
        && (told.same.is_none() || told.same == fact.same)
        && held
        && fields
}

/// The fact, with slots counted from `base`.
fn relative(mut fact: EntryFact, base: i32) -> EntryFact {
    fact.same = fact.same.map(|slot| slot - base);
    fact.held.iter_mut().for_each(|(_, slot)| *slot -= base);
    fact
}

/// A walk along a chain of blocks.
struct Walk<'a> {
    trace: &'a Trace,
    told: &'a [(i32, EntryFact)],
    immortal: &'a dyn Fn(Word) -> bool,
    /// What is known of values of type word, and of doubles known to fit.
    facts: HashMap<ValueRef, EntryFact>,
    /// Integer fields: object, field, content.
    fields: Vec<(ValueRef, &'static FieldInfo, Const)>,
    /// Fields with words: object, field, content.
    words: Vec<(ValueRef, &'static FieldInfo, ValueRef)>,
    /// What home slots hold.
    home: BTreeMap<i32, ValueRef>,
}

impl<'a> Walk<'a> {
    fn run_to(&mut self, exit: SnapRef) {
        let path = self.path_to(exit);
        let mut entering: &[ValueRef] = &[];
        for (index, &block) in path.iter().enumerate() {
            let back = self.back_edges(block);
            if !back.is_empty() {
                self.enter_loop(block, entering, &back);
            }
            for &value in &self.trace.block(block).insts {
                let Some(inst) = self.trace.inst(value) else { continue };
                if inst.snapshot == Some(exit) && inst.op.is_guard() {
                    return;
                }
                self.step(value, inst);
            }
            let next = path.get(index + 1);
            match &self.trace.block(block).terminator {
                Some(Terminator::Jump(jump)) => entering = &jump.args,
                Some(Terminator::Branch { cond, then, .. }) if next.is_some() => {
                    self.holds(*cond, next == Some(&then.block));
                }
                _ => {}
            }
        }
    }

    /// The blocks from the entry to the first in which a guard, or the end, leaves through `exit`, without going round a loop.
    fn path_to(&self, exit: SnapRef) -> Vec<BlockRef> {
        let leaves = |block: &BlockRef| {
            let block = self.trace.block(*block);
            let guards = block.insts.iter().filter_map(|&value| self.trace.inst(value));
            guards.filter(|inst| inst.op.is_guard()).any(|inst| inst.snapshot == Some(exit))
                || block.terminator.as_ref().and_then(Terminator::snapshot) == Some(exit)
        };
        let mut path = Vec::from_iter(self.trace.block_refs().find(leaves));
        while let Some(&block) = path.last().filter(|&&block| block != Trace::ENTRY) {
            let leads = |other: &BlockRef| {
                let end = self.trace.block(*other).terminator.as_ref();
                end.is_some_and(|end| end.jumps().any(|jump| jump.block == block))
            };
            // What leads back to a loop stands behind it.
            let Some(before) = self.trace.block_refs().take_while(|&other| other < block).find(leads) else { break };
            path.push(before);
        }
        path.reverse();
        path
    }

    /// What the jumps back to a block hand over.
    fn back_edges(&self, block: BlockRef) -> Vec<&'a [ValueRef]> {
        let behind = self.trace.blocks[block.index()..].iter();
        behind
            .filter_map(|other| match &other.terminator {
                Some(Terminator::Jump(jump)) if jump.block == block => Some(&jump.args[..]),
                _ => None,
            })
            .collect()
    }

    /// A loop begins: what a trip through it changes is forgotten, and of its parameters it is known what holds at both ends.
    fn enter_loop(&mut self, block: BlockRef, entering: &[ValueRef], back: &[&[ValueRef]]) {
        let trace = self.trace;
        for inst in
            trace.blocks[block.index()..].iter().flat_map(|block| &block.insts).filter_map(|&inst| trace.inst(inst))
        {
            self.forget_written(inst);
            if let (Effect::Call, Some(safepoint)) = (inst.op.info().effect, inst.snapshot) {
                let written = &trace.snapshot(safepoint).slots;
                self.home.retain(|slot, _| written.binary_search_by_key(slot, |&(slot, _)| slot).is_err());
            }
        }
        for (index, (&param, &first)) in trace.block(block).params.iter().zip(entering).enumerate() {
            let changed = back.iter().map(|args| args[index]).filter(|&next| next != param);
            let kinds = changed.fold(self.fact(first).kinds, |kinds, next| kinds.or(self.of_type(next).kinds));
            self.narrow(param, kinds);
        }
    }

    fn step(&mut self, value: ValueRef, inst: &Inst) {
        match (inst.op, inst.imm) {
            (Op::LoadSlot, Imm::Slot(slot)) => {
                self.home.insert(slot, value);
                if let Some((_, told)) = self.told.iter().find(|(known, _)| *known == slot) {
                    self.fields.extend(told.fields.iter().map(|(field, held)| (value, *field, held.clone())));
                    self.facts.insert(value, told.clone());
                }
                let twins = self.told.iter().filter(|(_, told)| told.same == Some(slot));
                self.home.extend(twins.map(|(twin, _)| (*twin, value)));
            }
            (Op::LoadField, Imm::Field(field)) if self.trace.ty(value) == Type::Word => {
                self.words.push((inst.args[0], field, value));
            }
            (Op::StoreField, Imm::Field(field)) => {
                self.forget_written(inst);
                if self.trace.ty(inst.args[1]) == Type::Word {
                    self.words.push((inst.args[0], field, inst.args[1]));
                }
            }
            (Op::GuardTrue | Op::GuardFalse, _) => self.holds(inst.args[0], inst.op == Op::GuardTrue),
            (Op::GuardNotRaised, _) => self.narrow(inst.args[0], Kinds::ANY.without(Kinds::EMPTY)),
            _ => self.forget_written(inst),
        }
        if inst.op.info().effect == Effect::Call
            && let Some(safepoint) = inst.snapshot
        {
            self.write_home(safepoint);
        }
    }

    /// A safepoint writes slots.
    fn write_home(&mut self, safepoint: SnapRef) {
        for &(slot, value) in &self.trace.snapshot(safepoint).slots {
            match value {
                SlotVal::Value(value) | SlotVal::Acquire(value) => self.home.insert(slot, value),
                SlotVal::Virtual(_) => self.home.remove(&slot),
            };
        }
    }

    /// Forgets what an instruction may change.
    fn forget_written(&mut self, inst: &Inst) {
        let written = match (inst.op, inst.imm) {
            (Op::StoreField, Imm::Field(field)) => Written::Field(field),
            (Op::StoreElem | Op::StoreElemTagged, Imm::Array(array)) => Written::Classes(AliasSet::of(array.alias)),
            (_, Imm::Helper(helper) | Imm::Window { helper, .. }) => Written::Classes(helper.effects.writes),
            _ => return,
        };
        let stays = |field: &FieldInfo| field.mutability == Mutability::Immutable || !written.hits(field);
        self.fields.retain(|(_, field, _)| stays(field));
        self.words.retain(|(_, field, _)| stays(field));
    }

    /// The first slot with the same word as `slot`, if that is another.
    fn twin(&self, found: &BTreeMap<i32, ValueRef>, slot: i32) -> Option<i32> {
        let value = found[&slot];
        if self.trace.ty(value) != Type::Word || self.trace.as_const(value).is_some() {
            return None;
        }
        let (&first, _) = found.iter().find(|(_, other)| **other == value)?;
        (first != slot).then_some(first)
    }

    /// The word fields of an object whose contents lie in slots.
    fn held(&self, found: &BTreeMap<i32, ValueRef>, object: ValueRef) -> Vec<(&'static FieldInfo, i32)> {
        let fields = self.words.iter().filter(|(holder, ..)| *holder == object);
        let slot = |content| found.iter().find(|(_, value)| **value == content).map(|(&slot, _)| slot);
        fields.filter_map(|&(_, field, content)| Some((field, slot(content)?))).collect()
    }

    fn narrow(&mut self, value: ValueRef, kinds: Kinds) {
        let known = self.fact(value);
        let kinds = known.kinds.and(kinds);
        if kinds != Kinds(0) {
            self.facts.insert(value, EntryFact { kinds, ..known });
        }
    }

    /// A test has been found to be so.
    fn holds(&mut self, condition: ValueRef, truth: bool) {
        let Some(inst) = self.trace.inst(condition) else { return };
        let is = |kinds: Kinds| if truth { kinds } else { Kinds::ANY.without(kinds) };
        match (inst.op, &inst.args[..]) {
            (Op::Not, &[inner]) => self.holds(inner, !truth),
            (Op::And, &[a, b]) if truth => [a, b].into_iter().for_each(|part| self.holds(part, true)),
            (Op::Or, &[a, b]) if !truth => [a, b].into_iter().for_each(|part| self.holds(part, false)),
            (Op::IsInt, &[word]) => self.narrow(word, is(Kinds::INT)),
            (Op::IsFloat, &[word]) => self.narrow(word, is(Kinds::FLOAT)),
            (Op::IsPtr, &[word]) => self.narrow(word, is(Kinds::POINTER)),
            (Op::BothInts, &[a, b]) if truth => [a, b].into_iter().for_each(|word| self.narrow(word, Kinds::INT)),
            (Op::FloatFits, &[double]) if truth => self.narrow(double, Kinds::FLOAT),
            (Op::WEq, &[a, b]) => self.same(a, b, truth),
            (Op::WNe, &[a, b]) => self.same(a, b, !truth),
            (Op::IEq, &[a, b]) if truth => self.equal(a, b),
            _ => {}
        }
    }

    /// Words are found to be the same, or not.
    fn same(&mut self, a: ValueRef, b: ValueRef, truth: bool) {
        for (word, other) in [(a, b), (b, a)] {
            let Some(constant) = self.trace.as_const(other) else { continue };
            let fact = self.of_const(constant);
            if truth {
                self.narrow(word, fact.kinds);
                if let (Some(constant), Some(known)) = (fact.constant, self.facts.get_mut(&word)) {
                    known.constant = Some(constant);
                }
            } else if fact.kinds == Kinds::EMPTY {
                self.narrow(word, Kinds::ANY.without(Kinds::EMPTY));
            }
        }
    }

    /// Integers are found to be equal: a field's content, perhaps.
    fn equal(&mut self, a: ValueRef, b: ValueRef) {
        for (int, other) in [(a, b), (b, a)] {
            let (Some(load), Some(held)) = (self.trace.inst(int), self.trace.as_const(other)) else { continue };
            if let (Op::LoadField, Imm::Field(field)) = (load.op, load.imm) {
                self.fields.push((load.args[0], field, held.clone()));
            }
        }
    }

    /// What a slot holds into which `value` is written.
    fn fact(&self, value: ValueRef) -> EntryFact {
        if let Some(constant) = self.trace.as_const(value) {
            return self.of_const(constant);
        }
        let mut fact = match self.facts.get(&value) {
            Some(known) => known.clone(),
            None => self.of_type(value),
        };
        let fields = self.fields.iter().filter(|(object, ..)| *object == value);
        fact.fields = fields.map(|(_, field, held)| (*field, held.clone())).collect();
        fact
    }

    fn of_type(&self, value: ValueRef) -> EntryFact {
        let kinds = match (self.trace.ty(value), self.trace.def(value)) {
            (Type::Int, _) => Kinds::INT,
            (Type::Float, _) => Kinds::FLOAT.or(Kinds::OBJECT),
            (Type::Bool, _) => Kinds::OBJECT,
            (_, ValueDef::Inst(inst)) if is_small_int_op(inst.op) => Kinds::INT,
            (_, ValueDef::Inst(inst)) if matches!(inst.op, Op::New | Op::BoolWord) => Kinds::OBJECT,
            (_, ValueDef::Inst(inst)) if inst.op == Op::TagFloat => Kinds::FLOAT.or(Kinds::OBJECT),
            _ => Kinds::ANY,
        };
        EntryFact::of_kinds(kinds)
    }

    fn of_const(&self, constant: &Const) -> EntryFact {
        let (kinds, range, kept) = match constant {
            Const::Word(word) => (Kinds::of(*word), word.as_i64().map(Range::of), true),
            Const::Object(word, _) => (Kinds::OBJECT, None, (self.immortal)(*word)),
            _ => (Kinds::ANY, None, false),
        };
        let range = range.unwrap_or(Range::TAGGED);
        EntryFact { range, constant: kept.then(|| constant.clone()), ..EntryFact::of_kinds(kinds) }
    }
}

/// Memory that an instruction writes to.
enum Written {
    /// A field, of whatever object.
    Field(&'static FieldInfo),
    /// Anything of these classes.
    Classes(AliasSet),
}

impl Written {
    /// May the write change what a field holds?
    fn hits(&self, field: &FieldInfo) -> bool {
        match self {
            Written::Classes(classes) => classes.contains(field.alias),
            Written::Field(written) => {
                let end = |field: &FieldInfo| field.offset + field.repr.size() as u32;
                field.alias == written.alias && field.offset < end(written) && written.offset < end(field)
            }
        }
    }
}

/// Is the op's result always a small-int word?
fn is_small_int_op(op: Op) -> bool {
    matches!(
        op,
        Op::TagInt
            | Op::TagIntOvf
            | Op::TAdd
            | Op::TSub
            | Op::TMul
            | Op::TShl
            | Op::TShr
            | Op::TFloorDiv
            | Op::TMod
            | Op::TAddFit
            | Op::TSubFit
            | Op::TMulFit
            | Op::TShlFit
            | Op::TShrFit
            | Op::TFloorDivFit
            | Op::TModFit
    )
}

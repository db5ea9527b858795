//! The loop proper: assumptions, proofs, and further tries. See the parent's header.

mod branches;
mod loans;
mod proofs;

use pv_ir::{BlockRef, Effect, Jump, Op, Place, Terminator, Trace, Type, ValueRef};
use pv_machine::AliasSet;

use super::{bind, iterate};
use crate::config::Pass;
use crate::door::{Door, State, Virtual};
use crate::fact::{Fact, Kinds};
use crate::hash::FastMap;
use crate::heap::{Cell, Kind};
use crate::range::Range;

use branches::Branches;
use loans::{Loan, settle_beyond_loans, settle_unheld};

/// Most cells of the heap that a loop carries in parameters.
const CELL_LIMIT: usize = 16;
/// Most parts of virtual objects that a loop carries in parameters.
const PART_LIMIT: usize = 32;

/// A virtual object that the loop carries in parts.
#[derive(Clone, Copy, Debug)]
struct Object {
    size: u32,
    header: u64,
    kind: ValueRef,
    parts: usize,
}

/// What holds a location's value.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Holder {
    /// A slot: the parameter of the recorded header with this index.
    Slot(usize),
    /// A cell of the heap.
    Cell(Cell),
    /// A place in the carried object with this index.
    Part(usize, Place),
}

impl Holder {
    fn is_cell(self) -> bool {
        matches!(self, Holder::Cell(_))
    }
}

/// What a location is assumed to hold at the loop's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Assumption {
    /// The value it held before.
    Same,
    /// This parameter.
    Param(usize),
    /// A virtual object of its own, whose parts are locations too.
    Object(usize),
}

#[derive(Clone, Copy, Debug)]
struct Location {
    holder: Holder,
    /// Kind of the cell, if it is one.
    kind: Option<Kind>,
    /// What it holds when the loop is reached, and what is known of that.
    seed: ValueRef,
    fact: Fact,
    double: bool,
    assumption: Assumption,
}

/// A parameter of the loop proper; locations that hold one value share it.
#[derive(Clone, Copy, Debug)]
struct Group {
    /// Unboxed double instead of a word?
    float: bool,
    /// Type of the locations' values.
    ty: Type,
    fact: Fact,
    seed: ValueRef,
    /// May slots' counts of it be lent by the heap? See `loans`.
    lends: bool,
}

/// What the loop's head takes for granted besides its locations.
struct Entry {
    jump: Jump,
    home: Vec<(i32, ValueRef)>,
}

/// What became of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Its end proves what its head assumes.
    Proved,
    /// So it does, and it would need fewer counts if one more trip were made ahead of it.
    Improvable,
    /// Nothing is proved.
    Unproved,
}

pub(super) struct Looper<'d, 'a> {
    door: &'d mut Door<'a>,
    body: &'d [BlockRef],
    locations: Vec<Location>,
    objects: Vec<Object>,
    groups: Vec<Group>,
    /// What is lent of each group's value.
    loans: Vec<Loan>,
    /// Did the end hold something by the heap's counts alone of which the head assumes that the trace owns it?
    improvable: bool,
    start: State,
    /// The loop's head.
    head: BlockRef,
    branches: Branches,
    /// Instructions in the entry block when the loop is reached.
    entry: usize,
    /// Do slots among the locations own a count each?
    owning: bool,
    /// Slots loaded on entry that are no locations.
    loose: Vec<ValueRef>,
    peeled: bool,
    /// Values below this number existed ahead of the first iteration.
    before: u32,
}

impl<'d, 'a> Looper<'d, 'a> {
    /// A loop whose slots hold `seeds` when it is reached.
    pub(super) fn new(
        door: &'d mut Door<'a>,
        body: &'d [BlockRef],
        seeds: Vec<ValueRef>,
        before: u32,
        peeled: bool,
    ) -> Self {
        settle_unheld(door);
        if peeled {
            door.stats.hit(Pass::Peel);
        }
        let (owning, loose) = loaded_slots(door, body[0]);
        let mut looper = Looper {
            door,
            body,
            locations: Vec::new(),
            objects: Vec::new(),
            groups: Vec::new(),
            loans: Vec::new(),
            improvable: false,
            start: State::default(),
            head: Trace::ENTRY,
            branches: Branches::default(),
            entry: 0,
            owning,
            loose,
            peeled,
            before,
        };
        looper.find_locations(&seeds);
        looper.guess();
        looper.save();
        looper
    }

    /// Notes the state in which every try begins.
    fn save(&mut self) {
        settle_unheld(self.door);
        self.start = self.door.state.clone();
        self.entry = self.door.out.blocks[Trace::ENTRY.index()].insts.len();
        // What calls wrote home in the first iteration they will write anew.
        let (out, before) = (&self.door.out, self.before);
        self.start.home.retain(|_, home| home.0 < before || out.as_const(*home).is_some());
    }

    // -- Locations ---------------------------------------------------------------------------------------------

    fn find_locations(&mut self, seeds: &[ValueRef]) {
        for (index, &seed) in seeds.iter().enumerate() {
            self.add_location(Holder::Slot(index), None, seed);
        }
        if self.peeled {
            self.add_parts();
            for (cell, kind, seed) in stored_cells(self.door) {
                self.add_location(Holder::Cell(cell), Some(kind), seed);
            }
        }
    }

    fn add_location(&mut self, holder: Holder, kind: Option<Kind>, seed: ValueRef) {
        let door = &*self.door;
        let seed = door.resolve(seed);
        let (fact, double) = (door.fact(seed), is_double(door, seed));
        let location = Location { holder, kind, seed, fact, double, assumption: Assumption::Same };
        self.locations.push(location);
    }

    /// Virtual objects that only one location holds are carried in parts; others are made.
    fn add_parts(&mut self) {
        let mut index = 0;
        while let Some(&Location { seed, .. }) = self.locations.get(index) {
            if let Some(object) = self.door.virtual_object(seed) {
                let room = self.locations.len() + object.cells.len() <= PART_LIMIT;
                let constant = self.door.out.as_const(object.kind).is_some();
                if room && constant && object.references == 1 {
                    self.split(index, object);
                } else {
                    self.door.force(seed);
                    settle_unheld(self.door);
                }
            }
            index += 1;
        }
    }

    fn split(&mut self, index: usize, object: Virtual) {
        let number = self.objects.len();
        let Virtual { size, header, kind, cells, .. } = object;
        self.objects.push(Object { size, header, kind, parts: cells.len() });
        self.locations[index].assumption = Assumption::Object(number);
        for (place, content) in cells {
            self.add_location(Holder::Part(number, place), None, content);
        }
    }

    /// Stops carrying an object in parts.
    fn drop_parts(&mut self, object: usize) {
        let nested: Vec<usize> = self
            .locations
            .iter()
            .filter_map(|location| match (location.holder, location.assumption) {
                (Holder::Part(of, _), Assumption::Object(inner)) if of == object => Some(inner),
                _ => None,
            })
            .collect();
        self.locations.retain(|location| !matches!(location.holder, Holder::Part(of, _) if of == object));
        nested.into_iter().for_each(|inner| self.drop_parts(inner));
    }

    // -- Assumptions -------------------------------------------------------------------------------------------

    /// The first assumptions.
    fn guess(&mut self) {
        let mut known: FastMap<ValueRef, usize> = FastMap::default();
        for index in 0..self.locations.len() {
            // Making an object may have made a box.
            self.locations[index].double = self.carries_double(index);
        }
        for index in 0..self.locations.len() {
            let Location { seed, fact, double, holder, assumption, .. } = self.locations[index];
            if matches!(assumption, Assumption::Object(_)) || self.is_fixed(index) {
                continue;
            }
            let aside = matches!(holder, Holder::Slot(slot) if self.varies_aside(slot));
            if let Some(&group) = known.get(&seed).filter(|_| self.peeled && !aside) {
                self.locations[index].assumption = Assumption::Param(group);
                self.groups[group].float &= !holder.is_cell() || fact.kinds == Kinds::FLOAT;
                continue;
            }
            if !aside {
                known.insert(seed, self.groups.len());
            }
            let (fact, double) = if self.peeled { (fact, double) } else { (self.unknown(index), false) };
            self.regroup(index, fact, double);
        }
    }

    /// Is the location to be carried as a double? A word that each trip loads anew is at hand, and mostly for exits alone.
    fn carries_double(&self, index: usize) -> bool {
        let Location { seed, holder, .. } = self.locations[index];
        let loaded = self.door.out.inst(seed).is_some_and(|inst| inst.op.info().effect == Effect::Load);
        let aside = matches!(holder, Holder::Slot(slot) if self.varies_aside(slot));
        is_double(self.door, seed) && (aside || !loaded)
    }

    fn is_fixed(&self, index: usize) -> bool {
        let Location { seed, holder, .. } = self.locations[index];
        match holder {
            Holder::Slot(slot) if self.varies_aside(slot) => false,
            _ if self.peeled => seed.0 < self.before || self.door.out.as_const(seed).is_some(),
            Holder::Slot(slot) => self.is_unchanged(slot),
            Holder::Cell(_) | Holder::Part(..) => false,
        }
    }

    /// Does a branch hand on another value of the slot?
    fn varies_aside(&self, slot: usize) -> bool {
        let raw = self.door.raw;
        let param = raw.block(self.body[0]).params[slot];
        let mut branches = self.door.tree.iter().flat_map(|tree| tree.branches.values());
        branches.any(|&block| match &raw.block(block).terminator {
            Some(Terminator::Jump(jump)) => jump.args[slot] != param,
            _ => false,
        })
    }

    /// Does the recording itself hand the parameter on as it is?
    fn is_unchanged(&self, slot: usize) -> bool {
        let raw = self.door.raw;
        let param = raw.block(self.body[0]).params[slot];
        match &raw.block(self.body[self.body.len() - 1]).terminator {
            Some(Terminator::Jump(jump)) => jump.args[slot] == param,
            _ => false,
        }
    }

    /// Assumes a parameter of its own for a location.
    fn regroup(&mut self, index: usize, fact: Fact, double: bool) {
        let Location { seed, holder, .. } = self.locations[index];
        let float = double && (!holder.is_cell() || fact.kinds == Kinds::FLOAT);
        let ty = self.door.out.ty(seed);
        self.groups.push(Group { float, ty, fact: widened(fact, ty), seed, lends: self.peeled });
        self.locations[index].assumption = Assumption::Param(self.groups.len() - 1);
    }

    /// No fact about a location.
    fn unknown(&self, index: usize) -> Fact {
        if self.door.is_word(self.locations[index].seed) { Fact::WORD } else { Fact::RAW }
    }

    /// Assumptions that hold whatever the loop does.
    fn assume_nothing(&mut self) {
        self.groups.clear();
        self.locations.retain(|location| matches!(location.holder, Holder::Slot(_)));
        for index in 0..self.locations.len() {
            self.regroup(index, self.unknown(index), false);
        }
        self.groups.iter_mut().for_each(|group| group.lends = false);
    }

    // -- Tries -------------------------------------------------------------------------------------------------

    /// Emits the loop until its end proves what its head assumes.
    pub(super) fn run(mut self) -> Outcome {
        let tries = self.door.config.peel_tries;
        for attempt in 0..=tries {
            if attempt == tries {
                self.assume_nothing();
            }
            self.door.stats.loop_tries += 1;
            let entry = self.enter(attempt == tries);
            let ends = match self.body {
                &[block] => self.replay_block(block),
                body => iterate(self.door, body),
            };
            if self.close(&ends, &entry.home) {
                let wider = self.emit_branches(&entry.home);
                if !wider.is_empty() && attempt + 1 < tries {
                    self.widen(&wider);
                    continue;
                }
                self.door.out.blocks[Trace::ENTRY.index()].terminator = Some(Terminator::Jump(entry.jump));
                return if self.improvable { Outcome::Improvable } else { Outcome::Proved };
            }
        }
        Outcome::Unproved
    }

    /// Stands at the head of the loop under the current assumptions.
    fn enter(&mut self, weakest: bool) -> Entry {
        self.renumber_groups();
        let holders = self.holders();
        let door = &mut *self.door;
        door.out.blocks.truncate(1);
        door.out.blocks[0].insts.truncate(self.entry);
        door.block = Trace::ENTRY;
        door.fixed_below = 0;
        door.state = self.start.clone();
        door.sync();
        self.lend();
        let door = &mut *self.door;
        let seeds: Vec<ValueRef> = self.groups.iter().map(|group| group.seed).collect();
        let args = arguments(door, &self.groups, &holders, &seeds);
        settle_beyond_loans(door, &self.loans, &args);
        door.state.lazies.clear();
        door.fixed_below = door.out.values.len() as u32;
        let types: Vec<Type> =
            self.groups.iter().map(|group| if group.float { Type::Float } else { group.ty }).collect();
        door.block = door.out.push_block(&types);
        door.sync();
        door.state.version += 1;
        door.state.translated = None;
        if weakest {
            door.state.heap.forget(AliasSet::ALL);
            door.state.home.clear();
            (door.state.valid, door.state.quiet) = (false, false);
        }
        let out = &door.out;
        door.state.heap.carry(|value| out.as_const(value).is_none());
        self.head = door.block;
        self.bind_locations();
        self.branches = Branches::at_head(self.door.state.heap.known());
        Entry {
            jump: Jump::new(self.head, &args),
            home: self.door.state.home.iter().map(|(&slot, &value)| (slot, value)).collect(),
        }
    }

    /// Keeps only groups in use.
    fn renumber_groups(&mut self) {
        let mut numbers: FastMap<usize, usize> = FastMap::default();
        let mut used = Vec::new();
        for location in &mut self.locations {
            if let Assumption::Param(group) = &mut location.assumption {
                let old = *group;
                *group = *numbers.entry(old).or_insert_with(|| {
                    used.push(self.groups[old]);
                    used.len() - 1
                });
            }
        }
        self.groups = used;
    }

    /// Gives every location its value at the loop's head, and the counts that the trace owns there.
    fn bind_locations(&mut self) {
        let words = self.parameters();
        let mut values = vec![ValueRef(0); self.locations.len()];
        // Parts come after their object.
        for index in (0..self.locations.len()).rev() {
            values[index] = match self.locations[index].assumption {
                Assumption::Same => self.door.resolve(self.locations[index].seed),
                Assumption::Param(group) => words[group],
                Assumption::Object(number) => self.assemble(number, &values),
            };
        }
        let door = &mut *self.door;
        door.forget_counts();
        let mut slots = Vec::new();
        for (location, &value) in std::iter::zip(&self.locations, &values) {
            let owned = match (location.holder, location.kind) {
                (Holder::Slot(_), _) => {
                    slots.push(value);
                    self.owning
                }
                (Holder::Cell(cell), Some(kind)) => {
                    door.state.heap.carry_as(cell, kind, value);
                    false
                }
                (Holder::Cell(_), None) => false,
                (Holder::Part(..), _) => true,
            };
            let holder = door.holder(value);
            door.state.counts[holder.index()].owned += i32::from(owned);
        }
        for &value in &self.loose {
            let holder = door.holder(value);
            door.state.counts[holder.index()].owned += 1;
        }
        for (&Loan { counts, held }, &word) in std::iter::zip(&self.loans, &words) {
            if counts > 0 {
                door.borrow_counts(word, counts, held);
            }
        }
        bind(door, self.body[0], &slots);
    }

    /// How many locations of each group own a count.
    fn holders(&self) -> Vec<i32> {
        let mut holders = vec![0; self.groups.len()];
        for location in self.locations.iter().filter(|location| !location.holder.is_cell()) {
            if let Assumption::Param(group) = location.assumption {
                holders[group] += 1;
            }
        }
        holders
    }

    /// The values that parameters stand for: doubles in boxes that nobody has made.
    fn parameters(&mut self) -> Vec<ValueRef> {
        let holders = self.holders();
        let door = &mut *self.door;
        let params = door.out.block(door.block).params.clone();
        std::iter::zip(&self.groups, params)
            .zip(holders)
            .map(|((group, param), holders)| {
                if group.float {
                    door.boxed(param, holders, group.fact.kinds)
                } else {
                    door.set_fact(param, group.fact);
                    param
                }
            })
            .collect()
    }

    /// A virtual object from its parts.
    fn assemble(&mut self, number: usize, values: &[ValueRef]) -> ValueRef {
        let Object { size, header, kind, .. } = self.objects[number];
        let cells = std::iter::zip(&self.locations, values)
            .filter_map(|(location, &value)| match location.holder {
                Holder::Part(of, place) if of == number => Some((place, value)),
                _ => None,
            })
            .collect();
        self.door.carried_object(Virtual { size, header, kind, cells, references: 1 })
    }
}

/// The arguments for the groups' parameters, made from what the groups hold. Doubles leave their boxes first, so that what else is
/// made here makes no box on their account.
fn arguments(door: &mut Door<'_>, groups: &[Group], holders: &[i32], held: &[ValueRef]) -> Vec<ValueRef> {
    let mut args: Vec<Option<ValueRef>> = vec![None; groups.len()];
    for (index, group) in groups.iter().enumerate().filter(|(_, group)| group.float) {
        let value = door.resolve(held[index]);
        args[index] = Some(match door.unbox(value, holders[index]) {
            Some(double) => double,
            None => {
                debug_assert_eq!(door.kinds(value), Kinds::FLOAT, "{value} in {group:?}");
                door.pure(Op::UntagFloat, &[value], None)
            }
        });
    }
    let forced = |(&value, arg): (&ValueRef, Option<ValueRef>)| {
        arg.unwrap_or_else(|| {
            let value = door.resolve(value);
            door.force(value);
            value
        })
    };
    std::iter::zip(held, args).map(forced).collect()
}

/// Is the word known to be a double: boxed lazily, or immediate?
fn is_double(door: &Door<'_>, value: ValueRef) -> bool {
    door.unboxed(value).is_some() || (door.is_word(value) && door.kinds(value) == Kinds::FLOAT)
}

fn widened(fact: Fact, ty: Type) -> Fact {
    let range = match ty {
        Type::Word if fact.kinds.excludes(Kinds::INT) => Range::TAGGED,
        Type::Word => fact.range.widen(Range::TAGGED),
        _ => fact.range.widen(Range::RAW),
    };
    Fact { range, ..fact }
}

/// Cells that the first iteration stored something to that varies, with what they hold.
fn stored_cells(door: &Door<'_>) -> Vec<(Cell, Kind, ValueRef)> {
    let mut found: Vec<(Cell, Kind, ValueRef)> = Vec::new();
    for &(cell, kind) in door.state.heap.stored() {
        let held = door.state.heap.peek(cell).map(|(held, _)| door.resolve(held));
        if let Some(held) = held.filter(|&held| door.out.as_const(held).is_none())
            && found.len() < CELL_LIMIT
            && !found.iter().any(|&(known, ..)| known == cell)
        {
            found.push((cell, kind, held));
        }
    }
    found
}

/// Are the header's parameters slots, loaded on entry? And which loaded slots are no parameters?
fn loaded_slots(door: &Door<'_>, header: BlockRef) -> (bool, Vec<ValueRef>) {
    let raw = door.raw;
    let is_load = |value: ValueRef| raw.inst(value).is_some_and(|inst| inst.op == Op::LoadSlot);
    let args = match &raw.block(Trace::ENTRY).terminator {
        Some(Terminator::Jump(jump)) if jump.block == header => jump.args.to_vec(),
        _ => Vec::new(),
    };
    let owning = !args.is_empty() && args.iter().all(|&arg| is_load(arg));
    let loads = raw.block(Trace::ENTRY).insts.iter().filter(|&&value| is_load(value) && !args.contains(&value));
    (owning, loads.filter_map(|value| door.map[value.index()]).collect())
}

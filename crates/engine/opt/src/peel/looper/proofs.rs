//! Proofs: does an end of the loop hold what its head assumes? And what is assumed instead, if not. See the parent's header.

use pv_ir::{Jump, Terminator, ValueRef};

use super::loans::settle_beyond_loans;
use super::{Assumption, Group, Holder, Location, Looper, Object, arguments, is_double, widened};
use crate::door::Virtual;
use crate::fact::{Fact, Kinds};
use crate::hash::FastMap;
use crate::heap::Cell;

/// What locations hold at an end of the loop.
#[derive(Default)]
pub(super) struct Ends {
    /// In the order of the locations.
    pub(super) ends: Vec<Option<ValueRef>>,
    /// Cells that were used and that nothing is known of.
    lost_cells: Vec<Cell>,
    /// Locations and objects where no such object is left.
    lost_objects: Vec<(usize, usize)>,
}

impl Ends {
    pub(super) fn is_whole(&self) -> bool {
        self.lost_cells.is_empty() && self.lost_objects.is_empty()
    }
}

/// A location, by its number, that does not hold what is assumed of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Misfit {
    /// Not the value it held before.
    Changed(usize),
    /// Not the value that the others of its group hold.
    Apart(usize),
    /// A value of which less is known.
    Wider(usize),
    /// A value that the heap does not hold as assumed.
    Unlent(usize),
}

/// What is to be assumed of a group instead, so that a branch's end proves it too.
#[derive(Clone, Copy, Debug)]
pub(super) enum Less {
    /// All that its values may be.
    Fact(usize, Fact),
    /// That the trace owns it.
    Owned(usize),
}

impl Looper<'_, '_> {
    /// Ends the loop, if it proves the assumptions; weakens them, if not.
    pub(super) fn close(&mut self, ends: &[ValueRef], home: &[(i32, ValueRef)]) -> bool {
        let found = self.find_ends(ends);
        let mut kept = found.is_whole();
        self.give_up(&found);
        // Without an end the object it is part of is lost already.
        let misfits = self.misfits(&found.ends);
        kept &= misfits.is_empty();
        if kept {
            self.improvable = self.could_lend(&found.ends);
            self.jump_back(&found.ends);
        }
        misfits.into_iter().for_each(|misfit| self.weaken(misfit, &found.ends));
        self.drop_lost(&found);
        kept & self.check_memory(home)
    }

    /// Hands on what the locations hold at an end that proves the assumptions.
    pub(super) fn jump_back(&mut self, ends: &[Option<ValueRef>]) {
        let mut held: Vec<ValueRef> = self.groups.iter().map(|group| group.seed).collect();
        for (location, &end) in std::iter::zip(&self.locations, ends).rev() {
            if let (Assumption::Param(group), Some(end)) = (location.assumption, end) {
                held[group] = end;
            }
        }
        let args = arguments(self.door, &self.groups, &self.holders(), &held);
        settle_beyond_loans(self.door, &self.loans, &args);
        let block = self.door.block;
        let jump = Jump::new(self.head, &args);
        self.door.out.blocks[block.index()].terminator = Some(Terminator::Jump(jump));
    }

    /// What every location holds where the door stands, the slots holding `ends`. Cells that were used and are no longer known are lost,
    /// and so is what is no virtual object any more.
    pub(super) fn find_ends(&self, ends: &[ValueRef]) -> Ends {
        let door = &*self.door;
        let used: Vec<Cell> = door.state.heap.carried_uses().iter().map(|&(cell, _)| cell).collect();
        let mut objects: Vec<Option<Virtual>> = vec![None; self.objects.len()];
        let mut found = Ends::default();
        for (index, &Location { holder, seed, assumption, .. }) in self.locations.iter().enumerate() {
            let end = match holder {
                Holder::Slot(slot) => Some(ends[slot]),
                Holder::Cell(cell) => {
                    let held = door.state.heap.peek(cell).map(|(held, _)| held);
                    if held.is_none() && used.contains(&cell) {
                        found.lost_cells.push(cell);
                    }
                    // What nobody used may be anything.
                    held.or(Some(seed))
                }
                Holder::Part(of, place) => objects[of].as_ref().and_then(|object| object.at(place)),
            };
            let end = end.map(|end| door.resolve(end));
            found.ends.push(end);
            if let Assumption::Object(number) = assumption {
                objects[number] = end.and_then(|end| self.same_object(number, end));
                if objects[number].is_none() {
                    found.lost_objects.push((index, number));
                }
            }
        }
        found
    }

    /// Carries what is no virtual object any more as a word.
    fn give_up(&mut self, found: &Ends) {
        for &(index, _) in &found.lost_objects {
            let fact = found.ends[index].map_or(Fact::WORD, |end| self.door.fact(end));
            self.regroup(index, self.locations[index].fact.join(fact), false);
        }
    }

    /// Lost cells stop being locations, and so do the parts of lost objects.
    fn drop_lost(&mut self, found: &Ends) {
        found.lost_objects.iter().for_each(|&(_, number)| self.drop_parts(number));
        let lost = &found.lost_cells;
        self.locations.retain(|location| !matches!(location.holder, Holder::Cell(cell) if lost.contains(&cell)));
    }

    /// Is the value a virtual object of the same build, held once?
    fn same_object(&self, number: usize, end: ValueRef) -> Option<Virtual> {
        let Object { size, header, kind, parts } = self.objects[number];
        let object = self.door.virtual_object(end)?;
        let alike = (object.size, object.header, object.references) == (size, header, 1);
        let places = object.cells.len() == parts
            && self.locations.iter().all(|location| match location.holder {
                Holder::Part(of, place) if of == number => object.at(place).is_some(),
                _ => true,
            });
        (alike && places && self.door.resolve(object.kind) == kind).then_some(object)
    }

    /// The locations that do not hold what is assumed of them.
    pub(super) fn misfits(&self, ends: &[Option<ValueRef>]) -> Vec<Misfit> {
        let mut misfits = Vec::new();
        let mut leaders: FastMap<usize, ValueRef> = FastMap::default();
        let mut lent: FastMap<ValueRef, i32> = FastMap::default();
        for (index, (location, &end)) in std::iter::zip(&self.locations, ends).enumerate() {
            let Some(end) = end else { continue };
            match location.assumption {
                Assumption::Object(_) => {}
                Assumption::Same if self.door.resolve(location.seed) == end => {}
                Assumption::Same => misfits.push(Misfit::Changed(index)),
                Assumption::Param(group) => {
                    let Group { float, fact: assumed, .. } = self.groups[group];
                    let first = !leaders.contains_key(&group);
                    if *leaders.entry(group).or_insert(end) != end {
                        misfits.push(Misfit::Apart(index));
                        continue;
                    }
                    if first && !self.is_lent(group, end, &mut lent) {
                        misfits.push(Misfit::Unlent(index));
                    }
                    if (float && !is_double(self.door, end)) || !assumed.follows_from(self.door.fact(end)) {
                        misfits.push(Misfit::Wider(index));
                    }
                }
            }
        }
        misfits
    }

    /// What is to be assumed of the group of a word that is not what is assumed of it.
    pub(super) fn widened(&self, misfit: Misfit, ends: &[Option<ValueRef>]) -> Option<Less> {
        let (Misfit::Wider(index) | Misfit::Unlent(index)) = misfit else { return None };
        let Assumption::Param(group) = self.locations[index].assumption else { return None };
        if matches!(misfit, Misfit::Unlent(_)) {
            return Some(Less::Owned(group));
        }
        let Group { float, ty, fact, .. } = self.groups[group];
        let joined = fact.join(self.door.fact(ends[index]?));
        (!float).then(|| Less::Fact(group, widened(joined, ty)))
    }

    pub(super) fn widen(&mut self, wider: &[Less]) {
        for &less in wider {
            match less {
                Less::Fact(group, fact) => {
                    let known = &mut self.groups[group].fact;
                    *known = known.join(fact);
                }
                Less::Owned(group) => self.groups[group].lends = false,
            }
        }
    }

    fn weaken(&mut self, misfit: Misfit, ends: &[Option<ValueRef>]) {
        let (Misfit::Changed(index) | Misfit::Apart(index) | Misfit::Wider(index) | Misfit::Unlent(index)) = misfit;
        let Location { seed, fact: seed_fact, double: seed_double, assumption, holder, .. } = self.locations[index];
        let Some(end) = ends[index] else { return };
        let (fact, double) = (self.door.fact(end), is_double(self.door, end));
        match (misfit, assumption) {
            (Misfit::Unlent(_), Assumption::Param(group)) => self.groups[group].lends = false,
            (Misfit::Wider(_), Assumption::Param(group)) => {
                let Group { float, fact: assumed, ty, lends, .. } = self.groups[group];
                let joined = assumed.join(seed_fact).join(fact);
                let float = float && double && (!holder.is_cell() || joined.kinds == Kinds::FLOAT);
                self.groups[group] = Group { float, ty, fact: widened(joined, ty), seed, lends };
            }
            (_, Assumption::Param(group)) => {
                let float = self.groups[group].float;
                self.regroup(index, seed_fact.join(fact), float && double);
            }
            _ => self.regroup(index, seed_fact.join(fact), seed_double && double),
        }
    }

    /// Does memory hold what the loop took for granted? Forgets what it does not.
    fn check_memory(&mut self, home: &[(i32, ValueRef)]) -> bool {
        let end = &self.door.state;
        let mut holds = true;
        for &(cell, value) in end.heap.carried_uses() {
            let is_location = self.locations.iter().any(|location| location.holder == Holder::Cell(cell));
            let held = end.heap.peek(cell).map(|(held, _)| self.door.resolve(held));
            if !is_location && held != Some(self.door.resolve(value)) {
                self.start.heap.forget_cell(cell);
                holds = false;
            }
        }
        for &(slot, value) in home {
            let held = end.home.get(&slot).map(|&held| self.door.resolve(held));
            if held != Some(self.door.resolve(value)) {
                self.start.home.remove(&slot);
                holds = false;
            }
        }
        for (start, end) in [(&mut self.start.valid, end.valid), (&mut self.start.quiet, end.quiet)] {
            if *start && !end {
                *start = false;
                holds = false;
            }
        }
        holds
    }
}

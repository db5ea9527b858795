//! Loans: counts that the heap lends to slots round the loop. See `door/hold.rs` for what the heap holds.
//!
//! A slot that holds at the loop's head, each time anew, what the heap holds needs no count of its own: the count stays pending over the
//! back edge, and exits take it. It is assumed like everything else about a location: the value must come to every end with its count
//! pending, and hang on no more than the group's first one does, whose root must be the same in every trip.
//!
//! In the first trip little is held, since slots came from outside. Where the loop's end shows that more could be lent than its beginning, one
//! more trip is made ahead of the loop (`Outcome::Improvable`).

use pv_ir::ValueRef;

use super::{Assumption, Holder, Looper};
use crate::door::{Door, Held};
use crate::hash::FastMap;

/// What the heap lends of a group's value at the loop's head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loan {
    /// Counts of slots.
    pub(super) counts: i32,
    /// On what the value hangs, if there are any.
    pub(super) held: Held,
}

impl Looper<'_, '_> {
    /// Decides how many counts of each group's seed stay pending at the loop's head. The door stands ahead of the loop.
    pub(super) fn lend(&mut self) {
        let mut pending: FastMap<ValueRef, i32> = FastMap::default();
        let mut loans = Vec::with_capacity(self.groups.len());
        for (index, group) in self.groups.iter().enumerate() {
            let seed = self.door.holder(group.seed);
            let left = pending.entry(seed).or_insert_with(|| self.door.pending(seed));
            let lends = group.lends && self.owning && !group.float;
            let held = self.door.held(seed).filter(|&held| lends && self.outlives(held));
            let counts = held.map_or(0, |_| self.slots_of(index).min(*left));
            *left -= counts;
            loans.push(Loan { counts, held: held.unwrap_or(Held::FOR_EVER) });
        }
        self.loans = loans;
    }

    /// How many slots hold the group's value.
    fn slots_of(&self, group: usize) -> i32 {
        let held = |holder| matches!(holder, Holder::Slot(_));
        let locations = self.locations.iter();
        locations.filter(|it| held(it.holder) && it.assumption == Assumption::Param(group)).count() as i32
    }

    /// Does the root live as long as the loop runs?
    fn outlives(&self, held: Held) -> bool {
        let Some(root) = held.root else { return true };
        let is_root = |value: ValueRef| self.door.holder(value) == root;
        let same = self
            .locations
            .iter()
            .filter(|location| matches!(location.holder, Holder::Slot(_)) && location.assumption == Assumption::Same);
        self.loose.iter().any(|&value| is_root(value)) || (self.owning && same.map(|it| it.seed).any(is_root))
    }

    /// Is the value lent at an end as its group is at the head? `lent` says how many counts of each value are spoken for.
    pub(super) fn is_lent(&self, group: usize, end: ValueRef, lent: &mut FastMap<ValueRef, i32>) -> bool {
        let Loan { counts, held: assumed } = self.loans[group];
        if counts == 0 || self.door.is_uncounted(end) {
            return true;
        }
        let spoken = lent.entry(self.door.holder(end)).or_default();
        *spoken += counts;
        self.door.pending(end) >= *spoken && self.door.held(end).is_some_and(|held| held.follows_from(assumed))
    }

    /// Would the heap lend something at this end that it does not lend at the head?
    pub(super) fn could_lend(&self, ends: &[Option<ValueRef>]) -> bool {
        std::iter::zip(&self.locations, ends).any(|(location, &end)| {
            match (location.holder, location.assumption, end) {
                (Holder::Slot(_), Assumption::Param(group), Some(end)) => {
                    self.loans[group].counts == 0
                        && self.owning
                        && !self.groups[group].float
                        && !self.door.is_uncounted(end)
                        && self.door.pending(end) > 0
                        && self.door.held(end).is_some_and(|held| self.outlives(held))
                }
                _ => false,
            }
        })
    }
}

/// Makes every count exact but what is pending of what the heap holds.
pub(super) fn settle_unheld(door: &mut Door<'_>) {
    door.settle_beyond(|door, value| if door.is_held(value) { i32::MAX } else { 0 });
}

/// Makes every count exact but the loans of what the groups hold.
pub(super) fn settle_beyond_loans(door: &mut Door<'_>, loans: &[Loan], held: &[ValueRef]) {
    let mut lent: FastMap<ValueRef, i32> = FastMap::default();
    for (&value, &loan) in std::iter::zip(held, loans) {
        *lent.entry(door.holder(value)).or_default() += loan.counts;
    }
    door.settle_beyond(|_, value| lent.get(&value).copied().unwrap_or(0));
}

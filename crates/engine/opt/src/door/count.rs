//! Reference counts.
//!
//! Terms: a value is *owned* `n` times when the trace itself physically holds `n` counts of its object: one for the slot
//! it was loaded from, for a call's or allocation's result, for a count taken, for what a store pushed out of the heap. An
//! `incref` that was recorded but not yet emitted is *pending*; a `decref` that was recorded and not emitted is *owed*.
//!
//! Why leaving counts out is sound. (1) An object dies only at an emitted `decref` or in a call that may free. (2) `decref v` with a
//! pending `incref v` cancels it. The recorded program would have gone from c+1 to c there, with c >= 1, so nothing dies
//! in either version. (3) While `v` is owned its object cannot die, whatever else is released, because the count the trace holds
//! is real. So a pending count of an owned value can wait, and so can one of what the heap holds for certain (see `hold`). Any other
//! is made real ahead of every emitted `decref` that may kill and every call that may free. (4) Whoever may look at counts
//! (a call that re-enters, or reads the counts' alias class) finds them exact: everything pending is made real ahead of it.
//! (5) A snapshot mentions a value once for every count that the interpreter is to own; of these mentions as many as are
//! pending become `acquire`. If there are fewer mentions, the rest is made real ahead of the guard. (6) A store of
//! `v` gives a count away: a pending one is made real for it, so that `v` stays owned as often as before. (7) At the loop's head
//! a value is owned as often as slots hold it there, but for what the heap lends (see `peel::looper::loans`), which is pending.
//! (8) A recording names an object by a constant from the guard that compared them on, so counts taken under the one name are dropped
//! under the other: both names share the constant's counts ([`Door::holder`]).
//! (9) A `decref v` may be owed while the trace holds a further count of `v` that the program has too: that `decref` kills nothing, no
//! matter when it comes. An `incref v` cancels it; snapshots drop what is owed; whoever may look at counts finds nothing owed. When the
//! last count goes that the program has, what is owed goes ahead of it.
//! A `decref` that is neither cancelled nor owed stays where it was: finalisers are seen at the same bytecode boundary.

use pv_ir::{Imm, Op, ValueRef};
use smallvec::smallvec;

use super::lazy::Lazy;
use super::{Door, Held};
use crate::config::Pass;
use crate::fact::Kinds;

/// Counts of one value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// Real counts that the trace holds, at least.
    pub(crate) owned: i32,
    /// Counts recorded and not emitted.
    pub(crate) pending: i32,
    /// Of those owned, how many the program has dropped.
    pub(crate) owed: i32,
}

impl Count {
    /// Counts that the program has too, at least.
    fn shared(self) -> i32 {
        self.owned - self.owed
    }

    /// Is anything pending or owed?
    pub(crate) fn is_open(self) -> bool {
        self.pending > 0 || self.owed > 0
    }
}

impl Door<'_> {
    /// Does the value need no counts?
    pub(crate) fn is_uncounted(&self, value: ValueRef) -> bool {
        let fact = &self.state.known[value.index()].fact;
        fact.uncounted || fact.kinds.excludes(Kinds::OBJECT)
    }

    /// The name under which a value's counts are kept: that of the constant it is known to be, or its own.
    pub(crate) fn holder(&self, value: ValueRef) -> ValueRef {
        let value = self.resolve(value);
        self.state.known[value.index()].constant.unwrap_or(value)
    }

    /// Counts of a value that is `constant` from here on are kept under the constant's name.
    pub(crate) fn merge_counts(&mut self, value: ValueRef, constant: ValueRef) {
        self.pay(value);
        if let Some(held) = self.state.held.remove(&value) {
            self.state.held.entry(constant).or_insert(held);
        }
        // Where something hangs on the value, the trace owns it, and owns the constant from here on.
        let roots = self.state.held.values_mut().filter(|held| held.root == Some(value));
        roots.for_each(|held| held.root = Some(constant));
        let Count { owned, pending, .. } = std::mem::take(&mut self.state.counts[value.index()]);
        self.state.pending.retain(|&other| other != value);
        self.state.counts[constant.index()].owned += owned;
        self.postpone(constant, pending);
    }

    fn skips(&mut self, value: ValueRef) -> bool {
        let skips = self.runs(Pass::Counts) && self.is_uncounted(value);
        if skips {
            self.stats.hit(Pass::Counts);
        }
        skips
    }

    /// `incref`.
    pub(crate) fn incref(&mut self, value: ValueRef) -> Option<ValueRef> {
        let value = self.holder(value);
        if let Some(references) = self.lazy_references(value) {
            *references += 1;
            self.state.version += 1;
        } else if self.skips(value) {
        } else if self.state.counts[value.index()].owed > 0 {
            self.stats.hit(Pass::Counts);
            self.state.counts[value.index()].owed -= 1;
            self.state.version += 1;
        } else if self.runs(Pass::Counts) {
            self.postpone(value, 1);
        } else {
            self.take(value);
        }
        None
    }

    /// Adds pending counts.
    pub(crate) fn postpone(&mut self, value: ValueRef, counts: i32) {
        if counts == 0 {
            return;
        }
        let count = &mut self.state.counts[value.index()];
        if count.pending == 0 {
            self.state.pending.push(value);
        }
        count.pending += counts;
        self.state.version += 1;
    }

    /// Emits an `incref`.
    fn take(&mut self, value: ValueRef) {
        let op = if self.kinds(value) == Kinds::OBJECT { Op::IncRefPtr } else { Op::IncRef };
        self.append(op, smallvec![value], Imm::None, None);
        self.state.counts[value.index()].owned += 1;
    }

    /// `decref`.
    pub(crate) fn decref(&mut self, value: ValueRef) -> Option<ValueRef> {
        let value = self.holder(value);
        if let Some(references) = self.lazy_references(value) {
            *references -= 1;
            let dead = *references == 0;
            self.state.version += 1;
            if dead {
                self.bury(value);
            }
        } else if self.skips(value) {
        } else if self.state.counts[value.index()].pending > 0 {
            self.stats.hit(Pass::Counts);
            self.settle_one(value);
        } else if self.runs(Pass::Counts) && self.state.counts[value.index()].shared() > 1 {
            self.owe(value);
        } else {
            self.pay(value);
            self.release(value);
        }
        None
    }

    fn owe(&mut self, value: ValueRef) {
        let count = &mut self.state.counts[value.index()];
        if count.owed == 0 {
            self.state.owing.retain(|&other| other != value);
            self.state.owing.push(value);
        }
        count.owed += 1;
        self.state.version += 1;
    }

    /// Emits what is owed of a value.
    fn pay(&mut self, value: ValueRef) {
        let owed = std::mem::take(&mut self.state.counts[value.index()].owed);
        if owed == 0 {
            return;
        }
        self.state.version += 1;
        if !self.is_uncounted(value) {
            for _ in 0..owed {
                self.drop_count(value);
            }
        }
    }

    /// The values of which counts are owed, one mention for each.
    pub(crate) fn owed(&self) -> impl Iterator<Item = ValueRef> + '_ {
        let counted = self.state.owing.iter().filter(|&&value| !self.is_uncounted(value));
        counted.flat_map(|&value| std::iter::repeat_n(value, self.state.counts[value.index()].owed as usize))
    }

    /// Emits a `decref`.
    fn release(&mut self, value: ValueRef) {
        self.root_goes(value);
        if self.is_held(value) {
            self.drop_count(value);
        } else {
            self.settle_borrowed();
            self.drop_count(value);
            self.state.quiet = false;
        }
    }

    /// A count that the trace owns is about to go: if it is the last one, nothing hangs on the value any more.
    fn root_goes(&mut self, value: ValueRef) {
        if self.state.counts[value.index()].owned <= 1 {
            self.unroot(value);
        }
    }

    fn drop_count(&mut self, value: ValueRef) {
        let op = if self.kinds(value) == Kinds::OBJECT { Op::DecRefPtr } else { Op::DecRef };
        self.append(op, smallvec![value], Imm::None, None);
        let count = &mut self.state.counts[value.index()];
        count.owned = (count.owned - 1).max(0);
    }

    /// Notes that one pending count is no longer pending.
    fn settle_one(&mut self, value: ValueRef) {
        let count = &mut self.state.counts[value.index()];
        count.pending -= 1;
        if count.pending == 0 {
            self.state.pending.retain(|&other| other != value);
        }
        self.state.version += 1;
    }

    /// Makes `counts` pending counts of a value real.
    pub(crate) fn settle(&mut self, value: ValueRef, counts: i32) {
        for _ in 0..counts {
            self.settle_one(value);
            if !self.is_uncounted(value) {
                self.take(value);
            }
        }
    }

    /// Makes every count exact: what is pending is taken, what is owed is dropped.
    pub(crate) fn settle_all(&mut self) {
        self.settle_beyond(|_, _| 0);
    }

    /// As [`Door::settle_all`], but leaves as many counts of a value pending as `lent` says.
    pub(crate) fn settle_beyond(&mut self, lent: impl Fn(&Self, ValueRef) -> i32) {
        for value in std::mem::take(&mut self.state.owing) {
            self.pay(value);
        }
        for value in self.state.pending.clone() {
            let pending = self.state.counts[value.index()].pending;
            self.settle(value, (pending - lent(self, value)).max(0));
        }
    }

    /// At a loop's head: no counts are known, and nothing is held.
    pub(crate) fn forget_counts(&mut self) {
        self.state.counts.iter_mut().for_each(|count| *count = Count::default());
        self.state.pending.clear();
        self.state.owing.clear();
        self.state.held.clear();
    }

    /// Of the counts of a value that slots hold, the heap lends some.
    pub(crate) fn borrow_counts(&mut self, value: ValueRef, counts: i32, held: Held) {
        let value = self.holder(value);
        self.state.counts[value.index()].owned -= counts;
        self.postpone(value, counts);
        self.state.held.insert(value, held);
    }

    /// What is pending of a value.
    pub(crate) fn pending(&self, value: ValueRef) -> i32 {
        self.state.counts[self.holder(value).index()].pending
    }

    /// Makes pending counts real where nothing else keeps the object alive for certain.
    pub(crate) fn settle_borrowed(&mut self) {
        for value in self.state.pending.clone() {
            let count = self.state.counts[value.index()];
            if count.owned <= 0 && !self.is_held(value) {
                self.settle(value, count.pending);
            }
        }
    }

    /// A count of the value moves out of the trace, into the heap.
    pub(crate) fn give_away(&mut self, value: ValueRef) {
        let value = self.holder(value);
        if self.is_uncounted(value) {
            return;
        }
        let count = self.state.counts[value.index()];
        if count.pending > 0 {
            self.settle(value, 1);
        }
        if self.state.counts[value.index()].shared() <= 1 {
            self.pay(value);
        }
        self.root_goes(value);
        let count = &mut self.state.counts[value.index()];
        count.owned = (count.owned - 1).max(0);
    }

    /// What a store pushed out of the heap is the trace's now.
    pub(crate) fn receive(&mut self, value: ValueRef) {
        let value = self.holder(value);
        self.state.counts[value.index()].owned += 1;
    }

    /// The value gets a second name, under which its counts may go on: nothing is known of them any more.
    pub(crate) fn give_up_counts(&mut self, value: ValueRef) {
        let value = self.holder(value);
        self.pay(value);
        let count = self.state.counts[value.index()];
        self.settle(value, count.pending);
        self.unroot(value);
        self.state.counts[value.index()].owned = 0;
    }

    fn lazy_references(&mut self, value: ValueRef) -> Option<&mut i32> {
        match self.state.lazies.get_mut(&value)? {
            Lazy::Float { references } | Lazy::Object { references, .. } => Some(references),
            Lazy::Base { .. } => None,
        }
    }
}

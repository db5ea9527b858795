//! The slot map: which value each home slot would hold, and which homes are stale.
//!
//! Terms: an entry is *dirty* when its home slot does not hold it. Slots count from the root base. The log undoes what
//! the current step has done, for snapshots that resume before it.

use std::collections::BTreeMap;

use pv_ir::ValueRef;

/// A slot's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The value.
    pub value: ValueRef,
    /// Does the home slot hold something else?
    pub dirty: bool,
}

/// See the module's header.
#[derive(Default)]
pub struct SlotMap {
    entries: BTreeMap<i32, Entry>,
    log: Vec<(i32, Option<Entry>)>,
}

impl SlotMap {
    /// A slot's entry.
    pub fn get(&self, slot: i32) -> Option<Entry> {
        self.entries.get(&slot).copied()
    }

    /// Notes what a home slot was found to hold.
    pub fn found(&mut self, slot: i32, value: ValueRef) {
        self.entries.insert(slot, Entry { value, dirty: false });
    }

    /// Writes a slot.
    pub fn set(&mut self, slot: i32, value: ValueRef) {
        let old = self.entries.insert(slot, Entry { value, dirty: true });
        self.log.push((slot, old));
    }

    /// Makes what has been written so far final.
    pub fn commit(&mut self) {
        self.log.clear();
    }

    /// Undoes everything since the last commit.
    pub fn rollback(&mut self) {
        while let Some((slot, old)) = self.log.pop() {
            Self::restore(&mut self.entries, slot, old);
        }
    }

    fn restore(entries: &mut BTreeMap<i32, Entry>, slot: i32, old: Option<Entry>) {
        match old {
            Some(entry) => entries.insert(slot, entry),
            None => entries.remove(&slot),
        };
    }

    /// The dirty slots below `end` now, ascending.
    pub fn dirty(&self, end: i32) -> Vec<(i32, ValueRef)> {
        Self::collect(&self.entries, end)
    }

    /// The dirty slots below `end` as of the last commit, ascending.
    pub fn dirty_before(&self, end: i32) -> Vec<(i32, ValueRef)> {
        if self.log.is_empty() {
            return self.dirty(end);
        }
        let mut entries = self.entries.clone();
        for &(slot, old) in self.log.iter().rev() {
            Self::restore(&mut entries, slot, old);
        }
        Self::collect(&entries, end)
    }

    fn collect(entries: &BTreeMap<i32, Entry>, end: i32) -> Vec<(i32, ValueRef)> {
        entries.range(..end).filter(|(_, entry)| entry.dirty).map(|(&slot, entry)| (slot, entry.value)).collect()
    }
}

//! The insertion-ordered hash table under dicts and sets.
//!
//! Entries lie in a vector in insertion order; an index of u8, u16, u32 or u64 cells (none for up to eight entries) maps hashes to
//! them by open addressing. Removing leaves a dead entry (key [`Word::EMPTY`]) to which its index cell still points; dead
//! entries go when the table grows, those at the end when it is trimmed. A cell may thus name an entry that is gone, or another's: the
//! hash there tells. Until then no other key gets a dead entry's number, which iterators rely on.
//! Invariants: a live entry owns its key and its value. No method runs foreign code: comparisons that only Python can
//! decide are handed to the caller as [`Step::Ask`].

use pv_word::Word;
use smallvec::SmallVec;

use crate::obj::{Obj, release};
use crate::quick::quick_eq;

/// A key with its hash and value.
pub(crate) struct Entry {
    pub(crate) hash: i64,
    pub(crate) key: Word,
    pub(crate) value: Word,
}

/// Where a search stands: enough to go on behind a candidate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    slot: usize,
    perturb: u64,
}

/// How far a search came.
pub(crate) enum Step {
    Found(usize),
    Absent,
    Ask(usize, Cursor),
}

enum Index {
    None,
    Byte(Box<[u8]>),
    Short(Box<[u16]>),
    Wide(Box<[u32]>),
    Huge(Box<[u64]>),
}

/// Entries that need no index.
const LINEAR: usize = 8;

impl Index {
    fn new(size: usize) -> Index {
        match size {
            0 => Index::None,
            1..=0x100 => Index::Byte(vec![0; size].into()),
            0x101..=0x1_0000 => Index::Short(vec![0; size].into()),
            0x1_0001..=0x1_0000_0000 => Index::Wide(vec![0; size].into()),
            _ => Index::Huge(vec![0; size].into()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Index::None => 0,
            Index::Byte(cells) => cells.len(),
            Index::Short(cells) => cells.len(),
            Index::Wide(cells) => cells.len(),
            Index::Huge(cells) => cells.len(),
        }
    }

    /// Zero for a free cell, else one more than the entry's number.
    #[inline(always)]
    fn get(&self, slot: usize) -> usize {
        match self {
            Index::None => 0,
            Index::Byte(cells) => cells[slot] as usize,
            Index::Short(cells) => cells[slot] as usize,
            Index::Wide(cells) => cells[slot] as usize,
            Index::Huge(cells) => cells[slot] as usize,
        }
    }

    fn set(&mut self, slot: usize, value: usize) {
        match self {
            Index::None => {}
            Index::Byte(cells) => cells[slot] = value as u8,
            Index::Short(cells) => cells[slot] = value as u16,
            Index::Wide(cells) => cells[slot] = value as u32,
            Index::Huge(cells) => cells[slot] = value as u64,
        }
    }

    /// Most entries, dead ones included, that the index serves.
    fn usable(&self) -> usize {
        match self {
            Index::None => LINEAR,
            _ => self.len() / 3 * 2,
        }
    }
}

/// See the module's header.
pub(crate) struct Table {
    entries: Vec<Entry>,
    index: Index,
    pub(crate) live: usize,
    /// Cells of the index that are not free.
    used: usize,
}

impl Default for Table {
    fn default() -> Self {
        Table { entries: Vec::new(), index: Index::None, live: 0, used: 0 }
    }
}

impl Table {
    /// Number of live entries.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// Number of entries, dead ones included.
    #[inline(always)]
    pub(crate) fn entries(&self) -> usize {
        self.entries.len()
    }

    /// The live entry with this number.
    #[inline(always)]
    pub(crate) fn entry(&self, number: usize) -> Option<&Entry> {
        self.entries.get(number).filter(|entry| !entry.key.is_empty())
    }

    /// The cursor at which a search for `hash` begins.
    #[inline(always)]
    pub(crate) fn start(&self, hash: i64) -> Cursor {
        match self.index {
            Index::None => Cursor { slot: 0, perturb: 0 },
            _ => Cursor { slot: hash as usize & (self.index.len() - 1), perturb: hash as u64 },
        }
    }

    #[inline(always)]
    fn advance(&self, cursor: &mut Cursor) {
        cursor.perturb >>= 5;
        let next = cursor.slot.wrapping_mul(5).wrapping_add(cursor.perturb as usize).wrapping_add(1);
        cursor.slot = next & (self.index.len() - 1);
    }

    /// Searches on from a cursor. `equal` answers for a key with the wanted hash: yes, no, or that Python must be asked.
    #[inline]
    pub(crate) fn search(&self, mut cursor: Cursor, hash: i64, equal: impl Fn(Word) -> Option<bool>) -> Step {
        let judge = |number: usize| match self.entries.get(number) {
            Some(entry) if entry.hash == hash && !entry.key.is_empty() => equal(entry.key),
            _ => Some(false),
        };
        if matches!(self.index, Index::None) {
            for number in cursor.slot..self.entries.len() {
                match judge(number) {
                    Some(false) => {}
                    Some(true) => return Step::Found(number),
                    None => return Step::Ask(number, Cursor { slot: number + 1, perturb: 0 }),
                }
            }
            return Step::Absent;
        }
        loop {
            let number = match self.index.get(cursor.slot) {
                0 => return Step::Absent,
                number => number - 1,
            };
            let answer = judge(number);
            if answer == Some(true) {
                return Step::Found(number);
            }
            self.advance(&mut cursor);
            if answer.is_none() {
                return Step::Ask(number, cursor);
            }
        }
    }

    /// Adds an entry for a key known to be absent; takes over the counts of key and value.
    pub(crate) fn insert(&mut self, hash: i64, key: Word, value: Word) -> usize {
        if self.entries.len().max(self.used) >= self.index.usable() {
            self.rebuild();
        }
        let number = self.entries.len();
        self.entries.push(Entry { hash, key, value });
        self.place(hash, number);
        self.live += 1;
        number
    }

    fn place(&mut self, hash: i64, number: usize) {
        if matches!(self.index, Index::None) {
            return;
        }
        let mut cursor = self.start(hash);
        while self.index.get(cursor.slot) != 0 {
            self.advance(&mut cursor);
        }
        self.index.set(cursor.slot, number + 1);
        self.used += 1;
    }

    /// Drops dead entries and makes room for as many again as are live.
    #[cold]
    fn rebuild(&mut self) {
        // With dead entries among few places left, the next ones would fill them at once: then an index is worth its while.
        let crowded = self.live + 2 > LINEAR;
        self.compact(if crowded { self.live.max(LINEAR) + 1 } else { self.live + 1 });
    }

    fn compact(&mut self, room: usize) {
        self.entries.retain(|entry| !entry.key.is_empty());
        let wanted = room.max(self.live + 1);
        let size = if wanted <= LINEAR { 0 } else { (wanted * 3).next_power_of_two() };
        self.index = Index::new(size);
        self.used = 0;
        for number in 0..self.entries.len() {
            self.place(self.entries[number].hash, number);
        }
    }

    /// Makes room for `extra` more entries.
    pub(crate) fn reserve(&mut self, extra: usize) {
        if self.entries.len().max(self.used) + extra > self.index.usable() {
            self.compact(self.live + extra);
        }
        if self.entries.capacity() < self.entries.len() + extra {
            self.entries.reserve(extra);
        }
    }

    /// Replaces a value and returns the old one.
    #[inline(always)]
    pub(crate) fn replace(&mut self, number: usize, value: Word) -> Word {
        std::mem::replace(&mut self.entries[number].value, value)
    }

    /// Removes a live entry and returns its key and value.
    pub(crate) fn remove(&mut self, number: usize) -> (Word, Word) {
        let entry = &mut self.entries[number];
        let pair = (std::mem::replace(&mut entry.key, Word::EMPTY), std::mem::replace(&mut entry.value, Word::EMPTY));
        self.live -= 1;
        pair
    }

    /// Gives up the dead entries at the end.
    pub(crate) fn trim(&mut self) {
        while self.entries.last().is_some_and(|entry| entry.key.is_empty()) {
            self.entries.pop();
        }
        if self.live == 0 {
            self.index = Index::None;
            self.used = 0;
        }
    }

    /// The first live entry with this number or a higher one.
    #[inline]
    pub(crate) fn next(&self, from: usize) -> Option<(usize, &Entry)> {
        let rest = self.entries.get(from..)?;
        rest.iter().enumerate().find(|(_, entry)| !entry.key.is_empty()).map(|(index, entry)| (from + index, entry))
    }

    /// The last live entry before this number.
    pub(crate) fn previous(&self, before: usize) -> Option<(usize, &Entry)> {
        let first = &self.entries[..before.min(self.entries.len())];
        first.iter().enumerate().rev().find(|(_, entry)| !entry.key.is_empty())
    }

    /// The live entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| !entry.key.is_empty())
    }

    /// Has the table the key of another's entry? `None` when only Python can tell.
    fn holds(&self, wanted: &Entry) -> Option<bool> {
        let equal = |key| quick_eq(Obj::of(&key), Obj::of(&wanted.key));
        match self.search(self.start(wanted.hash), wanted.hash, equal) {
            Step::Found(_) => Some(true),
            Step::Absent => Some(false),
            Step::Ask(..) => None,
        }
    }

    /// Has another table every key of this one?
    pub(crate) fn is_within(&self, other: &Table) -> Option<bool> {
        for entry in self.iter() {
            if !other.holds(entry)? {
                return Some(false);
            }
        }
        Some(true)
    }

    /// The numbers of the entries whose keys another table has (or has not).
    pub(crate) fn divided(&self, other: &Table, held: bool) -> Option<SmallVec<[usize; 32]>> {
        let mut numbers = SmallVec::new();
        for (number, entry) in self.entries.iter().enumerate() {
            if !entry.key.is_empty() && other.holds(entry)? == held {
                numbers.push(number);
            }
        }
        Some(numbers)
    }

    /// Adds keys of another table, which this one lacks; they have no values.
    pub(crate) fn add_keys(&mut self, other: &Table, numbers: &[usize]) {
        self.reserve(numbers.len());
        for &number in numbers {
            let entry = &other.entries[number];
            self.insert(entry.hash, Obj::retained(entry.key).into_word(), Word::EMPTY);
        }
    }

    /// A table with the same entries.
    pub(crate) fn copy(&self, copy_value: impl Fn(Word) -> Word) -> Table {
        let mut table = Table::default();
        table.reserve(self.live);
        for entry in self.iter() {
            let key = Obj::retained(entry.key).into_word();
            table.insert(entry.hash, key, copy_value(entry.value));
        }
        table
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        for entry in &self.entries {
            release(entry.key);
            release(entry.value);
        }
    }
}

//! Dictionaries, their views, and equality and hashing that need no Python.
//!
//! Terms: a *cell dict* (of a module or class) holds a [`GlobalCell`] for each value, which every access sees through.
//! Comparing keys may run Python, so a search is a conversation: [`Dict::probe`] answers, or asks whether a candidate equals
//! the key; [`Dict::resume`] takes the answer, and starts over if the dict changed meanwhile. The version counts insertions and
//! removals of keys (not replaced values).

use std::cell::{Cell, UnsafeCell};

use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::{GlobalCell, Str, create};
use crate::obj::{Held, Obj};
pub use crate::quick::quick_eq;
use crate::shape::ShapeRef;
use crate::table::{Cursor, Step, Table};

/// A dictionary.
#[repr(C)]
pub struct Dict {
    header: Header,
    pub(crate) version: Cell<u64>,
    cells: Cell<bool>,
    assumed: Cell<bool>,
    pub(crate) table: UnsafeCell<Table>,
}

/// The answer to a search, or a question.
pub enum Probe {
    /// The key is in the entry with this number.
    Found(usize),
    /// The key is not there.
    Absent,
    /// Does the candidate equal the key? Answer with `resume`.
    Ask(Candidate),
}

/// A key that only Python can compare.
pub struct Candidate {
    /// The key found; compare as `candidate.key == key`.
    pub key: Obj,
    pub(crate) entry: usize,
    pub(crate) cursor: Cursor,
    pub(crate) version: u64,
}

/// Versions of dicts without cells begin here: no cell dict ever has such a one.
const PLAIN: u64 = 1 << 63;

impl Dict {
    /// An empty dict.
    pub fn create() -> Obj {
        Dict::with_shape(Heap::current().shape_of(Kind::Dict))
    }

    /// An empty dict with the given shape.
    pub fn with_shape(shape: ShapeRef) -> Obj {
        create!(
            Dict {
                version: Cell::new(PLAIN),
                cells: Cell::new(false),
                assumed: Cell::new(false),
                table: UnsafeCell::default()
            },
            shape
        )
    }

    /// An empty cell dict.
    pub fn create_for_cells() -> Obj {
        let dict = Dict::create();
        let view = dict.expect::<Dict>();
        view.cells.set(true);
        view.changed();
        dict
    }

    #[inline(always)]
    fn table(&self) -> &Table {
        // SAFETY: references to the table never leave this module, and nothing here runs foreign code (drops of
        // values included, which come after the last use) while one is held.
        unsafe { &*self.table.get() }
    }

    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "see the note below")]
    fn table_mut(&self) -> &mut Table {
        // SAFETY: as `table`; each use is one call of a method of the table.
        unsafe { &mut *self.table.get() }
    }

    /// Number of keys.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.table().len()
    }

    /// No keys?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Changes with every insertion and removal of keys. That of a cell dict is unlike that of any other dict, ever.
    #[inline(always)]
    pub fn version(&self) -> u64 {
        self.version.get()
    }

    fn changed(&self) {
        let cells = self.cells.get();
        self.version.set(if cells { Heap::current().fresh_version() } else { self.version.get() + 1 });
        if self.assumed.take() {
            Heap::current().announce(Word::from_addr(std::ptr::from_ref(self).addr()));
        }
    }

    /// A trace relies on the dict's keys: the next insertion or removal is announced under the dict's address.
    pub fn assume_keys(&self) {
        self.assumed.set(true);
    }

    /// Are the values held in [`GlobalCell`]s?
    pub fn has_cells(&self) -> bool {
        self.cells.get()
    }

    /// Makes a cell dict of it: a namespace whose variables caches are to find.
    pub fn gain_cells(&self) {
        if self.cells.replace(true) {
            return;
        }
        for number in 0..self.entry_count() {
            if let Some(value) = self.table().entry(number).map(|entry| Obj::retained(entry.value)) {
                let cell = GlobalCell::create(value);
                drop(Obj::from_owned(self.table_mut().replace(number, cell.into_word())));
            }
        }
        self.changed();
    }

    // -- Searching ------------------------------------------------------------------------------------------------

    /// Searches for a key with this hash.
    #[inline]
    pub fn probe(&self, key: &Obj, hash: i64) -> Probe {
        self.search(self.table().start(hash), key, hash)
    }

    fn search(&self, cursor: Cursor, key: &Obj, hash: i64) -> Probe {
        match self.table().search(cursor, hash, |candidate| quick_eq(Obj::of(&candidate), key)) {
            Step::Found(entry) => Probe::Found(entry),
            Step::Absent => Probe::Absent,
            Step::Ask(entry, cursor) => Probe::Ask(Candidate {
                key: self.key_at(entry).expect("a candidate is a live entry"),
                entry,
                cursor,
                version: self.version(),
            }),
        }
    }

    /// Goes on with a search after a question.
    pub fn resume(&self, candidate: Candidate, equal: bool, key: &Obj, hash: i64) -> Probe {
        // Whatever has become of the others, the entry that was asked about is still that.
        if equal && self.table().entry(candidate.entry).is_some_and(|entry| entry.key == candidate.key.word()) {
            return Probe::Found(candidate.entry);
        }
        if candidate.version != self.version() {
            return self.probe(key, hash);
        }
        if equal { Probe::Found(candidate.entry) } else { self.search(candidate.cursor, key, hash) }
    }

    // -- Entries by number ------------------------------------------------------------------------------------------

    /// The key of an entry.
    pub fn key_at(&self, entry: usize) -> Option<Obj> {
        self.table().entry(entry).map(|entry| Obj::retained(entry.key))
    }

    /// The value of an entry.
    #[inline]
    pub fn value_at(&self, entry: usize) -> Option<Obj> {
        self.table().entry(entry).and_then(|entry| self.seen_through(entry.value))
    }

    #[inline(always)]
    fn seen_through(&self, word: Word) -> Option<Obj> {
        if self.cells.get() { Obj::of(&word).expect::<GlobalCell>().value() } else { Some(Obj::retained(word)) }
    }

    /// Replaces the value of a live entry and returns the old one.
    pub fn set_value_at(&self, entry: usize, value: Obj) -> Option<Obj> {
        let word = self.table().entry(entry)?.value;
        if self.cells.get() {
            return Obj::of(&word).expect::<GlobalCell>().replace(Some(value));
        }
        Obj::from_result(self.table_mut().replace(entry, value.into_word()))
    }

    /// Adds a key that the last search, with nothing between, found absent.
    pub fn insert_absent(&self, key: Obj, hash: i64, value: Obj) -> usize {
        let value = if self.cells.get() { GlobalCell::create(value) } else { value };
        self.changed();
        self.table_mut().insert(hash, key.into_word(), value.into_word())
    }

    /// Removes an entry and returns its key and value. The cell of a cell dict stays empty for ever.
    pub fn remove_at(&self, entry: usize) -> Option<(Obj, Obj)> {
        self.table().entry(entry)?;
        self.changed();
        let (key, value) = self.table_mut().remove(entry);
        let (key, value) = (Obj::from_owned(key), Obj::from_owned(value));
        if !self.cells.get() {
            return Some((key, value));
        }
        Some((key, value.expect::<GlobalCell>().replace(None)?))
    }

    /// The first entry with number `from` or higher: its number, key and value.
    #[inline]
    pub fn next_entry(&self, from: usize) -> Option<(usize, Obj, Obj)> {
        let (number, entry) = self.table().next(from)?;
        Some((number, Obj::retained(entry.key), self.seen_through(entry.value)?))
    }

    /// The last entry with a number below `before`.
    pub fn previous_entry(&self, before: usize) -> Option<(usize, Obj, Obj)> {
        let (number, entry) = self.table().previous(before)?;
        Some((number, Obj::retained(entry.key), self.seen_through(entry.value)?))
    }

    /// One more than the highest entry number.
    pub fn entry_count(&self) -> usize {
        self.table().entries()
    }

    /// Removes the last entry and returns its key and value.
    pub fn pop_last(&self) -> Option<(Obj, Obj)> {
        let (number, _) = self.table().previous(self.table().entries())?;
        let pair = self.remove_at(number);
        self.table_mut().trim();
        pair
    }

    // -- Text keys --------------------------------------------------------------------------------------------------

    fn find_str(&self, name: &Obj) -> Option<usize> {
        let hash = name.expect::<Str>().hash();
        match self.table().search(self.table().start(hash), hash, |key| quick_eq(Obj::of(&key), name).or(Some(false))) {
            Step::Found(entry) => Some(entry),
            _ => None,
        }
    }

    /// The value of a text key. Keys that only Python can compare do not match.
    #[inline]
    pub fn get_str(&self, name: &Obj) -> Option<Obj> {
        self.value_at(self.find_str(name)?)
    }

    /// The value of a text key.
    pub fn get(&self, name: &str) -> Option<Obj> {
        if !name.is_ascii() {
            return self.get_str(&Obj::str(name));
        }
        let hash = crate::hash::bytes(Heap::current().hash_key(), name.as_bytes());
        let equal = |key: Word| Some(Obj::of(&key).exact::<Str>().is_some_and(|key| key.is(name)));
        match self.table().search(self.table().start(hash), hash, equal) {
            Step::Found(entry) => self.value_at(entry),
            _ => None,
        }
    }

    /// Sets the value of a text key.
    pub fn set_str(&self, name: &Obj, value: Obj) {
        match self.find_str(name) {
            Some(entry) => drop(self.set_value_at(entry, value)),
            None => drop(self.insert_absent(name.clone(), name.expect::<Str>().hash(), value)),
        }
    }

    /// Sets the value of a text key, which is interned.
    pub fn set(&self, name: &str, value: Obj) {
        self.set_str(&Heap::current().intern(name), value);
    }

    /// Removes a text key and returns its value.
    pub fn delete_str(&self, name: &Obj) -> Option<Obj> {
        self.remove_at(self.find_str(name)?).map(|(_, value)| value)
    }

    /// The cell of a text key in a cell dict.
    pub fn cell_of(&self, name: &Obj) -> Option<Obj> {
        let entry = self.find_str(name)?;
        if !self.cells.get() {
            return None;
        }
        self.table().entry(entry).map(|entry| Obj::retained(entry.value))
    }

    // -- All at once ------------------------------------------------------------------------------------------------

    /// The keys in order.
    pub fn keys(&self) -> Vec<Obj> {
        self.table().iter().map(|entry| Obj::retained(entry.key)).collect()
    }

    /// The values in order.
    pub fn values(&self) -> Vec<Obj> {
        self.table().iter().filter_map(|entry| self.seen_through(entry.value)).collect()
    }

    /// Keys and values in order.
    pub fn items(&self) -> Vec<(Obj, Obj)> {
        let pair = |entry: &crate::table::Entry| Some((Obj::retained(entry.key), self.seen_through(entry.value)?));
        self.table().iter().filter_map(pair).collect()
    }

    /// Hash of the key of an entry.
    pub fn hash_at(&self, entry: usize) -> Option<i64> {
        self.table().entry(entry).map(|entry| entry.hash)
    }

    /// A dict (of values, never a cell dict) with the same entries.
    pub fn copy(&self) -> Obj {
        let obj = Dict::create();
        let table = self.table().copy(|word| self.seen_through(word).map_or(Word::EMPTY, Obj::into_word));
        *obj.expect::<Dict>().table_mut() = table;
        obj
    }

    /// Removes every entry.
    pub fn remove_all(&self) {
        self.changed();
        let old = std::mem::take(self.table_mut());
        if self.cells.get() {
            old.iter().for_each(|entry| drop(Obj::of(&entry.value).expect::<GlobalCell>().replace(None)));
        }
        drop(old);
    }

    /// Makes room for this many more keys.
    pub fn reserve(&self, extra: usize) {
        self.table_mut().reserve(extra);
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Dict {
    const KIND: Kind = Kind::Dict;
    fn extent(&self) -> usize {
        size_of::<Dict>()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        for entry in self.table().iter() {
            visitor(Obj::of(&entry.key));
            visitor(Obj::of(&entry.value));
        }
    }
    fn clear(&self) {
        self.remove_all();
    }
}

/// What a view of a dict, or an iterator over it, shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewKind {
    /// Keys.
    Keys,
    /// Values.
    Values,
    /// Pairs of key and value.
    Items,
}

/// A view of a dict.
#[repr(C)]
pub struct DictView {
    header: Header,
    dict: Held,
    shows: ViewKind,
}

impl DictView {
    /// A view; `shape` is that of its type (`dict_keys`, `dict_values`, `dict_items`).
    pub fn create(dict: Obj, shows: ViewKind, shape: ShapeRef) -> Obj {
        create!(DictView { dict: Held::new(dict), shows }, shape)
    }

    /// The dict.
    pub fn dict(&self) -> Obj {
        self.dict.get().unwrap_or_else(Dict::create)
    }

    /// What it shows.
    pub fn shows(&self) -> ViewKind {
        self.shows
    }
}

crate::layouts::held_layout!(DictView, DictView, [dict]);

#[cfg(test)]
mod tests;

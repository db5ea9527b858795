//! Sets and frozen sets: the dict's table without values.

use std::cell::{Cell, UnsafeCell};

use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::{Candidate, Probe, create};
use crate::obj::Obj;
use crate::quick::quick_eq;
use crate::shape::ShapeRef;
use crate::table::{Cursor, Step, Table};

/// The elements of a set; searching is the conversation that [`crate::layouts::Dict`]'s module describes.
pub struct SetTable {
    version: Cell<u64>,
    pub(crate) table: UnsafeCell<Table>,
}

impl SetTable {
    fn new() -> SetTable {
        SetTable { version: Cell::new(0), table: UnsafeCell::default() }
    }

    #[inline(always)]
    fn table(&self) -> &Table {
        // SAFETY: references to the table never leave this module, and nothing here runs foreign code while one is held.
        unsafe { &*self.table.get() }
    }

    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "see the note below")]
    fn table_mut(&self) -> &mut Table {
        // SAFETY: as `table`; each use is one call of a method of the table.
        unsafe { &mut *self.table.get() }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.table().len()
    }

    /// No elements?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Counts insertions and removals.
    pub fn version(&self) -> u64 {
        self.version.get()
    }

    fn changed(&self) {
        self.version.set(self.version.get() + 1);
    }

    /// Searches for an element with this hash.
    pub fn probe(&self, key: &Obj, hash: i64) -> Probe {
        self.search(self.table().start(hash), key, hash)
    }

    fn search(&self, cursor: Cursor, key: &Obj, hash: i64) -> Probe {
        match self.table().search(cursor, hash, |candidate| quick_eq(Obj::of(&candidate), key)) {
            Step::Found(entry) => Probe::Found(entry),
            Step::Absent => Probe::Absent,
            Step::Ask(entry, cursor) => {
                let (key, _) = self.at(entry).expect("a candidate is a live entry");
                Probe::Ask(Candidate { key, entry, cursor, version: self.version() })
            }
        }
    }

    /// Goes on with a search after a question.
    pub fn resume(&self, candidate: Candidate, equal: bool, key: &Obj, hash: i64) -> Probe {
        if candidate.version != self.version() {
            return self.probe(key, hash);
        }
        if equal { Probe::Found(candidate.entry) } else { self.search(candidate.cursor, key, hash) }
    }

    /// The element in an entry, with its hash.
    pub fn at(&self, entry: usize) -> Option<(Obj, i64)> {
        self.table().entry(entry).map(|entry| (Obj::retained(entry.key), entry.hash))
    }

    /// Adds an element that the last search, with nothing between, found absent.
    pub fn insert_absent(&self, key: Obj, hash: i64) {
        self.changed();
        self.table_mut().insert(hash, key.into_word(), Word::EMPTY);
    }

    /// Removes an entry and returns its element.
    pub fn remove_at(&self, entry: usize) -> Option<Obj> {
        self.table().entry(entry)?;
        self.changed();
        let (element, _) = self.table_mut().remove(entry);
        self.table_mut().trim();
        Obj::from_result(element)
    }

    /// The first entry with number `from` or higher: its number, element and hash.
    pub fn next_entry(&self, from: usize) -> Option<(usize, Obj, i64)> {
        let (number, entry) = self.table().next(from)?;
        Some((number, Obj::retained(entry.key), entry.hash))
    }

    /// The elements with their hashes, in order.
    pub fn items(&self) -> Vec<(Obj, i64)> {
        self.table().iter().map(|entry| (Obj::retained(entry.key), entry.hash)).collect()
    }

    /// Removes every element.
    pub fn remove_all(&self) {
        self.changed();
        let old = std::mem::take(self.table_mut());
        drop(old);
    }

    /// Takes over the elements of another set, which is left empty.
    pub fn take_from(&self, other: &SetTable) {
        let new = std::mem::take(other.table_mut());
        let old = std::mem::replace(self.table_mut(), new);
        self.changed();
        other.changed();
        drop(old);
    }

    /// Makes this empty set a copy of another.
    pub fn copy_from(&self, other: &SetTable) {
        let new = other.table().copy(|_| Word::EMPTY);
        let old = std::mem::replace(self.table_mut(), new);
        self.changed();
        drop(old);
    }

    /// Has another set all elements of this one? `None` when only Python can tell.
    pub fn is_within(&self, other: &SetTable) -> Option<bool> {
        if self.len() > other.len() {
            return Some(false);
        }
        self.table().is_within(other.table())
    }

    /// Adds those elements of `from` that `other` has (or has not); this set, which is another, has none of them. False, and nothing done, when only
    /// Python can tell.
    pub fn add_divided(&self, from: &SetTable, other: &SetTable, held: bool) -> bool {
        assert!(!std::ptr::eq(self, from), "a set has its own elements");
        let Some(numbers) = from.table().divided(other.table(), held) else { return false };
        self.changed();
        self.table_mut().add_keys(from.table(), &numbers);
        true
    }

    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.table().iter().for_each(|entry| visitor(Obj::of(&entry.key)));
    }
}

/// A set.
#[repr(C)]
pub struct Set {
    header: Header,
    pub(crate) table: SetTable,
}

impl Set {
    /// An empty set.
    pub fn create() -> Obj {
        create!(Set { table: SetTable::new() })
    }

    /// An empty set with the given shape.
    pub fn with_shape(shape: ShapeRef) -> Obj {
        create!(Set { table: SetTable::new() }, shape)
    }

    /// The elements.
    pub fn table(&self) -> &SetTable {
        &self.table
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Set {
    const KIND: Kind = Kind::Set;
    fn extent(&self) -> usize {
        size_of::<Set>()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.table.visit(visitor);
    }
    fn clear(&self) {
        self.table.remove_all();
    }
}

/// A frozen set. Its elements are added before anyone else sees it.
#[repr(C)]
pub struct FrozenSet {
    header: Header,
    pub(crate) table: SetTable,
    hash: Cell<Option<i64>>,
}

impl FrozenSet {
    /// An empty frozen set, to be filled by its maker.
    pub fn create() -> Obj {
        FrozenSet::with_shape(Heap::current().shape_of(Kind::FrozenSet))
    }

    /// An empty frozen set with the given shape, to be filled by its maker.
    pub fn with_shape(shape: ShapeRef) -> Obj {
        create!(FrozenSet { table: SetTable::new(), hash: Cell::new(None) }, shape)
    }

    /// The elements.
    pub fn table(&self) -> &SetTable {
        &self.table
    }

    /// The hash.
    pub fn hash(&self) -> i64 {
        let compute = || crate::hash::frozenset(self.table.items().into_iter().map(|(_, hash)| hash));
        let hash = self.hash.get().unwrap_or_else(compute);
        self.hash.set(Some(hash));
        hash
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for FrozenSet {
    const KIND: Kind = Kind::FrozenSet;
    fn extent(&self) -> usize {
        size_of::<FrozenSet>()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.table.visit(visitor);
    }
    fn clear(&self) {
        self.table.remove_all();
    }
}

impl Obj {
    /// The elements of a set or frozen set (subclasses included).
    pub fn set_table(&self) -> Option<&SetTable> {
        self.downcast::<Set>().map(Set::table).or_else(|| self.downcast::<FrozenSet>().map(FrozenSet::table))
    }
}

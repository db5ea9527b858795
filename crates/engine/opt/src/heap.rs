//! The heap cache: what is known to lie in memory.
//!
//! Terms: a *cell* is a place in an object: a field, an array's element, or the address of an array's first element
//! (which the buffer field decides). A *carried* cell was learned before the loop and is used inside it.
//!
//! Invariants: a cell's value is what a load there would give now. Cells of immutable places are never dropped. A store
//! or a call drops every cell that it might change: same alias class, overlapping place, possibly the same object. A count
//! going down changes no cell. Carried cells that were used are remembered, so that the loop's end can check that they hold
//! there too.

use pv_ir::ValueRef;
use pv_machine::{AliasClass, AliasSet, ArrayInfo, FieldInfo, Mutability};

use crate::hash::FastMap;

/// Most cells of one alias class that are followed at once; past it the class is forgotten, which bounds the work of a store.
const CLASS_LIMIT: usize = 64;

/// An element's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Index {
    /// The place has none: a field.
    Field,
    /// The address of element 0.
    Base,
    /// A constant.
    Const(i64),
    /// The sum of an integer (raw or a small-int word) and a constant.
    Sum(ValueRef, i64),
}

/// A place in an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cell {
    pub(crate) object: ValueRef,
    descriptor: usize,
    index: Index,
}

impl Cell {
    pub(crate) fn field(object: ValueRef, field: &'static FieldInfo) -> Cell {
        Cell { object, descriptor: std::ptr::from_ref(field).addr(), index: Index::Field }
    }

    pub(crate) fn elem(object: ValueRef, array: &'static ArrayInfo, index: Index) -> Cell {
        Cell { object, descriptor: std::ptr::from_ref(array).addr(), index }
    }
}

/// Where in its object a cell lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// These bytes.
    Bytes(u32, u32),
    /// Somewhere among the elements of an array.
    Elements,
}

impl Extent {
    pub(crate) fn of_field(field: &FieldInfo) -> Extent {
        Extent::Bytes(field.offset, field.offset + field.repr.size() as u32)
    }
}

/// Alias class, extent and mutability of a cell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) class: AliasClass,
    pub(crate) extent: Extent,
    pub(crate) mutability: Mutability,
}

impl Kind {
    pub(crate) fn of_field(field: &FieldInfo) -> Kind {
        Kind { class: field.alias, extent: Extent::of_field(field), mutability: field.mutability }
    }

    pub(crate) fn of_elem(array: &ArrayInfo) -> Kind {
        Kind { class: array.alias, extent: Extent::Elements, mutability: array.mutability }
    }
}

#[derive(Clone, Copy, Debug)]
struct Content {
    value: ValueRef,
    carried: bool,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    cell: Cell,
    extent: Extent,
}

/// The cache.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heap {
    cells: FastMap<Cell, Content>,
    classes: Vec<Vec<Member>>,
    used: Vec<(Cell, ValueRef)>,
    stored: Vec<(Cell, Kind)>,
}

impl Heap {
    /// What a load of the cell would give, if known.
    pub(crate) fn load(&mut self, cell: Cell) -> Option<ValueRef> {
        let content = self.cells.get_mut(&cell)?;
        if std::mem::take(&mut content.carried) {
            self.used.push((cell, content.value));
        }
        Some(content.value)
    }

    /// As [`Heap::load`], without counting as a use; also tells whether it was learned since the loop began.
    pub(crate) fn peek(&self, cell: Cell) -> Option<(ValueRef, bool)> {
        self.cells.get(&cell).map(|content| (content.value, !content.carried))
    }

    /// Notes that a cell was stored to: in a loop it will hardly hold the same value the next time.
    pub(crate) fn note_store(&mut self, cell: Cell, kind: Kind) {
        self.stored.push((cell, kind));
    }

    /// Notes what a cell holds, and drops nothing else.
    pub(crate) fn learn(&mut self, cell: Cell, kind: Kind, value: ValueRef) {
        let known = self.cells.insert(cell, Content { value, carried: false });
        if known.is_none() && kind.mutability == Mutability::Mutable {
            let class = usize::from(kind.class.0);
            if self.classes.len() <= class {
                self.classes.resize_with(class + 1, Vec::new);
            }
            if self.classes[class].len() >= CLASS_LIMIT {
                self.forget_class(class);
            }
            self.classes[class].push(Member { cell, extent: kind.extent });
            // Forgetting the class may have taken the cell along.
            self.cells.insert(cell, Content { value, carried: false });
        }
    }

    /// Drops every cell that a store to `cell` might change. `same` tells whether two objects may be the same one.
    pub(crate) fn clobber(&mut self, cell: Cell, kind: Kind, same: impl Fn(ValueRef, ValueRef) -> bool) {
        let Some(members) = self.classes.get_mut(usize::from(kind.class.0)) else { return };
        let cells = &mut self.cells;
        members.retain(|member| {
            let hit = member.cell != cell
                && collide(member, cell, kind.extent)
                && (member.cell.object == cell.object || same(member.cell.object, cell.object));
            if hit {
                cells.remove(&member.cell);
            }
            !hit
        });
    }

    /// Drops every mutable cell of these classes.
    pub(crate) fn forget(&mut self, classes: AliasSet) {
        for class in 0..self.classes.len() {
            if classes.contains(AliasClass(class as u8)) {
                self.forget_class(class);
            }
        }
    }

    fn forget_class(&mut self, class: usize) {
        for member in self.classes[class].drain(..) {
            self.cells.remove(&member.cell);
        }
    }

    /// Drops one cell.
    pub(crate) fn forget_cell(&mut self, cell: Cell) {
        // Its place in the class's list stays behind and is harmless.
        self.cells.remove(&cell);
    }

    /// Marks everything known as learned before the loop, except what was stored and `varies`.
    pub(crate) fn carry(&mut self, varies: impl Fn(ValueRef) -> bool) {
        for (cell, _) in std::mem::take(&mut self.stored) {
            if self.cells.get(&cell).is_some_and(|content| varies(content.value)) {
                self.forget_cell(cell);
            }
        }
        self.cells.values_mut().for_each(|content| content.carried = true);
        self.used.clear();
    }

    /// Cells stored to since the loop's recording began.
    pub(crate) fn stored(&self) -> &[(Cell, Kind)] {
        &self.stored
    }

    /// Gives a cell a new value at the loop's head.
    pub(crate) fn carry_as(&mut self, cell: Cell, kind: Kind, value: ValueRef) {
        self.learn(cell, kind, value);
        self.cells.insert(cell, Content { value, carried: true });
    }

    /// All that is known.
    pub(crate) fn known(&self) -> FastMap<Cell, ValueRef> {
        self.cells.iter().map(|(&cell, content)| (cell, content.value)).collect()
    }

    /// Forgets what was learned before the loop, has not been used, and is not `kept`.
    pub(crate) fn forget_carried(&mut self, kept: impl Fn(Cell) -> bool) {
        self.cells.retain(|&cell, content| !content.carried || kept(cell));
    }

    /// Carried cells that were used, with their values at the loop's head.
    pub(crate) fn carried_uses(&self) -> &[(Cell, ValueRef)] {
        &self.used
    }
}

/// May two places of one object overlap?
pub(crate) fn overlap(a: Extent, b: Extent) -> bool {
    match (a, b) {
        (Extent::Bytes(a, b), Extent::Bytes(c, d)) => a < d && c < b,
        _ => true,
    }
}

/// May a member and a stored cell overlap, if their objects are the same?
fn collide(member: &Member, cell: Cell, extent: Extent) -> bool {
    overlap(member.extent, extent)
        && match (member.cell.index, cell.index) {
            _ if member.cell.descriptor != cell.descriptor => true,
            (Index::Const(a), Index::Const(b)) => a == b,
            (Index::Sum(a, m), Index::Sum(b, n)) => a != b || m == n,
            _ => true,
        }
}

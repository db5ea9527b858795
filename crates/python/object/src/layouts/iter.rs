//! The built-in iterators. What advancing means is the runtime's business; here are their states.

use std::cell::Cell;

use crate::header::Header;
use crate::layouts::{ViewKind, create, held_layout};
use crate::obj::{Held, Obj};
use crate::shape::ShapeRef;

/// An iterator over something indexed: the thing and the next index. The thing is dropped at the end.
macro_rules! index_iterator {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[repr(C)]
        pub struct $name {
            header: Header,
            /// What is iterated over; empty once exhausted.
            pub source: Held,
            /// The next index.
            pub index: Cell<i64>,
        }

        impl $name {
            /// An iterator from index 0.
            pub fn create(source: Obj) -> Obj {
                create!($name { source: Held::new(source), index: Cell::new(0) })
            }
        }

        held_layout!($name, $name, [source]);
    };
}

index_iterator! {
    /// Iterator over anything with `__getitem__`.
    SeqIter
}
index_iterator! {
    /// Iterator over a list.
    ListIter
}
index_iterator! {
    /// Iterator over a tuple.
    TupleIter
}
index_iterator! {
    /// Iterator over a string.
    StrIter
}
index_iterator! {
    /// Iterator over bytes or a bytearray.
    BytesIter
}

/// `iter(callable, sentinel)`.
#[repr(C)]
pub struct CallIter {
    header: Header,
    /// What is called; empty once exhausted.
    pub callable: Held,
    /// What ends the iteration.
    pub sentinel: Held,
}

impl CallIter {
    /// An iterator.
    pub fn create(callable: Obj, sentinel: Obj) -> Obj {
        create!(CallIter { callable: Held::new(callable), sentinel: Held::new(sentinel) })
    }
}

held_layout!(CallIter, CallIter, [callable, sentinel]);

/// Iterator over a range of small ints.
#[repr(C)]
pub struct RangeIter {
    header: Header,
    /// The next element, while there are any.
    pub next: Cell<i64>,
    /// Distance between elements.
    pub step: Cell<i64>,
    /// How many are left.
    pub left: Cell<i64>,
}

impl RangeIter {
    /// An iterator over `left` elements, all within 62 bits.
    pub fn create(next: i64, step: i64, left: i64) -> Obj {
        create!(RangeIter { next: Cell::new(next), step: Cell::new(step), left: Cell::new(left) })
    }

    /// The next element.
    #[inline]
    pub fn advance(&self) -> Option<i64> {
        let left = self.left.get();
        if left <= 0 {
            return None;
        }
        let next = self.next.get();
        self.left.set(left - 1);
        self.next.set(next.wrapping_add(self.step.get()));
        Some(next)
    }
}

held_layout!(RangeIter, RangeIter, []);

/// Iterator over a range with an element or bound past 62 bits.
#[repr(C)]
pub struct LongRangeIter {
    header: Header,
    /// The next element.
    pub next: Held,
    /// Distance between elements.
    pub step: Held,
    /// How many are left.
    pub left: Held,
}

impl LongRangeIter {
    /// An iterator.
    pub fn create(next: Obj, step: Obj, left: Obj) -> Obj {
        create!(LongRangeIter { next: Held::new(next), step: Held::new(step), left: Held::new(left) })
    }
}

held_layout!(LongRangeIter, LongRangeIter, [next, step, left]);

/// Iterator over a dict.
#[repr(C)]
pub struct DictIter {
    header: Header,
    /// The dict; empty once exhausted.
    pub dict: Held,
    /// Forwards: the number of the next entry to look at; backwards: one more than it.
    pub index: Cell<i64>,
    /// Number of keys when the iteration began; -1 once a change was reported.
    pub len: Cell<i64>,
    /// Number of keys not given yet, if none but these come.
    pub left: Cell<i64>,
    shows: ViewKind,
    reversed: bool,
}

impl DictIter {
    /// An iterator; `shape` is that of its type.
    pub fn create(dict: Obj, shows: ViewKind, reversed: bool, shape: ShapeRef) -> Obj {
        let view = dict.expect::<crate::layouts::Dict>();
        let index = Cell::new(if reversed { view.entry_count() as i64 } else { 0 });
        let (len, left) = (Cell::new(view.len() as i64), Cell::new(view.len() as i64));
        create!(DictIter { dict: Held::new(dict), index, len, left, shows, reversed }, shape)
    }

    /// What it yields.
    pub fn shows(&self) -> ViewKind {
        self.shows
    }

    /// From the end to the start?
    pub fn is_reversed(&self) -> bool {
        self.reversed
    }
}

held_layout!(DictIter, DictIter, [dict]);

/// Iterator over a set.
#[repr(C)]
pub struct SetIter {
    header: Header,
    /// The set; empty once exhausted.
    pub set: Held,
    /// Number of the next entry to look at.
    pub index: Cell<i64>,
    /// Number of elements when the iteration began; -1 once a change was reported.
    pub len: Cell<i64>,
    /// Number of elements not given yet.
    pub left: Cell<i64>,
}

impl SetIter {
    /// An iterator.
    pub fn create(set: Obj) -> Obj {
        let len = set.set_table().map_or(0, |table| table.len() as i64);
        create!(SetIter { set: Held::new(set), index: Cell::new(0), len: Cell::new(len), left: Cell::new(len) })
    }
}

held_layout!(SetIter, SetIter, [set]);

/// `reversed`, and the reverse iterators of list and the like.
#[repr(C)]
pub struct Reversed {
    header: Header,
    /// The sequence; empty once exhausted.
    pub source: Held,
    /// The next index, going down; -1 at the end.
    pub index: Cell<i64>,
}

impl Reversed {
    /// An iterator from `len - 1` down, of the type that `shape` names.
    pub fn create(source: Obj, len: i64, shape: ShapeRef) -> Obj {
        create!(Reversed { source: Held::new(source), index: Cell::new(len - 1) }, shape)
    }
}

held_layout!(Reversed, Reversed, [source]);

/// `enumerate`.
#[repr(C)]
pub struct Enumerate {
    header: Header,
    /// The iterator.
    pub iterator: Held,
    /// The next count, an int.
    pub count: Held,
}

impl Enumerate {
    /// An iterator of the type that `shape` names.
    pub fn create(iterator: Obj, count: Obj, shape: ShapeRef) -> Obj {
        create!(Enumerate { iterator: Held::new(iterator), count: Held::new(count) }, shape)
    }
}

held_layout!(Enumerate, Enumerate, [iterator, count]);

/// `zip`.
#[repr(C)]
pub struct Zip {
    header: Header,
    /// Tuple of iterators.
    pub iterators: Held,
    /// Must all end together?
    pub strict: Cell<bool>,
}

impl Zip {
    /// An iterator of the type that `shape` names.
    pub fn create(iterators: Obj, strict: bool, shape: ShapeRef) -> Obj {
        create!(Zip { iterators: Held::new(iterators), strict: Cell::new(strict) }, shape)
    }
}

held_layout!(Zip, Zip, [iterators]);

/// `map`.
#[repr(C)]
pub struct Map {
    header: Header,
    /// What is called.
    pub function: Held,
    /// Tuple of iterators.
    pub iterators: Held,
    /// Must all end together?
    pub strict: Cell<bool>,
}

impl Map {
    /// An iterator of the type that `shape` names.
    pub fn create(function: Obj, iterators: Obj, strict: bool, shape: ShapeRef) -> Obj {
        let strict = Cell::new(strict);
        create!(Map { function: Held::new(function), iterators: Held::new(iterators), strict }, shape)
    }
}

held_layout!(Map, Map, [function, iterators]);

/// `filter`.
#[repr(C)]
pub struct Filter {
    header: Header,
    /// What decides.
    pub function: Held,
    /// The iterator.
    pub iterator: Held,
}

impl Filter {
    /// An iterator of the type that `shape` names.
    pub fn create(function: Obj, iterator: Obj, shape: ShapeRef) -> Obj {
        create!(Filter { function: Held::new(function), iterator: Held::new(iterator) }, shape)
    }
}

held_layout!(Filter, Filter, [function, iterator]);

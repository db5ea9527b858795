//! Tuples: their items lie in the object.

use std::cell::Cell;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::obj::Obj;
use crate::shape::ShapeRef;

/// A tuple.
#[repr(C)]
pub struct Tuple {
    header: Header,
    pub(crate) len: Cell<usize>,
    pub(crate) items: [Obj; 0],
}

/// Offset of the first item.
pub const TUPLE_ITEMS: usize = 24;
const _: () = assert!(std::mem::offset_of!(Tuple, items) == TUPLE_ITEMS);

impl Tuple {
    /// A tuple of these items.
    pub fn create(items: Vec<Obj>) -> Obj {
        let heap = Heap::current();
        if items.is_empty()
            && let Some(empty) = heap.empty_tuple.get()
        {
            return empty;
        }
        let obj = Tuple::with_shape(items, heap.shape_of(Kind::Tuple));
        if obj.expect::<Tuple>().is_empty() {
            obj.expect::<Tuple>().header.make_immortal();
            heap.empty_tuple.set(obj.clone());
        }
        obj
    }

    /// A tuple of copies of these items.
    pub fn copy_of(items: &[Obj]) -> Obj {
        match items {
            [] => Tuple::create(Vec::new()),
            _ => Tuple::filled(items.len(), items.iter().cloned(), Heap::current().shape_of(Kind::Tuple)),
        }
    }

    /// A tuple of these items with the given shape.
    pub fn with_shape(items: Vec<Obj>, shape: ShapeRef) -> Obj {
        Tuple::filled(items.len(), items.into_iter(), shape)
    }

    /// A tuple of a fixed number of items, at least one.
    pub fn of<const N: usize>(items: [Obj; N]) -> Obj {
        Tuple::filled(N, items.into_iter(), Heap::current().shape_of(Kind::Tuple))
    }

    fn filled(len: usize, items: impl Iterator<Item = Obj>, shape: ShapeRef) -> Obj {
        let make = |header| Tuple { header, len: Cell::new(len), items: [] };
        let obj = Heap::current().create(shape, TUPLE_ITEMS + 8 * len, make);
        let first = obj.expect::<Tuple>().items.as_ptr().cast_mut();
        let mut count = 0;
        for (index, item) in items.take(len).enumerate() {
            // SAFETY: `create` allocated `len` words behind the fields.
            unsafe { first.add(index).write(item) };
            count += 1;
        }
        assert_eq!(count, len, "an iterator of fewer items than it said");
        obj
    }

    /// A tuple of the items of one and those of another, at least one.
    pub fn concat(first: &Tuple, second: &Tuple) -> Obj {
        let items = first.items().iter().chain(second.items()).cloned();
        Tuple::filled(first.len() + second.len(), items, Heap::current().shape_of(Kind::Tuple))
    }

    /// A pair.
    pub fn pair(first: Obj, second: Obj) -> Obj {
        Tuple::of([first, second])
    }

    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Obj] {
        // SAFETY: `len` initialised items lie behind the fields, and they never change.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr(), self.len.get()) }
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Has no items?
    pub fn is_empty(&self) -> bool {
        self.len.get() == 0
    }

    /// A new reference to an item.
    pub fn get(&self, index: usize) -> Option<Obj> {
        self.items().get(index).cloned()
    }
}

// SAFETY: `repr(C)`, header first; `drop` below releases the tail.
unsafe impl Layout for Tuple {
    const KIND: Kind = Kind::Tuple;
    fn extent(&self) -> usize {
        TUPLE_ITEMS + 8 * self.len.get()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.items().iter().for_each(visitor);
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        let first = self.items.as_mut_ptr();
        // From the end, as CPython does, which finalisers show.
        for index in (0..self.len.get()).rev() {
            // SAFETY: the items are initialised and dropped once, here.
            unsafe { first.add(index).drop_in_place() };
        }
    }
}

//! Lists: a growable buffer of words.
//!
//! Invariants: `data` is the address of a buffer of `cap` words (dangling when `cap` is 0), the first `len` of which own
//! values; none of these is [`Word::EMPTY`]. Items are handed out by copy; no reference into the buffer leaves.
//! A list whose items were *lent out* has, in the place of a buffer's address, that of [`LENT`] until it is given a buffer of its own.

use std::cell::Cell;

use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::obj::{Obj, release};
use crate::shape::ShapeRef;

/// Where the buffer of a list lies whose items are lent out. The value means nothing.
static LENT: u64 = 0;

/// A list.
#[repr(C)]
pub struct List {
    header: Header,
    pub(crate) len: Cell<usize>,
    pub(crate) data: Cell<*mut Word>,
    cap: Cell<usize>,
}

impl List {
    /// A list of these items.
    pub fn create(items: Vec<Obj>) -> Obj {
        List::with_shape(items, Heap::current().shape_of(Kind::List))
    }

    /// A list of these items with the given shape.
    pub fn with_shape(items: Vec<Obj>, shape: ShapeRef) -> Obj {
        List::filled(items.into_iter(), shape)
    }

    fn filled(items: impl ExactSizeIterator<Item = Obj>, shape: ShapeRef) -> Obj {
        let (heap, cap) = (Heap::current(), items.len());
        let data = if cap == 0 { std::ptr::dangling_mut() } else { heap.alloc_buffer(cap * 8).cast::<Word>() };
        let mut len = 0;
        for item in items.take(cap) {
            // SAFETY: the buffer has room for `cap` words, and there are no more items than that.
            unsafe { data.add(len).write(item.into_word()) };
            len += 1;
        }
        heap.create(shape, size_of::<List>(), |header| List {
            header,
            len: Cell::new(len),
            data: Cell::new(data),
            cap: Cell::new(cap),
        })
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Number of items for which there is room.
    pub fn capacity(&self) -> usize {
        self.cap.get()
    }

    /// Has no items?
    pub fn is_empty(&self) -> bool {
        self.len.get() == 0
    }

    #[inline(always)]
    fn words(&self) -> &[Cell<Word>] {
        // SAFETY: the module's invariant; callers do nothing that could move the buffer while they hold the slice.
        unsafe { std::slice::from_raw_parts(self.data.get().cast::<Cell<Word>>(), self.len.get()) }
    }

    /// A new reference to an item.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<Obj> {
        self.words().get(index).map(|cell| Obj::retained(cell.get()))
    }

    /// The word of an item, borrowed: it must not outlive the next change of the list.
    #[inline(always)]
    pub fn peek(&self, index: usize) -> Option<Word> {
        self.words().get(index).map(Cell::get)
    }

    /// Replaces an item and returns the old one; gives the value back when there is no such item.
    #[inline(always)]
    pub fn set(&self, index: usize, value: Obj) -> Result<Obj, Obj> {
        match self.words().get(index) {
            Some(cell) => Ok(Obj::from_owned(cell.replace(value.into_word()))),
            None => Err(value),
        }
    }

    /// New references to all items.
    pub fn to_vec(&self) -> Vec<Obj> {
        self.slice(0, self.len())
    }

    /// New references to the items from `start` to before `end` (cut to the list's length).
    pub fn slice(&self, start: usize, end: usize) -> Vec<Obj> {
        let end = end.min(self.len());
        let words = self.words().get(start..end).unwrap_or_default();
        words.iter().map(|cell| Obj::retained(cell.get())).collect()
    }

    /// A new list of the items from `start` to before `end` (cut to the list's length).
    pub fn part(&self, start: usize, end: usize) -> Obj {
        let end = end.min(self.len());
        List::of_exactly(self.words().get(start..end).unwrap_or_default().iter().map(|cell| Obj::retained(cell.get())))
    }

    /// A list of items whose number is known: they go straight into its buffer.
    pub fn of_exactly(items: impl ExactSizeIterator<Item = Obj>) -> Obj {
        List::filled(items, Heap::current().shape_of(Kind::List))
    }

    /// A new list of the items of this one and those of another.
    pub fn concat(&self, other: &List) -> Obj {
        let (first, second) = (self.words(), other.words());
        let item =
            |index: usize| if index < first.len() { first[index].get() } else { second[index - first.len()].get() };
        List::of_exactly((0..first.len() + second.len()).map(|index| Obj::retained(item(index))))
    }

    /// Replaces the items from `start` to before `end` by those of another list; old ones go from the last to the first, as in
    /// CPython, which finalisers show.
    ///
    /// # Panics
    /// When `start <= end <= len` does not hold, or when the other list is this one.
    pub fn replace_part(&self, start: usize, end: usize, source: &List) {
        assert!(!std::ptr::eq(self, source), "a list is not spliced into itself");
        if end - start != source.len() {
            self.splice(start, end, source.to_vec()).into_iter().rev().for_each(drop);
            return;
        }
        let places = &self.words()[start..end];
        for (place, item) in places.iter().zip(source.words()).rev() {
            release(place.replace(Obj::retained(item.get()).into_word()));
        }
    }

    /// Appends an item.
    #[inline]
    pub fn push(&self, value: Obj) {
        let len = self.len.get();
        if len == self.cap.get() {
            self.grow(len + 1);
        }
        // SAFETY: there is room for `len + 1` words.
        unsafe { self.data.get().add(len).write(value.into_word()) };
        self.len.set(len + 1);
    }

    /// Takes the last item off.
    #[inline]
    pub fn pop(&self) -> Option<Obj> {
        let last = self.words().last()?.get();
        self.len.set(self.len.get() - 1);
        Some(Obj::from_owned(last))
    }

    /// Appends items.
    pub fn extend(&self, items: impl IntoIterator<Item = Obj>) {
        let items = items.into_iter();
        let wanted = self.len.get() + items.size_hint().0;
        match self.cap.get() {
            0 => self.reserve(wanted),
            cap if wanted > cap => self.grow(wanted),
            _ => {}
        }
        items.for_each(|item| self.push(item));
    }

    /// Makes room for `extra` more items.
    pub fn reserve(&self, extra: usize) {
        let wanted = self.len.get() + extra;
        if wanted > self.cap.get() {
            self.resize_buffer(wanted);
        }
    }

    #[cold]
    fn grow(&self, wanted: usize) {
        self.resize_buffer(wanted.max(self.cap.get() + self.cap.get() / 2).max(4));
    }

    fn resize_buffer(&self, cap: usize) {
        let heap = Heap::current();
        let old = (self.data.get(), self.cap.get());
        let data = heap.alloc_buffer(cap * 8).cast::<Word>();
        // SAFETY: both buffers hold at least `len` words.
        unsafe { std::ptr::copy_nonoverlapping(old.0, data, self.len.get()) };
        self.data.set(data);
        self.cap.set(cap);
        if old.1 != 0 {
            heap.free_buffer(old.0.cast(), old.1 * 8);
        }
    }

    /// Inserts before `index` (at the end when it is beyond).
    pub fn insert(&self, index: usize, value: Obj) {
        let len = self.len.get();
        let index = index.min(len);
        if len == self.cap.get() {
            self.grow(len + 1);
        }
        // SAFETY: there is room for `len + 1` words; the tail moves up by one.
        unsafe {
            let place = self.data.get().add(index);
            std::ptr::copy(place, place.add(1), len - index);
            place.write(value.into_word());
        }
        self.len.set(len + 1);
    }

    /// Removes an item.
    pub fn remove(&self, index: usize) -> Option<Obj> {
        let removed = self.words().get(index)?.get();
        let behind = self.len() - index - 1;
        // SAFETY: the items behind lie within the buffer and move down by one, over the item that was taken out.
        unsafe {
            let place = self.data.get().add(index);
            std::ptr::copy(place.add(1), place, behind);
        }
        self.len.set(index + behind);
        Some(Obj::from_owned(removed))
    }

    /// Replaces the items from `start` to before `end` by others and returns the old ones.
    ///
    /// # Panics
    /// When `start <= end <= len` does not hold.
    pub fn splice(&self, start: usize, end: usize, items: Vec<Obj>) -> Vec<Obj> {
        let len = self.len.get();
        assert!(start <= end && end <= len, "splice {start}..{end} of {len}");
        let old = self.words()[start..end].iter().map(|cell| Obj::from_owned(cell.get())).collect();
        let new_len = len - (end - start) + items.len();
        if new_len > self.cap.get() {
            self.resize_buffer(new_len.max(len + len / 2));
        }
        // SAFETY: there is room for `new_len` words; the tail moves to its new place, then the gap is filled.
        unsafe {
            let data = self.data.get();
            std::ptr::copy(data.add(end), data.add(start + items.len()), len - end);
            for (index, item) in items.into_iter().enumerate() {
                data.add(start + index).write(item.into_word());
            }
        }
        self.len.set(new_len);
        old
    }

    /// Moves all items out, leaving the list empty.
    pub fn take_all(&self) -> Vec<Obj> {
        let items = self.words().iter().map(|cell| Obj::from_owned(cell.get())).collect();
        self.len.set(0);
        self.free_buffer();
        items
    }

    /// As [`List::take_all`], for somebody who gives the items back by [`List::restore`].
    pub fn lend_all(&self) -> Vec<Obj> {
        let items = self.take_all();
        self.data.set(std::ptr::from_ref(&LENT).cast::<Word>().cast_mut());
        items
    }

    /// Gives a list whose items were lent out its items back. Has it had a buffer meanwhile? Its own items go.
    pub fn restore(&self, items: Vec<Obj>) -> bool {
        let untouched = std::ptr::eq(self.data.get().cast::<u64>(), &raw const LENT);
        drop(self.splice(0, self.len(), items));
        !untouched
    }

    /// Reverses the list in place.
    pub fn reverse(&self) {
        let words = self.words();
        let len = words.len();
        for index in 0..len / 2 {
            words[index].swap(&words[len - 1 - index]);
        }
    }

    fn free_buffer(&self) {
        let cap = self.cap.replace(0);
        if cap != 0 {
            Heap::current().free_buffer(self.data.replace(std::ptr::dangling_mut()).cast(), cap * 8);
        }
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for List {
    const KIND: Kind = Kind::List;
    fn extent(&self) -> usize {
        size_of::<List>()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.words().iter().for_each(|cell| visitor(Obj::of(&cell.get())));
    }
    fn clear(&self) {
        drop(self.take_all());
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // From the end, as CPython does, which finalisers show.
        self.words().iter().rev().for_each(|cell| release(cell.get()));
        self.free_buffer();
    }
}

#[cfg(test)]
mod tests;

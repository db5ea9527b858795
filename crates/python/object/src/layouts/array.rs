//! Arrays: numbers or characters of one machine type, side by side.
//!
//! Terms: the *letter* names the type of the items, as the module `array` has it; it says how an item's bytes are read.
//! Invariants: `data` is the address of a buffer of `cap` bytes (dangling when `cap` is 0), aligned for every type, the first
//! `len` items of which are initialised; any bytes are an item. No reference into the buffer outlives the closure it was lent to.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::create;
use crate::layouts::native::{Buffer, BufferForm};
use crate::obj::Obj;
use crate::shape::ShapeRef;

/// What the items of an array are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayForm {
    /// The letter of the type, an ASCII character.
    pub letter: u8,
    /// Bytes per item; not 0.
    pub size: u8,
    /// The type in a format of the module `struct`, or `w` for characters.
    pub format: &'static str,
}

/// An array.
#[repr(C)]
pub struct Array {
    header: Header,
    pub(crate) len: Cell<usize>,
    pub(crate) data: Cell<*mut u8>,
    pub(crate) letter: u8,
    size: u8,
    views: Cell<i32>,
    /// Taken while the bytes are lent: shared for reading, alone for changes.
    lent: RefCell<()>,
    cap: Cell<usize>,
    format: &'static str,
}

macro_rules! items_of {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])*
        #[repr(transparent)]
        pub struct $name(Array);)*
    };
}

items_of! {
    /// An array whose items take one byte.
    ByteItems;
    /// An array whose items take two bytes.
    ShortItems;
    /// An array whose items are signed and take four bytes.
    IntItems;
    /// An array whose items have no sign and take four bytes.
    UnsignedItems;
    /// An array whose items are signed and take eight bytes.
    LongItems;
    /// An array of doubles.
    DoubleItems;
}

impl Array {
    /// An array of the items that these bytes are, a multiple of the item's size; of the type that `shape` names.
    pub fn with_shape(form: ArrayForm, bytes: &[u8], shape: ShapeRef) -> Obj {
        let obj = create!(
            Array {
                len: Cell::new(0),
                data: Cell::new(std::ptr::dangling_mut::<u64>().cast()),
                letter: form.letter,
                size: form.size,
                views: Cell::new(0),
                lent: RefCell::new(()),
                cap: Cell::new(0),
                format: form.format,
            },
            shape
        );
        obj.expect::<Array>().splice(0..0, bytes);
        obj
    }

    /// What the items are.
    #[inline]
    pub fn items(&self) -> ArrayForm {
        ArrayForm { letter: self.letter, size: self.size, format: self.format }
    }

    /// Number of items.
    #[inline]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Has no items?
    pub fn is_empty(&self) -> bool {
        self.len.get() == 0
    }

    /// Number of views that forbid a change of size.
    pub fn views(&self) -> i32 {
        self.views.get()
    }

    #[inline]
    fn byte_len(&self) -> usize {
        self.len.get() * usize::from(self.size)
    }

    /// Calls `f` with the bytes of all items.
    ///
    /// # Panics
    /// When `f` changes the array.
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        let _lent = self.lent.borrow();
        // SAFETY: the module's invariant; nobody changes the buffer meanwhile.
        f(unsafe { std::slice::from_raw_parts(self.data.get(), self.byte_len()) })
    }

    /// Calls `f` with the bytes of all items, for changes in place.
    ///
    /// # Panics
    /// When `f` reaches the bytes in another way.
    #[inline]
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut [u8]) -> R) -> R {
        let _lent = self.lent.borrow_mut();
        // SAFETY: the module's invariant; nobody else reaches the buffer meanwhile.
        f(unsafe { std::slice::from_raw_parts_mut(self.data.get(), self.byte_len()) })
    }

    /// Replaces bytes, which are whole items, by those of other items.
    ///
    /// # Panics
    /// When there are no such bytes, when items would be cut, and while the bytes are lent.
    pub fn splice(&self, old: Range<usize>, new: &[u8]) {
        let _lent = self.lent.borrow_mut();
        let (len, size) = (self.byte_len(), usize::from(self.size));
        assert!(old.start <= old.end && old.end <= len, "splice {old:?} of {len} bytes");
        let whole = [old.start, old.end, new.len()].iter().all(|bytes| bytes.is_multiple_of(size));
        assert!(whole, "splice within an item");
        let new_len = len - old.len() + new.len();
        if new_len > self.cap.get() {
            self.resize(new_len.max(len + len / 2));
        }
        // SAFETY: there is room for `new_len` bytes; the tail moves to its new place, then the gap is filled from elsewhere: `new` is
        // not of this buffer, which nobody can hold a reference to.
        unsafe {
            let data = self.data.get();
            std::ptr::copy(data.add(old.end), data.add(old.start + new.len()), len - old.end);
            std::ptr::copy_nonoverlapping(new.as_ptr(), data.add(old.start), new.len());
        }
        self.len.set(new_len / size);
    }

    fn resize(&self, cap: usize) {
        let heap = Heap::current();
        let old = (self.data.get(), self.cap.get());
        let data = heap.alloc_buffer(cap);
        // SAFETY: both buffers hold the items.
        unsafe { std::ptr::copy_nonoverlapping(old.0, data, self.byte_len()) };
        self.data.set(data);
        self.cap.set(cap);
        if old.1 != 0 {
            heap.free_buffer(old.0, old.1);
        }
    }
}

impl Buffer for Array {
    fn form(&self) -> BufferForm {
        BufferForm { format: self.format, item_size: self.size.into(), len: self.byte_len(), read_only: false }
    }

    fn read(&self, f: &mut dyn FnMut(&[u8])) {
        self.with(f);
    }

    fn write(&self, f: &mut dyn FnMut(&mut [u8])) -> bool {
        self.with_mut(f);
        true
    }

    fn add_views(&self, change: i32) {
        self.views.set(self.views.get() + change);
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Array {
    const KIND: Kind = Kind::Array;
    fn extent(&self) -> usize {
        size_of::<Array>()
    }
    fn visit(&self, _: &mut (impl FnMut(&Obj) + ?Sized)) {}
}

impl Drop for Array {
    fn drop(&mut self) {
        if self.cap.get() != 0 {
            Heap::current().free_buffer(self.data.get(), self.cap.get());
        }
    }
}

#[cfg(test)]
mod tests;

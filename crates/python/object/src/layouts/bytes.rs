//! Byte strings, immutable and mutable.

use std::cell::{Cell, RefCell};

use crate::hash;
use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::{create, held_layout};
use crate::obj::Obj;
use crate::shape::ShapeRef;

/// A byte string; its bytes lie in the object.
#[repr(C)]
pub struct Bytes {
    header: Header,
    pub(crate) len: Cell<usize>,
    hash: Cell<i64>,
    pub(crate) data: [u8; 0],
}

/// Offset of the first byte.
pub const BYTES_DATA: usize = 32;
const _: () = assert!(std::mem::offset_of!(Bytes, data) == BYTES_DATA);

impl Bytes {
    /// A byte string.
    pub fn create(data: &[u8]) -> Obj {
        let heap = Heap::current();
        if data.is_empty() {
            if let Some(empty) = heap.empty_bytes.get() {
                return empty;
            }
            let empty = Bytes::with_shape(data, heap.shape_of(Kind::Bytes));
            empty.expect::<Bytes>().header.make_immortal();
            heap.empty_bytes.set(empty.clone());
            return empty;
        }
        Bytes::with_shape(data, heap.shape_of(Kind::Bytes))
    }

    /// A byte string with the given shape.
    pub fn with_shape(data: &[u8], shape: ShapeRef) -> Obj {
        let len = data.len();
        let make = |header| Bytes { header, len: Cell::new(len), hash: Cell::new(-1), data: [] };
        let obj = Heap::current().create(shape, BYTES_DATA + len, make);
        // SAFETY: `create` allocated `len` bytes behind the fields.
        unsafe {
            std::ptr::copy_nonoverlapping(data.as_ptr(), obj.expect::<Bytes>().data.as_ptr().cast_mut(), len);
        }
        obj
    }

    /// The bytes.
    pub fn data(&self) -> &[u8] {
        // SAFETY: `len` bytes lie behind the fields, and they never change.
        unsafe { std::slice::from_raw_parts(self.data.as_ptr(), self.len.get()) }
    }

    /// The hash.
    pub fn hash(&self) -> i64 {
        if self.hash.get() == -1 {
            self.hash.set(hash::bytes(Heap::current().hash_key(), self.data()));
        }
        self.hash.get()
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Bytes {
    const KIND: Kind = Kind::Bytes;
    fn extent(&self) -> usize {
        BYTES_DATA + self.len.get()
    }
    fn visit(&self, _: &mut (impl FnMut(&Obj) + ?Sized)) {}
}

/// A mutable byte string.
#[repr(C)]
pub struct ByteArray {
    header: Header,
    data: RefCell<Vec<u8>>,
    exports: Cell<u32>,
}

impl ByteArray {
    /// A mutable byte string.
    pub fn create(data: Vec<u8>) -> Obj {
        create!(ByteArray { data: RefCell::new(data), exports: Cell::new(0) })
    }

    /// A mutable byte string with the given shape.
    pub fn with_shape(data: Vec<u8>, shape: ShapeRef) -> Obj {
        create!(ByteArray { data: RefCell::new(data), exports: Cell::new(0) }, shape)
    }

    /// Calls `f` with the bytes; it must not reach the object again by another way (a [`RefCell`] guards it).
    pub fn with<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(&self.data.borrow())
    }

    /// Calls `f` with the buffer, for changes.
    pub fn with_mut<R>(&self, f: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        f(&mut self.data.borrow_mut())
    }

    /// Number of views that forbid a change of size.
    pub fn exports(&self) -> u32 {
        self.exports.get()
    }

    /// Counts a view in or out.
    pub fn add_exports(&self, change: i32) {
        self.exports.set(self.exports.get().wrapping_add_signed(change));
    }
}

held_layout!(ByteArray, ByteArray, []);

//! What a language's thread context offers the engine, and the header protocol of counted objects.

use std::cell::Cell;
use std::fmt::Debug;

use pv_word::Word;

use crate::desc::{AliasClass, Array, ArrayData, ArrayInfo, FieldInfo, Helper, Mutability, Release, Repr};
use crate::machine::{Machine, Typed};
use crate::state::State;

/// The reference-count protocol of heap objects: a `u32` at offset 0.
///
/// Objects are 16-byte aligned; counts of [`Counted::IMMORTAL`] and above never change.
pub struct Counted;

impl Counted {
    /// Byte offset of the count.
    pub const OFFSET: u32 = 0;
    /// Counts with this bit set are left alone.
    pub const IMMORTAL: u32 = 1 << 31;
    /// Alias class of counts, reserved in every language.
    pub const ALIAS: AliasClass = AliasClass(0);
}

/// The thread context of a language: what the engine needs to know of its heap.
///
/// # Safety
/// Every object word that reaches a machine points to a live, 16-byte aligned object that obeys [`Counted`]; the free
/// lists hand out blocks of at least the size asked for.
pub unsafe trait Context: Sized + 'static {
    /// A cheap handle of the code a frame runs.
    type Code: Copy + Eq + Debug;

    /// The state shared with compiled code.
    fn state(&self) -> &State;
    /// The word of true or false.
    fn bool_word(&self, value: bool) -> Word;
    /// Boxes a double that has no immediate form (signature `FW`).
    fn box_float() -> &'static Helper<Self>;
    /// Frees, or queues for finalisation, an object whose count has reached zero (signature `I1`; the result is ignored).
    fn dealloc() -> &'static Helper<Self>;
    /// Allocates a block (signature `I1`: size in bytes as a small int, to its address).
    fn alloc() -> &'static Helper<Self>;
    /// The head of the free list for blocks of `size` bytes, if there is one: the address of the first free block or zero;
    /// a free block's first word is the address of the next.
    fn free_list(&self, size: usize) -> Option<&Cell<usize>>;
    /// Tells the language that a trace embeds this object: its death must be announced before its memory is reused.
    fn embed(&self, object: Word);
    /// The object that a code handle stands for, where that may die and its address be used again.
    fn code_object(&self, _: Self::Code) -> Option<Word> {
        None
    }
    /// Asks for the death of a code object to be announced: the key under which it will be.
    fn watch_code(&self, code: Self::Code) -> Option<u64> {
        let object = self.code_object(code)?;
        self.embed(object);
        Some(object.addr() as u64)
    }
    /// Frames may nest this deep.
    fn depth_limit(&self) -> u32;
}

/// A byte array that the engine offers to languages without a heap of their own: immortal, fixed length, zeroed.
#[repr(C, align(16))]
pub struct Bytes {
    header: [u64; 2],
    len: u64,
    data: *mut u8,
}

/// The elements of [`Bytes`].
// SAFETY: `repr(C)`: len at 16, data at 24, both set in `Bytes::new` and constant; class 1 is used for nothing else here.
pub const BYTES: Array<Bytes> = unsafe {
    static INFO: ArrayInfo = ArrayInfo {
        name: "bytes.data",
        data: ArrayData::Buffer(FieldInfo {
            name: "bytes.buffer",
            offset: 24,
            repr: Repr::Ptr,
            alias: AliasClass(2),
            mutability: Mutability::Immutable,
        }),
        len: &FieldInfo {
            name: "bytes.len",
            offset: 16,
            repr: Repr::I64,
            alias: AliasClass(2),
            mutability: Mutability::Immutable,
        },
        elem: Repr::U8,
        alias: AliasClass(1),
        mutability: Mutability::Mutable,
        release: Release::Ascending,
    };
    Array::new(&INFO)
};

impl Bytes {
    /// A zeroed array of `len` bytes.
    pub fn new(len: usize) -> Box<Bytes> {
        let data = Box::into_raw(vec![0_u8; len].into_boxed_slice()).cast();
        Box::new(Bytes { header: [u64::from(Counted::IMMORTAL), 0], len: len as u64, data })
    }

    /// The descriptor of the elements.
    pub fn elements() -> &'static Array<Bytes> {
        &BYTES
    }

    /// An array of the context as a constant of the machine. The context keeps it as long as it runs code.
    #[inline(always)]
    pub fn typed<M: Machine>(m: &mut M, find: impl FnOnce(&M::Cx) -> &Bytes) -> Typed<M::Val, Bytes> {
        let array = find(m.cx());
        debug_assert_eq!(array.header[0], u64::from(Counted::IMMORTAL));
        let word = Word::from_addr(std::ptr::from_ref(array) as usize);
        let value = m.word(word);
        // SAFETY: the word was made from a live `Bytes` just now, and the context keeps it.
        unsafe { Typed::assume(value) }
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        // SAFETY: `new` leaked exactly this boxed slice.
        drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(self.data, self.len as usize)) });
    }
}

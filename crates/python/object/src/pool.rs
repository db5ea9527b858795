//! Blocks of memory from free lists by size class, refilled from chunks; large blocks come from the system.
//!
//! Invariants: a free block's first word is the address of the next free block and its second word is zero. Chunks are never
//! given back, so the address of a small block can be looked at for ever; large blocks are given back at once.
//! Built with `--cfg pitviper_asan` (by `cargo xtask memcheck`), AddressSanitizer is told which blocks are free: what lies behind
//! their first two words must not be touched.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

/// Largest block a free list serves.
pub const MAX_SMALL: usize = 512;
/// Number of size classes; class n has blocks of 16 n bytes.
pub(crate) const CLASSES: usize = MAX_SMALL / 16 + 1;
const CHUNK: usize = 64 * 1024;
pub(crate) const POISON: u64 = 0xdbdb_dbdb_dbdb_dbdb;

/// The size class of a small block.
#[inline(always)]
pub(crate) fn class_of(size: usize) -> usize {
    size.div_ceil(16)
}

/// Free lists of one family of blocks.
pub(crate) struct Pool {
    free: [Cell<usize>; CLASSES],
    chunks: RefCell<Vec<(usize, usize)>>,
    large: RefCell<HashMap<usize, usize>>,
    bytes: Cell<usize>,
}

impl Pool {
    pub(crate) fn new() -> Pool {
        Pool {
            free: [const { Cell::new(0) }; CLASSES],
            chunks: RefCell::default(),
            large: RefCell::default(),
            bytes: Cell::new(0),
        }
    }

    #[inline(always)]
    pub(crate) fn alloc(&self, size: usize) -> usize {
        if size > MAX_SMALL {
            return self.alloc_large(size);
        }
        self.pop(class_of(size))
    }

    /// Takes a block of a class, from a new chunk if need be.
    #[inline(always)]
    pub(crate) fn pop(&self, class: usize) -> usize {
        let head = &self.free[class];
        if head.get() == 0 {
            self.refill(class * 16);
        }
        pop_free(head, class)
    }

    #[inline(always)]
    pub(crate) fn free(&self, block: usize, size: usize) {
        if size > MAX_SMALL {
            return self.free_large(block, size);
        }
        push_free(&self.free[class_of(size)], block, size);
    }

    /// Takes back a whole list of free blocks of a class.
    pub(crate) fn take_back(&self, class: usize, first: usize) {
        let mut last = first;
        loop {
            // SAFETY: blocks of a list are free, and a free block's first word is the next block's address.
            match unsafe { *(last as *const usize) } {
                0 => break,
                next => last = next,
            }
        }
        // SAFETY: as above.
        unsafe { *(last as *mut usize) = self.free[class].get() };
        self.free[class].set(first);
    }

    #[cold]
    fn refill(&self, size: usize) {
        let chunk = system_alloc(CHUNK);
        self.bytes.set(self.bytes.get() + CHUNK);
        self.chunks.borrow_mut().push((chunk, size));
        let head = &self.free[size / 16];
        for index in (0..CHUNK / size).rev() {
            let block = chunk + index * size;
            push_free(head, block, size);
        }
    }

    #[cold]
    pub(crate) fn alloc_large(&self, size: usize) -> usize {
        let block = system_alloc(size);
        self.bytes.set(self.bytes.get() + size);
        self.large.borrow_mut().insert(block, size);
        block
    }

    #[cold]
    pub(crate) fn free_large(&self, block: usize, size: usize) {
        let known = self.large.borrow_mut().remove(&block);
        debug_assert_eq!(known.map(|s| s.div_ceil(16)), Some(size.div_ceil(16)), "a large block's size changed");
        let size = known.unwrap_or(size);
        self.bytes.set(self.bytes.get() - size);
        // SAFETY: allocated by `system_alloc` with this size.
        unsafe { std::alloc::dealloc(block as *mut u8, layout_for(size)) };
    }

    pub(crate) fn for_each_block(&self, mut f: impl FnMut(usize)) {
        for &(chunk, size) in self.chunks.borrow().iter() {
            (0..CHUNK / size).for_each(|index| f(chunk + index * size));
        }
        self.large.borrow().keys().for_each(|block| f(*block));
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.get()
    }
}

/// Takes the first block of a free list that is not empty.
#[inline(always)]
pub(crate) fn pop_free(head: &Cell<usize>, class: usize) -> usize {
    let block = head.get();
    // SAFETY: a free block's first word is the next block's address.
    head.set(unsafe { *(block as *const usize) });
    watch::taken(block, class * 16);
    block
}

/// Puts a block that nobody uses any more at the front of a free list.
#[inline(always)]
pub(crate) fn push_free(head: &Cell<usize>, block: usize, size: usize) {
    // SAFETY: the block is at least 16 bytes and nobody uses it any more.
    unsafe {
        let words = block as *mut u64;
        *words = head.get() as u64;
        *words.add(1) = 0;
        if cfg!(debug_assertions) {
            for index in 2..size.div_ceil(16) * 2 {
                *words.add(index) = POISON;
            }
        }
    }
    watch::freed(block, size.next_multiple_of(16));
    head.set(block);
}

/// Nothing watches the blocks.
#[cfg(not(pitviper_asan))]
pub(crate) mod watch {
    #[inline(always)]
    pub(crate) fn freed(_block: usize, _size: usize) {}

    #[inline(always)]
    pub(super) fn taken(_block: usize, _size: usize) {}
}

/// AddressSanitizer watches the blocks.
#[cfg(pitviper_asan)]
pub(crate) mod watch {
    use std::ffi::c_void;

    // SAFETY: the declarations are those of `sanitizer/asan_interface.h`, whose runtime is linked whenever this module is.
    unsafe extern "C" {
        fn __asan_poison_memory_region(start: *const c_void, size: usize);
        fn __asan_unpoison_memory_region(start: *const c_void, size: usize);
    }

    /// Nobody may touch a block that was freed, but for the two words of the free list.
    pub(crate) fn freed(block: usize, size: usize) {
        // SAFETY: the region belongs to the pool, and is free.
        unsafe { __asan_poison_memory_region((block + 16) as *const c_void, size - 16) };
    }

    /// The block belongs to somebody now.
    pub(super) fn taken(block: usize, size: usize) {
        // SAFETY: the region belongs to the pool.
        unsafe { __asan_unpoison_memory_region(block as *const c_void, size) };
    }
}

fn layout_for(size: usize) -> std::alloc::Layout {
    std::alloc::Layout::from_size_align(size.max(16), 16).expect("block size")
}

fn system_alloc(size: usize) -> usize {
    let layout = layout_for(size);
    // SAFETY: the layout is not empty.
    let block = unsafe { std::alloc::alloc(layout) };
    if block.is_null() {
        std::alloc::handle_alloc_error(layout);
    }
    block as usize
}

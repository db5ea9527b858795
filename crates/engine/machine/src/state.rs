//! The thread state that compiled code and drivers share, and the register stack.

use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use pv_word::Word;

/// Reasons to leave the fast path at the next poll; a set of bits in one 32-bit word.
pub struct Breaker(AtomicU32);

impl Breaker {
    /// Finalisers are queued: run them at the next bytecode boundary.
    pub const FINALIZERS: u32 = 1;
    /// The cycle collector wants to run.
    pub const COLLECT: u32 = 2;
    /// A signal is pending.
    pub const SIGNAL: u32 = 4;
    /// Another thread wants the interpreter lock.
    pub const YIELD: u32 = 8;
    /// A trace was invalidated.
    pub const INVALIDATED: u32 = 16;
    /// An exception is to be raised asynchronously.
    pub const ASYNC_EXC: u32 = 32;
    /// Somebody watches the language's code at single bytecodes: compiled code stays out, the driver sees to it.
    pub const OBSERVED: u32 = 64;

    /// What is served at any bytecode boundary, by compiled code and recordings too; the rest waits for a poll.
    pub const BOUNDARY: u32 = Self::FINALIZERS | Self::SIGNAL;

    /// The bits set now.
    #[inline(always)]
    pub fn bits(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets bits.
    pub fn set(&self, bits: u32) {
        self.0.fetch_or(bits, Ordering::Relaxed);
    }

    /// Clears bits.
    pub fn clear(&self, bits: u32) {
        self.0.fetch_and(!bits, Ordering::Relaxed);
    }
}

/// What a thread's drivers and its compiled code both read and write. `repr(C)`: the code
/// generator takes field offsets with `offset_of!`.
#[repr(C)]
pub struct State {
    /// Slot 0 of the current frame; exact whenever a helper that re-enters runs, and at exits.
    pub base: Cell<*const Cell<Word>>,
    /// One past the last usable slot of the register stack.
    pub limit: Cell<*const Cell<Word>>,
    /// The language's thread context, passed to helpers.
    pub cx: Cell<*const ()>,
    /// Polled at loop headers and bytecode boundaries.
    pub breaker: Breaker,
    /// Program counter of the current frame; exact as `base` is.
    pub pc: Cell<u32>,
    /// The exit through which compiled code was left last.
    pub exit: Cell<u32>,
    /// Depth of nested frames counted against the recursion limit.
    pub depth: Cell<u32>,
    /// Lowest native stack address that compiled code may use.
    pub native_limit: Cell<usize>,
}

impl State {
    /// A state over a register stack; `cx` is set by the context that embeds it.
    pub fn new(stack: &RegisterStack) -> Self {
        let (first, limit) = stack.range();
        State {
            base: Cell::new(first),
            limit: Cell::new(limit),
            cx: Cell::new(std::ptr::null()),
            breaker: Breaker(AtomicU32::new(0)),
            pc: Cell::new(0),
            exit: Cell::new(0),
            depth: Cell::new(0),
            native_limit: Cell::new(0),
        }
    }
}

/// A thread's registers: one region that never moves, committed by the system as it is touched.
///
/// Invariant: cells hold [`Word`]s; zeroed (never used) cells read as the int 0, and every frame fills its slots
/// on entry.
pub struct RegisterStack {
    cells: NonNull<Cell<Word>>,
    len: usize,
}

impl RegisterStack {
    /// Readable cells below the first. A trace loads what it reads of frames below its own when it is entered, ahead of the guards that
    /// tell whether they are there.
    pub const BELOW: usize = 1 << 14;

    /// Reserves room for `len` slots.
    ///
    /// # Panics
    /// When the system refuses the reservation.
    pub fn new(len: usize) -> Self {
        let len = len + Self::BELOW;
        let layout = Self::layout(len);
        // SAFETY: the layout is not empty, as `layout` asserts.
        let cells = unsafe { std::alloc::alloc_zeroed(layout) }.cast();
        let Some(cells) = NonNull::new(cells) else { std::alloc::handle_alloc_error(layout) };
        RegisterStack { cells, len }
    }

    fn layout(len: usize) -> std::alloc::Layout {
        assert!(len > 0, "an empty register stack");
        std::alloc::Layout::array::<Cell<Word>>(len).expect("register stack size")
    }

    /// First cell and one past the last.
    pub fn range(&self) -> (*const Cell<Word>, *const Cell<Word>) {
        let lowest = self.cells.as_ptr().cast_const();
        // SAFETY: within, and one past the end of, the allocation made in `new`.
        unsafe { (lowest.add(Self::BELOW), lowest.add(self.len)) }
    }
}

impl Drop for RegisterStack {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with the same layout.
        unsafe { std::alloc::dealloc(self.cells.as_ptr().cast(), Self::layout(self.len)) }
    }
}

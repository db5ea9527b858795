//! Generators, coroutines and async generators: a frame's slots at rest.
//!
//! Invariants: while the generator is suspended its slots lie behind its fields; while it runs they are empty, being on the
//! register stack. A generator that delegates to another may be *passed over*: it stays suspended while the one it waits for runs, and
//! counts as running then ([`Generator::is_running`]).

use std::cell::Cell;

use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::Frame;
use crate::obj::{Held, Obj};
use crate::shape::ShapeRef;

/// Where a generator stands. The numbers are what compiled code sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum GeneratorState {
    /// Not started.
    Created = 0,
    /// At a yield outside any handler: may be dropped as it is.
    Suspended = 1,
    /// Running.
    Running = 2,
    /// Returned, raised or closed.
    Finished = 3,
    /// At a yield that a handler guards: when it is dropped it is queued, to be closed first.
    Guarded = 4,
}

/// Marks of async generators.
pub struct GeneratorMarks;

impl GeneratorMarks {
    /// The thread's hooks were asked.
    pub const HOOKED: u8 = 1;
    /// It came to its end, or was told to close.
    pub const CLOSED: u8 = 2;
    /// One of its awaitables is under way.
    pub const RUNNING: u8 = 4;
    /// GeneratorExit is thrown into what it awaits, which is not closed for it.
    pub const THROWING: u8 = 8;
    /// It is handling an exception of its own, not only what its resumer handles.
    pub const HANDLING: u8 = 16;
}

/// A generator, coroutine or async generator.
#[repr(C)]
pub struct Generator {
    header: Header,
    pub(crate) len: Cell<u32>,
    pub(crate) pc: Cell<u32>,
    pub(crate) state: Cell<u8>,
    marks: Cell<u8>,
    /// The slot that holds what a suspended generator delegates to, plus one; 0 where it does not, or must not be passed over.
    pub(crate) delegate: Cell<u16>,
    /// The function it runs (or its code).
    pub function: Held,
    /// `__name__`.
    pub name: Held,
    /// `__qualname__`.
    pub qualname: Held,
    /// The frame object, once made.
    pub frame: Held,
    /// What the interpreter keeps: the handled exception, the iterator delegated to, …
    pub extra: Held,
    /// A coroutine's origin, or an async generator's finaliser.
    pub companion: Held,
    pub(crate) slots: [Held; 0],
}

/// Offset of the first slot.
pub const GENERATOR_SLOTS: usize = std::mem::offset_of!(Generator, slots);

impl Generator {
    /// A generator with `len` empty slots, of the type that `shape` names (`None`: `generator`).
    pub fn create(function: Obj, name: Obj, qualname: Obj, len: usize, shape: Option<ShapeRef>) -> Obj {
        let heap = Heap::current();
        let shape = shape.unwrap_or_else(|| heap.shape_of(Kind::Generator));
        let size = (GENERATOR_SLOTS + 8 * len).max(size_of::<Generator>());
        let obj = heap.create(shape, size, |header| Generator {
            header,
            len: Cell::new(len as u32),
            pc: Cell::new(0),
            state: Cell::new(GeneratorState::Created as u8),
            marks: Cell::new(0),
            delegate: Cell::new(0),
            function: Held::new(function),
            name: Held::new(name),
            qualname: Held::new(qualname),
            frame: Held::empty(),
            extra: Held::empty(),
            companion: Held::empty(),
            slots: [],
        });
        // SAFETY: `create` allocated `len` words behind the fields.
        unsafe { crate::layouts::fill_empty(obj.expect::<Generator>().slots.as_ptr().cast(), len) };
        obj
    }

    /// The slots.
    #[inline(always)]
    pub fn slots(&self) -> &[Held] {
        // SAFETY: `create` made `len` cells behind the fields.
        unsafe { std::slice::from_raw_parts(self.slots.as_ptr(), self.len.get() as usize) }
    }

    /// Where execution goes on.
    #[inline]
    pub fn pc(&self) -> u32 {
        self.pc.get()
    }

    /// Sets where execution goes on.
    pub fn set_pc(&self, pc: u32) {
        self.pc.set(pc);
    }

    /// The state.
    #[inline]
    pub fn state(&self) -> GeneratorState {
        match self.state.get() {
            0 => GeneratorState::Created,
            1 => GeneratorState::Suspended,
            2 => GeneratorState::Running,
            4 => GeneratorState::Guarded,
            _ => GeneratorState::Finished,
        }
    }

    /// Sets the state.
    pub fn set_state(&self, state: GeneratorState) {
        self.state.set(state as u8);
    }

    /// Is it at a yield?
    pub fn is_suspended(&self) -> bool {
        matches!(self.state(), GeneratorState::Suspended | GeneratorState::Guarded)
    }

    /// The generator that a suspended one waits for, borrowed, where it can be passed over: it handles no exception that what it waits
    /// for would have to see.
    #[inline]
    pub fn delegate(&self) -> Option<Word> {
        let slot = usize::from(self.delegate.get()).checked_sub(1)?;
        if !self.is_suspended() || !self.extra.is_empty() {
            return None;
        }
        let held = self.slots()[slot].peek();
        (Obj::of(&held).heap_kind() == Some(Kind::Generator)).then_some(held)
    }

    /// The generators that it waits for, borrowed, from the first one on: nothing may run meanwhile.
    pub fn chain(&self) -> impl Iterator<Item = Word> {
        std::iter::successors(self.delegate(), |word| Obj::of(word).expect::<Generator>().delegate())
    }

    /// Does it run, or the generator at the end of those that it waits for?
    pub fn is_running(&self) -> bool {
        let end = self.chain().last();
        let state = end.map_or(self.state(), |word| Obj::of(&word).expect::<Generator>().state());
        state == GeneratorState::Running
    }

    /// Does it have a mark of [`GeneratorMarks`]?
    pub fn has_mark(&self, mark: u8) -> bool {
        self.marks.get() & mark != 0
    }

    /// Sets or removes a mark of [`GeneratorMarks`].
    pub fn mark(&self, mark: u8, on: bool) {
        let others = self.marks.get() & !mark;
        self.marks.set(if on { others | mark } else { others });
    }

    /// Empties every slot.
    pub fn clear_slots(&self) {
        self.slots().iter().rev().for_each(|slot| drop(slot.take()));
    }

    /// Makes `frame` its frame object.
    pub fn set_frame(&self, frame: Obj) {
        frame.expect::<Frame>().set_generator(Word::from_addr(std::ptr::from_ref(self).addr()));
        self.frame.set(frame);
    }

    /// Its frame has ended, and the frame object knows.
    pub fn forget_frame(&self) {
        if let Some(frame) = self.frame.take() {
            frame.expect::<Frame>().part_from_generator();
        }
    }

    /// The generator is about to end: its frame object, if somebody else has that too, goes on without it, with what the slots hold.
    pub fn part_from_frame(&self) {
        let Some(frame) = self.frame.take() else { return };
        let view = frame.expect::<Frame>();
        view.part_from_generator();
        if frame.header().is_some_and(|header| header.count() > 1) {
            view.pc.set(self.pc());
            view.set_slots(self.slots().iter().map(Held::take).collect());
        }
    }
}

impl Obj {
    /// A generator, and no coroutine or async generator?
    #[inline]
    pub fn is_exact_generator(&self) -> bool {
        self.heap_kind() == Some(Kind::Generator)
            && std::ptr::eq(self.shape(), Heap::current().shape_of(Kind::Generator))
    }
}

// SAFETY: `repr(C)`, header first; `drop` below releases the tail.
unsafe impl Layout for Generator {
    const KIND: Kind = Kind::Generator;
    fn extent(&self) -> usize {
        GENERATOR_SLOTS + 8 * self.len.get() as usize
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        for held in [&self.function, &self.name, &self.qualname, &self.frame, &self.extra, &self.companion] {
            held.visit(visitor);
        }
        self.slots().iter().for_each(|slot| slot.visit(visitor));
    }
    fn clear(&self) {
        self.set_state(GeneratorState::Finished);
        self.part_from_frame();
        self.clear_slots();
        drop(self.extra.take());
        drop(self.companion.take());
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.part_from_frame();
        self.clear_slots();
    }
}

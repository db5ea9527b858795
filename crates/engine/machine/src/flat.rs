//! A ready-made thread context for languages without a heap of their own.
//!
//! Role: [`Flat`] lets a small language live on the engine without a line of `unsafe`: its values are small integers, self-tagged
//! floats, [`crate::Bytes`] and whatever the host structure keeps behind helpers. Invariant: no object is ever counted
//! down to zero, since the only objects are immortal.

use std::cell::Cell;

use pv_word::Word;

use crate::context::Context;
use crate::desc::{Effects, Helper, Target};
use crate::state::{RegisterStack, State};

/// A thread context around the host structure `H`, with its own register stack.
pub struct Flat<H: 'static> {
    state: State,
    // Keeps the cells alive that `state` points to.
    _stack: RegisterStack,
    /// What the language's helpers work on.
    pub host: H,
}

impl<H: 'static> Flat<H> {
    /// A context whose first frame has its first `slots` slots filled with the int 0.
    pub fn new(slots: usize, host: H) -> Self {
        let stack = RegisterStack::new(slots);
        Flat { state: State::new(&stack), _stack: stack, host }
    }

    const BOX: Helper<Flat<H>> = Helper::new("flat.box_float", Effects::PURE, Target::FW(no_box));
    const DEALLOC: Helper<Flat<H>> = Helper::new("flat.dealloc", Effects::PURE, Target::I1(no_heap));
    const ALLOC: Helper<Flat<H>> = Helper::new("flat.alloc", Effects::PURE, Target::I1(no_heap));
}

extern "C" fn no_box<H: 'static>(_: &Flat<H>, _: f64) -> Word {
    panic!("a language without a heap made a float that needs a box")
}

extern "C" fn no_heap<H: 'static>(_: &Flat<H>, _: Word) -> i64 {
    panic!("a language without a heap allocated or freed an object")
}

// SAFETY: object words are immortal `Bytes` only (there is no allocator to make others), and no free list is offered.
unsafe impl<H: 'static> Context for Flat<H> {
    type Code = u32;

    fn state(&self) -> &State {
        &self.state
    }
    fn bool_word(&self, value: bool) -> Word {
        Word::small(i32::from(value))
    }
    fn box_float() -> &'static Helper<Self> {
        const { &Self::BOX }
    }
    fn dealloc() -> &'static Helper<Self> {
        const { &Self::DEALLOC }
    }
    fn alloc() -> &'static Helper<Self> {
        const { &Self::ALLOC }
    }
    fn free_list(&self, _: usize) -> Option<&Cell<usize>> {
        None
    }
    fn embed(&self, _: Word) {}
    fn depth_limit(&self) -> u32 {
        u32::MAX
    }
}

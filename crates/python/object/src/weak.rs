//! The side table from objects to the weak references to them.
//!
//! Invariants: a weak reference is in the table from its creation until it or its target dies; the table owns no
//! references. One whose count is zero is dying itself (it may wait for its turn to be freed) and is not handed out.

use std::cell::RefCell;
use std::collections::HashMap;

use pv_word::Word;

use crate::header::Flags;
use crate::heap::Heap;
use crate::layouts::WeakRef;
use crate::obj::{Obj, header_of};

/// See the module's header.
#[derive(Default)]
pub(crate) struct WeakTable {
    by_target: RefCell<HashMap<usize, Vec<Word>>>,
}

fn is_dying(weakref: Word) -> bool {
    header_of(weakref).is_some_and(|header| header.count() == 0)
}

impl Heap {
    pub(crate) fn add_weakref(&self, target: &Obj, weakref: Word) {
        if let Some(header) = target.header() {
            header.set_flags(Flags::WEAKLY_REFERENCED);
            self.weakrefs.by_target.borrow_mut().entry(target.word().addr()).or_default().push(weakref);
        }
    }

    pub(crate) fn remove_weakref(&self, target: Word, weakref: Word) {
        let mut table = self.weakrefs.by_target.borrow_mut();
        if let Some(list) = table.get_mut(&target.addr()) {
            list.retain(|each| *each != weakref);
            if list.is_empty() {
                table.remove(&target.addr());
            }
        }
    }

    /// The weak references to an object, oldest first.
    pub fn weakrefs_of(&self, target: &Obj) -> Vec<Obj> {
        let table = self.weakrefs.by_target.borrow();
        let list = table.get(&target.word().addr()).map_or(&[][..], Vec::as_slice);
        list.iter().filter(|word| !is_dying(**word)).map(|word| Obj::retained(*word)).collect()
    }

    /// Are there, or were there, weak references to the object?
    pub fn has_weakrefs(target: &Obj) -> bool {
        target.header().is_some_and(|header| header.flags() & Flags::WEAKLY_REFERENCED != 0)
    }

    /// Empties the weak references to an object and returns them, youngest first.
    pub fn detach_weakrefs(&self, target: &Obj) -> Vec<Obj> {
        let list = self.weakrefs.by_target.borrow_mut().remove(&target.word().addr()).unwrap_or_default();
        let empty = |word: &Word| Obj::of(word).expect::<WeakRef>().forget_target();
        list.iter().for_each(empty);
        list.into_iter().rev().filter(|word| !is_dying(*word)).map(Obj::retained).collect()
    }

    /// Empties the weak references to a dying object; those with a callback are queued, youngest first.
    pub(crate) fn clear_weakrefs(&self, target: Word) {
        for weakref in self.detach_weakrefs(Obj::of(&target)) {
            if weakref.expect::<WeakRef>().has_callback() {
                self.queue_finalizer(weakref);
            }
        }
    }
}

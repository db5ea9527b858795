//! Weak references. The heap keeps a side table from objects to the references to them.

use std::cell::Cell;

use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::create;
use crate::obj::{Held, Obj};
use crate::shape::ShapeRef;

/// A weak reference.
#[repr(C)]
pub struct WeakRef {
    header: Header,
    /// Not owned; emptied when the object dies.
    target: Cell<Word>,
    callback: Held,
    /// Was it made with a callback?
    called_back: bool,
    hash: Cell<Option<i64>>,
}

impl WeakRef {
    /// A weak reference to a heap object, of the type that `shape` names.
    pub fn create(target: &Obj, callback: Option<Obj>, shape: ShapeRef) -> Obj {
        let (word, called_back) = (Cell::new(target.word()), callback.is_some());
        let callback = Held::maybe(callback);
        let obj = create!(WeakRef { target: word, callback, called_back, hash: Cell::new(None) }, shape);
        Heap::current().add_weakref(target, obj.word());
        obj
    }

    /// The object, while it lives.
    pub fn target(&self) -> Option<Obj> {
        Obj::from_borrowed(self.target.get())
    }

    /// Has a callback that was not called yet?
    pub fn has_callback(&self) -> bool {
        !self.callback.is_empty()
    }

    /// Was it made with a callback?
    pub fn had_callback(&self) -> bool {
        self.called_back
    }

    /// The callback.
    pub fn callback(&self) -> Option<Obj> {
        self.callback.get()
    }

    /// Takes the callback out, to call it.
    pub fn take_callback(&self) -> Option<Obj> {
        self.callback.take()
    }

    /// The target's hash, once it was asked for.
    pub fn hash(&self) -> &Cell<Option<i64>> {
        &self.hash
    }

    pub(crate) fn forget_target(&self) {
        self.target.set(Word::EMPTY);
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for WeakRef {
    const KIND: Kind = Kind::WeakRef;
    fn extent(&self) -> usize {
        size_of::<WeakRef>()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.callback.visit(visitor);
    }
    fn clear(&self) {
        drop(self.callback.take());
    }
}

impl Drop for WeakRef {
    fn drop(&mut self) {
        let target = self.target.get();
        if !target.is_empty() {
            Heap::current().remove_weakref(target, Word::from_addr(std::ptr::from_ref(self) as usize));
        }
    }
}

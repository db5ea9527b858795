//! Objects whose state is a Rust value.

use std::any::Any;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout, Visitor};
use crate::obj::Obj;
use crate::shape::ShapeRef;

/// State of an object that this crate knows nothing of.
pub trait Payload: Any {
    /// Calls the visitor with every object the state owns.
    fn visit(&self, _visitor: Visitor<'_>) {}
    /// Gives up what may take part in a reference cycle.
    fn clear(&self) {}
}

/// An object around a Rust value.
#[repr(C)]
pub struct Native {
    header: Header,
    payload: Box<dyn Payload>,
}

impl Native {
    /// An object of the type that `shape` names.
    pub fn create(payload: Box<dyn Payload>, shape: ShapeRef) -> Obj {
        Heap::current().create(shape, size_of::<Native>(), |header| Native { header, payload })
    }

    /// The state, if it has this type.
    pub fn get<T: Payload>(&self) -> Option<&T> {
        (&*self.payload as &dyn Any).downcast_ref()
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Native {
    const KIND: Kind = Kind::Native;
    fn extent(&self) -> usize {
        size_of::<Native>()
    }
    fn visit(&self, visitor: Visitor<'_>) {
        self.payload.visit(visitor);
    }
    fn clear(&self) {
        self.payload.clear();
    }
}

impl Obj {
    /// The Rust state of a [`Native`] object, if it has this type.
    pub fn native<T: Payload>(&self) -> Option<&T> {
        self.downcast::<Native>()?.get()
    }
}

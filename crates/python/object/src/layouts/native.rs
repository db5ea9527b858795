//! Objects whose state is a Rust value.

use std::any::{Any, TypeId};
use std::rc::Rc;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout, Visitor};
use crate::layouts::Array;
use crate::obj::Obj;
use crate::shape::ShapeRef;

/// What the bytes of a [`Buffer`] are.
#[derive(Clone, Debug)]
pub struct BufferForm {
    /// The items' format, as the module `struct` writes it.
    pub format: &'static str,
    /// Bytes per item.
    pub item_size: usize,
    /// Bytes of all.
    pub len: usize,
    /// May nobody change them?
    pub read_only: bool,
}

/// Memory that an object shows to others. While one of the functions passed here runs, it must not reach the object in
/// another way.
pub trait Buffer {
    /// The text of the ValueError for who looks at it now, if nobody may.
    fn refusal(&self) -> Option<&'static str> {
        None
    }

    /// What the bytes are.
    fn form(&self) -> BufferForm;

    /// Calls `f` with the bytes, in one piece.
    fn read(&self, f: &mut dyn FnMut(&[u8]));

    /// Calls `f` with the bytes for changes in place; false where there can be none.
    fn write(&self, f: &mut dyn FnMut(&mut [u8])) -> bool;

    /// Counts views in or out; while there is one, the size stays.
    fn add_views(&self, change: i32);
}

/// State of an object that this crate knows nothing of.
pub trait Payload: Any {
    /// Calls the visitor with every object the state owns.
    fn visit(&self, _visitor: Visitor<'_>) {}
    /// Gives up what may take part in a reference cycle.
    fn clear(&self) {}
    /// The memory that the object shows to others.
    fn buffer(&self) -> Option<&dyn Buffer> {
        None
    }
}

/// A shared payload that knows its type without asking it: reading it is a comparison and no call.
#[derive(Clone)]
pub(crate) struct Shared {
    id: TypeId,
    payload: Rc<dyn Payload>,
}

impl Shared {
    pub(crate) fn new(payload: Rc<dyn Payload>) -> Shared {
        Shared { id: (&*payload as &dyn Any).type_id(), payload }
    }

    #[inline(always)]
    pub(crate) fn get<T: Payload>(&self) -> Option<&T> {
        // SAFETY: `new` took the id from the payload itself.
        (self.id == TypeId::of::<T>()).then(|| unsafe { &*std::ptr::from_ref(&*self.payload).cast::<T>() })
    }

    pub(crate) fn rc(&self) -> Rc<dyn Payload> {
        Rc::clone(&self.payload)
    }

    pub(crate) fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.payload.visit(&mut |child| visitor(child));
    }
}

/// An object around a Rust value.
#[repr(C)]
pub struct Native {
    header: Header,
    payload: Box<dyn Payload>,
    id: TypeId,
}

impl Native {
    /// An object of the type that `shape` names.
    pub fn create(payload: Box<dyn Payload>, shape: ShapeRef) -> Obj {
        let id = (&*payload as &dyn Any).type_id();
        Heap::current().create(shape, size_of::<Native>(), |header| Native { header, payload, id })
    }

    /// The state, if it has this type.
    pub fn get<T: Payload>(&self) -> Option<&T> {
        // SAFETY: `create` took the id from the payload itself, and the payload never changes.
        (self.id == TypeId::of::<T>()).then(|| unsafe { &*std::ptr::from_ref(&*self.payload).cast::<T>() })
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Native {
    const KIND: Kind = Kind::Native;
    fn extent(&self) -> usize {
        size_of::<Native>()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.payload.visit(&mut |child| visitor(child));
    }
    fn clear(&self) {
        self.payload.clear();
    }
}

impl Obj {
    /// The memory that an [`Array`] or a [`Native`] object shows to others.
    pub fn native_buffer(&self) -> Option<&dyn Buffer> {
        if let Some(array) = self.downcast::<Array>() {
            return Some(array);
        }
        self.downcast::<Native>()?.payload.buffer()
    }

    /// The Rust state of a [`Native`] object, if it has this type.
    pub fn native<T: Payload>(&self) -> Option<&T> {
        self.downcast::<Native>()?.get()
    }
}

//! Objects that are nothing but their identity: `None`, the bools, `...`, `NotImplemented`.

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::obj::Obj;

/// A header and nothing else.
#[repr(C)]
pub struct Singleton {
    header: Header,
}

impl Singleton {
    pub(crate) fn create(heap: &Heap, kind: Kind) -> Obj {
        heap.create(heap.shape_of(kind), size_of::<Singleton>(), |header| Singleton { header })
    }
}

// SAFETY: `repr(C)`, header first. The kinds that share the layout have no views: `KIND` names one of them.
unsafe impl Layout for Singleton {
    const KIND: Kind = Kind::None;
    fn visit(&self, _: &mut (impl FnMut(&Obj) + ?Sized)) {}
}

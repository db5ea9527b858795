//! Code objects: constants that the heap can see, and whatever the compiler made, which it cannot.

use std::any::Any;
use std::rc::Rc;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout, Visitor};
use crate::layouts::Payload;
use crate::obj::Obj;

/// A code object.
#[repr(C)]
pub struct Code {
    header: Header,
    payload: Rc<dyn Payload>,
    constants: Box<[Obj]>,
}

impl Code {
    /// A code object.
    pub fn create(constants: Vec<Obj>, payload: Rc<dyn Payload>) -> Obj {
        let constants = constants.into_boxed_slice();
        let heap = Heap::current();
        heap.create(heap.shape_of(Kind::Code), size_of::<Code>(), |header| Code { header, payload, constants })
    }

    /// The constants.
    pub fn constants(&self) -> &[Obj] {
        &self.constants
    }

    /// What the compiler made, if it has this type.
    #[inline]
    pub fn payload<T: Payload>(&self) -> Option<&T> {
        (&*self.payload as &dyn Any).downcast_ref()
    }

    /// What the compiler made, shared.
    pub fn shared(&self) -> Rc<dyn Payload> {
        Rc::clone(&self.payload)
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Code {
    const KIND: Kind = Kind::Code;
    fn extent(&self) -> usize {
        size_of::<Code>()
    }
    fn visit(&self, visitor: Visitor<'_>) {
        self.constants.iter().for_each(&mut *visitor);
        self.payload.visit(visitor);
    }
}

//! Exceptions, traceback entries, frame objects.

use std::any::Any;
use std::cell::{Cell, RefCell};

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::{Dict, Payload, Tuple, create, held_layout};
use crate::obj::{Held, Obj};
use crate::shape::ShapeRef;

/// An exception of any class.
#[repr(C)]
pub struct Exception {
    header: Header,
    /// `args`, a tuple.
    pub args: Held,
    /// `__traceback__`, or empty.
    pub traceback: Held,
    /// `__context__`, or empty.
    pub context: Held,
    /// `__cause__`, or empty.
    pub cause: Held,
    /// What the class keeps for itself: the value of StopIteration, the code of SystemExit, …
    pub value: Held,
    dict: Held,
    /// `__suppress_context__`.
    pub suppress: Cell<bool>,
}

impl Exception {
    /// An exception of the class that `shape` names.
    pub fn create(args: Vec<Obj>, shape: ShapeRef) -> Obj {
        let [traceback, context, cause, value, dict] = [const { Held::empty() }; 5];
        let args = Held::new(Tuple::create(args));
        create!(Exception { args, traceback, context, cause, value, dict, suppress: Cell::new(false) }, shape)
    }

    /// The `__dict__`, made now if need be.
    pub fn dict(&self) -> Obj {
        if self.dict.is_empty() {
            self.dict.set(Dict::create());
        }
        self.dict.get().unwrap_or_else(Dict::create)
    }

    /// The `__dict__`, if it has been made.
    pub fn dict_obj(&self) -> Option<Obj> {
        self.dict.get()
    }

    /// Replaces the `__dict__`.
    pub fn set_dict(&self, dict: Obj) {
        self.dict.set(dict);
    }
}

held_layout!(Exception, Exception, [args, traceback, context, cause, value, dict]);

/// One entry of a traceback.
#[repr(C)]
pub struct Traceback {
    header: Header,
    /// `tb_next`, or empty.
    pub next: Held,
    /// `tb_frame`, once made; until then the function that ran.
    pub frame: Held,
    /// The code that ran.
    pub code: Held,
    /// The program counter.
    pub pc: Cell<u32>,
    /// `tb_lineno`.
    pub line: Cell<u32>,
}

impl Traceback {
    /// An entry before `next`.
    pub fn create(next: Option<Obj>, frame: Option<Obj>, code: Obj, pc: u32, line: u32) -> Obj {
        let (next, frame, code) = (Held::maybe(next), Held::maybe(frame), Held::new(code));
        create!(Traceback { next, frame, code, pc: Cell::new(pc), line: Cell::new(line) })
    }
}

held_layout!(Traceback, Traceback, [next, frame, code]);

/// A frame object: how it reaches the frame is the interpreter's business, and its payload.
#[repr(C)]
pub struct Frame {
    header: Header,
    /// `f_code`.
    pub code: Held,
    /// `f_globals`.
    pub globals: Held,
    /// `f_back`, once made.
    pub back: Held,
    /// The locals dict, where there is one.
    pub locals: Held,
    /// The program counter when the frame was left.
    pub pc: Cell<u32>,
    /// Address of the first slot of the frame that it is a picture of; 0 for one at rest. The frame may be gone.
    pub base: Cell<usize>,
    /// Where it stands when that is not the line of its program counter, else 0: at the head of its code, or at a statement without an
    /// instruction.
    pub line: Cell<u32>,
    slots: RefCell<Vec<Option<Obj>>>,
    payload: RefCell<Option<Box<dyn Payload>>>,
}

impl Frame {
    /// A frame object.
    pub fn create(code: Obj, globals: Obj) -> Obj {
        let (slots, payload) = (RefCell::default(), RefCell::new(None));
        let (code, globals) = (Held::new(code), Held::new(globals));
        let [back, locals] = [const { Held::empty() }; 2];
        let (pc, base, line) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let shape = Heap::current().shape_of(Kind::Frame);
        create!(Frame { code, globals, back, locals, pc, base, line, slots, payload }, shape)
    }

    /// The locals' values as they were when the frame ended (or was last looked at).
    pub fn slots(&self) -> Vec<Option<Obj>> {
        self.slots.borrow().clone()
    }

    /// Replaces them.
    pub fn set_slots(&self, slots: Vec<Option<Obj>>) {
        let mut old = self.slots.replace(slots);
        // From the last one, as CPython does, which finalisers show.
        while let Some(last) = old.pop() {
            drop(last);
        }
    }

    /// Sets what the interpreter keeps.
    pub fn set_payload(&self, payload: Option<Box<dyn Payload>>) {
        let old = self.payload.replace(payload);
        drop(old);
    }

    /// Calls `f` with what the interpreter keeps, if it has this type.
    pub fn with_payload<T: Payload, R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        let payload = self.payload.borrow();
        let payload: &dyn Any = &**payload.as_ref()?;
        payload.downcast_ref().map(f)
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.set_slots(Vec::new());
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Frame {
    const KIND: Kind = Kind::Frame;
    fn extent(&self) -> usize {
        size_of::<Frame>()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        [&self.code, &self.globals, &self.back, &self.locals].into_iter().for_each(|held| held.visit(visitor));
        self.slots.borrow().iter().flatten().for_each(&mut *visitor);
        if let Some(payload) = &*self.payload.borrow() {
            payload.visit(&mut |child| visitor(child));
        }
    }
    fn clear(&self) {
        self.set_slots(Vec::new());
        drop(self.back.take());
        drop(self.locals.take());
    }
}

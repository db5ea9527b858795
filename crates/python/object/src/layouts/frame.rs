//! Frame objects.
//!
//! A frame object stands for one activation of code, while that runs, is suspended, and afterwards. While it runs its variables are on
//! the register stack, at `base`; while a generator is suspended they are in that, which owns the frame object and is not counted by
//! it; in the end they lie here. Which of these it is, the runtime knows.

use std::any::Any;
use std::cell::{Cell, RefCell};

use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::{Payload, create};
use crate::obj::{Held, Obj};

/// See the module's header.
#[repr(C)]
pub struct Frame {
    header: Header,
    /// `f_code`.
    pub code: Held,
    /// `f_globals`.
    pub globals: Held,
    /// The function that runs.
    pub function: Held,
    /// `f_back`, once the frame has ended.
    pub back: Held,
    /// The namespace of code that has one; of a function's, what was added to its `f_locals` under other names than its variables'.
    pub locals: Held,
    /// The program counter when the frame was left.
    pub pc: Cell<u32>,
    /// Address of the first slot where it ran last; 0 once it has ended.
    pub base: Cell<usize>,
    /// Where it stands when that is not the line of its program counter, else 0: at the head of its code, or at a statement without an
    /// instruction.
    pub line: Cell<u32>,
    /// The generator whose frame this is; not counted, and forgotten when that ends.
    generator: Cell<Word>,
    slots: RefCell<Vec<Option<Obj>>>,
    /// Values of variables that were overwritten through the frame while it ran: the code that runs may still be at work with them.
    overwritten: RefCell<Vec<Obj>>,
    payload: RefCell<Option<Box<dyn Payload>>>,
}

impl Frame {
    /// A frame object.
    pub fn create(code: Obj, globals: Obj) -> Obj {
        let (slots, overwritten, payload) = (RefCell::default(), RefCell::default(), RefCell::new(None));
        let (code, globals) = (Held::new(code), Held::new(globals));
        let [function, back, locals] = [const { Held::empty() }; 3];
        let (pc, base, line, generator) = (Cell::new(0), Cell::new(0), Cell::new(0), Cell::new(Word::EMPTY));
        let shape = Heap::current().shape_of(Kind::Frame);
        create!(
            Frame { code, globals, function, back, locals, pc, base, line, generator, slots, overwritten, payload },
            shape
        )
    }

    /// The generator whose frame this is, until that has ended.
    pub fn generator(&self) -> Option<Obj> {
        Obj::from_borrowed(self.generator.get())
    }

    /// Makes it the frame of a generator, which is to hold it.
    pub(crate) fn set_generator(&self, generator: Word) {
        self.generator.set(generator);
    }

    /// That ends.
    pub(crate) fn part_from_generator(&self) {
        self.generator.set(Word::EMPTY);
        self.base.set(0);
    }

    /// The locals' values as they were when the frame ended.
    pub fn slots(&self) -> Vec<Option<Obj>> {
        self.slots.borrow().clone()
    }

    /// The value of one variable when the frame had ended.
    pub fn slot(&self, register: usize) -> Option<Obj> {
        self.slots.borrow().get(register).cloned().flatten()
    }

    /// Changes it.
    pub fn set_slot(&self, register: usize, value: Option<Obj>) {
        let mut slots = self.slots.borrow_mut();
        if slots.len() <= register {
            slots.resize(register + 1, None);
        }
        let old = std::mem::replace(&mut slots[register], value);
        drop(slots);
        drop(old);
    }

    /// Replaces them all.
    pub fn set_slots(&self, slots: Vec<Option<Obj>>) {
        let mut old = self.slots.replace(slots);
        // From the last one, as CPython does, which finalisers show.
        while let Some(last) = old.pop() {
            drop(last);
        }
    }

    /// Keeps a value that was overwritten until the frame ends.
    pub fn keep_overwritten(&self, value: Obj) {
        self.overwritten.borrow_mut().push(value);
    }

    /// The frame has ended, or a generator's is at rest: what was overwritten is let go.
    pub fn drop_overwritten(&self) {
        drop(self.overwritten.take());
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
        let held = [&self.code, &self.globals, &self.function, &self.back, &self.locals];
        held.into_iter().for_each(|held| held.visit(visitor));
        self.slots.borrow().iter().flatten().for_each(&mut *visitor);
        self.overwritten.borrow().iter().for_each(&mut *visitor);
        if let Some(payload) = &*self.payload.borrow() {
            payload.visit(&mut |child| visitor(child));
        }
    }
    fn clear(&self) {
        self.set_slots(Vec::new());
        self.drop_overwritten();
        drop(self.back.take());
        drop(self.locals.take());
    }
}

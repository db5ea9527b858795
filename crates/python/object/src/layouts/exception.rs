//! Exceptions and traceback entries.

use std::cell::Cell;

use crate::header::Header;
use crate::layouts::{Dict, Tuple, create, held_layout};
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
    /// `tb_lasti`: twice the program counter.
    pub lasti: u32,
    /// `tb_lineno`.
    pub line: Cell<u32>,
    /// Program counter from which the exception left the frame: that of its entry, unless it was raised on elsewhere.
    pub left: Cell<u32>,
    /// Address of the first slot of the frame that the exception passed; 0 once it has left that.
    pub base: Cell<usize>,
}

impl Traceback {
    /// An entry before `next`.
    pub fn create(next: Option<Obj>, frame: Option<Obj>, code: Obj, lasti: u32, line: u32) -> Obj {
        let (next, frame, code) = (Held::maybe(next), Held::maybe(frame), Held::new(code));
        let (line, left) = (Cell::new(line), Cell::new(lasti / 2));
        create!(Traceback { next, frame, code, lasti, line, left, base: Cell::new(0) })
    }
}

impl Traceback {
    /// The program counter.
    pub fn pc(&self) -> u32 {
        self.lasti / 2
    }
}

held_layout!(Traceback, Traceback, [next, frame, code]);

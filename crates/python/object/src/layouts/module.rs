//! Modules, the cells of their variables, and read-only mapping views.

use std::cell::Cell;

use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::layouts::{Dict, create, held_layout};
use crate::obj::{Held, Obj};
use crate::shape::ShapeRef;
use crate::types::Type;

/// A module.
#[repr(C)]
pub struct Module {
    header: Header,
    pub(crate) dict: Held,
}

impl Module {
    /// A module with an empty dictionary of cells.
    pub fn create() -> Obj {
        create!(Module { dict: Held::new(Dict::create_for_cells()) })
    }

    /// A module around an existing dictionary of cells.
    pub fn around(dict: Obj) -> Obj {
        create!(Module { dict: Held::new(dict) })
    }

    /// As [`Module::create`], with the given shape.
    pub fn with_shape(shape: ShapeRef) -> Obj {
        create!(Module { dict: Held::new(Dict::create_for_cells()) }, shape)
    }

    /// The dictionary.
    pub fn dict(&self) -> Obj {
        self.dict.get().unwrap_or_else(Dict::create_for_cells)
    }

    /// Makes the module one of another class of modules. Its variables get fresh cells: whoever knows the old ones has to look up again
    /// what its attributes are.
    pub fn set_class(&self, ty: &Type) {
        self.header.set_class(ty.root_shape());
        let dict = self.dict();
        let dict = dict.expect::<Dict>();
        let items: Vec<_> = (0..dict.entry_count())
            .filter_map(|entry| Some((dict.key_at(entry)?, dict.hash_at(entry)?, dict.value_at(entry)?)))
            .collect();
        dict.remove_all();
        for (key, hash, value) in items {
            dict.insert_absent(key, hash, value);
        }
    }
}

held_layout!(Module, Module, [dict]);

/// A variable of a module or class: what a cell dict holds in the place of the value. Compiled code and caches hold on
/// to the cell; one that was deleted from its dict stays empty for ever.
#[repr(C)]
pub struct GlobalCell {
    header: Header,
    pub(crate) value: Held,
    pub(crate) usage: Cell<u8>,
}

/// What compiled code does with a global's value: a state that only rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum GlobalUse {
    /// Nothing yet.
    Unused,
    /// Some trace takes it for a constant: whoever writes announces it.
    Assumed,
    /// It was written after that, or by a trace: traces load it.
    Varies,
}

impl GlobalCell {
    /// A cell.
    pub fn create(value: Obj) -> Obj {
        create!(GlobalCell { value: Held::new(value), usage: Cell::new(GlobalUse::Unused as u8) })
    }

    /// Lets the cell live for ever, for who remembers it without a count.
    pub fn outlive(&self) {
        self.header.make_immortal();
    }

    /// The value; `None` once deleted.
    pub fn value(&self) -> Option<Obj> {
        self.value.get()
    }

    /// The value's word, borrowed.
    pub fn word(&self) -> Word {
        self.value.peek()
    }

    /// Writes the value and returns the old one.
    pub fn replace(&self, value: Option<Obj>) -> Option<Obj> {
        if self.usage.get() == GlobalUse::Assumed as u8 {
            self.vary();
        }
        self.value.replace(value)
    }

    /// A trace wants to take the value for a constant; may it?
    pub fn assume(&self) -> bool {
        if self.usage.get() == GlobalUse::Varies as u8 {
            return false;
        }
        self.usage.set(GlobalUse::Assumed as u8);
        true
    }

    /// Traces are to load the value from here on; those that took it for a constant are told.
    pub fn vary(&self) {
        if self.usage.replace(GlobalUse::Varies as u8) == GlobalUse::Assumed as u8 {
            Heap::current().announce(Word::from_addr(std::ptr::from_ref(self).addr()));
        }
    }
}

held_layout!(GlobalCell, GlobalCell, [value]);

/// A read-only view of a mapping.
#[repr(C)]
pub struct MappingProxy {
    header: Header,
    mapping: Held,
}

impl MappingProxy {
    /// A view of `mapping`.
    pub fn create(mapping: Obj) -> Obj {
        create!(MappingProxy { mapping: Held::new(mapping) })
    }

    /// The mapping.
    pub fn mapping(&self) -> Option<Obj> {
        self.mapping.get()
    }
}

held_layout!(MappingProxy, MappingProxy, [mapping]);

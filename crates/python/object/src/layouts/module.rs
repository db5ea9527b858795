//! Modules, the cells of their variables, and read-only mapping views.

use crate::header::Header;

use crate::layouts::{Dict, create, held_layout};
use crate::obj::{Held, Obj};
use crate::shape::ShapeRef;

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
}

held_layout!(Module, Module, [dict]);

/// A variable of a module or class: what a cell dict holds in the place of the value. Compiled code and caches hold on
/// to the cell; one that was deleted from its dict stays empty for ever.
#[repr(C)]
pub struct GlobalCell {
    header: Header,
    /// The value; empty once deleted.
    pub value: Held,
}

impl GlobalCell {
    /// A cell.
    pub fn create(value: Obj) -> Obj {
        create!(GlobalCell { value: Held::new(value) })
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

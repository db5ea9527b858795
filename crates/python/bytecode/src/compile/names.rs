//! Loading, storing and deleting names.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::Op;
use crate::symtable::{Place, ScopeKind, mangle};
use crate::unit::Const;

/// Where a name's value is, from the code being compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Var {
    /// A register.
    Local(R),
    /// A cell in a register.
    Cell(R),
    /// A cell of the closure.
    Free(u16),
    /// A global.
    Global,
    /// In the frame's namespace.
    Name,
}

impl Compiler<'_> {
    pub(crate) fn mangled(&self, name: &str) -> Rc<str> {
        mangle(self.table.scope(self.scope_id()).private.as_deref(), name)
    }

    /// Resolves a mangled name.
    pub(crate) fn var(&self, name: &str) -> Var {
        let state = self.unit_ref();
        let place = self.table.place(self.scope_id(), name);
        let hidden = state.comps.iter().rev().find(|comp| self.table.scope(comp.scope).binds(name));
        let reg = hidden.map(|comp| comp.regs[name]).or_else(|| state.regs.get(name).copied());
        let fast = hidden.is_some() || self.host_kind().is_function_like();
        match (place, reg) {
            (Place::Local, Some(reg)) if fast => Var::Local(reg),
            (Place::Cell, Some(reg)) => Var::Cell(reg),
            (Place::Free, _) => Var::Free(state.free[name]),
            (Place::GlobalExplicit, _) => Var::Global,
            (Place::GlobalImplicit, _) if fast => Var::Global,
            // A module that awaits is resumed as generators are, with no namespace of its frame's.
            _ if self.table.scope(self.host()).is_async => Var::Global,
            _ => Var::Name,
        }
    }

    /// The register of a plain local.
    pub(crate) fn local_reg(&self, name: &str) -> Option<R> {
        match self.var(&self.mangled(name)) {
            Var::Local(reg) => Some(reg),
            _ => None,
        }
    }

    /// Whether a local may be rebound within an expression.
    pub(crate) fn rebinds_in_expressions(&self, name: &str) -> bool {
        let name = self.mangled(name);
        self.table.scope(self.host()).walrus_targets.contains(&name)
    }

    /// Loads a name's value into a register.
    pub(crate) fn load_name(&mut self, name: &str, dst: R) -> Res {
        let name = self.mangled(name);
        match self.var(&name) {
            Var::Local(reg) => {
                self.emit(Op::CheckBound, reg, 0, 0);
                if reg != dst {
                    self.emit(Op::Copy, dst, reg, 0);
                }
            }
            Var::Cell(reg) => self.emit(Op::LoadCell, dst, reg, 0),
            Var::Free(index) => self.load_free(&name, index, dst),
            Var::Global => self.load_global(&name, dst),
            Var::Name => {
                let index = self.name(&name);
                self.asm().abcxy(Op::LoadName, dst, 0, 0, index, 0);
            }
        }
        Ok(())
    }

    fn sees_class(&self) -> bool {
        self.table.scope(self.host()).sees_class
    }

    fn load_free(&mut self, name: &str, index: u16, dst: R) {
        let class = self.host_kind() == ScopeKind::Class;
        let special = ["__classdict__", "__class__", "__conditional_annotations__"].contains(&name);
        if special || !(class || self.sees_class()) {
            self.asm().ad(Op::LoadFree, dst, index.into());
            return;
        }
        let temp = self.push();
        self.load_namespace(temp);
        let x = self.name(name);
        self.emit_x(Op::LoadDictOrFree, dst, temp, index, x);
        self.pop_to(temp);
    }

    /// The mapping in which a class body or an annotation scope of a class looks first.
    fn load_namespace(&mut self, dst: R) {
        if self.host_kind() == ScopeKind::Class {
            self.emit(Op::LoadLocals, dst, 0, 0);
        } else {
            let index = self.unit_ref().free["__classdict__"];
            self.asm().ad(Op::LoadFree, dst, index.into());
        }
    }

    fn load_global(&mut self, name: &str, dst: R) {
        let explicit = self.table.place(self.scope_id(), name) == Place::GlobalExplicit;
        let index = self.name(name);
        if self.sees_class() && !explicit {
            let temp = self.push();
            self.load_namespace(temp);
            self.asm().abcxy(Op::LoadDictOrGlobal, dst, temp, 0, index, 0);
            self.pop_to(temp);
        } else {
            self.asm().abcxy(Op::LoadGlobal, dst, 0, 0, index, 0);
        }
    }

    /// Stores a register's value under a name; a temporary is consumed.
    pub(crate) fn store_name(&mut self, name: &str, range: TextRange, value: R) -> Res {
        if name == "__debug__" {
            return fault(range, "cannot assign to __debug__");
        }
        let name = self.mangled(name);
        match self.var(&name) {
            Var::Local(reg) if reg == value => {}
            Var::Local(reg) if Self::is_temp(value) => self.emit(Op::Move, reg, value, 0),
            Var::Local(reg) => self.emit(Op::Copy, reg, value, 0),
            Var::Cell(reg) => self.emit(Op::StoreCell, reg, value, 0),
            Var::Free(index) => self.asm().ad(Op::StoreFree, value, index.into()),
            Var::Global => {
                let index = self.name(&name);
                self.asm().abcxy(Op::StoreGlobal, value, 0, 0, index, 0);
            }
            Var::Name => {
                let index = self.name(&name);
                self.asm().abcxy(Op::StoreName, value, 0, 0, index, 0);
            }
        }
        Ok(())
    }

    /// Deletes a name.
    pub(crate) fn delete_name(&mut self, name: &str) {
        let name = self.mangled(name);
        match self.var(&name) {
            Var::Local(reg) => self.emit(Op::DeleteLocal, reg, 0, 0),
            Var::Cell(reg) => self.emit(Op::DeleteCell, reg, 0, 0),
            Var::Free(index) => self.asm().ad(Op::DeleteFree, 0, index.into()),
            Var::Global => {
                let index = self.name(&name);
                self.emit_x(Op::DeleteGlobal, 0, 0, 0, index);
            }
            Var::Name => {
                let index = self.name(&name);
                self.emit_x(Op::DeleteName, 0, 0, 0, index);
            }
        }
    }

    /// Unbinds the name of an `except … as`, bound or not.
    pub(crate) fn clear_name(&mut self, name: &str, range: TextRange) -> Res {
        if let Some(reg) = self.local_reg(name) {
            self.emit(Op::Drop, reg, 0, 0);
            return Ok(());
        }
        let none = self.const_temp(Const::None);
        self.store_name(name, range, none)?;
        self.pop_to(none);
        self.delete_name(name);
        Ok(())
    }
}

//! Type parameters and type aliases.

use ruff_python_ast as ast;

use super::{Compiler, R};
use crate::error::{Res, fault};

impl<'a> Compiler<'a> {
    pub(crate) fn generic_function(
        &mut self,
        def: &'a ast::StmtFunctionDef,
        _params: &'a ast::TypeParams,
        _line: u32,
        _dst: R,
    ) -> Res {
        fault(def.range, "type parameters are not supported yet")
    }

    pub(crate) fn generic_class(
        &mut self,
        def: &'a ast::StmtClassDef,
        _params: &'a ast::TypeParams,
        _line: u32,
        _dst: R,
    ) -> Res {
        fault(def.range, "type parameters are not supported yet")
    }

    pub(crate) fn type_alias(&mut self, stmt: &'a ast::StmtTypeAlias) -> Res {
        fault(stmt.range, "type aliases are not supported yet")
    }
}

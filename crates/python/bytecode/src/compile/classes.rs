//! Class definitions.

use std::rc::Rc;

use ruff_python_ast as ast;
use ruff_text_size::TextRange;

use super::calls::needs_spread;
use super::{Compiler, R};
use crate::error::Res;
use crate::op::Op;
use crate::symtable::Part;
use crate::unit::{CodeUnit, Const, Wtf8};

impl<'a> Compiler<'a> {
    pub(crate) fn class_def(&mut self, def: &'a ast::StmtClassDef) -> Res {
        if let Some(arguments) = &def.arguments {
            self.check_keywords(arguments)?;
        }
        let line = self.first_line(&def.decorator_list, def.range);
        let value = self.push();
        self.decorated(&def.decorator_list, value, |this, dst| match &def.type_params {
            Some(params) => this.generic_class(def, params, line, dst),
            None => this.class(def, line, dst, None),
        })?;
        self.at(def.name.range);
        self.store_name(def.name.as_str(), def.name.range, value)?;
        self.pop_to(value);
        Ok(())
    }

    /// The class object, in the topmost temporary. `generic` is the name of a further base.
    pub(crate) fn class(&mut self, def: &'a ast::StmtClassDef, line: u32, dst: R, generic: Option<&str>) -> Res {
        self.at(def.range);
        self.emit(Op::LoadBuildClass, dst, 0, 0);
        self.push_above(dst, 2);
        let spread = def.arguments.as_ref().is_some_and(|arguments| needs_spread(arguments));
        if spread {
            self.push();
        }
        let function = self.push();
        let unit = self.class_unit(def, line)?;
        self.at(def.range);
        let base = self.next_temp();
        self.make_function(unit, function, base, 0);
        let name = self.const_temp(Const::Str(Wtf8::new(def.name.as_str())));
        debug_assert_eq!(name, function + 1);
        let mut count = 2;
        let mut names = None;
        if let Some(arguments) = &def.arguments {
            if spread {
                self.call_spread(arguments, def.range, dst, dst, 2, generic)?;
                self.pop_to(dst + 1);
                return Ok(());
            }
            names = self.class_arguments(arguments, def.range, generic)?;
            count += (arguments.args.len() + arguments.keywords.len()) as u16;
        } else if let Some(generic) = generic {
            let temp = self.push();
            self.load_name(generic, temp)?;
        }
        count += u16::from(generic.is_some());
        self.at(def.range);
        match names {
            Some(names) => self.emit_x(Op::CallKw, dst, dst, count, names),
            None => self.emit(Op::Call, dst, dst, count),
        }
        self.pop_to(dst + 1);
        Ok(())
    }

    fn class_arguments(
        &mut self,
        arguments: &'a ast::Arguments,
        range: TextRange,
        generic: Option<&str>,
    ) -> Res<Option<u32>> {
        let Some(generic) = generic else { return self.plain_arguments(arguments) };
        for arg in &arguments.args {
            self.temp(arg)?;
        }
        self.at(range);
        let temp = self.push();
        self.load_name(generic, temp)?;
        let mut names = Vec::new();
        for keyword in &arguments.keywords {
            if let Some(name) = &keyword.arg {
                names.push(Const::Str(Wtf8::new(&self.mangled(name.as_str()))));
            }
            self.temp(&keyword.value)?;
        }
        Ok((!names.is_empty()).then(|| self.constant(Const::Tuple(names.into()))))
    }

    fn class_unit(&mut self, def: &'a ast::StmtClassDef, line: u32) -> Res<Rc<CodeUnit>> {
        let scope = self.scope_of(def, Part::Body, def.range)?;
        let qualname = self.qualname(def.name.as_str());
        self.enter(scope, def.name.as_str(), &qualname, line);
        self.make_cells();
        self.class_preamble(def, &qualname, line)?;
        let body = match self.docstring(&def.body) {
            Some((doc, range)) => {
                if self.options.optimize < 2 {
                    self.at(range);
                    self.store_const("__doc__", doc, range)?;
                }
                &def.body[1..]
            }
            None => &def.body[..],
        };
        self.start_annotations(scope, body, def.range)?;
        self.body(body)?;
        self.finish_annotations(scope, def.range)?;
        self.class_epilogue(def)?;
        self.leave()
    }

    pub(crate) fn store_const(&mut self, name: &str, value: Const, range: TextRange) -> Res {
        let temp = self.const_temp(value);
        self.store_name(name, range, temp)?;
        self.pop_to(temp);
        Ok(())
    }

    fn class_preamble(&mut self, def: &'a ast::StmtClassDef, qualname: &str, line: u32) -> Res {
        let temp = self.push();
        self.load_name("__name__", temp)?;
        self.store_name("__module__", def.range, temp)?;
        self.pop_to(temp);
        self.store_const("__qualname__", Const::Str(Wtf8::new(qualname)), def.range)?;
        self.store_const("__firstlineno__", Const::Int(line.into()), def.range)?;
        if def.type_params.is_some() {
            let temp = self.push();
            let index = self.unit_ref().free[".type_params"];
            self.asm().ad(Op::LoadFree, temp, index.into());
            self.store_name("__type_params__", def.range, temp)?;
            self.pop_to(temp);
        }
        if let Some(&cell) = self.unit_ref().regs.get("__classdict__") {
            let temp = self.push();
            self.emit(Op::LoadLocals, temp, 0, 0);
            self.emit(Op::StoreCell, cell, temp, 0);
            self.pop_to(temp);
        }
        Ok(())
    }

    fn class_epilogue(&mut self, def: &'a ast::StmtClassDef) -> Res {
        let names = std::mem::take(&mut self.unit().static_attributes);
        let names = names.iter().map(|name| Const::Str(Wtf8::new(name))).collect();
        // What follows has no place of its own: it counts as part of the last statement.
        self.store_const("__static_attributes__", Const::Tuple(names), def.range)?;
        for (variable, name) in [("__classdict__", "__classdictcell__"), ("__class__", "__classcell__")] {
            let Some(&cell) = self.unit_ref().regs.get(variable) else { continue };
            let temp = self.push();
            self.emit(Op::Copy, temp, cell, 0);
            self.store_name(name, def.range, temp)?;
            self.pop_to(temp);
            if variable == "__class__" {
                let temp = self.push();
                self.emit(Op::Copy, temp, cell, 0);
                self.emit(Op::Return, temp, 0, 0);
                self.pop_to(temp);
                return Ok(());
            }
        }
        self.return_none();
        Ok(())
    }

    /// Notes an assignment to an attribute of `self` for the class around.
    pub(crate) fn note_static_attribute(&mut self, e: &ast::ExprAttribute) {
        let ast::Expr::Name(name) = &*e.value else { return };
        if name.id.as_str() != "self" {
            return;
        }
        let attribute = self.mangled(e.attr.as_str());
        let table = &self.table;
        let class = |scope| table.scope(scope).kind == crate::symtable::ScopeKind::Class;
        if let Some(at) = self.units.iter().rposition(|state| class(state.scope)) {
            self.units[at].static_attributes.insert(attribute);
        }
    }
}

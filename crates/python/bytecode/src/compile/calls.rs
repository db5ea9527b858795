//! Calls, method calls, `super()`.

use ruff_python_ast::{self as ast, Arguments, Expr};
use ruff_text_size::{Ranged, TextRange};

use super::names::Var;
use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::Op;
use crate::symtable::{Place, ScopeKind};
use crate::unit::{Const, Wtf8};

/// Calls with more arguments than this pass them as a tuple.
const ARGUMENT_LIMIT: usize = 200;

impl<'a> Compiler<'a> {
    pub(crate) fn call(&mut self, e: &'a ast::ExprCall, dst: R) -> Res {
        self.check_keywords(&e.arguments)?;
        let mark = self.next_temp();
        let window = self.scratch(dst);
        let spread = needs_spread(&e.arguments);
        match &*e.func {
            Expr::Attribute(method) if !spread => {
                self.load_method(method, window)?;
                self.push_above(window, 3);
                self.finish_call(e, dst, window, true)?;
            }
            func => {
                self.expr_to(func, window)?;
                self.push_above(window, 2);
                if spread {
                    self.call_spread(&e.arguments, e.range(), dst, window, 0, None)?;
                } else {
                    self.finish_call(e, dst, window, false)?;
                }
            }
        }
        self.pop_to(mark);
        Ok(())
    }

    /// Takes the `n` temporaries above `window`, which is the topmost.
    pub(crate) fn push_above(&mut self, window: R, n: u16) {
        self.pop_to(window);
        self.push_n(n + 1);
    }

    /// Callee and self of a method call, into a window.
    fn load_method(&mut self, method: &'a ast::ExprAttribute, window: R) -> Res {
        self.push_above(window, 3);
        self.pop_to(window + 1);
        if let Some(call) = self.super_call(&method.value) {
            let (base, flags) = self.super_window(call, window)?;
            let name = self.attribute_name(method);
            self.at_attribute(method);
            self.asm().abcxy(Op::LoadSuperMethod, window, base, flags, name, 0);
            return Ok(());
        }
        let object = self.operand_in(&method.value, window)?;
        let name = self.attribute_name(method);
        self.at_attribute(method);
        self.asm().abcxy(Op::LoadMethod, window, object, 0, name, 0);
        Ok(())
    }

    fn finish_call(&mut self, e: &'a ast::ExprCall, dst: R, window: R, method: bool) -> Res {
        let names = self.plain_arguments(&e.arguments)?;
        let count = (e.arguments.args.len() + e.arguments.keywords.len()) as u16;
        self.at_call(e);
        match names {
            None => {
                let op = if method { Op::CallMethod } else { Op::Call };
                self.emit(op, dst, window, count);
            }
            Some(names) => {
                let op = if method { Op::CallMethodKw } else { Op::CallKw };
                self.emit_x(op, dst, window, count, names);
            }
        }
        Ok(())
    }

    /// A call's range; that of a method call over several lines begins at the method's name.
    fn at_call(&mut self, e: &ast::ExprCall) {
        self.at(e.range());
        if let Expr::Attribute(method) = &*e.func {
            let span = self.index.span(method.range);
            if span.line != span.end_line {
                let range = TextRange::new(method.attr.range.start(), e.range().end());
                self.at(range);
            }
        }
    }

    /// Evaluates arguments without stars; the index of the tuple of keyword names.
    pub(crate) fn plain_arguments(&mut self, arguments: &'a Arguments) -> Res<Option<u32>> {
        if let [Expr::Generator(only)] = &arguments.args[..]
            && !only.parenthesized
        {
            // The call's parentheses are the generator expression's.
            self.bare_generator = Some(arguments.range);
        }
        for arg in &arguments.args {
            self.temp(arg)?;
        }
        let mut names = Vec::new();
        for keyword in &arguments.keywords {
            if let Some(name) = &keyword.arg {
                names.push(Const::Str(Wtf8::new(&self.mangled(name.as_str()))));
            }
            self.temp(&keyword.value)?;
        }
        Ok((!names.is_empty()).then(|| self.constant(Const::Tuple(names.into()))))
    }

    /// A call with starred arguments: one tuple and one dict. The first `extra` positional arguments
    /// stand in the temporaries behind the tuple's already; `last` names a further argument behind the positional ones.
    pub(crate) fn call_spread(
        &mut self,
        arguments: &'a Arguments,
        range: TextRange,
        dst: R,
        window: R,
        extra: u16,
        last: Option<&str>,
    ) -> Res {
        let tuple = window + 3;
        self.pop_to(tuple + 1 + extra);
        match &arguments.args[..] {
            [Expr::Starred(only)] if extra == 0 && last.is_none() => {
                self.push_above(tuple, 0);
                self.expr_to(&only.value, tuple)?;
            }
            args => {
                self.at(range);
                self.push_above(tuple, extra);
                self.emit(Op::BuildList, tuple, tuple + 1, extra);
                self.pop_to(tuple + 1);
                self.append_arguments(args, tuple)?;
                self.at(range);
                if let Some(name) = last {
                    let value = self.push();
                    self.load_name(name, value)?;
                    self.emit(Op::ListAppend, tuple, value, 0);
                    self.pop_to(value);
                }
                self.emit(Op::ListToTuple, tuple, tuple, 0);
            }
        }
        let mut flags = 0;
        if !arguments.keywords.is_empty() {
            flags = 1;
            self.keyword_dict(&arguments.keywords, range, window)?;
        }
        self.at(range);
        self.emit(Op::CallEx, dst, window, flags);
        Ok(())
    }

    fn append_arguments(&mut self, args: &'a [Expr], list: R) -> Res {
        for arg in args {
            let mark = self.next_temp();
            let (value, op) = match arg {
                Expr::Starred(starred) => (self.operand(&starred.value)?, Op::ListExtend),
                arg => (self.operand(arg)?, Op::ListAppend),
            };
            self.at(arg.range());
            self.emit(op, list, value, 0);
            self.pop_to(mark);
        }
        Ok(())
    }

    fn keyword_dict(&mut self, keywords: &'a [ast::Keyword], range: TextRange, callee: R) -> Res {
        let dict = self.push();
        self.at(range);
        let room = self.next_temp();
        self.emit(Op::BuildMap, dict, room, 0);
        let mut merged = false;
        for keyword in keywords {
            let mark = self.next_temp();
            match &keyword.arg {
                Some(name) if !merged => {
                    let name = self.mangled(name.as_str());
                    let key = self.const_temp(Const::Str(Wtf8::new(&name)));
                    let value = self.operand(&keyword.value)?;
                    self.emit(Op::MapSet, dict, key, value);
                }
                Some(name) => {
                    // A name that the mapping before it had already is an error.
                    let single = self.push();
                    let name = self.mangled(name.as_str());
                    let key = self.const_temp(Const::Str(Wtf8::new(&name)));
                    self.temp(&keyword.value)?;
                    self.at(range);
                    self.emit(Op::BuildMap, single, key, 1);
                    self.emit(Op::MapMerge, dict, single, callee);
                }
                None => {
                    merged = true;
                    let value = self.operand(&keyword.value)?;
                    self.at(keyword.range);
                    self.emit(Op::MapMerge, dict, value, callee);
                }
            }
            self.pop_to(mark);
        }
        Ok(())
    }

    pub(crate) fn check_keywords(&mut self, arguments: &Arguments) -> Res {
        for (i, keyword) in arguments.keywords.iter().enumerate() {
            let Some(name) = &keyword.arg else { continue };
            if name.as_str() == "__debug__" {
                return fault(keyword.range, "cannot assign to __debug__");
            }
            let again = arguments.keywords[..i].iter().any(|other| other.arg.as_deref() == Some(name.as_str()));
            if again {
                return fault(keyword.range, format!("keyword argument repeated: {name}"));
            }
        }
        Ok(())
    }

    /// A call of `super` that the compiler can resolve: with no argument, or two.
    pub(crate) fn super_call(&self, e: &'a Expr) -> Option<&'a ast::ExprCall> {
        let Expr::Call(call) = e else { return None };
        let Expr::Name(name) = &*call.func else { return None };
        let args = &call.arguments.args[..];
        let global = name.id.as_str() == "super" && self.table.place(self.scope_id(), "super") == Place::GlobalImplicit;
        let function = matches!(self.host_kind(), ScopeKind::Function | ScopeKind::Lambda);
        if !global || !function || !call.arguments.keywords.is_empty() {
            return None;
        }
        let zero = args.is_empty() && self.unit_ref().unit.argcount > 0 && self.class_cell().is_some();
        let two = args.len() == 2 && !args.iter().any(Expr::is_starred_expr);
        (zero || two).then_some(call)
    }

    fn class_cell(&self) -> Option<Var> {
        match self.var("__class__") {
            var @ (Var::Free(_) | Var::Cell(_)) => Some(var),
            _ => None,
        }
    }

    /// `super`, the class and the instance in three temporaries from `dst` where that is topmost.
    pub(crate) fn super_window(&mut self, call: &'a ast::ExprCall, dst: R) -> Res<(R, u16)> {
        let base = self.scratch(dst);
        let args = &call.arguments.args[..];
        self.at(call.func.range());
        self.load_name("super", base)?;
        self.at(call.range());
        if let [class, instance] = args {
            self.temp(class)?;
            self.temp(instance)?;
            return Ok((base, 1));
        }
        let class = self.push();
        self.load_name("__class__", class)?;
        let instance = self.push();
        let first = self.unit_ref().unit.local_names[0].clone();
        match self.var(&first) {
            Var::Cell(reg) => self.emit(Op::LoadCell, instance, reg, 0),
            _ => {
                self.emit(Op::CheckBound, 0, 0, 0);
                self.emit(Op::Copy, instance, 0, 0);
            }
        }
        Ok((base, 0))
    }
}

/// Whether a call has to pass its arguments as a tuple and a dict.
pub(crate) fn needs_spread(arguments: &Arguments) -> bool {
    arguments.args.iter().any(Expr::is_starred_expr)
        || arguments.keywords.iter().any(|keyword| keyword.arg.is_none())
        || arguments.args.len() + arguments.keywords.len() > ARGUMENT_LIMIT
}

//! The compiler: from the syntax tree to register code.
//!
//! **Destinations.** An expression is compiled either *to* a register ([`Compiler::expr_to`]) or as an
//! *operand* ([`Compiler::operand`]): a local's own register, borrowed, or a fresh temporary. `expr_to`
//! a local writes it only in the instruction that completes the expression, so an exception leaves the
//! old value and the expression may read the old one.
//!
//! **Borrowing.** A borrowed operand must not be rebound before the instruction that reads it. Within an
//! expression only assignment expressions rebind, so names that are their targets anywhere in the scope
//! are copied instead.
//!
//! **Temporaries** are a stack: `push` takes the next, `top` is restored when they are consumed.
//!
//! **Handlers.** Each instruction carries the innermost handler at the time of its emission; leaving a
//! block early emits the clean-up code of the blocks left, each under the handler outside of it.

mod annotate;
mod asm;
mod assign;
mod blocks;
mod calls;
mod classes;
mod comps;
mod conds;
mod exprs;
pub(crate) mod fold;
mod functions;
mod generics;
mod loops;
mod names;
mod patterns;
mod pools;
mod stmts;
pub(crate) mod strings;
mod suspend;
mod tries;
mod unit;
mod unparse;
pub(crate) mod warnings;
mod withs;

#[cfg(test)]
pub(crate) mod tests;

use std::rc::Rc;

use ruff_python_ast::{Mod, ModModule, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::error::{Fault, Res, SyntaxErr, Warning, fault};
use crate::parse::{Ast, Mode};
use crate::source::LineIndex;
use crate::symtable::{ScopeId, SymbolTable};
use crate::unit::{CodeUnit, flags};
use unit::UnitState;

/// A register operand; temporaries carry the assembler's mark.
pub(crate) type R = u16;

/// What compiling gives.
#[derive(Debug)]
pub struct Compiled {
    /// The module's (or expression's) code.
    pub unit: Rc<CodeUnit>,
    /// Warnings to issue, in source order.
    pub warnings: Vec<Warning>,
}

/// Settings from outside the source.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// `from __future__ import annotations` is inherited.
    pub future_annotations: bool,
    /// The module itself may await; it is a coroutine then.
    pub top_level_await: bool,
    /// `-O`: 1 drops asserts and makes `__debug__` false, 2 also drops docstrings.
    pub optimize: u8,
    /// Most digits of a decimal literal; 0 for any number.
    pub digit_limit: usize,
}

/// Compiles a parsed program.
pub fn compile(ast: &Ast, options: Options) -> Result<Compiled, SyntaxErr> {
    // What is found behind the parser knows no text of the source; whoever can read the file has it.
    let located = |fault: Fault| SyntaxErr::without_text(&ast.index, &ast.filename, fault.range, fault.message);
    let future = future_imports(&ast.module).map_err(located)? || options.future_annotations;
    let table = SymbolTable::build(&ast.module, future, options.top_level_await).map_err(located)?;
    let mut compiler = Compiler {
        index: &ast.index,
        filename: ast.filename.as_str().into(),
        table,
        future,
        options,
        mode: ast.mode,
        units: Vec::new(),
        bare_generator: None,
    };
    let unit = compiler.program(&ast.module).map_err(located)?;
    let mut warnings = ast.warnings.clone();
    warnings.extend(warnings::warnings(&ast.module, &ast.index, &ast.filename, options.digit_limit)?);
    Ok(Compiled { unit, warnings })
}

fn is_compound(stmt: &Stmt) -> bool {
    let simple_block = matches!(stmt, Stmt::If(_) | Stmt::For(_) | Stmt::While(_) | Stmt::Try(_) | Stmt::With(_));
    simple_block || matches!(stmt, Stmt::Match(_) | Stmt::FunctionDef(_) | Stmt::ClassDef(_))
}

/// The compiler's state.
pub(crate) struct Compiler<'a> {
    pub(crate) index: &'a LineIndex,
    filename: Rc<str>,
    pub(crate) table: SymbolTable,
    /// `from __future__ import annotations` is in force.
    future: bool,
    options: Options,
    mode: Mode,
    units: Vec<UnitState<'a>>,
    /// Range of the call around a generator expression without parentheses of its own.
    bare_generator: Option<TextRange>,
}

impl<'a> Compiler<'a> {
    fn program(&mut self, module: &'a Mod) -> Res<Rc<CodeUnit>> {
        self.enter(ScopeId(0), "<module>", "<module>", 1);
        self.start_generator();
        match module {
            Mod::Module(module) => self.module(module)?,
            Mod::Expression(expression) => {
                self.at(expression.body.range());
                let value = self.operand(&expression.body)?;
                self.emit(crate::op::Op::Return, value, 0, 0);
            }
        }
        self.leave()
    }

    /// Does a compound statement end in the line of its header, without a line break that would close it?
    fn is_open(&self, body: &[Stmt]) -> bool {
        let text = self.index.text();
        let last_line = text.rsplit('\n').next().unwrap_or_default();
        body.len() == 1 && is_compound(&body[0]) && !last_line.is_empty() && !last_line.starts_with([' ', '\t'])
    }

    /// Is this what an interactive session runs at once: one statement, or simple ones on one line with semicolons between them?
    fn is_one_line(&self, body: &[Stmt]) -> bool {
        let parted = |pair: &[Stmt]| {
            is_compound(&pair[0]) || {
                let between = TextRange::new(pair[0].end(), pair[1].start());
                !self.index.text()[between].contains(';')
            }
        };
        !body.is_empty() && !body.windows(2).any(parted)
    }

    fn module(&mut self, module: &'a ModModule) -> Res {
        let body = &module.body[..];
        if self.mode == Mode::Single && self.index.has_source() && !self.is_one_line(body) {
            let range = body.get(1).map_or(module.range, Ranged::range);
            return fault(range, "multiple statements found while compiling a single statement");
        }
        if self.mode == Mode::Single && self.index.has_source() && self.is_open(body) {
            return fault(TextRange::empty(module.range.end()), "invalid syntax");
        }
        let start = body.first().map_or(module.range, Ranged::range);
        self.asm().span = crate::unit::Span { line: 1, end_line: 1, col: 0, end_col: 0 };
        let body = if self.mode == Mode::Exec { self.module_doc(body)? } else { body };
        self.start_annotations(ScopeId(0), body, start)?;
        self.body(body)?;
        self.return_none();
        Ok(())
    }

    /// Stores the docstring; the statements behind it.
    fn module_doc(&mut self, body: &'a [Stmt]) -> Res<&'a [Stmt]> {
        let Some((doc, range)) = self.docstring(body) else { return Ok(body) };
        if self.options.optimize < 2 {
            self.at(range);
            let value = self.push();
            self.load_const(value, doc);
            self.store_name("__doc__", range, value)?;
            self.pop_to(value);
        }
        Ok(&body[1..])
    }

    /// Emits `return None`.
    pub(crate) fn return_none(&mut self) {
        let none = self.constant(crate::unit::Const::None);
        self.asm().ad(crate::op::Op::ReturnConst, 0, none);
    }

    /// The flags that every unit has.
    fn base_flags(&self) -> u32 {
        if self.future { flags::FUTURE_ANNOTATIONS } else { 0 }
    }
}

const FEATURES: [&str; 10] = [
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

/// Checks `from __future__` imports; whether `annotations` is among them.
fn future_imports(module: &Mod) -> Res<bool> {
    let Mod::Module(module) = module else { return Ok(false) };
    let (mut annotations, mut allowed) = (false, true);
    for (i, stmt) in module.body.iter().enumerate() {
        match stmt {
            Stmt::ImportFrom(import) if import.level == 0 && import.module.as_deref() == Some("__future__") => {
                if !allowed {
                    return fault(import.range, "from __future__ imports must occur at the beginning of the file");
                }
                for alias in &import.names {
                    match alias.name.as_str() {
                        "annotations" => annotations = true,
                        "braces" => return fault(alias.range, "not a chance"),
                        name if FEATURES.contains(&name) => {}
                        name => return fault(alias.range, format!("future feature {name} is not defined")),
                    }
                }
            }
            Stmt::Expr(stmt) if i == 0 && stmt.value.is_string_literal_expr() => {}
            _ => allowed = false,
        }
    }
    Ok(annotations)
}

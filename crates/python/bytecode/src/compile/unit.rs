//! The state of one code unit being compiled, and the basic steps on it.

use std::collections::HashMap;
use std::rc::Rc;

use ruff_text_size::TextRange;

use super::asm::{Asm, Handler, Label, TEMP};
use super::blocks::Block;
use super::pools::Pool;
use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::insn::Reg;
use crate::op::{Leaving, Op};
use crate::symtable::{Place, ScopeId, ScopeKind, usage};
use crate::unit::{CodeUnit, Const, RegSet, Span, flags};

/// An inlined comprehension that is being compiled: its scope and its variables' registers.
pub(crate) struct ActiveComp {
    pub scope: ScopeId,
    pub regs: HashMap<Rc<str>, R>,
}

/// Code to emit at the end of the unit: the handler of an inlined comprehension.
pub(crate) struct Deferred {
    pub label: Label,
    pub exc: R,
    pub locals: Vec<R>,
    pub outer: Option<Handler>,
    pub span: Span,
}

/// A unit under construction.
pub(crate) struct UnitState<'a> {
    pub scope: ScopeId,
    pub asm: Asm,
    pub pool: Pool,
    pub unit: CodeUnit,
    pub regs: HashMap<Rc<str>, R>,
    pub free: HashMap<Rc<str>, u16>,
    pub top: u16,
    pub ntemps: u16,
    pub blocks: Vec<Block<'a>>,
    pub comps: Vec<ActiveComp>,
    /// Hidden registers that no active comprehension uses.
    pub spare: Vec<(Rc<str>, R)>,
    pub deferred: Vec<Deferred>,
    /// Registers filled on entry.
    pub entry: RegSet,
    /// Attributes of `self` assigned in the methods of a class.
    pub static_attributes: std::collections::BTreeSet<Rc<str>>,
    /// Annotated names of a module or class.
    pub annotations: Vec<super::annotate::Annotation<'a>>,
}

impl<'a> Compiler<'a> {
    /// Begins a unit for a scope; its locals get registers.
    pub(crate) fn enter(&mut self, scope: ScopeId, name: &str, qualname: &str, first_line: u32) {
        let unit = CodeUnit {
            name: name.into(),
            qualname: qualname.into(),
            filename: self.filename.clone(),
            first_line,
            flags: self.base_flags(),
            ..CodeUnit::default()
        };
        let state = UnitState {
            scope,
            asm: Asm::default(),
            pool: Pool::default(),
            unit,
            regs: HashMap::new(),
            free: HashMap::new(),
            top: 0,
            ntemps: 0,
            blocks: Vec::new(),
            comps: Vec::new(),
            spare: Vec::new(),
            deferred: Vec::new(),
            entry: RegSet::default(),
            static_attributes: Default::default(),
            annotations: Vec::new(),
        };
        self.units.push(state);
        self.lay_out_locals();
        self.asm().span = Span { line: first_line, end_line: first_line, col: 0, end_col: 0 };
    }

    /// Gives registers to parameters, locals, cells; numbers the free variables.
    fn lay_out_locals(&mut self) {
        let id = self.unit_ref().scope;
        let scope = self.table.scope(id);
        let (mut plain, mut cells, mut free) = (Vec::new(), Vec::new(), Vec::new());
        let fast = scope.kind.is_function_like();
        for symbol in &scope.symbols {
            let param = symbol.usage & usage::PARAM != 0;
            match symbol.place {
                Place::Local if fast && !param => plain.push(symbol.name.clone()),
                Place::Cell => cells.push((symbol.name.clone(), param)),
                Place::Free => free.push(symbol.name.clone()),
                _ if symbol.usage & usage::FREE_CLASS != 0 => free.push(symbol.name.clone()),
                _ => {}
            }
        }
        if scope.needs_class_cell {
            cells.push(("__class__".into(), false));
        }
        if scope.needs_class_dict {
            cells.push(("__classdict__".into(), false));
        }
        if scope.kind == ScopeKind::Class && scope.conditional_annotations {
            cells.push(("__conditional_annotations__".into(), false));
        }
        let params: Vec<Rc<str>> =
            scope.symbols.iter().filter(|s| s.usage & usage::PARAM != 0).map(|s| s.name.clone()).collect();
        cells.sort();
        // Captured parameters come first, in their order.
        cells.sort_by_key(
            |(name, param)| if *param { params.iter().position(|other| other == name) } else { Some(usize::MAX) },
        );
        free.sort();
        let state = self.unit();
        for name in params.iter().chain(&plain) {
            state.new_local(name);
        }
        state.unit.varnames = state.unit.local_names.clone();
        for (name, param) in cells {
            let reg = if param { state.regs[&name] } else { state.new_local(&name) };
            state.unit.cellvars.push((name, Reg(reg)));
        }
        for (i, name) in free.into_iter().enumerate() {
            state.free.insert(name.clone(), i as u16);
            state.unit.freevars.push(name);
        }
        for i in 0..params.len() {
            state.entry.insert(Reg(i as u16));
        }
    }

    /// Emits the MAKE_CELLs.
    pub(crate) fn make_cells(&mut self) {
        for (_, reg) in self.unit_ref().unit.cellvars.clone() {
            self.emit(Op::MakeCell, reg.0, 0, 0);
        }
    }

    /// Ends the current unit.
    pub(crate) fn leave(&mut self) -> Res<Rc<CodeUnit>> {
        self.emit_deferred();
        let Some(state) = self.units.pop() else { return fault(TextRange::default(), "no unit to end") };
        let UnitState { mut unit, asm, pool, ntemps, entry, .. } = state;
        let nlocals = unit.local_names.len() as u32;
        if nlocals + u32::from(ntemps) > u32::from(TEMP) {
            return fault(self.table.scope(state.scope).range, "too many variables and temporaries in one code block");
        }
        let finished = asm.finish(nlocals, ntemps.into(), &entry);
        unit.nlocals = nlocals;
        unit.nregs = nlocals + u32::from(ntemps);
        unit.code = finished.code;
        unit.spans = finished.spans;
        unit.exceptions = finished.exceptions;
        unit.loops = finished.loops;
        unit.marks = finished.marks;
        unit.caches = finished.caches;
        (unit.names, unit.consts) = pool.into_parts();
        let scope = self.table.scope(state.scope);
        if scope.nested && scope.kind.is_function_like() {
            unit.flags |= flags::NESTED;
        }
        for name in unit.varnames.iter_mut().chain(&mut unit.local_names) {
            if &**name == ".format" {
                *name = "format".into();
            }
        }
        #[cfg(debug_assertions)]
        if let Err(error) = crate::verify::verify(&unit) {
            panic!("compiler made bad code: {error}\n{}", crate::disasm::listing(&unit));
        }
        Ok(Rc::new(unit))
    }

    fn emit_deferred(&mut self) {
        for item in std::mem::take(&mut self.unit().deferred) {
            self.asm().span = item.span;
            self.asm().handler = item.outer;
            self.asm().bind(item.label);
            for reg in item.locals {
                self.emit(Op::Drop, reg, 0, 0);
            }
            self.raise_on(item.exc, Leaving::Here);
        }
    }

    pub(crate) fn unit(&mut self) -> &mut UnitState<'a> {
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    pub(crate) fn unit_ref(&self) -> &UnitState<'a> {
        &self.units[self.units.len() - 1]
    }

    pub(crate) fn asm(&mut self) -> &mut Asm {
        &mut self.unit().asm
    }

    /// The scope of the unit itself, not of a comprehension inlined in it.
    pub(crate) fn host(&self) -> ScopeId {
        self.unit_ref().scope
    }

    /// The scope of the code being compiled.
    pub(crate) fn scope_id(&self) -> ScopeId {
        self.unit_ref().comps.last().map_or(self.host(), |comp| comp.scope)
    }

    pub(crate) fn host_kind(&self) -> ScopeKind {
        self.table.scope(self.host()).kind
    }

    /// Sets the source range of what is emitted next.
    pub(crate) fn at(&mut self, range: TextRange) {
        let span = self.index.span(range);
        self.asm().span = span;
    }

    pub(crate) fn emit(&mut self, op: Op, a: u16, b: u16, c: u16) {
        self.asm().abc(op, a, b, c);
    }

    pub(crate) fn emit_x(&mut self, op: Op, a: u16, b: u16, c: u16, x: u32) {
        self.asm().abcx(op, a, b, c, x);
    }

    pub(crate) fn label(&mut self) -> Label {
        self.asm().label()
    }

    pub(crate) fn bind(&mut self, label: Label) {
        self.asm().bind(label);
    }

    pub(crate) fn jump(&mut self, to: Label) {
        self.asm().jump(Op::Jump, 0, 0, 0, to);
    }

    /// Takes the next temporary.
    pub(crate) fn push(&mut self) -> R {
        self.push_n(1)
    }

    /// Takes the next `n` temporaries; the first of them.
    pub(crate) fn push_n(&mut self, n: u16) -> R {
        let state = self.unit();
        let first = state.top;
        state.top = (state.top + n).min(TEMP - 1);
        state.ntemps = state.ntemps.max(state.top);
        first | TEMP
    }

    /// Gives back the temporary and all above it.
    pub(crate) fn pop_to(&mut self, temp: R) {
        self.unit().top = temp & !TEMP;
    }

    /// The next temporary, not taken.
    pub(crate) fn next_temp(&self) -> R {
        self.unit_ref().top | TEMP
    }

    pub(crate) fn is_temp(reg: R) -> bool {
        reg & TEMP != 0
    }

    /// Whether the register is the temporary taken last.
    pub(crate) fn is_topmost(&self, reg: R) -> bool {
        Self::is_temp(reg) && (reg & !TEMP) + 1 == self.unit_ref().top
    }

    /// `dst` where it is the topmost temporary, else a fresh one.
    pub(crate) fn scratch(&mut self, dst: R) -> R {
        if self.is_topmost(dst) { dst } else { self.push() }
    }

    /// Moves a scratch value to its destination and gives the scratch back.
    pub(crate) fn settle(&mut self, scratch: R, dst: R) {
        if scratch != dst {
            self.emit(Op::Move, dst, scratch, 0);
            self.pop_to(scratch);
        }
    }

    /// Index of a constant.
    pub(crate) fn constant(&mut self, constant: Const) -> u32 {
        self.unit().pool.constant(constant)
    }

    /// Index of a name (mangled already).
    pub(crate) fn name(&mut self, name: &str) -> u32 {
        self.unit().pool.name(name)
    }

    /// Loads a constant into a register.
    pub(crate) fn load_const(&mut self, dst: R, constant: Const) {
        match constant {
            Const::Int(i) if i16::try_from(i).is_ok() => self.asm().ad(Op::LoadInt, dst, i as i32 as u32),
            constant => {
                let index = self.constant(constant);
                self.asm().ad(Op::LoadConst, dst, index);
            }
        }
    }

    /// A fresh temporary with a constant.
    pub(crate) fn const_temp(&mut self, constant: Const) -> R {
        let temp = self.push();
        self.load_const(temp, constant);
        temp
    }
}

impl UnitState<'_> {
    /// A register for a new local.
    pub(crate) fn new_local(&mut self, name: &Rc<str>) -> R {
        let reg = self.unit.local_names.len() as R;
        self.unit.local_names.push(name.clone());
        self.regs.insert(name.clone(), reg);
        reg
    }

    /// A register for a variable of an inlined comprehension.
    pub(crate) fn hidden_local(&mut self, name: &Rc<str>) -> R {
        if let Some(at) = self.spare.iter().position(|(spare, _)| spare == name) {
            return self.spare.swap_remove(at).1;
        }
        let reg = self.unit.local_names.len() as R;
        self.unit.local_names.push(name.clone());
        reg
    }
}

//! Python as a `Language`: what the engine must know beyond the bytecodes' meaning.

use pv_bytecode::{CodeUnit, Decoded, Op, Pc, Reg, disasm, verify};
use pv_machine::{FieldInfo, Flow, Language, Machine, Position, Slot};
use pv_object::{CodeRef, Function, Kind, NativeFunction, Obj, Str, Type};
use pv_runtime::{Thread, code};
use pv_word::Word;

use crate::continuation::{self, PC_MASK};
use crate::handlers::ahead;
use crate::operands::{self, FRAME_HEADER};
use crate::{step, unwind};

/// Python on the engine.
pub struct PythonLanguage;

/// Registers that may be read at `pc` before they are written.
fn live_at(unit: &CodeUnit, pc: Pc) -> Vec<Reg> {
    match verify::flow_of(unit) {
        Ok(flow) => {
            let at = flow.insns.iter().position(|insn| insn.pc >= pc).unwrap_or(0);
            flow.live().get(at).map_or_else(Vec::new, |live| live.iter().collect())
        }
        Err(_) => (0..unit.nregs as u16).map(Reg).collect(),
    }
}

/// The registers of item and iterator of the `FOR_NEXT` that goes on at the header in front of `pc`.
fn for_next_to(unit: &CodeUnit, pc: u32) -> Option<(u32, u32)> {
    let leads_here = |insn: &Decoded| {
        let header = Decoded::at(&unit.code, insn.target());
        header.is_some_and(|header| header.op == Op::Loop && header.next().0 == pc)
    };
    let found = pv_bytecode::instructions(&unit.code).find(|insn| insn.op == Op::ForNext && leads_here(insn))?;
    Some((found.a.into(), found.b.into()))
}

impl Language for PythonLanguage {
    type Cx = Thread;

    #[inline(always)]
    fn step<M: Machine<Cx = Thread>>(m: &mut M) -> Flow {
        step::step(m)
    }

    fn resume<M: Machine<Cx = Thread>>(m: &mut M) -> Flow {
        continuation::resume(m)
    }

    fn unwind<M: Machine<Cx = Thread>>(m: &mut M) -> Flow {
        unwind::raise_empty(m)
    }

    /// The item of a loop is what its iterator has gone past.
    fn at_header<M: Machine<Cx = Thread>>(m: &mut M) -> bool {
        match for_next_to(code::unit(&m.code()), m.pc()) {
            Some((item, iterator)) => {
                let (item, iterator) = (operands::reg(m, item), operands::reg(m, iterator));
                ahead::has_passed(m, iterator, item)
            }
            None => false,
        }
    }

    fn frame_code(_: &Thread, slot0: Word) -> CodeRef {
        CodeRef::of_function(Obj::of(&slot0))
    }

    fn live_slots(code: CodeRef, pc: u32) -> Vec<Slot> {
        let header = (0..FRAME_HEADER as i32).map(Slot);
        let unit = code::unit(&code);
        let registers = live_at(unit, Pc(pc & PC_MASK));
        header.chain(registers.iter().map(|reg| operands::slot(u32::from(reg.0)))).collect()
    }

    fn empty_at_entry(code: CodeRef) -> std::ops::Range<i32> {
        let first = FRAME_HEADER + code.nparams();
        first as i32..(FRAME_HEADER + code.nregs()) as i32
    }

    fn frame_size(code: CodeRef) -> u32 {
        operands::frame_size(code)
    }

    fn position(_: &Thread, code: CodeRef, pc: u32) -> Position {
        let unit: &CodeUnit = code::unit(&code);
        let pc = Pc(pc & PC_MASK);
        Position {
            file: unit.filename.to_string(),
            function: unit.qualname.to_string(),
            line: unit.line(pc),
            bytecode: Decoded::at(&unit.code, pc).map_or_else(String::new, |insn| disasm::instruction(unit, &insn)),
        }
    }

    fn describe(_: &Thread, word: Word) -> Option<String> {
        if !word.is_object() {
            return None;
        }
        let obj = Obj::of(&word);
        let text = |name: Option<Obj>| name.map_or_else(String::new, |name| name.expect::<Str>().to_string_lossy());
        Some(match obj.kind() {
            Kind::Function => format!("function {}", text(obj.expect::<Function>().qualname.get())),
            Kind::NativeFunction => format!("native {}", text(obj.expect::<NativeFunction>().name.get())),
            Kind::Type => format!("type {}", obj.expect::<Type>().name_string()),
            Kind::Str => format!("str {:?}", obj.expect::<Str>().to_string_lossy()),
            kind => kind.name().to_owned(),
        })
    }

    fn describe_address(field: &FieldInfo, addr: u64) -> String {
        pv_object::known::describe_address(field, addr)
    }
}

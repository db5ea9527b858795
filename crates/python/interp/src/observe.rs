//! Running a program that is watched: one bytecode at a time, telling what happens.
//!
//! A frame that is entered while somebody watches is told of (`call`) and watched from then on; one that ran before gets a frame object
//! when it is first seen, and no trace function. Lines are told where the instructions of a line begin, and again when a jump leads back
//! to one; returns ahead of the instruction that returns, while the frame's variables are there; exceptions by [`crate::unwind`].
//! Frames of the prelude are not told of.

use pv_bytecode::op::Op;
use pv_bytecode::{Decoded, Pc};
use pv_machine::{Direct, Flow, Machine, Slot};
use pv_object::{BoundMethod, Frame, Kind, Obj};
use pv_runtime::observe::{Event, Watched};
use pv_runtime::{PyResult, Thread, code};
use pv_word::Word;

use crate::continuation::PC_MASK;
use crate::frame::EXTRA;
use crate::operands::{FRAME_HEADER, slot};
use crate::{driver, inspect, step, unwind};

/// What [`raised`] is told: an exception passes the frame.
pub const PASSES: u32 = 1;
/// It ends the frame.
pub const ENDS: u32 = 2;
/// A handler takes it.
pub const HANDLED: u32 = 4;

fn base(m: &Direct<'_, Thread>) -> usize {
    m.base() as usize
}

/// Executes one bytecode of a watched program, or, where a trace function raises, its exception.
pub fn step(m: &mut Direct<'_, Thread>) -> Flow {
    if !m.context().is_traced() || code::payload(&m.code()).hidden.get() {
        return step::step(m);
    }
    match before(m) {
        Ok(()) => {
            let (here, flow) = (base(m), step::step(m));
            after(m, flow, here)
        }
        Err(_) => unwind::raise_empty(m),
    }
}

/// Tells what begins: a frame, a line, an instruction, a call, a return.
fn before(m: &mut Direct<'_, Thread>) -> PyResult<()> {
    m.sync();
    let (cx, here, pc) = (m.context(), base(m), m.pc() & PC_MASK);
    let same_code =
        |entry: &Watched| entry.frame.expect::<Frame>().code.get().is_some_and(|own| own.same(&m.code().to_obj()));
    let mut entry = match cx.watched(here).filter(same_code) {
        Some(entry) => entry,
        None => begin(m, here, None)?,
    };
    if entry.silent {
        return Ok(());
    }
    if let Some((callee, first)) = entry.native.take() {
        // A class whose instances Python code makes: its frames are left by now.
        cx.watch(entry.clone());
        cx.tell(&entry.frame, Event::NativeReturn, &callee, first.as_ref())?;
    }
    let unit = std::rc::Rc::clone(code::unit(&m.code()));
    let Some(insn) = Decoded::at(&unit.code, Pc(pc)) else { return Ok(()) };
    let frame = entry.frame.clone();
    let lines = lines_begun(&unit, &insn, &mut entry);
    entry.pc = pc;
    cx.watch(entry);
    for (line, marked) in lines {
        inspect::refresh(m, &frame);
        frame.expect::<Frame>().line.set(if marked { line } else { 0 });
        cx.tell(&frame, Event::Line, &Obj::none(), None)?;
        frame.expect::<Frame>().line.set(0);
    }
    if pv_runtime::observe::switches(&frame).1 || cx.watches_instructions() {
        inspect::refresh(m, &frame);
        cx.tell(&frame, Event::Opcode, &Obj::none(), None)?;
    }
    if let Some((event, value)) = value_returned(m, &insn) {
        inspect::refresh(m, &frame);
        cx.tell(&frame, event, &value, None)?;
        cx.unwatch(here);
        return Ok(());
    }
    match callee(m, &insn) {
        Some((callee, first)) => call_begins(m, &frame, callee, first),
        None => Ok(()),
    }
}

/// The current frame is seen for the first time: it was entered just now, with an exception that is thrown into it or without, unless it
/// ran before anybody watched.
fn begin(m: &mut Direct<'_, Thread>, here: usize, thrown: Option<&Obj>) -> PyResult<Watched> {
    let cx = m.context();
    let frame = inspect::object(m);
    inspect::refresh(m, &frame);
    let generator = m.code().is_generator();
    let makes_generator = generator && m.get(Slot(EXTRA)).is_empty();
    let old = cx.ran_unwatched(here);
    let suspended = if generator && !old && thrown.is_none() { instruction_before(m) } else { None };
    let resumes = suspended.is_some_and(|insn| insn.op != Op::ReturnGenerator);
    let entered = !old && !resumes && thrown.is_none();
    if let Some(insn) = suspended.filter(|_| resumes) {
        frame.expect::<Frame>().pc.set(insn.pc.0);
    }
    let line = if entered { 0 } else { code::line(&m.code(), frame.expect::<Frame>().pc.get()) };
    let pc = suspended.map_or(0, |insn| insn.pc.0);
    let entry = Watched { base: here, frame: frame.clone(), line, pc, native: None, silent: makes_generator };
    cx.watch(entry.clone());
    if old || makes_generator {
        return Ok(entry);
    }
    let begun = match entered {
        true => code::unit(&m.code()).first_line,
        false => line,
    };
    frame.expect::<Frame>().line.set(begun);
    match thrown {
        Some(exception) => cx.tell(&frame, Event::Throw, exception, None)?,
        None if resumes => cx.tell(&frame, Event::Resume, &Obj::none(), None)?,
        None => cx.tell(&frame, Event::Start, &Obj::none(), None)?,
    }
    frame.expect::<Frame>().line.set(0);
    Ok(entry)
}

/// The instruction before the one at which the current frame stands: where a generator's was suspended.
fn instruction_before(m: &Direct<'_, Thread>) -> Option<Decoded> {
    let code = m.code();
    let here = m.pc() & PC_MASK;
    pv_bytecode::instructions(&code::unit(&code).code).take_while(|insn| insn.pc.0 < here).last()
}

/// The lines that begin with an instruction: those of statements without one ahead of it (`true`), and its own.
fn lines_begun(unit: &pv_bytecode::CodeUnit, insn: &Decoded, entry: &mut Watched) -> Vec<(u32, bool)> {
    let back = entry.line != 0 && goes_round(insn, entry);
    let mut lines = Vec::new();
    for line in unit.marked_lines(Pc(entry.pc), insn.pc) {
        if line != entry.line || back {
            entry.line = line;
            lines.push((line, true));
        }
    }
    if let Some(line) = line_begun(unit, insn, entry, back && lines.is_empty()) {
        entry.line = line;
        lines.push((line, false));
    }
    lines
}

fn line_begun(unit: &pv_bytecode::CodeUnit, insn: &Decoded, entry: &Watched, back: bool) -> Option<u32> {
    let prologue = matches!(insn.op, Op::MakeCell | Op::ReturnGenerator);
    let line = unit.line(insn.pc);
    if prologue || line == 0 {
        return None;
    }
    let index = unit.spans.partition_point(|(start, _)| *start <= insn.pc).checked_sub(1)?;
    let begins =
        unit.spans[index].0 == insn.pc && index.checked_sub(1).is_none_or(|before| unit.spans[before].1.line != line);
    (line != entry.line || back && (begins || insn.op == Op::ForNext)).then_some(line)
}

/// Does the frame come back to an instruction? The step of a loop stands below its body, so that its line begins anew there.
fn goes_round(insn: &Decoded, entry: &Watched) -> bool {
    match insn.op {
        Op::Loop => false,
        Op::ForNext => insn.pc.0 != 0 && insn.target().0 <= entry.pc,
        _ => insn.pc.0 <= entry.pc,
    }
}

/// The value with which an instruction leaves the frame.
fn value_returned(m: &mut Direct<'_, Thread>, insn: &Decoded) -> Option<(Event, Obj)> {
    let (event, register) = match insn.op {
        Op::Return => (Event::Return, insn.a),
        Op::YieldDelegate => (Event::Yield, insn.a),
        Op::Yield => (Event::Yield, insn.b),
        Op::ReturnConst => {
            let constant = m.code().constant(insn.d);
            return Obj::from_borrowed(constant).map(|value| (Event::Return, value));
        }
        _ => return None,
    };
    Obj::from_borrowed(m.get(slot(u32::from(register)))).map(|value| (event, value))
}

/// What an instruction calls, and the first argument.
fn callee(m: &mut Direct<'_, Thread>, insn: &Decoded) -> Option<(Obj, Option<Obj>)> {
    let window = u32::from(insn.b);
    let argument = |m: &mut Direct<'_, Thread>, index: u32, count: u16| match count {
        0 => None,
        _ => Obj::from_borrowed(m.get(slot(window + FRAME_HEADER + index))),
    };
    let first = match insn.op {
        Op::Call | Op::CallKw => argument(m, 0, insn.c),
        Op::CallMethod | Op::CallMethodKw => argument(m, 0, 1).or_else(|| argument(m, 1, insn.c)),
        Op::CallEx => None,
        _ => return None,
    };
    Some((Obj::from_borrowed(m.get(slot(window)))?, first))
}

/// Tells of a call. How one ends of what is no Python function is told as well.
fn call_begins(m: &mut Direct<'_, Thread>, frame: &Obj, callee: Obj, first: Option<Obj>) -> PyResult<()> {
    let cx = m.context();
    inspect::refresh(m, frame);
    if is_python(&callee) {
        return cx.tell(frame, Event::Call, &callee, first.as_ref());
    }
    cx.tell(frame, Event::NativeCall, &callee, first.as_ref())?;
    if let Some(mut entry) = cx.watched(base(m)) {
        entry.native = Some((callee, first));
        cx.watch(entry);
    }
    Ok(())
}

/// A function or method written in Python.
fn is_python(callee: &Obj) -> bool {
    match callee.downcast::<BoundMethod>() {
        Some(method) => method.function.get().is_some_and(|function| function.kind() == Kind::Function),
        None => callee.kind() == Kind::Function,
    }
}

/// Tells that a native call has returned.
fn after(m: &mut Direct<'_, Thread>, flow: Flow, here: usize) -> Flow {
    let cx = m.context();
    if matches!(flow, Flow::Raised | Flow::Done) || base(m) != here {
        return flow;
    }
    m.sync();
    let Some(mut entry) = cx.watched(here) else { return flow };
    let Some((callee, first)) = entry.native.take() else { return flow };
    let frame = entry.frame.clone();
    cx.watch(entry);
    if !cx.is_traced() {
        return flow;
    }
    match cx.tell(&frame, Event::NativeReturn, &callee, first.as_ref()) {
        Ok(()) => flow,
        Err(_) => unwind::raise_empty(m),
    }
}

/// An exception passes the innermost frame, ends it, or is handled in it: [`PASSES`], [`ENDS`], [`HANDLED`].
pub fn raised(cx: &Thread, what: u32) {
    if !cx.is_traced() {
        return;
    }
    let mut m = driver::innermost(cx);
    if code::payload(&m.code()).hidden.get() {
        return;
    }
    let here = base(&m);
    if cx.watched(here).is_none() && m.code().is_generator() {
        // Whatever the watcher raises takes the place of what is thrown.
        let thrown = cx.pending();
        let _entry = begin(&mut m, here, thrown.as_ref());
    }
    if let Some(entry) = cx.watched(here).filter(|entry| !entry.silent) {
        tell_raised(cx, &mut m, entry, what);
    }
    if what & ENDS != 0 {
        cx.unwatch(here);
    }
}

/// What a watcher raises takes the place of the exception that is pending.
fn tell_raised(cx: &Thread, m: &mut Direct<'_, Thread>, mut entry: Watched, what: u32) {
    let frame = entry.frame.clone();
    inspect::refresh(m, &frame);
    let native = entry.native.take();
    cx.watch(entry);
    if let Some((callee, first)) = native {
        let _replaced = cx.tell(&frame, Event::NativeException, &callee, first.as_ref());
    }
    let events = [(PASSES, Event::Exception), (HANDLED, Event::Handled), (ENDS, Event::Unwind)];
    for (_, event) in events.into_iter().filter(|(bit, _)| what & bit != 0) {
        if let Some(pending) = cx.pending() {
            let _replaced = cx.tell(&frame, event, &pending, None);
        }
    }
}

/// The word that [`raised`] is given.
pub fn word(passes: bool, ends: bool) -> Word {
    let ending = if ends { ENDS } else { HANDLED };
    Word::small((if passes { PASSES | ending } else { ending }) as i32)
}

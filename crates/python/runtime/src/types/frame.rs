//! Frame objects as Python sees them.
//!
//! Where a frame's variables are depends on where the frame is ([`Place`]): on the register stack while it runs, which the interpreter
//! reads and writes for us; in its generator while that is suspended; in the frame object once it has ended.

use pv_bytecode::unit::flags;
use pv_object::{CellObj, Code, CodeRef, Frame, Function, Generator, GeneratorState, Obj, Tuple};

use super::{TypeTable, frame_locals};
use crate::code;
use crate::error::PyResult;
use crate::observe;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// A frame object of a function's frame.
pub fn create(function: &Obj) -> Obj {
    let code = CodeRef::of_function(function);
    let globals = function.expect::<Function>().globals.get().unwrap_or_else(Obj::none);
    let frame = Frame::create(code.to_obj(), globals);
    frame.expect::<Frame>().function.set(function.clone());
    frame
}

/// The frame object of a generator that has not ended, always the same one.
pub fn of_generator(generator: &Obj) -> Option<Obj> {
    let place = generator.expect::<Generator>();
    if let Some(frame) = place.frame.get() {
        return Some(frame);
    }
    let frame = create(&place.function.get()?);
    place.set_frame(frame.clone());
    Some(frame)
}

/// Where a frame is.
enum Place {
    /// It runs: its first slot is at this address.
    Runs(usize),
    /// It rests in this generator.
    Rests(Obj),
    /// It has ended.
    Ended,
}

fn place(cx: &Thread, frame: &Obj) -> Place {
    let view = frame.expect::<Frame>();
    let Some(generator) = view.generator() else {
        return if view.base.get() == 0 { Place::Ended } else { Place::Runs(view.base.get()) };
    };
    match generator.expect::<Generator>().state() {
        GeneratorState::Running => (cx.vm().hooks().generator_base)(cx, &generator).map_or(Place::Ended, Place::Runs),
        GeneratorState::Finished => Place::Ended,
        _ => Place::Rests(generator),
    }
}

/// The program counter of a frame.
pub(crate) fn position(cx: &Thread, frame: &Obj) -> u32 {
    let left = frame.expect::<Frame>().pc.get();
    match place(cx, frame) {
        Place::Runs(base) => (cx.vm().hooks().frame_pc)(cx, base).unwrap_or(left),
        Place::Rests(generator) => generator.expect::<Generator>().pc(),
        Place::Ended => left,
    }
}

/// A variable of a frame.
#[derive(Clone, Copy)]
pub(crate) enum Variable {
    /// In a register.
    Local(usize),
    /// In a cell that a register holds.
    Captured(usize),
    /// In a cell of the function's closure.
    Free(usize),
}

fn code_of(frame: &Obj) -> Option<Obj> {
    frame.expect::<Frame>().code.get().filter(|code| code.downcast::<Code>().is_some())
}

/// The variables of a frame and their names, in order.
pub(crate) fn variables(frame: &Obj) -> Vec<(Obj, Variable)> {
    let Some(code) = code_of(frame) else { return Vec::new() };
    let payload = code::payload(code.expect());
    let unit = &payload.unit;
    let captured = |register: usize| unit.cellvars.iter().any(|(_, place)| place.index() == register);
    let own = payload.local_names.iter().enumerate().map(|(register, name)| {
        let variable = if captured(register) { Variable::Captured(register) } else { Variable::Local(register) };
        (name.clone(), variable)
    });
    let free = unit.freevars.iter().enumerate().map(|(index, name)| (text::intern(name), Variable::Free(index)));
    own.chain(free).collect()
}

/// What a register of a frame holds.
fn register(cx: &Thread, frame: &Obj, register: usize) -> Option<Obj> {
    match place(cx, frame) {
        Place::Runs(base) => (cx.vm().hooks().frame_register)(cx, base, register),
        Place::Rests(generator) => generator.expect::<Generator>().slots().get(register)?.get(),
        Place::Ended => frame.expect::<Frame>().slot(register),
    }
}

fn set_register(cx: &Thread, frame: &Obj, register: usize, value: Option<Obj>) {
    match place(cx, frame) {
        Place::Runs(base) => (cx.vm().hooks().set_frame_register)(cx, frame, base, register, value),
        Place::Rests(generator) => {
            if let Some(slot) = generator.expect::<Generator>().slots().get(register) {
                drop(slot.replace(value));
            }
        }
        Place::Ended => frame.expect::<Frame>().set_slot(register, value),
    }
}

/// The cell of a captured or free variable, once there is one.
fn cell_of(cx: &Thread, frame: &Obj, variable: Variable) -> Option<Obj> {
    let cell = match variable {
        Variable::Local(_) => None,
        Variable::Captured(place) => register(cx, frame, place),
        Variable::Free(index) => {
            let closure = frame.expect::<Frame>().function.get()?.downcast::<Function>()?.closure.get()?;
            closure.expect::<Tuple>().get(index)
        }
    };
    cell.filter(|cell| cell.downcast::<CellObj>().is_some())
}

/// A variable's value.
pub(crate) fn read(cx: &Thread, frame: &Obj, variable: Variable) -> Option<Obj> {
    match (cell_of(cx, frame, variable), variable) {
        (Some(cell), _) => cell.expect::<CellObj>().value.get(),
        (None, Variable::Local(place) | Variable::Captured(place)) => register(cx, frame, place),
        (None, Variable::Free(_)) => None,
    }
}

/// Gives a variable a value.
pub(crate) fn write(cx: &Thread, frame: &Obj, variable: Variable, value: Obj) {
    match (cell_of(cx, frame, variable), variable) {
        (Some(cell), _) => drop(cell.expect::<CellObj>().value.replace(Some(value))),
        (None, Variable::Local(place) | Variable::Captured(place)) => set_register(cx, frame, place, Some(value)),
        (None, Variable::Free(_)) => {}
    }
}

fn repr(cx: &Thread, frame: &Obj) -> PyResult {
    let at = crate::builtins::identity(frame);
    let Some(code) = code_of(frame) else { return Ok(text::new(&format!("<frame at {at:#x}>"))) };
    let unit = code::unit(code.expect());
    let file = text::to_string(&crate::protocol::repr(cx, &text::new(&unit.filename))?);
    let line = text::to_string(&crate::protocol::str(cx, &get_lineno(cx, frame)?)?);
    Ok(text::new(&format!("<frame at {at:#x}, file {file}, line {line}, code {}>", unit.name)))
}

fn get_code(_: &Thread, frame: &Obj) -> PyResult {
    Ok(frame.expect::<Frame>().code.get().unwrap_or_else(Obj::none))
}

fn get_globals(_: &Thread, frame: &Obj) -> PyResult {
    Ok(frame.expect::<Frame>().globals.get().unwrap_or_else(Obj::none))
}

fn get_back(cx: &Thread, frame: &Obj) -> PyResult {
    let back = match place(cx, frame) {
        Place::Rests(generator) if !generator.expect::<Generator>().is_running() => None,
        Place::Runs(_) | Place::Rests(_) => (cx.vm().hooks().frame_behind)(cx, frame),
        Place::Ended => frame.expect::<Frame>().back.get(),
    };
    Ok(back.unwrap_or_else(Obj::none))
}

fn get_locals(cx: &Thread, frame: &Obj) -> PyResult {
    let view = frame.expect::<Frame>();
    let optimized = code_of(frame).is_some_and(|code| code::unit(code.expect()).flags & flags::OPTIMIZED != 0);
    match view.locals.get() {
        Some(namespace) if !optimized => Ok(namespace),
        None if !optimized => get_globals(cx, frame),
        _ => Ok(frame_locals::create(cx, frame)),
    }
}

fn get_builtins(cx: &Thread, _: &Obj) -> PyResult {
    Ok(cx.vm().builtins.clone())
}

fn get_lineno(cx: &Thread, frame: &Obj) -> PyResult {
    let view = frame.expect::<Frame>();
    let Some(code) = code_of(frame) else { return Ok(Obj::none()) };
    let line = match view.line.get() {
        0 => code::line(code.expect(), position(cx, frame)),
        line => line,
    };
    Ok(Obj::int(i64::from(line)))
}

fn get_lasti(cx: &Thread, frame: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(position(cx, frame)) * 2))
}

fn get_trace(_: &Thread, frame: &Obj) -> PyResult {
    Ok(observe::local_trace(frame).unwrap_or_else(Obj::none))
}

fn set_trace(cx: &Thread, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    observe::set_local_trace(frame, value.filter(|value| !value.is_none()).cloned());
    if let (Place::Runs(base), Some(code)) = (place(cx, frame), code_of(frame)) {
        let pc = position(cx, frame);
        frame.expect::<Frame>().pc.set(pc);
        cx.watch_old(base, frame.clone(), code::line(code.expect(), pc));
    }
    Ok(())
}

fn trace_lines(_: &Thread, frame: &Obj) -> PyResult {
    Ok(Obj::bool(observe::switches(frame).0))
}

fn trace_opcodes(_: &Thread, frame: &Obj) -> PyResult {
    Ok(Obj::bool(observe::switches(frame).1))
}

fn set_switch(cx: &Thread, frame: &Obj, value: Option<&Obj>, opcodes: bool) -> PyResult<()> {
    match value {
        None => Err(cx.type_error("cannot delete numeric/char attribute")),
        Some(value) if value.kind() != pv_object::Kind::Bool => Err(cx.type_error("attribute value type must be bool")),
        Some(value) => {
            observe::set_switch(frame, opcodes, value.same(&Obj::bool(true)));
            Ok(())
        }
    }
}

fn set_trace_lines(cx: &Thread, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_switch(cx, frame, value, false)
}

fn set_trace_opcodes(cx: &Thread, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    set_switch(cx, frame, value, true)
}

/// Registers are not laid out for jumps from anywhere to anywhere.
fn set_lineno(cx: &Thread, frame: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        None => Err(cx.attribute_error("cannot delete attribute")),
        Some(value) if !value.is_int() => Err(cx.value_error("lineno must be an integer")),
        Some(_) if observe::local_trace(frame).is_none() => {
            Err(cx.value_error("f_lineno can only be set in a trace function"))
        }
        Some(_) => Err(cx.value_error("f_lineno cannot be set: jumps between lines are not supported")),
    }
}

fn clear(cx: &Thread, frame: &Obj) -> PyResult {
    match place(cx, frame) {
        Place::Runs(_) => return Err(cx.runtime_error("cannot clear an executing frame")),
        Place::Rests(generator) if generator.expect::<Generator>().is_running() => {
            return Err(cx.runtime_error("cannot clear an executing frame"));
        }
        Place::Rests(generator) if generator.expect::<Generator>().state() != GeneratorState::Created => {
            return Err(cx.runtime_error("cannot clear a suspended frame"));
        }
        Place::Rests(generator) => drop(super::generator::close(cx, &generator)?),
        Place::Ended => {}
    }
    let view = frame.expect::<Frame>();
    view.set_slots(Vec::new());
    if let Some(observed) = observe::local_trace(frame) {
        observe::set_local_trace(frame, None);
        drop(observed);
    }
    Ok(Obj::none())
}

crate::natives! { static METHODS:
    "clear" "(self, /)" F1(clear) "Drops the references the frame's locals hold.";
}

crate::getsets! { static GETSETS:
    "f_code" get_code => "";
    "f_globals" get_globals as member => "";
    "f_locals" get_locals => "";
    "f_builtins" get_builtins as member => "";
    "f_back" get_back => "";
    "f_lineno" get_lineno, set set_lineno => "";
    "f_lasti" get_lasti => "";
    "f_trace" get_trace, set set_trace => "";
    "f_trace_lines" trace_lines, set set_trace_lines as member => "";
    "f_trace_opcodes" trace_opcodes, set set_trace_opcodes => "";
}

/// Frames.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    ..TypeTable::NONE
};

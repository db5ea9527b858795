//! Frames as the runtime sees them: namespaces, `super()`'s arguments, frame objects.

use pv_bytecode::unit::flags;
use pv_machine::{Direct, Machine, Slot};
use pv_object::{CellObj, Dict, Frame, Function, Generator, Obj, Tuple};
use pv_runtime::{PyResult, Thread, code};
use pv_word::Word;

use crate::driver;
use crate::frame::{CALLEE, EXTRA, RETURN_INFO, ReturnInfo};
use crate::handlers::delegation;
use crate::operands::slot;

/// A frame, as a walk over all of them finds it.
enum Seen<'m, 'cx> {
    /// One on the register stack: the machine stands in it.
    Stacked(&'m mut Direct<'cx, Thread>),
    /// That of a generator that was passed over (see [`delegation`]).
    PassedOver(Obj),
}

/// Calls `visit` with each frame from the innermost outwards, the prelude's left out, until it answers.
fn walk<R>(cx: &Thread, mut visit: impl FnMut(Seen<'_, '_>) -> Option<R>) -> Option<R> {
    let mut m = driver::innermost(cx);
    while m.get(Slot(CALLEE)).is_object() {
        if !code::payload(&m.code()).hidden.get()
            && let Some(answer) = visit(Seen::Stacked(&mut m))
        {
            return Some(answer);
        }
        let info = ReturnInfo::unpack(m.get(Slot(RETURN_INFO)));
        for generator in delegation::passed_over(&mut m, info) {
            if let Some(answer) = visit(Seen::PassedOver(generator)) {
                return Some(answer);
            }
        }
        driver::step_out(&mut m, info);
    }
    None
}

/// Calls `visit` with the innermost frame's machine.
fn at_innermost<R>(cx: &Thread, visit: impl Fn(&mut Direct<'_, Thread>) -> R) -> Option<R> {
    walk(cx, |seen| match seen {
        Seen::Stacked(m) => Some(visit(m)),
        Seen::PassedOver(_) => None,
    })
}

fn globals_of(function: Word) -> Obj {
    let globals = Obj::of(&function).expect::<Function>().globals.get();
    globals.expect("a function has globals")
}

/// The namespaces of the innermost frame: globals, locals (a fresh dict of a function's variables).
pub fn namespaces(cx: &Thread) -> Option<(Obj, Obj)> {
    at_innermost(cx, |m| {
        let globals = globals_of(m.get(Slot(CALLEE)));
        let locals = locals_of(m, &globals);
        (globals, locals)
    })
}

fn locals_of(m: &mut Direct<'_, Thread>, globals: &Obj) -> Obj {
    let code = m.code();
    let unit = code::unit(&code);
    if unit.flags & flags::OPTIMIZED == 0 {
        let extra = m.get(Slot(EXTRA));
        return Obj::from_borrowed(extra).unwrap_or_else(|| globals.clone());
    }
    let locals = Dict::create();
    for (register, name) in unit.local_names.iter().enumerate() {
        let value = Obj::from_borrowed(m.get(slot(register as u32)));
        let is_cell = unit.cellvars.iter().any(|(_, reg)| reg.index() == register);
        let value = match value {
            Some(cell) if is_cell => cell.downcast::<CellObj>().map_or(Some(cell.clone()), |cell| cell.value.get()),
            other => other,
        };
        if let (Some(value), false) = (value, name.starts_with('.')) {
            locals.expect::<Dict>().set(name, value);
        }
    }
    let function = m.get(Slot(CALLEE));
    if let Some(closure) = Obj::of(&function).expect::<Function>().closure.get() {
        for (name, cell) in unit.freevars.iter().zip(closure.expect::<Tuple>().items()) {
            if let Some(value) = cell.expect::<CellObj>().value.get() {
                locals.expect::<Dict>().set(name, value);
            }
        }
    }
    locals
}

/// For `super()` without arguments: the `__class__` cell's contents and the first argument of the innermost frame.
pub fn super_arguments(cx: &Thread) -> PyResult<(Obj, Obj)> {
    let found = at_innermost(cx, |m| first_argument(cx, m));
    found.unwrap_or_else(|| Err(cx.runtime_error("super(): no current frame")))
}

fn first_argument(cx: &Thread, m: &mut Direct<'_, Thread>) -> PyResult<(Obj, Obj)> {
    let code = m.code();
    let unit = code::unit(&code);
    if unit.argcount == 0 {
        return Err(cx.runtime_error("super(): no arguments"));
    }
    let Some(index) = unit.freevars.iter().position(|name| &**name == "__class__") else {
        return Err(cx.runtime_error("super(): __class__ cell not found"));
    };
    let function = m.get(Slot(CALLEE));
    let closure = Obj::of(&function).expect::<Function>().closure.get();
    let class = closure.and_then(|cells| cells.expect::<Tuple>().get(index)?.expect::<CellObj>().value.get());
    let Some(class) = class else { return Err(cx.runtime_error("super(): empty __class__ cell")) };
    let first = Obj::from_borrowed(m.get(slot(0))).and_then(|first| match first.downcast::<CellObj>() {
        Some(cell) if unit.cellvars.iter().any(|(_, reg)| reg.index() == 0) => cell.value.get(),
        _ => Some(first.clone()),
    });
    first.map(|first| (class, first)).ok_or_else(|| cx.runtime_error("super(): arg[0] deleted"))
}

/// The frame object `depth` frames out: a picture of code, globals, locals and line at the time of asking.
pub fn frame(cx: &Thread, depth: usize) -> Option<Obj> {
    let mut left = depth;
    walk(cx, |seen| {
        if left > 0 {
            left -= 1;
            return None;
        }
        Some(seen.object(cx))
    })
}

/// The frame object of the caller of a frame, while that runs.
pub fn frame_behind(cx: &Thread, frame: &Obj) -> Option<Obj> {
    let mut found = false;
    walk(cx, |seen| {
        if found {
            return Some(seen.object(cx));
        }
        found = seen.is_of(frame);
        None
    })
}

impl Seen<'_, '_> {
    fn object(self, cx: &Thread) -> Obj {
        match self {
            Seen::Stacked(m) => object(m),
            Seen::PassedOver(generator) => pv_runtime::types::generator::frame(cx, &generator),
        }
    }

    /// Is it what the frame object shows?
    fn is_of(&self, frame: &Obj) -> bool {
        match self {
            Seen::Stacked(m) => m.base() as usize == frame.expect::<Frame>().base.get(),
            Seen::PassedOver(generator) => {
                generator.expect::<Generator>().frame.get().is_some_and(|own| own.same(frame))
            }
        }
    }
}

/// The frame object of the machine's frame: where the program is watched always the same one.
fn object(m: &mut Direct<'_, Thread>) -> Obj {
    let (cx, here) = (m.context(), m.base() as usize);
    match cx.watched_frame(here, m.code().to_obj()) {
        Some(frame) => {
            refresh(m, &frame);
            frame
        }
        None => {
            let frame = picture(m);
            if cx.is_observed() {
                cx.watch_old(here, frame.clone(), code::line(&m.code(), place(m)));
            }
            frame
        }
    }
}

/// Where the machine's frame stands.
fn place(m: &Direct<'_, Thread>) -> u32 {
    m.pc() & crate::continuation::PC_MASK
}

/// Brings a frame object up to where the machine's frame stands now.
pub fn refresh(m: &mut Direct<'_, Thread>, frame: &Obj) {
    let view = frame.expect::<Frame>();
    let globals = globals_of(m.get(Slot(CALLEE)));
    view.pc.set(place(m));
    view.locals.set(locals_of(m, &globals));
}

/// A frame object of the machine's frame.
pub fn picture(m: &mut Direct<'_, Thread>) -> Obj {
    let globals = globals_of(m.get(Slot(CALLEE)));
    let locals = locals_of(m, &globals);
    let frame = Frame::create(m.code().to_obj(), globals);
    let view = frame.expect::<Frame>();
    view.locals.set(locals);
    view.pc.set(place(m));
    view.base.set(m.base() as usize);
    frame
}

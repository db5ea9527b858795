//! Frames as the runtime sees them: namespaces, `super()`'s arguments, frame objects (see `pv_runtime::frames`).

use pv_bytecode::unit::flags;
use pv_machine::{Direct, Machine, Own, Slot};
use pv_object::{CellObj, Dict, Frame, Function, Generator, Obj, Tuple};
use pv_runtime::frames::Deferred;
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
fn walk<R>(cx: &Thread, visit: impl FnMut(Seen<'_, '_>) -> Option<R>) -> Option<R> {
    walk_from(driver::innermost(cx), visit)
}

/// As [`walk`], from the machine's frame outwards.
fn walk_from<R>(mut m: Direct<'_, Thread>, mut visit: impl FnMut(Seen<'_, '_>) -> Option<R>) -> Option<R> {
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

/// Calls `visit` with the machine of each frame on the register stack, from the innermost outwards, until it answers.
fn walk_stack<R>(cx: &Thread, mut visit: impl FnMut(&mut Direct<'_, Thread>) -> Option<R>) -> Option<R> {
    walk(cx, |seen| match seen {
        Seen::Stacked(m) => visit(m),
        Seen::PassedOver(_) => None,
    })
}

fn globals_of(function: Word) -> Obj {
    let globals = Obj::of(&function).expect::<Function>().globals.get();
    globals.expect("a function has globals")
}

/// The namespaces of the innermost frame: globals, locals (a fresh dict of a function's variables).
pub fn namespaces(cx: &Thread) -> Option<(Obj, Obj)> {
    walk_stack(cx, |m| {
        let globals = globals_of(m.get(Slot(CALLEE)));
        let locals = locals_of(m, &globals);
        Some((globals, locals))
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
    let kept = m.context().kept_frame(m.base() as usize);
    if let Some(added) = kept.and_then(|frame| frame.expect::<Frame>().locals.get()) {
        added
            .expect::<Dict>()
            .items()
            .into_iter()
            .for_each(|(name, value)| locals.expect::<Dict>().set_str(&name, value));
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

/// The namespace of the innermost frame, where its code has one of its own.
pub fn own_namespace(cx: &Thread) -> Option<Obj> {
    let mut m = driver::innermost(cx);
    let optimized = code::unit(&m.code()).flags & flags::OPTIMIZED != 0;
    if optimized { None } else { Obj::from_borrowed(m.get(Slot(EXTRA))) }
}

/// For `super()` without arguments: the `__class__` cell's contents and the first argument of the innermost frame.
pub fn super_arguments(cx: &Thread) -> PyResult<(Obj, Obj)> {
    let found = walk_stack(cx, |m| Some(first_argument(cx, m)));
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

/// The frame object `depth` frames out.
pub fn frame(cx: &Thread, depth: usize) -> Option<Obj> {
    let mut left = depth;
    walk(cx, |seen| {
        if left > 0 {
            left -= 1;
            return None;
        }
        seen.object()
    })
}

/// The frame object of the caller of a frame, while that runs.
pub fn frame_behind(cx: &Thread, frame: &Obj) -> Option<Obj> {
    let mut found = false;
    walk(cx, |seen| {
        if found {
            return seen.object();
        }
        found = seen.is_of(frame);
        None
    })
}

impl Seen<'_, '_> {
    fn object(self) -> Option<Obj> {
        match self {
            Seen::Stacked(m) => Some(object(m)),
            Seen::PassedOver(generator) => pv_runtime::types::frame::of_generator(&generator),
        }
    }

    /// Is it the frame that the object stands for?
    fn is_of(&self, frame: &Obj) -> bool {
        let view = frame.expect::<Frame>();
        match (self, view.generator()) {
            (Seen::Stacked(m), Some(generator)) => m.copy().get(Slot(EXTRA)) == generator.word(),
            (Seen::Stacked(m), None) => m.base() as usize == view.base.get(),
            (Seen::PassedOver(passed), generator) => generator.is_some_and(|own| own.same(passed)),
        }
    }
}

/// What `visit` answers for the machine of the frame that begins at `base`, if that runs.
fn at<R>(cx: &Thread, base: usize, visit: impl FnOnce(&mut Direct<'_, Thread>) -> R) -> Option<R> {
    at_from(driver::innermost(cx), base, visit)
}

/// As [`at`], looking from the machine's frame outwards.
fn at_from<R>(m: Direct<'_, Thread>, base: usize, visit: impl FnOnce(&mut Direct<'_, Thread>) -> R) -> Option<R> {
    let mut visit = Some(visit);
    walk_from(m, |seen| match seen {
        Seen::Stacked(m) if m.base() as usize == base => visit.take().map(|visit| visit(m)),
        _ => None,
    })
}

/// The frame object of the frame at `base`, if it runs this function.
pub fn frame_at(cx: &Thread, base: usize, function: &Obj) -> Option<Obj> {
    at(cx, base, |m| (m.get(Slot(CALLEE)) == function.word()).then(|| object(m))).flatten()
}

/// The program counter of the frame at `base`.
pub fn frame_pc(cx: &Thread, base: usize) -> Option<u32> {
    at(cx, base, |m| place(m))
}

/// Where the frame of a running generator begins.
pub fn generator_base(cx: &Thread, generator: &Obj) -> Option<usize> {
    walk_stack(cx, |m| (m.get(Slot(EXTRA)) == generator.word()).then(|| m.base() as usize))
}

/// What a register of the frame at `base` holds.
pub fn register(cx: &Thread, base: usize, register: usize) -> Option<Obj> {
    let slot = slot(register as u32);
    match cx.deferred_value(base, slot.0) {
        Some(value) => value,
        None => at(cx, base, |m| Obj::from_borrowed(m.get(slot))).flatten(),
    }
}

/// Changes a register of the frame at `base`, whose object is `frame`.
pub fn set_register(cx: &Thread, frame: &Obj, base: usize, register: usize, value: Option<Obj>) {
    let slot = slot(register as u32);
    at(cx, base, |m| {
        // The bytecode that is under way may have borrowed what was there.
        if let Some(old) = Obj::from_borrowed(m.get(slot)) {
            frame.expect::<Frame>().keep_overwritten(old);
        }
        write(m, slot, value);
    });
}

/// Writes a slot of the machine's frame now, or once the upper tier has been left.
fn write(m: &mut Direct<'_, Thread>, slot: Slot, new: Option<Obj>) {
    let (cx, base) = (m.context(), m.base() as usize);
    if cx.may_write_frame(base) {
        put(m, slot, new);
    } else {
        cx.defer(Deferred { base, slot: slot.0, old: m.get(slot), new });
    }
}

fn put(m: &mut Direct<'_, Thread>, slot: Slot, value: Option<Obj>) {
    m.put(slot, value.map_or_else(|| Own::new(Word::EMPTY), Obj::into_own));
}

/// The innermost driver has left the upper tier: makes the writes that have waited for that. `top` gives the innermost frame that runs.
#[cold]
pub fn write_deferred(cx: &Thread, top: fn(&Thread) -> Direct<'_, Thread>) {
    for Deferred { base, slot, old, new } in cx.take_deferred() {
        let written = at_from(top(cx), base, |m| {
            let unchanged = m.get(Slot(slot)) == old;
            if unchanged {
                put(m, Slot(slot), new);
            }
            unchanged
        });
        if written != Some(true) && slot == RETURN_INFO {
            // Whose end nobody will tell of has ended.
            cx.end_frame(base).into_iter().for_each(|frame| frame.expect::<Frame>().base.set(0));
        }
    }
}

/// The generator whose frame the machine's is, if it is one's.
fn running_generator(m: &mut Direct<'_, Thread>) -> Option<Obj> {
    let extra = m.get(Slot(EXTRA));
    if m.code().is_generator() { Obj::from_borrowed(extra) } else { None }
}

/// The frame object of the machine's frame: always the same one.
pub fn object(m: &mut Direct<'_, Thread>) -> Obj {
    let (cx, here) = (m.context(), m.base() as usize);
    let known = match running_generator(m) {
        Some(generator) => pv_runtime::types::frame::of_generator(&generator),
        None => cx.kept_frame(here).filter(|_| is_kept(m)),
    };
    let frame = known.unwrap_or_else(|| keep(m));
    frame.expect::<Frame>().base.set(here);
    if !is_kept(m) {
        let info = ReturnInfo::unpack(m.get(Slot(RETURN_INFO))).kept();
        write(m, Slot(RETURN_INFO), Some(Obj::from_owned(info.pack())));
    }
    if cx.is_observed() {
        frame.expect::<Frame>().pc.set(place(m));
        cx.watch_old(here, frame.clone(), code::line(&m.code(), place(m)));
    }
    frame
}

/// Is the end of the machine's frame going to be noticed?
fn is_kept(m: &mut Direct<'_, Thread>) -> bool {
    let waits = m.context().deferred_value(m.base() as usize, RETURN_INFO).is_some();
    waits || ReturnInfo::unpack(m.get(Slot(RETURN_INFO))).is_kept()
}

/// Makes a frame object for the machine's frame, which is not a generator's.
fn keep(m: &mut Direct<'_, Thread>) -> Obj {
    let function = Obj::retained(m.get(Slot(CALLEE)));
    let frame = pv_runtime::types::frame::create(&function);
    if code::unit(&m.code()).flags & flags::OPTIMIZED == 0 {
        let namespace = Obj::from_borrowed(m.get(Slot(EXTRA)));
        frame.expect::<Frame>().locals.set(namespace.unwrap_or_else(|| globals_of(function.word())));
    }
    m.context().keep_frame(m.base() as usize, frame.clone());
    frame
}

/// The innermost frame ends: if somebody has its object besides us, that gets the values of its variables, and knows its caller.
pub fn end(cx: &Thread) {
    let mut m = driver::innermost(cx);
    let base = m.base() as usize;
    let generator = running_generator(&mut m);
    let (frame, ours) = match &generator {
        Some(generator) => (generator.expect::<Generator>().frame.get(), 2),
        None => (cx.end_frame(base), 1),
    };
    let Some(frame) = frame else { return };
    let view = frame.expect::<Frame>();
    if frame.header().is_some_and(|header| header.count() > ours) {
        view.pc.set(pv_runtime::types::traceback::left(cx, &frame).unwrap_or_else(|| place(&m)));
        let registers = (0..m.code().nlocals()).map(|register| Obj::from_borrowed(m.get(slot(register)))).collect();
        view.set_slots(registers);
        if let Some(back) = frame_behind(cx, &frame) {
            view.back.set(back);
        }
    }
    view.base.set(0);
    view.drop_overwritten();
    if let Some(generator) = generator {
        generator.expect::<Generator>().forget_frame();
    }
}

/// Where the machine's frame stands.
fn place(m: &Direct<'_, Thread>) -> u32 {
    m.pc() & crate::continuation::PC_MASK
}

/// Notes where the machine's frame stands now in its frame object.
pub fn refresh(m: &mut Direct<'_, Thread>, frame: &Obj) {
    frame.expect::<Frame>().pc.set(place(m));
}

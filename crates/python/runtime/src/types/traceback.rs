//! Traceback entries, as frames are left by an exception.

use pv_bytecode::unit::flags;
use pv_object::{CodeRef, Exception, Frame, Function, Obj, Traceback};

use crate::code;
use crate::thread::Thread;

/// Adds an entry for the running function at `pc` to the pending exception's traceback.
pub fn add(cx: &Thread, function: &Obj, pc: u32) {
    let Some(exception) = cx.pending() else { return };
    let code = CodeRef::of_function(function);
    if code::payload(&code).hidden.get() {
        return;
    }
    let place = &exception.expect::<Exception>().traceback;
    let entry = Traceback::create(place.get(), Some(function.clone()), code.to_obj(), pc, code::line(&code, pc));
    place.set(entry);
}

/// The entry's frame object, made now if need be. `None` where the entry is not one of a frame that runs `function`.
pub fn frame_of(entry: &Traceback, function: &Obj) -> Option<Obj> {
    let running = entry.frame.get()?;
    if running.same(function) {
        return Some(make_frame(entry, function));
    }
    let code = function.expect::<Function>().code.get()?;
    let frame = running.downcast::<Frame>()?;
    (frame.code.get()?.same(&code) && frame.slots().is_empty()).then_some(running)
}

/// `tb_frame`: with the locals if the exception has left the frame, else with none.
pub(crate) fn frame(cx: &Thread, entry: &Traceback) -> Obj {
    match entry.frame.get() {
        Some(function) if function.downcast::<Function>().is_some() => make_frame(entry, &function),
        Some(frame) => frame,
        None => {
            let frame = Frame::create(entry.code.get().unwrap_or_else(Obj::none), cx.vm().builtins.clone());
            frame.expect::<Frame>().pc.set(entry.pc.get());
            entry.frame.set(frame.clone());
            frame
        }
    }
}

fn make_frame(entry: &Traceback, function: &Obj) -> Obj {
    let globals = function.expect::<Function>().globals.get().unwrap_or_else(Obj::none);
    let code = CodeRef::of_function(function);
    let frame = Frame::create(code.to_obj(), globals.clone());
    let view = frame.expect::<Frame>();
    view.pc.set(entry.pc.get());
    if code::payload(&code).unit.flags & flags::OPTIMIZED == 0 {
        view.locals.set(globals);
    }
    entry.frame.set(frame.clone());
    if let Some(inner) = entry.next.get()
        && let Some(inner) = inner.expect::<Traceback>().frame.get()
        && let Some(inner) = inner.downcast::<Frame>()
        && inner.back.is_empty()
    {
        inner.back.set(frame.clone());
    }
    frame
}

//! Traceback entries, as frames are left by an exception.

use pv_bytecode::unit::flags;
use pv_object::{CodeRef, Exception, Frame, Function, Obj, Traceback};

use crate::code;
use crate::error::PyResult;
use crate::native::Args;
use crate::thread::Thread;

/// Adds an entry for the running function at `pc` to the pending exception's traceback. Where the exception is `caught` by the frame, its
/// object may be asked for while that runs on.
pub fn add(cx: &Thread, function: &Obj, pc: u32, caught: bool) {
    let Some(exception) = cx.pending() else { return };
    let code = CodeRef::of_function(function);
    if code::payload(&code).hidden.get() {
        return;
    }
    let place = &exception.expect::<Exception>().traceback;
    let base = cx.state().base.get() as usize;
    let frame = cx.kept_frame(base).unwrap_or_else(|| function.clone());
    let entry = Traceback::create(place.get(), Some(frame), code.to_obj(), pc * 2, code::line(&code, pc));
    if caught {
        entry.expect::<Traceback>().base.set(base);
    }
    place.set(entry);
}

/// The running function raises the pending exception on, at `pc`. What its frame's object says of the line goes by that, `tb_lineno`
/// does not.
pub fn moved(cx: &Thread, function: &Obj, pc: u32) {
    let Some(entry) = cx.pending().and_then(|exception| exception.expect::<Exception>().traceback.get()) else {
        return;
    };
    let Some(entry) = entry.downcast::<Traceback>() else { return };
    if CodeRef::of_function(function).to_obj().same(&entry.code.get().unwrap_or_else(Obj::none)) {
        entry.left.set(pc);
    }
}

/// From where the pending exception leaves the frame of which this is the object, if it does.
pub fn left(cx: &Thread, frame: &Obj) -> Option<u32> {
    let entry = cx.pending()?.expect::<Exception>().traceback.get()?;
    let entry = entry.downcast::<Traceback>()?;
    entry.frame.get()?.same(frame).then(|| entry.left.get())
}

/// `types.TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)`.
pub(super) fn new(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    let [next, frame, lasti, line] =
        super::args::bind(cx, "TracebackType", "(tb_next, tb_frame, tb_lasti, tb_lineno)", args)?;
    let (Some(next), Some(frame), Some(lasti), Some(line)) = (next, frame, lasti, line) else {
        return Err(cx.system_error("TracebackType"));
    };
    if !next.is_none() && next.downcast::<Traceback>().is_none() {
        let found = cx.type_name(&next);
        return Err(cx.type_error(format_args!("expected traceback object or None, got '{found}'")));
    }
    let Some(view) = frame.downcast::<Frame>() else {
        let found = cx.type_name(&frame);
        return Err(cx.type_error(format_args!("TracebackType() argument 'tb_frame' must be frame, not {found}")));
    };
    let number = |value: &Obj| {
        let value = crate::protocol::to_isize(cx, value)?;
        i32::try_from(value).map_err(|_| cx.overflow_error("Python int too large to convert to C int"))
    };
    let (lasti, line) = (number(&lasti)?.max(0) as u32, number(&line)?.max(0) as u32);
    let code = view.code.get().unwrap_or_else(Obj::none);
    Ok(Traceback::create(Some(next).filter(|next| !next.is_none()), Some(frame.clone()), code, lasti, line))
}

/// An entry for a frame as it stands.
pub(crate) fn of_frame(cx: &Thread, frame: &Obj) -> Obj {
    let view = frame.expect::<Frame>();
    let (code, pc) = (view.code.get().unwrap_or_else(Obj::none), super::frame::position(cx, frame));
    let line = code.downcast().map_or(0, |code| code::line(code, pc));
    Traceback::create(None, Some(frame.clone()), code, pc * 2, line)
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
        Some(function) if function.downcast::<Function>().is_some() => match running_frame(cx, entry, &function) {
            Some(frame) => frame,
            None => make_frame(entry, &function),
        },
        Some(frame) => frame,
        None => {
            let frame = Frame::create(entry.code.get().unwrap_or_else(Obj::none), cx.vm().builtins.clone());
            frame.expect::<Frame>().pc.set(entry.pc());
            entry.frame.set(frame.clone());
            frame
        }
    }
}

/// The frame object of the frame that has caught the exception, while that runs on.
fn running_frame(cx: &Thread, entry: &Traceback, function: &Obj) -> Option<Obj> {
    let base = entry.base.get();
    let frame = if base == 0 { None } else { (cx.vm().hooks().frame_at)(cx, base, function) }?;
    entry.frame.set(frame.clone());
    Some(frame)
}

fn make_frame(entry: &Traceback, function: &Obj) -> Obj {
    let globals = function.expect::<Function>().globals.get().unwrap_or_else(Obj::none);
    let code = CodeRef::of_function(function);
    let frame = super::frame::create(function);
    let view = frame.expect::<Frame>();
    entry.base.set(0);
    view.pc.set(entry.left.get());
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

//! Generators, coroutines and async generators: making, resuming, closing and ending them.
//!
//! All three have one layout and differ in their type, which the flags of their code decide. A step of any of them comes back as a
//! [`Resumed`]; only the methods that Python calls turn a return into StopIteration. What each type shows of itself stands in
//! [`methods`], the awaitables of async generators in [`asynchronous`], what `await` accepts in [`awaiting`].

mod asynchronous;
mod awaiting;
mod delegation;
mod methods;

use pv_bytecode::op::Op;
use pv_bytecode::unit::flags;
use pv_bytecode::{Decoded, Pc};
use pv_object::{CodeRef, Function, Generator, GeneratorMarks, GeneratorState, Kind, Obj, Tuple};

use crate::attr;
use crate::code;
use crate::error::{Exc, PyResult};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::vm::{Resume, Resumed};
pub use asynchronous::wrap_yield;
pub(crate) use asynchronous::{ASEND, ATHROW, get_hooks, set_hooks};
pub(crate) use awaiting::{ANEXT_AWAITABLE, WRAPPER, anext_or};
pub use awaiting::{aiter, anext, awaitable, yield_from_iter};
pub use delegation::{innermost, passed_over, waiting_for};
pub use methods::next_method;
pub(crate) use methods::{ASYNC_GENERATOR, COROUTINE, TABLE, thrown};

fn view(generator: &Obj) -> &Generator {
    generator.expect::<Generator>()
}

fn code_of(generator: &Obj) -> Option<CodeRef> {
    view(generator).function.get().map(|function| CodeRef::of_function(&function))
}

fn unit_flags(generator: &Obj) -> u32 {
    code_of(generator).map_or(0, |code| code::unit(&code).flags)
}

/// `generator`, `coroutine` or `async generator`.
fn noun(flags: u32) -> &'static str {
    if flags & flags::COROUTINE != 0 {
        "coroutine"
    } else if flags & flags::ASYNC_GENERATOR != 0 {
        "async generator"
    } else {
        "generator"
    }
}

/// A new generator, coroutine or async generator of a function, with room for its registers.
pub fn create(cx: &Thread, function: &Obj) -> Obj {
    let code = CodeRef::of_function(function);
    let made = function.expect::<Function>();
    let shape = match noun(code::unit(&code).flags) {
        "generator" => None,
        "coroutine" => Some(cx.vm().extra_shape("coroutine")),
        _ => Some(cx.vm().extra_shape("async_generator")),
    };
    let name = made.name.get().unwrap_or_else(Obj::none);
    let qualname = made.qualname.get().unwrap_or_else(|| name.clone());
    let is_coroutine = code::unit(&code).flags & flags::COROUTINE != 0;
    let generator = Generator::create(function.clone(), name, qualname, code.nregs() as usize, shape);
    if let Some(origin) = cx.origin.take().filter(|_| is_coroutine) {
        view(&generator).companion.set(origin);
    }
    generator
}

/// Notes where the coroutine is made whose own frame is the innermost: file, line and function of the frames around it.
pub fn note_origin(cx: &Thread) {
    let depth = cx.origin_depth.get();
    let row = |object: Obj| {
        let frame = object.expect::<pv_object::Frame>();
        let code = frame.code.get().expect("a frame has code");
        let code = code.expect::<pv_object::Code>();
        let unit = code::unit(code);
        let line = Obj::int(i64::from(code::line(code, crate::types::frame::position(cx, &object))));
        Tuple::create(vec![text::new(&unit.filename), line, text::new(&unit.name)])
    };
    let frames = (1..=depth).map_while(|level| (cx.vm().hooks().frame)(cx, level));
    cx.origin.set(Tuple::create(frames.map(row).collect()));
}

/// A generator with handlers starts to run: what it was handling is handled again, on top of what the resumer handles.
pub fn enter(cx: &Thread, generator: &Obj) {
    let own = view(generator).extra.take();
    let resumers = cx.set_handled(own.or_else(|| cx.handled()));
    view(generator).extra.replace(resumers);
}

/// It stops running: the resumer's handled exception comes back; its own, where it has one, is kept.
pub fn leave(cx: &Thread, generator: &Obj) {
    let resumers = view(generator).extra.take();
    let handled = cx.set_handled(resumers);
    view(generator).extra.replace(handled.filter(|_| view(generator).has_mark(GeneratorMarks::HANDLING)));
}

/// A running generator handles an exception, or (`None`) what its resumer handles again; what it handled of its own so far.
pub fn swap_handled(cx: &Thread, generator: &Obj, exception: Option<Obj>) -> Option<Obj> {
    let place = view(generator);
    let nested = place.has_mark(GeneratorMarks::HANDLING);
    place.mark(GeneratorMarks::HANDLING, exception.is_some());
    let before = cx.set_handled(exception.or_else(|| place.extra.get()));
    before.filter(|_| nested)
}

/// An exception leaves a generator: it is finished, and StopIteration becomes RuntimeError, as StopAsyncIteration does where that
/// would end an async generator.
pub fn raised(cx: &Thread, generator: &Obj) {
    let place = view(generator);
    if code_of(generator).is_some_and(|code| code.has_handlers()) {
        leave(cx, generator);
    }
    place.set_state(GeneratorState::Finished);
    let Some(pending) = cx.pending() else { return };
    let flags = unit_flags(generator);
    let what = if cx.is_exception(&pending, Exc::StopIteration) {
        "StopIteration"
    } else if flags & flags::ASYNC_GENERATOR != 0 && cx.is_exception(&pending, Exc::StopAsyncIteration) {
        "StopAsyncIteration"
    } else {
        return;
    };
    let error = cx.new_exception(Exc::RuntimeError, vec![text::new(&format!("{} raised {what}", noun(flags)))]);
    let parts = error.expect::<pv_object::Exception>();
    parts.cause.set(pending.clone());
    parts.context.set(pending);
    parts.suppress.set(true);
    let _pending = cx.set_pending(error);
}

/// Resumes a generator, checking that it can be.
pub fn resume(cx: &Thread, generator: &Obj, with: Resume) -> PyResult<Resumed> {
    if view(generator).is_running() {
        return Err(cx.value_error(format_args!("{} already executing", noun(unit_flags(generator)))));
    }
    match (view(generator).state(), &with) {
        (GeneratorState::Finished, _) if unit_flags(generator) & flags::COROUTINE != 0 => {
            Err(cx.runtime_error("cannot reuse already awaited coroutine"))
        }
        (GeneratorState::Finished, Resume::Send(_)) => Ok(Resumed::Returned(Obj::none())),
        (GeneratorState::Finished, Resume::Throw(exception)) => Err(cx.raise_thrown(exception.clone())),
        (GeneratorState::Created, Resume::Send(value)) if !value.is_none() => {
            let noun = noun(unit_flags(generator));
            Err(cx.type_error(format_args!("can't send non-None value to a just-started {noun}")))
        }
        _ => (cx.vm().hooks().resume_generator)(cx, generator, with),
    }
}

/// What an iterator yields or returns for a value sent; the thread's note says whether it returned. The note is written last: the
/// iterator's own code may delegate as well, and leaves its note behind.
pub fn send(cx: &Thread, iterator: &Obj, value: &Obj) -> PyResult {
    let (returned, value) = match send_to(cx, iterator, value)? {
        Resumed::Yielded(value) => (false, value),
        Resumed::Returned(value) => (true, value),
    };
    cx.set_note(returned);
    Ok(value)
}

fn send_to(cx: &Thread, iterator: &Obj, value: &Obj) -> PyResult<Resumed> {
    if iterator.kind() == Kind::Generator {
        return resume(cx, iterator, Resume::Send(value.clone()));
    }
    if let Some(send) = crate::slots::exact(iterator).and_then(|slots| slots.send) {
        return send(cx, iterator, value);
    }
    if value.is_none() {
        let step = protocol::iter_step(cx, iterator)?;
        return Ok(step.map_or_else(Resumed::Returned, Resumed::Yielded));
    }
    let result = protocol::call_method1(cx, iterator, "send", value);
    stopped(cx, result)
}

/// StopIteration is a return.
fn stopped(cx: &Thread, result: PyResult) -> PyResult<Resumed> {
    match result {
        Ok(value) => Ok(Resumed::Yielded(value)),
        Err(raised) => {
            let stop = cx.catch(raised, Exc::StopIteration)?;
            Ok(Resumed::Returned(super::exception::field(&stop, "value").unwrap_or_else(Obj::none)))
        }
    }
}

/// Throws into the iterator that a frame of `generator` delegates to. GeneratorExit closes that and is raised in the frame.
pub fn throw_delegate(cx: &Thread, generator: &Obj, iterator: &Obj, exception: Obj) -> PyResult<Resumed> {
    let closing =
        cx.is_exception(&exception, Exc::GeneratorExit) && !view(generator).has_mark(GeneratorMarks::THROWING);
    if closing {
        close_delegate(cx, iterator)?;
        return Err(cx.raise_thrown(exception));
    }
    if iterator.kind() == Kind::Generator {
        return resume(cx, iterator, Resume::Throw(exception));
    }
    match attr::get_optional(cx, iterator, &cx.names().throw)? {
        Some(method) => {
            let result = protocol::call1(cx, &method, &exception);
            stopped(cx, result)
        }
        None => Err(cx.raise_thrown(exception)),
    }
}

fn close_delegate(cx: &Thread, iterator: &Obj) -> PyResult<()> {
    if iterator.kind() == Kind::Generator {
        return close(cx, iterator).map(drop);
    }
    match attr::get_optional(cx, iterator, &cx.names().close)? {
        Some(method) => protocol::call0(cx, &method).map(drop),
        None => Ok(()),
    }
}

/// The iterator that a suspended generator delegates to.
fn delegate(generator: &Obj) -> Option<Obj> {
    let place = view(generator);
    if !is_suspended(place) {
        return None;
    }
    let code = code_of(generator)?;
    let insn = Decoded::at(&code::unit(&code).code, Pc(place.pc()))?;
    if insn.op == Op::YieldDelegate { place.slots().get(usize::from(insn.b))?.get() } else { None }
}

/// At a yield, and what it delegates to does not run.
fn is_suspended(place: &Generator) -> bool {
    place.is_suspended() && !place.is_running()
}

/// `generator.close()`.
pub fn close(cx: &Thread, generator: &Obj) -> PyResult {
    match view(generator).state() {
        GeneratorState::Finished => return Ok(Obj::none()),
        GeneratorState::Created => {
            view(generator).set_state(GeneratorState::Finished);
            view(generator).clear_slots();
            return Ok(Obj::none());
        }
        _ => {}
    }
    let exit = cx.new_exception(Exc::GeneratorExit, Vec::new());
    match resume(cx, generator, Resume::Throw(exit)) {
        Ok(Resumed::Yielded(_)) => {
            let noun = noun(unit_flags(generator));
            Err(cx.runtime_error(format_args!("{noun} ignored GeneratorExit")))
        }
        Ok(Resumed::Returned(value)) => Ok(value),
        Err(raised) => match cx.catch(raised, Exc::GeneratorExit) {
            Ok(_) => Ok(Obj::none()),
            Err(raised) => cx.catch(raised, Exc::StopIteration).map(|_| Obj::none()),
        },
    }
}

/// What becomes of a generator that nobody refers to any more. An async generator goes to its finaliser, a coroutine that never ran
/// gives a warning, anything else is closed.
pub(crate) fn finalize(cx: &Thread, generator: &Obj) {
    let place = view(generator);
    if place.state() == GeneratorState::Finished {
        return;
    }
    let flags = unit_flags(generator);
    if flags & flags::ASYNC_GENERATOR != 0
        && !place.has_mark(GeneratorMarks::CLOSED)
        && let Some(finalizer) = place.companion.get()
    {
        if let Err(raised) = protocol::call1(cx, &finalizer, generator) {
            cx.show_unraisable(raised, "finalizing generator", generator);
        }
        return;
    }
    if flags & flags::COROUTINE != 0 && place.state() == GeneratorState::Created {
        if let Err(raised) = warn_unawaited(cx, generator) {
            cx.show_unraisable(raised, "finalizing coroutine", generator);
        }
        place.set_state(GeneratorState::Finished);
        place.clear_slots();
    } else if let Err(raised) = close(cx, generator) {
        cx.show_unraisable(raised, "closing generator", generator);
    }
}

fn warn_unawaited(cx: &Thread, coroutine: &Obj) -> PyResult<()> {
    let warnings = crate::import::import_module(cx, "warnings")?;
    if let Some(warn) = attr::get_optional(cx, &warnings, &text::intern("_warn_unawaited_coroutine"))? {
        let warned = protocol::call1(cx, &warn, coroutine).map(drop);
        let of_the_filters = || cx.pending().is_some_and(|raised| cx.is_exception(&raised, Exc::RuntimeWarning));
        match warned {
            Err(raised) if !of_the_filters() => cx.show_unraisable(raised, "finalizing coroutine", coroutine),
            warned => return warned,
        }
    }
    let name = view(coroutine).qualname.get().map_or_else(String::new, |name| text::to_string(&name));
    crate::warn::warn(cx, Exc::RuntimeWarning, &format!("coroutine '{name}' was never awaited"))
}

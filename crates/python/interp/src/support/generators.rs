//! Generators beyond what bytecodes do with their slots.

use pv_bytecode::unit::flags;
use pv_object::{CodeRef, Function, Generator, GeneratorState, Kind, Obj};
use pv_runtime::vm::{Resume, Resumed};
use pv_runtime::{Exc, PyResult, Thread, attr, code, protocol};

/// A new generator or coroutine of a function, with room for its registers.
pub fn create(function: &Obj) -> Obj {
    let view = function.expect::<Function>();
    let code = CodeRef::of_function(function);
    let part = |held: &pv_object::Held| held.get().unwrap_or_else(Obj::none);
    Generator::create(function.clone(), part(&view.name), part(&view.qualname), code.nregs() as usize, None)
}

/// Sends a value to an iterator; the thread's note says whether it returned. The note is written last: the iterator's own code
/// may delegate as well, and leaves its note behind.
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
    if value.is_none() {
        return Ok(match protocol::iter_step(cx, iterator)? {
            Ok(item) => Resumed::Yielded(item),
            Err(value) => Resumed::Returned(value),
        });
    }
    match protocol::call_method1(cx, iterator, "send", value) {
        Ok(value) => Ok(Resumed::Yielded(value)),
        Err(raised) => {
            let stop = cx.catch(raised, Exc::StopIteration)?;
            Ok(Resumed::Returned(attr::get_str(cx, &stop, "value")?))
        }
    }
}

/// Resumes a generator that can be resumed.
pub fn resume(cx: &Thread, object: &Obj, with: Resume) -> PyResult<Resumed> {
    match object.expect::<Generator>().state() {
        GeneratorState::Running => Err(cx.value_error("generator already executing")),
        GeneratorState::Finished => match with {
            Resume::Send(_) => Ok(Resumed::Returned(Obj::none())),
            Resume::Throw(exception) => Err(cx.raise(exception)),
        },
        _ => (cx.vm().hooks().resume_generator)(cx, object, with),
    }
}

/// Throws into the iterator that a generator delegates to.
pub fn throw_delegate(cx: &Thread, iterator: &Obj, exception: Obj) -> PyResult<Resumed> {
    if iterator.kind() == Kind::Generator {
        return resume(cx, iterator, Resume::Throw(exception));
    }
    if cx.is_exception(&exception, Exc::GeneratorExit) {
        if let Some(close) = cx.absorb(attr::get_str(cx, iterator, "close"), Exc::AttributeError)? {
            protocol::call0(cx, &close)?;
        }
        return Err(cx.raise(exception));
    }
    let Some(throw) = cx.absorb(attr::get_str(cx, iterator, "throw"), Exc::AttributeError)? else {
        return Err(cx.raise(exception));
    };
    match protocol::call1(cx, &throw, &exception) {
        Ok(value) => Ok(Resumed::Yielded(value)),
        Err(raised) => {
            let stop = cx.catch(raised, Exc::StopIteration)?;
            Ok(Resumed::Returned(attr::get_str(cx, &stop, "value")?))
        }
    }
}

/// A generator with handlers starts to run: what it was handling is handled again, on top of what the resumer handles.
pub fn enter(cx: &Thread, generator: &Obj) {
    let own = generator.expect::<Generator>().extra.take();
    let resumers = cx.set_handled(own.or_else(|| cx.handled()));
    generator.expect::<Generator>().extra.replace(resumers);
}

/// It stops running: the resumer's handled exception comes back; its own, where it has one, is kept.
pub fn leave(cx: &Thread, generator: &Obj) {
    let resumers = generator.expect::<Generator>().extra.take();
    let own = cx.set_handled(resumers.clone());
    let inherited = match (&own, &resumers) {
        (Some(own), Some(resumers)) => own.same(resumers),
        (own, resumers) => own.is_none() == resumers.is_none(),
    };
    generator.expect::<Generator>().extra.replace(if inherited { None } else { own });
}

/// An exception leaves a generator: it is finished, and StopIteration becomes RuntimeError.
pub fn raised(cx: &Thread, generator: &Obj) {
    let view = generator.expect::<Generator>();
    if CodeRef::of_function(&view.function.get().expect("a generator has a function")).has_handlers() {
        leave(cx, generator);
    }
    view.set_state(GeneratorState::Finished);
    let Some(pending) = cx.pending() else { return };
    if !cx.is_exception(&pending, Exc::StopIteration) {
        return;
    }
    let _ = cx.take_pending();
    let _ = cx.runtime_error("generator raised StopIteration");
    if let Some(error) = cx.pending() {
        let view = error.expect::<pv_object::Exception>();
        view.cause.set(pending.clone());
        view.context.set(pending);
        view.suppress.set(true);
    }
}

/// What `yield from` delegates to.
pub fn yield_from_iter(cx: &Thread, value: &Obj, function: &Obj) -> PyResult {
    let code = CodeRef::of_function(function);
    let unit = code::unit(&code);
    let coroutine = unit.flags & (flags::COROUTINE | flags::ITERABLE_COROUTINE) != 0;
    if value.kind() == Kind::Generator || coroutine {
        return Ok(value.clone());
    }
    protocol::get_iter(cx, value)
}

/// What `await value` delegates to. `place` says which error text: 0 `await`, 1 `__aenter__`, 2 `__aexit__`.
pub fn awaitable(cx: &Thread, value: &Obj, place: u32) -> PyResult {
    let is_coroutine = |generator: &Obj| {
        let function = generator.expect::<Generator>().function.get().expect("a generator has a function");
        code::unit(&CodeRef::of_function(&function)).flags & (flags::COROUTINE | flags::ITERABLE_COROUTINE) != 0
    };
    if value.kind() == Kind::Generator && is_coroutine(value) {
        return Ok(value.clone());
    }
    if let Some(method) = cx.lookup_special(value, &cx.names().__await__) {
        return protocol::call_special(cx, &method, value, &[]);
    }
    let name = cx.type_name(value);
    Err(match place {
        1 => cx.type_error(format_args!(
            "'async with' received an object from __aenter__ that does not implement __await__: {name}"
        )),
        2 => cx.type_error(format_args!(
            "'async with' received an object from __aexit__ that does not implement __await__: {name}"
        )),
        _ => cx.type_error(format_args!("'{name}' object can't be awaited")),
    })
}

/// `value.__aiter__()`.
pub fn aiter(cx: &Thread, value: &Obj) -> PyResult {
    match cx.lookup_special(value, &cx.names().__aiter__) {
        Some(method) => protocol::call_special(cx, &method, value, &[]),
        None => {
            let name = cx.type_name(value);
            Err(cx.type_error(format_args!("'async for' requires an object with __aiter__ method, got {name}")))
        }
    }
}

/// The iterator of the awaitable `value.__anext__()`.
pub fn anext(cx: &Thread, value: &Obj) -> PyResult {
    match cx.lookup_special(value, &cx.names().__anext__) {
        Some(method) => {
            let awaited = protocol::call_special(cx, &method, value, &[])?;
            awaitable(cx, &awaited, 0)
        }
        None => {
            let name = cx.type_name(value);
            Err(cx.type_error(format_args!("'async for' requires an iterator with __anext__ method, got {name}")))
        }
    }
}

/// The value of an async generator's yield. Async generators are driven by the runtime, which marks values itself.
pub fn wrap_yield(_: &Thread, value: &Obj) -> Obj {
    value.clone()
}

//! Generators and coroutines.

use pv_bytecode::unit::flags;
use pv_object::{CodeRef, Function, Generator, GeneratorState, Kind, Native, Obj, Payload, Tuple};

use super::TypeTable;
use crate::attr;
use crate::code;
use crate::error::{Exc, PyResult, Raised};
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::vm::{Resume, Resumed};

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
    Generator::create(function.clone(), name, qualname, code.nregs() as usize, shape)
}

/// A generator with handlers starts to run: what it handles becomes the thread's.
pub fn enter(cx: &Thread, generator: &Obj) {
    cx.enter_generator(view(generator).extra.take());
}

/// A generator with handlers stops running: the thread handles again what its resumer did.
pub fn leave(cx: &Thread, generator: &Obj) {
    drop(view(generator).extra.replace(cx.leave_generator()));
}

/// An exception leaves a generator: it is finished, and StopIteration becomes RuntimeError.
pub fn raised(cx: &Thread, generator: &Obj) {
    let place = view(generator);
    place.set_state(GeneratorState::Finished);
    if code_of(generator).is_some_and(|code| code.has_handlers()) {
        leave(cx, generator);
        drop(place.extra.take());
    }
    let Some(pending) = cx.pending() else { return };
    let flags = unit_flags(generator);
    let stop = cx.is_exception(&pending, Exc::StopIteration);
    let stop_async = flags & flags::ASYNC_GENERATOR != 0 && cx.is_exception(&pending, Exc::StopAsyncIteration);
    if stop || stop_async {
        let (noun, what) = (noun(flags), if stop { "StopIteration" } else { "StopAsyncIteration" });
        let message = text::new(&format!("{noun} raised {what}"));
        let error = cx.new_exception(Exc::RuntimeError, vec![message]);
        let parts = error.expect::<pv_object::Exception>();
        parts.cause.set(pending.clone());
        parts.context.set(pending);
        parts.suppress.set(true);
        let _pending = cx.set_pending(error);
    }
}

/// Resumes a generator, checking that it can be.
pub fn resume(cx: &Thread, generator: &Obj, with: Resume) -> PyResult<Resumed> {
    match (view(generator).state(), &with) {
        (GeneratorState::Running, _) => {
            Err(cx.value_error(format_args!("{} already executing", noun(unit_flags(generator)))))
        }
        (GeneratorState::Finished, Resume::Send(_)) if unit_flags(generator) & flags::COROUTINE != 0 => {
            Err(cx.runtime_error("cannot reuse already awaited coroutine"))
        }
        (GeneratorState::Finished, Resume::Send(_)) => Ok(Resumed::Returned(Obj::none())),
        (GeneratorState::Finished, Resume::Throw(exception)) => Err(cx.set_pending(exception.clone())),
        (GeneratorState::Created, Resume::Throw(exception)) => {
            view(generator).set_state(GeneratorState::Finished);
            view(generator).clear_slots();
            Err(cx.set_pending(exception.clone()))
        }
        (GeneratorState::Created, Resume::Send(value)) if !value.is_none() => {
            let noun = noun(unit_flags(generator));
            Err(cx.type_error(format_args!("can't send non-None value to a just-started {noun}")))
        }
        _ => (cx.vm().hooks().resume_generator)(cx, generator, with),
    }
}

/// What an iterator yields or returns for a value sent; [`last_send_returned`] tells which.
pub fn send(cx: &Thread, iterator: &Obj, value: &Obj) -> PyResult {
    let resumed = send_to(cx, iterator, value)?;
    cx.send_returned.set(matches!(resumed, Resumed::Returned(_)));
    match resumed {
        Resumed::Yielded(value) | Resumed::Returned(value) => Ok(value),
    }
}

/// Did the last [`send`] return?
pub fn last_send_returned(cx: &Thread) -> bool {
    cx.send_returned.get()
}

fn send_to(cx: &Thread, iterator: &Obj, value: &Obj) -> PyResult<Resumed> {
    if iterator.kind() == Kind::Generator {
        return resume(cx, iterator, Resume::Send(value.clone()));
    }
    let result = match value.is_none() {
        true => match crate::slots::exact(iterator).and_then(|slots| slots.next) {
            Some(next) => {
                return Ok(next(cx, iterator)?.map_or_else(|| Resumed::Returned(Obj::none()), Resumed::Yielded));
            }
            None => match cx.lookup_special(iterator, &cx.names().__next__) {
                Some(next) => protocol::call_special(cx, &next, iterator, &[]),
                None => Err(cx.type_error(format_args!("'{}' object is not an iterator", cx.type_name(iterator)))),
            },
        },
        false => protocol::call_method1(cx, iterator, "send", value),
    };
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

/// Throws into the iterator that a suspended frame delegates to.
pub fn throw_delegate(cx: &Thread, iterator: &Obj, exception: Obj) -> PyResult<Resumed> {
    if cx.is_exception(&exception, Exc::GeneratorExit) {
        match iterator.kind() {
            Kind::Generator => drop(close(cx, iterator)?),
            _ => {
                if let Some(method) = attr::get_optional(cx, iterator, &text::intern("close"))? {
                    protocol::call0(cx, &method)?;
                }
            }
        }
        return Err(cx.raise_thrown(exception));
    }
    if iterator.kind() == Kind::Generator {
        return resume(cx, iterator, Resume::Throw(exception));
    }
    match attr::get_optional(cx, iterator, &text::intern("throw"))? {
        Some(method) => {
            let result = protocol::call1(cx, &method, &exception);
            stopped(cx, result)
        }
        None => Err(cx.raise_thrown(exception)),
    }
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

/// The iterator behind `yield from x` in a frame of `function`.
pub fn yield_from_iter(cx: &Thread, x: &Obj, function: &Obj) -> PyResult {
    if x.kind() != Kind::Generator {
        return protocol::get_iter(cx, x);
    }
    let running = code::unit(&CodeRef::of_function(function)).flags;
    let coroutine = unit_flags(x) & (flags::COROUTINE | flags::ITERABLE_COROUTINE) != 0;
    if coroutine
        && unit_flags(x) & flags::COROUTINE != 0
        && running & (flags::COROUTINE | flags::ITERABLE_COROUTINE) == 0
    {
        return Err(cx.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
    }
    Ok(x.clone())
}

/// The iterator behind `await x`; `place` says where it stands (1: `__aenter__`'s result, 2: `__aexit__`'s).
pub fn awaitable(cx: &Thread, x: &Obj, place: u32) -> PyResult {
    if let Some(iterator) = try_awaitable(cx, x)? {
        return Ok(iterator);
    }
    let found = cx.type_name(x);
    Err(match place {
        1 => cx.type_error(format_args!(
            "'async with' received an object from __aenter__ that does not implement __await__: {found}"
        )),
        2 => cx.type_error(format_args!(
            "'async with' received an object from __aexit__ that does not implement __await__: {found}"
        )),
        _ => cx.type_error(format_args!("'{found}' object can't be awaited")),
    })
}

fn try_awaitable(cx: &Thread, x: &Obj) -> PyResult<Option<Obj>> {
    if x.kind() == Kind::Generator && unit_flags(x) & (flags::COROUTINE | flags::ITERABLE_COROUTINE) != 0 {
        return Ok(Some(x.clone()));
    }
    let Some(method) = cx.lookup_special(x, &cx.names().__await__) else { return Ok(None) };
    let iterator = protocol::call_special(cx, &method, x, &[])?;
    if iterator.kind() == Kind::Generator && unit_flags(&iterator) & flags::COROUTINE != 0 {
        return Err(cx.type_error("__await__() returned a coroutine"));
    }
    let is_iterator = crate::slots::exact(&iterator).is_some_and(|slots| slots.next.is_some())
        || cx.lookup_special(&iterator, &cx.names().__next__).is_some();
    if !is_iterator {
        let found = cx.type_name(&iterator);
        return Err(cx.type_error(format_args!("__await__() returned non-iterator of type '{found}'")));
    }
    Ok(Some(iterator))
}

/// `x.__aiter__()`, checked.
pub fn aiter(cx: &Thread, x: &Obj) -> PyResult {
    let Some(method) = cx.lookup_special(x, &cx.names().__aiter__) else {
        let found = cx.type_name(x);
        return Err(cx.type_error(format_args!("'async for' requires an object with __aiter__ method, got {found}")));
    };
    let iterator = protocol::call_special(cx, &method, x, &[])?;
    if cx.lookup_special(&iterator, &cx.names().__anext__).is_none() {
        let found = cx.type_name(&iterator);
        return Err(cx.type_error(format_args!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {found}"
        )));
    }
    Ok(iterator)
}

/// The iterator behind awaiting `x.__anext__()`.
pub fn anext(cx: &Thread, x: &Obj) -> PyResult {
    let Some(method) = cx.lookup_special(x, &cx.names().__anext__) else {
        let found = cx.type_name(x);
        return Err(cx.type_error(format_args!("'async for' requires an iterator with __anext__ method, got {found}")));
    };
    let awaited = protocol::call_special(cx, &method, x, &[])?;
    match try_awaitable(cx, &awaited)? {
        Some(iterator) => Ok(iterator),
        None => {
            let found = cx.type_name(&awaited);
            Err(cx.type_error(format_args!("'async for' received an invalid object from __anext__: {found}")))
        }
    }
}

/// The value of an async generator's `yield`, told apart from what it awaits.
pub struct WrappedValue(pub Obj);

impl Payload for WrappedValue {
    fn visit(&self, visitor: pv_object::Visitor<'_>) {
        visitor(&self.0);
    }
}

/// Wraps the value of an async generator's `yield`.
pub fn wrap_yield(cx: &Thread, value: &Obj) -> Obj {
    Native::create(Box::new(WrappedValue(value.clone())), cx.vm().extra_shape("async_generator_wrapped_value"))
}

fn next(cx: &Thread, generator: &Obj) -> PyResult<Option<Obj>> {
    match resume(cx, generator, Resume::Send(Obj::none()))? {
        Resumed::Yielded(value) => Ok(Some(value)),
        Resumed::Returned(value) if value.is_none() => Ok(None),
        Resumed::Returned(value) => {
            // Whoever only iterates has no use for the value.
            drop(value);
            Ok(None)
        }
    }
}

/// A yielded value, or StopIteration with the value returned.
fn value_or_stop(cx: &Thread, resumed: Resumed) -> PyResult {
    match resumed {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) if value.is_none() => Err(cx.stop_iteration(None)),
        Resumed::Returned(value) if value.kind() == Kind::Tuple || value.kind() == Kind::Exception => {
            let stop = cx.new_exception(Exc::StopIteration, vec![value]);
            Err(cx.raise(stop))
        }
        Resumed::Returned(value) => Err(cx.stop_iteration(Some(value))),
    }
}

/// `next(generator)`: StopIteration carries the value returned.
pub fn next_method(cx: &Thread, generator: &Obj) -> PyResult {
    let resumed = resume(cx, generator, Resume::Send(Obj::none()))?;
    value_or_stop(cx, resumed)
}

fn send_method(cx: &Thread, generator: &Obj, value: &Obj) -> PyResult {
    let resumed = resume(cx, generator, Resume::Send(value.clone()))?;
    value_or_stop(cx, resumed)
}

fn throw_method(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(generator), Some(first), value, traceback] = args else { return Err(cx.system_error("throw")) };
    let exception = thrown(cx, first, value.as_ref(), traceback.as_ref())?;
    let resumed = resume(cx, generator, Resume::Throw(exception))?;
    value_or_stop(cx, resumed)
}

/// The exception that `throw(type_or_value, value, traceback)` means.
pub(crate) fn thrown(cx: &Thread, first: &Obj, value: Option<&Obj>, traceback: Option<&Obj>) -> PyResult {
    let value = value.filter(|value| !value.is_none());
    let exception = match (first.kind(), value) {
        (Kind::Exception, None) => first.clone(),
        (Kind::Exception, Some(_)) => {
            return Err(cx.type_error("instance exception may not have a separate value"));
        }
        (Kind::Type, Some(value)) if value.kind() == Kind::Exception => value.clone(),
        (Kind::Type, value) if is_exception_class(cx, first) => match value {
            Some(args) if args.kind() == Kind::Tuple => {
                protocol::call(cx, first, &crate::Args::new(args.expect::<Tuple>().items()))?
            }
            Some(value) => protocol::call1(cx, first, value)?,
            None => protocol::call0(cx, first)?,
        },
        _ => {
            let found = cx.type_name(first);
            return Err(cx.type_error(format_args!(
                "exceptions must be classes or instances deriving from BaseException, not {found}"
            )));
        }
    };
    if let Some(traceback) = traceback.filter(|traceback| traceback.kind() == Kind::Traceback) {
        exception.expect::<pv_object::Exception>().traceback.set(traceback.clone());
    }
    Ok(exception)
}

fn is_exception_class(cx: &Thread, class: &Obj) -> bool {
    let base = cx.vm().exception(Exc::BaseException).expect::<pv_object::Type>();
    class.downcast::<pv_object::Type>().is_some_and(|class| class.is_subtype(base))
}

fn repr(_: &Thread, generator: &Obj) -> PyResult {
    let name = view(generator).qualname.get().map_or_else(String::new, |name| text::to_string(&name));
    let (noun, place) = (noun(unit_flags(generator)), crate::builtins::identity(generator));
    let noun = if noun == "async generator" { "async_generator" } else { noun };
    Ok(text::new(&format!("<{noun} object {name} at {place:#x}>")))
}

fn get_name(_: &Thread, generator: &Obj) -> PyResult {
    Ok(view(generator).name.get().unwrap_or_else(Obj::none))
}
fn set_name(_: &Thread, generator: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(view(generator).name.replace(value.cloned()));
    Ok(())
}
fn get_qualname(_: &Thread, generator: &Obj) -> PyResult {
    Ok(view(generator).qualname.get().unwrap_or_else(Obj::none))
}
fn set_qualname(_: &Thread, generator: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(view(generator).qualname.replace(value.cloned()));
    Ok(())
}
fn get_code(_: &Thread, generator: &Obj) -> PyResult {
    Ok(code_of(generator).map_or_else(Obj::none, CodeRef::to_obj))
}
fn get_running(_: &Thread, generator: &Obj) -> PyResult {
    Ok(Obj::bool(view(generator).state() == GeneratorState::Running))
}
fn get_suspended(_: &Thread, generator: &Obj) -> PyResult {
    Ok(Obj::bool(view(generator).state() == GeneratorState::Suspended))
}
fn get_frame(cx: &Thread, generator: &Obj) -> PyResult {
    let place = view(generator);
    if place.state() == GeneratorState::Finished {
        return Ok(Obj::none());
    }
    let Some(code) = code_of(generator) else { return Ok(Obj::none()) };
    let globals = place.function.get().and_then(|function| function.expect::<Function>().globals.get());
    let locals = super::dict::new();
    for (name, slot) in code::payload(&code).local_names.iter().zip(place.slots()) {
        if let Some(value) = slot.get() {
            super::dict::set_str(&locals, name, value);
        }
    }
    Ok(super::frame::create(code, globals.unwrap_or_else(|| cx.vm().builtins.clone()), locals, place.pc()))
}

fn no_state(cx: &Thread, generator: &Obj) -> Raised {
    let found = cx.type_name(generator);
    cx.type_error(format_args!("cannot pickle '{found}' object"))
}

fn reduce(cx: &Thread, generator: &Obj) -> PyResult {
    Err(no_state(cx, generator))
}

crate::natives! { static METHODS:
    "__next__" "(self, /)" F1(next_method) "Implement next(self).";
    "send" "(self, arg, /)" F2(send_method) "Resume with a value.";
    "throw" "(self, typ, val=None, tb=None, /)" Bound(throw_method) "Raise an exception where the generator stands.";
    "close" "(self, /)" F1(close) "Raise GeneratorExit where the generator stands.";
    "__reduce__" "(self, /)" F1(reduce) "Generators cannot be pickled.";
}

crate::getsets! { static GETSETS:
    "__name__" get_name, set set_name => "";
    "__qualname__" get_qualname, set set_qualname => "";
    "gi_code" get_code => "";
    "gi_running" get_running => "";
    "gi_suspended" get_suspended => "";
    "gi_frame" get_frame => "";
    "cr_code" get_code => "";
    "cr_running" get_running => "";
    "cr_suspended" get_suspended => "";
    "cr_frame" get_frame => "";
}

/// `generator`, `coroutine`, `async_generator`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { iter: Some(super::iterator::itself), next: Some(next), repr: Some(repr), ..Slots::NONE },
    ..TypeTable::NONE
};

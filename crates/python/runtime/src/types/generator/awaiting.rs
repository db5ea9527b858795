//! What `await`, `async for` and `yield from` accept; the awaitables around coroutines and around `anext` with a default.

use pv_bytecode::unit::flags;
use pv_object::{CodeRef, Kind, Native, Obj, Payload, Visitor};

use super::{delegate, methods, resume, stopped, thrown, unit_flags};
use crate::code;
use crate::error::{Exc, PyResult};
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::types::TypeTable;
use crate::vm::{Resume, Resumed};

const AWAITED_IN_PLACE: u32 = flags::COROUTINE | flags::ITERABLE_COROUTINE;

/// The iterator behind `yield from x` in a frame of `function`.
pub fn yield_from_iter(cx: &Thread, x: &Obj, function: &Obj) -> PyResult {
    if x.is_exact_generator() {
        return Ok(x.clone());
    }
    if x.kind() != Kind::Generator || unit_flags(x) & flags::COROUTINE == 0 {
        return protocol::get_iter(cx, x);
    }
    let running = code::unit(&CodeRef::of_function(function)).flags;
    if running & AWAITED_IN_PLACE == 0 {
        return Err(cx.type_error("cannot 'yield from' a coroutine object in a non-coroutine generator"));
    }
    Ok(x.clone())
}

/// The iterator behind `await x`; `place` says where it stands (1: `__aenter__`'s result, 2: `__aexit__`'s).
pub fn awaitable(cx: &Thread, x: &Obj, place: u32) -> PyResult {
    let Some(iterator) = try_awaitable(cx, x)? else {
        let found = cx.type_name(x);
        return Err(match place {
            1 => cx.type_error(format_args!(
                "'async with' received an object from __aenter__ that does not implement __await__: {found}"
            )),
            2 => cx.type_error(format_args!(
                "'async with' received an object from __aexit__ that does not implement __await__: {found}"
            )),
            _ => cx.type_error(format_args!("'{found}' object can't be awaited")),
        });
    };
    let awaited_already = iterator.kind() == Kind::Generator
        && unit_flags(&iterator) & flags::COROUTINE != 0
        && delegate(&iterator).is_some();
    if awaited_already {
        return Err(cx.runtime_error("coroutine is being awaited already"));
    }
    Ok(iterator)
}

fn try_awaitable(cx: &Thread, x: &Obj) -> PyResult<Option<Obj>> {
    if x.kind() == Kind::Generator && unit_flags(x) & AWAITED_IN_PLACE != 0 {
        return Ok(Some(x.clone()));
    }
    let Some(method) = cx.lookup_special(x, &cx.names().__await__) else { return Ok(None) };
    let iterator = protocol::call_special(cx, &method, x, &[])?;
    if iterator.kind() == Kind::Generator && unit_flags(&iterator) & AWAITED_IN_PLACE != 0 {
        return Err(cx.type_error("__await__() returned a coroutine"));
    }
    if !protocol::is_iterator(cx, &iterator) {
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

/// The iterator behind awaiting `x.__anext__()`. What goes wrong on the way to it is the cause of the TypeError.
pub fn anext(cx: &Thread, x: &Obj) -> PyResult {
    let Some(method) = cx.lookup_special(x, &cx.names().__anext__) else {
        let found = cx.type_name(x);
        return Err(cx.type_error(format_args!("'async for' requires an iterator with __anext__ method, got {found}")));
    };
    let awaited = protocol::call_special(cx, &method, x, &[])?;
    let cause = match try_awaitable(cx, &awaited) {
        Ok(Some(iterator)) => return Ok(iterator),
        Ok(None) => {
            let found = cx.type_name(&awaited);
            let raised = cx.type_error(format_args!("'{found}' object can't be awaited"));
            cx.take_exception(raised)
        }
        Err(raised) => cx.take_exception(raised),
    };
    let found = cx.type_name(&awaited);
    let message = format!("'async for' received an invalid object from __anext__: {found}");
    let error = cx.new_exception(Exc::TypeError, vec![text::new(&message)]);
    let parts = error.expect::<pv_object::Exception>();
    parts.cause.set(cause.clone());
    parts.context.set(cause);
    parts.suppress.set(true);
    Err(cx.set_pending(error))
}

// -- The awaitable around a coroutine -----------------------------------------------------------------------------

/// What `coroutine.__await__()` gives: an iterator over the coroutine.
struct Wrapper(Obj);

impl Payload for Wrapper {
    fn visit(&self, visitor: Visitor<'_>) {
        visitor(&self.0);
    }
}

/// `coroutine.__await__()`.
pub(super) fn wrap_coroutine(cx: &Thread, coroutine: &Obj) -> PyResult {
    Ok(Native::create(Box::new(Wrapper(coroutine.clone())), cx.vm().extra_shape("coroutine_wrapper")))
}

fn wrapped(wrapper: &Obj) -> Obj {
    wrapper.expect::<Native>().get::<Wrapper>().map_or_else(Obj::none, |wrapper| wrapper.0.clone())
}

fn wrapper_step(cx: &Thread, wrapper: &Obj, value: &Obj) -> PyResult<Resumed> {
    resume(cx, &wrapped(wrapper), Resume::Send(value.clone()))
}

fn wrapper_send(cx: &Thread, wrapper: &Obj, value: &Obj) -> PyResult {
    let resumed = wrapper_step(cx, wrapper, value)?;
    methods::value_or_stop(cx, resumed)
}

fn wrapper_next(cx: &Thread, wrapper: &Obj) -> PyResult {
    wrapper_send(cx, wrapper, &Obj::none())
}

fn wrapper_throw(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(wrapper), Some(first), value, traceback] = args else { return Err(cx.system_error("throw")) };
    methods::warn_old_throw(cx, "throw", value.as_ref(), traceback.as_ref())?;
    let exception = thrown(cx, first, value.as_ref(), traceback.as_ref())?;
    let resumed = resume(cx, &wrapped(wrapper), Resume::Throw(exception))?;
    methods::value_or_stop(cx, resumed)
}

fn wrapper_close(cx: &Thread, wrapper: &Obj) -> PyResult {
    super::close(cx, &wrapped(wrapper))
}

crate::natives! { static WRAPPER_METHODS:
    "__next__" "(self, /)" F1(wrapper_next) "Implement next(self).";
    "send" "(self, arg, /)" F2(wrapper_send) "Resume the coroutine with a value.";
    "throw" "(self, typ, val=None, tb=None, /)" Bound(wrapper_throw) "Raise an exception where the coroutine stands.";
    "close" "(self, /)" F1(wrapper_close) "Raise GeneratorExit where the coroutine stands.";
}

/// `coroutine_wrapper`.
pub(crate) static WRAPPER: TypeTable = TypeTable {
    methods: WRAPPER_METHODS,
    slots: Slots { iter: Some(crate::types::iterator::itself), send: Some(wrapper_step), ..Slots::NONE },
    doc: "A wrapper object implementing __await__ for coroutines.",
    ..TypeTable::NONE
};

// -- anext with a default -----------------------------------------------------------------------------------------

/// `anext(iterator, default)`: awaits what `__anext__` gave; StopAsyncIteration becomes a return of the default.
struct AnextAwaitable {
    awaited: Obj,
    default: Obj,
}

impl Payload for AnextAwaitable {
    fn visit(&self, visitor: Visitor<'_>) {
        visitor(&self.awaited);
        visitor(&self.default);
    }
}

/// `anext(iterator)`, `anext(iterator, default)`.
pub(crate) fn anext_or(cx: &Thread, iterator: &Obj, default: Option<&Obj>) -> PyResult {
    let Some(method) = cx.lookup_special(iterator, &cx.names().__anext__) else {
        let found = cx.type_name(iterator);
        return Err(cx.type_error(format_args!("'{found}' object is not an async iterator")));
    };
    let awaited = protocol::call_special(cx, &method, iterator, &[])?;
    let Some(default) = default else { return Ok(awaited) };
    let state = AnextAwaitable { awaited, default: default.clone() };
    Ok(Native::create(Box::new(state), cx.vm().extra_shape("anext_awaitable")))
}

/// What is awaited, as an iterator with the methods of a generator, and the default.
fn anext_parts(cx: &Thread, object: &Obj) -> PyResult<(Obj, Obj)> {
    let Some(state) = object.expect::<Native>().get::<AnextAwaitable>() else { return Err(cx.system_error("anext")) };
    let (awaited, default) = (state.awaited.clone(), state.default.clone());
    match try_awaitable(cx, &awaited)? {
        Some(iterator) => Ok((iterator, default)),
        None => {
            let found = cx.type_name(&awaited);
            Err(cx.type_error(format_args!("'{found}' object can't be awaited")))
        }
    }
}

fn or_default(cx: &Thread, result: PyResult<Resumed>, default: Obj) -> PyResult<Resumed> {
    Ok(cx.absorb(result, Exc::StopAsyncIteration)?.unwrap_or(Resumed::Returned(default)))
}

fn anext_step(cx: &Thread, object: &Obj, value: &Obj) -> PyResult<Resumed> {
    let (iterator, default) = anext_parts(cx, object)?;
    let result = super::send_to(cx, &iterator, value);
    or_default(cx, result, default)
}

fn anext_send(cx: &Thread, object: &Obj, value: &Obj) -> PyResult {
    let resumed = anext_step(cx, object, value)?;
    methods::value_or_stop(cx, resumed)
}

fn anext_next(cx: &Thread, object: &Obj) -> PyResult {
    anext_send(cx, object, &Obj::none())
}

fn anext_throw(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(object), rest @ ..] = args else { return Err(cx.system_error("throw")) };
    let (iterator, default) = anext_parts(cx, object)?;
    let given: Vec<Obj> = rest.iter().flatten().cloned().collect();
    let result = protocol::call_method(cx, &iterator, "throw", &given);
    let result = stopped(cx, result);
    let resumed = or_default(cx, result, default)?;
    methods::value_or_stop(cx, resumed)
}

fn anext_close(cx: &Thread, object: &Obj) -> PyResult {
    let (iterator, default) = anext_parts(cx, object)?;
    let result = protocol::call_method0(cx, &iterator, "close").map(Resumed::Yielded);
    let resumed = or_default(cx, result, default)?;
    methods::value_or_stop(cx, resumed)
}

crate::natives! { static ANEXT_METHODS:
    "__await__" "(self, /)" F1(crate::types::iterator::itself) "Return an iterator to be used in await expression.";
    "__next__" "(self, /)" F1(anext_next) "Implement next(self).";
    "send" "(self, arg, /)" F2(anext_send) "Resume what is awaited with a value.";
    "throw" "(self, typ, val=None, tb=None, /)" Bound(anext_throw) "Raise an exception in what is awaited.";
    "close" "(self, /)" F1(anext_close) "Raise GeneratorExit in what is awaited.";
}

/// `anext_awaitable`.
pub(crate) static ANEXT_AWAITABLE: TypeTable = TypeTable {
    methods: ANEXT_METHODS,
    slots: Slots { iter: Some(crate::types::iterator::itself), send: Some(anext_step), ..Slots::NONE },
    ..TypeTable::NONE
};

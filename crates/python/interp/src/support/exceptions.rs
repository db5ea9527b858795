//! Raising and matching.

use std::cell::Cell;

use pv_object::obj::take_slots;
use pv_object::{Exception, Frame, Kind, Obj, Traceback, Tuple, Type};
use pv_runtime::{Exc, PyResult, Raised, Thread, protocol};
use pv_word::Word;

fn is_exception_class(cx: &Thread, value: &Obj) -> bool {
    let base = cx.vm().type_of_kind(Kind::Exception);
    value.downcast::<Type>().is_some_and(|ty| ty.is_subtype(base.expect::<Type>()))
}

/// An exception from what follows `raise`: a class is called.
fn instance(cx: &Thread, value: &Obj, message: &str) -> PyResult {
    if value.downcast::<Exception>().is_some() {
        return Ok(value.clone());
    }
    if !is_exception_class(cx, value) {
        return Err(cx.type_error(message));
    }
    let made = protocol::call0(cx, value)?;
    if made.downcast::<Exception>().is_some() {
        return Ok(made);
    }
    let (class, found) = (value.expect::<Type>().name_string(), cx.type_name(&made));
    Err(cx.type_error(format_args!(
        "calling <class '{class}'> should have returned an instance of BaseException, not <class '{found}'>"
    )))
}

/// `raise value` or `raise value from cause`.
pub fn raise(cx: &Thread, value: &Obj, cause: Option<&Obj>) -> Raised {
    let exception = match instance(cx, value, "exceptions must derive from BaseException") {
        Ok(exception) => exception,
        Err(raised) => return raised,
    };
    if let Some(cause) = cause {
        let view = exception.expect::<Exception>();
        view.suppress.set(true);
        if cause.is_none() {
            view.cause.replace(None);
        } else {
            match instance(cx, cause, "exception causes must derive from BaseException") {
                Ok(cause) => view.cause.set(cause),
                Err(raised) => return raised,
            }
        }
    }
    cx.raise(exception)
}

/// Moves the locals of a frame that the pending exception leaves to its traceback's entry for that frame.
pub fn keep_locals(cx: &Thread, function: &Obj, cells: &[Cell<Word>]) {
    let locals = take_slots(cells);
    let Some(exception) = cx.pending() else { return };
    let entry = exception.expect::<Exception>().traceback.get();
    let Some(entry) = entry.as_ref().and_then(|entry| entry.downcast::<Traceback>()) else { return };
    if let Some(frame) = pv_runtime::types::traceback::frame_of(entry, function) {
        if let Some(namespace) = crate::inspect::own_namespace(cx) {
            frame.expect::<Frame>().locals.set(namespace);
        }
        frame.expect::<Frame>().set_slots(locals);
    }
}

/// Type, exception and traceback as a tuple.
pub fn parts(cx: &Thread, exception: &Obj) -> Obj {
    let traceback = exception.expect::<Exception>().traceback.get().unwrap_or_else(Obj::none);
    Tuple::create(vec![cx.type_of(exception).clone(), exception.clone(), traceback])
}

/// StopAsyncIteration ends an `async for`; anything else is pending again.
pub fn end_async_for(cx: &Thread, exception: &Obj) -> PyResult<()> {
    if cx.is_exception(exception, Exc::StopAsyncIteration) {
        return Ok(());
    }
    Err(cx.set_pending(exception.clone()))
}

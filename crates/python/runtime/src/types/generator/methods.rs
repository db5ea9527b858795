//! What Python sees of generators, coroutines and async generators: methods and attributes.

use pv_object::{GeneratorMarks, GeneratorState, Kind, Obj, Str, Tuple};

use super::{asynchronous, awaiting, code_of, delegate, is_suspended, noun, resume, unit_flags, view};
use crate::error::{Exc, PyResult, Raised};
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::types::{TypeTable, iterator};
use crate::vm::{Resume, Resumed};

fn next(cx: &Thread, generator: &Obj) -> PyResult<Option<Obj>> {
    match resume(cx, generator, Resume::Send(Obj::none()))? {
        Resumed::Yielded(value) => Ok(Some(value)),
        // Whoever only iterates has no use for the value.
        Resumed::Returned(_) => Ok(None),
    }
}

/// A yielded value, or StopIteration with the value returned.
pub(super) fn value_or_stop(cx: &Thread, resumed: Resumed) -> PyResult {
    match resumed {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) => Err(cx.stop_iteration(Some(value).filter(|value| !value.is_none()))),
    }
}

/// `next(generator)`: StopIteration carries the value returned.
pub fn next_method(cx: &Thread, generator: &Obj) -> PyResult {
    send_method(cx, generator, &Obj::none())
}

fn send_method(cx: &Thread, generator: &Obj, value: &Obj) -> PyResult {
    let resumed = resume(cx, generator, Resume::Send(value.clone()))?;
    value_or_stop(cx, resumed)
}

fn throw_method(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(generator), Some(first), value, traceback] = args else { return Err(cx.system_error("throw")) };
    warn_old_throw(cx, "throw", value.as_ref(), traceback.as_ref())?;
    let exception = thrown(cx, first, value.as_ref(), traceback.as_ref())?;
    let resumed = resume(cx, generator, Resume::Throw(exception))?;
    value_or_stop(cx, resumed)
}

/// The deprecation of more than one argument of `throw`.
pub(super) fn warn_old_throw(cx: &Thread, name: &str, value: Option<&Obj>, traceback: Option<&Obj>) -> PyResult<()> {
    if value.is_none() && traceback.is_none() {
        return Ok(());
    }
    let message =
        format!("the (type, exc, tb) signature of {name}() is deprecated, use the single-arg signature instead.");
    crate::warn::warn(cx, Exc::DeprecationWarning, &message)
}

/// The exception that `throw(type_or_value, value, traceback)` means.
pub(crate) fn thrown(cx: &Thread, first: &Obj, value: Option<&Obj>, traceback: Option<&Obj>) -> PyResult {
    let traceback = traceback.filter(|traceback| !traceback.is_none());
    if traceback.is_some_and(|traceback| traceback.kind() != Kind::Traceback) {
        return Err(cx.type_error("throw() third argument must be a traceback object"));
    }
    let value = value.filter(|value| !value.is_none());
    let exception = match (first.kind(), value) {
        (Kind::Exception, None) => first.clone(),
        (Kind::Exception, Some(_)) => {
            return Err(cx.type_error("instance exception may not have a separate value"));
        }
        (Kind::Type, value) if is_exception_class(cx, first) => {
            // What goes wrong in making it is thrown in its place.
            instantiate(cx, first, value).unwrap_or_else(|raised| cx.take_exception(raised))
        }
        _ => {
            let found = cx.type_name(first);
            return Err(cx.type_error(format_args!(
                "exceptions must be classes or instances deriving from BaseException, not {found}"
            )));
        }
    };
    if let Some(traceback) = traceback {
        exception.expect::<pv_object::Exception>().traceback.set(traceback.clone());
    }
    Ok(exception)
}

/// An exception of a class: the value if it is one already, else the class called with it, or with the items of a tuple.
fn instantiate(cx: &Thread, class: &Obj, value: Option<&Obj>) -> PyResult {
    let exception = match value {
        Some(value) if value.shape().ty().is_subtype(class.expect::<pv_object::Type>()) => return Ok(value.clone()),
        Some(args) if args.kind() == Kind::Tuple => {
            protocol::call(cx, class, &crate::Args::new(args.expect::<Tuple>().items()))?
        }
        Some(value) => protocol::call1(cx, class, value)?,
        None => protocol::call0(cx, class)?,
    };
    if exception.kind() == Kind::Exception {
        return Ok(exception);
    }
    let (shown, found) = (text::to_string(&protocol::repr(cx, class)?), cx.type_name(&exception));
    Err(cx.type_error(format_args!("calling {shown} should have returned an instance of BaseException, not {found}")))
}

fn is_exception_class(cx: &Thread, class: &Obj) -> bool {
    let base = cx.vm().exception(Exc::BaseException).expect::<pv_object::Type>();
    class.downcast::<pv_object::Type>().is_some_and(|class| class.is_subtype(base))
}

fn finalize(cx: &Thread, generator: &Obj) -> PyResult {
    super::finalize(cx, generator);
    Ok(Obj::none())
}

fn repr(_: &Thread, generator: &Obj) -> PyResult {
    let name = view(generator).qualname.get().map_or_else(String::new, |name| text::to_string(&name));
    let (noun, place) = (noun(unit_flags(generator)), crate::builtins::identity(generator));
    let noun = if noun == "async generator" { "async_generator" } else { noun };
    Ok(text::new(&format!("<{noun} object {name} at {place:#x}>")))
}

/// A string for `__name__` or `__qualname__`.
fn checked(cx: &Thread, name: &str, value: Option<&Obj>) -> PyResult<Option<Obj>> {
    match value {
        Some(value) if value.downcast::<Str>().is_some() => Ok(Some(value.clone())),
        _ => Err(cx.type_error(format_args!("{name} must be set to a string object"))),
    }
}

fn get_name(_: &Thread, generator: &Obj) -> PyResult {
    Ok(view(generator).name.get().unwrap_or_else(Obj::none))
}

fn set_name(cx: &Thread, generator: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(view(generator).name.replace(checked(cx, "__name__", value)?));
    Ok(())
}

fn get_qualname(_: &Thread, generator: &Obj) -> PyResult {
    Ok(view(generator).qualname.get().unwrap_or_else(Obj::none))
}

fn set_qualname(cx: &Thread, generator: &Obj, value: Option<&Obj>) -> PyResult<()> {
    drop(view(generator).qualname.replace(checked(cx, "__qualname__", value)?));
    Ok(())
}

fn get_code(_: &Thread, generator: &Obj) -> PyResult {
    Ok(code_of(generator).map_or_else(Obj::none, pv_object::CodeRef::to_obj))
}

fn get_running(_: &Thread, generator: &Obj) -> PyResult {
    Ok(Obj::bool(view(generator).is_running()))
}

fn get_suspended(_: &Thread, generator: &Obj) -> PyResult {
    Ok(Obj::bool(is_suspended(view(generator))))
}

fn get_delegate(_: &Thread, generator: &Obj) -> PyResult {
    Ok(delegate(generator).unwrap_or_else(Obj::none))
}

fn get_origin(_: &Thread, coroutine: &Obj) -> PyResult {
    Ok(view(coroutine).companion.get().unwrap_or_else(Obj::none))
}

fn get_async_running(_: &Thread, generator: &Obj) -> PyResult {
    Ok(Obj::bool(view(generator).has_mark(GeneratorMarks::RUNNING)))
}

/// The frame object, always the same one.
fn get_frame(_: &Thread, generator: &Obj) -> PyResult {
    let frame = match view(generator).state() {
        GeneratorState::Finished => None,
        _ => crate::types::frame::of_generator(generator),
    };
    Ok(frame.unwrap_or_else(Obj::none))
}

fn cannot_pickle(cx: &Thread, generator: &Obj) -> Raised {
    let found = cx.type_name(generator);
    cx.type_error(format_args!("cannot pickle '{found}' object"))
}

fn reduce(cx: &Thread, generator: &Obj, _: &Obj) -> PyResult {
    Err(cannot_pickle(cx, generator))
}

crate::natives! { static CLASS_METHODS:
    "__class_getitem__" "(self, object, /)" F2(crate::types::class_getitem) "See PEP 585";
}

crate::natives! { static METHODS:
    "__next__" "(self, /)" F1(next_method) "Implement next(self).";
    "__del__" "(self, /)" F1(finalize) "Called when the instance is about to be destroyed.";
    "send" "(self, arg, /)" F2(send_method) "Resume with a value.";
    "throw" "(self, typ, val=None, tb=None, /)" Bound(throw_method) "Raise an exception where the generator stands.";
    "close" "(self, /)" F1(super::close) "Raise GeneratorExit where the generator stands.";
    "__reduce_ex__" "(self, protocol, /)" F2(reduce) "Generators cannot be pickled.";
}

crate::getsets! { static GETSETS:
    "__name__" get_name, set set_name => "";
    "__qualname__" get_qualname, set set_qualname => "";
    "gi_yieldfrom" get_delegate => "";
    "gi_code" get_code => "";
    "gi_running" get_running => "";
    "gi_suspended" get_suspended => "";
    "gi_frame" get_frame => "";
}

/// `generator`.
pub(crate) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
    slots: Slots { iter: Some(iterator::itself), next: Some(next), repr: Some(repr), ..Slots::NONE },
    ..TypeTable::NONE
};

crate::natives! { static COROUTINE_METHODS:
    "__await__" "(self, /)" F1(awaiting::wrap_coroutine) "Return an iterator to be used in await expression.";
    "__del__" "(self, /)" F1(finalize) "Called when the instance is about to be destroyed.";
    "send" "(self, arg, /)" F2(send_method) "Hand a value into coroutine; the next one that it awaits, or StopIteration.";
    "throw" "(self, typ, val=None, tb=None, /)" Bound(throw_method) "Raise an exception in coroutine, where it stands.";
    "close" "(self, /)" F1(super::close) "Raise GeneratorExit inside coroutine, where it stands.";
    "__reduce_ex__" "(self, protocol, /)" F2(reduce) "Coroutines cannot be pickled.";
}

crate::getsets! { static COROUTINE_GETSETS:
    "__name__" get_name, set set_name => "The name of the coroutine.";
    "__qualname__" get_qualname, set set_qualname => "The qualified name of the coroutine.";
    "cr_await" get_delegate => "";
    "cr_code" get_code => "";
    "cr_origin" get_origin => "";
    "cr_running" get_running => "";
    "cr_suspended" get_suspended => "";
    "cr_frame" get_frame => "";
}

/// `coroutine`.
pub(crate) static COROUTINE: TypeTable = TypeTable {
    methods: COROUTINE_METHODS,
    class_methods: CLASS_METHODS,
    getsets: COROUTINE_GETSETS,
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    ..TypeTable::NONE
};

crate::natives! { static ASYNC_METHODS:
    "__aiter__" "(self, /)" F1(iterator::itself) "Return an awaitable, that resolves in asynchronous iterator.";
    "__anext__" "(self, /)" F1(asynchronous::anext) "Return a value or raise StopAsyncIteration.";
    "__del__" "(self, /)" F1(finalize) "Called when the instance is about to be destroyed.";
    "asend" "(self, value, /)" F2(asynchronous::asend) "Resume with a value.";
    "athrow" "(self, typ, val=None, tb=None, /)" Bound(asynchronous::athrow) "Raise an exception where the generator stands.";
    "aclose" "(self, /)" F1(asynchronous::aclose) "Raise GeneratorExit where the generator stands.";
    "__reduce_ex__" "(self, protocol, /)" F2(reduce) "Generators cannot be pickled.";
}

crate::getsets! { static ASYNC_GETSETS:
    "__name__" get_name, set set_name => "";
    "__qualname__" get_qualname, set set_qualname => "";
    "ag_await" get_delegate => "";
    "ag_code" get_code => "";
    "ag_running" get_async_running => "";
    "ag_suspended" get_suspended => "";
    "ag_frame" get_frame => "";
}

/// `async_generator`.
pub(crate) static ASYNC_GENERATOR: TypeTable = TypeTable {
    methods: ASYNC_METHODS,
    class_methods: CLASS_METHODS,
    getsets: ASYNC_GETSETS,
    slots: Slots { repr: Some(repr), ..Slots::NONE },
    ..TypeTable::NONE
};

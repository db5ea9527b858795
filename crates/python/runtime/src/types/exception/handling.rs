//! What `raise`, `except` and `except*` do.

use pv_object::{Exception, Kind, List, Obj, Tuple, Type};

use super::group;
use crate::error::{Exc, PyResult, Raised};
use crate::protocol;
use crate::text;
use crate::thread::Thread;

/// Is this a class of exceptions?
pub(crate) fn is_class(cx: &Thread, obj: &Obj) -> bool {
    let base = cx.vm().exception(Exc::BaseException).expect::<Type>();
    obj.downcast::<Type>().is_some_and(|class| class.is_subtype(base))
}

/// Does an exception match the class or tuple of classes of an `except` clause?
pub fn matches(cx: &Thread, exception: &Obj, class: &Obj) -> PyResult<bool> {
    let wanted = match class.downcast::<Tuple>() {
        Some(classes) => classes.items(),
        None => std::slice::from_ref(class),
    };
    if wanted.iter().any(|class| !is_class(cx, class)) {
        return Err(cx.type_error("catching classes that do not inherit from BaseException is not allowed"));
    }
    let ty = exception.shape().ty();
    Ok(wanted.iter().any(|class| ty.is_subtype(class.expect::<Type>())))
}

/// An instance for what a `raise` names.
fn instance(cx: &Thread, x: &Obj, refusal: &str) -> PyResult {
    if x.kind() == Kind::Exception {
        return Ok(x.clone());
    }
    if !is_class(cx, x) {
        return Err(cx.type_error(refusal));
    }
    let made = protocol::call0(cx, x)?;
    if made.kind() == Kind::Exception {
        return Ok(made);
    }
    let (class, found) = (text::to_string(&protocol::repr(cx, x)?), cx.type_name(&made));
    Err(cx.type_error(format_args!(
        "calling {class} should have returned an instance of BaseException, not <class '{found}'>"
    )))
}

/// `raise x`, or `raise x from cause`: makes it, or an error, pending.
pub fn raise(cx: &Thread, x: &Obj, cause: Option<&Obj>) -> Raised {
    let exception = match instance(cx, x, "exceptions must derive from BaseException") {
        Ok(exception) => exception,
        Err(raised) => return raised,
    };
    if let Some(cause) = cause {
        let view = exception.expect::<Exception>();
        if cause.is_none() {
            drop(view.cause.take());
        } else {
            match instance(cx, cause, "exception causes must derive from BaseException") {
                Ok(cause) => view.cause.set(cause),
                Err(raised) => return raised,
            }
        }
        view.suppress.set(true);
    }
    cx.raise(exception)
}

/// Type, exception and traceback, as `__exit__` gets them.
pub fn parts(cx: &Thread, exception: &Obj) -> Obj {
    let traceback = exception.downcast::<Exception>().and_then(|view| view.traceback.get());
    Tuple::create(vec![cx.type_of(exception).clone(), exception.clone(), traceback.unwrap_or_else(Obj::none)])
}

/// StopAsyncIteration ends an `async for`; anything else is pending again.
pub fn end_async_for(cx: &Thread, exception: &Obj) -> PyResult<()> {
    match cx.is_exception(exception, Exc::StopAsyncIteration) {
        true => Ok(()),
        false => Err(cx.set_pending(exception.clone())),
    }
}

/// Rest and match of an exception (or group) for `except*`; `None` objects for neither.
pub fn group_match(cx: &Thread, exception: &Obj, class: &Obj) -> PyResult<(Obj, Obj)> {
    if exception.is_none() {
        return Ok((Obj::none(), Obj::none()));
    }
    let wanted = match class.downcast::<Tuple>() {
        Some(classes) => classes.items(),
        None => std::slice::from_ref(class),
    };
    let group_class = cx.vm().exception(Exc::BaseExceptionGroup).expect::<Type>();
    if wanted.iter().any(|class| class.downcast::<Type>().is_some_and(|class| class.is_subtype(group_class))) {
        return Err(cx.type_error("catching ExceptionGroup with except* is not allowed. Use except instead."));
    }
    if matches(cx, exception, class)? {
        let found = match cx.is_exception(exception, Exc::BaseExceptionGroup) {
            true => exception.clone(),
            false => {
                let wrapped = group::create_of(cx, "", Tuple::create(vec![exception.clone()]))?;
                // The group begins where the clause stands; the exception in it knows where that one comes from.
                let here = cx.vm().current_frame(cx).map(|frame| crate::types::traceback::of_frame(cx, &frame));
                drop(wrapped.expect::<Exception>().traceback.replace(here));
                wrapped
            }
        };
        return Ok((Obj::none(), found));
    }
    if !cx.is_exception(exception, Exc::BaseExceptionGroup) {
        return Ok((exception.clone(), Obj::none()));
    }
    let pair = protocol::call_method1(cx, exception, "split", class)?;
    let name = || cx.type_name(exception);
    match pair.downcast::<Tuple>().map(Tuple::items) {
        Some([found, rest, ..]) => Ok((rest.clone(), found.clone())),
        Some(items) => Err(cx.type_error(format_args!(
            "{}.split must return a 2-tuple, got tuple of size {}",
            name(),
            items.len()
        ))),
        None => {
            let found = cx.type_name(&pair);
            Err(cx.type_error(format_args!("{}.split must return a tuple, not {found}", name())))
        }
    }
}

/// What an `except*` statement raises in the end: what its clauses raised, together with one group of what they raised again and of
/// what none of them took, in the original's structure; or None.
pub fn prepare_reraise_star(cx: &Thread, original: &Obj, list: &Obj) -> PyResult {
    let each = list.expect::<List>().to_vec().into_iter().filter(|each| !each.is_none());
    if !cx.is_exception(original, Exc::BaseExceptionGroup) {
        // A plain exception is taken by one clause at most.
        return Ok(each.into_iter().next().unwrap_or_else(Obj::none));
    }
    let (again, mut raised): (Vec<Obj>, Vec<Obj>) = each.partition(|each| is_part_of(cx, each, original));
    let again = group::project(cx, original, &again)?;
    if raised.is_empty() {
        return Ok(again.unwrap_or_else(Obj::none));
    }
    raised.extend(again);
    match raised.as_slice() {
        [one] => Ok(one.clone()),
        _ => group::create(cx, "", raised),
    }
}

/// Was the exception split off the original group, and is it as it was then?
fn is_part_of(cx: &Thread, exception: &Obj, original: &Obj) -> bool {
    let same = |a: Option<Obj>, b: Option<Obj>| match (a, b) {
        (Some(a), Some(b)) => a.same(&b),
        (a, b) => a.is_none() && b.is_none(),
    };
    let (a, b) = (exception.expect::<Exception>(), original.expect::<Exception>());
    cx.is_exception(exception, Exc::BaseExceptionGroup)
        && same(a.traceback.get(), b.traceback.get())
        && same(a.cause.get(), b.cause.get())
        && same(a.context.get(), b.context.get())
}

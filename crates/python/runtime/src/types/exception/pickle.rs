//! How exceptions are copied and pickled.

use pv_object::{Dict, Exception, Kind, Obj, Tuple};

use super::fields::{builtin_of, field};
use crate::attr;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::{dict, empty_tuple};

/// `exception.__reduce__()`: class, arguments, and a state where there is one.
pub(super) fn reduce(cx: &Thread, exception: &Obj) -> PyResult {
    let state = match builtin_of(cx, exception) {
        "ImportError" => with_fields(exception, &["name", "path", "name_from"]),
        "AttributeError" => Some(get_state(cx, exception)?),
        _ => exception.expect::<Exception>().dict_obj(),
    };
    let mut parts = vec![exception.shape().type_obj().clone(), arguments(cx, exception)];
    parts.extend(state);
    Ok(Tuple::create(parts))
}

/// The arguments that make the exception again: an OSError's file names are taken out of `args` when it is made.
fn arguments(cx: &Thread, exception: &Obj) -> Obj {
    let args = exception.expect::<Exception>().args.get().unwrap_or_else(empty_tuple);
    let known = |name| field(exception, name).filter(|value| !value.is_none());
    let [errno, strerror] = args.expect::<Tuple>().items() else { return args };
    match (builtin_of(cx, exception), known("filename")) {
        ("OSError", Some(filename)) => {
            let mut all = vec![errno.clone(), strerror.clone(), filename];
            all.extend(known("filename2").into_iter().flat_map(|second| [Obj::none(), second]));
            Tuple::create(all)
        }
        _ => args,
    }
}

/// The `__dict__` with those of the fields that are set; none where there is nothing in it.
fn with_fields(exception: &Obj, names: &[&str]) -> Option<Obj> {
    let own = exception.expect::<Exception>().dict_obj();
    let set: Vec<_> = names.iter().filter_map(|name| Some((*name, field(exception, name)?))).collect();
    if set.is_empty() {
        return own;
    }
    let state = own.map_or_else(dict::new, |own| own.expect::<Dict>().copy());
    set.into_iter().for_each(|(name, value)| state.expect::<Dict>().set(name, value));
    Some(state)
}

/// `AttributeError.__getstate__()`. The object is left out: it may be anything.
fn get_state(_: &Thread, exception: &Obj) -> PyResult {
    let state = with_fields(exception, &["name"]).map_or_else(dict::new, |state| state.expect::<Dict>().copy());
    state.expect::<Dict>().set("args", exception.expect::<Exception>().args.get().unwrap_or_else(empty_tuple));
    Ok(state)
}

/// `exception.__setstate__(state)`: an attribute for each item of a dict.
pub(super) fn set_state(cx: &Thread, exception: &Obj, state: &Obj) -> PyResult {
    if state.is_none() {
        return Ok(Obj::none());
    }
    if state.kind() != Kind::Dict {
        return Err(cx.type_error("state is not a dictionary"));
    }
    for (name, value) in dict::items(state) {
        attr::set(cx, exception, &name, &value)?;
    }
    Ok(Obj::none())
}

crate::natives! { pub(super) static ATTRIBUTE_ERROR:
    "__getstate__" "(self, /)" F1(get_state) "Helper for pickle.";
}

//! `_functools`: `reduce`, `partial` ([`partial`]), `cmp_to_key` and the wrapper of `lru_cache` ([`cache`]).

mod cache;
mod compare;
mod partial;

use std::ops::ControlFlow;

use pv_object::Obj;
use pv_runtime::{PyResult, Thread, natives, protocol};

use crate::support::{class, class_with_dict, constant, functions};

fn reduce(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(function), Some(iterable), initial] = args else {
        return Err(cx.type_error("reduce expected at least 2 arguments, got 1"));
    };
    let mut total = initial.clone();
    if protocol_is_not_iterable(cx, iterable) {
        return Err(cx.type_error("reduce() arg 2 must support iteration"));
    }
    protocol::for_each(cx, iterable, |item| {
        total = Some(match total.take() {
            None => item,
            Some(total) => protocol::call2(cx, function, &total, &item)?,
        });
        Ok(ControlFlow::Continue(()))
    })?;
    total.ok_or_else(|| cx.type_error("reduce() of empty iterable with no initial value"))
}

fn protocol_is_not_iterable(cx: &Thread, value: &Obj) -> bool {
    let names = cx.names();
    cx.lookup_special(value, &names.__iter__).is_none() && cx.lookup_special(value, &names.__getitem__).is_none()
}

natives! { static FUNCTIONS:
    "cmp_to_key" "(mycmp)" F1(compare::cmp_to_key) "Makes a key function of a comparison function.";
    "reduce" "(function, iterable, /, initial=None)" Bound(reduce) "Folds items with a function of two arguments.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_functools", FUNCTIONS);
    let partial = class_with_dict(cx, namespace, "functools", "partial", &partial::PARTIAL);
    let placeholder = class(cx, namespace, "functools", "_PlaceholderType", &partial::PLACEHOLDER);
    constant(namespace, "Placeholder", partial::placeholder(&placeholder));
    let wrapper = class_with_dict(cx, namespace, "functools", "_lru_cache_wrapper", &cache::WRAPPER);
    [&partial, &wrapper].into_iter().for_each(pv_runtime::types::weakref::allow);
    class(cx, namespace, "functools", "KeyWrapper", &compare::KEY);
    Ok(())
}

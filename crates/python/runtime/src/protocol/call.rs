//! Calls from native code.

use pv_object::{BoundMethod, Dict, Kind, NativeFunction, Obj, Str, Tuple};

use crate::attr;
use crate::error::PyResult;
use crate::native::{Args, NativeExt};
use crate::slots;
use crate::text;
use crate::thread::Thread;

/// `callee(*args)`.
pub fn call(cx: &Thread, callee: &Obj, args: &Args<'_>) -> PyResult {
    match callee.heap_kind() {
        Some(Kind::Function) => cx.nested("", || (cx.vm().hooks().call_function)(cx, callee, args)),
        Some(Kind::NativeFunction) => callee.expect::<NativeFunction>().call(cx, args),
        Some(Kind::BoundMethod) => {
            let method = callee.expect::<BoundMethod>();
            let (Some(function), Some(receiver)) = (method.function.get(), method.receiver.get()) else {
                return Err(cx.system_error("a bound method was cleared"));
            };
            let values = args.prepend(receiver);
            call(cx, &function, &Args::with_names(&values, args.names()))
        }
        _ => call_other(cx, callee, args),
    }
}

/// `callable(value)`.
pub fn is_callable(cx: &Thread, value: &Obj) -> bool {
    let plain = matches!(value.heap_kind(), Some(Kind::Function | Kind::NativeFunction | Kind::BoundMethod));
    plain
        || slots::exact(value).is_some_and(|slots| slots.call.is_some())
        || cx.lookup_special(value, &cx.names().__call__).is_some()
}

fn call_other(cx: &Thread, callee: &Obj, args: &Args<'_>) -> PyResult {
    if let Some(f) = slots::exact(callee).and_then(|s| s.call) {
        return f(cx, callee, args);
    }
    match cx.lookup_special(callee, &cx.names().__call__) {
        Some(method) => {
            let method = attr::bind(cx, &method, callee)?;
            cx.nested("", || call(cx, &method, args))
        }
        None => Err(cx.type_error(format_args!("'{}' object is not callable", cx.type_name(callee)))),
    }
}

/// `callee()`.
pub fn call0(cx: &Thread, callee: &Obj) -> PyResult {
    call(cx, callee, &Args::NONE)
}

/// `callee(a)`.
pub fn call1(cx: &Thread, callee: &Obj, a: &Obj) -> PyResult {
    call(cx, callee, &Args::new(std::slice::from_ref(a)))
}

/// `callee(a, b)`.
pub fn call2(cx: &Thread, callee: &Obj, a: &Obj, b: &Obj) -> PyResult {
    call(cx, callee, &Args::new(&[a.clone(), b.clone()]))
}

/// `callee(*args, **kwargs)`.
pub fn call_ex(cx: &Thread, callee: &Obj, args: &Obj, kwargs: Option<&Obj>) -> PyResult {
    with_spread(cx, callee, args, kwargs, |args| call(cx, callee, args))
}

/// What `then` makes of the arguments that `callee(*args, **kwargs)` passes.
pub fn with_spread(
    cx: &Thread,
    callee: &Obj,
    args: &Obj,
    kwargs: Option<&Obj>,
    then: impl FnOnce(&Args<'_>) -> PyResult,
) -> PyResult {
    let listed;
    let args = match args.exact::<Tuple>() {
        Some(_) => args,
        None => {
            let list = pv_object::List::create(Vec::new());
            crate::types::list::extend_call(cx, &list, args, callee)?;
            listed = Tuple::create(list.expect::<pv_object::List>().take_all());
            &listed
        }
    };
    let positional = args.expect::<Tuple>().items();
    let Some(kwargs) = kwargs else { return then(&Args::new(positional)) };
    let merged;
    let kwargs = match kwargs.exact::<Dict>() {
        Some(_) => kwargs,
        None => {
            merged = Dict::create();
            crate::types::dict::merge_call(cx, &merged, kwargs, callee)?;
            &merged
        }
    };
    let mut values = positional.to_vec();
    let mut names = Vec::new();
    for (name, value) in crate::types::dict::items(kwargs) {
        if name.downcast::<Str>().is_none() {
            return Err(cx.type_error("keywords must be strings"));
        }
        names.push(name);
        values.push(value);
    }
    then(&Args::with_names(&values, &names))
}

/// Calls what a lookup on the receiver's type found: a function gets the receiver as first argument, anything else is
/// bound by its `__get__` first.
pub fn call_special(cx: &Thread, method: &Obj, receiver: &Obj, args: &[Obj]) -> PyResult {
    match method.heap_kind() {
        Some(Kind::Function) => {
            let values = Args::new(args).prepend(receiver.clone());
            cx.nested("", || (cx.vm().hooks().call_function)(cx, method, &Args::new(&values)))
        }
        Some(Kind::NativeFunction) if method.expect::<NativeFunction>().is_method() => {
            let values = Args::new(args).prepend(receiver.clone());
            method.expect::<NativeFunction>().call(cx, &Args::new(&values))
        }
        _ => {
            let bound = attr::bind(cx, method, receiver)?;
            call(cx, &bound, &Args::new(args))
        }
    }
}

/// `receiver.name(*args)`, looked up as an attribute.
pub fn call_method(cx: &Thread, receiver: &Obj, name: &str, args: &[Obj]) -> PyResult {
    let name = text::intern(name);
    match attr::load_method(cx, receiver, &name)? {
        Some((method, true)) => call_special(cx, &method, receiver, args),
        Some((callee, false)) => call(cx, &callee, &Args::new(args)),
        None => Err(attr::missing(cx, receiver, &name)),
    }
}

/// `receiver.name()`.
pub fn call_method0(cx: &Thread, receiver: &Obj, name: &str) -> PyResult {
    call_method(cx, receiver, name, &[])
}

/// `receiver.name(a)`.
pub fn call_method1(cx: &Thread, receiver: &Obj, name: &str, a: &Obj) -> PyResult {
    call_method(cx, receiver, name, std::slice::from_ref(a))
}

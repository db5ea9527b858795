//! Special methods for the `with` statements.

use pv_object::{NativeFunction, Obj};

use crate::attr;
use crate::error::PyResult;
use crate::native::{Args, Flavor, NativeExt, new_native};
use crate::protocol;
use crate::text;
use crate::thread::Thread;

/// The special method of x's type, as a function that takes x first; TypeError in the words of the `with` statement.
pub fn load(cx: &Thread, x: &Obj, name: &str) -> PyResult {
    let Some(method) = cx.lookup_special(x, &text::intern(name)) else { return Err(unsupported(cx, x, name)) };
    let plain = method.downcast::<pv_object::Function>().is_some()
        || method.downcast::<NativeFunction>().is_some_and(|native| native.is_method());
    if plain {
        return Ok(method);
    }
    let bound = attr::bind(cx, &method, x)?;
    let adapter = new_native(cx.vm(), &ADAPTER[0], Flavor::Function, None);
    adapter.expect::<NativeFunction>().receiver.set(bound);
    Ok(adapter)
}

/// Calls the first argument with all but the second, which it is bound to already.
fn adapt(cx: &Thread, args: &Args<'_>) -> PyResult {
    protocol::call(cx, &args.values()[0], &args.rest().rest())
}

crate::natives! { static ADAPTER:
    "special_method" "" Raw(adapt) "";
}

#[cold]
fn unsupported(cx: &Thread, x: &Obj, name: &str) -> crate::Raised {
    let found = cx.type_name(x);
    let has = |enter: &str, exit: &str| {
        cx.lookup_special(x, &text::intern(enter)).is_some() && cx.lookup_special(x, &text::intern(exit)).is_some()
    };
    let (kind, other, hint) = match name {
        "__enter__" | "__exit__" => ("the", "asynchronous ", has("__aenter__", "__aexit__")),
        _ => ("the asynchronous", "", has("__enter__", "__exit__")),
    };
    let statement = if other.is_empty() { "with" } else { "async with" };
    let hint = match hint {
        true => format!(" but it supports the {other}context manager protocol. Did you mean to use '{statement}'?"),
        false => String::new(),
    };
    cx.type_error(format_args!(
        "'{found}' object does not support {kind} context manager protocol (missed {name} method){hint}"
    ))
}

//! Truth, hashes, representations, conversion to indices.

use pv_object::{Heap, Kind, Obj, Str, Type};

use super::call::call_special;
use crate::error::PyResult;
use crate::slots;
use crate::text;
use crate::thread::Thread;

/// `bool(value)`.
pub fn truth(cx: &Thread, value: &Obj) -> PyResult<bool> {
    if let Some(slots) = slots::exact(value) {
        if let Some(f) = slots.truth {
            return f(cx, value);
        }
        if let Some(f) = slots.len {
            return Ok(f(cx, value)? != 0);
        }
        if !slots::is_modules(value.kind()) {
            return Ok(true);
        }
    }
    if let Some(method) = cx.lookup_special(value, &cx.names().__bool__) {
        let result = call_special(cx, &method, value, &[])?;
        return result.as_bool().ok_or_else(|| {
            cx.type_error(format_args!("__bool__ should return bool, returned {}", cx.type_name(&result)))
        });
    }
    if cx.lookup_special(value, &cx.names().__len__).is_some() {
        return Ok(super::len(cx, value)? != 0);
    }
    Ok(true)
}

/// `hash(value)`.
pub fn hash(cx: &Thread, value: &Obj) -> PyResult<i64> {
    if let Some(slots) = slots::exact(value) {
        if let Some(f) = slots.hash {
            return f(cx, value);
        }
        if slots.unhashable {
            return Err(unhashable(cx, value));
        }
    }
    match cx.lookup_special(value, &cx.names().__hash__) {
        Some(method) if !method.is_none() => {
            let result = call_special(cx, &method, value, &[])?;
            if !result.is_int() {
                return Err(cx.type_error("__hash__ method should return an integer"));
            }
            Ok(match result.as_i64() {
                Some(-1) => -2,
                Some(hash) => hash,
                None => crate::types::int::hash(&result),
            })
        }
        Some(_) => Err(unhashable(cx, value)),
        None => Ok(identity_hash(value)),
    }
}

/// The hash by identity.
pub fn identity_hash(value: &Obj) -> i64 {
    let address = value.word().addr() as u64;
    address.rotate_right(4) as i64
}

#[cold]
fn unhashable(cx: &Thread, value: &Obj) -> crate::Raised {
    cx.type_error(format_args!("unhashable type: '{}'", cx.type_name(value)))
}

/// `repr(value)`.
pub fn repr(cx: &Thread, value: &Obj) -> PyResult {
    if let Some(f) = slots::exact(value).and_then(|s| s.repr) {
        return cx.nested(" while getting the repr of an object", || f(cx, value));
    }
    let Some(method) = cx.lookup_special(value, &cx.names().__repr__) else {
        return crate::types::object::repr(cx, value);
    };
    let result = cx.nested(" while getting the repr of an object", || call_special(cx, &method, value, &[]))?;
    expect_str(cx, result, "__repr__")
}

/// `str(value)`.
pub fn str(cx: &Thread, value: &Obj) -> PyResult {
    if value.exact::<Str>().is_some() {
        return Ok(value.clone());
    }
    if let Some(slots) = slots::exact(value) {
        if let Some(f) = slots.str {
            return cx.nested(" while getting the str of an object", || f(cx, value));
        }
        if slots.repr.is_some() {
            return repr(cx, value);
        }
    }
    let Some(method) = cx.lookup_special(value, &cx.names().__str__) else {
        return repr(cx, value);
    };
    let result = cx.nested(" while getting the str of an object", || call_special(cx, &method, value, &[]))?;
    expect_str(cx, result, "__str__")
}

fn expect_str(cx: &Thread, result: Obj, method: &str) -> PyResult {
    if result.downcast::<Str>().is_some() {
        return Ok(result);
    }
    let found = cx.type_name(&result);
    Err(cx.type_error(format_args!("{method} returned non-string (type {found})")))
}

/// `ascii(value)`.
pub fn ascii(cx: &Thread, value: &Obj) -> PyResult {
    use std::fmt::Write;
    let shown = repr(cx, value)?;
    let view = shown.expect::<Str>();
    if view.is_ascii() {
        return Ok(shown);
    }
    let mut out = String::new();
    for point in view.text().iter() {
        let written = match point {
            0..0x80 => write!(out, "{}", point as u8 as char),
            0x80..0x100 => write!(out, "\\x{point:02x}"),
            0x100..0x10000 => write!(out, "\\u{point:04x}"),
            _ => write!(out, "\\U{point:08x}"),
        };
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    Ok(text::new(&out))
}

/// `format(value, spec)`.
pub fn format(cx: &Thread, value: &Obj, spec: &Obj) -> PyResult {
    if spec.downcast::<Str>().is_some_and(Str::is_empty) {
        if value.exact::<Str>().is_some() {
            return Ok(value.clone());
        }
        if value.is_exact() && matches!(value.kind(), Kind::Int | Kind::Float | Kind::Bool) {
            return str(cx, value);
        }
    }
    let Some(method) = cx.lookup_special(value, &cx.names().__format__) else {
        return Err(cx.type_error(format_args!("Type {} doesn't define __format__", cx.type_name(value))));
    };
    let result = call_special(cx, &method, value, std::slice::from_ref(spec))?;
    if result.downcast::<Str>().is_some() {
        return Ok(result);
    }
    let found = cx.type_name(&result);
    Err(cx.type_error(format_args!("__format__ must return a str, not {found}")))
}

/// `operator.index(value)`: an int.
pub fn to_index(cx: &Thread, value: &Obj) -> PyResult {
    if value.is_int() {
        return Ok(value.clone());
    }
    let Some(method) = cx.lookup_special(value, &cx.names().__index__) else {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("'{found}' object cannot be interpreted as an integer")));
    };
    let result = call_special(cx, &method, value, &[])?;
    checked_int(cx, "__index__", result)
}

/// What `__int__` or `__index__` has returned: an int, with a warning about one of a subclass.
pub(crate) fn checked_int(cx: &Thread, method: &str, result: Obj) -> PyResult {
    if result.kind() == Kind::Int && result.is_exact() {
        return Ok(result);
    }
    let found = cx.type_name(&result);
    if !result.is_int() {
        return Err(cx.type_error(format_args!("{method} returned non-int (type {found})")));
    }
    warn_of_subclass(cx, method, "int", &found)?;
    Ok(result)
}

/// The warning that a conversion's method returned an instance of a subclass of the type that it is to return.
pub(crate) fn warn_of_subclass(cx: &Thread, method: &str, wanted: &str, found: &str) -> PyResult<()> {
    let message = format!(
        "{method} returned non-{wanted} (type {found}).  The ability to return an instance of a strict subclass of {wanted} \
         is deprecated, and may be removed in a future version of Python."
    );
    crate::warn::warn(cx, crate::Exc::DeprecationWarning, &message)
}

/// An index as a machine integer; OverflowError past 64 bits.
pub fn to_isize(cx: &Thread, value: &Obj) -> PyResult<i64> {
    let index = to_index(cx, value)?;
    index.as_i64().ok_or_else(|| cx.overflow_error("Python int too large to convert to C ssize_t"))
}

/// Does the class have a method of this name that a Python class (or built-in other than `object`) defined?
pub fn defines(cx: &Thread, ty: &Type, name: &Obj) -> bool {
    let object = Heap::current().shape_of(Kind::Instance).ty();
    match (cx.lookup_type(ty, name), cx.lookup_type(object, name)) {
        (Some(found), Some(inherited)) => !found.same(&inherited),
        (found, _) => found.is_some(),
    }
}

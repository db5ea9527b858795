//! Filling dicts: displays, calls, `update`.

use pv_object::{Dict, List, NativeFunction, Obj, Str, Tuple};

use super::{entry_hash, find, key_hash, set, set_hashed};
use crate::attr;
use crate::error::{Exc, PyResult, Raised};
use crate::native::NativeExt;
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::exception;

/// A dict of key, value, key, value, …
pub fn build(cx: &Thread, pairs: Vec<Obj>) -> PyResult {
    let dict = Dict::create();
    let mut pairs = pairs.into_iter();
    while let (Some(key), Some(value)) = (pairs.next(), pairs.next()) {
        set(cx, &dict, &key, value)?;
    }
    Ok(dict)
}

/// `dict[key] = value`.
pub fn set_item(cx: &Thread, dict: &Obj, key: &Obj, value: &Obj) -> PyResult<()> {
    set(cx, dict, key, value.clone())
}

/// Calls `f` with each key, its hash and its value of a mapping: a dict, or something with `keys`.
fn each_item(cx: &Thread, mapping: &Obj, mut f: impl FnMut(Obj, i64, Obj) -> PyResult<()>) -> PyResult<()> {
    if let Some(dict) = mapping.exact::<Dict>() {
        let (mut at, size) = (0, dict.len());
        while let Some((entry, key, value)) = dict.next_entry(at) {
            let hash = entry_hash(cx, dict, entry, &key)?;
            f(key, hash, value)?;
            at = entry + 1;
            if dict.len() != size {
                return Err(cx.runtime_error("dict mutated during update"));
            }
        }
        return Ok(());
    }
    let keys = protocol::call_method0(cx, mapping, "keys")?;
    protocol::for_each(cx, &keys, |key| {
        let value = protocol::get_item(cx, mapping, &key)?;
        let hash = key_hash(cx, &key)?;
        f(key, hash, value)?;
        Ok(std::ops::ControlFlow::Continue(()))
    })
}

fn is_mapping(cx: &Thread, value: &Obj) -> PyResult<bool> {
    Ok(value.downcast::<Dict>().is_some() || attr::get_optional(cx, value, &cx.names().keys)?.is_some())
}

/// `dict.update(other)`: a mapping or an iterable of pairs.
pub fn update(cx: &Thread, dict: &Obj, other: &Obj) -> PyResult<()> {
    if is_mapping(cx, other)? {
        return each_item(cx, other, |key, hash, value| set_hashed(cx, dict.expect(), &key, hash, value));
    }
    let mut index = 0;
    protocol::for_each(cx, other, |pair| {
        let items = match pair.exact::<Tuple>() {
            Some(tuple) => tuple.items().to_vec(),
            None => pair_items(cx, &pair).map_err(|raised| explain_element(cx, raised, index))?,
        };
        let [key, value] = &items[..] else {
            let len = items.len();
            return Err(cx.value_error(format_args!(
                "dictionary update sequence element #{index} has length {len}; 2 is required"
            )));
        };
        set(cx, dict, key, value.clone())?;
        index += 1;
        Ok(std::ops::ControlFlow::Continue(()))
    })
}

fn pair_items(cx: &Thread, pair: &Obj) -> PyResult<Vec<Obj>> {
    match protocol::get_iter(cx, pair) {
        Ok(iterator) => protocol::collect(cx, if pair.exact::<List>().is_some() { pair } else { &iterator }),
        Err(raised) => {
            drop(cx.catch(raised, Exc::TypeError)?);
            Err(cx.type_error("object is not iterable"))
        }
    }
}

/// Notes on a TypeError which element of a sequence of pairs it is about.
fn explain_element(cx: &Thread, raised: Raised, index: usize) -> Raised {
    let exception = match cx.catch(raised, Exc::TypeError) {
        Ok(exception) => exception,
        Err(other) => return other,
    };
    let note = format!("Cannot convert dictionary update sequence element #{index} to a sequence");
    match exception::add_note(cx, &exception, text::new(&note)) {
        Ok(()) => cx.raise(exception),
        Err(raised) => raised,
    }
}

/// `{**value}`.
pub fn update_display(cx: &Thread, dict: &Obj, value: &Obj) -> PyResult<()> {
    if !is_mapping(cx, value)? {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("'{found}' object is not a mapping")));
    }
    each_item(cx, value, |key, hash, value| set_hashed(cx, dict.expect(), &key, hash, value))
}

/// `callee(**value)`: a key that is there already, or is no string, is an error.
pub fn merge_call(cx: &Thread, dict: &Obj, value: &Obj, callee: &Obj) -> PyResult<()> {
    if !is_mapping(cx, value)? {
        let (name, found) = (callee_name(cx, callee)?, cx.type_name(value));
        return Err(cx.type_error(format_args!("{name} argument after ** must be a mapping, not {found}")));
    }
    let view = dict.expect::<Dict>();
    each_item(cx, value, |key, hash, value| {
        if find(cx, view, &key, hash)?.is_none() {
            return set_hashed(cx, view, &key, hash, value);
        }
        if key.downcast::<Str>().is_none() {
            return Err(cx.type_error("keywords must be strings"));
        }
        let (name, key) = (callee_name(cx, callee)?, text::to_string(&key));
        Err(cx.type_error(format_args!("{name} got multiple values for keyword argument '{key}'")))
    })
}

/// `module.qualname()` of what is called, as error texts have it.
pub(crate) fn callee_name(cx: &Thread, callee: &Obj) -> PyResult<String> {
    if let Some(native) = callee.downcast::<NativeFunction>() {
        return Ok(format!("{}()", native.qualified()));
    }
    let get = |name: &Obj| attr::get_optional(cx, callee, name);
    let Some(qualname) = get(&cx.names().__qualname__)?.filter(|name| name.downcast::<Str>().is_some()) else {
        return Ok(text::to_string(&protocol::str(cx, callee)?));
    };
    let qualname = text::to_string(&qualname);
    Ok(match get(&cx.names().__module__)?.filter(|module| module.downcast::<Str>().is_some()) {
        Some(module) if !text::eq(&module, "builtins") => format!("{}.{qualname}()", text::to_string(&module)),
        _ => format!("{qualname}()"),
    })
}

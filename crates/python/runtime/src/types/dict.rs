//! `dict`, and dict operations for the rest of the runtime.

mod methods;
mod update;

pub(crate) use methods::TABLE;
pub(crate) use update::callee_name;
pub use update::{build, merge_call, set_item, update, update_display};

use pv_object::{Dict, Obj, Probe};

use crate::error::PyResult;
use crate::protocol::{hash, values_equal};
use crate::thread::Thread;

/// An empty dict.
pub fn new() -> Obj {
    Dict::create()
}

/// An empty dict of cells: a namespace of a module.
pub fn new_cells() -> Obj {
    Dict::create_for_cells()
}

/// The entry of a key whose hash is known.
pub(crate) fn find(cx: &Thread, dict: &Dict, key: &Obj, hash: i64) -> PyResult<Option<usize>> {
    let mut probe = dict.probe(key, hash);
    loop {
        match probe {
            Probe::Found(entry) => return Ok(Some(entry)),
            Probe::Absent => return Ok(None),
            Probe::Ask(candidate) => {
                let equal = values_equal(cx, &candidate.key, key)?;
                probe = dict.resume(candidate, equal, key, hash);
            }
        }
    }
}

/// The hash of the key of an entry that was there a moment ago.
pub(crate) fn entry_hash(cx: &Thread, dict: &Dict, entry: usize, key: &Obj) -> PyResult<i64> {
    match dict.hash_at(entry) {
        Some(hash) => Ok(hash),
        None => key_hash(cx, key),
    }
}

/// The hash of a key; TypeError in the words of dict.
pub(crate) fn key_hash(cx: &Thread, key: &Obj) -> PyResult<i64> {
    match pv_object::quick_hash(key) {
        Some(hash) => Ok(hash),
        None => hash_or_explain(cx, key, "a dict key"),
    }
}

/// The hash of a key or element; the TypeError of an unhashable one says what it cannot be used as.
pub(crate) fn hash_or_explain(cx: &Thread, key: &Obj, role: &str) -> PyResult<i64> {
    match hash(cx, key) {
        Ok(hash) => Ok(hash),
        Err(raised) => {
            let cause = cx.catch(raised, crate::Exc::TypeError)?;
            let shown = crate::protocol::str(cx, &cause)?;
            let found = cx.type_name(key);
            let message = format!("cannot use '{found}' as {role} ({})", crate::text::to_string(&shown));
            Err(cx.type_error(message))
        }
    }
}

/// `dict.get(key)`.
#[inline]
pub fn get(cx: &Thread, dict: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
    let hash = key_hash(cx, key)?;
    let dict = dict.expect::<Dict>();
    Ok(find(cx, dict, key, hash)?.and_then(|entry| dict.value_at(entry)))
}

/// `dict[key] = value`.
#[inline]
pub fn set(cx: &Thread, dict: &Obj, key: &Obj, value: Obj) -> PyResult<()> {
    let hash = key_hash(cx, key)?;
    set_hashed(cx, dict.expect::<Dict>(), key, hash, value)
}

pub(crate) fn set_hashed(cx: &Thread, dict: &Dict, key: &Obj, hash: i64, value: Obj) -> PyResult<()> {
    match find(cx, dict, key, hash)? {
        Some(entry) => drop(dict.set_value_at(entry, value)),
        None => drop(dict.insert_absent(key.clone(), hash, value)),
    }
    Ok(())
}

/// Removes a key and returns its value.
pub fn remove(cx: &Thread, dict: &Obj, key: &Obj) -> PyResult<Option<Obj>> {
    let hash = key_hash(cx, key)?;
    let dict = dict.expect::<Dict>();
    Ok(find(cx, dict, key, hash)?.and_then(|entry| dict.remove_at(entry)).map(|(_, value)| value))
}

/// The value of a string key, without Python.
#[inline]
pub fn get_str(dict: &Obj, name: &Obj) -> Option<Obj> {
    dict.expect::<Dict>().get_str(name)
}

/// Sets the value of a string key, without Python.
pub fn set_str(dict: &Obj, name: &Obj, value: Obj) {
    dict.expect::<Dict>().set_str(name, value);
}

/// Keys and values in order.
pub fn items(dict: &Obj) -> Vec<(Obj, Obj)> {
    dict.expect::<Dict>().items()
}

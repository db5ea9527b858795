//! Displays, unpacking into calls, strings.

use pv_object::{Dict, Obj, Probe, Set, Str, StrBuilder};
use pv_runtime::types::{dict, list};
use pv_runtime::{Args, Exc, PyResult, Thread, attr, protocol};

/// A set of values.
pub fn build_set(cx: &Thread, values: Vec<Obj>) -> PyResult {
    let set = Set::create();
    for value in &values {
        add(cx, &set, value)?;
    }
    Ok(set)
}

/// `set.add(value)` on an exact set.
pub fn add(cx: &Thread, set: &Obj, value: &Obj) -> PyResult<()> {
    let hash = match pv_object::quick_hash(value) {
        Some(hash) => hash,
        None => protocol::hash(cx, value)?,
    };
    // A program may have put something else where the compiler keeps a set (`__conditional_annotations__`).
    let Some(found) = set.downcast::<Set>() else {
        let found = cx.type_name(set);
        return Err(cx.type_error(format_args!("expected set, got {found}")));
    };
    let table = found.table();
    let mut probe = table.probe(value, hash);
    loop {
        probe = match probe {
            Probe::Found(_) => return Ok(()),
            Probe::Absent => {
                table.insert_absent(value.clone(), hash);
                return Ok(());
            }
            Probe::Ask(candidate) => {
                let equal = protocol::values_equal(cx, &candidate.key, value)?;
                table.resume(candidate, equal, value, hash)
            }
        };
    }
}

/// `set.update(iterable)` on an exact set.
pub fn update_set(cx: &Thread, set: &Obj, iterable: &Obj) -> PyResult<()> {
    for value in protocol::collect(cx, iterable)? {
        add(cx, set, &value)?;
    }
    Ok(())
}

/// A dict of alternating keys and values.
pub fn build_map(cx: &Thread, pairs: Vec<Obj>) -> PyResult {
    let map = Dict::create();
    for pair in pairs.chunks_exact(2) {
        dict::set(cx, &map, &pair[0], pair[1].clone())?;
    }
    Ok(map)
}

/// Keys and values of a mapping.
fn pairs_of(cx: &Thread, mapping: &Obj) -> PyResult<Option<Vec<(Obj, Obj)>>> {
    if let Some(dict) = mapping.exact::<Dict>() {
        return Ok(Some(dict.items()));
    }
    let Some(keys) = cx.absorb(attr::get_str(cx, mapping, "keys"), Exc::AttributeError)? else { return Ok(None) };
    let keys = protocol::call(cx, &keys, &Args::NONE)?;
    let mut pairs = Vec::new();
    for key in protocol::collect(cx, &keys)? {
        let value = protocol::get_item(cx, mapping, &key)?;
        pairs.push((key, value));
    }
    Ok(Some(pairs))
}

/// `{**mapping}`.
pub fn update_map(cx: &Thread, map: &Obj, mapping: &Obj) -> PyResult<()> {
    let Some(pairs) = pairs_of(cx, mapping)? else {
        let name = cx.type_name(mapping);
        return Err(cx.type_error(format_args!("'{name}' object is not a mapping")));
    };
    pairs.into_iter().try_for_each(|(key, value)| dict::set(cx, map, &key, value))
}

/// `callee(**mapping)`: a key that is there already is an error.
pub fn merge_map(cx: &Thread, map: &Obj, mapping: &Obj, callee: &Obj) -> PyResult<()> {
    let Some(pairs) = pairs_of(cx, mapping)? else {
        let name = cx.type_name(mapping);
        let callee = callee_name(cx, callee);
        return Err(cx.type_error(format_args!("{callee} argument after ** must be a mapping, not {name}")));
    };
    for (key, value) in pairs {
        if dict::get(cx, map, &key)?.is_some() {
            let (callee, key) = (callee_name(cx, callee), protocol::str(cx, &key)?);
            let key = pv_runtime::text::to_string(&key);
            return Err(cx.type_error(format_args!("{callee} got multiple values for keyword argument '{key}'")));
        }
        dict::set(cx, map, &key, value)?;
    }
    Ok(())
}

/// A callable's name as error texts give it, with parentheses.
fn callee_name(cx: &Thread, callee: &Obj) -> String {
    let part = |name: &str| {
        let value = cx.absorb(attr::get_str(cx, callee, name), Exc::AttributeError).ok().flatten()?;
        value.downcast::<Str>().map(Str::to_string_lossy)
    };
    match (part("__module__"), part("__qualname__")) {
        (Some(module), Some(name)) if module != "builtins" => format!("{module}.{name}()"),
        (_, Some(name)) => format!("{name}()"),
        _ => protocol::str(cx, callee).map_or_else(
            |raised| {
                cx.discard(raised);
                format!("{} object", cx.type_name(callee))
            },
            |shown| pv_runtime::text::to_string(&shown),
        ),
    }
}

/// `[*iterable]`.
pub fn extend_list(cx: &Thread, target: &Obj, iterable: &Obj) -> PyResult<()> {
    list::extend_display(cx, target, iterable)
}

/// The concatenation of strings.
pub fn join(values: &[Obj]) -> Obj {
    let mut builder = StrBuilder::new();
    for value in values {
        match value.downcast::<Str>() {
            Some(text) => builder.push_obj(text),
            None => unreachable!("BUILD_STRING joins strings"),
        }
    }
    builder.finish()
}

/// `left + right` of strings; an unshared left one grows in place.
pub fn concat(left: Obj, right: &Obj) -> Obj {
    Str::append(left, right.expect::<Str>())
}

//! The match statement.

use pv_object::{Obj, Str, Tuple, TypeFlags};
use pv_runtime::{Exc, PyResult, Thread, attr, protocol};

/// Does the value's type carry the flag, itself or by a base?
fn has_flag(value: &Obj, flag: u32) -> bool {
    let mro = value.shape().ty().mro();
    mro.expect::<Tuple>().items().iter().any(|class| class.expect::<pv_object::Type>().has(flag))
}

/// Is this a sequence for patterns?
pub fn is_sequence(value: &Obj) -> bool {
    has_flag(value, TypeFlags::SEQUENCE)
}

/// Is this a mapping for patterns?
pub fn is_mapping(value: &Obj) -> bool {
    has_flag(value, TypeFlags::MAPPING)
}

/// The values of a mapping for the keys of a tuple, or None where one is missing.
pub fn match_keys(cx: &Thread, subject: &Obj, keys: &Obj) -> PyResult {
    let mut values = Vec::new();
    for key in keys.expect::<Tuple>().items() {
        match cx.absorb(protocol::get_item(cx, subject, key), Exc::KeyError)? {
            Some(value) => values.push(value),
            None => return Ok(Obj::none()),
        }
    }
    Ok(Tuple::create(values))
}

/// The attributes that a class pattern matches: `count` positional ones, then those named; None where it does not match.
pub fn match_class(cx: &Thread, subject: &Obj, class: &Obj, names: &Obj, count: usize) -> PyResult {
    if class.kind() != pv_object::Kind::Type {
        return Err(cx.type_error("called match pattern must be a class"));
    }
    if !protocol::is_instance(cx, subject, class)? {
        return Ok(Obj::none());
    }
    let mut values = Vec::new();
    if count > 0 && !positional(cx, subject, class, count, &mut values)? {
        return Ok(Obj::none());
    }
    for name in names.expect::<Tuple>().items() {
        match cx.absorb(attr::get(cx, subject, name), Exc::AttributeError)? {
            Some(value) => values.push(value),
            None => return Ok(Obj::none()),
        }
    }
    Ok(Tuple::create(values))
}

/// Types whose one positional pattern is the subject itself.
const SELF_MATCH: [&str; 11] =
    ["bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"];

fn positional(cx: &Thread, subject: &Obj, class: &Obj, count: usize, values: &mut Vec<Obj>) -> PyResult<bool> {
    let name = class.expect::<pv_object::Type>().name_string();
    let args = cx.absorb(attr::get_str(cx, class, "__match_args__"), Exc::AttributeError)?;
    let Some(args) = args else {
        let whole = SELF_MATCH.contains(&&*builtin_name(class));
        let allowed = usize::from(whole);
        if count > allowed {
            let plural = if allowed == 1 { "" } else { "s" };
            return Err(cx.type_error(format_args!(
                "{name}() accepts {allowed} positional sub-pattern{plural} ({count} given)"
            )));
        }
        values.push(subject.clone());
        return Ok(true);
    };
    let Some(args) = args.downcast::<Tuple>() else {
        let found = cx.type_name(&args);
        return Err(cx.type_error(format_args!("{name}.__match_args__ must be a tuple (got {found})")));
    };
    if count > args.len() {
        let (allowed, plural) = (args.len(), if args.len() == 1 { "" } else { "s" });
        return Err(
            cx.type_error(format_args!("{name}() accepts {allowed} positional sub-pattern{plural} ({count} given)"))
        );
    }
    for field in &args.items()[..count] {
        if field.downcast::<Str>().is_none() {
            let found = cx.type_name(field);
            return Err(cx.type_error(format_args!("__match_args__ elements must be strings (got {found})")));
        }
        match cx.absorb(attr::get(cx, subject, field), Exc::AttributeError)? {
            Some(value) => values.push(value),
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// Name of the built-in type that the class is or derives from.
fn builtin_name(class: &Obj) -> String {
    let mro = class.expect::<pv_object::Type>().mro();
    let builtin = mro.expect::<Tuple>().items().iter().find_map(|class| {
        let ty = class.expect::<pv_object::Type>();
        (!ty.has(TypeFlags::HEAP)).then(|| ty.name_string())
    });
    builtin.unwrap_or_default()
}

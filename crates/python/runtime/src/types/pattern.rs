//! The match statement.

use pv_object::{Obj, Tuple, Type, TypeFlags};

use crate::attr;
use crate::error::{Exc, PyResult};
use crate::protocol;
use crate::text;
use crate::thread::Thread;

/// A sequence for patterns?
pub fn is_sequence(value: &Obj) -> bool {
    value.shape().ty().has(TypeFlags::SEQUENCE)
}

/// A mapping for patterns?
pub fn is_mapping(value: &Obj) -> bool {
    value.shape().ty().has(TypeFlags::MAPPING)
}

/// The tuple of the subject's values for the keys, or None when one is missing.
pub fn match_keys(cx: &Thread, subject: &Obj, keys: &Obj) -> PyResult {
    let keys = keys.expect::<Tuple>().items();
    for (index, key) in keys.iter().enumerate() {
        for earlier in &keys[..index] {
            if protocol::values_equal(cx, earlier, key)? {
                let shown = text::to_string(&protocol::repr(cx, key)?);
                return Err(cx.value_error(format_args!("mapping pattern checks duplicate key ({shown})")));
            }
        }
    }
    let missing = cx.exhausted().clone();
    let get = attr::get(cx, subject, &text::intern("get"))?;
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        let value = protocol::call2(cx, &get, key, &missing)?;
        if value.same(&missing) {
            return Ok(Obj::none());
        }
        values.push(value);
    }
    Ok(Tuple::create(values))
}

/// The tuple of the attributes that a class pattern looks at, or None when the subject does not match.
pub fn match_class(cx: &Thread, subject: &Obj, class: &Obj, names: &Obj, count: usize) -> PyResult {
    let Some(ty) = class.downcast::<Type>() else {
        return Err(cx.type_error("called match pattern must be a class"));
    };
    if !protocol::is_instance(cx, subject, class)? {
        return Ok(Obj::none());
    }
    let (mut values, mut seen) = (Vec::new(), Vec::new());
    if count > 0 && !positional(cx, subject, class, ty, count, (&mut values, &mut seen))? {
        return Ok(Obj::none());
    }
    for name in names.expect::<Tuple>().items() {
        once(cx, ty, name, &mut seen)?;
        match attr::get_optional(cx, subject, name)? {
            Some(value) => values.push(value),
            None => return Ok(Obj::none()),
        }
    }
    Ok(Tuple::create(values))
}

/// Types whose one positional pattern is the subject itself.
const ITSELF: [&str; 11] =
    ["bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"];

fn positional(
    cx: &Thread,
    subject: &Obj,
    class: &Obj,
    ty: &Type,
    count: usize,
    (values, seen): (&mut Vec<Obj>, &mut Vec<Obj>),
) -> PyResult<bool> {
    let name = ty.name_string();
    let allowed = attr::get_optional(cx, class, &cx.names().__match_args__)?;
    let Some(allowed) = allowed else {
        let mro = ty.mro();
        let itself = mro.expect::<Tuple>().items().iter().any(|base| {
            let base = base.expect::<Type>();
            !base.has(TypeFlags::HEAP) && ITSELF.contains(&base.name_string().as_str())
        });
        let most = usize::from(itself);
        if count > most {
            return Err(too_many(cx, &name, most, count));
        }
        values.push(subject.clone());
        return Ok(true);
    };
    let Some(allowed) = allowed.downcast::<Tuple>() else {
        let found = cx.type_name(&allowed);
        return Err(cx.type_error(format_args!("{name}.__match_args__ must be a tuple (got {found})")));
    };
    if count > allowed.len() {
        return Err(too_many(cx, &name, allowed.len(), count));
    }
    for attribute in &allowed.items()[..count] {
        if attribute.downcast::<pv_object::Str>().is_none() {
            let found = cx.type_name(attribute);
            return Err(cx.type_error(format_args!("__match_args__ elements must be strings (got {found})")));
        }
        once(cx, ty, attribute, seen)?;
        match cx.absorb(attr::get(cx, subject, attribute), Exc::AttributeError)? {
            Some(value) => values.push(value),
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// A class pattern looks at an attribute only once.
fn once(cx: &Thread, ty: &Type, name: &Obj, seen: &mut Vec<Obj>) -> PyResult<()> {
    let shown = text::to_string(name);
    if seen.iter().any(|seen| text::eq(seen, &shown)) {
        let (class, name) = (ty.name_string(), text::to_string(&protocol::repr(cx, name)?));
        return Err(cx.type_error(format_args!("{class}() got multiple sub-patterns for attribute {name}")));
    }
    seen.push(name.clone());
    Ok(())
}

fn too_many(cx: &Thread, name: &str, most: usize, given: usize) -> crate::Raised {
    let plural = if most == 1 { "" } else { "s" };
    cx.type_error(format_args!("{name}() accepts {most} positional sub-pattern{plural} ({given} given)"))
}

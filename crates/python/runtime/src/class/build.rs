//! The class statement: `__build_class__`.

use pv_object::{Function, Kind, Obj, Str, Tuple, Type};

use crate::attr;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol::{call, call1};
use crate::text;
use crate::thread::Thread;
use crate::types::dict;

/// `__build_class__(function, name, *bases, metaclass=…, **keywords)`.
pub fn build_class(cx: &Thread, args: &Args<'_>) -> PyResult {
    let [function, name, bases @ ..] = args.positional() else {
        return Err(cx.type_error("__build_class__: not enough arguments"));
    };
    if function.downcast::<Function>().is_none() {
        return Err(cx.type_error("__build_class__: func must be a function"));
    }
    if name.downcast::<Str>().is_none() {
        return Err(cx.type_error("__build_class__: name is not a string"));
    }
    let original = Tuple::create(bases.to_vec());
    let bases = resolve_bases(cx, bases, &original)?;
    let changed = !bases.same(&original);
    let mut keywords: Vec<(Obj, Obj)> = args.keywords().map(|(k, v)| (k.clone(), v.clone())).collect();
    let given = keywords.iter().position(|(key, _)| text::eq(key, "metaclass")).map(|at| keywords.remove(at).1);
    let meta = choose_metaclass(cx, given, &bases)?;
    let names: Vec<Obj> = keywords.iter().map(|(key, _)| key.clone()).collect();
    let extras = keywords.into_iter().map(|(_, value)| value);
    let namespace = prepare(cx, &meta, name, &bases, extras.clone(), &names)?;
    let cell = (cx.vm().hooks().run_function)(cx, function, Some(&namespace))?;
    if changed {
        crate::protocol::set_item(cx, &namespace, &cx.names().__orig_bases__, &original)?;
    }
    let mut values = vec![name.clone(), bases, namespace];
    values.extend(extras);
    let class = call(cx, &meta, &Args::with_names(&values, &names))?;
    check_class_cell(cx, name, &class, &cell)?;
    Ok(class)
}

/// Replaces bases that are no classes by what their `__mro_entries__` gives.
fn resolve_bases(cx: &Thread, bases: &[Obj], original: &Obj) -> PyResult {
    let mut resolved = Vec::with_capacity(bases.len());
    let mut changed = false;
    for base in bases {
        let hook = match base.downcast::<Type>() {
            Some(_) => None,
            None => attr::get_optional(cx, base, &cx.names().__mro_entries__)?,
        };
        match hook {
            None => resolved.push(base.clone()),
            Some(hook) => {
                let entries = call1(cx, &hook, original)?;
                let Some(entries) = entries.downcast::<Tuple>() else {
                    return Err(cx.type_error("__mro_entries__ must return a tuple"));
                };
                resolved.extend_from_slice(entries.items());
                changed = true;
            }
        }
    }
    Ok(if changed { Tuple::create(resolved) } else { original.clone() })
}

fn choose_metaclass(cx: &Thread, given: Option<Obj>, bases: &Obj) -> PyResult {
    let meta = match given {
        Some(meta) => meta,
        None => match bases.expect::<Tuple>().items().first() {
            Some(base) => cx.type_of(base).clone(),
            None => cx.vm().type_of_kind(Kind::Type).clone(),
        },
    };
    match meta.downcast::<Type>() {
        Some(_) => most_derived_metaclass(cx, meta, bases.expect::<Tuple>().items()),
        None => Ok(meta),
    }
}

/// The most derived of a metaclass and the bases' metaclasses.
pub fn most_derived_metaclass(cx: &Thread, meta: Obj, bases: &[Obj]) -> PyResult {
    let mut winner = meta;
    for base in bases {
        let candidate = cx.type_of(base);
        if winner.expect::<Type>().is_subtype(candidate.expect::<Type>()) {
            continue;
        }
        if !candidate.expect::<Type>().is_subtype(winner.expect::<Type>()) {
            return Err(cx.type_error(
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        winner = candidate.clone();
    }
    Ok(winner)
}

/// The namespace for the class body: what the metaclass's `__prepare__` gives, or a dict.
fn prepare(
    cx: &Thread,
    meta: &Obj,
    name: &Obj,
    bases: &Obj,
    extras: impl Iterator<Item = Obj>,
    names: &[Obj],
) -> PyResult {
    if meta.same(cx.vm().type_of_kind(Kind::Type)) {
        return Ok(dict::new());
    }
    let Some(hook) = attr::get_optional(cx, meta, &cx.names().__prepare__)? else { return Ok(dict::new()) };
    let mut values = vec![name.clone(), bases.clone()];
    values.extend(extras);
    let namespace = call(cx, &hook, &Args::with_names(&values, names))?;
    let mapping = namespace.kind() == Kind::Dict || cx.lookup_special(&namespace, &cx.names().__getitem__).is_some();
    if mapping {
        return Ok(namespace);
    }
    let owner = match meta.downcast::<Type>() {
        Some(meta) => meta.name_string(),
        None => "<metaclass>".to_owned(),
    };
    let found = cx.type_name(&namespace);
    Err(cx.type_error(format_args!("{owner}.__prepare__() must return a mapping, not {found}")))
}

/// The body's `__class__` cell must have been filled with the class.
fn check_class_cell(cx: &Thread, name: &Obj, class: &Obj, cell: &Obj) -> PyResult<()> {
    let Some(cell) = cell.downcast::<pv_object::CellObj>() else { return Ok(()) };
    if class.downcast::<Type>().is_none() {
        return Ok(());
    }
    let name = text::to_string(name);
    match cell.value.get() {
        Some(set) if set.same(class) => Ok(()),
        None => Err(cx.runtime_error(format_args!(
            "__class__ not set defining '{name}' as {}. Was __classcell__ propagated to type.__new__?",
            text::to_string(&crate::protocol::repr(cx, class)?)
        ))),
        Some(set) => Err(cx.type_error(format_args!(
            "__class__ set to {} defining '{name}' as {}",
            text::to_string(&crate::protocol::repr(cx, &set)?),
            text::to_string(&crate::protocol::repr(cx, class)?)
        ))),
    }
}

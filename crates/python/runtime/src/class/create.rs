//! `type.__new__`: making a class from name, bases and namespace.

use pv_object::{
    CellObj, ClassMethod, Dict, Function, Kind, MappingProxy, Member, Obj, StaticMethod, Str, Tuple, Type, TypeError,
    TypeFlags, TypeSpec,
};

use super::{bases, inherited, most_derived_metaclass, slot_of};
use crate::attr;
use crate::error::PyResult;
use crate::native::Args;
use crate::protocol::{call, call_special, collect};
use crate::slots::SlotImp;
use crate::text;
use crate::thread::Thread;
use crate::types::dict;

/// `type.__new__(metatype, name, bases, namespace, **keywords)`.
pub fn type_new(cx: &Thread, metatype: &Obj, args: &Args<'_>) -> PyResult {
    let [name, bases, namespace] = args.positional() else {
        let given = args.positional().len();
        return Err(cx.type_error(format_args!("type.__new__() takes exactly 3 arguments ({given} given)")));
    };
    check_argument(cx, 1, name, Kind::Str)?;
    check_name(cx, name)?;
    check_argument(cx, 2, bases, Kind::Tuple)?;
    check_argument(cx, 3, namespace, Kind::Dict)?;
    let base_list = checked_bases(cx, bases.expect::<Tuple>().items())?;
    let winner = most_derived_metaclass(cx, metatype.clone(), &base_list)?;
    if !winner.same(metatype)
        && let Some(new) = cx.lookup_type(winner.expect::<Type>(), &cx.names().__new__)
        && !matches!(slot_of(&new), Some(SlotImp::New(f)) if std::ptr::fn_addr_eq(f, type_new as crate::slots::WithArgs))
    {
        let new = crate::types::descriptor::get(cx, &new, None, &winner)?;
        let values = args.prepend(winner);
        return call(cx, &new, &Args::with_names(&values, args.names()));
    }
    let class = make(cx, &winner, name, base_list, namespace)?;
    if !bases.is_exact()
        && let Some(best) = class.expect::<Type>().base()
    {
        class.expect::<Type>().set_bases(bases.clone(), best);
    }
    call_set_name(cx, &class, namespace)?;
    call_init_subclass(cx, &class, args)?;
    Ok(class)
}

fn check_argument(cx: &Thread, position: usize, value: &Obj, kind: Kind) -> PyResult<()> {
    if value.kind() == kind {
        return Ok(());
    }
    let (wanted, found) = (kind.name(), cx.type_name(value));
    Err(cx.type_error(format_args!("type.__new__() argument {position} must be {wanted}, not {found}")))
}

/// A class's name can be encoded and has no null characters.
pub(crate) fn check_name(cx: &Thread, name: &Obj) -> PyResult<()> {
    encodable(cx, name)?;
    match text::to_string(name).contains('\0') {
        true => Err(cx.value_error("type name must not contain null characters")),
        false => Ok(()),
    }
}

/// UnicodeEncodeError for a string with surrogates.
fn encodable(cx: &Thread, string: &Obj) -> PyResult<()> {
    crate::types::str::codec::encode_object(cx, "encode", string, None, None).map(drop)
}

fn checked_bases(cx: &Thread, bases: &[Obj]) -> PyResult<Vec<Obj>> {
    if bases.is_empty() {
        return Ok(vec![cx.vm().type_of_kind(Kind::Instance).clone()]);
    }
    for base in bases {
        let Some(ty) = base.downcast::<Type>() else {
            if attr::get_optional(cx, base, &cx.names().__mro_entries__)?.is_some() {
                return Err(cx.type_error("type() doesn't support MRO entry resolution; use types.new_class()"));
            }
            return Err(cx.type_error("bases must be types"));
        };
        if ty.has(TypeFlags::UNORDERED) {
            let name = ty.name_string();
            return Err(cx.type_error(format_args!("Cannot extend an incomplete type '{name}'")));
        }
        if !ty.has(TypeFlags::BASE) {
            let name = ty.name_string();
            return Err(cx.type_error(format_args!("type '{name}' is not an acceptable base type")));
        }
    }
    Ok(bases.to_vec())
}

/// The class itself, without the hooks that come after.
fn make(cx: &Thread, metatype: &Obj, name: &Obj, bases: Vec<Obj>, namespace: &Obj) -> PyResult {
    let entries = dict::items(namespace);
    let base_has_dict = bases.iter().any(|base| brings_dict(base.expect()));
    let may_be_weak = !bases.iter().any(excludes_weakrefs);
    let slots = read_slots(cx, name, &entries, base_has_dict, may_be_weak)?;
    let mut flags = TypeFlags::HEAP | TypeFlags::BASE;
    if slots.as_ref().is_none_or(|slots| slots.dict) {
        flags |= TypeFlags::HAS_DICT;
    }
    let adds_weakrefs = may_be_weak && slots.as_ref().is_none_or(|slots| slots.weakref);
    if adds_weakrefs {
        flags |= TypeFlags::WEAKREF;
    }
    let names = slots.map_or_else(Vec::new, |slots| slots.names);
    if let Some(base) = bases.iter().find(|base| !names.is_empty() && varies_in_size(base)) {
        let base = base.expect::<Type>().name_string();
        return Err(cx.type_error(format_args!("nonempty __slots__ not supported for subtype of '{base}'")));
    }
    let spec = TypeSpec {
        name: text::to_string(name),
        bases: bases.clone(),
        kind: None,
        flags,
        slots: names.len(),
        metatype: Some(metatype.clone()),
    };
    let class = Type::create(spec).map_err(|error| creation_error(cx, error, &bases))?;
    let ty = class.expect::<Type>();
    ty.set_name(name.clone());
    // Its own from now on, whatever becomes of the name.
    ty.set_qualname(name.clone());
    fill(cx, &class, &entries)?;
    ty.set_inline_hint(ty.slot_count() + expected_attributes(cx, ty));
    let first = ty.slot_count() - names.len();
    for (index, slot) in names.iter().enumerate() {
        ty.set_attr(slot, Member::create(class.clone(), slot.clone(), first + index));
    }
    if flags & TypeFlags::HAS_DICT != 0 && !base_has_dict && ty.own_attr(&cx.names().__dict__).is_none() {
        ty.set_attr(&cx.names().__dict__, crate::types::object::dict_descriptor(&class));
    }
    if adds_weakrefs && ty.own_attr(&cx.names().__weakref__).is_none() {
        ty.set_attr(&cx.names().__weakref__, crate::types::weakref::descriptor(&class));
    }
    ty.set_flags(TypeFlags::UNORDERED, true);
    let order = bases::custom_order(cx, &class);
    ty.set_flags(TypeFlags::UNORDERED, false);
    if let Some(order) = order? {
        ty.set_mro(order);
    }
    Ok(class)
}

/// How many attributes instances will have, going by those that the methods of the class and its bases assign to: instances made before
/// a class has been seen at work have the same layout then as those made later.
fn expected_attributes(cx: &Thread, ty: &Type) -> usize {
    let order = ty.mro();
    let mut names: Vec<Obj> = Vec::new();
    for class in order.expect::<Tuple>().items() {
        let assigned = class.downcast::<Type>().and_then(|class| class.own_attr(&cx.names().__static_attributes__));
        for name in assigned.iter().filter_map(|assigned| assigned.downcast::<Tuple>()).flat_map(Tuple::items) {
            if !names.iter().any(|known| known.same(name)) {
                names.push(name.clone());
            }
        }
    }
    names.len()
}

/// What is wrong with these bases.
pub(super) fn creation_error(cx: &Thread, error: TypeError, bases: &[Obj]) -> crate::Raised {
    match error {
        TypeError::Cycle => cx.type_error("a __bases__ item causes an inheritance cycle"),
        TypeError::LayoutConflict => cx.type_error("multiple bases have instance lay-out conflict"),
        TypeError::DuplicateBase => {
            let twice = bases.iter().enumerate().find(|(i, base)| bases[..*i].iter().any(|other| other.same(base)));
            let name = twice.map_or_else(String::new, |(_, base)| base.expect::<Type>().name_string());
            cx.type_error(format_args!("duplicate base class {name}"))
        }
        TypeError::InconsistentOrder => {
            let names = blocked_heads(bases).iter().map(|b| b.expect::<Type>().name_string()).collect::<Vec<_>>();
            cx.type_error(format_args!(
                "Cannot create a consistent method resolution order (MRO) for bases {}",
                names.join(", ")
            ))
        }
    }
}

/// The classes that block one another when the bases' orders are merged.
fn blocked_heads(bases: &[Obj]) -> Vec<Obj> {
    let mut lists: Vec<Vec<Obj>> =
        bases.iter().map(|base| base.expect::<Type>().mro().expect::<Tuple>().items().to_vec()).collect();
    lists.push(bases.to_vec());
    loop {
        lists.retain(|list| !list.is_empty());
        let free = |class: &&Obj| !lists.iter().any(|list| list[1..].iter().any(|other| other.same(class)));
        let Some(next) = lists.iter().map(|list| &list[0]).find(free).cloned() else { break };
        lists.iter_mut().filter(|list| list[0].same(&next)).for_each(|list| drop(list.remove(0)));
    }
    let mut heads: Vec<Obj> = Vec::new();
    for list in lists {
        if !heads.iter().any(|head| head.same(&list[0])) {
            heads.push(list[0].clone());
        }
    }
    heads
}

/// What `__slots__` asks for.
struct Slots {
    names: Vec<Obj>,
    dict: bool,
    weakref: bool,
}

/// Do classes that derive from this one get no weak references of their own: because they have them already, or because
/// instances differ in size?
fn excludes_weakrefs(base: &Obj) -> bool {
    base.expect::<Type>().has(TypeFlags::WEAKREF) || varies_in_size(base)
}

/// Do instances of the class differ in size, so that nothing can stand behind their items?
fn varies_in_size(base: &Obj) -> bool {
    matches!(base.expect::<Type>().instance_kind(), Kind::Int | Kind::Bool | Kind::Tuple | Kind::Bytes)
}

/// Do instances have a `__dict__` by this base?
pub(super) fn brings_dict(base: &Type) -> bool {
    let own_place = matches!(
        base.instance_kind(),
        Kind::Type | Kind::Module | Kind::Exception | Kind::StaticMethod | Kind::ClassMethod
    );
    own_place || base.has(TypeFlags::HAS_DICT)
}

fn read_slots(
    cx: &Thread,
    class: &Obj,
    entries: &[(Obj, Obj)],
    base_has_dict: bool,
    may_be_weak: bool,
) -> PyResult<Option<Slots>> {
    let Some((_, value)) = entries.iter().find(|(key, _)| text::eq(key, "__slots__")) else { return Ok(None) };
    let given = match value.downcast::<Str>() {
        Some(_) => vec![value.clone()],
        None => collect(cx, value)?,
    };
    let mut slots = Slots { names: Vec::new(), dict: false, weakref: false };
    for name in given {
        if name.downcast::<Str>().is_none() {
            let found = cx.type_name(&name);
            return Err(cx.type_error(format_args!("__slots__ items must be strings, not '{found}'")));
        }
        let shown = text::to_string(&name);
        match shown.as_str() {
            "__dict__" if base_has_dict || slots.dict => {
                return Err(cx.type_error("__dict__ slot disallowed: we already got one"));
            }
            "__dict__" => slots.dict = true,
            "__weakref__" if !may_be_weak || slots.weakref => {
                return Err(cx.type_error("__weakref__ slot disallowed: we already got one"));
            }
            "__weakref__" => slots.weakref = true,
            _ if !is_identifier(&shown) => return Err(cx.type_error("__slots__ must be identifiers")),
            _ => slots.names.push(text::intern(&mangle(&text::to_string(class), &shown))),
        }
    }
    // Classes with the same slots have the same layout, however they list them.
    slots.names.sort_by_cached_key(text::to_string);
    for name in &slots.names {
        let clash = entries.iter().any(|(key, _)| text::eq(key, &text::to_string(name)));
        if clash && !text::eq(name, "__qualname__") && !text::eq(name, "__classcell__") {
            let shown = text::to_string(name);
            return Err(cx.value_error(format_args!("'{shown}' in __slots__ conflicts with class variable")));
        }
    }
    Ok(Some(slots))
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// A private name as the class body sees it.
pub(crate) fn mangle(class: &str, name: &str) -> String {
    let class = class.trim_start_matches('_');
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') || class.is_empty() {
        return name.to_owned();
    }
    format!("_{class}{name}")
}

/// Moves the namespace into the class.
fn fill(cx: &Thread, class: &Obj, entries: &[(Obj, Obj)]) -> PyResult<()> {
    let (ty, names) = (class.expect::<Type>(), cx.names());
    for (key, value) in entries {
        if key.downcast::<Str>().is_none() {
            let message = format!("non-string key in the __dict__ of class {}", ty.name_string());
            crate::warn::warn(cx, crate::Exc::RuntimeWarning, &message)?;
            dict::set(cx, &ty.dict(), key, value.clone())?;
            continue;
        }
        let key = attr::interned(cx, key)?;
        let is = |name: &Obj| key.same(name);
        let function = value.downcast::<Function>().is_some();
        if is(&names.__qualname__) {
            if value.downcast::<Str>().is_none() {
                let found = cx.type_name(value);
                return Err(cx.type_error(format_args!("type __qualname__ must be a str, not {found}")));
            }
            ty.set_qualname(value.clone());
        } else if is(&names.__classcell__) {
            let Some(cell) = value.downcast::<CellObj>() else {
                let found = cx.type_name(value);
                return Err(cx.type_error(format_args!("__classcell__ must be a nonlocal cell, not <class '{found}'>")));
            };
            cell.value.set(class.clone());
        } else if text::eq(&key, "__classdictcell__") {
            // What evaluates annotations and type parameters of the class looks into the class as it then is.
            if let Some(cell) = value.downcast::<CellObj>() {
                cell.value.set(MappingProxy::create(ty.dict()));
            }
        } else if is(&names.__new__) && function {
            ty.set_attr(&key, StaticMethod::create(value.clone(), cx.vm().heap.shape_of(Kind::StaticMethod)));
        } else if (is(&names.__init_subclass__) || is(&names.__class_getitem__)) && function {
            ty.set_attr(&key, ClassMethod::create(value.clone(), cx.vm().heap.shape_of(Kind::ClassMethod)));
        } else {
            ty.set_attr(&key, value.clone());
        }
    }
    if !entries.iter().any(|(key, _)| text::eq(key, "__module__"))
        && let Some((globals, _)) = cx.vm().namespaces(cx)
        && let Some(module) = globals.downcast::<Dict>().and_then(|globals| globals.get_str(&names.__name__))
    {
        ty.set_attr(&names.__module__, module);
    }
    match ty.own_attr(&names.__doc__) {
        Some(doc) if doc.downcast::<Str>().is_some() => encodable(cx, &doc)?,
        Some(_) => {}
        None => ty.set_attr(&names.__doc__, Obj::none()),
    }
    if ty.own_attr(&names.__eq__).is_some() && ty.own_attr(&names.__hash__).is_none() {
        ty.set_attr(&names.__hash__, Obj::none());
    }
    Ok(())
}

fn call_set_name(cx: &Thread, class: &Obj, namespace: &Obj) -> PyResult<()> {
    for (key, value) in dict::items(namespace) {
        if value.word().is_int() || value.heap_kind() == Some(Kind::Function) {
            continue;
        }
        let Some(method) = cx.lookup_special(&value, &cx.names().__set_name__) else { continue };
        if let Err(raised) = call_special(cx, &method, &value, &[class.clone(), key.clone()]) {
            let exception = cx.take_exception(raised);
            let note = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                cx.type_name(&value),
                text::to_string(&crate::protocol::repr(cx, &key)?),
                class.expect::<Type>().name_string()
            );
            crate::types::exception::add_note(cx, &exception, text::new(&note))?;
            return Err(cx.set_pending(exception));
        }
    }
    Ok(())
}

fn call_init_subclass(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult<()> {
    let ty = class.expect::<Type>();
    if !ty.mro().expect::<Tuple>().items().iter().any(|each| each.same(class)) {
        // Its metaclass has left it out of its own order.
        let name = ty.name_string();
        return Err(cx.type_error(format_args!(
            "super(type, obj): obj (type {name}) is not an instance or subtype of type ({name})."
        )));
    }
    let Some(hook) = inherited(ty, &cx.names().__init_subclass__) else { return Ok(()) };
    let bound = crate::types::descriptor::get(cx, &hook, None, class)?;
    let values: Vec<Obj> = args.keywords().map(|(_, value)| value.clone()).collect();
    call(cx, &bound, &Args::with_names(&values, args.names())).map(drop)
}

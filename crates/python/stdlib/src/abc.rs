//! `_abc`: what abstract base classes keep: registered classes, and caches of the answers of `issubclass`.
//!
//! Invariant: classes are held weakly. A negative cache is valid while its version is that of the registrations.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use pv_object::{FrozenSet, Heap, Kind, Obj, Payload, Tuple, Type, TypeFlags, WeakRef};
use pv_runtime::types::dict;
use pv_runtime::{PyResult, Thread, TypeTable, attr, natives, protocol, text};

use crate::support::{class, create, functions, machine_int, module_item};

/// Classes by address, held weakly.
#[derive(Default)]
struct Classes(RefCell<HashMap<u64, Obj>>);

impl Classes {
    fn contains(&self, class: &Obj) -> bool {
        let known = self.0.borrow();
        known
            .get(&class.word().0)
            .and_then(|weak| weak.expect::<WeakRef>().target())
            .is_some_and(|known| known.same(class))
    }

    fn insert(&self, class: &Obj) {
        let weak = WeakRef::create(class, None, Heap::current().shape_of(Kind::WeakRef));
        let before = self.0.borrow_mut().insert(class.word().0, weak);
        drop(before);
    }

    fn clear(&self) {
        drop(self.0.take());
    }

    fn living(&self) -> Vec<Obj> {
        self.0.borrow().values().filter_map(|weak| weak.expect::<WeakRef>().target()).collect()
    }
}

#[derive(Default)]
struct Data {
    registry: Classes,
    positive: Classes,
    negative: Classes,
    negative_version: Cell<u64>,
}

impl Payload for Data {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        for classes in [&self.registry, &self.positive, &self.negative] {
            classes.0.borrow().values().for_each(&mut *visitor);
        }
    }
}

/// Counts registrations.
#[derive(Default)]
struct Token(Cell<u64>);

impl Payload for Token {}

const TOKEN: &str = "_token";
const DATA: &str = "_abc_impl";

fn token(cx: &Thread) -> PyResult<Obj> {
    module_item(cx, "_abc", TOKEN)
}

fn version(cx: &Thread) -> PyResult<u64> {
    Ok(token(cx)?.native::<Token>().map_or(0, |token| token.0.get()))
}

fn data_of(cx: &Thread, class: &Obj) -> PyResult {
    let data = attr::get_str(cx, class, DATA)?;
    match data.native::<Data>() {
        Some(_) => Ok(data),
        None => Err(cx.type_error("_abc_impl is set to a wrong type")),
    }
}

fn data(object: &Obj) -> Option<&Data> {
    object.native::<Data>()
}

fn is_abstract(cx: &Thread, value: &Obj) -> PyResult<bool> {
    match attr::get_optional(cx, value, &text::intern("__isabstractmethod__"))? {
        Some(flag) => protocol::truth(cx, &flag),
        None => Ok(false),
    }
}

fn abstract_methods(cx: &Thread, class: &Obj) -> PyResult<Vec<Obj>> {
    let ty = class.expect::<Type>();
    let mut names = Vec::new();
    for (name, value) in dict::items(&ty.dict()) {
        if is_abstract(cx, &value)? {
            names.push(name);
        }
    }
    for base in ty.bases().expect::<Tuple>().items() {
        let Some(inherited) = attr::get_optional(cx, base, &cx.names().__abstractmethods__)? else { continue };
        for name in protocol::collect(cx, &inherited)? {
            let Some(value) = attr::get_optional(cx, class, &name)? else { continue };
            if is_abstract(cx, &value)? {
                names.push(name);
            }
        }
    }
    Ok(names)
}

fn init_class(cx: &Thread, class: &Obj) -> PyResult {
    let names = pv_object::List::create(abstract_methods(cx, class)?);
    let frozen = protocol::call1(cx, cx.vm().type_of_kind(Kind::FrozenSet), &names)?;
    debug_assert!(frozen.downcast::<FrozenSet>().is_some());
    attr::set(cx, class, &cx.names().__abstractmethods__, &frozen)?;
    let data = create(&module_item(cx, "_abc", "_abc_data")?, Data::default());
    attr::set(cx, class, &text::intern(DATA), &data)?;
    pattern_flags(cx, class)?;
    Ok(Obj::none())
}

/// `__abc_tpflags__` says that instances match sequence or mapping patterns.
fn pattern_flags(cx: &Thread, class: &Obj) -> PyResult<()> {
    let ty = class.expect::<Type>();
    let name = text::intern("__abc_tpflags__");
    let Some(flags) = ty.own_attr(&name) else { return Ok(()) };
    let flags = machine_int(cx, &flags)?;
    ty.set_flags(TypeFlags::SEQUENCE, flags & (1 << 5) != 0);
    ty.set_flags(TypeFlags::MAPPING, flags & (1 << 6) != 0);
    drop(ty.delete_attr(&name));
    Ok(())
}

fn register(cx: &Thread, class: &Obj, subclass: &Obj) -> PyResult {
    let Some(ty) = subclass.downcast::<Type>() else { return Err(cx.type_error("Can only register classes")) };
    if protocol::is_subclass(cx, subclass, class)? {
        return Ok(subclass.clone());
    }
    if protocol::is_subclass(cx, class, subclass)? {
        return Err(cx.runtime_error("Refusing to create an inheritance cycle"));
    }
    let own = data_of(cx, class)?;
    if let Some(data) = data(&own) {
        data.registry.insert(subclass);
    }
    if let Some(token) = token(cx)?.native::<Token>() {
        token.0.set(token.0.get() + 1);
    }
    let flags = class.expect::<Type>().flags() & (TypeFlags::SEQUENCE | TypeFlags::MAPPING);
    if flags != 0 {
        mark(ty, flags);
    }
    Ok(subclass.clone())
}

/// Makes a class and its subclasses sequences or mappings for patterns.
fn mark(ty: &Type, flags: u32) {
    let pattern = TypeFlags::SEQUENCE | TypeFlags::MAPPING;
    if ty.has(TypeFlags::IMMUTABLE) || ty.flags() & pattern == flags {
        return;
    }
    ty.set_flags(pattern, false);
    ty.set_flags(flags, true);
    ty.subclasses().iter().for_each(|sub| mark(sub.expect(), flags));
}

fn instance_check(cx: &Thread, class: &Obj, instance: &Obj) -> PyResult {
    let own = data_of(cx, class)?;
    let Some(data) = data(&own) else { return Ok(Obj::bool(false)) };
    let subclass = attr::get(cx, instance, &cx.names().__class__)?;
    if data.positive.contains(&subclass) {
        return Ok(Obj::bool(true));
    }
    let actual = cx.type_of(instance);
    let ask = |class_of_instance: &Obj| protocol::call_method1(cx, class, "__subclasscheck__", class_of_instance);
    if actual.same(&subclass) {
        let denied = data.negative_version.get() == version(cx)? && data.negative.contains(&subclass);
        return if denied { Ok(Obj::bool(false)) } else { ask(&subclass) };
    }
    let result = ask(&subclass)?;
    if protocol::truth(cx, &result)? { Ok(result) } else { ask(actual) }
}

fn subclass_check(cx: &Thread, class: &Obj, subclass: &Obj) -> PyResult {
    let Some(ty) = subclass.downcast::<Type>() else { return Err(cx.type_error("issubclass() arg 1 must be a class")) };
    let own = data_of(cx, class)?;
    let Some(data) = data(&own) else { return Ok(Obj::bool(false)) };
    if data.positive.contains(subclass) {
        return Ok(Obj::bool(true));
    }
    let version = version(cx)?;
    if data.negative_version.get() < version {
        data.negative.clear();
        data.negative_version.set(version);
    } else if data.negative.contains(subclass) {
        return Ok(Obj::bool(false));
    }
    let answer = decide(cx, class, subclass, ty, data)?;
    if answer {
        data.positive.insert(subclass)
    } else {
        data.negative.insert(subclass)
    }
    Ok(Obj::bool(answer))
}

/// Asks the hook, the resolution order, the registered classes and the subclasses.
fn decide(cx: &Thread, class: &Obj, subclass: &Obj, ty: &Type, data: &Data) -> PyResult<bool> {
    let answer = protocol::call_method1(cx, class, "__subclasshook__", subclass)?;
    if let Some(answer) = answer.as_bool() {
        return Ok(answer);
    }
    if !answer.is_not_implemented() {
        return Err(cx.assertion_error("__subclasshook__ must return either False, True, or NotImplemented"));
    }
    if ty.mro().expect::<Tuple>().items().iter().any(|base| base.same(class)) {
        return Ok(true);
    }
    for registered in data.registry.living() {
        if protocol::is_subclass(cx, subclass, &registered)? {
            return Ok(true);
        }
    }
    let children = protocol::call_method0(cx, class, "__subclasses__")?;
    for child in protocol::collect(cx, &children)? {
        if protocol::is_subclass(cx, subclass, &child)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn cache_token(cx: &Thread) -> PyResult {
    Ok(Obj::int(version(cx)? as i64))
}

fn reset_registry(cx: &Thread, class: &Obj) -> PyResult {
    if let Some(data) = data_of(cx, class)?.native::<Data>() {
        data.registry.clear();
    }
    Ok(Obj::none())
}

fn reset_caches(cx: &Thread, class: &Obj) -> PyResult {
    if let Some(data) = data_of(cx, class)?.native::<Data>() {
        data.positive.clear();
        data.negative.clear();
    }
    Ok(Obj::none())
}

fn get_dump(cx: &Thread, class: &Obj) -> PyResult {
    let own = data_of(cx, class)?;
    let Some(data) = data(&own) else { return Ok(Obj::none()) };
    let set = |classes: &Classes| {
        let list = pv_object::List::create(classes.living());
        protocol::call1(cx, cx.vm().type_of_kind(Kind::Set), &list)
    };
    let version = Obj::int(data.negative_version.get() as i64);
    Ok(Tuple::create(vec![set(&data.registry)?, set(&data.positive)?, set(&data.negative)?, version]))
}

natives! { static FUNCTIONS:
    "_abc_init" "(self, /)" F1(init_class) "Internal ABC helper for class set-up.";
    "_abc_instancecheck" "(self, instance, /)" F2(instance_check) "Internal ABC helper for instance checks.";
    "_abc_register" "(self, subclass, /)" F2(register) "Internal ABC helper for subclasss registration.";
    "_abc_subclasscheck" "(self, subclass, /)" F2(subclass_check) "Internal ABC helper for subclasss checks.";
    "_get_dump" "(self, /)" F1(get_dump) "Internal ABC helper for cache and registry debugging.";
    "_reset_caches" "(self, /)" F1(reset_caches) "Internal ABC helper to reset both caches of a given class.";
    "_reset_registry" "(self, /)" F1(reset_registry) "Internal ABC helper to reset registry of a given class.";
    "get_cache_token" "()" F0(cache_token) "The number of registrations so far.";
}

static NOTHING: TypeTable = TypeTable::NONE;

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_abc", FUNCTIONS);
    let holder = class(cx, namespace, "_abc", "_abc_data", &NOTHING);
    crate::support::constant(namespace, TOKEN, create(&holder, Token::default()));
    Ok(())
}

//! `partial` and the placeholder of its positional arguments.

use std::cell::RefCell;
use std::rc::Rc;

use pv_object::{BoundMethod, Dict, Obj, Payload, Tuple};
use pv_runtime::types::dict;
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, attr, getsets, natives, protocol, text};

use crate::support::{create, module_item, state};

/// What a `partial` object holds; `__setstate__` replaces it.
struct Partial {
    parts: RefCell<Rc<Parts>>,
}

struct Parts {
    function: Obj,
    args: Vec<Obj>,
    /// Names and values.
    keywords: Vec<(Obj, Obj)>,
    /// How many of the arguments are placeholders.
    holes: usize,
}

impl Payload for Partial {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        let parts = self.parts.borrow();
        visitor(&parts.function);
        parts.args.iter().for_each(&mut *visitor);
        parts.keywords.iter().for_each(|(name, value)| {
            visitor(name);
            visitor(value);
        });
    }
}

impl Parts {
    fn new(function: Obj, args: Vec<Obj>, keywords: Vec<(Obj, Obj)>) -> Rc<Parts> {
        let holes = args.iter().filter(|arg| is_placeholder(arg)).count();
        Rc::new(Parts { function, args, keywords, holes })
    }
}

/// What a `partial` object holds now.
fn parts(cx: &Thread, this: &Obj) -> PyResult<Rc<Parts>> {
    Ok(Rc::clone(&state::<Partial>(cx, this)?.parts.borrow()))
}

struct Placeholder;

impl Payload for Placeholder {}

fn is_placeholder(value: &Obj) -> bool {
    value.native::<Placeholder>().is_some()
}

/// The placeholder.
pub(super) fn placeholder(class: &Obj) -> Obj {
    create(class, Placeholder)
}

fn placeholder_new(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    match args.values().is_empty() {
        true => module_item(cx, "_functools", "Placeholder"),
        false => Err(cx.type_error("_PlaceholderType takes no arguments")),
    }
}

fn placeholder_repr(_: &Thread, _: &Obj) -> PyResult {
    Ok(text::intern("Placeholder"))
}

/// The type of the placeholder.
pub(super) static PLACEHOLDER: TypeTable = TypeTable {
    slots: Slots { new: Some(placeholder_new), repr: Some(placeholder_repr), ..Slots::NONE },
    doc: "The type of the Placeholder singleton.",
    ..TypeTable::NONE
};

/// Puts new arguments into the holes of old ones, and behind them.
fn fill(old: &[Obj], new: &[Obj]) -> Vec<Obj> {
    let mut fresh = new.iter();
    let mut args: Vec<Obj> = old
        .iter()
        .map(|arg| match is_placeholder(arg) {
            true => fresh.next().unwrap_or(arg).clone(),
            false => arg.clone(),
        })
        .collect();
    args.extend(fresh.cloned());
    args
}

fn merge(keywords: &mut Vec<(Obj, Obj)>, name: &Obj, value: &Obj) {
    let name_text = text::to_string(name);
    match keywords.iter_mut().find(|(known, _)| text::eq(known, &name_text)) {
        Some(entry) => entry.1 = value.clone(),
        None => keywords.push((name.clone(), value.clone())),
    }
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let [function, given @ ..] = args.positional() else {
        return Err(cx.type_error("type 'partial' takes at least one argument"));
    };
    if cx.lookup_special(function, &cx.names().__call__).is_none() && !callable(function) {
        return Err(cx.type_error("the first argument must be callable"));
    }
    if given.last().is_some_and(is_placeholder) {
        return Err(cx.type_error("trailing Placeholders are not allowed"));
    }
    if args.keywords().any(|(_, value)| is_placeholder(value)) {
        return Err(cx.type_error("Placeholder cannot be passed as a keyword argument"));
    }
    let (mut function, mut all, mut keywords) = (function.clone(), given.to_vec(), Vec::new());
    if let Some(inner) = function.clone().native::<Partial>().filter(|_| cx.type_of(&function).same(class)) {
        let inner = Rc::clone(&inner.parts.borrow());
        all = fill(&inner.args, given);
        keywords = inner.keywords.clone();
        function = inner.function.clone();
    }
    args.keywords().for_each(|(name, value)| merge(&mut keywords, name, value));
    while all.last().is_some_and(is_placeholder) {
        all.pop();
    }
    Ok(create(class, Partial { parts: RefCell::new(Parts::new(function, all, keywords)) }))
}

/// Callable without a special method of its own?
fn callable(value: &Obj) -> bool {
    use pv_object::Kind;
    matches!(value.kind(), Kind::Function | Kind::NativeFunction | Kind::BoundMethod | Kind::Type)
}

fn call(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult {
    let partial = parts(cx, this)?;
    let given = args.positional();
    if given.len() < partial.holes {
        let (holes, got) = (partial.holes, given.len());
        return Err(cx.type_error(format_args!(
            "missing positional arguments in 'partial' call; expected at least {holes}, got {got}"
        )));
    }
    let mut values = if partial.holes > 0 {
        fill(&partial.args, given)
    } else {
        let mut values = Vec::with_capacity(partial.args.len() + args.values().len() + partial.keywords.len());
        values.extend_from_slice(&partial.args);
        values.extend_from_slice(given);
        values
    };
    if partial.keywords.is_empty() {
        values.extend_from_slice(&args.values()[given.len()..]);
        return protocol::call(cx, &partial.function, &Args::with_names(&values, args.names()));
    }
    let mut keywords = partial.keywords.clone();
    args.keywords().for_each(|(name, value)| merge(&mut keywords, name, value));
    let names: Vec<Obj> = keywords.iter().map(|(name, _)| name.clone()).collect();
    values.extend(keywords.into_iter().map(|(_, value)| value));
    protocol::call(cx, &partial.function, &Args::with_names(&values, &names))
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    cx.guard_repr(this, "...", || {
        let partial = parts(cx, this)?;
        let show = |value: &Obj| Ok(text::to_string(&protocol::repr(cx, value)?));
        let mut parts = vec![show(&partial.function)?];
        for arg in &partial.args {
            parts.push(show(arg)?);
        }
        for (name, value) in &partial.keywords {
            parts.push(format!("{}={}", text::to_string(name), show(value)?));
        }
        let class = cx.type_of(this);
        let module = pv_runtime::attr::get_str(cx, class, "__module__")?;
        let name = pv_runtime::attr::get_str(cx, class, "__qualname__")?;
        Ok(text::new(&format!("{}.{}({})", text::to_string(&module), text::to_string(&name), parts.join(", "))))
    })
}

fn get(_: &Thread, this: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    match instance {
        Some(instance) if !instance.is_none() => Ok(BoundMethod::create(this.clone(), instance.clone())),
        _ => Ok(this.clone()),
    }
}

fn function(cx: &Thread, this: &Obj) -> PyResult {
    Ok(parts(cx, this)?.function.clone())
}

fn arguments(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Tuple::create(parts(cx, this)?.args.clone()))
}

fn keywords(cx: &Thread, this: &Obj) -> PyResult {
    let keywords = dict::new();
    for (name, value) in &parts(cx, this)?.keywords {
        dict::set_str(&keywords, name, value.clone());
    }
    Ok(keywords)
}

/// Class, arguments that make it, and the state that makes it the same.
fn reduce(cx: &Thread, this: &Obj) -> PyResult {
    let partial = parts(cx, this)?;
    let namespace = attr::get_optional(cx, this, &text::intern("__dict__"))?;
    let namespace = namespace.filter(|namespace| namespace.downcast::<Dict>().is_some_and(|dict| !dict.is_empty()));
    let function = partial.function.clone();
    let state = [function.clone(), arguments(cx, this)?, keywords(cx, this)?, namespace.unwrap_or_else(Obj::none)];
    Ok(Tuple::create(vec![cx.type_of(this).clone(), Tuple::create(vec![function]), Tuple::create(state.to_vec())]))
}

fn set_state(cx: &Thread, this: &Obj, given: &Obj) -> PyResult {
    let invalid = || cx.type_error("invalid partial state");
    let Some([function, args, names, namespace]) = given.downcast::<Tuple>().map(Tuple::items) else {
        return Err(invalid());
    };
    let args = args
        .downcast::<Tuple>()
        .filter(|_| cx.lookup_special(function, &cx.names().__call__).is_some() || callable(function));
    let Some(args) = args.map(|args| args.items().to_vec()) else { return Err(invalid()) };
    if !names.is_none() && names.downcast::<Dict>().is_none() {
        return Err(invalid());
    }
    if args.last().is_some_and(is_placeholder) {
        return Err(cx.type_error("trailing Placeholders are not allowed"));
    }
    let keywords = if names.is_none() { Vec::new() } else { dict::items(names) };
    drop(state::<Partial>(cx, this)?.parts.replace(Parts::new(function.clone(), args, keywords)));
    if !namespace.is_none() {
        attr::set(cx, this, &text::intern("__dict__"), namespace)?;
    }
    Ok(Obj::none())
}

natives! { static METHODS:
    "__reduce__" "(self, /)" F1(reduce) "Helper for pickle.";
    "__setstate__" "(self, state, /)" F2(set_state) "Helper for pickle.";
}

natives! { static CLASS_METHODS:
    "__class_getitem__" "(cls, object, /)" F2(pv_runtime::types::class_getitem) "See PEP 585";
}

getsets! { static GETSETS:
    "func" function => "function object to use in future partial calls";
    "args" arguments => "tuple of arguments to future partial calls";
    "keywords" keywords => "dictionary of keyword arguments to future partial calls";
}

/// `partial`.
pub(super) static PARTIAL: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), call: Some(call), repr: Some(repr), descr_get: Some(get), ..Slots::NONE },
    doc: "A function with some of its arguments given.",
    ..TypeTable::NONE
};

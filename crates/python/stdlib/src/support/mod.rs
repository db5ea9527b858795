//! What many modules need: arguments as Rust values, types and constants in a module's namespace.

pub mod record;

use pv_object::{BigInt, Module, Obj, Tuple, Type};
use pv_runtime::native::Signature;
use pv_runtime::native::signature::Source;
use pv_runtime::types::{dict, new_native_type, new_native_type_with_dict};
use pv_runtime::{Args, NativeDef, PyResult, Slots, Thread, TypeTable, protocol, text};

/// Adds functions to the namespace of the module `module`.
pub fn functions(cx: &Thread, namespace: &Obj, module: &str, table: &'static [NativeDef]) {
    pv_runtime::native::add_functions(cx.vm(), namespace, module, table);
}

/// Adds a value to a namespace.
pub fn constant(namespace: &Obj, name: &str, value: Obj) {
    dict::set_str(namespace, &text::intern(name), value);
}

/// Adds a class of native objects to the namespace of the module `module`, and returns it.
pub fn class(cx: &Thread, namespace: &Obj, module: &str, name: &str, table: &'static TypeTable) -> Obj {
    let ty = new_native_type(cx.vm(), module, name, table);
    constant(namespace, name, ty.clone());
    ty
}

/// As [`class`]; the objects have attributes of their own.
pub fn class_with_dict(cx: &Thread, namespace: &Obj, module: &str, name: &str, table: &'static TypeTable) -> Obj {
    let ty = new_native_type_with_dict(cx.vm(), module, name, table);
    constant(namespace, name, ty.clone());
    ty
}

/// As [`class`]; instances can be referred to weakly.
pub fn weak_class(cx: &Thread, namespace: &Obj, module: &str, name: &str, table: &'static TypeTable) -> Obj {
    let ty = class(cx, namespace, module, name, table);
    pv_runtime::types::weakref::allow(&ty);
    ty
}

/// What the loaded module `module` has under `name`.
pub fn module_item(cx: &Thread, module: &str, name: &str) -> PyResult {
    let loaded = dict::get_str(&cx.vm().modules, &text::intern(module));
    let namespace = loaded.as_ref().and_then(|module| Some(module.downcast::<Module>()?.dict()));
    match namespace.and_then(|namespace| dict::get_str(&namespace, &text::intern(name))) {
        Some(value) => Ok(value),
        None => Err(cx.import_error(format_args!("cannot import name '{name}' from '{module}'"))),
    }
}

/// A new object of the class `class` around `state`.
pub fn create<T: pv_object::Payload>(class: &Obj, state: T) -> Obj {
    pv_object::Native::create(Box::new(state), class.expect::<Type>().root_shape())
}

/// The state of a native object; TypeError where a subclass's `__new__` made none.
pub fn state<'a, T: pv_object::Payload>(cx: &Thread, obj: &'a Obj) -> PyResult<&'a T> {
    match obj.native::<T>() {
        Some(state) => Ok(state),
        None => Err(cx.type_error(format_args!("uninitialized '{}' object", cx.type_name(obj)))),
    }
}

/// A real number as a double.
pub fn real(cx: &Thread, value: &Obj) -> PyResult<f64> {
    if let Some(number) = value.as_float() {
        return Ok(number);
    }
    if value.is_int() {
        return int_to_real(cx, value);
    }
    if let Some(method) = cx.lookup_special(value, &cx.names().__float__) {
        let result = protocol::call_special(cx, &method, value, &[])?;
        return match result.as_float() {
            Some(number) => Ok(number),
            None => {
                let (class, found) = (cx.type_name(value), cx.type_name(&result));
                Err(cx.type_error(format_args!("{class}.__float__() must return a float, not {found}")))
            }
        };
    }
    if cx.lookup_special(value, &cx.names().__index__).is_some() {
        return int_to_real(cx, &protocol::to_index(cx, value)?);
    }
    Err(cx.type_error(format_args!("must be real number, not {}", cx.type_name(value))))
}

fn int_to_real(cx: &Thread, value: &Obj) -> PyResult<f64> {
    if let Some(small) = value.word().as_i64().filter(|small| small.unsigned_abs() < 1 << 53) {
        return Ok(small as f64);
    }
    let big = value.as_bigint().unwrap_or(BigInt::ZERO);
    big.to_f64().ok_or_else(|| cx.overflow_error("int too large to convert to float"))
}

/// An integer of any size, by `__index__`.
pub fn integer(cx: &Thread, value: &Obj) -> PyResult<BigInt> {
    Ok(protocol::to_index(cx, value)?.as_bigint().unwrap_or(BigInt::ZERO))
}

/// An integer that fits 64 bits; OverflowError for others.
pub fn machine_int(cx: &Thread, value: &Obj) -> PyResult<i64> {
    match protocol::to_index(cx, value)?.as_i64() {
        Some(number) => Ok(number),
        None => Err(cx.overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// An optional integer argument.
pub fn optional_int(cx: &Thread, value: Option<&Obj>, default: i64) -> PyResult<i64> {
    value.map_or(Ok(default), |value| machine_int(cx, value))
}

/// A copy of the bytes of a bytes-like object.
pub fn bytes_like(cx: &Thread, value: &Obj) -> PyResult<Vec<u8>> {
    crate::buffer::read(cx, value, <[u8]>::to_vec)
}

/// Is `value` None or absent?
pub fn absent(value: Option<&Obj>) -> bool {
    value.is_none_or(Obj::is_none)
}

/// A signature for constructors, which get their arguments raw.
pub struct Parameters {
    name: &'static str,
    text: &'static str,
    parsed: std::sync::OnceLock<Signature>,
}

impl Parameters {
    /// The parameters of the function `name`.
    pub const fn new(name: &'static str, text: &'static str) -> Parameters {
        Parameters { name, text, parsed: std::sync::OnceLock::new() }
    }

    /// One place per parameter; those without an argument stay `None`.
    pub fn bind(&self, cx: &Thread, args: &Args<'_>) -> PyResult<Vec<Option<Obj>>> {
        let signature = self.parsed.get_or_init(|| Signature::parse(self.text));
        let names: Vec<String> = args.names().iter().map(text::to_string).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let given = args.positional().len();
        match signature.bind(given, &names, self.name, self.name) {
            Err(message) => Err(cx.type_error(message)),
            Ok(sources) => Ok(sources.into_iter().map(|source| argument(args, source)).collect()),
        }
    }
}

fn argument(args: &Args<'_>, source: Source) -> Option<Obj> {
    match source {
        Source::Missing => None,
        Source::Value(at) => args.values().get(at).cloned(),
        Source::Rest(from) => Some(Tuple::create(args.positional()[from..].to_vec())),
        Source::Keywords(places) => {
            let (extra, first) = (dict::new(), args.positional().len());
            for at in places {
                dict::set_str(&extra, &args.names()[at - first], args.values()[at].clone());
            }
            Some(extra)
        }
    }
}

/// The state of an iterator.
pub trait Step: pv_object::Payload {
    /// The next item; `None` at the end.
    fn step(&self, cx: &Thread, this: &Obj) -> PyResult<Option<Obj>>;
}

/// `__iter__` of iterators.
pub fn itself(_: &Thread, iterator: &Obj) -> PyResult {
    Ok(iterator.clone())
}

/// `__next__` of iterators.
pub fn step<T: Step>(cx: &Thread, iterator: &Obj) -> PyResult<Option<Obj>> {
    state::<T>(cx, iterator)?.step(cx, iterator)
}

/// The table of an iterator's class.
pub const fn iterator<T: Step>(new: pv_runtime::slots::WithArgs, doc: &'static str) -> TypeTable {
    let slots = Slots { new: Some(new), iter: Some(itself), next: Some(step::<T>), ..Slots::NONE };
    TypeTable { slots, doc, methods: &[], class_methods: &[], static_methods: &[], getsets: &[] }
}

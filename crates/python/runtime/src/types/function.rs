//! Python functions.

use pv_object::{Code, Dict, Function, Kind, NativeFunction, Obj, Tuple};

use super::{TypeTable, annotations};
use crate::attr;
use crate::code;
use crate::error::PyResult;
use crate::native::{Args, NativeExt};
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

/// Is this the built-in function `print`?
pub(crate) fn is_print(obj: &Obj) -> bool {
    obj.downcast::<NativeFunction>().is_some_and(|native| native.def().name == "print")
}

/// A new function running `code` in `globals`; its documentation is the code's docstring.
pub fn new(code: &Obj, globals: &Obj) -> Obj {
    named_in(code, globals, &text::intern("__name__"))
}

/// As [`new`]; `name` is the string by which a namespace tells what module it is of.
fn named_in(code: &Obj, globals: &Obj, name: &Obj) -> Obj {
    let payload = code::payload(code.expect::<Code>());
    let unit = &payload.unit;
    let function = Function::create(code.clone(), globals.clone(), payload.name.clone(), payload.qualname.clone());
    let view = function.expect::<Function>();
    if unit.flags & pv_bytecode::unit::flags::HAS_DOCSTRING != 0
        && let Some(doc) = code.expect::<Code>().constants().first()
    {
        view.doc.set(doc.clone());
    }
    if let Some(module) = globals.downcast::<Dict>().and_then(|globals| globals.get_str(name)) {
        view.module.set(module);
    }
    function
}

/// MAKE_FUNCTION: a function of `code` with the pieces that the flags name.
pub fn make(cx: &Thread, code: &Obj, globals: &Obj, flags: u32, pieces: impl IntoIterator<Item = Obj>) -> Obj {
    let function = named_in(code, globals, &cx.names().__name__);
    let made = view(&function);
    let places = [&made.defaults, &made.kwdefaults, &made.annotate, &made.closure];
    let wanted = places.into_iter().enumerate().filter(|(bit, _)| flags >> bit & 1 != 0);
    for ((_, place), piece) in wanted.zip(pieces) {
        place.set(piece);
    }
    function
}

fn view(function: &Obj) -> &Function {
    function.expect::<Function>()
}

fn repr(_: &Thread, function: &Obj) -> PyResult {
    let name = view(function).qualname.get().map_or_else(String::new, |name| text::to_string(&name));
    Ok(text::new(&format!("<function {name} at {:#x}>", crate::builtins::identity(function))))
}

fn call(cx: &Thread, function: &Obj, args: &Args<'_>) -> PyResult {
    protocol::call(cx, function, args)
}

fn function_new(cx: &Thread, _: &Obj, args: &Args<'_>) -> PyResult {
    let given = |index: usize, name: &str| {
        args.positional().get(index).or_else(|| args.keyword(name)).filter(|value| !value.is_none())
    };
    let (Some(code), Some(globals)) = (given(0, "code"), given(1, "globals")) else {
        return Err(cx.type_error("function() missing required argument 'code' (pos 1)"));
    };
    if code.downcast::<Code>().is_none() {
        let found = cx.type_name(code);
        return Err(cx.type_error(format_args!("function() argument 'code' must be code, not {found}")));
    }
    if globals.downcast::<Dict>().is_none() {
        let found = cx.type_name(globals);
        return Err(cx.type_error(format_args!("function() argument 'globals' must be dict, not {found}")));
    }
    let function = new(code, globals);
    let place = view(&function);
    if let Some(name) = given(2, "name") {
        place.name.set(name.clone());
    }
    if let Some(defaults) = given(3, "argdefs") {
        if defaults.downcast::<Tuple>().is_none() {
            return Err(cx.type_error("arg 4 (defaults) must be None or tuple"));
        }
        place.defaults.set(defaults.clone());
    }
    let wanted = code::payload(code.expect()).freevars.len();
    match given(4, "closure") {
        Some(closure) if closure.downcast::<Tuple>().is_none() => {
            return Err(cx.type_error("arg 5 (closure) must be tuple"));
        }
        Some(closure) if closure.expect::<Tuple>().len() != wanted => {
            let (name, found) = (&code::payload(code.expect()).unit.name, closure.expect::<Tuple>().len());
            return Err(cx.value_error(format_args!("{name} requires closure of length {wanted}, not {found}")));
        }
        Some(closure) => place.closure.set(closure.clone()),
        None if wanted > 0 => return Err(cx.type_error("arg 5 (closure) must be tuple")),
        None => {}
    }
    if let Some(kwdefaults) = given(5, "kwdefaults") {
        if kwdefaults.downcast::<Dict>().is_none() {
            return Err(cx.type_error("arg 6 (kwdefaults) must be None or dict"));
        }
        place.kwdefaults.set(kwdefaults.clone());
    }
    Ok(function)
}

/// Getter and setter of a field whose values must be of one kind (or None where `NONE`).
macro_rules! field {
    ($get:ident, $set:ident, $field:ident, $kind:pat, $message:literal, $empty:expr) => {
        fn $get(_: &Thread, function: &Obj) -> PyResult {
            Ok(view(function).$field.get().unwrap_or_else(|| $empty))
        }
        fn $set(cx: &Thread, function: &Obj, value: Option<&Obj>) -> PyResult<()> {
            match value {
                Some(value) if matches!(value.kind(), $kind) => {
                    let place = view(function);
                    drop(place.$field.replace(Some(value.clone()).filter(|v| !v.is_none())));
                    place.version.set(place.version.get() + 1);
                    Ok(())
                }
                None if $message.contains("None") => {
                    drop(view(function).$field.take());
                    Ok(())
                }
                _ => Err(cx.type_error($message)),
            }
        }
    };
}

field!(get_name, set_name, name, Kind::Str, "__name__ must be set to a string object", Obj::none());
field!(get_qualname, set_qualname, qualname, Kind::Str, "__qualname__ must be set to a string object", Obj::none());

fn get_code(_: &Thread, function: &Obj) -> PyResult {
    Ok(view(function).code.get().unwrap_or_else(Obj::none))
}

fn set_code(cx: &Thread, function: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(code) if code.kind() == Kind::Code => {
            let place = view(function);
            place.replace_code(code.clone());
            place.version.set(place.version.get() + 1);
            Ok(())
        }
        _ => Err(cx.type_error("__code__ must be set to a code object")),
    }
}

field!(
    get_defaults,
    set_defaults,
    defaults,
    Kind::Tuple | Kind::None,
    "__defaults__ must be set to a tuple object or None",
    Obj::none()
);
field!(
    get_kwdefaults,
    set_kwdefaults,
    kwdefaults,
    Kind::Dict | Kind::None,
    "__kwdefaults__ must be set to a dict object or None",
    Obj::none()
);
field!(
    get_type_params,
    set_type_params,
    type_params,
    Kind::Tuple,
    "__type_params__ must be set to a tuple",
    super::empty_tuple()
);
field!(get_doc, set_doc, doc, _, "None", Obj::none());
field!(get_module, set_module, module, _, "None", Obj::none());

fn get_globals(_: &Thread, function: &Obj) -> PyResult {
    Ok(view(function).globals.get().unwrap_or_else(Obj::none))
}

fn get_closure(_: &Thread, function: &Obj) -> PyResult {
    Ok(view(function).closure.get().unwrap_or_else(Obj::none))
}

fn get_builtins(cx: &Thread, function: &Obj) -> PyResult {
    Ok(view(function).builtins.get().unwrap_or_else(|| cx.vm().builtins.clone()))
}

fn get_dict(cx: &Thread, function: &Obj) -> PyResult {
    attr::writable_dict(function).ok_or_else(|| attr::missing(cx, function, &cx.names().__dict__))
}

fn set_dict(cx: &Thread, function: &Obj, value: Option<&Obj>) -> PyResult<()> {
    match value {
        Some(value) if value.kind() == Kind::Dict => {
            view(function).dict.set(value.clone());
            Ok(())
        }
        _ => Err(cx.type_error("__dict__ must be set to a dictionary")),
    }
}

crate::getsets! { static GETSETS:
    "__name__" get_name, set set_name => "";
    "__qualname__" get_qualname, set set_qualname => "";
    "__code__" get_code, set set_code => "";
    "__defaults__" get_defaults, set set_defaults => "";
    "__kwdefaults__" get_kwdefaults, set set_kwdefaults => "";
    "__doc__" get_doc, set set_doc as member => "";
    "__module__" get_module, set set_module as member => "";
    "__annotations__" annotations::of_function, set annotations::set_of_function => "";
    "__annotate__" annotations::annotate_of_function, set annotations::set_annotate_of_function => "";
    "__type_params__" get_type_params, set set_type_params => "";
    "__globals__" get_globals as member => "";
    "__closure__" get_closure as member => "";
    "__builtins__" get_builtins as member => "";
    "__dict__" get_dict, set set_dict => "";
}

/// Python functions.
pub(crate) static TABLE: TypeTable = TypeTable {
    getsets: GETSETS,
    slots: Slots {
        new: Some(function_new),
        call: Some(call),
        repr: Some(repr),
        descr_get: Some(super::descriptor::GET),
        ..Slots::NONE
    },
    doc: "Create a function object.",
    ..TypeTable::NONE
};

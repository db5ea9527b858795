//! Namespaces: `dir`, `vars`, `globals`, `locals`, `eval`, `exec`, `compile`, `__import__`.

use pv_bytecode::unit::flags::FUTURE_ANNOTATIONS;
use pv_bytecode::{Mode, Options};
use pv_object::{Bytes, CellObj, Code, Dict, Frame, Kind, List, Module, Obj, Str, Tuple, Type};

use crate::attr;
use crate::code;
use crate::error::PyResult;
use crate::import;
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::{dict, list};

/// Adds the keys of a namespace to a list of names.
fn add_names(cx: &Thread, names: &Obj, namespace: &Dict) -> PyResult<()> {
    namespace.keys().into_iter().try_for_each(|name| dict::set(cx, names, &name, Obj::none()))
}

fn add_class_names(cx: &Thread, names: &Obj, class: &Type) -> PyResult<()> {
    let mro = class.mro();
    mro.expect::<Tuple>()
        .items()
        .iter()
        .try_for_each(|base| add_names(cx, names, base.expect::<Type>().dict().expect()))
}

fn key_list(names: &Obj) -> Obj {
    List::create(names.expect::<Dict>().keys())
}

/// `object.__dir__`: the object's own attributes and its class's.
pub(crate) fn object_dir(cx: &Thread, obj: &Obj) -> PyResult {
    let names = Dict::create();
    if let Some(instance) = obj.downcast::<pv_object::Instance>() {
        instance.attrs().into_iter().try_for_each(|(name, _)| dict::set(cx, &names, &name, Obj::none()))?;
    } else if let Some(own) = attr::own_dict(obj) {
        add_names(cx, &names, own.expect())?;
    }
    let class = attr::get_optional(cx, obj, &cx.names().__class__)?;
    if let Some(class) = class.as_ref().and_then(|class| class.downcast::<Type>()) {
        add_class_names(cx, &names, class)?;
    }
    Ok(key_list(&names))
}

/// `type.__dir__`: the class's attributes and its bases'.
pub(crate) fn class_dir(cx: &Thread, class: &Obj) -> PyResult {
    let names = Dict::create();
    add_class_names(cx, &names, class.expect())?;
    Ok(key_list(&names))
}

/// `dir(obj)`: sorted.
pub fn dir_of(cx: &Thread, obj: &Obj) -> PyResult {
    let Some(method) = cx.lookup_special(obj, &cx.names().__dir__) else {
        return Err(cx.type_error("object does not provide __dir__"));
    };
    let names = protocol::call_special(cx, &method, obj, &[])?;
    sorted_names(cx, &names)
}

fn sorted_names(cx: &Thread, names: &Obj) -> PyResult {
    let mut names = protocol::collect(cx, names)?;
    list::sort_items(cx, &mut names, None, false)?;
    Ok(List::create(names))
}

fn dir(cx: &Thread, obj: Option<&Obj>) -> PyResult {
    match obj {
        Some(obj) => dir_of(cx, obj),
        None => {
            let (_, locals) = namespaces(cx)?;
            match locals.exact::<Dict>() {
                Some(_) => sorted_names(cx, &locals),
                None => sorted_names(cx, &protocol::call_method0(cx, &locals, "keys")?),
            }
        }
    }
}

/// The builtins that code with these globals sees: those of the module that `__builtins__` names, or a mapping of the program's.
pub fn builtins_of(cx: &Thread, globals: &Obj) -> Obj {
    let own = globals.downcast::<Dict>().and_then(|globals| globals.get_str(&cx.names().__builtins__));
    match own {
        Some(module) if module.downcast::<Module>().is_some() => module.expect::<Module>().dict(),
        Some(mapping) => mapping,
        None => cx.vm().builtins.clone(),
    }
}

/// A builtin by its name, if code with these globals sees it.
pub fn find_builtin(cx: &Thread, globals: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    let builtins = builtins_of(cx, globals);
    match builtins.exact::<Dict>() {
        Some(_) => dict::get(cx, &builtins, name),
        None => cx.absorb(protocol::get_item(cx, &builtins, name), crate::Exc::KeyError),
    }
}

/// Globals and locals of the innermost Python frame.
fn namespaces(cx: &Thread) -> PyResult<(Obj, Obj)> {
    cx.vm().namespaces(cx).ok_or_else(|| cx.system_error("frame does not exist"))
}

fn vars(cx: &Thread, obj: Option<&Obj>) -> PyResult {
    let Some(obj) = obj else { return namespaces(cx).map(|(_, locals)| locals) };
    match attr::get_optional(cx, obj, &cx.names().__dict__)? {
        Some(namespace) => Ok(namespace),
        None => Err(cx.type_error("vars() argument must have __dict__ attribute")),
    }
}

fn globals(cx: &Thread) -> PyResult {
    namespaces(cx).map(|(globals, _)| globals)
}

fn locals(cx: &Thread) -> PyResult {
    namespaces(cx).map(|(_, locals)| locals)
}

/// Source text of an argument of `compile`, `eval` or `exec`.
fn source_text(cx: &Thread, source: &Obj, function: &str, what: &str, filename: &str) -> PyResult<String> {
    if let Some(string) = source.downcast::<Str>() {
        return Ok(string.to_string_lossy());
    }
    if let Some(bytes) = crate::types::bytes::buffer(source) {
        // A null byte is reported as that of a string is.
        return if bytes.contains(&0) { Ok("\0".to_owned()) } else { crate::compile::decode(cx, &bytes, filename) };
    }
    Err(cx.type_error(format_args!("{function}() arg 1 must be a {what}")))
}

/// The flag of `compile()` that asks for a syntax tree.
const ONLY_AST: i64 = 0x400;

/// `ast.PyCF_ALLOW_TOP_LEVEL_AWAIT`.
const TOP_LEVEL_AWAIT: i64 = 0x2000;
/// The flag of `compile()` by which a source that ends too early is told from one that is wrong.
const INCOMPLETE_INPUT: i64 = 0x4000;
/// All flags of `compile()`: those of `ast` and of the module `__future__`.
const KNOWN_FLAGS: i64 = 0x1fe_fe10;
/// The flag of `compile()` that asks for type comments in the tree.
const TYPE_COMMENTS: i64 = 0x1000;

/// A file's name: a string, bytes in the encoding of file names, or an object that has one.
fn file_name(cx: &Thread, name: &Obj) -> PyResult<String> {
    let decode = |name: &Obj| match name.downcast::<Bytes>() {
        Some(bytes) => Some(String::from_utf8_lossy(bytes.data()).into_owned()),
        None => name.downcast::<Str>().map(Str::to_string_lossy),
    };
    if let Some(name) = decode(name) {
        return Ok(name);
    }
    let found = cx.type_name(name);
    let Some(method) = cx.lookup_special(name, &text::intern("__fspath__")) else {
        return Err(cx.type_error(format_args!("expected str, bytes or os.PathLike object, not {found}")));
    };
    let path = protocol::call_special(cx, &method, name, &[])?;
    decode(&path).ok_or_else(|| {
        let given = cx.type_name(&path);
        cx.type_error(format_args!("expected {found}.__fspath__() to return str or bytes, not {given}"))
    })
}

/// Is `from __future__ import annotations` in force in the code that calls?
fn caller_has_future(cx: &Thread) -> bool {
    let frame = cx.vm().current_frame(cx);
    let code = frame.and_then(|frame| frame.downcast::<Frame>().and_then(|frame| frame.code.get()));
    code.as_ref().and_then(|code| code.downcast()).is_some_and(|code| code::unit(code).flags & FUTURE_ANNOTATIONS != 0)
}

fn compile(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(source), Some(filename), Some(mode), flags, alone, optimize, ..] = args else {
        return Err(cx.system_error("compile"));
    };
    let filename = file_name(cx, filename)?;
    let Some(mode) = mode.downcast::<Str>().map(Str::to_string_lossy) else {
        let found = cx.type_name(mode);
        return Err(cx.type_error(format_args!("compile() argument 'mode' must be str, not {found}")));
    };
    let mode = match &*mode {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => return Err(cx.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
    if flags.as_ref().and_then(Obj::as_i64).unwrap_or(0) & !KNOWN_FLAGS != 0 {
        return Err(cx.value_error("compile(): unrecognised flags"));
    }
    let number = |value: &Option<Obj>, default| value.as_ref().and_then(Obj::as_i64).unwrap_or(default);
    let only_tree = number(flags, 0) & ONLY_AST != 0;
    if number(flags, 0) & TYPE_COMMENTS != 0 {
        return Err(cx.not_implemented_error("compile() cannot keep type comments"));
    }
    if number(&args.get(6).cloned().flatten(), -1) >= 0 {
        let wanted = number(&args[6], -1);
        if wanted < i64::from(crate::sys::VERSION.1) {
            return Err(cx.not_implemented_error("compile() knows the grammar of its own version only"));
        }
    }
    let inherits = match alone {
        Some(alone) => !protocol::truth(cx, alone)?,
        None => true,
    };
    let ours = cx.vm().compile_options().optimize;
    let level = match optimize {
        Some(level) => protocol::to_index(cx, level)?.as_i64().and_then(|level| i32::try_from(level).ok()),
        None => Some(-1),
    };
    let Some(level) = level else { return Err(cx.overflow_error("Python int too large to convert to C int")) };
    let options = Options {
        digit_limit: cx.vm().digit_limit(),
        top_level_await: number(flags, 0) & TOP_LEVEL_AWAIT != 0,
        future_annotations: number(flags, 0) & i64::from(FUTURE_ANNOTATIONS) != 0 || inherits && caller_has_future(cx),
        optimize: match level {
            -1 => ours,
            level @ 0..=2 => level as u8,
            _ => return Err(cx.value_error("compile(): invalid optimize value")),
        },
    };
    if crate::syntax::is_node(cx, source)? {
        let tree = crate::compile::compile_tree(cx, source, &filename, mode, options);
        return if only_tree { tree.map(|_| source.clone()) } else { tree };
    }
    let source = source_text(cx, source, "compile", "string, bytes or AST object", &filename)?;
    if number(flags, 0) & INCOMPLETE_INPUT != 0 && crate::compile::is_incomplete(&source, &filename, mode) {
        return Err(cx.raise_message(crate::Exc::_IncompleteInputError, "incomplete input"));
    }
    match only_tree {
        true => crate::compile::parse(cx, &source, &filename, mode),
        false => crate::compile::compile(cx, &source, &filename, mode, options),
    }
}

/// The namespaces for `eval` and `exec`.
fn chosen(cx: &Thread, function: &str, globals: Option<&Obj>, locals: Option<&Obj>) -> PyResult<(Obj, Obj)> {
    let given = |value: Option<&Obj>| value.filter(|value| !value.is_none()).cloned();
    let (own_globals, own_locals) = match given(globals) {
        Some(globals) => (globals.clone(), globals),
        None => namespaces(cx)?,
    };
    if own_globals.downcast::<Dict>().is_none() {
        let found = cx.type_name(&own_globals);
        return Err(cx.type_error(match function {
            "eval" => "globals must be a dict".to_owned(),
            _ => format!("exec() globals must be a dict, not {found}"),
        }));
    }
    Ok((own_globals, given(locals).unwrap_or(own_locals)))
}

fn evaluate(cx: &Thread, args: &[Option<Obj>], function: &str, mode: Mode) -> PyResult {
    let [Some(source), globals, locals, ..] = args else { return Err(cx.system_error(function)) };
    let (globals, locals) = chosen(cx, function, globals.as_ref(), locals.as_ref())?;
    let closure = args.get(3).and_then(Option::as_ref).filter(|closure| !closure.is_none());
    let code = match source.downcast::<Code>() {
        Some(code) => {
            check_closure(cx, function, code, closure)?;
            source.clone()
        }
        None if closure.is_some() => {
            return Err(cx.type_error("closure can only be used when source is a code object"));
        }
        None => {
            let source = source_text(cx, source, function, "string, bytes or code object", "<string>")?;
            let future_annotations = caller_has_future(cx);
            let options = Options { future_annotations, ..cx.vm().compile_options() };
            crate::compile::compile(cx, &source, "<string>", mode, options)?
        }
    };
    cx.nested("", || crate::compile::run_with(cx, &code, &globals, Some(&locals), closure))
}

/// Does a code object get as many cells as it has free variables?
fn check_closure(cx: &Thread, function: &str, code: &Code, closure: Option<&Obj>) -> PyResult<()> {
    let wanted = code::payload(code).freevars.len();
    if function != "exec" {
        return match wanted {
            0 => Ok(()),
            _ => Err(cx.type_error("code object passed to eval() may not contain free variables")),
        };
    }
    let cells = closure.and_then(|closure| closure.exact::<Tuple>());
    let fits = cells.is_some_and(|cells| {
        cells.len() == wanted && cells.items().iter().all(|cell| cell.downcast::<CellObj>().is_some())
    });
    match (wanted, closure) {
        (0, None) => Ok(()),
        (0, Some(_)) => Err(cx.type_error("cannot use a closure with this code object")),
        _ if fits => Ok(()),
        _ => Err(cx.type_error(format_args!("code object requires a closure of exactly length {wanted}"))),
    }
}

fn eval(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    evaluate(cx, args, "eval", Mode::Eval)
}

fn exec(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    evaluate(cx, args, "exec", Mode::Exec).map(|_| Obj::none())
}

fn import_function(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(name), globals, _, fromlist, level] = args else { return Err(cx.system_error("__import__")) };
    if name.kind() != Kind::Str {
        let found = cx.type_name(name);
        return Err(cx.type_error(format_args!("__import__() argument 1 must be str, not {found}")));
    }
    let level = level.as_ref().and_then(Obj::as_i64).unwrap_or(0);
    let Ok(level) = u32::try_from(level) else { return Err(cx.value_error("level must be >= 0")) };
    let globals = globals.as_ref().filter(|globals| globals.kind() == Kind::Dict).cloned().unwrap_or_else(dict::new);
    let fromlist = fromlist.clone().unwrap_or_else(Obj::none);
    import::import_name(cx, &globals, name, &fromlist, level)
}

/// `breakpoint(…)`.
fn breakpoint(cx: &Thread, args: &crate::Args<'_>) -> PyResult {
    match dict::get_str(&cx.vm().sys, &text::intern("breakpointhook")) {
        Some(hook) => protocol::call(cx, &hook, args),
        None => Err(cx.runtime_error("lost sys.breakpointhook")),
    }
}

crate::natives! { pub(super) static FUNCTIONS:
    "__import__" "(name, globals=None, locals=None, fromlist=(), level=0)" Bound(import_function) "Import a module.";
    "breakpoint" "(*args, **kws)" Raw(breakpoint) "Call sys.breakpointhook(*args, **kws).";
    "compile" "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)" Bound(compile) "Compile source into a code object that can be executed by exec() or eval().";
    "dir" "(object=None, /)" O1(dir) "Return the names of an object's attributes, or of the current scope.";
    "eval" "(source, /, globals=None, locals=None)" Bound(eval) "Evaluate the given source in the context of globals and locals.";
    "exec" "(source, /, globals=None, locals=None, *, closure=None)" Bound(exec) "Execute the given source in the context of globals and locals.";
    "globals" "()" F0(globals) "Return the dictionary containing the current scope's global variables.";
    "locals" "()" F0(locals) "Return a dictionary containing the current scope's local variables.";
    "vars" "(object=None, /)" O1(vars) "Return the __dict__ of an object, or the current scope's local variables.";
}

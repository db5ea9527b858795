//! Namespaces: `dir`, `vars`, `globals`, `locals`, `eval`, `exec`, `compile`, `__import__`.

use pv_bytecode::{Mode, Options};
use pv_object::{Bytes, Code, Dict, Kind, List, Obj, Str, Tuple, Type};

use crate::attr;
use crate::code;
use crate::error::PyResult;
use crate::import;
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::{dict, list};

/// Adds the string keys of a namespace to a list of names.
fn add_names(names: &Obj, namespace: &Dict) {
    for name in namespace.keys() {
        names.expect::<Dict>().set_str(&name, Obj::none());
    }
}

fn add_class_names(names: &Obj, class: &Type) {
    let mro = class.mro();
    for base in mro.expect::<Tuple>().items() {
        add_names(names, base.expect::<Type>().dict().expect());
    }
}

fn key_list(names: &Obj) -> Obj {
    List::create(names.expect::<Dict>().keys())
}

/// `object.__dir__`: the object's own attributes and its class's.
pub(crate) fn object_dir(cx: &Thread, obj: &Obj) -> PyResult {
    let names = Dict::create();
    if let Some(instance) = obj.downcast::<pv_object::Instance>() {
        instance.attrs().into_iter().for_each(|(name, _)| names.expect::<Dict>().set_str(&name, Obj::none()));
    } else if let Some(own) = attr::own_dict(obj) {
        add_names(&names, own.expect());
    }
    add_class_names(&names, cx.type_of(obj).expect());
    Ok(key_list(&names))
}

/// `type.__dir__`: the class's attributes and its bases'.
pub(crate) fn class_dir(_: &Thread, class: &Obj) -> PyResult {
    let names = Dict::create();
    add_class_names(&names, class.expect());
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
            sorted_names(cx, &locals)
        }
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
    if let Some(bytes) = source.downcast::<Bytes>() {
        return crate::compile::decode(cx, bytes.data(), filename);
    }
    Err(cx.type_error(format_args!("{function}() arg 1 must be a {what}")))
}

/// The flag of `compile()` that asks for a syntax tree.
const ONLY_AST: i64 = 0x400;
/// The flag of `compile()` that asks for type comments in the tree.
const TYPE_COMMENTS: i64 = 0x1000;

fn compile(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(source), Some(filename), Some(mode), flags, _, optimize, ..] = args else {
        return Err(cx.system_error("compile"));
    };
    let filename = text::to_string(&protocol::str(cx, filename)?);
    let mode = match mode.downcast::<Str>().map(Str::to_string_lossy).as_deref() {
        Some("exec") => Mode::Exec,
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        _ => return Err(cx.value_error("compile() mode must be 'exec', 'eval' or 'single'")),
    };
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
    let ours = cx.vm().compile_options().optimize;
    let options = Options {
        future_annotations: number(flags, 0) & i64::from(pv_bytecode::unit::flags::FUTURE_ANNOTATIONS) != 0,
        optimize: match number(optimize, -1) {
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
    let code = match source.downcast::<Code>() {
        Some(code) if !code::payload(code).freevars.is_empty() => {
            return Err(
                cx.type_error(format_args!("code object passed to {function}() may not contain free variables"))
            );
        }
        Some(_) => source.clone(),
        None => {
            let source = source_text(cx, source, function, "string, bytes or code object", "<string>")?;
            crate::compile::compile(cx, &source, "<string>", mode, cx.vm().compile_options())?
        }
    };
    cx.nested("", || crate::compile::run(cx, &code, &globals, Some(&locals)))
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

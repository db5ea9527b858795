//! The module `sys`.

mod hooks;
mod monitoring;
mod output;
mod settings;

use pv_object::{Dict, Heap, Kind, List, Obj, Str, Tuple};

use crate::error::{Exc, PyResult};
use crate::native::{Args, add_functions};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::{dict, exception, namespace, struct_sequence};
use crate::vm::Vm;
pub use output::{flush_standard, write_stderr, write_stdout};
pub(crate) use settings::report_unraisable;

/// The version of Python that is implemented.
pub const VERSION: (u32, u32, u32) = (3, 14, 0);

/// Bytes of an object, as `sys.getsizeof` tells them.
pub fn size_of(obj: &Obj) -> usize {
    match obj.header() {
        Some(_) => 16 + 8 * usize::from(Heap::attrs_of(obj).is_some()) + extent(obj),
        None => 28,
    }
}

fn extent(obj: &Obj) -> usize {
    match obj.kind() {
        Kind::List => 24 + 8 * obj.expect::<List>().len(),
        Kind::Tuple => 8 + 8 * obj.expect::<Tuple>().len(),
        Kind::Str => 33 + obj.expect::<Str>().text().bytes().len(),
        Kind::Dict => 48 + 32 * obj.expect::<Dict>().len(),
        _ => 32,
    }
}

fn exit(cx: &Thread, status: Option<&Obj>) -> PyResult {
    let args = match status {
        None => Vec::new(),
        Some(status) => match status.exact::<Tuple>() {
            Some(tuple) => tuple.items().to_vec(),
            None if status.is_none() => Vec::new(),
            None => vec![status.clone()],
        },
    };
    Err(cx.raise_args(Exc::SystemExit, args))
}

fn is_finalizing(cx: &Thread) -> PyResult {
    Ok(Obj::bool(cx.vm().finalizing.get()))
}

fn get_ref_count(_: &Thread, obj: &Obj) -> PyResult {
    Ok(Obj::int(i64::from(obj.ref_count())))
}

fn get_size_of(cx: &Thread, obj: &Obj, default: Option<&Obj>) -> PyResult {
    match cx.lookup_special(obj, &text::intern("__sizeof__")) {
        Some(method) => protocol::call_special(cx, &method, obj, &[]),
        None => Ok(default.cloned().unwrap_or_else(|| Obj::usize(size_of(obj)))),
    }
}

fn get_recursion_limit(cx: &Thread) -> PyResult {
    Ok(Obj::int(i64::from(cx.vm().recursion_limit())))
}

fn set_recursion_limit(cx: &Thread, limit: &Obj) -> PyResult {
    let limit = protocol::to_isize(cx, limit)?;
    let Ok(limit) = u32::try_from(limit) else {
        return Err(cx.overflow_error("Python int too large to convert to C int"));
    };
    if limit < 1 {
        return Err(cx.value_error("recursion limit must be greater or equal than 1"));
    }
    let depth = cx.state().depth.get();
    if depth >= limit {
        return Err(cx.recursion_error(format_args!(
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        )));
    }
    cx.vm().set_recursion_limit(limit);
    Ok(Obj::none())
}

fn intern(cx: &Thread, string: &Obj) -> PyResult {
    if string.exact::<Str>().is_none() {
        let found = cx.type_name(string);
        return Err(cx.type_error(format_args!("can't intern {found}")));
    }
    Ok(Heap::current().intern_obj(string.clone()))
}

fn exc_info(cx: &Thread) -> PyResult {
    Ok(match cx.handled() {
        Some(exception) => exception::parts(cx, &exception),
        None => Tuple::create(vec![Obj::none(), Obj::none(), Obj::none()]),
    })
}

fn current_exception(cx: &Thread) -> PyResult {
    Ok(cx.handled().unwrap_or_else(Obj::none))
}

fn get_frame(cx: &Thread, depth: Option<&Obj>) -> PyResult {
    let depth = match depth {
        Some(depth) => usize::try_from(protocol::to_isize(cx, depth)?).unwrap_or(0),
        None => 0,
    };
    (cx.vm().hooks().frame)(cx, depth).ok_or_else(|| cx.value_error("call stack is not deep enough"))
}

fn get_frame_module_name(cx: &Thread, depth: Option<&Obj>) -> PyResult {
    let frame = get_frame(cx, depth)?;
    let globals = crate::attr::get_str(cx, &frame, "f_globals")?;
    Ok(dict::get_str(&globals, &cx.names().__name__).unwrap_or_else(Obj::none))
}

fn utf8(_: &Thread) -> PyResult {
    Ok(text::intern("utf-8"))
}

fn encode_errors(_: &Thread) -> PyResult {
    Ok(text::intern("surrogateescape"))
}

fn nothing(_: &Thread, _: &Args<'_>) -> PyResult {
    Ok(Obj::none())
}

fn switch_interval(_: &Thread) -> PyResult {
    Ok(Obj::float(0.005))
}

/// `sys.displayhook`: prints a value other than None, and remembers it as `_`.
fn display_hook(cx: &Thread, value: &Obj) -> PyResult {
    if value.is_none() {
        return Ok(Obj::none());
    }
    let name = text::intern("_");
    dict::set_str(&cx.vm().builtins, &name, Obj::none());
    let shown = protocol::repr(cx, value)?;
    write_stdout(cx, &(text::to_string(&shown) + "\n"))?;
    dict::set_str(&cx.vm().builtins, &name, value.clone());
    Ok(Obj::none())
}

fn except_hook(cx: &Thread, _: &Obj, exception: &Obj, _: &Obj) -> PyResult {
    print_exception(cx, exception);
    Ok(Obj::none())
}

/// Prints an exception and its traceback to standard error.
pub fn print_exception(cx: &Thread, exception: &Obj) {
    if misspelt_keyword(cx, exception) {
        return;
    }
    let shown = crate::error::traceback::format(cx, exception);
    write_stderr(cx, &shown);
}

/// Messages at which the library looks for a misspelt keyword.
const MISSPELT: [&str; 2] = ["invalid syntax", "invalid syntax. Perhaps you forgot a comma?"];

/// Lets the library print an "invalid syntax" behind which a misspelt keyword may stand. Has it done so?
fn misspelt_keyword(cx: &Thread, exception: &Obj) -> bool {
    let plain = cx.is_exception(exception, Exc::SyntaxError)
        && exception::field(exception, "msg")
            .is_some_and(|message| MISSPELT.iter().any(|text| text::eq(&message, text)));
    if !plain || cx.vm().finalizing.get() {
        return false;
    }
    let printed = crate::import::import_module(cx, "traceback")
        .and_then(|module| protocol::call_method1(cx, &module, "print_exception", exception));
    printed.map_err(|raised| cx.discard(raised)).is_ok()
}

/// Reports an exception that left the program, and gives the status to exit with. SystemExit says it itself.
pub fn report_uncaught(cx: &Thread, exception: &Obj) -> i32 {
    if !cx.is_exception(exception, Exc::SystemExit) {
        let hook = cx.sys_attribute("excepthook");
        let parts = exception::parts(cx, exception);
        let shown = hook.and_then(|hook| protocol::call(cx, &hook, &Args::new(parts.expect::<Tuple>().items())));
        if let Err(raised) = shown {
            cx.discard(raised);
            print_exception(cx, exception);
        }
        return 1;
    }
    let code = exception::field(exception, "code").unwrap_or_else(Obj::none);
    if code.is_none() {
        return 0;
    }
    if code.is_int() {
        return code.as_i64().map_or(-1, |code| code as i32);
    }
    match protocol::str(cx, &code) {
        Ok(shown) => write_stderr(cx, &(text::to_string(&shown) + "\n")),
        Err(raised) => cx.discard(raised),
    }
    1
}

/// Takes `__dict__` and `__weakref__` from a class that another one replaces.
fn clear_type_descriptors(cx: &Thread, class: &Obj) -> PyResult {
    let Some(ty) = class.downcast::<pv_object::Type>() else {
        let found = cx.type_name(class);
        return Err(cx.type_error(format_args!("_clear_type_descriptors() argument must be type, not {found}")));
    };
    for name in [&cx.names().__dict__, &cx.names().__weakref__] {
        drop(ty.delete_attr(name));
    }
    Ok(Obj::none())
}

crate::natives! { static FUNCTIONS:
    "_clear_type_descriptors" "(type, /)" F1(clear_type_descriptors) "Private function for clearing certain descriptors from a type's dictionary.";
    "exit" "(status=None, /)" O1(exit) "Exit the interpreter by raising SystemExit(status).";
    "getrefcount" "(object, /)" F1(get_ref_count) "Return the reference count of object.";
    "getsizeof" "(object, default=None)" O2(get_size_of) "Return the size of object in bytes.";
    "getrecursionlimit" "()" F0(get_recursion_limit) "Return the current value of the recursion limit.";
    "setrecursionlimit" "(limit, /)" F1(set_recursion_limit) "Set the maximum depth of the Python interpreter stack to n.";
    "intern" "(string, /)" F1(intern) "Intern the given string.";
    "exc_info" "()" F0(exc_info) "Return information about the current exception.";
    "exception" "()" F0(current_exception) "Return the current exception.";
    "_getframe" "(depth=0, /)" O1(get_frame) "Return a frame object from the call stack.";
    "_getframemodulename" "(depth=0)" O1(get_frame_module_name) "Return the name of the module for a calling frame.";
    "getdefaultencoding" "()" F0(utf8) "Return the current default encoding.";
    "getfilesystemencoding" "()" F0(utf8) "Return the encoding used to convert Unicode filenames.";
    "getfilesystemencodeerrors" "()" F0(encode_errors) "Return the error mode used for Unicode filename conversion.";
    "displayhook" "(object, /)" F1(display_hook) "Print an object to sys.stdout and also save it in builtins._";
    "excepthook" "(exctype, value, traceback, /)" F3(except_hook) "Handle an exception by displaying it with a traceback on sys.stderr.";
    "audit" "" Raw(nothing) "Passes the event to any hooks that are attached: there are none.";
    "addaudithook" "" Raw(nothing) "Adds a new audit hook callback; accepted and ignored.";
    "_clear_internal_caches" "" Raw(nothing) "Clears caches.";
    "is_finalizing" "()" F0(is_finalizing) "Return True if Python is exiting.";
    "getswitchinterval" "()" F0(switch_interval) "Return the current thread switch interval.";
    "setswitchinterval" "" Raw(nothing) "Set the ideal thread switching delay; accepted and ignored.";
}

/// Fills `sys`.
pub(crate) fn populate(vm: &Vm) {
    let set = |name: &str, value: Obj| dict::set_str(&vm.sys, &text::intern(name), value);
    add_functions(vm, &vm.sys, "sys", FUNCTIONS);
    add_functions(vm, &vm.sys, "sys", settings::FUNCTIONS);
    hooks::populate(vm);
    for hook in ["breakpointhook", "displayhook", "excepthook", "unraisablehook"] {
        set(&format!("__{hook}__"), vm.sys.expect::<Dict>().get(hook).unwrap_or_else(Obj::none));
    }
    settings::add_facts(vm, &set);
    set("modules", vm.modules.clone());
    set("path", List::create(Vec::new()));
    set("argv", List::create(vec![text::new("")]));
    set("orig_argv", List::create(Vec::new()));
    set("warnoptions", List::create(Vec::new()));
    set("meta_path", List::create(Vec::new()));
    set("path_hooks", List::create(Vec::new()));
    set("path_importer_cache", Dict::create());
    set("_xoptions", Dict::create());
    set("maxsize", Obj::int(i64::MAX));
    set("maxunicode", Obj::int(0x10_ffff));
    set("byteorder", text::intern("little"));
    set("platform", text::intern("linux"));
    set("platlibdir", text::intern("lib"));
    set("executable", text::new(""));
    for prefix in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] {
        set(prefix, text::new("/usr"));
    }
    set("dont_write_bytecode", Obj::bool(true));
    let (major, minor, micro) = VERSION;
    set("version", text::new(&format!("{major}.{minor}.{micro} (pitviper {})", env!("CARGO_PKG_VERSION"))));
    set("hexversion", Obj::int(i64::from(major << 24 | minor << 16 | micro << 8 | 0xf0)));
    set("api_version", Obj::int(1013));
    set("copyright", text::new("Copyright (c) 2001 Python Software Foundation and the authors of Pitviper."));
    add_structures(vm, &set);
}

/// The fields of `sys.flags`.
const FLAGS: &[&str] = &[
    "debug",
    "inspect",
    "interactive",
    "optimize",
    "dont_write_bytecode",
    "no_user_site",
    "no_site",
    "ignore_environment",
    "verbose",
    "bytes_warning",
    "quiet",
    "hash_randomization",
    "isolated",
    "dev_mode",
    "utf8_mode",
    "warn_default_encoding",
    "safe_path",
    "int_max_str_digits",
    "gil",
    "thread_inherit_context",
    "context_aware_warnings",
];

/// Makes `sys.flags`; those that are not given have their defaults.
pub fn set_flags(vm: &Vm, given: &[(&str, Obj)]) {
    let value = |name: &&str| match (*name, given.iter().find(|(given, _)| given == name)) {
        (_, Some((_, value))) => value.clone(),
        ("dont_write_bytecode" | "hash_randomization" | "utf8_mode" | "gil", None) => Obj::small(1),
        ("int_max_str_digits", None) => Obj::usize(vm.digit_limit()),
        ("dev_mode" | "safe_path", None) => Obj::bool(false),
        _ => Obj::small(0),
    };
    let class = struct_sequence::new_type(vm, "sys", "flags", FLAGS);
    let flags = struct_sequence::create(&class, FLAGS.iter().map(value).collect());
    dict::set_str(&vm.sys, &text::intern("flags"), flags);
}

/// `version_info`, `implementation`, `flags`, `float_info`, `hash_info`, `int_info`.
fn add_structures(vm: &Vm, set: &dyn Fn(&str, Obj)) {
    let (major, minor, micro) = VERSION;
    let number = |value: u32| Obj::int(i64::from(value));
    let version_type =
        struct_sequence::new_type(vm, "sys", "version_info", &["major", "minor", "micro", "releaselevel", "serial"]);
    let version = struct_sequence::create(
        &version_type,
        vec![number(major), number(minor), number(micro), text::intern("final"), number(0)],
    );
    set("version_info", version.clone());
    let hexversion = Obj::int(i64::from(major << 24 | minor << 16 | micro << 8 | 0xf0));
    let implementation = [
        ("name", text::intern("pitviper")),
        ("cache_tag", text::intern("pitviper-314")),
        ("version", version),
        ("hexversion", hexversion),
        ("supports_isolated_interpreters", Obj::bool(false)),
    ];
    let namespace_class = namespace::class(vm);
    set("implementation", namespace::create(&namespace_class, &implementation));
    set("monitoring", monitoring::module(vm, &namespace_class));
    set_flags(vm, &[]);
    let float_names = &[
        "max",
        "max_exp",
        "max_10_exp",
        "min",
        "min_exp",
        "min_10_exp",
        "dig",
        "mant_dig",
        "epsilon",
        "radix",
        "rounds",
    ];
    let float_info = struct_sequence::new_type(vm, "sys", "float_info", float_names);
    let small = |value: i32| Obj::small(value);
    let values = vec![
        Obj::float(f64::MAX),
        small(1024),
        small(308),
        Obj::float(f64::MIN_POSITIVE),
        small(-1021),
        small(-307),
        small(15),
        small(53),
        Obj::float(f64::EPSILON),
        small(2),
        small(1),
    ];
    set("float_info", struct_sequence::create(&float_info, values));
    let hash_names = &["width", "modulus", "inf", "nan", "imag", "algorithm", "hash_bits", "seed_bits", "cutoff"];
    let hash_info = struct_sequence::new_type(vm, "sys", "hash_info", hash_names);
    let values = vec![
        small(64),
        Obj::int((1 << 61) - 1),
        small(314_159),
        small(0),
        small(1_000_003),
        text::intern("siphash13"),
        small(64),
        small(128),
        small(0),
    ];
    set("hash_info", struct_sequence::create(&hash_info, values));
    let int_names = &["bits_per_digit", "sizeof_digit", "default_max_str_digits", "str_digits_check_threshold"];
    let int_info = struct_sequence::new_type(vm, "sys", "int_info", int_names);
    set("int_info", struct_sequence::create(&int_info, vec![small(30), small(4), small(4300), small(640)]));
    set("float_repr_style", text::intern("short"));
}

//! What a program may set or ask of its Python: the limit of digits, hooks for what nobody can catch, facts about the build.

use pv_object::{Bytes, Dict, Module, Obj, Tuple};

use super::write_stderr;
use crate::error::{Exc, PyResult};
use crate::native::{Args, add_functions};
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::{dict, exception, struct_sequence};
use crate::vm::Vm;

/// The smallest limit of digits that can be set, other than none.
const DIGIT_THRESHOLD: usize = 640;
/// The type of what `sys.unraisablehook` gets.
const UNRAISABLE: &str = "UnraisableHookArgs";

fn get_digit_limit(cx: &Thread) -> PyResult {
    Ok(Obj::usize(cx.vm().digit_limit()))
}

fn set_digit_limit(cx: &Thread, limit: &Obj) -> PyResult {
    match usize::try_from(protocol::to_isize(cx, limit)?) {
        Ok(limit) if limit == 0 || limit >= DIGIT_THRESHOLD => {
            cx.vm().set_digit_limit(limit);
            Ok(Obj::none())
        }
        _ => Err(cx.value_error(format_args!("maxdigits must be 0 or larger than {DIGIT_THRESHOLD}"))),
    }
}

/// `sys.unraisablehook`: shows an exception that nobody can catch.
fn unraisable_hook(cx: &Thread, found: &Obj) -> PyResult {
    if !cx.type_of(found).same(&cx.vm().extra_type(UNRAISABLE)) {
        return Err(cx.type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
    }
    let [_, exception, _, message, object] = found.expect::<Tuple>().items() else { return Ok(Obj::none()) };
    let mut shown = match (message.is_none(), object.is_none()) {
        (true, true) => String::new(),
        (true, false) => format!("Exception ignored in: {}\n", shown_object(cx, object)),
        (false, true) => format!("{}:\n", text::to_string(message)),
        (false, false) => format!("{}: {}\n", text::to_string(message), shown_object(cx, object)),
    };
    if !exception.is_none() {
        shown += &crate::error::traceback::format(cx, exception);
    }
    write_stderr(cx, &shown);
    Ok(Obj::none())
}

fn shown_object(cx: &Thread, object: &Obj) -> String {
    match protocol::repr(cx, object) {
        Ok(shown) => text::to_string(&shown),
        Err(raised) => {
            cx.discard(raised);
            "<object repr() failed>".to_owned()
        }
    }
}

/// Hands an exception that nobody can catch to the hook: it left `source`, which ran while `doing`.
pub(crate) fn report_unraisable(cx: &Thread, exception: &Obj, doing: &str, source: &Obj) {
    let class = cx.vm().extra_type(UNRAISABLE);
    let mut trace = exception::parts(cx, exception).expect::<Tuple>().items()[2].clone();
    if trace.is_none()
        && let Some(frame) = cx.vm().current_frame(cx)
    {
        trace = crate::types::traceback::of_frame(cx, &frame);
    }
    let message = text::new(&format!("Exception ignored while {doing} {}", shown_object(cx, source)));
    let parts = vec![cx.type_of(exception).clone(), exception.clone(), trace, message, Obj::none()];
    let found = struct_sequence::create(&class, parts);
    let hook = cx.vm().sys.expect::<Dict>().get("unraisablehook").filter(|hook| !hook.is_none());
    let told = match hook {
        Some(hook) => protocol::call1(cx, &hook, &found),
        None => unraisable_hook(cx, &found),
    };
    if let Err(raised) = told {
        // As CPython has it: what the hook raises is shown in the same way, and not handed to it again.
        let exception = cx.take_exception(raised);
        write_stderr(cx, "Exception ignored in sys.unraisablehook:\n");
        write_stderr(cx, &crate::error::traceback::format(cx, &exception));
    }
}

fn is_immortal(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::bool(object.header().is_none_or(|header| header.is_immortal())))
}

fn gil_enabled(_: &Thread) -> PyResult {
    Ok(Obj::bool(true))
}

/// `sys.breakpointhook`: what the environment names, `pdb.set_trace` by default.
fn breakpoint_hook(cx: &Thread, args: &Args<'_>) -> PyResult {
    let named = environment_variable(cx, "PYTHONBREAKPOINT")?;
    let named = if named.is_empty() { "pdb.set_trace" } else { &named };
    if named == "0" {
        return Ok(Obj::none());
    }
    let (module, function) = named.rsplit_once('.').unwrap_or(("builtins", named));
    let found = match module.is_empty() {
        true => None,
        false => cx.absorb(crate::import::import_module(cx, module), Exc::ImportError)?,
    };
    let function = match found {
        Some(module) => cx.absorb(crate::attr::get_str(cx, &module, function), Exc::AttributeError)?,
        None => None,
    };
    match function {
        Some(function) => protocol::call(cx, &function, args),
        None => {
            let message = format!("Ignoring unimportable $PYTHONBREAKPOINT: \"{named}\"");
            crate::warn::warn(cx, Exc::RuntimeWarning, &message).map(|()| Obj::none())
        }
    }
}

/// A variable of the environment as the program has left it; empty where there is none.
fn environment_variable(cx: &Thread, name: &str) -> PyResult<String> {
    let posix = crate::import::import_module(cx, "posix")?;
    let environment = crate::attr::get_str(cx, &posix, "_child_environment")?;
    let found = cx.absorb(protocol::get_item(cx, &environment, &Bytes::create(name.as_bytes())), Exc::KeyError)?;
    let bytes = found.as_ref().and_then(|value| value.downcast::<Bytes>());
    Ok(bytes.map_or_else(String::new, |bytes| String::from_utf8_lossy(bytes.data()).into_owned()))
}

fn jit_available(_: &Thread) -> PyResult {
    Ok(Obj::bool(true))
}

fn jit_enabled(cx: &Thread) -> PyResult {
    Ok(Obj::bool(cx.vm().has_tier()))
}

fn jit_active(_: &Thread) -> PyResult {
    // Compiled code has been left for the time of this call.
    Ok(Obj::bool(false))
}

crate::natives! { static JIT_FUNCTIONS:
    "is_available" "()" F0(jit_available) "Return True if the current Python executable supports JIT compilation, and False otherwise.";
    "is_enabled" "()" F0(jit_enabled) "Return True if JIT compilation is enabled for the current Python process, and False otherwise.";
    "is_active" "()" F0(jit_active) "Return True if the topmost Python frame is currently executing JIT code, and False otherwise.";
}

crate::natives! { pub(super) static FUNCTIONS:
    "_is_gil_enabled" "()" F0(gil_enabled) "Return True if the GIL is currently enabled and False if it's disabled.";
    "_is_immortal" "(op, /)" F1(is_immortal) "Return True if the given object is immortal.";
    "breakpointhook" "" Raw(breakpoint_hook) "Hook function called by built-in breakpoint().";
    "get_int_max_str_digits" "()" F0(get_digit_limit) "Return the maximum string digits limit for non-binary int<->str conversions.";
    "set_int_max_str_digits" "(maxdigits)" F1(set_digit_limit) "Set the maximum string digits limit for non-binary int<->str conversions.";
    "unraisablehook" "(unraisable, /)" F1(unraisable_hook) "Handle an unraisable exception.";
}

/// Facts about this Python that programs look up.
pub(super) fn add_facts(vm: &Vm, set: &dyn Fn(&str, Obj)) {
    set("abiflags", text::intern(""));
    let jit = Module::create();
    let namespace = jit.expect::<Module>().dict();
    dict::set_str(&namespace, &vm.names.__name__, text::intern("sys._jit"));
    add_functions(vm, &namespace, "sys._jit", JIT_FUNCTIONS);
    set("_jit", jit);
    set("_framework", text::intern(""));
    set("_git", Tuple::create(vec![text::intern("pitviper"), text::intern(""), text::intern("")]));
    set("pycache_prefix", Obj::none());
    let names = &["name", "lock", "version"];
    let threads = struct_sequence::new_type(vm, "sys", "thread_info", names);
    set(
        "thread_info",
        struct_sequence::create(&threads, vec![text::intern("pthread"), text::intern("semaphore"), Obj::none()]),
    );
    let names = &["exc_type", "exc_value", "exc_traceback", "err_msg", "object"];
    let unraisable = struct_sequence::new_type(vm, "sys", UNRAISABLE, names);
    vm.extra_types.borrow_mut().insert(UNRAISABLE, unraisable);
}

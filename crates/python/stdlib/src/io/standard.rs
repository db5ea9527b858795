//! The standard streams: text in UTF-8 over the process's three descriptors.
//!
//! Output is kept until a block is full, or until a newline where the stream is a terminal; standard error until a newline.

use pv_object::{Dict, Obj};
use pv_runtime::{Args, PyResult, Thread, attr, protocol, text};

use super::base::{BLOCK, ask};

/// How errors of encoding are handled where the locale is the plain one, as CPython does.
fn lenient_errors() -> &'static str {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| std::env::var(name).ok());
    match locale.as_deref() {
        None | Some("" | "C" | "POSIX") => "surrogateescape",
        Some(_) => "strict",
    }
}

fn stream(cx: &Thread, module: &Obj, number: i32, name: &str) -> PyResult {
    let class = |name: &str| attr::get_str(cx, module, name);
    let (mode, buffer) = if number == 0 { ("r", "BufferedReader") } else { ("w", "BufferedWriter") };
    let raw_args = [Obj::small(number), text::new(mode), Obj::bool(false)];
    let raw = protocol::call(cx, &class("FileIO")?, &Args::new(&raw_args))?;
    attr::set(cx, &raw, &text::intern("name"), &text::new(name))?;
    let by_line = number == 2 || ask(cx, &raw, "isatty")?;
    let buffer = protocol::call2(cx, &class(buffer)?, &raw, &Obj::usize(BLOCK))?;
    let errors = if number == 2 { "backslashreplace" } else { lenient_errors() };
    let values = [buffer, text::new("utf-8"), text::new(errors), text::new("\n"), Obj::bool(by_line)];
    let values =
        if number == 0 { [&values[..3], &[Obj::none(), Obj::bool(by_line)]].concat() } else { values.to_vec() };
    let stream = protocol::call(cx, &class("TextIOWrapper")?, &Args::new(&values))?;
    attr::set(cx, &stream, &text::intern("mode"), &text::new(mode))?;
    Ok(stream)
}

/// Makes `sys.stdin`, `sys.stdout` and `sys.stderr`; one whose descriptor cannot be used is None.
pub(crate) fn install(cx: &Thread) {
    let sys = cx.vm().sys.expect::<Dict>();
    let module = pv_runtime::import::import_module(cx, "_io");
    for (number, name) in ["stdin", "stdout", "stderr"].into_iter().enumerate() {
        let made = match &module {
            Ok(module) => cx.absorb(stream(cx, module, number as i32, &format!("<{name}>")), pv_runtime::Exc::OSError),
            Err(_) => Ok(None),
        };
        let stream = match made {
            Ok(stream) => stream.unwrap_or_else(Obj::none),
            Err(raised) => {
                cx.discard(raised);
                Obj::none()
            }
        };
        sys.set(name, stream.clone());
        sys.set(&format!("__{name}__"), stream);
    }
}

//! `print` and `input`.

use std::io::{BufRead, Write};

use pv_object::{Dict, Kind, Obj, Str, StrBuilder};

use crate::error::{Exc, PyResult};
use crate::native::Args;
use crate::protocol;
use crate::sys;
use crate::text;
use crate::thread::Thread;

/// A keyword of `print` that must be None or a string.
fn separator(cx: &Thread, args: &Args<'_>, name: &str, default: &str) -> PyResult {
    match args.keyword(name) {
        None => Ok(text::new(default)),
        Some(value) if value.is_none() => Ok(text::new(default)),
        Some(value) if value.downcast::<Str>().is_some() => Ok(value.clone()),
        Some(value) => {
            let found = cx.type_name(value);
            Err(cx.type_error(format_args!("{name} must be None or a string, not {found}")))
        }
    }
}

fn print(cx: &Thread, args: &Args<'_>) -> PyResult {
    let known = ["sep", "end", "file", "flush"];
    if let Some((name, _)) = args.keywords().find(|(name, _)| !known.iter().any(|known| text::eq(name, known))) {
        let shown = text::to_string(name);
        return Err(cx.type_error(format_args!("print() got an unexpected keyword argument '{shown}'")));
    }
    let (sep, end) = (separator(cx, args, "sep", " ")?, separator(cx, args, "end", "\n")?);
    let file = match args.keyword("file").filter(|file| !file.is_none()) {
        Some(file) => Some(file.clone()),
        None => cx.vm().sys.expect::<Dict>().get_str(&cx.names().stdout),
    };
    if file.as_ref().is_some_and(Obj::is_none) {
        return Ok(Obj::none());
    }
    if let Some(file) = file.as_ref().filter(|file| !(file.kind() == Kind::Native && file.is_exact())) {
        print_in_parts(cx, args, file, &sep, &end)?;
        return flush_if_asked(cx, args, Some(file));
    }
    let mut line = StrBuilder::new();
    for (index, value) in args.positional().iter().enumerate() {
        if index > 0 {
            line.push_obj(sep.expect());
        }
        line.push_obj(protocol::str(cx, value)?.expect());
    }
    line.push_obj(end.expect());
    let line = line.finish();
    match &file {
        Some(file) => drop(protocol::call_method1(cx, file, "write", &line)?),
        None => sys::write_stdout(cx, &text::to_string(&line))?,
    }
    flush_if_asked(cx, args, file.as_ref())
}

/// Prints to a stream of the program's own, which sees every part by itself.
fn print_in_parts(cx: &Thread, args: &Args<'_>, file: &Obj, sep: &Obj, end: &Obj) -> PyResult<()> {
    for (index, value) in args.positional().iter().enumerate() {
        if index > 0 {
            protocol::call_method1(cx, file, "write", sep)?;
        }
        protocol::call_method1(cx, file, "write", &protocol::str(cx, value)?)?;
    }
    protocol::call_method1(cx, file, "write", end).map(drop)
}

fn flush_if_asked(cx: &Thread, args: &Args<'_>, file: Option<&Obj>) -> PyResult {
    if let Some(flush) = args.keyword("flush")
        && protocol::truth(cx, flush)?
    {
        match file {
            Some(file) => drop(protocol::call_method0(cx, file, "flush")?),
            None => std::io::stdout().flush().map_err(|error| cx.io_error(&error, None))?,
        }
    }
    Ok(Obj::none())
}

/// RuntimeError where the program has removed a stream. A Python that was given none reads and writes the process's.
fn check_streams(cx: &Thread) -> PyResult<()> {
    for name in ["stdin", "stdout", "stderr"] {
        if cx.vm().sys.expect::<Dict>().get(&format!("__{name}__")).is_some() {
            cx.sys_attribute(name)?;
        }
    }
    Ok(())
}

fn input(cx: &Thread, prompt: Option<&Obj>) -> PyResult {
    check_streams(cx)?;
    if let Some(prompt) = prompt {
        let shown = protocol::str(cx, prompt)?;
        sys::write_stdout(cx, &text::to_string(&shown))?;
    }
    if let Err(raised) = sys::flush_standard(cx) {
        // As CPython has it: what is wrong with the output does not keep the program from reading.
        cx.discard(raised);
    }
    let line = match cx.vm().sys.expect::<Dict>().get_str(&cx.names().stdin).filter(|stdin| !stdin.is_none()) {
        Some(stdin) => text::to_string(&protocol::str(cx, &protocol::call_method0(cx, &stdin, "readline")?)?),
        None => {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map_err(|error| cx.io_error(&error, None))?;
            line
        }
    };
    if line.is_empty() {
        return Err(cx.raise_args(Exc::EOFError, vec![text::new("EOF when reading a line")]));
    }
    Ok(text::new(line.strip_suffix('\n').unwrap_or(&line)))
}

crate::natives! { pub(super) static FUNCTIONS:
    "input" "(prompt='', /)" O1(input) "Read a string from standard input.  The trailing newline is stripped.";
    "print" "(*args, sep=' ', end='\\n', file=None, flush=False)" Raw(print) "Prints the values to a stream, or to sys.stdout by default.";
}

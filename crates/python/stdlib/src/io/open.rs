//! `open`: a file, what buffers it, and the text over that.

use pv_object::Obj;
use pv_runtime::{Args, PyResult, Thread, attr, natives, protocol, text};

use super::base::{BLOCK, ask};
use crate::support::{Parameters, machine_int};

static OPEN: Parameters = Parameters::new(
    "open",
    "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
);

/// The argument `mode`, taken apart.
struct Mode {
    /// For `FileIO`.
    raw: String,
    text: bool,
    binary: bool,
    updating: bool,
    reading: bool,
}

fn parse(cx: &Thread, mode: &str) -> PyResult<Mode> {
    let count = |wanted: &str| mode.chars().filter(|letter| wanted.contains(*letter)).count();
    let repeated = mode.chars().enumerate().any(|(at, letter)| mode.chars().skip(at + 1).any(|other| other == letter));
    if mode.chars().any(|letter| !"rwxabt+".contains(letter)) || repeated {
        return Err(cx.value_error(format_args!("invalid mode: '{mode}'")));
    }
    let (text, binary) = (count("t") > 0, count("b") > 0);
    if text && binary {
        return Err(cx.value_error("can't have text and binary mode at once"));
    }
    if count("rwxa") > 1 {
        return Err(cx.value_error("must have exactly one of create/read/write/append mode"));
    }
    let raw = mode.replace(['t', 'b'], "");
    Ok(Mode { raw, text, binary, updating: count("+") > 0, reading: count("r") > 0 })
}

fn check_text_arguments(cx: &Thread, mode: &Mode, bound: &[Option<Obj>]) -> PyResult<()> {
    let names = [(3, "an encoding"), (4, "an errors"), (5, "a newline")];
    let given = |place: usize| bound[place].as_ref().is_some_and(|value| !value.is_none());
    match names.iter().find(|(place, _)| mode.binary && given(*place)) {
        Some((_, what)) => Err(cx.value_error(format_args!("binary mode doesn't take {what} argument"))),
        None => Ok(()),
    }
}

fn open(cx: &Thread, args: &Args<'_>) -> PyResult {
    let bound = OPEN.bind(cx, args)?;
    let argument = |place: usize, default: Obj| bound[place].clone().unwrap_or(default);
    let mode_text = argument(1, text::new("r"));
    if mode_text.kind() != pv_object::Kind::Str {
        let found = cx.type_name(&mode_text);
        return Err(cx.type_error(format_args!("open() argument 'mode' must be str, not {found}")));
    }
    let mode = parse(cx, &text::to_string(&mode_text))?;
    check_text_arguments(cx, &mode, &bound)?;
    let buffering = machine_int(cx, &argument(2, Obj::small(-1)))?;
    let module = pv_runtime::import::import_module(cx, "_io")?;
    let class = |name: &str| attr::get_str(cx, &module, name);
    let raw_args =
        [argument(0, Obj::none()), text::new(&mode.raw), argument(6, Obj::bool(true)), argument(7, Obj::none())];
    let raw = protocol::call(cx, &class("FileIO")?, &Args::new(&raw_args))?;
    let built = wrap(cx, &mode, &raw, buffering, &bound, &class);
    if let Err(raised) = built {
        let error = cx.take_exception(raised);
        protocol::call_method0(cx, &raw, "close")?;
        return Err(cx.set_pending(error));
    }
    let stream = built?;
    if !mode.binary {
        attr::set(cx, &stream, &text::intern("mode"), &mode_text)?;
    }
    Ok(stream)
}

/// The layers above the file.
fn wrap(
    cx: &Thread,
    mode: &Mode,
    raw: &Obj,
    buffering: i64,
    bound: &[Option<Obj>],
    class: &dyn Fn(&str) -> PyResult,
) -> PyResult {
    let lines = buffering == 1 || (buffering < 0 && ask(cx, raw, "isatty")?);
    if buffering == 0 {
        return if mode.binary { Ok(raw.clone()) } else { Err(cx.value_error("can't have unbuffered text I/O")) };
    }
    let size = usize::try_from(buffering).ok().filter(|size| *size > 1).unwrap_or(BLOCK);
    let name = match (mode.updating, mode.reading) {
        (true, _) => "BufferedRandom",
        (false, true) => "BufferedReader",
        (false, false) => "BufferedWriter",
    };
    let buffer = protocol::call2(cx, &class(name)?, raw, &Obj::usize(size))?;
    if mode.binary {
        return Ok(buffer);
    }
    debug_assert!(mode.text || !mode.binary);
    let option = |place: usize| bound[place].clone().unwrap_or_else(Obj::none);
    let values = [buffer, option(3), option(4), option(5), Obj::bool(lines)];
    protocol::call(cx, &class("TextIOWrapper")?, &Args::new(&values))
}

fn open_code(cx: &Thread, path: &Obj) -> PyResult {
    open(cx, &Args::new(&[path.clone(), text::new("rb")]))
}

natives! { pub(super) static FUNCTIONS:
    "open" "" Raw(open) "Open file and return a stream.  Raise OSError upon failure.";
    "open_code" "(path)" F1(open_code) "Opens the provided file with the intent to import the contents.";
}

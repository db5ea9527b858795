//! The standard streams: text in UTF-8 over the process's three descriptors.
//!
//! Output is kept until a block is full, until a newline where the stream is a terminal, or until it is flushed; standard error is
//! written at once. Lone surrogates are written as `?` (standard error: as escapes, as CPython's `backslashreplace`).

use std::cell::{Cell, RefCell};
use std::io::{BufRead, BufWriter, IsTerminal, Read, Write};

use pv_object::{Dict, Obj, Payload, Str};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, getsets, natives, protocol, text};

use crate::support::{create, itself, state};

enum Channel {
    Input,
    Output(RefCell<BufWriter<std::io::Stdout>>),
    Error,
}

/// One of the three streams.
struct Standard {
    channel: Channel,
    name: &'static str,
    descriptor: i32,
    terminal: bool,
    closed: Cell<bool>,
}

impl Payload for Standard {}

fn stream<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Standard> {
    let stream = state::<Standard>(cx, this)?;
    if stream.closed.get() { Err(cx.value_error("I/O operation on closed file.")) } else { Ok(stream) }
}

fn write(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    let Some(text) = value.downcast::<Str>() else {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("write() argument must be str, not {found}")));
    };
    let stream = stream(cx, this)?;
    let shown = text.to_string_lossy();
    let done = match &stream.channel {
        Channel::Input => return Err(cx.raise_message(pv_runtime::Exc::OSError, "not writable")),
        Channel::Error => std::io::stderr().write_all(shown.as_bytes()),
        Channel::Output(writer) => {
            let mut writer = writer.borrow_mut();
            let written = writer.write_all(shown.as_bytes());
            if stream.terminal && shown.contains('\n') { written.and_then(|()| writer.flush()) } else { written }
        }
    };
    done.map_err(|error| cx.io_error(&error, None))?;
    Ok(Obj::usize(text.len()))
}

fn write_lines(cx: &Thread, this: &Obj, lines: &Obj) -> PyResult {
    for line in protocol::collect(cx, lines)? {
        write(cx, this, &line)?;
    }
    Ok(Obj::none())
}

fn flush(cx: &Thread, this: &Obj) -> PyResult {
    if let Channel::Output(writer) = &state::<Standard>(cx, this)?.channel {
        writer.borrow_mut().flush().map_err(|error| cx.io_error(&error, None))?;
    }
    Ok(Obj::none())
}

fn read_line(cx: &Thread, this: &Obj, _: Option<&Obj>) -> PyResult {
    readable_stream(cx, this)?;
    let mut line = Vec::new();
    let read = std::io::stdin().lock().read_until(b'\n', &mut line);
    read.map_err(|error| cx.io_error(&error, None))?;
    Ok(text::new(&String::from_utf8_lossy(&line)))
}

fn readable_stream(cx: &Thread, this: &Obj) -> PyResult<()> {
    match stream(cx, this)?.channel {
        Channel::Input => Ok(()),
        _ => Err(cx.raise_message(pv_runtime::Exc::OSError, "not readable")),
    }
}

fn read(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    readable_stream(cx, this)?;
    let limit = size.and_then(Obj::as_i64).filter(|size| *size >= 0).map_or(u64::MAX, |size| size as u64);
    let mut bytes = Vec::new();
    let done = std::io::stdin().lock().take(limit).read_to_end(&mut bytes);
    done.map_err(|error| cx.io_error(&error, None))?;
    Ok(text::new(&String::from_utf8_lossy(&bytes)))
}

fn next(cx: &Thread, this: &Obj) -> PyResult<Option<Obj>> {
    let line = read_line(cx, this, None)?;
    Ok((!line.expect::<Str>().is_empty()).then_some(line))
}

fn read_lines(cx: &Thread, this: &Obj, _: Option<&Obj>) -> PyResult {
    let mut lines = Vec::new();
    while let Some(line) = next(cx, this)? {
        lines.push(line);
    }
    Ok(pv_object::List::create(lines))
}

fn close(cx: &Thread, this: &Obj) -> PyResult {
    flush(cx, this)?;
    state::<Standard>(cx, this)?.closed.set(true);
    Ok(Obj::none())
}

fn is_terminal(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(stream(cx, this)?.terminal))
}

fn descriptor(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::small(stream(cx, this)?.descriptor))
}

fn readable(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(matches!(stream(cx, this)?.channel, Channel::Input)))
}

fn writable(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(!matches!(stream(cx, this)?.channel, Channel::Input)))
}

fn seekable(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::bool(false))
}

fn enter(_: &Thread, this: &Obj) -> PyResult {
    Ok(this.clone())
}

fn exit(cx: &Thread, args: &Args<'_>) -> PyResult {
    close(cx, &args.values()[0])
}

natives! { static METHODS:
    "__enter__" "(self, /)" F1(enter) "";
    "__exit__" "" Raw(exit) "";
    "close" "(self, /)" F1(close) "Flushes and closes the stream; the descriptor stays open.";
    "fileno" "(self, /)" F1(descriptor) "The descriptor.";
    "flush" "(self, /)" F1(flush) "Writes what is kept.";
    "isatty" "(self, /)" F1(is_terminal) "Is it a terminal?";
    "read" "(self, size=-1, /)" O2(read) "Reads text.";
    "readable" "(self, /)" F1(readable) "Can it be read?";
    "readline" "(self, size=-1, /)" O2(read_line) "Reads a line.";
    "readlines" "(self, hint=-1, /)" O2(read_lines) "Reads the remaining lines.";
    "seekable" "(self, /)" F1(seekable) "Always False.";
    "writable" "(self, /)" F1(writable) "Can it be written?";
    "write" "(self, text, /)" F2(write) "Writes text; how many characters.";
    "writelines" "(self, lines, /)" F2(write_lines) "Writes the items of an iterable.";
}

fn get_name(cx: &Thread, this: &Obj) -> PyResult {
    Ok(text::new(state::<Standard>(cx, this)?.name))
}

fn get_closed(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(state::<Standard>(cx, this)?.closed.get()))
}

fn get_encoding(_: &Thread, _: &Obj) -> PyResult {
    Ok(text::new("utf-8"))
}

fn get_errors(cx: &Thread, this: &Obj) -> PyResult {
    let errors = if state::<Standard>(cx, this)?.descriptor == 2 { "backslashreplace" } else { "strict" };
    Ok(text::new(errors))
}

fn get_mode(cx: &Thread, this: &Obj) -> PyResult {
    Ok(text::new(if state::<Standard>(cx, this)?.descriptor == 0 { "r" } else { "w" }))
}

getsets! { static GETSETS:
    "closed" get_closed => "Whether the stream is closed.";
    "encoding" get_encoding => "Name of the encoding.";
    "errors" get_errors => "How errors of encoding are handled.";
    "mode" get_mode => "The mode.";
    "name" get_name => "The stream's name.";
}

/// The class of the standard streams.
static TEXT_IO: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { iter: Some(itself), next: Some(next), ..Slots::NONE },
    ..TypeTable::NONE
};

/// Makes `sys.stdin`, `sys.stdout` and `sys.stderr`.
pub(crate) fn install(cx: &Thread) {
    let class = pv_runtime::types::new_native_type(cx.vm(), "_io", "TextIOWrapper", &TEXT_IO);
    let output = Channel::Output(RefCell::new(BufWriter::new(std::io::stdout())));
    let streams = [
        ("stdin", "<stdin>", Channel::Input, std::io::stdin().is_terminal()),
        ("stdout", "<stdout>", output, std::io::stdout().is_terminal()),
        ("stderr", "<stderr>", Channel::Error, std::io::stderr().is_terminal()),
    ];
    let sys = cx.vm().sys.expect::<Dict>();
    for (descriptor, (key, name, channel, terminal)) in streams.into_iter().enumerate() {
        let closed = Cell::new(false);
        let stream = create(&class, Standard { channel, name, descriptor: descriptor as i32, terminal, closed });
        sys.set(key, stream.clone());
        sys.set(&format!("__{key}__"), stream);
    }
}

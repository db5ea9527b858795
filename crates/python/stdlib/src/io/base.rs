//! What all streams have in common: `_IOBase` and its three children, from which Python programs derive their own streams.
//!
//! The methods here work on any stream, through its Python methods; natives that know better have their own.

use std::cell::Cell;
use std::ops::ControlFlow;

use pv_object::{ByteArray, Bytes, List, Obj, Payload, Slice};
use pv_runtime::{Args, Exc, PyResult, Raised, Slots, Thread, TypeTable, attr, getsets, natives, protocol, text};

use crate::support::{create, machine_int, module_item};

/// How much is read at a time when nothing else says so.
pub(super) const BLOCK: usize = 131_072;

/// The state of a stream of a Python class.
#[derive(Default)]
struct Plain {
    closed: Cell<bool>,
}

impl Payload for Plain {}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, Plain::default()))
}

/// Raises `io.UnsupportedOperation`.
#[cold]
pub(super) fn unsupported(cx: &Thread, what: &str) -> Raised {
    let class = match module_item(cx, "_io", "UnsupportedOperation") {
        Ok(class) => class,
        Err(raised) => return raised,
    };
    match protocol::call1(cx, &class, &text::new(what)) {
        Ok(error) => cx.raise(error),
        Err(raised) => raised,
    }
}

/// The ValueError of a closed stream.
#[cold]
pub(super) fn closed_error(cx: &Thread) -> Raised {
    cx.value_error("I/O operation on closed file.")
}

/// Has the stream been closed?
pub(super) fn is_closed(cx: &Thread, this: &Obj) -> PyResult<bool> {
    protocol::truth(cx, &attr::get_str(cx, this, "closed")?)
}

pub(super) fn check_open(cx: &Thread, this: &Obj) -> PyResult<()> {
    if is_closed(cx, this)? { Err(closed_error(cx)) } else { Ok(()) }
}

/// Asks the stream one of its yes-or-no questions.
pub(super) fn ask(cx: &Thread, this: &Obj, question: &str) -> PyResult<bool> {
    protocol::truth(cx, &protocol::call_method0(cx, this, question)?)
}

/// A limit of how much to read; absent, None or below zero: none.
pub(super) fn limit(cx: &Thread, size: Option<&Obj>) -> PyResult<usize> {
    match size.filter(|size| !size.is_none()) {
        None => Ok(usize::MAX),
        Some(size) => match cx.lookup_special(size, &cx.names().__index__).is_some() || size.is_int() {
            true => Ok(usize::try_from(machine_int(cx, size)?).unwrap_or(usize::MAX)),
            false => {
                let found = cx.type_name(size);
                Err(cx.type_error(format_args!("argument should be integer or None, not '{found}'")))
            }
        },
    }
}

fn get_closed(_: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(this.native::<Plain>().is_some_and(|plain| plain.closed.get())))
}

fn close(cx: &Thread, this: &Obj) -> PyResult {
    let Some(plain) = this.native::<Plain>() else { return Ok(Obj::none()) };
    if !plain.closed.get() {
        let flushed = protocol::call_method0(cx, this, "flush");
        plain.closed.set(true);
        flushed?;
    }
    Ok(Obj::none())
}

/// A stream that is dropped is closed; what goes wrong is nobody's business any more.
pub(super) fn finalize(cx: &Thread, this: &Obj) -> PyResult {
    let closed = is_closed(cx, this);
    let done = match closed {
        Ok(false) => protocol::call_method0(cx, this, "close").map(drop),
        other => other.map(drop),
    };
    if let Err(raised) = done {
        cx.discard(raised);
    }
    Ok(Obj::none())
}

fn flush(cx: &Thread, this: &Obj) -> PyResult {
    check_open(cx, this)?;
    Ok(Obj::none())
}

fn seek(cx: &Thread, _: &Obj, _: &Obj, _: Option<&Obj>) -> PyResult {
    Err(unsupported(cx, "seek"))
}

fn truncate(cx: &Thread, _: &Obj, _: Option<&Obj>) -> PyResult {
    Err(unsupported(cx, "truncate"))
}

fn fileno(cx: &Thread, _: &Obj) -> PyResult {
    Err(unsupported(cx, "fileno"))
}

fn tell(cx: &Thread, this: &Obj) -> PyResult {
    protocol::call_method(cx, this, "seek", &[Obj::small(0), Obj::small(1)])
}

fn no(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::bool(false))
}

fn isatty(cx: &Thread, this: &Obj) -> PyResult {
    check_open(cx, this)?;
    Ok(Obj::bool(false))
}

fn check_closed(cx: &Thread, this: &Obj, _: Option<&Obj>) -> PyResult {
    check_open(cx, this)?;
    Ok(Obj::none())
}

macro_rules! capability {
    ($name:ident, $question:literal, $message:literal) => {
        fn $name(cx: &Thread, this: &Obj, _: Option<&Obj>) -> PyResult {
            if ask(cx, this, $question)? { Ok(Obj::none()) } else { Err(unsupported(cx, $message)) }
        }
    };
}

capability!(check_readable, "readable", "File or stream is not readable.");
capability!(check_writable, "writable", "File or stream is not writable.");
capability!(check_seekable, "seekable", "File or stream is not seekable.");

fn enter(cx: &Thread, this: &Obj) -> PyResult {
    check_open(cx, this)?;
    Ok(this.clone())
}

fn exit(cx: &Thread, args: &Args<'_>) -> PyResult {
    protocol::call_method0(cx, &args.values()[0], "close")
}

fn iter(cx: &Thread, this: &Obj) -> PyResult {
    check_open(cx, this)?;
    Ok(this.clone())
}

fn next(cx: &Thread, this: &Obj) -> PyResult<Option<Obj>> {
    let line = protocol::call_method0(cx, this, "readline")?;
    Ok((protocol::len(cx, &line)? > 0).then_some(line))
}

/// Reads a line byte by byte: all that a stream with nothing but `read` allows.
fn readline(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let limit = limit(cx, size)?;
    let mut line = Vec::new();
    while line.len() < limit {
        let byte = protocol::call_method1(cx, this, "read", &Obj::small(1))?;
        let Some(data) = byte.downcast::<Bytes>() else {
            let found = cx.type_name(&byte);
            return Err(cx.os_error(format_args!("read() should have returned a bytes object, not '{found}'")));
        };
        line.extend_from_slice(data.data());
        if data.data().is_empty() || line.ends_with(b"\n") {
            break;
        }
    }
    Ok(Bytes::create(&line))
}

fn readlines(cx: &Thread, this: &Obj, hint: Option<&Obj>) -> PyResult {
    let limit = limit(cx, hint)?;
    let (mut lines, mut total) = (Vec::new(), 0);
    protocol::for_each(cx, this, |line| {
        total += protocol::len(cx, &line)?;
        lines.push(line);
        Ok(if limit > 0 && total >= limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(List::create(lines))
}

fn writelines(cx: &Thread, this: &Obj, lines: &Obj) -> PyResult {
    check_open(cx, this)?;
    protocol::for_each(cx, lines, |line| {
        protocol::call_method1(cx, this, "write", &line)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Obj::none())
}

natives! { static METHODS:
    "__del__" "(self, /)" F1(finalize) "";
    "__enter__" "(self, /)" F1(enter) "";
    "__exit__" "" Raw(exit) "";
    "_checkClosed" "(self, msg=None, /)" O2(check_closed) "";
    "_checkReadable" "(self, msg=None, /)" O2(check_readable) "";
    "_checkSeekable" "(self, msg=None, /)" O2(check_seekable) "";
    "_checkWritable" "(self, msg=None, /)" O2(check_writable) "";
    "close" "(self, /)" F1(close) "Flush and close the IO object.";
    "fileno" "(self, /)" F1(fileno) "Return underlying file descriptor if one exists.";
    "flush" "(self, /)" F1(flush) "Flush write buffers, if applicable.";
    "isatty" "(self, /)" F1(isatty) "Return whether this is an 'interactive' stream.";
    "readable" "(self, /)" F1(no) "Return whether object was opened for reading.";
    "readline" "(self, size=-1, /)" O2(readline) "Read and return a line from the stream.";
    "readlines" "(self, hint=-1, /)" O2(readlines) "Return a list of lines from the stream.";
    "seek" "(self, offset, whence=0, /)" O3(seek) "Change the stream position to the given byte offset.";
    "seekable" "(self, /)" F1(no) "Return whether object supports random access.";
    "tell" "(self, /)" F1(tell) "Return current stream position.";
    "truncate" "(self, size=None, /)" O2(truncate) "Truncate file to size bytes.";
    "writable" "(self, /)" F1(no) "Return whether object was opened for writing.";
    "writelines" "(self, lines, /)" F2(writelines) "Write a list of lines to stream.";
}

getsets! { static GETSETS:
    "closed" get_closed => "";
}

/// `_IOBase`.
pub(super) static BASE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), iter: Some(iter), next: Some(next), ..Slots::NONE },
    doc: "The abstract base class for all I/O classes.",
    ..TypeTable::NONE
};

/// Writes `data` into a writable buffer; how much fits.
pub(super) fn store(cx: &Thread, buffer: &Obj, data: &[u8]) -> PyResult {
    if let Some(array) = buffer.downcast::<ByteArray>() {
        array.with_mut(|place| place[..data.len()].copy_from_slice(data));
        return Ok(Obj::usize(data.len()));
    }
    let none = Obj::none();
    let slice = Slice::create(Obj::small(0), Obj::usize(data.len()), none);
    protocol::set_item(cx, buffer, &slice, &Bytes::create(data))?;
    Ok(Obj::usize(data.len()))
}

/// The `read` of raw streams that have `readinto`.
fn raw_read(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let wanted = limit(cx, size)?;
    if wanted == usize::MAX {
        return protocol::call_method0(cx, this, "readall");
    }
    let buffer = ByteArray::create(vec![0; wanted]);
    let count = protocol::call_method1(cx, this, "readinto", &buffer)?;
    if count.is_none() {
        return Ok(count);
    }
    let count = usize::try_from(machine_int(cx, &count)?).unwrap_or(usize::MAX);
    match buffer.expect::<ByteArray>().with(|data| data.get(..count).map(Bytes::create)) {
        Some(bytes) => Ok(bytes),
        None => Err(cx.value_error(format_args!("readinto() returned {count} outside buffer size {wanted}"))),
    }
}

fn readall(cx: &Thread, this: &Obj) -> PyResult {
    let mut all = Vec::new();
    loop {
        let part = protocol::call_method1(cx, this, "read", &Obj::usize(BLOCK))?;
        if part.is_none() && all.is_empty() {
            return Ok(part);
        }
        let Some(data) = part.downcast::<Bytes>().filter(|data| !data.data().is_empty()) else {
            return Ok(Bytes::create(&all));
        };
        all.extend_from_slice(data.data());
    }
}

natives! { static RAW_METHODS:
    "read" "(self, size=-1, /)" O2(raw_read) "Read up to size bytes.";
    "readall" "(self, /)" F1(readall) "Read until EOF, using multiple read() call.";
}

/// `_RawIOBase`.
pub(super) static RAW: TypeTable =
    TypeTable { methods: RAW_METHODS, doc: "Base class for raw binary I/O.", ..TypeTable::NONE };

macro_rules! unsupported_methods {
    ($($name:ident $what:literal;)*) => {
        $(fn $name(cx: &Thread, _: &Args<'_>) -> PyResult {
            Err(unsupported(cx, $what))
        })*
    };
}

unsupported_methods! {
    no_read "read";
    no_read1 "read1";
    no_readline "readline";
    no_write "write";
    no_detach "detach";
}

fn fill_by(cx: &Thread, this: &Obj, method: &str, buffer: &Obj) -> PyResult {
    let wanted = Obj::usize(protocol::len(cx, buffer)?);
    let data = protocol::call_method1(cx, this, method, &wanted)?;
    match data.downcast::<Bytes>() {
        Some(data) => store(cx, buffer, data.data()),
        None => Ok(data),
    }
}

fn readinto(cx: &Thread, this: &Obj, buffer: &Obj) -> PyResult {
    fill_by(cx, this, "read", buffer)
}

fn readinto1(cx: &Thread, this: &Obj, buffer: &Obj) -> PyResult {
    fill_by(cx, this, "read1", buffer)
}

natives! { static BUFFERED_METHODS:
    "detach" "" Raw(no_detach) "Disconnect this buffer from its underlying raw stream and return it.";
    "read" "" Raw(no_read) "Read and return up to n bytes.";
    "read1" "" Raw(no_read1) "Read and return up to size bytes, with at most one read() call.";
    "readinto" "(self, buffer, /)" F2(readinto) "";
    "readinto1" "(self, buffer, /)" F2(readinto1) "";
    "write" "" Raw(no_write) "Write buffer b to the IO stream.";
}

/// `_BufferedIOBase`.
pub(super) static BUFFERED: TypeTable =
    TypeTable { methods: BUFFERED_METHODS, doc: "Base class for buffered IO objects.", ..TypeTable::NONE };

fn nothing(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::none())
}

natives! { static TEXT_METHODS:
    "detach" "" Raw(no_detach) "Separate the underlying buffer from the TextIOBase and return it.";
    "read" "" Raw(no_read) "Read at most size characters from stream.";
    "readline" "" Raw(no_readline) "Read until newline or EOF.";
    "write" "" Raw(no_write) "Write string s to stream.";
}

getsets! { static TEXT_GETSETS:
    "encoding" nothing => "Encoding of the text stream.";
    "errors" nothing => "The error setting of the decoder or encoder.";
    "newlines" nothing => "Line endings translated so far.";
}

/// `_TextIOBase`.
pub(super) static TEXT: TypeTable =
    TypeTable { methods: TEXT_METHODS, getsets: TEXT_GETSETS, doc: "Base class for text I/O.", ..TypeTable::NONE };

/// `io.UnsupportedOperation`, an OSError and a ValueError.
pub(super) fn unsupported_operation(cx: &Thread) -> Obj {
    let bases = vec![cx.vm().exception(Exc::OSError).clone(), cx.vm().exception(Exc::ValueError).clone()];
    let class = pv_runtime::types::new_builtin("UnsupportedOperation", bases, Some(pv_object::Kind::Exception));
    class.expect::<pv_object::Type>().set_attr(&cx.names().__module__, text::intern("io"));
    class
}

/// What `repr` shows of a stream: its class and its name.
pub(super) fn show(cx: &Thread, this: &Obj, more: &str) -> PyResult {
    let class = format!("_io.{}", cx.type_name(this));
    let name = match cx.absorb(attr::get_str(cx, this, "name"), Exc::ValueError)? {
        Some(name) => format!(" name={}", text::to_string(&protocol::repr(cx, &name)?)),
        None => String::new(),
    };
    Ok(text::new(&format!("<{class}{name}{more}>")))
}

//! `TextIOWrapper`: text over a buffered stream of bytes.
//!
//! What was read ahead is kept as bytes in an encoding in which a line end is one byte (ASCII, Latin-1, UTF-8), and decoded when it
//! is given out; so the position in the stream is always known. Streams in other encodings are read to their end at once.
//! Invariants: bytes read ahead hold whole characters. No borrow of a buffer is held while Python code runs.

mod lines;

use std::cell::{Cell, RefCell};

use pv_object::{Bytes, Held, Obj, Payload, Str};
use pv_runtime::types::str::codec::{Encoding, Errors, decode, encode};
use pv_runtime::{Args, Exc, PyResult, Slots, Thread, TypeTable, attr, getsets, natives, protocol, text};

use super::base::{ask, closed_error, is_closed, limit, unsupported};
use super::buffered;
use crate::support::{Parameters, bytes_like, create, machine_int, state};
use lines::{Newlines, next_line, translate};

/// Bytes read or written at a time.
const CHUNK: usize = 8192;

/// How text is encoded.
#[derive(Clone)]
enum Code {
    /// By ourselves.
    Own(Encoding),
    /// By the codec of this name.
    Foreign,
}

struct TextFile {
    buffer: Held,
    code: RefCell<Code>,
    encoding: RefCell<String>,
    errors: RefCell<String>,
    newlines: Cell<Newlines>,
    /// The kinds of line ends met so far, as bits.
    seen: Cell<u8>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    /// Read ahead; the part before `at` has been given out.
    ahead: RefCell<Vec<u8>>,
    at: Cell<usize>,
    /// The start of a character whose rest was not read yet.
    partial: RefCell<Vec<u8>>,
    /// What `ahead` holds is not what the stream holds.
    recoded: Cell<bool>,
    /// An incremental encoder for foreign encodings.
    encoder: Held,
    started: Cell<bool>,
    waiting: RefCell<Vec<u8>>,
    /// `tell` is not possible between calls of `next`.
    iterating: Cell<bool>,
    /// Whether the buffer can be written, once it was asked.
    writable: Cell<Option<bool>>,
}

impl Payload for TextFile {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.buffer.visit(visitor);
        self.encoder.visit(visitor);
    }
}

impl TextFile {
    fn buffer(&self, cx: &Thread) -> PyResult {
        self.buffer.get().ok_or_else(|| cx.value_error("underlying buffer has been detached"))
    }

    fn errors(&self) -> Errors {
        Errors::named(&self.errors.borrow())
    }

    /// How what was read ahead is encoded.
    fn ahead_encoding(&self) -> (Encoding, Errors) {
        match (self.recoded.get(), &*self.code.borrow()) {
            (false, Code::Own(encoding)) => (*encoding, self.errors()),
            _ => (Encoding::Utf8, Errors::SurrogatePass),
        }
    }

    fn has_simple_line_ends(&self) -> bool {
        matches!(&*self.code.borrow(), Code::Own(Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8))
    }

    /// Reads some more ahead; false at the end.
    fn fill(&self, cx: &Thread) -> PyResult<bool> {
        if !self.has_simple_line_ends() {
            return self.fill_recoded(cx);
        }
        let buffer = self.buffer(cx)?;
        let read = if self.has_read1(cx, &buffer)? { "read1" } else { "read" };
        let part = protocol::call_method1(cx, &buffer, read, &Obj::usize(CHUNK))?;
        let part = input_bytes(cx, &part, read)?;
        self.append(cx, &part, part.is_empty())?;
        Ok(!part.is_empty())
    }

    fn has_read1(&self, cx: &Thread, buffer: &Obj) -> PyResult<bool> {
        Ok(attr::get_optional(cx, buffer, &text::intern("read1"))?.is_some())
    }

    /// Adds bytes of the stream to those read ahead.
    fn append(&self, cx: &Thread, part: &[u8], end: bool) -> PyResult<()> {
        let mut fresh = self.partial.take();
        fresh.extend_from_slice(part);
        let (encoding, errors) = self.ahead_encoding();
        if encoding == Encoding::Utf8 && !end {
            let whole = lines::whole_characters(&fresh);
            *self.partial.borrow_mut() = fresh.split_off(whole);
        }
        if errors == Errors::Strict && !(encoding == Encoding::Latin1 || fresh.is_ascii()) {
            // What does not decode is reported when it is read, with its place in what was read.
            let object = Bytes::create(&fresh);
            decode(cx, &object, &fresh, encoding, errors)?;
        }
        let at = self.at.replace(0);
        let mut ahead = self.ahead.borrow_mut();
        ahead.drain(..at);
        ahead.extend(fresh);
        Ok(())
    }

    /// Reads everything and recodes it.
    fn fill_recoded(&self, cx: &Thread) -> PyResult<bool> {
        let data = protocol::call_method0(cx, &self.buffer(cx)?, "read")?;
        let data = input_bytes(cx, &data, "read")?;
        if data.is_empty() {
            return Ok(false);
        }
        let code = self.code.borrow().clone();
        let decoded = match code {
            Code::Own(encoding) => decode(cx, &Bytes::create(&data), &data, encoding, self.errors())?,
            Code::Foreign => {
                let (encoding, errors) = (text::new(&self.encoding.borrow()), text::new(&self.errors.borrow()));
                protocol::call_method(cx, &Bytes::create(&data), "decode", &[encoding, errors])?
            }
        };
        self.recoded.set(true);
        self.at.set(0);
        *self.ahead.borrow_mut() = encode(cx, &decoded, Encoding::Utf8, Errors::SurrogatePass)?;
        Ok(true)
    }

    /// Gives out the next `count` bytes as text, with line ends translated.
    fn give(&self, cx: &Thread, count: usize) -> PyResult {
        let at = self.at.get();
        let data = self.ahead.borrow()[at..at + count].to_vec();
        self.at.set(at + count);
        let data = if self.newlines.get().universal() { translate(data, &self.newlines, &self.seen) } else { data };
        let (encoding, errors) = self.ahead_encoding();
        decode(cx, &Bytes::create(&data), &data, encoding, errors)
    }

    fn left(&self) -> usize {
        self.ahead.borrow().len() - self.at.get()
    }

    /// Hands what waits to the buffer.
    fn write_out(&self, cx: &Thread) -> PyResult<()> {
        let data = self.waiting.take();
        if data.is_empty() {
            return Ok(());
        }
        let buffer = self.buffer(cx)?;
        match buffered::write_exact(cx, &buffer, &data) {
            Some(done) => done,
            None => protocol::call_method1(cx, &buffer, "write", &Bytes::create(&data)).map(drop),
        }
    }

    fn check_writable(&self, cx: &Thread) -> PyResult<()> {
        if self.writable.get().is_none() {
            self.writable.set(Some(ask(cx, &self.buffer(cx)?, "writable")?));
        }
        if self.writable.get() == Some(true) { Ok(()) } else { Err(unsupported(cx, "not writable")) }
    }

    fn encode(&self, cx: &Thread, value: &Obj) -> PyResult<Vec<u8>> {
        let code = self.code.borrow().clone();
        let encoding = match code {
            Code::Own(encoding) => encoding,
            Code::Foreign => return self.encode_foreign(cx, value),
        };
        let wide = matches!(encoding, Encoding::Utf16(None) | Encoding::Utf32(None));
        let mut data = match value.expect::<Str>().as_ascii() {
            Some(ascii) if !matches!(encoding, Encoding::Utf16(_) | Encoding::Utf32(_)) => ascii.as_bytes().to_vec(),
            _ => encode(cx, value, encoding, self.errors())?,
        };
        if wide && self.started.replace(true) {
            data.drain(..if matches!(encoding, Encoding::Utf16(_)) { 2 } else { 4 });
        }
        Ok(data)
    }

    fn encode_foreign(&self, cx: &Thread, value: &Obj) -> PyResult<Vec<u8>> {
        if self.encoder.is_empty() {
            let codecs = pv_runtime::import::import_module(cx, "codecs")?;
            let name = text::new(&self.encoding.borrow());
            let make = protocol::call_method1(cx, &codecs, "getincrementalencoder", &name)?;
            self.encoder.set(protocol::call1(cx, &make, &text::new(&self.errors.borrow()))?);
        }
        let encoder = self.encoder.get().unwrap_or_else(Obj::none);
        bytes_like(cx, &protocol::call_method1(cx, &encoder, "encode", value)?)
    }

    fn forget_ahead(&self) {
        self.ahead.borrow_mut().clear();
        self.partial.borrow_mut().clear();
        self.at.set(0);
    }
}

/// What `read` of a buffer gave.
fn input_bytes(cx: &Thread, part: &Obj, method: &str) -> PyResult<Vec<u8>> {
    match cx.absorb(bytes_like(cx, part), Exc::TypeError)? {
        Some(bytes) => Ok(bytes),
        None => {
            let found = cx.type_name(part);
            Err(cx.type_error(format_args!(
                "underlying {method}() should have returned a bytes-like object, not '{found}'"
            )))
        }
    }
}

fn view<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a TextFile> {
    state(cx, this)
}

/// The state of an open stream.
fn open<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a TextFile> {
    let view = view(cx, this)?;
    let buffer = view.buffer(cx)?;
    let closed = match buffered::closed_exact(&buffer) {
        Some(closed) => closed,
        None => is_closed(cx, &buffer)?,
    };
    if closed { Err(closed_error(cx)) } else { Ok(view) }
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(
        class,
        TextFile {
            buffer: Held::empty(),
            code: RefCell::new(Code::Own(Encoding::Utf8)),
            encoding: RefCell::new("utf-8".to_owned()),
            errors: RefCell::new("strict".to_owned()),
            newlines: Cell::new(Newlines::Translated),
            seen: Cell::new(0),
            line_buffering: Cell::new(false),
            write_through: Cell::new(false),
            ahead: RefCell::default(),
            at: Cell::new(0),
            partial: RefCell::default(),
            recoded: Cell::new(false),
            encoder: Held::empty(),
            started: Cell::new(false),
            waiting: RefCell::default(),
            iterating: Cell::new(false),
            writable: Cell::new(None),
        },
    ))
}

static INIT: Parameters = Parameters::new(
    "TextIOWrapper",
    "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
);

fn init(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let bound = INIT.bind(cx, args)?;
    let view = view(cx, this)?;
    let given = |place: usize| bound[place].as_ref().filter(|value| !value.is_none());
    set_encoding(cx, view, given(1))?;
    set_errors(cx, view, given(2))?;
    view.newlines.set(newlines(cx, given(3))?);
    for (place, flag) in [(4, &view.line_buffering), (5, &view.write_through)] {
        flag.set(given(place).map_or(Ok(false), |value| protocol::truth(cx, value))?);
    }
    view.buffer.set(bound[0].clone().unwrap_or_else(Obj::none));
    Ok(())
}

fn set_encoding(cx: &Thread, view: &TextFile, encoding: Option<&Obj>) -> PyResult<()> {
    let name = match encoding {
        None => "UTF-8".to_owned(),
        Some(name) if name.kind() == pv_object::Kind::Str => text::to_string(name),
        Some(other) => {
            let found = cx.type_name(other);
            return Err(
                cx.type_error(format_args!("TextIOWrapper() argument 'encoding' must be str or None, not {found}"))
            );
        }
    };
    let name = if name == "locale" { "UTF-8".to_owned() } else { name };
    let code = match Encoding::named(&name) {
        Some(encoding) => Code::Own(encoding),
        None => {
            let codecs = pv_runtime::import::import_module(cx, "codecs")?;
            protocol::call_method1(cx, &codecs, "lookup", &text::new(&name))?;
            Code::Foreign
        }
    };
    *view.code.borrow_mut() = code;
    *view.encoding.borrow_mut() = name;
    Ok(())
}

fn set_errors(cx: &Thread, view: &TextFile, errors: Option<&Obj>) -> PyResult<()> {
    match errors {
        None => *view.errors.borrow_mut() = "strict".to_owned(),
        Some(name) if name.kind() == pv_object::Kind::Str => *view.errors.borrow_mut() = text::to_string(name),
        Some(other) => {
            let found = cx.type_name(other);
            return Err(
                cx.type_error(format_args!("TextIOWrapper() argument 'errors' must be str or None, not {found}"))
            );
        }
    }
    Ok(())
}

fn newlines(cx: &Thread, newline: Option<&Obj>) -> PyResult<Newlines> {
    let Some(newline) = newline else { return Ok(Newlines::Translated) };
    if newline.kind() != pv_object::Kind::Str {
        let found = cx.type_name(newline);
        return Err(cx.type_error(format_args!("TextIOWrapper() argument 'newline' must be str or None, not {found}")));
    }
    match Newlines::named(&text::to_string(newline)) {
        Some(newlines) => Ok(newlines),
        None => {
            let shown = text::to_string(&protocol::repr(cx, newline)?);
            Err(cx.value_error(format_args!("illegal newline value: {}", shown.trim_matches('\''))))
        }
    }
}

fn check_readable(cx: &Thread, view: &TextFile) -> PyResult<()> {
    if ask(cx, &view.buffer(cx)?, "readable")? { Ok(()) } else { Err(unsupported(cx, "not readable")) }
}

fn read(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let view = open(cx, this)?;
    check_readable(cx, view)?;
    view.write_out(cx)?;
    let wanted = limit(cx, size)?;
    if wanted == usize::MAX {
        return read_all(cx, view);
    }
    let mut out = pv_object::StrBuilder::new();
    let mut more = true;
    while out.len() < wanted && more {
        let count = lines::bytes_of(&view.ahead.borrow()[view.at.get()..], wanted - out.len(), view.ahead_encoding().0);
        let count = lines::keep_pairs(&view.ahead.borrow()[view.at.get()..], count, view.newlines.get());
        match count {
            Some(count) if count > 0 => out.push_obj(view.give(cx, count)?.expect()),
            _ => more = view.fill(cx)?,
        }
    }
    if out.len() < wanted && view.left() > 0 {
        out.push_obj(view.give(cx, view.left())?.expect());
    }
    Ok(out.finish())
}

fn read_all(cx: &Thread, view: &TextFile) -> PyResult {
    if view.has_simple_line_ends() {
        let data = protocol::call_method0(cx, &view.buffer(cx)?, "read")?;
        let data = input_bytes(cx, &data, "read")?;
        view.append(cx, &data, true)?;
    } else {
        view.fill_recoded(cx)?;
    }
    view.give(cx, view.left())
}

/// The next line; the empty string at the end.
fn take_line(cx: &Thread, view: &TextFile, limit: usize) -> PyResult {
    let mut more = true;
    loop {
        let found = next_line(&view.ahead.borrow()[view.at.get()..], view.newlines.get(), !more);
        let end = match found {
            Some(end) => end,
            None if more => {
                more = view.fill(cx)?;
                continue;
            }
            None => view.left(),
        };
        if limit == usize::MAX {
            return view.give(cx, end);
        }
        let rest = view.ahead.borrow()[view.at.get()..view.at.get() + end].to_vec();
        return view.give(cx, lines::bytes_of(&rest, limit, view.ahead_encoding().0).unwrap_or(end));
    }
}

fn readline(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let view = open(cx, this)?;
    check_readable(cx, view)?;
    view.write_out(cx)?;
    let limit = limit(cx, size)?;
    take_line(cx, view, limit)
}

fn next(cx: &Thread, this: &Obj) -> PyResult<Option<Obj>> {
    let view = open(cx, this)?;
    if !view.iterating.replace(true) {
        check_readable(cx, view)?;
        view.write_out(cx)?;
    }
    let line = take_line(cx, view, usize::MAX)?;
    if !line.expect::<Str>().is_empty() {
        return Ok(Some(line));
    }
    view.iterating.set(false);
    Ok(None)
}

fn write(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    let Some(string) = value.downcast::<Str>() else {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("write() argument must be str, not {found}")));
    };
    let view = open(cx, this)?;
    view.check_writable(cx)?;
    let shown = match view.newlines.get().written() {
        Some(end) => string.replace(text::new("\n").expect(), text::new(end).expect(), usize::MAX),
        None => value.clone(),
    };
    let data = view.encode(cx, &shown)?;
    let at_once = view.line_buffering.get() && data.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
    if view.waiting.borrow().len() + data.len() > CHUNK {
        view.write_out(cx)?;
    }
    view.waiting.borrow_mut().extend(data);
    if view.write_through.get() || at_once || view.waiting.borrow().len() > CHUNK {
        view.write_out(cx)?;
    }
    if at_once {
        flush(cx, this)?;
    }
    view.forget_ahead();
    Ok(Obj::usize(string.len()))
}

fn flush(cx: &Thread, this: &Obj) -> PyResult {
    let view = open(cx, this)?;
    view.write_out(cx)?;
    protocol::call_method0(cx, &view.buffer(cx)?, "flush")
}

fn check_seekable(cx: &Thread, view: &TextFile) -> PyResult<()> {
    match ask(cx, &view.buffer(cx)?, "seekable")? {
        true => Ok(()),
        false => Err(unsupported(cx, "underlying stream is not seekable")),
    }
}

fn tell(cx: &Thread, this: &Obj) -> PyResult {
    let view = open(cx, this)?;
    check_seekable(cx, view)?;
    if view.iterating.get() {
        return Err(cx.os_error("telling position disabled by next() call"));
    }
    flush(cx, this)?;
    if view.recoded.get() && view.left() > 0 {
        return Err(unsupported(cx, "tell() in the middle of a stream of this encoding"));
    }
    let place = machine_int(cx, &protocol::call_method0(cx, &view.buffer(cx)?, "tell")?)?;
    let ahead = if view.recoded.get() { 0 } else { view.left() + view.partial.borrow().len() };
    Ok(Obj::int(place - ahead as i64))
}

fn seek(cx: &Thread, this: &Obj, cookie: &Obj, whence: Option<&Obj>) -> PyResult {
    let view = open(cx, this)?;
    check_seekable(cx, view)?;
    let whence = whence.map_or(Ok(0), |whence| machine_int(cx, whence))?;
    let offset = machine_int(cx, cookie)?;
    let place = match whence {
        0 if offset < 0 => return Err(cx.value_error(format_args!("negative seek position {offset}"))),
        0 => cookie.clone(),
        1 | 2 if offset != 0 => {
            let what = if whence == 1 { "cur" } else { "end" };
            return Err(unsupported(cx, &format!("can't do nonzero {what}-relative seeks")));
        }
        1 => tell(cx, this)?,
        2 => {
            flush(cx, this)?;
            view.forget_ahead();
            return protocol::call_method(cx, &view.buffer(cx)?, "seek", &[Obj::small(0), Obj::small(2)]);
        }
        _ => return Err(cx.value_error(format_args!("invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    flush(cx, this)?;
    view.forget_ahead();
    view.recoded.set(false);
    view.iterating.set(false);
    protocol::call_method1(cx, &view.buffer(cx)?, "seek", &place)?;
    Ok(place)
}

fn truncate(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    flush(cx, this)?;
    let size = size.cloned().unwrap_or_else(Obj::none);
    protocol::call_method1(cx, &view(cx, this)?.buffer(cx)?, "truncate", &size)
}

fn close(cx: &Thread, this: &Obj) -> PyResult {
    let view = view(cx, this)?;
    let Some(buffer) = view.buffer.get() else { return Ok(Obj::none()) };
    if is_closed(cx, &buffer)? {
        return Ok(Obj::none());
    }
    if let Err(raised) = protocol::call_method0(cx, this, "flush") {
        let error = cx.take_exception(raised);
        view.waiting.borrow_mut().clear();
        protocol::call_method0(cx, &buffer, "close")?;
        return Err(cx.set_pending(error));
    }
    protocol::call_method0(cx, &buffer, "close")
}

fn detach(cx: &Thread, this: &Obj) -> PyResult {
    flush(cx, this)?;
    let view = view(cx, this)?;
    let buffer = view.buffer(cx)?;
    drop(view.buffer.take());
    Ok(buffer)
}

static RECONFIGURE: Parameters = Parameters::new(
    "reconfigure",
    "(*, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)",
);

fn reconfigure(cx: &Thread, args: &Args<'_>) -> PyResult {
    let this = &args.values()[0];
    let view = view(cx, this)?;
    let bound = RECONFIGURE.bind(cx, &args.rest())?;
    let given = |place: usize| bound[place].as_ref().filter(|value| !value.is_none());
    if view.left() > 0 && (given(0).is_some() || bound[2].is_some()) {
        return Err(unsupported(
            cx,
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    flush(cx, this)?;
    if let Some(encoding) = given(0) {
        set_encoding(cx, view, Some(encoding))?;
        set_errors(cx, view, given(1))?;
    } else if let Some(errors) = given(1) {
        set_errors(cx, view, Some(errors))?;
    }
    if let Some(newline) = &bound[2] {
        view.newlines.set(newlines(cx, Some(newline).filter(|newline| !newline.is_none()))?);
    }
    for (place, flag) in [(3, &view.line_buffering), (4, &view.write_through)] {
        if let Some(value) = given(place) {
            flag.set(protocol::truth(cx, value)?);
        }
    }
    Ok(Obj::none())
}

macro_rules! passed_on {
    ($($name:ident $method:literal;)*) => {
        $(fn $name(cx: &Thread, this: &Obj) -> PyResult {
            protocol::call_method0(cx, &view(cx, this)?.buffer(cx)?, $method)
        })*
    };
}

passed_on! {
    fileno "fileno";
    isatty "isatty";
    readable "readable";
    writable "writable";
    seekable "seekable";
}

natives! { static METHODS:
    "close" "(self, /)" F1(close) "";
    "detach" "(self, /)" F1(detach) "";
    "fileno" "(self, /)" F1(fileno) "";
    "flush" "(self, /)" F1(flush) "";
    "isatty" "(self, /)" F1(isatty) "";
    "read" "(self, size=-1, /)" O2(read) "";
    "readable" "(self, /)" F1(readable) "";
    "readline" "(self, size=-1, /)" O2(readline) "";
    "reconfigure" "" Raw(reconfigure) "Reconfigure the text stream with new parameters.";
    "seek" "(self, cookie, whence=0, /)" O3(seek) "Set the stream position, and return the new stream position.";
    "seekable" "(self, /)" F1(seekable) "";
    "tell" "(self, /)" F1(tell) "Return the stream position as an opaque number.";
    "truncate" "(self, pos=None, /)" O2(truncate) "";
    "writable" "(self, /)" F1(writable) "";
    "write" "(self, text, /)" F2(write) "";
}

fn get_buffer(cx: &Thread, this: &Obj) -> PyResult {
    view(cx, this)?.buffer(cx)
}

fn get_closed(cx: &Thread, this: &Obj) -> PyResult {
    attr::get_str(cx, &view(cx, this)?.buffer(cx)?, "closed")
}

fn get_name(cx: &Thread, this: &Obj) -> PyResult {
    attr::get_str(cx, &view(cx, this)?.buffer(cx)?, "name")
}

fn get_encoding(cx: &Thread, this: &Obj) -> PyResult {
    Ok(text::new(&view(cx, this)?.encoding.borrow()))
}

fn get_errors(cx: &Thread, this: &Obj) -> PyResult {
    Ok(text::new(&view(cx, this)?.errors.borrow()))
}

fn get_newlines(cx: &Thread, this: &Obj) -> PyResult {
    Ok(lines::seen(view(cx, this)?.seen.get()))
}

fn get_line_buffering(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(view(cx, this)?.line_buffering.get()))
}

fn get_write_through(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(view(cx, this)?.write_through.get()))
}

getsets! { static GETSETS:
    "buffer" get_buffer => "";
    "closed" get_closed => "";
    "encoding" get_encoding => "";
    "errors" get_errors => "";
    "line_buffering" get_line_buffering => "";
    "name" get_name => "";
    "newlines" get_newlines => "";
    "write_through" get_write_through => "";
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let mode = attr::get_optional(cx, this, &text::intern("mode"))?;
    let mode = match mode {
        Some(mode) => format!(" mode={}", text::to_string(&protocol::repr(cx, &mode)?)),
        None => String::new(),
    };
    let encoding = view(cx, this)?.encoding.borrow().clone();
    super::base::show(cx, this, &format!("{mode} encoding='{encoding}'"))
}

/// `TextIOWrapper`.
pub(super) static TEXT_FILE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), next: Some(next), ..Slots::NONE },
    doc: "Character and line based layer over a BufferedIOBase object, buffer.",
    ..TypeTable::NONE
};

//! `BufferedReader`, `BufferedWriter` and `BufferedRandom`: bytes on the way to or from a raw stream.
//!
//! Invariants: at most one of the two buffers holds anything; what was read ahead lies behind the raw stream's position, what
//! is to be written before it. No borrow of a buffer is held while Python code runs.

use std::cell::{Cell, RefCell};

use pv_object::{Bytes, Held, Obj, Payload};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, attr, getsets, natives, protocol, text};

use super::base::{ask, closed_error, is_closed, limit, show, store, unsupported};
use super::file::File;
use crate::support::{Parameters, bytes_like, create, machine_int, state};

#[derive(Default)]
struct Buffered {
    raw: Held,
    size: Cell<usize>,
    /// Read ahead; the part before `at` has been given out.
    ahead: RefCell<Vec<u8>>,
    at: Cell<usize>,
    /// To be written.
    waiting: RefCell<Vec<u8>>,
}

impl Payload for Buffered {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.raw.visit(visitor);
    }
}

impl Buffered {
    fn raw(&self, cx: &Thread) -> PyResult {
        self.raw.get().ok_or_else(|| cx.value_error("raw stream has been detached"))
    }

    /// One read of the raw stream; `None` where it would block.
    fn read_raw(&self, cx: &Thread, wanted: usize) -> PyResult<Option<Vec<u8>>> {
        let raw = self.raw(cx)?;
        if let Some(file) = raw.native::<File>().filter(|_| raw.is_exact()) {
            return file.read(cx, wanted).map(Some);
        }
        let part = protocol::call_method1(cx, &raw, "read", &Obj::usize(wanted))?;
        if part.is_none() { Ok(None) } else { bytes_like(cx, &part).map(Some) }
    }

    fn write_raw(&self, cx: &Thread, data: &[u8]) -> PyResult<usize> {
        let raw = self.raw(cx)?;
        if let Some(file) = raw.native::<File>().filter(|_| raw.is_exact()) {
            return file.write(cx, data);
        }
        let count = protocol::call_method1(cx, &raw, "write", &Bytes::create(data))?;
        if count.is_none() {
            return Err(cx.raise_args(
                pv_runtime::Exc::BlockingIOError,
                vec![Obj::small(11), text::new("write could not complete without blocking"), Obj::small(0)],
            ));
        }
        match usize::try_from(machine_int(cx, &count)?) {
            Ok(count) if count <= data.len() => Ok(count),
            _ => Err(cx.os_error("raw write() returned invalid length")),
        }
    }

    /// How much was read ahead.
    fn left(&self) -> usize {
        self.ahead.borrow().len() - self.at.get()
    }

    /// Gives out up to `count` bytes of what was read ahead.
    fn take(&self, count: usize, out: &mut Vec<u8>) -> usize {
        let count = count.min(self.left());
        let at = self.at.get();
        out.extend_from_slice(&self.ahead.borrow()[at..at + count]);
        self.at.set(at + count);
        count
    }

    /// Reads ahead when there is nothing left; false at the end.
    fn fill(&self, cx: &Thread) -> PyResult<bool> {
        if self.left() > 0 {
            return Ok(true);
        }
        self.write_out(cx)?;
        let part = self.read_raw(cx, self.size.get())?.unwrap_or_default();
        self.at.set(0);
        *self.ahead.borrow_mut() = part;
        Ok(self.left() > 0)
    }

    /// Writes all that waits.
    fn write_out(&self, cx: &Thread) -> PyResult<()> {
        let data = self.waiting.take();
        let mut done = 0;
        while done < data.len() {
            match self.write_raw(cx, &data[done..]) {
                Ok(count) => done += count,
                Err(raised) => {
                    let rest = data[done..].to_vec();
                    let later = self.waiting.replace(rest);
                    self.waiting.borrow_mut().extend(later);
                    return Err(raised);
                }
            }
        }
        Ok(())
    }

    fn write(&self, cx: &Thread, data: &[u8]) -> PyResult<()> {
        self.rewind(cx)?;
        if self.waiting.borrow().len() + data.len() > self.size.get() {
            self.write_out(cx)?;
        }
        self.waiting.borrow_mut().extend_from_slice(data);
        if data.len() > self.size.get() { self.write_out(cx) } else { Ok(()) }
    }

    /// Forgets what was read ahead, and goes back to where the reader is.
    fn rewind(&self, cx: &Thread) -> PyResult<()> {
        let left = self.left();
        self.ahead.borrow_mut().clear();
        self.at.set(0);
        if left > 0 {
            let back = [Obj::int(-(left as i64)), Obj::small(1)];
            protocol::call_method(cx, &self.raw(cx)?, "seek", &back)?;
        }
        Ok(())
    }
}

/// Is this one of our own buffers over one of our own files, and closed?
pub(super) fn closed_exact(buffer: &Obj) -> Option<bool> {
    let view = buffer.native::<Buffered>().filter(|_| buffer.is_exact())?;
    let raw = view.raw.get()?;
    let file = raw.native::<File>().filter(|_| raw.is_exact())?;
    Some(file.is_closed())
}

/// Writes to one of our own buffers; `None` for others.
pub(super) fn write_exact(cx: &Thread, buffer: &Obj, data: &[u8]) -> Option<PyResult<()>> {
    closed_exact(buffer).filter(|closed| !closed)?;
    let view = buffer.native::<Buffered>()?;
    Some(view.write(cx, data))
}

fn view<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Buffered> {
    state(cx, this)
}

/// The state of an open stream.
fn open<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Buffered> {
    let view = view(cx, this)?;
    let raw = view.raw(cx)?;
    if is_closed(cx, &raw)? { Err(closed_error(cx)) } else { Ok(view) }
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, Buffered::default()))
}

static INIT: Parameters = Parameters::new("BufferedIO", "(raw, buffer_size=131072)");

fn init(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<Obj> {
    let bound = INIT.bind(cx, args)?;
    let raw = bound[0].clone().unwrap_or_else(Obj::none);
    let size = bound[1].as_ref().map_or(Ok(131_072), |size| machine_int(cx, size))?;
    let Some(size) = usize::try_from(size).ok().filter(|size| *size > 0) else {
        return Err(cx.value_error("buffer size must be strictly positive"));
    };
    let view = view(cx, this)?;
    view.raw.set(raw.clone());
    view.size.set(size);
    Ok(raw)
}

fn init_reader(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let raw = init(cx, this, args)?;
    if ask(cx, &raw, "readable")? { Ok(()) } else { Err(unsupported(cx, "File or stream is not readable.")) }
}

fn init_writer(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let raw = init(cx, this, args)?;
    if ask(cx, &raw, "writable")? { Ok(()) } else { Err(unsupported(cx, "File or stream is not writable.")) }
}

fn init_random(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    init_reader(cx, this, args)?;
    init_writer(cx, this, args)
}

fn read(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let (view, wanted) = (open(cx, this)?, limit(cx, size)?);
    let mut out = Vec::new();
    if wanted == usize::MAX {
        return read_all(cx, view);
    }
    while out.len() < wanted {
        let need = wanted - out.len();
        if view.left() == 0 && need >= view.size.get() {
            view.write_out(cx)?;
            match view.read_raw(cx, need)? {
                None if out.is_empty() => return Ok(Obj::none()),
                Some(part) if !part.is_empty() => out.extend(part),
                _ => break,
            }
        } else if view.fill(cx)? {
            view.take(need, &mut out);
        } else {
            break;
        }
    }
    Ok(Bytes::create(&out))
}

fn read_all(cx: &Thread, view: &Buffered) -> PyResult {
    view.write_out(cx)?;
    let mut out = Vec::new();
    view.take(usize::MAX, &mut out);
    let raw = view.raw(cx)?;
    if let Some(file) = raw.native::<File>().filter(|_| raw.is_exact()) {
        out.extend(file.read_all(cx)?);
        return Ok(Bytes::create(&out));
    }
    while let Some(part) = view.read_raw(cx, view.size.get())?.filter(|part| !part.is_empty()) {
        out.extend(part);
    }
    Ok(Bytes::create(&out))
}

fn read1(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let (view, wanted) = (open(cx, this)?, limit(cx, size)?);
    let mut out = Vec::new();
    if wanted > 0 && view.fill(cx)? {
        view.take(wanted, &mut out);
    }
    Ok(Bytes::create(&out))
}

fn peek(cx: &Thread, this: &Obj, _: Option<&Obj>) -> PyResult {
    let view = open(cx, this)?;
    view.fill(cx)?;
    let at = view.at.get();
    Ok(Bytes::create(&view.ahead.borrow()[at..]))
}

fn take_line(cx: &Thread, view: &Buffered, limit: usize) -> PyResult {
    let mut line = Vec::new();
    while line.len() < limit && view.fill(cx)? {
        let (at, room) = (view.at.get(), limit - line.len());
        let end = view.ahead.borrow()[at..].iter().position(|byte| *byte == b'\n');
        view.take(end.map_or(usize::MAX, |end| end + 1).min(room), &mut line);
        if line.ends_with(b"\n") {
            break;
        }
    }
    Ok(Bytes::create(&line))
}

fn readline(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let view = open(cx, this)?;
    let limit = limit(cx, size)?;
    take_line(cx, view, limit)
}

fn next(cx: &Thread, this: &Obj) -> PyResult<Option<Obj>> {
    let line = take_line(cx, open(cx, this)?, usize::MAX)?;
    Ok((!line.expect::<Bytes>().data().is_empty()).then_some(line))
}

fn readinto(cx: &Thread, this: &Obj, buffer: &Obj) -> PyResult {
    let wanted = Obj::usize(protocol::len(cx, buffer)?);
    let data = read(cx, this, Some(&wanted))?;
    match data.downcast::<Bytes>() {
        Some(data) => store(cx, buffer, data.data()),
        None => Ok(data),
    }
}

fn readinto1(cx: &Thread, this: &Obj, buffer: &Obj) -> PyResult {
    let wanted = Obj::usize(protocol::len(cx, buffer)?);
    let data = read1(cx, this, Some(&wanted))?;
    store(cx, buffer, data.expect::<Bytes>().data())
}

fn write(cx: &Thread, this: &Obj, data: &Obj) -> PyResult {
    if data.kind() == pv_object::Kind::Str {
        return Err(cx.type_error("a bytes-like object is required, not 'str'"));
    }
    let (view, data) = (open(cx, this)?, bytes_like(cx, data)?);
    view.write(cx, &data)?;
    Ok(Obj::usize(data.len()))
}

fn flush(cx: &Thread, this: &Obj) -> PyResult {
    let view = open(cx, this)?;
    view.write_out(cx)?;
    if view.left() > 0 && ask(cx, &view.raw(cx)?, "seekable")? {
        view.rewind(cx)?;
    }
    Ok(Obj::none())
}

fn seek(cx: &Thread, this: &Obj, offset: &Obj, whence: Option<&Obj>) -> PyResult {
    let view = open(cx, this)?;
    let whence = whence.map_or(Ok(0), |whence| machine_int(cx, whence))?;
    if !(0..=2).contains(&whence) {
        return Err(cx.value_error(format_args!("whence value {whence} unsupported")));
    }
    let mut offset = machine_int(cx, offset)?;
    if !ask(cx, &view.raw(cx)?, "seekable")? {
        return Err(unsupported(cx, "File or stream is not seekable."));
    }
    view.write_out(cx)?;
    if whence == 1 {
        offset -= view.left() as i64;
    }
    view.ahead.borrow_mut().clear();
    view.at.set(0);
    protocol::call_method(cx, &view.raw(cx)?, "seek", &[Obj::int(offset), Obj::int(whence)])
}

fn tell(cx: &Thread, this: &Obj) -> PyResult {
    let view = view(cx, this)?;
    let place = machine_int(cx, &protocol::call_method0(cx, &view.raw(cx)?, "tell")?)?;
    Ok(Obj::int(place - view.left() as i64 + view.waiting.borrow().len() as i64))
}

fn truncate(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let view = open(cx, this)?;
    let size = match size.filter(|size| !size.is_none()) {
        Some(size) => size.clone(),
        None => tell(cx, this)?,
    };
    view.write_out(cx)?;
    view.rewind(cx)?;
    protocol::call_method1(cx, &view.raw(cx)?, "truncate", &size)
}

fn close(cx: &Thread, this: &Obj) -> PyResult {
    let view = view(cx, this)?;
    let Some(raw) = view.raw.get() else { return Ok(Obj::none()) };
    if is_closed(cx, &raw)? {
        return Ok(Obj::none());
    }
    let flushed = protocol::call_method0(cx, this, "flush");
    if let Err(raised) = flushed {
        let error = cx.take_exception(raised);
        view.waiting.borrow_mut().clear();
        protocol::call_method0(cx, &raw, "close")?;
        return Err(cx.set_pending(error));
    }
    protocol::call_method0(cx, &raw, "close")
}

fn detach(cx: &Thread, this: &Obj) -> PyResult {
    flush(cx, this)?;
    let view = view(cx, this)?;
    let raw = view.raw(cx)?;
    drop(view.raw.take());
    Ok(raw)
}

macro_rules! passed_on {
    ($($name:ident $method:literal;)*) => {
        $(fn $name(cx: &Thread, this: &Obj) -> PyResult {
            protocol::call_method0(cx, &view(cx, this)?.raw(cx)?, $method)
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

fn no(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::bool(false))
}

macro_rules! buffered_class {
    ($methods:ident $table:ident $init:ident $readable:ident $writable:ident [$($more:tt)*] $next:expr, $doc:literal) => {
        natives! { static $methods:
            "close" "(self, /)" F1(close) "";
            "detach" "(self, /)" F1(detach) "";
            "fileno" "(self, /)" F1(fileno) "";
            "flush" "(self, /)" F1(flush) "";
            "isatty" "(self, /)" F1(isatty) "";
            "readable" "(self, /)" F1($readable) "";
            "seek" "(self, target, whence=0, /)" O3(seek) "";
            "seekable" "(self, /)" F1(seekable) "";
            "tell" "(self, /)" F1(tell) "";
            "truncate" "(self, pos=None, /)" O2(truncate) "";
            "writable" "(self, /)" F1($writable) "";
            $($more)*
        }
        /// A class of buffered streams.
        pub(super) static $table: TypeTable = TypeTable {
            methods: $methods,
            getsets: GETSETS,
            slots: Slots { new: Some(new), init: Some($init), repr: Some(repr), next: $next, ..Slots::NONE },
            doc: $doc,
            ..TypeTable::NONE
        };
    };
}

buffered_class!(READER_METHODS READER init_reader readable no [
    "peek" "(self, size=0, /)" O2(peek) "";
    "read" "(self, size=-1, /)" O2(read) "";
    "read1" "(self, size=-1, /)" O2(read1) "";
    "readinto" "(self, buffer, /)" F2(readinto) "";
    "readinto1" "(self, buffer, /)" F2(readinto1) "";
    "readline" "(self, size=-1, /)" O2(readline) "";
] Some(next), "Create a new buffered reader using the given readable raw IO object.");

buffered_class!(WRITER_METHODS WRITER init_writer no writable [
    "write" "(self, buffer, /)" F2(write) "";
] None, "A buffer for a writeable sequential RawIO object.");

buffered_class!(RANDOM_METHODS RANDOM init_random readable writable [
    "peek" "(self, size=0, /)" O2(peek) "";
    "read" "(self, size=-1, /)" O2(read) "";
    "read1" "(self, size=-1, /)" O2(read1) "";
    "readinto" "(self, buffer, /)" F2(readinto) "";
    "readinto1" "(self, buffer, /)" F2(readinto1) "";
    "readline" "(self, size=-1, /)" O2(readline) "";
    "write" "(self, buffer, /)" F2(write) "";
] Some(next), "A buffered interface to random access streams.");

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    show(cx, this, "")
}

macro_rules! of_raw {
    ($($name:ident $attribute:literal;)*) => {
        $(fn $name(cx: &Thread, this: &Obj) -> PyResult {
            attr::get_str(cx, &view(cx, this)?.raw(cx)?, $attribute)
        })*
    };
}

of_raw! {
    get_closed "closed";
    get_name "name";
    get_mode "mode";
}

fn get_raw(cx: &Thread, this: &Obj) -> PyResult {
    Ok(view(cx, this)?.raw.get().unwrap_or_else(Obj::none))
}

getsets! { static GETSETS:
    "closed" get_closed => "";
    "mode" get_mode => "";
    "name" get_name => "";
    "raw" get_raw => "";
}

fn no_pair(cx: &Thread, _: &Obj, _: &Args<'_>) -> PyResult {
    Err(cx.not_implemented("io.BufferedRWPair is not supported yet"))
}

/// `BufferedRWPair`: not there yet.
pub(super) static PAIR: TypeTable =
    TypeTable { slots: Slots { new: Some(no_pair), ..Slots::NONE }, doc: "Not supported yet.", ..TypeTable::NONE };

//! `FileIO`: bytes of an open descriptor, unbuffered.

use std::cell::Cell;

use pv_object::{Bytes, Dict, Obj, Payload};
use pv_runtime::descriptors::Descriptor;
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, attr, getsets, natives, protocol, text};
use rustix::fs::{Mode, OFlags, SeekFrom};

use super::base::{BLOCK, limit, store, unsupported};
use crate::posix::{os_error, path};
use crate::support::{Parameters, bytes_like, create, machine_int, state};

/// The state of a file.
#[derive(Default)]
pub(super) struct File {
    /// Below zero when closed.
    number: Cell<i32>,
    keeps_open: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    appending: Cell<bool>,
    creating: Cell<bool>,
    seekable: Cell<Option<bool>>,
}

impl Payload for File {}

impl File {
    fn descriptor(&self, cx: &Thread) -> PyResult<Descriptor> {
        if self.number.get() < 0 {
            return Err(cx.value_error("I/O operation on closed file"));
        }
        cx.vm().descriptors.get(self.number.get()).map_err(|error| os_error(cx, &error, None))
    }

    /// Has the file been closed?
    pub(super) fn is_closed(&self) -> bool {
        self.number.get() < 0
    }

    fn readable(&self, cx: &Thread) -> PyResult<Descriptor> {
        let descriptor = self.descriptor(cx)?;
        if self.readable.get() { Ok(descriptor) } else { Err(unsupported(cx, "File not open for reading")) }
    }

    fn writable(&self, cx: &Thread) -> PyResult<Descriptor> {
        let descriptor = self.descriptor(cx)?;
        if self.writable.get() { Ok(descriptor) } else { Err(unsupported(cx, "File not open for writing")) }
    }

    /// Reads at most `wanted` bytes.
    pub(super) fn read(&self, cx: &Thread, wanted: usize) -> PyResult<Vec<u8>> {
        let descriptor = self.readable(cx)?;
        let mut data = vec![0; wanted];
        let count = system(cx, || rustix::io::read(&descriptor, &mut data))?;
        data.truncate(count);
        Ok(data)
    }

    /// Reads to the end.
    pub(super) fn read_all(&self, cx: &Thread) -> PyResult<Vec<u8>> {
        let mut all = Vec::new();
        loop {
            let part = self.read(cx, BLOCK)?;
            if part.is_empty() {
                return Ok(all);
            }
            all.extend(part);
        }
    }

    /// Writes as much as the system takes at once.
    pub(super) fn write(&self, cx: &Thread, data: &[u8]) -> PyResult<usize> {
        let descriptor = self.writable(cx)?;
        system(cx, || rustix::io::write(&descriptor, data))
    }

    fn seek(&self, cx: &Thread, offset: i64, whence: i64) -> PyResult<u64> {
        let descriptor = self.descriptor(cx)?;
        let place = match whence {
            0 => match u64::try_from(offset) {
                Ok(offset) => SeekFrom::Start(offset),
                Err(_) => return Err(os_error(cx, &std::io::Error::from_raw_os_error(22), None)),
            },
            1 => SeekFrom::Current(offset),
            2 => SeekFrom::End(offset),
            _ => return Err(cx.value_error(format_args!("invalid whence ({whence}, should be 0, 1 or 2)"))),
        };
        system(cx, || rustix::fs::seek(&descriptor, place))
    }
}

/// Calls the system, again when a signal came in between.
fn system<T>(cx: &Thread, call: impl FnMut() -> rustix::io::Result<T>) -> PyResult<T> {
    rustix::io::retry_on_intr(call).map_err(|error| os_error(cx, &error.into(), None))
}

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, File { number: Cell::new(-1), ..File::default() }))
}

static INIT: Parameters = Parameters::new("FileIO", "(file, mode='r', closefd=True, opener=None)");

fn init(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let bound = INIT.bind(cx, args)?;
    let file = bound[0].clone().unwrap_or_else(Obj::none);
    let mode = bound[1].as_ref().map_or_else(|| "r".to_owned(), text::to_string);
    let keeps_open = !bound[2].as_ref().map_or(Ok(true), |value| protocol::truth(cx, value))?;
    let opener = bound[3].as_ref().filter(|opener| !opener.is_none());
    let view = state::<File>(cx, this)?;
    let flags = set_mode(cx, view, &mode)?;
    view.keeps_open.set(keeps_open);
    view.seekable.set(None);
    if file.is_int() && file.as_bool().is_none() {
        let number = machine_int(cx, &file)?;
        if number < 0 {
            return Err(cx.value_error("negative file descriptor"));
        }
        view.number.set(number as i32);
        view.descriptor(cx)?;
    } else {
        if keeps_open {
            return Err(cx.value_error("Cannot use closefd=False with file name"));
        }
        view.number.set(open(cx, &file, flags, opener)?);
    }
    attr::set(cx, this, &text::intern("name"), &file)?;
    check_no_folder(cx, view, &file)?;
    if view.appending.get() {
        // A pipe cannot be positioned; appending to it is writing.
        cx.absorb(view.seek(cx, 0, 2), pv_runtime::Exc::OSError)?;
    }
    Ok(())
}

/// Reads the mode; the flags of `open`.
fn set_mode(cx: &Thread, file: &File, mode: &str) -> PyResult<OFlags> {
    let count = |wanted: &str| mode.chars().filter(|letter| wanted.contains(*letter)).count();
    if mode.chars().any(|letter| !"rwxab+".contains(letter)) {
        return Err(cx.value_error(format_args!("invalid mode: {mode}")));
    }
    if count("rwxa") != 1 || count("+") > 1 {
        let text = "Must have exactly one of create/read/write/append mode and at most one plus";
        return Err(cx.value_error(text));
    }
    let both = mode.contains('+');
    file.readable.set(mode.contains('r') || both);
    file.writable.set(!mode.contains('r') || both);
    file.appending.set(mode.contains('a'));
    file.creating.set(mode.contains('x'));
    let access = match (file.readable.get(), file.writable.get()) {
        (true, true) => OFlags::RDWR,
        (true, false) => OFlags::RDONLY,
        _ => OFlags::WRONLY,
    };
    let more = match mode.chars().find(|letter| "rwxa".contains(*letter)) {
        Some('w') => OFlags::CREATE | OFlags::TRUNC,
        Some('x') => OFlags::CREATE | OFlags::EXCL,
        Some('a') => OFlags::CREATE | OFlags::APPEND,
        _ => OFlags::empty(),
    };
    Ok(access | more | OFlags::CLOEXEC)
}

fn open(cx: &Thread, file: &Obj, flags: OFlags, opener: Option<&Obj>) -> PyResult<i32> {
    if let Some(opener) = opener {
        let number = protocol::call2(cx, opener, file, &Obj::int(i64::from(flags.bits())))?;
        let number = machine_int(cx, &number)?;
        return match i32::try_from(number) {
            Ok(number) if number >= 0 => Ok(number),
            _ => Err(cx.value_error(format_args!("opener returned {number}"))),
        };
    }
    let place = path(cx, file)?;
    let mode = Mode::from_raw_mode(0o666);
    let opened = rustix::io::retry_on_intr(|| rustix::fs::open(&place, flags, mode));
    match opened {
        Ok(descriptor) => Ok(cx.vm().descriptors.insert(descriptor)),
        Err(error) => Err(os_error(cx, &error.into(), Some(file))),
    }
}

fn check_no_folder(cx: &Thread, file: &File, name: &Obj) -> PyResult<()> {
    let descriptor = file.descriptor(cx)?;
    let about = system(cx, || rustix::fs::fstat(&descriptor))?;
    if rustix::fs::FileType::from_raw_mode(about.st_mode) != rustix::fs::FileType::Directory {
        return Ok(());
    }
    drop(descriptor);
    close_number(cx, file)?;
    Err(os_error(cx, &std::io::Error::from_raw_os_error(21), Some(name)))
}

fn close_number(cx: &Thread, file: &File) -> PyResult<()> {
    let number = file.number.replace(-1);
    if number < 0 || file.keeps_open.get() {
        return Ok(());
    }
    cx.vm().descriptors.close(number).map_err(|error| os_error(cx, &error, None))
}

fn close(cx: &Thread, this: &Obj) -> PyResult {
    close_number(cx, state::<File>(cx, this)?)?;
    Ok(Obj::none())
}

fn read(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let file = state::<File>(cx, this)?;
    let data = match limit(cx, size)? {
        usize::MAX => file.read_all(cx)?,
        wanted => file.read(cx, wanted)?,
    };
    Ok(Bytes::create(&data))
}

fn readall(cx: &Thread, this: &Obj) -> PyResult {
    read(cx, this, None)
}

fn readinto(cx: &Thread, this: &Obj, buffer: &Obj) -> PyResult {
    let wanted = protocol::len(cx, buffer)?;
    let data = state::<File>(cx, this)?.read(cx, wanted)?;
    store(cx, buffer, &data)
}

fn write(cx: &Thread, this: &Obj, data: &Obj) -> PyResult {
    let data = bytes_like(cx, data)?;
    state::<File>(cx, this)?.write(cx, &data).map(Obj::usize)
}

fn seek(cx: &Thread, this: &Obj, offset: &Obj, whence: Option<&Obj>) -> PyResult {
    let (offset, whence) = (machine_int(cx, offset)?, whence.map_or(Ok(0), |whence| machine_int(cx, whence))?);
    let place = state::<File>(cx, this)?.seek(cx, offset, whence)?;
    Ok(Obj::usize(place as usize))
}

fn tell(cx: &Thread, this: &Obj) -> PyResult {
    let place = state::<File>(cx, this)?.seek(cx, 0, 1)?;
    Ok(Obj::usize(place as usize))
}

fn truncate(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let file = state::<File>(cx, this)?;
    let descriptor = file.writable(cx)?;
    let size = match size.filter(|size| !size.is_none()) {
        Some(size) => machine_int(cx, size)?,
        None => file.seek(cx, 0, 1)? as i64,
    };
    let Ok(length) = u64::try_from(size) else {
        return Err(os_error(cx, &std::io::Error::from_raw_os_error(22), None));
    };
    system(cx, || rustix::fs::ftruncate(&descriptor, length))?;
    Ok(Obj::int(size))
}

fn fileno(cx: &Thread, this: &Obj) -> PyResult {
    let file = state::<File>(cx, this)?;
    file.descriptor(cx)?;
    Ok(Obj::small(file.number.get()))
}

fn isatty(cx: &Thread, this: &Obj) -> PyResult {
    let descriptor = state::<File>(cx, this)?.descriptor(cx)?;
    Ok(Obj::bool(rustix::termios::isatty(descriptor)))
}

fn readable(cx: &Thread, this: &Obj) -> PyResult {
    let file = state::<File>(cx, this)?;
    file.descriptor(cx)?;
    Ok(Obj::bool(file.readable.get()))
}

fn writable(cx: &Thread, this: &Obj) -> PyResult {
    let file = state::<File>(cx, this)?;
    file.descriptor(cx)?;
    Ok(Obj::bool(file.writable.get()))
}

fn seekable(cx: &Thread, this: &Obj) -> PyResult {
    let file = state::<File>(cx, this)?;
    file.descriptor(cx)?;
    if file.seekable.get().is_none() {
        file.seekable.set(Some(cx.absorb(file.seek(cx, 0, 1), pv_runtime::Exc::OSError)?.is_some()));
    }
    Ok(Obj::bool(file.seekable.get() == Some(true)))
}

natives! { static METHODS:
    "close" "(self, /)" F1(close) "Close the file.";
    "fileno" "(self, /)" F1(fileno) "Return the underlying file descriptor (an integer).";
    "isatty" "(self, /)" F1(isatty) "True if the file is connected to a TTY device.";
    "read" "(self, size=-1, /)" O2(read) "Read at most size bytes, returned as bytes.";
    "readable" "(self, /)" F1(readable) "True if file was opened in a read mode.";
    "readall" "(self, /)" F1(readall) "Read all data from the file, returned as bytes.";
    "readinto" "(self, buffer, /)" F2(readinto) "Same as RawIOBase.readinto().";
    "seek" "(self, pos, whence=0, /)" O3(seek) "Move to new file position and return the file position.";
    "seekable" "(self, /)" F1(seekable) "True if file supports random-access.";
    "tell" "(self, /)" F1(tell) "Current file position.";
    "truncate" "(self, size=None, /)" O2(truncate) "Truncate the file to at most size bytes and return the truncated size.";
    "writable" "(self, /)" F1(writable) "True if file was opened in a write mode.";
    "write" "(self, b, /)" F2(write) "Write buffer b to file, return number of bytes written.";
}

fn get_closed(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(state::<File>(cx, this)?.number.get() < 0))
}

fn get_closefd(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(!state::<File>(cx, this)?.keeps_open.get()))
}

fn mode_of(file: &File) -> &'static str {
    match (file.creating.get(), file.appending.get(), file.readable.get(), file.writable.get()) {
        (true, _, false, _) => "xb",
        (true, _, true, _) => "xb+",
        (_, true, false, _) => "ab",
        (_, true, true, _) => "ab+",
        (_, _, true, true) => "rb+",
        (_, _, true, false) => "rb",
        _ => "wb",
    }
}

fn get_mode(cx: &Thread, this: &Obj) -> PyResult {
    Ok(text::new(mode_of(state::<File>(cx, this)?)))
}

fn block_size(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::usize(BLOCK))
}

getsets! { static GETSETS:
    "_blksize" block_size => "";
    "closed" get_closed => "True if the file is closed";
    "closefd" get_closefd => "True if the file descriptor will be closed by close().";
    "mode" get_mode => "String giving the file mode";
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let file = state::<File>(cx, this)?;
    let class = cx.type_name(this);
    if file.number.get() < 0 {
        return Ok(text::new(&format!("<_io.{class} [closed]>")));
    }
    let own = pv_object::Heap::attrs_of(this).and_then(pv_object::Held::get);
    let name = own.and_then(|own| own.expect::<Dict>().get("name"));
    let name = match name {
        Some(name) => format!("name={}", text::to_string(&protocol::repr(cx, &name)?)),
        None => format!("fd={}", file.number.get()),
    };
    let closefd = if file.keeps_open.get() { "False" } else { "True" };
    Ok(text::new(&format!("<_io.{class} {name} mode='{}' closefd={closefd}>", mode_of(file))))
}

/// `FileIO`.
pub(super) static FILE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), ..Slots::NONE },
    doc: "Open a file.",
    ..TypeTable::NONE
};

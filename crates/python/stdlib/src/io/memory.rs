//! `StringIO` and `BytesIO`: text and bytes in memory.
//!
//! [`Buffer`] is the contents and the position; text is kept as code points, so that positions count characters.
//! Invariant: no borrow of a buffer is held while Python code runs.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use pv_object::{BufferForm, Bytes, Obj, Payload, Str, StrBuilder};
use pv_runtime::{Args, Exc, PyResult, Slots, Thread, TypeTable, getsets, natives, protocol};

use crate::support::{Parameters, bytes_like, create, itself, machine_int, module_item, state};

/// What a buffer is made of.
trait Unit: Copy + Default + PartialEq + 'static {
    const NEWLINE: Self;
    const WANTED: &'static str;
    fn take(cx: &Thread, value: &Obj) -> PyResult<Vec<Self>>;
    fn give(units: &[Self]) -> Obj;
}

impl Unit for u32 {
    const NEWLINE: u32 = 10;
    const WANTED: &'static str = "StringIO";
    fn take(cx: &Thread, value: &Obj) -> PyResult<Vec<u32>> {
        match value.downcast::<Str>() {
            Some(text) => Ok(text.text().iter().collect()),
            None => Err(cx.type_error(format_args!("string argument expected, got '{}'", cx.type_name(value)))),
        }
    }
    fn give(units: &[u32]) -> Obj {
        let mut out = StrBuilder::with_capacity(units.len());
        units.iter().for_each(|unit| out.push(*unit));
        out.finish()
    }
}

impl Unit for u8 {
    const NEWLINE: u8 = 10;
    const WANTED: &'static str = "BytesIO";
    fn take(cx: &Thread, value: &Obj) -> PyResult<Vec<u8>> {
        bytes_like(cx, value)
    }
    fn give(units: &[u8]) -> Obj {
        Bytes::create(units)
    }
}

/// Contents and position.
#[derive(Default)]
struct Buffer<U: Unit> {
    units: RefCell<Vec<U>>,
    position: Cell<usize>,
    closed: Cell<bool>,
    /// Views of the contents, which forbid a change of size.
    views: Cell<i32>,
}

impl<U: Unit> Payload for Buffer<U> {}

/// What a view of a `BytesIO` looks at: its contents.
struct Contents(Obj);

impl Payload for Contents {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.0);
    }

    fn buffer(&self) -> Option<&dyn pv_object::Buffer> {
        Some(self)
    }
}

impl pv_object::Buffer for Contents {
    fn form(&self) -> BufferForm {
        let len = self.0.native::<Buffer<u8>>().map_or(0, |buffer| buffer.units.borrow().len());
        BufferForm { format: "B", item_size: 1, len, read_only: false }
    }

    fn read(&self, f: &mut dyn FnMut(&[u8])) {
        if let Some(buffer) = self.0.native::<Buffer<u8>>() {
            f(&buffer.units.borrow());
        }
    }

    fn write(&self, f: &mut dyn FnMut(&mut [u8])) -> bool {
        self.0.native::<Buffer<u8>>().map(|buffer| f(&mut buffer.units.borrow_mut())).is_some()
    }

    fn add_views(&self, change: i32) {
        if let Some(buffer) = self.0.native::<Buffer<u8>>() {
            buffer.views.set(buffer.views.get() + change);
        }
    }
}

/// The class of what a view of a `BytesIO` looks at.
pub(super) static CONTENTS: TypeTable = TypeTable::NONE;

fn get_buffer(cx: &Thread, this: &Obj) -> PyResult {
    open::<u8>(cx, this)?;
    let contents = create(&module_item(cx, "_io", "_BytesIOBuffer")?, Contents(this.clone()));
    protocol::call1(cx, &module_item(cx, "builtins", "memoryview")?, &contents)
}

/// An open buffer without views.
fn changeable<'a, U: Unit>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Buffer<U>> {
    let buffer = open::<U>(cx, this)?;
    match buffer.views.get() {
        0 => Ok(buffer),
        _ => Err(cx.buffer_error("Existing exports of data: object cannot be re-sized")),
    }
}

fn open<'a, U: Unit>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Buffer<U>> {
    let buffer = state::<Buffer<U>>(cx, this)?;
    if buffer.closed.get() { Err(cx.value_error("I/O operation on closed file.")) } else { Ok(buffer) }
}

fn new<U: Unit>(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, Buffer::<U>::default()))
}

static STRING: Parameters = Parameters::new("StringIO", "(initial_value='', newline='\\n')");
static BYTES: Parameters = Parameters::new("BytesIO", "(initial_bytes=b'')");

fn init<U: Unit>(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let parameters = if U::WANTED == "StringIO" { &STRING } else { &BYTES };
    let bound = parameters.bind(cx, args)?;
    let buffer = state::<Buffer<U>>(cx, this)?;
    let units = match bound[0].as_ref().filter(|value| !value.is_none()) {
        Some(value) => U::take(cx, value)?,
        None => Vec::new(),
    };
    *buffer.units.borrow_mut() = units;
    buffer.position.set(0);
    Ok(())
}

fn write<U: Unit>(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    let buffer = changeable::<U>(cx, this)?;
    let new = U::take(cx, value)?;
    let mut units = buffer.units.borrow_mut();
    let at = buffer.position.get();
    if units.len() < at {
        units.resize(at, U::default());
    }
    let overwritten = new.len().min(units.len() - at);
    units[at..at + overwritten].copy_from_slice(&new[..overwritten]);
    units.extend_from_slice(&new[overwritten..]);
    buffer.position.set(at + new.len());
    Ok(Obj::usize(new.len()))
}

fn write_lines<U: Unit>(cx: &Thread, this: &Obj, lines: &Obj) -> PyResult {
    protocol::for_each(cx, lines, |line| {
        write::<U>(cx, this, &line)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Obj::none())
}

/// A limit of how much to read; absent, None or below zero: none.
fn limit(cx: &Thread, size: Option<&Obj>) -> PyResult<usize> {
    match size.filter(|size| !size.is_none()) {
        None => Ok(usize::MAX),
        Some(size) => Ok(usize::try_from(machine_int(cx, size)?).unwrap_or(usize::MAX)),
    }
}

fn take_units<U: Unit>(buffer: &Buffer<U>, count: impl FnOnce(&[U]) -> usize) -> Obj {
    let units = buffer.units.borrow();
    let rest = units.get(buffer.position.get()..).unwrap_or_default();
    let count = count(rest);
    let taken = U::give(&rest[..count]);
    buffer.position.set(buffer.position.get() + count);
    taken
}

fn read<U: Unit>(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let (buffer, limit) = (open::<U>(cx, this)?, limit(cx, size)?);
    Ok(take_units(buffer, |rest| rest.len().min(limit)))
}

fn line_length<U: Unit>(rest: &[U], limit: usize) -> usize {
    let end = rest.iter().position(|unit| *unit == U::NEWLINE).map_or(rest.len(), |at| at + 1);
    end.min(limit)
}

fn read_line<U: Unit>(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let (buffer, limit) = (open::<U>(cx, this)?, limit(cx, size)?);
    Ok(take_units(buffer, |rest| line_length(rest, limit)))
}

fn next<U: Unit>(cx: &Thread, this: &Obj) -> PyResult<Option<Obj>> {
    let buffer = open::<U>(cx, this)?;
    if buffer.position.get() >= buffer.units.borrow().len() {
        return Ok(None);
    }
    Ok(Some(take_units(buffer, |rest| line_length(rest, usize::MAX))))
}

fn read_lines<U: Unit>(cx: &Thread, this: &Obj, hint: Option<&Obj>) -> PyResult {
    let limit = limit(cx, hint)?;
    let (mut lines, mut total) = (Vec::new(), 0);
    while let Some(line) = next::<U>(cx, this)? {
        total += protocol::len(cx, &line)?;
        lines.push(line);
        if total >= limit && limit > 0 {
            break;
        }
    }
    Ok(pv_object::List::create(lines))
}

fn get_value<U: Unit>(cx: &Thread, this: &Obj) -> PyResult {
    Ok(U::give(&open::<U>(cx, this)?.units.borrow()))
}

fn seek<U: Unit>(cx: &Thread, this: &Obj, offset: &Obj, whence: Option<&Obj>) -> PyResult {
    let buffer = open::<U>(cx, this)?;
    let offset = machine_int(cx, offset)?;
    let whence = whence.map_or(Ok(0), |whence| machine_int(cx, whence))?;
    let base = match whence {
        0 if offset < 0 => return Err(cx.value_error(format_args!("Negative seek position {offset}"))),
        0 => 0,
        1 => buffer.position.get() as i64,
        2 => buffer.units.borrow().len() as i64,
        _ => return Err(cx.value_error(format_args!("Invalid whence ({whence}, should be 0, 1 or 2)"))),
    };
    if whence > 0 && offset != 0 && U::WANTED == "StringIO" {
        return Err(cx.raise_message(Exc::OSError, "Can't do nonzero cur-relative seeks"));
    }
    let position = (base + offset).max(0);
    buffer.position.set(position as usize);
    Ok(Obj::int(position))
}

fn tell<U: Unit>(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(open::<U>(cx, this)?.position.get()))
}

fn truncate<U: Unit>(cx: &Thread, this: &Obj, size: Option<&Obj>) -> PyResult {
    let buffer = changeable::<U>(cx, this)?;
    let size = match size.filter(|size| !size.is_none()) {
        None => buffer.position.get() as i64,
        Some(size) => machine_int(cx, size)?,
    };
    match usize::try_from(size) {
        Ok(length) => buffer.units.borrow_mut().truncate(length),
        Err(_) => return Err(cx.value_error(format_args!("Negative size value {size}"))),
    }
    Ok(Obj::int(size))
}

fn close<U: Unit>(cx: &Thread, this: &Obj) -> PyResult {
    let buffer = state::<Buffer<U>>(cx, this)?;
    if !buffer.closed.get() {
        changeable::<U>(cx, this)?;
    }
    buffer.closed.set(true);
    drop(buffer.units.take());
    Ok(Obj::none())
}

fn enter<U: Unit>(cx: &Thread, this: &Obj) -> PyResult {
    open::<U>(cx, this)?;
    Ok(this.clone())
}

fn exit<U: Unit>(cx: &Thread, args: &Args<'_>) -> PyResult {
    close::<U>(cx, &args.values()[0])
}

fn yes<U: Unit>(cx: &Thread, this: &Obj) -> PyResult {
    open::<U>(cx, this).map(|_| Obj::bool(true))
}

fn no<U: Unit>(cx: &Thread, this: &Obj) -> PyResult {
    open::<U>(cx, this).map(|_| Obj::bool(false))
}

fn flush<U: Unit>(cx: &Thread, this: &Obj) -> PyResult {
    open::<U>(cx, this).map(|_| Obj::none())
}

fn closed<U: Unit>(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(state::<Buffer<U>>(cx, this)?.closed.get()))
}

fn readinto(cx: &Thread, this: &Obj, target: &Obj) -> PyResult {
    let wanted = protocol::len(cx, target)?;
    let data = take_units(open::<u8>(cx, this)?, |rest| rest.len().min(wanted));
    super::base::store(cx, target, data.expect::<Bytes>().data())
}

macro_rules! buffer_class {
    ($methods:ident $getsets:ident $table:ident $unit:ty, [$($more:tt)*], $doc:literal) => {
        natives! { static $methods:
            "__enter__" "(self, /)" F1(enter::<$unit>) "";
            "__exit__" "" Raw(exit::<$unit>) "";
            "close" "(self, /)" F1(close::<$unit>) "Closes the buffer and drops its contents.";
            "flush" "(self, /)" F1(flush::<$unit>) "Does nothing.";
            "getvalue" "(self, /)" F1(get_value::<$unit>) "All contents.";
            "isatty" "(self, /)" F1(no::<$unit>) "Always False.";
            "read" "(self, size=-1, /)" O2(read::<$unit>) "Reads up to a size.";
            "readable" "(self, /)" F1(yes::<$unit>) "Always True.";
            "readline" "(self, size=-1, /)" O2(read_line::<$unit>) "Reads a line.";
            "readlines" "(self, hint=-1, /)" O2(read_lines::<$unit>) "Reads the remaining lines.";
            "seek" "(self, pos, whence=0, /)" O3(seek::<$unit>) "Changes the position.";
            "seekable" "(self, /)" F1(yes::<$unit>) "Always True.";
            "tell" "(self, /)" F1(tell::<$unit>) "The position.";
            "truncate" "(self, pos=None, /)" O2(truncate::<$unit>) "Cuts the contents.";
            "writable" "(self, /)" F1(yes::<$unit>) "Always True.";
            "write" "(self, s, /)" F2(write::<$unit>) "Writes at the position.";
            "writelines" "(self, lines, /)" F2(write_lines::<$unit>) "Writes the items of an iterable.";
            $($more)*
        }
        getsets! { static $getsets:
            "closed" closed::<$unit> => "";
        }
        /// A class of streams in memory.
        pub(super) static $table: TypeTable = TypeTable {
            methods: $methods,
            getsets: $getsets,
            slots: Slots {
                new: Some(new::<$unit>),
                init: Some(init::<$unit>),
                iter: Some(itself),
                next: Some(next::<$unit>),
                ..Slots::NONE
            },
            doc: $doc,
            ..TypeTable::NONE
        };
    };
}

buffer_class!(STRING_METHODS STRING_GETSETS STRING_IO u32, [], "Text in memory, read and written like a file.");
buffer_class!(BYTES_METHODS BYTES_GETSETS BYTES_IO u8, [
    "getbuffer" "(self, /)" F1(get_buffer) "Get a read-write view over the contents of the BytesIO object.";
    "read1" "(self, size=-1, /)" O2(read::<u8>) "Reads up to a size.";
    "readinto" "(self, buffer, /)" F2(readinto) "Reads into a buffer.";
    "readinto1" "(self, buffer, /)" F2(readinto) "Reads into a buffer.";
], "Bytes in memory, read and written like a file.");

//! `_struct`: values as bytes, by a format.
//!
//! [`codes`] knows the items, [`format`] reads formats.

pub(crate) mod codes;
mod format;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use pv_object::{Bytes, Obj, Payload, Tuple};
use pv_runtime::types::dict;
use pv_runtime::{Args, Exc, PyResult, Raised, Slots, Thread, TypeTable, getsets, natives, protocol, text};

use crate::buffer;
use crate::support::{
    Parameters, Step, constant, create, functions, itself, machine_int, module_item, optional_int, state, step,
    weak_class,
};
use codes::{Item, Refusal};
use format::{Field, Format, parse};

/// Raises `struct.error`.
fn error(cx: &Thread, message: impl std::fmt::Display) -> Raised {
    let made = module_item(cx, "_struct", "error")
        .and_then(|class| protocol::call1(cx, &class, &text::new(&message.to_string())));
    match made {
        Ok(exception) => cx.raise(exception),
        Err(raised) => raised,
    }
}

fn refused(cx: &Thread, field: &Field, refusal: Refusal) -> Raised {
    let letter = field.code.letter;
    match refusal {
        Refusal::Raised(raised) => raised,
        Refusal::Type(message) => error(cx, message),
        Refusal::TooLarge => cx.overflow_error(format_args!("float too large to pack with {letter} format")),
        Refusal::Range => {
            let (least, most) = codes::range(field.code);
            error(cx, format_args!("'{letter}' format requires {least} <= number <= {most}"))
        }
    }
}

impl Format {
    /// The bytes of values, which are as many as the format has.
    fn pack(&self, cx: &Thread, values: &[Obj]) -> PyResult<Vec<u8>> {
        let mut out = vec![0; self.size];
        let mut values = values.iter();
        for field in &self.fields {
            let size = field.code.size;
            if matches!(field.code.item, Item::String | Item::Pascal) {
                let place = &mut out[field.offset..field.offset + field.count];
                let Some(value) = values.next() else { break };
                codes::pack(cx, field.code, value, place, self.little).map_err(|why| refused(cx, field, why))?;
                continue;
            }
            for (index, value) in values.by_ref().take(field.values()).enumerate() {
                let at = field.offset + index * size;
                codes::pack(cx, field.code, value, &mut out[at..at + size], self.little)
                    .map_err(|why| refused(cx, field, why))?;
            }
        }
        Ok(out)
    }

    /// The values in as many bytes as the format has.
    fn unpack(&self, bytes: &[u8]) -> Obj {
        let mut values = Vec::with_capacity(self.values);
        for field in &self.fields {
            let size = field.code.size;
            match field.code.item {
                Item::Pad => {}
                Item::String | Item::Pascal => {
                    values.push(codes::unpack(field.code, &bytes[field.offset..field.offset + field.count], true));
                }
                _ => {
                    let items = bytes[field.offset..field.offset + field.count * size].chunks_exact(size);
                    values.extend(items.map(|item| codes::unpack(field.code, item, self.little)));
                }
            }
        }
        Tuple::create(values)
    }

    fn check_count(&self, cx: &Thread, name: &str, given: usize) -> PyResult<()> {
        if given == self.values {
            return Ok(());
        }
        let wanted = self.values;
        Err(error(cx, format_args!("{name} expected {wanted} items for packing (got {given})")))
    }

    fn unpack_all(&self, cx: &Thread, memory: &Obj) -> PyResult {
        buffer::read(cx, memory, |bytes| (bytes.len() == self.size).then(|| self.unpack(bytes)))?
            .ok_or_else(|| error(cx, format_args!("unpack requires a buffer of {} bytes", self.size)))
    }

    fn unpack_from(&self, cx: &Thread, memory: &Obj, offset: i64) -> PyResult {
        let size = self.size;
        buffer::read(cx, memory, |bytes| match self.place(bytes.len(), offset) {
            Ok(at) => Ok(self.unpack(&bytes[at..at + size])),
            Err(fault) => Err(match fault {
                Misplaced::Short => format!("not enough data to unpack {size} bytes at offset {offset}"),
                Misplaced::Outside => format!("offset {offset} out of range for {}-byte buffer", bytes.len()),
                Misplaced::Beyond => format!(
                    "unpack_from requires a buffer of at least {} bytes for unpacking {size} bytes at offset \
                     {offset} (actual buffer size is {})",
                    offset as usize + size,
                    bytes.len()
                ),
            }),
        })?
        .map_err(|message| error(cx, message))
    }

    fn pack_into(&self, cx: &Thread, args: &[Obj]) -> PyResult {
        let [memory, offset, values @ ..] = args else {
            let what = if args.is_empty() { "buffer" } else { "offset" };
            return Err(error(cx, format_args!("pack_into expected {what} argument")));
        };
        self.check_count(cx, "pack_into", values.len())?;
        let (offset, size) = (machine_int(cx, offset)?, self.size);
        buffer::write(cx, memory, |_| ())?;
        let data = self.pack(cx, values)?;
        buffer::write(cx, memory, |bytes| match self.place(bytes.len(), offset) {
            Ok(at) => {
                bytes[at..at + size].copy_from_slice(&data);
                Ok(Obj::none())
            }
            Err(fault) => Err(match fault {
                Misplaced::Short => format!("no space to pack {size} bytes at offset {offset}"),
                Misplaced::Outside => format!("offset {offset} out of range for {}-byte buffer", bytes.len()),
                Misplaced::Beyond => format!(
                    "pack_into requires a buffer of at least {} bytes for packing {size} bytes at offset {offset} \
                     (actual buffer size is {})",
                    offset as usize + size,
                    bytes.len()
                ),
            }),
        })?
        .map_err(|message| error(cx, message))
    }

    /// Where the format's bytes lie in a buffer.
    fn place(&self, len: usize, offset: i64) -> Result<usize, Misplaced> {
        let (len, size) = (len as i64, self.size as i64);
        let at = if offset < 0 { offset + len } else { offset };
        match offset < 0 {
            true if offset + size > 0 => Err(Misplaced::Short),
            true if at < 0 => Err(Misplaced::Outside),
            _ if len - at < size => Err(Misplaced::Beyond),
            _ => Ok(at as usize),
        }
    }
}

/// Why there is no room at an offset.
enum Misplaced {
    /// A negative offset leaves too few bytes.
    Short,
    /// A negative offset lies before the buffer.
    Outside,
    /// The buffer ends too early.
    Beyond,
}

fn with_format<'a>(cx: &Thread, args: &Args<'a>) -> PyResult<(Format, &'a [Obj])> {
    if args.has_keywords() {
        return Err(cx.type_error("the function takes no keyword arguments"));
    }
    match args.positional() {
        [] => Err(cx.type_error("missing format argument")),
        [format, rest @ ..] => Ok((parse(cx, format)?, rest)),
    }
}

fn pack(cx: &Thread, args: &Args<'_>) -> PyResult {
    let (format, values) = with_format(cx, args)?;
    format.check_count(cx, "pack", values.len())?;
    Ok(Bytes::create(&format.pack(cx, values)?))
}

fn pack_into(cx: &Thread, args: &Args<'_>) -> PyResult {
    let (format, values) = with_format(cx, args)?;
    format.pack_into(cx, values)
}

fn unpack(cx: &Thread, format: &Obj, memory: &Obj) -> PyResult {
    parse(cx, format)?.unpack_all(cx, memory)
}

fn unpack_from(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(format), Some(memory), offset] = args else { return Err(cx.type_error("a buffer is required")) };
    parse(cx, format)?.unpack_from(cx, memory, optional_int(cx, offset.as_ref(), 0)?)
}

fn iter_unpack(cx: &Thread, format: &Obj, memory: &Obj) -> PyResult {
    iterate(cx, Rc::new(parse(cx, format)?), memory)
}

fn calcsize(cx: &Thread, format: &Obj) -> PyResult {
    Ok(Obj::usize(parse(cx, format)?.size))
}

fn clear_cache(_: &Thread) -> PyResult {
    Ok(Obj::none())
}

natives! { static FUNCTIONS:
    "_clearcache" "()" F0(clear_cache) "Clear the internal cache.";
    "calcsize" "(format, /)" F1(calcsize) "Return size in bytes of the struct described by the format string.";
    "iter_unpack" "(format, buffer, /)" F2(iter_unpack) "Return an iterator yielding tuples unpacked from the given bytes.";
    "pack" "" Raw(pack) "Return a bytes object containing values packed according to the format string.";
    "pack_into" "" Raw(pack_into) "Pack values and write the packed bytes into the buffer at an offset.";
    "unpack" "(format, buffer, /)" F2(unpack) "Return a tuple containing values unpacked according to the format string.";
    "unpack_from" "(format, /, buffer, offset=0)" Bound(unpack_from) "Return a tuple of values unpacked from an offset on.";
}

/// The state of a `Struct`: its format, once `__init__` has run.
struct Struct(RefCell<Option<Rc<Format>>>);

impl Payload for Struct {}

fn format_of(cx: &Thread, this: &Obj) -> PyResult<Rc<Format>> {
    let format = state::<Struct>(cx, this)?.0.borrow().clone();
    format.ok_or_else(|| cx.runtime_error("Struct object is not initialized"))
}

static STRUCT_PARAMETERS: Parameters = Parameters::new("Struct", "(format)");

fn new(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, Struct(RefCell::new(None))))
}

fn init(cx: &Thread, this: &Obj, args: &Args<'_>) -> PyResult<()> {
    let bound = STRUCT_PARAMETERS.bind(cx, args)?;
    let [Some(format)] = &bound[..] else {
        return Err(cx.type_error("Struct() missing required argument 'format' (pos 1)"));
    };
    let format = parse(cx, format)?;
    *state::<Struct>(cx, this)?.0.borrow_mut() = Some(Rc::new(format));
    Ok(())
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let format = shown_format(cx, this)?;
    let shown = text::to_string(&protocol::repr(cx, &format)?);
    Ok(text::new(&format!("{}({shown})", cx.type_name(this))))
}

fn shown_format(cx: &Thread, this: &Obj) -> PyResult {
    Ok(text::new(&String::from_utf8_lossy(&format_of(cx, this)?.text)))
}

fn size(cx: &Thread, this: &Obj) -> PyResult {
    let format = state::<Struct>(cx, this)?.0.borrow().clone();
    Ok(format.map_or_else(|| Obj::small(-1), |format| Obj::usize(format.size)))
}

fn size_of(cx: &Thread, this: &Obj) -> PyResult {
    let format = format_of(cx, this)?;
    let fields = std::mem::size_of_val(&format.fields[..]) + format.text.len();
    Ok(Obj::usize(std::mem::size_of::<Format>() + fields))
}

fn struct_pack(cx: &Thread, args: &Args<'_>) -> PyResult {
    let (format, values) = (format_of(cx, &args.values()[0])?, &args.positional()[1..]);
    format.check_count(cx, "pack", values.len())?;
    Ok(Bytes::create(&format.pack(cx, values)?))
}

fn struct_pack_into(cx: &Thread, args: &Args<'_>) -> PyResult {
    format_of(cx, &args.values()[0])?.pack_into(cx, &args.positional()[1..])
}

fn struct_unpack(cx: &Thread, this: &Obj, memory: &Obj) -> PyResult {
    format_of(cx, this)?.unpack_all(cx, memory)
}

fn struct_unpack_from(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), Some(memory), offset] = args else { return Err(cx.type_error("a buffer is required")) };
    format_of(cx, this)?.unpack_from(cx, memory, optional_int(cx, offset.as_ref(), 0)?)
}

fn struct_iter_unpack(cx: &Thread, this: &Obj, memory: &Obj) -> PyResult {
    iterate(cx, format_of(cx, this)?, memory)
}

getsets! { static GETSETS:
    "format" shown_format => "struct format string";
    "size" size => "struct size in bytes";
}

natives! { static METHODS:
    "__sizeof__" "(self, /)" F1(size_of) "Size of the object in memory, in bytes.";
    "iter_unpack" "(self, buffer, /)" F2(struct_iter_unpack) "Return an iterator yielding tuples.";
    "pack" "" Raw(struct_pack) "Return a bytes object containing the packed values.";
    "pack_into" "" Raw(struct_pack_into) "Pack values and write the packed bytes into a buffer.";
    "unpack" "(self, buffer, /)" F2(struct_unpack) "Return a tuple containing unpacked values.";
    "unpack_from" "(self, /, buffer, offset=0)" Bound(struct_unpack_from) "Return a tuple of values unpacked from an offset on.";
}

static STRUCT: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(new), init: Some(init), repr: Some(repr), ..Slots::NONE },
    doc: "Struct(fmt) --> compiled struct object",
    ..TypeTable::NONE
};

/// The state of an iterator of `iter_unpack`.
struct Unpacking {
    format: Rc<Format>,
    memory: Obj,
    at: Cell<usize>,
}

impl Payload for Unpacking {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.memory);
    }
}

impl Step for Unpacking {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let at = self.at.get();
        let next = buffer::read(cx, &self.memory, |bytes| {
            bytes.get(at..at + self.format.size).map(|bytes| self.format.unpack(bytes))
        })?;
        self.at.set(at + self.format.size);
        Ok(next)
    }
}

fn iterate(cx: &Thread, format: Rc<Format>, memory: &Obj) -> PyResult {
    if format.size == 0 {
        return Err(error(cx, "cannot iteratively unpack with a struct of length 0"));
    }
    let len = buffer::read(cx, memory, <[u8]>::len)?;
    if len % format.size != 0 {
        let size = format.size;
        return Err(error(cx, format_args!("iterative unpacking requires a buffer of a multiple of {size} bytes")));
    }
    let class = module_item(cx, "_struct", "unpack_iterator")?;
    Ok(create(&class, Unpacking { format, memory: memory.clone(), at: Cell::new(0) }))
}

fn length_hint(cx: &Thread, this: &Obj) -> PyResult {
    let this = state::<Unpacking>(cx, this)?;
    let len = buffer::read(cx, &this.memory, <[u8]>::len)?;
    Ok(Obj::usize(len.saturating_sub(this.at.get()) / this.format.size))
}

natives! { static ITERATOR_METHODS:
    "__length_hint__" "(self, /)" F1(length_hint) "How many tuples are left.";
}

static ITERATOR: TypeTable = TypeTable {
    methods: ITERATOR_METHODS,
    slots: Slots { iter: Some(itself), next: Some(step::<Unpacking>), ..Slots::NONE },
    ..TypeTable::NONE
};

pub(crate) fn init_module(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_struct", FUNCTIONS);
    weak_class(cx, namespace, "_struct", "Struct", &STRUCT);
    crate::support::class(cx, namespace, "_struct", "unpack_iterator", &ITERATOR);
    let members = dict::new();
    dict::set_str(&members, &cx.names().__module__, text::intern("struct"));
    let bases = Tuple::create(vec![cx.vm().exception(Exc::Exception).clone()]);
    let class_of_classes = cx.vm().type_of_kind(pv_object::Kind::Type);
    let error = protocol::call(cx, class_of_classes, &Args::new(&[text::new("error"), bases, members]))?;
    constant(namespace, "error", error);
    Ok(())
}

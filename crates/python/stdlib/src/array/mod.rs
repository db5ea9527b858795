//! `array`: numbers of one machine type, side by side.
//!
//! [`storage`] knows the types and their bytes; this file the operations of sequences; [`methods`] the rest.
//! Invariant: no item's bytes are lent while Python code runs.

mod methods;
mod storage;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Array, ByteArray, Bytes, Kind, Obj, Payload, Slice, Str, StrBuilder, Type};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, protocol, text};

use crate::support::{Step, class, constant, create, itself, step};
use storage::Code;

/// The type of an array's items.
fn code(array: &Array) -> Code {
    Code::of(array.items().letter.into()).expect("arrays are made of types that there are")
}

/// BufferError while there are views.
fn check_resizable(cx: &Thread, array: &Array) -> PyResult<()> {
    match array.views() {
        0 => Ok(()),
        _ => Err(cx.buffer_error("cannot resize an array that is exporting buffers")),
    }
}

/// A copy of the items' bytes.
fn to_bytes(array: &Array) -> Vec<u8> {
    array.with(<[u8]>::to_vec)
}

/// Adds items at the end.
fn add(array: &Array, bytes: &[u8]) {
    let end = array.with(<[u8]>::len);
    array.splice(end..end, bytes);
}

fn item(array: &Array, index: usize) -> Option<Obj> {
    let code = code(array);
    let size = code.size();
    array.with(|data| Some(code.read(data.get(index * size..(index + 1) * size)?)))
}

fn items(array: &Array) -> Vec<Obj> {
    let code = code(array);
    array.with(|data| data.chunks_exact(code.size()).map(|item| code.read(item)).collect())
}

/// The bytes of the items that a slice takes.
fn take(array: &Array, start: i64, step: i64, count: usize) -> Vec<u8> {
    let size = code(array).size();
    array.with(|data| {
        if step == 1 {
            return data[start as usize * size..(start as usize + count) * size].to_vec();
        }
        let places = (0..count as i64).map(|i| (start + i * step) as usize * size);
        places.flat_map(|at| data[at..at + size].iter().copied()).collect()
    })
}

fn view<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Array> {
    this.downcast::<Array>().ok_or_else(|| {
        let found = cx.type_name(this);
        cx.type_error(format_args!("an array is required, not '{found}'"))
    })
}

/// An array of the class of `this` (or `array` itself) with other items.
fn like(class: &Obj, code: Code, data: &[u8]) -> Obj {
    Array::with_shape(code.form(), data, class.expect::<Type>().root_shape())
}

fn array_class(cx: &Thread) -> &'static Obj {
    cx.vm().type_of_kind(Kind::Array)
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() && class.same(array_class(cx)) {
        return Err(cx.type_error("array.array() takes no keyword arguments"));
    }
    let (code, initial) = match args.positional() {
        [] => return Err(cx.type_error("array() takes at least 1 argument (0 given)")),
        [code] => (code, None),
        [code, initial] => (code, Some(initial)),
        more => return Err(cx.type_error(format_args!("array() takes at most 2 arguments ({} given)", more.len()))),
    };
    let code = type_code(cx, code)?;
    let array = like(class, code, &[]);
    if let Some(initial) = initial {
        fill(cx, &array, initial)?;
    }
    Ok(array)
}

fn type_code(cx: &Thread, code: &Obj) -> PyResult<Code> {
    let Some(letter) = code.downcast::<Str>() else {
        let found = cx.type_name(code);
        return Err(cx.type_error(format_args!("array() argument 1 must be a unicode character, not {found}")));
    };
    if letter.len() != 1 {
        let len = letter.len();
        return Err(
            cx.type_error(format_args!("array() argument 1 must be a unicode character, not a string of length {len}"))
        );
    }
    letter
        .code_point(0)
        .and_then(|letter| Code::of(char::from_u32(letter)?))
        .ok_or_else(|| cx.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"))
}

fn fill(cx: &Thread, array: &Obj, initial: &Obj) -> PyResult<()> {
    let this = view(cx, array)?;
    if initial.downcast::<Bytes>().is_some() || initial.downcast::<ByteArray>().is_some() {
        return methods::from_bytes(cx, array, initial).map(drop);
    }
    if initial.downcast::<Str>().is_some() && !code(this).is_character() {
        let letter = code(this).letter();
        return Err(cx.type_error(format_args!("cannot use a str to initialize an array with typecode '{letter}'")));
    }
    if let Some(other) = initial.downcast::<Array>().filter(|other| other.items() == this.items()) {
        add(this, &to_bytes(other));
        return Ok(());
    }
    methods::extend_from(cx, this, initial)
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let (name, letter) = (cx.type_name(this), code(array).letter());
    if array.is_empty() {
        return Ok(text::new(&format!("{name}('{letter}')")));
    }
    let mut out = StrBuilder::new();
    out.push_str(&format!("{name}('{letter}', "));
    let items = if code(array).is_character() { methods::to_unicode(cx, this)? } else { methods::to_list(cx, this)? };
    out.push_obj(protocol::repr(cx, &items)?.expect());
    out.push_str(")");
    Ok(out.finish())
}

fn len(cx: &Thread, this: &Obj) -> PyResult<usize> {
    Ok(view(cx, this)?.len())
}

fn get_item(cx: &Thread, this: &Obj, key: &Obj) -> PyResult {
    let array = view(cx, this)?;
    if let Some(slice) = key.downcast::<Slice>() {
        let (start, step, count) = protocol::slice_bounds(cx, slice, array.len())?;
        return Ok(like(array_class(cx), code(array), &take(array, start, step, count)));
    }
    let index = item_index(cx, key, array.len(), "array index out of range")?;
    item(array, index).ok_or_else(|| cx.index_error("array index out of range"))
}

fn item_index(cx: &Thread, key: &Obj, len: usize, message: &str) -> PyResult<usize> {
    if !key.is_int() && cx.lookup_special(key, &cx.names().__index__).is_none() {
        return Err(cx.type_error("array indices must be integers"));
    }
    protocol::normalize_index(cx, key, len, message)
}

fn set_item(cx: &Thread, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let array = view(cx, this)?;
    if let Some(slice) = key.downcast::<Slice>() {
        return set_slice(cx, array, slice, value);
    }
    let index = item_index(cx, key, array.len(), "array assignment index out of range")?;
    let size = code(array).size();
    let Some(value) = value else {
        check_resizable(cx, array)?;
        array.splice(index * size..(index + 1) * size, &[]);
        return Ok(());
    };
    let (bytes, width) = code(array).encode(cx, value)?;
    // Encoding may have run Python, and that may have changed the length.
    let stored = array.with_mut(|data| {
        data.get_mut(index * size..(index + 1) * size).map(|place| place.copy_from_slice(&bytes[..width]))
    });
    stored.ok_or_else(|| cx.index_error("array assignment index out of range"))
}

fn set_slice(cx: &Thread, array: &Array, slice: &Slice, value: Option<&Obj>) -> PyResult<()> {
    let bytes = match value {
        None => Vec::new(),
        Some(value) => match value.downcast::<Array>() {
            Some(other) if other.items() == array.items() => to_bytes(other),
            Some(_) => return Err(cx.type_error("bad argument type for built-in operation")),
            None => {
                let found = cx.type_name(value);
                return Err(cx.type_error(format_args!("can only assign array (not \"{found}\") to array slice")));
            }
        },
    };
    let (start, step, count) = protocol::slice_bounds(cx, slice, array.len())?;
    let size = code(array).size();
    if value.is_none() || bytes.len() != count * size && step == 1 {
        check_resizable(cx, array)?;
    }
    if step == 1 {
        let start = start as usize;
        array.splice(start * size..(start + count) * size, &bytes);
        return Ok(());
    }
    let mut places: Vec<usize> = (0..count as i64).map(|i| (start + i * step) as usize * size).collect();
    if value.is_none() {
        places.sort_unstable();
        places.iter().rev().for_each(|at| array.splice(*at..at + size, &[]));
        return Ok(());
    }
    if bytes.len() != count * size {
        let given = bytes.len() / size;
        return Err(
            cx.value_error(format_args!("attempt to assign array of size {given} to extended slice of size {count}"))
        );
    }
    array.with_mut(|data| {
        places.iter().zip(bytes.chunks_exact(size)).for_each(|(at, item)| data[*at..at + size].copy_from_slice(item));
    });
    Ok(())
}

fn contains(cx: &Thread, this: &Obj, item: &Obj) -> PyResult<bool> {
    Ok(methods::find(cx, this, item, 0, usize::MAX)?.is_some())
}

fn concat(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    let this = view(cx, a)?;
    let Some(other) = b.downcast::<Array>() else {
        let found = cx.type_name(b);
        return Err(cx.type_error(format_args!("can only append array (not \"{found}\") to array")));
    };
    if other.items() != this.items() {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    let mut data = to_bytes(this);
    data.extend(to_bytes(other));
    Ok(like(array_class(cx), code(this), &data))
}

fn repeat(cx: &Thread, this: &Obj, count: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let count = usize::try_from(protocol::to_isize(cx, count)?).unwrap_or(0);
    match array.with(<[u8]>::len).checked_mul(count) {
        Some(total) if total < isize::MAX as usize => {}
        _ => return Err(cx.raise_args(pv_runtime::Exc::MemoryError, Vec::new())),
    }
    Ok(like(array_class(cx), code(array), &to_bytes(array).repeat(count)))
}

fn combine(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    match (op, a.downcast::<Array>().is_some(), b.downcast::<Array>().is_some()) {
        (BinaryOp::Add, true, _) => concat(cx, a, b),
        (BinaryOp::Mul, true, false) if b.is_int() => repeat(cx, a, b),
        (BinaryOp::Mul, false, true) if a.is_int() => repeat(cx, b, a),
        _ => Ok(Obj::not_implemented()),
    }
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.downcast::<Array>(), b.downcast::<Array>()) else {
        return Ok(Obj::not_implemented());
    };
    let equality = matches!(op, Compare::Eq | Compare::Ne);
    if equality && left.len() != right.len() {
        return Ok(Obj::bool(op == Compare::Ne));
    }
    let (left, right) = (pv_object::List::create(items(left)), pv_object::List::create(items(right)));
    protocol::rich_compare(cx, op, &left, &right)
}

struct ArrayIter {
    array: pv_object::Held,
    index: std::cell::Cell<usize>,
}

impl Payload for ArrayIter {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.array.visit(visitor);
    }
}

impl Step for ArrayIter {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let Some(array) = self.array.get() else { return Ok(None) };
        let item = item(view(cx, &array)?, self.index.get());
        match item {
            Some(_) => self.index.set(self.index.get() + 1),
            None => drop(self.array.take()),
        }
        Ok(item)
    }
}

fn iter(cx: &Thread, this: &Obj) -> PyResult {
    let class = crate::support::module_item(cx, "array", "arrayiterator")?;
    Ok(create(&class, ArrayIter { array: pv_object::Held::new(this.clone()), index: std::cell::Cell::new(0) }))
}

static TABLE: TypeTable = TypeTable {
    methods: methods::METHODS,
    getsets: methods::GETSETS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        unhashable: true,
        iter: Some(iter),
        compare: Some(compare),
        binary: Some((combine, &[BinaryOp::Add, BinaryOp::Mul])),
        len: Some(len),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(contains),
        ..Slots::NONE
    },
    doc: "Numbers of one machine type, side by side.",
    ..TypeTable::NONE
};

static ITERATOR: TypeTable =
    TypeTable { slots: Slots { iter: Some(itself), next: Some(step::<ArrayIter>), ..Slots::NONE }, ..TypeTable::NONE };

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    let array = pv_runtime::types::adopt_type(cx.vm(), "array", Kind::Array, &TABLE);
    pv_runtime::types::weakref::allow(&array);
    array.expect::<pv_object::Type>().set_flags(pv_object::TypeFlags::SEQUENCE, true);
    constant(namespace, "array", array.clone());
    constant(namespace, "ArrayType", array);
    class(cx, namespace, "array", "arrayiterator", &ITERATOR);
    constant(namespace, "typecodes", text::new("bBuwhHiIlLqQfd"));
    crate::support::functions(cx, namespace, "array", methods::FUNCTIONS);
    Ok(())
}

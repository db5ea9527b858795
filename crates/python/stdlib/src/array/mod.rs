//! `array`: numbers of one machine type, side by side.
//!
//! [`storage`] knows the types and their bytes; this file the operations of sequences; [`methods`] the rest.
//! Invariant: the storage's length is a multiple of the item size, and no borrow of it is held while Python code runs.

mod methods;
mod storage;

use std::cell::RefCell;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Buffer, BufferForm, ByteArray, Bytes, Obj, Payload, Slice, Str, StrBuilder};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, protocol, text};

use crate::support::{Step, class, constant, create, itself, state, step};
use storage::Code;

/// The state of an array.
pub(crate) struct Array {
    code: Code,
    data: RefCell<Vec<u8>>,
    /// Views that forbid a change of size.
    views: std::cell::Cell<i32>,
}

impl Payload for Array {
    fn buffer(&self) -> Option<&dyn Buffer> {
        Some(self)
    }
}

impl Buffer for Array {
    fn form(&self) -> BufferForm {
        let (item_size, len) = (self.code.size(), self.data.borrow().len());
        BufferForm { format: self.code.format(), item_size, len, read_only: false }
    }

    fn read(&self, f: &mut dyn FnMut(&[u8])) {
        f(&self.data.borrow());
    }

    fn write(&self, f: &mut dyn FnMut(&mut [u8])) -> bool {
        f(&mut self.data.borrow_mut());
        true
    }

    fn add_views(&self, change: i32) {
        self.views.set(self.views.get() + change);
    }
}

impl Array {
    /// A copy of the items' bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.data.borrow().clone()
    }

    /// BufferError while there are views.
    fn check_resizable(&self, cx: &Thread) -> PyResult<()> {
        match self.views.get() {
            0 => Ok(()),
            _ => Err(cx.buffer_error("cannot resize an array that is exporting buffers")),
        }
    }

    fn len(&self) -> usize {
        self.data.borrow().len() / self.code.size()
    }

    fn get(&self, index: usize) -> Option<Obj> {
        let size = self.code.size();
        let data = self.data.borrow();
        Some(self.code.read(data.get(index * size..(index + 1) * size)?))
    }

    fn items(&self) -> Vec<Obj> {
        let data = self.data.borrow();
        data.chunks_exact(self.code.size()).map(|item| self.code.read(item)).collect()
    }

    /// The bytes of the items that a slice takes.
    fn take(&self, start: i64, step: i64, count: usize) -> Vec<u8> {
        let size = self.code.size();
        let data = self.data.borrow();
        if step == 1 {
            return data[start as usize * size..(start as usize + count) * size].to_vec();
        }
        let places = (0..count as i64).map(|i| (start + i * step) as usize * size);
        places.flat_map(|at| data[at..at + size].iter().copied()).collect()
    }
}

fn view<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a Array> {
    state(cx, this)
}

/// An array of the class of `this` (or `array` itself) with other items.
fn like(class: &Obj, code: Code, data: Vec<u8>) -> Obj {
    create(class, Array { code, data: RefCell::new(data), views: std::cell::Cell::new(0) })
}

fn array_class(cx: &Thread) -> PyResult {
    crate::support::module_item(cx, "array", "array")
}

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    if args.has_keywords() && class.same(&array_class(cx)?) {
        return Err(cx.type_error("array.array() takes no keyword arguments"));
    }
    let (code, initial) = match args.positional() {
        [] => return Err(cx.type_error("array() takes at least 1 argument (0 given)")),
        [code] => (code, None),
        [code, initial] => (code, Some(initial)),
        more => return Err(cx.type_error(format_args!("array() takes at most 2 arguments ({} given)", more.len()))),
    };
    let code = type_code(cx, code)?;
    let array = like(class, code, Vec::new());
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
    if initial.downcast::<Str>().is_some() && !this.code.is_character() {
        let letter = this.code.letter();
        return Err(cx.type_error(format_args!("cannot use a str to initialize an array with typecode '{letter}'")));
    }
    if let Some(other) = initial.native::<Array>().filter(|other| other.code == this.code) {
        let bytes = other.to_bytes();
        this.data.borrow_mut().extend(bytes);
        return Ok(());
    }
    methods::extend_from(cx, this, initial)
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let (name, letter) = (cx.type_name(this), array.code.letter());
    if array.len() == 0 {
        return Ok(text::new(&format!("{name}('{letter}')")));
    }
    let mut out = StrBuilder::new();
    out.push_str(&format!("{name}('{letter}', "));
    let items = if array.code.is_character() { methods::to_unicode(cx, this)? } else { methods::to_list(cx, this)? };
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
        return Ok(like(&array_class(cx)?, array.code, array.take(start, step, count)));
    }
    let index = item_index(cx, key, array.len(), "array index out of range")?;
    array.get(index).ok_or_else(|| cx.index_error("array index out of range"))
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
    let size = array.code.size();
    let Some(value) = value else {
        array.check_resizable(cx)?;
        array.data.borrow_mut().drain(index * size..(index + 1) * size);
        return Ok(());
    };
    let (bytes, width) = array.code.encode(cx, value)?;
    match array.data.borrow_mut().get_mut(index * size..(index + 1) * size) {
        Some(place) => place.copy_from_slice(&bytes[..width]),
        None => return Err(cx.index_error("array assignment index out of range")),
    }
    Ok(())
}

fn set_slice(cx: &Thread, array: &Array, slice: &Slice, value: Option<&Obj>) -> PyResult<()> {
    let bytes = match value {
        None => Vec::new(),
        Some(value) => match value.native::<Array>() {
            Some(other) if other.code == array.code => other.to_bytes(),
            Some(_) => return Err(cx.type_error("bad argument type for built-in operation")),
            None => {
                let found = cx.type_name(value);
                return Err(cx.type_error(format_args!("can only assign array (not \"{found}\") to array slice")));
            }
        },
    };
    let (start, step, count) = protocol::slice_bounds(cx, slice, array.len())?;
    let size = array.code.size();
    if value.is_none() || bytes.len() != count * size && step == 1 {
        array.check_resizable(cx)?;
    }
    let mut data = array.data.borrow_mut();
    if step == 1 {
        let start = start as usize;
        data.splice(start * size..(start + count) * size, bytes);
        return Ok(());
    }
    let mut places: Vec<usize> = (0..count as i64).map(|i| (start + i * step) as usize * size).collect();
    if value.is_none() {
        places.sort_unstable();
        places.iter().rev().for_each(|at| drop(data.drain(*at..at + size)));
        return Ok(());
    }
    if bytes.len() != count * size {
        let given = bytes.len() / size;
        drop(data);
        return Err(
            cx.value_error(format_args!("attempt to assign array of size {given} to extended slice of size {count}"))
        );
    }
    places.iter().zip(bytes.chunks_exact(size)).for_each(|(at, item)| data[*at..at + size].copy_from_slice(item));
    Ok(())
}

fn contains(cx: &Thread, this: &Obj, item: &Obj) -> PyResult<bool> {
    Ok(methods::find(cx, this, item, 0, usize::MAX)?.is_some())
}

fn concat(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    let this = view(cx, a)?;
    let Some(other) = b.native::<Array>() else {
        let found = cx.type_name(b);
        return Err(cx.type_error(format_args!("can only append array (not \"{found}\") to array")));
    };
    if other.code != this.code {
        return Err(cx.type_error("bad argument type for built-in operation"));
    }
    let mut data = this.to_bytes();
    data.extend(other.to_bytes());
    Ok(like(&array_class(cx)?, this.code, data))
}

fn repeat(cx: &Thread, this: &Obj, count: &Obj) -> PyResult {
    let array = view(cx, this)?;
    let count = usize::try_from(protocol::to_isize(cx, count)?).unwrap_or(0);
    match array.data.borrow().len().checked_mul(count) {
        Some(total) if total < isize::MAX as usize => {}
        _ => return Err(cx.raise_args(pv_runtime::Exc::MemoryError, Vec::new())),
    }
    Ok(like(&array_class(cx)?, array.code, array.data.borrow().repeat(count)))
}

fn combine(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    match (op, a.native::<Array>().is_some(), b.native::<Array>().is_some()) {
        (BinaryOp::Add, true, _) => concat(cx, a, b),
        (BinaryOp::Mul, true, false) if b.is_int() => repeat(cx, a, b),
        (BinaryOp::Mul, false, true) if a.is_int() => repeat(cx, b, a),
        _ => Ok(Obj::not_implemented()),
    }
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let (Some(left), Some(right)) = (a.native::<Array>(), b.native::<Array>()) else {
        return Ok(Obj::not_implemented());
    };
    let equality = matches!(op, Compare::Eq | Compare::Ne);
    if equality && left.len() != right.len() {
        return Ok(Obj::bool(op == Compare::Ne));
    }
    let (left, right) = (pv_object::List::create(left.items()), pv_object::List::create(right.items()));
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
        let item = view(cx, &array)?.get(self.index.get());
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
    let array = crate::support::weak_class(cx, namespace, "array", "array", &TABLE);
    array.expect::<pv_object::Type>().set_flags(pv_object::TypeFlags::SEQUENCE, true);
    constant(namespace, "ArrayType", array);
    class(cx, namespace, "array", "arrayiterator", &ITERATOR);
    constant(namespace, "typecodes", text::new("bBuwhHiIlLqQfd"));
    crate::support::functions(cx, namespace, "array", methods::FUNCTIONS);
    Ok(())
}

//! `memoryview`: the bytes of other objects, without a copy.
//!
//! [`layout`] says where the items are, `structs::codes` what they are. Invariants: a view that has not been released is counted
//! by the object it looks at, which keeps its size meanwhile; no borrow of the memory is held while Python code runs.

mod items;
mod layout;

use std::cell::Cell;

use pv_bytecode::op::Compare;
use pv_object::{Buffer, BufferForm, Bytes, List, Obj, Payload, SeqIter, Slice, Str, Tuple, Type, TypeFlags};
use pv_runtime::types::{dict, new_native_type};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, Vm, getsets, natives, protocol, text};

use crate::buffer;
use crate::structs::codes::Code;
use crate::support::{Parameters, create, optional_int, state};
use layout::Layout;

const RELEASED: &str = "operation forbidden on released memoryview object";

/// The state of a view.
pub(super) struct View {
    base: Obj,
    format: &'static str,
    /// What the items are, for formats that can be read.
    code: Option<Code>,
    layout: Layout,
    read_only: bool,
    released: Cell<bool>,
    hash: Cell<Option<i64>>,
    /// Other objects that look at the view's bytes.
    views: Cell<i32>,
}

impl Drop for View {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl Payload for View {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.base);
    }

    fn buffer(&self) -> Option<&dyn Buffer> {
        Some(self)
    }
}

impl Buffer for View {
    fn refusal(&self) -> Option<&'static str> {
        self.released.get().then_some(RELEASED)
    }

    fn form(&self) -> BufferForm {
        BufferForm {
            format: self.format,
            item_size: self.layout.item_size,
            len: self.layout.bytes(),
            read_only: self.read_only,
        }
    }

    fn read(&self, f: &mut dyn FnMut(&[u8])) {
        let (from, len) = (self.layout.offset, self.layout.bytes());
        let rows = self.layout.is_rows();
        let given = buffer::read_plain(&self.base, |memory| match memory.get(from..from + len).filter(|_| rows) {
            Some(part) => f(part),
            None => f(&self.layout.gather(memory)),
        });
        if given.is_none() {
            f(&[]);
        }
    }

    fn write(&self, f: &mut dyn FnMut(&mut [u8])) -> bool {
        if self.read_only || !self.layout.is_rows() {
            return false;
        }
        let (from, len) = (self.layout.offset, self.layout.bytes());
        let part = |memory: &mut [u8]| memory.get_mut(from..from + len).map(f).is_some();
        buffer::write_plain(&self.base, part).unwrap_or(false)
    }

    fn add_views(&self, change: i32) {
        self.views.set(self.views.get() + change);
    }
}

impl View {
    fn new(base: &Obj, format: &'static str, layout: Layout, read_only: bool) -> View {
        buffer::add_views(base, 1);
        View {
            base: base.clone(),
            format,
            code: items::native_code(format),
            layout,
            read_only,
            released: Cell::new(false),
            hash: Cell::new(None),
            views: Cell::new(0),
        }
    }

    /// A view of the same memory.
    fn like(&self, layout: Layout) -> View {
        View::new(&self.base, self.format, layout, self.read_only)
    }

    fn give_up(&self) {
        if !self.released.replace(true) {
            buffer::add_views(&self.base, -1);
        }
    }

    /// Runs `f`, which may run Python code, while the view cannot be released.
    fn held<T>(&self, f: impl FnOnce() -> T) -> T {
        self.views.set(self.views.get() + 1);
        let result = f();
        self.views.set(self.views.get() - 1);
        result
    }

    /// The items' bytes, side by side.
    fn bytes(&self) -> Vec<u8> {
        buffer::read_plain(&self.base, |memory| self.layout.gather(memory)).unwrap_or_default()
    }
}

/// The view that an object is; ValueError for a released one.
fn view<'a>(cx: &Thread, this: &'a Obj) -> PyResult<&'a View> {
    let view = state::<View>(cx, this)?;
    if view.released.get() { Err(cx.value_error(RELEASED)) } else { Ok(view) }
}

fn wrap(cx: &Thread, like: &Obj, view: View) -> Obj {
    create(cx.type_of(like), view)
}

static PARAMETERS: Parameters = Parameters::new("memoryview", "(object)");

fn new(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let bound = PARAMETERS.bind(cx, args)?;
    let [Some(object)] = &bound[..] else {
        return Err(cx.type_error("memoryview() missing required argument 'object' (pos 1)"));
    };
    make(cx, class, object)
}

fn make(cx: &Thread, class: &Obj, object: &Obj) -> PyResult {
    if object.native::<View>().is_some() {
        let other = view(cx, object)?;
        return Ok(create(class, other.like(other.layout.clone())));
    }
    if let Some(form) = buffer::form(object) {
        let shape = vec![form.len / form.item_size.max(1)];
        let layout = Layout::rows(0, form.item_size, shape);
        return Ok(create(class, View::new(object, form.format, layout, form.read_only)));
    }
    if let Some(method) = cx.lookup_special(object, &text::intern("__buffer__")) {
        /// Any buffer, with its format and shape, which need not be writable.
        const FULL_READ_ONLY: i64 = 0x11c;
        let made = protocol::call_special(cx, &method, object, &[Obj::int(FULL_READ_ONLY)])?;
        return match made.native::<View>() {
            Some(_) => make(cx, class, &made),
            None => Err(cx.type_error("__buffer__ returned non-memoryview object")),
        };
    }
    let found = cx.type_name(object);
    Err(cx.type_error(format_args!("memoryview: a bytes-like object is required, not '{found}'")))
}

fn repr(cx: &Thread, this: &Obj) -> PyResult {
    let (place, view) = (pv_runtime::builtins::identity(this), state::<View>(cx, this)?);
    let released = if view.released.get() { "released " } else { "" };
    Ok(text::new(&format!("<{released}memory at {place:#x}>")))
}

fn hash(cx: &Thread, this: &Obj) -> PyResult<i64> {
    if let Some(known) = state::<View>(cx, this)?.hash.get() {
        return Ok(known);
    }
    let view = view(cx, this)?;
    if !view.read_only {
        return Err(cx.value_error("cannot hash writable memoryview object"));
    }
    if !matches!(view.format.trim_start_matches('@'), "B" | "b" | "c") {
        return Err(cx.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    view.held(|| protocol::hash(cx, &view.base))?;
    let hash = Bytes::create(&view.bytes()).expect::<Bytes>().hash();
    view.hash.set(Some(hash));
    Ok(hash)
}

fn compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let equality = matches!(op, Compare::Eq | Compare::Ne);
    let accessible = |object: &Obj| object.native_buffer().is_none_or(|memory| memory.refusal().is_none());
    if !equality || a.native::<View>().is_none() {
        return Ok(Obj::not_implemented());
    }
    let answer = |equal: bool| Ok(Obj::bool(equal == (op == Compare::Eq)));
    if !accessible(a) || !accessible(b) {
        return answer(a.same(b));
    }
    if b.native::<View>().is_none() && buffer::form(b).is_none() {
        return Ok(Obj::not_implemented());
    }
    let other = make(cx, cx.type_of(a), b)?;
    let (left, right) = (view(cx, a)?, view(cx, &other)?);
    if left.layout.shape != right.layout.shape {
        return answer(false);
    }
    if left.format == right.format && matches!(left.format, "B" | "b" | "c") {
        return answer(left.bytes() == right.bytes());
    }
    let (Some(left), Some(right)) = (items::all(left), items::all(right)) else { return answer(false) };
    for (left, right) in left.iter().zip(&right) {
        if !protocol::values_equal(cx, left, right)? {
            return answer(false);
        }
    }
    answer(true)
}

fn len(cx: &Thread, this: &Obj) -> PyResult<usize> {
    let view = view(cx, this)?;
    match view.layout.shape.first() {
        Some(len) => Ok(*len),
        None => Err(cx.type_error("0-dim memory has no length")),
    }
}

/// The places that a key of ints names.
fn indices(cx: &Thread, view: &View, keys: &[Obj]) -> PyResult<usize> {
    let dimensions = view.layout.shape.len();
    if keys.len() < dimensions {
        return Err(cx.not_implemented("sub-views are not implemented"));
    }
    if keys.len() > dimensions {
        let given = keys.len();
        return Err(cx.type_error(format_args!("cannot index {dimensions}-dimension view with {given}-element tuple")));
    }
    let mut indices = Vec::with_capacity(keys.len());
    for (dimension, (key, len)) in keys.iter().zip(&view.layout.shape).enumerate() {
        let index = protocol::to_isize(cx, key)?;
        let index = if index < 0 { index + *len as i64 } else { index as i64 };
        match usize::try_from(index) {
            Ok(index) if index < *len => indices.push(index),
            _ => return Err(cx.index_error(format_args!("index out of bounds on dimension {}", dimension + 1))),
        }
    }
    Ok(view.layout.place(&indices))
}

fn is_index(cx: &Thread, key: &Obj) -> bool {
    key.is_int() || cx.lookup_special(key, &cx.names().__index__).is_some()
}

/// What a key names.
enum Target {
    /// An item, by its place.
    Item(usize),
    Part(Layout),
}

fn target(cx: &Thread, view: &View, key: &Obj) -> PyResult<Target> {
    let dimensions = view.layout.shape.len();
    if dimensions == 0 {
        let whole = key.downcast::<Tuple>().is_some_and(Tuple::is_empty);
        return match whole {
            true => Ok(Target::Item(view.layout.offset)),
            false => Err(cx.type_error("invalid indexing of 0-dim memory")),
        };
    }
    if is_index(cx, key) {
        if dimensions > 1 {
            return Err(cx.not_implemented("multi-dimensional sub-views are not implemented"));
        }
        return indices(cx, view, std::slice::from_ref(key)).map(Target::Item);
    }
    if let Some(slice) = key.downcast::<Slice>() {
        let (start, step, count) = protocol::slice_bounds(cx, slice, view.layout.shape[0])?;
        return Ok(Target::Part(view.layout.sliced(start, step, count)));
    }
    match key.downcast::<Tuple>().map(Tuple::items) {
        Some(keys) if keys.iter().all(|key| is_index(cx, key)) => indices(cx, view, keys).map(Target::Item),
        Some(keys) if keys.iter().all(|key| key.downcast::<Slice>().is_some()) => {
            Err(cx.not_implemented("multi-dimensional slicing is not implemented"))
        }
        _ => Err(cx.type_error("memoryview: invalid slice key")),
    }
}

fn get_item(cx: &Thread, this: &Obj, key: &Obj) -> PyResult {
    let looked_at = view(cx, this)?;
    if looked_at.layout.shape.is_empty() && key.same(&Obj::ellipsis()) {
        return Ok(this.clone());
    }
    match target(cx, looked_at, key)? {
        Target::Item(place) => items::get(cx, view(cx, this)?, place),
        Target::Part(layout) => {
            // The key's `__index__` may have released the view; the memory is there all the same.
            Ok(wrap(cx, this, looked_at.like(layout)))
        }
    }
}

fn set_item(cx: &Thread, this: &Obj, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
    let changed = view(cx, this)?;
    if changed.read_only {
        return Err(cx.type_error("cannot modify read-only memory"));
    }
    let Some(value) = value else { return Err(cx.type_error("cannot delete memory")) };
    let part = match target(cx, changed, key)? {
        Target::Item(place) => return items::set(cx, this, place, value),
        Target::Part(part) => part,
    };
    let source = make(cx, cx.type_of(this), value)?;
    let (source, changed) = (view(cx, &source)?, view(cx, this)?);
    let plain = |format: &str| format.trim_start_matches('@').to_owned();
    if source.layout.shape != part.shape || plain(source.format) != plain(changed.format) {
        return Err(cx.value_error("memoryview assignment: lvalue and rvalue have different structures"));
    }
    let data = source.bytes();
    buffer::write(cx, &changed.base, |memory| part.scatter(memory, &data))
}

fn iter(cx: &Thread, this: &Obj) -> PyResult {
    match view(cx, this)?.layout.shape.len() {
        0 => Err(cx.type_error("invalid indexing of 0-dim memory")),
        _ => Ok(SeqIter::create(this.clone())),
    }
}

fn release(cx: &Thread, this: &Obj) -> PyResult {
    let view = state::<View>(cx, this)?;
    match view.views.get() {
        0 => view.give_up(),
        count => {
            let plural = if count == 1 { "" } else { "s" };
            return Err(cx.buffer_error(format_args!("memoryview has {count} exported buffer{plural}")));
        }
    }
    Ok(Obj::none())
}

fn enter(cx: &Thread, this: &Obj) -> PyResult {
    view(cx, this).map(|_| this.clone())
}

fn exit(cx: &Thread, args: &Args<'_>) -> PyResult {
    release(cx, &args.values()[0])
}

fn to_bytes(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), order] = args else { return Err(cx.type_error("a view is required")) };
    let view = view(cx, this)?;
    let columns = match order.as_ref().filter(|order| !order.is_none()) {
        None => false,
        Some(order) if order.downcast::<Str>().is_none() => {
            let found = cx.type_name(order);
            return Err(cx.type_error(format_args!("tobytes() argument 'order' must be str or None, not {found}")));
        }
        Some(order) if text::eq(order, "C") => false,
        Some(order) if text::eq(order, "F") => true,
        Some(order) if text::eq(order, "A") => view.layout.is_columns() && !view.layout.is_rows(),
        Some(_) => return Err(cx.value_error("order must be 'C', 'F' or 'A'")),
    };
    let gather = |memory: &[u8]| if columns { view.layout.gather_columns(memory) } else { view.layout.gather(memory) };
    Ok(Bytes::create(&buffer::read(cx, &view.base, gather)?))
}

fn hex(cx: &Thread, args: &Args<'_>) -> PyResult {
    let view = view(cx, &args.values()[0])?;
    let bytes = Bytes::create(&view.bytes());
    let method = pv_runtime::attr::get_str(cx, &bytes, "hex")?;
    view.held(|| protocol::call(cx, &method, &args.rest()))
}

fn to_list(cx: &Thread, this: &Obj) -> PyResult {
    let view = view(cx, this)?;
    let Some(all) = items::all(view) else { return Err(items::unsupported(cx, view)) };
    Ok(nest(&view.layout.shape, all))
}

/// Items as lists of lists.
fn nest(shape: &[usize], mut items: Vec<Obj>) -> Obj {
    let Some((_, inner)) = shape.split_first() else { return items.pop().unwrap_or_else(Obj::none) };
    for len in inner.iter().rev() {
        if *len > 0 {
            items = items.chunks(*len).map(|row| List::create(row.to_vec())).collect();
        }
    }
    if inner.contains(&0) {
        items = vec![List::create(Vec::new()); shape[0]];
    }
    List::create(items)
}

fn to_read_only(cx: &Thread, this: &Obj) -> PyResult {
    let view = view(cx, this)?;
    Ok(wrap(cx, this, View::new(&view.base, view.format, view.layout.clone(), true)))
}

fn cast(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), Some(format), shape] = args else { return Err(cx.type_error("a format is required")) };
    let view = view(cx, this)?;
    let Some(name) = format.downcast::<Str>() else {
        let found = cx.type_name(format);
        return Err(cx.type_error(format_args!("cast() argument 'format' must be str, not {found}")));
    };
    if !view.layout.is_rows() {
        return Err(cx.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    let zeros = view.layout.shape.contains(&0) || view.layout.strides.contains(&0);
    if zeros && (shape.is_some() || view.layout.shape.len() != 1) {
        return Err(cx.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let Some(format) = items::known_format(&name.to_string_lossy()) else {
        return Err(cx.value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        ));
    };
    let bytes_only = |format: &str| matches!(format.trim_start_matches('@'), "B" | "b" | "c");
    if !bytes_only(format) && !bytes_only(view.format) {
        return Err(cx.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let (size, len) = (items::native_code(format).map_or(1, |code| code.size), view.layout.bytes());
    if len % size != 0 {
        return Err(cx.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match shape {
        None => vec![len / size],
        Some(shape) => items::shape(cx, shape)?,
    };
    if view.layout.shape.len() != 1 && shape.len() != 1 {
        return Err(cx.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    let product = shape.iter().try_fold(size, |product, len| product.checked_mul(*len));
    if product != Some(len) {
        return Err(cx.type_error("memoryview: product(shape) * itemsize != buffer size"));
    }
    let layout = Layout::rows(view.layout.offset, size, shape);
    Ok(wrap(cx, this, View::new(&view.base, format, layout, view.read_only)))
}

fn count(cx: &Thread, this: &Obj, value: &Obj) -> PyResult {
    let mut count = 0;
    for index in 0..len(cx, this)? {
        let item = get_item(cx, this, &Obj::usize(index))?;
        count += i64::from(protocol::identical(&item, value) || protocol::values_equal(cx, &item, value)?);
    }
    Ok(Obj::int(count))
}

fn index(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(this), Some(value), start, stop] = args else { return Err(cx.type_error("a value is required")) };
    if view(cx, this)?.layout.shape.len() != 1 {
        return Err(cx.not_implemented("multi-dimensional lookup is not implemented"));
    }
    let len = len(cx, this)? as i64;
    let clamp = |index: i64| if index < 0 { (index + len).max(0) } else { index.min(len) };
    let (start, stop) = (optional_int(cx, start.as_ref(), 0)?, optional_int(cx, stop.as_ref(), i64::MAX)?);
    for index in clamp(start)..clamp(stop) {
        let item = get_item(cx, this, &Obj::int(index))?;
        if protocol::identical(&item, value) || protocol::values_equal(cx, &item, value)? {
            return Ok(Obj::int(index));
        }
    }
    Err(cx.value_error("memoryview.index(x): x not found"))
}

fn class_getitem(_: &Thread, class: &Obj, _: &Obj) -> PyResult {
    Ok(class.clone())
}

fn base(cx: &Thread, this: &Obj) -> PyResult {
    Ok(view(cx, this)?.base.clone())
}

fn byte_count(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(view(cx, this)?.layout.bytes()))
}

fn item_size(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(view(cx, this)?.layout.item_size))
}

fn format(cx: &Thread, this: &Obj) -> PyResult {
    Ok(text::new(view(cx, this)?.format))
}

fn read_only(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(view(cx, this)?.read_only))
}

fn dimensions(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::usize(view(cx, this)?.layout.shape.len()))
}

fn shape(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Tuple::create(view(cx, this)?.layout.shape.iter().copied().map(Obj::usize).collect()))
}

fn strides(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Tuple::create(view(cx, this)?.layout.strides.iter().map(|stride| Obj::int(*stride as i64)).collect()))
}

fn suboffsets(cx: &Thread, this: &Obj) -> PyResult {
    view(cx, this).map(|_| Tuple::create(Vec::new()))
}

fn is_rows(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(view(cx, this)?.layout.is_rows()))
}

fn is_columns(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(view(cx, this)?.layout.is_columns()))
}

fn is_contiguous(cx: &Thread, this: &Obj) -> PyResult {
    let layout = &view(cx, this)?.layout;
    Ok(Obj::bool(layout.is_rows() || layout.is_columns()))
}

getsets! { static GETSETS:
    "obj" base => "The underlying object of the memoryview.";
    "nbytes" byte_count => "The amount of space in bytes that the array would use in a contiguous representation.";
    "readonly" read_only => "A bool indicating whether the memory is read only.";
    "itemsize" item_size => "The size in bytes of each element of the memoryview.";
    "format" format => "The format of each element, in struct module style.";
    "ndim" dimensions => "The number of dimensions.";
    "shape" shape => "The length of each dimension.";
    "strides" strides => "The distance in bytes between neighbours, per dimension.";
    "suboffsets" suboffsets => "Used internally for PIL-style arrays.";
    "c_contiguous" is_rows => "A bool indicating whether the memory is C contiguous.";
    "f_contiguous" is_columns => "A bool indicating whether the memory is Fortran contiguous.";
    "contiguous" is_contiguous => "A bool indicating whether the memory is contiguous.";
}

natives! { static METHODS:
    "__enter__" "(self, /)" F1(enter) "The view itself.";
    "__exit__" "" Raw(exit) "Release the underlying buffer.";
    "cast" "(self, /, format, shape=None)" Bound(cast) "Cast a memoryview to a new format or shape.";
    "count" "(self, value, /)" F2(count) "Count the number of occurrences of a value.";
    "hex" "" Raw(hex) "Return the data in the buffer as a str of hexadecimal numbers.";
    "index" "(self, value, start=0, stop=sys.maxsize, /)" Bound(index) "Return the index of the first occurrence of a value.";
    "release" "(self, /)" F1(release) "Release the underlying buffer exposed by the memoryview object.";
    "tobytes" "(self, /, order='C')" Bound(to_bytes) "Return the data in the buffer as a byte string.";
    "tolist" "(self, /)" F1(to_list) "Return the data in the buffer as a list of elements.";
    "toreadonly" "(self, /)" F1(to_read_only) "Return a readonly version of the memoryview.";
}

natives! { static CLASS_METHODS:
    "__class_getitem__" "(cls, object, /)" F2(class_getitem) "See PEP 585";
}

static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    class_methods: CLASS_METHODS,
    getsets: GETSETS,
    slots: Slots {
        new: Some(new),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        iter: Some(iter),
        len: Some(len),
        get_item: Some(get_item),
        set_item: Some(set_item),
        ..Slots::NONE
    },
    doc: "Create a new memoryview object which references the given object.",
    ..TypeTable::NONE
};

/// Adds the name to `builtins`, where there is none.
pub(crate) fn install(vm: &Vm) {
    let name = text::intern("memoryview");
    if dict::get_str(&vm.builtins, &name).is_none() {
        let class = new_native_type(vm, "builtins", "memoryview", &TABLE);
        class.expect::<pv_object::Type>().set_flags(pv_object::TypeFlags::SEQUENCE, true);
        let ty = class.expect::<Type>();
        ty.set_flags(TypeFlags::BASE, false);
        ty.set_flags(TypeFlags::SEQUENCE | TypeFlags::WEAKREF, true);
        dict::set_str(&vm.builtins, &name, class);
    }
}

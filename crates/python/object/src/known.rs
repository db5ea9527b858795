//! Proofs of layout over any machine, and objects made by any machine.
//!
//! Role: the door through which bytecodes reach the heap's fields: tests that give a [`Typed`] proof, the shape as a constant,
//! constructors that traces see as allocations, and stores that must keep a layout's invariants.
//! Invariants: values given to the tests are not [`Word::EMPTY`]. Tests resume before the bytecode, so they come ahead of its
//! effects; constructors and stores are effects.

use pv_machine::{Array, Field, FieldInfo, Machine, Own, Slot, Typed};

use crate::desc;
use crate::header::{EXACT, Header};
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::{
    Array as MachineArray, BoundMethod, BoxedFloat, ByteItems, CellObj, Code, CodeRef, Dict, DoubleItems, Enumerate,
    Function, Generator, GeneratorState, IntItems, List, ListIter, LongItems, Range, RangeIter, ShortItems, Slice, Str,
    StrIter, Tuple, TupleIter, UnsignedItems, Zip,
};
use crate::obj::Obj;
use crate::shape::{Instance, Shape, ShapeRef, Spill};
use crate::types::summary_bit;

/// The header of a value, if it is an object.
#[inline(always)]
pub fn header<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, Header>> {
    // SAFETY: a pointer that is not empty (this module's rule) is an object, and every object has a header.
    m.is_ptr(value).then(|| unsafe { Typed::assume(value) })
}

/// The header of an object of known layout.
#[inline(always)]
pub fn header_of<V: Copy, L: Layout>(object: Typed<V, L>) -> Typed<V, Header> {
    // SAFETY: every layout begins with a header.
    unsafe { Typed::assume(object.value()) }
}

/// Is the value an instance of the built-in type itself whose layout is `L`?
#[inline(always)]
pub fn exact<M: Machine, L: Layout>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, L>> {
    has_bits(m, value, L::KIND as u16 | EXACT)
}

#[inline(always)]
fn has_bits<M: Machine, L: Layout>(m: &mut M, value: M::Val, bits: u16) -> Option<Typed<M::Val, L>> {
    let object = header(m, value)?;
    let kind = m.load_int(object, &desc::HEADER_KIND);
    // SAFETY: the kind names the layout.
    m.int_is(kind, i64::from(bits)).then(|| unsafe { Typed::assume(value) })
}

/// A list (not of a subclass).
#[inline(always)]
pub fn as_list<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, List>> {
    exact(m, value)
}

/// A tuple (not of a subclass).
#[inline(always)]
pub fn as_tuple<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, Tuple>> {
    exact(m, value)
}

/// A dict (not of a subclass).
#[inline(always)]
pub fn as_dict<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, Dict>> {
    exact(m, value)
}

/// A string (not of a subclass).
#[inline(always)]
pub fn as_str<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, Str>> {
    exact(m, value)
}

/// A boxed float (not of a subclass).
#[inline(always)]
pub fn as_boxed_float<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, BoxedFloat>> {
    exact(m, value)
}

/// A Python function.
#[inline(always)]
pub fn as_function<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, Function>> {
    exact(m, value)
}

/// A bound method.
#[inline(always)]
pub fn as_bound_method<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, BoundMethod>> {
    exact(m, value)
}

/// An instance of a Python class without built-in layout.
#[inline(always)]
pub fn as_instance<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, Instance>> {
    has_bits(m, value, Kind::Instance as u16)
}

/// A cell, which the compiler knows to be one.
#[inline(always)]
pub fn cell<M: Machine>(m: &mut M, value: M::Val) -> Option<Typed<M::Val, CellObj>> {
    exact(m, value)
}

/// The kind with its bits as a constant; `None` for immediates.
#[inline(always)]
fn promoted_bits<M: Machine>(m: &mut M, value: M::Val) -> Option<u16> {
    let object = header(m, value)?;
    let bits = m.load_int(object, &desc::HEADER_KIND);
    Some(m.promote_int(bits) as u16)
}

/// The kind of an object as a constant.
#[inline(always)]
pub fn kind_of<M: Machine>(m: &mut M, object: Typed<M::Val, Header>) -> Kind {
    let bits = m.load_int(object, &desc::HEADER_KIND);
    Kind::of_byte(m.promote_int(bits) as u8)
}

/// The kind of an exact instance of a built-in type as a constant; `None` for instances of Python classes.
#[inline(always)]
pub fn exact_kind<M: Machine>(m: &mut M, value: M::Val) -> Option<Kind> {
    if m.is_int(value) {
        return Some(Kind::Int);
    }
    if m.is_float(value) {
        return Some(Kind::Float);
    }
    let bits = promoted_bits(m, value)?;
    (bits & EXACT != 0).then(|| Kind::of_byte(bits as u8))
}

/// The shape of an object as a constant, together with its token: what a cache knows under the token holds.
#[inline(always)]
pub fn shape_of<M: Machine>(m: &mut M, object: Typed<M::Val, Header>) -> ShapeRef {
    let addr = m.load_int(object, &desc::HEADER_SHAPE);
    let addr = m.promote_int(addr);
    // SAFETY: the field holds the address of a shape, which lives as long as the object; traces are told of its death.
    let shape: ShapeRef = unsafe { &*(addr as usize as *const Shape) };
    if !M::INTERPRETING {
        assume_token(m, shape);
    }
    shape
}

/// What an address is that a cell of this field held, in words; addresses of shapes are told by their type and number of attributes.
pub fn describe_address(field: &FieldInfo, addr: u64) -> String {
    if !std::ptr::eq(field, desc::HEADER_SHAPE.info) {
        return field.name.to_owned();
    }
    // SAFETY: the field holds the address of a shape, and shapes live for ever.
    let shape: ShapeRef = unsafe { &*(addr as usize as *const Shape) };
    format!("shape {} of {}", shape.ty().name_string(), shape.len())
}

/// States that the trace relies on the shape's token: [`crate::Heap`] announces its renewal.
pub fn assume_token<M: Machine>(m: &mut M, shape: ShapeRef) {
    m.assume(std::ptr::from_ref(shape) as u64);
}

/// The shape of any value as a constant: immediates have the shapes of int and float.
#[inline(always)]
pub fn shape_of_value<M: Machine>(m: &mut M, value: M::Val) -> ShapeRef {
    if m.is_int(value) {
        return Heap::current().shape_of(Kind::Int);
    }
    if m.is_float(value) {
        return Heap::current().shape_of(Kind::Float);
    }
    // SAFETY: neither int nor float: an object, by this module's rule.
    let object = unsafe { Typed::assume(value) };
    shape_of(m, object)
}

// -- What operators ask -------------------------------------------------------------------------------------------

/// An int, bool, float or complex number (not of a subclass)?
#[inline(always)]
pub fn is_number<M: Machine>(m: &mut M, value: M::Val) -> bool {
    matches!(exact_kind(m, value), Some(Kind::Int | Kind::Float | Kind::Bool | Kind::Complex))
}

/// A string (not of a subclass)?
#[inline(always)]
pub fn is_str<M: Machine>(m: &mut M, value: M::Val) -> bool {
    as_str(m, value).is_some()
}

/// A dict (not of a subclass)?
#[inline(always)]
pub fn is_exact_dict<M: Machine>(m: &mut M, value: M::Val) -> bool {
    as_dict(m, value).is_some()
}

/// Can the value be hashed without running Python or raising?
#[inline(always)]
pub fn has_plain_hash<M: Machine>(m: &mut M, value: M::Val) -> bool {
    let plain = |kind| matches!(kind, Kind::Int | Kind::Float | Kind::Str | Kind::Bytes | Kind::Bool | Kind::None);
    exact_kind(m, value).is_some_and(plain)
}

/// Is the value equal to itself alone?
#[inline(always)]
pub fn compares_by_identity<M: Machine>(m: &mut M, value: M::Val) -> bool {
    if m.is_int(value) || m.is_float(value) {
        return false;
    }
    class_lacks(m, value, by_identity, const { summary_bit("__eq__") | summary_bit("__ne__") })
}

/// Is the value true without anyone being asked?
#[inline(always)]
pub fn is_always_true<M: Machine>(m: &mut M, value: M::Val) -> bool {
    if m.is_int(value) || m.is_float(value) {
        return false;
    }
    class_lacks(m, value, always_true, const { summary_bit("__bool__") | summary_bit("__len__") })
}

/// For an object: of an exact built-in type that `builtin` admits, or an instance of a Python class without these dunders.
#[inline(always)]
fn class_lacks<M: Machine>(m: &mut M, value: M::Val, builtin: fn(Kind) -> bool, dunders: u32) -> bool {
    let Some(bits) = promoted_bits(m, value) else { return false };
    if bits & EXACT != 0 {
        return builtin(Kind::of_byte(bits as u8));
    }
    if bits != Kind::Instance as u16 {
        return false;
    }
    // SAFETY: the bits are in a header: the value is an object.
    let shape = shape_of(m, unsafe { Typed::assume(value) });
    shape.ty().summary() & dunders == 0
}

fn by_identity(kind: Kind) -> bool {
    use Kind::{Ellipsis, Frame, Function, Generator, ListIter, Module, None, NotImplemented, RangeIter, Type};
    matches!(
        kind,
        None | Ellipsis | NotImplemented | Function | Type | Module | Generator | Frame | ListIter | RangeIter
    )
}

fn always_true(kind: Kind) -> bool {
    use Kind::{
        BoundMethod, Cell, Code, Ellipsis, Frame, Function, Generator, Module, NativeFunction, Slice, Traceback, Type,
    };
    let plain =
        matches!(kind, Ellipsis | Function | Type | Module | Generator | Frame | Traceback | Slice | Cell | Code);
    plain || matches!(kind, BoundMethod | NativeFunction)
}

/// The built-in kind of an object whose class, if it is a subclass, defines none of these dunders anew ([`override_bit`]).
#[inline(always)]
pub fn plain_kind<M: Machine>(m: &mut M, value: M::Val, overrides: u32) -> Option<Kind> {
    let bits = promoted_bits(m, value)?;
    let kind = Kind::of_byte(bits as u8);
    if bits & EXACT != 0 {
        return Some(kind);
    }
    if kind == Kind::Instance {
        return None;
    }
    // SAFETY: the bits are in a header: the value is an object.
    let shape = shape_of(m, unsafe { Typed::assume(value) });
    (shape.ty().summary() & overrides == 0).then_some(kind)
}

/// The length of an instance of a built-in type, or of a subclass without the dunders of `overrides` ([`plain_kind`]).
#[inline(always)]
pub fn builtin_len<M: Machine>(m: &mut M, value: M::Val, overrides: u32) -> Option<M::Int> {
    /// The length field of a value that was just found to be of the layout.
    macro_rules! field {
        ($field:ident) => {{
            // SAFETY: the kind found below names the layout.
            let object = unsafe { Typed::assume(value) };
            Some(m.load_int(object, &desc::$field))
        }};
    }
    match plain_kind(m, value, overrides)? {
        Kind::List => field!(LIST_LEN),
        Kind::Tuple => field!(TUPLE_LEN),
        Kind::Str => field!(STR_LEN),
        Kind::Bytes => field!(BYTES_LEN),
        Kind::Dict => field!(DICT_LEN),
        Kind::Set => field!(SET_LEN),
        Kind::FrozenSet => field!(FROZEN_SET_LEN),
        Kind::Array => field!(ARRAY_LEN),
        _ => None,
    }
}

/// Start, step and number of elements of a range whose bounds, step and length are small ints.
#[inline(always)]
pub fn as_small_range<M: Machine>(m: &mut M, value: M::Val) -> Option<(M::Int, M::Int, M::Int)> {
    let range = exact::<M, Range>(m, value)?;
    let stop = m.load(range, &desc::RANGE_STOP);
    if !m.is_int(stop) {
        return None;
    }
    let mut small = |field| {
        let word = m.load(range, field);
        m.is_int(word).then(|| m.untag_int(word))
    };
    Some((small(&desc::RANGE_START)?, small(&desc::RANGE_STEP)?, small(&desc::RANGE_LEN)?))
}

/// An array by the storage of its items: integers of several sizes, with and without a sign, or doubles.
pub enum ArrayItems<V> {
    /// One byte; with a sign?
    Bytes(Typed<V, ByteItems>, bool),
    /// Two bytes; with a sign?
    Shorts(Typed<V, ShortItems>, bool),
    /// Four bytes, with a sign.
    Ints(Typed<V, IntItems>),
    /// Four bytes without a sign.
    Unsigned(Typed<V, UnsignedItems>),
    /// Eight bytes, with a sign.
    Longs(Typed<V, LongItems>),
    /// Doubles.
    Doubles(Typed<V, DoubleItems>),
}

/// An array, by its items' type, which is a constant from here on. `None` for types that bytecodes leave to the library.
#[inline(always)]
pub fn array_items<M: Machine>(m: &mut M, array: Typed<M::Val, MachineArray>) -> Option<ArrayItems<M::Val>> {
    let letter = m.load_int(array, &desc::ARRAY_LETTER);
    let letter = m.promote_int(letter) as u8;
    let value = array.value();
    // SAFETY: the letter names the type of the items, and so their size.
    Some(unsafe {
        match letter {
            b'b' | b'B' => ArrayItems::Bytes(Typed::assume(value), letter == b'b'),
            b'h' | b'H' => ArrayItems::Shorts(Typed::assume(value), letter == b'h'),
            b'i' => ArrayItems::Ints(Typed::assume(value)),
            b'I' => ArrayItems::Unsigned(Typed::assume(value)),
            b'l' | b'q' => ArrayItems::Longs(Typed::assume(value)),
            b'd' => ArrayItems::Doubles(Typed::assume(value)),
            _ => return None,
        }
    })
}

// -- Code ---------------------------------------------------------------------------------------------------------

/// The code of a function as a constant.
#[inline(always)]
pub fn function_code<M: Machine>(m: &mut M, function: Typed<M::Val, Function>) -> CodeRef {
    let code = m.load(function, &desc::FUNCTION_CODE);
    let code = m.promote(code);
    if !M::INTERPRETING {
        m.assume(Function::code_key());
    }
    debug_assert!(Obj::of(&code).downcast::<Code>().is_some(), "a function's code is code");
    CodeRef::from_bits(code.addr() as u64)
}

/// The code that a frame runs as a constant; `callee` is in its slot 0: a function or a code object.
#[inline(always)]
pub fn frame_code<M: Machine>(m: &mut M, callee: M::Val) -> CodeRef {
    if let Some(function) = as_function(m, callee) {
        return function_code(m, function);
    }
    let code = m.promote(callee);
    debug_assert!(Obj::of(&code).downcast::<Code>().is_some(), "slot 0 is a function or code");
    CodeRef::from_bits(code.addr() as u64)
}

// -- Instances ----------------------------------------------------------------------------------------------------

/// Borrows what a slot holds (possibly [`Word::EMPTY`]). The slot exists in `shape`, which is the instance's.
#[inline(always)]
pub fn slot<M: Machine>(m: &mut M, object: Typed<M::Val, Instance>, shape: ShapeRef, slot: usize) -> M::Val {
    debug_assert!(slot < shape.len());
    if slot < shape.inline() {
        return m.load_nth(object, &desc::INSTANCE_SLOTS, slot);
    }
    let spill = spill(m, object);
    let index = m.int((slot - shape.inline()) as i64);
    m.elem(spill, &desc::SPILL_SLOTS, index)
}

/// Borrows what an inline slot holds (possibly [`Word::EMPTY`]).
#[inline(always)]
pub fn inline_slot<M: Machine>(m: &mut M, object: Typed<M::Val, Instance>, slot: usize) -> M::Val {
    m.load_nth(object, &desc::INSTANCE_SLOTS, slot)
}

/// Stores into an inline slot and returns what it held.
#[inline(always)]
pub fn replace_inline_slot<M: Machine>(
    m: &mut M,
    object: Typed<M::Val, Instance>,
    slot: usize,
    value: Own<M::Val>,
) -> Own<M::Val> {
    m.replace_nth(object, &desc::INSTANCE_SLOTS, slot, value)
}

#[inline(always)]
fn spill<M: Machine>(m: &mut M, object: Typed<M::Val, Instance>) -> Typed<M::Val, Spill> {
    let spill = m.load(object, &desc::INSTANCE_SPILL);
    // SAFETY: an instance whose shape has slots beyond those inline has a spill with room for them.
    unsafe { Typed::assume(spill) }
}

/// Stores into a slot that exists in `shape`, which is the instance's, and returns what it held.
#[inline(always)]
pub fn replace_slot<M: Machine>(
    m: &mut M,
    object: Typed<M::Val, Instance>,
    shape: ShapeRef,
    slot: usize,
    value: Own<M::Val>,
) -> Own<M::Val> {
    debug_assert!(slot < shape.len());
    if slot < shape.inline() {
        return m.replace_nth(object, &desc::INSTANCE_SLOTS, slot, value);
    }
    let spill = spill(m, object);
    let index = m.int((slot - shape.inline()) as i64);
    m.replace_elem(spill, &desc::SPILL_SLOTS, index, value)
}

/// Adds the attribute by which `next` differs from the instance's shape, whose slot lies inline.
#[inline(always)]
pub fn add_slot<M: Machine>(m: &mut M, object: Typed<M::Val, Instance>, next: ShapeRef, value: Own<M::Val>) {
    let slot = next.len() - 1;
    assert!(slot < next.inline(), "a slot beyond those inline is added by a helper");
    let old = m.replace_nth(object, &desc::INSTANCE_SLOTS, slot, value);
    no_count(m, old);
    let addr = m.int(std::ptr::from_ref(next) as i64);
    let header = header_of(object);
    // SAFETY: the shape differs from the old one by the slot just stored, and has as many slots inline.
    unsafe { m.store_int(header, &desc::HEADER_SHAPE, addr) };
}

/// Ends the ownership of a word known to need no count.
#[inline(always)]
fn no_count<M: Machine>(_: &mut M, empty: Own<M::Val>) {
    let _ = empty.into_inner();
}

// -- Constructors -------------------------------------------------------------------------------------------------

#[inline(always)]
fn allocate<M: Machine, L: Layout>(m: &mut M, shape: ShapeRef, size: usize) -> Own<M::Val> {
    let header = Header::words(shape.kind_bits(), shape.initial_flags(), shape);
    debug_assert_eq!(shape.kind_bits() as u8, L::KIND as u8);
    const { assert!(L::KIND.is_container(), "machines allocate containers only") };
    // SAFETY: every layout made here is valid with its words empty once the integer fields are stored, which the callers do.
    unsafe { m.allocate(size.next_multiple_of(16), header) }
}

#[inline(always)]
fn typed<M: Machine, L: Layout>(object: &Own<M::Val>) -> Typed<M::Val, L> {
    // SAFETY: the callers have just allocated an object of the layout.
    unsafe { Typed::assume(object.get()) }
}

#[inline(always)]
fn init<M: Machine, L: Layout>(m: &mut M, object: &Own<M::Val>, field: &'static Field<L>, value: Own<M::Val>) {
    let old = m.replace(typed::<M, L>(object), field, value);
    no_count(m, old);
}

#[inline(always)]
fn init_int<M: Machine, L: Layout>(m: &mut M, object: &Own<M::Val>, field: &'static Field<L>, value: M::Int) {
    // SAFETY: the callers give the values that the layouts' own constructors would.
    unsafe { m.store_int(typed::<M, L>(object), field, value) };
}

#[inline(always)]
fn init_elem<M: Machine, L: Layout>(
    m: &mut M,
    object: &Own<M::Val>,
    array: &'static Array<L>,
    index: usize,
    value: Own<M::Val>,
) {
    let index = m.int(index as i64);
    let old = m.replace_elem(typed::<M, L>(object), array, index, value);
    no_count(m, old);
}

/// A new instance without attributes, of the class whose root shape is `shape`; its `__slots__` lie inline.
#[inline(always)]
pub fn new_instance<M: Machine>(m: &mut M, shape: ShapeRef) -> Own<M::Val> {
    assert!(shape.len() <= shape.inline(), "an instance with a spill is made by a helper");
    allocate::<M, Instance>(m, shape, shape.instance_size())
}

/// A new tuple of at least one item.
#[inline(always)]
pub fn new_tuple<M: Machine>(m: &mut M, mut items: impl ExactSizeIterator<Item = Own<M::Val>>) -> Own<M::Val> {
    new_tuple_of(m, items.len(), |_, _| items.next().expect("an iterator gives as many items as it says"))
}

/// A new tuple of `len` items, at least one; `item` gives each in its turn, without a test.
#[inline(always)]
pub fn new_tuple_of<M: Machine>(
    m: &mut M,
    len: usize,
    mut item: impl FnMut(&mut M, usize) -> Own<M::Val>,
) -> Own<M::Val> {
    debug_assert!(len > 0, "the empty tuple exists already");
    let shape = Heap::current().shape_of(Kind::Tuple);
    let tuple = allocate::<M, Tuple>(m, shape, std::mem::offset_of!(Tuple, items) + 8 * len);
    let count = m.int(len as i64);
    init_int(m, &tuple, &desc::TUPLE_LEN, count);
    for index in 0..len {
        let item = item(m, index);
        init_elem(m, &tuple, &desc::TUPLE_ITEMS, index, item);
    }
    tuple
}

/// A new cell; an empty one when `value` is [`Word::EMPTY`].
#[inline(always)]
pub fn new_cell<M: Machine>(m: &mut M, value: Own<M::Val>) -> Own<M::Val> {
    let object = allocate::<M, CellObj>(m, Heap::current().shape_of(Kind::Cell), size_of::<CellObj>());
    init(m, &object, &desc::CELL_VALUE, value);
    object
}

/// A new bound method.
#[inline(always)]
pub fn new_bound_method<M: Machine>(m: &mut M, function: Own<M::Val>, receiver: Own<M::Val>) -> Own<M::Val> {
    let shape = Heap::current().shape_of(Kind::BoundMethod);
    let object = allocate::<M, BoundMethod>(m, shape, size_of::<BoundMethod>());
    init(m, &object, &desc::METHOD_FUNCTION, function);
    init(m, &object, &desc::METHOD_RECEIVER, receiver);
    object
}

/// A new slice object.
#[inline(always)]
pub fn new_slice<M: Machine>(m: &mut M, start: Own<M::Val>, stop: Own<M::Val>, step: Own<M::Val>) -> Own<M::Val> {
    let object = allocate::<M, Slice>(m, Heap::current().shape_of(Kind::Slice), size_of::<Slice>());
    init(m, &object, &desc::SLICE_START, start);
    init(m, &object, &desc::SLICE_STOP, stop);
    init(m, &object, &desc::SLICE_STEP, step);
    object
}

/// A new range: start, stop, step and number of elements, all small ints.
#[inline(always)]
pub fn new_range<M: Machine>(m: &mut M, parts: [M::Val; 4]) -> Own<M::Val> {
    let object = allocate::<M, Range>(m, Heap::current().shape_of(Kind::Range), size_of::<Range>());
    let fields = [&desc::RANGE_START, &desc::RANGE_STOP, &desc::RANGE_STEP, &desc::RANGE_LEN];
    for (field, part) in fields.into_iter().zip(parts) {
        init(m, &object, field, Own::new(part));
    }
    object
}

/// A new `enumerate` that counts from a small int.
#[inline(always)]
pub fn new_enumerate<M: Machine>(m: &mut M, iterator: Own<M::Val>, count: M::Val) -> Own<M::Val> {
    let object = allocate::<M, Enumerate>(m, Heap::current().shape_of(Kind::Enumerate), size_of::<Enumerate>());
    init(m, &object, &desc::ENUMERATE_ITERATOR, iterator);
    init(m, &object, &desc::ENUMERATE_COUNT, Own::new(count));
    object
}

/// A new `zip` over a tuple of iterators, the shortest of which ends it.
#[inline(always)]
pub fn new_zip<M: Machine>(m: &mut M, iterators: Own<M::Val>) -> Own<M::Val> {
    let object = allocate::<M, Zip>(m, Heap::current().shape_of(Kind::Zip), size_of::<Zip>());
    let lax = m.int(0);
    init_int(m, &object, &desc::ZIP_STRICT, lax);
    init(m, &object, &desc::ZIP_ITERATORS, iterators);
    object
}

/// A new iterator over `left` elements from `next`, all within 62 bits.
#[inline(always)]
pub fn new_range_iter<M: Machine>(m: &mut M, next: M::Int, step: M::Int, left: M::Int) -> Own<M::Val> {
    let object = allocate::<M, RangeIter>(m, Heap::current().shape_of(Kind::RangeIter), size_of::<RangeIter>());
    init_int(m, &object, &desc::RANGE_ITER_NEXT, next);
    init_int(m, &object, &desc::RANGE_ITER_STEP, step);
    init_int(m, &object, &desc::RANGE_ITER_LEFT, left);
    object
}

macro_rules! new_index_iter {
    ($(#[$doc:meta])* $name:ident, $layout:ident, $source:ident, $index:ident) => {
        $(#[$doc])*
        #[inline(always)]
        pub fn $name<M: Machine>(m: &mut M, source: Own<M::Val>) -> Own<M::Val> {
            let shape = Heap::current().shape_of(Kind::$layout);
            let object = allocate::<M, $layout>(m, shape, size_of::<$layout>());
            init(m, &object, &desc::$source, source);
            let zero = m.int(0);
            init_int(m, &object, &desc::$index, zero);
            object
        }
    };
}

new_index_iter! {
    /// A new iterator over a list.
    new_list_iter, ListIter, LIST_ITER_SOURCE, LIST_ITER_INDEX
}
new_index_iter! {
    /// A new iterator over a tuple.
    new_tuple_iter, TupleIter, TUPLE_ITER_SOURCE, TUPLE_ITER_INDEX
}
new_index_iter! {
    /// A new iterator over a string.
    new_str_iter, StrIter, STR_ITER_SOURCE, STR_ITER_INDEX
}

/// A new generator with `len` empty slots, not started, of the type that `shape` names.
#[inline(always)]
pub fn new_generator<M: Machine>(
    m: &mut M,
    function: Own<M::Val>,
    name: Own<M::Val>,
    qualname: Own<M::Val>,
    len: usize,
    shape: ShapeRef,
) -> Own<M::Val> {
    let size = std::mem::offset_of!(Generator, slots) + 8 * len;
    let object = allocate::<M, Generator>(m, shape, size.max(size_of::<Generator>()));
    let [count, zero] = [len as i64, 0].map(|value| m.int(value));
    init_int(m, &object, &desc::GENERATOR_LEN, count);
    init_int(m, &object, &desc::GENERATOR_PC, zero);
    init_int(m, &object, &desc::GENERATOR_STATE, zero);
    init_int(m, &object, &desc::GENERATOR_DELEGATE, zero);
    init(m, &object, &desc::GENERATOR_FUNCTION, function);
    init(m, &object, &desc::GENERATOR_NAME, name);
    init(m, &object, &desc::GENERATOR_QUALNAME, qualname);
    object
}

// -- Stores that keep invariants ----------------------------------------------------------------------------------

/// Moves a range iterator on.
#[inline(always)]
pub fn set_range_iter<M: Machine>(m: &mut M, iter: Typed<M::Val, RangeIter>, next: M::Int, left: M::Int) {
    // SAFETY: any pair of numbers is a valid state.
    unsafe {
        m.store_int(iter, &desc::RANGE_ITER_NEXT, next);
        m.store_int(iter, &desc::RANGE_ITER_LEFT, left);
    }
}

/// Moves a list iterator on.
#[inline(always)]
pub fn set_list_iter<M: Machine>(m: &mut M, iter: Typed<M::Val, ListIter>, index: M::Int) {
    // SAFETY: any number is a valid state.
    unsafe { m.store_int(iter, &desc::LIST_ITER_INDEX, index) };
}

/// Lets an iterator at its end let go of what it went over.
macro_rules! end_index_iter {
    ($($name:ident, $iter:ident, $source:ident;)*) => {
        $(
            /// Ends an iterator, which lets go of what it went over.
            #[inline(always)]
            pub fn $name<M: Machine>(m: &mut M, iter: Typed<M::Val, $iter>) {
                let nothing = m.word(pv_word::Word::EMPTY);
                let source = m.replace(iter, &desc::$source, Own::new(nothing));
                m.release(source);
            }
        )*
    };
}

end_index_iter! {
    end_list_iter, ListIter, LIST_ITER_SOURCE;
    end_tuple_iter, TupleIter, TUPLE_ITER_SOURCE;
}

/// Moves a tuple iterator on.
#[inline(always)]
pub fn set_tuple_iter<M: Machine>(m: &mut M, iter: Typed<M::Val, TupleIter>, index: M::Int) {
    // SAFETY: any number is a valid state.
    unsafe { m.store_int(iter, &desc::TUPLE_ITER_INDEX, index) };
}

/// Moves a string iterator on.
#[inline(always)]
pub fn set_str_iter<M: Machine>(m: &mut M, iter: Typed<M::Val, StrIter>, index: M::Int) {
    // SAFETY: any number is a valid state.
    unsafe { m.store_int(iter, &desc::STR_ITER_INDEX, index) };
}

/// Sets a generator's state.
#[inline(always)]
pub fn set_generator_state<M: Machine>(m: &mut M, generator: Typed<M::Val, Generator>, state: GeneratorState) {
    let state = m.int(state as i64);
    // SAFETY: the number is a state's.
    unsafe { m.store_int(generator, &desc::GENERATOR_STATE, state) };
}

/// Sets where a generator goes on.
#[inline(always)]
pub fn set_generator_pc<M: Machine>(m: &mut M, generator: Typed<M::Val, Generator>, pc: u32) {
    let pc = m.int(i64::from(pc));
    // SAFETY: any number is a valid state.
    unsafe { m.store_int(generator, &desc::GENERATOR_PC, pc) };
}

/// Notes the slot that holds what a generator delegates to while it is suspended, or that it delegates to nothing.
#[inline(always)]
pub fn set_generator_delegate<M: Machine>(m: &mut M, generator: Typed<M::Val, Generator>, slot: Option<u16>) {
    let number = m.int(slot.map_or(0, |slot| i64::from(slot) + 1));
    // SAFETY: the slot is one of the generator's, for its code says so; what it holds is tested when it is wanted.
    unsafe { m.store_int(generator, &desc::GENERATOR_DELEGATE, number) };
}

/// Moves a generator's registers out, leaving it empty.
#[inline(always)]
pub fn take_generator_slots<M: Machine>(m: &mut M, generator: Typed<M::Val, Generator>, first: Slot, count: u32) {
    m.restore_slots(generator, &desc::GENERATOR_SLOTS, first, count);
}

/// Moves registers into a generator that has none.
#[inline(always)]
pub fn put_generator_slots<M: Machine>(m: &mut M, generator: Typed<M::Val, Generator>, first: Slot, count: u32) {
    m.save_slots(generator, &desc::GENERATOR_SLOTS, first, count);
}

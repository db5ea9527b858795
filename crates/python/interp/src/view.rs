//! Reading and making the heap's objects as bytecodes need them: compositions of `known`'s tests and descriptors.

use pv_machine::{Own, Typed};
use pv_object::{
    BoundMethod, CodeRef, Dict, Function, Generator, GlobalCell, Header, Instance, Kind, List, Range, ShapeRef, Tuple,
    desc, known, summary_bit, trusted,
};
use pv_word::Word;

use crate::operands::Python;

/// Bit of a kind's bits: an instance of the built-in type itself.
const EXACT: i64 = pv_object::header::EXACT as i64;

/// The kind of an object and whether it is exact, as constants: one test in a trace, however many follow on it.
#[inline(always)]
pub fn kind<M: Python>(m: &mut M, value: M::Val) -> Option<(Kind, bool)> {
    let object = known::header(m, value)?;
    let bits = m.load_int(object, &desc::HEADER_KIND);
    let bits = m.promote_int(bits);
    Some((Kind::of_bits(bits), bits & EXACT != 0))
}

/// The exact built-in kind of an object.
#[inline(always)]
pub fn exact_kind<M: Python>(m: &mut M, value: M::Val) -> Option<Kind> {
    match kind(m, value) {
        Some((kind, true)) => Some(kind),
        _ => None,
    }
}

// -- Numbers and strings ------------------------------------------------------------------------------------------

/// An int, float or complex number, boxed or not, of no subclass. Bools are none.
pub fn is_number<M: Python>(m: &mut M, value: M::Val) -> bool {
    if m.is_int(value) || m.is_float(value) {
        return true;
    }
    matches!(exact_kind(m, value), Some(Kind::Int | Kind::Float | Kind::Complex))
}

/// A complex number, of no subclass: such numbers have no order.
pub fn is_complex<M: Python>(m: &mut M, value: M::Val) -> bool {
    !m.is_int(value) && !m.is_float(value) && exact_kind(m, value) == Some(Kind::Complex)
}

/// A boxed number.
#[inline(always)]
pub fn is_boxed_number<M: Python>(m: &mut M, value: M::Val) -> bool {
    matches!(exact_kind(m, value), Some(Kind::Int | Kind::Float | Kind::Complex))
}

/// A string, of no subclass.
pub fn is_str<M: Python>(m: &mut M, value: M::Val) -> bool {
    exact_kind(m, value) == Some(Kind::Str)
}

/// An object whose `==` is identity: of a built-in kind without comparison of its own.
pub fn compares_by_identity<M: Python>(m: &mut M, value: M::Val) -> bool {
    match kind(m, value) {
        Some((Kind::None | Kind::Ellipsis | Kind::Function | Kind::NotImplemented, true)) => true,
        Some((Kind::Instance, _)) => {
            let shape = known::shape_of(m, known::header_of::<M::Val, Instance>(trusted::by_shape(value)));
            shape.ty().summary() & const { summary_bit("__eq__") | summary_bit("__ne__") } == 0
        }
        _ => false,
    }
}

/// An object that is true whatever it holds.
pub fn is_always_true<M: Python>(m: &mut M, value: M::Val) -> bool {
    match kind(m, value) {
        Some((Kind::Function | Kind::NativeFunction | Kind::Module | Kind::BoundMethod, _)) => true,
        Some((Kind::Instance, _)) => {
            let shape = known::shape_of(m, known::header_of::<M::Val, Instance>(trusted::by_shape(value)));
            shape.ty().summary() & const { summary_bit("__bool__") | summary_bit("__len__") } == 0
        }
        _ => false,
    }
}

/// An object of a generator's layout: a generator, and no coroutine or async generator?
pub fn is_generator<M: Python>(m: &mut M, value: M::Val) -> bool {
    let shape = known::shape_of(m, known::header_of::<M::Val, Generator>(trusted::by_shape(value)));
    std::ptr::eq(shape, m.cx().vm().heap.shape_of(Kind::Generator))
}

// -- Sequences ------------------------------------------------------------------------------------------------------

/// Number of items of a list.
#[inline(always)]
pub fn list_len<M: Python>(m: &mut M, list: Typed<M::Val, List>) -> M::Int {
    m.load_int(list, &desc::LIST_LEN)
}

/// Is the index within the list?
#[inline(always)]
pub fn list_has<M: Python>(m: &mut M, list: Typed<M::Val, List>, index: M::Int) -> bool {
    m.in_bounds(list, &desc::LIST_ITEMS, index)
}

/// The item at an index, if there is one; borrowed.
#[inline(always)]
pub fn list_item<M: Python>(m: &mut M, list: Typed<M::Val, List>, index: M::Int) -> Option<M::Val> {
    if list_has(m, list, index) { Some(m.elem(list, &desc::LIST_ITEMS, index)) } else { None }
}

/// Number of items of a tuple.
#[inline(always)]
pub fn tuple_len<M: Python>(m: &mut M, tuple: Typed<M::Val, Tuple>) -> M::Int {
    m.load_int(tuple, &desc::TUPLE_LEN)
}

/// An item that the tuple is known to have; borrowed.
#[inline(always)]
pub fn tuple_item<M: Python>(m: &mut M, tuple: Typed<M::Val, Tuple>, index: u32) -> M::Val {
    let index = m.int(i64::from(index));
    m.elem(tuple, &desc::TUPLE_ITEMS, index)
}

/// The item at an index, if there is one; borrowed.
#[inline(always)]
pub fn tuple_at<M: Python>(m: &mut M, tuple: Typed<M::Val, Tuple>, index: M::Int) -> Option<M::Val> {
    if m.in_bounds(tuple, &desc::TUPLE_ITEMS, index) { Some(m.elem(tuple, &desc::TUPLE_ITEMS, index)) } else { None }
}

/// Start, step and length of a range whose every element is a small int.
pub fn small_range<M: Python>(m: &mut M, range: Typed<M::Val, Range>) -> Option<[M::Int; 3]> {
    let stop = m.load(range, &desc::RANGE_STOP);
    let parts = [&desc::RANGE_START, &desc::RANGE_STEP, &desc::RANGE_LEN].map(|part| m.load(range, part));
    if !m.is_int(stop) || !parts.iter().all(|part| m.is_int(*part)) {
        return None;
    }
    Some(parts.map(|part| m.untag_int(part)))
}

// -- Functions ------------------------------------------------------------------------------------------------------

/// The tuple of positional defaults, if the function has one.
pub fn function_defaults<M: Python>(m: &mut M, function: Typed<M::Val, Function>) -> Option<Typed<M::Val, Tuple>> {
    let defaults = m.load(function, &desc::FUNCTION_DEFAULTS);
    if m.is(defaults, Word::EMPTY) { None } else { Some(trusted::tuple(defaults)) }
}

/// The globals of a function.
#[inline(always)]
pub fn function_globals<M: Python>(m: &mut M, function: Typed<M::Val, Function>) -> Typed<M::Val, Dict> {
    let globals = m.load(function, &desc::FUNCTION_GLOBALS);
    trusted::dict(globals)
}

/// A cell of a function's closure tuple.
#[inline(always)]
pub fn closure_cell<M: Python>(m: &mut M, function: Typed<M::Val, Function>, index: u32) -> M::Val {
    let closure = m.load(function, &desc::FUNCTION_CLOSURE);
    tuple_item(m, trusted::tuple(closure), index)
}

/// The code of the function in a frame's slot 0.
#[inline(always)]
pub fn frame_code<M: Python>(m: &mut M, callee: M::Val) -> CodeRef {
    trusted::code_of(m, trusted::function(callee))
}

/// Function and receiver of a bound method.
#[inline(always)]
pub fn bound_method_parts<M: Python>(m: &mut M, method: Typed<M::Val, BoundMethod>) -> (M::Val, M::Val) {
    (m.load(method, &desc::METHOD_FUNCTION), m.load(method, &desc::METHOD_RECEIVER))
}

// -- Variables ------------------------------------------------------------------------------------------------------

/// The version of a dict's keys.
#[inline(always)]
pub fn keys_version<M: Python>(m: &mut M, dict: Typed<M::Val, Dict>) -> u64 {
    let version = m.load_int(dict, &desc::DICT_VERSION);
    m.promote_int(version) as u64
}

/// The cell that a cache or plan names.
#[inline(always)]
pub fn global_cell<M: Python>(m: &mut M, cell: Word) -> Typed<M::Val, GlobalCell> {
    let cell = m.word(cell);
    trusted::global_cell(cell)
}

// -- Instances ------------------------------------------------------------------------------------------------------

/// What a slot of an instance of `shape` holds; borrowed, possibly empty.
#[inline(always)]
pub fn instance_slot<M: Python>(m: &mut M, object: Typed<M::Val, Header>, shape: ShapeRef, index: u32) -> M::Val {
    known::slot(m, trusted::by_shape(object.value()), shape, index as usize)
}

/// Stores into a slot of an instance of `shape` and returns what it held.
#[inline(always)]
pub fn replace_instance_slot<M: Python>(
    m: &mut M,
    object: Typed<M::Val, Header>,
    shape: ShapeRef,
    index: u32,
    value: Own<M::Val>,
) -> Own<M::Val> {
    known::replace_slot(m, trusted::by_shape(object.value()), shape, index as usize, value)
}

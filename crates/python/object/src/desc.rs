//! Descriptors of the fields that bytecodes and traces touch, and their alias classes.
//!
//! Every location has one class; fields that are seldom written share one. Descriptors are named `LAYOUT_FIELD`.

use std::mem::offset_of;

use pv_machine::{AliasClass, Array, ArrayData, ArrayInfo, Field, FieldInfo, Mutability, Release, Repr};

use crate::header::Header;
use crate::layouts::{Array as MachineArray, *};
use crate::shape::{INLINE_OFFSET, Instance, MAX_INLINE, Shape, Spill};
use crate::table::Table;

/// Numbers the alias classes in order, from 1 (0 belongs to counts).
macro_rules! alias_classes {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "numbers the constants below")]
        enum Number { COUNTS, $($name,)* }
        $($(#[$doc])* pub const $name: AliasClass = AliasClass(Number::$name as u8);)*
        const _: () = assert!((Number::COUNTS as u8) == 0 && [$(Number::$name as u8,)*].len() < 64);
    };
}

/// The alias classes of the Python heap.
pub mod alias {
    use super::AliasClass;

    alias_classes! {
        /// Kinds in headers.
        KIND,
        /// Shapes in headers.
        SHAPE,
        /// Tokens and types of shapes.
        SHAPE_FACTS,
        /// Slots of instances, inline and spilled, and the words that lead there.
        INSTANCE,
        /// Slots in spills.
        SPILL,
        /// Lengths of lists.
        LIST_LEN,
        /// Buffers of lists (their addresses).
        LIST_DATA,
        /// Items of lists.
        LIST_ITEMS,
        /// Tuples.
        TUPLE,
        /// Boxed numbers.
        NUMBER,
        /// Lengths, widths and addresses of strings.
        STR,
        /// Code points.
        STR_ITEMS,
        /// Cached hashes.
        HASH,
        /// Bytes objects.
        BYTES,
        /// Captured variables.
        CELL,
        /// Variables of modules and classes.
        GLOBAL,
        /// Functions.
        FUNCTION,
        /// Bound methods.
        METHOD,
        /// Native functions.
        NATIVE,
        /// Versions of dicts.
        DICT_VERSION,
        /// Lengths of dicts and sets.
        DICT_LEN,
        /// Sequence iterators.
        INDEX_ITER,
        /// Range iterators.
        RANGE_ITER,
        /// Other iterators.
        ITER,
        /// Ranges and slices.
        RANGE,
        /// State and program counter of generators.
        GENERATOR,
        /// Slots of generators at rest.
        GENERATOR_SLOTS,
        /// Exceptions and tracebacks.
        EXCEPTION,
        /// Properties, modules, static and class methods.
        DESCRIPTOR,
        /// Lengths, types and addresses of arrays.
        ARRAY,
        /// Items of arrays.
        ARRAY_ITEMS,
    }
}

const fn info(name: &'static str, offset: usize, repr: Repr, alias: AliasClass, mutability: Mutability) -> FieldInfo {
    FieldInfo { name, offset: offset as u32, repr, alias, mutability }
}

/// Rows `NAME: Layout.field "dump.name", representation, alias class, mutability;`.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $layout:ident . $field:ident $text:literal, $repr:ident, $alias:ident, $mutability:ident;)*) => {
        $($(#[$doc])*
        pub const $name: Field<$layout> = {
            static INFO: FieldInfo =
                info($text, offset_of!($layout, $field), Repr::$repr, alias::$alias, Mutability::$mutability);
            // SAFETY: the offset is the field's own, initialised by the layout's constructors; the class is this row's.
            unsafe { Field::new(&INFO) }
        };)*
    };
}

fields! {
    /// Kind with its bits.
    HEADER_KIND: Header.kind "header.kind", U16, KIND, Immutable;
    /// Address of the shape.
    HEADER_SHAPE: Header.shape "header.shape", Ptr, SHAPE, Mutable;
    /// Token of a shape.
    SHAPE_TOKEN: Shape.token "shape.token", U32, SHAPE_FACTS, Mutable;
    /// Type that a shape names.
    SHAPE_TYPE: Shape.ty "shape.type", Word, SHAPE_FACTS, Immutable;
    /// Attribute dict, once there is one.
    INSTANCE_DICT: Instance.dict "instance.dict", Word, INSTANCE, Mutable;
    /// Slots beyond those inline.
    INSTANCE_SPILL: Instance.spill "instance.spill", Word, INSTANCE, Mutable;
    /// Length.
    LIST_LEN: List.len "list.len", I64, LIST_LEN, Mutable;
    /// Length.
    TUPLE_LEN: Tuple.len "tuple.len", I64, TUPLE, Immutable;
    /// Number of items.
    ARRAY_LEN: MachineArray.len "array.len", I64, ARRAY, Mutable;
    /// Letter of the items' type.
    ARRAY_LETTER: MachineArray.letter "array.letter", U8, ARRAY, Immutable;
    /// Value.
    FLOAT_VALUE: BoxedFloat.value "float.value", F64, NUMBER, Immutable;
    /// Real part.
    COMPLEX_REAL: Complex.real "complex.real", F64, NUMBER, Immutable;
    /// Imaginary part.
    COMPLEX_IMAG: Complex.imag "complex.imag", F64, NUMBER, Immutable;
    /// Number of code points.
    STR_LEN: Str.len "str.len", I64, STR, Immutable;
    /// Bytes per code point.
    STR_WIDTH: Str.width "str.width", U8, STR, Immutable;
    /// Number of bytes.
    BYTES_LEN: Bytes.len "bytes.len", I64, BYTES, Immutable;
    /// Value, or empty.
    CELL_VALUE: CellObj.value "cell.value", Word, CELL, Mutable;
    /// Value, or empty.
    GLOBAL_VALUE: GlobalCell.value "global.value", Word, GLOBAL, Mutable;
    /// How compiled code treats the value: see `GlobalCell`.
    GLOBAL_USE: GlobalCell.usage "global.use", U8, GLOBAL, Mutable;
    /// Code. Immutable to traces: they assume it, and assigning `__code__` is announced.
    FUNCTION_CODE: Function.code "function.code", Word, FUNCTION, Immutable;
    /// Globals.
    FUNCTION_GLOBALS: Function.globals "function.globals", Word, FUNCTION, Immutable;
    /// Tuple of cells, or empty.
    FUNCTION_CLOSURE: Function.closure "function.closure", Word, FUNCTION, Immutable;
    /// Tuple of defaults, or empty.
    FUNCTION_DEFAULTS: Function.defaults "function.defaults", Word, FUNCTION, Mutable;
    /// Dict of keyword-only defaults, or empty.
    FUNCTION_KWDEFAULTS: Function.kwdefaults "function.kwdefaults", Word, FUNCTION, Mutable;
    /// `__name__`.
    FUNCTION_NAME: Function.name "function.name", Word, FUNCTION, Mutable;
    /// `__qualname__`.
    FUNCTION_QUALNAME: Function.qualname "function.qualname", Word, FUNCTION, Mutable;
    /// Changes with code and defaults.
    FUNCTION_VERSION: Function.version "function.version", I64, FUNCTION, Mutable;
    /// Function.
    METHOD_FUNCTION: BoundMethod.function "method.function", Word, METHOD, Immutable;
    /// Receiver.
    METHOD_RECEIVER: BoundMethod.receiver "method.receiver", Word, METHOD, Immutable;
    /// Receiver, or empty.
    NATIVE_RECEIVER: NativeFunction.receiver "native.receiver", Word, NATIVE, Immutable;
    /// The method that was bound to the receiver, or empty.
    NATIVE_FUNCTION: NativeFunction.function "native.function", Word, NATIVE, Immutable;
    /// Counts insertions and removals.
    DICT_VERSION: Dict.version "dict.version", I64, DICT_VERSION, Mutable;
    /// Dictionary.
    MODULE_DICT: Module.dict "module.dict", Word, DESCRIPTOR, Mutable;
    /// Getter, or empty.
    PROPERTY_GETTER: Property.getter "property.getter", Word, DESCRIPTOR, Mutable;
    /// Setter, or empty.
    PROPERTY_SETTER: Property.setter "property.setter", Word, DESCRIPTOR, Mutable;
    /// Function.
    STATIC_FUNCTION: StaticMethod.function "staticmethod.function", Word, DESCRIPTOR, Mutable;
    /// Function.
    CLASS_FUNCTION: ClassMethod.function "classmethod.function", Word, DESCRIPTOR, Mutable;
    /// List, or empty.
    LIST_ITER_SOURCE: ListIter.source "list_iter.source", Word, INDEX_ITER, Mutable;
    /// Next index.
    LIST_ITER_INDEX: ListIter.index "list_iter.index", I64, INDEX_ITER, Mutable;
    /// Tuple, or empty.
    TUPLE_ITER_SOURCE: TupleIter.source "tuple_iter.source", Word, INDEX_ITER, Mutable;
    /// Next index.
    TUPLE_ITER_INDEX: TupleIter.index "tuple_iter.index", I64, INDEX_ITER, Mutable;
    /// String, or empty.
    STR_ITER_SOURCE: StrIter.source "str_iter.source", Word, INDEX_ITER, Mutable;
    /// Next index.
    STR_ITER_INDEX: StrIter.index "str_iter.index", I64, INDEX_ITER, Mutable;
    /// Next element.
    RANGE_ITER_NEXT: RangeIter.next "range_iter.next", I64, RANGE_ITER, Mutable;
    /// Distance between elements.
    RANGE_ITER_STEP: RangeIter.step "range_iter.step", I64, RANGE_ITER, Immutable;
    /// Elements left.
    RANGE_ITER_LEFT: RangeIter.left "range_iter.left", I64, RANGE_ITER, Mutable;
    /// Iterator.
    ENUMERATE_ITERATOR: Enumerate.iterator "enumerate.iterator", Word, ITER, Mutable;
    /// Next count.
    ENUMERATE_COUNT: Enumerate.count "enumerate.count", Word, ITER, Mutable;
    /// Tuple of iterators.
    ZIP_ITERATORS: Zip.iterators "zip.iterators", Word, ITER, Mutable;
    /// Must all end together?
    ZIP_STRICT: Zip.strict "zip.strict", U8, ITER, Mutable;
    /// Function.
    MAP_FUNCTION: Map.function "map.function", Word, ITER, Mutable;
    /// Tuple of iterators.
    MAP_ITERATORS: Map.iterators "map.iterators", Word, ITER, Mutable;
    /// Start.
    RANGE_START: Range.start "range.start", Word, RANGE, Immutable;
    /// Stop.
    RANGE_STOP: Range.stop "range.stop", Word, RANGE, Immutable;
    /// Step.
    RANGE_STEP: Range.step "range.step", Word, RANGE, Immutable;
    /// Number of elements.
    RANGE_LEN: Range.len "range.len", Word, RANGE, Immutable;
    /// Start.
    SLICE_START: Slice.start "slice.start", Word, RANGE, Immutable;
    /// Stop.
    SLICE_STOP: Slice.stop "slice.stop", Word, RANGE, Immutable;
    /// Step.
    SLICE_STEP: Slice.step "slice.step", Word, RANGE, Immutable;
    /// Function or code.
    GENERATOR_FUNCTION: Generator.function "generator.function", Word, GENERATOR, Immutable;
    /// Where it goes on.
    GENERATOR_PC: Generator.pc "generator.pc", U32, GENERATOR, Mutable;
    /// [`GeneratorState`] as a number.
    GENERATOR_STATE: Generator.state "generator.state", U8, GENERATOR, Mutable;
    /// The slot of what it delegates to, plus one, or 0.
    GENERATOR_DELEGATE: Generator.delegate "generator.delegate", U16, GENERATOR, Mutable;
    /// Number of slots.
    GENERATOR_LEN: Generator.len "generator.len", U32, GENERATOR, Immutable;
    /// Name.
    GENERATOR_NAME: Generator.name "generator.name", Word, GENERATOR, Mutable;
    /// Qualified name.
    GENERATOR_QUALNAME: Generator.qualname "generator.qualname", Word, GENERATOR, Mutable;
    /// Frame object, or empty.
    GENERATOR_FRAME: Generator.frame "generator.frame", Word, GENERATOR, Mutable;
    /// What the interpreter keeps.
    GENERATOR_EXTRA: Generator.extra "generator.extra", Word, GENERATOR, Mutable;
    /// Arguments.
    EXCEPTION_ARGS: Exception.args "exception.args", Word, EXCEPTION, Mutable;
    /// Traceback, or empty.
    EXCEPTION_TRACEBACK: Exception.traceback "exception.traceback", Word, EXCEPTION, Mutable;
    /// Context, or empty.
    EXCEPTION_CONTEXT: Exception.context "exception.context", Word, EXCEPTION, Mutable;
    /// Cause, or empty.
    EXCEPTION_CAUSE: Exception.cause "exception.cause", Word, EXCEPTION, Mutable;
    /// Value of StopIteration and the like.
    EXCEPTION_VALUE: Exception.value "exception.value", Word, EXCEPTION, Mutable;
}

/// Rows `NAME: Layout "dump.name", offset of the number of live entries;`.
macro_rules! lengths {
    ($($(#[$doc:meta])* $name:ident: $layout:ident $text:literal, $offset:expr;)*) => {
        $($(#[$doc])*
        pub const $name: Field<$layout> = {
            static INFO: FieldInfo = info($text, $offset, Repr::I64, alias::DICT_LEN, Mutability::Mutable);
            // SAFETY: the offset is that of the table's count, a `usize` that tables are made with.
            unsafe { Field::new(&INFO) }
        };)*
    };
}

const SET_LIVE: usize = offset_of!(SetTable, table) + offset_of!(Table, live);

lengths! {
    /// Number of keys.
    DICT_LEN: Dict "dict.len", offset_of!(Dict, table) + offset_of!(Table, live);
    /// Number of elements.
    SET_LEN: Set "set.len", offset_of!(Set, table) + SET_LIVE;
    /// Number of elements.
    FROZEN_SET_LEN: FrozenSet "frozenset.len", offset_of!(FrozenSet, table) + SET_LIVE;
}

/// Rows `NAME: Layout "dump.name", place of the elements, length field, element, alias class, mutability, order of release;`.
macro_rules! arrays {
    ($($(#[$doc:meta])* $name:ident: $layout:ident $text:literal, $data:expr, $len:expr, $elem:ident, $alias:ident, $mutability:ident, $release:ident;)*) => {
        $($(#[$doc])*
        pub const $name: Array<$layout> = {
            static INFO: ArrayInfo = ArrayInfo {
                name: $text,
                data: $data,
                len: $len,
                elem: Repr::$elem,
                alias: alias::$alias,
                mutability: Mutability::$mutability,
                release: Release::$release,
            };
            // SAFETY: the layout keeps `len` initialised elements at that place; the class is this row's.
            unsafe { Array::new(&INFO) }
        };)*
    };
}

const STR_POINTS: ArrayData =
    ArrayData::Buffer(info("str.data", offset_of!(Str, data), Repr::Ptr, alias::STR, Mutability::Immutable));
const ARRAY_BUFFER: ArrayData =
    ArrayData::Buffer(info("array.data", offset_of!(MachineArray, data), Repr::Ptr, alias::ARRAY, Mutability::Mutable));
static SPILL_LEN: FieldInfo = info("spill.len", offset_of!(Spill, len), Repr::I64, alias::SPILL, Mutability::Immutable);

arrays! {
    /// Items of a list.
    LIST_ITEMS: List "list.items",
        ArrayData::Buffer(info("list.data", offset_of!(List, data), Repr::Ptr, alias::LIST_DATA, Mutability::Mutable)),
        &LIST_LEN.info, Word, LIST_ITEMS, Mutable, Descending;
    /// Items of a tuple.
    TUPLE_ITEMS: Tuple "tuple.items",
        ArrayData::Inline(offset_of!(Tuple, items) as u32),
        &TUPLE_LEN.info, Word, TUPLE, Immutable, Descending;
    /// Code points of strings of width 1.
    STR_BYTES: Str "str.bytes", STR_POINTS, &STR_LEN.info, U8, STR_ITEMS, Immutable, Ascending;
    /// Code points of strings of width 2.
    STR_SHORTS: Str "str.shorts", STR_POINTS, &STR_LEN.info, U16, STR_ITEMS, Immutable, Ascending;
    /// Code points of strings of width 4.
    STR_WIDES: Str "str.wides", STR_POINTS, &STR_LEN.info, U32, STR_ITEMS, Immutable, Ascending;
    /// Bytes of a bytes object.
    BYTES_ITEMS: Bytes "bytes.items",
        ArrayData::Inline(offset_of!(Bytes, data) as u32),
        &BYTES_LEN.info, U8, BYTES, Immutable, Ascending;
    /// Items of one byte.
    ARRAY_BYTES: ByteItems "array.bytes", ARRAY_BUFFER, &ARRAY_LEN.info, U8, ARRAY_ITEMS, Mutable, Ascending;
    /// Items of two bytes.
    ARRAY_SHORTS: ShortItems "array.shorts", ARRAY_BUFFER, &ARRAY_LEN.info, U16, ARRAY_ITEMS, Mutable, Ascending;
    /// Signed items of four bytes.
    ARRAY_INTS: IntItems "array.ints", ARRAY_BUFFER, &ARRAY_LEN.info, I32, ARRAY_ITEMS, Mutable, Ascending;
    /// Items of four bytes without a sign.
    ARRAY_UNSIGNED: UnsignedItems "array.unsigned", ARRAY_BUFFER, &ARRAY_LEN.info, U32, ARRAY_ITEMS, Mutable, Ascending;
    /// Signed items of eight bytes.
    ARRAY_LONGS: LongItems "array.longs", ARRAY_BUFFER, &ARRAY_LEN.info, I64, ARRAY_ITEMS, Mutable, Ascending;
    /// Doubles.
    ARRAY_DOUBLES: DoubleItems "array.doubles", ARRAY_BUFFER, &ARRAY_LEN.info, F64, ARRAY_ITEMS, Mutable, Ascending;
    /// Slots in a spill.
    SPILL_SLOTS: Spill "spill.slots",
        ArrayData::Inline(offset_of!(Spill, slots) as u32),
        &SPILL_LEN, Word, SPILL, Mutable, Ascending;
    /// Slots of a generator.
    GENERATOR_SLOTS: Generator "generator.slots",
        ArrayData::Inline(offset_of!(Generator, slots) as u32),
        &GENERATOR_LEN.info, Word, GENERATOR_SLOTS, Mutable, Descending;
}

/// Inline slots of instances, by number: words one behind the other.
pub const INSTANCE_SLOTS: [Field<Instance>; MAX_INLINE] = instance_slots();

const SLOT_NAMES: [&str; MAX_INLINE] = [
    "instance.0",
    "instance.1",
    "instance.2",
    "instance.3",
    "instance.4",
    "instance.5",
    "instance.6",
    "instance.7",
    "instance.8",
    "instance.9",
    "instance.10",
    "instance.11",
    "instance.12",
    "instance.13",
    "instance.14",
    "instance.15",
    "instance.16",
    "instance.17",
    "instance.18",
    "instance.19",
    "instance.20",
    "instance.21",
    "instance.22",
    "instance.23",
    "instance.24",
    "instance.25",
    "instance.26",
    "instance.27",
    "instance.28",
    "instance.29",
    "instance.30",
    "instance.31",
];

static SLOT_INFOS: [FieldInfo; MAX_INLINE] = {
    let mut infos = [const { slot_info(0) }; MAX_INLINE];
    let mut index = 0;
    while index < MAX_INLINE {
        infos[index] = slot_info(index);
        index += 1;
    }
    infos
};

const fn slot_info(index: usize) -> FieldInfo {
    let offset = INLINE_OFFSET + 8 * index;
    info(SLOT_NAMES[index], offset, Repr::Word, alias::INSTANCE, Mutability::Mutable)
}

const fn instance_slots() -> [Field<Instance>; MAX_INLINE] {
    let mut fields = [const { slot_field(0) }; MAX_INLINE];
    let mut index = 0;
    while index < MAX_INLINE {
        fields[index] = slot_field(index);
        index += 1;
    }
    fields
}

const fn slot_field(index: usize) -> Field<Instance> {
    // SAFETY: used for slots below the shape's inline count only (`known` is the one door), which `Instance::create` made.
    unsafe { Field::new(&SLOT_INFOS[index]) }
}

//! The built-in types: a room each, and the table that bootstraps them.
//!
//! Each room has a [`TypeTable`]: methods, attributes, slots, documentation. [`populate`] fills the types that the heap
//! made; special methods are made from the slots. How to add one: `docs/internals/runtime.md`.

mod annotations;
pub(crate) mod args;
pub mod bytes;
pub mod code;
pub mod complex;
pub mod descriptor;
pub mod dict;
pub mod dict_views;
pub mod enumerate;
pub mod exception;
pub mod float;
pub mod frame;
mod frame_locals;
pub mod function;
pub mod generator;
pub mod int;
pub mod iterator;
mod iterator_state;
pub mod list;
pub mod method;
pub mod module;
pub mod namespace;
pub mod object;
pub mod pattern;
pub mod property;
pub mod range;
pub mod set;
pub mod simple;
pub mod slice;
pub(crate) mod source_loader;
pub mod special;
pub mod str;
pub mod struct_sequence;
pub mod super_object;
pub mod super_type;
pub mod template;
pub mod traceback;
pub mod tuple;
pub mod type_type;
pub mod weakref;

mod fill;

use pv_object::{Kind, Obj, Tuple, Type, TypeFlags, TypeSpec};

use crate::error::{EXCEPTIONS, Exc, PyResult};
use crate::native::{GetSetDef, NativeDef};
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::vm::Vm;

/// What a built-in type is made of.
pub struct TypeTable {
    /// Its methods.
    pub methods: &'static [NativeDef],
    /// Its class methods.
    pub class_methods: &'static [NativeDef],
    /// Its static methods.
    pub static_methods: &'static [NativeDef],
    /// Its computed attributes.
    pub getsets: &'static [GetSetDef],
    /// Its operations.
    pub slots: Slots,
    /// `__doc__`.
    pub doc: &'static str,
}

impl TypeTable {
    /// A type with nothing of its own: the base of every table.
    pub const NONE: TypeTable =
        TypeTable { methods: &[], class_methods: &[], static_methods: &[], getsets: &[], slots: Slots::NONE, doc: "" };
}

static EMPTY: TypeTable = TypeTable::NONE;

/// The table of a kind's type.
const fn table_of(kind: Kind) -> &'static TypeTable {
    match kind {
        Kind::None => &simple::NONE,
        Kind::Ellipsis => &simple::ELLIPSIS,
        Kind::NotImplemented => &simple::NOT_IMPLEMENTED,
        Kind::Bool => &int::BOOL,
        Kind::Int => &int::TABLE,
        Kind::Float => &float::TABLE,
        Kind::Complex => &complex::TABLE,
        Kind::Bytes => &bytes::TABLE,
        Kind::ByteArray => &bytes::BYTEARRAY,
        Kind::Str => &str::TABLE,
        Kind::Tuple => &tuple::TABLE,
        Kind::List => &list::TABLE,
        Kind::Dict => &dict::TABLE,
        Kind::DictView => &dict_views::TABLE,
        Kind::Set => &set::TABLE,
        Kind::FrozenSet => &set::FROZEN,
        Kind::Range => &range::TABLE,
        Kind::Slice => &slice::TABLE,
        Kind::Cell => &simple::CELL,
        Kind::Function => &function::TABLE,
        Kind::Code => &code::TABLE,
        Kind::BoundMethod => &method::BOUND,
        Kind::NativeFunction => &method::NATIVE,
        Kind::Property => &property::TABLE,
        Kind::StaticMethod => &method::STATIC,
        Kind::ClassMethod => &method::CLASS,
        Kind::Member => &descriptor::MEMBER,
        Kind::GetSet => &descriptor::GETSET,
        Kind::Module => &module::TABLE,
        Kind::Instance => &object::TABLE,
        Kind::Type => &type_type::TABLE,
        Kind::Exception => &exception::TABLE,
        Kind::Traceback => &exception::TRACEBACK,
        Kind::Frame => &frame::TABLE,
        Kind::SeqIter => &iterator::SEQ,
        Kind::CallIter => &iterator::CALL,
        Kind::ListIter => &iterator::LIST,
        Kind::TupleIter => &iterator::TUPLE,
        Kind::StrIter => &iterator::STR,
        Kind::BytesIter => &iterator::BYTES,
        Kind::RangeIter => &iterator::RANGE,
        Kind::LongRangeIter => &iterator::LONG_RANGE,
        Kind::DictIter => &iterator::DICT,
        Kind::SetIter => &iterator::SET,
        Kind::Reversed => &iterator::REVERSED,
        Kind::Enumerate => &enumerate::ENUMERATE,
        Kind::Zip => &enumerate::ZIP,
        Kind::Map => &enumerate::MAP,
        Kind::Filter => &enumerate::FILTER,
        Kind::Generator => &generator::TABLE,
        Kind::MappingProxy => &dict_views::PROXY,
        Kind::Super => &super_type::TABLE,
        Kind::WeakRef => &weakref::TABLE,
        _ => &EMPTY,
    }
}

static SLOTS: [&Slots; Kind::COUNT] = {
    let mut slots = [&EMPTY.slots; Kind::COUNT];
    let mut i = 0;
    while i < Kind::COUNT {
        slots[i] = &table_of(Kind::ALL[i]).slots;
        i += 1;
    }
    slots
};

/// The slots of a kind's type.
#[inline(always)]
pub(crate) fn slots_of(kind: Kind) -> &'static Slots {
    SLOTS[kind as usize]
}

/// Built-in types that share a layout with others, and whose table is the layout's: name, layout.
const EXTRA: &[(&str, Kind)] = &[
    ("method_descriptor", Kind::NativeFunction),
    ("wrapper_descriptor", Kind::NativeFunction),
    ("classmethod_descriptor", Kind::NativeFunction),
    ("method-wrapper", Kind::NativeFunction),
    ("dict_values", Kind::DictView),
    ("dict_items", Kind::DictView),
    ("dict_valueiterator", Kind::DictIter),
    ("dict_itemiterator", Kind::DictIter),
    ("dict_reversekeyiterator", Kind::DictIter),
    ("dict_reversevalueiterator", Kind::DictIter),
    ("dict_reverseitemiterator", Kind::DictIter),
    ("list_reverseiterator", Kind::Reversed),
    ("bytearray_iterator", Kind::BytesIter),
];

/// Built-in types that share a layout with others and have a table of their own: name, layout, table.
const APART: &[(&str, Kind, &TypeTable)] = &[
    ("coroutine", Kind::Generator, &generator::COROUTINE),
    ("coroutine_wrapper", Kind::Native, &generator::WRAPPER),
    ("async_generator", Kind::Generator, &generator::ASYNC_GENERATOR),
    ("async_generator_asend", Kind::Native, &generator::ASEND),
    ("async_generator_athrow", Kind::Native, &generator::ATHROW),
    ("async_generator_wrapped_value", Kind::Native, &EMPTY),
    ("anext_awaitable", Kind::Native, &generator::ANEXT_AWAITABLE),
    ("FrameLocalsProxy", Kind::Native, &frame_locals::TABLE),
    ("SourceFileLoader", Kind::Native, &source_loader::TABLE),
];

/// Fills all built-in types, `builtins` and `sys`. Once, at the making of the machine.
pub(crate) fn populate(vm: &Vm) {
    let object = vm.type_of_kind(Kind::Instance).clone();
    let apart = APART.iter().map(|(name, kind, _)| (name, kind));
    for (name, kind) in EXTRA.iter().map(|(name, kind)| (name, kind)).chain(apart) {
        let ty = new_builtin(name, vec![object.clone()], Some(*kind));
        ty.expect::<Type>().set_flags(TypeFlags::BASE, false);
        vm.extra_types.borrow_mut().insert(name, ty);
    }
    for kind in Kind::ALL {
        fill::fill(vm, vm.type_of_kind(*kind), table_of(*kind));
    }
    for (name, kind) in EXTRA {
        fill::fill(vm, &vm.extra_type(name), table_of(*kind));
    }
    for (name, _, table) in APART {
        let ty = vm.extra_type(name);
        ty.expect::<Type>().set_operations(&table.slots);
        fill::fill(vm, &ty, table);
    }
    vm.type_of_kind(Kind::Generator).expect::<Type>().set_operations(&generator::TABLE.slots);
    weakref::mark_types(vm);
    for (class, row) in vm.exceptions.iter().zip(EXCEPTIONS) {
        exception::fill_class(vm, class, row);
    }
    let bases = vec![vm.exception(Exc::BaseExceptionGroup).clone(), vm.exception(Exc::Exception).clone()];
    let group = new_builtin("ExceptionGroup", bases, Some(Kind::Exception));
    vm.extra_types.borrow_mut().insert("ExceptionGroup", group);
    crate::builtins::populate(vm);
    crate::sys::populate(vm);
}

/// A built-in type.
///
/// # Panics
/// When its bases do not fit together.
pub fn new_builtin(name: &str, bases: Vec<Obj>, kind: Option<Kind>) -> Obj {
    match Type::create(TypeSpec::builtin(name, bases, kind)) {
        Ok(ty) => ty,
        Err(error) => panic!("built-in type {name}: {error:?}"),
    }
}

/// Makes a type for objects of a native module: instances are [`pv_object::Native`] objects.
pub fn new_native_type(vm: &Vm, module: &str, name: &str, table: &'static TypeTable) -> Obj {
    native_type(vm, module, name, table, 0)
}

/// As [`new_native_type`]; the instances have attributes of their own, in a `__dict__`.
pub fn new_native_type_with_dict(vm: &Vm, module: &str, name: &str, table: &'static TypeTable) -> Obj {
    let ty = native_type(vm, module, name, table, TypeFlags::HAS_DICT);
    ty.expect::<Type>().set_attr(&vm.names.__dict__, object::dict_descriptor(&ty));
    ty
}

fn native_type(vm: &Vm, module: &str, name: &str, table: &'static TypeTable, flags: u32) -> Obj {
    let object = vm.type_of_kind(Kind::Instance).clone();
    let mut spec = TypeSpec::builtin(name, vec![object], Some(Kind::Native));
    spec.flags |= flags;
    let ty = match Type::create(spec) {
        Ok(ty) => ty,
        Err(error) => unreachable!("object is the only base: {error:?}"),
    };
    ty.expect::<Type>().set_attr(&vm.names.__module__, text::intern(module));
    ty.expect::<Type>().set_operations(&table.slots);
    fill::fill(vm, &ty, table);
    ty
}

/// Makes the built-in type of a kind a native module's own, from its table.
pub fn adopt_type(vm: &Vm, module: &str, kind: Kind, table: &'static TypeTable) -> Obj {
    let ty = vm.type_of_kind(kind).clone();
    ty.expect::<Type>().set_attr(&vm.names.__module__, text::intern(module));
    ty.expect::<Type>().set_operations(&table.slots);
    fill::fill(vm, &ty, table);
    ty
}

/// Makes a type of a native module that derives from another one. Its instances are exact: its own slots serve them, and for what
/// it lacks its base's special methods; they have a `__dict__` if the base's have.
///
/// # Panics
/// When the base cannot be derived from.
pub fn new_native_subtype(vm: &Vm, module: &str, name: &str, base: &Obj, table: &'static TypeTable) -> Obj {
    let ty = new_builtin(name, vec![base.clone()], Some(Kind::Native));
    ty.expect::<Type>().set_attr(&vm.names.__module__, text::intern(module));
    ty.expect::<Type>().set_operations(&table.slots);
    fill::fill(vm, &ty, table);
    ty
}

/// Fills a type that the embedder made itself from its table.
pub fn fill_type(vm: &Vm, class: &Obj, table: &'static TypeTable) {
    fill::fill(vm, class, table);
}

/// Makes a type of a native module that derives from `base` and shares its layout.
///
/// # Panics
/// When the base cannot be derived from.
pub fn new_derived_type(vm: &Vm, module: &str, name: &str, base: &Obj, table: &'static TypeTable) -> Obj {
    let mut spec = TypeSpec::builtin(name, vec![base.clone()], None);
    // Instances are not exactly of the base: its slots alone do not serve them.
    spec.flags = TypeFlags::BASE | TypeFlags::HEAP;
    let ty = match Type::create(spec) {
        Ok(ty) => ty,
        Err(error) => panic!("built-in type {name}: {error:?}"),
    };
    ty.expect::<Type>().set_attr(&vm.names.__module__, text::intern(module));
    fill::fill(vm, &ty, table);
    ty
}

/// `list[int]` and the like: a `types.GenericAlias`, which the library's Python part makes.
pub fn generic_alias(cx: &Thread, origin: &Obj, item: &Obj) -> PyResult {
    let typing = crate::import::import_module(cx, "_typing")?;
    crate::protocol::call_method(cx, &typing, "GenericAlias", &[origin.clone(), item.clone()])
}

/// `__class_getitem__` of built-in generic types.
pub fn class_getitem(cx: &Thread, class: &Obj, item: &Obj) -> PyResult {
    generic_alias(cx, class, item)
}

/// An empty tuple.
pub(crate) fn empty_tuple() -> Obj {
    Tuple::create(Vec::new())
}

//! Slots: the operations of built-in types as plain Rust functions.
//!
//! Role: an exact instance of a built-in type is served by the [`Slots`] of its kind, without any lookup. All other
//! objects are served through the special methods found in their type's resolution order; for what they inherit from
//! a built-in type these are natives made of the same slots ([`SlotImp`]).
//! Invariant: what a slot does and what the special method of the same name does is one and the same function.

use std::cell::Cell;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Held, Kind, Obj, Str, Type};
use pv_word::Word;

use crate::error::PyResult;
use crate::native::Args;
use crate::thread::Thread;
use crate::vm::Resumed;

/// `f(object)`.
pub type Unary = fn(&Thread, &Obj) -> PyResult;
/// `f(operator, left, right)`; answers `NotImplemented` for operands it does not know.
pub type Binary = fn(&Thread, BinaryOp, &Obj, &Obj) -> PyResult;
/// `f(comparison, left, right)`; answers `NotImplemented` for operands it does not know.
pub type RichCompare = fn(&Thread, Compare, &Obj, &Obj) -> PyResult;
/// `f(object, arguments)`.
pub type WithArgs = fn(&Thread, &Obj, &Args<'_>) -> PyResult;
/// `f(object, key, value)`; deletes for `None`.
pub type SetItem = fn(&Thread, &Obj, &Obj, Option<&Obj>) -> PyResult<()>;

/// The operations of a built-in type; absent ones are `None`.
#[allow(clippy::type_complexity)]
pub struct Slots {
    /// `__new__(type, …)`.
    pub new: Option<WithArgs>,
    /// `__init__(self, …)`.
    pub init: Option<fn(&Thread, &Obj, &Args<'_>) -> PyResult<()>>,
    /// `__call__`.
    pub call: Option<WithArgs>,
    /// `__repr__`.
    pub repr: Option<Unary>,
    /// `__str__`.
    pub str: Option<Unary>,
    /// `__hash__`.
    pub hash: Option<fn(&Thread, &Obj) -> PyResult<i64>>,
    /// Instances are unhashable (`__hash__` is None).
    pub unhashable: bool,
    /// `__getattribute__`.
    pub get_attr: Option<fn(&Thread, &Obj, &Obj) -> PyResult>,
    /// `__setattr__` and `__delattr__`.
    pub set_attr: Option<SetItem>,
    /// `__iter__`.
    pub iter: Option<Unary>,
    /// `__next__`; `None` at the end.
    pub next: Option<fn(&Thread, &Obj) -> PyResult<Option<Obj>>>,
    /// What is yielded or returned for a value sent, where the end of the iteration has a value.
    pub send: Option<fn(&Thread, &Obj, &Obj) -> PyResult<Resumed>>,
    /// `__eq__` and the rest.
    pub compare: Option<RichCompare>,
    /// Binary operators, and which they are. Called with the instance on either side.
    pub binary: Option<(Binary, &'static [BinaryOp])>,
    /// In-place operators, and which they are.
    pub inplace: Option<(Binary, &'static [BinaryOp])>,
    /// Concatenation (`+` of sequences).
    pub concat: Option<fn(&Thread, &Obj, &Obj) -> PyResult>,
    /// Repetition (`*` of sequences) by an int.
    pub repeat: Option<fn(&Thread, &Obj, &Obj) -> PyResult>,
    /// `__neg__`.
    pub neg: Option<Unary>,
    /// `__pos__`.
    pub pos: Option<Unary>,
    /// `__abs__`.
    pub abs: Option<Unary>,
    /// `__invert__`.
    pub invert: Option<Unary>,
    /// `__bool__`.
    pub truth: Option<fn(&Thread, &Obj) -> PyResult<bool>>,
    /// `__int__`.
    pub int: Option<Unary>,
    /// `__float__`.
    pub float: Option<Unary>,
    /// `__index__`.
    pub index: Option<Unary>,
    /// `__len__`.
    pub len: Option<fn(&Thread, &Obj) -> PyResult<usize>>,
    /// `__getitem__`.
    pub get_item: Option<fn(&Thread, &Obj, &Obj) -> PyResult>,
    /// `__setitem__` and `__delitem__`.
    pub set_item: Option<SetItem>,
    /// `__contains__`.
    pub contains: Option<fn(&Thread, &Obj, &Obj) -> PyResult<bool>>,
    /// `__get__(self, instance, owner)`.
    pub descr_get: Option<fn(&Thread, &Obj, Option<&Obj>, Option<&Obj>) -> PyResult>,
    /// `__set__` and `__delete__`.
    pub descr_set: Option<SetItem>,
}

impl Slots {
    /// No operation: the base of every table (`Slots { len: Some(len), ..Slots::NONE }`).
    pub const NONE: Slots = Slots {
        new: None,
        init: None,
        call: None,
        repr: None,
        str: None,
        hash: None,
        unhashable: false,
        get_attr: None,
        set_attr: None,
        iter: None,
        next: None,
        send: None,
        compare: None,
        binary: None,
        inplace: None,
        concat: None,
        repeat: None,
        neg: None,
        pos: None,
        abs: None,
        invert: None,
        truth: None,
        int: None,
        float: None,
        index: None,
        len: None,
        get_item: None,
        set_item: None,
        contains: None,
        descr_get: None,
        descr_set: None,
    };
}

/// A special method made from a slot.
#[derive(Clone, Copy)]
#[allow(missing_docs, clippy::type_complexity)]
pub enum SlotImp {
    New(WithArgs),
    Init(fn(&Thread, &Obj, &Args<'_>) -> PyResult<()>),
    Call(WithArgs),
    Unary(Unary),
    Hash(fn(&Thread, &Obj) -> PyResult<i64>),
    Truth(fn(&Thread, &Obj) -> PyResult<bool>),
    Len(fn(&Thread, &Obj) -> PyResult<usize>),
    GetAttr(fn(&Thread, &Obj, &Obj) -> PyResult),
    SetAttr(SetItem),
    DelAttr(SetItem),
    Next(fn(&Thread, &Obj) -> PyResult<Option<Obj>>),
    Compare(RichCompare, Compare),
    Binary(Binary, BinaryOp),
    Reflected(Binary, BinaryOp),
    InPlace(Binary, BinaryOp),
    Concat(fn(&Thread, &Obj, &Obj) -> PyResult),
    Repeat(fn(&Thread, &Obj, &Obj) -> PyResult),
    GetItem(fn(&Thread, &Obj, &Obj) -> PyResult),
    SetItem(SetItem),
    DelItem(SetItem),
    Contains(fn(&Thread, &Obj, &Obj) -> PyResult<bool>),
    DescrGet(fn(&Thread, &Obj, Option<&Obj>, Option<&Obj>) -> PyResult),
    DescrSet(SetItem),
    DescrDelete(SetItem),
}

/// The slots that serve `obj` without lookup: those of its kind, if it is an exact instance of a built-in type. Types of native
/// modules share a kind, and so do generators and coroutines; each has its own.
#[inline(always)]
pub fn exact(obj: &Obj) -> Option<&'static Slots> {
    if !obj.is_exact() {
        return None;
    }
    match obj.kind() {
        Kind::Generator => obj.shape().ty().operations::<Slots>(),
        kind if is_modules(kind) => obj.shape().ty().operations::<Slots>(),
        kind => Some(of_kind(kind)),
    }
}

/// Is the layout that of objects whose types native modules make? Their special methods may be more than their slots.
#[inline(always)]
pub fn is_modules(kind: Kind) -> bool {
    matches!(kind, Kind::Native | Kind::Array)
}

/// The slots of a kind's built-in type.
#[inline(always)]
pub fn of_kind(kind: Kind) -> &'static Slots {
    crate::types::slots_of(kind)
}

/// Names of a binary operator's special methods: plain, reflected, in place.
pub fn dunders(op: BinaryOp) -> (&'static str, &'static str, &'static str) {
    match op {
        BinaryOp::Add => ("__add__", "__radd__", "__iadd__"),
        BinaryOp::Sub => ("__sub__", "__rsub__", "__isub__"),
        BinaryOp::Mul => ("__mul__", "__rmul__", "__imul__"),
        BinaryOp::MatMul => ("__matmul__", "__rmatmul__", "__imatmul__"),
        BinaryOp::TrueDiv => ("__truediv__", "__rtruediv__", "__itruediv__"),
        BinaryOp::FloorDiv => ("__floordiv__", "__rfloordiv__", "__ifloordiv__"),
        BinaryOp::Mod => ("__mod__", "__rmod__", "__imod__"),
        BinaryOp::Pow => ("__pow__", "__rpow__", "__ipow__"),
        BinaryOp::LShift => ("__lshift__", "__rlshift__", "__ilshift__"),
        BinaryOp::RShift => ("__rshift__", "__rrshift__", "__irshift__"),
        BinaryOp::And => ("__and__", "__rand__", "__iand__"),
        BinaryOp::Or => ("__or__", "__ror__", "__ior__"),
        BinaryOp::Xor => ("__xor__", "__rxor__", "__ixor__"),
    }
}

/// Name of a comparison's special method.
pub fn compare_dunder(op: Compare) -> &'static str {
    match op {
        Compare::Eq => "__eq__",
        Compare::Ne => "__ne__",
        Compare::Lt => "__lt__",
        Compare::Le => "__le__",
        Compare::Gt => "__gt__",
        Compare::Ge => "__ge__",
    }
}

/// The comparison with operands exchanged.
pub fn swapped(op: Compare) -> Compare {
    match op {
        Compare::Lt => Compare::Gt,
        Compare::Le => Compare::Ge,
        Compare::Gt => Compare::Lt,
        Compare::Ge => Compare::Le,
        same => same,
    }
}

/// Entries of the method cache.
const CACHE_SIZE: usize = 4096;

/// What lookups in resolution orders found, by the token of the type's root shape and the name.
///
/// Invariant: a token is renewed whenever the type or a base changes, so under a current token the value (borrowed from
/// the class dictionary that holds it) is alive.
pub(crate) struct TypeCache {
    entries: Box<[CacheEntry]>,
}

#[derive(Default)]
struct CacheEntry {
    token: Cell<u32>,
    name: Held,
    value: Cell<Option<Word>>,
}

impl TypeCache {
    pub(crate) fn new() -> TypeCache {
        TypeCache { entries: (0..CACHE_SIZE).map(|_| CacheEntry::default()).collect() }
    }

    /// The attribute of the first class in the resolution order that has it. `name` is interned.
    #[inline]
    pub(crate) fn lookup(&self, ty: &Type, name: &Obj) -> Option<Obj> {
        let token = ty.root_shape().token();
        // By its hash, not by its address: what the cache holds, and so a name's reference count, is the same in every run.
        let place = name.expect::<Str>().hash() as usize ^ token as usize;
        let entry = &self.entries[place % CACHE_SIZE];
        if entry.token.get() == token && entry.name.peek() == name.word() {
            return entry.value.get().and_then(Obj::from_borrowed);
        }
        let found = ty.lookup(name);
        entry.token.set(token);
        entry.name.set(name.clone());
        entry.value.set(found.as_ref().map(Obj::word));
        found
    }
}

//! Classes: their names, bases, dictionaries, shapes, and what is remembered of them.
//!
//! Invariants: a class's dictionary is a *cell dict* and changes through [`Type::set_attr`] and [`Type::delete_attr`]
//! only, so that every change gives fresh tokens to the shapes of the class and of all its subclasses.

mod order;

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use pv_word::Word;

use crate::header::{ATTRS, EXACT, Flags, Header};
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::{Dict, Str, Tuple};
use crate::obj::{Held, Obj, to_obj};
use crate::shape::{Form, Grave, MAX_INLINE, Shape, ShapeRef};

use order::best_base;

/// Facts about a class, as bits of [`Type::flags`].
pub struct TypeFlags;

impl TypeFlags {
    /// Created by a class statement or a call of `type`.
    pub const HEAP: u32 = 1;
    /// May be a base.
    pub const BASE: u32 = 2;
    /// Its attributes cannot be set.
    pub const IMMUTABLE: u32 = 4;
    /// `object.__new__` refuses it (abstract methods are left).
    pub const ABSTRACT: u32 = 8;
    /// Matches sequence patterns.
    pub const SEQUENCE: u32 = 16;
    /// Matches mapping patterns.
    pub const MAPPING: u32 = 32;
    /// Instances have a `__dict__`.
    pub const HAS_DICT: u32 = 64;
    /// Instances can be referred to weakly.
    pub const WEAKREF: u32 = 128;
    /// Being made: its metaclass has not yet said in which order attributes are looked up.
    pub const UNORDERED: u32 = 256;
}

/// Who has to define a dunder for it to count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DefinedBy {
    /// A Python class: the built-in types' own is what happens anyway.
    Python,
    /// Any class but `object`.
    Anyone,
    /// Any class but `object` and the built-in type whose layout the instances have.
    Another,
}

/// Dunders whose presence in a class or its bases is remembered in [`Type::summary`], by bit.
pub const SUMMARY: [(&str, DefinedBy); 29] = [
    ("__getattribute__", DefinedBy::Python),
    ("__getattr__", DefinedBy::Python),
    ("__setattr__", DefinedBy::Python),
    ("__delattr__", DefinedBy::Python),
    ("__del__", DefinedBy::Anyone),
    ("__eq__", DefinedBy::Anyone),
    ("__hash__", DefinedBy::Anyone),
    ("__bool__", DefinedBy::Anyone),
    ("__len__", DefinedBy::Anyone),
    ("__iter__", DefinedBy::Anyone),
    ("__next__", DefinedBy::Anyone),
    ("__getitem__", DefinedBy::Anyone),
    ("__call__", DefinedBy::Anyone),
    ("__get__", DefinedBy::Anyone),
    ("__set__", DefinedBy::Anyone),
    ("__new__", DefinedBy::Python),
    ("__ne__", DefinedBy::Anyone),
    ("__contains__", DefinedBy::Anyone),
    ("__setitem__", DefinedBy::Anyone),
    ("__delitem__", DefinedBy::Anyone),
    ("__delete__", DefinedBy::Anyone),
    ("__init__", DefinedBy::Python),
    ("__class__", DefinedBy::Python),
    ("__len__", DefinedBy::Another),
    ("__bool__", DefinedBy::Another),
    ("__iter__", DefinedBy::Another),
    ("__getitem__", DefinedBy::Another),
    ("__setitem__", DefinedBy::Another),
    ("__contains__", DefinedBy::Another),
];

/// What calling a class amounts to.
#[derive(Clone, Copy)]
pub enum CallPlan {
    /// A plain allocation of an instance of this shape, then this `__init__`, a Python function (borrowed from the class), if there is one.
    Instance {
        /// The shape of new instances.
        shape: ShapeRef,
        /// `__init__`.
        init: Option<Word>,
    },
    /// Anything else: ask the runtime.
    Generic,
}

/// The bit of a dunder in [`Type::summary`].
///
/// # Panics
/// When it is not in the table (at compile time, in a constant).
pub const fn summary_bit(dunder: &str) -> u32 {
    bit_from(0, dunder)
}

/// The bit that says of a subclass of a built-in type that it has a dunder that is not the built-in type's.
///
/// # Panics
/// As [`summary_bit`].
pub const fn override_bit(dunder: &str) -> u32 {
    let mut first = 0;
    while !matches!(SUMMARY[first].1, DefinedBy::Another) {
        first += 1;
    }
    bit_from(first, dunder)
}

const fn bit_from(first: usize, dunder: &str) -> u32 {
    let mut bit = first;
    while bit < SUMMARY.len() {
        if same_bytes(SUMMARY[bit].0.as_bytes(), dunder.as_bytes()) {
            return 1 << bit;
        }
        bit += 1;
    }
    panic!("no such dunder in the summary")
}

const fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let mut index = 0;
    while index < a.len() && index < b.len() && a[index] == b[index] {
        index += 1;
    }
    index == a.len() && index == b.len()
}

/// What a new class is made of.
pub struct TypeSpec {
    /// `__name__`.
    pub name: String,
    /// The bases, in order; at least one except for `object`.
    pub bases: Vec<Obj>,
    /// The layout of instances; `None` takes the best base's.
    pub kind: Option<Kind>,
    /// [`TypeFlags`].
    pub flags: u32,
    /// Number of `__slots__` the class adds.
    pub slots: usize,
    /// The metaclass; `None` means `type`.
    pub metatype: Option<Obj>,
}

impl TypeSpec {
    /// A built-in class deriving from `bases`.
    pub fn builtin(name: &str, bases: Vec<Obj>, kind: Option<Kind>) -> TypeSpec {
        let flags = TypeFlags::BASE | TypeFlags::IMMUTABLE;
        TypeSpec { name: name.to_owned(), bases, kind, flags, slots: 0, metatype: None }
    }
}

/// Why a class cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeError {
    /// No order of the bases' bases agrees with them all.
    InconsistentOrder,
    /// The bases' layouts exclude one another.
    LayoutConflict,
    /// A base is given twice.
    DuplicateBase,
    /// A class is to be its own base.
    Cycle,
}

/// A table of Rust functions, of a type that this crate does not know.
#[derive(Clone, Copy)]
struct Operations {
    id: TypeId,
    table: *const (),
}

/// A class.
#[repr(C)]
pub struct Type {
    header: Header,
    flags: Cell<u32>,
    kind: Kind,
    slots: u32,
    name: Held,
    qualname: Held,
    bases: Held,
    base: Held,
    mro: Held,
    dict: Held,
    root: Cell<Option<ShapeRef>>,
    shapes: RefCell<Vec<ShapeRef>>,
    subclasses: RefCell<Vec<Word>>,
    inline: Cell<u32>,
    summary: Cell<Option<u32>>,
    call_plan: Cell<Option<CallPlan>>,
    version: Cell<u64>,
    operations: Cell<Option<Operations>>,
}

impl Type {
    /// Makes a class; its dictionary is empty and its bases know it.
    pub fn create(spec: TypeSpec) -> Result<Obj, TypeError> {
        let base = best_base(&spec.bases)?;
        let kind = spec.kind.or_else(|| base.as_ref().map(|base| base.expect::<Type>().kind)).unwrap_or(Kind::Instance);
        let inherited = base.as_ref().map_or(0, |base| base.expect::<Type>().slots);
        let metatype = spec.metatype.unwrap_or_else(|| Heap::current().shape_of(Kind::Type).type_obj().clone());
        let shape = metatype.expect::<Type>().root_shape();
        let obj = allocate(shape, &spec.name, kind, spec.flags, inherited + spec.slots as u32);
        let ty = obj.expect::<Type>();
        ty.base.replace(base);
        ty.bases.set(Tuple::create(spec.bases));
        let mro = ty.compute_mro()?;
        ty.mro.set(Tuple::create(mro));
        ty.inherit_flags();
        ty.bases_list().iter().for_each(|base| base.expect::<Type>().subclasses.borrow_mut().push(obj.word()));
        ty.make_root(obj.word());
        Ok(obj)
    }

    fn inherit_flags(&self) {
        let inherited = TypeFlags::HAS_DICT | TypeFlags::WEAKREF;
        let bases = self.bases_list();
        let flags = bases.iter().fold(0, |flags, base| flags | base.expect::<Type>().flags() & inherited);
        // For patterns a class is a sequence or a mapping, not both: what the first class is that is either.
        let pattern = TypeFlags::SEQUENCE | TypeFlags::MAPPING;
        let mro = self.mro();
        let first = mro.expect::<Tuple>().items().iter().map(|class| class.expect::<Type>().flags() & pattern);
        let own = first.into_iter().find(|flags| *flags != 0).unwrap_or(0);
        self.flags.set(self.flags.get() | flags | own);
        let inline = bases.iter().map(|base| base.expect::<Type>().inline.get()).max().unwrap_or(0);
        self.inline.set(self.inline.get().max(inline));
    }

    fn make_root(&self, word: Word) {
        let builtin = self.flags.get() & TypeFlags::HEAP == 0;
        let mut bits = self.kind as u16;
        if builtin && self.kind != Kind::Instance {
            bits |= EXACT;
        }
        let own_place = matches!(self.kind, Kind::Instance | Kind::Type | Kind::Exception | Kind::Module);
        if !own_place && (!builtin || self.has(TypeFlags::HAS_DICT)) {
            bits |= ATTRS;
        }
        let form = match self.kind {
            Kind::Instance if self.flags.get() & TypeFlags::HAS_DICT == 0 => Form::Sealed,
            Kind::Instance => Form::Slots,
            _ => Form::Dictionary,
        };
        let slots = if self.kind == Kind::Instance { self.slots as usize } else { 0 };
        let inline = match form {
            Form::Sealed => self.slots,
            Form::Slots => self.inline.get().max(self.slots),
            Form::Dictionary => 0,
        };
        let finalizer = self.kind == Kind::Generator || self.summary_has("__del__");
        let flags = if finalizer { Flags::FINALIZER } else { 0 };
        let root = Shape::root(word, bits, flags, form, slots, inline.min(MAX_INLINE as u32));
        self.shapes.borrow_mut().push(root);
        self.root.set(Some(root));
    }

    /// The shape of new instances.
    #[inline(always)]
    pub fn root_shape(&self) -> ShapeRef {
        self.root.get().expect("a class has a root shape once it is made")
    }

    /// A root shape with the given number of inline slots.
    pub(crate) fn shape_with_inline(&self, inline: usize) -> ShapeRef {
        let root = self.root_shape();
        let found = |shape: &&ShapeRef| shape.inline() == inline && shape.form() == root.form();
        if let Some(shape) = self.shapes.borrow().iter().find(found) {
            return shape;
        }
        self.add_shape(root.form(), inline)
    }

    /// The shape of instances whose attributes lie in a dict.
    pub(crate) fn dictionary_shape(&self, inline: usize) -> ShapeRef {
        let found = |shape: &&ShapeRef| shape.inline() == inline && shape.form() == Form::Dictionary;
        if let Some(shape) = self.shapes.borrow().iter().find(found) {
            return shape;
        }
        self.add_shape(Form::Dictionary, inline)
    }

    fn add_shape(&self, form: Form, inline: usize) -> ShapeRef {
        let root = self.root_shape();
        let slots = if self.kind == Kind::Instance { self.slots as usize } else { 0 };
        let (bits, flags) = (root.kind_bits(), root.initial_flags());
        let shape = Shape::root(root.type_word(), bits, flags, form, slots, inline as u32);
        self.shapes.borrow_mut().push(shape);
        shape
    }

    /// An instance needed more slots than lie inline: give later ones more.
    pub(crate) fn note_spill(&self) {
        let root = self.root_shape();
        if root.inline() < MAX_INLINE && root.form() == Form::Slots {
            self.set_inline_hint((root.inline() * 2).clamp(4, MAX_INLINE));
        }
    }

    /// Gives instances made from now on (at least) this many inline slots.
    pub fn set_inline_hint(&self, slots: usize) {
        let inline = (slots.min(MAX_INLINE) as u32).max(self.slots);
        if self.root_shape().form() == Form::Slots && inline as usize > self.root_shape().inline() {
            self.inline.set(inline);
            // Who makes instances of the old shape must learn of the new one: calls by their plan, traces by the token.
            self.call_plan.set(None);
            self.root_shape().renew_tokens(Heap::current());
            self.root.set(Some(self.shape_with_inline(inline as usize)));
        }
    }

    /// How to call the class, if that was found out since its last change.
    #[inline]
    pub fn call_plan(&self) -> Option<CallPlan> {
        self.call_plan.get()
    }

    /// Remembers how to call the class until it, or a base, changes.
    pub fn set_call_plan(&self, plan: CallPlan) {
        self.call_plan.set(Some(plan));
    }

    /// The layout of instances.
    #[inline]
    pub fn instance_kind(&self) -> Kind {
        self.kind
    }

    /// Number of `__slots__`, inherited ones included.
    pub fn slot_count(&self) -> usize {
        self.slots as usize
    }

    /// Remembers a table of functions that serve exact instances without any lookup.
    pub fn set_operations<T: 'static>(&self, table: &'static T) {
        let table = std::ptr::from_ref(table).cast();
        self.operations.set(Some(Operations { id: TypeId::of::<T>(), table }));
    }

    /// The table of functions, if there is one of this type.
    #[inline(always)]
    pub fn operations<T: 'static>(&self) -> Option<&'static T> {
        let operations = self.operations.get()?;
        if operations.id != TypeId::of::<T>() {
            return None;
        }
        // SAFETY: the pointer was made from a `&'static T`, as `id` says.
        Some(unsafe { &*operations.table.cast::<T>() })
    }

    /// [`TypeFlags`].
    pub fn flags(&self) -> u32 {
        self.flags.get()
    }

    /// Sets or clears flags.
    pub fn set_flags(&self, flags: u32, on: bool) {
        self.flags.set(if on { self.flags.get() | flags } else { self.flags.get() & !flags });
    }

    /// Has all these flags?
    pub fn has(&self, flags: u32) -> bool {
        self.flags.get() & flags == flags
    }

    /// `__name__`.
    pub fn name(&self) -> Obj {
        self.name.get().expect("a class has a name")
    }

    /// `__name__` as text.
    pub fn name_string(&self) -> String {
        self.name().expect::<Str>().to_string_lossy()
    }

    /// Sets `__name__`.
    pub fn set_name(&self, name: Obj) {
        self.name.set(name);
    }

    /// `__qualname__`.
    pub fn qualname(&self) -> Obj {
        self.qualname.get().unwrap_or_else(|| self.name())
    }

    /// Sets `__qualname__`.
    pub fn set_qualname(&self, name: Obj) {
        self.qualname.set(name);
    }

    /// The tuple of bases.
    pub fn bases(&self) -> Obj {
        self.bases.get().unwrap_or_else(|| Tuple::create(Vec::new()))
    }

    fn bases_list(&self) -> Vec<Obj> {
        self.bases().expect::<Tuple>().items().to_vec()
    }

    /// The base whose layout instances extend.
    pub fn base(&self) -> Option<Obj> {
        self.base.get()
    }

    /// The tuple of this class and its bases in resolution order.
    pub fn mro(&self) -> Obj {
        self.mro.get().expect("a class has a resolution order once it is made")
    }

    /// Replaces the resolution order (a metaclass's `mro` may compute another).
    pub fn set_mro(&self, mro: Obj) {
        let me = to_obj(self).word();
        // Classes that are no bases, nor bases of bases, tell of their changes as bases do.
        let classes = mro.expect::<Tuple>().items().iter().map(|class| class.expect::<Type>());
        classes.filter(|class| !self.inherits(class)).for_each(|class| class.note_subclass(me));
        self.mro.set(mro);
        self.changed();
    }

    /// The dictionary, for reading. Its values are reached through [`Type::own_attr`] and [`Type::set_attr`].
    pub fn dict(&self) -> Obj {
        self.dict.get().expect("a class has a dictionary")
    }

    /// The attribute of this very class. `name` is interned.
    #[inline]
    pub fn own_attr(&self, name: &Obj) -> Option<Obj> {
        self.dict().expect::<Dict>().get_str(name)
    }

    /// The attribute of the first class in the resolution order that has it. `name` is interned.
    pub fn lookup(&self, name: &Obj) -> Option<Obj> {
        self.lookup_with_owner(name).map(|(value, _)| value)
    }

    /// As [`Type::lookup`], with the class that has it.
    pub fn lookup_with_owner(&self, name: &Obj) -> Option<(Obj, Obj)> {
        let mro = self.mro();
        mro.expect::<Tuple>().items().iter().find_map(|class| {
            let value = class.downcast::<Type>()?.own_attr(name)?;
            Some((value, class.clone()))
        })
    }

    /// Sets an attribute of this class.
    pub fn set_attr(&self, name: &Obj, value: Obj) {
        self.dict().expect::<Dict>().set_str(name, value);
        self.changed();
        if name.downcast::<Str>().is_some_and(|name| name.is("__del__")) {
            self.give_finalizer();
        }
    }

    /// Deletes an attribute of this class and returns it.
    pub fn delete_attr(&self, name: &Obj) -> Option<Obj> {
        let old = self.dict().expect::<Dict>().delete_str(name)?;
        self.changed();
        Some(old)
    }

    fn give_finalizer(&self) {
        self.shapes.borrow().iter().for_each(|shape| shape.add_initial_flags(Flags::FINALIZER));
        self.subclasses().iter().for_each(|sub| sub.expect::<Type>().give_finalizer());
    }

    /// Fresh tokens for every shape of this class and its subclasses; forgets what was summarised.
    pub fn changed(&self) {
        let heap = Heap::current();
        self.summary.set(None);
        self.call_plan.set(None);
        self.version.set(self.version.get() + 1);
        self.shapes.borrow().iter().for_each(|shape| shape.renew_tokens(heap));
        for sub in self.subclasses() {
            sub.expect::<Type>().changed();
        }
    }

    /// Counts the changes of the class and its bases.
    pub fn version(&self) -> u64 {
        self.version.get()
    }

    /// Takes the shapes of a class that the collector has found dead, unless one is in use: then class and shapes stay. The references
    /// by which they kept the class alive are given up; whoever gets the shapes drops them when the class is gone.
    pub(crate) fn retire(&self, heap: &Heap, in_use: &HashSet<usize>) -> Option<Vec<Grave>> {
        if self.shapes.borrow().iter().any(|shape| shape.is_among(in_use)) {
            return None;
        }
        self.root.set(None);
        let mut graves = Vec::new();
        self.shapes.take().into_iter().for_each(|shape| shape.retire(heap, &mut graves));
        Some(graves)
    }

    /// The direct subclasses, and classes whose metaclasses have put this one into their resolution order.
    pub fn subclasses(&self) -> Vec<Obj> {
        self.subclasses.borrow().iter().map(|word| Obj::retained(*word)).collect()
    }

    /// Is this class `other` or derived from it, by resolution order?
    #[inline]
    pub fn is_subtype(&self, other: &Type) -> bool {
        if std::ptr::eq(self, other) {
            return true;
        }
        let mro = self.mro();
        let wanted = Word::from_addr(std::ptr::from_ref(other) as usize);
        mro.expect::<Tuple>().items().iter().any(|class| class.word() == wanted)
    }

    /// Which of [`SUMMARY`]'s dunders are defined.
    #[inline]
    pub fn summary(&self) -> u32 {
        match self.summary.get() {
            Some(bits) => bits,
            None => self.summarize(),
        }
    }

    #[cold]
    fn summarize(&self) -> u32 {
        let heap = Heap::current();
        let defined = |(name, by): &(&str, DefinedBy)| self.defines(&heap.intern(name), *by);
        let bits = SUMMARY.iter().enumerate().filter(|(_, row)| defined(row));
        let bits = bits.fold(0, |bits, (bit, _)| bits | 1 << bit);
        self.summary.set(Some(bits));
        bits
    }

    fn defines(&self, name: &Obj, by: DefinedBy) -> bool {
        let Some((_, owner)) = self.lookup_with_owner(name) else { return false };
        match by {
            DefinedBy::Python => owner.expect::<Type>().has(TypeFlags::HEAP),
            DefinedBy::Anyone => !is_type_of(&owner, Kind::Instance),
            DefinedBy::Another => !is_type_of(&owner, Kind::Instance) && !is_type_of(&owner, self.instance_kind()),
        }
    }

    /// Is `dunder`, one of [`SUMMARY`]'s, defined?
    #[inline]
    pub fn summary_has(&self, dunder: &str) -> bool {
        self.summary() & summary_bit(dunder) != 0
    }
}

/// Is this the built-in type of a kind?
fn is_type_of(class: &Obj, kind: Kind) -> bool {
    class.same(Heap::current().shape_of(kind).type_obj())
}

fn allocate(shape: ShapeRef, name: &str, kind: Kind, flags: u32, slots: u32) -> Obj {
    let dict = Dict::create_for_cells();
    Heap::current().create(shape, size_of::<Type>(), |header| Type {
        header,
        flags: Cell::new(flags),
        kind,
        slots,
        name: Held::maybe((!name.is_empty()).then(|| Heap::current().intern(name))),
        qualname: Held::empty(),
        bases: Held::empty(),
        base: Held::empty(),
        mro: Held::empty(),
        dict: Held::new(dict),
        root: Cell::new(None),
        shapes: RefCell::default(),
        subclasses: RefCell::default(),
        inline: Cell::new(4),
        summary: Cell::new(None),
        call_plan: Cell::new(None),
        version: Cell::new(0),
        operations: Cell::new(None),
    })
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Type {
    const KIND: Kind = Kind::Type;
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        for held in [&self.name, &self.qualname, &self.bases, &self.base, &self.mro, &self.dict] {
            held.visit(visitor);
        }
        self.shapes.borrow().iter().for_each(|shape| shape.visit(visitor));
    }
    fn clear(&self) {
        self.changed();
        self.mro.set(Tuple::create(Vec::new()));
        self.dict().expect::<Dict>().remove_all();
    }
}

impl Drop for Type {
    fn drop(&mut self) {
        let me = Word::from_addr(std::ptr::from_ref(self) as usize);
        for listed in [self.bases.get(), self.mro.get()].into_iter().flatten() {
            let others = listed.expect::<Tuple>().items().iter().filter(|class| class.word() != me);
            others.for_each(|class| class.expect::<Type>().forget_subclass(me));
        }
    }
}

/// Creates the built-in type of every kind. `str`, `tuple`, `dict` and `type` are needed by types themselves: their
/// shapes come first, with a nameless stand-in type that is then replaced.
pub(crate) fn bootstrap(heap: &'static Heap) {
    for kind in Kind::ALL {
        heap.set_shape_of(*kind, Shape::bare(*kind as u16 | EXACT));
    }
    let object = builtin(heap, Kind::Instance, Vec::new());
    for kind in Kind::ALL.iter().filter(|kind| !matches!(kind, Kind::Instance | Kind::Bool)) {
        builtin(heap, *kind, vec![object.clone()]);
    }
    let int = heap.shape_of(Kind::Int).type_obj().clone();
    builtin(heap, Kind::Bool, vec![int]);
    let name_flags = [
        (Kind::List, TypeFlags::SEQUENCE),
        (Kind::Tuple, TypeFlags::SEQUENCE),
        (Kind::Range, TypeFlags::SEQUENCE),
        (Kind::Dict, TypeFlags::MAPPING),
        (Kind::MappingProxy, TypeFlags::MAPPING),
    ];
    for (kind, flags) in name_flags {
        heap.shape_of(kind).ty().set_flags(flags, true);
    }
}

/// Kinds whose built-in type cannot be a base.
const FINAL: [Kind; 12] = [
    Kind::Bool,
    Kind::None,
    Kind::Ellipsis,
    Kind::NotImplemented,
    Kind::Range,
    Kind::Slice,
    Kind::Function,
    Kind::BoundMethod,
    Kind::NativeFunction,
    Kind::Generator,
    Kind::MappingProxy,
    Kind::Cell,
];

fn builtin(heap: &'static Heap, kind: Kind, bases: Vec<Obj>) -> Obj {
    let base = if FINAL.contains(&kind) { 0 } else { TypeFlags::BASE };
    let obj = allocate(heap.shape_of(Kind::Type), "", kind, base | TypeFlags::IMMUTABLE, 0);
    let ty = obj.expect::<Type>();
    ty.base.replace(bases.first().cloned());
    bases.iter().for_each(|base| base.expect::<Type>().subclasses.borrow_mut().push(obj.word()));
    ty.bases.set(Tuple::create(bases));
    let order = ty.compute_mro().unwrap_or_else(|error| panic!("built-in {}: {error:?}", kind.name()));
    ty.mro.set(Tuple::create(order));
    ty.name.set(heap.intern(kind.name()));
    ty.summary.set(Some(0));
    heap.shape_of(kind).adopt(obj.word());
    ty.header.make_immortal();
    if kind == Kind::Generator {
        heap.shape_of(kind).add_initial_flags(Flags::FINALIZER);
    }
    ty.shapes.borrow_mut().push(heap.shape_of(kind));
    ty.root.set(Some(heap.shape_of(kind)));
    obj
}

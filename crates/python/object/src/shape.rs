//! Hidden classes and instances.
//!
//! Terms: a *shape* names a type, the order of an instance's attributes and how many lie inline; adding an attribute moves
//! an instance along a *transition* to the next shape. Its *token* is a number that no other shape has or had and
//! that changes whenever the type (or a base of it) does: what a cache learned under a token holds while the token is met.
//! Invariants: shapes live as long as their class, which lives as long as an instance (see `collect`); a shape's type and slot names never change; all shapes of one root have the
//! same number of inline slots. Slots beyond those inline lie in a [`Spill`], which an instance has as soon as its shape has
//! such slots. In the *dictionary shape* an instance's
//! attributes lie in a dict, which `__dict__` is then.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::Dict;
use crate::obj::{Held, Obj};
use crate::types::Type;

/// A shape: borrowed for as long as its class lives, which whoever holds an instance knows.
pub type ShapeRef = &'static Shape;

/// Most slots an instance has inline.
pub const MAX_INLINE: usize = 32;
/// An instance with more attributes keeps them in a dict.
const MAX_SLOTS: usize = 128;
/// A shape with more successors has instances that are used as dicts: they become such.
const MAX_TRANSITIONS: usize = 64;

/// See the module's header.
#[repr(C)]
pub struct Shape {
    pub(crate) token: Cell<u32>,
    inline: u32,
    /// The type, owned; set once.
    pub(crate) ty: Cell<Word>,
    kind_bits: u16,
    initial_flags: Cell<u16>,
    form: Form,
    parent: Option<ShapeRef>,
    /// Interned names in slot order; [`Word::EMPTY`] for the slots of `__slots__`.
    names: Vec<Word>,
    transitions: RefCell<Vec<(Word, ShapeRef)>>,
}

/// How instances of a shape keep their attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// In slots; new attributes are transitions.
    Slots,
    /// In the slots of `__slots__` only: no attribute can be added.
    Sealed,
    /// In a dict (which instances of subclasses of built-in types always do).
    Dictionary,
}

/// Makes an instance of a subclass of a built-in type one of another such class, whose instances lie in memory in the same way; false
/// when they do not.
pub fn set_class_of_extended(object: &Obj, ty: &Type) -> bool {
    let (old, root) = (object.shape(), ty.root_shape());
    let Some(header) = object.header() else { return false };
    if old.kind_bits != root.kind_bits || old.fixed() != root.fixed() {
        return false;
    }
    header.set_shape(root);
    header.set_flags(root.initial_flags());
    true
}

impl Shape {
    /// Number of slots that `__slots__` asked for.
    fn fixed(&self) -> usize {
        self.names.iter().filter(|name| name.is_empty()).count()
    }

    /// A shape without attributes.
    pub(crate) fn root(ty: Word, kind_bits: u16, flags: u16, form: Form, slots: usize, inline: u32) -> ShapeRef {
        Box::leak(Box::new(Shape {
            token: Cell::new(Heap::current().fresh_token()),
            inline,
            ty: Cell::new(Obj::from_borrowed(ty).map_or(Word::EMPTY, Obj::into_word)),
            kind_bits,
            initial_flags: Cell::new(flags),
            form,
            parent: None,
            names: vec![Word::EMPTY; slots],
            transitions: RefCell::default(),
        }))
    }

    /// The shape of a built-in type's exact instances, before the type exists.
    pub(crate) fn bare(kind_bits: u16) -> ShapeRef {
        let form = if kind_bits as u8 == Kind::Instance as u8 { Form::Sealed } else { Form::Dictionary };
        Shape::root(Word::EMPTY, kind_bits, 0, form, 0, 0)
    }

    /// Names the type of a bare shape.
    pub(crate) fn adopt(&self, ty: Word) {
        assert!(self.ty.get().is_empty(), "a shape's type never changes");
        self.ty.set(Obj::retained(ty).into_word());
    }

    /// The token.
    #[inline(always)]
    pub fn token(&self) -> u32 {
        self.token.get()
    }

    /// Gives the shape, and all that descend from it, fresh tokens.
    pub(crate) fn renew_tokens(&self, heap: &Heap) {
        self.token.set(heap.fresh_token());
        heap.announce(Word::from_addr(std::ptr::from_ref(self) as usize));
        for (_, next) in self.transitions.borrow().iter() {
            next.renew_tokens(heap);
        }
    }

    pub(crate) fn add_initial_flags(&self, flags: u16) {
        self.initial_flags.set(self.initial_flags.get() | flags);
        for (_, next) in self.transitions.borrow().iter() {
            next.add_initial_flags(flags);
        }
    }

    /// The type's word, borrowed (shapes keep their types alive).
    #[inline(always)]
    pub fn type_word(&self) -> Word {
        self.ty.get()
    }

    /// The type.
    #[inline(always)]
    pub fn ty(&self) -> &Type {
        self.type_obj().expect::<Type>()
    }

    /// The type as an object.
    #[inline(always)]
    pub fn type_obj(&self) -> &Obj {
        // SAFETY: the cell is written once, before anyone can ask for the type of an object.
        Obj::of(unsafe { &*self.ty.as_ptr() })
    }

    /// Kind and its bits for the headers of instances.
    pub fn kind_bits(&self) -> u16 {
        self.kind_bits
    }

    /// Flags that instances are born with.
    pub fn initial_flags(&self) -> u16 {
        self.initial_flags.get()
    }

    /// How attributes are kept.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Number of inline slots.
    #[inline(always)]
    pub fn inline(&self) -> usize {
        self.inline as usize
    }

    /// Number of slots in use.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Has no slots?
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Bytes of an instance.
    pub fn instance_size(&self) -> usize {
        (INLINE_OFFSET + 8 * self.inline()).next_multiple_of(16)
    }

    /// The slot of the attribute with this interned name.
    #[inline]
    pub fn lookup(&self, name: Word) -> Option<usize> {
        self.names.iter().position(|each| *each == name)
    }

    /// The attributes' names in the order they were added (slots of `__slots__` left out), with their slots.
    pub fn names(&self) -> impl Iterator<Item = (usize, &Obj)> {
        self.names.iter().enumerate().filter(|(_, name)| !name.is_empty()).map(|(slot, name)| (slot, Obj::of(name)))
    }

    /// The shape before the last attribute was added.
    pub fn parent(&self) -> Option<ShapeRef> {
        self.parent
    }

    /// The shape after adding an attribute with this interned name, which the shape lacks; its slot is
    /// [`Shape::len`] of this one.
    pub fn with(&'static self, name: &Obj) -> ShapeRef {
        debug_assert!(self.form == Form::Slots && self.lookup(name.word()).is_none());
        if let Some(next) = self.transition(name.word()) {
            return next;
        }
        let retain = |word: &Word| Obj::from_borrowed(*word).map_or(Word::EMPTY, Obj::into_word);
        let mut names: Vec<Word> = self.names.iter().map(retain).collect();
        names.push(name.clone().into_word());
        let next: ShapeRef = Box::leak(Box::new(Shape {
            token: Cell::new(Heap::current().fresh_token()),
            inline: self.inline,
            ty: Cell::new(self.type_obj().clone().into_word()),
            kind_bits: self.kind_bits,
            initial_flags: Cell::new(self.initial_flags()),
            form: self.form,
            parent: Some(self),
            names,
            transitions: RefCell::default(),
        }));
        self.transitions.borrow_mut().push((name.word(), next));
        next
    }

    /// As [`Shape::with`], unless so many attributes were added that a dict serves better.
    pub fn try_with(&'static self, name: &Obj) -> Option<ShapeRef> {
        let known = self.transition(name.word());
        let room = self.len() < MAX_SLOTS && self.transitions.borrow().len() < MAX_TRANSITIONS;
        known.or_else(|| room.then(|| self.with(name)))
    }

    /// The transition for a name, if it was ever taken.
    pub fn transition(&self, name: Word) -> Option<ShapeRef> {
        self.transitions.borrow().iter().find(|(each, _)| *each == name).map(|(_, next)| *next)
    }
}

/// A shape whose class is dead; dropping it frees the shape.
pub(crate) struct Grave(*mut Shape);

impl Shape {
    /// Is the shape, or one that descends from it, at one of these addresses?
    pub(crate) fn is_among(&self, addresses: &HashSet<usize>) -> bool {
        addresses.contains(&(std::ptr::from_ref(self) as usize))
            || self.transitions.borrow().iter().any(|(_, next)| next.is_among(addresses))
    }

    /// Visits what the shape and those that descend from it own.
    pub(crate) fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        let ty = self.ty.get();
        if !ty.is_empty() {
            visitor(Obj::of(&ty));
        }
        self.names().for_each(|(_, name)| visitor(name));
        self.transitions.borrow().iter().for_each(|(_, next)| next.visit(visitor));
    }

    /// Gives up the references to the class, of which no instance is left, and tells whoever relies on the shapes' tokens.
    pub(crate) fn retire(&'static self, heap: &Heap, graves: &mut Vec<Grave>) {
        self.token.set(heap.fresh_token());
        let address = std::ptr::from_ref(self);
        heap.announce(Word::from_addr(address as usize));
        drop(Obj::from_result(self.ty.replace(Word::EMPTY)));
        self.transitions.take().into_iter().for_each(|(_, next)| next.retire(heap, graves));
        graves.push(Grave(address.cast_mut()));
    }
}

impl Drop for Grave {
    fn drop(&mut self) {
        // SAFETY: shapes come from `Box::leak`; the class has forgotten this one, and no object has it (`Type::retire`). Traces that
        // name its address were withdrawn when it was announced, and caches compare tokens, of which none is the shape's any more.
        let shape = unsafe { Box::from_raw(self.0) };
        shape.names.iter().for_each(|name| drop(Obj::from_result(*name)));
    }
}

/// An instance of a Python class without built-in layout.
#[repr(C)]
pub struct Instance {
    header: Header,
    pub(crate) dict: Held,
    pub(crate) spill: Held,
    slots: [Held; 0],
}

/// Offset of the first inline slot.
pub const INLINE_OFFSET: usize = 32;
const _: () = assert!(std::mem::offset_of!(Instance, slots) == INLINE_OFFSET);

/// Slots beyond those inline.
#[repr(C)]
pub struct Spill {
    header: Header,
    pub(crate) len: Cell<usize>,
    pub(crate) slots: [Held; 0],
}

const SPILL_SLOTS: usize = 24;
const _: () = assert!(std::mem::offset_of!(Spill, slots) == SPILL_SLOTS);

impl Spill {
    fn create(len: usize) -> Obj {
        let heap = Heap::current();
        let shape = heap.shape_of(Kind::Spill);
        let obj = heap.create(shape, SPILL_SLOTS + 8 * len, |header| Spill { header, len: Cell::new(len), slots: [] });
        obj.expect::<Spill>().fill();
        obj
    }

    fn fill(&self) {
        // SAFETY: `create` allocated `len` words behind the fields.
        unsafe { crate::layouts::fill_empty(self.slots.as_ptr().cast(), self.len.get()) };
    }

    pub(crate) fn slots(&self) -> &[Held] {
        // SAFETY: `create` made `len` cells behind the fields.
        unsafe { std::slice::from_raw_parts(self.slots.as_ptr(), self.len.get()) }
    }
}

// SAFETY: `repr(C)`, header first; `drop` below releases the tail.
unsafe impl Layout for Spill {
    const KIND: Kind = Kind::Spill;
    fn extent(&self) -> usize {
        SPILL_SLOTS + 8 * self.len.get()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.slots().iter().for_each(|slot| slot.visit(visitor));
    }
}

impl Drop for Spill {
    fn drop(&mut self) {
        self.slots().iter().for_each(|slot| drop(slot.take()));
    }
}

impl Instance {
    /// A new instance without attributes. `shape` is a root shape of a class.
    pub fn create(shape: ShapeRef) -> Obj {
        let obj = Heap::current().create(shape, shape.instance_size(), |header| Instance {
            header,
            dict: Held::empty(),
            spill: Held::empty(),
            slots: [],
        });
        let view = obj.expect::<Instance>();
        // SAFETY: `create` allocated the shape's inline slots behind the fields.
        unsafe { crate::layouts::fill_empty(view.slots.as_ptr().cast(), shape.inline()) };
        if shape.len() > shape.inline() {
            view.make_room(shape.len() - 1);
        }
        obj
    }

    /// The shape.
    #[inline(always)]
    pub fn shape(&self) -> ShapeRef {
        self.header.shape()
    }

    pub(crate) fn inline_slots(&self) -> &[Held] {
        // SAFETY: every shape of the instance's root has this many inline slots, made by `create`.
        unsafe { std::slice::from_raw_parts(self.slots.as_ptr(), self.shape().inline()) }
    }

    fn with_slot<R>(&self, slot: usize, f: impl FnOnce(&Held) -> R) -> Option<R> {
        let inline = self.inline_slots();
        match inline.get(slot) {
            Some(cell) => Some(f(cell)),
            None => {
                let spill = self.spill.get()?;
                spill.expect::<Spill>().slots().get(slot - inline.len()).map(f)
            }
        }
    }

    /// The value in a slot.
    #[inline]
    pub fn slot(&self, slot: usize) -> Option<Obj> {
        self.with_slot(slot, Held::get).flatten()
    }

    /// Stores into a slot (or empties it) and returns what it held.
    #[inline]
    pub fn set_slot(&self, slot: usize, value: Option<Obj>) -> Option<Obj> {
        self.make_room(slot);
        self.with_slot(slot, |cell| cell.replace(value)).flatten()
    }

    fn make_room(&self, slot: usize) {
        let inline = self.shape().inline();
        if slot < inline {
            return;
        }
        let old = self.spill.get();
        let have = old.as_ref().map_or(0, |spill| spill.expect::<Spill>().slots().len());
        if slot - inline < have {
            return;
        }
        let bigger = Spill::create((have * 2).max(4).max(slot - inline + 1));
        if let Some(old) = old {
            let pairs = old.expect::<Spill>().slots().iter().zip(bigger.expect::<Spill>().slots());
            pairs.for_each(|(from, to)| drop(to.replace(from.take())));
        }
        self.shape().ty().note_spill();
        self.spill.set(bigger);
    }

    /// The attribute with this interned name among the instance's own.
    pub fn attr(&self, name: &Obj) -> Option<Obj> {
        if let Some(dict) = self.dict_obj() {
            return dict.expect::<Dict>().get_str(name);
        }
        self.slot(self.shape().lookup(name.word())?)
    }

    /// Sets an attribute of the instance's own; false when it can have none with this name.
    pub fn set_attr(&self, name: &Obj, value: Obj) -> bool {
        let shape = self.shape();
        match (shape.form(), shape.lookup(name.word())) {
            (Form::Dictionary, _) => self.dict().expect::<Dict>().set_str(name, value),
            (_, Some(slot)) => drop(self.set_slot(slot, Some(value))),
            (Form::Sealed, None) => return false,
            (Form::Slots, None) => match shape.try_with(name) {
                Some(next) => {
                    drop(self.set_slot(shape.len(), Some(value)));
                    self.header.set_shape(next);
                }
                None => self.dict().expect::<Dict>().set_str(name, value),
            },
        }
        true
    }

    /// Deletes an attribute of the instance's own and returns it.
    pub fn delete_attr(&self, name: &Obj) -> Option<Obj> {
        if self.shape().form() != Form::Dictionary {
            self.shape().lookup(name.word())?;
        }
        if self.shape().form() == Form::Sealed {
            return None;
        }
        self.dict().expect::<Dict>().delete_str(name)
    }

    /// Has the instance been given its dict?
    pub fn dict_obj(&self) -> Option<Obj> {
        self.dict.get()
    }

    /// The instance's `__dict__`: from now on its attributes lie there. Not for sealed shapes.
    pub fn dict(&self) -> Obj {
        if let Some(dict) = self.dict.get() {
            return dict;
        }
        let shape = self.shape();
        debug_assert!(shape.form() != Form::Sealed);
        let dict = Dict::create();
        for (slot, name) in shape.names() {
            if let Some(value) = self.set_slot(slot, None) {
                dict.expect::<Dict>().set_str(name, value);
            }
        }
        self.dict.set(dict.clone());
        self.header.set_shape(shape.ty().dictionary_shape(shape.inline()));
        dict
    }

    /// Replaces the instance's `__dict__`.
    pub fn set_dict(&self, dict: Obj) {
        drop(self.dict());
        self.dict.set(dict);
    }

    /// The attributes' names and values, in order.
    pub fn attrs(&self) -> Vec<(Obj, Obj)> {
        if let Some(dict) = self.dict_obj() {
            return dict.expect::<Dict>().items();
        }
        let names = self.shape().names();
        names.filter_map(|(slot, name)| self.slot(slot).map(|value| (name.clone(), value))).collect()
    }

    /// Makes the instance one of another class whose instances have the same number of inline slots and the same
    /// `__slots__`; false when they do not.
    pub fn set_class(&self, ty: &Type) -> bool {
        let (old, root) = (self.shape(), ty.root_shape());
        let sealed = |shape: ShapeRef| shape.form() == Form::Sealed;
        if sealed(old) != sealed(root) || old.fixed() != root.fixed() {
            return false;
        }
        let root = ty.shape_with_inline(old.inline());
        let shape = match old.form() {
            Form::Dictionary => ty.dictionary_shape(old.inline()),
            _ => old.names().fold(root, |shape, (_, name)| shape.with(name)),
        };
        self.header.set_shape(shape);
        self.header.set_flags(shape.initial_flags());
        true
    }
}

// SAFETY: `repr(C)`, header first; `drop` below releases the tail.
unsafe impl Layout for Instance {
    const KIND: Kind = Kind::Instance;
    fn extent(&self) -> usize {
        self.shape().instance_size()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.dict.visit(visitor);
        self.spill.visit(visitor);
        self.inline_slots().iter().for_each(|slot| slot.visit(visitor));
    }
    fn clear(&self) {
        drop(self.dict.take());
        drop(self.spill.take());
        self.inline_slots().iter().for_each(|slot| drop(slot.take()));
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.inline_slots().iter().for_each(|slot| drop(slot.take()));
    }
}

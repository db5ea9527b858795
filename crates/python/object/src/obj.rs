//! Owned references, owning cells, and typed views of objects.
//!
//! Role: [`Obj`] is what the runtime uses everywhere: a tagged word that owns one count. [`Held`] is a cell inside an
//! object (or anywhere) that owns a value or is empty.
//! Invariants: an `Obj` is never [`Word::EMPTY`]. Words are trusted: one that is an object word comes from a machine, a
//! frame slot or an object, and is alive while the caller's borrow lasts; nobody makes object words from numbers.
//! Dropping never runs Python: finalisers are queued (see [`crate::Heap`]).

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;

use pv_machine::Own;
use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::shape::ShapeRef;

/// An owned reference: drops its count when it is dropped, takes another when it is cloned.
#[repr(transparent)]
pub struct Obj(Word);

impl Obj {
    /// Takes over the count that `word` carries. Not for [`Word::EMPTY`].
    #[inline(always)]
    pub fn from_owned(word: Word) -> Obj {
        debug_assert!(!word.is_empty(), "an empty word is no object");
        Obj(word)
    }

    /// Takes over an owned result; `None` for [`Word::EMPTY`].
    #[inline(always)]
    pub fn from_result(word: Word) -> Option<Obj> {
        if word.is_empty() { None } else { Some(Obj(word)) }
    }

    /// Takes a new reference to a borrowed word; `None` for [`Word::EMPTY`].
    #[inline(always)]
    pub fn from_borrowed(word: Word) -> Option<Obj> {
        if word.is_empty() { None } else { Some(Obj::retained(word)) }
    }

    /// Takes a new reference to a borrowed word. Not for [`Word::EMPTY`].
    #[inline(always)]
    pub fn retained(word: Word) -> Obj {
        debug_assert!(!word.is_empty(), "an empty word is no object");
        if let Some(header) = header_of(word) {
            header.retain();
        }
        Obj(word)
    }

    /// Views a borrowed word as an object for as long as the word is borrowed. Not for [`Word::EMPTY`].
    #[inline(always)]
    pub fn of(word: &Word) -> &Obj {
        debug_assert!(!word.is_empty(), "an empty word is no object");
        // SAFETY: `repr(transparent)`; a shared `Obj` is never dropped through the reference.
        unsafe { &*std::ptr::from_ref(word).cast::<Obj>() }
    }

    /// Takes over a machine's owned value. Not for [`Word::EMPTY`].
    #[inline(always)]
    pub fn from_own(own: Own<Word>) -> Obj {
        Obj::from_owned(own.into_inner())
    }

    /// Hands the count to a machine.
    #[inline(always)]
    pub fn into_own(self) -> Own<Word> {
        Own::new(self.into_word())
    }

    /// The word, borrowed: it must not outlive `self`.
    #[inline(always)]
    pub fn word(&self) -> Word {
        self.0
    }

    /// The word together with the count.
    #[inline(always)]
    pub fn into_word(self) -> Word {
        let word = self.0;
        std::mem::forget(self);
        word
    }

    /// The small integer `value`.
    #[inline(always)]
    pub const fn small(value: i32) -> Obj {
        Obj(Word::small(value))
    }

    /// The header, unless this is an immediate.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        header_of(self.0)
    }

    /// The kind of a heap object; `None` for immediates.
    #[inline(always)]
    pub fn heap_kind(&self) -> Option<Kind> {
        self.header().map(Header::kind)
    }

    /// The kind: immediates count as [`Kind::Int`] and [`Kind::Float`].
    #[inline(always)]
    pub fn kind(&self) -> Kind {
        match self.header() {
            Some(header) => header.kind(),
            None if self.0.is_int() => Kind::Int,
            None => Kind::Float,
        }
    }

    /// An instance of a built-in type itself (immediates are)?
    #[inline(always)]
    pub fn is_exact(&self) -> bool {
        self.header().is_none_or(Header::is_exact)
    }

    /// The shape, which names the type.
    #[inline]
    pub fn shape(&self) -> ShapeRef {
        match self.header() {
            Some(header) => header.shape(),
            None => Heap::current().shape_of(self.kind()),
        }
    }

    /// A view of the object as layout `L` (subclass instances included), if it has that layout.
    #[inline(always)]
    pub fn downcast<L: Layout>(&self) -> Option<&L> {
        match self.header() {
            // SAFETY: the kind names the layout.
            Some(header) if header.kind() == L::KIND => Some(unsafe { &*std::ptr::from_ref(header).cast::<L>() }),
            _ => None,
        }
    }

    /// As [`Obj::downcast`], but only for instances of the built-in type itself.
    #[inline(always)]
    pub fn exact<L: Layout>(&self) -> Option<&L> {
        if self.is_exact() { self.downcast() } else { None }
    }

    /// A view of an object known to have layout `L`.
    ///
    /// # Panics
    /// When it has another layout.
    #[inline(always)]
    #[track_caller]
    pub fn expect<L: Layout>(&self) -> &L {
        match self.downcast() {
            Some(view) => view,
            None => panic!("expected {}, found {}", L::KIND.name(), self.kind().name()),
        }
    }

    /// A typed owned handle, or the object back.
    pub fn typed<L: Layout>(self) -> Result<Of<L>, Obj> {
        if self.downcast::<L>().is_some() { Ok(Of { obj: self, layout: std::marker::PhantomData }) } else { Err(self) }
    }

    /// Same object, or same immediate?
    #[inline(always)]
    pub fn same(&self, other: &Obj) -> bool {
        self.0 == other.0
    }

    /// Is this `None`?
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.heap_kind() == Some(Kind::None)
    }

    /// Is this the object `True`?
    pub fn is_true(&self) -> bool {
        self.0 == Heap::current().bool_word(true)
    }

    /// The value of a bool.
    pub fn as_bool(&self) -> Option<bool> {
        (self.heap_kind() == Some(Kind::Bool)).then(|| self.is_true())
    }

    /// The object `None`.
    #[inline]
    pub fn none() -> Obj {
        Obj(Heap::current().none_word())
    }

    /// The object `True` or `False`.
    #[inline]
    pub fn bool(value: bool) -> Obj {
        Obj(Heap::current().bool_word(value))
    }

    /// The object `Ellipsis`.
    pub fn ellipsis() -> Obj {
        Obj(Heap::current().ellipsis_word())
    }

    /// The object `NotImplemented`.
    pub fn not_implemented() -> Obj {
        Obj(Heap::current().not_implemented_word())
    }

    /// Is this `NotImplemented`?
    pub fn is_not_implemented(&self) -> bool {
        self.heap_kind() == Some(Kind::NotImplemented)
    }

    /// The reference count as CPython would tell it; immediates and immortals report CPython's figure for immortals.
    pub fn ref_count(&self) -> u32 {
        match self.header() {
            Some(header) if !header.is_immortal() => header.count(),
            _ => 3_221_225_472,
        }
    }
}

#[inline(always)]
pub(crate) fn header_of<'a>(word: Word) -> Option<&'a Header> {
    if word.is_ptr() {
        // SAFETY: words are trusted (module header): a pointer word that is not empty is a live object.
        Some(unsafe { &*(word.addr() as *const Header) })
    } else {
        None
    }
}

/// Gives up one reference of a word, which may be [`Word::EMPTY`].
#[inline(always)]
pub fn release(word: Word) {
    if word.is_object()
        && let Some(header) = header_of(word)
        && header.release()
    {
        release_last(word);
    }
}

#[inline(never)]
fn release_last(word: Word) {
    Heap::current().dealloc(word);
}

impl Clone for Obj {
    #[inline(always)]
    fn clone(&self) -> Self {
        Obj::retained(self.0)
    }
}

impl Drop for Obj {
    #[inline(always)]
    fn drop(&mut self) {
        release(self.0);
    }
}

impl fmt::Debug for Obj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.header() {
            Some(header) => write!(f, "<{} {:?}>", header.kind().name(), self.0),
            None => self.0.fmt(f),
        }
    }
}

/// An owned reference to an object whose layout is known.
pub struct Of<L> {
    obj: Obj,
    layout: std::marker::PhantomData<fn(L)>,
}

impl<L> Of<L> {
    /// The reference without its type.
    pub fn into_obj(self) -> Obj {
        self.obj
    }

    /// The reference without its type, borrowed.
    pub fn as_obj(&self) -> &Obj {
        &self.obj
    }
}

impl<L> Clone for Of<L> {
    fn clone(&self) -> Self {
        Of { obj: self.obj.clone(), layout: std::marker::PhantomData }
    }
}

impl<L: Layout> Deref for Of<L> {
    type Target = L;
    fn deref(&self) -> &L {
        // SAFETY: made only where the kind was checked, and a kind never changes its layout.
        unsafe { &*(self.obj.0.addr() as *const L) }
    }
}

impl<L> From<Of<L>> for Obj {
    fn from(typed: Of<L>) -> Obj {
        typed.obj
    }
}

/// A new reference to the object that a typed view looks at.
pub fn to_obj<L: Layout>(view: &L) -> Obj {
    Obj::retained(Word::from_addr(std::ptr::from_ref(view) as usize))
}

/// Takes over the references in a window of slots. The slots keep their words, which whoever lent the window then forgets: a
/// trace must know what its home slots hold, so helpers never write them.
pub fn take_window(slots: &[Cell<Word>]) -> Vec<Obj> {
    slots.iter().map(|slot| Obj::from_owned(slot.get())).collect()
}

/// As [`take_window`], for slots that may be empty.
pub fn take_slots(slots: &[Cell<Word>]) -> Vec<Option<Obj>> {
    slots.iter().map(|slot| Obj::from_result(slot.get())).collect()
}

/// Views a run of frame slots as objects. None of them is empty, and nobody writes to them while the view lives: they are
/// the arguments of a call that goes on.
pub fn view_window(slots: &[Cell<Word>]) -> &[Obj] {
    debug_assert!(slots.iter().all(|slot| !slot.get().is_empty()), "an empty slot is no object");
    // SAFETY: `Cell<Word>` and `Obj` are both `repr(transparent)` over a word; the caller keeps the slots as they are.
    unsafe { std::slice::from_raw_parts(slots.as_ptr().cast::<Obj>(), slots.len()) }
}

/// A cell that owns a value or is empty.
#[repr(transparent)]
pub struct Held(Cell<Word>);

impl Held {
    /// An empty cell.
    pub const fn empty() -> Held {
        Held(Cell::new(Word::EMPTY))
    }

    /// A cell owning `value`.
    pub fn new(value: Obj) -> Held {
        Held(Cell::new(value.into_word()))
    }

    /// A cell owning `value`, if there is one.
    pub fn maybe(value: Option<Obj>) -> Held {
        Held(Cell::new(value.map_or(Word::EMPTY, Obj::into_word)))
    }

    /// A new reference to the value.
    #[inline(always)]
    pub fn get(&self) -> Option<Obj> {
        Obj::from_borrowed(self.0.get())
    }

    /// The word, borrowed: it must not outlive the next write to the cell.
    #[inline(always)]
    pub fn peek(&self) -> Word {
        self.0.get()
    }

    /// Holds nothing?
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0.get().is_empty()
    }

    /// Stores a value and drops the one before.
    #[inline(always)]
    pub fn set(&self, value: Obj) {
        release(self.0.replace(value.into_word()));
    }

    /// Stores a value, or empties the cell, and returns what it held.
    pub fn replace(&self, value: Option<Obj>) -> Option<Obj> {
        Obj::from_result(self.0.replace(value.map_or(Word::EMPTY, Obj::into_word)))
    }

    /// Moves the value out.
    pub fn take(&self) -> Option<Obj> {
        Obj::from_result(self.0.replace(Word::EMPTY))
    }

    /// Calls `f` with the value, if there is one.
    pub fn visit(&self, f: &mut (impl FnMut(&Obj) + ?Sized)) {
        let word = self.0.get();
        if !word.is_empty() {
            f(Obj::of(&word));
        }
    }
}

impl Drop for Held {
    #[inline(always)]
    fn drop(&mut self) {
        release(self.0.get());
    }
}

impl Default for Held {
    fn default() -> Self {
        Held::empty()
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.get().fmt(f)
    }
}

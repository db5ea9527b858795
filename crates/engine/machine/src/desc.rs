//! Descriptors: static facts about heap fields, arrays and helpers, with their effects.
//!
//! Role: one table row per field, array or helper, owned by the language; the recorder names them in the trace, the
//! optimiser reads alias classes and effects, the code generator reads offsets and addresses.
//! Invariants: descriptors are `'static` and compared by address; names are unique within a language; one
//! memory location is described under one alias class only.

use std::fmt;
use std::marker::PhantomData;

use pv_word::Word;

/// How a memory cell is stored and which machine type its value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repr {
    /// A tagged word.
    Word,
    /// A signed 64-bit integer.
    I64,
    /// A signed 32-bit integer, sign-extended when loaded.
    I32,
    /// An unsigned 32-bit integer, zero-extended when loaded.
    U32,
    /// An unsigned 16-bit integer, zero-extended when loaded.
    U16,
    /// An unsigned byte, zero-extended when loaded.
    U8,
    /// A double.
    F64,
    /// An untagged address, carried as a raw integer.
    Ptr,
}

impl Repr {
    /// Size of the memory cell, in bytes.
    #[inline(always)]
    pub const fn size(self) -> usize {
        match self {
            Repr::Word | Repr::I64 | Repr::F64 | Repr::Ptr => 8,
            Repr::I32 | Repr::U32 => 4,
            Repr::U16 => 2,
            Repr::U8 => 1,
        }
    }
}

/// A disjoint part of the heap: two accesses of different classes never touch the same location.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AliasClass(pub u8);

/// A set of alias classes (at most 64 in a language).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AliasSet(pub u64);

impl AliasSet {
    /// No class.
    pub const NONE: AliasSet = AliasSet(0);
    /// Every class.
    pub const ALL: AliasSet = AliasSet(u64::MAX);

    /// The set of one class.
    pub const fn of(class: AliasClass) -> AliasSet {
        AliasSet(1 << class.0)
    }

    /// Union.
    pub const fn or(self, other: AliasSet) -> AliasSet {
        AliasSet(self.0 | other.0)
    }

    /// Is `class` a member?
    pub const fn contains(self, class: AliasClass) -> bool {
        self.0 >> class.0 & 1 != 0
    }
}

/// May a cell change after its object was initialised?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// Never written again once the object is initialised: loads may be reused across anything.
    Immutable,
    /// Written at any time: loads are reused until a store or call of the class.
    Mutable,
}

/// A field of a heap object, as the engine sees it.
#[derive(Debug)]
pub struct FieldInfo {
    /// Unique name, `layout.field`.
    pub name: &'static str,
    /// Bytes from the object's address.
    pub offset: u32,
    /// Storage of the cell.
    pub repr: Repr,
    /// Alias class of the cell.
    pub alias: AliasClass,
    /// Whether it changes after initialisation.
    pub mutability: Mutability,
}

/// A field of objects with layout `L`; see [`FieldInfo`].
///
/// Descriptors are constants (the description they point to is the static): offset and storage are known where an access is
/// compiled, in whatever crate that is.
pub struct Field<L> {
    /// The erased description.
    pub info: &'static FieldInfo,
    pub(crate) offset: u32,
    pub(crate) repr: Repr,
    layout: PhantomData<fn(L)>,
}

impl<L> Field<L> {
    /// Describes a field.
    ///
    /// # Safety
    /// Every object of layout `L` has an initialised cell of `info.repr` at `info.offset`, accessed under
    /// `info.alias` only.
    pub const unsafe fn new(info: &'static FieldInfo) -> Self {
        Field { info, offset: info.offset, repr: info.repr, layout: PhantomData }
    }
}

/// Where an array's elements lie.
#[derive(Debug)]
pub enum ArrayData {
    /// In the object itself, from this byte offset.
    Inline(u32),
    /// In a buffer whose address this field holds.
    Buffer(FieldInfo),
}

/// An array belonging to a heap object, as the engine sees it.
#[derive(Debug)]
pub struct ArrayInfo {
    /// Unique name, `layout.array`.
    pub name: &'static str,
    /// Where the elements lie.
    pub data: ArrayData,
    /// The field with the number of valid elements (an integer representation): the descriptor by which the language, too, reads and
    /// writes it.
    pub len: &'static FieldInfo,
    /// Storage of an element.
    pub elem: Repr,
    /// Alias class of the elements.
    pub alias: AliasClass,
    /// Whether elements change after initialisation.
    pub mutability: Mutability,
    /// In which order an object that dies lets go of its elements.
    pub release: Release,
}

/// An order of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// From the first to the last, as fields.
    Ascending,
    /// From the last to the first.
    Descending,
}

/// Where elements lie and how many there are: the part of an [`ArrayInfo`] that accesses are compiled from.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Offset of the first element, or of the address of the buffer.
    pub(crate) offset: u32,
    pub(crate) is_buffer: bool,
    pub(crate) len_offset: u32,
    pub(crate) len_repr: Repr,
    pub(crate) elem: Repr,
}

/// An array of objects with layout `L`; see [`ArrayInfo`], and [`Field`] for why these are constants.
pub struct Array<L> {
    /// The erased description.
    pub info: &'static ArrayInfo,
    pub(crate) place: Place,
    layout: PhantomData<fn(L)>,
}

impl<L> Array<L> {
    /// Describes an array.
    ///
    /// # Safety
    /// In every object of layout `L`, elements `0..len` are initialised cells of `info.elem` at the place
    /// `info.data` says, accessed under `info.alias` only.
    pub const unsafe fn new(info: &'static ArrayInfo) -> Self {
        let (offset, is_buffer) = match &info.data {
            ArrayData::Inline(offset) => (*offset, false),
            ArrayData::Buffer(field) => (field.offset, true),
        };
        let place = Place { offset, is_buffer, len_offset: info.len.offset, len_repr: info.len.repr, elem: info.elem };
        Array { info, place, layout: PhantomData }
    }
}

/// What a call may do besides computing its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effects {
    /// May leave an exception pending (and then returns [`Word::EMPTY`]).
    pub raises: bool,
    /// May run the language's own code: frames must be real, counts exact, assumptions re-checked.
    pub reenters: bool,
    /// May drop references, and so free objects.
    pub frees: bool,
    /// May change what traces assume: they are asked afterwards whether they are still valid.
    pub invalidates: bool,
    /// Equal arguments give equal results for ever: may be computed once, or not at all.
    pub elidable: bool,
    /// Heap classes it reads.
    pub reads: AliasSet,
    /// Heap classes it writes.
    pub writes: AliasSet,
}

impl Effects {
    /// A function of its arguments alone.
    pub const PURE: Effects = Effects {
        raises: false,
        reenters: false,
        frees: false,
        invalidates: false,
        elidable: true,
        reads: AliasSet::NONE,
        writes: AliasSet::NONE,
    };
    /// Anything at all.
    pub const ANY: Effects = Effects {
        raises: true,
        reenters: true,
        frees: true,
        invalidates: true,
        elidable: false,
        reads: AliasSet::ALL,
        writes: AliasSet::ALL,
    };
    /// Reads the given classes, may raise, changes nothing.
    pub const fn reading(reads: AliasSet) -> Effects {
        Effects { raises: true, reads, elidable: false, ..Effects::PURE }
    }
    /// Has the call no effect but its result?
    pub const fn only_reads(&self) -> bool {
        !self.raises && !self.reenters && !self.frees && !self.invalidates && self.writes.0 == 0
    }
    /// Reads anything, writes the given classes, may raise and free, but never runs the language's code.
    pub const fn writing(writes: AliasSet) -> Effects {
        Effects { reenters: false, writes, ..Effects::ANY }
    }
}

/// A run of consecutive frame slots handed to a helper, borrowed for the call.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Window<'a> {
    first: *const std::cell::Cell<Word>,
    len: usize,
    borrow: PhantomData<&'a std::cell::Cell<Word>>,
}

impl<'a> Window<'a> {
    /// The window over a run of cells.
    pub fn new(cells: &'a [std::cell::Cell<Word>]) -> Self {
        Window { first: cells.as_ptr(), len: cells.len(), borrow: PhantomData }
    }

    /// The slots.
    #[inline(always)]
    pub fn cells(self) -> &'a [std::cell::Cell<Word>] {
        // SAFETY: `new` took the parts from a slice that lives for 'a; compiled code, the only other maker,
        // passes the home slots of a frame below the callee, which outlive the call.
        unsafe { std::slice::from_raw_parts(self.first, self.len) }
    }
}

/// A helper's entry point by signature. `Cx` is the language's thread context.
pub enum Target<Cx: 'static> {
    /// Words to word; the result is owned, arguments are borrowed.
    W0(extern "C" fn(&Cx) -> Word),
    /// One word.
    W1(extern "C" fn(&Cx, Word) -> Word),
    /// Two words.
    W2(extern "C" fn(&Cx, Word, Word) -> Word),
    /// Three words.
    W3(extern "C" fn(&Cx, Word, Word, Word) -> Word),
    /// Four words.
    W4(extern "C" fn(&Cx, Word, Word, Word, Word) -> Word),
    /// Five words.
    W5(extern "C" fn(&Cx, Word, Word, Word, Word, Word) -> Word),
    /// One word to a raw integer.
    I1(extern "C" fn(&Cx, Word) -> i64),
    /// Two words to a raw integer.
    I2(extern "C" fn(&Cx, Word, Word) -> i64),
    /// Three words to a raw integer.
    I3(extern "C" fn(&Cx, Word, Word, Word) -> i64),
    /// A callee and a window of consecutive slots to a word.
    Win(extern "C" fn(&Cx, Word, Window<'_>) -> Word),
    /// A callee, a window of consecutive slots and one more word to a word.
    WinW(extern "C" fn(&Cx, Word, Window<'_>, Word) -> Word),
    /// Double to double, no context.
    F1(extern "C" fn(f64) -> f64),
    /// Two doubles to double, no context.
    F2(extern "C" fn(f64, f64) -> f64),
    /// Double to a word (boxes).
    FW(extern "C" fn(&Cx, f64) -> Word),
}

/// A code address; shared freely because code is immutable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeAddr(pub *const ());

// SAFETY: the address of a function is never written through.
unsafe impl Sync for CodeAddr {}
// SAFETY: as above.
unsafe impl Send for CodeAddr {}

/// A parameter or result of a helper as compiled code passes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// The thread context (always first).
    Cx,
    /// A tagged word.
    Word,
    /// A raw integer.
    Int,
    /// A double.
    Float,
    /// A window: address, then length.
    Window,
}

/// The erased description of a helper.
#[derive(Debug)]
pub struct HelperInfo {
    /// Unique name.
    pub name: &'static str,
    /// What it may do.
    pub effects: Effects,
    /// Its entry point.
    pub addr: CodeAddr,
    /// Parameters in order.
    pub params: &'static [Param],
    /// Result.
    pub result: Param,
}

/// A native function that a step may call: a *residual call* in a trace.
pub struct Helper<Cx: 'static> {
    /// The erased description.
    pub info: HelperInfo,
    /// The typed entry point.
    pub target: Target<Cx>,
}

impl<Cx: 'static> Helper<Cx> {
    /// Describes a helper; signature and address are derived from `target`.
    pub const fn new(name: &'static str, effects: Effects, target: Target<Cx>) -> Self {
        use Param::{Cx as C, Float as F, Int as I, Window as S, Word as W};
        let (addr, params, result): (*const (), &'static [Param], Param) = match target {
            Target::W0(f) => (f as *const (), &[C], W),
            Target::W1(f) => (f as *const (), &[C, W], W),
            Target::W2(f) => (f as *const (), &[C, W, W], W),
            Target::W3(f) => (f as *const (), &[C, W, W, W], W),
            Target::W4(f) => (f as *const (), &[C, W, W, W, W], W),
            Target::W5(f) => (f as *const (), &[C, W, W, W, W, W], W),
            Target::I1(f) => (f as *const (), &[C, W], I),
            Target::I2(f) => (f as *const (), &[C, W, W], I),
            Target::I3(f) => (f as *const (), &[C, W, W, W], I),
            Target::Win(f) => (f as *const (), &[C, W, S], W),
            Target::WinW(f) => (f as *const (), &[C, W, S, W], W),
            Target::F1(f) => (f as *const (), &[F], F),
            Target::F2(f) => (f as *const (), &[F, F], F),
            Target::FW(f) => (f as *const (), &[C, F], W),
        };
        Helper { info: HelperInfo { name, effects, addr: CodeAddr(addr), params, result }, target }
    }
}

impl<Cx: 'static> fmt::Debug for Helper<Cx> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.info.fmt(f)
    }
}

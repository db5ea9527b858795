//! The 16-byte header every object begins with.
//!
//! | offset | size | meaning |
//! |---|---|---|
//! | 0 | u32 | reference count ([`pv_machine::Counted`]); bit 31 = immortal |
//! | 4 | u16 | [`Kind`] in the low byte, [`EXACT`] and [`ATTRS`] above |
//! | 6 | u16 | [`Flags`] |
//! | 8 | u64 | address of the [`Shape`](crate::Shape), which names the type |

use std::cell::Cell;

use pv_machine::Counted;

use crate::kind::Kind;
use crate::shape::ShapeRef;

/// Bit of the kind field: an instance of the built-in type itself, not of a subclass.
pub const EXACT: u16 = 0x100;
/// Bit of the kind field: a word owning the attribute dict (or empty) follows the layout's own fields.
pub const ATTRS: u16 = 0x200;

/// Bits at offset 6 of the header.
pub struct Flags;

impl Flags {
    /// A finaliser is to run when the count reaches zero.
    pub const FINALIZER: u16 = 1;
    /// The finaliser has run, or is queued.
    pub const FINALIZED: u16 = 2;
    /// Weak references to the object exist.
    pub const WEAKLY_REFERENCED: u16 = 4;
    /// Compiled code or a cache embeds the object: announce its death.
    pub const EMBEDDED: u16 = 8;
    /// Part of the collection under way: where the count belongs stands the object's number in it.
    pub(crate) const COLLECTING: u16 = 16;
    /// A string that is in the intern table.
    pub const INTERNED: u16 = 32;
    /// The collector's generation, 0 to 3 (the permanent one), in two bits.
    pub(crate) const GENERATION: u16 = 64 | 128;
    pub(crate) const GENERATION_SHIFT: u32 = 6;
    /// The collector has seen that the object's block is a large one.
    pub(crate) const LARGE: u16 = 256;

    pub(crate) const SPECIAL: u16 = Self::FINALIZER | Self::WEAKLY_REFERENCED | Self::EMBEDDED | Self::INTERNED;
}

/// The header; first field of every layout.
#[repr(C)]
pub struct Header {
    count: Cell<u32>,
    pub(crate) kind: Cell<u16>,
    flags: Cell<u16>,
    pub(crate) shape: Cell<ShapeRef>,
}

impl Header {
    /// A header with one reference.
    pub(crate) fn new(kind_bits: u16, flags: u16, shape: ShapeRef) -> Self {
        Header { count: Cell::new(1), kind: Cell::new(kind_bits), flags: Cell::new(flags), shape: Cell::new(shape) }
    }

    /// The two header words of a new object with one reference, for [`pv_machine::Machine::allocate`].
    pub fn words(kind_bits: u16, flags: u16, shape: ShapeRef) -> [u64; 2] {
        [1 | u64::from(kind_bits) << 32 | u64::from(flags) << 48, std::ptr::from_ref(shape) as u64]
    }

    /// The layout kind.
    #[inline(always)]
    pub fn kind(&self) -> Kind {
        Kind::of_byte(self.kind.get() as u8)
    }

    /// Kind and its bits, as stored.
    #[inline(always)]
    pub fn kind_bits(&self) -> u16 {
        self.kind.get()
    }

    /// Is this an instance of the built-in type itself?
    #[inline(always)]
    pub fn is_exact(&self) -> bool {
        self.kind.get() & EXACT != 0
    }

    /// The shape.
    #[inline(always)]
    pub fn shape(&self) -> ShapeRef {
        self.shape.get()
    }

    pub(crate) fn set_shape(&self, shape: ShapeRef) {
        self.shape.set(shape);
    }

    /// Makes the object one of another class of the same layout, as its root shape is.
    pub(crate) fn set_class(&self, root: ShapeRef) {
        debug_assert_eq!((self.kind.get() ^ root.kind_bits()) & !EXACT, 0, "classes of one layout");
        self.kind.set(root.kind_bits());
        self.set_shape(root);
        self.set_flags(root.initial_flags());
    }

    /// The flags.
    #[inline(always)]
    pub fn flags(&self) -> u16 {
        self.flags.get()
    }

    /// Sets flags.
    pub fn set_flags(&self, flags: u16) {
        self.flags.set(self.flags.get() | flags);
    }

    /// Clears flags.
    pub fn clear_flags(&self, flags: u16) {
        self.flags.set(self.flags.get() & !flags);
    }

    /// The collector's generation.
    pub(crate) fn generation(&self) -> usize {
        usize::from((self.flags.get() & Flags::GENERATION) >> Flags::GENERATION_SHIFT)
    }

    pub(crate) fn set_generation(&self, generation: usize) {
        let rest = self.flags.get() & !Flags::GENERATION;
        self.flags.set(rest | (generation as u16) << Flags::GENERATION_SHIFT);
    }

    /// The reference count; meaningless beyond comparison when immortal.
    #[inline(always)]
    pub fn count(&self) -> u32 {
        self.count.get()
    }

    /// Does the object live for ever?
    #[inline(always)]
    pub fn is_immortal(&self) -> bool {
        self.count.get() & Counted::IMMORTAL != 0
    }

    /// Makes the object live for ever.
    pub fn make_immortal(&self) {
        self.count.set(Counted::IMMORTAL);
    }

    pub(crate) fn set_count(&self, count: u32) {
        self.count.set(count);
    }

    /// Takes one reference.
    #[inline(always)]
    pub(crate) fn retain(&self) {
        let count = self.count.get();
        debug_assert!(count != 0, "a dead object was used");
        if count & Counted::IMMORTAL == 0 {
            self.count.set(count + 1);
        }
    }

    /// Gives one reference up; true when it was the last.
    #[inline(always)]
    pub(crate) fn release(&self) -> bool {
        let count = self.count.get();
        if count & Counted::IMMORTAL != 0 {
            return false;
        }
        debug_assert!(count != 0, "a dead object was released");
        self.count.set(count - 1);
        count == 1
    }
}

//! What the door knows of a value.
//!
//! Terms: *kinds* are the possible shapes of a tagged word; a *range* bounds an integer (a raw one, or the payload of a
//! small-int word). Facts hold from the point where they were learned to the end of the chain, because a chain
//! has no joins: whatever was emitted earlier dominates whatever is emitted later.

use std::fmt;

use pv_ir::{Const, ValueRef};
use pv_machine::{FieldInfo, Repr};
use pv_word::Word;

use crate::range::Range;

/// A set of shapes that a tagged word may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Kinds(pub u8);

impl Kinds {
    /// Small int.
    pub const INT: Kinds = Kinds(1);
    /// Immediate float.
    pub const FLOAT: Kinds = Kinds(2);
    /// Pointer to an object.
    pub const OBJECT: Kinds = Kinds(4);
    /// [`Word::EMPTY`].
    pub const EMPTY: Kinds = Kinds(8);
    /// What `is_ptr` tests.
    pub const POINTER: Kinds = Kinds(12);
    /// Nothing is known.
    pub const ANY: Kinds = Kinds(15);

    /// Is every member of `self` a member of `other`?
    pub const fn within(self, other: Kinds) -> bool {
        self.0 & !other.0 == 0
    }

    /// Members of both.
    pub const fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// Members of either.
    pub const fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// Members of `self` that are not in `other`.
    pub const fn without(self, other: Kinds) -> Kinds {
        Kinds(self.0 & !other.0)
    }

    /// No member in common?
    pub const fn excludes(self, other: Kinds) -> bool {
        self.0 & other.0 == 0
    }

    /// The shape of a known word.
    pub const fn of(word: Word) -> Kinds {
        if word.is_int() {
            Kinds::INT
        } else if word.is_float() {
            Kinds::FLOAT
        } else if word.is_empty() {
            Kinds::EMPTY
        } else {
            Kinds::OBJECT
        }
    }

    /// The answer to "is it one of `asked`?", when it is known.
    pub const fn decide(self, asked: Kinds) -> Option<bool> {
        if self.within(asked) {
            Some(true)
        } else if self.excludes(asked) {
            Some(false)
        } else {
            None
        }
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [(Kinds::INT, "int"), (Kinds::FLOAT, "float"), (Kinds::OBJECT, "object"), (Kinds::EMPTY, "empty")];
        f.debug_set().entries(names.iter().filter(|(kind, _)| kind.within(*self)).map(|(_, name)| name)).finish()
    }
}

/// What is known of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Possible shapes, for a word.
    pub kinds: Kinds,
    /// Bounds, for an integer: of the value itself, or of the payload if the word is a small int.
    pub range: Range,
    /// Is it known to need no counts (immediate or immortal)?
    pub uncounted: bool,
}

impl Fact {
    /// Nothing known of a word.
    pub const WORD: Fact = Fact { kinds: Kinds::ANY, range: Range::TAGGED, uncounted: false };
    /// Nothing known of a raw integer (or of any other raw value).
    pub const RAW: Fact = Fact { kinds: Kinds::ANY, range: Range::RAW, uncounted: true };

    /// A small-int word in a range.
    pub const fn small_int(range: Range) -> Fact {
        Fact { kinds: Kinds::INT, range, uncounted: true }
    }

    /// A word of these kinds.
    pub const fn word(kinds: Kinds) -> Fact {
        Fact { kinds, range: Range::TAGGED, uncounted: kinds.excludes(Kinds::OBJECT) }
    }

    /// A raw integer in a range.
    pub const fn raw(range: Range) -> Fact {
        Fact { kinds: Kinds::ANY, range, uncounted: true }
    }

    /// What holds whichever of the two holds.
    pub fn join(self, other: Fact) -> Fact {
        Fact {
            kinds: self.kinds.or(other.kinds),
            range: self.range.join(other.range),
            uncounted: self.uncounted && other.uncounted,
        }
    }

    /// Does this fact follow from `other`?
    pub fn follows_from(self, other: Fact) -> bool {
        let range_matters = !self.kinds.excludes(Kinds::INT) && !other.kinds.excludes(Kinds::INT);
        other.kinds.within(self.kinds)
            && (!range_matters || self.range.includes(other.range))
            && (!self.uncounted || other.uncounted)
    }

    /// The range of what a cell of this representation holds.
    pub fn of_cell(repr: Repr) -> Fact {
        match repr {
            Repr::Word => Fact::WORD,
            Repr::I64 | Repr::Ptr | Repr::F64 => Fact::RAW,
            Repr::I32 => Fact::raw(Range::new(i64::from(i32::MIN), i64::from(i32::MAX))),
            Repr::U32 => Fact::raw(Range::new(0, i64::from(u32::MAX))),
            Repr::U16 => Fact::raw(Range::new(0, i64::from(u16::MAX))),
            Repr::U8 => Fact::raw(Range::new(0, i64::from(u8::MAX))),
        }
    }
}

/// What the caller knows of a home slot at the trace's entry (a bridge's parent, for instance).
#[derive(Clone, Debug)]
pub struct EntryFact {
    /// Its possible shapes.
    pub kinds: Kinds,
    /// Bounds, if it is a small int.
    pub range: Range,
    /// The very word, if that is known; it needs no counts.
    pub constant: Option<Const>,
    /// Integer fields of the object it is, with what they hold.
    pub fields: Vec<(&'static FieldInfo, Const)>,
    /// Another slot that holds the same word, with a count of its own. That slot's fact names none.
    pub same: Option<i32>,
    /// Fields of the object it is that hold the words of slots, and those.
    pub held: Vec<(&'static FieldInfo, i32)>,
}

impl EntryFact {
    /// A word of these kinds.
    pub fn of_kinds(kinds: Kinds) -> Self {
        EntryFact { kinds, range: Range::TAGGED, constant: None, fields: Vec::new(), same: None, held: Vec::new() }
    }

    /// Does it say nothing?
    pub fn is_empty(&self) -> bool {
        let says_nothing_of_others = self.same.is_none() && self.held.is_empty();
        self.kinds == Kinds::ANY && self.constant.is_none() && self.fields.is_empty() && says_nothing_of_others
    }

    pub(crate) fn fact(&self) -> Fact {
        Fact { range: self.range, ..Fact::word(self.kinds) }
    }
}

/// Facts handed to the optimiser: it follows no pointer itself.
#[derive(Clone, Copy, Default)]
pub struct Facts<'a> {
    /// Slots at the entry, relative to the root base.
    pub entry: &'a [(i32, EntryFact)],
    /// The language's words of false and true (in the order of `bool`), with their labels in dumps.
    pub truth: Option<[(Word, &'a str); 2]>,
    /// Is the object immortal? `None`: no object is known to be.
    pub immortal: Option<&'a dyn Fn(Word) -> bool>,
}

impl fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts").field("entry", &self.entry).field("truth", &self.truth).finish_non_exhaustive()
    }
}

/// A value table entry of the door: the fact, and the value that stands for this one, if another does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) fact: Fact,
    pub(crate) same: Option<ValueRef>,
    /// A constant object that this is, although it keeps its own name; counts are kept under the constant's.
    pub(crate) constant: Option<ValueRef>,
    /// The same in every iteration, although emitted while the loop was.
    pub(crate) fixed: bool,
    /// A test for an immediate float that `trust_floats` answers.
    pub(crate) soft: bool,
}

//! What the recorder knows of a word: which kinds it may still be.
//!
//! Invariant: facts only ever shrink along the one chain that is recorded, and each rests on a guard ahead of it or on an op's
//! definition, so a later use may rely on it.

use std::collections::HashMap;

use pv_ir::ValueRef;
use pv_machine::Context;
use pv_machine::Direct;
use pv_word::Word;

/// A set of kinds that a word may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// Small integer.
    pub const INT: Kinds = Kinds(1);
    /// Immediate float.
    pub const FLOAT: Kinds = Kinds(2);
    /// [`Word::EMPTY`].
    pub const EMPTY: Kinds = Kinds(4);
    /// An object whose count moves.
    pub const COUNTED: Kinds = Kinds(8);
    /// An object whose count does not.
    pub const IMMORTAL: Kinds = Kinds(16);
    /// Any pointer word.
    pub const POINTER: Kinds = Kinds(4 | 8 | 16);
    /// Anything.
    pub const ANY: Kinds = Kinds(31);

    /// The kind of a word at hand.
    pub fn of<Cx: Context>(word: Word) -> Kinds {
        if !word.is_object() {
            Self::of_immediate(word)
        } else if Direct::<Cx>::is_counted(word) {
            Kinds::COUNTED
        } else {
            Kinds::IMMORTAL
        }
    }

    /// May the word be one of these? Objects are not told apart.
    pub fn admit(self, word: Word) -> bool {
        let kinds = if word.is_object() { Kinds::COUNTED.or(Kinds::IMMORTAL) } else { Self::of_immediate(word) };
        !self.excludes(kinds)
    }

    fn of_immediate(word: Word) -> Kinds {
        match word {
            _ if word.is_int() => Kinds::INT,
            _ if word.is_float() => Kinds::FLOAT,
            _ => Kinds::EMPTY,
        }
    }

    /// Kinds in both sets.
    pub fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// Kinds in `self` only.
    pub fn without(self, other: Kinds) -> Kinds {
        Kinds(self.0 & !other.0)
    }

    /// Kinds in either.
    pub fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// Are all of `self` in `other`?
    pub fn within(self, other: Kinds) -> bool {
        self.without(other).0 == 0
    }

    /// Has the set nothing in common with `other`?
    pub fn excludes(self, other: Kinds) -> bool {
        self.and(other).0 == 0
    }
}

/// Facts about values of type word, and which of them a guard has shown to be constants.
#[derive(Clone, Default)]
pub struct Facts {
    kinds: HashMap<ValueRef, Kinds>,
    constants: HashMap<ValueRef, ValueRef>,
}

impl Facts {
    /// What is known of a value that is no constant.
    pub fn kinds(&self, value: ValueRef) -> Kinds {
        self.kinds.get(&value).copied().unwrap_or(Kinds::ANY)
    }

    /// Narrows what a value may be.
    pub fn narrow(&mut self, value: ValueRef, kinds: Kinds) {
        let known = self.kinds(value).and(kinds);
        self.kinds.insert(value, known);
    }

    /// Notes that a guard has shown `value` to be `constant`.
    pub fn equate(&mut self, value: ValueRef, constant: ValueRef) {
        self.constants.insert(value, constant);
    }

    /// The constant behind a value, or the value.
    pub fn resolve(&self, value: ValueRef) -> ValueRef {
        self.constants.get(&value).copied().unwrap_or(value)
    }
}

//! The table of interned strings: equal ones are the same object.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use pv_word::Word;

use crate::hash;
use crate::header::Flags;
use crate::heap::Heap;
use crate::obj::Obj;
use crate::strings::Str;

/// The keys are hashes already.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }
    fn write_i64(&mut self, hash: i64) {
        self.0 = hash as u64;
    }
}

/// Interned strings by hash. The table owns no references: a string leaves it when it dies.
#[derive(Default)]
pub struct Interner {
    by_hash: RefCell<HashMap<i64, Vec<Word>, BuildHasherDefault<Identity>>>,
}

impl Interner {
    fn find(&self, hash: i64, wanted: impl Fn(&Str) -> bool) -> Option<Obj> {
        let table = self.by_hash.borrow();
        let found = table.get(&hash)?.iter().find(|word| wanted(Obj::of(word).expect::<Str>()))?;
        Some(Obj::retained(*found))
    }

    pub(crate) fn forget(&self, word: Word) {
        let hash = Obj::of(&word).expect::<Str>().hash();
        let mut table = self.by_hash.borrow_mut();
        if let Some(list) = table.get_mut(&hash) {
            list.retain(|each| *each != word);
            if list.is_empty() {
                table.remove(&hash);
            }
        }
    }

    fn add(&self, obj: &Obj) {
        let view = obj.expect::<Str>();
        self.by_hash.borrow_mut().entry(view.hash()).or_default().push(obj.word());
        if let Some(header) = obj.header() {
            header.set_flags(Flags::INTERNED);
        }
    }
}

impl Heap {
    /// The interned string of this text.
    pub fn intern(&self, text: &str) -> Obj {
        if text.is_ascii() {
            let hash = hash::bytes(self.hash_key(), text.as_bytes());
            if let Some(found) = self.interner.find(hash, |each| each.is(text)) {
                return found;
            }
        }
        self.intern_obj(Obj::str(text))
    }

    /// The interned string equal to `obj`, which is an exact str (others are returned as they are).
    pub fn intern_obj(&self, obj: Obj) -> Obj {
        let Some(view) = obj.exact::<Str>() else { return obj };
        if view.header.flags() & Flags::INTERNED != 0 {
            return obj;
        }
        if let Some(found) = self.interner.find(view.hash(), |each| each.same_text(view)) {
            return found;
        }
        self.interner.add(&obj);
        obj
    }
}

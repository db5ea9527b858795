//! A cache of lookups along resolution orders.

use std::cell::Cell;

use pv_word::Word;

use crate::obj::{Held, Obj};
use crate::types::Type;

/// Remembers what [`Type::lookup`] found lately, or that it found nothing, under the version of the class.
pub(crate) struct MethodCache {
    lines: Box<[CacheLine]>,
}

#[derive(Default)]
struct CacheLine {
    class: Cell<usize>,
    version: Cell<u64>,
    name: Held,
    /// Borrowed from the class that has it, which holds it while the version is the same; empty for nothing.
    value: Cell<Option<Word>>,
}

impl Default for MethodCache {
    fn default() -> Self {
        MethodCache { lines: (0..1024).map(|_| CacheLine::default()).collect() }
    }
}

impl MethodCache {
    fn line(&self, class: &Type, name: Word) -> &CacheLine {
        let (class, name) = (std::ptr::from_ref(class) as usize >> 4, name.addr() >> 4);
        &self.lines[(class.wrapping_mul(31) ^ name ^ name >> 10) % self.lines.len()]
    }

    #[inline]
    pub(super) fn find(&self, class: &Type, name: Word) -> Option<Word> {
        let line = self.line(class, name);
        let hit = line.class.get() == std::ptr::from_ref(class) as usize
            && line.version.get() == class.version.get()
            && line.name.peek() == name;
        if hit { line.value.get() } else { None }
    }

    pub(super) fn remember(&self, class: &Type, name: &Obj, value: Word) {
        let line = self.line(class, name.word());
        line.class.set(std::ptr::from_ref(class) as usize);
        line.version.set(class.version.get());
        line.name.set(name.clone());
        line.value.set(Some(value));
    }
}

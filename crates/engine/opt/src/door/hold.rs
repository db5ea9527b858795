//! Objects that the heap holds.
//!
//! Terms: a value loaded from a word cell is *held*: the cell owns a count of it. It stays held as long as its *root* lives, an object that
//! the trace owns a count of or one that needs no counts, and as long as nothing goes out of its *links*, the mutable places on the way
//! from the root to the value. (That an object is a constant of the trace does not keep it alive: the trace is told of its death.)
//!
//! Why that is sound. (1) Every word cell past an object's header owns what it holds, and only stores and calls change cells. (2) An object
//! with a count cannot die, and what dies gives up counts of its own cells only: from the root downwards all that is held lives, whatever
//! else is released. (3) A store whose place may be a link, and that may push an object out, breaks the links ahead of it: counts that
//! relied on them become real while the objects still live. So do calls that write a link's class. What is pushed out by the store of one
//! number over another is no object and breaks nothing. (4) The same happens to what hangs on a root ahead of the root's last count.
//!
//! What is gained: counts of what is held may stay pending over releases, and round a loop (see `peel`); and a `decref` of it kills nothing,
//! so that no finaliser can follow. (After deferred reference counting, Deutsch and Bobrow 1976; the exits are the only stack scan.)

use pv_ir::ValueRef;
use pv_machine::{AliasSet, ArrayData, ArrayInfo, FieldInfo, Mutability, Repr};

use super::Door;
use crate::config::Pass;
use crate::heap::{Cell, Kind, overlap};

/// Most different links that are told apart; what hangs on others is not held.
const LINK_LIMIT: usize = 64;

/// On what a value's life hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// The object that the trace owns; none if it lives for ever.
    pub(crate) root: Option<ValueRef>,
    /// A set of links, by number.
    pub(crate) links: u64,
}

impl Held {
    /// On something without counts.
    pub(crate) const FOR_EVER: Held = Held { root: None, links: 0 };

    /// Does it hang on nothing that `other` does not hang on?
    pub(crate) fn follows_from(self, other: Held) -> bool {
        (self.root.is_none() || self.root == other.root) && self.links & !other.links == 0
    }
}

impl Door<'_> {
    /// Does the heap hold a count of the value?
    pub(crate) fn is_held(&self, value: ValueRef) -> bool {
        self.held(value).is_some()
    }

    /// On what the life of a value hangs, its own counts aside.
    pub(crate) fn held(&self, value: ValueRef) -> Option<Held> {
        let value = self.holder(value);
        if self.is_uncounted(value) { Some(Held::FOR_EVER) } else { self.state.held.get(&value).copied() }
    }

    /// A field's word has been loaded.
    pub(crate) fn hold_field(&mut self, value: ValueRef, object: ValueRef, field: &'static FieldInfo) {
        if field.repr == Repr::Word {
            self.hold(value, object, &[Kind::of_field(field)]);
        }
    }

    /// An element has been loaded.
    pub(crate) fn hold_elem(&mut self, value: ValueRef, cell: Cell, array: &'static ArrayInfo) {
        if array.elem != Repr::Word {
            return;
        }
        let (elem, len) = (Kind::of_elem(array), Kind::of_field(array.len));
        match &array.data {
            ArrayData::Inline(_) => self.hold(value, cell.object, &[elem, len]),
            ArrayData::Buffer(buffer) => self.hold(value, cell.object, &[elem, len, Kind::of_field(buffer)]),
        }
    }

    fn hold(&mut self, value: ValueRef, object: ValueRef, places: &[Kind]) {
        let value = self.holder(value);
        if !self.runs(Pass::Counts) || !self.is_word(object) || self.is_held(value) {
            return;
        }
        let Some(Held { root, mut links }) = self.anchor(object) else { return };
        for &place in places {
            match self.link(place) {
                Some(link) => links |= link,
                None => return,
            }
        }
        self.state.held.insert(value, Held { root, links });
    }

    /// Two words turn out to be the same: what holds one holds the other.
    pub(crate) fn share_hold(&mut self, a: ValueRef, b: ValueRef) {
        let (a, b) = (self.holder(a), self.holder(b));
        for (value, other) in [(a, b), (b, a)] {
            if let Some(held) = self.held(other) {
                self.state.held.entry(value).or_insert(held);
            }
        }
    }

    /// On what things hang that an object holds.
    fn anchor(&self, object: ValueRef) -> Option<Held> {
        let object = self.holder(object);
        let owned = self.state.counts[object.index()].owned > 0;
        let itself = Held { root: Some(object), links: 0 };
        match self.held(object) {
            _ if owned && self.is_fixed(object) => Some(itself),
            None if owned => Some(itself),
            held => held,
        }
    }

    /// The link that a place is; the empty set if it never changes.
    fn link(&mut self, place: Kind) -> Option<u64> {
        if place.mutability == Mutability::Immutable {
            return Some(0);
        }
        let known = self.links.iter().position(|link| (link.class, link.extent) == (place.class, place.extent));
        let number = known.unwrap_or(self.links.len());
        if number == LINK_LIMIT {
            return None;
        }
        if known.is_none() {
            self.links.push(place);
        }
        Some(1 << number)
    }

    fn links_where(&self, hit: impl Fn(&Kind) -> bool) -> u64 {
        let numbered = self.links.iter().enumerate().filter(|(_, link)| hit(link));
        numbered.fold(0, |links, (number, _)| links | 1 << number)
    }

    /// Something may go out of a place.
    pub(crate) fn break_place(&mut self, place: Kind) {
        let links = self.links_where(|link| link.class == place.class && overlap(link.extent, place.extent));
        self.break_links(links);
    }

    /// Something may go out of any place of these classes.
    pub(crate) fn break_classes(&mut self, classes: AliasSet) {
        let links = self.links_where(|link| classes.contains(link.class));
        self.break_links(links);
    }

    fn break_links(&mut self, links: u64) {
        if links != 0 {
            self.let_go(|held| held.links & links != 0);
        }
    }

    /// The last count that the trace owns of an object goes: what hangs on it hangs on what the object hangs on, if anything.
    pub(crate) fn unroot(&mut self, object: ValueRef) {
        let instead = self.held(object);
        match instead {
            None => self.let_go(|held| held.root == Some(object)),
            Some(Held { root, links }) => {
                for held in self.state.held.values_mut().filter(|held| held.root == Some(object)) {
                    *held = Held { root, links: held.links | links };
                }
            }
        }
    }

    /// Makes counts real that rely on the heap, where it is about to let go.
    fn let_go(&mut self, gone: impl Fn(&Held) -> bool) {
        for value in self.state.pending.clone() {
            if self.state.held.get(&value).is_some_and(&gone) && self.state.counts[value.index()].owned <= 0 {
                self.settle(value, self.state.counts[value.index()].pending);
            }
        }
        self.state.held.retain(|_, held| !gone(held));
    }
}

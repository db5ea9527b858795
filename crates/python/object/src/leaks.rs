//! What is alive at the end and should not be: the search behind `--check-refs`.
//!
//! Role: after everybody who uses a heap has let go of it, cyclic garbage is buried and every live block of the pools is looked at.
//! Terms: *accounted for* is a reference that a live object owns; the rest of an object's count is *lost*.
//! The rule is ownership, not a comparison with what an empty program leaves: only immortal objects, and what these own, may stay; of
//! what stays no reference may be lost, and none may have been released twice. A comparison would have to guess which object took whose
//! place, and would call a string interned by the library a leak; and a reference lost to an object that stays anyway would not show in
//! it at all.
//! Invariants: nothing here runs Python. A variable's cell may be immortal, but is no reason for its value to stay.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::collect::Garbage;
use crate::header::Header;
use crate::heap::{Heap, awaits_finalizer};
use crate::kind::Kind;
use crate::layouts::{Dict, Function, List, Module, Str, Tuple};
use crate::obj::Obj;
use crate::types::Type;

/// Characters of a text that are shown.
const SHOWN: usize = 60;
/// Objects that are named as those that refer to another.
const NAMED: usize = 3;

/// An object that should be dead, or whose count is not that of the references to it.
#[derive(Clone, Debug)]
pub struct Leak {
    /// Where it lies.
    pub address: usize,
    /// Its class's name.
    pub class: String,
    /// Its reference count.
    pub count: u32,
    /// References that live objects own.
    pub accounted: u32,
    /// Something by which to know it.
    pub shown: String,
    /// Some of what refers to it: addresses and classes.
    pub referrers: Vec<(usize, String)>,
}

impl Leak {
    /// References whose owner is not known: zero where only other leaks keep the object alive.
    pub fn lost(&self) -> u32 {
        self.count.saturating_sub(self.accounted)
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Leak { address, class, count, shown, .. } = self;
        let accounted = self.accounted;
        write!(f, "{address:#x} {class}, references: {count}, accounted for: {accounted}: {shown}")?;
        for (number, (address, class)) in self.referrers.iter().enumerate() {
            let separator = if number == 0 { "; referred to by " } else { ", " };
            write!(f, "{separator}{address:#x} {class}")?;
        }
        Ok(())
    }
}

/// The references between live objects.
#[derive(Default)]
struct Ownership {
    /// By object: how many references to it are owned, and by whom (the first few).
    owned: HashMap<usize, (u32, Vec<usize>)>,
    /// What may stay.
    stays: HashSet<usize>,
}

impl Heap {
    /// Buries what only cycles keep alive, then finds what is alive and should not be; objects whose counts are wrong come first. To be
    /// called when everything that uses the heap is gone.
    pub fn find_leaks(&self) -> Vec<Leak> {
        self.unfreeze();
        // What keeps another without a reference (an instance its class) delays that one's end by a search.
        let mut before = usize::MAX;
        loop {
            let found = self.bury_all();
            if found == 0 || found >= before {
                break;
            }
            before = found;
        }
        let ownership = self.ownership();
        let mut leaks = Vec::new();
        self.for_each_object(|object| leaks.extend(ownership.judge(object)));
        leaks.sort_by_key(|leak| (leak.count == leak.accounted, leak.address));
        leaks
    }

    /// Objects to which live objects own more references than are counted. Every such object is a reference released twice, or never
    /// taken.
    pub fn miscounted(&self) -> Vec<Obj> {
        let ownership = self.ownership();
        let mut found = Vec::new();
        self.for_each_object(|object| found.extend(ownership.exceeds_count(object).then(|| object.clone())));
        found
    }

    /// Buries what only cycles keep alive, except for what has a finaliser that did not run; how many objects the search found.
    fn bury_all(&self) -> usize {
        let garbage = self.find_garbage(2);
        let found = garbage.len();
        let (finished, waiting) = garbage.into_iter().partition::<Garbage, _>(|object| !has_finalizer_left(object));
        drop(waiting);
        let (dead, alive) = self.still_garbage(finished);
        drop(alive);
        self.bury(dead);
        found
    }

    fn ownership(&self) -> Ownership {
        let mut found = Ownership::default();
        let mut open: Vec<usize> = Vec::new();
        let mut children: HashMap<usize, Vec<usize>> = HashMap::new();
        if let Some(code) = self.root_code.get() {
            open.push(code.word().addr());
            found.owned.insert(code.word().addr(), (1, Vec::new()));
        }
        self.for_each_object(|object| {
            let owner = object.word().addr();
            if object.header().is_some_and(Header::is_immortal) && object.kind() != Kind::GlobalCell {
                open.push(owner);
            }
            // No reference, but a class stays as long as its instances.
            let class = object.shape().type_word();
            children.entry(owner).or_default().extend((!class.is_empty()).then(|| class.addr()));
            Heap::visit(object, &mut |child| {
                if child.header().is_none() {
                    return;
                }
                let address = child.word().addr();
                children.entry(owner).or_default().push(address);
                let (references, owners) = found.owned.entry(address).or_default();
                *references += 1;
                if owners.len() < NAMED {
                    owners.push(owner);
                }
            });
        });
        while let Some(address) = open.pop() {
            if found.stays.insert(address) {
                open.extend(children.get(&address).into_iter().flatten());
            }
        }
        found
    }
}

impl Ownership {
    /// References to an object that are owned, and some owners.
    fn of(&self, object: &Obj) -> (u32, &[usize]) {
        self.owned.get(&object.word().addr()).map_or((0, &[]), |(references, owners)| (*references, owners))
    }

    fn exceeds_count(&self, object: &Obj) -> bool {
        object.header().is_some_and(|header| !header.is_immortal() && header.count() < self.of(object).0)
    }

    /// What is wrong with a live object, if something is.
    fn judge(&self, object: &Obj) -> Option<Leak> {
        let header = object.header().filter(|header| !header.is_immortal())?;
        let address = object.word().addr();
        let (accounted, owners) = self.of(object);
        if self.stays.contains(&address) && header.count() == accounted {
            return None;
        }
        Some(Leak {
            address,
            class: class_name(object),
            count: header.count(),
            accounted,
            shown: show(object),
            referrers: owners.iter().map(|owner| (*owner, class_at(*owner))).collect(),
        })
    }
}

fn has_finalizer_left(object: &Obj) -> bool {
    object.header().is_some_and(|header| awaits_finalizer(header, object.word()))
}

fn class_at(address: usize) -> String {
    let word = pv_word::Word::from_addr(address);
    class_name(Obj::of(&word))
}

/// The name of an object's class; that of its layout where the class is gone.
fn class_name(object: &Obj) -> String {
    match object.shape().type_word() {
        word if word.is_empty() => object.kind().name().to_owned(),
        _ => object.shape().ty().name_string(),
    }
}

/// A few words that need no Python.
fn show(object: &Obj) -> String {
    if let Some(text) = object.downcast::<Str>() {
        let text = text.to_string_lossy();
        let shown: String = text.chars().take(SHOWN).collect();
        return format!("{shown:?}{}", if shown.len() < text.len() { "…" } else { "" });
    }
    let name = |name: &Obj| name.downcast::<Str>().map_or_else(String::new, |name| name.to_string_lossy().to_string());
    if let Some(class) = object.downcast::<Type>() {
        return format!("class {}", class.name_string());
    }
    if let Some(function) = object.downcast::<Function>() {
        return format!("function {}", function.name.get().map_or_else(String::new, |text| name(&text)));
    }
    if let Some(module) = object.downcast::<Module>() {
        let named = module.dict().downcast::<Dict>().and_then(|dict| dict.get("__name__"));
        return format!("module {}", named.map_or_else(String::new, |text| name(&text)));
    }
    let length = object.downcast::<List>().map(|list| list.len());
    let length = length.or_else(|| object.downcast::<Tuple>().map(|tuple| tuple.len()));
    match length.or_else(|| object.downcast::<Dict>().map(|dict| dict.len())) {
        Some(length) => format!("{length} items"),
        None => format!("a {}", object.kind().name()),
    }
}

#[cfg(test)]
mod tests;

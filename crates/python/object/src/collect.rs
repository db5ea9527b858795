//! The cycle collector: which container objects are kept alive by nothing but one another.
//!
//! Role: generations, thresholds and the search; what runs Python in a collection (weak-reference callbacks, finalisers, the callbacks
//! of module `gc`) is the runtime's, between the steps [`Heap::find_garbage`], [`Heap::still_garbage`] and [`Heap::bury`].
//! Terms: a *generation* is a number in the header; 0 is what the nursery has granted since the last collection, the vectors here hold
//! the addresses of the older ones. Generation 3 is the *permanent* one (`gc.freeze`).
//! Invariants: a vector may name blocks that are free, or that hold an object of another generation by now; an object is named by
//! that of its own. Counts are exact whenever a search begins, and what machines, drivers and native code hold is counted, so
//! it needs no roots but the counts. Objects do not own their class: a class may die only in a search over all generations, which
//! sees all instances that could keep it alive.

mod search;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use pv_word::Word;

use crate::header::Flags;
use crate::heap::{Heap, live};
use crate::kind::Kind;
use crate::layouts::{Dict, Generator, GeneratorState, Str, Tuple};
use crate::nursery::Nursery;
use crate::obj::{Obj, header_of};
use crate::types::{Type, TypeFlags};

/// The generation of objects that are never collected.
pub const PERMANENT: usize = 3;
/// The oldest generation that is collected.
const OLDEST: usize = 2;

/// What a search has found: objects that only they themselves keep alive, older ones first.
pub type Garbage = Vec<Obj>;

/// See the module's header.
pub(crate) struct Generations {
    /// Of generations 1 to 3.
    old: [RefCell<Vec<usize>>; 3],
    /// Objects in large blocks, by generation: these are given back to the system, and may not be looked at once they are dead.
    large: [RefCell<HashSet<usize>>; 4],
    /// Instances with a finaliser in the order in which they were made (the latest entry of an address holds).
    finalizers: RefCell<Vec<usize>>,
    finalizers_limit: Cell<usize>,
    thresholds: Cell<[i32; 3]>,
    /// Collections of generations 0 and 1 since the last one of the next.
    counts: Cell<[usize; 2]>,
    enabled: Cell<bool>,
    /// Objects that survived the last full collection, and those that came into generation 2 since.
    long_lived: Cell<usize>,
    pending: Cell<usize>,
}

impl Generations {
    pub(crate) fn new() -> Generations {
        Generations {
            old: Default::default(),
            large: Default::default(),
            finalizers: RefCell::default(),
            finalizers_limit: Cell::new(1024),
            thresholds: Cell::new([2000, 10, 10]),
            counts: Cell::new([0; 2]),
            enabled: Cell::new(true),
            long_lived: Cell::new(0),
            pending: Cell::new(0),
        }
    }

    /// The nursery's limit.
    pub(crate) fn limit(&self) -> usize {
        if self.enabled.get() { usize::try_from(self.thresholds.get()[0]).unwrap_or(0) } else { 0 }
    }

    #[cold]
    pub(crate) fn note_large(&self, block: usize) {
        self.large[0].borrow_mut().insert(block);
    }

    #[cold]
    pub(crate) fn forget_large(&self, block: usize, generation: usize) {
        self.large[generation].borrow_mut().remove(&block);
    }

    /// An instance with a finaliser is being made.
    #[cold]
    pub(crate) fn note_finalizer(&self, block: usize) {
        let mut log = self.finalizers.borrow_mut();
        log.push(block);
        if log.len() < self.finalizers_limit.get() {
            return;
        }
        let mut seen = HashSet::new();
        let mut kept: Vec<usize> = Vec::new();
        // The block just allocated is not an object yet.
        for &block in log.iter().rev() {
            if seen.insert(block) && (seen.len() == 1 || has_finalizer(block)) {
                kept.push(block);
            }
        }
        kept.reverse();
        *log = kept;
        self.finalizers_limit.set((2 * log.len()).max(1024));
    }

    /// The blocks of a generation; some may be free, or hold objects of other generations.
    fn blocks(&self, generation: usize, nursery: &Nursery) -> Vec<usize> {
        let mut blocks = match generation {
            0 => nursery.young(),
            old => self.old[old - 1].borrow().clone(),
        };
        blocks.extend(self.large_blocks(generation));
        blocks
    }

    /// The objects of a generation in large blocks, which from now on are marked as such.
    fn large_blocks(&self, generation: usize) -> Vec<usize> {
        let blocks: Vec<usize> = self.large[generation].borrow().iter().copied().collect();
        for header in blocks.iter().filter_map(|block| header_of(Word::from_addr(*block))) {
            header.set_flags(Flags::LARGE);
        }
        blocks
    }

    fn is_large(&self, block: usize) -> bool {
        self.large.iter().any(|blocks| blocks.borrow().contains(&block))
    }

    /// Moves an object, which no vector but that of a collection under way names, to an older generation.
    fn settle(&self, block: usize, generation: usize, into: &mut Vec<usize>) {
        let word = Word::from_addr(block);
        let Some(header) = header_of(word) else { return };
        if header.flags() & Flags::LARGE != 0 {
            self.large[header.generation()].borrow_mut().remove(&block);
            self.large[generation].borrow_mut().insert(block);
        } else {
            into.push(block);
        }
        header.set_generation(generation);
    }
}

fn has_finalizer(block: usize) -> bool {
    live(block).and_then(header_of).is_some_and(|header| header.flags() & Flags::FINALIZER != 0)
}

impl Heap {
    // -- Settings and accounts ------------------------------------------------------------------------------------

    /// Do collections start by themselves?
    pub fn collects(&self) -> bool {
        self.generations.enabled.get()
    }

    /// Lets collections start by themselves, or not.
    pub fn set_collects(&self, on: bool) {
        self.generations.enabled.set(on);
        self.nursery.set_limit(self.generations.limit());
    }

    /// The three thresholds.
    pub fn thresholds(&self) -> [i32; 3] {
        self.generations.thresholds.get()
    }

    /// Sets the thresholds; the first at 0 keeps collections from starting by themselves.
    pub fn set_thresholds(&self, thresholds: [i32; 3]) {
        self.generations.thresholds.set(thresholds);
        self.nursery.set_limit(self.generations.limit());
    }

    /// Containers allocated less those freed since the last collection; collections of generation 0 and 1 since the last of the next.
    pub fn collection_counts(&self) -> [usize; 3] {
        let [young, middle] = self.generations.counts.get();
        [self.nursery.balance(), young, middle]
    }

    /// Makes a collection due at every poll that follows an allocation.
    pub fn collect_always(&self, on: bool) {
        self.nursery.set_stress(on);
    }

    /// The generation that is to be collected now, after the breaker has said that something is.
    pub fn due_generation(&self) -> usize {
        let generations = &self.generations;
        let over = |generation: usize| {
            let threshold = usize::try_from(generations.thresholds.get()[generation]).unwrap_or(0);
            generations.counts.get()[generation - 1] > threshold
        };
        // A full collection waits until what it would look at anew is a fair part of the whole.
        if over(2) && generations.pending.get() >= generations.long_lived.get() / 4 {
            return 2;
        }
        usize::from(over(1))
    }

    /// A collection that was due did not begin: let the next one become due.
    pub fn rearm_collector(&self) {
        self.nursery.rearm();
    }

    // -- A collection ---------------------------------------------------------------------------------------------

    /// Searches a generation and the younger ones; what is alive moves a generation up. Nothing is changed about what is not.
    pub fn find_garbage(&self, generation: usize) -> Garbage {
        let generations = &self.generations;
        self.count_collection(generation);
        let young = self.nursery.take_young();
        let blocks = self.candidates(generation, &young);
        let found = search::search(&blocks, generation == OLDEST, 0, || self.frozen_classes(generation));
        self.nursery.recycle(young);
        let target = (generation + 1).min(OLDEST);
        let mut settled = generations.old[target - 1].take();
        if target == generation {
            settled.clear();
        }
        let known = settled.len();
        // Garbage moves on as well: some of it may be brought back to life, and the rest is about to be freed.
        found.alive.iter().chain(&found.dead).for_each(|block| generations.settle(*block, target, &mut settled));
        let moved = settled.len() - known;
        *generations.old[target - 1].borrow_mut() = settled;
        match generation {
            OLDEST => {
                generations.long_lived.set(found.alive.len());
                generations.pending.set(0);
            }
            1 => generations.pending.set(generations.pending.get() + moved),
            _ => {}
        }
        let dead = self.in_order_of_making(found.dead);
        dead.into_iter().map(|block| Obj::retained(Word::from_addr(block))).collect()
    }

    fn count_collection(&self, generation: usize) {
        let [young, middle] = self.generations.counts.get();
        self.generations.counts.set(match generation {
            0 => [young + 1, middle],
            1 => [0, middle + 1],
            _ => [0, 0],
        });
    }

    /// The blocks of a generation and the younger ones, the oldest first; the vectors of old generations are left empty.
    fn candidates(&self, generation: usize, young: &[usize]) -> Vec<usize> {
        let mut blocks = Vec::new();
        for old in (1..=generation).rev() {
            blocks.append(&mut self.generations.old[old - 1].borrow_mut());
        }
        blocks.extend_from_slice(young);
        blocks.retain(|block| {
            let header = live(*block).and_then(header_of);
            header.is_some_and(|header| header.generation() <= generation)
        });
        for old in (0..=generation).rev() {
            blocks.extend(self.generations.large_blocks(old));
        }
        blocks
    }

    /// The classes that permanent objects keep alive.
    fn frozen_classes(&self, generation: usize) -> Vec<Word> {
        if generation < OLDEST {
            return Vec::new();
        }
        let frozen = self.generations.blocks(PERMANENT, &self.nursery);
        let alive = frozen.into_iter().filter_map(live).filter_map(header_of);
        alive.filter(|header| header.generation() == PERMANENT).map(|header| header.shape().type_word()).collect()
    }

    /// Puts the instances with a finaliser among these into the order in which they were made.
    fn in_order_of_making(&self, mut blocks: Vec<usize>) -> Vec<usize> {
        let places: Vec<usize> = (0..blocks.len()).filter(|place| has_finalizer(blocks[*place])).collect();
        if places.len() > 1 {
            let log = self.generations.finalizers.borrow();
            let made: HashMap<usize, usize> = log.iter().enumerate().map(|(number, block)| (*block, number)).collect();
            let mut ordered: Vec<usize> = places.iter().map(|place| blocks[*place]).collect();
            ordered.sort_by_key(|block| made.get(block).copied());
            places.into_iter().zip(ordered).for_each(|(place, block)| blocks[place] = block);
        }
        blocks
    }

    /// Ends a suspended generator of which nothing is to run any more; false when it is no such.
    pub fn end_generator(obj: &Obj) -> bool {
        let Some(generator) = obj.downcast::<Generator>() else { return false };
        let ends = matches!(generator.state(), GeneratorState::Created | GeneratorState::Suspended);
        if ends {
            generator.set_state(GeneratorState::Finished);
            generator.clear_slots();
        }
        ends
    }

    /// Lets go what finalisers have already taken out of its cycles, so that it dies now.
    pub fn drop_released(garbage: &mut Garbage) {
        let mut before = usize::MAX;
        while garbage.len() < before {
            before = garbage.len();
            garbage.retain(|obj| obj.ref_count() > 1);
        }
    }

    /// After finalisers have run: what is still garbage, and what is not (or is kept alive by that).
    pub fn still_garbage(&self, garbage: Garbage) -> (Garbage, Garbage) {
        let blocks: Vec<usize> = garbage.iter().map(|obj| obj.word().addr()).collect();
        let found = search::search(&blocks, true, 1, Vec::new);
        let dead: HashSet<usize> = found.dead.into_iter().collect();
        garbage.into_iter().partition(|obj| dead.contains(&obj.word().addr()))
    }

    /// Breaks the cycles of garbage and lets it go. Classes go last, since they know how their instances lie in memory.
    pub fn bury(&self, garbage: Garbage) {
        garbage.iter().for_each(Heap::clear);
        let (large, small): (Vec<usize>, Vec<usize>) =
            garbage.iter().map(|obj| obj.word().addr()).partition(|block| self.generations.is_large(*block));
        let (classes, others): (Garbage, Garbage) = garbage.into_iter().partition(|obj| obj.kind() == Kind::Type);
        drop(others);
        if classes.is_empty() {
            return;
        }
        // Should something have kept an instance, its class's shapes stay.
        let left = large.into_iter().filter(|block| self.generations.is_large(*block)).chain(small);
        let in_use: HashSet<usize> = left.filter_map(shape_address).collect();
        let graves: Vec<_> = classes.iter().filter_map(|class| class.expect::<Type>().retire(self, &in_use)).collect();
        drop(classes);
        drop(graves);
    }

    // -- Looking at objects -----------------------------------------------------------------------------------------

    /// Is this an object that CPython's collector would know of?
    pub fn is_tracked(obj: &Obj) -> bool {
        let Some(header) = obj.header() else { return false };
        match header.kind() {
            Kind::Tuple if header.is_exact() => obj.expect::<Tuple>().items().iter().any(Heap::is_tracked),
            Kind::Type => obj.expect::<Type>().has(TypeFlags::HEAP),
            Kind::Instance => !std::ptr::eq(header.shape(), Heap::current().shape_of(Kind::Instance)),
            Kind::GlobalCell | Kind::Spill | Kind::Range | Kind::RangeIter | Kind::LongRangeIter | Kind::Frame => false,
            kind => kind.is_container() || Heap::attrs_of(obj).is_some(),
        }
    }

    /// Has the object's finaliser run?
    pub fn is_finalized(obj: &Obj) -> bool {
        obj.header().is_some_and(|header| header.flags() & Flags::FINALIZED != 0)
    }

    /// Does the object have a finaliser that has not run? If so, it counts as run from now on.
    pub fn claim_finalizer(obj: &Obj) -> bool {
        let Some(header) = obj.header() else { return false };
        let claims = crate::heap::awaits_finalizer(header, obj.word());
        if claims {
            header.set_flags(Flags::FINALIZED);
        }
        claims
    }

    /// The tracked objects of a generation, or of all but the permanent one.
    pub fn tracked_objects(&self, generation: Option<usize>) -> Vec<Obj> {
        let wanted = generation.map_or(0..=OLDEST, |generation| generation..=generation);
        let mut seen = HashSet::new();
        let mut objects = Vec::new();
        for generation in wanted {
            let here = self.generations.blocks(generation, &self.nursery).into_iter().filter_map(live);
            let here = here.filter(|word| header_of(*word).is_some_and(|header| header.generation() == generation));
            let here = here.filter(|word| Heap::is_tracked(Obj::of(word)) && seen.insert(word.addr()));
            objects.extend(here.map(Obj::retained));
        }
        objects
    }

    /// Calls the visitor with what an object refers to, as programs see it: its class if that may die, and not the parts that this
    /// heap has made of it.
    pub fn referents(obj: &Obj, visitor: crate::kind::Visitor<'_>) {
        let mut found: Vec<Obj> = Vec::new();
        if let Some(dict) = obj.downcast::<Dict>() {
            // As CPython, which does not show keys that can refer to nothing.
            let items = dict.items();
            let plain = items.iter().all(|(key, _)| key.downcast::<Str>().is_some());
            let parts = |(key, value): (Obj, Obj)| [Some(value), (!plain).then_some(key)];
            found.extend(items.into_iter().flat_map(parts).flatten());
        } else {
            Heap::visit(obj, &mut |child| match child.heap_kind() {
                Some(Kind::GlobalCell | Kind::Spill) => Heap::visit(child, &mut |inner| found.push(inner.clone())),
                _ => found.push(child.clone()),
            });
        }
        if matches!(obj.kind(), Kind::List | Kind::Tuple) {
            found.reverse();
        }
        found.iter().for_each(&mut *visitor);
        let class = obj.shape().type_obj();
        if class.expect::<Type>().has(TypeFlags::HEAP) {
            visitor(class);
        }
    }

    /// Moves all objects to the permanent generation.
    pub fn freeze(&self) {
        (0..PERMANENT).for_each(|generation| drop(self.generations.large_blocks(generation)));
        self.nursery.take_young();
        self.generations.counts.set([0; 2]);
        let mut permanent = self.generations.old[PERMANENT - 1].take();
        self.nursery.for_each_block(|block| {
            if live(block).and_then(header_of).is_some_and(|header| header.generation() < PERMANENT) {
                self.generations.settle(block, PERMANENT, &mut permanent);
            }
        });
        *self.generations.old[PERMANENT - 1].borrow_mut() = permanent;
        self.generations.old[..OLDEST].iter().for_each(|old| old.borrow_mut().clear());
    }

    /// Moves the permanent objects to the oldest generation.
    pub fn unfreeze(&self) {
        let permanent = self.generations.blocks(PERMANENT, &self.nursery);
        self.generations.old[PERMANENT - 1].borrow_mut().clear();
        let mut oldest = self.generations.old[OLDEST - 1].take();
        for block in permanent {
            if live(block).and_then(header_of).is_some_and(|header| header.generation() == PERMANENT) {
                self.generations.settle(block, OLDEST, &mut oldest);
            }
        }
        *self.generations.old[OLDEST - 1].borrow_mut() = oldest;
    }

    /// Number of tracked objects in the permanent generation.
    pub fn frozen(&self) -> usize {
        self.tracked_objects(Some(PERMANENT)).len()
    }
}

/// The address of the shape of what lives in a block, if something does.
fn shape_address(block: usize) -> Option<usize> {
    let header = live(block).and_then(header_of)?;
    Some(std::ptr::from_ref(header.shape()) as usize)
}

#[cfg(test)]
mod tests;

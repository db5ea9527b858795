//! A cycle collection from beginning to end: what runs Python between the heap's steps, in CPython's order.
//!
//! Callbacks of module `gc`, search, weak references cleared and their callbacks, finalisers, a second search for what these have
//! brought back to life, burial, callbacks. A collection that becomes due meanwhile waits; one that is asked for does nothing.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::time::Instant;

use pv_machine::Breaker;
use pv_object::{Garbage, Heap, List, Obj, WeakRef};

use crate::builtins::identity;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::dict;
use crate::{finalize, protocol, sys, text};

/// What collections of a generation have come to.
#[derive(Clone, Copy, Default)]
pub struct Statistics {
    /// How many there were.
    pub collections: u64,
    /// Objects that they have freed.
    pub collected: u64,
    /// Objects that were garbage and had to stay.
    pub uncollectable: u64,
}

/// Bits of [`Collector::debug`].
pub mod debug {
    /// Print figures of each collection.
    pub const STATS: i32 = 1;
    /// Print the objects that are collected.
    pub const COLLECTABLE: i32 = 2;
    /// Print the objects that cannot be.
    pub const UNCOLLECTABLE: i32 = 4;
    /// Put what would be freed into `gc.garbage`.
    pub const SAVE_ALL: i32 = 32;
    /// For programs that leak.
    pub const LEAK: i32 = COLLECTABLE | UNCOLLECTABLE | SAVE_ALL;
}

/// The collector's state on the side of the runtime.
pub struct Collector {
    running: Cell<bool>,
    /// Bits of [`debug`].
    pub debug: Cell<i32>,
    statistics: RefCell<[Statistics; 3]>,
    /// `gc.garbage`.
    pub garbage: Obj,
    /// `gc.callbacks`.
    pub callbacks: Obj,
}

impl Collector {
    pub(crate) fn new() -> Collector {
        Collector {
            running: Cell::new(false),
            debug: Cell::new(0),
            statistics: RefCell::default(),
            garbage: List::create(Vec::new()),
            callbacks: List::create(Vec::new()),
        }
    }

    /// The figures of each generation.
    pub fn statistics(&self) -> [Statistics; 3] {
        *self.statistics.borrow()
    }
}

impl Thread {
    /// Runs the collection that the breaker asks for, if it does and one may start by itself.
    pub(crate) fn collect_if_due(&self) {
        let breaker = &self.state().breaker;
        if breaker.bits() & Breaker::COLLECT == 0 {
            return;
        }
        breaker.clear(Breaker::COLLECT);
        let heap = self.vm().heap;
        if !heap.collects() || self.vm().collector.running.get() {
            return heap.rearm_collector();
        }
        self.collect(heap.due_generation());
    }

    /// Collects a generation and the younger ones; how many objects were garbage.
    pub fn collect(&self, generation: usize) -> usize {
        self.collect_and_tell(generation, true)
    }

    /// Collects everything while the program ends: nobody is told.
    pub(crate) fn collect_at_end(&self) {
        self.collect_and_tell(2, false);
    }

    fn collect_and_tell(&self, generation: usize, tell: bool) -> usize {
        let collector = &self.vm().collector;
        if collector.running.replace(true) {
            return 0;
        }
        let pending = self.take_pending();
        if tell {
            self.call_back("start", generation, 0);
        }
        let (begun, before) = (Instant::now(), self.announce_collection(generation));
        let found = self.vm().heap.find_garbage(generation);
        let count = self.dispose_of(found);
        if before {
            let elapsed = begun.elapsed().as_secs_f64();
            let text = format!("gc: done, {count} unreachable, 0 uncollectable, {elapsed:.4}s elapsed\n");
            sys::write_stderr(self, &text);
        }
        if let Some(row) = collector.statistics.borrow_mut().get_mut(generation) {
            row.collections += 1;
            row.collected += count as u64;
        }
        if tell {
            self.call_back("stop", generation, count);
        }
        self.vm().heap.rearm_collector();
        if let Some(pending) = pending {
            let _still = self.set_pending(pending);
        }
        collector.running.set(false);
        count
    }

    /// Tells the list of callbacks of a phase of a collection.
    fn call_back(&self, phase: &str, generation: usize, collected: usize) {
        let callbacks = self.vm().collector.callbacks.expect::<List>().to_vec();
        if callbacks.is_empty() {
            return;
        }
        let info = dict::new();
        for (name, value) in [("generation", generation), ("collected", collected), ("uncollectable", 0)] {
            dict::set_str(&info, &text::intern(name), Obj::usize(value));
        }
        for callback in callbacks {
            if let Err(raised) = protocol::call2(self, &callback, &text::new(phase), &info) {
                self.show_unraisable(raised, "GC callback", &callback);
            }
        }
    }

    /// Prints the figures before a collection, if that was asked for.
    fn announce_collection(&self, generation: usize) -> bool {
        let wanted = self.vm().collector.debug.get() & debug::STATS != 0;
        if wanted {
            let heap = self.vm().heap;
            let size = |generation| heap.tracked_objects(Some(generation)).len();
            let text = format!(
                "gc: collecting generation {generation}...\ngc: objects in each generation: {} {} {}\n\
                 gc: objects in permanent generation: {}\n",
                size(0),
                size(1),
                size(2),
                heap.frozen(),
            );
            sys::write_stderr(self, &text);
        }
        wanted
    }

    fn dispose_of(&self, mut found: Garbage) -> usize {
        if found.is_empty() {
            return 0;
        }
        let (heap, collector) = (self.vm().heap, &self.vm().collector);
        if collector.debug.get() & debug::COLLECTABLE != 0 {
            for object in found.iter().filter(|object| Heap::is_tracked(object)) {
                let text = format!("gc: collectable <{} {:#x}>\n", self.type_name(object), identity(object));
                sys::write_stderr(self, &text);
            }
        }
        for weakref in detach_weakrefs(heap, &found) {
            finalize::run(self, weakref);
        }
        let mut finalized = false;
        for object in &found {
            let claimed = Heap::claim_finalizer(object);
            if claimed {
                finalize::run(self, object.clone());
            }
            finalized |= claimed || Heap::end_generator(object);
        }
        if finalized {
            Heap::drop_released(&mut found);
        }
        let (dead, alive) = heap.still_garbage(found);
        drop(alive);
        // Finalisers may have made new weak references; nobody is told of what happens to these.
        drop(detach_weakrefs(heap, &dead));
        let count = dead.iter().filter(|object| Heap::is_tracked(object)).count();
        if collector.debug.get() & debug::SAVE_ALL != 0 {
            let list = collector.garbage.expect::<List>();
            dead.into_iter().filter(Heap::is_tracked).for_each(|object| list.push(object));
        } else {
            heap.bury(dead);
        }
        self.run_finalizers();
        count
    }
}

/// Empties the weak references to garbage; those with a callback that are not garbage themselves, in the order of their calls.
fn detach_weakrefs(heap: &Heap, garbage: &Garbage) -> Vec<Obj> {
    let referred: Vec<&Obj> = garbage.iter().filter(|object| Heap::has_weakrefs(object)).collect();
    if referred.is_empty() {
        return Vec::new();
    }
    let addresses: HashSet<u64> = garbage.iter().map(|object| object.word().0).collect();
    let detached = referred.into_iter().flat_map(|object| heap.detach_weakrefs(object));
    let waits = |weakref: &Obj| {
        weakref.downcast::<WeakRef>().is_some_and(WeakRef::has_callback) && !addresses.contains(&weakref.word().0)
    };
    detached.filter(waits).collect()
}

/// The interface of module `gc` to a collection that a program asks for.
pub fn collect(cx: &Thread, generation: isize) -> PyResult<usize> {
    match usize::try_from(generation) {
        Ok(generation @ 0..=2) => Ok(cx.collect(generation)),
        _ => Err(cx.value_error("invalid generation")),
    }
}

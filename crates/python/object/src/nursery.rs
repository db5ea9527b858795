//! Blocks of container objects: whoever allocates one pays for the cycle collector's attention without noticing.
//!
//! Role: the free lists that compiled code pops inline are filled by *grants*: a few blocks at a time, each noted as young. So what
//! was allocated since the last collection is known without any list of objects, and the balance of allocations and frees without
//! any count: it is what was granted, less what lies free in the lists, less the older objects that were freed.
//! Terms: *young* blocks were granted since the last collection; the *balance* is CPython's count of generation 0.
//! Invariants: the lists hold young blocks only (what an older object leaves goes back to the pool, and may be granted again);
//! no block is noted as young twice, except in stress mode, where every allocation is a grant of its own.

use std::cell::{Cell, RefCell};

use crate::pool::{CLASSES, MAX_SMALL, Pool, class_of, pop_free, push_free, watch};

/// Most blocks that are granted at once.
const GRANT: usize = 256;

/// See the module's header.
pub(crate) struct Nursery {
    pool: Pool,
    free: [Cell<usize>; CLASSES],
    young: RefCell<Vec<usize>>,
    /// Blocks granted, and large ones allocated, since the last collection.
    granted: Cell<usize>,
    /// Older objects freed since then.
    returned: Cell<usize>,
    /// The balance at which a collection is due; 0 for never.
    limit: Cell<usize>,
    /// A collection is due: nothing is asked until it begins.
    due: Cell<bool>,
    stress: Cell<bool>,
}

impl Nursery {
    pub(crate) fn new(limit: usize) -> Nursery {
        Nursery {
            pool: Pool::new(),
            free: [const { Cell::new(0) }; CLASSES],
            young: RefCell::default(),
            granted: Cell::new(0),
            returned: Cell::new(0),
            limit: Cell::new(limit),
            due: Cell::new(false),
            stress: Cell::new(false),
        }
    }

    /// The list that serves objects of `size` bytes, for those who take blocks from it themselves; nobody may while blocks are watched.
    #[inline(always)]
    pub(crate) fn free_list(&self, size: usize) -> Option<&Cell<usize>> {
        if size <= MAX_SMALL && !cfg!(pitviper_asan) { Some(&self.free[class_of(size)]) } else { None }
    }

    /// A block, where that needs no grant.
    #[inline(always)]
    pub(crate) fn alloc(&self, size: usize) -> Option<usize> {
        if size > MAX_SMALL {
            return None;
        }
        let class = class_of(size);
        let head = &self.free[class];
        if head.get() == 0 { None } else { Some(pop_free(head, class)) }
    }

    /// A block after a grant; true when a collection has become due.
    #[cold]
    #[inline(never)]
    pub(crate) fn alloc_slow(&self, size: usize) -> (usize, bool) {
        let room = self.room();
        let due = if self.stress.get() { self.limit.get() != 0 } else { room == 0 };
        self.due.set(self.due.get() || due);
        if size > MAX_SMALL {
            self.granted.set(self.granted.get() + 1);
            return (self.pool.alloc_large(size), due);
        }
        let class = class_of(size);
        let block = self.pool.pop(class);
        let mut young = self.young.borrow_mut();
        young.push(block);
        let more = if self.stress.get() { 0 } else { (room / 4).clamp(1, GRANT) - 1 };
        let mut last = &self.free[class];
        for _ in 0..more {
            let next = self.pool.pop(class);
            young.push(next);
            last.set(next);
            // SAFETY: a free block's first word is the next block's address, and the block is free.
            last = unsafe { &*(next as *const Cell<usize>) };
            watch::freed(next, class * 16);
        }
        last.set(0);
        self.granted.set(self.granted.get() + 1 + more);
        (block, due)
    }

    /// How far the balance is below the limit: not more than that can be granted without asking again.
    fn room(&self) -> usize {
        let limit = self.limit.get();
        if limit == 0 || self.due.get() {
            return usize::MAX;
        }
        let bound = self.bound();
        if bound < limit / 2 { limit - bound } else { limit.saturating_sub(self.balance()) }
    }

    /// The balance, were all lists empty.
    fn bound(&self) -> usize {
        if self.returned.get() > self.granted.get() {
            // As CPython's count, the balance never falls below zero.
            self.returned.set(self.granted.get());
        }
        self.granted.get() - self.returned.get()
    }

    /// Allocations less frees since the last collection.
    pub(crate) fn balance(&self) -> usize {
        let free: usize = self.free.iter().map(|head| list_length(head.get())).sum();
        self.bound().saturating_sub(free)
    }

    #[inline(always)]
    pub(crate) fn free(&self, block: usize, size: usize, old: bool) {
        if size > MAX_SMALL {
            self.returned.set(self.returned.get() + 1);
            return self.pool.free_large(block, size);
        }
        if old || self.stress.get() {
            self.returned.set(self.returned.get() + 1);
            return self.pool.free(block, size);
        }
        push_free(&self.free[class_of(size)], block, size);
    }

    /// Begins a new account: the young blocks, of which some may be free.
    pub(crate) fn take_young(&self) -> Vec<usize> {
        for (class, head) in self.free.iter().enumerate() {
            match head.replace(0) {
                0 => {}
                first => self.pool.take_back(class, first),
            }
        }
        self.granted.set(0);
        self.returned.set(0);
        self.due.set(false);
        self.young.take()
    }

    /// Lets the balance be asked about again after a collection that was due could not begin.
    pub(crate) fn rearm(&self) {
        self.due.set(false);
    }

    /// Gives the vector of [`Nursery::take_young`] back, for its memory.
    pub(crate) fn recycle(&self, mut young: Vec<usize>) {
        young.clear();
        let mut now = self.young.borrow_mut();
        if now.is_empty() {
            *now = young;
        }
    }

    /// The young blocks, of which some may be free.
    pub(crate) fn young(&self) -> Vec<usize> {
        self.young.borrow().clone()
    }

    /// Sets the balance at which a collection is due; 0 for never.
    pub(crate) fn set_limit(&self, limit: usize) {
        self.limit.set(limit);
        self.due.set(false);
        // Blocks granted under another limit might not be asked about in time.
        for (class, head) in self.free.iter().enumerate() {
            self.withdraw(class, head);
        }
    }

    /// Every allocation is a grant from now on, and a collection due with each, unless the limit says that none ever is.
    pub(crate) fn set_stress(&self, on: bool) {
        self.stress.set(on);
        self.free.iter().enumerate().for_each(|(class, head)| self.withdraw(class, head));
    }

    /// Takes the free blocks of a list back. They stay noted as young, which does no harm; their next grant notes them again.
    fn withdraw(&self, class: usize, head: &Cell<usize>) {
        let first = head.replace(0);
        if first != 0 {
            self.granted.set(self.granted.get().saturating_sub(list_length(first)));
            self.pool.take_back(class, first);
        }
    }

    pub(crate) fn for_each_block(&self, f: impl FnMut(usize)) {
        self.pool.for_each_block(f);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.pool.bytes()
    }
}

fn list_length(first: usize) -> usize {
    let mut length = 0;
    let mut block = first;
    while block != 0 {
        length += 1;
        // SAFETY: a free block's first word is the next block's address.
        block = unsafe { *(block as *const usize) };
    }
    length
}

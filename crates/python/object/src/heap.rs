//! The heap: blocks, freeing, finalisers, and the objects every program shares.
//!
//! Role: blocks of containers (see [`Kind::is_container`]), of other objects and of buffers come from pools of their own, so that every
//! live object can be found by walking the chunks, and young containers without that.
//! Terms: *current heap*: the one that `Obj`'s drop and every constructor use; it is the calling thread's.
//! Invariant: heaps live for ever.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use pv_machine::{Breaker, State};
use pv_word::Word;

use crate::collect::Generations;
use crate::header::{ATTRS, Flags, Header};
use crate::kind::{Kind, Layout};
use crate::layouts::{Generator, GeneratorState};
use crate::nursery::Nursery;
use crate::obj::{Held, Obj, header_of};
pub use crate::pool::MAX_SMALL;
use crate::pool::Pool;
use crate::shape::ShapeRef;
use crate::strings::Interner;
use crate::weak::WeakTable;

/// Freeing nests natively to this depth; beyond it objects wait for the outermost free to end.
const NESTING: u32 = 100;

/// Told of the death of an object that compiled code embeds.
pub type DeathHook = Rc<dyn Fn(Word)>;

/// A heap and the objects that every program on it shares.
pub struct Heap {
    /// Blocks of container objects.
    pub(crate) nursery: Nursery,
    /// Blocks of objects that take part in no cycle.
    atoms: Pool,
    buffers: Pool,
    pub(crate) generations: Generations,
    shapes: [Cell<Option<ShapeRef>>; Kind::COUNT],
    none: Cell<Word>,
    bools: [Cell<Word>; 2],
    ellipsis: Cell<Word>,
    not_implemented: Cell<Word>,
    pub(crate) empty_tuple: Held,
    pub(crate) empty_str: Held,
    pub(crate) empty_bytes: Held,
    pub(crate) chars: [Held; 256],
    pub(crate) interner: Interner,
    pub(crate) next_token: Cell<u32>,
    next_version: Cell<u64>,
    pub(crate) hash_key: [u64; 2],
    nesting: Cell<u32>,
    pending: RefCell<Vec<Word>>,
    finalizers: RefCell<Vec<Obj>>,
    pub(crate) weakrefs: WeakTable,
    state: RefCell<Option<Rc<State>>>,
    death_hook: RefCell<Option<DeathHook>>,
    pub(crate) root_code: Held,
}

thread_local! {
    /// The current thread's heap: the one global this crate has.
    static CURRENT: Cell<Option<&'static Heap>> = const { Cell::new(None) };
}

impl Heap {
    /// Creates a heap with its built-in types and makes it the calling thread's. Hashes of text have the zero key.
    pub fn new() -> &'static Heap {
        Heap::with_hash_key([0, 0])
    }

    /// As [`Heap::new`], with a key for the hashes of text and bytes (see [`crate::hash::key_from_seed`]).
    pub fn with_hash_key(hash_key: [u64; 2]) -> &'static Heap {
        let generations = Generations::new();
        let heap: &'static Heap = Box::leak(Box::new(Heap {
            nursery: Nursery::new(generations.limit()),
            atoms: Pool::new(),
            buffers: Pool::new(),
            generations,
            shapes: [const { Cell::new(None) }; Kind::COUNT],
            none: Cell::new(Word::EMPTY),
            bools: [const { Cell::new(Word::EMPTY) }; 2],
            ellipsis: Cell::new(Word::EMPTY),
            not_implemented: Cell::new(Word::EMPTY),
            empty_tuple: Held::empty(),
            empty_str: Held::empty(),
            empty_bytes: Held::empty(),
            chars: [const { Held::empty() }; 256],
            interner: Interner::default(),
            next_token: Cell::new(1),
            next_version: Cell::new(1),
            hash_key,
            nesting: Cell::new(0),
            pending: RefCell::default(),
            finalizers: RefCell::default(),
            weakrefs: WeakTable::default(),
            state: RefCell::default(),
            death_hook: RefCell::default(),
            root_code: Held::empty(),
        }));
        heap.enter();
        crate::types::bootstrap(heap);
        heap.make_singletons();
        heap
    }

    /// Makes this the calling thread's heap. The caller holds the interpreter lock whenever it uses objects.
    pub fn enter(&'static self) {
        CURRENT.with(|current| current.set(Some(self)));
    }

    /// The calling thread's heap.
    ///
    /// # Panics
    /// When the thread has entered none.
    #[inline(always)]
    pub fn current() -> &'static Heap {
        match CURRENT.with(Cell::get) {
            Some(heap) => heap,
            None => no_heap(),
        }
    }

    fn make_singletons(&'static self) {
        let single = |kind: Kind| {
            let obj = crate::layouts::Singleton::create(self, kind);
            obj.header().expect("a heap object").make_immortal();
            obj.into_word()
        };
        self.none.set(single(Kind::None));
        self.bools[0].set(single(Kind::Bool));
        self.bools[1].set(single(Kind::Bool));
        self.ellipsis.set(single(Kind::Ellipsis));
        self.not_implemented.set(single(Kind::NotImplemented));
    }

    /// The word of `None`.
    #[inline(always)]
    pub fn none_word(&self) -> Word {
        self.none.get()
    }

    /// The word of true or false.
    #[inline(always)]
    pub fn bool_word(&self, value: bool) -> Word {
        self.bools[usize::from(value)].get()
    }

    /// The word of `Ellipsis`.
    pub fn ellipsis_word(&self) -> Word {
        self.ellipsis.get()
    }

    /// The word of `NotImplemented`.
    pub fn not_implemented_word(&self) -> Word {
        self.not_implemented.get()
    }

    /// The shape of exact instances of a kind's built-in type.
    #[inline(always)]
    pub fn shape_of(&self, kind: Kind) -> ShapeRef {
        self.shapes[kind as usize].get().expect("built-in types exist once the heap does")
    }

    pub(crate) fn set_shape_of(&self, kind: Kind, shape: ShapeRef) {
        self.shapes[kind as usize].set(Some(shape));
    }

    pub(crate) fn fresh_token(&self) -> u32 {
        let token = self.next_token.get();
        self.next_token.set(token.checked_add(1).expect("shape tokens are exhausted"));
        token
    }

    /// A number that no cell dict has had as its version.
    pub(crate) fn fresh_version(&self) -> u64 {
        self.next_version.replace(self.next_version.get() + 1)
    }

    // -- Blocks -------------------------------------------------------------------------------------------------

    /// The free list that serves container objects of `size` bytes.
    #[inline(always)]
    pub fn free_list(&self, size: usize) -> Option<&Cell<usize>> {
        self.nursery.free_list(size)
    }

    /// Allocates a container object's block and returns its address; the contents are undefined.
    #[inline(always)]
    pub fn alloc_block(&self, size: usize) -> usize {
        match self.nursery.alloc(size) {
            Some(block) => block,
            None => self.alloc_block_slow(size),
        }
    }

    #[cold]
    #[inline(never)]
    fn alloc_block_slow(&self, size: usize) -> usize {
        let (block, due) = self.nursery.alloc_slow(size);
        if size > MAX_SMALL {
            self.generations.note_large(block);
        }
        if due && let Some(state) = self.state.borrow().as_ref() {
            state.breaker.set(Breaker::COLLECT);
        }
        block
    }

    pub(crate) fn alloc_buffer(&self, size: usize) -> *mut u8 {
        self.buffers.alloc(size.max(16)) as *mut u8
    }

    pub(crate) fn free_buffer(&self, block: *mut u8, size: usize) {
        self.buffers.free(block as usize, size.max(16));
    }

    /// Creates an object of `size` bytes (inline tail included; the caller fills the tail before anything can fail).
    #[inline]
    pub(crate) fn create<L: Layout>(&self, shape: ShapeRef, size: usize, make: impl FnOnce(Header) -> L) -> Obj {
        debug_assert!(size >= size_of::<L>());
        let bits = shape.kind_bits();
        let own = size.next_multiple_of(8);
        let total = if bits & ATTRS != 0 { own + 8 } else { own };
        let container = L::KIND.is_container() || bits & ATTRS != 0;
        let block = if container { self.alloc_block(total) } else { self.atoms.alloc(total) };
        let flags = shape.initial_flags();
        if flags & Flags::FINALIZER != 0 && L::KIND != Kind::Generator {
            self.generations.note_finalizer(block);
        }
        // SAFETY: the block has room for `L` and, behind it, for the attribute word.
        unsafe {
            (block as *mut L).write(make(Header::new(bits, flags, shape)));
            if bits & ATTRS != 0 {
                ((block + own) as *mut Word).write(Word::EMPTY);
            }
        }
        Obj::from_owned(Word::from_addr(block))
    }

    /// The cell with the attribute dict of an instance of a built-in type's subclass.
    pub fn attrs_of(obj: &Obj) -> Option<&Held> {
        let header = obj.header()?;
        if header.kind_bits() & ATTRS == 0 {
            return None;
        }
        // SAFETY: the kind's row measures its own objects; `create` reserved a word behind them.
        unsafe {
            let own = (header.kind().info().extent)(header).next_multiple_of(8);
            Some(&*((std::ptr::from_ref(header) as usize + own) as *const Held))
        }
    }

    // -- Death --------------------------------------------------------------------------------------------------

    /// Frees, or queues for finalisation, an object whose count has reached zero.
    pub fn dealloc(&self, object: Word) {
        let Some(header) = header_of(object) else { return };
        if header.flags() & Flags::SPECIAL != 0 && self.keeps_alive(header, object) {
            return;
        }
        let nesting = self.nesting.get();
        if nesting >= NESTING {
            self.pending.borrow_mut().push(object);
            return;
        }
        self.nesting.set(nesting + 1);
        self.free_now(object);
        self.nesting.set(nesting);
        if nesting == 0 {
            self.free_pending();
        }
    }

    #[inline]
    fn free_pending(&self) {
        loop {
            let Some(object) = self.pending.borrow_mut().pop() else { return };
            self.nesting.set(1);
            self.free_now(object);
            self.nesting.set(0);
        }
    }

    fn free_now(&self, object: Word) {
        let block = object.addr();
        let header = block as *mut Header;
        // SAFETY: the object is unreachable; its kind's row knows its layout.
        unsafe {
            let bits = (*header).kind_bits();
            let (info, generation) = ((*header).kind().info(), (*header).generation());
            let container = (*header).kind().is_container() || bits & ATTRS != 0;
            let own = (info.drop)(header);
            let mut total = own.next_multiple_of(8);
            if bits & ATTRS != 0 {
                ((block + total) as *mut Held).drop_in_place();
                total += 8;
            }
            if !container {
                return self.atoms.free(block, total);
            }
            if total > MAX_SMALL {
                self.generations.forget_large(block, generation);
            }
            self.nursery.free(block, total, generation != 0);
        }
    }

    /// The rare duties before a death; true when the object lives on in the finaliser queue.
    #[cold]
    fn keeps_alive(&self, header: &Header, object: Word) -> bool {
        let flags = header.flags();
        if awaits_finalizer(header, object) {
            header.set_count(1);
            header.set_flags(Flags::FINALIZED);
            self.queue_finalizer(Obj::from_owned(object));
            return true;
        }
        if flags & Flags::EMBEDDED != 0 {
            self.announce(object);
        }
        if flags & Flags::INTERNED != 0 {
            self.interner.forget(object);
        }
        if flags & Flags::WEAKLY_REFERENCED != 0 {
            self.clear_weakrefs(object);
        }
        false
    }

    /// Queues an object whose finaliser, or whose weak-reference callback, is to run at the next boundary.
    pub fn queue_finalizer(&self, object: Obj) {
        self.finalizers.borrow_mut().push(object);
        if let Some(state) = self.state.borrow().as_ref() {
            state.breaker.set(Breaker::FINALIZERS);
        }
    }

    /// Empties the queue: the objects in it, the oldest last; clears the breaker's bit.
    pub fn take_finalizers(&self) -> Vec<Obj> {
        if let Some(state) = self.state.borrow().as_ref() {
            state.breaker.clear(Breaker::FINALIZERS);
        }
        let mut queued = std::mem::take(&mut *self.finalizers.borrow_mut());
        queued.reverse();
        queued
    }

    /// Is anything queued?
    pub fn has_finalizers(&self) -> bool {
        !self.finalizers.borrow().is_empty()
    }

    /// Names the thread state whose breaker tells of queued finalisers and of collections that are due.
    pub fn attach(&self, state: Rc<State>) {
        *self.state.borrow_mut() = Some(state);
        // A collection that became due before could not tell anybody, and would be waited for for ever.
        self.nursery.rearm();
    }

    /// Names who is told when an embedded object dies or a shape's token is renewed. The hook must not touch the object's references.
    pub fn set_death_hook(&self, hook: DeathHook) {
        *self.death_hook.borrow_mut() = Some(hook);
    }

    /// Tells the hook that what compiled code assumed of this address holds no longer.
    pub fn announce(&self, address: Word) {
        let hook = self.death_hook.borrow().clone();
        if let Some(hook) = hook {
            hook(address);
        }
    }

    /// Marks an object as embedded in compiled code or a cache.
    pub fn embed(&self, object: Word) {
        if object.is_object()
            && let Some(header) = header_of(object)
        {
            header.set_flags(Flags::EMBEDDED);
        }
    }

    // -- Accounting -----------------------------------------------------------------------------------------------

    /// Calls `f` with every live object. `f` must not allocate or free objects.
    pub fn for_each_object(&self, mut f: impl FnMut(&Obj)) {
        let mut look = |block: usize| {
            if let Some(word) = live(block) {
                f(Obj::of(&word));
            }
        };
        self.nursery.for_each_block(&mut look);
        self.atoms.for_each_block(&mut look);
    }

    /// Number of live objects of each kind.
    pub fn census(&self) -> [usize; Kind::COUNT] {
        let mut counts = [0; Kind::COUNT];
        self.for_each_object(|obj| counts[obj.kind() as usize] += 1);
        counts
    }

    /// Number of live objects.
    pub fn live_objects(&self) -> usize {
        self.census().iter().sum()
    }

    /// Bytes obtained from the system for objects and buffers.
    pub fn bytes(&self) -> usize {
        self.nursery.bytes() + self.atoms.bytes() + self.buffers.bytes()
    }

    /// Calls the visitor with every object that `obj` owns.
    pub fn visit(obj: &Obj, visitor: crate::kind::Visitor<'_>) {
        let Some(header) = obj.header() else { return };
        // SAFETY: the kind's row knows the layout.
        unsafe { (header.kind().info().visit)(header, visitor) };
        if let Some(attrs) = Heap::attrs_of(obj) {
            attrs.visit(visitor);
        }
    }

    /// Gives up what may hold `obj` in a reference cycle.
    pub fn clear(obj: &Obj) {
        let Some(header) = obj.header() else { return };
        // SAFETY: the kind's row knows the layout.
        unsafe { (header.kind().info().clear)(header) };
        if let Some(attrs) = Heap::attrs_of(obj) {
            drop(attrs.take());
        }
    }
}

/// The object in a block, unless that is free: a free block's second word is zero, which no live object's (its shape) is.
pub(crate) fn live(block: usize) -> Option<Word> {
    // SAFETY: blocks are at least 16 bytes, and those of the pools stay readable for ever.
    (unsafe { *((block + 8) as *const usize) } != 0).then(|| Word::from_addr(block))
}

/// Has the object a finaliser that did not run yet and has something to do?
pub(crate) fn awaits_finalizer(header: &Header, object: Word) -> bool {
    let flags = header.flags() & (Flags::FINALIZER | Flags::FINALIZED);
    flags == Flags::FINALIZER && needs_finalizer(object)
}

/// Of the objects flagged to have a finaliser, generators need it when a handler guards where they stand, coroutines also when
/// they were never awaited, and async generators whenever a finaliser was installed for them.
fn needs_finalizer(object: Word) -> bool {
    let object = Obj::of(&object);
    let Some(generator) = object.downcast::<Generator>() else { return true };
    match generator.state() {
        GeneratorState::Guarded => true,
        GeneratorState::Created => !object.is_exact_generator(),
        GeneratorState::Suspended => !generator.companion.is_empty(),
        GeneratorState::Running | GeneratorState::Finished => false,
    }
}

#[cold]
#[inline(never)]
fn no_heap() -> ! {
    panic!("this thread has entered no heap")
}

#[cfg(test)]
mod tests;

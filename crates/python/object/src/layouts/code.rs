//! Code objects: what the interpreter reads at every instruction, inline caches, and the compiler's unit, which
//! this crate cannot see.
//!
//! [`CodeRef`] is the interpreter's handle: a plain address. Invariant: whoever uses one knows that a function, a frame or a
//! generator keeps the code object alive.

use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

use pv_machine::HotCounter;
use pv_word::Word;

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::native::Shared;
use crate::layouts::{Function, Payload};
use crate::obj::{Obj, to_obj};
use crate::shape::ShapeRef;

/// What loading an attribute from an object of a known shape amounts to. Words are borrowed from the class, which holds them for
/// as long as the shape keeps its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadPlan {
    /// The slot of an instance.
    Slot(u32),
    /// A value of the class (or of a built-in type) that binds to nothing.
    Constant(Word),
    /// The contents of a module's or class's cell.
    Cell(Word),
    /// A function of the class that becomes a method of the object.
    Method(Word),
    /// As `Method`, while the object, one of a built-in layout, has no attributes of its own.
    BareMethod(Word),
    /// A class method around a Python function, to be read when it is called: the class becomes its first argument.
    ClassMethod(Word),
    /// A property whose getter is this plain Python function of one parameter.
    Property(Word),
    /// Anything else: ask the runtime every time.
    Generic,
}

/// What storing an attribute into an object of a known shape amounts to.
#[derive(Clone, Copy)]
pub enum StorePlan {
    /// A slot that the shape has already.
    Slot(u32),
    /// The first store of an attribute: the slot, inline and empty, and the shape afterwards.
    Add(u32, ShapeRef),
    /// Anything else: ask the runtime every time.
    Generic,
}

/// What an entry of a cache is, beside its key.
mod entry {
    pub(super) const EMPTY: u8 = 0;
    pub(super) const SLOT: u8 = 1;
    pub(super) const CONSTANT: u8 = 2;
    pub(super) const CELL: u8 = 3;
    pub(super) const METHOD: u8 = 4;
    pub(super) const PROPERTY: u8 = 5;
    pub(super) const GENERIC: u8 = 6;
    pub(super) const STORE_SLOT: u8 = 7;
    pub(super) const STORE_ADD: u8 = 8;
    pub(super) const STORE_GENERIC: u8 = 9;
    pub(super) const GLOBAL: u8 = 10;
    pub(super) const OWN_GLOBAL: u8 = 11;
    /// As `SLOT` and `STORE_SLOT`, for slots beyond those inline.
    pub(super) const SPILLED: u8 = 12;
    pub(super) const STORE_SPILLED: u8 = 13;
    /// Of a class itself. Its key, the token of its root shape, is that of some of its instances too.
    pub(super) const OF_CLASS: u8 = 14;
    pub(super) const OF_CLASS_GENERIC: u8 = 15;
    pub(super) const BARE_METHOD: u8 = 16;
    pub(super) const CLASS_METHOD: u8 = 17;
    pub(super) const OF_CLASS_METHOD: u8 = 18;
}

/// An instruction's memory of what it found last, under a key that tells whether that still holds.
///
/// A plan lies here in parts, each read only when its kind has it: a hit costs two comparisons and one more load.
pub struct InlineCache {
    key: Cell<u64>,
    word: Cell<Word>,
    next: Cell<Option<ShapeRef>>,
    index: Cell<u32>,
    kind: Cell<u8>,
}

impl InlineCache {
    const fn new() -> InlineCache {
        InlineCache {
            key: Cell::new(0),
            word: Cell::new(Word::EMPTY),
            next: Cell::new(None),
            index: Cell::new(0),
            kind: Cell::new(entry::EMPTY),
        }
    }

    /// The plan for loading from objects of `shape`, if it is the one remembered.
    #[inline(always)]
    pub fn load_plan(&self, shape: ShapeRef) -> Option<LoadPlan> {
        if self.key.get() != u64::from(shape.token()) {
            return None;
        }
        match self.kind.get() {
            entry::SLOT | entry::SPILLED => Some(LoadPlan::Slot(self.index.get())),
            entry::METHOD => Some(LoadPlan::Method(self.word.get())),
            entry::BARE_METHOD => Some(LoadPlan::BareMethod(self.word.get())),
            entry::CLASS_METHOD => Some(LoadPlan::ClassMethod(self.word.get())),
            entry::CELL => Some(LoadPlan::Cell(self.word.get())),
            entry::CONSTANT => Some(LoadPlan::Constant(self.word.get())),
            entry::PROPERTY => Some(LoadPlan::Property(self.word.get())),
            entry::GENERIC => Some(LoadPlan::Generic),
            _ => None,
        }
    }

    /// The inline slot to load from objects of `shape`, where that is the plan remembered.
    #[inline(always)]
    pub fn load_slot(&self, shape: ShapeRef) -> Option<u32> {
        (self.key.get() == u64::from(shape.token()) && self.kind.get() == entry::SLOT).then(|| self.index.get())
    }

    /// The method to load from objects of `shape`, where that is the plan remembered.
    #[inline(always)]
    pub fn load_method(&self, shape: ShapeRef) -> Option<Word> {
        (self.key.get() == u64::from(shape.token()) && self.kind.get() == entry::METHOD).then(|| self.word.get())
    }

    /// The inline slot to store into, where that is the plan remembered.
    #[inline(always)]
    pub fn store_slot(&self, shape: ShapeRef) -> Option<u32> {
        (self.key.get() == u64::from(shape.token()) && self.kind.get() == entry::STORE_SLOT).then(|| self.index.get())
    }

    /// The plan for storing into objects of `shape`, if it is the one remembered.
    #[inline(always)]
    pub fn store_plan(&self, shape: ShapeRef) -> Option<StorePlan> {
        if self.key.get() != u64::from(shape.token()) {
            return None;
        }
        match (self.kind.get(), self.next.get()) {
            (entry::STORE_SLOT | entry::STORE_SPILLED, _) => Some(StorePlan::Slot(self.index.get())),
            (entry::STORE_ADD, Some(next)) => Some(StorePlan::Add(self.index.get(), next)),
            (entry::STORE_GENERIC, _) => Some(StorePlan::Generic),
            _ => None,
        }
    }

    /// The cell of a global or builtin, if globals still have the version remembered.
    #[inline(always)]
    pub fn global(&self, version: u64) -> Option<Word> {
        (self.key.get() == version && matches!(self.kind.get(), entry::GLOBAL | entry::OWN_GLOBAL))
            .then(|| self.word.get())
    }

    /// As [`InlineCache::global`], but only a cell of the globals themselves.
    #[inline(always)]
    pub fn own_global(&self, version: u64) -> Option<Word> {
        (self.key.get() == version && self.kind.get() == entry::OWN_GLOBAL).then(|| self.word.get())
    }

    /// What a class itself, whose instances begin with the shape `root`, has under the name: a constant, a class method, or what only
    /// the runtime can tell.
    #[inline(always)]
    pub fn of_class(&self, root: ShapeRef) -> Option<LoadPlan> {
        if self.key.get() != u64::from(root.token()) {
            return None;
        }
        match self.kind.get() {
            entry::OF_CLASS => Some(LoadPlan::Constant(self.word.get())),
            entry::OF_CLASS_METHOD => Some(LoadPlan::ClassMethod(self.word.get())),
            entry::OF_CLASS_GENERIC => Some(LoadPlan::Generic),
            _ => None,
        }
    }

    /// Remembers what a class itself has under the name, borrowed from it.
    pub fn set_of_class(&self, root: ShapeRef, plan: LoadPlan) {
        let (kind, word) = match plan {
            LoadPlan::Constant(word) => (entry::OF_CLASS, word),
            LoadPlan::ClassMethod(word) => (entry::OF_CLASS_METHOD, word),
            _ => (entry::OF_CLASS_GENERIC, Word::EMPTY),
        };
        self.set(u64::from(root.token()), kind, 0, word);
    }

    fn set(&self, key: u64, kind: u8, index: u32, word: Word) {
        self.key.set(key);
        self.kind.set(kind);
        self.index.set(index);
        self.word.set(word);
    }

    /// Remembers a plan for loading.
    pub fn set_load(&self, shape: ShapeRef, plan: LoadPlan) {
        let (kind, index, word) = match plan {
            LoadPlan::Slot(index) if (index as usize) < shape.inline() => (entry::SLOT, index, Word::EMPTY),
            LoadPlan::Slot(index) => (entry::SPILLED, index, Word::EMPTY),
            LoadPlan::Constant(word) => (entry::CONSTANT, 0, word),
            LoadPlan::Cell(word) => (entry::CELL, 0, word),
            LoadPlan::Method(word) => (entry::METHOD, 0, word),
            LoadPlan::BareMethod(word) => (entry::BARE_METHOD, 0, word),
            LoadPlan::ClassMethod(word) => (entry::CLASS_METHOD, 0, word),
            LoadPlan::Property(word) => (entry::PROPERTY, 0, word),
            LoadPlan::Generic => (entry::GENERIC, 0, Word::EMPTY),
        };
        self.set(u64::from(shape.token()), kind, index, word);
    }

    /// Remembers a plan for storing.
    pub fn set_store(&self, shape: ShapeRef, plan: StorePlan) {
        let (kind, index, next) = match plan {
            StorePlan::Slot(index) if (index as usize) < shape.inline() => (entry::STORE_SLOT, index, None),
            StorePlan::Slot(index) => (entry::STORE_SPILLED, index, None),
            StorePlan::Add(index, next) => (entry::STORE_ADD, index, Some(next)),
            StorePlan::Generic => (entry::STORE_GENERIC, 0, None),
        };
        self.set(u64::from(shape.token()), kind, index, Word::EMPTY);
        self.next.set(next);
    }

    /// Remembers a cell found under a version of the globals' keys; `own` when it is the globals' own.
    pub fn set_global(&self, version: u64, cell: Word, own: bool) {
        self.set(version, if own { entry::OWN_GLOBAL } else { entry::GLOBAL }, 0, cell);
    }
}

/// The flags of [`CodeSpec`].
pub mod code_flags {
    /// Plain positional parameters only: a call with as many arguments needs no binding.
    pub const SIMPLE: u32 = 1;
    /// Makes a generator, coroutine or async generator.
    pub const GENERATOR: u32 = 2;
    /// Handles exceptions: what is being handled must be kept across suspensions.
    pub const HANDLERS: u32 = 4;
}

/// The parts of a code object.
#[derive(Default)]
pub struct CodeSpec {
    /// The code words.
    pub words: Vec<u32>,
    /// Constants.
    pub constants: Vec<Obj>,
    /// Interned names.
    pub names: Vec<Obj>,
    /// Number of inline caches.
    pub caches: u32,
    /// Number of loop headers.
    pub loops: u32,
    /// Registers below this are locals.
    pub nlocals: u32,
    /// Number of registers.
    pub nregs: u32,
    /// Positional parameters.
    pub argcount: u32,
    /// All parameters, `*args` and `**kwargs` included.
    pub nparams: u32,
    /// Registers that may hold something when the code returns; those from here on are known to be empty.
    pub sweep: u32,
    /// See [`code_flags`].
    pub flags: u32,
}

/// A code object.
#[repr(C)]
pub struct Code {
    header: Header,
    words: Box<[u32]>,
    constants: Box<[Obj]>,
    names: Box<[Obj]>,
    caches: Box<[InlineCache]>,
    loops: Box<[HotCounter]>,
    entry: HotCounter,
    nlocals: u32,
    nregs: u32,
    argcount: u32,
    nparams: u32,
    sweep: u32,
    flags: u32,
    payload: Shared,
}

impl Code {
    /// A code object.
    pub fn create(spec: CodeSpec, payload: Rc<dyn Payload>) -> Obj {
        let heap = Heap::current();
        heap.create(heap.shape_of(Kind::Code), size_of::<Code>(), |header| Code {
            header,
            words: spec.words.into_boxed_slice(),
            constants: spec.constants.into_boxed_slice(),
            names: spec.names.into_boxed_slice(),
            caches: (0..spec.caches).map(|_| InlineCache::new()).collect(),
            loops: (0..spec.loops).map(|_| HotCounter::default()).collect(),
            entry: HotCounter::default(),
            nlocals: spec.nlocals,
            nregs: spec.nregs,
            argcount: spec.argcount,
            nparams: spec.nparams,
            sweep: spec.sweep,
            flags: spec.flags,
            payload: Shared::new(payload),
        })
    }

    /// The constants.
    pub fn constants(&self) -> &[Obj] {
        &self.constants
    }

    /// The interned names.
    pub fn names(&self) -> &[Obj] {
        &self.names
    }

    /// The code words.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// Registers below this are locals.
    #[inline(always)]
    pub fn nlocals(&self) -> u32 {
        self.nlocals
    }

    /// Number of registers.
    #[inline(always)]
    pub fn nregs(&self) -> u32 {
        self.nregs
    }

    /// Positional parameters.
    #[inline(always)]
    pub fn argcount(&self) -> u32 {
        self.argcount
    }

    /// All parameters.
    #[inline(always)]
    pub fn nparams(&self) -> u32 {
        self.nparams
    }

    /// Registers below this may hold something when the code returns.
    #[inline(always)]
    pub fn sweep(&self) -> u32 {
        self.sweep
    }

    /// Does a call with [`Code::argcount`] positional arguments need no binding?
    #[inline(always)]
    pub fn is_simple(&self) -> bool {
        self.flags & code_flags::SIMPLE != 0
    }

    /// Does it make a generator, coroutine or async generator?
    #[inline(always)]
    pub fn is_generator(&self) -> bool {
        self.flags & code_flags::GENERATOR != 0
    }

    /// Does it handle exceptions?
    #[inline(always)]
    pub fn has_handlers(&self) -> bool {
        self.flags & code_flags::HANDLERS != 0
    }

    /// The code word at `pc`; the verifier keeps program counters within the code.
    #[inline(always)]
    pub fn word(&self, pc: u32) -> u32 {
        debug_assert!((pc as usize) < self.words.len());
        // SAFETY: code objects are made of verified units: program counters, and the words behind an instruction, lie within the code.
        unsafe { *self.words.get_unchecked(pc as usize) }
    }

    /// The constant at an index, borrowed from the code object.
    #[inline(always)]
    pub fn constant(&self, index: u32) -> Word {
        debug_assert!((index as usize) < self.constants.len());
        // SAFETY: the verifier keeps constant operands within the table.
        unsafe { self.constants.get_unchecked(index as usize) }.word()
    }

    /// The interned name at an index, borrowed from the code object.
    #[inline(always)]
    pub fn name(&self, index: u32) -> Word {
        debug_assert!((index as usize) < self.names.len());
        // SAFETY: the verifier keeps name operands within the table.
        unsafe { self.names.get_unchecked(index as usize) }.word()
    }

    /// An inline cache.
    #[inline(always)]
    pub fn cache(&self, index: u32) -> &InlineCache {
        debug_assert!((index as usize) < self.caches.len());
        // SAFETY: the verifier keeps cache operands within the table.
        unsafe { self.caches.get_unchecked(index as usize) }
    }

    /// The counter of a loop header.
    #[inline(always)]
    pub fn loop_counter(&self, index: u32) -> &HotCounter {
        debug_assert!((index as usize) < self.loops.len());
        // SAFETY: the verifier keeps loop operands within the table.
        unsafe { self.loops.get_unchecked(index as usize) }
    }

    /// The counter of the code's entry.
    #[inline(always)]
    pub fn entry_counter(&self) -> &HotCounter {
        &self.entry
    }

    /// What the compiler made, if it has this type.
    #[inline]
    pub fn payload<T: Payload>(&self) -> Option<&T> {
        self.payload.get()
    }

    /// What the compiler made, shared.
    pub fn shared(&self) -> Rc<dyn Payload> {
        self.payload.rc()
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Code {
    const KIND: Kind = Kind::Code;
    fn extent(&self) -> usize {
        size_of::<Code>()
    }
    fn visit(&self, visitor: &mut (impl FnMut(&Obj) + ?Sized)) {
        self.constants.iter().for_each(&mut *visitor);
        self.names.iter().for_each(&mut *visitor);
        self.payload.visit(&mut |child| visitor(child));
    }
}

/// A code object's address: see the module's header.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeRef(*const Code);

impl CodeRef {
    /// The handle of a code object; whoever asks keeps it alive.
    #[inline(always)]
    pub fn of(code: &Code) -> CodeRef {
        CodeRef(code)
    }

    /// The code of a function object.
    ///
    /// # Panics
    /// When `function` is none.
    #[inline]
    pub fn of_function(function: &Obj) -> CodeRef {
        let code = function.expect::<Function>().code.peek();
        CodeRef(Obj::of(&code).expect::<Code>())
    }

    /// The handle whose address is `bits`, as [`CodeRef::bits`] gave it while the code object was kept alive.
    #[inline(always)]
    pub(crate) fn from_bits(bits: u64) -> CodeRef {
        CodeRef(bits as *const Code)
    }

    /// The code of the frame below all others: empty, and the same for the heap's life.
    #[inline]
    pub fn root() -> CodeRef {
        struct Root;
        impl Payload for Root {}
        let heap = Heap::current();
        if heap.root_code.is_empty() {
            heap.root_code.set(Code::create(CodeSpec::default(), Rc::new(Root)));
        }
        CodeRef::from_bits(heap.root_code.peek().addr() as u64)
    }

    /// The address.
    #[inline(always)]
    pub fn bits(self) -> u64 {
        self.0 as u64
    }

    /// The code object, with a reference of its own.
    pub fn to_obj(self) -> Obj {
        to_obj::<Code>(&self)
    }
}

impl Deref for CodeRef {
    type Target = Code;
    #[inline(always)]
    fn deref(&self) -> &Code {
        // SAFETY: the invariant in the module's header.
        unsafe { &*self.0 }
    }
}

impl std::fmt::Debug for CodeRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "code@{:x}", self.0 as usize)
    }
}

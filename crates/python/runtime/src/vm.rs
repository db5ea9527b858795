//! The virtual machine: everything that all threads of a program share.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use pv_object::{Heap, Kind, Obj};
use pv_word::Word;

use crate::attr::PlanCache;
use crate::collect::Collector;
use crate::descriptors::Descriptors;
use crate::error::{EXCEPTIONS, Exc, PyResult};
use crate::import::LibrarySource;
use crate::names::Names;
use crate::native::Args;
use crate::prelude::Prelude;
use crate::slots::TypeCache;
use crate::thread::Thread;

/// A module implemented in Rust.
pub struct NativeModule {
    /// Its full name.
    pub name: &'static str,
    /// Fills the module.
    pub init: fn(&Thread, &Obj) -> PyResult<()>,
}

/// What the interpreter installs so that native code can run Python code.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Calls a Python function.
    pub call_function: fn(&Thread, &Obj, &Args<'_>) -> PyResult,
    /// Resumes a generator, coroutine or async generator.
    pub resume_generator: fn(&Thread, &Obj, Resume) -> PyResult<Resumed>,
    /// Runs a function without arguments, in the given namespace (a class body, a module, `exec`) if there is one.
    pub run_function: fn(&Thread, &Obj, Option<&Obj>) -> PyResult,
    /// The frame object `depth` Python frames above the native code that asks; `None` past the outermost.
    pub frame: fn(&Thread, usize) -> Option<Obj>,
    /// The frame object of the caller of a frame, while that runs.
    pub frame_behind: fn(&Thread, &Obj) -> Option<Obj>,
    /// The frame object of the frame whose first slot lies at an address, if it runs a function.
    pub frame_at: fn(&Thread, usize, &Obj) -> Option<Obj>,
    /// The program counter of the frame whose first slot lies at an address.
    pub frame_pc: fn(&Thread, usize) -> Option<u32>,
    /// What a register of such a frame holds.
    pub frame_register: fn(&Thread, usize, usize) -> Option<Obj>,
    /// Changes a register of such a frame, of which this is the object.
    pub set_frame_register: fn(&Thread, &Obj, usize, usize, Option<Obj>),
    /// Where the frame of a running generator begins.
    pub generator_base: fn(&Thread, &Obj) -> Option<usize>,
    /// The namespaces of the innermost Python frame: globals, locals.
    pub namespaces: fn(&Thread) -> Option<(Obj, Obj)>,
    /// For `super()` without arguments: the `__class__` cell's contents and the first argument of the innermost frame.
    pub super_arguments: fn(&Thread) -> PyResult<(Obj, Obj)>,
}

/// What a generator is resumed with.
#[derive(Clone, Debug)]
pub enum Resume {
    /// The result of its `yield`.
    Send(Obj),
    /// An exception that its `yield` raises.
    Throw(Obj),
}

/// How a resumed generator came back; an exception is [`crate::Raised`].
#[derive(Clone, Debug)]
pub enum Resumed {
    /// It yielded.
    Yielded(Obj),
    /// It returned.
    Returned(Obj),
}

/// See the module's header.
pub struct Vm {
    /// The heap.
    pub heap: &'static Heap,
    /// Interned names.
    pub names: Names,
    /// The module `builtins`' namespace.
    pub builtins: Obj,
    /// `sys.modules`.
    pub modules: Obj,
    /// The method cache.
    pub(crate) cache: TypeCache,
    pub(crate) plans: PlanCache,
    pub(crate) exceptions: Vec<Obj>,
    pub(crate) field_classes: crate::types::exception::FieldClasses,
    pub(crate) extra_types: RefCell<HashMap<&'static str, Obj>>,
    pub(crate) native_modules: RefCell<HashMap<&'static str, &'static NativeModule>>,
    pub(crate) library: RefCell<Option<Rc<dyn LibrarySource>>>,
    /// Source texts that tracebacks show, by file name.
    pub(crate) sources: RefCell<HashMap<String, Rc<str>>>,
    pub(crate) exhausted: Obj,
    pub(crate) prelude: Prelude,
    pub(crate) monitoring: crate::observe::Monitoring,
    hooks: OnceCell<Hooks>,
    recursion_limit: Cell<u32>,
    digit_limit: Cell<usize>,
    /// Do tracebacks and code objects tell of columns?
    columns: Cell<bool>,
    optimize: Cell<u8>,
    developing: Cell<bool>,
    tier: Cell<bool>,
    /// The open file descriptors.
    pub descriptors: Descriptors,
    /// `sys`' namespace.
    pub sys: Obj,
    /// The variables of `builtins` before a program ran; see [`crate::shutdown`].
    pub(crate) first_builtins: RefCell<Vec<(Obj, Obj)>>,
    /// The cycle collector.
    pub collector: Collector,
    /// Has the end of the program begun?
    pub finalizing: Cell<bool>,
}

impl Vm {
    /// A machine on a fresh heap, with its built-in types, exceptions, `builtins` and `sys`. Hashes of text have the zero key.
    pub fn new() -> Rc<Vm> {
        Vm::with_hash_key([0, 0])
    }

    /// As [`Vm::new`], with a key for the hashes of text and bytes.
    pub fn with_hash_key(hash_key: [u64; 2]) -> Rc<Vm> {
        let heap = Heap::with_hash_key(hash_key);
        let exceptions = make_exceptions();
        let vm = Rc::new(Vm {
            heap,
            names: Names::new(heap),
            builtins: crate::types::dict::new_cells(),
            modules: crate::types::dict::new(),
            cache: TypeCache::new(),
            plans: PlanCache::new(),
            field_classes: crate::types::exception::FieldClasses::new(&exceptions),
            exceptions,
            extra_types: RefCell::default(),
            native_modules: RefCell::default(),
            library: RefCell::default(),
            sources: RefCell::default(),
            exhausted: private_mark(heap),
            prelude: Prelude::default(),
            monitoring: crate::observe::Monitoring::default(),
            hooks: OnceCell::new(),
            recursion_limit: Cell::new(1000),
            columns: Cell::new(true),
            digit_limit: Cell::new(crate::format::parse::DIGIT_LIMIT),
            optimize: Cell::new(0),
            developing: Cell::new(false),
            tier: Cell::new(false),
            descriptors: Descriptors::default(),
            sys: crate::types::dict::new_cells(),
            first_builtins: RefCell::default(),
            collector: Collector::new(),
            finalizing: Cell::new(false),
        });
        crate::types::populate(&vm);
        vm
    }

    /// Installs the interpreter. Once.
    ///
    /// # Panics
    /// The second time.
    pub fn install(&self, hooks: Hooks) {
        assert!(self.hooks.set(hooks).is_ok(), "the interpreter is installed once");
    }

    /// The interpreter.
    ///
    /// # Panics
    /// When none was installed.
    pub fn hooks(&self) -> &Hooks {
        self.hooks.get().expect("an interpreter is installed before Python code runs")
    }

    /// The built-in type of a kind.
    #[inline]
    pub fn type_of_kind(&self, kind: Kind) -> &'static Obj {
        self.heap.shape_of(kind).type_obj()
    }

    /// A built-in exception class.
    #[inline]
    pub fn exception(&self, exc: Exc) -> &Obj {
        &self.exceptions[exc as usize]
    }

    /// A built-in type that shares its layout with others, by name.
    ///
    /// # Panics
    /// When there is none of that name.
    pub fn extra_type(&self, name: &str) -> Obj {
        match self.extra_types.borrow().get(name) {
            Some(ty) => ty.clone(),
            None => panic!("no built-in type {name}"),
        }
    }

    /// The namespaces (globals, locals) of the innermost Python frame, if an interpreter is there and runs one.
    pub fn namespaces(&self, cx: &Thread) -> Option<(Obj, Obj)> {
        self.hooks.get().and_then(|hooks| (hooks.namespaces)(cx))
    }

    /// The frame object of the innermost Python frame, if an interpreter is there and runs one.
    pub fn current_frame(&self, cx: &Thread) -> Option<Obj> {
        self.hooks.get().and_then(|hooks| (hooks.frame)(cx, 0))
    }

    /// Do tracebacks and code objects tell of columns?
    pub fn shows_columns(&self) -> bool {
        self.columns.get()
    }

    /// Sets whether they do.
    pub fn set_shows_columns(&self, on: bool) {
        self.columns.set(on);
    }

    /// How many decimal digits conversions between ints and strings go up to; 0 for any number.
    pub fn digit_limit(&self) -> usize {
        self.digit_limit.get()
    }

    /// Sets that limit.
    pub fn set_digit_limit(&self, limit: usize) {
        self.digit_limit.set(limit);
    }

    /// Is hot code compiled?
    pub fn has_tier(&self) -> bool {
        self.tier.get()
    }

    /// Says that hot code is compiled.
    pub fn set_tier(&self) {
        self.tier.set(true);
    }

    /// How programs are compiled that do not say it themselves.
    pub fn compile_options(&self) -> pv_bytecode::Options {
        pv_bytecode::Options {
            optimize: self.optimize.get(),
            digit_limit: self.digit_limit.get(),
            ..pv_bytecode::Options::default()
        }
    }

    /// Turns the checks for developers on (`-X dev`).
    pub fn set_developing(&self, developing: bool) {
        self.developing.set(developing);
    }

    /// Are the checks for developers on?
    pub fn is_developing(&self) -> bool {
        self.developing.get()
    }

    /// Sets how much is left out of programs (`-O`).
    pub fn set_optimize(&self, level: u8) {
        self.optimize.set(level);
    }

    /// The recursion limit.
    #[inline]
    pub fn recursion_limit(&self) -> u32 {
        self.recursion_limit.get()
    }

    /// Sets the recursion limit, which traces rely on.
    pub fn set_recursion_limit(&self, limit: u32) {
        self.recursion_limit.set(limit);
        self.withdraw_calling_traces();
    }

    /// Withdraws the traces that call Python functions.
    pub(crate) fn withdraw_calling_traces(&self) {
        Heap::current().announce(Word::from_addr(self.recursion_limit_key() as usize));
    }

    /// The key under which traces that call assume the recursion limit, and that nobody watches.
    pub fn recursion_limit_key(&self) -> u64 {
        std::ptr::from_ref(&self.recursion_limit) as u64
    }

    /// Makes native modules importable.
    pub fn register_modules(&self, modules: &'static [NativeModule]) {
        let mut table = self.native_modules.borrow_mut();
        table.extend(modules.iter().map(|module| (module.name, module)));
    }

    /// Names the embedded library.
    pub fn set_library(&self, library: Rc<dyn LibrarySource>) {
        *self.library.borrow_mut() = Some(library);
    }
}

/// An immortal object that no program sees.
fn private_mark(heap: &Heap) -> Obj {
    let mark = pv_object::Instance::create(heap.shape_of(Kind::Instance));
    if let Some(header) = mark.header() {
        header.make_immortal();
    }
    mark
}

fn make_exceptions() -> Vec<Obj> {
    let mut classes: Vec<Obj> = Vec::with_capacity(EXCEPTIONS.len());
    for row in EXCEPTIONS {
        let class = match row.base.exc() {
            None => Heap::current().shape_of(Kind::Exception).type_obj().clone(),
            Some(base) => {
                crate::types::new_builtin(row.name, vec![classes[base as usize].clone()], Some(Kind::Exception))
            }
        };
        classes.push(class);
    }
    classes
}

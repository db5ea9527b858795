//! A thread of Python code: its state, register stack, pending and handled exceptions.
//!
//! Invariants: whoever holds `&Thread` holds the interpreter lock (a `Thread` is not `Sync`). A [`Raised`] exists only while
//! an exception is pending here; it is taken with [`Thread::take_exception`] or passed on.

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use pv_machine::{Breaker, RegisterStack, State};
use pv_object::{CodeRef, Heap, Held, Obj};
use pv_word::Word;

use crate::error::{Exc, PyResult, Raised};
use crate::names::Names;
use crate::vm::Vm;

/// Slots of a thread's register stack.
const STACK_SLOTS: usize = 1 << 20;
/// Bytes of native stack that native recursion may use. The sanitizer's frames are some times as large.
const NATIVE_STACK: usize = if cfg!(pitviper_asan) { 6 << 20 } else { 3 << 19 };
/// Native recursion (repr, comparison, calls from native code) may nest this deep.
const NATIVE_DEPTH: u32 = 2500;

/// See the module's header.
pub struct Thread {
    vm: Rc<Vm>,
    state: Rc<State>,
    stack: RegisterStack,
    pending: Held,
    handled: Held,
    native_depth: Cell<u32>,
    /// What the embedder keeps with the thread.
    extension: OnceCell<Box<dyn Any>>,
    /// Notes that helpers leave for the bytecode that called them; see the setters.
    notes: Cell<bool>,
    /// The hooks of async generators.
    pub(crate) async_hooks: AsyncHooks,
    /// How many frames of where it was made a new coroutine notes.
    pub(crate) origin_depth: Cell<usize>,
    /// Why the program is watched: bits of [`observer`].
    observers: Cell<u32>,
    /// Frames that somebody knows of.
    pub(crate) frames: crate::frames::Frames,
    /// Trace and profile functions.
    pub(crate) tracing: crate::observe::Tracing,
    /// Where the coroutine is made that is about to be.
    pub(crate) origin: Held,
    pub(crate) super_found_method: Cell<bool>,
    /// Containers whose `repr` is under way, by identity.
    pub(crate) repr_active: RefCell<Vec<u64>>,
}

/// Reasons to watch a program.
pub mod observer {
    /// Coroutines note where they are made.
    pub const ORIGINS: u32 = 1;
    /// There is a trace function.
    pub const TRACE: u32 = 2;
    /// There is a profile function.
    pub const PROFILE: u32 = 4;
    /// A tool of `sys.monitoring` wants to hear of something.
    pub const MONITOR: u32 = 8;
}

/// What an event loop hears of async generators.
#[derive(Default)]
pub(crate) struct AsyncHooks {
    /// Called with a generator ahead of its first step.
    pub(crate) first_step: Held,
    /// Called with a generator that nobody refers to any more.
    pub(crate) finalizer: Held,
}

impl Thread {
    /// A thread of `vm`; it becomes the heap's current one.
    pub fn new(vm: Rc<Vm>) -> Box<Thread> {
        vm.heap.enter();
        let stack = RegisterStack::new(STACK_SLOTS);
        let state = Rc::new(State::new(&stack));
        vm.heap.attach(Rc::clone(&state));
        let here = 0_u8;
        state.native_limit.set((std::ptr::from_ref(&here) as usize).saturating_sub(NATIVE_STACK));
        let thread = Box::new(Thread {
            vm,
            state,
            stack,
            pending: Held::empty(),
            handled: Held::empty(),
            async_hooks: AsyncHooks::default(),
            origin_depth: Cell::new(0),
            origin: Held::empty(),
            observers: Cell::new(0),
            frames: crate::frames::Frames::default(),
            tracing: crate::observe::Tracing::default(),
            super_found_method: Cell::new(false),
            native_depth: Cell::new(0),
            extension: OnceCell::new(),
            notes: Cell::new(false),
            repr_active: RefCell::default(),
        });
        thread.state.cx.set(std::ptr::from_ref::<Thread>(&thread).cast());
        thread.add_core_modules();
        thread
    }

    /// `builtins` and `sys` as modules, once.
    fn add_core_modules(&self) {
        for (name, namespace) in [("builtins", &self.vm.builtins), ("sys", &self.vm.sys)] {
            let key = crate::text::intern(name);
            if crate::types::dict::get_str(&self.vm.modules, &key).is_none() {
                let module = crate::types::module::around(self, namespace, name);
                crate::types::dict::set_str(&self.vm.modules, &key, module);
            }
        }
    }

    /// The machine.
    #[inline(always)]
    pub fn vm(&self) -> &Rc<Vm> {
        &self.vm
    }

    /// The interned names.
    #[inline(always)]
    pub fn names(&self) -> &Names {
        &self.vm.names
    }

    /// The state shared with compiled code.
    #[inline(always)]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The register stack.
    pub fn stack(&self) -> &RegisterStack {
        &self.stack
    }

    // -- Exceptions -----------------------------------------------------------------------------------------------

    /// Is an exception pending?
    #[inline]
    pub fn is_raising(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Makes `exception` the pending one, as it is: no context is set. See [`Thread::raise`].
    pub fn set_pending(&self, exception: Obj) -> Raised {
        self.pending.set(exception);
        Raised::new()
    }

    /// The pending exception, which stays pending.
    pub fn pending(&self) -> Option<Obj> {
        self.pending.get()
    }

    /// The pending exception, no longer pending.
    ///
    /// # Panics
    /// When there is none: `Raised` proves that there is.
    pub fn take_exception(&self, _: Raised) -> Obj {
        self.pending.take().expect("an exception is pending where `Raised` says so")
    }

    /// As [`Thread::take_exception`] for code that carries no proof.
    pub fn take_pending(&self) -> Option<Obj> {
        self.pending.take()
    }

    /// The proof for a caller that was told otherwise (an empty word) that an exception is pending.
    pub fn raised(&self) -> Raised {
        debug_assert!(self.is_raising(), "no exception is pending");
        Raised::new()
    }

    /// The exception being handled: by the running frames, or by whoever resumed the running generator.
    pub fn handled(&self) -> Option<Obj> {
        self.handled.get()
    }

    /// Replaces the exception being handled and returns the one before.
    pub fn set_handled(&self, exception: Option<Obj>) -> Option<Obj> {
        self.handled.replace(exception)
    }

    // -- What the interpreter asks ------------------------------------------------------------------------------

    /// The word of `None`.
    #[inline(always)]
    pub fn none_word(&self) -> Word {
        self.vm.heap.none_word()
    }

    /// The word of `NotImplemented`.
    #[inline(always)]
    pub fn not_implemented_word(&self) -> Word {
        self.vm.heap.not_implemented_word()
    }

    /// The word of `True`.
    #[inline(always)]
    pub fn true_word(&self) -> Word {
        self.vm.heap.bool_word(true)
    }

    /// The word of `False`.
    #[inline(always)]
    pub fn false_word(&self) -> Word {
        self.vm.heap.bool_word(false)
    }

    /// The mark that stands for the end of an iteration where an object is wanted; no program sees it.
    #[inline]
    pub fn exhausted(&self) -> &Obj {
        &self.vm.exhausted
    }

    /// Keeps a value of the embedder's with the thread. Once.
    ///
    /// # Panics
    /// The second time.
    pub fn extend(&self, value: Box<dyn Any>) {
        assert!(self.extension.set(value).is_ok(), "a thread is extended once");
    }

    /// The embedder's value, if it has this type.
    #[inline]
    pub fn extension<T: 'static>(&self) -> Option<&T> {
        self.extension.get()?.downcast_ref()
    }

    /// Leaves a yes-or-no note for the bytecode whose helper is running.
    #[inline]
    pub fn set_note(&self, note: bool) {
        self.notes.set(note);
    }

    /// The note that the last helper left.
    #[inline]
    pub fn note(&self) -> bool {
        self.notes.get()
    }

    /// Do new coroutines note where they are made? Traces do not ask; see [`Thread::observe`].
    #[inline]
    pub fn notes_origins(&self) -> bool {
        self.origin_depth.get() > 0
    }

    /// Is the program watched, so that compiled code must stay out?
    #[inline]
    pub fn is_observed(&self) -> bool {
        self.state.breaker.bits() & Breaker::OBSERVED != 0
    }

    /// Is the program watched for one of these reasons?
    pub(crate) fn watches(&self, reasons: u32) -> bool {
        self.observers.get() & reasons != 0
    }

    /// Somebody begins or ceases to watch what the interpreter does at single bytecodes. From then on the interpreter runs alone:
    /// traces that call are withdrawn, the others leave at their next poll, and none is entered.
    pub fn observe(&self, reason: u32, on: bool) {
        let reasons = if on { self.observers.get() | reason } else { self.observers.get() & !reason };
        self.observers.set(reasons);
        if reasons == 0 {
            self.state.breaker.clear(Breaker::OBSERVED);
        } else if !self.is_observed() {
            self.state.breaker.set(Breaker::OBSERVED);
            self.vm.withdraw_calling_traces();
        }
    }

    /// The word of [`Thread::exhausted`].
    #[inline(always)]
    pub fn exhausted_word(&self) -> Word {
        self.vm.exhausted.word()
    }

    /// Did the last `super` lookup find a function that takes the instance?
    pub fn super_found_method(&self) -> bool {
        self.super_found_method.get()
    }

    /// Lets the interrupt key raise KeyboardInterrupt in this thread.
    pub fn hear_interrupts(&self) {
        pv_machine::interrupt::deliver_to(Rc::clone(&self.state));
    }

    /// Serves what waits at a bytecode boundary: finalisers, weak-reference callbacks, the cycle collector, the interrupt key.
    ///
    /// In the order of CPython, which runs each within the release that caused it: what a finaliser lets go, or its object when that is
    /// freed, comes before the next one queued with it; and none of those runs in the middle of another.
    pub fn run_pending(&self) -> PyResult<()> {
        self.run_finalizers();
        self.collect_if_due();
        if self.state.breaker.bits() & Breaker::SIGNAL != 0 {
            self.state.breaker.clear(Breaker::SIGNAL);
            return self.interrupt();
        }
        Ok(())
    }

    /// The interrupt key was pressed: the handler that the program has set runs, else KeyboardInterrupt is raised.
    fn interrupt(&self) -> PyResult<()> {
        let signals = crate::types::dict::get_str(&self.vm.modules, &crate::text::intern("_signal"));
        let by_default = match signals {
            Some(signals) => {
                let answer = crate::protocol::call_method0(self, &signals, "_interrupted")?;
                crate::protocol::truth(self, &answer)?
            }
            None => true,
        };
        if by_default { Err(self.raise_args(Exc::KeyboardInterrupt, Vec::new())) } else { Ok(()) }
    }

    /// Runs what is queued to be finalised.
    pub(crate) fn run_finalizers(&self) {
        let mut waiting = self.vm.heap.take_finalizers();
        while let Some(object) = waiting.pop() {
            crate::finalize::run(self, object);
            waiting.extend(self.vm.heap.take_finalizers());
        }
    }

    /// An attribute of `sys`; RuntimeError when the program has removed it.
    pub fn sys_attribute(&self, name: &str) -> PyResult {
        let found = self.vm.sys.expect::<pv_object::Dict>().get(name);
        found.ok_or_else(|| self.runtime_error(format_args!("lost sys.{name}")))
    }

    // -- Recursion ------------------------------------------------------------------------------------------------

    /// Runs `f` one native level deeper; RecursionError when native recursion nests too deeply. `what` ends the sentence "maximum
    /// recursion depth exceeded…", with its leading space.
    pub fn nested<T>(&self, what: &str, f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        let depth = self.native_depth.get();
        let short = self.is_stack_short();
        if self.state.depth.get() >= self.vm.recursion_limit() {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        if short || depth >= NATIVE_DEPTH {
            return Err(self.recursion_error(format_args!("maximum recursion depth exceeded{what}")));
        }
        self.native_depth.set(depth + 1);
        self.state.depth.set(self.state.depth.get() + 1);
        let result = f();
        self.state.depth.set(self.state.depth.get() - 1);
        self.native_depth.set(depth);
        result
    }

    /// Frames that stand, native code that nests included.
    pub fn depth(&self) -> u32 {
        self.state.depth.get()
    }

    /// Runs `f`, native code that may nest without Python's doing, as iterators over iterators do: only the native stack counts.
    #[inline]
    pub fn on_stack<T>(&self, what: &str, f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        if self.is_stack_short() {
            return Err(self.recursion_error(format_args!("maximum recursion depth exceeded{what}")));
        }
        f()
    }

    /// Has the native stack grown into its reserve?
    #[inline]
    fn is_stack_short(&self) -> bool {
        let here = 0_u8;
        (std::ptr::from_ref(&here) as usize) < self.state.native_limit.get()
    }

    /// Runs a nested interpreter loop: native depth counts, frames are counted by the interpreter.
    pub fn nested_driver<T>(&self, f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        let depth = self.native_depth.get();
        if self.is_stack_short() || depth >= NATIVE_DEPTH {
            return Err(self.recursion_error("maximum recursion depth exceeded"));
        }
        self.native_depth.set(depth + 1);
        let result = f();
        self.native_depth.set(depth);
        result
    }

    /// Runs `f`, which shows a container, unless that is under way already: then the answer is `placeholder`.
    pub fn guard_repr(&self, container: &Obj, placeholder: &str, f: impl FnOnce() -> PyResult) -> PyResult {
        let identity = container.word().0;
        if self.repr_active.borrow().contains(&identity) {
            return Ok(crate::text::new(placeholder));
        }
        self.repr_active.borrow_mut().push(identity);
        let result = f();
        self.repr_active.borrow_mut().pop();
        result
    }
}

impl pv_object::ThreadContext for Thread {
    type Code = CodeRef;

    #[inline(always)]
    fn state(&self) -> &State {
        &self.state
    }

    #[inline(always)]
    fn heap(&self) -> &'static Heap {
        self.vm.heap
    }

    fn code_object(&self, code: CodeRef) -> Option<pv_word::Word> {
        Some(code.to_obj().word())
    }

    #[inline(always)]
    fn depth_limit(&self) -> u32 {
        self.vm.recursion_limit()
    }
}

pv_object::thread_context!(Thread);

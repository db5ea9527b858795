//! Async generators: their awaitables and the hooks of event loops.
//!
//! Terms: a *step* is what `__anext__`, `asend`, `athrow` and `aclose` give; awaiting it drives the generator to its next `yield`,
//! whose value is the step's result. What the generator awaits on the way comes out of the step as it is; the two are told apart by
//! a wrapper around the values of `yield`. Invariant: while a step is under way the generator is marked RUNNING; it refuses others.

use std::cell::Cell;

use pv_object::{Generator, GeneratorMarks, GeneratorState, Native, Obj, Payload, Visitor};

use super::{methods, resume, thrown, view};
use crate::error::{Exc, PyResult, Raised};
use crate::protocol;
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;
use crate::types::{TypeTable, iterator};
use crate::vm::{Resume, Resumed};

/// The value of an async generator's `yield`, told apart from what it awaits.
struct WrappedValue(Obj);

impl Payload for WrappedValue {
    fn visit(&self, visitor: Visitor<'_>) {
        visitor(&self.0);
    }
}

/// Wraps the value of an async generator's `yield`.
pub fn wrap_yield(cx: &Thread, value: &Obj) -> Obj {
    Native::create(Box::new(WrappedValue(value.clone())), cx.vm().extra_shape("async_generator_wrapped_value"))
}

fn unwrapped(value: &Obj) -> Option<Obj> {
    Some(value.downcast::<Native>()?.get::<WrappedValue>()?.0.clone())
}

// -- Hooks --------------------------------------------------------------------------------------------------------

/// The first step of an async generator: the thread's hooks hear of it, and its finaliser is set.
fn ask_hooks(cx: &Thread, generator: &Obj) -> PyResult<()> {
    let place = view(generator);
    if place.has_mark(GeneratorMarks::HOOKED) {
        return Ok(());
    }
    place.mark(GeneratorMarks::HOOKED, true);
    if let Some(finalizer) = cx.async_hooks.finalizer.get() {
        place.companion.set(finalizer);
    }
    match cx.async_hooks.first_step.get() {
        Some(hook) => protocol::call1(cx, &hook, generator).map(drop),
        None => Ok(()),
    }
}

/// `sys.set_asyncgen_hooks`: a hook that is not given stays.
pub(crate) fn set_hooks(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [first_step, finalizer] = args else { return Err(cx.system_error("set_asyncgen_hooks")) };
    for (name, hook) in [("finalizer", finalizer), ("firstiter", first_step)] {
        if let Some(hook) = hook.as_ref().filter(|hook| !hook.is_none() && !protocol::is_callable(cx, hook)) {
            let found = cx.type_name(hook);
            return Err(cx.type_error(format_args!("callable {name} expected, got {found}")));
        }
    }
    for (held, hook) in [(&cx.async_hooks.finalizer, finalizer), (&cx.async_hooks.first_step, first_step)] {
        if let Some(hook) = hook {
            drop(held.replace(Some(hook.clone()).filter(|hook| !hook.is_none())));
        }
    }
    Ok(Obj::none())
}

/// The hooks: first step, finaliser.
pub(crate) fn get_hooks(cx: &Thread) -> [Obj; 2] {
    [&cx.async_hooks.first_step, &cx.async_hooks.finalizer].map(|hook| hook.get().unwrap_or_else(Obj::none))
}

// -- Steps --------------------------------------------------------------------------------------------------------

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not awaited yet.
    New,
    /// Under way.
    Awaited,
    /// Over.
    Over,
}

/// What a step does to the generator.
enum Kind {
    /// Resumes it: `__anext__()` without a value, `asend(value)`.
    Send(Option<Obj>),
    /// Raises in it: `athrow(…)`.
    Throw(Vec<Obj>),
    /// Closes it.
    Close,
}

struct Step {
    generator: Obj,
    kind: Kind,
    stage: Cell<Stage>,
}

impl Payload for Step {
    fn visit(&self, visitor: Visitor<'_>) {
        visitor(&self.generator);
        match &self.kind {
            Kind::Send(value) => value.iter().for_each(visitor),
            Kind::Throw(args) => args.iter().for_each(visitor),
            Kind::Close => {}
        }
    }
}

impl Step {
    fn create(cx: &Thread, generator: &Obj, kind: Kind) -> PyResult {
        ask_hooks(cx, generator)?;
        let shape = match kind {
            Kind::Send(_) => cx.vm().extra_shape("async_generator_asend"),
            _ => cx.vm().extra_shape("async_generator_athrow"),
        };
        let step = Step { generator: generator.clone(), kind, stage: Cell::new(Stage::New) };
        Ok(Native::create(Box::new(step), shape))
    }

    fn of(object: &Obj) -> &Step {
        object.expect::<Native>().get::<Step>().expect("the type's objects are steps")
    }

    fn place(&self) -> &Generator {
        view(&self.generator)
    }

    /// The method that made it, and those of its kind.
    fn names(&self) -> (&'static str, &'static str) {
        match &self.kind {
            Kind::Send(_) => ("asend", "__anext__()/asend()"),
            Kind::Throw(_) => ("athrow", "aclose()/athrow()"),
            Kind::Close => ("aclose", "aclose()/athrow()"),
        }
    }

    fn used_up(&self, cx: &Thread) -> Raised {
        cx.runtime_error(format_args!("cannot reuse already awaited {}", self.names().1))
    }

    /// The step begins, unless another one is under way.
    fn begin(&self, cx: &Thread) -> PyResult<()> {
        if self.place().has_mark(GeneratorMarks::RUNNING) {
            self.stage.set(Stage::Over);
            let name = if matches!(self.kind, Kind::Send(_)) { "anext" } else { self.names().0 };
            return Err(cx.runtime_error(format_args!("{name}(): asynchronous generator is already running")));
        }
        self.stage.set(Stage::Awaited);
        self.place().mark(GeneratorMarks::RUNNING, true);
        Ok(())
    }

    fn end(&self) {
        self.stage.set(Stage::Over);
        self.place().mark(GeneratorMarks::RUNNING, false);
    }

    /// What the generator came back with, as the step's: a value yielded is the result, the end is StopAsyncIteration.
    fn came_back(&self, cx: &Thread, result: PyResult<Resumed>) -> PyResult<Resumed> {
        let raised = match result {
            Ok(Resumed::Yielded(value)) => match unwrapped(&value) {
                Some(value) => {
                    self.end();
                    return Ok(Resumed::Returned(value));
                }
                None => return Ok(Resumed::Yielded(value)),
            },
            Ok(Resumed::Returned(_)) => cx.raise_args(Exc::StopAsyncIteration, Vec::new()),
            Err(raised) => raised,
        };
        if is_ending(cx) {
            self.place().mark(GeneratorMarks::CLOSED, true);
        }
        self.end();
        Err(raised)
    }

    /// As `came_back` for `aclose`: the end is what was wanted, a value is a refusal.
    fn closed(&self, cx: &Thread, result: PyResult<Resumed>) -> PyResult<Resumed> {
        match self.came_back(cx, result) {
            Ok(Resumed::Returned(_)) => Err(cx.runtime_error("async generator ignored GeneratorExit")),
            Ok(yielded) => Ok(yielded),
            Err(raised) if is_ending(cx) => {
                cx.discard(raised);
                Ok(Resumed::Returned(Obj::none()))
            }
            Err(raised) => Err(raised),
        }
    }

    fn interpret(&self, cx: &Thread, result: PyResult<Resumed>) -> PyResult<Resumed> {
        match self.kind {
            Kind::Close => self.closed(cx, result),
            _ => self.came_back(cx, result),
        }
    }

    fn send(&self, cx: &Thread, value: &Obj) -> PyResult<Resumed> {
        match (self.stage.get(), &self.kind) {
            (Stage::Over, _) => return Err(self.used_up(cx)),
            (Stage::New, Kind::Send(first)) => {
                self.begin(cx)?;
                let first = first.as_ref().filter(|_| value.is_none()).unwrap_or(value);
                let result = resume(cx, &self.generator, Resume::Send(first.clone()));
                return self.came_back(cx, result);
            }
            (_, Kind::Throw(_) | Kind::Close) if self.place().state() == GeneratorState::Finished => {
                self.stage.set(Stage::Over);
                return Ok(Resumed::Returned(Obj::none()));
            }
            (Stage::New, _) => return self.first_throw(cx, value),
            (Stage::Awaited, _) => {}
        }
        self.place().mark(GeneratorMarks::RUNNING, true);
        let result = resume(cx, &self.generator, Resume::Send(value.clone()));
        self.interpret(cx, result)
    }

    /// The first awaiting of `athrow` or `aclose`. GeneratorExit reaches what the generator awaits as any exception does.
    fn first_throw(&self, cx: &Thread, value: &Obj) -> PyResult<Resumed> {
        if !self.place().has_mark(GeneratorMarks::RUNNING) {
            if self.place().has_mark(GeneratorMarks::CLOSED) {
                self.stage.set(Stage::Over);
                return Err(cx.raise_args(Exc::StopAsyncIteration, Vec::new()));
            }
            if !value.is_none() {
                return Err(cx.runtime_error("can't send non-None value to a just-started coroutine"));
            }
        }
        self.begin(cx)?;
        let exception = match &self.kind {
            Kind::Throw(args) => thrown(cx, &args[0], args.get(1), args.get(2)),
            _ => {
                self.place().mark(GeneratorMarks::CLOSED, true);
                Ok(cx.new_exception(Exc::GeneratorExit, Vec::new()))
            }
        };
        self.place().mark(GeneratorMarks::THROWING, true);
        let result = exception.and_then(|exception| resume(cx, &self.generator, Resume::Throw(exception)));
        self.place().mark(GeneratorMarks::THROWING, false);
        self.interpret(cx, result)
    }

    fn throw(&self, cx: &Thread, exception: PyResult) -> PyResult<Resumed> {
        match self.stage.get() {
            Stage::Over => return Err(self.used_up(cx)),
            Stage::New => self.begin(cx)?,
            Stage::Awaited => {}
        }
        let result = exception.and_then(|exception| resume(cx, &self.generator, Resume::Throw(exception)));
        self.interpret(cx, result)
    }
}

/// Is what is pending how an async generator ends?
fn is_ending(cx: &Thread) -> bool {
    let is = |exc| cx.pending().is_some_and(|pending| cx.is_exception(&pending, exc));
    is(Exc::StopAsyncIteration) || is(Exc::GeneratorExit)
}

fn send_step(cx: &Thread, object: &Obj, value: &Obj) -> PyResult<Resumed> {
    Step::of(object).send(cx, value)
}

fn send(cx: &Thread, object: &Obj, value: &Obj) -> PyResult {
    let resumed = Step::of(object).send(cx, value)?;
    methods::value_or_stop(cx, resumed)
}

fn next(cx: &Thread, object: &Obj) -> PyResult {
    send(cx, object, &Obj::none())
}

fn throw(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(object), Some(first), value, traceback] = args else { return Err(cx.system_error("throw")) };
    methods::warn_old_throw(cx, "throw", value.as_ref(), traceback.as_ref())?;
    let step = Step::of(object);
    if step.stage.get() == Stage::Over {
        return Err(step.used_up(cx));
    }
    let exception = thrown(cx, first, value.as_ref(), traceback.as_ref());
    let resumed = step.throw(cx, exception)?;
    methods::value_or_stop(cx, resumed)
}

fn close(cx: &Thread, object: &Obj) -> PyResult {
    let step = Step::of(object);
    if step.stage.get() == Stage::Over {
        return Ok(Obj::none());
    }
    let exit = cx.new_exception(Exc::GeneratorExit, Vec::new());
    match step.throw(cx, Ok(exit)) {
        Ok(Resumed::Yielded(_)) => Err(cx.runtime_error("coroutine ignored GeneratorExit")),
        Ok(Resumed::Returned(_)) => Ok(Obj::none()),
        Err(raised) if is_ending(cx) => {
            cx.discard(raised);
            Ok(Obj::none())
        }
        Err(raised) => Err(raised),
    }
}

/// A step that was never awaited dies: a warning.
fn finalize(cx: &Thread, object: &Obj) -> PyResult {
    let step = Step::of(object);
    if step.stage.get() != Stage::New {
        return Ok(Obj::none());
    }
    let generator = step.place().qualname.get().unwrap_or_else(Obj::none);
    let generator = text::to_string(&protocol::repr(cx, &generator)?);
    let message = format!("coroutine method '{}' of {generator} was never awaited", step.names().0);
    if let Err(raised) = crate::warn::warn(cx, Exc::RuntimeWarning, &message) {
        cx.show_unraisable(raised, "finalizing async generator", &step.generator);
    }
    Ok(Obj::none())
}

crate::natives! { static STEP_METHODS:
    "__await__" "(self, /)" F1(iterator::itself) "Return an iterator to be used in await expression.";
    "__next__" "(self, /)" F1(next) "Implement next(self).";
    "__del__" "(self, /)" F1(finalize) "Called when the instance is about to be destroyed.";
    "send" "(self, arg, /)" F2(send) "Resume the generator with a value.";
    "throw" "(self, typ, val=None, tb=None, /)" Bound(throw) "Raise an exception where the generator stands.";
    "close" "(self, /)" F1(close) "Raise GeneratorExit where the generator stands.";
}

/// `async_generator_asend`.
pub(crate) static ASEND: TypeTable = TypeTable {
    methods: STEP_METHODS,
    slots: Slots { iter: Some(iterator::itself), send: Some(send_step), ..Slots::NONE },
    ..TypeTable::NONE
};

/// `async_generator_athrow`.
pub(crate) static ATHROW: TypeTable = TypeTable {
    methods: STEP_METHODS,
    slots: Slots { iter: Some(iterator::itself), send: Some(send_step), ..Slots::NONE },
    ..TypeTable::NONE
};

// -- The generator's methods --------------------------------------------------------------------------------------

/// `__anext__()`.
pub(super) fn anext(cx: &Thread, generator: &Obj) -> PyResult {
    Step::create(cx, generator, Kind::Send(None))
}

/// `asend(value)`.
pub(super) fn asend(cx: &Thread, generator: &Obj, value: &Obj) -> PyResult {
    Step::create(cx, generator, Kind::Send(Some(value.clone())))
}

/// `athrow(…)`.
pub(super) fn athrow(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(generator), Some(first), value, traceback] = args else { return Err(cx.system_error("athrow")) };
    methods::warn_old_throw(cx, "athrow", value.as_ref(), traceback.as_ref())?;
    let args = [Some(first), value.as_ref(), traceback.as_ref()].into_iter().flatten().cloned().collect();
    Step::create(cx, generator, Kind::Throw(args))
}

/// `aclose()`.
pub(super) fn aclose(cx: &Thread, generator: &Obj) -> PyResult {
    Step::create(cx, generator, Kind::Close)
}

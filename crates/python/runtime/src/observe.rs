//! Watching a program: trace and profile functions, the callbacks of `sys.monitoring`, and the frames they know.
//!
//! Terms: a frame is *watched* when there is a frame object that stands for it while it runs: the same one at every event, with its own
//! trace function. Watched frames are a stack, as the frames are, keyed by the place of their first slot. The interpreter says what
//! happens ([`Thread::tell`]); here stands who hears of it.
//! Invariant: while one of these functions runs, nothing is told.

mod event;
mod monitor;

use std::cell::{Cell, RefCell};

use pv_object::{Frame, Held, Kind, Obj, Payload, Tuple, Visitor};

use crate::error::PyResult;
use crate::protocol;
use crate::text;
use crate::thread::{Thread, observer};

pub use event::Event;
pub(crate) use monitor::{EVENTS, Monitoring, TOOLS};

/// What a frame object has beside its picture: `f_trace` and its switches.
pub struct LocalTrace {
    function: Held,
    lines: Cell<bool>,
    opcodes: Cell<bool>,
}

impl Payload for LocalTrace {
    fn visit(&self, visitor: Visitor<'_>) {
        self.function.visit(visitor);
    }

    fn clear(&self) {
        drop(self.function.take());
    }
}

/// Calls `f` with a frame's trace state, which is made first where there is none.
fn with_local<R>(frame: &Obj, f: impl FnOnce(&LocalTrace) -> R) -> R {
    let view = frame.expect::<Frame>();
    if view.with_payload::<LocalTrace, _>(|_| ()).is_none() {
        let local = LocalTrace { function: Held::empty(), lines: Cell::new(true), opcodes: Cell::new(false) };
        view.set_payload(Some(Box::new(local)));
    }
    view.with_payload(f).expect("the payload was just made")
}

/// `f_trace`.
pub(crate) fn local_trace(frame: &Obj) -> Option<Obj> {
    frame.expect::<Frame>().with_payload(|local: &LocalTrace| local.function.get()).flatten()
}

/// Sets `f_trace`.
pub(crate) fn set_local_trace(frame: &Obj, function: Option<Obj>) {
    drop(with_local(frame, |local| local.function.replace(function)));
}

/// `f_trace_lines` and `f_trace_opcodes`.
pub fn switches(frame: &Obj) -> (bool, bool) {
    frame.expect::<Frame>().with_payload(|l: &LocalTrace| (l.lines.get(), l.opcodes.get())).unwrap_or((true, false))
}

/// Sets `f_trace_lines`, or `f_trace_opcodes`.
pub(crate) fn set_switch(frame: &Obj, opcodes: bool, on: bool) {
    with_local(frame, |local| if opcodes { local.opcodes.set(on) } else { local.lines.set(on) });
}

/// A frame that has a frame object while it runs.
#[derive(Clone)]
pub struct Watched {
    /// Address of its first slot.
    pub base: usize,
    /// The frame object.
    pub frame: Obj,
    /// The line told last; 0 for none.
    pub line: u32,
    /// Where it stood last.
    pub pc: u32,
    /// The native function that it is calling, if somebody heard of the call, and the first argument.
    pub native: Option<(Obj, Option<Obj>)>,
    /// It is a call that only makes a generator: nothing is told of it.
    pub silent: bool,
}

/// A thread's trace and profile functions, and its watched frames.
#[derive(Default)]
pub(crate) struct Tracing {
    trace: Held,
    profile: Held,
    /// A trace or profile function is running.
    busy: Cell<bool>,
    /// Frames up to here ran before anybody watched.
    old: Cell<usize>,
    watched: RefCell<Vec<Watched>>,
}

/// Somebody is to be told what happens, for one of these reasons.
const WATCHING: u32 = observer::TRACE | observer::PROFILE | observer::MONITOR;

impl Thread {
    /// `sys.gettrace()` and `sys.getprofile()`.
    pub(crate) fn tracing_functions(&self) -> (Option<Obj>, Option<Obj>) {
        (self.tracing.trace.get(), self.tracing.profile.get())
    }

    /// Sets the trace function.
    pub(crate) fn set_trace(&self, function: Option<Obj>) {
        let on = function.is_some();
        self.begin_watching(on);
        drop(self.tracing.trace.replace(function));
        self.observe(observer::TRACE, on);
    }

    /// Sets the profile function.
    pub(crate) fn set_profile(&self, function: Option<Obj>) {
        let on = function.is_some();
        self.begin_watching(on);
        drop(self.tracing.profile.replace(function));
        self.observe(observer::PROFILE, on);
    }

    /// The tools of `sys.monitoring` want to hear of something, or of nothing any more.
    pub(crate) fn set_monitored(&self, on: bool) {
        self.begin_watching(on);
        self.observe(observer::MONITOR, on);
    }

    /// The frames that run when the first function is set are old ones.
    fn begin_watching(&self, on: bool) {
        if on && !self.watches(WATCHING) {
            let base = self.state().base.get() as usize;
            self.unwatch(base + 1);
            self.tracing.old.set(base);
        }
    }

    /// Did the frame at `base`, which is seen for the first time, run before anybody watched? Old frames above it are gone.
    pub fn ran_unwatched(&self, base: usize) -> bool {
        let old = self.tracing.old.get() >= base;
        self.tracing.old.set(self.tracing.old.get().min(base));
        old
    }

    /// Is somebody to be told what happens?
    #[inline]
    pub fn is_traced(&self) -> bool {
        self.is_observed() && !self.tracing.busy.get() && self.watches(WATCHING)
    }

    /// The innermost watched frame, once those that ended above `base` are forgotten.
    pub fn watched(&self, base: usize) -> Option<Watched> {
        let mut watched = self.tracing.watched.borrow_mut();
        while watched.last().is_some_and(|last| last.base > base) {
            watched.pop();
        }
        watched.last().filter(|last| last.base == base).cloned()
    }

    /// The frame object of a frame that is watched and runs `code`.
    pub fn watched_frame(&self, base: usize, code: Obj) -> Option<Obj> {
        let watched = self.tracing.watched.borrow();
        let found = watched.iter().rfind(|each| each.base == base)?;
        let same = found.frame.expect::<Frame>().code.get().is_some_and(|own| own.same(&code));
        same.then(|| found.frame.clone())
    }

    /// Watches a frame that has been running for a while, unless it is watched already.
    pub fn watch_old(&self, base: usize, frame: Obj, line: u32) {
        let code = frame.expect::<Frame>().code.get().unwrap_or_else(Obj::none);
        if self.watched_frame(base, code).is_none() {
            let pc = frame.expect::<Frame>().pc.get();
            self.watch(Watched { base, frame, line, pc, native: None, silent: false });
        }
    }

    /// Watches a frame, or notes how it went on.
    pub fn watch(&self, entry: Watched) {
        let mut watched = self.tracing.watched.borrow_mut();
        match watched.iter().position(|each| each.base >= entry.base) {
            Some(at) if watched[at].base == entry.base => watched[at] = entry,
            Some(at) => watched.insert(at, entry),
            None => watched.push(entry),
        }
    }

    /// The frame at `base` and those above it are over.
    pub fn unwatch(&self, base: usize) {
        self.tracing.old.set(self.tracing.old.get().min(base.saturating_sub(1)));
        let mut watched = self.tracing.watched.borrow_mut();
        while watched.last().is_some_and(|last| last.base >= base) {
            watched.pop();
        }
    }

    /// Tells the trace function, the profile function, and the tools of `sys.monitoring`. One that raises is not asked again. `first` is
    /// the first argument of a call.
    pub fn tell(&self, frame: &Obj, event: Event, argument: &Obj, first: Option<&Obj>) -> PyResult<()> {
        if self.tracing.busy.get() {
            return Ok(());
        }
        if event.is_traced()
            && let Some(global) = self.tracing.trace.get()
        {
            self.tell_trace(frame, event, argument, global)?;
        }
        if event.is_profiled()
            && (!event.is_native() || argument.kind() == Kind::NativeFunction)
            && let Some(profile) = self.tracing.profile.get()
            && let Err(raised) = self.ask(&profile, frame, event, argument)
        {
            self.set_profile(None);
            return Err(raised);
        }
        match self.watches(observer::MONITOR) {
            true => self.tell_tools(frame, event, argument, first),
            false => Ok(()),
        }
    }

    /// A call goes to the thread's function, which names the frame's own; anything else to that.
    fn tell_trace(&self, frame: &Obj, event: Event, argument: &Obj, global: Obj) -> PyResult<()> {
        let (lines, opcodes) = switches(frame);
        let function = match event {
            Event::Line if !lines => return Ok(()),
            Event::Opcode if !opcodes => return Ok(()),
            Event::Start | Event::Resume | Event::Throw => global,
            _ => match local_trace(frame) {
                Some(local) => local,
                None => return Ok(()),
            },
        };
        match self.ask(&function, frame, event, argument) {
            Ok(answer) if answer.is_none() => Ok(()),
            Ok(answer) => {
                set_local_trace(frame, Some(answer));
                Ok(())
            }
            Err(raised) => {
                self.set_trace(None);
                set_local_trace(frame, None);
                Err(raised)
            }
        }
    }

    /// Calls a trace or profile function.
    fn ask(&self, function: &Obj, frame: &Obj, event: Event, argument: &Obj) -> PyResult {
        let argument = match event {
            Event::Return | Event::Yield | Event::NativeCall | Event::NativeReturn | Event::NativeException => {
                argument.clone()
            }
            Event::Exception => crate::types::exception::parts(self, argument),
            _ => Obj::none(),
        };
        self.call_watcher(function, &[frame.clone(), text::intern(event.name()), argument])
    }

    /// Calls a function that watches; nothing is told meanwhile, and what was pending is so again.
    fn call_watcher(&self, function: &Obj, args: &[Obj]) -> PyResult {
        let pending = self.take_pending();
        self.tracing.busy.set(true);
        let answer = protocol::call(self, function, &crate::Args::new(args));
        self.tracing.busy.set(false);
        if let (Ok(_), Some(pending)) = (&answer, pending) {
            let _still = self.set_pending(pending);
        }
        answer
    }
}

/// `code`, `offset`: where a frame stands, as the callbacks of `sys.monitoring` get it.
fn place(frame: &Obj) -> (Obj, u32) {
    let view = frame.expect::<Frame>();
    (view.code.get().unwrap_or_else(|| Tuple::create(Vec::new())), view.pc.get() * 2)
}

//! `_thread` for programs of one thread: locks work, starting a thread raises a clear error.

use std::cell::Cell;

use pv_object::{Obj, Payload};
use pv_runtime::{Args, Exc, PyResult, Slots, Thread, TypeTable, getsets, natives};

use crate::support::{Parameters, constant, create, functions, module_item, state};

/// How often the only thread holds it.
struct Lock {
    held: Cell<u32>,
    reentrant: bool,
}

impl Payload for Lock {}

static ACQUIRE: Parameters = Parameters::new("acquire", "(blocking=True, timeout=-1)");

fn make<const REENTRANT: bool>(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, Lock { held: Cell::new(0), reentrant: REENTRANT }))
}

fn acquire(cx: &Thread, args: &Args<'_>) -> PyResult {
    let lock = state::<Lock>(cx, &args.values()[0])?;
    let bound = ACQUIRE.bind(cx, &args.rest())?;
    if lock.held.get() == 0 || lock.reentrant {
        lock.held.set(lock.held.get() + 1);
        return Ok(Obj::bool(true));
    }
    let waits = bound[0].as_ref().is_none_or(|blocking| blocking.as_i64() != Some(0));
    let forever = bound[1]
        .as_ref()
        .and_then(|timeout| crate::support::real(cx, timeout).ok())
        .is_none_or(|timeout| timeout < 0.0);
    if waits && forever {
        return Err(cx.runtime_error("deadlock: the only thread waits for a lock that it holds"));
    }
    Ok(Obj::bool(false))
}

fn release(cx: &Thread, this: &Obj) -> PyResult {
    let lock = state::<Lock>(cx, this)?;
    match lock.held.get() {
        0 if lock.reentrant => Err(cx.runtime_error("cannot release un-acquired lock")),
        0 => Err(cx.runtime_error("release unlocked lock")),
        held => {
            lock.held.set(held - 1);
            Ok(Obj::none())
        }
    }
}

fn enter(cx: &Thread, this: &Obj) -> PyResult {
    acquire(cx, &Args::new(std::slice::from_ref(this)))
}

fn exit(cx: &Thread, args: &Args<'_>) -> PyResult {
    release(cx, &args.values()[0])
}

fn locked(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(state::<Lock>(cx, this)?.held.get() > 0))
}

fn is_owned(cx: &Thread, this: &Obj) -> PyResult {
    locked(cx, this)
}

natives! { static METHODS:
    "__enter__" "(self, /)" F1(enter) "Lock the lock.";
    "__exit__" "" Raw(exit) "Release the lock.";
    "_is_owned" "(self, /)" F1(is_owned) "For internal use by threading.Condition.";
    "acquire" "" Raw(acquire) "Lock the lock.";
    "locked" "(self, /)" F1(locked) "Return whether the lock is in the locked state.";
    "release" "(self, /)" F1(release) "Release the lock.";
}

static LOCK: TypeTable =
    TypeTable { methods: METHODS, slots: Slots { new: Some(make::<false>), ..Slots::NONE }, ..TypeTable::NONE };
static RLOCK: TypeTable =
    TypeTable { methods: METHODS, slots: Slots { new: Some(make::<true>), ..Slots::NONE }, ..TypeTable::NONE };

fn allocate_lock(cx: &Thread) -> PyResult {
    Ok(create(&module_item(cx, "_thread", "lock")?, Lock { held: Cell::new(0), reentrant: false }))
}

fn get_ident(_: &Thread) -> PyResult {
    Ok(Obj::int(i64::from(std::process::id())))
}

fn count(_: &Thread) -> PyResult {
    Ok(Obj::small(0))
}

fn start(cx: &Thread, _: &Args<'_>) -> PyResult {
    Err(cx.runtime_error("can't start new thread: threads are not supported yet"))
}

/// What the module `threading` knows a thread by.
struct Handle {
    done: Cell<bool>,
}

impl Payload for Handle {}

fn new_handle(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, Handle { done: Cell::new(false) }))
}

fn make_handle(cx: &Thread, _: &Obj) -> PyResult {
    Ok(create(&module_item(cx, "_thread", "_ThreadHandle")?, Handle { done: Cell::new(false) }))
}

fn is_done(cx: &Thread, this: &Obj) -> PyResult {
    Ok(Obj::bool(state::<Handle>(cx, this)?.done.get()))
}

fn set_done(cx: &Thread, this: &Obj) -> PyResult {
    state::<Handle>(cx, this)?.done.set(true);
    Ok(Obj::none())
}

fn join(cx: &Thread, this: &Obj, _: Option<&Obj>) -> PyResult {
    match state::<Handle>(cx, this)?.done.get() {
        true => Ok(Obj::none()),
        false => Err(cx.runtime_error("Cannot join current thread")),
    }
}

fn handle_ident(cx: &Thread, _: &Obj) -> PyResult {
    get_ident(cx)
}

natives! { static HANDLE_METHODS:
    "_set_done" "(self, /)" F1(set_done) "Marks the thread as ended.";
    "is_done" "(self, /)" F1(is_done) "Has the thread ended?";
    "join" "(self, timeout=None, /)" O2(join) "Waits for the end of the thread.";
}

getsets! { static HANDLE_GETSETS:
    "ident" handle_ident => "";
}

static HANDLE: TypeTable = TypeTable {
    methods: HANDLE_METHODS,
    getsets: HANDLE_GETSETS,
    slots: Slots { new: Some(new_handle), ..Slots::NONE },
    ..TypeTable::NONE
};

/// The attributes that each thread has for itself: there is one thread, so they are the object's.
struct Local;

impl Payload for Local {}

fn new_local(_: &Thread, class: &Obj, _: &Args<'_>) -> PyResult {
    Ok(create(class, Local))
}

static LOCAL: TypeTable =
    TypeTable { slots: Slots { new: Some(new_local), ..Slots::NONE }, doc: "Thread-local data", ..TypeTable::NONE };

fn yes(_: &Thread) -> PyResult {
    Ok(Obj::bool(true))
}

fn shutdown(_: &Thread) -> PyResult {
    Ok(Obj::none())
}

fn stack_size(_: &Thread, _: Option<&Obj>) -> PyResult {
    Ok(Obj::small(0))
}

natives! { static FUNCTIONS:
    "_count" "()" F0(count) "The number of threads besides the main one.";
    "_get_main_thread_ident" "()" F0(get_ident) "A number that names the main thread.";
    "_is_main_interpreter" "()" F0(yes) "Is this the main interpreter?";
    "_make_thread_handle" "(ident, /)" F1(make_handle) "Makes the handle of a thread that runs.";
    "_shutdown" "()" F0(shutdown) "Waits for all threads: there are none.";
    "daemon_threads_allowed" "()" F0(yes) "May there be daemon threads?";
    "stack_size" "(size=0, /)" O1(stack_size) "The stack size of new threads: the default one.";
    "allocate_lock" "()" F0(allocate_lock) "Create a new lock object.";
    "get_ident" "()" F0(get_ident) "A number that names the thread.";
    "get_native_id" "()" F0(get_ident) "The system's number of the thread.";
    "start_joinable_thread" "" Raw(start) "Starts a thread (not supported yet).";
    "start_new_thread" "" Raw(start) "Starts a thread (not supported yet).";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "_thread", FUNCTIONS);
    let lock = crate::support::weak_class(cx, namespace, "_thread", "lock", &LOCK);
    constant(namespace, "LockType", lock);
    crate::support::class(cx, namespace, "_thread", "_ThreadHandle", &HANDLE);
    crate::support::class_with_dict(cx, namespace, "_thread", "_local", &LOCAL);
    crate::support::weak_class(cx, namespace, "_thread", "RLock", &RLOCK);
    constant(namespace, "error", cx.vm().exception(Exc::RuntimeError).clone());
    constant(namespace, "TIMEOUT_MAX", Obj::float(9_223_372_036.0));
    Ok(())
}

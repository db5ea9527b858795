//! `select`: waiting until descriptors can be read or written, by `poll(2)`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pv_object::{List, Obj, Payload, Tuple};
use pv_runtime::descriptors::Descriptor;
use pv_runtime::{Args, Exc, PyResult, Slots, Thread, TypeTable, natives, protocol};
use rustix::event::{PollFd, PollFlags, Timespec};

use crate::posix::os_error;
use crate::support::{Parameters, absent, class, constant, create, functions, machine_int, module_item, real, state};

/// What `poll` objects can wait for and tell.
const EVENTS: &[(&str, PollFlags)] = &[
    ("POLLIN", PollFlags::IN),
    ("POLLPRI", PollFlags::PRI),
    ("POLLOUT", PollFlags::OUT),
    ("POLLERR", PollFlags::ERR),
    ("POLLHUP", PollFlags::HUP),
    ("POLLNVAL", PollFlags::NVAL),
];

/// The number of a descriptor, or of what an object with `fileno()` stands for.
fn number(cx: &Thread, value: &Obj) -> PyResult<i32> {
    let found = match value.is_int() {
        true => value.clone(),
        false => {
            let name = pv_runtime::text::intern("fileno");
            if pv_runtime::attr::get_optional(cx, value, &name)?.is_none() {
                return Err(cx.type_error("argument must be an int, or have a fileno() method."));
            }
            protocol::call_method0(cx, value, "fileno")?
        }
    };
    match machine_int(cx, &found)? {
        number if number < 0 => {
            Err(cx.value_error(format_args!("file descriptor cannot be a negative integer ({number})")))
        }
        number => Ok(number as i32),
    }
}

fn descriptor(cx: &Thread, number: i32) -> PyResult<Descriptor> {
    cx.vm().descriptors.get(number).map_err(|error| os_error(cx, &error, None))
}

/// Waits; the events of each descriptor. A signal that comes in between is served, and the rest of the time waited for.
fn wait(cx: &Thread, wanted: &[(i32, PollFlags)], timeout: Option<Duration>) -> PyResult<Vec<PollFlags>> {
    let mut descriptors = Vec::new();
    for (number, _) in wanted {
        descriptors.push(descriptor(cx, *number)?);
    }
    let end = timeout.map(|timeout| Instant::now() + timeout);
    loop {
        let pairs = descriptors.iter().zip(wanted);
        let mut polled: Vec<PollFd<'_>> = pairs.map(|(fd, (_, events))| PollFd::new(fd, *events)).collect();
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let left = left.map(|left| Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) });
        match rustix::event::poll(&mut polled, left.as_ref()) {
            Ok(_) => return Ok(polled.iter().map(PollFd::revents).collect()),
            Err(rustix::io::Errno::INTR) => cx.run_pending()?,
            Err(error) => return Err(os_error(cx, &error.into(), None)),
        }
    }
}

/// A timeout in `unit`s of a second; `None` for ever.
fn duration(cx: &Thread, timeout: Option<&Obj>, unit: f64) -> PyResult<Option<Duration>> {
    if absent(timeout) {
        return Ok(None);
    }
    let amount = timeout.map_or(Ok(0.0), |timeout| real(cx, timeout))? * unit;
    Ok(Duration::try_from_secs_f64(amount).ok())
}

fn select(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(readers), Some(writers), Some(exceptional), timeout] = args else {
        return Err(cx.system_error("select"));
    };
    let timeout = duration(cx, timeout.as_ref(), 1.0)?;
    if timeout.is_none() && !absent(args[3].as_ref()) {
        return Err(cx.value_error("timeout must be non-negative"));
    }
    let kinds = [(readers, PollFlags::IN), (writers, PollFlags::OUT), (exceptional, PollFlags::PRI)];
    let (mut objects, mut wanted) = (Vec::new(), Vec::new());
    for (index, (list, events)) in kinds.iter().enumerate() {
        for object in protocol::collect(cx, list)? {
            wanted.push((number(cx, &object)?, *events));
            objects.push((index, object));
        }
    }
    let found = wait(cx, &wanted, timeout)?;
    let mut ready = [Vec::new(), Vec::new(), Vec::new()];
    for (((index, object), (_, events)), found) in objects.into_iter().zip(&wanted).zip(found) {
        let also = if index == 2 { PollFlags::empty() } else { PollFlags::HUP | PollFlags::ERR };
        if found.intersects(*events | also) {
            ready[index].push(object);
        }
    }
    Ok(Tuple::create(ready.into_iter().map(List::create).collect()))
}

/// What a `poll` object watches.
struct Poll(RefCell<BTreeMap<i32, PollFlags>>);

impl Payload for Poll {}

fn poll_object(cx: &Thread) -> PyResult {
    Ok(create(&module_item(cx, "select", "_Poll")?, Poll(RefCell::default())))
}

static REGISTER: Parameters = Parameters::new("register", "(fd, eventmask=7, /)");

fn set_events(cx: &Thread, args: &Args<'_>, must_exist: bool) -> PyResult {
    let poll = state::<Poll>(cx, &args.values()[0])?;
    let bound = REGISTER.bind(cx, &args.rest())?;
    let number = number(cx, bound[0].as_ref().unwrap_or(&Obj::none()))?;
    let events = bound[1].as_ref().map_or(Ok(7), |events| machine_int(cx, events))?;
    if must_exist && !poll.0.borrow().contains_key(&number) {
        return Err(os_error(cx, &std::io::Error::from_raw_os_error(2), None));
    }
    poll.0.borrow_mut().insert(number, PollFlags::from_bits_retain(events as u16));
    Ok(Obj::none())
}

fn register(cx: &Thread, args: &Args<'_>) -> PyResult {
    set_events(cx, args, false)
}

fn modify(cx: &Thread, args: &Args<'_>) -> PyResult {
    set_events(cx, args, true)
}

fn unregister(cx: &Thread, this: &Obj, file: &Obj) -> PyResult {
    let number = number(cx, file)?;
    match state::<Poll>(cx, this)?.0.borrow_mut().remove(&number) {
        Some(_) => Ok(Obj::none()),
        None => Err(cx.key_error(Obj::small(number))),
    }
}

/// `poll(milliseconds)`.
fn poll(cx: &Thread, this: &Obj, timeout: Option<&Obj>) -> PyResult {
    let wanted: Vec<_> = state::<Poll>(cx, this)?.0.borrow().iter().map(|(fd, events)| (*fd, *events)).collect();
    let found = wait(cx, &wanted, duration(cx, timeout, 0.001)?)?;
    let ready = wanted.iter().zip(found).filter(|(_, found)| !found.is_empty());
    let pair = |((number, _), found): (&(i32, PollFlags), PollFlags)| {
        Tuple::create(vec![Obj::small(*number), Obj::small(i32::from(found.bits()))])
    };
    Ok(List::create(ready.map(pair).collect()))
}

natives! { static METHODS:
    "modify" "" Raw(modify) "Modify an already registered file descriptor.";
    "poll" "(self, timeout=None, /)" O2(poll) "Polls the set of registered file descriptors.";
    "register" "" Raw(register) "Register a file descriptor with the polling object.";
    "unregister" "(self, fd, /)" F2(unregister) "Remove a file descriptor being tracked by the polling object.";
}

static POLL: TypeTable = TypeTable { methods: METHODS, slots: Slots::NONE, ..TypeTable::NONE };

natives! { static FUNCTIONS:
    "poll" "()" F0(poll_object) "Returns a polling object.";
    "select" "(rlist, wlist, xlist, timeout=None, /)" Bound(select) "Wait until one or more file descriptors are ready for some kind of I/O.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "select", FUNCTIONS);
    class(cx, namespace, "select", "_Poll", &POLL);
    for (name, events) in EVENTS {
        constant(namespace, name, Obj::small(i32::from(events.bits())));
    }
    constant(namespace, "error", cx.vm().exception(Exc::OSError).clone());
    Ok(())
}

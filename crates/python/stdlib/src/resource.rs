//! `resource`: limits of the process.

use pv_object::{Obj, Tuple};
use pv_runtime::{Exc, PyResult, Thread, natives, protocol};
use rustix::process::{Resource, Rlimit};

use crate::posix::os_error;
use crate::support::{constant, functions, machine_int};

/// The resources, by their numbers (Linux).
const RESOURCES: &[(&str, i32, Resource)] = &[
    ("RLIMIT_CPU", 0, Resource::Cpu),
    ("RLIMIT_FSIZE", 1, Resource::Fsize),
    ("RLIMIT_DATA", 2, Resource::Data),
    ("RLIMIT_STACK", 3, Resource::Stack),
    ("RLIMIT_CORE", 4, Resource::Core),
    ("RLIMIT_RSS", 5, Resource::Rss),
    ("RLIMIT_NPROC", 6, Resource::Nproc),
    ("RLIMIT_NOFILE", 7, Resource::Nofile),
    ("RLIMIT_MEMLOCK", 8, Resource::Memlock),
    ("RLIMIT_AS", 9, Resource::As),
];

fn resource(cx: &Thread, number: &Obj) -> PyResult<Resource> {
    let number = machine_int(cx, number)?;
    match RESOURCES.iter().find(|(_, known, _)| i64::from(*known) == number) {
        Some((_, _, resource)) => Ok(*resource),
        None => Err(cx.value_error("invalid resource specified")),
    }
}

/// A limit as Python has it: -1 for none.
fn shown(limit: Option<u64>) -> Obj {
    limit.map_or_else(|| Obj::small(-1), |limit| Obj::int(limit as i64))
}

fn limit(cx: &Thread, value: &Obj) -> PyResult<Option<u64>> {
    Ok(u64::try_from(machine_int(cx, value)?).ok())
}

fn getrlimit(cx: &Thread, number: &Obj) -> PyResult {
    let limits = rustix::process::getrlimit(resource(cx, number)?);
    Ok(Tuple::pair(shown(limits.current), shown(limits.maximum)))
}

fn setrlimit(cx: &Thread, number: &Obj, limits: &Obj) -> PyResult {
    let resource = resource(cx, number)?;
    let limits = match &protocol::collect(cx, limits)?[..] {
        [current, maximum] => Rlimit { current: limit(cx, current)?, maximum: limit(cx, maximum)? },
        _ => return Err(cx.value_error("expected a tuple of 2 integers")),
    };
    let done = rustix::process::setrlimit(resource, limits);
    done.map(|()| Obj::none()).map_err(|error| os_error(cx, &error.into(), None))
}

natives! { static FUNCTIONS:
    "getrlimit" "(resource, /)" F1(getrlimit) "Return a tuple (soft, hard) with the current limits of the resource.";
    "setrlimit" "(resource, limits, /)" F2(setrlimit) "Set new limits of consumption of the resource.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "resource", FUNCTIONS);
    RESOURCES.iter().for_each(|(name, number, _)| constant(namespace, name, Obj::small(*number)));
    constant(namespace, "RLIM_INFINITY", Obj::small(-1));
    constant(namespace, "error", cx.vm().exception(Exc::OSError).clone());
    Ok(())
}

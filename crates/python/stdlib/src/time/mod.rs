//! `time`: clocks, sleeping, and calendar time ([`calendar`]). The local zone is UTC.

mod calendar;

use std::time::Duration;

use pv_object::{Obj, Tuple};
use pv_runtime::{PyResult, Thread, natives, text};
use rustix::time::{ClockId, clock_gettime};

use crate::support::record::{TIME, record_class};
use crate::support::{constant, functions, real};

/// A clock's reading in nanoseconds.
fn read(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// A clock's reading in seconds, rounded once.
fn seconds(clock: ClockId) -> Obj {
    let nanoseconds = read(clock);
    Obj::float(nanoseconds as f64 / 1e9)
}

macro_rules! clocks {
    ($($name:ident $name_ns:ident $clock:ident;)*) => {
        $(fn $name(_: &Thread) -> PyResult {
            Ok(seconds(ClockId::$clock))
        }
        fn $name_ns(_: &Thread) -> PyResult {
            Ok(Obj::int(read(ClockId::$clock)))
        })*
    };
}

clocks! {
    time time_ns Realtime;
    monotonic monotonic_ns Monotonic;
    process_time process_time_ns ProcessCPUTime;
    thread_time thread_time_ns ThreadCPUTime;
}

fn sleep(cx: &Thread, duration: &Obj) -> PyResult {
    if duration.as_float().is_none()
        && !duration.is_int()
        && cx.lookup_special(duration, &cx.names().__index__).is_none()
    {
        let found = cx.type_name(duration);
        return Err(cx.type_error(format_args!("'{found}' object cannot be interpreted as an integer or float")));
    }
    let duration = real(cx, duration)?;
    if duration.is_nan() {
        return Err(cx.value_error("Invalid value NaN (not a number)"));
    }
    if duration < 0.0 {
        return Err(cx.value_error("sleep length must be non-negative"));
    }
    match Duration::try_from_secs_f64(duration) {
        Ok(duration) => std::thread::sleep(duration),
        Err(_) => return Err(cx.overflow_error("timestamp out of range for platform time_t")),
    }
    Ok(Obj::none())
}

natives! { static FUNCTIONS:
    "monotonic" "()" F0(monotonic) "Seconds on a clock that never goes back.";
    "monotonic_ns" "()" F0(monotonic_ns) "Nanoseconds on a clock that never goes back.";
    "perf_counter" "()" F0(monotonic) "Seconds on the clock for measuring.";
    "perf_counter_ns" "()" F0(monotonic_ns) "Nanoseconds on the clock for measuring.";
    "process_time" "()" F0(process_time) "Processor time of the process, in seconds.";
    "process_time_ns" "()" F0(process_time_ns) "Processor time of the process, in nanoseconds.";
    "sleep" "(object, /)" F1(sleep) "Waits for a number of seconds.";
    "thread_time" "()" F0(thread_time) "Processor time of the thread, in seconds.";
    "thread_time_ns" "()" F0(thread_time_ns) "Processor time of the thread, in nanoseconds.";
    "time" "()" F0(time) "Seconds since 1970.";
    "time_ns" "()" F0(time_ns) "Nanoseconds since 1970.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "time", FUNCTIONS);
    functions(cx, namespace, "time", calendar::FUNCTIONS);
    record_class(cx, namespace, "time", "struct_time", &TIME, 9);
    for name in ["timezone", "altzone", "daylight"] {
        constant(namespace, name, Obj::small(0));
    }
    constant(namespace, "tzname", Tuple::pair(text::new("UTC"), text::new("UTC")));
    Ok(())
}

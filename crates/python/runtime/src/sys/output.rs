//! Writing to the program's standard streams: through `sys.stdout` and `sys.stderr` where the program has them, else directly.

use std::io::Write;

use pv_object::{Dict, Obj};

use crate::error::PyResult;
use crate::protocol;
use crate::text;
use crate::thread::Thread;

fn stream(cx: &Thread, name: &str) -> Option<Obj> {
    cx.vm().sys.expect::<Dict>().get(name).filter(|stream| !stream.is_none())
}

/// Writes to `sys.stdout`.
pub fn write_stdout(cx: &Thread, shown: &str) -> PyResult<()> {
    if let Some(stream) = stream(cx, "stdout") {
        return protocol::call_method1(cx, &stream, "write", &text::new(shown)).map(drop);
    }
    std::io::stdout().write_all(shown.as_bytes()).map_err(|error| cx.io_error(&error, None))
}

/// Writes to `sys.stderr`; where that fails, to the process's standard error.
pub fn write_stderr(cx: &Thread, shown: &str) {
    if let Some(stream) = stream(cx, "stderr") {
        match protocol::call_method1(cx, &stream, "write", &text::new(shown)) {
            Ok(_) => return,
            Err(raised) => cx.discard(raised),
        }
    }
    eprint!("{shown}");
}

/// Flushes both streams; a failure of standard output is the program's error.
pub fn flush_standard(cx: &Thread) -> PyResult<()> {
    for name in ["stderr", "stdout"] {
        if let Some(stream) = stream(cx, name) {
            protocol::call_method0(cx, &stream, "flush")?;
        }
    }
    std::io::stdout().flush().map_err(|error| cx.io_error(&error, None))
}

//! Warnings that native code gives, through the module `warnings`.

use pv_object::Obj;

use crate::error::{Exc, PyResult};
use crate::protocol;
use crate::text;
use crate::thread::Thread;

/// Gives a warning of the built-in category about the innermost Python frame. An error where the filters make one of it.
pub fn warn(cx: &Thread, category: Exc, message: &str) -> PyResult<()> {
    let warnings = crate::import::import_module(cx, "warnings")?;
    let args = [text::new(message), cx.vm().exception(category).clone(), Obj::small(1)];
    protocol::call_method(cx, &warnings, "warn", &args).map(drop)
}

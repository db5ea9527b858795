//! Import.

use crate::error::PyResult;
use crate::text;
use crate::thread::Thread;
use crate::types::dict;

/// Where the embedded library's modules come from.
pub trait LibrarySource {
    /// The source of a module by its full name, and whether it is a package.
    fn find(&self, name: &str) -> Option<LibraryModule>;
}

/// A module of the embedded library.
pub struct LibraryModule {
    /// Its source text.
    pub source: std::borrow::Cow<'static, str>,
    /// Is it a package (`__init__.py`)?
    pub is_package: bool,
    /// The file name that tracebacks show.
    pub file: String,
}

/// Imports a module by its full name.
pub fn import_module(cx: &Thread, name: &str) -> PyResult {
    match dict::get_str(&cx.vm().modules, &text::intern(name)) {
        Some(module) => Ok(module),
        None => Err(cx.import_error(format_args!("No module named '{name}'"))),
    }
}

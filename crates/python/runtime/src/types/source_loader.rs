//! `__loader__` of modules that were imported from a source: whoever shows source lines asks it for them.

use pv_object::{Native, Obj, Payload};

use super::TypeTable;
use crate::error::traceback::source_of;
use crate::error::{Exc, PyResult};
use crate::slots::Slots;
use crate::text;
use crate::thread::Thread;

struct Loader {
    name: String,
    file: String,
}

impl Payload for Loader {}

/// The loader of a module.
pub(crate) fn create(cx: &Thread, name: &str, file: &str) -> Obj {
    let loader = Loader { name: name.to_owned(), file: file.to_owned() };
    Native::create(Box::new(loader), cx.vm().extra_shape("SourceFileLoader"))
}

/// The loader, if it is the one of the module of this name.
fn checked<'a>(cx: &Thread, loader: &'a Obj, name: Option<&Obj>) -> PyResult<&'a Loader> {
    let Some(loader) = loader.native::<Loader>() else { return Err(cx.type_error("a loader is made by an import")) };
    match name.filter(|name| !name.is_none() && !text::eq(name, &loader.name)) {
        None => Ok(loader),
        Some(name) => {
            let (own, asked) = (&loader.name, text::to_string(&crate::protocol::str(cx, name)?));
            Err(cx.raise_message(Exc::ImportError, format_args!("loader for {own} cannot handle {asked}")))
        }
    }
}

fn get_source(cx: &Thread, loader: &Obj, name: Option<&Obj>) -> PyResult {
    let loader = checked(cx, loader, name)?;
    match source_of(cx, &loader.file) {
        Some(source) => Ok(text::new(&source)),
        None => Err(cx.raise_message(Exc::OSError, "source not available through get_source()")),
    }
}

fn get_filename(cx: &Thread, loader: &Obj, name: Option<&Obj>) -> PyResult {
    checked(cx, loader, name).map(|loader| text::new(&loader.file))
}

fn name(cx: &Thread, loader: &Obj) -> PyResult {
    checked(cx, loader, None).map(|loader| text::new(&loader.name))
}

fn path(cx: &Thread, loader: &Obj) -> PyResult {
    checked(cx, loader, None).map(|loader| text::new(&loader.file))
}

crate::natives! { static METHODS:
    "get_source" "(self, fullname=None)" O2(get_source) "The module's source text.";
    "get_filename" "(self, fullname=None)" O2(get_filename) "The name of the module's file.";
}

crate::getsets! { static GETSETS:
    "name" name => "The module's name.";
    "path" path => "The name of its file.";
}

/// `SourceFileLoader`.
pub(crate) static TABLE: TypeTable =
    TypeTable { methods: METHODS, getsets: GETSETS, slots: Slots::NONE, ..TypeTable::NONE };

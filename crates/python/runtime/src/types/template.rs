//! Template strings.

use pv_object::Obj;

use crate::error::PyResult;
use crate::protocol;
use crate::thread::Thread;

/// The class of `string.templatelib` with this name.
fn class(cx: &Thread, name: &str) -> PyResult {
    let module = crate::import::import_module(cx, "string.templatelib")?;
    crate::attr::get_str(cx, &module, name)
}

/// A Template of strings and interpolations, which alternate.
pub fn build(cx: &Thread, strings: &Obj, interpolations: &Obj) -> PyResult {
    let class = class(cx, "Template")?;
    let (strings, interpolations) = (protocol::collect(cx, strings)?, protocol::collect(cx, interpolations)?);
    let mut parts = Vec::new();
    let mut rest = interpolations.into_iter();
    for string in strings {
        parts.push(string);
        parts.extend(rest.next());
    }
    protocol::call(cx, &class, &crate::Args::new(&parts))
}

/// An Interpolation of value, source text and format spec.
pub fn interpolation(cx: &Thread, parts: Vec<Obj>, conversion: u32) -> PyResult {
    let class = class(cx, "Interpolation")?;
    let [value, source, spec] = &parts[..] else { return Err(cx.system_error("an interpolation has three parts")) };
    let conversion = match conversion {
        1 => crate::text::new("s"),
        2 => crate::text::new("r"),
        3 => crate::text::new("a"),
        _ => Obj::none(),
    };
    protocol::call(cx, &class, &crate::Args::new(&[value.clone(), source.clone(), conversion, spec.clone()]))
}

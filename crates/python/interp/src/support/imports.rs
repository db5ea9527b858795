//! The import statement, over the runtime's import machinery.

use pv_object::{Dict, Kind, Module, Obj, Str};
use pv_runtime::{Args, Exc, PyResult, Thread, attr, protocol, text};

use crate::globals;

/// `__import__(name, globals, None, fromlist, level)`, whatever `builtins.__import__` is now.
pub fn import_name(cx: &Thread, globals: &Obj, name: &Obj, list: &Obj, level: u32) -> PyResult {
    let import = globals::builtin(cx, globals, &cx.names().__import__).map_err(|raised| {
        cx.discard(raised);
        cx.import_error("__import__ not found")
    })?;
    let level = Obj::small(level as i32);
    // Only a function of the program's looks at the locals.
    let locals = match import.kind() {
        Kind::NativeFunction => Obj::none(),
        _ => cx.vm().namespaces(cx).map_or_else(Obj::none, |(_, locals)| locals),
    };
    let values = [name.clone(), globals.clone(), locals, list.clone(), level];
    protocol::call(cx, &import, &Args::new(&values))
}

/// `from module import name`: the attribute, or the submodule of that name.
pub fn import_from(cx: &Thread, module: &Obj, name: &Obj) -> PyResult {
    if let Some(value) = cx.absorb(attr::get(cx, module, name), Exc::AttributeError)? {
        return Ok(value);
    }
    let text_of = |value: &Obj| value.downcast::<Str>().map(Str::to_string_lossy);
    let package =
        cx.absorb(attr::get_str(cx, module, "__name__"), Exc::AttributeError)?.and_then(|name| text_of(&name));
    let name = text_of(name).unwrap_or_default();
    if let Some(package) = &package {
        let full = text::intern(&format!("{package}.{name}"));
        if let Some(found) = cx.vm().modules.expect::<Dict>().get_str(&full) {
            return Ok(found);
        }
    }
    let file = cx.absorb(attr::get_str(cx, module, "__file__"), Exc::AttributeError)?.and_then(|file| text_of(&file));
    let shown = package.as_deref().unwrap_or("<unknown module name>");
    let place = file.as_deref().unwrap_or("unknown location");
    let message = format!("cannot import name '{name}' from '{shown}' ({place})");
    let error = cx.new_exception(Exc::ImportError, vec![text::new(&message)]);
    let fields = [("name", package.as_deref()), ("name_from", Some(&*name)), ("path", file.as_deref())];
    for (field, value) in fields.into_iter().filter_map(|(field, value)| Some((field, value?))) {
        pv_runtime::types::exception::set_field(&error, field, text::new(value));
    }
    Err(cx.raise_thrown(error))
}

/// `from module import *`.
pub fn import_star(cx: &Thread, module: &Obj, namespace: &Obj) -> PyResult<()> {
    let all = cx.absorb(attr::get_str(cx, module, "__all__"), Exc::AttributeError)?;
    let names = match all {
        Some(all) => protocol::collect(cx, &all)?,
        None => public_names(module),
    };
    for name in names {
        let value = attr::get(cx, module, &name)?;
        protocol::set_item(cx, namespace, &name, &value)?;
    }
    Ok(())
}

fn public_names(module: &Obj) -> Vec<Obj> {
    let Some(view) = module.downcast::<Module>() else { return Vec::new() };
    let keys = view.dict().expect::<Dict>().keys();
    keys.into_iter().filter(|name| name.downcast::<Str>().is_some_and(|name| name.code_point(0) != Some(95))).collect()
}

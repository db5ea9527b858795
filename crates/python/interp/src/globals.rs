//! Names looked up the long way, and the errors for those that are not there.

use std::rc::Rc;

use pv_bytecode::CodeUnit;
use pv_bytecode::unit::flags;
use pv_object::{CellObj, CodeRef, Dict, Function, GlobalCell, Obj, Tuple};
use pv_runtime::builtins::{builtins_of, find_builtin};
use pv_runtime::{PyResult, Thread, code, protocol};

/// The names of a function's compiled unit.
fn unit_of(function: &Obj) -> Rc<CodeUnit> {
    Rc::clone(code::unit(&CodeRef::of_function(function)))
}

/// The global or builtin; NameError. Globals of a class derived from dict are asked as mappings.
pub fn lookup(cx: &Thread, globals: &Obj, name: &Obj) -> PyResult {
    if !globals.is_exact() {
        return match in_mapping(cx, globals, name)? {
            Some(value) => Ok(value),
            None => builtin(cx, globals, name),
        };
    }
    match globals.expect::<Dict>().get_str(name) {
        Some(value) => Ok(value),
        None => builtin(cx, globals, name),
    }
}

/// A builtin; NameError.
pub fn builtin(cx: &Thread, globals: &Obj, name: &Obj) -> PyResult {
    find_builtin(cx, globals, name)?.ok_or_else(|| cx.name_not_defined(name))
}

/// `__build_class__`; NameError.
pub fn build_class(cx: &Thread, globals: &Obj) -> PyResult {
    let found = find_builtin(cx, globals, &cx.names().__build_class__)?;
    found.ok_or_else(|| cx.name_error("__build_class__ not found"))
}

/// The global or builtin for a running function; the instruction's cache learns where it lies.
pub fn load(cx: &Thread, function: &Obj, name: &Obj, cache: u32) -> PyResult {
    let globals = function.expect::<Function>().globals.get().expect("a function has globals");
    if globals.is_exact() {
        remember(cx, CodeRef::of_function(function), &globals, name, cache);
    }
    lookup(cx, &globals, name)
}

/// Lets the cache of an instruction learn where a global or builtin lies. A dict that is the namespace of functions becomes a cell dict;
/// one that code runs in but once, as `eval` lets it, is left alone.
pub fn remember(cx: &Thread, code: CodeRef, globals: &Obj, name: &Obj, cache: u32) {
    let dict = globals.expect::<Dict>();
    if !dict.has_cells() && globals.is_exact() && code::unit(&code).flags & flags::NEWLOCALS != 0 {
        dict.gain_cells();
    }
    let (cell, own) = match dict.cell_of(name) {
        Some(cell) => (Some(cell), true),
        None => (builtins_of(cx, globals).exact::<Dict>().and_then(|builtins| builtins.cell_of(name)), false),
    };
    if let (Some(cell), true) = (cell, dict.has_cells()) {
        if !own {
            // The builtins may lose the name, and with it the cell, under the same version of the globals.
            cell.expect::<GlobalCell>().outlive();
        }
        code.cache(cache).set_global(dict.version(), cell.word(), own);
    }
}

/// Stores a global; the instruction's cache learns where it lies.
pub fn store(cx: &Thread, function: &Obj, name: &Obj, value: &Obj, cache: u32) -> PyResult<()> {
    let globals = function.expect::<Function>().globals.get().expect("a function has globals");
    globals.expect::<Dict>().set_str(name, value.clone());
    remember(cx, CodeRef::of_function(function), &globals, name, cache);
    Ok(())
}

/// The item `name` of a mapping, if it is there.
pub fn in_mapping(cx: &Thread, mapping: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
    if let Some(dict) = mapping.exact::<Dict>() {
        return Ok(dict.get_str(name));
    }
    cx.absorb(protocol::get_item(cx, mapping, name), pv_runtime::Exc::KeyError)
}

/// Deletes a name from a mapping, or from a function's globals where that is None.
pub fn delete(cx: &Thread, function: &Obj, mapping: &Obj, name: &Obj) -> PyResult<()> {
    if mapping.is_none() {
        let globals = function.expect::<Function>().globals.get().expect("a function has globals");
        let deleted = globals.expect::<Dict>().delete_str(name);
        return deleted.map(drop).ok_or_else(|| cx.name_not_defined(name));
    }
    match cx.absorb(protocol::del_item(cx, mapping, name), pv_runtime::Exc::KeyError)? {
        Some(()) => Ok(()),
        None => Err(cx.name_not_defined(name)),
    }
}

/// What closure cell `index` of a function holds.
pub fn free_variable(cx: &Thread, function: &Obj, index: u32) -> PyResult {
    let closure = function.expect::<Function>().closure.get();
    let cell = closure.and_then(|cells| cells.expect::<Tuple>().get(index as usize));
    match cell.and_then(|cell| cell.expect::<CellObj>().value.get()) {
        Some(value) => Ok(value),
        None => Err(unbound_free(cx, function, index)),
    }
}

/// UnboundLocalError for a register.
pub fn unbound_local(cx: &Thread, function: &Obj, register: u32) {
    let name = &unit_of(function).local_names[register as usize];
    let _ = cx.raise_message(
        pv_runtime::Exc::UnboundLocalError,
        format_args!("cannot access local variable '{name}' where it is not associated with a value"),
    );
}

/// NameError for a closure variable.
pub fn unbound_free(cx: &Thread, function: &Obj, index: u32) -> pv_runtime::Raised {
    let name = &unit_of(function).freevars[index as usize];
    let message =
        format!("cannot access free variable '{name}' where it is not associated with a value in enclosing scope");
    cx.name_error_of(&pv_runtime::text::intern(name), &message)
}

//! The end of a program: modules are let go in CPython's order, so that finalisers find what they find there.
//!
//! First every module loses its place in `sys.modules`: one that nobody else refers to dies with its variables. What only cycles keep
//! (a namespace with functions keeps itself) goes in a collection, its variables still in place. Modules that are left then have
//! their variables set to None: the private ones first, then the rest. `builtins` gets its first variables back before that, and is cleared
//! last of all, after `sys`.

use pv_object::{Dict, Kind, Module, Obj, Str, WeakRef};

use crate::text;
use crate::thread::Thread;
use crate::types::dict;
use crate::vm::Vm;

/// Attributes of `sys` that may refer to a program's objects.
const SYS_ATTRIBUTES: [&str; 10] = [
    "path",
    "argv",
    "ps1",
    "ps2",
    "last_exc",
    "last_type",
    "last_value",
    "last_traceback",
    "path_hooks",
    "path_importer_cache",
];

/// Remembers the variables that `builtins` has now: those that it gets back before it is cleared.
pub fn note_builtins(vm: &Vm) {
    *vm.first_builtins.borrow_mut() = dict::items(&vm.builtins);
}

/// Clears `sys` and `builtins`, after [`clear_modules`]: nothing that a program made is left, and no Python can run.
pub fn clear_core(cx: &Thread) {
    let vm = cx.vm();
    clear_namespace(cx, &vm.sys);
    clear_namespace(cx, &vm.builtins);
    vm.first_builtins.take();
    cx.collect_at_end();
}

/// Takes out of `builtins` what the program has put there.
fn restore_builtins(cx: &Thread) {
    let vm = cx.vm();
    let first = vm.first_builtins.borrow().clone();
    let before = dict::items(&vm.builtins);
    for (name, _) in before.iter().filter(|(name, _)| name.kind() == Kind::Str) {
        if !first.iter().any(|(known, _)| known.same(name)) {
            drop(vm.builtins.expect::<Dict>().delete_str(name));
        }
    }
    for (name, value) in first {
        dict::set_str(&vm.builtins, &name, value);
    }
    drop(before);
    cx.run_finalizers();
}

/// Lets all modules go. What finalisers raise is shown; nothing can be imported any more.
pub fn clear_modules(cx: &Thread) {
    let vm = cx.vm();
    cx.run_finalizers();
    if vm.heap.collects() {
        cx.collect(2);
    }
    vm.finalizing.set(true);
    for name in SYS_ATTRIBUTES {
        clear_variable(cx, &vm.sys, &text::intern(name));
    }
    for name in ["stdin", "stdout", "stderr"] {
        if let Some(original) = dict::get_str(&vm.sys, &text::intern(&format!("__{name}__"))) {
            dict::set_str(&vm.sys, &text::intern(name), original);
        }
        cx.run_finalizers();
    }
    let modules = remove_modules(cx);
    restore_builtins(cx);
    cx.collect_at_end();
    for module in modules.iter().rev().filter_map(|weakref| weakref.expect::<WeakRef>().target()) {
        let namespace = module.expect::<Module>().dict();
        if !namespace.same(&vm.sys) && !namespace.same(&vm.builtins) {
            clear_namespace(cx, &namespace);
        }
    }
    cx.collect_at_end();
}

/// Empties `sys.modules`; weak references to the modules that were in it.
fn remove_modules(cx: &Thread) -> Vec<Obj> {
    let table = &cx.vm().modules;
    let loaded = dict::items(table);
    let is_module = |(_, module): &&(Obj, Obj)| module.kind() == Kind::Module;
    let shape = cx.vm().heap.shape_of(Kind::WeakRef);
    let modules = loaded.iter().filter(is_module).map(|(_, module)| WeakRef::create(module, None, shape)).collect();
    let names: Vec<Obj> = loaded.into_iter().map(|(name, _)| name).collect();
    for name in names.iter().filter(|name| name.kind() == Kind::Str) {
        dict::set_str(table, name, Obj::none());
        cx.run_finalizers();
    }
    table.expect::<Dict>().remove_all();
    cx.run_finalizers();
    modules
}

fn clear_namespace(cx: &Thread, namespace: &Obj) {
    let is_private = |name: &Obj| {
        let text = name.expect::<Str>().to_string_lossy();
        text.starts_with('_') && !text.starts_with("__")
    };
    let names = || dict::items(namespace).into_iter().map(|(name, _)| name).filter(|name| name.kind() == Kind::Str);
    for name in names().filter(is_private).collect::<Vec<_>>() {
        clear_variable(cx, namespace, &name);
    }
    for name in names().filter(|name| !text::eq(name, "__builtins__")).collect::<Vec<_>>() {
        clear_variable(cx, namespace, &name);
    }
}

/// Sets a variable that exists to None.
fn clear_variable(cx: &Thread, namespace: &Obj, name: &Obj) {
    if dict::get_str(namespace, name).is_some_and(|value| !value.is_none()) {
        dict::set_str(namespace, name, Obj::none());
        cx.run_finalizers();
    }
}

//! Native modules and the embedded library.
//!
//! Role: a room per native module, each with its table of functions and types ([`MODULES`]), and the Python part of the standard
//! library as a [`library`] inside the executable. Algorithms that need no Python objects stand apart in [`algorithm`].
//! Invariant: nothing here runs or allocates before a module is imported.
#![forbid(unsafe_code)]

mod abc;
pub mod algorithm;
mod array;
mod bisect;
mod buffer;
mod codecs;
mod collections;
mod errno;
mod functools;
mod gc;
mod hashes;
mod io;
mod itertools;
pub mod library;
mod math;
mod memory_view;
mod operator;
mod posix;
mod random;
mod resource;
mod select;
mod socket;
mod sre;
mod structs;
mod suggestions;
mod support;
mod thread;
mod time;
mod unicodedata;
mod weakref;

use pv_object::{FrozenSet, Module, Obj, Tuple};
use pv_runtime::types::dict;
use pv_runtime::{NativeModule, Vm, text};

/// The native modules.
pub static MODULES: &[NativeModule] = &[
    NativeModule { name: "_abc", init: |cx, module| abc::init(cx, &namespace(module)) },
    NativeModule { name: "_bisect", init: |cx, module| bisect::init(cx, &namespace(module)) },
    NativeModule { name: "_codecs", init: |cx, module| codecs::init(cx, &namespace(module)) },
    NativeModule { name: "_collections", init: |cx, module| collections::init(cx, &namespace(module)) },
    NativeModule { name: "_functools", init: |cx, module| functools::init(cx, &namespace(module)) },
    NativeModule { name: "_io", init: |cx, module| io::init_module(cx, &namespace(module)) },
    NativeModule { name: "_md5", init: |cx, module| hashes::init(cx, &namespace(module), "_md5") },
    NativeModule { name: "_operator", init: |cx, module| operator::init(cx, &namespace(module)) },
    NativeModule { name: "_posixsubprocess", init: |cx, module| posix::process::init_starting(cx, &namespace(module)) },
    NativeModule { name: "_random", init: |cx, module| random::init(cx, &namespace(module)) },
    NativeModule { name: "_sha1", init: |cx, module| hashes::init(cx, &namespace(module), "_sha1") },
    NativeModule { name: "_sha2", init: |cx, module| hashes::init(cx, &namespace(module), "_sha2") },
    NativeModule { name: "_socket", init: |cx, module| socket::init(cx, &namespace(module)) },
    NativeModule { name: "_sre", init: |cx, module| sre::init(cx, &namespace(module)) },
    NativeModule { name: "_struct", init: |cx, module| structs::init_module(cx, &namespace(module)) },
    NativeModule { name: "_suggestions", init: |cx, module| suggestions::init(cx, &namespace(module)) },
    NativeModule { name: "_thread", init: |cx, module| thread::init(cx, &namespace(module)) },
    NativeModule { name: "_weakref", init: |cx, module| weakref::init(cx, &namespace(module)) },
    NativeModule { name: "array", init: |cx, module| array::init(cx, &namespace(module)) },
    NativeModule { name: "errno", init: |cx, module| errno::init(cx, &namespace(module)) },
    NativeModule { name: "gc", init: |cx, module| gc::init(cx, &namespace(module)) },
    NativeModule { name: "itertools", init: |cx, module| itertools::init(cx, &namespace(module)) },
    NativeModule { name: "math", init: |cx, module| math::init(cx, &namespace(module)) },
    NativeModule { name: "posix", init: |cx, module| posix::init(cx, &namespace(module)) },
    NativeModule { name: "resource", init: |cx, module| resource::init(cx, &namespace(module)) },
    NativeModule { name: "select", init: |cx, module| select::init(cx, &namespace(module)) },
    NativeModule { name: "time", init: |cx, module| time::init(cx, &namespace(module)) },
    NativeModule { name: "unicodedata", init: |cx, module| unicodedata::init(cx, &namespace(module)) },
];

/// The namespace of a module; a namespace is its own.
fn namespace(module: &Obj) -> Obj {
    module.downcast::<Module>().map_or_else(|| module.clone(), Module::dict)
}

/// `sys.builtin_module_names` and `sys.stdlib_module_names`.
fn name_modules(vm: &Vm) {
    let mut names: Vec<&str> = MODULES.iter().map(|row| row.name).chain(["builtins", "sys"]).collect();
    names.sort_unstable();
    let library = library::LibraryModule::names().filter(|name| !name.contains('.'));
    let all = FrozenSet::create();
    let table = all.expect::<FrozenSet>().table();
    for name in names.iter().copied().chain(library).map(text::intern) {
        let hash = pv_object::quick_hash(&name).unwrap_or(0);
        if matches!(table.probe(&name, hash), pv_object::Probe::Absent) {
            table.insert_absent(name, hash);
        }
    }
    let names = names.into_iter().map(text::intern).collect();
    dict::set_str(&vm.sys, &text::intern("builtin_module_names"), Tuple::create(names));
    dict::set_str(&vm.sys, &text::intern("stdlib_module_names"), all);
}

/// Makes the native modules and the library importable.
pub fn install(vm: &Vm) {
    vm.register_modules(MODULES);
    memory_view::install(vm);
    io::install_open(vm);
    name_modules(vm);
    vm.set_library(std::rc::Rc::new(library::Library));
}

/// Makes the standard streams of a program.
pub fn install_streams(cx: &pv_runtime::Thread) {
    io::standard::install(cx);
}

#[cfg(test)]
mod tests;

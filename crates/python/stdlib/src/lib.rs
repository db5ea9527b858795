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
mod collections;
mod errno;
mod functools;
mod io;
mod itertools;
pub mod library;
mod math;
mod memory_view;
mod operator;
mod posix;
mod random;
mod sha2;
mod support;
mod thread;
mod time;
mod weakref;

use pv_object::Tuple;
use pv_runtime::types::dict;
use pv_runtime::{NativeModule, Vm, text};

/// The native modules.
pub static MODULES: &[NativeModule] = &[
    NativeModule { name: "_abc", init: abc::init },
    NativeModule { name: "_bisect", init: bisect::init },
    NativeModule { name: "_collections", init: collections::init },
    NativeModule { name: "_functools", init: functools::init },
    NativeModule { name: "_operator", init: operator::init },
    NativeModule { name: "_random", init: random::init },
    NativeModule { name: "_sha2", init: sha2::init },
    NativeModule { name: "_thread", init: thread::init },
    NativeModule { name: "_weakref", init: weakref::init },
    NativeModule { name: "array", init: array::init },
    NativeModule { name: "errno", init: errno::init },
    NativeModule { name: "io", init: io::init_module },
    NativeModule { name: "itertools", init: itertools::init },
    NativeModule { name: "math", init: math::init },
    NativeModule { name: "posix", init: posix::init },
    NativeModule { name: "time", init: time::init },
];

/// `sys.builtin_module_names`.
fn name_modules(vm: &Vm) {
    let mut names: Vec<&str> = MODULES.iter().map(|row| row.name).chain(["builtins", "sys"]).collect();
    names.sort_unstable();
    let names = names.into_iter().map(text::intern).collect();
    dict::set_str(&vm.sys, &text::intern("builtin_module_names"), Tuple::create(names));
}

/// Makes the native modules and the library importable.
pub fn install(vm: &Vm) {
    vm.register_modules(MODULES);
    memory_view::install(vm);
    name_modules(vm);
    vm.set_library(std::rc::Rc::new(library::Library));
}

/// Makes the standard streams of a program.
pub fn install_streams(cx: &pv_runtime::Thread) {
    io::standard::install(cx);
}

#[cfg(test)]
mod tests;

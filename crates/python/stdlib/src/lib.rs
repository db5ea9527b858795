//! Native modules and the embedded library.
//!
//! Role: a room per native module, each with its table of functions and types ([`MODULES`]), and the Python part of the standard
//! library as a [`library`] inside the executable. Algorithms that need no Python objects stand apart in [`algorithm`].
//! Invariant: nothing here runs or allocates before a module is imported.
#![forbid(unsafe_code)]

pub mod algorithm;
mod array;
mod itertools;
pub mod library;
mod math;
mod support;

use pv_runtime::{NativeModule, Vm};

/// The native modules.
pub static MODULES: &[NativeModule] = &[
    NativeModule { name: "itertools", init: itertools::init },
    NativeModule { name: "math", init: math::init },
];

/// Makes the native modules and the library importable.
pub fn install(vm: &Vm) {
    vm.register_modules(MODULES);
    vm.set_library(std::rc::Rc::new(library::Library));
}

//! `memoryview`, which the library names but cannot make yet.

use pv_object::Obj;
use pv_runtime::types::{dict, new_native_type};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, Vm, text};

fn new(cx: &Thread, _: &Obj, _: &Args<'_>) -> PyResult {
    Err(cx.not_implemented("memoryview is not supported yet"))
}

static TABLE: TypeTable =
    TypeTable { slots: Slots { new: Some(new), ..Slots::NONE }, doc: "Not supported yet.", ..TypeTable::NONE };

/// Adds the name to `builtins`, where there is none.
pub(crate) fn install(vm: &Vm) {
    let name = text::intern("memoryview");
    if dict::get_str(&vm.builtins, &name).is_none() {
        dict::set_str(&vm.builtins, &name, new_native_type(vm, "builtins", "memoryview", &TABLE));
    }
}

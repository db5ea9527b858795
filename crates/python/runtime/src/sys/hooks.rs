//! The hooks of async generators, and the depth to which coroutines note their origin.

use pv_object::Obj;

use crate::error::{PyResult, Raised};
use crate::protocol;
use crate::thread::Thread;
use crate::types::{generator, struct_sequence};
use crate::vm::Vm;

fn get_async_hooks(cx: &Thread) -> PyResult {
    let hooks = generator::get_hooks(cx);
    Ok(struct_sequence::create(&cx.vm().extra_type("asyncgen_hooks"), hooks.into()))
}

fn get_origin_depth(cx: &Thread) -> PyResult {
    Ok(Obj::usize(cx.origin_depth.get()))
}

fn set_origin_depth(cx: &Thread, depth: &Obj) -> PyResult {
    let depth = protocol::to_isize(cx, depth)?;
    let depth = usize::try_from(depth).map_err(|_| negative_depth(cx))?;
    cx.origin_depth.set(depth);
    cx.observe(crate::thread::observer::ORIGINS, depth > 0);
    Ok(Obj::none())
}

fn negative_depth(cx: &Thread) -> Raised {
    cx.value_error("depth must be >= 0")
}

crate::natives! { static FUNCTIONS:
    "get_asyncgen_hooks" "()" F0(get_async_hooks) "Return the installed asynchronous generators hooks.";
    "set_asyncgen_hooks" "(firstiter=<unrepresentable>, finalizer=<unrepresentable>)" Bound(generator::set_hooks) "Install the hooks of asynchronous generators.";
    "get_coroutine_origin_tracking_depth" "()" F0(get_origin_depth) "Check status of origin tracking for coroutine objects in this thread.";
    "set_coroutine_origin_tracking_depth" "(depth)" F1(set_origin_depth) "Enable or disable origin tracking for coroutine objects in this thread.";
}

/// Adds this part of `sys`.
pub(super) fn populate(vm: &Vm) {
    crate::native::add_functions(vm, &vm.sys, "sys", FUNCTIONS);
    let ty = struct_sequence::new_type(vm, "builtins", "asyncgen_hooks", &["firstiter", "finalizer"]);
    vm.extra_types.borrow_mut().insert("asyncgen_hooks", ty);
}

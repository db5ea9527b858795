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

fn function_or_none(function: &Obj) -> Option<Obj> {
    Some(function.clone()).filter(|function| !function.is_none())
}

fn set_trace(cx: &Thread, function: &Obj) -> PyResult {
    cx.set_trace(function_or_none(function));
    Ok(Obj::none())
}

fn get_trace(cx: &Thread) -> PyResult {
    Ok(cx.tracing_functions().0.unwrap_or_else(Obj::none))
}

fn set_profile(cx: &Thread, function: &Obj) -> PyResult {
    cx.set_profile(function_or_none(function));
    Ok(Obj::none())
}

fn get_profile(cx: &Thread) -> PyResult {
    Ok(cx.tracing_functions().1.unwrap_or_else(Obj::none))
}

crate::natives! { static FUNCTIONS:
    "settrace" "(function, /)" F1(set_trace) "Set the global debug tracing function.";
    "gettrace" "()" F0(get_trace) "Return the global debug tracing function set with sys.settrace.";
    "setprofile" "(function, /)" F1(set_profile) "Set the profiling function.";
    "getprofile" "()" F0(get_profile) "Return the profiling function set with sys.setprofile.";
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

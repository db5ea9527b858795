//! What `INTRINSIC`, `LOAD_COMMON`, `LOAD_SPECIAL` and `LOAD_SUPER_ATTR` ask of the runtime.

use pv_bytecode::op::{Common, Intrinsic, Special};
use pv_object::Obj;
use pv_runtime::types::dict;
use pv_runtime::{Exc, PyResult, Thread, protocol};

use crate::support::classes;

/// Runs intrinsic number `which` on its operands.
pub fn run(cx: &Thread, which: u32, operands: Vec<Obj>) -> PyResult {
    let Some(which) = Intrinsic::from_index(which) else {
        return Err(cx.system_error(format_args!("intrinsic {which} does not exist")));
    };
    match (which, &operands[..]) {
        (Intrinsic::Print, [value]) => {
            let hook = dict::get_str(&cx.vm().sys, &cx.names().displayhook);
            match hook {
                Some(hook) => protocol::call1(cx, &hook, value),
                None => Err(cx.runtime_error("lost sys.displayhook")),
            }
        }
        (Intrinsic::PrepReraiseStar, [original, list]) => {
            pv_runtime::types::exception::prepare_reraise_star(cx, original, list)
        }
        (Intrinsic::SetStaticAttributes, [class]) => Ok(class.clone()),
        _ => Err(cx.not_implemented(format_args!("{} is not supported yet", which.name()))),
    }
}

/// The builtin object number `which`.
pub fn common(cx: &Thread, which: u32) -> Obj {
    let exc = match Common::from_index(which) {
        Some(Common::NotImplementedError) => Exc::NotImplementedError,
        _ => Exc::AssertionError,
    };
    cx.vm().exception(exc).clone()
}

/// Special method number `which` of x's type, as a function that takes x.
pub fn load_special(cx: &Thread, x: &Obj, which: u32) -> PyResult {
    let Some(which) = Special::from_index(which) else {
        return Err(cx.system_error(format_args!("special method {which} does not exist")));
    };
    classes::load_special(cx, x, which.name())
}

//! What `INTRINSIC`, `LOAD_COMMON`, `LOAD_SPECIAL` and `LOAD_SUPER_ATTR` ask of the runtime.

use pv_bytecode::op::{Common, Intrinsic, Special};
use pv_object::Obj;
use pv_runtime::types::dict;
use pv_runtime::{Exc, PyResult, Thread, attr, protocol, text};

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
        (Intrinsic::SetupAnnotations, []) => setup_annotations(cx),
        (Intrinsic::TypeVar, _) => typing(cx, "_type_var", &operands),
        (Intrinsic::TypeVarWithBound, _) => typing(cx, "_type_var_with_bound", &operands),
        (Intrinsic::TypeVarWithConstraints, _) => typing(cx, "_type_var_with_constraints", &operands),
        (Intrinsic::ParamSpec, _) => typing(cx, "_param_spec", &operands),
        (Intrinsic::TypeVarTuple, _) => typing(cx, "_type_var_tuple", &operands),
        (Intrinsic::SetTypeParamDefault, _) => typing(cx, "_set_default", &operands),
        (Intrinsic::SubscriptGeneric, _) => typing(cx, "_subscript_generic", &operands),
        (Intrinsic::TypeAlias, _) => typing(cx, "_type_alias", &operands),
        (Intrinsic::SetFunctionTypeParams, [function, params]) => {
            attr::set(cx, function, &text::intern("__type_params__"), params)?;
            Ok(function.clone())
        }
        _ => Err(cx.system_error(format_args!("{} has other operands", which.name()))),
    }
}

/// Has the library's Python part make a type parameter or an alias.
fn typing(cx: &Thread, function: &str, operands: &[Obj]) -> PyResult {
    let module = pv_runtime::import::import_module(cx, "_typing")?;
    protocol::call_method(cx, &module, function, operands)
}

/// Gives the running namespace an `__annotations__` unless it has one.
fn setup_annotations(cx: &Thread) -> PyResult {
    let Some((_, locals)) = cx.vm().namespaces(cx) else {
        return Err(cx.system_error("no locals found when setting up annotations"));
    };
    let name = text::intern("__annotations__");
    if !protocol::contains(cx, &locals, &name)? {
        protocol::set_item(cx, &locals, &name, &dict::new())?;
    }
    Ok(Obj::none())
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

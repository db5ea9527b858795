//! Finalisers: `__del__` of instances, and closing suspended generators, at a bytecode boundary.

use pv_object::{Kind, Obj};

use crate::protocol;
use crate::thread::Thread;

/// Finalises an object that nobody refers to any more; it is freed afterwards unless the finaliser kept it.
pub fn finalize(cx: &Thread, object: &Obj) {
    let before = cx.take_pending();
    let outcome = if object.kind() == Kind::Generator {
        protocol::call_method0(cx, object, "close")
    } else {
        match cx.lookup_special(object, &cx.names().__del__) {
            Some(method) => protocol::call_special(cx, &method, object, &[]),
            None => Ok(Obj::none()),
        }
    };
    if let Err(raised) = outcome {
        let exception = cx.take_exception(raised);
        report(cx, object, &exception);
    }
    if let Some(exception) = before {
        let _ = cx.set_pending(exception);
    }
}

/// Says on standard error that a finaliser raised; nobody is left to whom it could be raised.
fn report(cx: &Thread, object: &Obj, exception: &Obj) {
    let name = cx.type_name(object);
    let text = protocol::str(cx, exception).map_or_else(|_| String::new(), |text| crate::text::to_string(&text));
    eprintln!(
        "Exception ignored while calling deallocator <function {name}.__del__>:\n{}: {text}",
        cx.type_name(exception)
    );
}

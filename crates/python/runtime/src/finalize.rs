//! Finalisers: `__del__`, suspended generators, weak-reference callbacks. They run at bytecode boundaries; what they
//! raise is shown, not passed on.

use pv_object::{Generator, Obj, WeakRef};

use crate::protocol;
use crate::thread::Thread;
use crate::types::generator;

/// Runs the finaliser of a queued object, then lets the object go.
pub(crate) fn run(cx: &Thread, object: Obj) {
    let pending = cx.take_pending();
    if let Some(weakref) = object.downcast::<WeakRef>() {
        if let Some(callback) = weakref.take_callback()
            && let Err(raised) = protocol::call1(cx, &callback, &object)
        {
            cx.show_unraisable(raised, "weakref callback", &callback);
        }
    } else if object.downcast::<Generator>().is_some() {
        if let Err(raised) = generator::close(cx, &object) {
            cx.show_unraisable(raised, "deallocator", &object);
        }
    } else if let Some(method) = cx.lookup_special(&object, &cx.names().__del__)
        && let Err(raised) = protocol::call_special(cx, &method, &object, &[])
    {
        cx.show_unraisable(raised, "deallocator", &method);
    }
    drop(object);
    if let Some(pending) = pending {
        let _still = cx.set_pending(pending);
    }
}

impl Thread {
    /// Shows an exception that nobody can catch: `Exception ignored in: …` and its traceback on standard error.
    /// `what` says what kind of function `source` is.
    pub fn show_unraisable(&self, raised: crate::Raised, what: &str, source: &Obj) {
        let exception = self.take_exception(raised);
        let shown = match protocol::repr(self, source) {
            Ok(shown) => crate::text::to_string(&shown),
            Err(raised) => {
                self.discard(raised);
                "<object repr() failed>".to_owned()
            }
        };
        let text = crate::error::traceback::format(self, &exception);
        crate::sys::write_stderr(self, &format!("Exception ignored while calling {what} {shown}:\n{text}"));
    }
}

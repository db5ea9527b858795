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
            cx.show_unraisable(raised, "calling weakref callback", &callback);
        }
    } else if object.downcast::<Generator>().is_some() {
        generator::finalize(cx, &object);
    } else if let Some(method) = cx.lookup_special(&object, &cx.names().__del__)
        && let Err(raised) = protocol::call_special(cx, &method, &object, &[])
    {
        cx.show_unraisable(raised, "calling deallocator", &method);
    }
    drop(object);
    if let Some(pending) = pending {
        let _still = cx.set_pending(pending);
    }
}

impl Thread {
    /// Hands an exception that nobody can catch to `sys.unraisablehook`: it left `source`, which ran while `doing`.
    pub fn show_unraisable(&self, raised: crate::Raised, doing: &str, source: &Obj) {
        let exception = self.take_exception(raised);
        crate::sys::report_unraisable(self, &exception, doing, source);
    }
}

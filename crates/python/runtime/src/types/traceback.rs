//! Traceback entries, as frames are left by an exception.

use pv_object::{CodeRef, Exception, Obj, Traceback};

use crate::code;
use crate::thread::Thread;

/// Adds an entry for the running function at `pc` to the pending exception's traceback.
pub fn add(cx: &Thread, function: &Obj, pc: u32) {
    let Some(exception) = cx.pending() else { return };
    let code = CodeRef::of_function(function);
    if code::payload(&code).hidden.get() {
        return;
    }
    let place = &exception.expect::<Exception>().traceback;
    let entry = Traceback::create(place.get(), None, code.to_obj(), pc, code::line(&code, pc));
    place.set(entry);
}

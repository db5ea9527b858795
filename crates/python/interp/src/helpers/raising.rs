//! Raising, handling, tracebacks.

use pv_machine::Effects;
use pv_object::Obj;

use super::{LOOKS, ints, small, windows, words};
use crate::support::exceptions;

const ANY: Effects = Effects::ANY;

windows! {
    /// Moves the locals of the running function's frame, which an exception leaves, to the exception's traceback.
    KEEP_LOCALS "keep_locals" LOOKS (cx, function, cells) {
        exceptions::keep_locals(cx, function, cells);
        Ok(Obj::none())
    };
}

words! {
    /// The pending exception, which a handler takes: no longer pending.
    CATCH "catch" ANY W0 (cx) Ok(cx.take_pending().unwrap_or_else(Obj::none));
    /// Makes an exception (or None) the handled one; the one before, or None.
    SWAP_HANDLED "swap_handled" ANY W1 (cx, exception) {
        let exception = (!exception.is_none()).then(|| exception.clone());
        Ok(cx.set_handled(exception).unwrap_or_else(Obj::none))
    };
    /// The same for the running generator, which knows what is its own: what its resumer handles is not.
    SWAP_HANDLED_IN "swap_handled_in" ANY W2 (cx, generator, exception) {
        let exception = (!exception.is_none()).then(|| exception.clone());
        let before = pv_runtime::types::generator::swap_handled(cx, generator, exception);
        Ok(before.unwrap_or_else(Obj::none))
    };
    /// Rest and match of an exception (group) for `except*`.
    GROUP_MATCH "group_match" ANY W2 (cx, group, class) {
        pv_runtime::types::exception::group_match(cx, group, class)
            .map(|(rest, found)| pv_object::Tuple::create(vec![rest, found]))
    };
    /// Special method number `which` of x's type, as a function that takes x.
    LOAD_SPECIAL "load_special" ANY W2 (cx, x, which) crate::intrinsic::load_special(cx, x, small(which));
    /// Type, exception, traceback.
    EXCEPTION_PARTS "exception_parts" LOOKS W1 (cx, exception) Ok(exceptions::parts(cx, exception));
}

ints! {
    /// Adds a traceback entry for the running function to the pending exception: `at` is the program counter, and in the lowest bit
    /// whether the exception is caught there.
    ADD_TRACEBACK "add_traceback" ANY I2 (cx, function, at) {
        pv_runtime::types::traceback::add(cx, function, small(at) >> 1, small(at) & 1 != 0);
        Ok(0)
    };
    /// The pending exception is raised on by the running function, at a program counter.
    MOVE_TRACEBACK "move_traceback" ANY I2 (cx, function, pc) {
        pv_runtime::types::traceback::moved(cx, function, small(pc));
        Ok(0)
    };
    /// The current frame ends, whose object somebody has.
    FRAME_ENDS "frame_ends" ANY I1 (cx, _unused) {
        crate::inspect::end(cx);
        Ok(0)
    };
    /// Tells whoever watches the program what an exception does to the current frame.
    OBSERVE_EXCEPTION "observe_exception" ANY I1 (cx, what) {
        crate::observe::raised(cx, small(what));
        Ok(0)
    };
    /// `raise x`: makes it (or an error) pending.
    RAISE "raise" ANY I1 (cx, x) {
        let _ = exceptions::raise(cx, x, None);
        Ok(0)
    };
    /// `raise x from cause`.
    RAISE_FROM "raise_from" ANY I2 (cx, x, cause) {
        let _ = exceptions::raise(cx, x, Some(cause));
        Ok(0)
    };
    /// Makes the handled exception pending again: 1; or RuntimeError: 0.
    RERAISE_HANDLED "reraise_handled" ANY I1 (cx, _unused) match cx.handled() {
        Some(exception) => {
            let _ = cx.set_pending(exception);
            Ok(1)
        }
        None => {
            let _ = cx.runtime_error("No active exception to reraise");
            Ok(0)
        }
    };
    /// Makes an exception pending as it is.
    SET_PENDING "set_pending" ANY I1 (cx, exception) {
        let _ = cx.set_pending(exception.clone());
        Ok(0)
    };
    /// RecursionError.
    RECURSION_ERROR "recursion_error" ANY I1 (cx, _unused) {
        let _ = cx.recursion_error("maximum recursion depth exceeded");
        Ok(0)
    };
    /// UnboundLocalError for a register of a function.
    UNBOUND_LOCAL "unbound_local" ANY I2 (cx, function, register) {
        crate::globals::unbound_local(cx, function, small(register));
        Ok(0)
    };
    /// NameError for a closure variable of a function.
    UNBOUND_FREE "unbound_free" ANY I2 (cx, function, index) {
        let _ = crate::globals::unbound_free(cx, function, small(index));
        Ok(0)
    };
    /// TypeError for an `__init__` that returned something.
    INIT_RESULT_ERROR "init_result_error" ANY I1 (cx, value) {
        let name = cx.type_name(value);
        let _ = cx.type_error(format_args!("__init__() should return None, not '{name}'"));
        Ok(0)
    };
    /// StopAsyncIteration ends an `async for` (0); anything else is pending again.
    END_ASYNC_FOR "end_async_for" ANY I1 (cx, exception) exceptions::end_async_for(cx, exception).map(|()| 0);
}

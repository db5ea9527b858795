//! The interrupt key: SIGINT sets a bit of one thread's breaker, which drivers and compiled code poll anyway.
//!
//! The word of pending signals, one of the few mutable globals, is here the address of that breaker.

use std::ptr;
use std::rc::Rc;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::state::{Breaker, State};

/// The breaker that hears of an interrupt; null before [`deliver_to`].
static LISTENER: AtomicPtr<Breaker> = AtomicPtr::new(ptr::null_mut());

extern "C" fn on_interrupt(_: libc::c_int) {
    let listener = LISTENER.load(Ordering::Acquire);
    if !listener.is_null() {
        // SAFETY: `deliver_to` keeps the state that contains it for ever; setting bits is one atomic operation.
        unsafe { &*listener }.set(Breaker::SIGNAL);
    }
}

/// Lets SIGINT set [`Breaker::SIGNAL`] of this state from now on, unless the process was started with the signal ignored.
pub fn deliver_to(state: Rc<State>) {
    LISTENER.store(ptr::from_ref(&state.breaker).cast_mut(), Ordering::Release);
    // A handler may run until the process ends.
    std::mem::forget(state);
    // SAFETY: the handler does nothing but atomic operations.
    unsafe {
        let before = libc::signal(libc::SIGINT, on_interrupt as *const () as libc::sighandler_t);
        if before == libc::SIG_IGN {
            libc::signal(libc::SIGINT, libc::SIG_IGN);
        }
    }
}

/// Ends the process as an interrupt does that nobody handles, so that whoever started it sees that.
pub fn end_process() {
    // SAFETY: the default action of a signal is restored and the signal raised.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_DFL);
        libc::raise(libc::SIGINT);
    }
}

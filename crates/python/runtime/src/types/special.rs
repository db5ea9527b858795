//! Special methods that bind themselves, where a function that takes the receiver is wanted.

use pv_object::{NativeFunction, Obj};

use crate::error::PyResult;
use crate::native::{Args, Flavor, new_native};
use crate::protocol;
use crate::thread::Thread;

/// A function that calls `bound` without the receiver that it is given.
pub fn ignoring_receiver(cx: &Thread, bound: Obj) -> Obj {
    let adapter = new_native(cx.vm(), &ADAPTER[0], Flavor::Function, None);
    adapter.expect::<NativeFunction>().receiver.set(bound);
    adapter
}

/// Calls the first argument with all but the second, which it is bound to already.
fn adapt(cx: &Thread, args: &Args<'_>) -> PyResult {
    protocol::call(cx, &args.values()[0], &args.rest().rest())
}

crate::natives! { static ADAPTER:
    "special_method" "" Raw(adapt) "";
}

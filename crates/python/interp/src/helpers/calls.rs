//! Calls and generators.

use pv_machine::{AliasSet, Effects};
use pv_object::desc::alias;
use pv_object::obj::{take_window, view_window};
use pv_runtime::types::generator as generators;
use pv_runtime::{Args, protocol};

use std::cell::Cell;

use pv_machine::Helper;
use pv_object::Obj;
use pv_runtime::{PyResult, Thread};

use super::{LOOKS, READS, ints, windows, windows_and_word, words};

const ANY: Effects = Effects::ANY;
/// Changes which exception the thread handles, and nothing else.
const HANDLES: Effects = Effects { writes: AliasSet::of(alias::EXCEPTION), ..LOOKS };

windows! {
    /// `callee(*window)`.
    CALL "call" ANY (cx, callee, cells) protocol::call(cx, callee, &Args::new(view_window(cells)));
    /// `callee(*args, **kwargs)` for the window args, kwargs.
    CALL_EX "call_ex" ANY (cx, callee, cells) {
        let values = view_window(cells);
        protocol::call_ex(cx, callee, &values[0], values.get(1))
    };
}

windows_and_word! {
    /// `callee(*window)`, the last arguments by the names of a tuple.
    CALL_KEYWORDS "call_keywords" ANY (cx, callee, cells, names) {
        protocol::call(cx, callee, &Args::with_names(view_window(cells), names.expect::<pv_object::Tuple>().items()))
    };
    /// A tuple of the values of a function's parameters for the window's arguments, which are moved out; names as in
    /// `CALL_KEYWORDS`, or None.
    BIND_ARGUMENTS "bind_arguments" ANY (cx, function, cells, names) {
        let values = take_window(cells);
        let named = names.downcast::<pv_object::Tuple>().map_or(&[][..], |names| names.items());
        crate::bind::to_tuple(cx, function, &Args::with_names(&values, named))
    };
}

words! {
    /// A tuple of the values of a function's parameters for `*args` and, unless that is None, `**kwargs`.
    BIND_SPREAD "bind_spread" ANY W3 (cx, function, args, kwargs) {
        let kwargs = Some(kwargs).filter(|kwargs| !kwargs.is_none());
        protocol::with_spread(cx, function, args, kwargs, |args| crate::bind::to_tuple(cx, function, args))
    };
}

/// `callee(args…)` of a native that runs no Python on these arguments.
fn quietly<const N: usize>(cx: &Thread, callee: &Obj, args: [&Obj; N]) -> PyResult {
    let cells = args.map(|arg| Cell::new(arg.word()));
    protocol::call(cx, callee, &Args::new(view_window(&cells)))
}

words! {
    /// A native that changes nothing and runs no Python, called on one argument.
    READING_1 "reading_1" READS W2 (cx, f, a) quietly(cx, f, [a]);
    /// On two arguments.
    READING_2 "reading_2" READS W3 (cx, f, a, b) quietly(cx, f, [a, b]);
    /// On three arguments.
    READING_3 "reading_3" READS W4 (cx, f, a, b, c) quietly(cx, f, [a, b, c]);
}

/// `READING_n` by the number of arguments, less one.
pub static READING: [&Helper<Thread>; 3] = [&READING_1, &READING_2, &READING_3];

words! {
    /// A new generator, coroutine or async generator of the running function, with room for its registers.
    NEW_GENERATOR "new_generator" LOOKS W1 (cx, function) Ok(generators::create(cx, function));
    /// What iterator yields or returns for a value sent.
    SEND "send" ANY W2 (cx, iterator, value) generators::send(cx, iterator, value);
    /// The generator to resume in order to resume a suspended one that delegates; None if it runs.
    INNERMOST_GENERATOR "innermost_generator" LOOKS W1 (cx, first) Ok(generators::innermost(cx, first));
    /// The generator of the chain of `first` that waits for `end`.
    WAITING_GENERATOR "waiting_generator" LOOKS W2 (_cx, first, end) Ok(generators::waiting_for(first, end));
    /// The value of an async generator's yield.
    WRAP_ASYNC_YIELD "wrap_async_yield" LOOKS W1 (cx, value) Ok(generators::wrap_yield(cx, value));
}

ints! {
    /// Did the last `SEND` return (1) or yield (0)?
    SEND_RETURNED "send_returned" LOOKS I1 (cx, _unused) Ok(i64::from(cx.note()));
    /// Does a generator run (1), or what it waits for, or neither (0)?
    GENERATOR_RUNS "generator_runs" LOOKS I1 (_cx, generator) {
        Ok(i64::from(generator.expect::<pv_object::Generator>().is_running()))
    };
    /// The next coroutine made is to know where: the frames around the running function's are noted.
    NOTE_ORIGIN "note_origin" ANY I1 (cx, _function) {
        generators::note_origin(cx);
        Ok(0)
    };
    /// A generator with handlers starts to run: its handled exception becomes the thread's.
    GENERATOR_ENTER "generator_enter" HANDLES I1 (cx, generator) {
        generators::enter(cx, generator);
        Ok(0)
    };
    /// A generator with handlers stops running: the thread handles again what its resumer handled.
    GENERATOR_LEAVE "generator_leave" HANDLES I1 (cx, generator) {
        generators::leave(cx, generator);
        Ok(0)
    };
    /// StopIteration with what a generator returned, for who called `next` or `send`.
    STOP_ITERATION "stop_iteration" ANY I1 (cx, value) {
        let _ = cx.stop_iteration(Some(value.clone()).filter(|value| !value.is_none()));
        Ok(0)
    };
    /// An exception leaves a generator: it is finished, and StopIteration becomes RuntimeError.
    GENERATOR_RAISED "generator_raised" ANY I1 (cx, generator) {
        generators::raised(cx, generator);
        Ok(0)
    };
}

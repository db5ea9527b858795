//! `gc`: the interface to the cycle collector, which is the runtime's and the heap's.

use pv_object::{Heap, List, Obj, PERMANENT, Tuple};
use pv_runtime::collect::{self, Statistics, debug};
use pv_runtime::types::dict;
use pv_runtime::{Args, PyResult, Thread, natives, protocol, text};

use crate::support::{constant, functions};

fn enable(cx: &Thread) -> PyResult {
    cx.vm().heap.set_collects(true);
    Ok(Obj::none())
}

fn disable(cx: &Thread) -> PyResult {
    cx.vm().heap.set_collects(false);
    Ok(Obj::none())
}

fn is_enabled(cx: &Thread) -> PyResult {
    Ok(Obj::bool(cx.vm().heap.collects()))
}

/// A C int.
fn int(cx: &Thread, value: &Obj) -> PyResult<i32> {
    let wide = protocol::to_isize(cx, value)?;
    i32::try_from(wide).map_err(|_| {
        let which = if wide < 0 { "less than minimum" } else { "greater than maximum" };
        cx.overflow_error(format_args!("signed integer is {which}"))
    })
}

fn collect(cx: &Thread, generation: Option<&Obj>) -> PyResult {
    let generation = generation.map_or(Ok(2), |generation| int(cx, generation))?;
    Ok(Obj::usize(collect::collect(cx, generation as isize)?))
}

fn get_debug(cx: &Thread) -> PyResult {
    Ok(Obj::small(cx.vm().collector.debug.get()))
}

fn set_debug(cx: &Thread, flags: &Obj) -> PyResult {
    cx.vm().collector.debug.set(int(cx, flags)?);
    Ok(Obj::none())
}

fn get_threshold(cx: &Thread) -> PyResult {
    Ok(Tuple::create(cx.vm().heap.thresholds().into_iter().map(Obj::small).collect()))
}

fn set_threshold(cx: &Thread, args: &Args<'_>) -> PyResult {
    let given = args.positional();
    if args.has_keywords() {
        return Err(cx.type_error("gc.set_threshold() takes no keyword arguments"));
    }
    if given.is_empty() || given.len() > 3 {
        return Err(cx.type_error("gc.set_threshold requires 1 to 3 arguments"));
    }
    let mut thresholds = cx.vm().heap.thresholds();
    for (threshold, value) in thresholds.iter_mut().zip(given) {
        *threshold = int(cx, value)?;
    }
    cx.vm().heap.set_thresholds(thresholds);
    Ok(Obj::none())
}

fn get_count(cx: &Thread) -> PyResult {
    Ok(Tuple::create(cx.vm().heap.collection_counts().into_iter().map(Obj::usize).collect()))
}

fn get_stats(cx: &Thread) -> PyResult {
    let row = |row: Statistics| {
        let shown = dict::new();
        let figures =
            [("collections", row.collections), ("collected", row.collected), ("uncollectable", row.uncollectable)];
        for (name, figure) in figures {
            dict::set_str(&shown, &text::intern(name), Obj::usize(figure as usize));
        }
        shown
    };
    Ok(List::create(cx.vm().collector.statistics().into_iter().map(row).collect()))
}

fn get_objects(cx: &Thread, generation: Option<&Obj>) -> PyResult {
    let generation = match generation.filter(|generation| !generation.is_none()) {
        None => None,
        Some(generation) => Some(protocol::to_isize(cx, generation)?),
    };
    let generation = match generation {
        None => None,
        Some(negative) if negative < 0 => return Err(cx.value_error("generation parameter cannot be negative")),
        Some(generation) if generation as usize >= PERMANENT => {
            return Err(
                cx.value_error("generation parameter must be less than the number of available generations (3)")
            );
        }
        Some(generation) => Some(generation as usize),
    };
    let objects = cx.vm().heap.tracked_objects(generation);
    Ok(List::create(objects))
}

fn get_referents(cx: &Thread, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("gc.get_referents() takes no keyword arguments"));
    }
    let mut found = Vec::new();
    // The collector may have no use for a container of plain numbers; this asks what it holds all the same.
    for object in args.positional().iter().filter(|object| object.header().is_some()) {
        Heap::referents(object, &mut |child| found.push(child.clone()));
    }
    Ok(List::create(found))
}

fn get_referrers(cx: &Thread, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("gc.get_referrers() takes no keyword arguments"));
    }
    let wanted = args.positional();
    let refers = |object: &Obj| {
        let mut found = false;
        Heap::referents(object, &mut |child| found |= wanted.iter().any(|each| each.same(child)));
        found
    };
    Ok(List::create(cx.vm().heap.tracked_objects(None).into_iter().filter(refers).collect()))
}

fn is_tracked(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::bool(Heap::is_tracked(object)))
}

fn is_finalized(_: &Thread, object: &Obj) -> PyResult {
    Ok(Obj::bool(Heap::is_finalized(object)))
}

fn freeze(cx: &Thread) -> PyResult {
    cx.vm().heap.freeze();
    Ok(Obj::none())
}

fn unfreeze(cx: &Thread) -> PyResult {
    cx.vm().heap.unfreeze();
    Ok(Obj::none())
}

fn get_freeze_count(cx: &Thread) -> PyResult {
    Ok(Obj::usize(cx.vm().heap.frozen()))
}

natives! { static FUNCTIONS:
    "collect" "(generation=2)" O1(collect) "Collect a generation and the younger ones; the number of unreachable objects.";
    "disable" "()" F0(disable) "Keep collections from starting by themselves.";
    "enable" "()" F0(enable) "Let collections start by themselves.";
    "freeze" "()" F0(freeze) "Move all tracked objects to a generation that is never collected.";
    "get_count" "()" F0(get_count) "The collector's counts, a tuple of three.";
    "get_debug" "()" F0(get_debug) "The debugging flags.";
    "get_freeze_count" "()" F0(get_freeze_count) "The number of objects in the generation that is never collected.";
    "get_objects" "(generation=None)" O1(get_objects) "A list of the tracked objects, of one generation or of all.";
    "get_referents" "" Raw(get_referents) "A list of the objects that these refer to directly.";
    "get_referrers" "" Raw(get_referrers) "A list of the tracked objects that refer directly to one of these.";
    "get_stats" "()" F0(get_stats) "A list of figures, one dictionary per generation.";
    "get_threshold" "()" F0(get_threshold) "The collector's thresholds, a tuple of three.";
    "is_finalized" "(obj, /)" F1(is_finalized) "Has the object's finaliser run?";
    "is_tracked" "(obj, /)" F1(is_tracked) "Does the collector track the object?";
    "isenabled" "()" F0(is_enabled) "Do collections start by themselves?";
    "set_debug" "(flags, /)" F1(set_debug) "Set the debugging flags.";
    "set_threshold" "" Raw(set_threshold) "Set the thresholds; 0 for the first keeps collections from starting by themselves.";
    "unfreeze" "()" F0(unfreeze) "Move the objects that are never collected to the oldest generation.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "gc", FUNCTIONS);
    let flags = [
        ("DEBUG_STATS", debug::STATS),
        ("DEBUG_COLLECTABLE", debug::COLLECTABLE),
        ("DEBUG_UNCOLLECTABLE", debug::UNCOLLECTABLE),
        ("DEBUG_SAVEALL", debug::SAVE_ALL),
        ("DEBUG_LEAK", debug::LEAK),
    ];
    for (name, flag) in flags {
        constant(namespace, name, Obj::small(flag));
    }
    constant(namespace, "garbage", cx.vm().collector.garbage.clone());
    constant(namespace, "callbacks", cx.vm().collector.callbacks.clone());
    Ok(())
}

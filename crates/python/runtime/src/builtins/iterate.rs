//! Functions over iterables.

use std::ops::ControlFlow;

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{CallIter, Complex, Kind, List, Obj};

use crate::error::{Exc, PyResult};
use crate::native::Args;
use crate::protocol;
use crate::text;
use crate::thread::Thread;
use crate::types::int::to_f64;
use crate::types::{generator, list};

fn all(cx: &Thread, iterable: &Obj) -> PyResult {
    let mut answer = true;
    protocol::for_each(cx, iterable, |item| {
        answer = protocol::truth(cx, &item)?;
        Ok(if answer { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(Obj::bool(answer))
}

fn any(cx: &Thread, iterable: &Obj) -> PyResult {
    let mut answer = false;
    protocol::for_each(cx, iterable, |item| {
        answer = protocol::truth(cx, &item)?;
        Ok(if answer { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(Obj::bool(answer))
}

fn iter(cx: &Thread, value: &Obj, sentinel: Option<&Obj>) -> PyResult {
    match sentinel {
        None => protocol::get_iter(cx, value),
        Some(sentinel) => {
            let callable = crate::slots::exact(value).is_some_and(|slots| slots.call.is_some())
                || cx.lookup_special(value, &cx.names().__call__).is_some();
            match callable {
                true => Ok(CallIter::create(value.clone(), sentinel.clone())),
                false => Err(cx.type_error("iter(v, w): v must be callable")),
            }
        }
    }
}

fn next(cx: &Thread, iterator: &Obj, default: Option<&Obj>) -> PyResult {
    if iterator.is_exact_generator() && default.is_none() {
        return generator::next_method(cx, iterator);
    }
    if let Some(step) = crate::slots::exact(iterator).and_then(|slots| slots.next) {
        return match (step(cx, iterator)?, default) {
            (Some(item), _) => Ok(item),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => Err(cx.stop_iteration(None)),
        };
    }
    let Some(method) = cx.lookup_special(iterator, &cx.names().__next__) else {
        return Err(cx.type_error(format_args!("'{}' object is not an iterator", cx.type_name(iterator))));
    };
    let result = protocol::call_special(cx, &method, iterator, &[]);
    match default {
        None => result,
        Some(default) => Ok(cx.absorb(result, Exc::StopIteration)?.unwrap_or_else(|| default.clone())),
    }
}

fn sum(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(iterable), start] = args else { return Err(cx.system_error("sum")) };
    let total = match start {
        Some(start) => {
            let refused = match start.kind() {
                Kind::Str => Some("strings [use ''.join(seq) instead]"),
                Kind::Bytes => Some("bytes [use b''.join(seq) instead]"),
                Kind::ByteArray => Some("bytearray [use b''.join(seq) instead]"),
                _ => None,
            };
            if let Some(refused) = refused {
                return Err(cx.type_error(format_args!("sum() can't sum {refused}")));
            }
            start.clone()
        }
        None => Obj::small(0),
    };
    let phase = if is_exact(&total, Kind::Int) { Phase::Ints } else { Phase::after(&total) };
    sum_from(cx, iterable, total, phase)
}

/// The sum of `total`, which has left the ints, and the items to come.
pub(crate) fn sum_on(cx: &Thread, items: &Obj, total: Obj) -> PyResult {
    let phase = Phase::after(&total);
    sum_from(cx, items, total, phase)
}

fn is_exact(item: &Obj, kind: Kind) -> bool {
    item.kind() == kind && item.is_exact()
}

fn sum_from(cx: &Thread, items: &Obj, mut total: Obj, mut phase: Phase) -> PyResult {
    protocol::for_each(cx, items, |item| {
        match &mut phase {
            Phase::Ints => {
                total = match (total.word().as_i64(), item.word().as_i64()) {
                    (Some(a), Some(b)) => Obj::int(a + b),
                    _ => protocol::binary_op(cx, BinaryOp::Add, &total, &item)?,
                };
                if !is_exact(&item, Kind::Int) && item.kind() != Kind::Bool {
                    phase = Phase::after(&total);
                }
            }
            Phase::Floats(floats) => {
                if matches!(item.kind(), Kind::Int | Kind::Bool) {
                    floats.add(to_f64(cx, &item)?);
                } else if is_exact(&item, Kind::Float) {
                    floats.add(item.as_float().unwrap_or_default());
                } else {
                    total = protocol::binary_op(cx, BinaryOp::Add, &Obj::float(floats.finish()), &item)?;
                    phase = Phase::after(&total);
                }
            }
            Phase::Complexes(real, imag) => {
                if matches!(item.kind(), Kind::Int | Kind::Bool) {
                    real.add(to_f64(cx, &item)?);
                } else if is_exact(&item, Kind::Float) {
                    real.add(item.as_float().unwrap_or_default());
                } else if let Some(item) = item.exact::<Complex>() {
                    real.add(item.real());
                    imag.add(item.imag());
                } else {
                    total =
                        protocol::binary_op(cx, BinaryOp::Add, &Complex::create(real.finish(), imag.finish()), &item)?;
                    phase = Phase::Anything;
                }
            }
            Phase::Anything => total = protocol::binary_op(cx, BinaryOp::Add, &total, &item)?,
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(match phase {
        Phase::Floats(floats) => Obj::float(floats.finish()),
        Phase::Complexes(real, imag) => Complex::create(real.finish(), imag.finish()),
        Phase::Ints | Phase::Anything => total,
    })
}

/// What a sum has come to: it goes from one to the next and never back.
enum Phase {
    Ints,
    Floats(FloatSum),
    Complexes(FloatSum, FloatSum),
    Anything,
}

impl Phase {
    /// Once something else than ints has been summed up to `total`.
    fn after(total: &Obj) -> Phase {
        match total.as_float() {
            Some(value) if total.is_exact() => Phase::Floats(FloatSum { total: value, error: 0.0 }),
            _ => match total.exact::<Complex>() {
                Some(value) => Phase::Complexes(
                    FloatSum { total: value.real(), error: 0.0 },
                    FloatSum { total: value.imag(), error: 0.0 },
                ),
                None => Phase::Anything,
            },
        }
    }
}

/// Compensated summation (Neumaier), as `sum` of floats has it.
struct FloatSum {
    total: f64,
    error: f64,
}

impl FloatSum {
    fn add(&mut self, value: f64) {
        let sum = self.total + value;
        self.error += match self.total.abs() >= value.abs() {
            true => (self.total - sum) + value,
            false => (value - sum) + self.total,
        };
        self.total = sum;
    }

    fn finish(&self) -> f64 {
        if self.error != 0.0 && self.error.is_finite() { self.total + self.error } else { self.total }
    }
}

/// `min` and `max`: `better` is the comparison that makes a later item win.
fn extreme(cx: &Thread, name: &str, args: &Args<'_>, better: Compare) -> PyResult {
    let mut key = None;
    let mut default = None;
    for (keyword, value) in args.keywords() {
        match text::to_string(keyword).as_str() {
            "key" => key = Some(value).filter(|key| !key.is_none()),
            "default" => default = Some(value),
            other => {
                return Err(cx.type_error(format_args!("{name}() got an unexpected keyword argument '{other}'")));
            }
        }
    }
    let many;
    let items = match args.positional() {
        [] => return Err(cx.type_error(format_args!("{name} expected at least 1 argument, got 0"))),
        [iterable] => iterable,
        more => {
            if default.is_some() {
                return Err(cx.type_error(format_args!(
                    "Cannot specify a default for {name}() with multiple positional arguments"
                )));
            }
            many = pv_object::Tuple::create(more.to_vec());
            &many
        }
    };
    let mut best: Option<(Obj, Obj)> = None;
    protocol::for_each(cx, items, |item| {
        let rank = match key {
            Some(key) => protocol::call1(cx, key, &item)?,
            None => item.clone(),
        };
        let wins = match &best {
            None => true,
            Some((_, champion)) => protocol::compare_bool(cx, better, &rank, champion)?,
        };
        if wins {
            best = Some((item, rank));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(cx.value_error(format_args!("{name}() iterable argument is empty"))),
    }
}

fn max(cx: &Thread, args: &Args<'_>) -> PyResult {
    extreme(cx, "max", args, Compare::Gt)
}

fn min(cx: &Thread, args: &Args<'_>) -> PyResult {
    extreme(cx, "min", args, Compare::Lt)
}

fn sorted(cx: &Thread, args: &Args<'_>) -> PyResult {
    let [iterable] = args.positional() else {
        let given = args.positional().len();
        return Err(cx.type_error(format_args!("sorted expected 1 argument, got {given}")));
    };
    let sorted = List::create(protocol::collect(cx, iterable)?);
    let mut key = None;
    let mut reverse = false;
    for (keyword, value) in args.keywords() {
        match text::to_string(keyword).as_str() {
            "key" => key = Some(value).filter(|key| !key.is_none()),
            "reverse" => reverse = protocol::truth(cx, value)?,
            other => return Err(cx.type_error(format_args!("sort() got an unexpected keyword argument '{other}'"))),
        }
    }
    list::sort(cx, &sorted, key, reverse)?;
    Ok(sorted)
}

fn aiter(cx: &Thread, value: &Obj) -> PyResult {
    let Some(method) = cx.lookup_special(value, &cx.names().__aiter__) else {
        let found = cx.type_name(value);
        return Err(cx.type_error(format_args!("'{found}' object is not an async iterable")));
    };
    let iterator = protocol::call_special(cx, &method, value, &[])?;
    if cx.lookup_special(&iterator, &cx.names().__anext__).is_none() {
        let found = cx.type_name(&iterator);
        return Err(cx.type_error(format_args!("aiter() returned not an async iterator of type '{found}'")));
    }
    Ok(iterator)
}

fn anext(cx: &Thread, iterator: &Obj, default: Option<&Obj>) -> PyResult {
    generator::anext_or(cx, iterator, default)
}

crate::natives! { pub(super) static FUNCTIONS:
    "aiter" "(async_iterable, /)" F1(aiter) "Return an AsyncIterator for an AsyncIterable object.";
    "all" "(iterable, /)" F1(all) "Return True if bool(x) is True for all values x in the iterable.";
    "anext" "(aiterator, default=<unrepresentable>, /)" O2(anext) "Return the next item from the async iterator.";
    "any" "(iterable, /)" F1(any) "Return True if bool(x) is True for any x in the iterable.";
    "iter" "(object, sentinel=<unrepresentable>, /)" O2(iter) "Get an iterator from an object.";
    "max" "" Raw(max) "With a single iterable argument, return its biggest item.";
    "min" "" Raw(min) "With a single iterable argument, return its smallest item.";
    "next" "(iterator, default=<unrepresentable>, /)" O2(next) "Return the next item from the iterator.";
    "sorted" "(iterable, /, *, key=None, reverse=False)" Raw(sorted) "Return a new list containing all items from the iterable in ascending order.";
    "sum" "(iterable, /, start=0)" Bound(sum) "Return the sum of a 'start' value (default: 0) plus an iterable of numbers";
}

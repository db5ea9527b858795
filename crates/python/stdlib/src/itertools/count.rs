//! `count` and `repeat`.

use std::cell::Cell;

use pv_bytecode::op::BinaryOp;
use pv_object::{Held, Obj, Payload, Tuple};
use pv_runtime::{Args, PyResult, Slots, Thread, TypeTable, attr, natives, protocol, text};

use crate::support::{Parameters, Step, create, itself, machine_int, state, step};

static COUNT_PARAMETERS: Parameters = Parameters::new("count", "(start=0, step=1)");
static REPEAT_PARAMETERS: Parameters = Parameters::new("repeat", "(object, times=None)");

struct Count {
    next: Held,
    step: Obj,
}

impl Payload for Count {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        self.next.visit(visitor);
        visitor(&self.step);
    }
}

impl Step for Count {
    fn step(&self, cx: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        let Some(current) = self.next.get() else { return Ok(None) };
        self.next.set(protocol::binary_op(cx, BinaryOp::Add, &current, &self.step)?);
        Ok(Some(current))
    }
}

/// A number: something with `__index__`, `__float__` or `__complex__`.
fn is_number(cx: &Thread, value: &Obj) -> bool {
    let names = cx.names();
    value.is_int()
        || value.as_float().is_some()
        || [&names.__index__, &names.__float__, &names.__complex__]
            .iter()
            .any(|name| cx.lookup_special(value, name).is_some())
}

fn new_count(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let bound = COUNT_PARAMETERS.bind(cx, args)?;
    let mut bound = bound.into_iter();
    let start = bound.next().flatten().unwrap_or_else(|| Obj::small(0));
    let step = bound.next().flatten().unwrap_or_else(|| Obj::small(1));
    if !is_number(cx, &start) || !is_number(cx, &step) {
        return Err(cx.type_error("a number is required"));
    }
    Ok(create(class, Count { next: Held::new(start), step }))
}

fn count_repr(cx: &Thread, this: &Obj) -> PyResult {
    let count = state::<Count>(cx, this)?;
    let next = text::to_string(&protocol::repr(cx, &count.next.get().unwrap_or_else(Obj::none))?);
    if count.step.word().as_i64() == Some(1) {
        return Ok(text::new(&format!("count({next})")));
    }
    let step = text::to_string(&protocol::repr(cx, &count.step)?);
    Ok(text::new(&format!("count({next}, {step})")))
}

/// `count`.
pub(super) static COUNT: TypeTable = TypeTable {
    slots: Slots {
        new: Some(new_count),
        repr: Some(count_repr),
        iter: Some(itself),
        next: Some(step::<Count>),
        ..Slots::NONE
    },
    doc: "Numbers from start on, step apart, without end.",
    ..TypeTable::NONE
};

struct Repeat {
    value: Obj,
    /// How often still; below zero: for ever.
    left: Cell<i64>,
}

impl Payload for Repeat {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.value);
    }
}

impl Step for Repeat {
    fn step(&self, _: &Thread, _: &Obj) -> PyResult<Option<Obj>> {
        match self.left.get() {
            0 => return Ok(None),
            left @ 1.. => self.left.set(left - 1),
            _ => {}
        }
        Ok(Some(self.value.clone()))
    }
}

fn new_repeat(cx: &Thread, class: &Obj, args: &Args<'_>) -> PyResult {
    let mut bound = REPEAT_PARAMETERS.bind(cx, args)?.into_iter();
    let value = bound.next().flatten().unwrap_or_else(Obj::none);
    let left = match bound.next().flatten() {
        None => -1,
        Some(times) => machine_int(cx, &times)?.max(0),
    };
    Ok(create(class, Repeat { value, left: Cell::new(left) }))
}

fn repeat_repr(cx: &Thread, this: &Obj) -> PyResult {
    let repeat = state::<Repeat>(cx, this)?;
    let value = text::to_string(&protocol::repr(cx, &repeat.value)?);
    Ok(text::new(&match repeat.left.get() {
        left @ 0.. => format!("repeat({value}, {left})"),
        _ => format!("repeat({value})"),
    }))
}

fn repeat_hint(cx: &Thread, this: &Obj) -> PyResult {
    match state::<Repeat>(cx, this)?.left.get() {
        left @ 0.. => Ok(Obj::int(left)),
        _ => Err(cx.type_error("len() of unsized object")),
    }
}

fn repeat_reduce(cx: &Thread, this: &Obj) -> PyResult {
    let repeat = state::<Repeat>(cx, this)?;
    let mut args = vec![repeat.value.clone()];
    if repeat.left.get() >= 0 {
        args.push(Obj::int(repeat.left.get()));
    }
    Ok(Tuple::pair(attr::get_str(cx, this, "__class__")?, Tuple::create(args)))
}

natives! { static REPEAT_METHODS:
    "__length_hint__" "(self, /)" F1(repeat_hint) "How often the value is still given.";
    "__reduce__" "(self, /)" F1(repeat_reduce) "Return state information for pickling.";
}

/// `repeat`.
pub(super) static REPEAT: TypeTable = TypeTable {
    slots: Slots {
        new: Some(new_repeat),
        repr: Some(repeat_repr),
        iter: Some(itself),
        next: Some(step::<Repeat>),
        ..Slots::NONE
    },
    methods: REPEAT_METHODS,
    doc: "The same value again and again, for ever or a number of times.",
    ..TypeTable::NONE
};

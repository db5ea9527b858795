//! Comparisons.

use pv_bytecode::op::Compare;
use pv_object::{Kind, Obj};
use pv_word::Word;

use super::call::{call_special, call1};
use super::convert::truth;
use crate::attr;
use crate::error::{Exc, PyResult};
use crate::slots;
use crate::thread::Thread;

/// `a op b` as a value.
pub fn rich_compare(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if let (Some(left), Some(right)) = (slots::exact(a), slots::exact(b)) {
        if let Some(f) = left.compare {
            let value = f(cx, op, a, b)?;
            if !value.is_not_implemented() {
                return Ok(value);
            }
        }
        if let Some(f) = right.compare {
            let value = f(cx, slots::swapped(op), b, a)?;
            if !value.is_not_implemented() {
                return Ok(value);
            }
        }
        return fallback(cx, op, a, b);
    }
    cx.nested(" in comparison", || dispatch(cx, op, a, b))
}

fn dispatch(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    let plain = &cx.names().comparisons[op as usize];
    let reflected = &cx.names().comparisons[slots::swapped(op) as usize];
    let (left_type, right_type) = (a.shape().ty(), b.shape().ty());
    let right_first = !std::ptr::eq(left_type, right_type) && right_type.is_subtype(left_type);
    let attempts = [(a, b, plain), (b, a, reflected)];
    for index in if right_first { [1, 0] } else { [0, 1] } {
        let (left, right, name) = attempts[index];
        if let Some(method) = cx.lookup_special(left, name) {
            let value = ask(cx, &method, left, right)?;
            if !value.is_not_implemented() {
                return Ok(value);
            }
        }
    }
    fallback(cx, op, a, b)
}

/// Calls a comparison method. One that cannot even be had (a property that raises AttributeError) has no answer.
fn ask(cx: &Thread, method: &Obj, receiver: &Obj, other: &Obj) -> PyResult {
    if matches!(method.heap_kind(), Some(Kind::Function | Kind::NativeFunction)) {
        return call_special(cx, method, receiver, std::slice::from_ref(other));
    }
    match cx.absorb(attr::bind(cx, method, receiver), Exc::AttributeError)? {
        Some(bound) => call1(cx, &bound, other),
        None => Ok(Obj::not_implemented()),
    }
}

/// What `a op b` goes on to after its first special method has declined: `a`'s, which came first, or `b`'s swapped one, if `a` is a
/// number.
pub fn compare_rest(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    if slots::exact(a).is_none()
        && let Some(method) = cx.lookup_special(b, &cx.names().comparisons[slots::swapped(op) as usize])
    {
        let value = ask(cx, &method, b, a)?;
        if !value.is_not_implemented() {
            return Ok(value);
        }
    }
    fallback(cx, op, a, b)
}

/// Identity decides equality where nobody knows better; order is an error.
fn fallback(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult {
    match op {
        Compare::Eq => Ok(Obj::bool(identical(a, b))),
        Compare::Ne => Ok(Obj::bool(!identical(a, b))),
        _ => {
            let (left, right, symbol) = (cx.type_name(a), cx.type_name(b), op.name());
            Err(cx.type_error(format_args!("'{symbol}' not supported between instances of '{left}' and '{right}'")))
        }
    }
}

/// The truth of `a op b`.
#[inline]
pub fn compare_bool(cx: &Thread, op: Compare, a: &Obj, b: &Obj) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.word().as_i64(), b.word().as_i64()) {
        return Ok(crate::types::int::holds(op, x.cmp(&y)));
    }
    let value = rich_compare(cx, op, a, b)?;
    truth(cx, &value)
}

/// `a is b or a == b`: how containers compare their items.
#[inline]
pub fn values_equal(cx: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
    if Word::both_int(a.word(), b.word()) {
        return Ok(a.same(b));
    }
    if a.same(b) && a.word().as_f64().is_none_or(|f| !f.is_nan()) {
        return Ok(true);
    }
    if identical(a, b) {
        return Ok(true);
    }
    compare_bool(cx, Compare::Eq, a, b)
}

/// `a is b`: numbers by type and bit pattern, boxed or not.
#[inline]
pub fn identical(a: &Obj, b: &Obj) -> bool {
    a.same(b) || (a.is_exact() && b.is_exact() && boxes_identical(a, b))
}

fn boxes_identical(a: &Obj, b: &Obj) -> bool {
    use pv_object::{BoxedFloat, BoxedInt, Complex};
    if let (Some(x), Some(y)) = (a.downcast::<BoxedInt>(), b.downcast::<BoxedInt>()) {
        return x.value() == y.value();
    }
    if let (Some(x), Some(y)) = (a.downcast::<BoxedFloat>(), b.downcast::<BoxedFloat>()) {
        return x.value().to_bits() == y.value().to_bits();
    }
    if let (Some(x), Some(y)) = (a.downcast::<Complex>(), b.downcast::<Complex>()) {
        return x.real().to_bits() == y.real().to_bits() && x.imag().to_bits() == y.imag().to_bits();
    }
    false
}

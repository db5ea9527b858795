//! Functions over sequences of numbers.

use std::ops::ControlFlow;

use pv_bytecode::op::BinaryOp;
use pv_object::Obj;
use pv_runtime::{Args, PyResult, Raised, Thread, natives, protocol};

use crate::algorithm::norm::norm;
use crate::algorithm::sums::{ExactSum, NoSum, ProductSum};
use crate::support::real;

fn no_sum(cx: &Thread, error: NoSum) -> Raised {
    match error {
        NoSum::Overflow => cx.overflow_error("intermediate overflow in fsum"),
        NoSum::Infinities => cx.value_error("-inf + inf in fsum"),
    }
}

fn fsum(cx: &Thread, numbers: &Obj) -> PyResult {
    let mut sum = ExactSum::default();
    protocol::for_each(cx, numbers, |number| {
        sum.add(real(cx, &number)?).map_err(|error| no_sum(cx, error))?;
        Ok(ControlFlow::Continue(()))
    })?;
    sum.total().map(Obj::float).map_err(|error| no_sum(cx, error))
}

fn hypot(cx: &Thread, args: &Args<'_>) -> PyResult {
    if args.has_keywords() {
        return Err(cx.type_error("math.hypot() takes no keyword arguments"));
    }
    let mut vector = args.positional().iter().map(|x| real(cx, x)).collect::<PyResult<Vec<f64>>>()?;
    Ok(Obj::float(norm(&mut vector)))
}

fn dist(cx: &Thread, p: &Obj, q: &Obj) -> PyResult {
    let (p, q) = (protocol::collect(cx, p)?, protocol::collect(cx, q)?);
    if p.len() != q.len() {
        return Err(cx.value_error("both points must have the same number of dimensions"));
    }
    let apart = |(a, b): (&Obj, &Obj)| Ok(real(cx, a)? - real(cx, b)?);
    let mut vector = p.iter().zip(&q).map(apart).collect::<PyResult<Vec<f64>>>()?;
    Ok(Obj::float(norm(&mut vector)))
}

fn prod(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(numbers), start] = args else { return Err(cx.type_error("prod expected an iterable")) };
    let mut result = start.clone().unwrap_or_else(|| Obj::small(1));
    protocol::for_each(cx, numbers, |number| {
        result = protocol::binary_op(cx, BinaryOp::Mul, &result, &number)?;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(result)
}

/// A number that the exact sum of products of doubles takes: a float, or an int that a double holds.
fn as_term(value: &Obj) -> Option<f64> {
    if !value.is_exact() {
        return None;
    }
    value.as_float().or_else(|| value.word().as_i64().filter(|i| i.unsigned_abs() <= 1 << 53).map(|i| i as f64))
}

fn sumprod(cx: &Thread, p: &Obj, q: &Obj) -> PyResult {
    let (p, q) = (protocol::collect(cx, p)?, protocol::collect(cx, q)?);
    let mut total = Obj::small(0);
    let mut doubles: Option<ProductSum> = None;
    for (a, b) in p.iter().zip(&q) {
        let inexact = a.as_float().is_some() || b.as_float().is_some();
        if let (Some(x), Some(y), true) = (as_term(a), as_term(b), inexact || doubles.is_some()) {
            doubles.get_or_insert_default().add(x, y);
            continue;
        }
        total = flush(cx, total, doubles.take())?;
        let product = protocol::binary_op(cx, BinaryOp::Mul, a, b)?;
        total = protocol::binary_op(cx, BinaryOp::Add, &total, &product)?;
    }
    if p.len() != q.len() {
        return Err(cx.value_error("Inputs are not the same length"));
    }
    flush(cx, total, doubles)
}

/// Adds the sum of the doubles so far.
fn flush(cx: &Thread, total: Obj, doubles: Option<ProductSum>) -> PyResult {
    match doubles {
        None => Ok(total),
        Some(sum) => protocol::binary_op(cx, BinaryOp::Add, &total, &Obj::float(sum.total())),
    }
}

natives! { pub(super) static FUNCTIONS:
    "dist" "(p, q, /)" F2(dist) "The distance of two points.";
    "fsum" "(seq, /)" F1(fsum) "The sum of floats, rounded once.";
    "hypot" "(*coordinates)" Raw(hypot) "The length of a vector.";
    "prod" "(iterable, /, *, start=1)" Bound(prod) "The product of numbers.";
    "sumprod" "(p, q, /)" F2(sumprod) "The sum of the products of two sequences' items.";
}

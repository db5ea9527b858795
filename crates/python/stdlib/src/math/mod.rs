//! `math`: functions of real numbers ([`real`]), of integers ([`integer`]), and over sequences ([`sequence`]).

mod integer;
mod real;
mod sequence;

use pv_object::Obj;
use pv_runtime::{PyResult, Thread};

use crate::support::{constant, functions};

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    functions(cx, namespace, "math", real::FUNCTIONS);
    functions(cx, namespace, "math", integer::FUNCTIONS);
    functions(cx, namespace, "math", sequence::FUNCTIONS);
    let constants = [
        ("pi", std::f64::consts::PI),
        ("e", std::f64::consts::E),
        ("tau", std::f64::consts::TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ];
    constants.into_iter().for_each(|(name, value)| constant(namespace, name, Obj::float(value)));
    Ok(())
}

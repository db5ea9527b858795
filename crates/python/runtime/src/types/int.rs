//! `int` and `bool`.

use pv_object::Obj;

use super::TypeTable;
use crate::error::PyResult;
use crate::thread::Thread;

/// Below zero?
pub(crate) fn is_negative(value: &Obj) -> bool {
    match value.as_i64() {
        Some(value) => value < 0,
        None => value.as_bigint().is_some_and(|value| value.is_negative()),
    }
}

/// The hash of an int.
pub(crate) fn hash(value: &Obj) -> i64 {
    match value.as_i64() {
        Some(value) => pv_object::hash::int(value),
        None => value.as_bigint().map_or(0, |value| value.hash()),
    }
}

/// The int object of a length.
pub fn from_usize(value: usize) -> Obj {
    Obj::usize(value)
}

/// `pow(base, exponent, modulus)` of ints.
pub(crate) fn power_modulo(cx: &Thread, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult {
    let (Some(base), Some(exponent), Some(modulus)) = (base.as_bigint(), exponent.as_bigint(), modulus.as_bigint())
    else {
        return Err(cx.system_error("power_modulo of something that is no int"));
    };
    if modulus.is_zero() {
        return Err(cx.value_error("pow() 3rd argument cannot be 0"));
    }
    match base.pow_mod(&exponent, &modulus) {
        Some(power) => Ok(Obj::big(power)),
        None => Err(cx.value_error("base is not invertible for the given modulus")),
    }
}

/// `int`.
pub(crate) static TABLE: TypeTable = TypeTable::NONE;

/// `bool`.
pub(crate) static BOOL: TypeTable = TypeTable::NONE;

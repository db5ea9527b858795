//! Powers with a modulus: the one operator with three operands.

use pv_bytecode::op::BinaryOp;
use pv_object::Obj;

use super::call::call_special;
use super::number::{binary_op, is_numeric, is_real, known};
use crate::error::PyResult;
use crate::slots;
use crate::thread::Thread;

/// `pow(base, exponent, modulus)`: the special methods of the three, each of which gets all of them.
pub fn power_modulo(cx: &Thread, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult {
    if modulus.is_none() {
        return binary_op(cx, BinaryOp::Pow, base, exponent);
    }
    if [base, exponent, modulus].iter().all(|value| value.is_int() && slots::exact(value).is_some()) {
        return crate::types::int::power_modulo(cx, base, exponent, modulus);
    }
    if let Some(value) = dispatch(cx, base, exponent, modulus)? {
        return Ok(value);
    }
    let names = [base, exponent, modulus].map(|value| cx.type_name(value));
    Err(cx.type_error(format_args!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        names[0], names[1], names[2]
    )))
}

/// The exponent's method comes first where its type derives from the base's and overrides; the modulus's comes last, and is never
/// one in Python.
fn dispatch(cx: &Thread, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult<Option<Obj>> {
    let [plain, reflected, _] = &cx.names().operators[BinaryOp::Pow as usize];
    let (left_type, right_type) = (base.shape().ty(), exponent.shape().ty());
    let left = cx.lookup_special(base, plain).map(|method| (method, base, exponent));
    let right = match std::ptr::eq(left_type, right_type) {
        true => None,
        false => cx.lookup_special(exponent, reflected).filter(is_numeric),
    };
    let right_first = right.as_ref().is_some_and(|right| {
        let inherited = cx.lookup_type(left_type, reflected);
        right_type.is_subtype(left_type) && !inherited.is_some_and(|inherited| inherited.same(right))
    });
    let right = right.map(|method| (method, exponent, base));
    let methods = if right_first { [right, left] } else { [left, right] };
    for (method, receiver, other) in methods.into_iter().flatten() {
        if let Some(value) = known(call_special(cx, &method, receiver, &[other.clone(), modulus.clone()])?) {
            return Ok(Some(value));
        }
    }
    Ok(known(native_power_modulo(cx, modulus, base, exponent, modulus)?))
}

/// What the built-in number type of `of` makes of a power with a modulus: only ints have one.
pub(crate) fn native_power_modulo(cx: &Thread, of: &Obj, base: &Obj, exponent: &Obj, modulus: &Obj) -> PyResult {
    let is_number = |value: &&Obj| is_real(value) || value.downcast::<pv_object::Complex>().is_some();
    if of.is_int() && [base, exponent, modulus].iter().all(|value| value.is_int()) {
        return crate::types::int::power_modulo(cx, base, exponent, modulus);
    }
    if of.as_float().is_some() {
        return Err(cx.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
    }
    if of.downcast::<pv_object::Complex>().is_some() && [base, exponent].iter().all(is_number) {
        return Err(cx.value_error("complex modulo"));
    }
    Ok(Obj::not_implemented())
}

//! Operators.

use pv_bytecode::op::BinaryOp;
use pv_object::{NativeFunction, Obj};

use super::call::call_special;
use crate::error::PyResult;
use crate::native::{Imp, NativeExt};
use crate::slots::{self, SlotImp};
use crate::thread::Thread;

/// `a op b`.
pub fn binary_op(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    match try_binary(cx, op, a, b)? {
        Some(value) => Ok(value),
        None => Err(unsupported(cx, op.name(), op, a, b)),
    }
}

/// `a op= b`: the in-place method, then the plain operator.
pub fn inplace_op(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    match arithmetic(a) {
        Some(slots) => {
            if let Some((f, ops)) = slots.inplace
                && ops.contains(&op)
                && let Some(value) = known(f(cx, op, a, b)?)
            {
                return Ok(value);
            }
        }
        None => {
            let name = &cx.names().operators[op as usize][2];
            if let Some(method) = cx.lookup_special(a, name)
                && let Some(value) = known(call_special(cx, &method, a, std::slice::from_ref(b))?)
            {
                return Ok(value);
            }
        }
    }
    match try_binary(cx, op, a, b)? {
        Some(value) => Ok(value),
        None => Err(unsupported(cx, &format!("{}=", op.name()), op, a, b)),
    }
}

/// What `a op b` goes on to after its first special method has declined: `a`'s, which came first, or `b`'s reflected one, if `a` is a
/// number.
pub fn binary_rest(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    rest(cx, op.name(), op, a, b)
}

/// What `a op= b` goes on to after its first special method has declined: the in-place one, if `a` has it.
pub fn inplace_rest(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let symbol = format!("{}=", op.name());
    if cx.lookup_special(a, &cx.names().operators[op as usize][2]).is_none() {
        return rest(cx, &symbol, op, a, b);
    }
    match try_binary(cx, op, a, b)? {
        Some(value) => Ok(value),
        None => Err(unsupported(cx, &symbol, op, a, b)),
    }
}

fn rest(cx: &Thread, symbol: &str, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult {
    let reflected = &cx.names().operators[op as usize][1];
    if arithmetic(a).is_none()
        && !std::ptr::eq(a.shape().ty(), b.shape().ty())
        && let Some(method) = cx.lookup_special(b, reflected).filter(is_numeric)
        && let Some(value) = known(call_special(cx, &method, b, std::slice::from_ref(a))?)
    {
        return Ok(value);
    }
    match sequence_op(cx, op, a, b)? {
        Some(value) => Ok(value),
        None => Err(unsupported(cx, symbol, op, a, b)),
    }
}

/// The value, unless it is `NotImplemented`.
pub(super) fn known(value: Obj) -> Option<Obj> {
    if value.is_not_implemented() { None } else { Some(value) }
}

/// The slots that serve an operand without lookup; classes of native modules share a kind, so theirs do not.
#[inline]
fn arithmetic(obj: &Obj) -> Option<&'static slots::Slots> {
    slots::exact(obj).filter(|_| !slots::is_modules(obj.kind()))
}

fn try_binary(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult<Option<Obj>> {
    match (arithmetic(a), arithmetic(b)) {
        (Some(left), Some(right)) => {
            if let Some((f, ops)) = left.binary
                && ops.contains(&op)
                && let Some(value) = known(f(cx, op, a, b)?)
            {
                return Ok(Some(value));
            }
            if !a.shape().type_obj().same(b.shape().type_obj())
                && let Some((f, ops)) = right.binary
                && ops.contains(&op)
                && let Some(value) = known(f(cx, op, a, b)?)
            {
                return Ok(Some(value));
            }
        }
        _ => {
            if let Some(value) = dispatch(cx, op, a, b)? {
                return Ok(Some(value));
            }
        }
    }
    sequence_op(cx, op, a, b)
}

/// Special methods of the operands, the right one first where its type derives from the left one's and overrides.
fn dispatch(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult<Option<Obj>> {
    let [plain, reflected, _] = &cx.names().operators[op as usize];
    let left = cx.lookup_special(a, plain).filter(is_numeric);
    let (left_type, right_type) = (a.shape().ty(), b.shape().ty());
    let same_type = std::ptr::eq(left_type, right_type);
    let right = match same_type {
        true => None,
        false => cx.lookup_special(b, reflected).filter(is_numeric),
    };
    let mut right_first = false;
    if let Some(right) = &right
        && right_type.is_subtype(left_type)
    {
        let inherited = cx.lookup_type(left_type, reflected);
        right_first = !inherited.is_some_and(|inherited| inherited.same(right));
    }
    if right_first
        && let Some(method) = &right
        && let Some(value) = known(call_special(cx, method, b, std::slice::from_ref(a))?)
    {
        return Ok(Some(value));
    }
    if let Some(method) = &left
        && let Some(value) = known(call_special(cx, method, a, std::slice::from_ref(b))?)
    {
        return Ok(Some(value));
    }
    if !right_first
        && let Some(method) = &right
        && let Some(value) = known(call_special(cx, method, b, std::slice::from_ref(a))?)
    {
        return Ok(Some(value));
    }
    Ok(None)
}

/// Concatenation and repetition come after all numeric methods.
pub(super) fn is_numeric(method: &Obj) -> bool {
    let sequence =
        |native: &NativeFunction| matches!(native.def().imp, Imp::Slot(SlotImp::Concat(_) | SlotImp::Repeat(_)));
    !method.downcast::<NativeFunction>().is_some_and(sequence)
}

fn sequence_op(cx: &Thread, op: BinaryOp, a: &Obj, b: &Obj) -> PyResult<Option<Obj>> {
    match op {
        BinaryOp::Add => match slots::of_kind(a.kind()).concat {
            Some(concat) => concat(cx, a, b).map(Some),
            None => Ok(None),
        },
        BinaryOp::Mul => match (slots::of_kind(a.kind()).repeat, slots::of_kind(b.kind()).repeat) {
            (Some(repeat), _) => repeat_by(cx, repeat, a, b).map(Some),
            (None, Some(repeat)) => repeat_by(cx, repeat, b, a).map(Some),
            (None, None) => Ok(None),
        },
        _ => Ok(None),
    }
}

fn repeat_by(cx: &Thread, repeat: fn(&Thread, &Obj, &Obj) -> PyResult, sequence: &Obj, count: &Obj) -> PyResult {
    if !count.is_int() && cx.lookup_special(count, &cx.names().__index__).is_none() {
        let found = cx.type_name(count);
        return Err(cx.type_error(format_args!("can't multiply sequence by non-int of type '{found}'")));
    }
    repeat(cx, sequence, count)
}

#[cold]
fn unsupported(cx: &Thread, symbol: &str, op: BinaryOp, a: &Obj, b: &Obj) -> crate::Raised {
    let (left, right) = (cx.type_name(a), cx.type_name(b));
    if op == BinaryOp::Pow && !symbol.ends_with('=') {
        return cx.type_error(format_args!("unsupported operand type(s) for ** or pow(): '{left}' and '{right}'"));
    }
    if op == BinaryOp::RShift && left == "builtin_function_or_method" && crate::types::function::is_print(a) {
        return cx.type_error(format_args!(
            "unsupported operand type(s) for {symbol}: '{left}' and '{right}'. Did you mean \"print(<message>, file=<output_stream>)\"?"
        ));
    }
    cx.type_error(format_args!("unsupported operand type(s) for {symbol}: '{left}' and '{right}'"))
}

fn unary(cx: &Thread, value: &Obj, slot: Option<slots::Unary>, name: &Obj, what: &str) -> PyResult {
    if let Some(f) = slot {
        return f(cx, value);
    }
    match cx.lookup_special(value, name) {
        Some(method) => call_special(cx, &method, value, &[]),
        None => Err(cx.type_error(format_args!("bad operand type for {what}: '{}'", cx.type_name(value)))),
    }
}

/// `-value`.
pub fn negative(cx: &Thread, value: &Obj) -> PyResult {
    unary(cx, value, slots::exact(value).and_then(|s| s.neg), &cx.names().__neg__, "unary -")
}

/// `+value`.
pub fn positive(cx: &Thread, value: &Obj) -> PyResult {
    unary(cx, value, slots::exact(value).and_then(|s| s.pos), &cx.names().__pos__, "unary +")
}

/// `~value`.
pub fn invert(cx: &Thread, value: &Obj) -> PyResult {
    unary(cx, value, slots::exact(value).and_then(|s| s.invert), &cx.names().__invert__, "unary ~")
}

/// `abs(value)`.
pub fn absolute(cx: &Thread, value: &Obj) -> PyResult {
    unary(cx, value, slots::exact(value).and_then(|s| s.abs), &cx.names().__abs__, "abs()")
}

/// `divmod(a, b)`: `__divmod__`, `__rdivmod__`; numbers of ours have `//` and `%`.
pub fn divmod(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    if slots::exact(a).is_some() && slots::exact(b).is_some() && is_real(a) && is_real(b) {
        let quotient = binary_op(cx, BinaryOp::FloorDiv, a, b)?;
        return Ok(pv_object::Tuple::pair(quotient, binary_op(cx, BinaryOp::Mod, a, b)?));
    }
    if let Some(method) = cx.lookup_special(a, &cx.names().__divmod__)
        && let Some(value) = known(call_special(cx, &method, a, std::slice::from_ref(b))?)
    {
        return Ok(value);
    }
    if let Some(method) = cx.lookup_special(b, &cx.names().__rdivmod__)
        && let Some(value) = known(call_special(cx, &method, b, std::slice::from_ref(a))?)
    {
        return Ok(value);
    }
    let (left, right) = (cx.type_name(a), cx.type_name(b));
    Err(cx.type_error(format_args!("unsupported operand type(s) for divmod(): '{left}' and '{right}'")))
}

pub(super) fn is_real(obj: &Obj) -> bool {
    obj.is_int() || obj.as_float().is_some()
}

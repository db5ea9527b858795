//! Which function of a Python class an operator calls first.
//!
//! Role: decides for two operands whose types are known what [`crate::handlers::operators`] may push a frame for. `None` leaves the
//! operation to the runtime's protocols, which are always right.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_object::{Kind, Obj, ShapeRef};
use pv_runtime::{Thread, slots};
use pv_word::Word;

/// An operation with two operands.
#[derive(Clone, Copy)]
pub enum Operation {
    /// An operator, in place or not.
    Binary(BinaryOp, bool),
    /// A comparison.
    Compare(Compare),
}

/// The special method `name` of a class, if it is a Python function.
pub fn function(cx: &Thread, shape: ShapeRef, name: &Obj) -> Option<Word> {
    let found = cx.lookup_type(shape.ty(), name)?;
    (found.heap_kind() == Some(Kind::Function)).then(|| found.word())
}

/// The left operand's method, where it comes first: the right operand's type derives not from the left one's.
pub fn left(cx: &Thread, operation: Operation, left: ShapeRef, right: ShapeRef) -> Option<Word> {
    let (left_type, right_type) = (left.ty(), right.ty());
    if !std::ptr::eq(left_type, right_type) && right_type.is_subtype(left_type) {
        return None;
    }
    let names = cx.names();
    match operation {
        Operation::Compare(op) => function(cx, left, &names.comparisons[op as usize]),
        Operation::Binary(op, in_place) => {
            let [plain, _, update] = &names.operators[op as usize];
            if in_place && cx.lookup_type(left_type, update).is_some() {
                return function(cx, left, update);
            }
            function(cx, left, plain)
        }
    }
}

/// The right operand's reflected method, for a left operand that knows nothing of it.
pub fn reflected(cx: &Thread, operation: Operation, right: ShapeRef) -> Option<Word> {
    match operation {
        Operation::Compare(op) => function(cx, right, &cx.names().comparisons[slots::swapped(op) as usize]),
        Operation::Binary(op, _) => function(cx, right, &cx.names().operators[op as usize][1]),
    }
}

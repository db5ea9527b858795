//! Constant folding, within CPython's bounds on the size of results.

use std::rc::Rc;

use ruff_python_ast::{self as ast, Expr, Number, Operator, UnaryOp};

use super::Compiler;
use crate::error::{Res, fault};
use crate::literal;
use crate::unit::{Const, Wtf8};

/// Longest folded string or bytes object.
const MAX_STRING: usize = 4096;
/// Longest folded tuple.
const MAX_ITEMS: usize = 256;

impl<'a> Compiler<'a> {
    /// The value of a constant expression.
    pub(crate) fn fold(&mut self, e: &'a Expr) -> Res<Option<Const>> {
        if matches!(e, Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Tuple(_)) {
            return crate::parse::depth::with_stack(|| self.fold_here(e));
        }
        self.fold_here(e)
    }

    fn fold_here(&mut self, e: &'a Expr) -> Res<Option<Const>> {
        Ok(match e {
            Expr::NoneLiteral(_) => Some(Const::None),
            Expr::BooleanLiteral(e) => Some(Const::Bool(e.value)),
            Expr::EllipsisLiteral(_) => Some(Const::Ellipsis),
            Expr::NumberLiteral(e) => Some(number(e)?),
            Expr::StringLiteral(e) => Some(Const::Str(self.string_value(e)?)),
            Expr::BytesLiteral(e) => Some(Const::Bytes(self.bytes_value(e)?)),
            Expr::Name(name) if name.id.as_str() == "__debug__" => Some(Const::Bool(self.options.optimize == 0)),
            Expr::UnaryOp(e) => self.fold(&e.operand)?.and_then(|value| fold_unary(e.op, value)),
            Expr::BinOp(e) => self.fold_binary(e)?,
            Expr::Tuple(e) => self.fold_all(&e.elts)?.map(|items| Const::Tuple(items.into())),
            _ => None,
        })
    }

    fn fold_binary(&mut self, e: &'a ast::ExprBinOp) -> Res<Option<Const>> {
        let Some(right) = self.fold(&e.right)? else { return Ok(None) };
        let Some(left) = self.fold(&e.left)? else { return Ok(None) };
        Ok(fold_binary(e.op, left, right))
    }

    /// The values of expressions that are all constant.
    pub(crate) fn fold_all(&mut self, exprs: &'a [Expr]) -> Res<Option<Vec<Const>>> {
        let mut values = Vec::new();
        for e in exprs {
            match self.fold(e)? {
                Some(value) => values.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(values))
    }

    /// The value of a string literal.
    pub(crate) fn string_value(&mut self, e: &ast::ExprStringLiteral) -> Res<Wtf8> {
        let mut points = Vec::new();
        for part in &e.value {
            literal::string_points(self.index, part, &mut points)?;
        }
        Ok(Wtf8::from_code_points(points))
    }

    fn bytes_value(&mut self, e: &ast::ExprBytesLiteral) -> Res<Rc<[u8]>> {
        Ok(e.value.bytes().collect())
    }
}

/// The value of a number literal.
pub(crate) fn number(e: &ast::ExprNumberLiteral) -> Res<Const> {
    Ok(match &e.value {
        Number::Int(int) => match int.as_i64() {
            Some(value) => Const::Int(value),
            None => match literal::hex_digits(&int.to_string()) {
                Ok(digits) => Const::BigInt(digits.into()),
                Err(message) => return fault(e.range, message),
            },
        },
        Number::Float(value) => Const::Float(*value),
        Number::Complex { real, imag } => Const::Complex(*real, *imag),
    })
}

/// The truth of a constant.
pub(crate) fn truth(constant: &Const) -> bool {
    match constant {
        Const::None => false,
        Const::Bool(value) => *value,
        Const::Int(value) => *value != 0,
        Const::Float(value) => *value != 0.0,
        Const::Complex(re, im) => *re != 0.0 || *im != 0.0,
        Const::Str(text) => !text.as_bytes().is_empty(),
        Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        Const::Ellipsis | Const::BigInt(_) | Const::Slice(_) | Const::Code(_) => true,
    }
}

fn fold_unary(op: UnaryOp, value: Const) -> Option<Const> {
    Some(match (op, value) {
        (UnaryOp::Not, value) => Const::Bool(!truth(&value)),
        (UnaryOp::USub, Const::Int(value)) => match value.checked_neg() {
            Some(value) => Const::Int(value),
            None => Const::BigInt(format!("{:x}", value.unsigned_abs()).into()),
        },
        (UnaryOp::USub, Const::BigInt(digits)) => match digits.strip_prefix('-') {
            Some(digits) => Const::BigInt(digits.into()),
            None if &*digits == "8000000000000000" => Const::Int(i64::MIN),
            None => Const::BigInt(format!("-{digits}").into()),
        },
        (UnaryOp::USub, Const::Float(value)) => Const::Float(-value),
        (UnaryOp::USub, Const::Complex(re, im)) => Const::Complex(-re, -im),
        (UnaryOp::UAdd, value @ (Const::Int(_) | Const::BigInt(_) | Const::Float(_) | Const::Complex(..))) => value,
        (UnaryOp::Invert, Const::Int(value)) => Const::Int(!value),
        _ => return None,
    })
}

fn fold_binary(op: Operator, left: Const, right: Const) -> Option<Const> {
    match (left, right) {
        (Const::Int(a), Const::Int(b)) => fold_ints(op, a, b),
        (Const::Float(a), Const::Float(b)) => fold_floats(op, a, b).map(Const::Float),
        (Const::Float(a), Const::Int(b)) => fold_floats(op, a, exact(b)?).map(Const::Float),
        (Const::Int(a), Const::Float(b)) => fold_floats(op, exact(a)?, b).map(Const::Float),
        (Const::Int(a), Const::Complex(re, im)) => fold_complex(op, exact(a)?, re, im),
        (Const::Float(a), Const::Complex(re, im)) => fold_complex(op, a, re, im),
        (Const::Str(a), Const::Str(b)) if op == Operator::Add => (a.as_bytes().len() + b.as_bytes().len()
            <= MAX_STRING)
            .then(|| Const::Str(Wtf8::from_code_points(a.code_points().chain(b.code_points())))),
        (Const::Str(a), Const::Int(n)) | (Const::Int(n), Const::Str(a)) if op == Operator::Mult => {
            let n = repeat(n, a.as_bytes().len(), MAX_STRING)?;
            Some(Const::Str(Wtf8::from_code_points((0..n).flat_map(|_| a.code_points()))))
        }
        (Const::Bytes(a), Const::Bytes(b)) if op == Operator::Add => {
            (a.len() + b.len() <= MAX_STRING).then(|| Const::Bytes([&a[..], &b[..]].concat().into()))
        }
        (Const::Bytes(a), Const::Int(n)) | (Const::Int(n), Const::Bytes(a)) if op == Operator::Mult => {
            repeat(n, a.len(), MAX_STRING).map(|n| Const::Bytes(a.repeat(n).into()))
        }
        (Const::Tuple(a), Const::Tuple(b)) if op == Operator::Add => {
            (a.len() + b.len() <= MAX_ITEMS).then(|| Const::Tuple(a.iter().chain(b.iter()).cloned().collect()))
        }
        (Const::Tuple(a), Const::Int(n)) | (Const::Int(n), Const::Tuple(a)) if op == Operator::Mult => {
            let n = repeat(n, a.len(), MAX_ITEMS)?;
            Some(Const::Tuple((0..n).flat_map(|_| a.iter().cloned()).collect()))
        }
        _ => None,
    }
}

fn repeat(n: i64, len: usize, limit: usize) -> Option<usize> {
    let n = usize::try_from(n.max(0)).ok()?;
    n.checked_mul(len).filter(|total| *total <= limit && n <= limit).map(|_| n)
}

/// An int as a float, if nothing is lost.
fn exact(value: i64) -> Option<f64> {
    (value.unsigned_abs() < 1 << 53).then_some(value as f64)
}

fn fold_ints(op: Operator, a: i64, b: i64) -> Option<Const> {
    Some(Const::Int(match op {
        Operator::Add => a.checked_add(b)?,
        Operator::Sub => a.checked_sub(b)?,
        Operator::Mult => a.checked_mul(b)?,
        Operator::FloorDiv => floor_div(a, b)?.0,
        Operator::Mod => floor_div(a, b)?.1,
        Operator::Pow => a.checked_pow(u32::try_from(b).ok()?)?,
        Operator::LShift => shift_left(a, b)?,
        Operator::RShift if b >= 0 => a >> b.min(63),
        Operator::BitAnd => a & b,
        Operator::BitOr => a | b,
        Operator::BitXor => a ^ b,
        Operator::Div if b != 0 => return Some(Const::Float(exact(a)? / exact(b)?)),
        _ => return None,
    }))
}

fn shift_left(a: i64, b: i64) -> Option<i64> {
    let shifted = a.checked_shl(u32::try_from(b).ok()?)?;
    (b < 64 && shifted >> b == a).then_some(shifted)
}

/// Quotient and remainder, rounded towards minus infinity.
fn floor_div(a: i64, b: i64) -> Option<(i64, i64)> {
    let (q, r) = (a.checked_div(b)?, a.checked_rem(b)?);
    Some(if r != 0 && (r < 0) != (b < 0) { (q - 1, r + b) } else { (q, r) })
}

fn fold_floats(op: Operator, a: f64, b: f64) -> Option<f64> {
    Some(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult => a * b,
        Operator::Div if b != 0.0 => a / b,
        _ => return None,
    })
}

/// `1 + 2j` and `1 - 2j`.
fn fold_complex(op: Operator, a: f64, re: f64, im: f64) -> Option<Const> {
    match op {
        Operator::Add => Some(Const::Complex(a + re, im)),
        Operator::Sub => Some(Const::Complex(a - re, -im)),
        _ => None,
    }
}

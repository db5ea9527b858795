//! Equality and hashes that can be told without running Python.

use pv_word::Word;

use crate::bigint::BigInt;
use crate::hash;
use crate::kind::Kind;
use crate::layouts::{BoxedFloat, BoxedInt, Bytes, Complex, Str, Tuple};
use crate::obj::Obj;
use crate::types::summary_bit;

/// Nested tuples are looked into this deep.
const DEPTH: u32 = 4;

/// Are the two the same object, as `is` has it? Ints, floats and complex numbers are compared by type and bits.
#[inline]
pub fn is_same(a: &Obj, b: &Obj) -> bool {
    a.same(b) || same_box(a, b)
}

fn same_box(a: &Obj, b: &Obj) -> bool {
    match (a.exact::<BoxedInt>(), b.exact::<BoxedInt>()) {
        (Some(x), Some(y)) => return x.value() == y.value(),
        (None, None) => {}
        _ => return false,
    }
    match (a.exact::<BoxedFloat>(), b.exact::<BoxedFloat>()) {
        (Some(x), Some(y)) => return x.value().to_bits() == y.value().to_bits(),
        (None, None) => {}
        _ => return false,
    }
    let bits = |value: &Complex| (value.real().to_bits(), value.imag().to_bits());
    matches!((a.exact::<Complex>(), b.exact::<Complex>()), (Some(x), Some(y)) if bits(x) == bits(y))
}

/// The number that `id` tells: an object's address; for numbers one made of type and value, which no address is.
pub fn identity(obj: &Obj) -> BigInt {
    let tagged = |kind: u64, value: u64| BigInt::from(u128::from(kind) << 64 | u128::from(value));
    let word = obj.word();
    if word.is_int() || word.is_float() {
        return tagged(1, word.0);
    }
    if !obj.is_exact() {
        return BigInt::from(word.addr() as u64);
    }
    match obj.kind() {
        Kind::Float => tagged(2, obj.as_float().unwrap_or_default().to_bits()),
        Kind::Int => {
            let value = obj.as_bigint().unwrap_or(BigInt::ZERO);
            &value.abs().shl(8) | &BigInt::from(if value.is_negative() { 7 } else { 3 })
        }
        Kind::Complex => {
            let value = obj.expect::<Complex>();
            let imag = BigInt::from(value.imag().to_bits());
            &(&imag.shl(64) | &BigInt::from(value.real().to_bits())) | &BigInt::ONE.shl(130)
        }
        _ => BigInt::from(word.addr() as u64),
    }
}

/// Are the two equal? `None` when only Python can tell. Identical objects are equal, as containers have it.
#[inline]
pub fn quick_eq(a: &Obj, b: &Obj) -> Option<bool> {
    if a.same(b) {
        return Some(true);
    }
    if Word::both_int(a.word(), b.word()) {
        return Some(false);
    }
    quick_eq_within(a, b, DEPTH)
}

fn quick_eq_within(a: &Obj, b: &Obj, depth: u32) -> Option<bool> {
    if a.same(b) {
        return Some(true);
    }
    if a.is_exact() && b.is_exact() {
        match (a.kind(), b.kind()) {
            (Kind::Str, Kind::Str) => return Some(a.expect::<Str>().same_text(b.expect::<Str>())),
            (Kind::Bytes, Kind::Bytes) => return Some(a.expect::<Bytes>().data() == b.expect::<Bytes>().data()),
            (Kind::Tuple, Kind::Tuple) => return equal_tuples(a.expect(), b.expect(), depth),
            (x, y) if is_number(x) && is_number(y) => return Some(equal_numbers(a, b)),
            _ => {}
        }
    }
    (is_plain(a) && is_plain(b)).then_some(false)
}

fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Int | Kind::Float | Kind::Bool | Kind::Complex)
}

/// Objects that equal nothing of another plain kind (numbers among themselves apart).
fn is_plain(obj: &Obj) -> bool {
    let by_value = |kind| is_number(kind) || matches!(kind, Kind::Str | Kind::Bytes | Kind::Tuple);
    is_one_of_its_kind(obj) || obj.is_exact() && by_value(obj.kind())
}

/// Objects that are equal to themselves alone, with the hash of their address.
fn is_one_of_its_kind(obj: &Obj) -> bool {
    match obj.kind() {
        Kind::Instance => obj.shape().ty().summary() & const { summary_bit("__eq__") | summary_bit("__hash__") } == 0,
        Kind::None | Kind::Ellipsis | Kind::NotImplemented | Kind::Function | Kind::Type => obj.is_exact(),
        _ => false,
    }
}

fn equal_tuples(a: &Tuple, b: &Tuple, depth: u32) -> Option<bool> {
    if a.len() != b.len() {
        return Some(false);
    }
    let depth = depth.checked_sub(1)?;
    for (x, y) in a.items().iter().zip(b.items()) {
        match quick_eq_within(x, y, depth) {
            Some(true) => {}
            other => return other,
        }
    }
    Some(true)
}

/// Equality of exact ints, bools, floats and complex numbers, by value.
pub fn equal_numbers(a: &Obj, b: &Obj) -> bool {
    if let (Some(x), Some(y)) = (a.as_i64(), b.as_i64()) {
        return x == y;
    }
    match (a.downcast::<Complex>(), b.downcast::<Complex>()) {
        (Some(x), Some(y)) => return x.real() == y.real() && x.imag() == y.imag(),
        (Some(x), None) => return x.imag() == 0.0 && equal_numbers(&Obj::float(x.real()), b),
        (None, Some(_)) => return equal_numbers(b, a),
        (None, None) => {}
    }
    match (a.as_float(), b.as_float()) {
        (Some(x), Some(y)) => x == y,
        (Some(x), None) => b.as_bigint().is_some_and(|big| big.equals_f64(x)),
        (None, Some(y)) => a.as_bigint().is_some_and(|big| big.equals_f64(y)),
        (None, None) => a.as_bigint() == b.as_bigint(),
    }
}

/// The hash of an object that runs no Python for it; `None` for others.
#[inline]
pub fn quick_hash(obj: &Obj) -> Option<i64> {
    quick_hash_within(obj, DEPTH)
}

fn quick_hash_within(obj: &Obj, depth: u32) -> Option<i64> {
    if let Some(value) = obj.word().as_i64() {
        return Some(hash::int(value));
    }
    if !obj.is_exact() {
        return is_one_of_its_kind(obj).then(|| hash::address(obj.word().addr()));
    }
    Some(match obj.kind() {
        Kind::Str => obj.expect::<Str>().hash(),
        Kind::Int => obj.as_bigint()?.hash(),
        Kind::Float => hash::float(obj.as_float()?).unwrap_or_else(|| hash::address(obj.word().addr())),
        Kind::Bool => i64::from(obj.is_true()),
        Kind::Complex => complex_hash(obj),
        Kind::Bytes => obj.expect::<Bytes>().hash(),
        Kind::Tuple => {
            let depth = depth.checked_sub(1)?;
            let items = obj.expect::<Tuple>().items();
            let hashes = items.iter().map(|item| quick_hash_within(item, depth)).collect::<Option<Vec<_>>>()?;
            hash::tuple(hashes.into_iter())
        }
        Kind::None => 0xfca8_6420,
        _ if is_one_of_its_kind(obj) => hash::address(obj.word().addr()),
        _ => return None,
    })
}

fn complex_hash(obj: &Obj) -> i64 {
    let value = obj.expect::<Complex>();
    let part = |part: f64| hash::float(part).unwrap_or_else(|| hash::address(obj.word().addr()));
    hash::complex(part(value.real()), part(value.imag()))
}

//! Methods and attributes of ints.

use pv_object::{BigInt, Bytes, Obj, Tuple};

use super::{arith, exact, is_negative, with_big};
use crate::error::PyResult;
use crate::format::render;
use crate::protocol;
use crate::text;
use crate::thread::Thread;

fn same(_: &Thread, value: &Obj) -> PyResult {
    Ok(exact(value))
}

fn zero(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::small(0))
}

fn one(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::small(1))
}

fn bit_length(_: &Thread, value: &Obj) -> PyResult {
    Ok(match value.as_i64() {
        Some(small) => Obj::int(i64::from(64 - small.unsigned_abs().leading_zeros())),
        None => Obj::usize(with_big(value, BigInt::bit_length)),
    })
}

fn bit_count(_: &Thread, value: &Obj) -> PyResult {
    Ok(match value.as_i64() {
        Some(small) => Obj::int(i64::from(small.unsigned_abs().count_ones())),
        None => Obj::usize(with_big(value, BigInt::bit_count)),
    })
}

fn as_integer_ratio(_: &Thread, value: &Obj) -> PyResult {
    Ok(Tuple::pair(exact(value), Obj::small(1)))
}

fn is_integer(_: &Thread, _: &Obj) -> PyResult {
    Ok(Obj::bool(true))
}

fn getnewargs(_: &Thread, value: &Obj) -> PyResult {
    Ok(Tuple::create(vec![exact(value)]))
}

fn sizeof(_: &Thread, value: &Obj) -> PyResult {
    let digits = with_big(value, BigInt::bit_length).div_ceil(30).max(1);
    Ok(Obj::usize(24 + 4 * digits))
}

fn format(cx: &Thread, value: &Obj, spec: &Obj) -> PyResult {
    render::int(cx, value, spec)
}

fn divmod(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    if b.is_int() { arith::divmod(cx, a, b) } else { Ok(Obj::not_implemented()) }
}

fn rdivmod(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    if b.is_int() { arith::divmod(cx, b, a) } else { Ok(Obj::not_implemented()) }
}

fn round(cx: &Thread, value: &Obj, digits: Option<&Obj>) -> PyResult {
    match digits {
        Some(digits) if !digits.is_none() => round_to(cx, value, digits),
        _ => Ok(exact(value)),
    }
}

/// `round(value, digits)`: to a multiple of a power of ten, halves to even.
fn round_to(cx: &Thread, value: &Obj, digits: &Obj) -> PyResult {
    let digits = protocol::to_index(cx, digits)?;
    if !is_negative(&digits) {
        return Ok(exact(value));
    }
    let places = digits.as_i64().map_or(usize::MAX, |digits| digits.unsigned_abs() as usize);
    // 10^places is more than twice the value.
    if places.saturating_mul(3) > with_big(value, BigInt::bit_length) + 6 {
        return Ok(Obj::small(0));
    }
    let unit = BigInt::from(10).pow(places);
    with_big(value, |value| {
        let (quotient, remainder) = value.div_mod(&unit).unwrap_or((BigInt::ZERO, BigInt::ZERO));
        let up = match (&remainder + &remainder).cmp(&unit) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => quotient.is_odd(),
            std::cmp::Ordering::Greater => true,
        };
        let quotient = if up { &quotient + &BigInt::ONE } else { quotient };
        Ok(Obj::big(&quotient * &unit))
    })
}

/// Is the byte order `little`?
fn little(cx: &Thread, order: Option<&Obj>) -> PyResult<bool> {
    let Some(order) = order else { return Ok(false) };
    if order.downcast::<pv_object::Str>().is_none() {
        let found = cx.type_name(order);
        return Err(cx.type_error(format_args!("byteorder must be str, not {found}")));
    }
    match () {
        () if text::eq(order, "little") => Ok(true),
        () if text::eq(order, "big") => Ok(false),
        () => Err(cx.value_error("byteorder must be either 'little' or 'big'")),
    }
}

fn to_bytes(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(value), length, order, signed] = args else {
        return Err(cx.system_error("to_bytes was bound wrongly"));
    };
    let length = length.as_ref().map_or(Ok(1), |length| protocol::to_isize(cx, length))?;
    let little = little(cx, order.as_ref())?;
    let signed = crate::types::args::flag(cx, signed.as_ref(), false)?;
    let Ok(length) = usize::try_from(length) else {
        return Err(cx.value_error("length argument must be non-negative"));
    };
    if is_negative(value) && !signed {
        return Err(cx.overflow_error("can't convert negative int to unsigned"));
    }
    let mut bytes = with_big(value, BigInt::to_le_bytes);
    // Two's complement may end in a byte that only carries the sign, which an unsigned number does not need.
    while !signed && bytes.last() == Some(&0) {
        bytes.pop();
    }
    if bytes.len() > length {
        return Err(cx.overflow_error("int too big to convert"));
    }
    bytes.resize(length, if is_negative(value) { 0xff } else { 0 });
    if !little {
        bytes.reverse();
    }
    Ok(Bytes::create(&bytes))
}

fn from_bytes(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(class), Some(source), order, signed] = args else {
        return Err(cx.system_error("from_bytes was bound wrongly"));
    };
    let little = little(cx, order.as_ref())?;
    let signed = crate::types::args::flag(cx, signed.as_ref(), false)?;
    let mut bytes = match crate::types::bytes::converted(cx, source)? {
        Some(bytes) => bytes.expect::<Bytes>().data().to_vec(),
        None => crate::types::bytes::from_object(cx, source, crate::types::bytes::BYTES_RANGE)?,
    };
    if !little {
        bytes.reverse();
    }
    let value = match (bytes.is_empty(), bytes.len() < 8) {
        (true, _) => Obj::small(0),
        (_, true) => Obj::int(small_from_bytes(&bytes, signed)),
        _ => Obj::big(BigInt::from_le_bytes(&bytes, signed)),
    };
    if crate::types::args::is_builtin(class, pv_object::Kind::Int) {
        return Ok(value);
    }
    protocol::call1(cx, class, &value)
}

/// Fewer than eight bytes, lowest first.
fn small_from_bytes(bytes: &[u8], signed: bool) -> i64 {
    let value = bytes.iter().rev().fold(0_i64, |value, byte| value << 8 | i64::from(*byte));
    let negative = signed && bytes.last().is_some_and(|top| *top >= 0x80);
    if negative { value - (1 << (8 * bytes.len())) } else { value }
}

crate::natives! { pub(super) static METHODS:
    "conjugate" "(self, /)" F1(same) "The number itself, as its own complex conjugate.";
    "bit_length" "(self, /)" F1(bit_length) "Number of bits needed for the absolute value.";
    "bit_count" "(self, /)" F1(bit_count) "Number of ones in the binary form of the absolute value.";
    "to_bytes" "(self, /, length=1, byteorder='big', *, signed=False)" Bound(to_bytes) "The bytes of the number.";
    "as_integer_ratio" "(self, /)" F1(as_integer_ratio) "The pair of the number and 1.";
    "is_integer" "(self, /)" F1(is_integer) "True, as for every integer.";
    "__trunc__" "(self, /)" F1(same) "The number itself.";
    "__floor__" "(self, /)" F1(same) "The number itself.";
    "__ceil__" "(self, /)" F1(same) "The number itself.";
    "__round__" "(self, ndigits=None, /)" O2(round) "Rounds to a power of ten, halves to even.";
    "__getnewargs__" "(self, /)" F1(getnewargs) "Arguments that make the same number.";
    "__format__" "(self, format_spec, /)" F2(format) "Formats the number by a specification.";
    "__sizeof__" "(self, /)" F1(sizeof) "Size in memory, in bytes.";
    "__divmod__" "(self, value, /)" F2(divmod) "The pair (self // value, self % value).";
    "__rdivmod__" "(self, value, /)" F2(rdivmod) "The pair (value // self, value % self).";
}

crate::natives! { pub(super) static CLASS_METHODS:
    "from_bytes" "(cls, /, bytes, byteorder='big', *, signed=False)" Bound(from_bytes) "The number that bytes represent.";
}

crate::getsets! { pub(super) static GETSETS:
    "real" same => "the real part of a complex number";
    "imag" zero => "the imaginary part of a complex number";
    "numerator" same => "the numerator of a rational number in lowest terms";
    "denominator" one => "the denominator of a rational number in lowest terms";
}

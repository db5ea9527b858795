//! Functions on one or two values: conversions, arithmetic, identity.

use pv_bytecode::op::BinaryOp;
use pv_object::{Obj, Str, StrBuilder};

use super::identity;
use crate::error::PyResult;
use crate::protocol::{self, to_index};
use crate::text;
use crate::thread::Thread;

fn abs(cx: &Thread, x: &Obj) -> PyResult {
    protocol::absolute(cx, x)
}

fn ascii(cx: &Thread, x: &Obj) -> PyResult {
    protocol::ascii(cx, x)
}

fn repr(cx: &Thread, x: &Obj) -> PyResult {
    protocol::repr(cx, x)
}

fn hash(cx: &Thread, x: &Obj) -> PyResult {
    protocol::hash(cx, x).map(Obj::int)
}

fn id(_: &Thread, x: &Obj) -> PyResult {
    Ok(Obj::int(identity(x) as i64))
}

fn len(cx: &Thread, x: &Obj) -> PyResult {
    protocol::len(cx, x).map(Obj::usize)
}

fn callable(cx: &Thread, x: &Obj) -> PyResult {
    Ok(Obj::bool(protocol::is_callable(cx, x)))
}

/// Digits in a base that is a power of two, with prefix and sign.
fn digits(cx: &Thread, x: &Obj, radix: u32, prefix: &str) -> PyResult {
    let index = to_index(cx, x)?;
    let Some(value) = index.as_bigint() else { return Err(cx.system_error("an index is an int")) };
    let shown = value.abs().to_radix(radix);
    Ok(text::new(&format!("{}{prefix}{shown}", if value.is_negative() { "-" } else { "" })))
}

fn bin(cx: &Thread, x: &Obj) -> PyResult {
    digits(cx, x, 2, "0b")
}

fn oct(cx: &Thread, x: &Obj) -> PyResult {
    digits(cx, x, 8, "0o")
}

fn hex(cx: &Thread, x: &Obj) -> PyResult {
    digits(cx, x, 16, "0x")
}

fn chr(cx: &Thread, x: &Obj) -> PyResult {
    let index = to_index(cx, x)?;
    match index.as_i64() {
        Some(point @ 0..=0x10_ffff) => Ok(Obj::char(point as u32)),
        _ => Err(cx.value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(cx: &Thread, x: &Obj) -> PyResult {
    let (length, point) = if let Some(string) = x.downcast::<Str>() {
        (string.len(), string.code_point(0))
    } else if let Some(bytes) = x.downcast::<pv_object::Bytes>() {
        (bytes.data().len(), bytes.data().first().map(|byte| u32::from(*byte)))
    } else if let Some(bytes) = x.downcast::<pv_object::ByteArray>() {
        bytes.with(|data| (data.len(), data.first().map(|byte| u32::from(*byte))))
    } else {
        let found = cx.type_name(x);
        return Err(cx.type_error(format_args!("ord() expected string of length 1, but {found} found")));
    };
    match point {
        Some(point) if length == 1 => Ok(Obj::int(i64::from(point))),
        _ => Err(cx.type_error(format_args!("ord() expected a character, but string of length {length} found"))),
    }
}

fn divmod(cx: &Thread, a: &Obj, b: &Obj) -> PyResult {
    protocol::divmod(cx, a, b)
}

fn pow(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    match args {
        [Some(base), Some(exponent), Some(modulus)] => protocol::power_modulo(cx, base, exponent, modulus),
        [Some(base), Some(exponent), None] => protocol::binary_op(cx, BinaryOp::Pow, base, exponent),
        _ => Err(cx.system_error("pow")),
    }
}

fn round(cx: &Thread, number: &Obj, digits: Option<&Obj>) -> PyResult {
    let Some(method) = cx.lookup_special(number, &cx.names().__round__) else {
        let found = cx.type_name(number);
        return Err(cx.type_error(format_args!("type {found} doesn't define __round__ method")));
    };
    let digits = digits.filter(|digits| !digits.is_none());
    protocol::call_special(cx, &method, number, digits.map_or(&[][..], std::slice::from_ref))
}

fn format(cx: &Thread, value: &Obj, spec: Option<&Obj>) -> PyResult {
    match spec {
        None => protocol::format(cx, value, &StrBuilder::new().finish()),
        Some(spec) if spec.downcast::<Str>().is_some() => protocol::format(cx, value, spec),
        Some(spec) => {
            let found = cx.type_name(spec);
            Err(cx.type_error(format_args!("format() argument 2 must be str, not {found}")))
        }
    }
}

crate::natives! { pub(super) static FUNCTIONS:
    "abs" "(number, /)" F1(abs) "Return the absolute value of the argument.";
    "ascii" "(obj, /)" F1(ascii) "Return an ASCII-only representation of an object.";
    "bin" "(integer, /)" F1(bin) "Return the binary representation of an integer.";
    "callable" "(obj, /)" F1(callable) "Return whether the object is callable (i.e., some kind of function).";
    "chr" "(i, /)" F1(chr) "Return a Unicode string of one character with ordinal i.";
    "divmod" "(x, y, /)" F2(divmod) "Return the tuple (x//y, x%y).";
    "format" "(value, format_spec='', /)" O2(format) "Return type(value).__format__(value, format_spec).";
    "hash" "(obj, /)" F1(hash) "Return the hash value for the given object.";
    "hex" "(integer, /)" F1(hex) "Return the hexadecimal representation of an integer.";
    "id" "(obj, /)" F1(id) "Return the identity of an object.";
    "len" "(obj, /)" F1(len) "Return the number of items in a container.";
    "oct" "(integer, /)" F1(oct) "Return the octal representation of an integer.";
    "ord" "(character, /)" F1(ord) "Return the ordinal value of a character.";
    "pow" "(base, exp, mod=None)" Bound(pow) "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.";
    "repr" "(obj, /)" F1(repr) "Return the canonical string representation of the object.";
    "round" "(number, ndigits=None)" O2(round) "Round a number to a given precision in decimal digits.";
}

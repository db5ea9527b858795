//! Functions of integers.

use pv_object::{BigInt, Obj};
use pv_runtime::{Args, PyResult, Thread, natives};

use crate::support::integer;

/// The product of the integers from `low` to `high`, halved again and again so that factors stay of equal size.
fn product(low: u64, high: u64) -> BigInt {
    if low > high {
        return BigInt::ONE;
    }
    if high - low < 8 {
        return (low..=high).fold(BigInt::ONE, |all, factor| &all * &BigInt::from(factor));
    }
    let middle = low + (high - low) / 2;
    &product(low, middle) * &product(middle + 1, high)
}

fn factorial(cx: &Thread, n: &Obj) -> PyResult {
    let n = integer(cx, n)?;
    if n.is_negative() {
        return Err(cx.value_error("factorial() not defined for negative values"));
    }
    match n.to_i64() {
        Some(n) => Ok(Obj::big(product(2, n as u64))),
        None => Err(cx.overflow_error("factorial() argument should not exceed 9223372036854775807")),
    }
}

fn isqrt(cx: &Thread, n: &Obj) -> PyResult {
    let n = integer(cx, n)?;
    if n.is_negative() {
        return Err(cx.value_error("isqrt() argument must be nonnegative"));
    }
    Ok(Obj::big(n.sqrt()))
}

/// `n * (n - 1) * …`, `k` factors.
fn falling(n: &BigInt, k: u64) -> BigInt {
    match n.to_u64() {
        Some(n) => product(n - k + 1, n),
        None => (0..k).fold(BigInt::ONE, |all, i| &all * &(n - &BigInt::from(i))),
    }
}

/// Both arguments of `comb` and `perm`, checked.
fn counts(cx: &Thread, n: &Obj, k: &Obj) -> PyResult<(BigInt, BigInt)> {
    let (n, k) = (integer(cx, n)?, integer(cx, k)?);
    if n.is_negative() {
        return Err(cx.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(cx.value_error("k must be a non-negative integer"));
    }
    Ok((n, k))
}

fn perm(cx: &Thread, n: &Obj, k: Option<&Obj>) -> PyResult {
    let Some(k) = k.filter(|k| !k.is_none()) else { return factorial(cx, n) };
    let (n, k) = counts(cx, n, k)?;
    if k > n {
        return Ok(Obj::small(0));
    }
    match k.to_i64() {
        Some(k) => Ok(Obj::big(falling(&n, k as u64))),
        None => Err(cx.overflow_error("k must not exceed 9223372036854775807")),
    }
}

fn comb(cx: &Thread, n: &Obj, k: &Obj) -> PyResult {
    let (n, k) = counts(cx, n, k)?;
    if k > n {
        return Ok(Obj::small(0));
    }
    let fewer = k.clone().min(&n - &k);
    let Some(k) = fewer.to_i64() else {
        return Err(cx.overflow_error("min(n - k, k) must not exceed 9223372036854775807"));
    };
    let result = falling(&n, k as u64).div_mod(&product(2, k as u64)).map(|(quotient, _)| quotient);
    Ok(Obj::big(result.unwrap_or(BigInt::ZERO)))
}

fn gcd(cx: &Thread, args: &Args<'_>) -> PyResult {
    no_keywords(cx, args, "gcd")?;
    let mut result = BigInt::ZERO;
    for value in args.positional() {
        result = result.gcd(&integer(cx, value)?);
    }
    Ok(Obj::big(result))
}

fn lcm(cx: &Thread, args: &Args<'_>) -> PyResult {
    no_keywords(cx, args, "lcm")?;
    let mut result = BigInt::ONE;
    for value in args.positional() {
        let value = integer(cx, value)?;
        let divisor = result.gcd(&value);
        let factor = value.div_mod(&divisor).map_or(BigInt::ZERO, |(quotient, _)| quotient);
        result = (&result * &factor).abs();
    }
    Ok(Obj::big(result))
}

fn no_keywords(cx: &Thread, args: &Args<'_>, name: &str) -> PyResult<()> {
    match args.has_keywords() {
        false => Ok(()),
        true => Err(cx.type_error(format_args!("math.{name}() takes no keyword arguments"))),
    }
}

natives! { pub(super) static FUNCTIONS:
    "comb" "(n, k, /)" F2(comb) "The number of ways to choose k of n.";
    "factorial" "(n, /)" F1(factorial) "The product of the integers from 1 to n.";
    "gcd" "(*integers)" Raw(gcd) "The greatest common divisor.";
    "isqrt" "(n, /)" F1(isqrt) "The integer part of the square root.";
    "lcm" "(*integers)" Raw(lcm) "The least common multiple.";
    "perm" "(n, k=None, /)" O2(perm) "The number of ways to choose and order k of n.";
}

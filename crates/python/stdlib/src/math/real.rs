//! Functions of real numbers.

use pv_object::{BigInt, Obj, Tuple};
use pv_runtime::{PyResult, Raised, Thread, natives, protocol, text};

use crate::algorithm::gamma::{self, NoResult};
use crate::algorithm::inverse_hyperbolic::{acosh, asinh, atanh};
use crate::support::{integer, real};

/// Errors of a function that has no value for some arguments: ValueError in these words, followed by the argument.
fn domain(cx: &Thread, expected: &str, x: f64) -> Raised {
    match protocol::repr(cx, &Obj::float(x)) {
        Ok(shown) => cx.value_error(format_args!("{expected}, got {}", text::to_string(&shown))),
        Err(raised) => raised,
    }
}

fn out_of_range(cx: &Thread) -> Raised {
    cx.overflow_error("math range error")
}

fn no_value(cx: &Thread) -> Raised {
    cx.value_error("math domain error")
}

/// A function whose result is nan only where it has no value, and infinite only where it is too large.
fn checked(cx: &Thread, value: &Obj, expected: &str, f: fn(f64) -> f64) -> PyResult {
    let x = real(cx, value)?;
    let result = f(x);
    if result.is_nan() && !x.is_nan() {
        return Err(domain(cx, expected, x));
    }
    if result.is_infinite() && x.is_finite() {
        return Err(if expected.is_empty() { out_of_range(cx) } else { domain(cx, expected, x) });
    }
    Ok(Obj::float(result))
}

macro_rules! unary {
    ($($name:ident $function:expr, $expected:literal;)*) => {
        $(fn $name(cx: &Thread, x: &Obj) -> PyResult {
            checked(cx, x, $expected, $function)
        })*
    };
}

unary! {
    acos_ f64::acos, "expected a number in range from -1 up to 1";
    asin_ f64::asin, "expected a number in range from -1 up to 1";
    acosh_ acosh, "expected argument value not less than 1";
    atanh_ atanh, "expected a number between -1 and 1";
    cos_ f64::cos, "expected a finite input";
    sin_ f64::sin, "expected a finite input";
    tan_ f64::tan, "expected a finite input";
    sqrt_ f64::sqrt, "expected a nonnegative input";
    log1p_ f64::ln_1p, "expected argument value > -1";
    atan_ f64::atan, "";
    asinh_ asinh, "";
    cbrt_ f64::cbrt, "";
    cosh_ f64::cosh, "";
    sinh_ f64::sinh, "";
    tanh_ f64::tanh, "";
    erf_ libm::erf, "";
    erfc_ libm::erfc, "";
    exp_ f64::exp, "";
    exp2_ f64::exp2, "";
    expm1_ f64::exp_m1, "";
    fabs_ f64::abs, "";
}

fn gamma_result(cx: &Thread, x: f64, result: Result<f64, NoResult>) -> PyResult {
    match result {
        Ok(value) => Ok(Obj::float(value)),
        Err(NoResult::Domain) => Err(domain(cx, "expected a noninteger or positive integer", x)),
        Err(NoResult::Range) => Err(out_of_range(cx)),
    }
}

fn gamma_(cx: &Thread, x: &Obj) -> PyResult {
    let x = real(cx, x)?;
    gamma_result(cx, x, gamma::gamma(x))
}

fn lgamma(cx: &Thread, x: &Obj) -> PyResult {
    let x = real(cx, x)?;
    gamma_result(cx, x, gamma::ln_gamma(x))
}

fn degrees(cx: &Thread, x: &Obj) -> PyResult {
    Ok(Obj::float(real(cx, x)? * (180.0 / std::f64::consts::PI)))
}

fn radians(cx: &Thread, x: &Obj) -> PyResult {
    Ok(Obj::float(real(cx, x)? * (std::f64::consts::PI / 180.0)))
}

/// The logarithm of a positive number by `f`; integers may be larger than any double: then it is that of the leading bits
/// plus `scale` per bit left out.
fn logarithm(cx: &Thread, value: &Obj, f: fn(f64) -> f64) -> PyResult<f64> {
    if !value.is_int() {
        let x = real(cx, value)?;
        return match x > 0.0 || x.is_nan() {
            true => Ok(f(x)),
            false => Err(domain(cx, "expected a positive input", x)),
        };
    }
    let whole = value.as_bigint().unwrap_or(BigInt::ZERO);
    if whole.is_negative() || whole.is_zero() {
        return Err(cx.value_error("expected a positive input"));
    }
    Ok(match whole.to_f64() {
        Some(x) => f(x),
        None => {
            let bits = whole.bit_length();
            let top = whole.shr(bits - 64).to_f64().unwrap_or(1.0) / 18_446_744_073_709_551_616.0;
            f(top) + bits as f64 * f(2.0)
        }
    })
}

fn log(cx: &Thread, x: &Obj, base: Option<&Obj>) -> PyResult {
    let top = logarithm(cx, x, f64::ln)?;
    let Some(base) = base else { return Ok(Obj::float(top)) };
    let bottom = logarithm(cx, base, f64::ln)?;
    if bottom == 0.0 {
        return Err(cx.zero_division("division by zero"));
    }
    Ok(Obj::float(top / bottom))
}

fn log2(cx: &Thread, x: &Obj) -> PyResult {
    logarithm(cx, x, f64::log2).map(Obj::float)
}

fn log10(cx: &Thread, x: &Obj) -> PyResult {
    logarithm(cx, x, f64::log10).map(Obj::float)
}

fn atan2(cx: &Thread, y: &Obj, x: &Obj) -> PyResult {
    Ok(Obj::float(real(cx, y)?.atan2(real(cx, x)?)))
}

fn copysign(cx: &Thread, x: &Obj, y: &Obj) -> PyResult {
    Ok(Obj::float(real(cx, x)?.copysign(real(cx, y)?)))
}

fn fmod(cx: &Thread, x: &Obj, y: &Obj) -> PyResult {
    let (x, y) = (real(cx, x)?, real(cx, y)?);
    let result = x % y;
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(no_value(cx));
    }
    Ok(Obj::float(result))
}

fn remainder(cx: &Thread, x: &Obj, y: &Obj) -> PyResult {
    let (x, y) = (real(cx, x)?, real(cx, y)?);
    let result = libm::remainder(x, y);
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(no_value(cx));
    }
    Ok(Obj::float(result))
}

fn pow(cx: &Thread, x: &Obj, y: &Obj) -> PyResult {
    let (x, y) = (real(cx, x)?, real(cx, y)?);
    let result = x.powf(y);
    if !x.is_finite() || !y.is_finite() || result.is_finite() {
        return Ok(Obj::float(result));
    }
    Err(if result.is_nan() || x == 0.0 { no_value(cx) } else { out_of_range(cx) })
}

fn fma(cx: &Thread, x: &Obj, y: &Obj, z: &Obj) -> PyResult {
    let (x, y, z) = (real(cx, x)?, real(cx, y)?, real(cx, z)?);
    let result = x.mul_add(y, z);
    if result.is_finite() {
        return Ok(Obj::float(result));
    }
    if result.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
        return Err(cx.value_error("invalid operation in fma"));
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(cx.overflow_error("overflow in fma"));
    }
    Ok(Obj::float(result))
}

fn frexp(cx: &Thread, x: &Obj) -> PyResult {
    let x = real(cx, x)?;
    let (mantissa, exponent) = if x == 0.0 || !x.is_finite() { (x, 0) } else { libm::frexp(x) };
    Ok(Tuple::pair(Obj::float(mantissa), Obj::int(i64::from(exponent))))
}

fn ldexp(cx: &Thread, x: &Obj, exponent: &Obj) -> PyResult {
    if !exponent.is_int() {
        return Err(cx.type_error("Expected an int as second argument to ldexp."));
    }
    let x = real(cx, x)?;
    let exponent = exponent.as_bigint().unwrap_or(BigInt::ZERO);
    let limit = |value: i64| value.clamp(-100_000, 100_000) as i32;
    let large = if exponent.is_negative() { i64::MIN } else { i64::MAX };
    let result = libm::ldexp(x, limit(exponent.to_i64().unwrap_or(large)));
    if result.is_infinite() && x.is_finite() {
        return Err(out_of_range(cx));
    }
    Ok(Obj::float(result))
}

fn modf(cx: &Thread, x: &Obj) -> PyResult {
    let x = real(cx, x)?;
    let (fraction, whole) = match x.is_infinite() {
        true => (0.0_f64.copysign(x), x),
        false => ((x - x.trunc()).copysign(x), x.trunc()),
    };
    Ok(Tuple::pair(Obj::float(fraction), Obj::float(whole)))
}

fn nextafter(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(x), Some(y), steps] = args else { return Err(cx.type_error("nextafter expected 2 arguments")) };
    let (mut x, y) = (real(cx, x)?, real(cx, y)?);
    let mut steps = match steps.as_ref().filter(|steps| !steps.is_none()) {
        None => 1,
        Some(steps) => {
            let steps = integer(cx, steps)?;
            if steps.is_negative() {
                return Err(cx.value_error("steps must be a non-negative integer"));
            }
            steps.to_u64().unwrap_or(u64::MAX)
        }
    };
    if x.is_nan() || y.is_nan() {
        return Ok(Obj::float(if steps == 0 && !x.is_nan() { x } else { f64::NAN }));
    }
    // Doubles are as far apart as their places in the order of all doubles.
    let place = |value: f64| {
        let bits = value.to_bits() as i64;
        if bits < 0 { i128::from(i64::MIN) - i128::from(bits) } else { i128::from(bits) }
    };
    let (from, to) = (place(x), place(y));
    steps = steps.min((to - from).unsigned_abs() as u64);
    if steps > 0 {
        let at = if to > from { from + i128::from(steps) } else { from - i128::from(steps) };
        let negative = at < 0 || (at == 0 && x.is_sign_negative());
        x = f64::from_bits(at.unsigned_abs() as u64).copysign(if negative { -1.0 } else { 1.0 });
    } else if x == y {
        x = y;
    }
    Ok(Obj::float(x))
}

fn ulp(cx: &Thread, x: &Obj) -> PyResult {
    let x = real(cx, x)?.abs();
    if !x.is_finite() {
        return Ok(Obj::float(x));
    }
    let above = x.next_up();
    Ok(Obj::float(if above.is_infinite() { x - x.next_down() } else { above - x }))
}

fn isnan(cx: &Thread, x: &Obj) -> PyResult {
    Ok(Obj::bool(real(cx, x)?.is_nan()))
}

fn isinf(cx: &Thread, x: &Obj) -> PyResult {
    Ok(Obj::bool(real(cx, x)?.is_infinite()))
}

fn isfinite(cx: &Thread, x: &Obj) -> PyResult {
    Ok(Obj::bool(real(cx, x)?.is_finite()))
}

fn isclose(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(a), Some(b), relative, absolute] = args else { return Err(no_value(cx)) };
    let (a, b) = (real(cx, a)?, real(cx, b)?);
    let relative = relative.as_ref().map_or(Ok(1e-9), |value| real(cx, value))?;
    let absolute = absolute.as_ref().map_or(Ok(0.0), |value| real(cx, value))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(cx.value_error("tolerances must be non-negative"));
    }
    if a == b || a.is_infinite() || b.is_infinite() {
        return Ok(Obj::bool(a == b));
    }
    let apart = (b - a).abs();
    Ok(Obj::bool(apart <= (relative * b).abs() || apart <= (relative * a).abs() || apart <= absolute))
}

/// The integer part of a double as an int.
fn whole(cx: &Thread, x: f64) -> PyResult {
    match BigInt::from_f64(x) {
        Some(value) => Ok(Obj::big(value)),
        None if x.is_nan() => Err(cx.value_error("cannot convert float NaN to integer")),
        None => Err(cx.overflow_error("cannot convert float infinity to integer")),
    }
}

fn rounded(cx: &Thread, value: &Obj, method: &Obj, f: fn(f64) -> f64) -> PyResult {
    if let Some(x) = value.as_float().filter(|_| value.is_exact()) {
        return whole(cx, f(x));
    }
    match cx.lookup_special(value, method) {
        Some(method) => protocol::call_special(cx, &method, value, &[]),
        None => whole(cx, f(real(cx, value)?)),
    }
}

fn floor(cx: &Thread, x: &Obj) -> PyResult {
    rounded(cx, x, &cx.names().__floor__, f64::floor)
}

fn ceil(cx: &Thread, x: &Obj) -> PyResult {
    rounded(cx, x, &cx.names().__ceil__, f64::ceil)
}

fn trunc(cx: &Thread, x: &Obj) -> PyResult {
    if let Some(x) = x.as_float().filter(|_| x.is_exact()) {
        return whole(cx, x);
    }
    match cx.lookup_special(x, &cx.names().__trunc__) {
        Some(method) => protocol::call_special(cx, &method, x, &[]),
        None => Err(cx.type_error(format_args!("type {} doesn't define __trunc__ method", cx.type_name(x)))),
    }
}

natives! { pub(super) static FUNCTIONS:
    "acos" "(x, /)" F1(acos_) "The arc cosine, in radians.";
    "acosh" "(x, /)" F1(acosh_) "The inverse hyperbolic cosine.";
    "asin" "(x, /)" F1(asin_) "The arc sine, in radians.";
    "asinh" "(x, /)" F1(asinh_) "The inverse hyperbolic sine.";
    "atan" "(x, /)" F1(atan_) "The arc tangent, in radians.";
    "atan2" "(y, x, /)" F2(atan2) "The angle of the point (x, y), in radians.";
    "atanh" "(x, /)" F1(atanh_) "The inverse hyperbolic tangent.";
    "cbrt" "(x, /)" F1(cbrt_) "The cube root.";
    "ceil" "(x, /)" F1(ceil) "The smallest integer not below x.";
    "copysign" "(x, y, /)" F2(copysign) "The size of x with the sign of y.";
    "cos" "(x, /)" F1(cos_) "The cosine of an angle in radians.";
    "cosh" "(x, /)" F1(cosh_) "The hyperbolic cosine.";
    "degrees" "(x, /)" F1(degrees) "An angle in radians, in degrees.";
    "erf" "(x, /)" F1(erf_) "The error function.";
    "erfc" "(x, /)" F1(erfc_) "One minus the error function.";
    "exp" "(x, /)" F1(exp_) "e to the power x.";
    "exp2" "(x, /)" F1(exp2_) "2 to the power x.";
    "expm1" "(x, /)" F1(expm1_) "e to the power x, minus 1, exact near zero.";
    "fabs" "(x, /)" F1(fabs_) "The absolute value, as a float.";
    "floor" "(x, /)" F1(floor) "The largest integer not above x.";
    "fma" "(x, y, z, /)" F3(fma) "x * y + z, rounded once.";
    "fmod" "(x, y, /)" F2(fmod) "The remainder of x / y with the sign of x.";
    "frexp" "(x, /)" F1(frexp) "Mantissa and exponent: x == m * 2**e.";
    "gamma" "(x, /)" F1(gamma_) "The gamma function.";
    "isclose" "(a, b, *, rel_tol=1e-09, abs_tol=0.0)" Bound(isclose) "Are two numbers as close as the tolerances ask?";
    "isfinite" "(x, /)" F1(isfinite) "Neither infinite nor nan?";
    "isinf" "(x, /)" F1(isinf) "Infinite?";
    "isnan" "(x, /)" F1(isnan) "Not a number?";
    "ldexp" "(x, i, /)" F2(ldexp) "x * 2**i.";
    "lgamma" "(x, /)" F1(lgamma) "The logarithm of the gamma function's absolute value.";
    "log" "(x, base=math.e, /)" O2(log) "The logarithm, natural or to a base.";
    "log10" "(x, /)" F1(log10) "The logarithm to base 10.";
    "log1p" "(x, /)" F1(log1p_) "The natural logarithm of 1 + x, exact near zero.";
    "log2" "(x, /)" F1(log2) "The logarithm to base 2.";
    "modf" "(x, /)" F1(modf) "Fractional and integer part, both with the sign of x.";
    "nextafter" "(x, y, /, *, steps=None)" Bound(nextafter) "The float some steps from x towards y.";
    "pow" "(x, y, /)" F2(pow) "x to the power y.";
    "radians" "(x, /)" F1(radians) "An angle in degrees, in radians.";
    "remainder" "(x, y, /)" F2(remainder) "What is left of x at the nearest multiple of y.";
    "sin" "(x, /)" F1(sin_) "The sine of an angle in radians.";
    "sinh" "(x, /)" F1(sinh_) "The hyperbolic sine.";
    "sqrt" "(x, /)" F1(sqrt_) "The square root.";
    "tan" "(x, /)" F1(tan_) "The tangent of an angle in radians.";
    "tanh" "(x, /)" F1(tanh_) "The hyperbolic tangent.";
    "trunc" "(x, /)" F1(trunc) "The integer part.";
    "ulp" "(x, /)" F1(ulp) "The value of the last bit of x.";
}

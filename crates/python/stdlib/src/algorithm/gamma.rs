//! The gamma function and the logarithm of its absolute value, by Lanczos' approximation with g = 6.0246… and 13 terms.
//!
//! The coefficients are those of the boost library's `lanczos13m53`, which CPython uses as well.

use std::f64::consts::PI;

const G: f64 = 6.024_680_040_776_73;
const G_MINUS_HALF: f64 = 5.524_680_040_776_73;
const LN_PI: f64 = 1.144_729_885_849_400_2;

#[allow(clippy::excessive_precision)]
const NUMERATOR: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];
const DENOMINATOR: [f64; 13] = [
    0.0,
    39_916_800.0,
    120_543_840.0,
    150_917_976.0,
    105_258_076.0,
    45_995_730.0,
    13_339_535.0,
    2_637_558.0,
    357_423.0,
    32_670.0,
    1_925.0,
    66.0,
    1.0,
];

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoResult {
    /// The function has no value there.
    Domain,
    /// The value is too large.
    Range,
}

/// A quotient of two polynomials, each evaluated from the end where its terms are small.
fn lanczos_sum(x: f64) -> f64 {
    let (mut top, mut bottom) = (0.0, 0.0);
    if x < 5.0 {
        for (a, b) in NUMERATOR.iter().zip(DENOMINATOR).rev() {
            top = top * x + a;
            bottom = bottom * x + b;
        }
    } else {
        for (a, b) in NUMERATOR.iter().zip(DENOMINATOR) {
            top = top / x + a;
            bottom = bottom / x + b;
        }
    }
    top / bottom
}

/// sin(pi * x), exact where the sine is.
fn sin_pi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let sine = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1.0_f64.copysign(x) * sine
}

fn in_range(value: f64) -> Result<f64, NoResult> {
    if value.is_infinite() { Err(NoResult::Range) } else { Ok(value) }
}

/// The gamma function.
pub fn gamma(x: f64) -> Result<f64, NoResult> {
    if x.is_nan() || x == f64::INFINITY {
        return Ok(x);
    }
    if x == f64::NEG_INFINITY || x == 0.0 {
        return Err(NoResult::Domain);
    }
    if x == x.floor() {
        if x < 0.0 {
            return Err(NoResult::Domain);
        }
        if x <= 23.0 {
            return Ok((1..x as u32).map(f64::from).product());
        }
    }
    let size = x.abs();
    if size < 1e-20 {
        return in_range(1.0 / x);
    }
    if size > 200.0 {
        return if x < 0.0 { Ok(0.0 / sin_pi(x)) } else { Err(NoResult::Range) };
    }
    in_range(lanczos_gamma(x, size))
}

fn lanczos_gamma(x: f64, size: f64) -> f64 {
    let y = size + G_MINUS_HALF;
    // What rounding lost in `y`.
    let lost = if size > G_MINUS_HALF { (y - size) - G_MINUS_HALF } else { (y - G_MINUS_HALF) - size };
    let correction = lost * G / y;
    let power = |value: f64, scale: fn(f64, f64) -> f64| {
        if size < 140.0 {
            return scale(value, y.powf(size - 0.5));
        }
        let root = y.powf(size / 2.0 - 0.25);
        scale(scale(value, root), root)
    };
    if x < 0.0 {
        let result = -PI / sin_pi(size) / size * y.exp() / lanczos_sum(size);
        power(result - correction * result, |value, factor| value / factor)
    } else {
        let result = lanczos_sum(size) / y.exp();
        power(result + correction * result, |value, factor| value * factor)
    }
}

/// The logarithm of the gamma function's absolute value.
pub fn ln_gamma(x: f64) -> Result<f64, NoResult> {
    if x.is_nan() {
        return Ok(x);
    }
    if x.is_infinite() {
        return Ok(f64::INFINITY);
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(NoResult::Domain) } else { Ok(0.0) };
    }
    let size = x.abs();
    if size < 1e-20 {
        return Ok(-size.ln());
    }
    let result = lanczos_sum(size).ln() - G + (size - 0.5) * ((size + G - 0.5).ln() - 1.0);
    in_range(if x < 0.0 { LN_PI - sin_pi(size).abs().ln() - size.ln() - result } else { result })
}

#[cfg(test)]
mod tests;

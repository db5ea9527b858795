//! Floating-point numbers of 16 bits: 1 for the sign, 5 for the exponent, 10 for the fraction.

/// The nearest one's bits, the even one of two equally near; `None` for numbers that are too large.
pub fn to_bits(number: f64) -> Option<u16> {
    let sign = if number.is_sign_negative() { 0x8000 } else { 0 };
    if number == 0.0 {
        return Some(sign);
    }
    if !number.is_finite() {
        return Some(sign | if number.is_nan() { 0x7e00 } else { 0x7c00 });
    }
    let (fraction, exponent) = libm::frexp(number.abs());
    // `fraction` is at least 0.5: one binary place more than the format's leading 1.
    let exponent = exponent - 1;
    if exponent >= 16 {
        return None;
    }
    if exponent < -25 {
        return Some(sign);
    }
    let (scaled, stored) = match exponent < -14 {
        true => (libm::ldexp(fraction, exponent + 1 + 24), 0),
        false => ((fraction * 2.0 - 1.0) * 1024.0, (exponent + 15) as u16),
    };
    let (whole, rest) = (scaled.floor(), scaled - scaled.floor());
    let bits = whole as u16;
    let up = rest > 0.5 || rest == 0.5 && bits & 1 == 1;
    // A carry out of the fraction lands in the exponent, where it belongs.
    let result = (stored << 10) + bits + u16::from(up);
    (result < 0x7c00).then_some(sign | result)
}

/// The number with these bits.
pub fn from_bits(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    let magnitude = match bits >> 10 & 0x1f {
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        0 => libm::ldexp(fraction, -14),
        exponent => libm::ldexp(1.0 + fraction, i32::from(exponent) - 15),
    };
    if bits & 0x8000 != 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests;

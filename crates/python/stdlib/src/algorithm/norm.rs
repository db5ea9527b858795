//! Euclidean length without overflow, underflow or avoidable rounding.
//!
//! Squares and sums are kept as two doubles whose sum is exact; one step of Newton's method corrects the root.

/// `a * b` as the rounded product and what rounding lost.
pub(super) fn product(a: f64, b: f64) -> (f64, f64) {
    let rounded = a * b;
    (rounded, a.mul_add(b, -rounded))
}

/// `a + b` with `|a| >= |b|`, likewise.
fn fast_sum(a: f64, b: f64) -> (f64, f64) {
    let rounded = a + b;
    (rounded, (a - rounded) + b)
}

/// The square root of the sum of the squares. The vector is scaled in place.
pub fn norm(vector: &mut [f64]) -> f64 {
    vector.iter_mut().for_each(|x| *x = x.abs());
    if vector.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if vector.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let largest = vector.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 || vector.len() <= 1 {
        return largest;
    }
    if largest < f64::MIN_POSITIVE / 2.0 {
        vector.iter_mut().for_each(|x| *x /= f64::MIN_POSITIVE);
        return f64::MIN_POSITIVE * norm(vector);
    }
    scaled_norm(vector, largest)
}

fn scaled_norm(vector: &[f64], largest: f64) -> f64 {
    let (_, exponent) = pv_object::hash::split(largest);
    let scale = power_of_two(-exponent);
    let (mut sum, mut low_products, mut low_sums) = (1.0, 0.0, 0.0);
    let mut add = |a: f64, b: f64| {
        let (high, low) = product(a, b);
        let (next, lost) = fast_sum(sum, high);
        sum = next;
        low_products += low;
        low_sums += lost;
        sum - 1.0 + (low_products + low_sums)
    };
    let mut total = 0.0;
    for x in vector {
        total = add(x * scale, x * scale);
    }
    let root = total.sqrt();
    let rest = add(-root, root);
    (root + rest / (2.0 * root)) / scale
}

/// 2 to a power from -1074 to 1023.
fn power_of_two(exponent: i32) -> f64 {
    match exponent {
        ..-1022 => f64::from_bits(1 << (exponent + 1074)),
        _ => f64::from_bits(((exponent + 1023) as u64) << 52),
    }
}

use super::{ExactSum, NoSum, ProductSum};
use crate::algorithm::inverse_hyperbolic::{acosh, asinh, atanh};
use crate::algorithm::norm::norm;

fn sum(numbers: &[f64]) -> Result<f64, NoSum> {
    let mut sum = ExactSum::default();
    numbers.iter().try_for_each(|x| sum.add(*x))?;
    sum.total()
}

#[test]
fn sums_are_rounded_once() {
    assert_eq!(sum(&[0.1; 10]), Ok(1.0));
    assert_eq!(sum(&[1e16, 1.0, 1e-16]), Ok(1.0000000000000002e16));
    assert_eq!(sum(&[1.0, 1e100, 1.0, -1e100].repeat(10000)), Ok(20000.0));
    assert_eq!(sum(&[]), Ok(0.0));
    assert_eq!(sum(&[f64::INFINITY, 1.0]), Ok(f64::INFINITY));
    assert_eq!(sum(&[f64::INFINITY, f64::NEG_INFINITY]), Err(NoSum::Infinities));
    assert_eq!(sum(&[1e308, 1e308]), Err(NoSum::Overflow));
}

#[test]
fn products_are_summed_exactly() {
    let mut sum = ProductSum::default();
    (0..10).for_each(|_| sum.add(0.1, 0.3));
    assert_eq!(sum.total(), 0.3);
}

#[test]
fn lengths_are_those_of_the_reference() {
    assert_eq!(norm(&mut [3.0, -4.0]), 5.0);
    assert_eq!(norm(&mut [1e308, 1e308]), 1.4142135623730951e308);
    assert_eq!(norm(&mut [5e-324, 5e-324]), 5e-324);
    assert_eq!(norm(&mut [1.1, 2.2, 3.3]), 4.115823125451335);
    assert_eq!(norm(&mut [f64::NAN, f64::INFINITY]), f64::INFINITY);
    assert!(norm(&mut [f64::NAN, 1.0]).is_nan());
}

/// Equal but for the last bit, in which C libraries differ?
fn close(a: f64, b: f64) -> bool {
    a == b || a.next_up() == b || a.next_down() == b
}

#[test]
fn inverse_hyperbolic_functions_are_those_of_the_reference() {
    for (x, value) in [(1e-9, 1e-9), (0.3, 0.29567304756342244), (1.9, 1.3979983651114343), (1e5, 12.206072645555174)] {
        assert!(close(asinh(x), value) && close(asinh(-x), -value), "asinh({x})");
    }
    for (x, value) in [(1.0, 0.0), (1.5, 0.9624236501192069), (2.5, 1.566799236972411), (1e9, 21.416413017506358)] {
        assert!(close(acosh(x), value), "acosh({x})");
    }
    for (x, value) in [(0.3, 0.3095196042031117), (0.7, 0.8673005276940531), (-0.99, -2.6466524123622457)] {
        assert!(close(atanh(x), value), "atanh({x})");
    }
    assert!(acosh(0.5).is_nan());
}

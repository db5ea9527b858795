use super::{ln_gamma, two_sided_quantile};

#[track_caller]
fn check_quantile(confidence: f64, degrees: f64, expected: f64) {
    let found = two_sided_quantile(confidence, degrees);
    assert!((found - expected).abs() < 5e-4 * expected, "{found} is not {expected}");
}

#[test]
fn quantiles_agree_with_the_printed_tables() {
    check_quantile(0.95, 1.0, 12.706);
    check_quantile(0.95, 2.0, 4.303);
    check_quantile(0.95, 5.0, 2.571);
    check_quantile(0.95, 30.0, 2.042);
    check_quantile(0.95, 1e6, 1.960);
    check_quantile(0.99, 10.0, 3.169);
}

#[test]
fn quantiles_of_fractional_degrees_lie_between_their_neighbours() {
    let between = two_sided_quantile(0.95, 2.5);
    assert!(between < two_sided_quantile(0.95, 2.0));
    assert!(between > two_sided_quantile(0.95, 3.0));
}

#[test]
fn ln_gamma_of_whole_numbers_is_the_log_of_a_factorial() {
    let factorial: f64 = (1..=12).map(f64::from).product();
    assert!((ln_gamma(13.0) - factorial.ln()).abs() < 1e-12);
    assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-12);
}

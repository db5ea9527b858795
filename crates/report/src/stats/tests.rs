use super::{Estimate, LogMean, geometric_mean, mean, median};
use crate::model::{Benchmark, Run, Warmup};

fn benchmark(processes: &[&[f64]]) -> Benchmark {
    let mut benchmark = Benchmark::new("program", "interpreter");
    benchmark.runs = processes
        .iter()
        .map(|values| Run {
            warmups: vec![Warmup { loops: 1, value: values[0] * 10.0 }],
            values: values.to_vec(),
            ..Run::default()
        })
        .collect();
    benchmark
}

fn steady(processes: &[&[f64]]) -> LogMean {
    LogMean::of_steady_state(&benchmark(processes)).expect("there are values")
}

#[track_caller]
fn check_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-3 * expected.abs(), "{found} is not {expected}");
}

#[test]
fn simple_means() {
    assert_eq!(mean(&[]), None);
    assert_eq!(mean(&[1.0, 2.0, 6.0]), Some(3.0));
    assert_eq!(median(&[5.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(&[4.0, 1.0, 2.0, 8.0]), Some(3.0));
    assert_eq!(median(&[]), None);
    check_close(geometric_mean(&[1.0, 4.0, 16.0]).expect("values"), 4.0);
}

#[test]
fn a_ratio_has_the_interval_of_welch_on_logarithms() {
    // Logs are -0.1, 0, 0.1 and 0.9, 1.0, 1.1: variances 0.01/3 each, 4 degrees of freedom,
    // t = 2.776, half width 2.776 * sqrt(0.02/3) = 0.22668.
    let logs = |shift: f64| [(shift - 0.1).exp(), shift.exp(), (shift + 0.1).exp()];
    let slow = LogMean::of_samples(&logs(1.0)).expect("samples");
    let fast = LogMean::of_samples(&logs(0.0)).expect("samples");
    let ratio = slow.over(&fast).estimate();
    check_close(ratio.value, 1f64.exp());
    let (low, high) = ratio.interval.expect("an interval");
    check_close(low, (1.0f64 - 0.22668).exp());
    check_close(high, (1.0f64 + 0.22668).exp());
    assert!(ratio.surely_above(2.0) && !ratio.surely_above(2.5));
    assert!(ratio.surely_below(3.5) && !ratio.surely_below(3.0));
}

#[test]
fn processes_and_not_values_are_the_samples() {
    let tight = steady(&[&[1.0, 1.0, 1.0], &[2.0, 2.0, 2.0]]);
    assert_eq!(tight.processes(), 2);
    let (low, high) = tight.estimate().interval.expect("two processes");
    assert!(low < 1.0 && high > 2.0, "the spread between processes must show: {low}..{high}");
}

#[test]
fn one_process_falls_back_to_its_values_and_says_so() {
    let single = steady(&[&[1.0, 1.1, 0.9]]);
    assert_eq!(single.processes(), 1);
    assert!(single.estimate().interval.is_some());
}

#[test]
fn one_sample_has_no_interval_and_spoils_that_of_a_ratio() {
    let lone = steady(&[&[2.0]]);
    assert_eq!(lone.estimate(), Estimate { value: 2f64.ln().exp(), interval: None });
    let ratio = lone.over(&steady(&[&[1.0], &[1.0]])).estimate();
    assert_eq!(ratio.interval, None);
    assert!(!ratio.surely_above(0.0));
}

#[test]
fn equal_samples_have_an_interval_of_one_point() {
    let same = steady(&[&[2.0], &[2.0]]);
    let (low, high) = same.over(&same).estimate().interval.expect("an interval");
    assert_eq!((low, high), (1.0, 1.0));
}

#[test]
fn the_average_of_programs_is_known_better_than_one_of_them() {
    let part = LogMean::of_samples(&[1.0, 1.2, 1.1]).expect("samples");
    let average = LogMean::average(&[part, part, part, part]).expect("parts");
    let width = |estimate: Estimate| {
        let (low, high) = estimate.interval.expect("an interval");
        high / low
    };
    check_close(average.estimate().value, part.estimate().value);
    assert!(width(average.estimate()) < width(part.estimate()).sqrt());
    assert_eq!(LogMean::average(&[]), None);
}

#[test]
fn first_runs_are_the_first_warm_ups() {
    let firsts = LogMean::of_first_runs(&benchmark(&[&[1.0, 3.0], &[1.0, 2.0]])).expect("runs");
    check_close(firsts.estimate().value, 10.0);
}

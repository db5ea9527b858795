use super::{Matrix, Phase};
use crate::model::{Report, Run, Warmup};

fn report(entries: &[(&str, &str, f64)]) -> Report {
    let mut report = Report::default();
    for &(program, interpreter, time) in entries {
        let run = Run { warmups: vec![Warmup { loops: 1, value: time * 3.0 }], values: vec![time], ..Run::default() };
        report.entry(program, interpreter).runs.extend([run.clone(), run]);
    }
    report
}

#[test]
fn speeds_are_relative_to_the_baseline() {
    let report = report(&[("a", "base", 2.0), ("a", "fast", 1.0), ("b", "base", 8.0), ("b", "fast", 1.0)]);
    let matrix = Matrix::new(&report, "base", Phase::Steady);
    assert_eq!(matrix.others, ["fast"]);
    let speed = matrix.rows[0].speedups[0].expect("measured").value;
    assert!((speed - 2.0).abs() < 1e-9);
    let (mean, count) = matrix.geometric_means[0].expect("measured");
    assert!((mean.value - 4.0).abs() < 1e-9);
    assert_eq!(count, 2);
    let first = Matrix::new(&report, "base", Phase::FirstRun);
    assert!((first.rows[0].baseline.expect("measured").value - 6.0).abs() < 1e-9);
}

#[test]
fn holes_stay_holes() {
    let report = report(&[("a", "base", 2.0), ("a", "fast", 1.0), ("b", "fast", 1.0)]);
    let matrix = Matrix::new(&report, "base", Phase::Steady);
    assert_eq!(matrix.rows[1].baseline, None);
    assert_eq!(matrix.rows[1].speedups, [None]);
    assert_eq!(matrix.geometric_means[0].expect("one program").1, 1);
}

use super::{Comparison, Selection};
use crate::error::CompareError;
use crate::model::{Benchmark, Report, Run};

fn add(report: &mut Report, program: &str, interpreter: &str, times: &[f64]) {
    let runs = times.iter().map(|&time| Run { values: vec![time], ..Run::default() });
    report.entry(program, interpreter).runs.extend(runs);
}

fn one(program: &str, interpreter: &str, times: &[f64]) -> Report {
    let mut report = Report::default();
    add(&mut report, program, interpreter, times);
    report
}

#[test]
fn benchmarks_are_matched_by_name() {
    let mut first = one("fib", "jit-on", &[2.0, 2.0]);
    add(&mut first, "nbody", "jit-on", &[1.0, 1.0]);
    add(&mut first, "go", "jit-on", &[1.0]);
    let mut second = one("nbody", "jit-on", &[1.0, 1.0]);
    add(&mut second, "fib", "jit-on", &[0.5, 0.5]);
    add(&mut second, "chaos", "jit-on", &[1.0]);
    let comparison = Comparison::new(&first, &second, &Selection::default()).expect("they are related");
    let names: Vec<&str> = comparison.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["fib@jit-on", "nbody@jit-on"]);
    assert!((comparison.rows[0].ratio.value - 4.0).abs() < 1e-9);
    assert!((comparison.geometric_mean.value - 2.0).abs() < 1e-9);
    assert_eq!(comparison.only_first, ["go@jit-on"]);
    assert_eq!(comparison.only_second, ["chaos@jit-on"]);
}

#[test]
fn a_selected_interpreter_is_matched_by_program() {
    let mut report = one("fib", "jit-off", &[3.0, 3.0]);
    add(&mut report, "fib", "jit-on", &[1.0, 1.0]);
    let selection = Selection { first: Some("jit-off".into()), second: Some("jit-on".into()) };
    let comparison = Comparison::new(&report, &report, &selection).expect("they are related");
    assert_eq!(comparison.rows[0].name, "fib");
    assert!((comparison.rows[0].ratio.value - 3.0).abs() < 1e-9);
}

#[test]
fn a_report_of_pyperf_stands_beside_one_of_ours() {
    let mut foreign = Benchmark::default();
    foreign.metadata.insert("name".into(), "fib".into());
    foreign.runs.push(Run { values: vec![2.0], ..Run::default() });
    let first = Report { benchmarks: vec![foreign], failures: Vec::new() };
    let second = one("fib", "jit-on", &[1.0]);
    let comparison = Comparison::new(&first, &second, &Selection::default()).expect("they are related");
    assert_eq!(comparison.rows[0].name, "fib");
    assert_eq!(comparison.rows[0].ratio.interval, None);
}

#[test]
fn unrelated_reports_and_absent_interpreters_are_errors() {
    let (first, second) = (one("fib", "a", &[1.0]), one("nbody", "a", &[1.0]));
    let error = Comparison::new(&first, &second, &Selection::default()).expect_err("unrelated");
    assert_eq!(
        error.to_string(),
        "the reports have no measured benchmark in common: the first has fib@a; the second has nbody@a"
    );
    let selection = Selection { first: None, second: Some("b".into()) };
    let error = Comparison::new(&first, &second, &selection).expect_err("no such interpreter");
    assert!(matches!(&error, CompareError::NoInterpreter { side: "second", .. }));
    assert_eq!(error.to_string(), "the second report has no interpreter `b`; it has a");
}

use std::path::Path;

use super::{read_file, read_text};
use crate::error::ReportError;
use crate::model::MetaValue;

fn refuse(text: &str) -> String {
    read_text(text, Path::new("a.json")).expect_err("the report is malformed").to_string()
}

/// A report of the shape that pyperf's own runner writes.
const PYPERF: &str = r#"{"benchmarks": [{"runs": [
    {"metadata": {"calibrate_loops": 2, "duration": 0.5}, "warmups": [[1, 1e-7], [2, 2e-7]]},
    {"metadata": {"mem_max_rss": 100}, "values": [2.5e-8, 2.25e-8], "warmups": [[2, 3e-8]]}]}],
    "metadata": {"name": "t1", "unit": "second", "loops": 2, "load_avg_1min": 0.85}, "version": "1.0"}"#;

#[test]
fn a_report_of_pyperf_is_read() {
    let report = read_text(PYPERF, Path::new("a.json")).expect("a good report");
    let [benchmark] = report.benchmarks.as_slice() else { panic!("one benchmark") };
    assert_eq!(benchmark.name(), "t1");
    assert_eq!((benchmark.program(), benchmark.interpreter()), ("t1", ""));
    assert_eq!(benchmark.metadata["load_avg_1min"], MetaValue::Float(0.85));
    assert_eq!(benchmark.metadata["loops"], MetaValue::Int(2));
    assert_eq!(benchmark.runs.len(), 2);
    assert_eq!(benchmark.runs[0].values, Vec::<f64>::new());
    assert_eq!(benchmark.runs[0].warmups[1].loops, 2);
    assert_eq!(benchmark.runs[1].values, [2.5e-8, 2.25e-8]);
    assert_eq!(benchmark.runs[1].metadata["mem_max_rss"], MetaValue::Int(100));
}

#[test]
fn a_missing_file_is_named() {
    let error = read_file(Path::new("no/such/report.json")).expect_err("there is no such file");
    assert!(matches!(error, ReportError::Io { .. }));
    let text = error.to_string();
    assert!(text.starts_with("no/such/report.json: cannot read the report: "), "{text}");
}

#[test]
fn text_that_is_no_json_is_refused_with_line_and_column() {
    assert_eq!(refuse("{\n  \"version\" 1\n}"), "a.json: not a JSON document: expected `:` at line 2 column 13");
    assert!(refuse("").contains("EOF"));
}

#[test]
fn every_fault_names_its_place_and_cause() {
    let change = |old: &str, new: &str| {
        assert!(PYPERF.contains(old), "the change must apply: {old}");
        refuse(&PYPERF.replacen(old, new, 1))
    };
    assert_eq!(refuse("[]"), "a.json: at the top level: expected an object, found a list of 0");
    assert_eq!(refuse("{}"), "a.json: at the top level: the key \"version\" is missing");
    assert_eq!(
        change("\"1.0\"", "\"0.8\""),
        "a.json: at version: version \"0.8\" of the format is not supported; version \"1.0\" is"
    );
    assert_eq!(
        change("2.25e-8", "-1"),
        "a.json: at benchmarks[0].runs[1].values[1]: expected a positive number, found -1"
    );
    assert_eq!(
        change("2.25e-8", "\"fast\""),
        "a.json: at benchmarks[0].runs[1].values[1]: expected a positive number, found \"fast\""
    );
    assert_eq!(
        change("[1, 1e-7]", "[0, 1e-7]"),
        "a.json: at benchmarks[0].runs[0].warmups[0][0]: expected a positive whole number, found 0"
    );
    assert_eq!(
        change("[1, 1e-7]", "1e-7"),
        "a.json: at benchmarks[0].runs[0].warmups[0]: expected a pair of loops and seconds, found 1e-7"
    );
    assert_eq!(
        change("\"name\": \"t1\"", "\"name\": null"),
        "a.json: at metadata.name: expected a text or a number, found null"
    );
    assert_eq!(change("\"name\"", "\"nom\""), "a.json: at benchmarks[0].metadata.name: the benchmark has no name");
}

#[test]
fn empty_and_doubled_things_are_refused() {
    assert_eq!(
        refuse(r#"{"version": "1.0", "benchmarks": []}"#),
        "a.json: at benchmarks: the report holds no benchmark"
    );
    assert_eq!(
        refuse(r#"{"version": "1.0", "benchmarks": [{"runs": []}]}"#),
        "a.json: at benchmarks[0].runs: the benchmark holds no run"
    );
    assert_eq!(
        refuse(r#"{"version": "1.0", "benchmarks": [{"runs": [{}]}]}"#),
        "a.json: at benchmarks[0].runs[0]: the run holds neither values nor warm-ups"
    );
    let twice = r#"{"version": "1.0", "metadata": {"name": "x"},
        "benchmarks": [{"runs": [{"values": [1]}]}, {"runs": [{"values": [1]}]}]}"#;
    assert_eq!(refuse(twice), "a.json: at benchmarks[1].metadata.name: a second benchmark is named \"x\"");
}

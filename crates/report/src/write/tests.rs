use std::fs;
use std::path::Path;

use super::{to_json, write_file};
use crate::model::{Failure, FailureKind, Report, Run, Warmup};
use crate::read::{read_file, read_text};

fn report() -> Report {
    let mut report = Report::default();
    for interpreter in ["jit-on", "jit-off"] {
        let benchmark = report.entry("fib", interpreter);
        benchmark.metadata.insert("platform".into(), "test".into());
        benchmark.runs.push(Run {
            warmups: vec![Warmup { loops: 1, value: 0.5 }],
            values: vec![0.1, 1.0 / 3.0],
            metadata: [("mem_max_rss".to_owned(), 4096.into())].into(),
        });
    }
    report.failures.push(Failure {
        program: "nbody".into(),
        interpreter: "jit-on".into(),
        kind: FailureKind::Timeout,
        cause: "still running after 5 s".into(),
        stderr: "a\nb".into(),
    });
    report
}

#[test]
fn what_is_written_is_read_back() {
    let read = read_text(&to_json(&report()), Path::new("a.json")).expect("a good report");
    assert_eq!(read, report());
}

#[test]
fn shared_metadata_stands_at_the_top_and_names_with_their_benchmarks() {
    let document: serde_json::Value = serde_json::from_str(&to_json(&report())).expect("JSON");
    assert_eq!(document["version"], "1.0");
    assert_eq!(document["metadata"]["platform"], "test");
    assert_eq!(document["metadata"]["unit"], "second");
    assert!(document["metadata"].get("name").is_none());
    assert_eq!(document["benchmarks"][1]["metadata"]["name"], "fib@jit-off");
    assert!(document["benchmarks"][1]["metadata"].get("platform").is_none());
}

#[test]
fn a_benchmark_without_runs_is_left_out() {
    let mut report = report();
    report.entry("nbody", "jit-on");
    let read = read_text(&to_json(&report), Path::new("a.json")).expect("a good report");
    assert_eq!(read.programs(), ["fib"]);
}

#[test]
fn writing_replaces_the_file_and_leaves_nothing_beside_it() {
    let directory = std::env::temp_dir().join(format!("pv-report-write-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a temporary directory");
    let file = directory.join("r.json");
    fs::write(&file, "old").expect("the old file");
    write_file(&report(), &file).expect("the report is written");
    assert_eq!(read_file(&file).expect("a good report"), report());
    let names: Vec<_> = fs::read_dir(&directory).expect("entries").collect();
    assert_eq!(names.len(), 1);
    fs::remove_dir_all(&directory).expect("clean up");
}

#[test]
fn a_directory_that_does_not_exist_is_named() {
    let error = write_file(&report(), Path::new("no/such/dir/r.json")).expect_err("no directory");
    let text = error.to_string();
    assert!(text.starts_with("no/such/dir/r.json: cannot write the report: "), "{text}");
    assert!(write_file(&report(), Path::new("/")).is_err());
}

//! Writing pyperf's JSON, version 1.0, atomically.
//!
//! Metadata that all benchmarks share is stated once, at the top, as pyperf does; the benchmark's name
//! always stands with the benchmark. Benchmarks without any run are left out, because pyperf refuses
//! them: the failure that explains them is in the list of failures.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::error::ReportError;
use crate::model::{Benchmark, Failure, MetaValue, Metadata, Report, Run};
use crate::read::VERSION;

/// Top-level key of our own under which failures stand.
pub(crate) const FAILURES_KEY: &str = "pitviper_failures";

/// The report as a JSON text that ends with a newline.
pub fn to_json(report: &Report) -> String {
    let measured: Vec<&Benchmark> = report.benchmarks.iter().filter(|benchmark| !benchmark.runs.is_empty()).collect();
    let common = common_metadata(&measured);
    let mut top = Map::new();
    top.insert("version".into(), VERSION.into());
    top.insert("metadata".into(), metadata_json(&common));
    let benchmarks = measured.iter().map(|benchmark| benchmark_json(benchmark, &common)).collect();
    top.insert("benchmarks".into(), Value::Array(benchmarks));
    if !report.failures.is_empty() {
        let failures = report.failures.iter().map(failure_json).collect();
        top.insert(FAILURES_KEY.into(), Value::Array(failures));
    }
    format!("{}\n", Value::Object(top))
}

/// Writes the report to `file`: either the whole new report is there afterwards or the old file is.
pub fn write_file(report: &Report, file: &Path) -> Result<(), ReportError> {
    replace(file, to_json(report).as_bytes()).map_err(|source| ReportError::Io {
        file: file.to_owned(),
        action: "write",
        source,
    })
}

/// Writes beside `file`, flushes to the disk, renames; the half-written file is removed on failure.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = neighbour(file)?;
    let written = File::create(&beside)
        .and_then(|mut out| {
            out.write_all(bytes)?;
            out.sync_all()
        })
        .and_then(|()| fs::rename(&beside, file));
    if written.is_err() {
        // The first error is the one to report; the neighbour may never have been created.
        drop(fs::remove_file(&beside));
    }
    written
}

/// A name in the same directory, so that the rename stays in one file system.
fn neighbour(file: &Path) -> io::Result<PathBuf> {
    let name =
        file.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path does not name a file"))?;
    let mut beside = name.to_owned();
    beside.push(format!(".{}.partial", std::process::id()));
    Ok(file.with_file_name(beside))
}

fn common_metadata(benchmarks: &[&Benchmark]) -> Metadata {
    let Some((first, rest)) = benchmarks.split_first() else {
        return Metadata::new();
    };
    let shared = |key: &String, value: &MetaValue| {
        key != "name" && rest.iter().all(|other| other.metadata.get(key) == Some(value))
    };
    let pairs = first.metadata.iter().filter(|(key, value)| shared(key, value));
    pairs.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn benchmark_json(benchmark: &Benchmark, common: &Metadata) -> Value {
    let own: Metadata = benchmark
        .metadata
        .iter()
        .filter(|(key, _)| !common.contains_key(*key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let runs: Vec<Value> = benchmark.runs.iter().map(run_json).collect();
    json!({ "metadata": metadata_json(&own), "runs": runs })
}

fn run_json(run: &Run) -> Value {
    let mut fields = Map::new();
    if !run.metadata.is_empty() {
        fields.insert("metadata".into(), metadata_json(&run.metadata));
    }
    if !run.warmups.is_empty() {
        let warmups: Vec<Value> = run.warmups.iter().map(|warmup| json!([warmup.loops, warmup.value])).collect();
        fields.insert("warmups".into(), Value::Array(warmups));
    }
    if !run.values.is_empty() {
        fields.insert("values".into(), json!(run.values));
    }
    Value::Object(fields)
}

fn metadata_json(metadata: &Metadata) -> Value {
    let pairs = metadata.iter().map(|(key, value)| (key.clone(), meta_json(value)));
    Value::Object(pairs.collect())
}

fn meta_json(value: &MetaValue) -> Value {
    match value {
        MetaValue::Text(text) => json!(text),
        MetaValue::Int(number) => json!(number),
        MetaValue::Float(number) => json!(number),
    }
}

fn failure_json(failure: &Failure) -> Value {
    json!({
        "program": failure.program,
        "interpreter": failure.interpreter,
        "kind": failure.kind.name(),
        "cause": failure.cause,
        "stderr": failure.stderr,
    })
}

#[cfg(test)]
mod tests;

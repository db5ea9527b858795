//! Reading pyperf's JSON, version 1.0.
//!
//! The reader walks the document by hand and keeps the path of where it stands, so that a malformed
//! report is refused with the place of the fault. Keys that it does not know are passed over, as pyperf
//! does; values that it does know are checked.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::ReportError;
use crate::model::{Benchmark, Failure, FailureKind, MetaValue, Metadata, Report, Run, Warmup};
use crate::write::FAILURES_KEY;

/// The one version of the format that is understood.
pub(crate) const VERSION: &str = "1.0";

/// Reads the report in `file`.
pub fn read_file(file: &Path) -> Result<Report, ReportError> {
    let text = std::fs::read_to_string(file).map_err(|source| ReportError::Io {
        file: file.to_owned(),
        action: "read",
        source,
    })?;
    read_text(&text, file)
}

/// Reads a report from `text`; `file` is named in errors.
pub fn read_text(text: &str, file: &Path) -> Result<Report, ReportError> {
    let document: Value =
        serde_json::from_str(text).map_err(|source| ReportError::Syntax { file: file.to_owned(), source })?;
    report(&document).map_err(|fault| fault.in_file(file))
}

/// A fault and where it is; the path grows outwards while the fault travels up.
struct Fault {
    path: Vec<String>,
    cause: String,
}

type Checked<T> = Result<T, Fault>;

impl Fault {
    fn new(cause: impl Into<String>) -> Self {
        Self { path: Vec::new(), cause: cause.into() }
    }

    fn within(mut self, step: impl Into<String>) -> Self {
        self.path.push(step.into());
        self
    }

    fn in_file(self, file: &Path) -> ReportError {
        let mut place = String::new();
        for step in self.path.iter().rev() {
            if !place.is_empty() && !step.starts_with('[') {
                place.push('.');
            }
            place.push_str(step);
        }
        if place.is_empty() {
            place.push_str("the top level");
        }
        ReportError::Shape { file: PathBuf::from(file), place, cause: self.cause }
    }
}

fn report(document: &Value) -> Checked<Report> {
    let top = object(document)?;
    check_version(top)?;
    let common = metadata(top)?;
    let benchmarks: Vec<Benchmark> = required(top, "benchmarks", |value| list(value, |item| benchmark(item, &common)))?;
    check_names(&benchmarks)?;
    let failures = optional(top, FAILURES_KEY, |value| list(value, failure))?;
    if benchmarks.is_empty() && failures.is_empty() {
        return Err(Fault::new("the report holds no benchmark").within("benchmarks"));
    }
    Ok(Report { benchmarks, failures })
}

fn check_version(top: &Map<String, Value>) -> Checked<()> {
    required(top, "version", |value| match value.as_str() {
        Some(VERSION) => Ok(()),
        Some(other) => {
            Err(Fault::new(format!("version {other:?} of the format is not supported; version {VERSION:?} is")))
        }
        None => Err(mismatch("a text", value)),
    })
}

fn check_names(benchmarks: &[Benchmark]) -> Checked<()> {
    for (index, benchmark) in benchmarks.iter().enumerate() {
        let place = format!("benchmarks[{index}].metadata.name");
        if benchmark.name().is_empty() {
            return Err(Fault::new("the benchmark has no name").within(place));
        }
        if benchmarks[..index].iter().any(|other| other.name() == benchmark.name()) {
            let cause = format!("a second benchmark is named {:?}", benchmark.name());
            return Err(Fault::new(cause).within(place));
        }
    }
    Ok(())
}

fn benchmark(value: &Value, common: &Metadata) -> Checked<Benchmark> {
    let fields = object(value)?;
    let mut all = common.clone();
    all.extend(metadata(fields)?);
    let runs: Vec<Run> = required(fields, "runs", |value| list(value, run))?;
    if runs.is_empty() {
        return Err(Fault::new("the benchmark holds no run").within("runs"));
    }
    Ok(Benchmark { metadata: all, runs })
}

fn run(value: &Value) -> Checked<Run> {
    let fields = object(value)?;
    let values = optional(fields, "values", |value| list(value, seconds))?;
    let warmups = optional(fields, "warmups", |value| list(value, warmup))?;
    if values.is_empty() && warmups.is_empty() {
        return Err(Fault::new("the run holds neither values nor warm-ups"));
    }
    Ok(Run { warmups, values, metadata: metadata(fields)? })
}

fn warmup(value: &Value) -> Checked<Warmup> {
    match value.as_array().map(Vec::as_slice) {
        Some([loops, value]) => Ok(Warmup {
            loops: loops
                .as_u64()
                .filter(|&loops| loops > 0)
                .ok_or_else(|| mismatch("a positive whole number", loops).within("[0]"))?,
            value: seconds(value).map_err(|fault| fault.within("[1]"))?,
        }),
        _ => Err(mismatch("a pair of loops and seconds", value)),
    }
}

fn seconds(value: &Value) -> Checked<f64> {
    match value.as_f64() {
        Some(number) if number > 0.0 && number.is_finite() => Ok(number),
        _ => Err(mismatch("a positive number", value)),
    }
}

fn metadata(fields: &Map<String, Value>) -> Checked<Metadata> {
    optional(fields, "metadata", |value| {
        object(value)?
            .iter()
            .map(|(key, value)| {
                let value = meta_value(value).map_err(|fault| fault.within(key))?;
                Ok((key.clone(), value))
            })
            .collect()
    })
}

fn meta_value(value: &Value) -> Checked<MetaValue> {
    if let Some(text) = value.as_str() {
        Ok(MetaValue::Text(text.to_owned()))
    } else if let Some(number) = value.as_i64() {
        Ok(MetaValue::Int(number))
    } else if let Some(number) = value.as_f64() {
        Ok(MetaValue::Float(number))
    } else {
        Err(mismatch("a text or a number", value))
    }
}

fn failure(value: &Value) -> Checked<Failure> {
    let fields = object(value)?;
    let field = |name: &str| required(fields, name, text);
    Ok(Failure {
        program: field("program")?,
        interpreter: field("interpreter")?,
        kind: required(fields, "kind", failure_kind)?,
        cause: field("cause")?,
        stderr: field("stderr")?,
    })
}

fn failure_kind(value: &Value) -> Checked<FailureKind> {
    let name = text(value)?;
    let known = FailureKind::ALL.into_iter().find(|(_, known)| *known == name);
    known.map(|(kind, _)| kind).ok_or_else(|| Fault::new(format!("unknown kind {name:?}")))
}

fn text(value: &Value) -> Checked<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| mismatch("a text", value))
}

fn object(value: &Value) -> Checked<&Map<String, Value>> {
    value.as_object().ok_or_else(|| mismatch("an object", value))
}

fn list<T>(value: &Value, item: impl Fn(&Value) -> Checked<T>) -> Checked<Vec<T>> {
    let items = value.as_array().ok_or_else(|| mismatch("a list", value))?;
    let numbered = items.iter().enumerate();
    numbered.map(|(index, value)| item(value).map_err(|fault| fault.within(format!("[{index}]")))).collect()
}

fn required<T>(fields: &Map<String, Value>, name: &str, read: impl FnOnce(&Value) -> Checked<T>) -> Checked<T> {
    let value = fields.get(name).ok_or_else(|| Fault::new(format!("the key {name:?} is missing")))?;
    read(value).map_err(|fault| fault.within(name))
}

fn optional<T: Default>(
    fields: &Map<String, Value>,
    name: &str,
    read: impl FnOnce(&Value) -> Checked<T>,
) -> Checked<T> {
    match fields.get(name) {
        None => Ok(T::default()),
        Some(value) => read(value).map_err(|fault| fault.within(name)),
    }
}

fn mismatch(wanted: &str, value: &Value) -> Fault {
    let found = match value {
        Value::Null => "null".into(),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "an object".into(),
        scalar => scalar.to_string(),
    };
    Fault::new(format!("expected {wanted}, found {found}"))
}

#[cfg(test)]
mod tests;

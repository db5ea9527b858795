//! What a measured process prints: one JSON object per line, so that a process that dies has still
//! delivered what it measured.
//!
//! The lines are written by `benches/suite/protocol.py` and `benches/pyperf_standin/pyperf.py`. Each
//! starts with `{"pitviper_bench":`; every other line is the program's own output and part of its result.
//!
//! | event | fields | meaning |
//! |---|---|---|
//! | `begin` | | a benchmark starts; one process may hold several, one after the other |
//! | `result` | `text` | what the program computed; must be the same on every interpreter |
//! | `warmup` | `loops`, `inner_loops`, `seconds` | a run before the steady state; the first is the first run |
//! | `value` | `loops`, `inner_loops`, `seconds` | a run in the steady state |
//! | `end` | | all runs of this benchmark are done |
//!
//! `seconds` is the time of the whole run; the time of one iteration is `seconds / (loops * inner_loops)`.

use serde::Deserialize;

use crate::model::{Run, Warmup};

/// How every protocol line starts.
pub const PREFIX: &str = "{\"pitviper_bench\":";

#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event {
    Begin { benchmark: String },
    Result { benchmark: String, text: String },
    Warmup(Measured),
    Value(Measured),
    End { benchmark: String },
}

#[derive(Debug, Deserialize)]
struct Measured {
    benchmark: String,
    loops: u64,
    inner_loops: u64,
    seconds: f64,
}

impl Measured {
    fn warmup(&self) -> Result<Warmup, String> {
        let iterations = self.loops as f64 * self.inner_loops as f64;
        let value = self.seconds / iterations;
        if value.is_finite() && value > 0.0 {
            Ok(Warmup { loops: self.loops, value })
        } else {
            Err(format!("{} s over {iterations} iterations is no time", self.seconds))
        }
    }
}

/// One benchmark as one process measured it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurement {
    /// The benchmark's name, as the program gives it.
    pub benchmark: String,
    /// The times.
    pub run: Run,
    /// What the program computed, if it says so.
    pub result: Option<String>,
    /// Whether the benchmark came to its end.
    pub complete: bool,
}

/// Collects the output of one process, line by line.
#[derive(Debug, Default)]
pub struct Collector {
    measurements: Vec<Measurement>,
    output: String,
    faults: Vec<String>,
}

/// Everything that a process printed on its standard output.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collected {
    /// The benchmarks, in order.
    pub measurements: Vec<Measurement>,
    /// The lines that are no protocol lines: output of the program itself.
    pub output: String,
    /// Protocol lines that could not be understood.
    pub faults: Vec<String>,
}

impl Collector {
    /// Takes one line, without its newline.
    pub fn line(&mut self, line: &str) {
        if !line.starts_with(PREFIX) {
            self.output.push_str(line);
            self.output.push('\n');
            return;
        }
        let taken = serde_json::from_str(line).map_err(|error| error.to_string()).and_then(|event| self.event(event));
        if let Err(cause) = taken {
            self.faults.push(format!("cannot understand `{line}`: {cause}"));
        }
    }

    /// The end of the output.
    pub fn finish(self) -> Collected {
        Collected { measurements: self.measurements, output: self.output, faults: self.faults }
    }

    fn event(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Begin { benchmark } => {
                self.measurements.push(Measurement { benchmark, ..Measurement::default() });
            }
            Event::Result { benchmark, text } => self.open(&benchmark)?.result = Some(text),
            Event::Warmup(measured) => {
                let warmup = measured.warmup()?;
                self.open(&measured.benchmark)?.run.warmups.push(warmup);
            }
            Event::Value(measured) => {
                let value = measured.warmup()?.value;
                self.open(&measured.benchmark)?.run.values.push(value);
            }
            Event::End { benchmark } => self.open(&benchmark)?.complete = true,
        }
        Ok(())
    }

    fn open(&mut self, benchmark: &str) -> Result<&mut Measurement, String> {
        self.measurements
            .last_mut()
            .filter(|open| open.benchmark == benchmark && !open.complete)
            .ok_or_else(|| format!("benchmark `{benchmark}` has not begun"))
    }
}

#[cfg(test)]
mod tests;

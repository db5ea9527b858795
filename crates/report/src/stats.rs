//! Statistics of times and of ratios of times.
//!
//! *Unit of repetition.* Values of one process are not independent of each other (memory layout, hash
//! seed and what got compiled are drawn once per process), so an interval is computed over the means of
//! processes, as Kalibera and Jones ask (*Rigorous Benchmarking in Reasonable Time*, ISMM 2013). A
//! benchmark with a single process falls back to that process's values; its interval then says nothing
//! about what differs between processes, and [`LogMean::processes`] is 1.
//!
//! *Interval.* Times are positive and their noise is multiplicative, so all is done on logarithms: the
//! log of a ratio is a difference of two means, whose 95% interval is Welch's (*The generalization of
//! "Student's" problem*, Biometrika 34, 1947) with Satterthwaite's degrees of freedom; exponentiated it
//! is an interval of the ratio. The interval of a geometric mean over programs adds the variances of its
//! programs in the same way. One sample has no interval.

use crate::model::Benchmark;
use crate::student::two_sided_quantile;

/// The confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;

/// The arithmetic mean; `None` for no values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The middle value, or the mean of the two middle ones; `None` for no values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        count if count % 2 == 1 => Some(sorted[middle]),
        _ => mean(&sorted[middle - 1..=middle]),
    }
}

/// The geometric mean of positive values; `None` for no values.
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    mean(&logs).map(f64::exp)
}

/// A number with its 95% interval, if there were enough samples for one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// The interval's ends.
    pub interval: Option<(f64, f64)>,
}

impl Estimate {
    /// Whether the whole interval lies above `bound`.
    pub fn surely_above(&self, bound: f64) -> bool {
        self.interval.is_some_and(|(low, _)| low > bound)
    }

    /// Whether the whole interval lies below `bound`.
    pub fn surely_below(&self, bound: f64) -> bool {
        self.interval.is_some_and(|(_, high)| high < bound)
    }
}

/// Spread of a mean: its variance and the degrees of freedom behind that figure.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spread {
    variance: f64,
    degrees: f64,
}

/// The mean of logarithms of positive numbers, and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogMean {
    mean: f64,
    spread: Option<Spread>,
    processes: usize,
}

impl LogMean {
    /// The log-mean of independent positive samples; `None` for no samples.
    pub fn of_samples(samples: &[f64]) -> Option<Self> {
        let logs: Vec<f64> = samples.iter().map(|sample| sample.ln()).collect();
        let centre = mean(&logs)?;
        let count = logs.len() as f64;
        let squares: f64 = logs.iter().map(|log| (log - centre).powi(2)).sum();
        let spread =
            (logs.len() > 1).then(|| Spread { variance: squares / (count - 1.0) / count, degrees: count - 1.0 });
        Some(Self { mean: centre, spread, processes: logs.len() })
    }

    /// The steady state of a benchmark: the means of its processes, or one process's values.
    pub fn of_steady_state(benchmark: &Benchmark) -> Option<Self> {
        let processes: Vec<&[f64]> =
            benchmark.runs.iter().map(|run| run.values.as_slice()).filter(|values| !values.is_empty()).collect();
        match processes.as_slice() {
            [only] => Self::of_samples(only).map(|mean| Self { processes: 1, ..mean }),
            many => {
                let means: Vec<f64> = many.iter().filter_map(|values| mean(values)).collect();
                Self::of_samples(&means)
            }
        }
    }

    /// The first run of the program in each fresh process.
    pub fn of_first_runs(benchmark: &Benchmark) -> Option<Self> {
        let firsts: Vec<f64> = benchmark.runs.iter().filter_map(|run| Some(run.warmups.first()?.value)).collect();
        Self::of_samples(&firsts)
    }

    /// How many processes the mean is taken over.
    pub fn processes(&self) -> usize {
        self.processes
    }

    /// The log-mean of the ratio `self / other`, the two being independent.
    pub fn over(&self, other: &Self) -> Self {
        Self {
            mean: self.mean - other.mean,
            spread: sum(&[self.spread, other.spread]),
            processes: self.processes.min(other.processes),
        }
    }

    /// The mean of independent log-means with equal weights; `None` for none.
    pub fn average(parts: &[Self]) -> Option<Self> {
        let means: Vec<f64> = parts.iter().map(|part| part.mean).collect();
        let spreads: Vec<Option<Spread>> = parts.iter().map(|part| part.spread).collect();
        let count = parts.len() as f64;
        let spread = sum(&spreads).map(|total| Spread { variance: total.variance / (count * count), ..total });
        let processes = parts.iter().map(|part| part.processes).min()?;
        Some(Self { mean: mean(&means)?, spread, processes })
    }

    /// Back from logarithms: the geometric mean and its interval.
    pub fn estimate(&self) -> Estimate {
        let interval = self.spread.map(|spread| {
            let half = spread.half_width();
            ((self.mean - half).exp(), (self.mean + half).exp())
        });
        Estimate { value: self.mean.exp(), interval }
    }
}

impl Spread {
    fn half_width(self) -> f64 {
        if self.variance == 0.0 {
            return 0.0;
        }
        two_sided_quantile(CONFIDENCE, self.degrees) * self.variance.sqrt()
    }
}

/// The spread of a sum of independent means (Welch, Satterthwaite); unknown if one of them is.
fn sum(spreads: &[Option<Spread>]) -> Option<Spread> {
    let known: Vec<Spread> = spreads.iter().copied().collect::<Option<_>>()?;
    let variance: f64 = known.iter().map(|spread| spread.variance).sum();
    let weights: f64 = known.iter().map(|spread| spread.variance * spread.variance / spread.degrees).sum();
    let degrees = if weights > 0.0 { variance * variance / weights } else { 1.0 };
    Some(Spread { variance, degrees })
}

#[cfg(test)]
mod tests;

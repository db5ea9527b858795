//! What a report says of the machine and of the moment.
//!
//! The keys are pyperf's. What the system does not tell is left out.

use std::time::{SystemTime, UNIX_EPOCH};

use pv_report::{MetaValue, Metadata};

/// What stays the same for all processes.
pub fn machine() -> Metadata {
    let mut metadata = Metadata::new();
    let mut insert = |key: &str, value: Option<MetaValue>| {
        metadata.extend(value.map(|value| (key.to_owned(), value)));
    };
    insert("platform", Some(platform().into()));
    insert("cpu_model_name", cpu_model().map(MetaValue::from));
    let cores = std::thread::available_parallelism();
    insert("cpu_count", cores.ok().map(|cores| MetaValue::Int(cores.get() as i64)));
    insert("pitviper_version", Some(env!("CARGO_PKG_VERSION").into()));
    metadata
}

/// What belongs to one process: when it started, and how busy the machine was when it ended.
pub fn moment(start: SystemTime) -> Metadata {
    let mut metadata = Metadata::new();
    let since = start.duration_since(UNIX_EPOCH);
    metadata.extend(since.ok().map(|since| ("date".to_owned(), date(since.as_secs()).into())));
    let load = first_number("/proc/loadavg");
    metadata.extend(load.map(|load| ("load_avg_1min".to_owned(), MetaValue::Float(load))));
    metadata
}

fn platform() -> String {
    let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
    match std::fs::read_to_string("/proc/sys/kernel/osrelease") {
        Ok(release) => format!("{system}-{}-{processor}", release.trim()),
        Err(_) => format!("{system}-{processor}"),
    }
}

fn cpu_model() -> Option<String> {
    let about = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = about.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim().to_owned()).filter(|name| !name.is_empty())
}

fn first_number(file: &str) -> Option<f64> {
    std::fs::read_to_string(file).ok()?.split_whitespace().next()?.parse().ok()
}

/// Seconds since 1970 as pyperf writes dates, in UTC.
///
/// Days are counted in eras of 400 years that start on the first of March, so that the leap day is the
/// last of its year.
fn date(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests;

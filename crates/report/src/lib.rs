//! Results, statistics, comparison.
#![forbid(unsafe_code)]

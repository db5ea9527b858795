//! The machine Recording.
#![forbid(unsafe_code)]

//! Algorithms that know no objects: sorting, spelling suggestions.

pub mod sort;
pub mod suggest;

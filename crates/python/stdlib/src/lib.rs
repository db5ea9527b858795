//! Native modules and the embedded library.
#![forbid(unsafe_code)]

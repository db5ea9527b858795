//! Printing tracebacks.

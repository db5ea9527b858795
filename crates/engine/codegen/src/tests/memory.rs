//! Fields, arrays, allocation, counts, calls.

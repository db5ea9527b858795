//! Built-in types, protocols, exceptions, import.
#![forbid(unsafe_code)]

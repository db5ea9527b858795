//! The trait Machine, Direct, and descriptors of fields, calls and effects.

//! `set` and `frozenset`.

use super::TypeTable;

/// `set`.
pub(crate) static TABLE: TypeTable = TypeTable::NONE;
/// `frozenset`.
pub(crate) static FROZEN: TypeTable = TypeTable::NONE;

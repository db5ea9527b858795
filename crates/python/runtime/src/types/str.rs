//! `str`.

use super::TypeTable;

/// `str`.
pub(crate) static TABLE: TypeTable = TypeTable::NONE;

//! `tuple`.

use super::TypeTable;

/// `tuple`.
pub(crate) static TABLE: TypeTable = TypeTable::NONE;

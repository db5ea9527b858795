//! `range`.

use super::TypeTable;

/// `range`.
pub(crate) static TABLE: TypeTable = TypeTable::NONE;

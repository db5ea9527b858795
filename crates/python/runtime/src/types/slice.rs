//! `slice`.

use super::TypeTable;

/// `slice`.
pub(crate) static TABLE: TypeTable = TypeTable::NONE;

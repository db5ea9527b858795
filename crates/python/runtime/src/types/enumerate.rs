//! `enumerate`, `zip`, `map`, `filter`.

use super::TypeTable;

/// `enumerate`.
pub(crate) static ENUMERATE: TypeTable = TypeTable::NONE;
/// `zip`.
pub(crate) static ZIP: TypeTable = TypeTable::NONE;
/// `map`.
pub(crate) static MAP: TypeTable = TypeTable::NONE;
/// `filter`.
pub(crate) static FILTER: TypeTable = TypeTable::NONE;

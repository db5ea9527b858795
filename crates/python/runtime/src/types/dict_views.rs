//! Views of dicts, and read-only mapping proxies.

use super::TypeTable;

/// `dict_keys` and its likes.
pub(crate) static TABLE: TypeTable = TypeTable::NONE;
/// `mappingproxy`.
pub(crate) static PROXY: TypeTable = TypeTable::NONE;

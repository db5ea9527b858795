//! Generators and coroutines.

use super::TypeTable;

/// `generator`, `coroutine`, `async_generator`.
pub(crate) static TABLE: TypeTable = TypeTable::NONE;

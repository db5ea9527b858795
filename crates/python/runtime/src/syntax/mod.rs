//! Syntax trees as Python sees them: objects of the node classes of `_ast`.
//!
//! Two directions. [`build`] makes node objects of the parser's tree; [`read`] checks node objects and makes a tree that the compiler
//! takes. The node classes, with their fields and what each may hold, come from one table in the library's `_ast`; here stands, for every
//! class, how its fields lie in the parser's tree. Positions are bytes in UTF-8, as CPython counts them.

mod build;
mod build_expr;
mod build_string;
mod read;
mod read_expr;
mod read_pattern;
mod read_stmt;

pub use build::to_object;
pub use read::{from_object, is_node};

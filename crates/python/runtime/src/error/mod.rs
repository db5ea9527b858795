//! Raising and catching exceptions.
//!
//! Terms: [`Raised`] is the proof that an exception is pending in the thread; [`PyResult`] is what everything
//! that may raise returns.

mod raise;
mod table;
pub mod traceback;

use pv_object::Obj;

pub use table::{Base, EXCEPTIONS, Exc, ExceptionRow};

/// Proof that an exception is pending in the thread.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a pending exception must be passed on or taken"]
pub struct Raised(());

impl Raised {
    pub(crate) fn new() -> Raised {
        Raised(())
    }
}

/// A value, or a pending exception.
pub type PyResult<T = Obj> = Result<T, Raised>;

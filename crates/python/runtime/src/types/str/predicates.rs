//! The methods whose names begin with `is`.

use pv_object::Obj;

use super::{case, view};
use crate::error::PyResult;
use crate::thread::Thread;
use crate::unicode;

macro_rules! predicates {
    ($($name:ident $test:expr;)*) => {
        $(pub(super) fn $name(_: &Thread, object: &Obj) -> PyResult {
            let test: fn(pv_object::Text<'_>) -> bool = $test;
            Ok(Obj::bool(test(view(object).text())))
        })*
    };
}

predicates! {
    is_alnum |text| case::all(text, unicode::is_alnum);
    is_alpha |text| case::all(text, unicode::is_alpha);
    is_ascii |text| text.is_ascii();
    is_decimal |text| case::all(text, unicode::is_decimal);
    is_digit |text| case::all(text, unicode::is_digit);
    is_identifier case::is_identifier;
    is_lower case::is_lower;
    is_numeric |text| case::all(text, unicode::is_numeric);
    is_printable |text| text.iter().all(unicode::is_printable);
    is_space |text| case::all(text, unicode::is_space);
    is_title case::is_title;
    is_upper case::is_upper;
}

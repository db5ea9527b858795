//! Shorthands for strings.

use pv_object::{Heap, Obj, Str};

/// A string object.
pub fn new(text: &str) -> Obj {
    Obj::str(text)
}

/// An interned string object.
pub fn intern(text: &str) -> Obj {
    Heap::current().intern(text)
}

/// The text of a string object; lone surrogates become U+FFFD. Not for other objects.
pub fn to_string(obj: &Obj) -> String {
    obj.expect::<Str>().to_string_lossy()
}

/// Is `obj` a string equal to `text`?
pub fn eq(obj: &Obj, text: &str) -> bool {
    obj.downcast::<Str>().is_some_and(|s| s.is(text))
}

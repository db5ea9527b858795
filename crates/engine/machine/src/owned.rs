//! Ownership of a counted value as a linear type.

/// A value together with one reference count that its holder must give away or release.
///
/// Invariant: every `Own` ends in a primitive that takes it (store, put, release, return). In debug builds one that
/// is merely dropped panics, so that a leaked reference fails a test and not a user.
#[must_use = "an owned reference must be stored or released"]
pub struct Own<V: Copy>(V);

impl<V: Copy> Own<V> {
    /// Declares that `value` carries a count (or needs none, being immediate or immortal).
    #[inline(always)]
    pub fn new(value: V) -> Self {
        Own(value)
    }

    /// Looks without taking.
    #[inline(always)]
    pub fn get(&self) -> V {
        self.0
    }

    /// Hands the count over to whoever called.
    #[inline(always)]
    pub fn into_inner(self) -> V {
        let value = self.0;
        std::mem::forget(self);
        value
    }
}

#[cfg(debug_assertions)]
impl<V: Copy> Drop for Own<V> {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("an owned reference was dropped without being stored or released");
        }
    }
}

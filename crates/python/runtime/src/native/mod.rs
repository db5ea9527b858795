//! Native functions: one table row each, and how they are called.
//!
//! Role: a [`NativeDef`] names a function, its signature, its documentation, its Rust implementation and its
//! effects; everything Python can see of it comes from the row. Tables are written with [`natives!`](crate::natives).
//! Terms: an *unbound* native (a method of a built-in type) receives `self` as first argument; a *bound* one carries it.
//! Invariant: an implementation is called with as many arguments as its signature allows; a method's receiver has
//! been checked to be an instance of the type that owns the method.

mod call;
mod object;
pub mod signature;

use pv_machine::Effects;
use pv_object::Obj;
use smallvec::SmallVec;

use crate::error::PyResult;
use crate::thread::Thread;
pub use call::{invoke, invoke_unbound};
pub use object::{Flavor, NativeExt, add_functions, bind_native, new_native};
pub use signature::Signature;

/// The arguments of a call: values, of which the last `names.len()` are keyword arguments.
#[derive(Clone, Copy, Debug)]
pub struct Args<'a> {
    values: &'a [Obj],
    names: &'a [Obj],
}

impl<'a> Args<'a> {
    /// No arguments.
    pub const NONE: Args<'static> = Args { values: &[], names: &[] };

    /// Positional arguments only.
    #[inline(always)]
    pub fn new(values: &'a [Obj]) -> Self {
        Args { values, names: &[] }
    }

    /// Positional arguments followed by the values of the keyword arguments `names` (strings).
    #[inline(always)]
    pub fn with_names(values: &'a [Obj], names: &'a [Obj]) -> Self {
        debug_assert!(names.len() <= values.len());
        Args { values, names }
    }

    /// All values.
    #[inline(always)]
    pub fn values(&self) -> &'a [Obj] {
        self.values
    }

    /// The positional arguments.
    #[inline(always)]
    pub fn positional(&self) -> &'a [Obj] {
        &self.values[..self.values.len() - self.names.len()]
    }

    /// Names of the keyword arguments.
    #[inline(always)]
    pub fn names(&self) -> &'a [Obj] {
        self.names
    }

    /// The keyword arguments.
    pub fn keywords(&self) -> impl Iterator<Item = (&'a Obj, &'a Obj)> + use<'a> {
        self.names.iter().zip(&self.values[self.values.len() - self.names.len()..])
    }

    /// The keyword argument called `name`.
    pub fn keyword(&self, name: &str) -> Option<&'a Obj> {
        self.keywords().find(|(key, _)| crate::text::eq(key, name)).map(|(_, value)| value)
    }

    /// Are there keyword arguments?
    #[inline(always)]
    pub fn has_keywords(&self) -> bool {
        !self.names.is_empty()
    }

    /// The arguments behind the first positional one.
    pub fn rest(&self) -> Args<'a> {
        Args { values: &self.values[1..], names: self.names }
    }

    /// A copy with `first` in front.
    pub fn prepend(&self, first: Obj) -> SmallVec<[Obj; 6]> {
        let mut values = SmallVec::with_capacity(self.values.len() + 1);
        values.push(first);
        values.extend(self.values.iter().cloned());
        values
    }
}

/// The Rust function behind a native. `self`, where there is one, counts as the first argument.
#[derive(Clone, Copy)]
pub enum Imp {
    /// No argument.
    F0(fn(&Thread) -> PyResult),
    /// One argument.
    F1(fn(&Thread, &Obj) -> PyResult),
    /// Two arguments.
    F2(fn(&Thread, &Obj, &Obj) -> PyResult),
    /// Three arguments.
    F3(fn(&Thread, &Obj, &Obj, &Obj) -> PyResult),
    /// One optional argument.
    O1(fn(&Thread, Option<&Obj>) -> PyResult),
    /// One argument and an optional one.
    O2(fn(&Thread, &Obj, Option<&Obj>) -> PyResult),
    /// Two arguments and an optional one.
    O3(fn(&Thread, &Obj, &Obj, Option<&Obj>) -> PyResult),
    /// Arguments bound by the signature: one place per parameter (`self` first), absent ones `None`. `*args` is a tuple,
    /// `**kwargs` a dict.
    Bound(fn(&Thread, &[Option<Obj>]) -> PyResult),
    /// The raw arguments; the function checks them itself.
    Raw(fn(&Thread, &Args<'_>) -> PyResult),
    /// A special method made from a slot of the type.
    Slot(crate::slots::SlotImp),
}

/// One native function.
pub struct NativeDef {
    /// `__name__`.
    pub name: &'static str,
    /// The signature; empty where it has none to show (then [`Imp::Raw`]).
    pub signature: &'static str,
    /// `__doc__`.
    pub doc: &'static str,
    /// The implementation.
    pub imp: Imp,
    /// What it may do.
    pub effects: Effects,
}

impl NativeDef {
    /// A row. An implementation with slots of its own for arguments is described by its signature.
    pub const fn new(
        name: &'static str,
        signature: &'static str,
        imp: Imp,
        effects: Effects,
        doc: &'static str,
    ) -> NativeDef {
        NativeDef { name, signature, doc, imp, effects }
    }
}

impl std::fmt::Debug for NativeDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NativeDef({}{})", self.name, self.signature)
    }
}

/// A computed attribute of a built-in type.
#[allow(clippy::type_complexity)]
pub struct GetSetDef {
    /// Its name.
    pub name: &'static str,
    /// Reads it from an instance.
    pub get: fn(&Thread, &Obj) -> PyResult,
    /// Writes it, or deletes it (`None`).
    pub set: Option<fn(&Thread, &Obj, Option<&Obj>) -> PyResult<()>>,
    /// `__doc__`.
    pub doc: &'static str,
    /// Is its descriptor a `member_descriptor`, as those of fields are in CPython?
    pub member: bool,
}

/// Makes a static table of [`NativeDef`]s. A row is `"name" "signature" Variant(function) "documentation";`, with
/// effects in brackets before the documentation where they are not [`Effects::ANY`].
///
/// ```
/// use pv_runtime::{natives, NativeDef, PyResult, Thread};
/// use pv_object::Obj;
/// fn identity(_: &Thread, value: &Obj) -> PyResult { Ok(value.clone()) }
/// natives! { static FUNCTIONS:
///     "identity" "(value, /)" F1(identity) "Returns its argument.";
/// }
/// assert_eq!(FUNCTIONS[0].name, "identity");
/// ```
#[macro_export]
macro_rules! natives {
    ($(#[$meta:meta])* $vis:vis static $table:ident:
        $($name:literal $signature:literal $variant:ident($function:expr) $([$effects:expr])? $doc:literal;)*) => {
        $(#[$meta])*
        $vis static $table: &[$crate::NativeDef] = &[$($crate::NativeDef::new(
            $name,
            $signature,
            $crate::Imp::$variant($function),
            $crate::effects!($($effects)?),
            $doc,
        ),)*];
    };
}

/// The effects column of [`natives!`](crate::natives).
#[doc(hidden)]
#[macro_export]
macro_rules! effects {
    () => {
        $crate::Effects::ANY
    };
    ($effects:expr) => {
        $effects
    };
}

/// Makes a static table of [`GetSetDef`]s: `"name" get [set setter] "documentation";`.
#[macro_export]
macro_rules! getsets {
    ($(#[$meta:meta])* $vis:vis static $table:ident:
        $($name:literal $get:path $(, set $set:path)? $(as $member:ident)? => $doc:literal;)*) => {
        $(#[$meta])*
        $vis static $table: &[$crate::GetSetDef] = &[$($crate::GetSetDef {
            name: $name,
            get: $get,
            set: $crate::option!($($set)?),
            doc: $doc,
            member: $crate::is_member!($($member)?),
        },)*];
    };
}

/// The mark of a row for a field.
#[doc(hidden)]
#[macro_export]
macro_rules! is_member {
    () => {
        false
    };
    (member) => {
        true
    };
}

/// An optional macro argument.
#[doc(hidden)]
#[macro_export]
macro_rules! option {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}

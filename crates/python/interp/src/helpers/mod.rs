//! Residual helpers: what bytecodes call where the machine's primitives end.
//!
//! Each is one row: name, arguments, effects, body. Bodies are ordinary runtime code over borrowed objects; the macros
//! below wrap them in the calling convention (borrowed arguments, owned result, the empty word or a negative number for an
//! exception). Effects are what the optimiser may rely on, so they err towards `ANY`.

mod calls;
mod containers;
mod names;
mod numbers;
mod objects;
mod raising;

pub use calls::*;
pub use containers::*;
pub use names::*;
pub use numbers::*;
pub use objects::*;
pub use raising::*;

use pv_machine::{AliasSet, Counted, Effects};
use pv_object::Obj;
use pv_object::desc::alias;
use pv_runtime::PyResult;
use pv_word::Word;

/// May raise and allocate; reads and writes nothing a trace knows of.
pub(crate) const VALUE: Effects = Effects { elidable: false, ..Effects::reading(AliasSet::NONE) };
/// As `VALUE`, and may read any field (counts it does not look at).
pub(crate) const READS: Effects = Effects::reading(AliasSet(!AliasSet::of(Counted::ALIAS).0));
/// Never raises, runs nothing, reads anything.
pub(crate) const LOOKS: Effects = Effects { raises: false, ..READS };
/// What lists are made of.
const LISTS: AliasSet =
    AliasSet::of(alias::LIST_LEN).or(AliasSet::of(alias::LIST_DATA)).or(AliasSet::of(alias::LIST_ITEMS));
/// Adds to a list: never raises, frees nothing, and no trace assumes anything of a list.
pub(crate) const APPENDS: Effects =
    Effects { raises: false, frees: false, invalidates: false, ..Effects::writing(LISTS) };
/// Replaces items of a list: never raises, runs nothing, frees the old ones.
pub(crate) const LIST_WRITES: Effects = Effects { raises: false, ..Effects::writing(LISTS) };
/// Moves a built-in iterator on: may raise, and free what it was over.
pub(crate) const STEPS: Effects =
    Effects::writing(AliasSet::of(alias::INDEX_ITER).or(AliasSet::of(alias::RANGE_ITER)).or(AliasSet::of(alias::ITER)));
/// Adds to or takes from a set, never freeing: never raises.
pub(crate) const SET_WRITES: Effects =
    Effects { raises: false, frees: false, invalidates: false, ..Effects::writing(AliasSet::of(alias::DICT_LEN)) };
/// Changes a dict, which may be a namespace, and frees what it held.
pub(crate) const DICT_WRITES: Effects = Effects::writing(
    AliasSet::of(alias::DICT_LEN).or(AliasSet::of(alias::DICT_VERSION)).or(AliasSet::of(alias::GLOBAL)),
);

/// A helper's result as a word.
#[inline(always)]
pub(crate) fn word_of(result: PyResult) -> Word {
    match result {
        Ok(value) => value.into_word(),
        Err(_) => Word::EMPTY,
    }
}

/// A helper's result as a number, negative for an exception.
#[inline(always)]
pub(crate) fn int_of(result: PyResult<i64>) -> i64 {
    result.unwrap_or(-1)
}

/// A truth as a helper's number.
#[inline(always)]
pub(crate) fn truth(result: PyResult<bool>) -> PyResult<i64> {
    result.map(i64::from)
}

/// A small int argument.
#[inline(always)]
pub(crate) fn small(value: &Obj) -> u32 {
    value.word().untag_int() as u32
}

/// Helpers from words to a word: `NAME "name" effects (cx, args…) body;` with a body of type `PyResult`.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $text:literal $effects:ident $target:ident ($cx:ident $(, $arg:ident)*) $body:expr;)*) => {
        $($(#[$doc])*
        pub static $name: pv_machine::Helper<pv_runtime::Thread> = {
            extern "C" fn entry($cx: &pv_runtime::Thread $(, $arg: pv_word::Word)*) -> pv_word::Word {
                $(let $arg = pv_object::Obj::of(&$arg);)*
                #[allow(clippy::redundant_closure_call)]
                $crate::helpers::word_of((|| $body)())
            }
            pv_machine::Helper::new($text, $effects, pv_machine::Target::$target(entry))
        };)*
    };
}

/// Helpers from words to a number: as `words!`, with a body of type `PyResult<i64>`.
macro_rules! ints {
    ($($(#[$doc:meta])* $name:ident $text:literal $effects:ident $target:ident ($cx:ident $(, $arg:ident)*) $body:expr;)*) => {
        $($(#[$doc])*
        pub static $name: pv_machine::Helper<pv_runtime::Thread> = {
            extern "C" fn entry($cx: &pv_runtime::Thread $(, $arg: pv_word::Word)*) -> i64 {
                $(let $arg = pv_object::Obj::of(&$arg);)*
                #[allow(clippy::redundant_closure_call)]
                $crate::helpers::int_of((|| $body)())
            }
            pv_machine::Helper::new($text, $effects, pv_machine::Target::$target(entry))
        };)*
    };
}

/// Helpers over a window: `NAME "name" effects (cx, callee, cells) body;` with a body of type `PyResult`.
macro_rules! windows {
    ($($(#[$doc:meta])* $name:ident $text:literal $effects:ident ($cx:ident, $callee:ident, $cells:ident) $body:expr;)*) => {
        $($(#[$doc])*
        pub static $name: pv_machine::Helper<pv_runtime::Thread> = {
            extern "C" fn entry($cx: &pv_runtime::Thread, $callee: pv_word::Word, window: pv_machine::Window<'_>) -> pv_word::Word {
                let $callee = pv_object::Obj::of(&$callee);
                let $cells = window.cells();
                #[allow(clippy::redundant_closure_call)]
                $crate::helpers::word_of((|| $body)())
            }
            pv_machine::Helper::new($text, $effects, pv_machine::Target::Win(entry))
        };)*
    };
}

/// Helpers over a window and one more word.
macro_rules! windows_and_word {
    ($($(#[$doc:meta])* $name:ident $text:literal $effects:ident ($cx:ident, $callee:ident, $cells:ident, $extra:ident) $body:expr;)*) => {
        $($(#[$doc])*
        pub static $name: pv_machine::Helper<pv_runtime::Thread> = {
            extern "C" fn entry(
                $cx: &pv_runtime::Thread,
                $callee: pv_word::Word,
                window: pv_machine::Window<'_>,
                $extra: pv_word::Word,
            ) -> pv_word::Word {
                let ($callee, $extra) = (pv_object::Obj::of(&$callee), pv_object::Obj::of(&$extra));
                let $cells = window.cells();
                #[allow(clippy::redundant_closure_call)]
                $crate::helpers::word_of((|| $body)())
            }
            pv_machine::Helper::new($text, $effects, pv_machine::Target::WinW(entry))
        };)*
    };
}

pub(crate) use {ints, windows, windows_and_word, words};

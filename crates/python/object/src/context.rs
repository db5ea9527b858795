//! What a thread context must offer, and the engine's `Context` made of it.
//!
//! The runtime, which has no `unsafe`, implements [`ThreadContext`] and calls [`thread_context!`](crate::thread_context) once: the
//! promises of [`pv_machine::Context`] are then kept by this crate's heap.

use std::fmt::Debug;

use pv_machine::{AliasSet, Effects, State};
use pv_word::Word;

use crate::heap::Heap;
use crate::obj::Obj;

/// A thread of the Python machine, as the heap sees it.
pub trait ThreadContext: Sized + 'static {
    /// A cheap handle of the code a frame runs.
    type Code: Copy + Eq + Debug;

    /// The state shared with compiled code.
    fn state(&self) -> &State;
    /// The heap the thread has entered.
    fn heap(&self) -> &'static Heap;
    /// Frames may nest this deep.
    fn depth_limit(&self) -> u32;
    /// See [`pv_machine::Context::code_object`].
    fn code_object(&self, _: Self::Code) -> Option<Word> {
        None
    }
}

/// Allocates and changes nothing that anyone can see yet.
pub const ALLOCATES: Effects = Effects { elidable: false, ..Effects::PURE };
/// Frees objects; no field of a live object changes.
pub const FREES: Effects = Effects { elidable: false, frees: true, writes: AliasSet::NONE, ..Effects::PURE };

/// Boxes a double.
pub extern "C" fn box_float<T: ThreadContext>(_: &T, value: f64) -> Word {
    Obj::float(value).into_word()
}

/// Frees an object whose count has reached zero, or queues it for finalisation.
pub extern "C" fn dealloc<T: ThreadContext>(cx: &T, object: Word) -> i64 {
    cx.heap().dealloc(object);
    0
}

/// Allocates an object block.
pub extern "C" fn alloc<T: ThreadContext>(cx: &T, size: Word) -> i64 {
    cx.heap().alloc_block(size.untag_int() as usize) as i64
}

/// Implements [`pv_machine::Context`] for a type that implements [`ThreadContext`].
#[macro_export]
macro_rules! thread_context {
    ($thread:ty) => {
        // SAFETY: blocks and object words come from the heap of `pv_object`, which keeps the trait's promises.
        unsafe impl $crate::machine::Context for $thread {
            type Code = <$thread as $crate::ThreadContext>::Code;

            #[inline(always)]
            fn state(&self) -> &$crate::machine::State {
                $crate::ThreadContext::state(self)
            }
            #[inline(always)]
            fn bool_word(&self, value: bool) -> $crate::machine_word::Word {
                $crate::ThreadContext::heap(self).bool_word(value)
            }
            fn box_float() -> &'static $crate::machine::Helper<Self> {
                static HELPER: $crate::machine::Helper<$thread> = $crate::machine::Helper::new(
                    "box_float",
                    $crate::context::ALLOCATES,
                    $crate::machine::Target::FW($crate::context::box_float::<$thread>),
                );
                &HELPER
            }
            fn dealloc() -> &'static $crate::machine::Helper<Self> {
                static HELPER: $crate::machine::Helper<$thread> = $crate::machine::Helper::new(
                    "dealloc",
                    $crate::context::FREES,
                    $crate::machine::Target::I1($crate::context::dealloc::<$thread>),
                );
                &HELPER
            }
            fn alloc() -> &'static $crate::machine::Helper<Self> {
                static HELPER: $crate::machine::Helper<$thread> = $crate::machine::Helper::new(
                    "alloc",
                    $crate::context::ALLOCATES,
                    $crate::machine::Target::I1($crate::context::alloc::<$thread>),
                );
                &HELPER
            }
            #[inline(always)]
            fn free_list(&self, size: usize) -> Option<&std::cell::Cell<usize>> {
                $crate::ThreadContext::heap(self).free_list(size)
            }
            fn embed(&self, object: $crate::machine_word::Word) {
                $crate::ThreadContext::heap(self).embed(object);
            }
            fn code_object(&self, code: Self::Code) -> Option<$crate::machine_word::Word> {
                $crate::ThreadContext::code_object(self, code)
            }
            #[inline(always)]
            fn depth_limit(&self) -> u32 {
                $crate::ThreadContext::depth_limit(self)
            }
        }
    };
}

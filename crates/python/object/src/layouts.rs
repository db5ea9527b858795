//! The built-in layouts, one module per family. What they share is here.

mod array;
mod bytes;
mod callable;
mod code;
mod complex;
mod dict;
mod exception;
mod frame;
mod generator;
mod iter;
mod list;
mod module;
mod native;
mod number;
mod range;
mod set;
mod singleton;
mod tuple;
mod weak;

pub use crate::strings::Str;
pub use array::{Array, ArrayForm, ByteItems, DoubleItems, IntItems, LongItems, ShortItems, UnsignedItems};
pub use bytes::{ByteArray, Bytes};
pub use callable::{
    BoundMethod, CellObj, ClassMethod, Function, GetSet, Member, NativeFunction, Property, StaticMethod, Super,
};
pub use code::{Code, CodeRef, CodeSpec, InlineCache, LoadPlan, StorePlan, code_flags};
pub use complex::Complex;
pub use dict::{Candidate, Dict, DictView, Probe, ViewKind, quick_eq};
pub use exception::{Exception, Traceback};
pub use frame::Frame;
pub use generator::{Generator, GeneratorMarks, GeneratorState};
pub use iter::{
    BytesIter, CallIter, DictIter, Enumerate, Filter, ListIter, LongRangeIter, Map, RangeIter, Reversed, SeqIter,
    SetIter, StrIter, TupleIter, Zip,
};
pub use list::List;
pub use module::{GlobalCell, GlobalUse, MappingProxy, Module};
pub use native::{Buffer, BufferForm, Native, Payload};
pub use number::{BoxedFloat, BoxedInt};
pub use range::{Range, Slice};
pub use set::{FrozenSet, Set, SetTable};
pub use singleton::Singleton;
pub use tuple::Tuple;
pub use weak::WeakRef;

use pv_word::Word;

/// Fills `len` words from `first` with [`Word::EMPTY`].
///
/// # Safety
/// They are words of an object under construction.
pub(crate) unsafe fn fill_empty(first: *const Word, len: usize) {
    let first = first.cast_mut();
    for index in 0..len {
        // SAFETY: the caller's promise.
        unsafe { first.add(index).write(Word::EMPTY) };
    }
}

/// A layout of fixed size whose owned values all lie in [`Held`](crate::Held) fields: implements [`crate::Layout`].
macro_rules! held_layout {
    ($layout:ident, $kind:ident, [$($field:ident),*]) => {
        // SAFETY: `repr(C)` and header first, as at every use of this macro.
        unsafe impl $crate::kind::Layout for $layout {
            const KIND: $crate::kind::Kind = $crate::kind::Kind::$kind;
            fn extent(&self) -> usize {
                std::mem::size_of::<Self>()
            }
            fn visit(&self, visitor: &mut (impl FnMut(&$crate::obj::Obj) + ?Sized)) {
                let _ = &visitor;
                $(self.$field.visit(visitor);)*
            }
            fn clear(&self) {
                $(drop(self.$field.take());)*
            }
        }
        const _: () = assert!(std::mem::offset_of!($layout, header) == 0);
    };
}
pub(crate) use held_layout;

/// Creates an exact object of a fixed-size layout, or one of the given shape.
macro_rules! create {
    ($layout:ident { $($fields:tt)* }) => {
        $crate::layouts::create!($layout { $($fields)* }, $crate::Heap::current().shape_of($crate::Kind::$layout))
    };
    ($layout:ident { $($fields:tt)* }, $shape:expr) => {
        $crate::Heap::current().create($shape, std::mem::size_of::<$layout>(), |header| $layout { header, $($fields)* })
    };
}
pub(crate) use create;

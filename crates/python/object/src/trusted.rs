//! Proofs without a test: what frames, the compiler and helpers guarantee.
//!
//! Role: the interpreter knows the layout of some values from where it found them: slot 0 of a frame is a function, the
//! register of a captured variable is a cell, the tuple a helper just made is a tuple. Debug builds check when interpreting.
//! Invariant: only the interpreter calls these, with values from those places.

use pv_machine::{Machine, Typed};
use pv_word::Word;

use crate::desc;
use crate::kind::Layout;
use crate::layouts::{CellObj, ClassMethod, CodeRef, Dict, Function, Generator, GlobalCell, NativeFunction, Tuple};

macro_rules! trusted {
    ($($(#[$doc:meta])* $name:ident: $layout:ident;)*) => {
        $($(#[$doc])*
        #[inline(always)]
        pub fn $name<V: Copy>(value: V) -> Typed<V, $layout> {
            // SAFETY: the module's invariant.
            unsafe { Typed::assume(value) }
        })*
    };
}

trusted! {
    /// Slot 0 of a frame.
    function: Function;
    /// The tuple a helper made.
    tuple: Tuple;
    /// The register of a captured variable, or an item of a closure tuple.
    cell: CellObj;
    /// The extra slot of a generator's frame, or what a helper made as one.
    generator: Generator;
    /// The globals of a function.
    dict: Dict;
    /// A value whose kind is that of native functions, by the caller's test.
    native: NativeFunction;
    /// What a plan names as a class method.
    class_method: ClassMethod;
    /// What an inline cache or a plan names as the cell of a variable.
    global_cell: GlobalCell;
}

/// A value whose shape is one of `L`'s.
#[inline(always)]
pub fn by_shape<V: Copy, L: Layout>(value: V) -> Typed<V, L> {
    // SAFETY: the module's invariant: the caller has promoted the shape.
    unsafe { Typed::assume(value) }
}

/// The code of a function, as a constant.
#[inline(always)]
pub fn code_of<M: Machine>(m: &mut M, function: Typed<M::Val, Function>) -> CodeRef {
    let code = m.load(function, &desc::FUNCTION_CODE);
    let code: Word = m.promote(code);
    if !M::INTERPRETING {
        m.assume(Function::code_key());
    }
    // The function keeps its code object alive; `CodeRef`'s users keep the function.
    CodeRef::from_bits(code.addr() as u64)
}

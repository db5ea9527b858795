//! The trait `Machine`: every primitive a language's bytecodes are made of.

use std::marker::PhantomData;

use pv_word::Word;

use crate::context::Context;
use crate::desc::{Array, Field, Helper};
use crate::owned::Own;

/// A slot's distance from the base of the current frame; may be negative or reach into windows above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub i32);

/// A value proven to point to an object of layout `L`.
///
/// Proofs are made by the crate that owns the heap's layouts; with one in hand the memory primitives are safe. A
/// proof is as good as the reference behind it: it must not outlive the slot or `Own` that keeps the object alive.
pub struct Typed<V, L> {
    value: V,
    layout: PhantomData<fn(L)>,
}

impl<V: Copy, L> Clone for Typed<V, L> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<V: Copy, L> Copy for Typed<V, L> {}

impl<V: Copy, L> Typed<V, L> {
    /// Asserts that `value` points to a live object of layout `L`.
    ///
    /// # Safety
    /// It does, and the object stays alive while the proof is used.
    #[inline(always)]
    pub unsafe fn assume(value: V) -> Self {
        Typed { value, layout: PhantomData }
    }

    /// The value without its proof.
    #[inline(always)]
    pub fn value(self) -> V {
        self.value
    }
}

/// Binary operations on integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IntOp {
    /// Addition.
    Add,
    /// Subtraction.
    Sub,
    /// Multiplication.
    Mul,
    /// Bitwise and.
    And,
    /// Bitwise or.
    Or,
    /// Bitwise exclusive or.
    Xor,
    /// Left shift. Raw: count taken modulo 64. Tagged: refused unless `0 <= count < 64` and nothing is lost.
    Shl,
    /// Arithmetic right shift. Raw: count modulo 64. Tagged: refused for a negative count.
    Shr,
    /// Division rounding towards negative infinity; tagged only, refused for divisor 0.
    FloorDiv,
    /// Remainder with the divisor's sign; tagged only, refused for divisor 0.
    Mod,
}

/// Operations on doubles (the unary ones ignore their second operand).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FloatOp {
    /// Addition.
    Add,
    /// Subtraction.
    Sub,
    /// Multiplication.
    Mul,
    /// Division as IEEE 754 has it; a language that refuses zero tests first.
    Div,
    /// Negation (unary).
    Neg,
    /// Absolute value (unary).
    Abs,
    /// Square root (unary).
    Sqrt,
    /// Rounding towards negative infinity (unary).
    Floor,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cmp {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less (signed for integers).
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less, unsigned; integers only.
    Ult,
}

/// Operations on truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoolOp {
    /// Conjunction.
    And,
    /// Disjunction.
    Or,
}

/// The primitive operations. See the crate's header for the three ways to run them.
///
/// Counts: `get` borrows; `take`, `own`, `call` and the allocators return [`Own`]; `put` and `release` consume one.
/// Tests (`bool` or `Option` results) resume *before* the bytecode and are legal only ahead of the step's
/// first effect; `raised` resumes *raising*; `branch` ends the step. Integers in *tagged* operations are words
/// already tested with [`Machine::is_int`] or [`Machine::both_ints`]; given other words the result is a meaningless
/// integer, never undefined behaviour.
pub trait Machine {
    /// The language's thread context.
    type Cx: Context;
    /// A tagged word.
    type Val: Copy;
    /// A raw 64-bit integer.
    type Int: Copy;
    /// A double.
    type Float: Copy;
    /// A truth value that has not steered anything yet.
    type Bool: Copy;

    /// True for the interpreter, false while recording: lets a language keep interpreter-only
    /// bookkeeping (hot counters) out of traces.
    const INTERPRETING: bool;

    /// Runs a part of a step that is compiled out of line. The interpreter's machine lends it a copy of its state, so that
    /// the state itself never has its address taken and stays in registers.
    #[inline(always)]
    fn apart<R>(&mut self, step: impl FnOnce(&mut Self) -> R) -> R {
        step(self)
    }

    /// The thread context. State reached through it is not recorded: use it for constants and promoted values only.
    fn cx(&self) -> &Self::Cx;

    // -- Frame -----------------------------------------------------------------------------------------------

    /// The program counter of the current frame.
    fn pc(&self) -> u32;
    /// Sets the program counter; the next step starts there.
    fn set_pc(&mut self, pc: u32);
    /// The code the current frame runs.
    fn code(&self) -> <Self::Cx as Context>::Code;
    /// The code of the frame whose base lies `delta` slots from the current one, where the machine knows it without a test: in a
    /// recording, frames that the trace has entered. Ask before looking at the frame's slot 0, and look there when it is `None`.
    fn known_frame(&self, delta: i32) -> Option<<Self::Cx as Context>::Code>;
    /// Moves the base by `delta` slots and goes on in `code` at `pc`: pushes or pops a frame. Slots keep their contents.
    fn switch_frame(&mut self, delta: i32, code: <Self::Cx as Context>::Code, pc: u32);
    /// Do `slots` slots from the base fit on the register stack, and one more frame within the depth limit?
    fn has_room(&mut self, slots: i32) -> bool;
    /// Borrows what the slot holds (possibly [`Word::EMPTY`]).
    fn get(&mut self, slot: Slot) -> Self::Val;
    /// Moves the slot's contents out, leaving [`Word::EMPTY`].
    fn take(&mut self, slot: Slot) -> Own<Self::Val>;
    /// Stores, and releases what the slot held.
    fn put(&mut self, slot: Slot, value: Own<Self::Val>);
    /// Stores into a slot that holds nothing counted (empty, or never used).
    fn init(&mut self, slot: Slot, value: Own<Self::Val>);

    // -- Constants and promotion --------------------------------------------------------------------------------

    /// A constant word. An object among them must outlive every trace that embeds it (see `Context::embed`).
    fn word(&mut self, word: Word) -> Self::Val;
    /// A constant integer.
    fn int(&mut self, value: i64) -> Self::Int;
    /// A constant double.
    fn float(&mut self, value: f64) -> Self::Float;
    /// Turns a value into a constant behind a guard.
    fn promote(&mut self, value: Self::Val) -> Word;
    /// Turns an integer into a constant behind a guard.
    fn promote_int(&mut self, value: Self::Int) -> i64;
    /// States that what the step is about to read as a constant changes only together with a call of
    /// [`crate::Watcher::changed`] for this key. Costs nothing in a trace: the trace dies instead.
    fn assume(&mut self, key: u64);

    // -- Tests ----------------------------------------------------------------------------------------------------

    /// Small integer?
    fn is_int(&mut self, value: Self::Val) -> bool;
    /// Immediate float?
    fn is_float(&mut self, value: Self::Val) -> bool;
    /// Pointer (or empty)?
    fn is_ptr(&mut self, value: Self::Val) -> bool;
    /// Both small integers?
    fn both_ints(&mut self, a: Self::Val, b: Self::Val) -> bool;
    /// The very word `word`?
    fn is(&mut self, value: Self::Val, word: Word) -> bool;
    /// Equal to the constant `constant`?
    fn int_is(&mut self, value: Self::Int, constant: i64) -> bool;
    /// Lets a truth value steer the step.
    fn test(&mut self, value: Self::Bool) -> bool;
    /// Ends the step: goes on at `then` or `otherwise`. Legal after effects: it resumes *after* the bytecode.
    fn branch(&mut self, value: Self::Bool, then: u32, otherwise: u32);
    /// Commits the step's effects so far, so that tests may follow again. When one of those fails, the program counter is resumed
    /// with `continuation` (1..=255) in its top 8 bits, and [`crate::Language::resume`] finishes the bytecode from slots.
    fn checkpoint(&mut self, continuation: u8);
    /// The same for a step that raises: an exception is pending, and what follows only decides where it goes. A test that fails then
    /// resumes *raising* at the program counter, with `continuation` (0 for none) in its top 8 bits.
    fn checkpoint_raising(&mut self, continuation: u8);
    /// Did the helper that returned this leave an exception pending? Resumes *raising* when its answer changes.
    fn raised(&mut self, result: &Own<Self::Val>) -> bool;
    /// The same for a helper with a raw result, which is negative when an exception is pending.
    fn raised_int(&mut self, result: Self::Int) -> bool;
    /// Is something waiting at this bytecode boundary (finalisers, see [`crate::Breaker`])? The last operation of a step; resumes *after*.
    fn boundary(&mut self) -> bool;

    // -- Integers ---------------------------------------------------------------------------------------------------

    /// The integer in a tested small-integer word.
    fn untag_int(&mut self, value: Self::Val) -> Self::Int;
    /// The word of an integer; `None` outside 62 bits.
    fn tag_int(&mut self, value: Self::Int) -> Option<Self::Val>;
    /// Arithmetic on two small-integer words; `None` where the result has no immediate form or is undefined.
    fn tagged(&mut self, op: IntOp, a: Self::Val, b: Self::Val) -> Option<Self::Val>;
    /// Wrapping arithmetic on raw integers (`FloorDiv` and `Mod` by zero give zero).
    fn int_op(&mut self, op: IntOp, a: Self::Int, b: Self::Int) -> Self::Int;
    /// Compares raw integers.
    fn cmp_ints(&mut self, cmp: Cmp, a: Self::Int, b: Self::Int) -> Self::Bool;
    /// Compares words by their bits, signed: right for two small integers, and for identity.
    fn cmp_words(&mut self, cmp: Cmp, a: Self::Val, b: Self::Val) -> Self::Bool;

    // -- Floats -------------------------------------------------------------------------------------------------------

    /// The double in a tested immediate float.
    fn untag_float(&mut self, value: Self::Val) -> Self::Float;
    /// The word of a double, boxed where it has no immediate form.
    fn tag_float(&mut self, value: Self::Float) -> Own<Self::Val>;
    /// Arithmetic on doubles.
    fn float_op(&mut self, op: FloatOp, a: Self::Float, b: Self::Float) -> Self::Float;
    /// Compares doubles (ordered; `Ne` is true for nan).
    fn cmp_floats(&mut self, cmp: Cmp, a: Self::Float, b: Self::Float) -> Self::Bool;
    /// The nearest double of an integer.
    fn int_to_float(&mut self, value: Self::Int) -> Self::Float;
    /// The integer part of a double (saturating; nan gives 0).
    fn float_to_int(&mut self, value: Self::Float) -> Self::Int;

    // -- Truth values -------------------------------------------------------------------------------------------------

    /// The language's true or false word, without a guard.
    fn bool_word(&mut self, value: Self::Bool) -> Self::Val;
    /// Negation.
    fn not(&mut self, value: Self::Bool) -> Self::Bool;
    /// One of two words, without a guard. Ownership moves with the choice: the caller accounts for both.
    fn select(&mut self, condition: Self::Bool, then: Self::Val, otherwise: Self::Val) -> Self::Val;
    /// Conjunction or disjunction, without a guard.
    fn bool_op(&mut self, op: BoolOp, a: Self::Bool, b: Self::Bool) -> Self::Bool;

    // -- Heap ---------------------------------------------------------------------------------------------------------

    /// Loads a word field; borrowed from the object.
    fn load<L>(&mut self, object: Typed<Self::Val, L>, field: &'static Field<L>) -> Self::Val;
    /// Loads an integer or address field.
    fn load_int<L>(&mut self, object: Typed<Self::Val, L>, field: &'static Field<L>) -> Self::Int;
    /// Loads a double field.
    fn load_float<L>(&mut self, object: Typed<Self::Val, L>, field: &'static Field<L>) -> Self::Float;
    /// Replaces a word field and returns what it held. An effect.
    fn replace<L>(
        &mut self,
        object: Typed<Self::Val, L>,
        field: &'static Field<L>,
        value: Own<Self::Val>,
    ) -> Own<Self::Val>;
    /// Loads the word field `index` of a run of word fields that lie one behind the other.
    #[inline(always)]
    fn load_nth<L>(&mut self, object: Typed<Self::Val, L>, fields: &'static [Field<L>], index: usize) -> Self::Val {
        self.load(object, &fields[index])
    }
    /// Replaces the word field `index` of such a run and returns what it held. An effect.
    #[inline(always)]
    fn replace_nth<L>(
        &mut self,
        object: Typed<Self::Val, L>,
        fields: &'static [Field<L>],
        index: usize,
        value: Own<Self::Val>,
    ) -> Own<Self::Val> {
        self.replace(object, &fields[index], value)
    }
    /// Stores an integer field. An effect.
    ///
    /// # Safety
    /// The value keeps the layout's invariants (lengths, shapes, addresses).
    unsafe fn store_int<L>(&mut self, object: Typed<Self::Val, L>, field: &'static Field<L>, value: Self::Int);
    /// Stores a double field. An effect.
    fn store_float<L>(&mut self, object: Typed<Self::Val, L>, field: &'static Field<L>, value: Self::Float);
    /// Is `index` within `0..len`? A test; the accesses below repeat nothing of it.
    fn in_bounds<L>(&mut self, object: Typed<Self::Val, L>, array: &'static Array<L>, index: Self::Int) -> bool;
    /// Loads a word element; the index must have passed [`Machine::in_bounds`] in this step (checked by debug builds).
    fn elem<L>(&mut self, object: Typed<Self::Val, L>, array: &'static Array<L>, index: Self::Int) -> Self::Val;
    /// Loads an integer element.
    fn elem_int<L>(&mut self, object: Typed<Self::Val, L>, array: &'static Array<L>, index: Self::Int) -> Self::Int;
    /// Loads a double element.
    fn elem_float<L>(&mut self, object: Typed<Self::Val, L>, array: &'static Array<L>, index: Self::Int)
    -> Self::Float;
    /// Replaces a word element and returns what it held. An effect.
    fn replace_elem<L>(
        &mut self,
        object: Typed<Self::Val, L>,
        array: &'static Array<L>,
        index: Self::Int,
        value: Own<Self::Val>,
    ) -> Own<Self::Val>;
    /// Moves `count` slots from `first` on into the first elements of an array, which are empty words. An effect.
    #[inline(always)]
    fn save_slots<L>(&mut self, object: Typed<Self::Val, L>, array: &'static Array<L>, first: Slot, count: u32) {
        for each in 0..count as i32 {
            let value = self.take(Slot(first.0 + each));
            let index = self.int(i64::from(each));
            let empty = self.replace_elem(object, array, index, value);
            let _ = empty.into_inner();
        }
    }
    /// Moves the first `count` elements of an array into slots from `first` on, which hold nothing, and leaves empty words. An effect.
    #[inline(always)]
    fn restore_slots<L>(&mut self, object: Typed<Self::Val, L>, array: &'static Array<L>, first: Slot, count: u32) {
        for each in 0..count as i32 {
            let index = self.int(i64::from(each));
            let empty = Own::new(self.word(Word::EMPTY));
            let value = self.replace_elem(object, array, index, empty);
            self.init(Slot(first.0 + each), value);
        }
    }
    /// Stores an integer element, truncated to its storage. An effect.
    fn store_elem_int<L>(
        &mut self,
        object: Typed<Self::Val, L>,
        array: &'static Array<L>,
        index: Self::Int,
        value: Self::Int,
    );
    /// Stores a double element. An effect.
    fn store_elem_float<L>(
        &mut self,
        object: Typed<Self::Val, L>,
        array: &'static Array<L>,
        index: Self::Int,
        value: Self::Float,
    );
    /// Allocates `size` bytes (a multiple of 16) with the two header words given, every further word [`Word::EMPTY`]. An effect.
    ///
    /// # Safety
    /// Headers and size describe a valid object of the language once its fields are stored.
    unsafe fn allocate(&mut self, size: usize, header: [u64; 2]) -> Own<Self::Val>;

    // -- Counts and calls ---------------------------------------------------------------------------------------------

    /// Takes one more reference. Not for [`Word::EMPTY`].
    fn own(&mut self, value: Self::Val) -> Own<Self::Val>;
    /// Drops a reference; the object is freed, or queued for finalisation, when it was the last. An effect.
    fn release(&mut self, value: Own<Self::Val>);
    /// Notes that a helper, called just now, has taken the reference over: it is neither put nor released.
    fn forget(&mut self, value: Own<Self::Val>);
    /// Calls a helper of words to a word. An effect unless the helper is elidable.
    fn call(&mut self, helper: &'static Helper<Self::Cx>, args: &[Self::Val]) -> Own<Self::Val>;
    /// Calls a helper of words to a raw integer. No effect where the helper only reads.
    fn call_int(&mut self, helper: &'static Helper<Self::Cx>, args: &[Self::Val]) -> Self::Int;
    /// Calls a helper of doubles to a double.
    fn call_float(&mut self, helper: &'static Helper<Self::Cx>, args: &[Self::Float]) -> Self::Float;
    /// Calls a helper with a callee, `count` slots from `first`, and, for `WinW`, one more word.
    fn call_window(
        &mut self,
        helper: &'static Helper<Self::Cx>,
        callee: Self::Val,
        first: Slot,
        count: u32,
        extra: Option<Self::Val>,
    ) -> Own<Self::Val>;
}

//! The op table: every instruction, in one place.
//!
//! Columns: name, mnemonic, operands, immediate, result, effect, use of a snapshot, documentation. The text form, the builder's
//! checks, the verifier, the optimiser's notion of effects and the tests' catalogue all read this table.
//!
//! Conventions:
//! - *tagged* ops (`t…`) take words that have been tested to be small ints and work on `i << 2` directly. Given other words
//!   the result is a meaningless word, never undefined behaviour;
//! - a guard leaves through its snapshot when the stated condition does not hold; nothing of the op has happened then;
//! - to add an op: a row here; its meaning in `eval::ops`; its code in `pv_codegen::translate`; a place in `random`, whose test
//!   fails until the op occurs. Nothing else keeps a list;
//! - `…_fit` is the unguarded twin, for when facts prove that the guard holds; otherwise its result is meaningless.

use pv_machine::{Cmp, FloatOp, IntOp};

use crate::trace::Type;

/// What an operand must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgKind {
    /// Exactly this type.
    Is(Type),
    /// Any type; all operands of this kind have the same.
    Same,
    /// `word` or `int`: raw bits are taken.
    Bits,
    /// The type of the immediate field's or array's cell (see [`crate::cell_type`]).
    Cell,
    /// The rest of the operands: a helper's parameters after context and window.
    Params,
}

/// What the result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// This type (`unit`: no result).
    Is(Type),
    /// The type of the operands of kind [`ArgKind::Same`].
    Same,
    /// The type of the immediate field's or array's cell.
    Cell,
}

/// Which immediate an op has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImmKind {
    /// None.
    None,
    /// A slot.
    Slot,
    /// Slots and frames.
    Room,
    /// A field.
    Field,
    /// An array.
    Array,
    /// Size and header word.
    New,
    /// A helper, perhaps with a window.
    Call,
}

/// What an op does besides computing its result; guards add a way out to any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: equal operands give equal results.
    Pure,
    /// Reads a home slot.
    Frame,
    /// Reads the thread state (breaker, stack limit, invalidation flag).
    State,
    /// Reads heap memory of the immediate's alias class.
    Load,
    /// Writes heap memory of the immediate's alias class.
    Store,
    /// Makes an object or box; may be dropped when the result is not used.
    Alloc,
    /// Raises a count.
    Count,
    /// Lowers a count and may free; clobbers no field, but facts about objects that may have died end.
    Release,
    /// As the immediate helper's `Effects` say.
    Call,
}

/// Whether an op carries a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotUse {
    /// Never.
    None,
    /// Always: the op is a guard.
    Guard,
    /// A safepoint: required if the helper re-enters or takes a window, otherwise optional.
    Safepoint,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// Name in the text form.
    pub mnemonic: &'static str,
    /// Operands.
    pub args: &'static [ArgKind],
    /// Immediate.
    pub imm: ImmKind,
    /// Result.
    pub result: ResultKind,
    /// Effect.
    pub effect: Effect,
    /// Snapshot.
    pub snapshot: SnapshotUse,
    /// Documentation.
    pub doc: &'static str,
}

macro_rules! arg {
    (W) => {
        ArgKind::Is(Type::Word)
    };
    (I) => {
        ArgKind::Is(Type::Int)
    };
    (F) => {
        ArgKind::Is(Type::Float)
    };
    (B) => {
        ArgKind::Is(Type::Bool)
    };
    (P) => {
        ArgKind::Is(Type::Ptr)
    };
    ($other:ident) => {
        ArgKind::$other
    };
}

macro_rules! result {
    (W) => {
        ResultKind::Is(Type::Word)
    };
    (I) => {
        ResultKind::Is(Type::Int)
    };
    (F) => {
        ResultKind::Is(Type::Float)
    };
    (B) => {
        ResultKind::Is(Type::Bool)
    };
    (P) => {
        ResultKind::Is(Type::Ptr)
    };
    (U) => {
        ResultKind::Is(Type::Unit)
    };
    ($other:ident) => {
        ResultKind::$other
    };
}

macro_rules! ops {
    ($($(#[doc = $doc:literal])+ $name:ident $mnemonic:literal [$($arg:ident)*] $imm:ident $result:ident $effect:ident $snap:ident;)*) => {
        /// The instructions; see the table in the source.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Op {
            /// All ops, in the order of the table.
            pub const ALL: &'static [Op] = &[$(Op::$name),*];
        }

        static TABLE: &[OpInfo] = &[$(OpInfo {
            mnemonic: $mnemonic,
            args: &[$(arg!($arg)),*],
            imm: ImmKind::$imm,
            result: result!($result),
            effect: Effect::$effect,
            snapshot: SnapshotUse::$snap,
            doc: concat!($($doc, "\n"),+),
        }),*];
    };
}

ops! {
    // -- Frame ------------------------------------------------------------------------------------------------
    /// Loads a home slot, borrowed. Entry block only, ahead of every effect.
    LoadSlot "load_slot" [] Slot W Frame None;
    /// Guard: that many slots fit above the root base, and that many more frames below the depth limit.
    GuardRoom "guard_room" [] Room U State Guard;

    // -- Tags -------------------------------------------------------------------------------------------------
    /// Small integer?
    IsInt "is_int" [W] None B Pure None;
    /// Immediate float?
    IsFloat "is_float" [W] None B Pure None;
    /// Pointer (or empty)?
    IsPtr "is_ptr" [W] None B Pure None;
    /// Both small integers?
    BothInts "both_ints" [W W] None B Pure None;
    /// The integer in a small-integer word.
    UntagInt "untag_int" [W] None I Pure None;
    /// The word of an integer known to fit 62 bits.
    TagInt "tag_int" [I] None W Pure None;
    /// Guard: the integer fits 62 bits. The result is its word.
    TagIntOvf "tag_int_ovf" [I] None W Pure Guard;
    /// The double in an immediate float.
    UntagFloat "untag_float" [W] None F Pure None;
    /// The word of a double, owned: immediate, or boxed by the language's helper.
    TagFloat "tag_float" [F] None W Alloc None;
    /// Has the double an immediate form?
    FloatFits "float_fits" [F] None B Pure None;

    // -- Tagged arithmetic -------------------------------------------------------------------------------------
    /// Guard: the sum fits.
    TAdd "tadd" [W W] None W Pure Guard;
    /// Guard: the difference fits.
    TSub "tsub" [W W] None W Pure Guard;
    /// Guard: the product fits.
    TMul "tmul" [W W] None W Pure Guard;
    /// Guard: the count lies in 0..62 and no bit is lost.
    TShl "tshl" [W W] None W Pure Guard;
    /// Guard: the count is not negative. Arithmetic shift; counts past 61 give 0 or -1.
    TShr "tshr" [W W] None W Pure Guard;
    /// Guard: the divisor is not zero and the quotient fits. Rounds towards negative infinity.
    TFloorDiv "tfloordiv" [W W] None W Pure Guard;
    /// Guard: the divisor is not zero. The remainder has the divisor's sign.
    TMod "tmod" [W W] None W Pure Guard;
    /// Bitwise and.
    TAnd "tand" [W W] None W Pure None;
    /// Bitwise or.
    TOr "tor" [W W] None W Pure None;
    /// Bitwise exclusive or.
    TXor "txor" [W W] None W Pure None;
    /// Sum, known to fit.
    TAddFit "tadd_fit" [W W] None W Pure None;
    /// Difference, known to fit.
    TSubFit "tsub_fit" [W W] None W Pure None;
    /// Product, known to fit.
    TMulFit "tmul_fit" [W W] None W Pure None;
    /// Left shift by a count known to lie in 0..62, losing nothing.
    TShlFit "tshl_fit" [W W] None W Pure None;
    /// Right shift by a count known not to be negative.
    TShrFit "tshr_fit" [W W] None W Pure None;
    /// Floor division; the divisor is known not to be zero and the quotient to fit. (By zero it does not trap either.)
    TFloorDivFit "tfloordiv_fit" [W W] None W Pure None;
    /// Floor remainder; the divisor is known not to be zero. (By zero it does not trap either.)
    TModFit "tmod_fit" [W W] None W Pure None;

    // -- Raw integers (wrapping) -----------------------------------------------------------------------------
    /// Addition.
    IAdd "iadd" [I I] None I Pure None;
    /// Subtraction.
    ISub "isub" [I I] None I Pure None;
    /// Multiplication.
    IMul "imul" [I I] None I Pure None;
    /// Bitwise and.
    IAnd "iand" [I I] None I Pure None;
    /// Bitwise or.
    IOr "ior" [I I] None I Pure None;
    /// Bitwise exclusive or.
    IXor "ixor" [I I] None I Pure None;
    /// Left shift, count modulo 64.
    IShl "ishl" [I I] None I Pure None;
    /// Arithmetic right shift, count modulo 64.
    IShr "ishr" [I I] None I Pure None;
    /// Floor division; by zero gives zero.
    IFloorDiv "ifloordiv" [I I] None I Pure None;
    /// Floor remainder; by zero gives zero.
    IMod "imod" [I I] None I Pure None;
    /// Negation.
    INeg "ineg" [I] None I Pure None;
    /// Equal.
    IEq "ieq" [I I] None B Pure None;
    /// Not equal.
    INe "ine" [I I] None B Pure None;
    /// Less, signed.
    ILt "ilt" [I I] None B Pure None;
    /// Less or equal, signed.
    ILe "ile" [I I] None B Pure None;
    /// Greater, signed.
    IGt "igt" [I I] None B Pure None;
    /// Greater or equal, signed.
    IGe "ige" [I I] None B Pure None;
    /// Less, unsigned.
    IUlt "iult" [I I] None B Pure None;

    // -- Words by their bits -----------------------------------------------------------------------------------
    /// Same bits: identity.
    WEq "weq" [W W] None B Pure None;
    /// Different bits.
    WNe "wne" [W W] None B Pure None;
    /// Less, signed; right for two small ints.
    WLt "wlt" [W W] None B Pure None;
    /// Less or equal, signed.
    WLe "wle" [W W] None B Pure None;
    /// Greater, signed.
    WGt "wgt" [W W] None B Pure None;
    /// Greater or equal, signed.
    WGe "wge" [W W] None B Pure None;
    /// Less, unsigned.
    WUlt "wult" [W W] None B Pure None;

    // -- Floats --------------------------------------------------------------------------------------------------
    /// Addition.
    FAdd "fadd" [F F] None F Pure None;
    /// Subtraction.
    FSub "fsub" [F F] None F Pure None;
    /// Multiplication.
    FMul "fmul" [F F] None F Pure None;
    /// Division as IEEE 754 has it.
    FDiv "fdiv" [F F] None F Pure None;
    /// Negation.
    FNeg "fneg" [F] None F Pure None;
    /// Absolute value.
    FAbs "fabs" [F] None F Pure None;
    /// Square root.
    FSqrt "fsqrt" [F] None F Pure None;
    /// Rounding towards negative infinity.
    FFloor "ffloor" [F] None F Pure None;
    /// Equal, ordered.
    FEq "feq" [F F] None B Pure None;
    /// Not equal, or unordered.
    FNe "fne" [F F] None B Pure None;
    /// Less, ordered.
    FLt "flt" [F F] None B Pure None;
    /// Less or equal, ordered.
    FLe "fle" [F F] None B Pure None;
    /// Greater, ordered.
    FGt "fgt" [F F] None B Pure None;
    /// Greater or equal, ordered.
    FGe "fge" [F F] None B Pure None;
    /// The nearest double of an integer.
    IntToFloat "i2f" [I] None F Pure None;
    /// The integer part of a double; saturates, nan gives 0.
    FloatToInt "f2i" [F] None I Pure None;

    // -- Truth values ----------------------------------------------------------------------------------------------
    /// The second operand if the first is true, else the third.
    Select "select" [B Same Same] None Same Pure None;
    /// Negation.
    Not "not" [B] None B Pure None;
    /// Conjunction.
    And "and" [B B] None B Pure None;
    /// Disjunction.
    Or "or" [B B] None B Pure None;
    /// The language's true or false word (immortal).
    BoolWord "bool_word" [B] None W Pure None;

    // -- Guards ----------------------------------------------------------------------------------------------------
    /// Guard: true.
    GuardTrue "guard_true" [B] None U Pure Guard;
    /// Guard: false.
    GuardFalse "guard_false" [B] None U Pure Guard;
    /// Guard: the helper's word is not empty.
    GuardNotRaised "guard_not_raised" [W] None U Pure Guard;
    /// Guard: the helper's raw result is not negative.
    GuardNotRaisedInt "guard_not_raised_int" [I] None U Pure Guard;
    /// Guard: this trace has not been invalidated (after whatever may run the language's code).
    GuardNotInvalidated "guard_not_invalidated" [] None U State Guard;
    /// Guard: no bit of the breaker is set. At loop headers.
    Poll "poll" [] None U State Guard;
    /// Guard: no finaliser is queued. At a bytecode's end.
    Boundary "boundary" [] None U State Guard;

    // -- Heap ------------------------------------------------------------------------------------------------------
    /// Loads a field of an object; a word is borrowed from it.
    LoadField "load_field" [W] Field Cell Load None;
    /// Stores a field of an object; truncates to the cell. What a word cell held is not released.
    StoreField "store_field" [W Cell] Field U Store None;
    /// Address of an array's first element. Loads the buffer field, if the array has one, under that field's alias class.
    ArrayBase "array_base" [W] Array P Load None;
    /// Loads an element. The index is known to be in bounds.
    LoadElem "load_elem" [P I] Array Cell Load None;
    /// Loads an element at a small-int word.
    LoadElemTagged "load_elem_t" [P W] Array Cell Load None;
    /// Stores an element; what a word cell held is not released.
    StoreElem "store_elem" [P I Cell] Array U Store None;
    /// Stores an element at a small-int word.
    StoreElemTagged "store_elem_t" [P W Cell] Array U Store None;
    /// A new object, owned: header word 0 from the immediate, word 1 from the operand, every further word `Word::EMPTY`.
    New "new" [Bits] New W Alloc None;

    // -- Counts ------------------------------------------------------------------------------------------------------
    /// Takes a reference to whatever the word is (nothing happens for immediates, empty and immortals).
    IncRef "incref" [W] None U Count None;
    /// Drops a reference to whatever the word is; calls the language's `dealloc` on zero.
    DecRef "decref" [W] None U Release None;
    /// `incref` of a word known to be a pointer, and not empty.
    IncRefPtr "incref_ptr" [W] None U Count None;
    /// `decref` of a word known to be a pointer, and not empty.
    DecRefPtr "decref_ptr" [W] None U Release None;
    /// The helper just called has taken over a reference to the word that the trace held. Does nothing: the optimiser keeps the books.
    Disown "disown" [W] None U Count None;

    // -- Calls -------------------------------------------------------------------------------------------------------
    /// Calls a helper with a word result, owned; empty when it raised.
    CallWord "call_word" [Params] Call W Call Safepoint;
    /// Calls a helper with a raw integer result; negative when it raised, if it may raise.
    CallInt "call_int" [Params] Call I Call Safepoint;
    /// Calls a helper with a double result.
    CallFloat "call_float" [Params] Call F Call Safepoint;
}

impl Op {
    /// The op's row.
    #[inline]
    pub fn info(self) -> &'static OpInfo {
        &TABLE[self as usize]
    }

    /// The name in the text form.
    pub fn mnemonic(self) -> &'static str {
        self.info().mnemonic
    }

    /// The op with this mnemonic.
    pub fn from_mnemonic(mnemonic: &str) -> Option<Op> {
        Op::ALL.iter().copied().find(|op| op.mnemonic() == mnemonic)
    }

    /// Does it leave through a snapshot?
    pub fn is_guard(self) -> bool {
        self.info().snapshot == SnapshotUse::Guard
    }

    /// May it be removed when its result is not used? Guards and effects stay.
    pub fn is_removable(self) -> bool {
        let info = self.info();
        info.snapshot == SnapshotUse::None
            && matches!(info.effect, Effect::Pure | Effect::Frame | Effect::State | Effect::Load | Effect::Alloc)
    }

    /// The raw operation of [`IntOp`].
    pub const fn raw_int(op: IntOp) -> Op {
        match op {
            IntOp::Add => Op::IAdd,
            IntOp::Sub => Op::ISub,
            IntOp::Mul => Op::IMul,
            IntOp::And => Op::IAnd,
            IntOp::Or => Op::IOr,
            IntOp::Xor => Op::IXor,
            IntOp::Shl => Op::IShl,
            IntOp::Shr => Op::IShr,
            IntOp::FloorDiv => Op::IFloorDiv,
            IntOp::Mod => Op::IMod,
        }
    }

    /// The tagged operation of [`IntOp`]: a guard unless [`Op::is_guard`] says otherwise (and, or, xor).
    pub const fn tagged_int(op: IntOp) -> Op {
        match op {
            IntOp::Add => Op::TAdd,
            IntOp::Sub => Op::TSub,
            IntOp::Mul => Op::TMul,
            IntOp::And => Op::TAnd,
            IntOp::Or => Op::TOr,
            IntOp::Xor => Op::TXor,
            IntOp::Shl => Op::TShl,
            IntOp::Shr => Op::TShr,
            IntOp::FloorDiv => Op::TFloorDiv,
            IntOp::Mod => Op::TMod,
        }
    }

    /// The unguarded twin of a guarded tagged operation or `tag_int_ovf`.
    pub const fn unguarded(self) -> Option<Op> {
        Some(match self {
            Op::TAdd => Op::TAddFit,
            Op::TSub => Op::TSubFit,
            Op::TMul => Op::TMulFit,
            Op::TShl => Op::TShlFit,
            Op::TShr => Op::TShrFit,
            Op::TFloorDiv => Op::TFloorDivFit,
            Op::TMod => Op::TModFit,
            Op::TagIntOvf => Op::TagInt,
            _ => return None,
        })
    }

    /// The operation of [`FloatOp`].
    pub const fn float(op: FloatOp) -> Op {
        match op {
            FloatOp::Add => Op::FAdd,
            FloatOp::Sub => Op::FSub,
            FloatOp::Mul => Op::FMul,
            FloatOp::Div => Op::FDiv,
            FloatOp::Neg => Op::FNeg,
            FloatOp::Abs => Op::FAbs,
            FloatOp::Sqrt => Op::FSqrt,
            FloatOp::Floor => Op::FFloor,
        }
    }

    /// Comparison of raw integers.
    pub const fn cmp_int(cmp: Cmp) -> Op {
        match cmp {
            Cmp::Eq => Op::IEq,
            Cmp::Ne => Op::INe,
            Cmp::Lt => Op::ILt,
            Cmp::Le => Op::ILe,
            Cmp::Gt => Op::IGt,
            Cmp::Ge => Op::IGe,
            Cmp::Ult => Op::IUlt,
        }
    }

    /// Comparison of words by their bits.
    pub const fn cmp_word(cmp: Cmp) -> Op {
        match cmp {
            Cmp::Eq => Op::WEq,
            Cmp::Ne => Op::WNe,
            Cmp::Lt => Op::WLt,
            Cmp::Le => Op::WLe,
            Cmp::Gt => Op::WGt,
            Cmp::Ge => Op::WGe,
            Cmp::Ult => Op::WUlt,
        }
    }

    /// Comparison of doubles; [`Cmp::Ult`] has no meaning there.
    pub const fn cmp_float(cmp: Cmp) -> Option<Op> {
        Some(match cmp {
            Cmp::Eq => Op::FEq,
            Cmp::Ne => Op::FNe,
            Cmp::Lt => Op::FLt,
            Cmp::Le => Op::FLe,
            Cmp::Gt => Op::FGt,
            Cmp::Ge => Op::FGe,
            Cmp::Ult => return None,
        })
    }
}

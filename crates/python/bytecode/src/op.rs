//! The instruction set: one table from which enum, decoder, disassembler, verifier and reference come.
//!
//! **Units.** Code is a vector of 32-bit words. An instruction is one word `op:8 a:8 b:8 c:8`,
//! followed by word x, or by x and y, as its [`Format`] says. A `WIDE` prefix unit supplies the high
//! bytes of a, b, c. Where a format has a 16-bit immediate d, it stands in the place of b and c.
//!
//! **Registers** number from 0, the first parameter; the frame header lies below. Registers under
//! the code's `nlocals` are locals (parameters, other locals, cells), the rest temporaries. A local
//! operand is borrowed, a temporary is consumed by the instruction that reads it; [`Role`] names the
//! exceptions. An instruction reads all its operands before it writes, so a destination may
//! be one of its own operands. When it raises, its destination keeps its old value, and whether
//! it has consumed its temporaries does not matter: unwinding releases them.
//!
//! **Constants in operators.** The `_K` forms take a constant index in c.
#![allow(clippy::upper_case_acronyms)]

mod kinds;
mod reference;
mod role;

pub use kinds::{BinaryOp, Common, Compare, Intrinsic, Leaving, Special};
pub use reference::reference;
pub use role::{Effects, Format, Role, Window};

/// One row of the opcode table.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// The opcode.
    pub op: Op,
    /// Its name in listings.
    pub name: &'static str,
    /// Its layout.
    pub format: Format,
    /// Its operands in the order a, b, c, x, y (`Ad`: a, d); unused places are [`Role::No`].
    pub operands: [Role; 5],
    /// What it may do.
    pub effects: Effects,
    /// What it does.
    pub doc: &'static str,
}

/// Expands the table into [`Op`], [`OPS`] and the byte constants of [`byte`].
macro_rules! opcodes {
    ($($variant:ident $name:ident $format:ident [$($role:expr),*] ($($effect:ident)|*) $doc:literal;)*) => {
        /// An opcode. Its discriminant is the byte in the code.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = $doc] $variant,)*
        }

        /// The opcode bytes as constants, for drivers that `match` on bytes.
        pub mod byte {
            use super::Op;
            $(#[doc = $doc] pub const $name: u8 = Op::$variant as u8;)*
        }

        /// The table, in the order of the opcode bytes.
        pub const OPS: &[OpInfo] = &[$(OpInfo {
            op: Op::$variant,
            name: stringify!($name),
            format: Format::$format,
            operands: pad(&{ #[allow(unused_imports)] use Role::*; [$($role),*] }),
            effects: Effects(0 $(| Effects::$effect.0)*),
            doc: $doc,
        },)*];
    };
}

const fn pad(roles: &[Role]) -> [Role; 5] {
    let mut out = [Role::No; 5];
    let mut i = 0;
    while i < roles.len() {
        out[i] = roles[i];
        i += 1;
    }
    out
}

/// Opcode by byte; bytes that are no opcode map to `None`.
const BY_BYTE: [Option<Op>; 256] = {
    let mut table = [None; 256];
    let mut i = 0;
    while i < OPS.len() {
        assert!(OPS[i].op as usize == i, "table order is byte order");
        table[i] = Some(OPS[i].op);
        i += 1;
    }
    table
};

impl Op {
    /// The opcode with this byte.
    #[inline(always)]
    pub const fn from_byte(byte: u8) -> Option<Op> {
        BY_BYTE[byte as usize]
    }

    /// The opcode's row of the table.
    pub const fn info(self) -> &'static OpInfo {
        &OPS[self as usize]
    }

    /// The opcode with this name in listings.
    pub fn from_name(name: &str) -> Option<Op> {
        OPS.iter().find(|info| info.name == name).map(|info| info.op)
    }
}

opcodes! {
    Nop NOP Abc [No, No, No] (NONE)
        "Does nothing.";
    Wide WIDE Abc [Imm, Imm, Imm] (NONE)
        "Prefix: its a, b and c are the high bytes of the next unit's a, b and c (for AD formats: its b, c are the high 16 bits of the immediate). The prefixed instruction starts at the prefix: jumps, spans and exception ranges name the prefix's pc.";

    // Registers and constants.
    LoadConst LOAD_CONST Ad [Write, Const] (NONE)
        "a = constant d.";
    LoadInt LOAD_INT Ad [Write, Signed] (NONE)
        "a = the immediate d, a signed 16-bit integer (32-bit under WIDE).";
    Copy COPY Abc [Write, Keep, No] (NONE)
        "a = a new reference to b; b stays even where it is a temporary.";
    Move MOVE Abc [Write, Take, No] (NONE)
        "a = b, and b becomes EMPTY even where it is a local.";
    Drop DROP Abc [Take, No, No] (NONE)
        "Releases register a (temporary or local); it becomes EMPTY. An EMPTY local is allowed.";
    CheckBound CHECK_BOUND Abc [Keep, No, No] (RAISES)
        "Raises UnboundLocalError when local a is EMPTY. Stands only where the compiler cannot prove the local bound; every other instruction may assume that the locals it reads are bound.";
    DeleteLocal DELETE_LOCAL Abc [Take, No, No] (RAISES)
        "Releases local a; UnboundLocalError when it is EMPTY.";

    // Names.
    LoadGlobal LOAD_GLOBAL Abcxy [Write, No, No, Name, Cache] (RAISES | PYTHON)
        "a = the name looked up in globals, then builtins; NameError.";
    StoreGlobal STORE_GLOBAL Abcxy [Read, No, No, Name, Cache] (RAISES | PYTHON)
        "globals[name] = a.";
    DeleteGlobal DELETE_GLOBAL Abcx [No, No, No, Name] (RAISES | PYTHON)
        "del globals[name]; NameError.";
    LoadName LOAD_NAME Abcxy [Write, No, No, Name, Cache] (RAISES | PYTHON)
        "a = the name looked up in the frame's namespace, globals, builtins (module level, class bodies, exec); NameError.";
    StoreName STORE_NAME Abcxy [Read, No, No, Name, Cache] (RAISES | PYTHON)
        "namespace[name] = a.";
    DeleteName DELETE_NAME Abcx [No, No, No, Name] (RAISES | PYTHON)
        "del namespace[name]; NameError.";
    LoadLocals LOAD_LOCALS Abc [Write, No, No] (RAISES | PYTHON)
        "a = the frame's namespace mapping (class bodies and exec).";
    LoadDictOrGlobal LOAD_DICT_OR_GLOBAL Abcxy [Write, Read, No, Name, Cache] (RAISES | PYTHON)
        "a = mapping b's item name if present, else as LOAD_GLOBAL (annotation scopes in a class).";
    LoadDictOrFree LOAD_DICT_OR_FREE Abcx [Write, Read, Free, Name] (RAISES | PYTHON)
        "a = mapping b's item name if present, else as LOAD_FREE of index c (class bodies and annotation scopes).";
    MakeCell MAKE_CELL Abc [Cell, No, No] (NONE)
        "Local a becomes a new cell that holds what the register held (EMPTY too).";
    LoadCell LOAD_CELL Abc [Write, Cell, No] (RAISES)
        "a = contents of the cell in local b; UnboundLocalError when it is empty.";
    StoreCell STORE_CELL Abc [Cell, Read, No] (NONE)
        "Contents of the cell in local a = b; releases what it held.";
    DeleteCell DELETE_CELL Abc [Cell, No, No] (RAISES)
        "Empties the cell in local a; UnboundLocalError when it is empty.";
    LoadFree LOAD_FREE Ad [Write, Free] (RAISES)
        "a = contents of cell d of the running function's closure tuple; NameError when it is empty.";
    StoreFree STORE_FREE Ad [Read, Free] (NONE)
        "Contents of closure cell d = a.";
    DeleteFree DELETE_FREE Ad [No, Free] (RAISES)
        "Empties closure cell d; NameError when it is empty.";
    LoadClosure LOAD_CLOSURE Ad [Write, Free] (NONE)
        "a = the cell d itself of the running function's closure tuple (own cells are taken with COPY).";

    // Functions.
    MakeFunction MAKE_FUNCTION Abcx [Write, Temps(Window::Pieces), Flags, Const] (NONE)
        "a = a new function with code constant x. Flags c name the pieces that stand packed, in this order, in temporaries from b: 1 tuple of positional defaults, 2 dict of keyword-only defaults, 4 annotate function, 8 closure tuple of cells, 16 annotations dict (from __future__ import annotations).";
    LoadBuildClass LOAD_BUILD_CLASS Abc [Write, No, No] (RAISES | PYTHON)
        "a = builtins.__build_class__.";
    LoadCommon LOAD_COMMON Ad [Write, Imm] (NONE)
        "a = the builtin object numbered d (see Common), whatever the program has rebound.";

    // Attributes and items.
    LoadAttr LOAD_ATTR Abcxy [Write, Read, No, Name, Cache] (RAISES | PYTHON)
        "a = b.name.";
    StoreAttr STORE_ATTR Abcxy [Read, Read, No, Name, Cache] (RAISES | PYTHON)
        "a.name = b (a is the object, b the value).";
    DeleteAttr DELETE_ATTR Abcx [Read, No, No, Name] (RAISES | PYTHON)
        "del a.name.";
    LoadMethod LOAD_METHOD Abcxy [Temps(Window::OutMethod), Read, No, Name, Cache] (RAISES | PYTHON)
        "Looks up b.name for a call. A method: function to temporary a, b itself to a+3. Anything else: the value to a, and a+3 stays EMPTY. The call is a CALL_METHOD; b may be a itself.";
    LoadSuperAttr LOAD_SUPER_ATTR Abcxy [Write, Temps(Window::Three), Flags, Name, Cache] (RAISES | PYTHON)
        "a = super(...).name. Temporaries from b: the global `super`, the class, the instance. Flags c: 1 the source wrote super(cls, self) with two arguments, 0 it wrote super().";
    LoadSuperMethod LOAD_SUPER_METHOD Abcxy [Temps(Window::OutMethod), Temps(Window::Three), Flags, Name, Cache] (RAISES | PYTHON)
        "As LOAD_SUPER_ATTR, with results as LOAD_METHOD leaves them; b is the same temporary as a.";
    LoadSpecial LOAD_SPECIAL Abc [Temps(Window::OutMethod), Read, Imm] (RAISES | PYTHON)
        "Looks up special method c (see Special) on b's type, results as LOAD_METHOD leaves them; TypeError with the text of the with statement when missing.";
    GetItem GET_ITEM Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b[c].";
    GetItemK GET_ITEM_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b[constant c].";
    SetItem SET_ITEM Abc [Read, Read, Read] (RAISES | PYTHON)
        "a[b] = c.";
    DelItem DEL_ITEM Abc [Read, Read, No] (RAISES | PYTHON)
        "del a[b].";
    GetSlice GET_SLICE Abc [Write, Read, Temps(Window::Two)] (RAISES | PYTHON)
        "a = b[start:stop]; start and stop in temporaries c, c+1 (None where absent).";
    SetSlice SET_SLICE Abc [Read, Temps(Window::Two), Read] (RAISES | PYTHON)
        "a[start:stop] = c; start and stop in temporaries b, b+1.";
    BuildSlice BUILD_SLICE Abc [Write, Temps(Window::Count), Count] (NONE)
        "a = slice of the c (2 or 3) temporaries from b.";

    // Binary operators, register and register; the order is that of BinaryOp.
    Add ADD Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b + c.";
    Sub SUB Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b - c.";
    Mul MUL Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b * c.";
    MatMul MATMUL Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b @ c.";
    TrueDiv TRUEDIV Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b / c.";
    FloorDiv FLOORDIV Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b // c.";
    Mod MOD Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b % c.";
    Pow POW Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b ** c.";
    LShift LSHIFT Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b << c.";
    RShift RSHIFT Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b >> c.";
    And AND Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b & c.";
    Or OR Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b | c.";
    Xor XOR Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b ^ c.";

    // Binary operators, register and constant.
    AddK ADD_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b + constant c.";
    SubK SUB_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b - constant c.";
    MulK MUL_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b * constant c.";
    MatMulK MATMUL_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b @ constant c.";
    TrueDivK TRUEDIV_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b / constant c.";
    FloorDivK FLOORDIV_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b // constant c.";
    ModK MOD_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b % constant c.";
    PowK POW_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b ** constant c.";
    LShiftK LSHIFT_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b << constant c.";
    RShiftK RSHIFT_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b >> constant c.";
    AndK AND_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b & constant c.";
    OrK OR_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b | constant c.";
    XorK XOR_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "a = b ^ constant c.";

    // In-place operators, register and register.
    IAdd IADD Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t += c; a = t.";
    ISub ISUB Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t -= c; a = t.";
    IMul IMUL Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t *= c; a = t.";
    IMatMul IMATMUL Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t @= c; a = t.";
    ITrueDiv ITRUEDIV Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t /= c; a = t.";
    IFloorDiv IFLOORDIV Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t //= c; a = t.";
    IMod IMOD Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t %= c; a = t.";
    IPow IPOW Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t **= c; a = t.";
    ILShift ILSHIFT Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t <<= c; a = t.";
    IRShift IRSHIFT Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t >>= c; a = t.";
    IAnd IAND Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t &= c; a = t.";
    IOr IOR Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t |= c; a = t.";
    IXor IXOR Abc [Write, Read, Read] (RAISES | PYTHON)
        "t = b; t ^= c; a = t.";

    // In-place operators, register and constant.
    IAddK IADD_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t += constant c; a = t.";
    ISubK ISUB_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t -= constant c; a = t.";
    IMulK IMUL_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t *= constant c; a = t.";
    IMatMulK IMATMUL_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t @= constant c; a = t.";
    ITrueDivK ITRUEDIV_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t /= constant c; a = t.";
    IFloorDivK IFLOORDIV_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t //= constant c; a = t.";
    IModK IMOD_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t %= constant c; a = t.";
    IPowK IPOW_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t **= constant c; a = t.";
    ILShiftK ILSHIFT_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t <<= constant c; a = t.";
    IRShiftK IRSHIFT_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t >>= constant c; a = t.";
    IAndK IAND_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t &= constant c; a = t.";
    IOrK IOR_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t |= constant c; a = t.";
    IXorK IXOR_K Abc [Write, Read, Const] (RAISES | PYTHON)
        "t = b; t ^= constant c; a = t.";

    // Unary operators and comparisons.
    Neg NEG Abc [Write, Read, No] (RAISES | PYTHON)
        "a = -b.";
    Pos POS Abc [Write, Read, No] (RAISES | PYTHON)
        "a = +b.";
    Invert INVERT Abc [Write, Read, No] (RAISES | PYTHON)
        "a = ~b.";
    Not NOT Abc [Write, Read, No] (RAISES | PYTHON)
        "a = not b.";
    Eq EQ Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b == c.";
    Ne NE Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b != c.";
    Lt LT Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b < c.";
    Le LE Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b <= c.";
    Gt GT Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b > c.";
    Ge GE Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b >= c.";
    Is IS Abc [Write, Read, Read] (NONE)
        "a = b is c.";
    IsNot IS_NOT Abc [Write, Read, Read] (NONE)
        "a = b is not c.";
    In IN Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b in c.";
    NotIn NOT_IN Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = b not in c.";

    // Jumps; x is relative to the end of the instruction, in code words.
    Jump JUMP Abcx [No, No, No, Jump] (ENDS)
        "Goes to x.";
    JumpIfTrue JUMP_IF_TRUE Abcx [Read, No, No, Jump] (RAISES | PYTHON)
        "Goes to x when a is true.";
    JumpIfFalse JUMP_IF_FALSE Abcx [Read, No, No, Jump] (RAISES | PYTHON)
        "Goes to x when a is false.";
    JumpIfTrueOrDrop JUMP_IF_TRUE_OR_DROP Abcx [KeepOnJump, No, No, Jump] (RAISES | PYTHON)
        "When temporary a is true goes to x and a stays; else a is released.";
    JumpIfFalseOrDrop JUMP_IF_FALSE_OR_DROP Abcx [KeepOnJump, No, No, Jump] (RAISES | PYTHON)
        "When temporary a is false goes to x and a stays; else a is released.";
    JumpIfNone JUMP_IF_NONE Abcx [Read, No, No, Jump] (NONE)
        "Goes to x when a is None.";
    JumpIfNotNone JUMP_IF_NOT_NONE Abcx [Read, No, No, Jump] (NONE)
        "Goes to x when a is not None.";
    JumpEq JUMP_EQ Abcx [Read, ReadOrConst, Test, Jump] (RAISES | PYTHON)
        "Goes to x when the truth of (a == b) equals flag bit 1 of c; with flag bit 2 of c, b is a constant's index.";
    JumpNe JUMP_NE Abcx [Read, ReadOrConst, Test, Jump] (RAISES | PYTHON)
        "Goes to x when the truth of (a != b) equals flag bit 1 of c; with flag bit 2 of c, b is a constant's index.";
    JumpLt JUMP_LT Abcx [Read, ReadOrConst, Test, Jump] (RAISES | PYTHON)
        "Goes to x when the truth of (a < b) equals flag bit 1 of c; with flag bit 2 of c, b is a constant's index.";
    JumpLe JUMP_LE Abcx [Read, ReadOrConst, Test, Jump] (RAISES | PYTHON)
        "Goes to x when the truth of (a <= b) equals flag bit 1 of c; with flag bit 2 of c, b is a constant's index.";
    JumpGt JUMP_GT Abcx [Read, ReadOrConst, Test, Jump] (RAISES | PYTHON)
        "Goes to x when the truth of (a > b) equals flag bit 1 of c; with flag bit 2 of c, b is a constant's index.";
    JumpGe JUMP_GE Abcx [Read, ReadOrConst, Test, Jump] (RAISES | PYTHON)
        "Goes to x when the truth of (a >= b) equals flag bit 1 of c; with flag bit 2 of c, b is a constant's index.";
    JumpIs JUMP_IS Abcx [Read, ReadOrConst, Test, Jump] (NONE)
        "Goes to x when the truth of (a is b) equals flag bit 1 of c; with flag bit 2 of c, b is a constant's index.";
    JumpIn JUMP_IN Abcx [Read, ReadOrConst, Test, Jump] (RAISES | PYTHON)
        "Goes to x when the truth of (a in b) equals flag bit 1 of c; with flag bit 2 of c, b is a constant's index.";
    Loop LOOP Ad [No, Loop] (RAISES | PYTHON | LOOP)
        "Loop header number d of the loop table: polls the eval breaker and counts. Every backward jump lands on a LOOP or on a SEND.";

    // Iteration.
    GetIter GET_ITER Abc [Write, Read, No] (RAISES | PYTHON)
        "a = iter(b).";
    ForNext FOR_NEXT Abcx [WriteOnJump, KeepOnJump, No, Jump] (RAISES | PYTHON)
        "Next item of iterator b: to a, and goes to x (the loop's header). Exhausted: releases b, leaves a alone and falls through. b is a temporary.";

    // Calls. A window: callee in temporary b, b+1 and b+2 EMPTY (frame header), arguments from b+3; nothing is filled above it; all of it is consumed.
    Call CALL Abc [Write, Temps(Window::Call), Count] (RAISES | PYTHON)
        "a = call of b with the c positional arguments from b+3.";
    CallMethod CALL_METHOD Abc [Write, Temps(Window::Method), Count] (RAISES | PYTHON)
        "a = call as LOAD_METHOD, LOAD_SPECIAL or LOAD_SUPER_METHOD prepared it, with c arguments from b+4, not counting self in b+3. Where b+3 is EMPTY, the arguments shift down by one.";
    CallKw CALL_KW Abcx [Write, Temps(Window::Call), Count, Const] (RAISES | PYTHON)
        "As CALL; the last arguments of the c are keyword arguments, whose names are the constant tuple x.";
    CallMethodKw CALL_METHOD_KW Abcx [Write, Temps(Window::Method), Count, Const] (RAISES | PYTHON)
        "As CALL_METHOD with keyword names as CALL_KW has them.";
    CallEx CALL_EX Abc [Write, Temps(Window::CallEx), Flags] (RAISES | PYTHON)
        "a = b(*args, **kwargs): args in b+3, a tuple, or another iterable that is made a tuple first (TypeError text of `f(*b)`); with flag 1 of c kwargs, an exact dict, in b+4.";
    Return RETURN Abc [Read, No, No] (ENDS)
        "Returns a; the frame's registers are all released.";
    ReturnConst RETURN_CONST Ad [No, Const] (ENDS)
        "Returns constant d.";

    // Generators and coroutines.
    ReturnGenerator RETURN_GENERATOR Abc [No, No, No] (SUSPENDS)
        "First instruction after the MAKE_CELLs of a generator, coroutine or async generator: moves the frame into a new object of that kind and returns it; execution goes on behind it at the first resumption (the value sent then is None and is not stored).";
    Yield YIELD Abc [Write, Read, Flags] (RAISES | PYTHON | SUSPENDS)
        "Suspends with value b; when resumed a = the value sent, or the exception thrown is raised here. Flag 1 of c: the value of an async generator's yield.";
    GetYieldFromIter GET_YIELD_FROM_ITER Abc [Write, Read, No] (RAISES | PYTHON)
        "a = the iterator that `yield from b` delegates to: a generator (or a coroutine, in a coroutine) itself, else iter(b).";
    GetAwaitable GET_AWAITABLE Abc [Write, Read, Imm] (RAISES | PYTHON)
        "a = the iterator that `await b` delegates to; TypeError otherwise. c: 0 await, 1 result of __aenter__, 2 result of __aexit__ (error text).";
    Send SEND Abcx [ReadWrite, KeepOnFall, No, Jump] (RAISES | PYTHON)
        "Sends a to iterator b (next() where a is None). It yields: a = the value, falls through. It returns: a = the result, b is released, goes to x. Both are temporaries.";
    YieldDelegate YIELD_DELEGATE Abcx [ReadWrite, KeepOnFall, No, Jump] (RAISES | PYTHON | SUSPENDS)
        "Suspends on behalf of iterator b with value a. Resumed with a value: a = the value, falls through (a jump back to the SEND). Resumed with an exception, or closed: throws into or closes b; what b yields then is yielded from here again; when b returns, a = the result, b is released, goes to x; what it raises is raised here.";
    GetAiter GET_AITER Abc [Write, Read, No] (RAISES | PYTHON)
        "a = b.__aiter__() by type, checked to have __anext__.";
    GetAnext GET_ANEXT Abc [Write, Keep, No] (RAISES | PYTHON)
        "a = the awaitable's iterator for b.__anext__(); TypeError texts of `async for`.";
    EndAsyncFor END_ASYNC_FOR Abc [Read, Take, No] (RAISES)
        "Exception a left an async for's __anext__: StopAsyncIteration releases a and the iterator b and falls through; any other is raised on, as RERAISE does.";

    // Displays.
    BuildTuple BUILD_TUPLE Abc [Write, Temps(Window::Count), Count] (NONE)
        "a = tuple of the c temporaries from b.";
    BuildList BUILD_LIST Abc [Write, Temps(Window::Count), Count] (NONE)
        "a = list of the c temporaries from b.";
    BuildSet BUILD_SET Abc [Write, Temps(Window::Count), Count] (RAISES | PYTHON)
        "a = set of the c temporaries from b.";
    BuildMap BUILD_MAP Abc [Write, Temps(Window::Pairs), Count] (RAISES | PYTHON)
        "a = dict of the c pairs key, value in temporaries from b.";
    BuildString BUILD_STRING Abc [Write, Temps(Window::Count), Count] (NONE)
        "a = the c strings in temporaries from b, joined.";
    ListAppend LIST_APPEND Abc [Keep, Read, No] (NONE)
        "a.append(b) on an exact list.";
    SetAdd SET_ADD Abc [Keep, Read, No] (RAISES | PYTHON)
        "a.add(b) on an exact set.";
    MapSet MAP_SET Abc [Keep, Read, Read] (RAISES | PYTHON)
        "a[b] = c on an exact dict.";
    ListExtend LIST_EXTEND Abc [Keep, Read, No] (RAISES | PYTHON)
        "a.extend(b) on an exact list; TypeError text of `*b` in a display or call.";
    SetUpdate SET_UPDATE Abc [Keep, Read, No] (RAISES | PYTHON)
        "a.update(b) on an exact set.";
    MapUpdate MAP_UPDATE Abc [Keep, Read, No] (RAISES | PYTHON)
        "a.update(b) on an exact dict; TypeError text of `**b` in a display.";
    MapMerge MAP_MERGE Abc [Keep, Read, Keep] (RAISES | PYTHON)
        "As MAP_UPDATE, but a duplicate key is the TypeError of a call; c holds the callee, for the text.";
    ListToTuple LIST_TO_TUPLE Abc [Write, Read, No] (NONE)
        "a = tuple of exact list b.";
    Unpack UNPACK Abc [Temps(Window::OutCount), Read, Count] (RAISES | PYTHON)
        "Unpacks iterable b into exactly c temporaries from a, first item in a; ValueError and TypeError texts of assignment.";
    UnpackLocals UNPACK_LOCALS Abc [Temps(Window::OutCount), Read, Count] (RAISES | PYTHON)
        "As UNPACK, into the c consecutive locals from a, each of whose old values is released.";
    UnpackEx UNPACK_EX Abcx [Temps(Window::OutStar), Read, Count, Imm] (RAISES | PYTHON)
        "Unpacks b into c items, a list of the rest, x items: c + 1 + x temporaries from a.";

    // Strings.
    FormatSimple FORMAT_SIMPLE Abc [Write, Read, No] (RAISES | PYTHON)
        "a = format(b, '').";
    FormatSpec FORMAT_SPEC Abc [Write, Read, Read] (RAISES | PYTHON)
        "a = format(b, c).";
    Convert CONVERT Abc [Write, Read, Imm] (RAISES | PYTHON)
        "a = str(b), repr(b) or ascii(b) for c = 1, 2, 3.";
    BuildInterpolation BUILD_INTERPOLATION Abc [Write, Temps(Window::Three), Imm] (NONE)
        "a = Interpolation of the temporaries from b: value, source text, format spec; c is the conversion as for CONVERT, 0 for none.";
    BuildTemplate BUILD_TEMPLATE Abc [Write, Read, Read] (NONE)
        "a = Template of the tuple of strings b and the tuple of interpolations c.";

    // Exceptions. A handler's entry names a temporary: all temporaries from it on are released, and it gets the exception.
    Raise RAISE Abc [Read, No, No] (RAISES | PYTHON | ENDS)
        "raise a.";
    RaiseFrom RAISE_FROM Abc [Read, Read, No] (RAISES | PYTHON | ENDS)
        "raise a from b.";
    RaiseCurrent RAISE_CURRENT Abc [No, No, No] (RAISES | PYTHON | ENDS)
        "raise: the handled exception again; RuntimeError when there is none.";
    Reraise RERAISE Abc [Read, Imm, No] (RAISES | ENDS)
        "Raises exception a on: no context is set and no traceback entry added for this frame, which has one already. b: where the frame's object says that it was left, here or earlier.";
    PushExc PUSH_EXC Abc [Write, Keep, No] (NONE)
        "a = the exception handled so far (None for none); b becomes the handled exception.";
    PopExc POP_EXC Abc [Read, No, No] (NONE)
        "The handled exception is again a, as PUSH_EXC gave it.";
    JumpIfNotExcMatch JUMP_IF_NOT_EXC_MATCH Abcx [Keep, Read, No, Jump] (RAISES | PYTHON)
        "Goes to x when exception a does not match class or tuple of classes b; TypeError when b is no exception class.";
    EgMatch EG_MATCH Abc [Temps(Window::OutTwo), Read, Read] (RAISES | PYTHON)
        "except*: splits exception (group) b by class or tuple c; a = the rest or None, a+1 = the match or None. Where there is a match it becomes the handled exception.";
    WithExcept WITH_EXCEPT Abc [Temps(Window::OutExit), Keep, Keep] (NONE)
        "Prepares the call of __exit__ for an exception: b is the window LOAD_SPECIAL left (b and b+3 stay), c the exception; a and a+3 get copies of b and b+3, a+4 to a+6 the exception's type, itself, its traceback. A CALL_METHOD of 3 arguments follows.";

    // Import.
    ImportName IMPORT_NAME Abcx [Write, Imm, Const, Name] (RAISES | PYTHON)
        "a = __import__(name, globals, locals, constant c as fromlist, level b).";
    ImportFrom IMPORT_FROM Abcx [Write, Keep, No, Name] (RAISES | PYTHON)
        "a = attribute name of module b, with the submodule fallback; ImportError.";
    ImportStar IMPORT_STAR Abc [Read, No, No] (RAISES | PYTHON)
        "from a import *, into the frame's namespace.";

    // Match statement.
    MatchSequence MATCH_SEQUENCE Abc [Write, Keep, No] (NONE)
        "a = whether b's type is a sequence for patterns.";
    MatchMapping MATCH_MAPPING Abc [Write, Keep, No] (NONE)
        "a = whether b's type is a mapping for patterns.";
    GetLen GET_LEN Abc [Write, Keep, No] (RAISES | PYTHON)
        "a = len(b).";
    MatchKeys MATCH_KEYS Abc [Write, Keep, Keep] (RAISES | PYTHON)
        "a = tuple of mapping b's values for the keys of tuple c, or None when one is missing.";
    MatchClass MATCH_CLASS Abcxy [Write, Keep, Read, Const, Imm] (RAISES | PYTHON)
        "a = tuple of the attributes that class pattern c matches on b, or None: y positional ones, then the names of constant tuple x.";

    // Rare.
    Intrinsic INTRINSIC Abc [Write, Temps(Window::Intrinsic), Imm] (RAISES | PYTHON)
        "a = the result of intrinsic c (see Intrinsic) on the temporaries from b, as many as its arity.";
}

#[cfg(test)]
mod tests;

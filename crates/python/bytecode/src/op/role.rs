//! What an operand of an instruction means, how instructions are laid out, and what they may do.
//!
//! The words of this module are the columns of the opcode table in the parent module.

/// Layout of an instruction, in 32-bit code words. The first word is `op:8 a:8 b:8 c:8`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Format {
    /// One word with operands a, b, c.
    Abc,
    /// One word with operand a and a 16-bit immediate d in the place of b and c.
    Ad,
    /// As `Abc`, followed by word x.
    Abcx,
    /// As `Abc`, followed by words x and y.
    Abcxy,
}

impl Format {
    /// Number of code words, without a prefix.
    pub const fn words(self) -> u32 {
        match self {
            Format::Abc | Format::Ad => 1,
            Format::Abcx => 2,
            Format::Abcxy => 3,
        }
    }
}

/// Meaning of one operand.
///
/// Registers below the code's `nlocals` are locals and are *borrowed* by the instruction that reads
/// them; the others are temporaries, and reading one *consumes* it (its slot becomes EMPTY). A role
/// other than [`Role::Read`] names its exception to that rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Role {
    /// Not used; zero.
    No,
    /// Register that gets the result. A local's old value is released; a temporary is EMPTY before.
    Write,
    /// Register read: a local is borrowed, a temporary consumed.
    Read,
    /// Register read, which keeps its value even where it is a temporary.
    Keep,
    /// Register whose value is taken and which is EMPTY afterwards, even where it is a local.
    Take,
    /// Temporary consumed and then written.
    ReadWrite,
    /// Temporary kept when the instruction jumps, consumed when it falls through.
    KeepOnJump,
    /// Temporary kept when the instruction falls through, consumed when it jumps.
    KeepOnFall,
    /// Register written only when the instruction jumps.
    WriteOnJump,
    /// Local that holds a cell; the cell itself is borrowed.
    Cell,
    /// Either a register as for `Read` or, with bit 2 of the `Test` operand, a constant's index.
    ReadOrConst,
    /// First temporary of a group that is read or written together.
    Temps(Window),
    /// Index into the constants.
    Const,
    /// Index into the names.
    Name,
    /// Index into the closure tuple (`freevars`).
    Free,
    /// Number of values in the instruction's window.
    Count,
    /// Flag bits explained by the instruction.
    Flags,
    /// Bit 1: the truth that makes the instruction jump; bit 2: operand b is a constant.
    Test,
    /// Unsigned number explained by the instruction.
    Imm,
    /// Signed immediate.
    Signed,
    /// Jump distance in words from the end of the instruction; signed.
    Jump,
    /// Index into the loop table.
    Loop,
    /// Index of an inline-cache slot.
    Cache,
}

/// Which temporaries a window covers, from its first one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Window {
    /// Consumes the callee, then (two EMPTY slots further) as many arguments as the count says.
    Call,
    /// Consumes callee and self (b+3, possibly EMPTY) and as many arguments, from b+4, as the count says.
    Method,
    /// Consumes the callee, the argument tuple (b+3) and with flag 1 the keyword dict (b+4).
    CallEx,
    /// Consumes as many temporaries as the count says.
    Count,
    /// Consumes twice as many temporaries as the count says.
    Pairs,
    /// Consumes two temporaries.
    Two,
    /// Consumes three temporaries.
    Three,
    /// Consumes one temporary per bit set in the flags.
    Pieces,
    /// Consumes as many temporaries as the intrinsic's arity.
    Intrinsic,
    /// Writes callee and self (a+3, possibly EMPTY).
    OutMethod,
    /// Writes two temporaries.
    OutTwo,
    /// Writes as many registers as the count says.
    OutCount,
    /// Writes the count, one, and x temporaries.
    OutStar,
    /// Writes the window of an `__exit__` call: a and a+3 to a+6.
    OutExit,
}

/// What an instruction may do besides its stated effect: a set of bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Effects(pub u8);

impl Effects {
    /// Nothing.
    pub const NONE: Effects = Effects(0);
    /// May raise an exception.
    pub const RAISES: Effects = Effects(1);
    /// May run Python code (and so may do anything but touch this frame's registers).
    pub const PYTHON: Effects = Effects(2);
    /// Control never falls through to the next instruction.
    pub const ENDS: Effects = Effects(4);
    /// Loop header.
    pub const LOOP: Effects = Effects(8);
    /// Suspends the frame.
    pub const SUSPENDS: Effects = Effects(16);

    /// Whether all bits of `other` are set in `self`.
    pub const fn has(self, other: Effects) -> bool {
        self.0 & other.0 == other.0
    }
}

impl std::ops::BitOr for Effects {
    type Output = Effects;

    fn bitor(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }
}

//! Numbered families behind opcodes: operators, comparisons, special methods, intrinsics.

use super::Op;

/// Declares an enum whose discriminants are operand values, with `ALL`, `from_index` and `name`.
macro_rules! numbered {
    ($(#[$meta:meta])* $enum:ident { $($variant:ident $name:literal $doc:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum $enum {
            $(#[doc = $doc] $variant,)*
        }

        impl $enum {
            /// All members, in the order of their numbers.
            pub const ALL: &[$enum] = &[$($enum::$variant,)*];

            /// The member with this number.
            pub const fn from_index(index: u32) -> Option<$enum> {
                if (index as usize) < Self::ALL.len() { Some(Self::ALL[index as usize]) } else { None }
            }

            /// Name in listings.
            pub const fn name(self) -> &'static str {
                match self { $($enum::$variant => $name,)* }
            }
        }
    };
}

numbered! {
    /// Binary operators, in the order of each block of operator opcodes.
    BinaryOp {
        Add "+" "Addition.";
        Sub "-" "Subtraction.";
        Mul "*" "Multiplication.";
        MatMul "@" "Matrix multiplication.";
        TrueDiv "/" "True division.";
        FloorDiv "//" "Floor division.";
        Mod "%" "Remainder.";
        Pow "**" "Power.";
        LShift "<<" "Left shift.";
        RShift ">>" "Right shift.";
        And "&" "Bitwise and.";
        Or "|" "Bitwise or.";
        Xor "^" "Bitwise exclusive or.";
    }
}

numbered! {
    /// Rich comparisons, in the order of EQ … GE and of JUMP_EQ … JUMP_GE.
    Compare {
        Eq "==" "Equal.";
        Ne "!=" "Not equal.";
        Lt "<" "Less.";
        Le "<=" "Less or equal.";
        Gt ">" "Greater.";
        Ge ">=" "Greater or equal.";
    }
}

numbered! {
    /// Special methods that LOAD_SPECIAL looks up.
    Special {
        Enter "__enter__" "Entry of a `with` block.";
        Exit "__exit__" "Exit of a `with` block.";
        AEnter "__aenter__" "Entry of an `async with` block.";
        AExit "__aexit__" "Exit of an `async with` block.";
    }
}

numbered! {
    /// Objects that LOAD_COMMON loads.
    Common {
        AssertionError "AssertionError" "The class raised by `assert`.";
        NotImplementedError "NotImplementedError" "The class raised by an annotate function for a format it does not know.";
    }
}

numbered! {
    /// Where the object of a frame that RERAISE leaves says that it was left.
    Leaving {
        Here "here" "At the instruction.";
        Earlier "earlier" "Where the exception came to the clean-up that the instruction ends.";
    }
}

numbered! {
    /// What INTRINSIC does; the number of operands is [`Intrinsic::arity`].
    Intrinsic {
        Print "PRINT" "Hands the value to `sys.displayhook` (mode `single`).";
        PrepReraiseStar "PREP_RERAISE_STAR" "(original exception, list of exceptions and rests) of an `except*` to the exception to raise, or None.";
        SetupAnnotations "SETUP_ANNOTATIONS" "Creates `__annotations__` in the namespace unless it is there.";
        TypeVar "TYPEVAR" "(name) to a TypeVar.";
        TypeVarWithBound "TYPEVAR_WITH_BOUND" "(name, function that evaluates the bound) to a TypeVar.";
        TypeVarWithConstraints "TYPEVAR_WITH_CONSTRAINTS" "(name, function that evaluates the constraints) to a TypeVar.";
        ParamSpec "PARAMSPEC" "(name) to a ParamSpec.";
        TypeVarTuple "TYPEVARTUPLE" "(name) to a TypeVarTuple.";
        SetTypeParamDefault "SET_TYPEPARAM_DEFAULT" "(type parameter, function that evaluates the default) to the type parameter.";
        SubscriptGeneric "SUBSCRIPT_GENERIC" "(tuple of type parameters) to `typing.Generic[...]`.";
        SetFunctionTypeParams "SET_FUNCTION_TYPE_PARAMS" "(function, tuple of type parameters) to the function.";
        TypeAlias "TYPEALIAS" "(name, tuple of type parameters or None, function that evaluates the value) to a TypeAliasType.";
        SetStaticAttributes "SET_STATIC_ATTRIBUTES" "Reserved: (class) to the class.";
    }
}

impl Intrinsic {
    /// Number of temporaries that the intrinsic consumes.
    pub const fn arity(self) -> u32 {
        match self {
            Intrinsic::SetupAnnotations => 0,
            Intrinsic::PrepReraiseStar
            | Intrinsic::TypeVarWithBound
            | Intrinsic::TypeVarWithConstraints
            | Intrinsic::SetTypeParamDefault
            | Intrinsic::SetFunctionTypeParams => 2,
            Intrinsic::TypeAlias => 3,
            _ => 1,
        }
    }
}

/// The four blocks of operator opcodes.
const BLOCKS: [Op; 4] = [Op::Add, Op::AddK, Op::IAdd, Op::IAddK];

const _: () = {
    assert!(Op::Xor as u8 - Op::Add as u8 == 12);
    assert!(Op::XorK as u8 - Op::AddK as u8 == 12);
    assert!(Op::IXor as u8 - Op::IAdd as u8 == 12);
    assert!(Op::IXorK as u8 - Op::IAddK as u8 == 12);
    assert!(Op::Ge as u8 - Op::Eq as u8 == 5);
    assert!(Op::JumpGe as u8 - Op::JumpEq as u8 == 5);
};

impl BinaryOp {
    /// The opcode for the operator: in place or not, right operand constant or not.
    pub fn opcode(self, in_place: bool, constant: bool) -> Op {
        let block = BLOCKS[usize::from(in_place) * 2 + usize::from(constant)];
        super::OPS[block as usize + self as usize].op
    }
}

impl Compare {
    /// The opcode that makes a value of the comparison.
    pub fn opcode(self) -> Op {
        super::OPS[Op::Eq as usize + self as usize].op
    }

    /// The opcode that compares and jumps.
    pub fn jump_opcode(self) -> Op {
        super::OPS[Op::JumpEq as usize + self as usize].op
    }
}

impl Op {
    /// For an operator opcode: the operator, whether it is in place, whether its right operand is a constant.
    pub fn binary(self) -> Option<(BinaryOp, bool, bool)> {
        let index = (self as usize).checked_sub(Op::Add as usize)?;
        let kind = BinaryOp::from_index((index % 13) as u32)?;
        (index < 52).then_some((kind, index >= 26, index / 13 % 2 == 1))
    }
}

const _: () = assert!(Op::IAddK as u8 - Op::Add as u8 == 39);

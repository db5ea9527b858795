//! Operators and comparisons.

use pv_bytecode::op::{BinaryOp, Compare};
use pv_machine::{AliasSet, Effects, Helper, Target};
use pv_object::Obj;
use pv_runtime::{Thread, protocol};
use pv_word::Word;

use super::{READS, VALUE, ints, truth, word_of, words};

const ANY: Effects = Effects::ANY;

/// One helper per operator, over a function of the operator and two operands.
macro_rules! operators {
    ($($(#[$doc:meta])* $name:ident $prefix:literal $effects:expr, $function:path;)*) => {
        $($(#[$doc])*
        pub static $name: [Helper<Thread>; 13] = {
            operators!(@table $prefix, $effects, $function;
                Add Sub Mul MatMul TrueDiv FloorDiv Mod Pow LShift RShift And Or Xor)
        };)*
    };
    (@table $prefix:literal, $effects:expr, $function:path; $($op:ident)*) => {
        [$({
            extern "C" fn entry(cx: &Thread, a: Word, b: Word) -> Word {
                word_of($function(cx, BinaryOp::$op, Obj::of(&a), Obj::of(&b)))
            }
            Helper::new(concat!($prefix, stringify!($op)), $effects, Target::W2(entry))
        }),*]
    };
}

operators! {
    /// The operators on anything.
    BINARY "binary." ANY, protocol::binary_op;
    /// The in-place operators on anything.
    IN_PLACE "in_place." ANY, protocol::inplace_op;
    /// What is left of an operator after its first special method has declined.
    BINARY_REST "binary_rest." ANY, protocol::binary_rest;
    /// What is left of an in-place operator after its first special method has declined.
    IN_PLACE_REST "in_place_rest." ANY, protocol::inplace_rest;
    /// The operators on exact numbers: no Python code runs, nothing but the result is allocated.
    NUMBER "number." VALUE, protocol::binary_op;
}

/// One helper per comparison, answering 0 or 1.
macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident $prefix:literal $effects:expr;)*) => {
        $($(#[$doc])*
        pub static $name: [Helper<Thread>; 6] = {
            comparisons!(@table $prefix, $effects; Eq Ne Lt Le Gt Ge)
        };)*
    };
    (@table $prefix:literal, $effects:expr; $($op:ident)*) => {
        [$({
            extern "C" fn entry(cx: &Thread, a: Word, b: Word) -> i64 {
                super::int_of(truth(protocol::compare_bool(cx, Compare::$op, Obj::of(&a), Obj::of(&b))))
            }
            Helper::new(concat!($prefix, stringify!($op)), $effects, Target::I2(entry))
        }),*]
    };
}

/// A function of its arguments: strings and numbers never change.
const PURE: Effects = Effects::PURE;

comparisons! {
    /// The truth of a comparison of anything.
    COMPARE_TRUTH "compare_truth." ANY;
    /// The comparisons of two exact strings.
    STR_COMPARE "str_compare." PURE;
    /// The comparisons of two exact numbers.
    NUMBER_COMPARE "number_compare." PURE;
}

macro_rules! compare_values {
    ($(#[$doc:meta])* $name:ident $prefix:literal $function:path; $($op:ident)*) => {
        $(#[$doc])*
        pub static $name: [Helper<Thread>; 6] = [$({
            extern "C" fn entry(cx: &Thread, a: Word, b: Word) -> Word {
                word_of($function(cx, Compare::$op, Obj::of(&a), Obj::of(&b)))
            }
            Helper::new(concat!($prefix, stringify!($op)), ANY, Target::W2(entry))
        }),*];
    };
}
compare_values! {
    /// The comparisons of anything, as objects.
    COMPARE "compare." protocol::rich_compare; Eq Ne Lt Le Gt Ge
}
compare_values! {
    /// What is left of a comparison after its first special method has declined.
    COMPARE_REST "compare_rest." protocol::compare_rest; Eq Ne Lt Le Gt Ge
}

words! {
    /// `-x`.
    NEGATE "negate" ANY W1 (cx, x) protocol::negative(cx, x);
    /// `+x`.
    POSITIVE "positive" ANY W1 (cx, x) protocol::positive(cx, x);
    /// `~x`.
    INVERT "invert" ANY W1 (cx, x) protocol::invert(cx, x);
}

ints! {
    /// Are two boxed numbers the same by type and value?
    SAME_BOX "same_box" PURE I2 (_cx, a, b) Ok(i64::from(protocol::identical(a, b)));
    /// `item in container`.
    CONTAINS "contains" ANY I2 (cx, container, item) truth(protocol::contains(cx, container, item));
    /// `bool(x)`.
    TRUTH "truth" ANY I1 (cx, x) truth(protocol::truth(cx, x));
}

/// One helper per function of a double.
macro_rules! reals {
    ($($(#[$doc:meta])* $name:ident $text:literal $function:path;)*) => {
        $($(#[$doc])*
        pub static $name: Helper<Thread> = {
            extern "C" fn entry(x: f64) -> f64 {
                $function(x)
            }
            Helper::new($text, Effects::PURE, Target::F1(entry))
        };)*
    };
}

reals! {
    /// Arc cosine.
    FLOAT_ACOS "float_acos" f64::acos;
    /// Arc sine.
    FLOAT_ASIN "float_asin" f64::asin;
    /// Arc tangent.
    FLOAT_ATAN "float_atan" f64::atan;
    /// Cosine.
    FLOAT_COS "float_cos" f64::cos;
    /// e to the power x.
    FLOAT_EXP "float_exp" f64::exp;
    /// Natural logarithm.
    FLOAT_LOG "float_log" f64::ln;
    /// Logarithm to base 10.
    FLOAT_LOG10 "float_log10" f64::log10;
    /// Logarithm to base 2.
    FLOAT_LOG2 "float_log2" f64::log2;
    /// Sine.
    FLOAT_SIN "float_sin" f64::sin;
    /// Tangent.
    FLOAT_TAN "float_tan" f64::tan;
}

/// `a ** b` of doubles.
pub static FLOAT_POW: Helper<Thread> = {
    extern "C" fn entry(a: f64, b: f64) -> f64 {
        a.powf(b)
    }
    Helper::new("float_pow", Effects::PURE, Target::F2(entry))
};

/// `left + right` of exact strings; consumes the reference to the left one, so that an unshared one grows in place.
pub static STR_CONCAT: Helper<Thread> = {
    extern "C" fn entry(_: &Thread, left: Word, right: Word) -> Word {
        word_of(Ok(crate::support::containers::concat(Obj::from_owned(left), Obj::of(&right))))
    }
    // Whether the left one is shared, its count tells.
    Helper::new("str_concat", Effects { frees: true, reads: AliasSet::ALL, ..READS }, Target::W2(entry))
};

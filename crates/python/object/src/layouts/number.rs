//! Boxes of numbers that have no immediate form, and of subclass instances.

use pv_word::Word;

use crate::bigint::BigInt;
use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::layouts::held_layout;
use crate::obj::Obj;
use crate::shape::ShapeRef;

/// A boxed integer. Exact ones lie outside 62 bits.
#[repr(C)]
pub struct BoxedInt {
    header: Header,
    value: BigInt,
}

impl BoxedInt {
    /// The value.
    pub fn value(&self) -> &BigInt {
        &self.value
    }

    /// A boxed integer of any size with the given shape (of a subclass of int).
    pub fn create(value: BigInt, shape: ShapeRef) -> Obj {
        Heap::current().create(shape, size_of::<BoxedInt>(), |header| BoxedInt { header, value })
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for BoxedInt {
    const KIND: Kind = Kind::Int;
    fn visit(&self, _: &mut (impl FnMut(&Obj) + ?Sized)) {}
}

/// A boxed float. Exact ones have no immediate form.
#[repr(C)]
pub struct BoxedFloat {
    header: Header,
    pub(crate) value: f64,
}

impl BoxedFloat {
    /// The value.
    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// A boxed float with the given shape (of a subclass of float).
    pub fn create(value: f64, shape: ShapeRef) -> Obj {
        Heap::current().create(shape, size_of::<BoxedFloat>(), |header| BoxedFloat { header, value })
    }
}

held_layout!(BoxedFloat, Float, []);

impl Obj {
    /// The integer `value`.
    #[inline]
    pub fn int(value: i64) -> Obj {
        match Word::from_i64(value) {
            Some(word) => Obj::from_owned(word),
            None => BoxedInt::create(BigInt::from(value), Heap::current().shape_of(Kind::Int)),
        }
    }

    /// The integer `value`, immediate where it fits.
    pub fn big(value: BigInt) -> Obj {
        match value.to_i64().and_then(Word::from_i64) {
            Some(word) => Obj::from_owned(word),
            None => BoxedInt::create(value, Heap::current().shape_of(Kind::Int)),
        }
    }

    /// The integer `value`.
    pub fn usize(value: usize) -> Obj {
        match i64::try_from(value) {
            Ok(value) => Obj::int(value),
            Err(_) => Obj::big(BigInt::from(value as u64)),
        }
    }

    /// The float `value`, boxed where it has no immediate form.
    #[inline]
    pub fn float(value: f64) -> Obj {
        match Word::from_f64(value) {
            Some(word) => Obj::from_owned(word),
            None => BoxedFloat::create(value, Heap::current().shape_of(Kind::Float)),
        }
    }

    /// An int (subclasses and bools included)?
    pub fn is_int(&self) -> bool {
        self.word().is_int() || matches!(self.heap_kind(), Some(Kind::Int | Kind::Bool))
    }

    /// The value of an int (subclasses and bools included) that fits 64 bits.
    #[inline]
    pub fn as_i64(&self) -> Option<i64> {
        if let Some(value) = self.word().as_i64() {
            return Some(value);
        }
        match self.downcast::<BoxedInt>() {
            Some(boxed) => boxed.value().to_i64(),
            None => self.as_bool().map(i64::from),
        }
    }

    /// The value of an int (subclasses and bools included).
    pub fn as_bigint(&self) -> Option<BigInt> {
        match self.downcast::<BoxedInt>() {
            Some(boxed) => Some(boxed.value().clone()),
            None => self.as_i64().map(BigInt::from),
        }
    }

    /// The value of a float (subclasses included).
    #[inline]
    pub fn as_float(&self) -> Option<f64> {
        self.word().as_f64().or_else(|| self.downcast::<BoxedFloat>().map(BoxedFloat::value))
    }
}

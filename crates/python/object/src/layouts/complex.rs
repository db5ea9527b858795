//! Complex numbers.

use crate::header::Header;
use crate::heap::Heap;
use crate::kind::Kind;
use crate::layouts::held_layout;
use crate::obj::Obj;
use crate::shape::ShapeRef;

/// A complex number.
#[repr(C)]
pub struct Complex {
    header: Header,
    pub(crate) real: f64,
    pub(crate) imag: f64,
}

impl Complex {
    /// A complex number.
    pub fn create(real: f64, imag: f64) -> Obj {
        Complex::with_shape(real, imag, Heap::current().shape_of(Kind::Complex))
    }

    /// A complex number with the given shape.
    pub fn with_shape(real: f64, imag: f64, shape: ShapeRef) -> Obj {
        Heap::current().create(shape, size_of::<Complex>(), |header| Complex { header, real, imag })
    }

    /// The real part.
    pub fn real(&self) -> f64 {
        self.real
    }

    /// The imaginary part.
    pub fn imag(&self) -> f64 {
        self.imag
    }
}

held_layout!(Complex, Complex, []);

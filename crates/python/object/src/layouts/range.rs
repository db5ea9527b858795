//! Ranges and slices.

use crate::header::Header;
use crate::layouts::{create, held_layout};
use crate::obj::{Held, Obj};

/// A range. Its bounds are ints of any size.
#[repr(C)]
pub struct Range {
    header: Header,
    pub(crate) start: Held,
    pub(crate) stop: Held,
    pub(crate) step: Held,
    pub(crate) len: Held,
}

impl Range {
    /// A range with the given number of elements, which the caller has computed.
    pub fn create(start: Obj, stop: Obj, step: Obj, len: Obj) -> Obj {
        let (start, stop) = (Held::new(start), Held::new(stop));
        create!(Range { start, stop, step: Held::new(step), len: Held::new(len) })
    }

    /// A range of 62-bit integers with a step other than zero.
    pub fn of(start: i64, stop: i64, step: i64) -> Obj {
        let len = Range::count(start, stop, step);
        Range::create(Obj::int(start), Obj::int(stop), Obj::int(step), Obj::int(len))
    }

    /// Number of elements of a range of 62-bit integers.
    pub fn count(start: i64, stop: i64, step: i64) -> i64 {
        let distance =
            if step > 0 { i128::from(stop) - i128::from(start) } else { i128::from(start) - i128::from(stop) };
        let stride = i128::from(step.unsigned_abs().max(1));
        if distance <= 0 { 0 } else { ((distance - 1) / stride + 1) as i64 }
    }

    /// `start`.
    pub fn start(&self) -> Obj {
        self.start.get().unwrap_or(Obj::small(0))
    }

    /// `stop`.
    pub fn stop(&self) -> Obj {
        self.stop.get().unwrap_or(Obj::small(0))
    }

    /// `step`.
    pub fn step(&self) -> Obj {
        self.step.get().unwrap_or(Obj::small(1))
    }

    /// Number of elements.
    pub fn len(&self) -> Obj {
        self.len.get().unwrap_or(Obj::small(0))
    }

    /// Start, step and number of elements, when all are small and so is every element.
    pub fn small(&self) -> Option<(i64, i64, i64)> {
        let small = |held: &Held| held.peek().as_i64();
        small(&self.stop)?;
        Some((small(&self.start)?, small(&self.step)?, small(&self.len)?))
    }
}

held_layout!(Range, Range, [start, stop, step, len]);

/// A slice object.
#[repr(C)]
pub struct Slice {
    header: Header,
    pub(crate) start: Held,
    pub(crate) stop: Held,
    pub(crate) step: Held,
}

impl Slice {
    /// A slice object.
    pub fn create(start: Obj, stop: Obj, step: Obj) -> Obj {
        create!(Slice { start: Held::new(start), stop: Held::new(stop), step: Held::new(step) })
    }

    /// `start`.
    pub fn start(&self) -> Obj {
        self.start.get().unwrap_or_else(Obj::none)
    }

    /// `stop`.
    pub fn stop(&self) -> Obj {
        self.stop.get().unwrap_or_else(Obj::none)
    }

    /// `step`.
    pub fn step(&self) -> Obj {
        self.step.get().unwrap_or_else(Obj::none)
    }
}

held_layout!(Slice, Slice, [start, stop, step]);

//! Building strings whose width is not known beforehand.

use crate::heap::Heap;
use crate::kind::Kind;
use crate::obj::Obj;
use crate::strings::{Str, Text};

enum Points {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

/// Collects code points, widening when one needs it.
pub struct StrBuilder {
    points: Points,
}

impl Default for StrBuilder {
    fn default() -> Self {
        StrBuilder::with_capacity(0)
    }
}

impl StrBuilder {
    /// An empty builder.
    pub fn new() -> StrBuilder {
        StrBuilder::default()
    }

    /// An empty builder with room for this many narrow code points.
    pub fn with_capacity(capacity: usize) -> StrBuilder {
        StrBuilder { points: Points::One(Vec::with_capacity(capacity)) }
    }

    /// Number of code points so far.
    pub fn len(&self) -> usize {
        self.text().len()
    }

    /// None yet?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code points so far.
    pub fn text(&self) -> Text<'_> {
        match &self.points {
            Points::One(points) => Text::One(points),
            Points::Two(points) => Text::Two(points),
            Points::Four(points) => Text::Four(points),
        }
    }

    /// Adds a code point.
    #[inline]
    pub fn push(&mut self, c: u32) {
        match &mut self.points {
            Points::One(points) if c <= 0xff => points.push(c as u8),
            Points::Two(points) if c <= 0xffff => points.push(c as u16),
            Points::Four(points) => points.push(c),
            _ => {
                self.widen(c);
                self.push(c);
            }
        }
    }

    #[cold]
    fn widen(&mut self, widest: u32) {
        let text = self.text();
        self.points = if widest <= 0xffff {
            Points::Two(text.iter().map(|c| c as u16).collect())
        } else {
            Points::Four(text.iter().collect())
        };
    }

    /// Adds text.
    pub fn push_text(&mut self, text: Text<'_>) {
        match (&mut self.points, text) {
            (Points::One(points), Text::One(more)) => points.extend_from_slice(more),
            (Points::Two(points), Text::Two(more)) => points.extend_from_slice(more),
            (Points::Two(points), Text::One(more)) => points.extend(more.iter().map(|c| u16::from(*c))),
            (Points::Four(points), Text::Four(more)) => points.extend_from_slice(more),
            _ => text.iter().for_each(|c| self.push(c)),
        }
    }

    /// Adds text.
    pub fn push_str(&mut self, text: &str) {
        match &mut self.points {
            Points::One(points) if text.is_ascii() => points.extend_from_slice(text.as_bytes()),
            _ => text.chars().for_each(|c| self.push(u32::from(c))),
        }
    }

    /// Adds a string.
    pub fn push_obj(&mut self, text: &Str) {
        self.push_text(text.text());
    }

    /// The string.
    pub fn finish(self) -> Obj {
        match self.points {
            // Widened for a code point that is there: already narrowest.
            Points::One(points) => Obj::text(Text::One(&points)),
            Points::Two(points) => Obj::text(Text::Two(&points)),
            Points::Four(points) => Obj::text(Text::Four(&points)),
        }
    }

    /// The string, with room to be appended to.
    pub(crate) fn finish_growable(self) -> Obj {
        self.text().narrowed(|text| Str::growable(text, text.bytes().len() * 2))
    }
}

impl FromIterator<u32> for StrBuilder {
    fn from_iter<I: IntoIterator<Item = u32>>(points: I) -> Self {
        let mut builder = StrBuilder::new();
        points.into_iter().for_each(|c| builder.push(c));
        builder
    }
}

impl Str {
    /// A string of this text with the given shape (of a subclass of str).
    pub fn create(text: Text<'_>, shape: crate::shape::ShapeRef) -> Obj {
        if std::ptr::eq(shape, Heap::current().shape_of(Kind::Str)) {
            return Obj::text(text);
        }
        text.narrowed(|text| Str::from_text(text, shape))
    }
}

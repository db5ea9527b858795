//! Strings: code points in the narrowest of 1, 2 or 4 bytes each, with cached hash.
//!
//! Invariants: the width is the narrowest that fits the widest code point, so equal strings have equal widths and
//! bytes; code points may be lone surrogates. A string never changes, except that [`Str::append`] may extend one in
//! place that nobody else refers to. A string's code points lie behind its fields (*inline*) or, once it has
//! been appended to, in a buffer with room to grow.

mod build;
mod intern;
mod search;
mod text;

use std::borrow::Cow;
use std::cell::Cell;

pub use build::StrBuilder;
pub use intern::Interner;
pub use search::Finder;
pub use text::Text;

use crate::hash;
use crate::header::Header;
use crate::heap::Heap;
use crate::kind::{Kind, Layout};
use crate::obj::Obj;
use crate::shape::ShapeRef;

/// A string.
#[repr(C)]
pub struct Str {
    header: Header,
    pub(crate) len: Cell<usize>,
    pub(crate) data: Cell<*mut u8>,
    hash: Cell<i64>,
    pub(crate) width: Cell<u8>,
    ascii: Cell<bool>,
    grown: Cell<bool>,
}

/// Offset of inline code points: in the padding behind the fields.
const INLINE: usize = 44;
const _: () = assert!(std::mem::offset_of!(Str, grown) < INLINE && size_of::<Str>() == INLINE + 4);
/// Offset of the buffer's capacity in bytes, in strings that have a buffer.
const CAPACITY: usize = 48;
/// Hash not computed yet: -1 is no hash.
const UNKNOWN: i64 = -1;

impl Str {
    /// A string of these code points, which are given in their narrowest width.
    pub(crate) fn from_text(text: Text<'_>, shape: ShapeRef) -> Obj {
        Str::from_pair(text, Text::One(&[]), text.is_ascii(), shape)
    }

    /// A string of two texts' code points, one after the other, the wider of which is as wide as it must be.
    fn from_pair(first: Text<'_>, second: Text<'_>, ascii: bool, shape: ShapeRef) -> Obj {
        let (len, width) = (first.len() + second.len(), first.width().max(second.width()));
        let obj = Heap::current().create(shape, INLINE + (len * width).max(4), |header| Str {
            header,
            len: Cell::new(len),
            data: Cell::new(std::ptr::null_mut()),
            hash: Cell::new(UNKNOWN),
            width: Cell::new(width as u8),
            ascii: Cell::new(ascii),
            grown: Cell::new(false),
        });
        let data = (obj.word().addr() + INLINE) as *mut u8;
        // SAFETY: `create` allocated room for both texts behind the fields.
        unsafe {
            first.write_as(width, data);
            second.write_as(width, data.add(first.len() * width));
        }
        obj.expect::<Str>().data.set(data);
        obj
    }

    /// A string with room to grow, of these code points.
    fn growable(text: Text<'_>, capacity: usize) -> Obj {
        let heap = Heap::current();
        let data = heap.alloc_buffer(capacity);
        let bytes = text.bytes();
        // SAFETY: the buffer has `capacity` bytes, at least as many as the text.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len()) };
        let obj = heap.create(heap.shape_of(Kind::Str), CAPACITY + 8, |header| Str {
            header,
            len: Cell::new(text.len()),
            data: Cell::new(data),
            hash: Cell::new(UNKNOWN),
            width: Cell::new(text.width() as u8),
            ascii: Cell::new(text.is_ascii()),
            grown: Cell::new(true),
        });
        obj.expect::<Str>().set_capacity(capacity);
        obj
    }

    fn capacity_cell(&self) -> *mut usize {
        (std::ptr::from_ref(self) as usize + CAPACITY) as *mut usize
    }

    fn capacity(&self) -> usize {
        debug_assert!(self.grown.get());
        // SAFETY: strings with a buffer have the capacity word.
        unsafe { *self.capacity_cell() }
    }

    fn set_capacity(&self, capacity: usize) {
        debug_assert!(self.grown.get());
        // SAFETY: strings with a buffer have the capacity word.
        unsafe { *self.capacity_cell() = capacity };
    }

    /// A string with the given shape (of a subclass of str) and another's code points.
    pub fn with_shape(&self, shape: ShapeRef) -> Obj {
        Str::from_text(self.text(), shape)
    }

    /// Number of code points.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.get()
    }

    /// Has no code points?
    pub fn is_empty(&self) -> bool {
        self.len.get() == 0
    }

    /// The code points.
    #[inline(always)]
    pub fn text(&self) -> Text<'_> {
        let (data, len) = (self.data.get(), self.len.get());
        // SAFETY: `data` points to `len` code points of the width; both stay while the string is borrowed. Buffers
        // and inline data are aligned to at least 4.
        unsafe {
            match self.width.get() {
                1 => Text::One(std::slice::from_raw_parts(data, len)),
                2 => Text::Two(std::slice::from_raw_parts(data.cast(), len)),
                _ => Text::Four(std::slice::from_raw_parts(data.cast(), len)),
            }
        }
    }

    /// All code points below 128?
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.ascii.get()
    }

    /// The text of an ASCII string.
    #[inline]
    pub fn as_ascii(&self) -> Option<&str> {
        match self.text() {
            // SAFETY: ASCII is UTF-8.
            Text::One(bytes) if self.is_ascii() => Some(unsafe { std::str::from_utf8_unchecked(bytes) }),
            _ => None,
        }
    }

    /// The text as UTF-8; `None` when it has lone surrogates.
    pub fn to_utf8(&self) -> Option<Cow<'_, str>> {
        if let Some(text) = self.as_ascii() {
            return Some(Cow::Borrowed(text));
        }
        self.text().iter().map(char::from_u32).collect::<Option<String>>().map(Cow::Owned)
    }

    /// The text as UTF-8 with lone surrogates replaced by U+FFFD.
    pub fn to_string_lossy(&self) -> String {
        self.text().iter().map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect()
    }

    /// Equal to this text?
    pub fn is(&self, text: &str) -> bool {
        match self.as_ascii() {
            Some(ascii) => ascii == text,
            None => self.text().iter().eq(text.chars().map(u32::from)),
        }
    }

    /// Equal?
    #[inline]
    pub fn same_text(&self, other: &Str) -> bool {
        self.width.get() == other.width.get() && self.text().bytes() == other.text().bytes()
    }

    /// The hash.
    #[inline]
    pub fn hash(&self) -> i64 {
        let known = self.hash.get();
        if known != UNKNOWN {
            return known;
        }
        let hash = hash::bytes(Heap::current().hash_key(), self.text().bytes());
        self.hash.set(hash);
        hash
    }

    /// The code point at an index, as a number.
    #[inline]
    pub fn code_point(&self, index: usize) -> Option<u32> {
        self.text().get(index)
    }

    /// The one-character string at an index.
    #[inline]
    pub fn char_at(&self, index: usize) -> Option<Obj> {
        self.code_point(index).map(Obj::char)
    }

    /// The code points from `start` to before `end` (cut to the length).
    pub fn slice(&self, start: usize, end: usize) -> Obj {
        let end = end.min(self.len());
        Obj::text(self.text().slice(start.min(end), end))
    }

    /// This string followed by another.
    pub fn concat(&self, other: &Str) -> Obj {
        if self.is_empty() || other.is_empty() {
            return Obj::text(if self.is_empty() { other.text() } else { self.text() });
        }
        let shape = Heap::current().shape_of(Kind::Str);
        Str::from_pair(self.text(), other.text(), self.is_ascii() && other.is_ascii(), shape)
    }

    /// `left + right`, where `left` (a str) is given away: extended in place when nobody else refers to it.
    pub fn append(left: Obj, right: &Str) -> Obj {
        let unique =
            left.header().is_some_and(|header| header.count() == 1 && header.is_exact() && header.flags() == 0);
        let view = left.expect::<Str>();
        if !unique || view.len() + right.len() < 32 {
            return view.concat(right);
        }
        if view.grown.get() && view.width.get() >= right.width.get() && view.extend(right) {
            return left;
        }
        let grown = {
            let mut builder = StrBuilder::with_capacity((view.len() + right.len()) * 2);
            builder.push_text(view.text());
            builder.push_text(right.text());
            builder.finish_growable()
        };
        drop(left);
        grown
    }

    /// Extends in place, moving to a larger buffer when need be.
    fn extend(&self, right: &Str) -> bool {
        let width = usize::from(self.width.get());
        let (old, new) = (self.len() * width, (self.len() + right.len()) * width);
        if new > self.capacity() {
            let capacity = new + new / 2;
            let heap = Heap::current();
            let data = heap.alloc_buffer(capacity);
            // SAFETY: the new buffer is larger than the old text.
            unsafe { std::ptr::copy_nonoverlapping(self.data.get(), data, old) };
            heap.free_buffer(self.data.replace(data), self.capacity());
            self.set_capacity(capacity);
        }
        // SAFETY: the buffer has room for `new` bytes, and nobody else looks at it (the caller checked the count).
        unsafe { right.text().write_as(width, self.data.get().add(old)) };
        self.len.set(self.len() + right.len());
        self.ascii.set(self.is_ascii() && right.is_ascii());
        self.hash.set(UNKNOWN);
        true
    }
}

// SAFETY: `repr(C)`, header first.
unsafe impl Layout for Str {
    const KIND: Kind = Kind::Str;
    fn extent(&self) -> usize {
        if self.grown.get() {
            return CAPACITY + 8;
        }
        INLINE + (self.len.get() * usize::from(self.width.get())).max(4)
    }
    fn visit(&self, _: &mut (impl FnMut(&Obj) + ?Sized)) {}
}

impl Drop for Str {
    fn drop(&mut self) {
        if self.grown.get() {
            Heap::current().free_buffer(self.data.get(), self.capacity());
        }
    }
}

impl Obj {
    /// A string.
    pub fn str(text: &str) -> Obj {
        if text.is_ascii() {
            return Obj::text(Text::One(text.as_bytes()));
        }
        let mut builder = StrBuilder::with_capacity(text.len());
        text.chars().for_each(|c| builder.push(u32::from(c)));
        builder.finish()
    }

    /// A string of these code points, narrowed as far as they allow.
    pub fn text(text: Text<'_>) -> Obj {
        let heap = Heap::current();
        if text.len() < 2 {
            match text.get(0) {
                Some(c) if c < 256 => return Obj::char(c),
                None => return heap.empty_str(),
                _ => {}
            }
        }
        text.narrowed(|text| Str::from_text(text, heap.shape_of(Kind::Str)))
    }

    /// The one-character string of a code point.
    pub fn char(c: u32) -> Obj {
        let heap = Heap::current();
        let shape = heap.shape_of(Kind::Str);
        let Some(cached) = heap.chars.get(c as usize) else {
            return Text::Four(&[c]).narrowed(|text| Str::from_text(text, shape));
        };
        if let Some(obj) = cached.get() {
            return obj;
        }
        let obj = heap.intern_obj(Str::from_text(Text::One(&[c as u8]), shape));
        obj.expect::<Str>().header.make_immortal();
        cached.set(obj.clone());
        obj
    }
}

impl Heap {
    /// The empty string.
    pub fn empty_str(&self) -> Obj {
        if let Some(obj) = self.empty_str.get() {
            return obj;
        }
        let obj = self.intern_obj(Str::from_text(Text::One(&[]), self.shape_of(Kind::Str)));
        obj.expect::<Str>().header.make_immortal();
        self.empty_str.set(obj.clone());
        obj
    }

    /// The key of text hashes.
    pub fn hash_key(&self) -> [u64; 2] {
        self.hash_key
    }
}

#[cfg(test)]
mod tests;

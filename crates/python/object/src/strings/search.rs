//! Finding one text in another, and what follows from it.

use memchr::memmem;

use crate::obj::Obj;
use crate::strings::{Str, StrBuilder, Text};

/// A haystack and a needle prepared for repeated searches.
pub struct Finder<'a> {
    haystack: Text<'a>,
    needle: Needle<'a>,
    len: usize,
}

/// The needle in the haystack's width.
#[expect(clippy::large_enum_variant, reason = "lives on the stack, for one search or a few")]
enum Needle<'a> {
    Byte(u8),
    One(memmem::Finder<'a>),
    Two(Vec<u16>),
    Four(Vec<u32>),
    /// It has a code point that the haystack has no room for.
    TooWide,
}

impl<'a> Finder<'a> {
    /// Prepares a search.
    pub fn new(haystack: Text<'a>, needle: Text<'a>) -> Finder<'a> {
        let len = needle.len();
        let needle = match (haystack, needle) {
            (Text::One(_), Text::One(&[byte])) => Needle::Byte(byte),
            (Text::One(_), Text::One(needle)) => Needle::One(memmem::Finder::new(needle)),
            (haystack, needle) if needle.width() > haystack.width() => Needle::TooWide,
            (Text::Two(_), needle) => Needle::Two(needle.iter().map(|c| c as u16).collect()),
            (_, needle) => Needle::Four(needle.iter().collect()),
        };
        Finder { haystack, needle, len }
    }

    fn range(&self, start: usize, end: usize) -> Option<std::ops::Range<usize>> {
        let end = end.min(self.haystack.len());
        (start <= end && self.len <= end - start).then_some(start..end)
    }

    /// The first occurrence that begins at `start` or later and ends at `end` or earlier.
    pub fn find(&self, start: usize, end: usize) -> Option<usize> {
        let range = self.range(start, end)?;
        let found = match (self.haystack, &self.needle) {
            (Text::One(hay), Needle::Byte(byte)) => memchr::memchr(*byte, &hay[range]),
            (Text::One(hay), Needle::One(needle)) => needle.find(&hay[range]),
            (Text::Two(hay), Needle::Two(needle)) => find_slice(&hay[range], needle),
            (Text::Four(hay), Needle::Four(needle)) => find_slice(&hay[range], needle),
            _ => None,
        };
        found.map(|index| index + start)
    }

    /// The last occurrence within `start..end`.
    pub fn rfind(&self, start: usize, end: usize) -> Option<usize> {
        let range = self.range(start, end)?;
        let found = match (self.haystack, &self.needle) {
            (Text::One(hay), Needle::Byte(byte)) => memchr::memrchr(*byte, &hay[range]),
            (Text::One(hay), Needle::One(needle)) => memmem::rfind(&hay[range], needle.needle()),
            (Text::Two(hay), Needle::Two(needle)) => rfind_slice(&hay[range], needle),
            (Text::Four(hay), Needle::Four(needle)) => rfind_slice(&hay[range], needle),
            _ => None,
        };
        found.map(|index| index + start)
    }
}

/// Scans for the first item, then compares the rest.
fn find_slice<T: PartialEq + Copy>(hay: &[T], needle: &[T]) -> Option<usize> {
    let Some((first, rest)) = needle.split_first() else { return Some(0) };
    let last = hay.len().checked_sub(needle.len())?;
    let mut from = 0;
    while from <= last {
        let index = from + hay[from..=last].iter().position(|item| item == first)?;
        if hay[index + 1..index + needle.len()] == *rest {
            return Some(index);
        }
        from = index + 1;
    }
    None
}

fn rfind_slice<T: PartialEq + Copy>(hay: &[T], needle: &[T]) -> Option<usize> {
    let last = hay.len().checked_sub(needle.len())?;
    (0..=last).rev().find(|index| hay[*index..*index + needle.len()] == *needle)
}

impl Str {
    /// Index of the first occurrence within `start..end`.
    pub fn find(&self, needle: &Str, start: usize, end: usize) -> Option<usize> {
        Finder::new(self.text(), needle.text()).find(start, end)
    }

    /// Index of the last occurrence within `start..end`.
    pub fn rfind(&self, needle: &Str, start: usize, end: usize) -> Option<usize> {
        Finder::new(self.text(), needle.text()).rfind(start, end)
    }

    /// Number of occurrences within `start..end` that do not overlap.
    pub fn count(&self, needle: &Str, start: usize, end: usize) -> usize {
        let end = end.min(self.len());
        if needle.is_empty() {
            return (end + 1).saturating_sub(start);
        }
        let finder = Finder::new(self.text(), needle.text());
        let next = |from: &usize| finder.find(*from, end).map(|index| index + needle.len());
        std::iter::successors(next(&start), next).count()
    }

    /// The string with the first `limit` occurrences of `old` replaced.
    pub fn replace(&self, old: &Str, new: &Str, limit: usize) -> Obj {
        let mut builder = StrBuilder::with_capacity(self.len());
        let finder = Finder::new(self.text(), old.text());
        let (mut from, mut done, mut count) = (0, 0, 0);
        while count < limit
            && let Some(index) = finder.find(from, self.len())
        {
            builder.push_text(self.text().slice(done, index));
            builder.push_text(new.text());
            done = index + old.len();
            from = done.max(index + 1);
            count += 1;
        }
        builder.push_text(self.text().slice(done, self.len()));
        builder.finish()
    }

    /// The string repeated.
    pub fn repeat(&self, times: usize) -> Obj {
        match self.text() {
            Text::One(items) => Obj::text(Text::One(&items.repeat(times))),
            Text::Two(items) => Obj::text(Text::Two(&items.repeat(times))),
            Text::Four(items) => Obj::text(Text::Four(&items.repeat(times))),
        }
    }
}

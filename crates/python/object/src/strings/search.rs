//! Finding one text in another.

use crate::strings::{Str, Text};

/// A needle prepared for repeated searches of one haystack.
pub struct Finder<'a> {
    haystack: Text<'a>,
    needle: Text<'a>,
}

impl<'a> Finder<'a> {
    /// Prepares a search.
    pub fn new(haystack: Text<'a>, needle: Text<'a>) -> Finder<'a> {
        Finder { haystack, needle }
    }

    /// The first occurrence that begins at `start` or later and ends at `end` or earlier.
    pub fn find(&self, start: usize, end: usize) -> Option<usize> {
        let end = end.min(self.haystack.len());
        if start > end || self.needle.len() > end - start {
            return None;
        }
        let found = match (self.haystack, self.needle) {
            (Text::One(hay), Text::One(needle)) => memchr::memmem::find(&hay[start..end], needle),
            (Text::Two(hay), Text::Two(needle)) => find_slice(&hay[start..end], needle),
            (Text::Four(hay), Text::Four(needle)) => find_slice(&hay[start..end], needle),
            (hay, needle) if needle.width() > hay.width() => None,
            (Text::Two(hay), needle) => {
                find_slice(&hay[start..end], &needle.iter().map(|c| c as u16).collect::<Vec<_>>())
            }
            (hay, needle) => {
                let hay = hay.slice(start, end).iter().collect::<Vec<_>>();
                find_slice(&hay, &needle.iter().collect::<Vec<_>>())
            }
        };
        found.map(|index| index + start)
    }

    /// The last occurrence within `start..end`.
    pub fn rfind(&self, start: usize, end: usize) -> Option<usize> {
        let end = end.min(self.haystack.len());
        if start > end || self.needle.len() > end - start {
            return None;
        }
        if let (Text::One(hay), Text::One(needle)) = (self.haystack, self.needle) {
            return memchr::memmem::rfind(&hay[start..end], needle).map(|index| index + start);
        }
        let last = end - self.needle.len();
        (start..=last).rev().find(|index| self.haystack.slice(*index, index + self.needle.len()) == self.needle)
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
            return if start <= end { end - start + 1 } else { 0 };
        }
        let finder = Finder::new(self.text(), needle.text());
        let next = |from: &usize| finder.find(*from, end).map(|index| index + needle.len());
        std::iter::successors(next(&start), next).count()
    }
}

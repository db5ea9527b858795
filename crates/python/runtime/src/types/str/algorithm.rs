//! Algorithms on text that strings and byte strings share.
//!
//! Bytes are texts of width one, so one function serves both; what differs (which code points are whitespace, what breaks a
//! line) is passed in. Results are ranges of the text, which the caller turns into objects.

use std::ops::Range;

use pv_object::{Finder, Text};

/// Part of a text.
pub type Span = Range<usize>;

/// Runs the same expression on the slice of whatever width.
macro_rules! each_width {
    ($text:expr, $items:ident => $body:expr) => {
        match $text {
            Text::One($items) => $body,
            Text::Two($items) => $body,
            Text::Four($items) => $body,
        }
    };
}

/// The text between the first `max` occurrences of `separator`, which is not empty.
pub fn split(text: Text<'_>, separator: Text<'_>, max: usize) -> Vec<Span> {
    let finder = Finder::new(text, separator);
    let (mut spans, mut start) = (Vec::new(), 0);
    while spans.len() < max
        && let Some(at) = finder.find(start, text.len())
    {
        spans.push(start..at);
        start = at + separator.len();
    }
    spans.push(start..text.len());
    spans
}

/// The text between the last `max` occurrences of `separator`, which is not empty.
pub fn rsplit(text: Text<'_>, separator: Text<'_>, max: usize) -> Vec<Span> {
    let finder = Finder::new(text, separator);
    let (mut spans, mut end) = (Vec::new(), text.len());
    while spans.len() < max
        && let Some(at) = finder.rfind(0, end)
    {
        spans.push(at + separator.len()..end);
        end = at;
    }
    spans.push(0..end);
    spans.reverse();
    spans
}

/// The words between runs of whitespace; the rest behind the first `max` of them is one word.
pub fn split_space(text: Text<'_>, max: usize, is_space: impl Fn(u32) -> bool) -> Vec<Span> {
    each_width!(text, items => split_space_in(items, max, is_space))
}

fn split_space_in<T: Copy + Into<u32>>(items: &[T], max: usize, is_space: impl Fn(u32) -> bool) -> Vec<Span> {
    let space = |index: usize| is_space(items[index].into());
    let (mut spans, mut at) = (Vec::new(), 0);
    loop {
        while at < items.len() && space(at) {
            at += 1;
        }
        if at == items.len() {
            return spans;
        }
        let start = at;
        if spans.len() == max {
            spans.push(start..items.len());
            return spans;
        }
        while at < items.len() && !space(at) {
            at += 1;
        }
        spans.push(start..at);
    }
}

/// As [`split_space`], counting from the end.
pub fn rsplit_space(text: Text<'_>, max: usize, is_space: impl Fn(u32) -> bool) -> Vec<Span> {
    let space = |index: usize| text.get(index).is_some_and(&is_space);
    let (mut spans, mut at) = (Vec::new(), text.len());
    loop {
        while at > 0 && space(at - 1) {
            at -= 1;
        }
        if at == 0 {
            break;
        }
        let end = at;
        if spans.len() == max {
            spans.push(0..end);
            break;
        }
        while at > 0 && !space(at - 1) {
            at -= 1;
        }
        spans.push(at..end);
    }
    spans.reverse();
    spans
}

/// The lines, with or without what ends them; `\r\n` ends one line.
pub fn lines(text: Text<'_>, keep_ends: bool, is_break: impl Fn(u32) -> bool) -> Vec<Span> {
    let (mut spans, mut start, mut at) = (Vec::new(), 0, 0);
    while let Some(c) = text.get(at) {
        at += 1;
        if !is_break(c) {
            continue;
        }
        let end = at - 1;
        if c == 0x0d && text.get(at) == Some(0x0a) {
            at += 1;
        }
        spans.push(start..if keep_ends { at } else { end });
        start = at;
    }
    if start < text.len() {
        spans.push(start..text.len());
    }
    spans
}

/// What is left without the code points at either end that `cut` names.
pub fn strip(text: Text<'_>, ends: Ends, cut: impl Fn(u32) -> bool) -> Span {
    each_width!(text, items => strip_in(items, ends, cut))
}

fn strip_in<T: Copy + Into<u32>>(items: &[T], ends: Ends, cut: impl Fn(u32) -> bool) -> Span {
    let keeps = |item: &T| !cut((*item).into());
    let start = if ends.left { items.iter().position(keeps).unwrap_or(items.len()) } else { 0 };
    if !ends.right {
        return start..items.len();
    }
    start..items[start..].iter().rposition(keeps).map_or(start, |at| start + at + 1)
}

/// Which ends to strip.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// The beginning.
    pub left: bool,
    /// The end.
    pub right: bool,
}

impl Ends {
    /// Both.
    pub const BOTH: Ends = Ends { left: true, right: true };
    /// The beginning.
    pub const LEFT: Ends = Ends { left: true, right: false };
    /// The end.
    pub const RIGHT: Ends = Ends { left: false, right: true };
}

/// Where the first `max` occurrences of `needle` begin that do not overlap. An empty needle occurs everywhere.
pub fn occurrences(text: Text<'_>, needle: Text<'_>, max: usize) -> Vec<usize> {
    if needle.is_empty() {
        return (0..=text.len()).take(max).collect();
    }
    let finder = Finder::new(text, needle);
    let (mut found, mut start) = (Vec::new(), 0);
    while found.len() < max
        && let Some(at) = finder.find(start, text.len())
    {
        found.push(at);
        start = at + needle.len();
    }
    found
}

/// Calls `copy` with the parts to keep and `insert` between them: the text with `old` replaced at most `max` times.
/// False, with nothing called, when there is nothing to replace.
pub fn replace(text: Text<'_>, old: Text<'_>, max: usize, mut piece: impl FnMut(Option<Text<'_>>)) -> bool {
    let found = occurrences(text, old, max);
    if found.is_empty() {
        return false;
    }
    let mut start = 0;
    for at in found {
        piece(Some(text.slice(start, at)));
        piece(None);
        start = at + old.len();
    }
    piece(Some(text.slice(start, text.len())));
    true
}

/// `start` and `end` arguments as places in a text of this length; `end` may turn out below `start`.
pub fn clamp(start: Option<i64>, end: Option<i64>, len: usize) -> (usize, usize) {
    let len = len as i64;
    let place = |value: i64| if value < 0 { (value.saturating_add(len)).max(0) } else { value };
    let end = end.map_or(len, place).min(len);
    (start.map_or(0, place) as usize, end as usize)
}

/// Is `affix` at the beginning (or the end) of `start..end`?
pub fn has_affix(text: Text<'_>, affix: Text<'_>, (start, end): (usize, usize), at_end: bool) -> bool {
    if start > end || affix.len() > end - start {
        return false;
    }
    let from = if at_end { end - affix.len() } else { start };
    text.slice(from, from + affix.len()) == affix
}

/// The text with tabs turned into spaces: `space` is called with a count, `copy` with the other code points.
pub fn expand_tabs(text: Text<'_>, size: usize, mut push: impl FnMut(u32, usize)) {
    let mut column = 0;
    for c in text.iter() {
        match c {
            0x09 if size > 0 => {
                let count = size - column % size;
                column += count;
                push(0x20, count);
            }
            0x09 => {}
            _ => {
                column = if c == 0x0a || c == 0x0d { 0 } else { column + 1 };
                push(c, 1);
            }
        }
    }
}

/// Padding on the left and right of centred text, as `center` divides an odd count.
pub fn centered(len: usize, width: usize) -> (usize, usize) {
    let total = width.saturating_sub(len);
    let left = total / 2 + (total & width & 1);
    (left, total - left)
}

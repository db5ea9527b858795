//! Line ends in bytes, and the bytes of characters.
//!
//! All of it is for encodings in which `\n` and `\r` are one byte each and part of no other character.

use std::cell::Cell;

use pv_object::{Obj, Tuple};
use pv_runtime::text;
use pv_runtime::types::str::codec::Encoding;

/// What ends a line, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Newlines {
    /// Any of the three, given out as `\n`; written as it is.
    Translated,
    /// Any of the three, given out as it is.
    Any,
    /// `\n` only.
    Line,
    /// `\r` only; `\n` is written so.
    Return,
    /// `\r\n` only; `\n` is written so.
    Both,
}

impl Newlines {
    /// By the argument `newline` of `open`.
    pub(super) fn named(name: &str) -> Option<Newlines> {
        Some(match name {
            "" => Newlines::Any,
            "\n" => Newlines::Line,
            "\r" => Newlines::Return,
            "\r\n" => Newlines::Both,
            _ => return None,
        })
    }

    /// Are line ends of all kinds looked for?
    pub(super) fn universal(self) -> bool {
        matches!(self, Newlines::Translated | Newlines::Any)
    }

    /// What `\n` is written as, where that is something else.
    pub(super) fn written(self) -> Option<&'static str> {
        match self {
            Newlines::Return => Some("\r"),
            Newlines::Both => Some("\r\n"),
            _ => None,
        }
    }
}

/// Bytes up to the end of the first line; `None` where more has to be read to know.
pub(super) fn next_line(data: &[u8], newlines: Newlines, at_end: bool) -> Option<usize> {
    let find = |wanted: u8| data.iter().position(|byte| *byte == wanted);
    match newlines {
        Newlines::Line => Some(find(b'\n')? + 1),
        Newlines::Return => Some(find(b'\r')? + 1),
        Newlines::Both => Some(data.windows(2).position(|pair| pair == b"\r\n")? + 2),
        Newlines::Translated | Newlines::Any => {
            let place = data.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
            match (data[place], data.get(place + 1)) {
                (b'\r', None) if !at_end => None,
                (b'\r', Some(b'\n')) => Some(place + 2),
                _ => Some(place + 1),
            }
        }
    }
}

/// Notes the kinds of line ends and, where that is asked for, makes them all `\n`.
pub(super) fn translate(data: Vec<u8>, newlines: &Cell<Newlines>, seen: &Cell<u8>) -> Vec<u8> {
    if !data.contains(&b'\r') {
        if data.contains(&b'\n') {
            seen.set(seen.get() | 2);
        }
        return data;
    }
    let mut out = Vec::with_capacity(data.len());
    let (mut at, mut kinds) = (0, seen.get());
    while at < data.len() {
        let (width, kind) = match (data[at], data.get(at + 1)) {
            (b'\r', Some(b'\n')) => (2, 4),
            (b'\r', _) => (1, 1),
            (b'\n', _) => (1, 2),
            _ => (1, 0),
        };
        kinds |= kind;
        match newlines.get() {
            Newlines::Translated if kind != 0 => out.push(b'\n'),
            _ => out.extend_from_slice(&data[at..at + width]),
        }
        at += width;
    }
    seen.set(kinds);
    out
}

/// The attribute `newlines`: the kinds of line ends met so far.
pub(super) fn seen(kinds: u8) -> Obj {
    let names = [(1, "\r"), (2, "\n"), (4, "\r\n")];
    let mut met: Vec<Obj> = names.iter().filter(|(bit, _)| kinds & bit != 0).map(|(_, name)| text::new(name)).collect();
    match met.len() {
        0 => Obj::none(),
        1 => met.remove(0),
        _ => Tuple::create(met),
    }
}

/// How many bytes the first `count` characters take; `None` where there are fewer.
pub(super) fn bytes_of(data: &[u8], count: usize, encoding: Encoding) -> Option<usize> {
    if encoding != Encoding::Utf8 {
        return (data.len() >= count).then_some(count);
    }
    let mut starts = data.iter().enumerate().filter(|(_, byte)| **byte & 0xc0 != 0x80).map(|(at, _)| at);
    match starts.nth(count) {
        Some(at) => Some(at),
        None => (data.iter().filter(|byte| **byte & 0xc0 != 0x80).count() == count).then_some(data.len()),
    }
}

/// As many of `count` bytes as can be given out without tearing `\r\n`: a `\r` at the end of what is there waits for more.
pub(super) fn keep_pairs(data: &[u8], count: Option<usize>, newlines: Newlines) -> Option<usize> {
    let count = count.unwrap_or(data.len());
    if newlines != Newlines::Translated || count == 0 || data[count - 1] != b'\r' {
        return Some(count);
    }
    match data.get(count) {
        Some(b'\n') => Some(count + 1),
        Some(_) => Some(count),
        None => Some(count - 1),
    }
}

/// How many of these bytes belong to characters that are complete (UTF-8).
pub(super) fn whole_characters(data: &[u8]) -> usize {
    for back in 1..=data.len().min(3) {
        let byte = data[data.len() - back];
        let width = match byte {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf => continue,
            _ => 1,
        };
        return if width > back { data.len() - back } else { data.len() };
    }
    data.len()
}

#[cfg(test)]
mod tests;

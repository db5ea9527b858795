//! The text that a pattern is matched against.
//!
//! Terms: *narrow*: characters of one byte each, which the engine reads where they are; *wide*: any other string, which it reads as
//! generalised UTF-8, made once per operation. Positions are characters in both.

use std::cell::RefCell;

use pv_object::Text;
use pv_object::{ByteArray, Bytes, Obj, Str};
use pv_runtime::{PyResult, Thread};
use rustpython_sre_engine::{Request, State, StrDrive};
use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::matched::Match;
use super::pattern::Pattern;
use crate::support::{bytes_like, machine_int};

enum Storage {
    /// The object's own memory.
    Own,
    Wide(Wtf8Buf),
    Copied(Vec<u8>),
}

/// See the module's header.
pub(super) struct Subject {
    object: Obj,
    storage: Storage,
    /// Characters.
    len: usize,
    /// The part that is looked at.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// How a match may lie in the subject.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Begins at the start.
    Match,
    /// Takes all of it.
    Full,
    /// Anywhere.
    Search,
}

/// One run of the engine.
#[derive(Clone, Copy)]
pub(super) struct Attempt {
    pub mode: Mode,
    pub start: usize,
    /// An empty match at the start does not count.
    pub must_advance: bool,
}

/// Where a match was found.
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
}

fn run<S: StrDrive>(state: &mut State, text: S, end: usize, code: &[u32], attempt: Attempt) -> Option<Found> {
    let Attempt { mode, start, must_advance } = attempt;
    let request =
        Request { string: text, start, end, pattern_codes: code, match_all: mode == Mode::Full, must_advance };
    state.reset(&request, start);
    let found = if mode == Mode::Search { state.search(request) } else { state.py_match(&request) };
    found.then_some(Found { start: state.start, end: state.cursor.position })
}

impl Drop for Subject {
    fn drop(&mut self) {
        crate::buffer::add_views(&self.object, -1);
    }
}

impl Subject {
    /// The subject of an operation of `pattern` on `object`, from `start` to `end`.
    pub(super) fn new(
        cx: &Thread,
        pattern: &Pattern,
        object: &Obj,
        start: Option<&Obj>,
        end: Option<&Obj>,
    ) -> PyResult<Subject> {
        let (storage, len) = storage(cx, object)?;
        let textual = object.downcast::<Str>().is_some();
        match (pattern.is_textual(), textual) {
            (Some(true), false) => return Err(cx.type_error("cannot use a string pattern on a bytes-like object")),
            (Some(false), true) => return Err(cx.type_error("cannot use a bytes pattern on a string-like object")),
            _ => {}
        }
        let place = |given: Option<&Obj>, default: usize| -> PyResult<usize> {
            let Some(given) = given else { return Ok(default) };
            Ok(usize::try_from(machine_int(cx, given)?).unwrap_or(0).min(len))
        };
        let (start, end) = (place(start, 0)?, place(end, len)?);
        crate::buffer::add_views(object, 1);
        Ok(Subject { object: object.clone(), storage, len, start, end })
    }

    /// The object.
    pub(super) fn object(&self) -> &Obj {
        &self.object
    }

    /// Runs the engine once.
    pub(super) fn attempt(&self, state: &RefCell<State>, pattern: &Pattern, mut attempt: Attempt) -> Option<Found> {
        let mut end = self.end;
        if attempt.start > end {
            // Nothing is left, but what is empty may match at the start.
            if attempt.mode != Mode::Match {
                return None;
            }
            end = attempt.start;
        }
        attempt.start = attempt.start.min(self.len);
        let state = &mut *state.borrow_mut();
        let mut narrow = |data: &[u8]| {
            // The memory may have moved since the last run.
            *state = State::default();
            let (mut attempt, end) = (attempt, end.min(data.len()));
            if let (Mode::Search, Some(prefix)) = (attempt.mode, &pattern.prefix) {
                // No match begins before the next place of what all of them begin with.
                let skipped = prefix.find(data.get(attempt.start..end)?)?;
                attempt.start += skipped;
                attempt.must_advance &= skipped == 0;
            }
            run(state, data, end, &pattern.code, attempt)
        };
        match &self.storage {
            Storage::Wide(text) => run::<&Wtf8>(state, text, end, &pattern.code, attempt),
            Storage::Copied(data) => narrow(data),
            Storage::Own => match (self.object.downcast::<Str>(), self.object.downcast::<ByteArray>()) {
                (Some(text), _) => match text.text() {
                    Text::One(data) => narrow(data),
                    _ => None,
                },
                (_, Some(data)) => data.with(|data| match attempt.start <= data.len() {
                    true => narrow(data),
                    false => None,
                }),
                _ => narrow(self.object.expect::<Bytes>().data()),
            },
        }
    }

    /// The part between two places.
    pub(super) fn slice(&self, cx: &Thread, start: usize, end: usize) -> PyResult {
        slice(cx, &self.object, start, end)
    }
}

fn storage(cx: &Thread, object: &Obj) -> PyResult<(Storage, usize)> {
    if let Some(text) = object.downcast::<Str>() {
        let storage = match text.text() {
            Text::One(_) => Storage::Own,
            wide => Storage::Wide(wide.iter().map(code_point).collect()),
        };
        return Ok((storage, text.len()));
    }
    if let Some(bytes) = object.downcast::<Bytes>() {
        return Ok((Storage::Own, bytes.data().len()));
    }
    if let Some(bytes) = object.downcast::<ByteArray>() {
        return Ok((Storage::Own, bytes.with(<[u8]>::len)));
    }
    let Some(copy) = cx.absorb(bytes_like(cx, object), pv_runtime::Exc::TypeError)? else {
        let found = cx.type_name(object);
        return Err(cx.type_error(format_args!("expected string or bytes-like object, got '{found}'")));
    };
    let len = copy.len();
    Ok((Storage::Copied(copy), len))
}

fn code_point(c: u32) -> CodePoint {
    CodePoint::from_u32(c).unwrap_or_else(|| CodePoint::from_char(char::REPLACEMENT_CHARACTER))
}

/// The part of a string or bytes-like object between two places: the object itself where that is all of it.
pub(super) fn slice(cx: &Thread, object: &Obj, start: usize, end: usize) -> PyResult {
    if let Some(text) = object.downcast::<Str>() {
        let (start, end) = (start.min(text.len()), end.min(text.len()));
        return Ok(match start == 0 && end == text.len() && object.is_exact() {
            true => object.clone(),
            false => text.slice(start, end.max(start)),
        });
    }
    if let Some(bytes) = object.downcast::<Bytes>() {
        let data = bytes.data();
        return Ok(match start == 0 && end == data.len() && object.is_exact() {
            true => object.clone(),
            false => Bytes::create(&data[start..end]),
        });
    }
    let data = bytes_like(cx, object)?;
    let end = end.min(data.len());
    Ok(Bytes::create(&data[start.min(end)..end]))
}

/// The match that the engine's state describes.
pub(super) fn regions(state: &State, groups: usize, found: &Found) -> (Vec<Option<(usize, usize)>>, Option<usize>) {
    let mut regions = Vec::with_capacity(groups + 1);
    regions.push(Some((found.start, found.end)));
    for group in 0..groups {
        let (start, end) = state.marks.get(group);
        regions.push(match (start.is_some(), end.is_some()) {
            (true, true) if start.unpack() <= end.unpack() => Some((start.unpack(), end.unpack())),
            _ => None,
        });
    }
    (regions, usize::try_from(state.marks.last_index()).ok().filter(|last| *last > 0))
}

/// A match object.
pub(super) fn matched(pattern: &Obj, subject: &Subject, state: &RefCell<State>, found: &Found) -> Match {
    let parts = pattern.native::<Pattern>();
    let groups = parts.map_or(0, |pattern| pattern.groups);
    let (regions, last) = regions(&state.borrow(), groups, found);
    Match {
        pattern: pattern.clone(),
        string: subject.object.clone(),
        start: subject.start,
        end: subject.end,
        regions,
        last,
    }
}

//! Walking over the matches in a subject, and `_sre.SRE_Scanner`.

use std::cell::{Cell, RefCell};

use pv_object::{Obj, Payload};
use pv_runtime::{PyResult, Slots, Thread, TypeTable, getsets, natives};
use rustpython_sre_engine::State;

use super::pattern::{Pattern, view};
use super::subject::{Attempt, Found, Mode, Subject, matched};
use crate::support::{create, state};

/// How far a walk over a subject has come.
#[derive(Clone, Copy)]
pub(super) struct Walk {
    /// `None` once there was no further match.
    next: Option<usize>,
    must_advance: bool,
}

impl Walk {
    /// A walk from a place on.
    pub(super) fn new(start: usize) -> Walk {
        Walk { next: Some(start), must_advance: false }
    }

    /// The next match; the engine's state has its groups.
    pub(super) fn next(
        &mut self,
        subject: &Subject,
        state: &RefCell<State>,
        pattern: &Pattern,
        mode: Mode,
    ) -> Option<Found> {
        let attempt = Attempt { mode, start: self.next?, must_advance: self.must_advance };
        let found = subject.attempt(state, pattern, attempt);
        self.next = found.as_ref().map(|found| found.end);
        self.must_advance = found.as_ref().is_some_and(|found| found.start == found.end);
        found
    }
}

/// The state of a scanner.
pub(super) struct Scanner {
    pattern: Obj,
    subject: Subject,
    state: RefCell<State>,
    walk: Cell<Walk>,
}

impl Payload for Scanner {
    fn visit(&self, visitor: &mut dyn FnMut(&Obj)) {
        visitor(&self.pattern);
        visitor(self.subject.object());
    }
}

impl Scanner {
    /// A scanner at the start of its subject.
    pub(super) fn new(pattern: Obj, subject: Subject) -> Scanner {
        let walk = Cell::new(Walk::new(subject.start));
        Scanner { pattern, subject, state: RefCell::default(), walk }
    }
}

fn step(cx: &Thread, this: &Obj, mode: Mode) -> PyResult {
    let scanner = state::<Scanner>(cx, this)?;
    let pattern = view(cx, &scanner.pattern)?;
    let mut walk = scanner.walk.get();
    let found = walk.next(&scanner.subject, &scanner.state, pattern, mode);
    scanner.walk.set(walk);
    Ok(match found {
        Some(found) => {
            create(&pattern.classes.matched, matched(&scanner.pattern, &scanner.subject, &scanner.state, &found))
        }
        None => Obj::none(),
    })
}

fn match_next(cx: &Thread, this: &Obj) -> PyResult {
    step(cx, this, Mode::Match)
}

fn search_next(cx: &Thread, this: &Obj) -> PyResult {
    step(cx, this, Mode::Search)
}

fn pattern(cx: &Thread, this: &Obj) -> PyResult {
    Ok(state::<Scanner>(cx, this)?.pattern.clone())
}

getsets! { static GETSETS:
    "pattern" pattern => "The pattern.";
}

natives! { static METHODS:
    "match" "(self, /)" F1(match_next) "The match at the scanner's place.";
    "search" "(self, /)" F1(search_next) "The next match.";
}

/// `_sre.SRE_Scanner`.
pub(super) static TABLE: TypeTable = TypeTable {
    methods: METHODS,
    getsets: GETSETS,
    slots: Slots { new: Some(super::no_instances), ..Slots::NONE },
    ..TypeTable::NONE
};

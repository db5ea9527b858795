//! `_suggestions`: which of some names was probably meant.
//!
//! The distance is Levenshtein's over the bytes of UTF-8, in half steps: a change of case costs one, anything else two.

use pv_object::{List, Obj, Str};
use pv_runtime::{PyResult, Thread, natives, text};

/// An insertion, a deletion, a substitution.
const MOVE: usize = 2;
/// A letter in the other case.
const CASE: usize = 1;
/// Longest differing middles that are compared, in bytes.
const LONGEST: usize = 40;
/// With as many candidates none is suggested.
const MOST: usize = 750;

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// What is left of two texts without the ends that they share.
fn middles<'a>(a: &'a [u8], b: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let shared = std::iter::zip(a, b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[shared..], &b[shared..]);
    let shared = std::iter::zip(a.iter().rev(), b.iter().rev()).take_while(|(a, b)| a == b).count();
    (&a[..a.len() - shared], &b[..b.len() - shared])
}

/// How far two texts are apart, unless that is more than `limit`.
fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let (a, b) = middles(a, b);
    if a.is_empty() || b.is_empty() {
        return Some((a.len() + b.len()) * MOVE).filter(|found| *found <= limit);
    }
    if a.len().max(b.len()) > LONGEST {
        return None;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|length| length * MOVE).collect();
    for (at, b) in b.iter().enumerate() {
        let (mut corner, mut left) = (at * MOVE, (at + 1) * MOVE);
        for (cell, a) in row.iter_mut().zip(a) {
            let substituted = corner + substitution(*a, *b);
            corner = *cell;
            left = substituted.min(left.min(corner) + MOVE);
            *cell = left;
        }
    }
    row.last().copied().filter(|found| *found <= limit)
}

/// The candidate nearest to a name, the first of several; `None` if none is near.
fn nearest<'a>(candidates: &'a [String], name: &str) -> Option<&'a str> {
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.iter().filter(|candidate| *candidate != name) {
        let near = (name.len() + candidate.len() + 3) * MOVE / 6;
        let limit = best.map_or(near, |(distance, _)| near.min(distance.saturating_sub(1)));
        if let Some(found) = distance(name.as_bytes(), candidate.as_bytes(), limit) {
            best = Some((found, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn generate(cx: &Thread, args: &[Option<Obj>]) -> PyResult {
    let [Some(candidates), Some(name)] = args else { return Err(cx.type_error("two arguments are needed")) };
    let Some(name) = name.downcast::<Str>() else {
        let found = cx.type_name(name);
        return Err(cx.type_error(format_args!("_generate_suggestions() argument 2 must be str, not {found}")));
    };
    let Some(list) = candidates.downcast::<List>() else { return Err(cx.type_error("candidates must be a list")) };
    let string = |item: Obj| Some(item.downcast::<Str>()?.to_string_lossy().to_string());
    let Some(candidates) = list.to_vec().into_iter().map(string).collect::<Option<Vec<String>>>() else {
        return Err(cx.type_error("all elements in 'candidates' must be strings"));
    };
    if candidates.len() >= MOST {
        return Ok(Obj::none());
    }
    Ok(nearest(&candidates, &name.to_string_lossy()).map_or_else(Obj::none, text::new))
}

natives! { static FUNCTIONS:
    "_generate_suggestions" "(candidates, item, /)" Bound(generate) "The candidate that was probably meant by item, or None.";
}

pub(crate) fn init(cx: &Thread, namespace: &Obj) -> PyResult<()> {
    crate::support::functions(cx, namespace, "_suggestions", FUNCTIONS);
    Ok(())
}

//! Chains of generators that delegate to generators (`yield from`, `await`), which bytecodes pass over: only the last one is resumed.
//!
//! Terms: a chain's *first* generator is the one that somebody iterates over; its *end* is the one that has no delegate that could be
//! resumed. Those ahead of the end are *passed over*: suspended, and running as far as anybody can tell while the end runs.

use pv_object::{Generator, GeneratorState, Obj};
use pv_word::Word;

use crate::thread::Thread;

/// The generators of a chain, borrowed: nothing may run meanwhile.
fn chain(first: &Obj) -> impl Iterator<Item = Word> {
    std::iter::once(first.word()).chain(first.expect::<Generator>().chain())
}

/// The generator to resume in order to resume `first`, which is suspended; None, the object, if it runs already. A chain that passes the
/// recursion limit is resumed level by level, and so is any while the program is watched, which hears of every level.
pub fn innermost(cx: &Thread, first: &Obj) -> Obj {
    let (mut end, mut depth) = (first.word(), cx.depth());
    for generator in chain(first) {
        let place = Obj::of(&generator).expect::<Generator>();
        if place.state() == GeneratorState::Running {
            return Obj::none();
        }
        if place.is_suspended() {
            end = generator;
        }
        depth += 1;
    }
    if depth > cx.vm().recursion_limit() || cx.is_observed() { first.clone() } else { Obj::of(&end).clone() }
}

/// The generator of the chain of `first` that delegates to `end`.
///
/// # Panics
/// If there is none: `end` was resumed by way of `first`, and chains change only where their end is.
pub fn waiting_for(first: &Obj, end: &Obj) -> Obj {
    let found = chain(first).find(|word| {
        Obj::of(word).expect::<Generator>().delegate().is_some_and(|delegate| Obj::of(&delegate).same(end))
    });
    Obj::of(&found.expect("a generator that was resumed by way of another is in its chain")).clone()
}

/// The generators of the chain of `first` ahead of `end`, the one that waits for `end` first.
pub fn passed_over(first: &Obj, end: &Obj) -> Vec<Obj> {
    let ahead = chain(first).map(|word| Obj::of(&word).clone()).take_while(|generator| !generator.same(end));
    let mut ahead: Vec<Obj> = ahead.collect();
    ahead.reverse();
    ahead
}

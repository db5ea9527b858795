//! Operations on exact built-in containers that run no Python, with the effects that these have.
//!
//! Terms: a search is *undecided* where only Python can tell whether two keys are equal, or what a key's hash is. Searches answer
//! by a number, so that a trace may test it and look again in another way.

use pv_bytecode::op::Compare;
use pv_machine::{Effects, Helper, Target};
use pv_object::{Dict, Finder, List, Obj, Probe, SetTable, Str, Tuple, quick_eq, quick_hash};
use pv_runtime::types::dict;
use pv_runtime::{Thread, protocol};
use pv_word::Word;

use super::{APPENDS, DICT_WRITES, LIST_WRITES, LOOKS, SET_WRITES, STEPS, VALUE, ints, small, words};
use crate::support::slices;

const PURE: Effects = Effects::PURE;
const ANY: Effects = Effects::ANY;

/// What a search answers that found nothing.
pub const ABSENT: i64 = -1;
/// What a search answers that is undecided.
pub const UNDECIDED: i64 = -2;

/// A search's answer as a number.
fn answer(probe: Probe) -> i64 {
    match probe {
        Probe::Found(entry) => entry as i64,
        Probe::Absent => ABSENT,
        Probe::Ask(_) => UNDECIDED,
    }
}

fn find_in_dict(dict: &Obj, key: &Obj) -> i64 {
    quick_hash(key).map_or(UNDECIDED, |hash| answer(dict.expect::<Dict>().probe(key, hash)))
}

fn find_in_set(set: &Obj, key: &Obj) -> i64 {
    let table = set.set_table().expect("the caller has tested the kind");
    quick_hash(key).map_or(UNDECIDED, |hash| answer(table.probe(key, hash)))
}

/// The first place of an equal item.
fn find_among(mut items: impl Iterator<Item = Word>, wanted: &Obj) -> i64 {
    let mut place = 0;
    loop {
        match items.next().map(|item| quick_eq(Obj::of(&item), wanted)) {
            None => return ABSENT,
            Some(Some(true)) => return place,
            Some(Some(false)) => place += 1,
            Some(None) => return UNDECIDED,
        }
    }
}

fn find_in_list(list: &Obj, wanted: &Obj) -> i64 {
    let list = list.expect::<List>();
    find_among((0..list.len()).map_while(|index| list.peek(index)), wanted)
}

fn compare_sets(op: u32, a: &SetTable, b: &SetTable) -> Option<bool> {
    let (shorter, longer) = (a.len() < b.len(), a.len() > b.len());
    Some(match Compare::from_index(op)? {
        Compare::Eq => !shorter && !longer && a.is_within(b)?,
        Compare::Ne => shorter || longer || !a.is_within(b)?,
        Compare::Le => a.is_within(b)?,
        Compare::Lt => shorter && a.is_within(b)?,
        Compare::Ge => b.is_within(a)?,
        Compare::Gt => longer && b.is_within(a)?,
    })
}

fn equal_sequences(a: &Obj, b: &Obj) -> Option<bool> {
    let (Some(a), Some(b)) = (a.exact::<List>(), b.exact::<List>()) else { return quick_eq(a, b) };
    if a.len() != b.len() {
        return Some(false);
    }
    for index in 0..a.len() {
        let (x, y) = (a.peek(index)?, b.peek(index)?);
        if !quick_eq(Obj::of(&x), Obj::of(&y))? {
            return Some(false);
        }
    }
    Some(true)
}

ints! {
    /// The entry of a key in an exact dict, or that it is absent or undecided.
    DICT_FIND "dict_find" LOOKS I2 (_cx, dict, key) Ok(find_in_dict(dict, key));
    /// The entry of an element in a set or frozen set.
    SET_FIND "set_find" LOOKS I2 (_cx, set, element) Ok(find_in_set(set, element));
    /// The place of an item in an exact list.
    LIST_FIND "list_find" LOOKS I2 (_cx, list, item) Ok(find_in_list(list, item));
    /// The place of an item in an exact tuple.
    TUPLE_FIND "tuple_find" LOOKS I2 (_cx, tuple, item) {
        Ok(find_among(tuple.expect::<Tuple>().items().iter().map(Obj::word), item))
    };
    /// A comparison of sets or frozen sets, by its number: 0, 1 or undecided.
    SET_COMPARE "set_compare" LOOKS I3 (_cx, a, b, op) {
        let [a, b] = [a, b].map(|set| set.set_table().expect("the caller has tested the kind"));
        Ok(compare_sets(small(op), a, b).map_or(UNDECIDED, i64::from))
    };
    /// Are two exact tuples, or two exact lists, equal? 0, 1 or undecided.
    SEQUENCE_EQUAL "sequence_equal" LOOKS I2 (_cx, a, b) Ok(equal_sequences(a, b).map_or(UNDECIDED, i64::from));
    /// Does a string contain another?
    STR_CONTAINS "str_contains" PURE I2 (_cx, text, part) {
        let (text, part) = (text.expect::<Str>(), part.expect::<Str>());
        Ok(i64::from(Finder::new(text.text(), part.text()).find(0, text.len()).is_some()))
    };
    /// `dict[key] = value` of an exact dict; the search for the key is decided.
    DICT_SET_ITEM "dict_set_item" DICT_WRITES I3 (cx, container, key, value) {
        dict::set(cx, container, key, value.clone()).map(|()| 0)
    };
    /// `dict[key] = value` of an exact dict; the key's `__hash__` and `__eq__` may run.
    DICT_STORE "dict_store" ANY I3 (cx, container, key, value) dict::set(cx, container, key, value.clone()).map(|()| 0);
    /// `set.add(element)` of an exact set where that runs no Python, else undecided.
    SET_INCLUDE "set_include" SET_WRITES I2 (_cx, set, element) {
        let table = set.set_table().expect("the caller has tested the kind");
        let Some(hash) = quick_hash(element) else { return Ok(UNDECIDED) };
        Ok(match table.probe(element, hash) {
            Probe::Found(_) => 0,
            Probe::Absent => {
                table.insert_absent(element.clone(), hash);
                0
            }
            Probe::Ask(_) => UNDECIDED,
        })
    };
    /// `set.add(element)` of an exact set; the search for the element is decided.
    SET_INSERT "set_insert" SET_WRITES I2 (_cx, set, element) {
        let table = set.set_table().expect("the caller has tested the kind");
        let hash = quick_hash(element).expect("the search was decided");
        if let Probe::Absent = table.probe(element, hash) {
            table.insert_absent(element.clone(), hash);
        }
        Ok(0)
    };
}

words! {
    /// The value of a dict's entry, by its number.
    DICT_VALUE "dict_value" LOOKS W2 (_cx, dict, entry) {
        let entry = entry.word().untag_int() as usize;
        Ok(dict.expect::<Dict>().value_at(entry).expect("a search has just found the entry"))
    };
    /// `list[start:stop:step]` of an exact list, for small ints and None; the step is not 0.
    LIST_PART "list_part" LOOKS W4 (_cx, list, start, stop, step) {
        Ok(slices::part_of_list(list.expect(), start, stop, step).expect("the caller has tested bounds and step"))
    };
    /// `text[start:stop]` or `tuple[start:stop]`, for small ints and None.
    FIXED_PART "fixed_part" LOOKS W3 (_cx, container, start, stop) {
        Ok(slices::part_of_fixed(container, start, stop).expect("the caller has tested kind and bounds"))
    };
    /// `a + b` of two exact lists, or of two exact tuples.
    SEQUENCE_CONCAT "sequence_concat" LOOKS W2 (_cx, a, b) {
        Ok(match (a.exact::<List>(), b.exact::<List>()) {
            (Some(a), Some(b)) => a.concat(b),
            _ if b.expect::<Tuple>().is_empty() => a.clone(),
            _ if a.expect::<Tuple>().is_empty() => b.clone(),
            _ => Tuple::concat(a.expect(), b.expect()),
        })
    };
    /// `list[start:stop] = source` of exact lists, not the same one, for small ints and None.
    LIST_SET_PART "list_set_part" LIST_WRITES W4 (cx, list, start, stop, source) {
        slices::set(cx, list, start, stop, source).map(|()| Obj::none())
    };
    /// Takes out the last item of an exact list that has one.
    LIST_POP "list_pop" APPENDS W1 (cx, list) {
        list.expect::<List>().pop().ok_or_else(|| cx.index_error("pop from empty list"))
    };
    /// Takes out the item of an exact list at a place that it has.
    LIST_TAKE "list_take" APPENDS W2 (cx, list, place) {
        let place = place.word().untag_int() as usize;
        list.expect::<List>().remove(place).ok_or_else(|| cx.index_error("pop index out of range"))
    };
    /// `str[int]` of an exact str.
    STR_ITEM "str_item" VALUE W2 (cx, text, index) protocol::get_item(cx, text, index);
    /// Takes an element out of a set, by its entry.
    SET_TAKE "set_take" SET_WRITES W2 (_cx, set, entry) {
        let table = set.set_table().expect("the caller has tested the kind");
        Ok(table.remove_at(entry.word().untag_int() as usize).expect("a search has just found the entry"))
    };
    /// An iterator over a built-in container that runs no Python to be iterated over.
    PLAIN_ITER "plain_iter" LOOKS W1 (cx, container) protocol::get_iter(cx, container);
    /// The next item of a built-in iterator that runs no Python, or the mark of exhaustion.
    PLAIN_NEXT "plain_next" STEPS W1 (cx, iterator) {
        Ok(protocol::iter_next(cx, iterator)?.unwrap_or_else(|| cx.exhausted().clone()))
    };
}

/// Appends to an exact list, taking over the reference to the value. Never fails.
pub static LIST_APPEND: Helper<Thread> = {
    extern "C" fn entry(_: &Thread, list: Word, value: Word) -> i64 {
        Obj::of(&list).expect::<List>().push(Obj::from_owned(value));
        0
    }
    Helper::new("list_append", APPENDS, Target::I2(entry))
};

/// Inserts into an exact list before a small int, taking over the reference to the value. Never fails.
pub static LIST_INSERT: Helper<Thread> = {
    extern "C" fn entry(_: &Thread, list: Word, index: Word, value: Word) -> i64 {
        let (list, index) = (Obj::of(&list).expect::<List>(), index.untag_int());
        let place = if index < 0 { (index + list.len() as i64).max(0) } else { index };
        list.insert(place as usize, Obj::from_owned(value));
        0
    }
    Helper::new("list_insert", APPENDS, Target::I3(entry))
};

//! Dicts against a model, and the conversation of a search.

use std::cell::Cell;
use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::quick::quick_hash;
use crate::{Instance, List};

fn hash(obj: &Obj) -> i64 {
    quick_hash(obj).unwrap()
}

fn find(dict: &Dict, key: &Obj) -> Option<usize> {
    match dict.probe(key, hash(key)) {
        Probe::Found(entry) => Some(entry),
        Probe::Absent => None,
        Probe::Ask(candidate) => panic!("plain keys need no Python: {:?}", candidate.key),
    }
}

fn set(dict: &Dict, key: Obj, value: Obj) {
    match find(dict, &key) {
        Some(entry) => drop(dict.set_value_at(entry, value)),
        None => drop(dict.insert_absent(key.clone(), hash(&key), value)),
    }
}

#[derive(Clone, Debug)]
enum Action {
    Set(u16, i32),
    Delete(u16),
    PopLast,
    Copy,
    Clear,
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let action = prop_oneof![
        12 => (0..600_u16, any::<i32>()).prop_map(|(key, value)| Action::Set(key, value)),
        6 => (0..600_u16).prop_map(Action::Delete),
        1 => Just(Action::PopLast),
        1 => Just(Action::Copy),
    ];
    let rarely = prop_oneof![200 => action, 1 => Just(Action::Clear)];
    proptest::collection::vec(rarely, 0..1500)
}

/// Keys of several kinds, some of which collide in their low bits.
fn key(number: u16) -> Obj {
    match number % 4 {
        0 => Obj::str(&format!("key {number}")),
        1 => Obj::int(i64::from(number) << 40),
        2 => Obj::float(f64::from(number) + 0.5),
        _ => crate::Tuple::create(vec![Obj::small(i32::from(number)), Obj::none()]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn a_dict_behaves_as_its_model(actions in actions()) {
        let heap = Heap::new();
        let before = heap.live_objects();
        let mut obj = Dict::create();
        let mut model: Vec<(u16, i32)> = Vec::new();
        for action in actions {
            let dict = obj.expect::<Dict>();
            match action {
                Action::Set(number, value) => {
                    set(dict, key(number), Obj::small(value));
                    match model.iter_mut().find(|(each, _)| *each == number) {
                        Some(entry) => entry.1 = value,
                        None => model.push((number, value)),
                    }
                }
                Action::Delete(number) => {
                    let removed = find(dict, &key(number)).and_then(|entry| dict.remove_at(entry));
                    let expected = model.iter().position(|(each, _)| *each == number).map(|index| model.remove(index).1);
                    prop_assert_eq!(removed.and_then(|(_, value)| value.as_i64()), expected.map(i64::from));
                }
                Action::PopLast => {
                    let popped = dict.pop_last().and_then(|(_, value)| value.as_i64());
                    prop_assert_eq!(popped, model.pop().map(|(_, value)| i64::from(value)));
                }
                Action::Copy => obj = dict.copy(),
                Action::Clear => {
                    dict.remove_all();
                    model.clear();
                }
            }
            prop_assert_eq!(obj.expect::<Dict>().len(), model.len());
        }
        let items: Vec<(Obj, i64)> =
            obj.expect::<Dict>().items().into_iter().map(|(key, value)| (key, value.as_i64().unwrap())).collect();
        prop_assert_eq!(items.len(), model.len());
        for ((found, value), (number, expected)) in items.iter().zip(&model) {
            prop_assert_eq!(quick_eq(found, &key(*number)), Some(true));
            prop_assert_eq!(*value, i64::from(*expected));
        }
        drop((items, obj));
        // The empty tuple may have been made once and for all; nothing else stays.
        prop_assert!(heap.live_objects() <= before + 1);
    }
}

#[test]
fn numbers_of_all_types_are_one_key() {
    Heap::new();
    let obj = Dict::create();
    let dict = obj.expect::<Dict>();
    set(dict, Obj::small(1), Obj::small(10));
    for same in [Obj::bool(true), Obj::float(1.0), crate::Complex::create(1.0, 0.0)] {
        assert_eq!(find(dict, &same), Some(0), "{same:?}");
    }
    assert_eq!(find(dict, &Obj::str("1")), None);
    assert_eq!(find(dict, &Obj::float(1.5)), None);
}

/// An instance of a Python class with comparison of its own.
fn opaque() -> Obj {
    let class = instance().shape().type_obj().clone();
    class.expect::<crate::Type>().set_attr(&Heap::current().intern("__eq__"), Obj::small(0));
    Instance::create(class.expect::<crate::Type>().root_shape())
}

/// An instance of a Python class of its own.
fn instance() -> Obj {
    let heap = Heap::current();
    let object = heap.shape_of(Kind::Instance).type_obj().clone();
    let flags = crate::TypeFlags::HEAP | crate::TypeFlags::HAS_DICT;
    let spec = crate::TypeSpec { name: "X".into(), bases: vec![object], kind: None, flags, slots: 0, metatype: None };
    let ty = crate::Type::create(spec).unwrap();
    Instance::create(ty.expect::<crate::Type>().root_shape())
}

#[test]
fn a_search_asks_about_every_candidate_and_starts_over_when_the_dict_changes() {
    Heap::new();
    let obj = Dict::create();
    let dict = obj.expect::<Dict>();
    let keys: Vec<Obj> = (0..20).map(|_| opaque()).collect();
    for (number, key) in keys.iter().enumerate() {
        dict.insert_absent(key.clone(), 7, Obj::usize(number));
    }
    let wanted = opaque();
    let asked = Rc::new(Cell::new(0));
    let mut probe = dict.probe(&wanted, 7);
    while let Probe::Ask(candidate) = probe {
        asked.set(asked.get() + 1);
        probe = dict.resume(candidate, false, &wanted, 7);
    }
    assert!(matches!(probe, Probe::Absent));
    assert_eq!(asked.get(), 20);

    let Probe::Ask(candidate) = dict.probe(&wanted, 7) else { panic!("a candidate") };
    let Probe::Found(entry) = dict.resume(candidate, true, &wanted, 7) else { panic!("found") };
    assert_eq!(dict.value_at(entry).unwrap().as_i64(), Some(0));

    let Probe::Ask(candidate) = dict.probe(&wanted, 7) else { panic!("a candidate") };
    dict.insert_absent(wanted.clone(), 7, Obj::small(99));
    dict.remove_at(0);
    let mut probe = dict.resume(candidate, true, &wanted, 7);
    while let Probe::Ask(candidate) = probe {
        probe = dict.resume(candidate, false, &wanted, 7);
    }
    let Probe::Found(entry) = probe else { panic!("identical keys are found") };
    assert_eq!(dict.value_at(entry).unwrap().as_i64(), Some(99));
}

#[test]
fn what_equals_itself_alone_is_found_without_a_question() {
    Heap::new();
    let obj = Dict::create();
    let dict = obj.expect::<Dict>();
    let class = instance().shape().type_obj().clone();
    let keys: Vec<Obj> = (0..20).map(|_| instance()).chain([class]).collect();
    for (number, key) in keys.iter().enumerate() {
        dict.insert_absent(key.clone(), 7, Obj::usize(number));
    }
    for (number, key) in keys.iter().enumerate() {
        assert!(matches!(dict.probe(key, 7), Probe::Found(entry) if entry == number));
        assert_eq!(quick_hash(key), Some(crate::hash::address(key.word().addr())));
    }
    assert!(matches!(dict.probe(&instance(), 7), Probe::Absent));
    assert!(matches!(dict.probe(&opaque(), 7), Probe::Ask(_)));
    assert_eq!(quick_hash(&opaque()), None);
}

#[test]
fn entries_are_walked_both_ways_past_the_dead() {
    let heap = Heap::new();
    let obj = Dict::create();
    let dict = obj.expect::<Dict>();
    (0..40).for_each(|number| dict.set(&format!("k{number}"), Obj::small(number)));
    (0..40).filter(|number| number % 3 != 0).for_each(|number| {
        dict.delete_str(&heap.intern(&format!("k{number}"))).unwrap();
    });
    let step = |from: &usize| dict.next_entry(*from).map(|(entry, _, _)| entry + 1);
    let forwards: Vec<usize> = std::iter::successors(step(&0), step).map(|next| next - 1).collect();
    assert_eq!(forwards, (0..40).step_by(3).collect::<Vec<_>>());
    let back = |before: &usize| dict.previous_entry(*before).map(|(entry, _, _)| entry);
    let backwards: Vec<usize> = std::iter::successors(back(&dict.entry_count()), back).collect();
    assert_eq!(backwards, forwards.into_iter().rev().collect::<Vec<_>>());
}

#[test]
fn stacks_and_queues_do_not_grow_the_table() {
    Heap::new();
    let obj = Dict::create();
    let dict = obj.expect::<Dict>();
    let insert = |number: i64| {
        let key = Obj::int(number);
        dict.insert_absent(key.clone(), hash(&key), Obj::none());
    };
    (0..100).for_each(insert);
    for number in 100..5000 {
        insert(number);
        assert_eq!(dict.pop_last().and_then(|(key, _)| key.as_i64()), Some(number));
        assert_eq!(dict.entry_count(), 100);
    }
    for number in 5000..10_000 {
        insert(number);
        let (first, _, _) = dict.next_entry(0).unwrap();
        dict.remove_at(first);
        assert!(dict.entry_count() < 600);
    }
    assert_eq!(dict.keys().iter().filter_map(Obj::as_i64).collect::<Vec<_>>(), (9900..10_000).collect::<Vec<_>>());
    (9900..10_000).for_each(|number| assert!(find(dict, &Obj::int(number)).is_some()));
}

#[test]
fn versions_of_cell_dicts_are_unlike_one_another() {
    Heap::new();
    let (a, b) = (Dict::create_for_cells(), Dict::create_for_cells());
    let mut seen = vec![a.expect::<Dict>().version(), b.expect::<Dict>().version()];
    for dict in [&a, &b, &a] {
        dict.expect::<Dict>().set("x", Obj::small(1));
        seen.push(dict.expect::<Dict>().version());
    }
    assert_eq!(seen[2], seen[4], "replacing a value is no change of keys");
    seen.pop();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 4);
}

#[test]
fn a_dict_that_gains_cells_keeps_its_items() {
    let heap = Heap::new();
    let _names = ["gone", "x"].map(|name| heap.intern(name));
    let before = heap.live_objects();
    let dict = Dict::create();
    let view = dict.expect::<Dict>();
    let value = List::create(Vec::new());
    view.set("gone", Obj::small(0));
    view.set("x", value.clone());
    view.delete_str(&Obj::str("gone"));
    let (plain, cell) = (view.version(), Dict::create_for_cells().expect::<Dict>().version());
    assert!(plain > cell && !view.has_cells() && view.cell_of(&Obj::str("x")).is_none());
    view.gain_cells();
    assert!(view.has_cells() && view.version() > cell && view.version() < plain);
    assert!(view.get("x").is_some_and(|held| held.same(&value)) && view.len() == 1 && view.get("gone").is_none());
    assert_eq!(value.header().map(Header::count), Some(2), "the dict and this test own it");
    let version = view.version();
    view.gain_cells();
    assert_eq!(view.version(), version);
    drop((dict, value));
    assert_eq!(heap.live_objects(), before);
}

#[test]
fn clearing_a_dict_that_holds_itself_frees_it() {
    let heap = Heap::new();
    let before = heap.live_objects();
    let dict = Dict::create();
    dict.expect::<Dict>().set("me", List::create(vec![dict.clone()]));
    Heap::clear(&dict);
    drop(dict);
    assert_eq!(heap.live_objects(), before);
}

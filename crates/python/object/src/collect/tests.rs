//! Cycles are found, what is alive is not; generations; classes die after their instances; accounts are exact.

use super::*;
use crate::layouts::{Dict, List};
use crate::{Instance, TypeSpec};

fn class(name: &str) -> Obj {
    let object = Heap::current().shape_of(Kind::Instance).type_obj().clone();
    let flags = TypeFlags::HEAP | TypeFlags::HAS_DICT | TypeFlags::BASE;
    let spec = TypeSpec { name: name.to_owned(), bases: vec![object], kind: None, flags, slots: 0, metatype: None };
    Type::create(spec).expect("a plain class")
}

fn instance(class: &Obj) -> Obj {
    Instance::create(class.expect::<Type>().root_shape())
}

/// A list that contains itself and `item`.
fn cycle(item: Obj) -> Obj {
    let list = List::create(vec![item]);
    list.expect::<List>().push(list.clone());
    list
}

fn collect(heap: &Heap, generation: usize) -> usize {
    let garbage = heap.find_garbage(generation);
    let (dead, alive) = heap.still_garbage(garbage);
    assert!(alive.is_empty(), "nothing ran in between");
    let count = dead.len();
    heap.bury(dead);
    count
}

#[test]
fn cycles_are_freed_and_what_is_held_from_outside_is_not() {
    let heap = Heap::new();
    collect(heap, 2);
    let before = heap.census();
    let held = cycle(Obj::small(1));
    let inner = List::create(vec![held.clone()]);
    drop(cycle(inner));
    assert_eq!(collect(heap, 2), 2);
    assert_eq!(held.ref_count(), 2);
    assert!(heap.miscounted().is_empty());
    held.expect::<List>().take_all();
    drop(held);
    assert_eq!(heap.census(), before);
}

#[test]
fn counts_are_what_they_were_after_a_search() {
    let heap = Heap::new();
    let held = cycle(Obj::small(1));
    let other = held.clone();
    assert!(heap.find_garbage(2).is_empty());
    assert_eq!(held.ref_count(), 3);
    drop(other);
    held.expect::<List>().take_all();
}

#[test]
fn survivors_move_a_generation_up() {
    let heap = Heap::new();
    collect(heap, 2);
    let list = List::create(vec![Obj::none()]);
    let generation = || (0..3).find(|each| heap.tracked_objects(Some(*each)).iter().any(|obj| obj.same(&list)));
    for expected in [0, 1, 2, 2] {
        assert_eq!(generation(), Some(expected));
        collect(heap, expected);
    }
    heap.freeze();
    assert_eq!(generation(), None);
    heap.unfreeze();
    assert_eq!(generation(), Some(2));
}

#[test]
fn a_young_collection_leaves_old_garbage_alone() {
    let heap = Heap::new();
    let old = cycle(Obj::none());
    collect(heap, 2);
    drop(old);
    assert_eq!(collect(heap, 0), 0);
    assert_eq!(collect(heap, 1), 0);
    assert_eq!(collect(heap, 2), 1);
}

#[test]
fn classes_die_with_their_last_instance() {
    let heap = Heap::new();
    collect(heap, 2);
    let before = heap.census();
    let ty = class("C");
    let name = heap.intern("me");
    ty.expect::<Type>().set_attr(&name, ty.clone());
    let object = instance(&ty);
    object.expect::<Instance>().set_attr(&name, object.clone());
    drop(ty);
    assert_eq!(collect(heap, 2), 0, "an instance keeps its class");
    drop(object);
    assert!(collect(heap, 0) <= 1, "no class dies in a young collection");
    collect(heap, 2);
    let mut after = heap.census();
    after[Kind::Str as usize] = before[Kind::Str as usize];
    assert_eq!(after, before);
    assert!(heap.miscounted().is_empty());
}

#[test]
fn a_subclass_keeps_its_base_and_dies_with_it() {
    let heap = Heap::new();
    collect(heap, 2);
    let before = heap.census()[Kind::Type as usize];
    let base = class("Base");
    let mut spec = TypeSpec::builtin("Derived", vec![base.clone()], None);
    spec.flags |= TypeFlags::HEAP;
    let derived = Type::create(spec).expect("a plain class");
    drop(base);
    assert_eq!(collect(heap, 2), 0);
    drop(derived);
    collect(heap, 2);
    assert_eq!(heap.census()[Kind::Type as usize], before);
}

#[test]
fn large_objects_are_collected() {
    let heap = Heap::new();
    collect(heap, 2);
    let list = List::create(Vec::new());
    let large = Tuple::create((0..1000).map(|_| list.clone()).collect());
    list.expect::<List>().push(large.clone());
    let bytes = heap.bytes();
    assert_eq!(collect(heap, 1), 0);
    drop((list, large));
    assert_eq!(collect(heap, 1), 0);
    assert_eq!(collect(heap, 2), 2);
    assert!(heap.bytes() + 8000 <= bytes, "{} of {bytes} bytes are left", heap.bytes());
}

#[test]
fn the_account_is_exact() {
    let heap = Heap::new();
    collect(heap, 2);
    let count = || heap.collection_counts()[0];
    assert_eq!(count(), 0);
    let mut lists: Vec<Obj> = (0..100).map(|_| List::create(Vec::new())).collect();
    assert_eq!(count(), 100);
    lists.truncate(40);
    assert_eq!(count(), 40);
    collect(heap, 0);
    lists.clear();
    assert_eq!(count(), 0, "it never falls below zero");
    lists.extend((0..10).map(|_| Dict::create()));
    assert_eq!(count(), 10);
}

#[test]
fn allocations_past_the_threshold_make_a_collection_due() {
    let heap = Heap::new();
    let plan = pv_machine::RegisterStack::new(16);
    let state = std::rc::Rc::new(pv_machine::State::new(&plan));
    heap.attach(std::rc::Rc::clone(&state));
    collect(heap, 2);
    let due = || state.breaker.bits() & pv_machine::Breaker::COLLECT != 0;
    let lists: Vec<Obj> = (0..1999).map(|_| List::create(Vec::new())).collect();
    assert!(!due());
    let _more = [List::create(Vec::new()), List::create(Vec::new())];
    assert!(due());
    drop(lists);
    state.breaker.clear(pv_machine::Breaker::COLLECT);
    collect(heap, 2);
    (0..10_000).for_each(|_| drop(List::create(Vec::new())));
    assert!(!due(), "what is freed again does not count");
    heap.set_thresholds([0, 10, 10]);
    let _many: Vec<Obj> = (0..5000).map(|_| List::create(Vec::new())).collect();
    assert!(!due(), "a threshold of zero turns collections off");
    heap.set_thresholds([2000, 10, 10]);
    heap.collect_always(true);
    let _one = List::create(Vec::new());
    assert!(due(), "each allocation in stress mode");
    state.breaker.clear(pv_machine::Breaker::COLLECT);
    heap.set_thresholds([0, 10, 10]);
    let _another = List::create(Vec::new());
    assert!(!due(), "there too a threshold of zero turns collections off");
}

#[test]
fn a_collection_due_before_anybody_listens_becomes_due_again() {
    let heap = Heap::new();
    let _early: Vec<Obj> = (0..3000).map(|_| List::create(Vec::new())).collect();
    let plan = pv_machine::RegisterStack::new(16);
    let state = std::rc::Rc::new(pv_machine::State::new(&plan));
    heap.attach(std::rc::Rc::clone(&state));
    let _late: Vec<Obj> = (0..300).map(|_| List::create(Vec::new())).collect();
    assert!(state.breaker.bits() & pv_machine::Breaker::COLLECT != 0);
}

#[test]
fn finalisers_come_in_the_order_of_making() {
    let heap = Heap::new();
    let ty = class("F");
    ty.expect::<Type>().set_attr(&heap.intern("__del__"), Obj::none());
    let holders: Vec<Obj> = (0..5).map(|_| instance(&ty)).collect();
    let expected: Vec<u64> = {
        // Freed blocks are used again, the last one first.
        drop(holders);
        drop(heap.take_finalizers());
        let made: Vec<Obj> = (0..5).map(|_| instance(&ty)).collect();
        let name = heap.intern("me");
        made.iter().for_each(|each| assert!(each.expect::<Instance>().set_attr(&name, each.clone())));
        made.iter().map(|each| each.word().0).collect()
    };
    let garbage = heap.find_garbage(2);
    let found: Vec<u64> = garbage.iter().filter(|obj| obj.kind() == Kind::Instance).map(|obj| obj.word().0).collect();
    assert_eq!(found, expected);
    garbage.iter().for_each(|obj| assert!(Heap::claim_finalizer(obj) || obj.kind() != Kind::Instance));
    heap.bury(garbage);
}

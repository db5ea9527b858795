//! What counts as a leak, on heaps of which nothing else is alive.

use crate::*;

#[test]
fn a_heap_that_everybody_left_is_clean() {
    let heap = Heap::new();
    drop(List::create(vec![Obj::str("some text"), Obj::float(1e300)]));
    let cycle = List::create(Vec::new());
    cycle.expect::<List>().push(cycle.clone());
    drop(cycle);
    let leaks = heap.find_leaks();
    assert!(leaks.is_empty(), "{leaks:?}");
}

#[test]
fn a_lost_reference_is_found_and_so_is_what_hangs_on_it() {
    let heap = Heap::new();
    let inner = Obj::str("kept by the list");
    let list = List::create(vec![inner.clone()]);
    drop(inner);
    let lost = list.word().addr();
    std::mem::forget(list);
    let leaks = heap.find_leaks();
    assert_eq!(leaks.len(), 2, "{leaks:?}");
    assert_eq!((leaks[0].address, leaks[0].class.as_str(), leaks[0].count, leaks[0].lost()), (lost, "list", 1, 1));
    assert_eq!((leaks[1].shown.as_str(), leaks[1].lost()), ("\"kept by the list\"", 0));
    assert_eq!(leaks[1].referrers, [(lost, "list".to_owned())]);
}

#[test]
fn a_reference_lost_to_what_stays_is_found() {
    let heap = Heap::new();
    let mro = heap.shape_of(Kind::Bool).ty().mro();
    std::mem::forget(mro.clone());
    drop(mro);
    let leaks = heap.find_leaks();
    assert_eq!(leaks.iter().map(|leak| (leak.class.as_str(), leak.lost())).collect::<Vec<_>>(), [("tuple", 1)]);
}

#[test]
fn a_cycle_with_a_lost_reference_is_no_garbage() {
    let heap = Heap::new();
    let list = List::create(Vec::new());
    list.expect::<List>().push(list.clone());
    std::mem::forget(list);
    let leaks = heap.find_leaks();
    assert_eq!((leaks.len(), leaks[0].count, leaks[0].lost()), (1, 2, 1));
}

#[test]
fn a_cell_that_lives_for_ever_excuses_no_value() {
    let heap = Heap::new();
    let cell = GlobalCell::create(Obj::str("a value"));
    cell.expect::<GlobalCell>().outlive();
    drop(cell);
    let leaks = heap.find_leaks();
    assert_eq!(leaks.iter().map(|leak| leak.shown.as_str()).collect::<Vec<_>>(), ["\"a value\""]);
}

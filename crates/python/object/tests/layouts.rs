//! Smaller layouts: what their states say and how they are shared.

use pv_object::*;

#[test]
fn lengths_of_ranges() {
    for (start, stop, step, expected) in [
        (0, 10, 1, 10),
        (0, 10, 3, 4),
        (0, 9, 3, 3),
        (10, 0, -1, 10),
        (10, 0, -4, 3),
        (0, 10, -1, 0),
        (5, 5, 1, 0),
        (-(1 << 61), (1 << 61) - 1, 1, i64::MAX >> 1),
        (i64::MIN >> 2, i64::MAX >> 2, i64::MAX >> 2, 3),
    ] {
        assert_eq!(Range::count(start, stop, step), expected, "range({start}, {stop}, {step})");
    }
    Heap::new();
    let range = Range::of(3, 10, 2);
    assert_eq!(range.expect::<Range>().small(), Some((3, 2, 4)));
    let big = Obj::big(BigInt::from(2).pow(70));
    let long = Range::create(Obj::small(0), big.clone(), big, Obj::small(1));
    assert_eq!(long.expect::<Range>().small(), None);
}

#[test]
fn sets_are_filled_searched_and_taken_over() {
    Heap::new();
    let add = |table: &SetTable, value: i64| {
        let key = Obj::int(value);
        let hash = quick_hash(&key).expect("an int");
        if matches!(table.probe(&key, hash), Probe::Absent) {
            table.insert_absent(key, hash);
        }
    };
    let (a, b) = (Set::create(), FrozenSet::create());
    let (x, y) = (a.set_table().expect("a set"), b.set_table().expect("a set"));
    [1, 2, 3, 2, 1].into_iter().for_each(|value| add(x, value));
    assert_eq!(x.len(), 3);
    y.copy_from(x);
    assert_eq!(y.items().iter().filter_map(|(item, _)| item.as_i64()).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(x.remove_at(1).and_then(|item| item.as_i64()), Some(2));
    assert_eq!(x.next_entry(1).and_then(|(entry, item, _)| item.as_i64().map(|value| (entry, value))), Some((2, 3)));
    y.take_from(x);
    assert_eq!((x.len(), y.len()), (0, 2));
    let hash = b.expect::<FrozenSet>().hash();
    assert_eq!(hash, pv_object::hash::frozenset([1, 3].into_iter()));
}

#[test]
fn hash_seeds_are_the_references() {
    for (seed, text, bytes) in [
        (1, -4_667_308_735_975_688_587, 4_697_380_503_286_254_714),
        (12_345, 2_962_436_275_791_859_092, 3_184_199_782_645_080_147),
        (u32::MAX, -6_122_489_556_238_538_401, 6_208_778_848_576_073_069),
    ] {
        Heap::with_hash_key(pv_object::hash::key_from_seed(seed));
        assert_eq!(quick_hash(&Obj::str("abc")), Some(text), "seed {seed}");
        assert_eq!(quick_hash(&Bytes::create(b"hello world")), Some(bytes), "seed {seed}");
    }
}

#[test]
fn bytes_are_shared_when_empty_and_arrays_change() {
    Heap::new();
    assert!(Bytes::create(b"").same(&Bytes::create(b"")));
    assert_eq!(Bytes::create(b"abc").expect::<Bytes>().data(), b"abc");
    let array = ByteArray::create(vec![1, 2]);
    let view = array.expect::<ByteArray>();
    view.with_mut(|data| data.push(3));
    assert_eq!(view.with(<[u8]>::to_vec), [1, 2, 3]);
    view.add_exports(2);
    view.add_exports(-1);
    assert_eq!(view.exports(), 1);
}

#[test]
fn payloads_are_found_by_their_type() {
    struct Counter(std::cell::Cell<u32>);
    impl Payload for Counter {}
    struct Other;
    impl Payload for Other {}
    let heap = Heap::new();
    let native = Native::create(Box::new(Counter(std::cell::Cell::new(1))), heap.shape_of(Kind::Native));
    let counter = native.native::<Counter>().expect("its type");
    counter.0.set(counter.0.get() + 1);
    assert_eq!(native.native::<Counter>().map(|counter| counter.0.get()), Some(2));
    assert!(native.native::<Other>().is_none() && Obj::none().native::<Counter>().is_none());
}

#[test]
fn iterators_over_dicts_start_where_they_should() {
    let heap = Heap::new();
    let dict = Dict::create();
    ["a", "b", "c"].into_iter().for_each(|name| dict.expect::<Dict>().set(name, Obj::none()));
    let make = |reversed| DictIter::create(dict.clone(), ViewKind::Keys, reversed, heap.shape_of(Kind::DictIter));
    let (forwards, backwards) = (make(false), make(true));
    let state = |obj: &Obj| {
        let iter = obj.expect::<DictIter>();
        (iter.index.get(), iter.len.get(), iter.is_reversed(), iter.shows())
    };
    assert_eq!(state(&forwards), (0, 3, false, ViewKind::Keys));
    assert_eq!(state(&backwards), (3, 3, true, ViewKind::Keys));
}

#[test]
fn windows_of_slots_are_viewed_and_taken() {
    use pv_object::machine_word::Word;
    use std::cell::Cell;
    Heap::new();
    let list = List::create(Vec::new());
    let slots = [Cell::new(Word::small(1)), Cell::new(list.clone().into_word())];
    assert_eq!(view_window(&slots)[0].as_i64(), Some(1));
    assert!(view_window(&slots)[1].same(&list));
    assert_eq!(list.ref_count(), 2);
    let taken = take_window(&slots);
    // The words stay where they are: whoever lent the window forgets them.
    assert_eq!(slots[1].get(), list.word());
    assert_eq!((taken.len(), list.ref_count()), (2, 2));
    drop(taken);
    assert_eq!(list.ref_count(), 1);
}

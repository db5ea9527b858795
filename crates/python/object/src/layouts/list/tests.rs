//! Lists against vectors, and the ownership of their items.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Action {
    Push(i64),
    Pop,
    Insert(usize, i64),
    Remove(usize),
    Set(usize, i64),
    Splice(usize, usize, Vec<i64>),
    Reverse,
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => any::<i64>().prop_map(Action::Push),
        2 => Just(Action::Pop),
        2 => (0..40_usize, any::<i64>()).prop_map(|(at, value)| Action::Insert(at, value)),
        2 => (0..40_usize).prop_map(Action::Remove),
        2 => (0..40_usize, any::<i64>()).prop_map(|(at, value)| Action::Set(at, value)),
        2 => (0..40_usize, 0..40_usize, proptest::collection::vec(any::<i64>(), 0..12))
            .prop_map(|(start, len, items)| Action::Splice(start, len, items)),
        1 => Just(Action::Reverse),
    ]
}

fn ints(items: &[Obj]) -> Vec<i64> {
    items.iter().map(|item| item.as_i64().unwrap()).collect()
}

#[test]
fn a_list_whose_items_are_lent_tells_of_changes() {
    Heap::new();
    let obj = List::create(vec![Obj::small(1), Obj::small(2)]);
    let list = obj.expect::<List>();
    let items = list.lend_all();
    assert!(list.is_empty());
    assert!(!list.restore(items), "nobody touched it");
    assert_eq!(ints(&list.to_vec()), [1, 2]);
    let changes: [fn(&List); 2] = [|list| drop(list.pop()), |list| drop(list.take_all())];
    for change in changes {
        let items = list.lend_all();
        list.push(Obj::small(3));
        change(list);
        assert!(list.restore(items), "it is empty again, but was not all the time");
        assert_eq!(ints(&list.to_vec()), [1, 2]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]
    #[test]
    fn a_list_behaves_as_a_vector(actions in proptest::collection::vec(action(), 0..200)) {
        let heap = Heap::new();
        let before = heap.live_objects();
        let obj = List::create(Vec::new());
        let list = obj.expect::<List>();
        let mut model: Vec<i64> = Vec::new();
        for action in actions {
            match action {
                Action::Push(value) => {
                    list.push(Obj::int(value));
                    model.push(value);
                }
                Action::Pop => prop_assert_eq!(list.pop().and_then(|item| item.as_i64()), model.pop()),
                Action::Insert(at, value) => {
                    list.insert(at, Obj::int(value));
                    model.insert(at.min(model.len()), value);
                }
                Action::Remove(at) => {
                    let expected = (at < model.len()).then(|| model.remove(at));
                    prop_assert_eq!(list.remove(at).and_then(|item| item.as_i64()), expected);
                }
                Action::Set(at, value) => {
                    let stored = list.set(at, Obj::int(value)).is_ok();
                    prop_assert_eq!(stored, at < model.len());
                    if let Some(place) = model.get_mut(at) {
                        *place = value;
                    }
                }
                Action::Splice(start, len, items) => {
                    let start = start.min(model.len());
                    let end = (start + len).min(model.len());
                    let old = list.splice(start, end, items.iter().map(|value| Obj::int(*value)).collect());
                    prop_assert_eq!(ints(&old), model.splice(start..end, items).collect::<Vec<_>>());
                }
                Action::Reverse => {
                    list.reverse();
                    model.reverse();
                }
            }
            prop_assert_eq!(ints(&list.to_vec()), model.clone());
        }
        prop_assert_eq!(ints(&list.slice(2, 5)), model.iter().skip(2).take(3).copied().collect::<Vec<_>>());
        prop_assert_eq!(ints(&list.take_all()), model);
        prop_assert!(list.is_empty());
        drop(obj);
        prop_assert_eq!(heap.live_objects(), before);
    }
}

#[test]
fn buffers_go_back_to_their_pool() {
    let heap = Heap::new();
    let fill = || drop(List::create((0..1000).map(Obj::small).collect()));
    fill();
    let bytes = heap.bytes();
    (0..100).for_each(|_| fill());
    assert_eq!(heap.bytes(), bytes);
}

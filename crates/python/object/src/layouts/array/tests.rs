use super::*;

const SHORTS: ArrayForm = ArrayForm { letter: b'h', size: 2, format: "h" };

fn bytes(array: &Obj) -> Vec<u8> {
    array.expect::<Array>().with(<[u8]>::to_vec)
}

fn shorts(bytes: &[u8]) -> Obj {
    Array::with_shape(SHORTS, bytes, Heap::current().shape_of(Kind::Array))
}

#[test]
fn splice_replaces_whole_items_by_more_or_fewer() {
    Heap::new();
    let array = shorts(&[1, 0, 2, 0, 3, 0]);
    array.expect::<Array>().splice(2..4, &[7, 7, 8, 8, 9, 9]);
    assert_eq!(bytes(&array), [1, 0, 7, 7, 8, 8, 9, 9, 3, 0]);
    array.expect::<Array>().splice(0..8, &[]);
    assert_eq!((bytes(&array), array.expect::<Array>().len()), (vec![3, 0], 1));
}

#[test]
fn growth_keeps_the_items() {
    Heap::new();
    let array = shorts(&[]);
    let mut expected = Vec::new();
    for item in 0..1000_u16 {
        array.expect::<Array>().splice(expected.len()..expected.len(), &item.to_le_bytes());
        expected.extend(item.to_le_bytes());
    }
    assert_eq!(bytes(&array), expected);
}

#[test]
#[should_panic(expected = "within an item")]
fn items_are_never_cut() {
    Heap::new();
    shorts(&[1, 0, 2, 0]).expect::<Array>().splice(0..1, &[]);
}

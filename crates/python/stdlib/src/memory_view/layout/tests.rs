use super::Layout;

const MEMORY: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

#[test]
fn slices_of_slices() {
    let all = Layout::rows(0, 1, vec![12]);
    assert_eq!(all.gather(&MEMORY), MEMORY);
    let odd = all.sliced(1, 2, 6);
    assert_eq!(odd.gather(&MEMORY), [1, 3, 5, 7, 9, 11]);
    assert!(all.is_rows() && !odd.is_rows());
    let back = odd.sliced(5, -2, 3);
    assert_eq!(back.gather(&MEMORY), [11, 7, 3]);
    assert_eq!(back.place(&[1]), 7);
}

#[test]
fn two_dimensions() {
    let table = Layout::rows(0, 2, vec![2, 3]);
    assert!(table.is_rows() && !table.is_columns());
    assert_eq!(table.strides, [6, 2]);
    assert_eq!(table.place(&[1, 2]), 10);
    assert_eq!(table.gather_columns(&MEMORY), [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11]);
    let mut copy = [0; 12];
    table.scatter(&mut copy, &MEMORY);
    assert_eq!(copy, MEMORY);
}

use super::grew;

#[test]
fn growth_is_more_than_noise() {
    const MEGABYTE: i64 = 1 << 20;
    assert!(!grew(10 * MEGABYTE, 11 * MEGABYTE));
    assert!(grew(10 * MEGABYTE, 11 * MEGABYTE + 1));
    assert!(!grew(200 * MEGABYTE, 203 * MEGABYTE));
    assert!(grew(200 * MEGABYTE, 205 * MEGABYTE));
    assert!(!grew(10 * MEGABYTE, 5 * MEGABYTE));
}

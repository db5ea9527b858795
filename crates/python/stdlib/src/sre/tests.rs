use super::check::is_valid;

#[test]
fn what_the_compiler_makes_is_valid() {
    // (a)?(?(1)b|c)
    let conditional = [14, 4, 0, 1, 2, 23, 9, 0, 1, 17, 0, 16, 97, 17, 1, 18, 12, 0, 6, 16, 98, 15, 3, 16, 99, 1];
    assert!(is_valid(&conditional, 1));
    assert!(!is_valid(&conditional, 0), "a group that is not there");
    // a|b|cd
    let branches =
        [14, 8, 4, 1, 2, 22, 97, 99, 0, 7, 5, 16, 97, 15, 14, 5, 16, 98, 15, 9, 7, 16, 99, 16, 100, 15, 2, 0, 1];
    assert!(is_valid(&branches, 0));
    // (?:ab)*+c and a*+b
    assert!(is_valid(&[14, 4, 0, 1, 4294967295, 28, 7, 0, 4294967295, 16, 97, 16, 98, 1, 16, 99, 1], 0));
    assert!(is_valid(&[14, 4, 0, 1, 4294967295, 29, 6, 0, 4294967295, 16, 97, 1, 16, 98, 1], 0));
    // (?<!a)b
    assert!(is_valid(&[14, 4, 0, 1, 1, 5, 5, 1, 16, 97, 1, 16, 98, 1], 0));
}

#[test]
fn what_would_lead_the_engine_astray_is_not() {
    for code in
        [&[][..], &[0], &[16, 97], &[16, 1], &[99, 1], &[7, 200, 0, 1], &[13, 3, 16, 97, 1], &[18, 1], &[6, 12, 1]]
    {
        assert!(!is_valid(code, 0), "{code:?}");
    }
    assert!(is_valid(&[1], 0));
    assert!(!is_valid(&[1], usize::MAX));
}

use super::Expected;

#[test]
fn a_row_covers_its_method_and_a_star_all_that_begin_so() {
    let text = "# words\n\ntest_a C.test_x | C API: PyList_New\ntest_a D.* | needs native module: _ctypes\n";
    let expected = Expected::parse(text).expect("a list");
    assert!(expected.covers("test_a", "C.test_x"));
    assert!(expected.covers("test_a", "D.test_y"));
    assert!(!expected.covers("test_a", "C.test_xy"));
    assert!(!expected.covers("test_b", "C.test_x"));
}

#[test]
fn a_reason_must_be_a_known_one_and_say_something() {
    let fault = |line: &str| Expected::parse(line).expect_err("a fault");
    assert!(fault("test_a C.test_x | it is hard").starts_with("1: the reason is none of"));
    assert!(fault("# x\ntest_a C.test_x | C API:").starts_with("2: the reason says nothing"));
    assert!(fault("test_a C.test_x").starts_with("1: no ` | `"));
    assert!(fault("test_a | C API: x").starts_with("1: a module and a method"));
}

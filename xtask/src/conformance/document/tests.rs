use super::*;

#[test]
fn what_is_written_is_read_again() {
    let mut document = Document::default();
    let failing = BTreeSet::from(["C.test_x".to_owned(), "setUp (y)".to_owned()]);
    let verdict = Verdict { passed: 7, failing, failed: 2, expected: 1, skipped: 3, ..Verdict::default() };
    document.record("test_a", &verdict);
    document.record("test_b", &Verdict { passed: 1, ..Verdict::default() });
    let text = document.to_string();
    assert!(text.contains("| `test_a` | 7 | 2 | 77.8 % | 1 | 3 |\n"), "{text}");
    assert!(text.contains("| all | 8 | 2 | 80.0 % | 1 | 3 |\n"), "{text}");
    let again = Document::parse(&text);
    assert_eq!(again.to_string(), text);
    assert_eq!(again.failing("test_a").map(BTreeSet::len), Some(2));
    assert_eq!(again.failing("test_b").map(BTreeSet::len), Some(0));
    assert_eq!(again.failing("test_c"), None);
}

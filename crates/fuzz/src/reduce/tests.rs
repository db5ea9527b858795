//! Reducing text, with plain conditions in place of interpreters.

use super::reduce;

const SOURCE: &str = "\
def f(a):
    b = a + 1
    for i in range(10):
        if i > 3:
            b = ((b * 2) + crash(i, 7))
        b -= 1
    return b
print(f(1))
print(2)
";

#[test]
fn what_does_not_matter_goes() {
    let small = reduce(SOURCE, &mut |text| text.contains("crash("));
    assert_eq!(small, "b = crash(i)\n");
}

#[test]
fn nesting_that_matters_stays() {
    let small = reduce(SOURCE, &mut |text| {
        let line = |part: &str| text.lines().find(|line| line.contains(part)).map(|line| line.find(part));
        line("for").is_some() && line("crash").is_some_and(|at| at > Some(10)) && text.contains("for")
    });
    assert!(small.starts_with("for i in range") || small.starts_with("    for"), "{small}");
    assert!(small.lines().count() <= 3, "{small}");
}

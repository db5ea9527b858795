use super::super::Tree;
use super::super::rust_text::cut;
use super::{functions, report};

fn lengths(source: &str) -> Vec<(String, usize, usize)> {
    functions(&cut(source)).into_iter().map(|f| (f.name, f.line, f.length)).collect()
}

#[test]
fn functions_are_found_by_their_braces() {
    let source = "fn a() {}\n\nfn b(\n    x: [u8; 4],\n) {\n    if x { y }\n}\ntrait T {\n    fn c();\n}\n";
    assert_eq!(lengths(source), [("a".into(), 1, 1), ("b".into(), 3, 5)]);
    assert_eq!(lengths("fn a() {\n    // }\n    \"}\";\n}\n"), [("a".into(), 1, 4)]);
    assert_eq!(lengths("type F = fn(u8) -> u8;\n"), []);
}

#[test]
fn long_things_are_noted() {
    let long = format!("//! A.\nfn f() {{\n{}}}\n", "    g();\n".repeat(700));
    let notes = report(&Tree::of(&[("crates/x/src/a.rs", &long), ("crates/x/src/b.rs", "fn h() {}\n")]));
    assert_eq!(
        notes,
        [
            "crates/x/src/a.rs:1: the file has 703 lines",
            "crates/x/src/a.rs:2: the function `f` has 702 lines",
            "2 functions: median 1 lines, 90% up to 1, longest 702",
        ]
    );
}

use super::super::{Tree, listed};
use super::check;

const DOCUMENT: &str = "| crate with `unsafe` | what for |\n|---|---|\n| `word` | bits |\n";

fn faults(files: &[(&str, &str)]) -> String {
    listed(&check(&Tree::of(&[&[("ARCHITECTURE.md", DOCUMENT)], files].concat())))
}

/// The faults of one file in the crate that may hold unsafe code.
fn in_word(code: &str) -> String {
    faults(&[("crates/engine/word/src/a.rs", &format!("//! Header.\n{code}"))])
}

#[test]
fn headers() {
    assert_eq!(
        faults(&[("crates/x/src/a.rs", "fn f() {}\n"), ("benches/a.py", "import sys\n")]),
        "crates/x/src/a.rs:1: the file does not open with a module header (`//!`)\n\
         benches/a.py:1: the file has no documentation string\n"
    );
    assert_eq!(
        faults(&[
            ("crates/x/src/a.rs", "//! A.\n"),
            ("crates/x/src/a/tests.rs", "use super::f;\n"),
            ("benches/a.py", "\"\"\"A.\"\"\"\n"),
        ]),
        ""
    );
}

#[test]
fn roots_forbid_unsafe_code() {
    let forbids = "//! A.\n#![forbid(unsafe_code)]\n";
    assert_eq!(faults(&[("crates/x/src/lib.rs", forbids), ("crates/x/src/main.rs", forbids)]), "");
    assert_eq!(faults(&[("crates/engine/word/src/lib.rs", "//! A.\n")]), "");
    assert_eq!(
        faults(&[("crates/x/src/lib.rs", "//! A.\n")]),
        "crates/x/src/lib.rs:1: the crate's root does not say `#![forbid(unsafe_code)]`\n"
    );
}

#[test]
fn unsafe_code_elsewhere_is_a_fault() {
    let code = "//! A.\nfn f() {\n    // SAFETY: no.\n    unsafe { g() }\n}\n";
    assert_eq!(
        faults(&[("crates/password/src/a.rs", code)]),
        "crates/password/src/a.rs:4: `unsafe` in a crate that ARCHITECTURE.md does not list as holding it\n"
    );
    assert_eq!(faults(&[("crates/x/src/a.rs", "//! A.\n// unsafe\nconst A: &str = \"unsafe\";\n")]), "");
}

#[test]
fn blocks_need_a_reason() {
    assert_eq!(in_word("fn f() {\n    // SAFETY: yes.\n    unsafe { g() }\n}\n"), "");
    assert_eq!(in_word("fn f() {\n    // SAFETY: yes,\n    // and more.\n    let x = unsafe { g() };\n}\n"), "");
    assert_eq!(in_word("// SAFETY: yes.\n#[rustfmt::skip]\nunsafe impl Send for X {}\n"), "");
    assert_eq!(in_word("fn f() {\n    // SAFETY: yes.\n    let x =\n        unsafe { g() };\n}\n"), "");
    let fault = |line: usize| format!("crates/engine/word/src/a.rs:{line}: `unsafe` without a `// SAFETY:` comment\n");
    assert_eq!(in_word("fn f() {\n    unsafe { g() }\n}\n"), fault(3));
    assert_eq!(in_word("unsafe impl Send for X {}\n"), fault(2));
    assert_eq!(in_word("unsafe impl<T> Send for X<T> {}\n"), fault(2));
    assert_eq!(in_word("fn f() {\n    // SAFETY: yes.\n    unsafe { g() };\n    unsafe { g() };\n}\n"), fault(5));
    assert_eq!(in_word("fn f() {\n    unsafe\n    {\n        g()\n    }\n}\n"), fault(3));
}

#[test]
fn public_unsafe_functions_state_their_terms() {
    assert_eq!(in_word("/// F.\n///\n/// # Safety\n/// Never.\npub unsafe fn f() {}\n"), "");
    assert_eq!(in_word("unsafe fn f() {}\n"), "");
    assert_eq!(in_word("type F = unsafe extern \"C\" fn();\n"), "");
    assert_eq!(in_word("struct S {\n    pub(crate) f: unsafe fn(*mut u8),\n}\n"), "");
    let fault = "a public unsafe function without a section `# Safety`\n";
    assert!(in_word("/// F.\npub unsafe fn f() {}\n").ends_with(fault));
    assert!(in_word("/// F.\npub unsafe extern \"C\" fn f() {}\n").ends_with(fault));
}

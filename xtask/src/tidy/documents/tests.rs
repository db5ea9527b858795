use super::super::{Tree, listed};
use super::{check, slug};

fn faults(text: &str) -> String {
    let files = [
        ("docs/a.md", text),
        ("docs/b.md", "# Title\n\n## How it's *done* (today)\n"),
        ("crates/x/src/lib.rs", "//! X.\n"),
    ];
    listed(&check(&Tree::of(&files)))
}

#[test]
fn good_links() {
    assert_eq!(faults("[b](b.md) [up](../crates/x/) [web](https://example.org/x) [mail](mailto:a@b.c)\n"), "");
    assert_eq!(faults("# Here\n[here](#here) [there](b.md#how-its-done-today)\n"), "");
    assert_eq!(faults("```\n[b](nowhere.md) `crates/none`\n```\n"), "");
    assert_eq!(faults("`crates/x/src/lib.rs` `crates/x` `crates/*/src` `other/path`\n"), "");
}

#[test]
fn bad_links_and_paths() {
    assert_eq!(faults("\n[c](c.md)\n"), "docs/a.md:2: the link `c.md` leads nowhere\n");
    assert_eq!(faults("[c](../../c.md)\n"), "docs/a.md:1: the link `../../c.md` leads nowhere\n");
    assert_eq!(
        faults("[b](b.md#lost)\n"),
        "docs/a.md:1: the link `b.md#lost`: there is no such heading in docs/b.md\n"
    );
    assert_eq!(faults("see `crates/y/src/lib.rs`\n"), "docs/a.md:1: there is no `crates/y/src/lib.rs`\n");
}

#[test]
fn slugs() {
    assert_eq!(slug(" Path of a program "), "path-of-a-program");
    assert_eq!(slug("`unsafe`, and why"), "unsafe-and-why");
}

use super::super::{Tree, listed};
use super::{Dependency, check, dependencies};

const DOCUMENT: &str = "# Architecture

| crate | may depend on | its tests may also use |
|---|---|---|
| `top` | `middle`, `base` | |
| `middle` | `base` | `helper` |
| `helper` | | |
| `base` | | |
";

fn manifest(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"pv-{name}\"\n\n{rest}")
}

fn faults(document: &str, top: &str, middle: &str, base: &str) -> String {
    let files = [
        ("ARCHITECTURE.md", document),
        ("crates/top/Cargo.toml", &manifest("top", top)),
        ("crates/wing/middle/Cargo.toml", &manifest("middle", middle)),
        ("crates/helper/Cargo.toml", &manifest("helper", "")),
        ("crates/base/Cargo.toml", &manifest("base", base)),
    ];
    listed(&check(&Tree::of(&files)))
}

#[test]
fn arrows_of_the_table_are_free() {
    let top = "[dependencies]\npv-middle.workspace = true\npv-base = { path = \"../base\" }\nserde = \"1\"\n";
    let middle = "[dependencies]\npv-base.workspace = true\n[dev-dependencies]\npv-helper.workspace = true\n";
    assert_eq!(faults(DOCUMENT, top, middle, ""), "");
}

#[test]
fn other_arrows_are_faults() {
    let base = "[dependencies]\n# a comment\npv-top.workspace = true\n";
    assert_eq!(
        faults(DOCUMENT, "", "[dependencies]\npv-helper.workspace = true\n", base),
        "crates/base/Cargo.toml:6: `base` must not depend on `top` (table in ARCHITECTURE.md, line 8)\n\
         crates/wing/middle/Cargo.toml:5: `middle` must not depend on `helper` (table in ARCHITECTURE.md, line 6)\n"
    );
    assert_eq!(
        faults(DOCUMENT, "[dev-dependencies.pv-helper]\npath = \"x\"\n", "", ""),
        "crates/top/Cargo.toml:4: `top` must not depend on `helper` in tests (table in ARCHITECTURE.md, line 5)\n"
    );
}

#[test]
fn the_table_names_every_crate_and_points_down() {
    let without_base = DOCUMENT.replace("| `base` | | |\n", "| `cellar` | | |\n");
    assert_eq!(
        faults(&without_base, "", "", ""),
        "crates/base/Cargo.toml:1: the crate `base` has no row in the table of ARCHITECTURE.md\n\
         ARCHITECTURE.md:8: there is no crate `cellar`\n\
         ARCHITECTURE.md:6: `middle` may depend on `base`, which has no row\n\
         ARCHITECTURE.md:5: `top` may depend on `base`, which has no row\n"
    );
    let upward = DOCUMENT.replace("| `base` | | |", "| `base` | `middle` | |");
    assert_eq!(
        faults(&upward, "", "", ""),
        "ARCHITECTURE.md:8: the arrow from `base` to `middle` points up: its row stands above\n"
    );
    assert!(faults("# Nothing", "", "", "").contains("ARCHITECTURE.md:1: there is no table"));
}

#[test]
fn dependencies_in_all_their_forms() {
    let text = "[dependencies]\na = \"1\"\nb.workspace = true\n\n[dependencies.c]\nversion = \"1\"\n\
                [build-dependencies]\nd=\"1\"\n[target.'cfg(unix)'.dependencies]\ne = \"1\"\n[lints]\nf = 1\n";
    let found: Vec<&str> = dependencies(text).iter().map(|d| d.package).collect();
    assert_eq!(found, ["a", "b", "c", "d", "e"]);
    assert_eq!(
        dependencies("[dev-dependencies]\na = \"1\"\n"),
        [Dependency { line: 2, package: "a", for_tests: true }]
    );
}

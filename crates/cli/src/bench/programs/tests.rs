use std::path::Path;

use super::{below, choose, site_of};

fn names(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn wanted_programs_must_be_known() {
    let known = names("a b c");
    assert_eq!(choose(&known, &names("a b"), &[]), Ok(names("a b")));
    assert_eq!(choose(&known, &names("a b"), &names("c a")), Ok(names("c a")));
    let error = choose(&known, &known, &names("a d")).expect_err("d is unknown");
    assert_eq!(error, "no program `d`; there are a, b, c");
}

#[test]
fn the_site_is_what_holds_the_package() {
    let programs = Path::new("/site/pyperformance/data-files/benchmarks");
    assert_eq!(site_of(programs).as_deref(), Some(Path::new("/site")));
    assert_eq!(site_of(Path::new("/somewhere/benchmarks")), None);
}

#[test]
fn a_directory_without_the_package_is_named() {
    let error = below(Path::new("no/such/dir")).expect_err("nothing is there");
    assert_eq!(error, "no/such/dir: pyperformance is not installed there");
}

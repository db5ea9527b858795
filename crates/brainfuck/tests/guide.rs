//! The guide's excerpts stand in the source as the guide shows them.

#[test]
fn excerpts_are_verbatim() {
    let root = env!("CARGO_MANIFEST_DIR");
    let read = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).expect("the file exists");
    let (guide, source) = (read("../../docs/write-a-language.md"), read("src/lib.rs"));
    let excerpts: Vec<&str> =
        guide.split("```rust,ignore\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    assert!(excerpts.len() >= 8, "the guide has lost its excerpts");
    for excerpt in excerpts {
        assert!(source.contains(excerpt), "not in the source:\n{excerpt}");
    }
}

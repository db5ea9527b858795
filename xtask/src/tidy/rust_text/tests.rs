use super::{cut, words};

#[track_caller]
fn check(source: &str, code: &[&str], comments: &[&str]) {
    let lines = cut(source);
    assert_eq!(lines.iter().map(|line| line.code.trim_end()).collect::<Vec<_>>(), code);
    assert_eq!(lines.iter().map(|line| line.comment.as_str()).collect::<Vec<_>>(), comments);
}

#[test]
fn comments_are_taken_out() {
    check("a // b\nc", &["a", "c"], &["// b", ""]);
    check("a /* b /* c */ d\n e */ f", &["a", " f"], &["/* b /* c */ d", " e */"]);
    check("\"// no\" // yes", &["\"     \""], &["// yes"]);
}

#[test]
fn strings_are_blanked() {
    check(r#"f("un\"safe")"#, &[r#"f("        ")"#], &[""]);
    check("r#\"a\"b\"# c", &["r#\"   \"# c"], &[""]);
    check("br\"\\\" d", &["br\" \" d"], &[""]);
    check("\"a\nb\" c", &["\"", " \" c"], &["", ""]);
    check("for\"x\"", &["for\" \""], &[""]);
}

#[test]
fn characters_and_lifetimes_differ() {
    check("'\"' 'a", &["    'a"], &[""]);
    check(r"'\'' + '\u{41}'", &["     +"], &[""]);
    check("fn f<'a>(x: &'a str) {}", &["fn f<'a>(x: &'a str) {}"], &[""]);
}

#[test]
fn words_have_offsets() {
    let found: Vec<(usize, &str)> = words("pub unsafe fn f_1()").collect();
    assert_eq!(found, [(0, "pub"), (4, "unsafe"), (11, "fn"), (14, "f_1")]);
}

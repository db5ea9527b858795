use super::super::{Tree, listed};
use super::check;

fn faults(file: &str, text: &str) -> String {
    listed(&check(&Tree::of(&[(file, text)])))
}

#[test]
fn clean_files() {
    assert_eq!(faults("a.txt", "one\n\ttwo\n"), "");
    assert_eq!(faults("a.txt", ""), "");
    assert_eq!(faults("a.txt", "see /usr/bin/env and ~/notes\n"), "");
}

#[test]
fn machine_paths() {
    let text = concat!("ok\n/", "home/me/python3\n");
    assert_eq!(faults("a.txt", text), concat!("a.txt:2: the path of somebody's machine: /", "home/\n"));
}

#[test]
fn line_ends() {
    assert_eq!(faults("a.txt", "a \n"), "a.txt:1: blanks at the end of the line\n");
    assert_eq!(faults("a.txt", "a\r\n"), "a.txt:1: the line ends with a carriage return\n");
    assert_eq!(faults("a.txt", "a\nb"), "a.txt:2: the file does not end with a newline\n");
}

#[test]
fn left_overs() {
    assert_eq!(faults("x/__pycache__/a", "a\n"), "x/__pycache__/a:1: the file is left over from a tool\n");
    let conflict = concat!("<<<", "<<<< main\n");
    assert_eq!(faults("a.rs", conflict), "a.rs:1: the mark of a merge conflict\n");
}

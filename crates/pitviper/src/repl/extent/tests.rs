//! Where statements end.

use super::is_whole;

#[test]
fn simple_statements_end_with_their_line() {
    for source in
        ["x = 1\n", "\n", "f(1, [2])\n", "'it' # (\n", "match = 3\n", "x = 'a\\'b('\n", "d['k:']\n", "x = 'open\n"]
    {
        assert!(is_whole(source), "{source:?}");
    }
}

#[test]
fn what_is_open_goes_on() {
    for source in ["f(1,\n", "x = [\n1,\n\n", "x = \"\"\"a\n\n", "x = 1 + \\\n", "'''\\'''\n"] {
        assert!(!is_whole(source), "{source:?}");
    }
    assert!(is_whole("x = \"\"\"a\n\nb\"\"\"\n"));
    assert!(is_whole("x = 1 + \\\n2\n"));
}

#[test]
fn compound_statements_end_with_an_empty_line() {
    for source in ["if x:\n", "if x: y\n", "def f():\n  return 1\n", "@d\n", "match x:\n", "for i in x: # why\n"] {
        assert!(!is_whole(source), "{source:?}");
        assert!(is_whole(&format!("{source}  pass\n\n")), "{source:?}");
    }
}

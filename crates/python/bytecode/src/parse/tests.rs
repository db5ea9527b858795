use crate::{Mode, parse};

/// Class, text and first position of a source's error.
fn error(source: &str) -> String {
    let error = parse(source, Mode::Exec, "test").expect_err("has to be refused");
    format!("{} {}:{}: {}", error.kind.class_name(), error.line, error.col, error.message)
}

#[test]
fn targets() {
    assert_eq!(
        error("f() = 1"),
        "SyntaxError 1:1: cannot assign to function call here. Maybe you meant '==' instead of '='?"
    );
    assert_eq!(error("None = 1"), "SyntaxError 1:1: cannot assign to None");
    assert_eq!(error("(a, 1) = 2"), "SyntaxError 1:5: cannot assign to literal");
    assert_eq!(error("a < b = 1"), "SyntaxError 1:1: cannot assign to comparison");
    assert_eq!(error("del f()"), "SyntaxError 1:5: cannot delete function call");
    assert_eq!(error("f() += 1"), "SyntaxError 1:1: 'function call' is an illegal expression for augmented assignment");
    let in_expression = parse("f'' = 3", Mode::Eval, "test").expect_err("has to be refused");
    assert_eq!(in_expression.message, "invalid syntax");
    assert_eq!(
        error("{'a'=1}"),
        "SyntaxError 1:2: cannot assign to literal here. Maybe you meant '==' instead of '='?"
    );
    assert_eq!(error("f(a.b=1)"), "SyntaxError 1:3: expression cannot contain assignment, perhaps you meant \"==\"?");
    assert_eq!(
        error("if x = 1: pass"),
        "SyntaxError 1:4: invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
    );
}

#[test]
fn brackets() {
    assert_eq!(error("x = (1,\n2"), "SyntaxError 1:5: '(' was never closed");
    assert_eq!(error("[1, 2)"), "SyntaxError 1:6: closing parenthesis ')' does not match opening parenthesis '['");
    assert_eq!(
        error("(\n]"),
        "SyntaxError 2:1: closing parenthesis ']' does not match opening parenthesis '(' on line 1"
    );
    assert_eq!(error(")"), "SyntaxError 1:1: unmatched ')'");
    assert_eq!(error("print(a b)"), "SyntaxError 1:7: invalid syntax. Perhaps you forgot a comma?");
    assert_eq!(error("f\"\"\"{\n6\n0=}\"\"\""), "SyntaxError 2:1: invalid syntax. Perhaps you forgot a comma?");
    assert_eq!(error("f\"\"\"{\na\nb\n}\"\"\""), "SyntaxError 2:1: invalid syntax. Perhaps you forgot a comma?");
    assert_eq!(error("{1:}"), "SyntaxError 1:3: expression expected after dictionary key and ':'");
}

#[test]
fn indentation() {
    assert_eq!(error("x\n  y"), "IndentationError 2:1: unexpected indent");
    assert_eq!(error("if x:\ny"), "IndentationError 2:1: expected an indented block after 'if' statement on line 1");
    assert_eq!(
        error("class A:\ny"),
        "IndentationError 2:1: expected an indented block after class definition on line 1"
    );
    assert_eq!(
        error("try:\n x\nexcept A:\ny"),
        "IndentationError 4:1: expected an indented block after 'except' statement on line 3"
    );
    assert_eq!(error("if x:\n    y\n  z"), "IndentationError 3:4: unindent does not match any outer indentation level");
    assert_eq!(error("if x:\n\ty\n        z"), "TabError 3:1: inconsistent use of tabs and spaces in indentation");
}

#[test]
fn statements() {
    assert_eq!(error("if x\n    y"), "SyntaxError 1:5: expected ':'");
    assert_eq!(error("print 'x'"), "SyntaxError 1:1: Missing parentheses in call to 'print'. Did you mean print(...)?");
    assert_eq!(error("try: pass\nx"), "SyntaxError 2:1: expected 'except' or 'finally' block");
    assert_eq!(error("a if b"), "SyntaxError 1:1: expected 'else' after 'if' expression");
    assert_eq!(error("[*a for a in b]"), "SyntaxError 1:2: iterable unpacking cannot be used in comprehension");
    assert_eq!(error("x = "), "SyntaxError 1:5: invalid syntax");
}

#[test]
fn literals() {
    assert_eq!(error("'abc"), "SyntaxError 1:1: unterminated string literal (detected at line 1)");
    assert_eq!(error("'''abc\n"), "SyntaxError 1:1: unterminated triple-quoted string literal (detected at line 1)");
    assert_eq!(error("1a"), "SyntaxError 1:1: invalid decimal literal");
    assert_eq!(error("0b12"), "SyntaxError 1:4: invalid digit '2' in binary literal");
    let zeros = "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers";
    assert_eq!(error("x = 08"), format!("SyntaxError 1:5: {zeros}"));
    let codec = "(unicode error) 'unicodeescape' codec can't decode bytes in position";
    assert_eq!(error(r"'ab\x1'"), format!("SyntaxError 1:1: {codec} 2-4: truncated \\xXX escape"));
    assert_eq!(error(r"'\N{foo}'"), format!("SyntaxError 1:1: {codec} 0-6: unknown Unicode character name"));
    assert_eq!(error("€ = 1"), "SyntaxError 1:1: invalid character '€' (U+20AC)");
    assert_eq!(
        error("f'{x!z}'"),
        "SyntaxError 1:6: f-string: invalid conversion character 'z': expected 's', 'r', or 'a'"
    );
}

#[test]
fn what_more_input_could_mend() {
    let incomplete = |source| parse(source, Mode::Single, "test").expect_err("has to be refused").incomplete;
    assert!(incomplete("if x:\n"));
    for source in ["f(1,\n", "'''abc", "f'''{x", "try:\n  pass\n", "@x\n", "x = [", "if x:\n  y\nelse:"] {
        assert!(incomplete(source), "{source}");
    }
    for source in ["x =", "del", "del:", "for x in", "class A", "import", "not", "a +", "'abc", "if x:\n  y\nelse"] {
        assert!(!incomplete(source), "{source}");
    }
    assert!(!incomplete("f() = 1\nx"));
}

#[test]
fn null_bytes_are_refused() {
    assert_eq!(error("a\0b"), "SyntaxError 0:0: source code string cannot contain null bytes");
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(200), Mode::Exec, "test").is_ok());
    assert_eq!(error(&nested(201)), "SyntaxError 1:201: too many nested parentheses");
    let sum = |terms: usize| vec!["a"; terms].join("+");
    let deep = parse(&sum(3900), Mode::Exec, "test").expect("is not too deep");
    assert!(crate::compile(&deep, crate::Options::default()).is_ok());
    assert_eq!(error(&sum(50_000)), "RecursionError 0:0: maximum recursion depth exceeded during compilation");
}

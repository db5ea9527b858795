//! Errors of scopes, worded as CPython words them.

use crate::{Mode, Options, compile, parse};

fn message(source: &str) -> String {
    let ast = parse(source, Mode::Exec, "test").expect("parses");
    compile(&ast, Options::default()).expect_err("has to be refused").message
}

#[test]
fn declarations() {
    assert_eq!(message("def f(a):\n global a"), "name 'a' is parameter and global");
    assert_eq!(message("def f():\n a = 1\n global a"), "name 'a' is assigned to before global declaration");
    assert_eq!(message("def f():\n a\n nonlocal a"), "name 'a' is used prior to nonlocal declaration");
    assert_eq!(message("def f():\n nonlocal a"), "no binding for nonlocal 'a' found");
    assert_eq!(message("nonlocal a"), "nonlocal declaration not allowed at module level");
    assert_eq!(message("def f():\n a: int\n global a"), "annotated name 'a' can't be global");
    assert_eq!(message("def f():\n global a\n nonlocal a"), "name 'a' is nonlocal and global");
}

#[test]
fn parameters() {
    assert_eq!(message("def f(a, *, a): pass"), "duplicate argument 'a' in function definition");
    assert_eq!(message("class A[T, T]: pass"), "duplicate type parameter 'T'");
    assert_eq!(message("def f(__debug__): pass"), "cannot assign to __debug__");
}

#[test]
fn assignment_expressions_in_comprehensions() {
    let rebinds = "assignment expression cannot rebind comprehension iteration variable 'x'";
    assert_eq!(message("[x := 1 for x in y]"), rebinds);
    assert_eq!(message("[[x := 1 for _ in y] for x in y]"), rebinds);
    let iterable = "assignment expression cannot be used in a comprehension iterable expression";
    assert_eq!(message("[x for x in (y := z)]"), iterable);
    let class = "assignment expression within a comprehension cannot be used in a class body";
    assert_eq!(message("class C:\n [x := 1 for y in z]"), class);
}

#[test]
fn what_stands_outside_of_functions() {
    assert_eq!(message("return"), "'return' outside function");
    assert_eq!(message("class A:\n yield"), "'yield' outside function");
    assert_eq!(message("await x"), "'await' outside function");
    assert_eq!(message("def f(): await x"), "'await' outside async function");
    assert_eq!(message("def f():\n async for x in y: pass"), "'async for' outside async function");
    assert_eq!(
        message("def f(): return [x async for x in y]"),
        "asynchronous comprehension outside of an asynchronous function"
    );
    assert_eq!(message("async def f():\n yield\n return 1"), "'return' with value in async generator");
    assert_eq!(message("def f():\n from a import *"), "import * only allowed at module level");
    assert_eq!(message("break"), "'break' outside loop");
    assert_eq!(message("for x in y:\n def f(): continue"), "'continue' not properly in loop");
}

#[test]
fn future_imports() {
    assert_eq!(message("from __future__ import braces"), "not a chance");
    assert_eq!(message("from __future__ import tea"), "future feature tea is not defined");
    let late = "from __future__ imports must occur at the beginning of the file";
    assert_eq!(message("x = 1\nfrom __future__ import annotations"), late);
}

//! What code objects say about themselves, modes, options, warnings.

use expect_test::expect;

use super::{function, unit};
use crate::unit::{Const, flags};
use crate::verify::nested;
use crate::{Mode, Options, compile, disasm, parse};

#[test]
fn wide_registers_are_encoded() {
    let names: Vec<String> = (0..300).map(|i| format!("v{i}")).collect();
    let source = format!("def f({}):\n    return v299 + v0\n", names.join(", "));
    let unit = function(&source);
    let last = disasm::listing(&unit).lines().rev().nth(1).map(str::to_string);
    assert_eq!(last.as_deref(), Some("    2     0 ADD              t0 r299 r0"));
}

#[test]
fn facts_of_a_function() {
    let unit = function("def f(a, b=1, /, c=2, *d, e, **g):\n    'doc'\n    x = 1\n    yield x\n");
    assert_eq!((unit.argcount, unit.posonly, unit.kwonly), (3, 2, 1));
    assert_eq!(unit.varnames.join(" "), "a b c e d g x");
    let expected = flags::OPTIMIZED | flags::NEWLOCALS | flags::VARARGS | flags::VARKEYWORDS;
    assert_eq!(unit.flags, expected | flags::GENERATOR | flags::HAS_DOCSTRING);
    assert!(matches!(&unit.consts[0], Const::Str(doc) if doc.as_str() == Some("doc")));
}

#[test]
fn names_are_mangled_in_classes() {
    let class = function("class _A:\n    def __f(self): return self.__x\n");
    assert!(class.names.iter().any(|name| &**name == "_A__f"));
    let method = nested(&class.consts).next().expect("has a method");
    assert_eq!(method.names.iter().map(|name| &**name).collect::<Vec<_>>(), ["_A__x"]);
    assert_eq!(&*method.qualname, "_A.__f");
}

#[test]
fn modes() {
    let eval = disasm::listing(&unit("1 + x", Mode::Eval));
    assert!(eval.contains("RETURN"), "{eval}");
    let single = disasm::listing(&unit("x", Mode::Single));
    assert!(single.contains("INTRINSIC        t0 t0 PRINT"), "{single}");
    let ast = parse("a\nb\n", Mode::Single, "test").expect("parses");
    let error = compile(&ast, Options::default()).expect_err("has to be refused");
    assert_eq!(error.message, "multiple statements found while compiling a single statement");
}

#[test]
fn optimised_code_has_no_asserts_and_no_docstrings() {
    let ast = parse("'doc'\nassert x\ny = __debug__\n", Mode::Exec, "test").expect("parses");
    let options = Options { optimize: 2, ..Options::default() };
    let listing = disasm::listing(&compile(&ast, options).expect("compiles").unit);
    assert!(!listing.contains("RAISE") && !listing.contains("doc") && listing.contains("False"), "{listing}");
}

#[test]
fn spans_cover_the_expression() {
    let unit = function("def f(a):\n    return a.b(\n        1)\n");
    let spans: Vec<_> = unit.spans.iter().map(|(_, span)| (span.line, span.col, span.end_line, span.end_col)).collect();
    assert_eq!(spans, [(2, 11, 2, 14), (3, 8, 3, 9), (2, 11, 3, 10), (2, 4, 3, 10)]);
}

#[test]
fn warnings_come_as_the_reference_words_them() {
    let source = "x is 1\n'\\d'\n1()\n[1][1.5]\nassert (x, 'm')\ntry: pass\nfinally:\n  for i in x: break\n\
                  def f():\n  try: pass\n  finally: return\n";
    let ast = parse(source, Mode::Exec, "test").expect("parses");
    let warnings = compile(&ast, Options::default()).expect("compiles").warnings;
    let shown: Vec<String> =
        warnings.iter().map(|warning| format!("{}: {}", warning.error.line, warning.text())).collect();
    expect![[r#"
        2: "\d" is an invalid escape sequence. Such sequences will not work in the future. Did you mean "\\d"? A raw string is also an option.
        11: 'return' in a 'finally' block
        1: "is" with 'int' literal. Did you mean "=="?
        3: 'int' object is not callable; perhaps you missed a comma?
        4: list indices must be integers or slices, not float; perhaps you missed a comma?
        5: assertion is always true, perhaps remove parentheses?"#]].assert_eq(&shown.join("\n"));
}

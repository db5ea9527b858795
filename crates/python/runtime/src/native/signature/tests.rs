use super::*;

fn error(signature: &'static str, name: &str, qualified: &str, given: usize, names: &[&str]) -> String {
    Signature::parse(signature).bind(given, names, name, qualified).expect_err("an arity error")
}

#[test]
fn texts_of_arity_errors() {
    assert_eq!(
        error("(self, object, /)", "append", "list.append", 2, &[]),
        "list.append() takes exactly one argument (2 given)"
    );
    assert_eq!(error("(self)", "clear", "list.clear", 1, &[]), "list.clear() takes no arguments (1 given)");
    assert_eq!(error("(self, index=-1, /)", "pop", "list.pop", 2, &[]), "pop expected at most 1 argument, got 2");
    assert_eq!(
        error("(self, index, object, /)", "insert", "list.insert", 1, &[]),
        "insert expected 2 arguments, got 1"
    );
    assert_eq!(
        error("(self, sep=None, maxsplit=-1)", "split", "str.split", 3, &[]),
        "split() takes at most 2 arguments (3 given)"
    );
    assert_eq!(
        error("(self, sep=None, maxsplit=-1)", "split", "str.split", 1, &["sep"]),
        "argument for split() given by name ('sep') and position (1)"
    );
    assert_eq!(
        error("(self, *, key=None, reverse=False)", "sort", "list.sort", 1, &[]),
        "sort() takes no positional arguments"
    );
    assert_eq!(
        error("(iterable, /, start=0)", "sum", "sum", 0, &[]),
        "sum() takes at least 1 positional argument (0 given)"
    );
    assert_eq!(error("(base, exp, mod=None)", "pow", "pow", 1, &[]), "pow() missing required argument 'exp' (pos 2)");
    assert_eq!(
        error("(self, sep=None, maxsplit=-1)", "split", "str.split", 0, &["a", "b", "c"]),
        "split() takes at most 2 keyword arguments (3 given)"
    );
}

#[test]
fn binding_places_every_argument() {
    let signature = Signature::parse("(a, /, b=1, *rest, c, d=', (', **more)");
    let sources = signature.bind(3, &["c", "x"], "f", "f").expect("binds");
    assert_eq!(
        sources,
        [
            Source::Value(0),
            Source::Value(1),
            Source::Rest(2),
            Source::Value(3),
            Source::Missing,
            Source::Keywords(vec![4])
        ]
    );
    assert_eq!(signature.text(), "($module, a, /, b=1, *rest, c, d=', (', **more)");
}

#[test]
fn plain_calls_fill_places_in_order() {
    let split = Signature::parse("(self, /, sep=None, maxsplit=-1)");
    assert_eq!([0, 1, 2, 3, 4].map(|given| split.places_of(given)), [None, Some(3), Some(3), Some(3), None]);
    assert_eq!(Signature::parse("(a, /, *rest)").places_of(1), None);
    assert_eq!(Signature::parse("(a, *, key)").places_of(1), None);
    assert_eq!(Signature::parse("(a, *, key=None)").places_of(1), Some(2));
}

use super::*;

fn run(methods: &[(&str, Outcome)], death: Option<&str>) -> ModuleRun {
    let methods = methods.iter().map(|(name, outcome)| ((*name).to_owned(), (*outcome, String::new())));
    ModuleRun {
        module: "test_a".to_owned(),
        methods: methods.collect(),
        death: death.map(str::to_owned),
        ..ModuleRun::default()
    }
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn expected() -> Expected {
    Expected::parse("test_a C.capi | C API: x").expect("a list")
}

fn told(verdict: Verdict, blessed: bool) -> String {
    faults(&BTreeMap::from([("test_a", verdict)]), blessed)
}

#[test]
fn expected_failures_and_skipped_methods_do_not_count() {
    let methods =
        [("C.a", Outcome::Passed), ("C.b", Outcome::Failed), ("C.capi", Outcome::Failed), ("C.s", Outcome::Skipped)];
    let verdict = Verdict::of(&run(&methods, None), &expected(), None);
    assert_eq!((verdict.passed, verdict.failed, verdict.expected, verdict.skipped), (1, 1, 1, 1));
    assert_eq!(verdict.share(), 50.0);
    assert_eq!(told(verdict, false), "");
}

#[test]
fn an_expected_failure_that_passes_is_a_fault() {
    let verdict = Verdict::of(&run(&[("C.capi", Outcome::Passed)], None), &expected(), None);
    assert_eq!(told(verdict, true), "test_a C.capi is listed as an expected failure, but passes\n");
}

#[test]
fn a_failure_that_was_not_known_is_a_fault_unless_it_is_blessed() {
    let methods = [("C.a", Outcome::Failed), ("C.b", Outcome::Failed), ("C.c", Outcome::Passed)];
    let verdict = || Verdict::of(&run(&methods, None), &expected(), Some(&names(&["C.a", "C.c"])));
    assert_eq!(told(verdict(), false), "test_a C.b fails, which it did not do before\n");
    assert_eq!(told(verdict(), true), "");
    assert_eq!(verdict().mended, names(&["C.c"]));
}

#[test]
fn a_death_fails_all_methods() {
    let dead = run(&[("C.a", Outcome::Passed), ("C.b", Outcome::Failed)], Some("in C.b"));
    let verdict = Verdict::of(&dead, &expected(), Some(&names(&[])));
    assert_eq!((verdict.passed, verdict.failed, verdict.failing.clone()), (0, 2, names(&["*"])));
    assert_eq!(told(verdict, false), "test_a * fails, which it did not do before\n");
    let verdict = Verdict::of(&dead, &expected(), Some(&names(&["*"])));
    assert_eq!(told(verdict, false), "");
}

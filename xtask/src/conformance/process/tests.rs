use super::*;

const PLAN: &str = r#"{"event": "plan", "tests": ["C.test_a", "C.test_b"]}"#;
const START: &str = r#"{"event": "start", "test": "C.test_a"}"#;
const END: &str = r#"{"event": "end", "test": "C.test_a", "outcome": "passed", "detail": ""}"#;

fn outcomes(run: &ModuleRun) -> Vec<(&str, Outcome)> {
    run.methods.iter().map(|(name, (outcome, _))| (name.as_str(), *outcome)).collect()
}

#[test]
fn a_run_that_comes_to_its_end_has_the_outcomes_that_were_told() {
    let run = gather("test_c", &[START, END, r#"{"event": "done"}"#].join("\n"));
    let run = run.expect("a run");
    assert_eq!(outcomes(&run), [("C.test_a", Outcome::Passed)]);
    assert_eq!(run.death, None);
}

#[test]
fn a_death_is_told_with_the_test_in_which_it_came_and_fails_the_rest() {
    let run = gather("test_c", &[PLAN, START].join("\n")).expect("a run");
    assert_eq!(outcomes(&run), [("C.test_a", Outcome::Failed), ("C.test_b", Outcome::Failed)]);
    assert_eq!(run.death.as_deref(), Some("in C.test_a"));
    let run = gather("test_c", &[PLAN, START, END].join("\n")).expect("a run");
    assert_eq!(run.death.as_deref(), Some("between tests"));
    assert_eq!(gather("test_c", "").expect("a run").death.as_deref(), Some("before its first test"));
}

#[test]
fn a_line_that_was_cut_off_is_left_out() {
    let run = gather("test_c", &[PLAN, START, END, &START[..20]].join("\n")).expect("a run");
    assert_eq!(outcomes(&run), [("C.test_a", Outcome::Passed), ("C.test_b", Outcome::Failed)]);
}

#[test]
fn a_process_is_ended_when_its_time_is_up() {
    let mut child = Command::new("sleep").arg("600").process_group(0).spawn().expect("sleep");
    assert!(wait(&mut child, Duration::from_millis(50)).expect("waiting").is_none());
    let mut child = Command::new("true").process_group(0).spawn().expect("true");
    assert!(wait(&mut child, Duration::from_secs(60)).expect("waiting").is_some_and(|status| status.success()));
}

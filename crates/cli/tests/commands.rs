//! `pitviper bench` and `pitviper compare` from outside. The interpreters are shell scripts, so that the
//! tests need no Python and can misbehave at will.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A directory of its own for each test, removed at its end.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        // A directory that stays behind in the temporary directory is no reason to fail.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A program for the shell: `RESULT`, `SECONDS_EACH` and `BEFORE_END` are the interpreter's.
fn program(name: &str) -> String {
    format!(
        r#"p='{{"pitviper_bench": 1, "benchmark": "{name}", "event": '
echo "$p"'"begin"}}'
echo "$p"'"warmup", "loops": 1, "inner_loops": 1, "seconds": 1.5}}'
echo "$p"'"result", "text": "'"${{RESULT:-42}}"'"}}'
echo "$p"'"value", "loops": 2, "inner_loops": 1, "seconds": '"${{SECONDS_EACH:-1.0}}"'}}'
eval "$BEFORE_END"
echo "$p"'"end"}}'
"#
    )
}

impl Place {
    fn new(test: &str) -> Self {
        let place = Self(std::env::temp_dir().join(format!("pv-{test}-{}", std::process::id())));
        let suite = place.0.join("benches/suite");
        fs::create_dir_all(&suite).expect("a temporary directory");
        fs::write(suite.join("measuring.py"), "").expect("a file");
        for name in ["alpha", "beta"] {
            fs::write(suite.join(format!("{name}.py")), program(name)).expect("a file");
        }
        place.interpreter("good", "");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// An interpreter that does `before` and then runs the program.
    fn interpreter(&self, name: &str, before: &str) {
        fs::write(self.path(name), format!("{before}\n. \"$1\"\n")).expect("a file");
    }

    fn pitviper(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pitviper"));
        command.current_dir(&self.0).env_remove("PITVIPER_REFERENCE");
        command.args(words).output().expect("the command runs")
    }

    fn bench(&self, interpreters: &[&str], more: &[&str]) -> Output {
        let mut words: Vec<String> = vec!["bench".into(), "--output=out.json".into()];
        for name in interpreters {
            words.push(format!("--python={name}=sh {}", self.path(name).display()));
        }
        words.push(format!("--interpreters={}", interpreters.join(",")));
        words.push(format!("--baseline={}", interpreters[0]));
        words.extend(more.iter().map(|word| (*word).to_owned()));
        self.pitviper(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn report(&self) -> pv_report::Report {
        pv_report::read_file(&self.path("out.json")).expect("a good report")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn check(output: &Output, status: i32, stdout: &[&str], stderr: &[&str]) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(status), "{out}\n{err}");
    for part in stdout {
        assert!(out.contains(part), "no {part:?} on the standard output:\n{out}");
    }
    for part in stderr {
        assert!(err.contains(part), "no {part:?} on the standard error:\n{err}");
    }
}

#[test]
fn bench_measures_prints_and_writes() {
    let place = Place::new("measure");
    place.interpreter("fast", "SECONDS_EACH=0.1");
    let output = place.bench(&["good", "fast"], &["--processes=2"]);
    let header = "| program        | good (time) | fast     |";
    check(&output, 0, &["Steady state", "First run", header, "10.0 ±0%", "geometric mean"], &[]);
    let report = place.report();
    assert_eq!(report.programs(), ["alpha", "beta"]);
    let alpha = report.find("alpha", "fast").expect("it was measured");
    assert_eq!(alpha.name(), "alpha@fast");
    assert_eq!(alpha.runs.len(), 2);
    assert_eq!(alpha.runs[0].values, [0.05]);
    assert_eq!(alpha.runs[0].warmups[0].value, 1.5);
}

#[test]
fn bench_runs_what_is_asked_for() {
    let place = Place::new("only");
    let output = place.bench(&["good"], &["--only=beta", "--check"]);
    check(&output, 0, &["1 programs ran on 1 interpreters"], &[]);
    assert_eq!(place.report().programs(), ["beta"]);
}

#[test]
fn a_program_that_fails_is_reported_and_the_rest_is_kept() {
    let place = Place::new("fail");
    place.interpreter("dying", "case $1 in *beta*) BEFORE_END='echo oh no >&2; exit 3';; esac");
    let output = place.bench(&["good", "dying"], &["--processes=2"]);
    let failed = "FAILED beta on dying: it ended with exit status: 3\n    | oh no\n";
    check(&output, 1, &["alpha"], &[failed]);
    let report = place.report();
    assert_eq!(report.find("beta", "good").expect("measured").runs.len(), 2);
    assert_eq!(report.find("alpha", "dying").expect("measured").runs.len(), 2);
    let beta = report.find("beta", "dying").expect("its value came before it died");
    assert_eq!(beta.runs.len(), 1, "a failed program is not started again");
    assert_eq!(report.failures.len(), 1);
    assert_eq!(report.failures[0].kind, pv_report::FailureKind::Exit);
}

#[test]
fn another_result_is_a_failure() {
    let place = Place::new("result");
    place.interpreter("wrong", "RESULT=41");
    let output = place.bench(&["good", "wrong"], &["--only=alpha"]);
    let cause = "FAILED alpha on wrong: the result of alpha is \"41\", but good printed \"42\"";
    check(&output, 1, &[], &[cause]);
    place.interpreter("talking", "echo hello");
    let output = place.bench(&["good", "talking"], &["--only=alpha"]);
    let cause = "the output of alpha is \"hello\\n\", but good printed \"\"";
    check(&output, 1, &[], &[cause]);
}

#[test]
fn a_process_that_does_not_end_is_ended() {
    let place = Place::new("late");
    place.interpreter("late", "BEFORE_END='exec sleep 1000'");
    let output = place.bench(&["late"], &["--timeout=0.5", "--only=alpha"]);
    check(&output, 1, &[], &["FAILED alpha on late: it was still running after 0.5 s"]);
    assert_eq!(place.report().find("alpha", "late").expect("partial").runs[0].values, [0.5]);
}

#[test]
fn silence_and_absence_are_failures() {
    let place = Place::new("silent");
    place.interpreter("silent", "exit 0");
    let output = place.bench(&["silent"], &["--only=alpha"]);
    check(&output, 1, &[], &["FAILED alpha on silent: it ended well but measured nothing"]);
    let absent = ["bench", "--python=absent=/no/such/interpreter", "--interpreters=absent"];
    let output = place.pitviper(&[&absent[..], &["--only=alpha", "--baseline=absent"]].concat());
    check(&output, 1, &[], &["FAILED alpha on absent: it cannot be started"]);
}

#[test]
fn requests_that_cannot_be_met_are_refused() {
    let place = Place::new("refuse");
    let refused = |words: &[&str], message: &str| check(&place.pitviper(words), 2, &[], &[message]);
    refused(&["bench", "--only=gamma"], "no program `gamma`; there are alpha, beta");
    refused(&["bench", "--interpreters=none"], "no interpreter `none`; there are ");
    refused(&["bench", "--python=a=sh", "--python=a=sh"], "two interpreters are named `a`");
    refused(&["bench", "--python=sh"], "--python sh: expected NAME=COMMAND");
    refused(&["bench", "--benches=/no/such"], "cannot list the programs in /no/such/suite");
    refused(&["bench", "--output=/no/such/dir/r.json"], "no file can be written there");
    refused(&["bench", "--nonsense"], "unexpected argument '--nonsense'");
    refused(
        &["bench", "--suite=pyperformance", "--pyperformance=/no/such"],
        "/no/such: pyperformance is not installed there",
    );
}

#[test]
fn starts_are_measured_from_outside() {
    let place = Place::new("startup");
    place.interpreter("starting", "case \"$1 $2\" in '-c pass') exit 0;; esac; exit 9");
    check(&place.bench(&["starting"], &["--suite=startup", "--processes=2"]), 0, &["startup_pass"], &[]);
    let report = place.report();
    let startup = report.find("startup_pass", "starting").expect("it was measured");
    assert_eq!(startup.runs.len(), 2);
    assert_eq!((startup.runs[0].warmups.len(), startup.runs[0].values.len()), (1, 3));
    place.interpreter("refusing", "echo no >&2; exit 4");
    let failed = "FAILED startup_pass on refusing: it ended with exit status: 4\n    | no\n";
    check(&place.bench(&["refusing"], &["--suite=startup"]), 1, &[], &[failed]);
}

#[test]
fn a_soak_watches_memory() {
    let place = Place::new("soak");
    // Long enough for four samples; a shell that sleeps does not grow.
    place.interpreter("idle", "sleep 0.5");
    let output = place.bench(&["idle"], &["--soak=0", "--only=alpha"]);
    check(&output, 0, &["Memory in the third and in the last quarter", " → "], &[]);
    let report = place.report();
    let run = &report.find("alpha", "idle").expect("measured").runs[0];
    assert!(run.metadata.contains_key(pv_report::MEMORY_BEFORE_KEY));
}

#[test]
fn compare_shows_two_reports() {
    let place = Place::new("compare");
    place.interpreter("fast", "SECONDS_EACH=0.25");
    check(&place.bench(&["good", "fast"], &[]), 0, &[], &[]);
    let file = "out.json";
    let output = place.pitviper(&["compare", file, file]);
    check(&output, 0, &["alpha@good", "alpha@fast", "not told apart"], &[]);
    let output = place.pitviper(&["compare", file, file, "--of-first=good", "--of-second=fast"]);
    check(&output, 0, &["out.json (good)", "4.00 [4.00, 4.00]", "faster"], &[]);
    let slower = ["compare", file, file, "--of-first=fast", "--of-second=good", "--fail-if-slower"];
    check(&place.pitviper(&slower), 1, &["0.25 [0.25, 0.25]", "slower"], &[]);
    check(&place.pitviper(&["compare", file, file, "--fail-if-slower"]), 0, &[], &[]);
}

#[test]
fn compare_refuses_what_it_cannot_read_or_match() {
    let place = Place::new("compare-refuse");
    check(&place.bench(&["good"], &[]), 0, &[], &[]);
    let refused = |first: &str, second: &str, message: &str| {
        check(&place.pitviper(&["compare", first, second]), 2, &[], &[message]);
    };
    refused("out.json", "none.json", "none.json: cannot read the report: No such file");
    let write = |name: &str, text: &str| fs::write(place.path(name), text).expect("a file");
    write("cut.json", "{\"version\": ");
    refused("cut.json", "out.json", "cut.json: not a JSON document: EOF");
    write("shape.json", r#"{"version": "1.0", "benchmarks": [{"runs": [{"values": [0]}]}]}"#);
    let place_of_fault = "shape.json: at benchmarks[0].runs[0].values[0]: expected a positive number";
    refused("out.json", "shape.json", place_of_fault);
    write(
        "other.json",
        r#"{"version": "1.0", "metadata": {"name": "x"}, "benchmarks": [{"runs": [{"values": [1]}]}]}"#,
    );
    refused("out.json", "other.json", "out.json and other.json: the reports have no measured benchmark");
    let absent = place.pitviper(&["compare", "out.json", "out.json", "--of-second=jit-on"]);
    check(&absent, 2, &[], &["the second report has no interpreter `jit-on`; it has good"]);
}

#[test]
fn relative_paths_are_those_of_the_caller() {
    let place = Place::new("relative");
    check(&place.bench(&["good"], &["--benches=benches", "--only=alpha"]), 0, &[], &[]);
    assert!(Path::new(&place.path("out.json")).is_file());
}

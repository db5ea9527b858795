use std::ffi::OsString;

use clap::{CommandFactory as _, Parser as _};

use super::{Cli, Command, JitOption, split};

fn words(line: &str) -> Vec<OsString> {
    std::iter::once("pitviper").chain(line.split_whitespace()).map(OsString::from).collect()
}

#[track_caller]
fn check_split(line: &str, ours: &str, program: &str) {
    let (left, right) = split(words(line));
    assert_eq!(left, words(ours));
    assert_eq!(right, words(program)[1..]);
}

fn parse(line: &str) -> Cli {
    Cli::from_command_line(words(line))
}

fn refusal(line: &str) -> String {
    Cli::try_parse_from(words(line)).expect_err("the line is refused").to_string()
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn what_follows_the_program_belongs_to_it() {
    check_split("a.py -c x --jit off bench", "a.py", "-c x --jit off bench");
    check_split("--jit off a.py b.py", "--jit off a.py", "b.py");
    check_split("--jit=off - -v", "--jit=off -", "-v");
    check_split("-c pass -m x", "-c pass", "-m x");
    check_split("-cpass -m x", "-cpass", "-m x");
    check_split("-m module --help", "-m module", "--help");
    check_split("-- -strange.py -x", "-- -strange.py", "-x");
    check_split("bench --only fib", "bench --only fib", "");
    check_split("-Im module -x", "-Im module", "-x");
    check_split("-W error -X dev -bc pass a", "-W error -X dev -bc pass", "a");
    check_split("-Wc -Xm=1 a.py -W b", "-Wc -Xm=1 a.py", "-W b");
    check_split("-c", "-c", "");
    check_split("", "", "");
}

#[test]
fn options_of_every_python() {
    let python = parse("-OO -bB -W error::DeprecationWarning -Xdev -X int_max_str_digits=0 a.py").run.python;
    assert_eq!((python.optimize, python.bytes_warning, python.no_bytecode, python.isolated), (2, 1, true, false));
    assert_eq!(python.warnings, ["error::DeprecationWarning"]);
    assert_eq!(python.extra, ["dev", "int_max_str_digits=0"]);
}

#[test]
fn programs() {
    let cli = parse("--jit off --jit loop_threshold=5 a.py -x y");
    assert_eq!(cli.run.file.as_deref(), Some("a.py".as_ref()));
    assert_eq!(cli.run.arguments, ["-x", "y"]);
    let set = JitOption::Set { key: "loop_threshold".into(), value: "5".into() };
    assert_eq!(cli.run.jit, [JitOption::Off, set]);
    let cli = parse("-c pass --jit off");
    assert_eq!(cli.run.code.as_deref(), Some("pass".as_ref()));
    assert_eq!(cli.run.arguments, ["--jit", "off"]);
    let cli = parse("-");
    assert_eq!(cli.run.file.as_deref(), Some("-".as_ref()));
    let cli = parse("-m package.module");
    assert_eq!(cli.run.module.as_deref(), Some("package.module".as_ref()));
    assert!(parse("").run.file.is_none());
}

#[test]
fn subcommands() {
    assert!(matches!(parse("bench --only fib").command, Some(Command::Bench(_))));
    assert!(matches!(parse("compare a.json b.json").command, Some(Command::Compare(_))));
    assert!(matches!(parse("brainfuck a.bf").command, Some(Command::Brainfuck(_))));
    let Some(Command::Trace(trace)) = parse("trace --json a.py --json").command else { panic!("a trace") };
    assert!(trace.json);
    assert_eq!(trace.program, ["a.py", "--json"]);
}

#[test]
fn faults_are_named() {
    assert!(refusal("--nonsense").contains("unexpected argument '--nonsense'"));
    assert!(refusal("--jit maybe").contains("expected `on`, `off` or KEY=VALUE"));
    assert!(refusal("-c").contains("a value is required for '-c <CODE>'"));
    assert!(refusal("compare a.json").contains("<SECOND>"));
}

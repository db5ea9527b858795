//! The interactive loop and the interrupt key, from outside.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};

fn pitviper(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pitviper"));
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn interact(words: &[&str], input: &str) -> Output {
    let mut child = pitviper(words).spawn().expect("the command starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads its input");
    child.wait_with_output().expect("it ends")
}

#[track_caller]
fn check(words: &[&str], input: &str, status: i32, stdout: &str, stderr: &[&str]) {
    let output = interact(words, input);
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(status), "{shown}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout);
    for part in stderr {
        assert!(shown.contains(part), "no {part:?} in:\n{shown}");
    }
}

#[test]
fn values_are_shown_and_remembered() {
    check(&["-i"], "1 + 1\n_ * 2\nNone\n_\n", 0, "2\n4\n4\n", &["Type \"help\"", ">>> >>> "]);
}

#[test]
fn compound_statements_end_with_an_empty_line() {
    check(&["-i"], "for i in range(2):\n  i\n\nprint(\n7)\n", 0, "0\n1\n7\n", &[">>> ... ... >>> ... >>> \n"]);
}

#[test]
fn errors_are_reported_and_the_loop_goes_on() {
    let zero = "  File \"<stdin>\", line 1, in <module>\n    1/0\n    ~^~\nZeroDivisionError: division by zero\n";
    check(&["-i"], "1/0\nx = (\n)]\nprint('on')\n", 0, "on\n", &[zero, "SyntaxError: "]);
}

#[test]
fn a_program_may_end_the_loop_or_come_before_it() {
    check(&["-i"], "import sys\nsys.ps1 = '? '\nsys.exit(7)\n", 7, "", &["? "]);
    check(&["-i", "-c", "x = 5"], "x\n", 0, "5\n", &[]);
}

/// As [`pitviper`], with the interrupt signal's default: a test run in the background would hand down that it is ignored.
fn interruptible(words: &[&str]) -> Command {
    let mut command = Command::new("env");
    command.args(["--default-signal=INT", env!("CARGO_BIN_EXE_pitviper")]).args(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Interrupts the program once it has printed a line; what it prints after that, and how it ends.
fn interrupted(words: &[&str]) -> (Output, String) {
    let mut child = interruptible(words).spawn().expect("the command starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("it prints a line");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("it ends");
    (child.wait_with_output().expect("it ends"), rest)
}

const READY: &str = "import sys\nprint('ready')\nsys.stdout.flush()\n";

#[test]
fn the_interrupt_key_ends_interpreted_and_compiled_loops() {
    for jit in ["off", "on"] {
        let (output, _) = interrupted(&["--jit", jit, "-c", &format!("{READY}while True:\n  pass\n")]);
        assert_eq!(output.status.signal(), Some(2), "{output:?}");
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(shown.ends_with("\nKeyboardInterrupt\n"), "{shown}");
    }
}

#[test]
fn an_interrupt_can_be_caught() {
    let program = format!("{READY}try:\n  while True:\n    pass\nexcept KeyboardInterrupt:\n  print('caught')\n");
    let (output, rest) = interrupted(&["-c", &program]);
    assert_eq!((output.status.code(), &*rest), (Some(0), "caught\n"));
}

//! The language itself, without a JIT.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use pv_machine::NoTier;

use crate::{Error, Op, Program, context, run};

/// A writer whose bytes can be read afterwards.
#[derive(Clone, Default)]
struct Output(Rc<RefCell<Vec<u8>>>);

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn interpret(source: &str, input: &'static str) -> Result<String, Error> {
    let output = Output::default();
    let cx = context(Program::parse(source).expect("a valid program"), 1000, input.as_bytes(), output.clone());
    run(&cx, &NoTier)?;
    Ok(String::from_utf8(output.0.take()).expect("text"))
}

#[test]
fn operations_are_merged_and_jumps_matched() {
    let program = Program::parse("++-[>>+<<-]\n[-].").unwrap();
    assert_eq!(
        program.ops,
        [
            Op::Add(1),
            Op::Open { end: 6 },
            Op::Move(2),
            Op::Add(1),
            Op::Move(-2),
            Op::Add(-1),
            Op::Close { start: 1, header: 0 },
            Op::Clear,
            Op::Write,
            Op::End
        ]
    );
    assert_eq!(program.lines, [1, 1, 1, 1, 1, 1, 1, 2, 2, 2]);
}

#[test]
fn lone_brackets_are_named_with_their_place() {
    assert_eq!(Program::parse("+\n+]").unwrap_err().to_string(), "line 2, column 2: ']' has no partner");
    assert_eq!(Program::parse("[[]").unwrap_err().to_string(), "line 1, column 1: '[' has no partner");
}

#[test]
fn input_is_echoed_until_its_end() {
    assert_eq!(interpret(",[.,]", "echo").unwrap(), "echo");
}

#[test]
fn leaving_the_tape_is_an_error() {
    assert!(matches!(interpret("<+", ""), Err(Error::OffTape)));
    assert!(matches!(interpret("+[>+]", ""), Err(Error::OffTape)));
}

#[test]
fn programs_print_what_they_say() {
    assert_eq!(interpret(include_str!("../programs/hello.bf"), "").unwrap(), "Hello, world!\n");
}
